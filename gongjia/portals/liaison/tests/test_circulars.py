"""Notices to many: whom they reach, what is counted, and that nobody is named."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.engines.messages.models import Circular, CircularRead
from gongjia.engines.messages.queries import Audience, response_to
from gongjia.engines.messages.services import read_circular
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.moments import SHANGHAI
from gongjia.kernel.reach import entering
from gongjia.portals.liaison import services
from gongjia.portals.liaison.clocks import due_of, late_before
from gongjia.portals.liaison.queries import waiting_below
from gongjia.portals.liaison.tests.test_letters import write
from tests import factories

pytestmark = [pytest.mark.system("G3"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8


def body(response: Any) -> str:
    return str(response.content.decode())


def announce(by: factories.Person, organisation: factories.Organisation, at: datetime, **more: Any) -> Circular:
    actor = factories.actor(by)
    facts = {"audience": Audience(), "title": "五一放假", "body": "五月一日至五日放假。", "answers": [], **more}
    with entering(actor.reach("liaison.announce")):
        return services.announce(organisation=organisation, by=actor, at=at, **facts)


def seen_by(client: Client) -> list[str]:
    return [each.title for each in client.get("/my/messages/?tab=notices").context["page"].rows]


@pytest.fixture
def many(tree: factories.Tree) -> list[factories.Person]:
    """Ten more members of the union: half of them women, a courier, a migrant."""
    made = []
    Person._base_manager.update(sex="male")
    for number in range(10):
        person = factories.person(f"会员{'甲乙丙丁戊己庚辛壬癸'[number]}")
        person.sex, person.is_migrant = "female" if number % 2 else "male", True if number == 1 else None
        person.save()
        factories.membership(person, tree.union, group="courier" if number == 2 else "")
        made.append(person)
    return made


def test_a_notice_reaches_the_members_below_and_nobody_else(
    tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    announce(tree.officer, tree.county, at)
    assert seen_by(sign_in(Client(), tree.member)) == ["五一放假"]
    assert seen_by(sign_in(Client(), tree.foreign_member)) == []


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (Audience(group="courier"), [2]),
        (Audience(sex="female"), [1, 3, 5, 7, 9]),
        (Audience(is_for_migrants=True), [1]),
        (Audience(sex="female", is_for_migrants=True), [1]),
    ],
)
def test_one_kind_of_members_only(
    audience: Audience, reached: list[int], tree: factories.Tree, many: list[Any], sign_in: SignIn, at: datetime
) -> None:
    made = announce(tree.chair, tree.union, at, audience=audience)
    assert made.audience_count == len(reached)
    for number, person in enumerate(many):
        assert bool(seen_by(sign_in(Client(), person))) == (number in reached), number


def test_nobody_to_tell_is_refused_and_nothing_is_kept(tree: factories.Tree, at: datetime) -> None:
    with pytest.raises(Refused, match="没有符合条件的会员"):
        announce(tree.chair, tree.union, at, audience=Audience(group="nursing_carer"))
    assert not Circular._base_manager.exists()


def test_who_has_left_and_who_never_was_a_member_reads_nothing(
    tree: factories.Tree, many: list[Any], sign_in: SignIn, at: datetime
) -> None:
    made = announce(tree.chair, tree.union, at)
    gone = Membership._base_manager.get(person=many[0])
    gone.state, gone.until_on, gone.ending = "ended", at.date(), "left"
    gone.save()
    for person in (many[0], factories.person("路人")):
        client = sign_in(Client(), person)
        assert seen_by(client) == []
        assert client.get(f"/my/messages/notices/{made.reference}/").status_code == 404


def test_nobody_speaks_for_another_union(tree: factories.Tree, at: datetime) -> None:
    with pytest.raises(Refused, match="由它自己发"):
        announce(tree.officer, tree.union, at)
    for stranger in (tree.foreign_officer, tree.leader, tree.auditor, tree.member):
        with pytest.raises((Forbidden, Refused)):
            announce(stranger, tree.union, at)
    assert not Circular._base_manager.exists()


def test_what_was_read_and_answered_is_counted_and_nobody_named(
    tree: factories.Tree, many: list[Any], sign_in: SignIn, at: datetime
) -> None:
    made = announce(tree.chair, tree.union, at, answers=["参加", "不参加"])
    address = f"/my/messages/notices/{made.reference}/"
    for number, person in enumerate(many[:6]):
        client = sign_in(Client(), person)
        assert "改我的回答" not in body(client.get(address))
        if number < 4:
            client.post(address, {"answer": "0"})
    last = sign_in(Client(), many[3])
    last.post(address, {"answer": "1"})
    assert "改我的回答" in body(last.get(address))
    assert last.post(address, {"answer": "7"}).status_code == 422
    chair = sign_in(Client(), tree.chair)
    shown = chair.get(f"/liaison/notices/{made.reference}/")
    assert (shown.context["response"].read, shown.context["response"].answers) == (6, [3, 1])
    assert not [person.name for person in many if person.name in body(shown)]
    assert CircularRead._base_manager.count() == 6
    with entering(factories.actor(tree.chair).reach("liaison.announce")):
        assert not CircularRead.objects.exists()


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True)])
def test_no_number_is_shown_that_would_name_somebody(
    count: int,
    is_shown: bool,  # noqa: FBT001
    tree: factories.Tree,
    many: list[Any],
    at: datetime,
) -> None:
    made = announce(tree.chair, tree.union, at)
    Circular._base_manager.filter(pk=made.pk).update(audience_count=count)
    made.refresh_from_db()
    assert (response_to(made) is not None) == is_shown


def test_a_notice_is_shown_before_it_is_sent_and_sent_once(
    tree: factories.Tree, many: list[Any], sign_in: SignIn
) -> None:
    chair = sign_in(Client(), tree.chair)
    form = chair.get("/liaison/notices/new/").context["form"]
    facts = {"organisation": tree.union.reference, "title": "体检", "body": "周五体检。", "answers": "去\n不去"}
    facts["key"] = form["key"].value()
    assert "11</strong> 人" in body(chair.post("/liaison/notices/new/", facts))
    assert not Circular._base_manager.exists()
    assert "再看一遍" not in body(chair.post("/liaison/notices/new/", facts | {"again": "1"}))
    first = chair.post("/liaison/notices/new/", facts | {"send": "1"})
    assert first.url == chair.post("/liaison/notices/new/", facts | {"send": "1"}).url
    assert Circular._base_manager.get().answers == ["去", "不去"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("只有一个", "至少写两行"),
        ("一\n二\n三\n四\n五\n六", "最多 5 个"),
        ("去\n去", "两个一样"),
        (f"去\n{'很' * 21}长", "太长"),
    ],
)
def test_answers_that_cannot_be_chosen_from_are_refused(
    answers: str, said: str, tree: factories.Tree, sign_in: SignIn
) -> None:
    facts = {"organisation": tree.union.reference, "title": "体检", "body": "周五体检。", "answers": answers}
    response = sign_in(Client(), tree.chair).post("/liaison/notices/new/", facts)
    assert response.status_code == 422
    assert said in body(response)
    assert "周五体检" in body(response)


def test_a_withdrawn_notice_is_gone_for_members_and_stays_on_record(
    tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    made = announce(tree.chair, tree.union, at)
    chair, phone = sign_in(Client(), tree.chair), sign_in(Client(), tree.member)
    phone.get(f"/my/messages/notices/{made.reference}/")
    address = f"/liaison/notices/{made.reference}/withdraw/"
    assert chair.post(address, {"why": ""}).status_code == 422
    assert chair.post(address, {"why": "日期写错了"}).status_code == 302
    assert chair.post(address, {"why": "再撤一次"}).status_code == 409
    assert phone.get(f"/my/messages/notices/{made.reference}/").status_code == 404
    assert "日期写错了" in body(chair.get(f"/liaison/notices/{made.reference}/"))
    actor = factories.actor(tree.member)
    with entering(actor.reach(None)), pytest.raises(Gone):
        read_circular(circular=made, by=actor, at=at)


def test_a_new_notice_stands_on_the_first_page_until_it_is_read(
    tree: factories.Tree, sign_in: SignIn, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at)
    made = announce(tree.chair, tree.union, at)
    announce(tree.chair, tree.union, at - timedelta(days=31), title="旧通知")
    phone = sign_in(Client(), tree.member)
    assert [each.title for each in phone.get("/my/").context["home"].circulars] == ["五一放假"]
    phone.get(f"/my/messages/notices/{made.reference}/")
    assert phone.get("/my/").context["home"].circulars == []


# ── the clock of letters ───────────────────────────────────────────────────────────────────────────────────
def day(on: date, hour: int = 10) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("came", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),  # Monday: five working days, a weekend between
        (date(2026, 3, 7), date(2026, 3, 13)),  # Saturday
        (date(2025, 9, 29), date(2025, 10, 13)),  # the holidays of October, with their make-up days
    ],
)
def test_a_letter_is_answered_within_five_working_days(came: date, last: date) -> None:
    assert due_of(day(came)).day == last


@pytest.mark.parametrize("today", [date(2026, 3, 9), date(2026, 3, 10), date(2025, 10, 13), date(2025, 10, 14)])
def test_letters_are_late_from_the_day_after_their_last(today: date) -> None:
    """The one moment by which lists are asked agrees with the day of each letter."""
    for number in range(40):
        sent = day(today - timedelta(days=number), hour=0)
        assert (sent < late_before(today)) == (due_of(sent).day < today), sent


def test_a_late_letter_is_marked_and_counted_for_the_superior(
    tree: factories.Tree, sign_in: SignIn, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree.member, at)
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at + timedelta(days=7))
    assert "超过期限" not in body(sign_in(Client(), tree.chair).get(reverse("liaison:letters")))
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at + timedelta(days=8))
    assert "没有按期答复" in body(sign_in(Client(), tree.chair).get(reverse("liaison:letters")))
    county = factories.actor(tree.officer)
    with entering(county.reach("liaison.answer")):
        for days, late in ((7, 0), (8, 1)):
            below = waiting_below(county, on=(at + timedelta(days=days)).date())
            assert [each["late"] for each in below] == [late]


def test_who_is_only_kept_is_told_apart_before_a_notice_goes_out(
    tree: factories.Tree, many: list[Any], sign_in: SignIn
) -> None:
    kept = Membership._base_manager.get(person=many[3])
    kept.state, kept.retained_on = "retained", date(2026, 11, 1)
    kept.save()
    client = sign_in(Client(), tree.chair)
    facts = {"organisation": tree.union.reference, "title": "五一放假", "body": "放假五天。", "key": "k"}
    shown = body(client.post(reverse("liaison:announce"), facts))
    assert "保留会籍 1 人" in shown
    address = f"{reverse('work:members')}?under={tree.union.reference}&state=retained"
    assert address.replace("&", "&amp;") in shown
    assert "会员丁" in body(client.get(address))
    assert f"{address.replace('&', '&amp;')}" in body(client.get(reverse("work:home")))
