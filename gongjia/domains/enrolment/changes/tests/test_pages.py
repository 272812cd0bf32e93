"""The pages: a worker's own without script, both unions' desks, and that nothing is told from outside."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.enrolment.changes.forms import FactForm
from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Ground, Leaving, Transfer
from gongjia.domains.enrolment.changes.tests.conftest import Change, rows_of, run
from gongjia.domains.enrolment.changes.words import Fact
from gongjia.kernel.models import AuditRow
from gongjia.kernel.references import new_reference
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


@pytest.fixture(autouse=True)
def now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests come at the test's own instant."""
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at)


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def member(change: Change, sign_in: SignIn) -> Client:
    return sign_in(Client(), change.tree.member)


@pytest.fixture
def chair(change: Change, sign_in: SignIn) -> Client:
    return sign_in(Client(), change.tree.chair)


@pytest.fixture
def new_chair(change: Change, sign_in: SignIn) -> Client:
    return sign_in(Client(), change.in_chair)


def test_a_member_finds_the_union_asks_and_both_unions_act(
    change: Change, member: Client, chair: Client, new_chair: Client
) -> None:
    tree = change.tree
    assert "换了单位，转接会籍" in text(member.get("/my/membership/"))
    found = text(member.get("/my/membership/transfer/?q=渡口样例"))
    url = f"/my/membership/transfer/to/{tree.foreign_union.reference}/"
    assert url in found
    answer = member.post(url, {"why": "new_employer", "employer_name": "渡口样例纺织有限公司", "key": "k1"})
    made = Transfer._base_manager.get()
    assert answer.headers["Location"] == f"/my/membership/transfers/{made.reference}/"
    again = member.post(url, {"why": "new_employer", "employer_name": "渡口样例纺织有限公司", "key": "k1"})
    assert again.headers["Location"] == answer.headers["Location"]
    page = text(member.get(f"/my/membership/transfers/{made.reference}/"))
    assert "等转出工会确认" in page
    assert "不含周末" in page or "止" in page
    desk = f"/desk/changes/transfers/{made.reference}/"
    assert "王芳" in text(chair.get("/desk/changes/"))
    assert "王芳" not in text(new_chair.get("/desk/changes/"))
    assert "王芳" in text(new_chair.get("/desk/changes/?tab=in"))
    assert "同意接收" not in text(chair.get(desk))
    assert chair.post(desk, {"confirm": "1"}).status_code == 302
    assert "王芳" in text(new_chair.get("/desk/changes/"))
    assert new_chair.post(desk, {"accept": "1"}).status_code == 302
    assert rows_of(tree.member)[-1].organisation == tree.foreign_union
    home = text(member.get("/my/membership/"))
    assert tree.foreign_union.name in home
    assert "已转接" in text(member.get(f"/my/membership/transfers/{made.reference}/"))


def test_the_other_side_s_button_is_refused(change: Change, chair: Client, new_chair: Client) -> None:
    made = change.transfer()
    desk = f"/desk/changes/transfers/{made.reference}/"
    assert new_chair.post(desk, {"confirm": "1"}).status_code == 403
    assert chair.post(desk, {"accept": "1"}).status_code == 403
    made.refresh_from_db()
    assert made.state == "out"


@pytest.mark.parametrize("press", ["object", "refuse"])
def test_a_reason_is_asked_for(change: Change, chair: Client, new_chair: Client, press: str) -> None:
    made = change.transfer()
    desk = f"/desk/changes/transfers/{made.reference}/"
    if press == "refuse":
        chair.post(desk, {"confirm": "1"})
    client = chair if press == "object" else new_chair
    answer = client.post(desk, {press: "1", "words": ""})
    assert answer.status_code == 422
    assert "请写明原因" in text(answer)
    assert client.post(desk, {press: "1", "words": "还有工具没有交还"}).status_code == 302


