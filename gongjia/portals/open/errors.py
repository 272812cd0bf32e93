"""The pages of everything that stops a request: what happened, why, and a way on. HTMX gets a fragment of it.

None of them asks the database or the context processors, for those may be what failed.
"""

import errno
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

from gongjia.kernel import db
from gongjia.kernel.actors import NOBODY
from gongjia.kernel.errors import Forbidden, Gone, Refused, Stale, Stopped, TooFast, WrongMethod
from gongjia.kernel.keys import KeysBad, KeysMissing
from gongjia.kernel.masking import mask_name
from gongjia.kernel.purposes import offered
from gongjia.kernel.requests import Request
from gongjia.theme.context import is_large_print

log = logging.getLogger("gongjia.errors")
SERVICE_LINE = "12351"
TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

LAST_RESORT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>系统出了错 · 工家</title>
<h1>系统出了错</h1>
<p>您填写的内容没有保存。请返回上一页，过几分钟再试；还不行，请把编号 {number} 告诉管理员。</p></html>"""


@dataclass(frozen=True)
class Sheet:
    """What one error page says. `text` are paragraphs, `reasons` a list; `show_number` prints the request's number."""

    status: int
    title: str
    text: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    icon: str = "alert-circle"
    template: str = "page"
    show_number: bool = False
    may_go_back: bool = True
    more: dict[str, Any] = field(default_factory=dict)


def refused(request: Request, exception: Stopped) -> HttpResponse:
    """The page of a Stopped exception, by its class; an unknown one says its own sentence under its own status."""
    for kind, sheet_of in SHEETS.items():
        if isinstance(exception, kind):
            return _answer(request, sheet_of(request, exception))
    text = (str(exception) or "发来的内容系统没有处理，也没有保存。",)
    return _answer(request, Sheet(exception.status, "这个请求没有处理", text))


def bad_request(request: Request, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_BIG):
        text = (
            "超过了一次可以发送的上限，没有保存。",
            "表格不超过 50 MB，PDF 不超过 20 MB，图片不超过 10 MB；内容多时请分几次提交。",
        )
        return _answer(request, Sheet(413, "发来的内容太大了", text, icon="file-alert"))
    text = (
        "发来的内容不完整，或者在路上被改动过。系统没有处理，也没有保存任何东西。",
        "请返回上一页，重新填写后再提交。",
    )
    return _answer(request, Sheet(400, "这个请求读不懂", text))


def forbidden(request: Request, exception: Exception) -> HttpResponse:
    text = ("您现在的身份不能打开这一页。", "如果工作需要，请联系本单位工会或上级工会，为您办理相应的任职。")
    return _answer(request, Sheet(403, "没有权限", text, icon="lock"))


def not_found(request: Request, exception: Exception) -> HttpResponse:
    """The same to the byte for one actor, whatever the address: missing and out of reach look alike."""
    text = ("地址可能写错了，内容可能已经撤下，也可能不在您能查看的范围里。",)
    return _answer(request, Sheet(404, "没有找到这一页", text, icon="map-search", may_go_back=False))


def server_error(request: Request) -> HttpResponse:
    """500, or what lies behind it: the database away (503), no room on the disk (507)."""
    try:
        return _answer(request, _sheet_of_failure(sys.exc_info()[1]))
    except Exception:  # the page of the error must not raise another
        log.exception("the error page failed")
        return HttpResponse(LAST_RESORT.format(number=getattr(request, "number", "")), status=500)


def csrf_failed(request: Request, reason: str = "") -> HttpResponse:
    text = (
        "这一页打开得太久，或者登录已经变了。为了不让别人冒用您的身份，这一次没有处理。",
        "请返回上一页，刷新后再提交一次。如果每次都这样，请在浏览器里允许本站使用 Cookie。",
    )
    return _answer(request, Sheet(403, "请刷新后再提交", text, icon="refresh-alert"))


def signed_out(request: Request) -> HttpResponse:
    """Where signing out leads: it says so, and how to come back."""
    text = ("在公用的电脑或手机上，请同时关闭浏览器窗口。",)
    more = {"way_on": settings.LOGIN_URL, "way_on_zh": "重新登录"}
    return _answer(request, Sheet(200, "您已经退出", text, icon="logout", may_go_back=False, more=more))


# ── what each exception says ────────────────────────────────────────────────────────────────────────────────


def _of_forbidden(request: Request, exception: Any) -> Sheet:
    if exception.purpose:
        more = {
            "purposes": offered(getattr(request, "actor", NOBODY)),
            "whose": _whose(exception.about),
            "action": request.get_full_path(),
            "csrf_token": get_token(request),
        }
        asked: tuple[str, ...] = ("这份资料含有个人信息。请先说明查阅的用途；您的查阅会记录下来，本人可以看到。",)
        return Sheet(403, "请说明查阅的用途", asked, icon="lock", template="purpose", more=more)
    text = (
        f"办这件事需要的权限是：{exception.needed}。",
        "如果工作需要，请联系本单位工会或上级工会，为您办理相应的任职。",
    )
    return Sheet(403, "您现在的身份不能办这件事", text, icon="lock")


def _whose(found: Any) -> str:
    """Whose file is asked for, with the middle of the name covered as long as no purpose is given; "" where unknown."""
    known = getattr(getattr(found, "_state", None), "fields_cache", {})  # what was read already: no database here
    if "person" not in known:
        return ""
    union = f"（{known['organisation'].name}）" if "organisation" in known else ""
    return f"{mask_name(known['person'].name)}{union}"


