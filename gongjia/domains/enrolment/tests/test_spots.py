"""The code that an officer shows: in time it admits at once, and everything else leads to the queue."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.domains.enrolment import params, posters, services, spots
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


@pytest.fixture
def spot(tree: factories.Tree, at: datetime) -> Poster:
    with everywhere(reason="test"):
        return posters.open_spot(organisation=tree.union, by=factories.actor(tree.chair), at=at)


@pytest.fixture
def clock(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., datetime]:
    """`clock(seconds=5)`: requests come that much later; returns the moment."""
    standing = [at]
    monkeypatch.setattr(timezone, "now", lambda: standing[0])

    def later(**span: float) -> datetime:
        standing[0] += timedelta(**span)
        return standing[0]

    return later


def scan(client: Client, spot: Poster, moment: datetime) -> str:
    """Open the code of a moment; returns where it leads."""
    return str(client.get(f"/j/{spot.reference}/now/", {"c": spots.tag_of(spot, at=moment)}).url)


def send(client: Client, spot: Poster, number: int = 901, name: str = "白小满") -> Application:
    answers = {"name": name, "id_number": factories.id_number(number), "workplace": "other", "employer_name": "厂"}
    assert client.post(f"/j/{spot.reference}/join/", answers).status_code == 302
    return Application._base_manager.order_by("-pk")[0]


# ── the moment ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-6, False), (-5, True), (0, True), (89, True), (90, True), (91, False), (86400, False)]
)
def test_a_code_counts_for_its_ninety_seconds(seconds: int, counts: bool, spot: Poster, at: datetime) -> None:  # noqa: FBT001
    tag = spots.tag_of(spot, at=at)
    assert (spots.shown_at(spot, tag, at=at + timedelta(seconds=seconds)) is not None) is counts


@pytest.mark.parametrize(
    "change",
    [
        lambda tag: "",
        lambda tag: "x",
        lambda tag: "-",
        lambda tag: tag[:-1],
        lambda tag: tag.upper(),
        lambda tag: f"{int(tag.split('-')[0], 16) + 1:x}-{tag.split('-')[1]}",
        lambda tag: f"{'f' * 30}-{tag.split('-')[1]}",
        lambda tag: f"-1-{tag.split('-')[1]}",
        lambda tag: tag.split("-")[0] + "-" + "a" * 16,
        lambda tag: tag.split("-")[0] + "-密语",
    ],
)
def test_a_moment_that_was_written_by_somebody_else_counts_for_nothing(change: Any, spot: Poster, at: datetime) -> None:
    assert spots.shown_at(spot, change(spots.tag_of(spot, at=at)), at=at) is None


def test_the_code_of_one_spot_opens_no_other(tree: factories.Tree, spot: Poster, at: datetime) -> None:
    with everywhere(reason="test"):
        other = posters.open_spot(organisation=tree.union, by=factories.actor(tree.chair), at=at)
    assert spots.shown_at(other, spots.tag_of(spot, at=at), at=at) is None


def test_a_poster_on_a_wall_has_no_moment(poster: Poster, at: datetime) -> None:
    assert spots.shown_at(poster, spots.tag_of(poster, at=at), at=at) is None


# ── at once, or the queue ───────────────────────────────────────────────────────────────────────────────────────


def test_who_opens_it_in_time_is_a_member_at_once_in_the_officer_s_name(
    tree: factories.Tree, spot: Poster, newcomer: Newcomer, sign_in: SignIn, clock: Any, at: datetime
) -> None:
    phone = sign_in(Client(), newcomer().account)
    assert scan(phone, spot, at) == f"/j/{spot.reference}/"
    clock(minutes=9)
    assert "当场就是会员" in phone.get(f"/j/{spot.reference}/join/").content.decode()
    made = send(phone, spot)
    assert (made.state, made.spot_at) == ("approved", at)
    member = Membership._base_manager.get(person=made.person)
    assert (member.organisation, member.origin) == (tree.union, "spot")
    row = AuditRow.objects.get(verb="enrolment.approve")
    assert row.person_id == tree.chair.pk
    desk = sign_in(Client(), tree.chair).get(f"/desk/spots/{spot.reference}/").content.decode()
    assert "白小满" in desk
    assert "当场入会" in desk


@pytest.mark.parametrize(
    ("opened", "finished", "at_once"), [(90, 600, True), (91, 0, False), (0, 600, True), (0, 601, False)]
)
def test_opened_or_finished_too_late_it_is_a_poster(
    opened: int, finished: int, at_once: bool, spot: Poster, newcomer: Newcomer, sign_in: SignIn, clock: Any,  # noqa: FBT001
    at: datetime,
) -> None:  # fmt: skip
    phone = sign_in(Client(), newcomer().account)
    clock(seconds=opened)
    address = scan(phone, spot, at)
    assert ("late=1" in address) is (opened > 90)
    if opened > 90:
        assert "已经过时" in phone.get(address).content.decode()
    clock(seconds=finished)
    made = send(phone, spot)
    assert (made.state == "approved", made.spot_at is not None) == (at_once, at_once)


def test_what_is_forwarded_admits_nobody_unseen(
    tree: factories.Tree, spot: Poster, poster: Poster, newcomer: Newcomer, sign_in: SignIn, clock: Any, at: datetime
) -> None:
    """A poster's photograph, the address after the code was opened, an old code: each leads to the queue."""
    first = sign_in(Client(), newcomer().account)
    opened = scan(first, spot, at)
    second = sign_in(Client(), newcomer().account)
    second.get(opened)
    assert send(second, spot, 902).state == "submitted"
    third = sign_in(Client(), newcomer().account)
    clock(seconds=120)
    scan(third, spot, at)
    assert send(third, spot, 903).state == "submitted"
    fourth = sign_in(Client(), newcomer().account)
    assert send(fourth, poster, 904).state == "submitted"
    assert send(first, spot, 901).state == "approved", "whoever opened it first is not held up by the others"