def test_the_member_answers_and_takes_back(change: Change, member: Client, chair: Client) -> None:
    made = change.transfer()
    chair.post(f"/desk/changes/transfers/{made.reference}/", {"object": "1", "words": "还有工具没有交还"})
    url = f"/my/membership/transfers/{made.reference}/"
    assert "还有工具没有交还" in text(member.get(url))
    assert member.post(url, {"answer": "1", "words": ""}).status_code == 422
    assert member.post(url, {"answer": "1", "words": "上周交还了"}).status_code == 302
    assert member.post(url, {"withdraw": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_who_is_no_member_is_shown_how_to_join(change: Change, sign_in: SignIn) -> None:
    other = sign_in(Client(), factories.account(None, "nobody"))
    url = f"/my/membership/transfer/to/{change.tree.foreign_union.reference}/"
    assert other.get(url).headers["Location"] == f"/j/{change.tree.foreign_union.reference}/"
    for path in (
        "/my/membership/transfer/",
        "/my/membership/transfer/code/",
        "/my/membership/leave/",
        "/my/membership/bulk-transfer/stay-out/",
    ):
        assert other.get(path).status_code == 302
    assert other.get("/my/membership/correct/").status_code == 302


def test_a_code_is_shown_once_and_opens_one_transfer(change: Change, member: Client, new_chair: Client) -> None:
    page = text(member.post("/my/membership/transfer/code/"))
    code = "".join(re.search(r"([0-9A-Y]{5}) ([0-9A-Y]{5})", page).groups())  # type: ignore[union-attr]
    sent = {"code": code.lower(), "to": change.tree.foreign_union.name, "why": "new_employer"}
    answer = new_chair.post("/desk/changes/transfers/by-code/", sent)
    made = Transfer._base_manager.get()
    assert answer.headers["Location"] == f"/desk/changes/transfers/{made.reference}/"
    assert made.begun_by == "in"
    assert new_chair.post("/desk/changes/transfers/by-code/", sent).status_code == 409


def test_guessing_at_codes_is_stopped(change: Change, new_chair: Client) -> None:
    sent = {"to": change.tree.foreign_union.name, "why": "other"}
    answers = [
        new_chair.post("/desk/changes/transfers/by-code/", {**sent, "code": new_reference()}).status_code
        for _ in range(12)
    ]
    assert answers[:10] == [409] * 10
    assert answers[10:] == [429] * 2


def plain(answer: Any) -> bytes:
    """Without what differs in every answer."""
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)
    body = re.sub(rb'"X-CSRFToken": "[^"]+"', b"", body)
    body = re.sub(rb"nonce-[^\"' ;]+", b"", body)
    return re.sub(rb"[0-9a-f-]{32,36}|[0-9A-Y]{10}", b"", body)


def test_codes_of_members_and_of_nobody_are_answered_alike_to_the_byte(change: Change, new_chair: Client) -> None:
    """A code that is over, of a member who has left, or that was never given."""
    answers = []
    codes = [change_code(change), new_reference(), change_code(change)]
    Membership._base_manager.filter(pk=change.tree.membership.pk).update(
        state=State.ENDED, until_on=date(2026, 11, 20), ending="left"
    )
    for code in codes:
        sent = {"code": code, "to": change.tree.foreign_union.name, "why": "other", "key": ""}
        answer = new_chair.post("/desk/changes/transfers/by-code/", sent)
        assert answer.status_code == 409
        answers.append(plain(answer))
    assert len(set(answers)) == 1


def change_code(change: Change) -> str:
    from gongjia.domains.enrolment.changes import services
    from gongjia.kernel.permissions import SIGNED_IN
    from gongjia.kernel.reach import entering

    with entering(change.member.reach(SIGNED_IN)):
        return services.make_code(by=change.member, at=change.at)


def test_a_number_that_somebody_has_and_one_that_nobody_has_are_answered_alike(change: Change, member: Client) -> None:
    answers = []
    for number in (change.tree.foreign_member.reveal("id_number"), factories.id_number(7777)):
        answer = member.post("/my/membership/correct/?fact=id_number", {"value": number, "why": ""})
        assert answer.status_code == 302
        made = Correction._base_manager.get(closed_at=None)
        member.get("/my/membership/")  # shows what the last answer left to be said
        page = member.get(f"/my/membership/corrections/{made.reference}/")
        assert number not in text(page)
        masked = re.sub(rb"\d{3}\*+\w{4}", b"", plain(page))
        answers.append(masked)
        member.post(f"/my/membership/corrections/{made.reference}/", {"withdraw": "1"})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("kind", ["transfers", "leaving", "corrections"])
def test_another_s_matter_and_none_at_all_are_the_same_to_the_byte(change: Change, sign_in: SignIn, kind: str) -> None:
    making: dict[str, Callable[[], Any]] = {
        "transfers": change.transfer, "leaving": change.leaving, "corrections": change.correction,
    }  # fmt: skip
    made = making[kind]()
    others = [
        (sign_in(Client(), change.tree.foreign_member), "/my/membership/"),
        (sign_in(Client(), factories.account(None, "nobody")), "/my/membership/"),
    ]
    stranger = factories.organisation("样例第三工会", change.tree.foreign_county, kind=Kind.GRASSROOTS_UNION)
    third = factories.person("孙样例")
    factories.post(third, stranger)
    others.append((sign_in(Client(), third), "/desk/changes/"))
    for client, face in others:
        bodies = set()
        for reference in (made.reference, new_reference()):
            answer = client.get(f"{face}{kind}/{reference}/")
            assert answer.status_code == 404
            bodies.add(plain(answer))
        assert len(bodies) == 1


def test_leaving_asks_says_what_follows_and_keeps_nobody(change: Change, member: Client, chair: Client) -> None:
    page = text(member.get("/my/membership/leave/"))
    assert "不能不同意" in page
    assert "给工会留言" in page
    assert member.post("/my/membership/leave/", {"why": ""}).status_code == 422
    answer = member.post("/my/membership/leave/", {"why": "不想说", "sure": "on"})
    made = Leaving._base_manager.get()
    assert answer.headers["Location"] == f"/my/membership/leaving/{made.reference}/"
    desk = f"/desk/changes/leaving/{made.reference}/"
    assert chair.post(desk, {"counsel": "1", "words": "谈过"}).status_code == 302
    assert "谈过" in text(member.get(f"/my/membership/leaving/{made.reference}/"))
    assert chair.post(desk, {"announce": "1"}).status_code == 302
    assert rows_of(change.tree.member)[-1].ending == "left"
    assert "您现在没有会籍" in text(member.get("/my/membership/"))


def test_a_correction_shows_old_and_new_and_numbers_only_for_a_purpose(
    change: Change, member: Client, chair: Client
) -> None:
    new = factories.id_number(7777)
    member.post("/my/membership/correct/?fact=id_number", {"value": new, "why": "最后一位错了"})
    made = Correction._base_manager.get()
    desk = f"/desk/changes/corrections/{made.reference}/"
    page = text(chair.get(desk))
    old = change.tree.member.reveal("id_number")
    assert new not in page
    assert old not in page
    assert new[-4:] in page
    whole = f"{desk}numbers/"
    assert chair.get(whole).status_code == 403
    chair.post(whole, {"purpose": "verify"})
    shown = text(chair.get(whole))
    assert new in shown
    assert old in shown
    assert chair.post(desk, {"approve": "1"}).status_code == 302
    assert "已更正" in text(member.get(f"/my/membership/corrections/{made.reference}/"))


def test_a_correction_is_sent_back_and_mended(change: Change, member: Client, chair: Client) -> None:
    made = change.correction(Fact.ETHNICITY, "土家族")
    assert (
        chair.post(f"/desk/changes/corrections/{made.reference}/", {"return": "1", "words": "请带身份证来"}).status_code
        == 302
    )
    url = f"/my/membership/corrections/{made.reference}/"
    assert "请带身份证来" in text(member.get(url))
    assert member.post(url, {"value": "火星族", "why": ""}).status_code == 422
    for other in ("土家", "穿青人"):
        form = FactForm({"value": other}, fact=Fact.ETHNICITY, on=date(2026, 11, 20))
        assert form.is_valid(), other
    assert member.post(url, {"value": "苗族", "why": ""}).status_code == 302
    chair.post(f"/desk/changes/corrections/{made.reference}/", {"approve": "1"})
    assert factories.Person._base_manager.get(pk=change.tree.member.pk).ethnicity == "苗族"


@pytest.mark.parametrize("fact", [each.value for each in Fact])
def test_each_fact_has_its_page(change: Change, member: Client, fact: str) -> None:
    assert Fact(fact).label in text(member.get(f"/my/membership/correct/?fact={fact}"))
    assert member.post(f"/my/membership/correct/?fact={fact}", {"value": ""}).status_code == 422


ACTS: dict[str, tuple[dict[str, str], str]] = {
    "retained": ({"reason": "retired", "on": "2026-11-19", "words": ""}, "retained"),
    "left": ({"talked_on": "2026-11-18", "on": "2026-11-19", "words": ""}, "ended"),
    "lapsed": (
        {"unpaid_since": "2026-05-01", "talked_on": "2026-11-18", "on": "2026-11-19", "words": "谈过两次"}, "ended",
    ),
    "expelled": (
        {"group_on": "2026-11-01", "committee_on": "2026-11-02", "reported_on": "2026-11-03", "on": "2026-11-19",
         "words": "判刑"}, "ended",
    ),
    "died": ({"on": "2026-11-19", "words": ""}, "ended"),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_the_desk_s_acts_end_in_the_state_and_leave_grounds(change: Change, chair: Client, act: str) -> None:
    url = f"/desk/members/{change.tree.membership.reference}/change/?act={act}"
    assert chair.post(url, {"key": "k"}).status_code == 422
    assert chair.post(url, {**ACTS[act][0], "on": "2026-12-01"}).status_code == 422
    assert chair.post(url, ACTS[act][0]).status_code == 302
    assert rows_of(change.tree.member)[-1].state == ACTS[act][1]
    assert Ground._base_manager.get().act == act
    assert chair.post(url, ACTS[act][0]).status_code == 409


def test_a_mistake_is_found_in_the_figures_and_corrected(change: Change, chair: Client) -> None:
    reference = change.tree.membership.reference
    chair.post(f"/desk/members/{reference}/change/?act=died", ACTS["died"][0])
    rows = text(chair.get("/desk/changes/rows/?what=died"))
    assert f"/desk/members/{reference}/change/?act=reinstated" in rows
    url = f"/desk/members/{reference}/change/?act=reinstated"
    assert chair.post(url, {"words": "登记错了人"}).status_code == 302
    assert rows_of(change.tree.member)[-1].state == "active"
    assert "王芳" in text(chair.get("/desk/changes/rows/?what=corrected"))
    assert "1" in text(chair.get("/desk/changes/"))


def test_the_dossier_offers_what_fits(change: Change, chair: Client) -> None:
    reference = change.tree.membership.reference
    from django.urls import reverse

    url = reverse("work:person", args=[reference])
    chair.post(url, {"purpose": "membership"})
    page = text(chair.get(url))
    for words in ("转接到别的工会", "保留会籍", "终止会籍"):
        assert words in page
    assert "恢复会籍</a>" not in page
    assert "视为退会" in text(chair.get(f"/desk/members/{reference}/change/"))


def test_many_are_chosen_looked_at_sent_and_taken(
    change: Change, chair: Client, new_chair: Client, member: Client
) -> None:
    tree = change.tree
    for number in range(3):
        factories.membership(factories.person(f"样例{'甲乙丙'[number]}"), tree.union)
    url = f"/desk/unions/{tree.union.reference}/bulk-transfers/"
    assert "样例甲" in text(chair.get(url))
    assert chair.post(url, {"to": "没有这个", "why": "closed"}).status_code == 422
    picked = [each.reference for each in Membership._base_manager.filter(person__name__in=["样例甲", "王芳"])]
    answer = chair.post(url, {"to": tree.foreign_union.name, "why": "closed", "pick": picked, "picked": "1"})
    made = BulkTransfer._base_manager.get()
    assert answer.headers["Location"] == f"/desk/changes/bulk-transfers/{made.reference}/"
    assert made.total == 2
    page = f"/desk/changes/bulk-transfers/{made.reference}/"
    assert "样例甲" in text(chair.get(page))
    assert chair.post(page, {"send": "1"}).status_code == 302
    run(change.at)
    assert "不随批转" in text(member.get("/my/membership/bulk-transfer/stay-out/"))
    assert member.post("/my/membership/bulk-transfer/stay-out/").status_code == 302
    assert new_chair.post(page, {"accept": "1"}).status_code == 302
    assert "正在转接" in text(new_chair.get(page))
    assert new_chair.get(f"{page}progress/").status_code == 200
    run(change.at)
    assert "已转接" in text(new_chair.get(page))
    assert "HX-Refresh" in new_chair.get(f"{page}progress/").headers
    assert [each.organisation for each in rows_of(tree.member)] == [tree.union]
    assert new_chair.post(page, {"undo": "1", "words": "弄错了"}).status_code == 302


def test_pages_cost_no_more_with_more_rows(
    change: Change, chair: Client, member: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        person = factories.person(f"样例{number}", number=5000 + number)
        factories.membership(person, change.tree.union)
    made = change.transfer()
    for client, path, most in (
        (chair, "/desk/changes/", 8),
        (chair, "/desk/changes/?tab=closed", 8),
        (chair, "/desk/changes/rows/", 8),
        (chair, f"/desk/changes/transfers/{made.reference}/", 8),
        (chair, f"/desk/unions/{change.tree.union.reference}/bulk-transfers/", 8),
        (member, "/my/membership/", 8),
        (member, f"/my/membership/transfers/{made.reference}/", 8),
    ):
        client.get(path)
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_leaving_and_a_transfer_are_told_apart_before_anything_is_filled_in(change: Change, member: Client) -> None:
    made = change.transfer()
    shown = text(member.get("/my/membership/leave/"))
    assert "转接和退会不能同时办" in shown
    assert f"/my/membership/transfers/{made.reference}/" in shown
    assert "提出退会" not in shown
    answer = member.get("/my/membership/transfer/")
    assert answer.headers["Location"] == f"/my/membership/transfers/{made.reference}/"
    member.post(f"/my/membership/transfers/{made.reference}/", {"withdraw": "1"})
    assert "提出退会" in text(member.get("/my/membership/leave/"))
    leaving = change.leaving()
    for path in ("leave/", "transfer/", f"transfer/to/{change.tree.foreign_union.reference}/"):
        answer = member.get(f"/my/membership/{path}")
        assert answer.headers["Location"] == f"/my/membership/leaving/{leaving.reference}/"


def test_the_joining_day_says_how_one_joined_and_not_how_one_came_here(
    change: Change, member: Client, chair: Client, new_chair: Client
) -> None:
    how = rows_of(change.tree.member)[0].get_origin_display()
    made = change.transfer()
    desk = f"/desk/changes/transfers/{made.reference}/"
    chair.post(desk, {"confirm": "1"})
    new_chair.post(desk, {"accept": "1"})
    shown = text(member.get("/my/membership/"))
    fact = re.search(r"入会日期</dt>.*?</dd>", shown, re.DOTALL)
    assert fact is not None
    assert how in fact.group()
    assert "转入" not in fact.group()


def test_a_bulk_transfer_is_begun_from_the_list_of_changes_and_says_its_days(
    change: Change, chair: Client, new_chair: Client, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/desk/unions/{change.tree.union.reference}/bulk-transfers/"
    assert address in text(chair.get("/desk/changes/"))
    assert "先打开转出的基层工会" in text(sign_in(Client(), change.tree.officer).get("/desk/changes/?tab=bulk"))
    shown = text(chair.get(address))
    assert shown.index("按条件拟定名单") < shown.index("只转勾选的")
    made = change.bulk()
    page = f"/desk/changes/bulk-transfers/{made.reference}/"
    chair.post(page, {"send": "1"})
    monkeypatch.setattr("gongjia.domains.enrolment.changes.params.bulk_undo_days", lambda _on: 12)
    assert "12 天内可以整批退回" in text(new_chair.get(page))


_PHOTO = b"\xff\xd8\xff\xe0 not really a picture"


def _file(content: bytes, name: str = "身份证.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_photograph_proves_a_correction_and_goes_when_it_is_over(
    change: Change, member: Client, chair: Client, settings: Any, tmp_path: Any
) -> None:
    settings.VAR = tmp_path
    address = "/my/membership/correct/?fact=ethnicity"
    assert 'enctype="multipart/form-data"' in text(member.get(address))
    for wrong, said in ((b"MZ\x90 a program", "只收照片"), (_PHOTO + b"0" * (8 << 20), "超过 8 MB")):
        answer = member.post(address, {"value": "苗族", "evidence": _file(wrong)})
        assert answer.status_code == 422
        assert said in text(answer)
    assert member.post(address, {"value": "苗族", "evidence": _file(_PHOTO)}).status_code == 302
    made = Correction._base_manager.get()
    stored = StoredFile._base_manager.get()
    assert made.evidence == stored
    assert _PHOTO not in b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert "身份证.jpg" in text(member.get(f"/my/membership/corrections/{made.reference}/"))
    desk = f"/desk/changes/corrections/{made.reference}/"
    assert f"{desk}evidence/" in text(chair.get(desk))
    assert _PHOTO not in chair.get(f"{desk}evidence/").content, "for a purpose only"
    shown = chair.post(f"{desk}evidence/", {"purpose": "request"}, follow=True)
    assert shown.content == _PHOTO
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("attachment")
    assert AuditRow.objects.filter(verb="enrolment.look_at_evidence", about_person_id=change.tree.member.pk).exists()
    chair.post(desk, {"return": "1", "words": "看不清"})
    member.post(f"/my/membership/corrections/{made.reference}/", {"value": "苗族", "evidence": _file(b"%PDF-1.7 x")})
    assert StoredFile._base_manager.get().pk != stored.pk
    chair.post(desk, {"approve": "1"})
    made.refresh_from_db()
    assert (made.state, made.evidence, StoredFile._base_manager.count()) == ("approved", None, 0)
