import errno
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from gongjia.kernel.errors import Forbidden, Gone, Refused, Stale, Stopped, TooFast, WrongMethod
from gongjia.portals.open import errors

NUMBER = "7f3a9c21"


@pytest.fixture
def asked(rf: Any, at: Any) -> Any:
    def request(where: str = "/x/secret-path", **headers: str) -> HttpRequest:
        made = rf.get(where, headers=headers)
        made.at, made.number = at, NUMBER
        return made

    return request


STOPPED = [
    (Stopped("电话号码的格式不对。"), 400, "电话号码的格式不对。"),
    (Forbidden("查看会员名册"), 403, "查看会员名册"),
    (Forbidden("说明查阅的用途", purpose=True), 403, "办理会籍业务"),
    (Refused("《中国工会章程》第一条：年满 16 周岁", "本人已经是会员"), 409, "本人已经是会员"),
    (Stale("单位的登记信息", yours={"职工": 30}, theirs={"职工": 28}), 409, "您填写的"),
    (Gone("这场活动在 11 月 1 日结束了。"), 410, "11 月 1 日"),
    (TooFast("验证码发得太频繁。", wait_seconds=90), 429, "10:01:30"),
    (WrongMethod("GET", allowed=("POST",)), 405, "不能直接打开"),
    (WrongMethod("POST", allowed=("GET", "HEAD")), 405, "不接收提交"),
]


@pytest.mark.parametrize(("exception", "status", "words"), STOPPED, ids=lambda value: type(value).__name__)
def test_each_stop_has_its_page_in_chinese_with_a_way_on(
    asked: Any, exception: Stopped, status: int, words: str
) -> None:
    answer = errors.refused(asked(), exception)
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert '<html lang="zh-CN">' in page
    assert "<h1>" in page
    assert 'class="button' in page


@pytest.mark.parametrize(("exception", "status", "words"), STOPPED, ids=lambda value: type(value).__name__)
def test_htmx_gets_a_fragment(asked: Any, exception: Stopped, status: int, words: str) -> None:
    answer = errors.refused(asked(**{"HX-Request": "true"}), exception)
    text = answer.content.decode()
    assert answer.status_code == status
    assert "<html" not in text
    assert 'role="alert"' in text


def test_a_purpose_is_asked_on_the_page_that_needs_it_and_sent_back_there(asked: Any) -> None:
    answer = errors.refused(asked("/people/A1?tab=b"), Forbidden("用途", purpose=True))
    page = answer.content.decode()
    assert '<form method="post" action="/people/A1?tab=b">' in page
    assert 'name="purpose" value="verify"' in page
    assert 'name="csrfmiddlewaretoken"' in page


def test_a_fragment_that_needs_a_purpose_opens_as_a_whole_page(asked: Any) -> None:
    answer = errors.refused(asked("/people/A1", **{"HX-Request": "true"}), Forbidden("用途", purpose=True))
    assert answer["HX-Redirect"] == "/people/A1"


def test_a_stale_edit_shows_both_versions_and_marks_what_differs(asked: Any) -> None:
    stale = Stale("登记信息", yours={"职工": 30, "备注": None, "名称": "甲"}, theirs={"名称": "甲", "职工": 28})
    page = errors.refused(asked("/e/1/edit"), stale).content.decode()
    assert page.count("line-now") == 1
    assert ">30<" in page
    assert ">28<" in page
    assert 'href="/e/1/edit"' in page


def test_too_fast_tells_machines_too_when_to_come_back(asked: Any) -> None:
    assert errors.refused(asked(), TooFast("", wait_seconds=90))["Retry-After"] == "90"


def test_the_way_back_leads_to_our_own_pages_only(asked: Any) -> None:
    own = errors.refused(asked(Referer="http://testserver/form"), Refused("不行")).content.decode()
    foreign = errors.refused(asked(Referer="http://testserver.evil.example/"), Refused("不行")).content.decode()
    assert 'href="http://testserver/form"' in own
    assert "evil" not in foreign