def _of_refused(request: Request, exception: Any) -> Sheet:
    text = ("没有做任何改动。返回上一页，填好的内容还在，可以接着改。",)
    return Sheet(409, "这一步现在不能办", text, exception.reasons, icon="hand-stop")


def _of_stale(request: Request, exception: Any) -> Sheet:
    labels = list(dict.fromkeys([*exception.theirs, *exception.yours]))
    rows = [
        {"zh": label, "yours": yours, "theirs": theirs, "differs": yours != theirs}
        for label in labels
        for yours, theirs in [(exception.yours.get(label), exception.theirs.get(label))]
    ]
    text = (f"{exception}：您打开以后，有人先保存了。您这一次没有保存，两份内容都在下面，填写的没有丢。",)
    more = {"rows": rows, "way_on": request.path, "way_on_zh": "按现在的内容接着改"}
    return Sheet(409, "刚才有人先改了", text, icon="git-compare", template="stale", may_go_back=False, more=more)


def _of_gone(request: Request, exception: Any) -> Sheet:
    return Sheet(410, "这里已经结束了", (str(exception) or "内容到期后已经撤下。",), icon="calendar-off")


def _of_too_fast(request: Request, exception: Any) -> Sheet:
    again = timezone.localtime(request.at + timedelta(seconds=exception.wait_seconds))
    text = (str(exception) or "短时间里试的次数太多。", f"请在 {again:%H:%M:%S} 以后再试。")
    return Sheet(429, "操作太频繁了", text, icon="clock-pause", more={"wait_seconds": exception.wait_seconds})


def _of_wrong_method(request: Request, exception: Any) -> Sheet:
    """A form's address that was opened, as after signing in again; or a page for looking at that was sent to."""
    more = {"allowed": exception.allowed}
    if exception.method in {"GET", "HEAD"}:
        text = (
            "这个地址只接收填好的表单，不能直接打开。现在没有办理任何事，也没有改动任何内容。",
            "请回到原来的页面，在那里填写、按按钮提交。",
        )
        return Sheet(405, "这个地址不能直接打开", text, icon="click", more=more)
    text = (
        "这一页不接收提交。发来的内容没有处理，也没有保存。",
        "请重新打开要办的那一页，从页面上的按钮提交。",
    )
    if "GET" in exception.allowed:
        more |= {"way_on": request.path, "way_on_zh": "打开这一页"}
    return Sheet(405, "这一页不能这样提交", text, icon="click", more=more)


def _sheet_of_failure(failure: BaseException | None) -> Sheet:
    is_full = isinstance(failure, OSError) and failure.errno in {errno.ENOSPC, errno.EDQUOT}
    if is_full or (failure is not None and db.is_full(failure)):
        text = (
            "这一次填写的内容没有保存，已有的数据不受影响。",
            "请先留着上一页，把编号告诉系统管理员，腾出空间后再提交一次。",
        )
        return Sheet(507, "系统的存储空间满了", text, icon="database-x", show_number=True)
    if isinstance(failure, KeysMissing | KeysBad):
        text = (
            "加密用的钥匙文件读不到，所以没有处理，也没有保存。已有的数据不受影响。",
            "请先留着上一页，把编号告诉系统管理员，过一会儿再提交一次。",
        )
        return Sheet(503, "系统暂时不能办理", text, icon="key-off", show_number=True)
    if _is_offline(failure):
        text = (
            "您填写的内容没有保存，已有的数据不受影响。",
            "请先留着上一页，过几分钟再提交一次；还是不行，请把编号告诉系统管理员。",
        )
        return Sheet(503, "数据库暂时连不上", text, icon="database-off", show_number=True)
    text = (
        "这不是您的问题，系统已经记下。这一次填写的内容没有保存。",
        "请返回上一页再试一次；还是不行，请把编号告诉系统管理员。",
    )
    return Sheet(500, "系统出了错", text, icon="tool", show_number=True)


def _is_offline(failure: BaseException | None) -> bool:
    """A table or column that is missing is our mistake, not an absent database."""
    return isinstance(failure, OperationalError | InterfaceError) and "no such" not in str(failure)


SHEETS: dict[type[Stopped], Callable[[Request, Any], Sheet]] = {
    Forbidden: _of_forbidden,
    Refused: _of_refused,
    Stale: _of_stale,
    Gone: _of_gone,
    TooFast: _of_too_fast,
    WrongMethod: _of_wrong_method,
}


# ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(request: Request, sheet: Sheet) -> HttpResponse:
    """Drawn without the request, so that no context processor runs."""
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "fragment" if is_fragment else sheet.template
    values = {
        "sheet": sheet,
        "large_print": is_large_print(request),
        "number": getattr(request, "number", "") if sheet.show_number else "",
        "service_line": SERVICE_LINE,
        "back": request.headers.get("Referer", "") if sheet.may_go_back and _came_from_here(request) else "",
        **sheet.more,
    }
    response = HttpResponse(render_to_string(f"open/errors/{template}.html", values), status=sheet.status)
    if "wait_seconds" in sheet.more:
        response["Retry-After"] = str(sheet.more["wait_seconds"])
    if "allowed" in sheet.more:
        response["Allow"] = ", ".join(sheet.more["allowed"])
    if is_fragment and sheet.template == "purpose":
        response["HX-Redirect"] = request.get_full_path()
    response["Cache-Control"] = "no-store"
    return response


def _came_from_here(request: Request) -> bool:
    here = f"{request.scheme}://{request.get_host()}/"
    return request.headers.get("Referer", "").startswith(here)
