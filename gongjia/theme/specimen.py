"""The living style sheet: every component in its normal, empty, error and too-much state, on each face.

Mounted only in the theme's own tests; all names are invented.
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import segno
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.paging import Page
from gongjia.kernel.requests import Request
from gongjia.theme.menus import MenuItem

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 9, 32, tzinfo=ZoneInfo("Asia/Shanghai"))
CONDITIONS = ("full", "empty", "error", "much")
LONG = "鄂南" + "澄溪" * 9 + "生态农业科技发展专业合作社联合社"

WORK = (
    ("工作台", "layout-dashboard", ""),
    ("待办", "checklist", ""),
    ("单位", "building", "名册"),
    ("工会", "building-community", "名册"),
    ("会员", "users", "名册"),
    ("比对", "arrows-left-right", "建会"),
    ("未建会单位", "building-plus", "建会"),
    ("统计", "chart-bar", "监督"),
    ("查阅记录", "history", "监督"),
)
SERVICE = (
    ("首页", "home"),
    ("我的工会", "building-community"),
    ("办事", "file-text"),
    ("消息", "message"),
    ("我的", "user"),
)


class AskForm(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证上的一致")
    phone = forms.CharField(label="手机号", help_text="用来登录和接收通知")
    id_number = forms.CharField(label="身份证号")
    kind = forms.ChoiceField(
        label="用工方式",
        widget=forms.RadioSelect,
        choices=[
            ("contract", "签了劳动合同"),
            ("dispatch", "劳务派遣"),
            ("flexible", "灵活就业（外卖、快递、网约车等）"),
        ],
    )
    district = forms.ChoiceField(
        label="所在区县", choices=[("", "请选择"), ("421202", "咸安区"), ("421281", "赤壁市"), ("421221", "嘉鱼县")]
    )
    joined_on = forms.DateField(label="入职日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    remark = forms.CharField(label="还想说的话", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    photo = forms.FileField(
        label="劳动合同照片", required=False, widget=forms.FileInput(attrs={"accept": "image/*", "data-shrink": ""})
    )
    agree = forms.BooleanField(label="我愿意加入中国工会，遵守工会章程")


class FilterForm(forms.Form):
    q = forms.CharField(label="名称", required=False)
    district = forms.ChoiceField(
        label="区县", required=False, choices=[("", "全部"), ("421202", "咸安区"), ("421281", "赤壁市")]
    )
    size = forms.ChoiceField(
        label="职工人数", required=False, choices=[("", "不限"), ("25", "25 人以上"), ("100", "100 人以上")]
    )


class CodeForm(forms.Form):
    code = forms.CharField(label="短信验证码", help_text="六位数字，发到 199****0038，十分钟内有效")


@dataclass(frozen=True)
class Line:
    name: str
    district: str
    staff: int | None
    state: tuple[str, str]
    owner: str
    due: bool = False


LINES = (
    Line("咸宁市桂溪食品有限公司", "咸安区", 312, ("未建会", "waiting"), "张敏", due=True),
    Line("赤壁市蓝川电子有限责任公司", "赤壁市", 1046, ("筹备中", "doing"), "张敏"),
    Line("嘉鱼县临江纺织厂", "嘉鱼县", 88, ("已建会", "good"), "何建平"),
    Line("通山县云岭竹业有限公司", "通山县", None, ("超期", "late"), "", due=True),
    Line("崇阳县隽水物流服务部", "崇阳县", 27, ("已注销", "off"), "张敏"),
)


def show(request: Request, face: str, condition: str) -> HttpResponse:
    """One page with everything, on one face in one condition."""
    request.actor = Actor(
        account_id=1, person_id=1, name="张敏", posts=(PostHeld(1, 1, "0001", "officer", "咸安区总工会组织部干部"),)
    )
    return render(request, "theme/specimen.html", _common(face) | _content(condition, request))


def ask(request: Request, name: str) -> HttpResponse:
    """The pages of a worker's form: question, wrong (the same with errors), check, receipt, confirm, paper, poster."""
    request.actor = Actor(account_id=1, person_id=1, name="王芳")
    values = _common("work" if name == "confirm" else "service") | {"back_url": "#back", "title": TITLES.get(name, "")}
    if name in {"question", "wrong"}:
        form = CodeForm({"code": "12"} if name == "wrong" else None)
        if name == "wrong":
            form.add_error("code", "验证码是六位数字，您填了两位。")
        return render(request, "theme/question.html", values | {"form": form, "step": 2, "steps": 5})
    if name == "confirm":
        values |= {
            "consequences": CONSEQUENCES,
            "cancel_url": "#no",
            "submit_zh": "确认撤销",
            "why": "撤销后不能恢复。",
        }
        return render(request, "theme/confirm.html", values)
    if name == "poster":
        values |= POSTER | {"qr": SafeString(segno.make(str(POSTER["address"])).svg_inline(omitsize=True, border=0))}
    return render(request, f"theme/specimen_{name}.html", values | {"on": ON, "at": AT})