def test_what_people_typed_is_escaped(asked: Any) -> None:
    page = errors.refused(asked(), Refused("<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in page


# ── the handlers, as Django calls them ──────────────────────────────────────────────────────────────────────


def raises(exception: BaseException) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        raise exception

    return view


urlpatterns = [
    path("bad", raises(SuspiciousOperation("x"))),
    path("big", raises(RequestDataTooBig("x"))),
    path("forbidden", raises(PermissionDenied("x"))),
    path("missing", raises(Http404("the record 42 is not yours"))),
    path("bug", raises(ValueError("x"))),
    path("offline", raises(OperationalError("connection refused"))),
    path("no-table", raises(OperationalError("no such table: person"))),
    path("no-column", raises(ProgrammingError("column does not exist"))),
    path("full", raises(OperationalError("database or disk is full"))),
    path("disk", raises(OSError(errno.ENOSPC, "No space left on device"))),
]
handler400, handler403, handler404, handler500 = (
    f"gongjia.portals.open.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "server_error")
)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.urls("gongjia.portals.open.tests.test_errors")
@pytest.mark.parametrize(
    ("where", "status", "words", "is_numbered"),
    [
        ("bad", 400, "重新填写", False),
        ("big", 413, "50 MB", False),
        ("forbidden", 403, "没有权限", False),
        ("missing", 404, "没有找到这一页", False),
        ("bug", 500, "不是您的问题", True),
        ("offline", 503, "数据库暂时连不上", True),
        ("no-table", 500, "不是您的问题", True),
        ("no-column", 500, "不是您的问题", True),
        ("full", 507, "存储空间满了", True),
        ("disk", 507, "存储空间满了", True),
    ],
)
def test_each_failure_has_its_status_and_its_words(
    client: Client, where: str, status: int, words: str, *, is_numbered: bool
) -> None:
    answer = client.get(f"/{where}")
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert ('class="stopped-number"' in page) is is_numbered


@pytest.mark.django_db
@pytest.mark.urls("gongjia.portals.open.tests.test_errors")
def test_a_missing_page_is_the_same_to_the_byte_whatever_its_address(client: Client) -> None:
    pages = {
        client.get(where, headers={"referer": f"http://testserver{where}?from"}).content
        for where in ("/missing", "/elsewhere", "/people/8F3K2M9QX4", "/print/large/")
    }
    assert len(pages) == 1
    fragments = {client.get(where, headers={"hx-request": "true"}).content for where in ("/missing", "/elsewhere")}
    assert len(fragments) == 1


def test_the_page_of_a_failure_asks_no_database(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the database mark any query would fail the test; nor does a context processor run."""
    monkeypatch.setattr("gongjia.theme.context.face", raises(AssertionError()))
    answer = errors.server_error(asked())
    assert answer.status_code == 500
    assert NUMBER in answer.content.decode()


def test_when_even_the_error_page_fails_a_plain_sentence_is_left(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "render_to_string", raises(OSError("template gone")))
    answer = errors.server_error(asked())
    assert answer.status_code == 500
    assert f"编号 {NUMBER}" in answer.content.decode()


def test_a_form_without_its_token_says_how_to_send_it_again(asked: Any) -> None:
    answer = errors.csrf_failed(asked(), reason="CSRF token missing.")
    assert answer.status_code == 403
    assert "刷新后再提交" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


def test_signing_out_leads_to_a_page_that_says_so(asked: Any, settings: Any) -> None:
    answer = errors.signed_out(asked())
    assert answer.status_code == 200
    assert f'href="{settings.LOGIN_URL}"' in answer.content.decode()


def test_error_pages_come_in_large_print_too(asked: Any) -> None:
    request = asked()
    request.COOKIES["print_size"] = "large"
    assert 'data-print="large"' in errors.refused(request, Refused("不行")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "where", "allowed", "way_on"),
    [
        ("GET", "/signin/code/again", "POST", "/from-here"),
        ("POST", "/unions/", "GET, HEAD", "/unions/"),
        ("PUT", "/unions/", "GET, HEAD", "/unions/"),
    ],
)
def test_the_wrong_method_has_a_page_with_a_way_back(method: str, where: str, allowed: str, way_on: str) -> None:
    answer = Client().generic(method, where, headers={"referer": "http://testserver/from-here"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert '<html lang="zh-CN">' in page
    assert f'href="{way_on.replace("/from-here", "http://testserver/from-here")}"' in page
    assert not any(word in page for word in ("GET", "POST", "405"))


@pytest.mark.django_db
def test_the_wrong_method_tells_htmx_in_a_fragment() -> None:
    answer = Client().post("/unions/", headers={"hx-request": "true"})
    assert answer.status_code == 405
    assert answer.content.decode().lstrip().startswith('<div class="notice')
