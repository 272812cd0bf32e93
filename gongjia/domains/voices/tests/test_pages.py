"""The pages: the button without script, the receipt, the desk, what the own union is not shown, cheap lists."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjia.backbone.accounts.models import Tries
from gongjia.domains.voices import handling
from gongjia.domains.voices.models import BookAnswer, BookUse, SmallMatter, Voice, VoiceFile
from gongjia.domains.voices.tests.conftest import WORDS, Desk
from gongjia.domains.voices.tests.test_services import JPEG
from gongjia.domains.voices.words import Identity, Subject
from gongjia.engines.casework.models import FollowCode
from gongjia.kernel.models import AuditRow
from gongjia.kernel.references import grouped, new_tracking_code

pytestmark = [pytest.mark.system("R1"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


@pytest.fixture(autouse=True)
def now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests come at the test's own instant."""
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at)


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def worker(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(Client(), desk.tree.member)


@pytest.fixture
def officer(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(Client(), desk.officer)


@pytest.fixture
def colleague(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(Client(), desk.colleague)


@pytest.fixture
def chair(desk: Desk, sign_in: SignIn) -> Client:
    return sign_in(Client(), desk.tree.chair)


NEW = "/my/voices/new/"


def sent(page: str, **changed: Any) -> dict[str, Any]:
    """What a browser would send back of the second page: everything as it stands there."""
    found: dict[str, Any] = {"send": "1"}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name is None or (kind and kind[1] in {"file", "submit"}):
            continue
        if kind and kind[1] in {"radio", "checkbox"} and "checked" not in tag:
            continue
        found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    words = re.search(r'<textarea[^>]*name="words"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    found["words"] = words[1] if words else ""
    return {**found, **changed}


# ── the button ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_types_one_sentence_and_has_a_receipt(desk: Desk, worker: Client) -> None:
    assert NEW in text(worker.get("/my/"))
    assert "我要反映" in text(worker.get(NEW))
    page = text(worker.post(NEW, {"words": WORDS}))
    assert desk.tree.employer.name in page
    assert "您的档案" in page
    assert "单位拖欠工资怎么办" in page
    answer = worker.post(NEW, sent(page))
    made = Voice._base_manager.get()
    assert answer.headers["Location"] == f"/my/voices/{made.reference}/?sent=1"
    assert (made.subject, made.employer, made.organisation) == ("wages", desk.tree.employer, desk.tree.county)
    assert (made.is_frontline, made.is_anonymous, made.is_open_to_own_union) == (True, False, False)
    receipt = text(worker.get(answer.headers["Location"]))
    assert made.reference in receipt
    assert "工会签收" in receipt
    assert "2026年11月23日" in receipt
    assert "看不到这件事" in receipt
    again = worker.post(NEW, sent(page))
    assert again.headers["Location"] == answer.headers["Location"]
    assert "工资报酬" in text(worker.get("/my/voices/"))


def test_the_suggestion_is_never_forced(desk: Desk, worker: Client) -> None:
    page = text(worker.post(NEW, {"words": WORDS}))
    changed = sent(page, subject="welfare", employer="other", employer_name="别的样例商场")
    assert worker.post(NEW, changed).status_code == 302
    made = Voice._base_manager.get()
    assert (made.subject, made.employer, made.employer_name) == ("welfare", None, "别的样例商场")


def test_signed_out_it_is_anonymous_and_followed_by_its_code(desk: Desk) -> None:
    browser = Client()
    page = text(browser.post("/speak/", {"words": "食堂饭菜太差，宿舍没有热水"}))
    filled = sent(page, region="421202")
    answer = browser.post("/speak/", filled)
    made = Voice._base_manager.get()
    assert (made.is_anonymous, made.person_id, made.account_id) == (True, None, None)
    code = filled["code"]
    assert made.reference in text(answer)
    assert grouped(code) in text(answer)
    assert grouped(code) in text(browser.post("/speak/", filled))
    assert Voice._base_manager.count() == 1, "sent twice it is one"
    assert code not in str(list(FollowCode._base_manager.values_list())), "the database keeps no code"
    elsewhere = Client()
    desk.act(handling.accept, made)
    desk.act(handling.answer, made, words="食堂已经换了供应商，宿舍热水器修好了。")
    followed = text(elsewhere.post("/follow/", {"code": grouped(code).lower()}))
    assert "食堂已经换了供应商" in followed
    for hidden in ("食堂饭菜太差", "许权益", made.reference):
        assert hidden not in followed
    wrong = elsewhere.post("/follow/", {"code": new_tracking_code()})
    assert (wrong.status_code, "没有这个查询码" in text(wrong)) == (422, True)
    assert elsewhere.post("/follow/", {"code": made.reference}).status_code == 422, "the number alone opens nothing"


def test_codes_are_not_tried_without_end(desk: Desk) -> None:
    browser = Client()
    answers = [browser.post("/follow/", {"code": "1"}).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_signed_in_and_anonymous_leaves_no_trace_of_the_account(desk: Desk, worker: Client) -> None:
    page = text(worker.post(NEW, {"words": "食堂饭菜太差"}))
    before, tries = AuditRow.objects.count(), set(Tries.objects.values_list("key", flat=True))
    assert worker.post(NEW, sent(page, identity=Identity.ANONYMOUS)).status_code == 200
    made = Voice._base_manager.get()
    assert (made.person_id, made.account_id) == (None, None)
    rows = AuditRow.objects.order_by("pk")[before:]
    assert not [row for row in rows if row.account_id or row.person_id or row.about_person_id]
    assert len(set(Tries.objects.values_list("key", flat=True)) - tries) == 1
    assert "还没有反映过" in text(worker.get("/my/voices/"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": ""}, "还没有写"),
        ({"subject": ""}, "请选择一项"),
        ({"region": "999999"}, "这个选项"),
        ({"knew_on": "2026-11-21"}, "晚于反映的日期"),
        ({"knew_on": "昨天"}, "这不是一个日期"),
        ({"people": "0"}, "不能小于 1"),
        ({"words": "字" * 3001}, "最多 3000 个字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    desk: Desk, worker: Client, changed: dict[str, str], said: str
) -> None:
    page = text(worker.post(NEW, {"words": WORDS}))
    answer = worker.post(NEW, sent(page, **changed))
    assert answer.status_code in {409, 422}
    assert said in text(answer)
    assert changed.get("words", WORDS) in text(answer)
    assert not Voice._base_manager.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("病毒.exe", b"MZ\x90" + b"\0" * 99, "程序或者压缩包"),
        ("大.jpg", JPEG + b"\0" * (10 * 1024 * 1024), "超过 10 兆"),
        ("网页.jpg", b"<html><script>alert(1)</script>", "不是照片也不是录音"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(desk: Desk, worker: Client, name: str, content: bytes, said: str) -> None:
    page = text(worker.post(NEW, {"words": WORDS}))
    answer = worker.post(NEW, sent(page, attached=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "请重新选一次" in text(answer)
    assert not Voice._base_manager.exists()


def test_a_picture_comes_back_to_the_worker_as_a_picture_and_to_nobody_else(
    desk: Desk, worker: Client, officer: Client, chair: Client
) -> None:
    page = text(worker.post(NEW, {"words": WORDS}))
    assert worker.post(NEW, sent(page, attached=SimpleUploadedFile("a.jpg", JPEG))).status_code == 302
    row = VoiceFile._base_manager.get()
    answer = worker.get(f"/my/voices/files/{row.reference}/")
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"GPS" not in answer.content
    assert officer.get(f"/desk/voices/files/{row.reference}/").status_code == 200
    assert chair.get(f"/desk/voices/files/{row.reference}/").status_code == 404


def test_too_many_at_once_are_slowed_down(desk: Desk, worker: Client) -> None:
    page = text(worker.post(NEW, {"words": WORDS}))
    answers = [worker.post(NEW, sent(page, key=f"k{n}")) for n in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]


def test_the_same_worker_is_told_of_the_open_one(desk: Desk, worker: Client) -> None:
    made = desk.speak()
    page = text(worker.post(NEW, {"words": WORDS}))
    assert "您反映过同一类的事" in page
    assert made.reference in page


def test_what_helps_is_shown_while_typing_and_counted_without_a_name(desk: Desk, worker: Client) -> None:
    assert "加班费怎么算" in text(worker.post("/speak/suggest/", {"words": "加班费怎么算啊"}))
    assert "110" in text(worker.post("/speak/suggest/", {"words": "有人要跳楼"}))
    assert "加班费怎么算" in text(worker.get("/answers/?q=加班费"))
    assert "产假" in text(worker.get("/answers/?topic=women"))
    place = desk.tree.county.reference
    answer = worker.post("/speak/helped/", {"entry": "overtime_pay", "place": place, "key": "a"})
    worker.post("/speak/helped/", {"entry": "overtime_pay", "place": place, "key": "a"})
    assert "没有送出" in text(answer)
    assert BookUse._base_manager.get().organisation == desk.tree.county
    assert not Voice._base_manager.exists()
    worker.post("/speak/helped/", {"entry": "no such", "place": place})
    assert BookUse._base_manager.count() == 1


# ── the worker's own page ──────────────────────────────────────────────────────────────────────────────────────


def test_the_worker_supplies_rates_and_reads_the_answer(desk: Desk, worker: Client) -> None:
    made = desk.act(handling.ask, desk.accepted(), words="请补充工资条")
    url = f"/my/voices/{made.reference}/"
    assert "请补充工资条" in text(worker.get(url))
    assert worker.post(url, {"supply": "1", "words": ""}).status_code == 422
    assert worker.post(url, {"supply": "1", "words": "工资条在手机里"}).status_code == 302
    desk.act(handling.answer, made, words="单位已经补发全部工资，请查收。")
    assert "单位已经补发全部工资" in text(worker.get(url))
    assert "哪里不满意" in text(worker.post(url, {"rate": "no", "words": ""}))
    assert worker.post(url, {"rate": "no", "words": "还差两千"}).status_code == 302
    assert "办理中" in text(worker.get(url))


def test_another_worker_s_voice_is_no_page(desk: Desk, sign_in: SignIn) -> None:
    made = desk.speak()
    other = sign_in(Client(), desk.tree.foreign_member)
    assert other.get(f"/my/voices/{made.reference}/").status_code == 404


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_officer_does_everything_on_one_page(desk: Desk, officer: Client, colleague: Client) -> None:
    made = desk.speak()
    assert "工资报酬" in text(officer.get("/desk/voices/"))
    url = f"/desk/voices/{made.reference}/"
    page = text(officer.get(url))
    assert "三个月没发工资" in page
    assert "不能知道是谁反映的" in page
    assert officer.post(url, {"act": "accept"}).status_code == 302
    assert officer.post(url, {"act": "answer", "draft": "1", "words": "正在写"}).status_code == 302
    assert "正在写</textarea>" in text(officer.get(url))
    short = officer.post(url, {"act": "answer", "words": "已办"})
    assert short.status_code == 409
    assert "没有答复不能办结" in text(short)
    assert "已办</textarea>" in text(short)
    assert officer.post(url, {"act": "answer", "words": "单位已经补发三个月工资。"}).status_code == 302
    assert "等别人回访" in text(officer.get(url))
    assert officer.post(url, {"act": "visit", "outcome": "yes"}).status_code == 409
    assert colleague.post(url, {"act": "visit", "outcome": "none", "words": ""}).status_code == 422
    assert colleague.post(url, {"act": "visit", "outcome": "yes"}).status_code == 302
    assert desk.fresh(made).state == "archived"
    assert "没有这样的诉求" in text(officer.get("/desk/voices/"))
    assert "工资报酬" in text(officer.get("/desk/voices/?tab=closed"))
    assert officer.post(url, {"act": "nonsense"}).status_code == 409


def test_the_own_union_finds_nothing_of_it_anywhere(desk: Desk, chair: Client) -> None:
    made = desk.speak()
    for url in (
        "/desk/voices/",
        "/desk/voices/?tab=all",
        "/desk/voices/groups/",
        "/desk/voices/rows/",
        "/desk/matters/",
    ):
        page = text(chair.get(url))
        assert made.reference not in page
        assert "三个月没发工资" not in page
    assert chair.get(f"/desk/voices/{made.reference}/").status_code == 404
    assert chair.post(f"/desk/voices/{made.reference}/", {"act": "accept"}).status_code == 404
    allowed = desk.speak(Identity.OWN_UNION)
    assert chair.get(f"/desk/voices/{allowed.reference}/").status_code == 200


def test_opening_a_voice_and_its_phone_stand_in_the_record(desk: Desk, officer: Client) -> None:
    made = desk.speak()
    officer.get(f"/desk/voices/{made.reference}/")
    url = f"/desk/voices/{made.reference}/contact/"
    assert officer.get(url).status_code == 403
    assert officer.post(url, {"purpose": "request"}).status_code == 303
    phone = desk.tree.member.reveal("phone")
    assert phone in text(officer.get(url))
    names = list(AuditRow.objects.filter(about_person_id=desk.tree.member.pk).values_list("verb", flat=True))
    assert {"voices.opened", "voices.contact"} <= set(names)
    assert phone not in text(officer.get(f"/desk/voices/{made.reference}/"))


def intake(**changed: str) -> dict[str, str]:
    known = {
        "channel": "hotline", "received_on": "2026-11-20", "words": "两个月没发工资，欠 6000 元", "region": "421202",
        "employer_name": "青禾样例制衣有限公司", "caller_name": "来电人", "phone": "13900001234",
    }  # fmt: skip
    return {**known, **changed}


def test_a_call_is_written_down_in_one_screen(desk: Desk, officer: Client) -> None:
    page = text(officer.get("/desk/voices/new/"))
    organisation = desk.tree.county.reference
    assert organisation in page
    answer = officer.post("/desk/voices/new/", intake(organisation=organisation))
    made = Voice._base_manager.get()
    assert answer.headers["Location"] == f"/desk/voices/{made.reference}/"
    assert (made.channel, made.subject, made.employer) == ("hotline", "wages", desk.tree.employer)
    assert made.reveal("phone") == "13900001234"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"employer_name": "老王家"}, "不像单位的全称"),
        ({"received_on": "2026-11-19"}, "当天登记"),
        ({"received_on": "2026-11-21"}, "晚于今天"),
        ({"channel": "letter", "received_on": "2026-10-01"}, "不能倒填"),
        ({"knew_on": "2026-11-21"}, "晚于反映的日期"),
        ({"words": "工资都没发"}, "没有写明欠了多少"),
        ({"knew_on": "2025-01-01"}, "已经超过一年"),
        ({"phone": "12"}, "不像一个电话"),
        ({"words": ""}, "请写下反映的内容"),
    ],
)
def test_bad_intake_is_said_and_what_was_typed_stays(
    desk: Desk, officer: Client, changed: dict[str, str], said: str
) -> None:
    answer = officer.post("/desk/voices/new/", intake(organisation=desk.tree.county.reference, **changed))
    assert answer.status_code in {409, 422}
    assert said in text(answer)
    assert "来电人" in text(answer)
    assert not Voice._base_manager.exists()


def test_what_was_asked_and_stays_unknown_is_taken_the_second_time(desk: Desk, officer: Client) -> None:
    asked = intake(
        organisation=desk.tree.county.reference, words="工资都没发", employer_name="老王家", is_nickname="on"
    )
    assert 'name="seen" value="yes"' in text(officer.post("/desk/voices/new/", asked))
    assert officer.post("/desk/voices/new/", {**asked, "seen": "yes"}).status_code == 302
    assert Voice._base_manager.get().employer_name == "老王家"


def test_voices_alike_are_offered_and_joined_by_a_button(desk: Desk, officer: Client) -> None:
    first, second = desk.speak(), desk.speak()
    url = f"/desk/voices/{second.reference}/"
    assert "同一个人" in text(officer.get(url))
    assert officer.post(url, {"join": first.reference}).status_code == 302
    assert desk.fresh(second).joined_to_id == first.pk
    assert second.reference in text(officer.get(f"/desk/voices/{first.reference}/"))


def test_filters_are_an_address(desk: Desk, officer: Client) -> None:
    desk.speak(subject=Subject.WELFARE)
    assert "生活福利：" in text(officer.get("/desk/voices/?subject=welfare"))
    assert "没有这样的诉求" in text(officer.get("/desk/voices/?subject=injury"))
    assert "没有这样的诉求" in text(officer.get("/desk/voices/?channel=letter"))
    assert "没有这样的诉求" in text(officer.get("/desk/voices/?clock=late"))
    assert "没有这样的诉求" in text(officer.get("/desk/voices/?tag=agency"))
    assert "没有这样的诉求" in text(officer.get("/desk/voices/?group=yes"))


def test_what_is_late_is_found(desk: Desk, officer: Client, at: Any) -> None:
    desk.speak(at=at - timedelta(days=4))
    assert "已超期" in text(officer.get("/desk/voices/?clock=late"))


def test_a_group_shows_its_rule_and_its_rows(desk: Desk, officer: Client) -> None:
    made = desk.speak(people=10)
    page = text(officer.get("/desk/voices/"))
    assert "同一单位反映的人多了" in page
    rows = text(officer.get("/desk/voices/groups/"))
    assert "10 名以上职工反映" in rows
    assert "现在数到 10 名" in rows
    assert made.reference in rows
    assert "现在数到 10 名" in text(officer.get(f"/desk/voices/{made.reference}/"))


@pytest.mark.parametrize("url", ["/desk/voices/", "/desk/voices/rows/?what=", "/desk/voices/groups/"])
def test_a_list_costs_the_same_with_many_rows(desk: Desk, officer: Client, url: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert officer.get(url).status_code == 200
        return len(seen)

    desk.speak(people=10)
    officer.get(url)
    few = cost()
    for _ in range(12):
        desk.speak()
    assert cost() == few


def test_small_matters_are_gathered_promised_done_and_shown(desk: Desk, officer: Client) -> None:
    made = desk.speak(words="宿舍没有热水，王芳", subject=Subject.WELFARE)
    url = f"/desk/voices/{made.reference}/"
    assert officer.post(url, {"act": "small", "title": "宿舍没有热水"}).status_code == 302
    matter = SmallMatter._base_manager.get()
    public = f"/unions/{desk.tree.county.reference}/small-matters/"
    assert "宿舍没有热水" not in text(Client().get(public))
    assert "宿舍没有热水" in text(officer.get("/desk/small-matters/"))
    here = f"/desk/small-matters/{matter.reference}/"
    promise = {
        "act": "promise", "title": "宿舍热水", "promise": "每天供到十点", "promised_by": "后勤部",
        "promised_for": "2026-12-20", "version": "1",
    }  # fmt: skip
    assert "不能有反映人" in text(officer.post(here, {**promise, "title": "王芳的热水"}))
    assert officer.post(here, promise).status_code == 302
    page = text(Client().get(public))
    assert "每天供到十点" in page
    assert "王芳" not in page
    assert made.reference not in page
    done = {"act": "finish", "done_on": "2026-11-20", "words": "换了锅炉", "version": "2"}
    assert officer.post(here, done).status_code == 302
    assert "换了锅炉" in text(Client().get(public))
    assert public in text(Client().get(f"/unions/{desk.tree.county.reference}/"))


def test_an_officer_amends_the_book_and_workers_read_it(desk: Desk, officer: Client, worker: Client) -> None:
    assert "待核对" in text(officer.get("/desk/answers/"))
    page = text(officer.get("/desk/answers/new/?seed=overtime_pay"))
    assert "加班费怎么算" in page
    facts = {
        "topic": "overtime", "question": "加班费怎么算？", "answer": "按咸安区的算法。", "source": "劳动法第四十四条",
        "words": "加班 加班费", "reviewed_on": "2026-11-20", "is_shown": "on",
    }  # fmt: skip
    late = officer.post("/desk/answers/new/?seed=overtime_pay", {**facts, "reviewed_on": "2026-11-21"})
    assert "不能晚于今天" in text(late)
    assert officer.post("/desk/answers/new/?seed=overtime_pay", facts).status_code == 302
    assert "按咸安区的算法" in text(worker.post(NEW, {"words": "加班费怎么算"}))
    row = BookAnswer._base_manager.get()
    assert officer.get("/desk/answers/new/?seed=overtime_pay").headers["Location"] == f"/desk/answers/{row.reference}/"
    off = {**facts, "version": "1"}
    del off["is_shown"]
    assert officer.post(f"/desk/answers/{row.reference}/", off).status_code == 302
    assert "按咸安区的算法" not in text(worker.post(NEW, {"words": "加班费怎么算"}))
    assert "加班费怎么算？" not in text(worker.post(NEW, {"words": "加班费怎么算"}))
    assert "停用" in text(officer.get("/desk/answers/"))
    stale = officer.post(f"/desk/answers/{row.reference}/", off)
    assert stale.status_code == 409


def test_figures_open_their_rows(desk: Desk, officer: Client, sign_in: SignIn) -> None:
    made = desk.speak()
    under = desk.tree.county.reference
    rows = f"/desk/voices/rows/?under={under}&on=2026-11-20&subject=wages"
    page = text(officer.get(rows))
    assert made.reference in page
    assert "三个月没发工资" not in page
    assert "王芳" not in page
    leader = sign_in(Client(), desk.tree.leader)
    assert made.reference in text(leader.get(rows))
    assert leader.get(f"/desk/voices/{made.reference}/").status_code == 403
    assert made.reference not in text(officer.get(f"{rows}&channel=letter"))
    assert "职工诉求" in text(leader.get("/desk/figures/voices/"))