TITLES = {
    "question": "请填写验证码",
    "wrong": "请填写验证码",
    "check": "请核对入会申请",
    "receipt": "入会申请已经收到",
    "confirm": "撤销“嘉鱼县临江纺织厂工会委员会”",
}
POSTER = {
    "headline": "扫一扫，加入工会",
    "organisation": "咸宁市桂溪食品有限公司工会委员会",
    "address": "https://example.org/j/RH7K2M9QX4",
    "steps": ("微信扫码", "填手机号和姓名", "等工会答复"),
    "contact": "联系人：何建平　199 0000 0012",
}
CONSEQUENCES = ("88 名会员转到嘉鱼县总工会直接管理", "3 名干部的任职到今天为止", "账户余额转入上一级工会")


def _common(face: str) -> dict[str, Any]:
    work = [
        MenuItem(zh, f"#{at}", icon, group, is_current=at == 6, unread=at == 1)
        for at, (zh, icon, group) in enumerate(WORK)
    ]
    five = [
        MenuItem(zh, f"#{at}", icon, "", is_current=at == 0, unread=zh == "消息")
        for at, (zh, icon) in enumerate(SERVICE)
    ]
    account = [
        MenuItem("换到服务网", "#a", "switch-horizontal", "", is_current=False, unread=False),
        MenuItem("我的设备", "#b", "device-mobile", "", is_current=False, unread=False),
        MenuItem("退出", "#c", "logout", "", is_current=False, unread=False),
    ]
    menus = {"work": work, "service": five, "liaison": five, "open": five[:3], "account": account}
    return {
        "base_template": f"theme/{face}.html",
        "face_name": face,
        "menus": menus,
        "unread": 3,
        "search_url": "#search",
        "is_demo": True,
        "personas_url": "#personas",
    }


def _content(condition: str, request: Request) -> dict[str, Any]:
    is_much, is_empty = condition == "much", condition == "empty"
    lines = () if is_empty else tuple(Line(LONG, *_rest(each)) for each in LINES * 2) if is_much else LINES
    form = AskForm({"phone": "1990000", "name": ""} if condition == "error" else None)
    if condition == "error":
        form.add_error("phone", "手机号是 11 位数字，您填了 7 位。")
    return {
        "condition": condition,
        "nothing": is_empty,
        "form": form,
        "reasons": ["《中国工会章程》第一条：年满 16 周岁。您填写的出生日期到今天 15 周岁。"]
        if condition == "error"
        else [],
        "filters": FilterForm(request.GET or {"district": "421202", "size": "25"}),
        "page": Page(
            rows=lines,
            next="" if is_empty else "n",
            previous="p" if is_much else "",
            count=_count(condition),
            is_capped=is_much,
        ),
        "crumbs": [("咸宁市总工会", "#1"), ("咸安区总工会", "#2"), ("未建会单位", "")],
        "tabs": [("全部", "#t1", True, 128), ("归我办", "#t2", False, 12), ("已超期", "#t3", False, 3)],
        "tree": _tree(),
        "chart": _numbers(is_empty=is_empty),
        "months": _months(is_empty=is_empty),
        "steps": _steps(is_empty=is_empty),
        "on": ON,
        "at": AT,
        "long": LONG,
    }


def _rest(line: Line) -> tuple[Any, ...]:
    return line.district, line.staff, line.state, line.owner, line.due


def _count(condition: str) -> int:
    return {"empty": 0, "much": 10_000}.get(condition, 128)


def _tree() -> list[SimpleNamespace]:
    def node(zh: str, count: int, **more: Any) -> SimpleNamespace:
        return SimpleNamespace(zh=zh, url=f"#{zh}", count=count, **more)

    towns = [node("永安街道总工会", 212), node("温泉街道总工会", 187, is_current=True), node("横沟桥镇总工会", 96)]
    counties = [
        node("咸安区总工会", 806, children=towns, is_open=True),
        node("赤壁市总工会", 541, children_url="#level"),
        node("嘉鱼县总工会", 402, children_url="#level"),
    ]
    return [node("咸宁市总工会", 2500, children=counties, is_open=True)]


def _numbers(*, is_empty: bool) -> dict[str, Any]:
    labels = ["咸安区", "赤壁市", "嘉鱼县", "通城县", "崇阳县", "通山县"]
    covered: list[float | None] = [18204, 12877, 9033, 7120, 6644, None]
    return {"labels": [] if is_empty else labels, "series": [{"name": "会员", "values": [] if is_empty else covered}]}


def _months(*, is_empty: bool) -> dict[str, Any]:
    labels = [] if is_empty else [f"{month}月" for month in range(1, 11)]
    joined: list[float | None] = [210, 180, 388, 412, None, 655, 610, 702, 688, 731]
    left: list[float | None] = [90, 86, 120, 133, 128, 140, 152, 149, 138, 144]
    series = [{"name": "入会", "values": joined}, {"name": "转出", "values": left}]
    return {"labels": labels, "series": [] if is_empty else series}


def _steps(*, is_empty: bool) -> dict[str, Any]:
    labels = [] if is_empty else ["25 人以上单位", "已联系", "筹备组", "已批复", "已建会"]
    return {"labels": labels, "series": [{"name": "单位", "values": [] if is_empty else [1284, 920, 388, 301, 276]}]}