def test_opening_a_code_again_does_not_make_the_time_longer(
    spot: Poster, newcomer: Newcomer, sign_in: SignIn, clock: Any, at: datetime
) -> None:
    phone = sign_in(Client(), newcomer().account)
    scan(phone, spot, at)
    clock(seconds=80)
    scan(phone, spot, at)
    clock(seconds=525)
    assert send(phone, spot).state == "submitted"


def test_one_code_admits_so_many_and_the_rest_wait(
    spot: Poster, newcomer: Newcomer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(params, "spot_most", lambda **_: 2)
    states = [newcomer().apply(spot, number=901 + turn, at=at, spot_at=at).state for turn in range(3)]
    later = at + timedelta(seconds=60)
    states.append(newcomer().apply(spot, number=910, at=at, spot_at=later).state)
    assert states == ["approved", "approved", "submitted", "approved"]


@pytest.mark.parametrize("whose", ["member", "foreign_member", "officer"])
def test_a_number_that_has_a_file_waits_for_the_officer_s_eyes(
    whose: str, tree: factories.Tree, spot: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known = getattr(tree, whose)
    people = Person._base_manager.count()
    made = newcomer().apply(spot, number=0, id_number=known.reveal("id_number"), name=known.name, at=at, spot_at=at)
    assert (made.state, made.spot_at, made.person) == ("submitted", None, None)
    assert Application._base_manager.get(pk=made.pk).state == "submitted"
    assert Person._base_manager.count() == people
    assert not AuditRow.objects.filter(verb="enrolment.approve").exists()


def test_who_has_a_file_of_the_own_and_no_membership_is_admitted(
    tree: factories.Tree, spot: Poster, at: datetime
) -> None:
    known = factories.person("田小麦", number=950)
    by = factories.actor(known)
    with entering(by.reach(SIGNED_IN)):
        made = services.apply(
            poster=spot,
            name="田小麦",
            id_number=known.reveal("id_number"),
            employer_name="厂",
            by=by,
            at=at,
            spot_at=at,
        )
    assert made.state == "approved"
    assert Membership._base_manager.get(person=known).origin == "spot"


def test_nobody_tries_a_second_number_by_a_code(spot: Poster, newcomer: Newcomer, at: datetime) -> None:
    """Whether a number has a file could be read off being admitted: an account has one try, and the next one waits."""
    worker = newcomer()
    known = factories.person("田小麦", number=950)
    first = worker.apply(spot, number=950, name=known.name, at=at, spot_at=at)
    with entering(worker.actor.reach(SIGNED_IN)):
        services.withdraw(application=first, by=worker.actor, at=at)
    assert worker.apply(spot, number=901, at=at, spot_at=at).state == "submitted"


def test_an_officer_whose_post_is_over_admits_nobody(
    tree: factories.Tree, spot: Poster, newcomer: Newcomer, at: datetime
) -> None:
    Post._base_manager.filter(person=tree.chair).update(until_on=at.date())
    assert newcomer().apply(spot, number=901, at=at, spot_at=at).state == "submitted"


# ── the officer's page ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_officer_s_page_shows_a_new_code_each_time_and_writes_nothing(
    tree: factories.Tree, sign_in: SignIn, clock: Any, django_assert_max_num_queries: Any
) -> None:
    desk = sign_in(Client(), tree.chair)
    address = f"/desk/unions/{tree.union.reference}/spot/"
    assert "90 秒一换" in desk.get(address).content.decode()
    page = desk.post(address, {"key": "pressed"}).url
    assert desk.post(address, {"key": "pressed"}).url == page
    seen = set()
    for _ in range(2):
        with django_assert_max_num_queries(8):
            answer = desk.get(page)
        shown = answer.content.decode()
        assert "<svg" in shown
        assert answer["Cache-Control"] == "no-store"
        assert '<noscript><meta http-equiv="refresh" content="60">' in shown
        seen.add(shown.split("?c=")[1].split('"')[0])
        clock(seconds=60)
    assert len(seen) == 2
    assert Poster._base_manager.count() == 1


def test_another_officer_sees_who_came_and_shows_no_code(
    tree: factories.Tree, spot: Poster, sign_in: SignIn, clock: Any
) -> None:
    shown = sign_in(Client(), tree.officer).get(f"/desk/spots/{spot.reference}/").content.decode()
    assert "?c=" not in shown
    assert "何建平出示的现场码" in shown


@pytest.mark.parametrize("end", ["close", "time", "revoke"])
def test_when_it_is_over_no_code_is_shown(
    end: str, tree: factories.Tree, spot: Poster, sign_in: SignIn, newcomer: Newcomer, clock: Any, at: datetime
) -> None:
    desk = sign_in(Client(), tree.chair)
    tag_at = clock(seconds=10)
    if end == "time":
        clock(hours=3, minutes=58)
        assert "?c=" in desk.get(f"/desk/spots/{spot.reference}/").content.decode()
        tag_at = clock(seconds=30)
        clock(minutes=2)
    elif end == "close":
        clock(seconds=1)
        desk.post(f"/desk/spots/{spot.reference}/close/")
    else:
        desk.post(f"/desk/posters/{spot.reference}/revoke/", {"why": "码被转发"})
    assert "?c=" not in desk.get(f"/desk/spots/{spot.reference}/").content.decode()
    phone = sign_in(Client(), newcomer().account)
    landing = phone.get(scan(phone, spot, tag_at))
    if end == "revoke":
        assert landing.status_code == 410
        assert "码被转发" in landing.content.decode()
        assert 'href="/join/"' in landing.content.decode()
    elif end == "time":
        assert send(phone, spot).state == "submitted"
    else:
        assert send(phone, spot).state == "approved", "a code that was shown before the page was closed is kept"


def test_who_may_not_admit_shows_no_code(tree: factories.Tree, at: datetime) -> None:
    for somebody in (tree.member, tree.leader, tree.foreign_officer):
        by = factories.actor(somebody)
        with everywhere(reason="test"), pytest.raises(Forbidden):
            posters.open_spot(organisation=tree.union, by=by, at=at)
    with everywhere(reason="test"), pytest.raises(Refused, match="在任的工会干部"):
        posters.open_spot(organisation=tree.union, by=Actor(channel="command"), at=at)
    with everywhere(reason="test"), pytest.raises(Refused, match="不直接发展会员"):
        posters.open_spot(organisation=tree.county, by=factories.actor(tree.officer), at=at)


def test_posters_and_codes_are_listed_apart(tree: factories.Tree, spot: Poster, sign_in: SignIn) -> None:
    desk = sign_in(Client(), tree.chair)
    assert "还没有海报" in desk.get(f"/desk/unions/{tree.union.reference}/posters/").content.decode()
    shown = desk.get(f"/desk/unions/{tree.union.reference}/spot/").content.decode()
    assert f"/desk/spots/{spot.reference}/" in shown
