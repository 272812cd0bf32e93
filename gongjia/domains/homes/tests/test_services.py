"""The verbs of the public face: who may, what is refused, and what ends a display."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.words import State
from gongjia.backbone.people import services as people
from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.domains.homes import handlers, services
from gongjia.domains.homes.models import Card, Display, Duty, Reminder, SiteUse, UnionSite
from gongjia.domains.homes.sites import services as sites
from gongjia.domains.homes.tests.conftest import (
    ON,
    agree,
    doing,
    keep_site,
    show,
    show_all,
    shown,
    write_promise,
)
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O12"), pytest.mark.django_db]
Tree = factories.Tree
TODAY = date(2026, 11, 20)


# ── displays ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_union_shows_its_three_and_they_stand_together(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    assert shown(tree.union) == {"plate", "identity", "promise", "all"}
    identity = Display._base_manager.get(kind="identity")
    assert (identity.post, identity.recorded_by_id) == (post, tree.chair.pk)


def test_the_three_stand_together_from_the_latest_of_their_days(
    tree: Tree, chair: Actor, post: Post, at: datetime
) -> None:
    agree(chair, post, at)
    write_promise(chair, tree.union, at)
    for kind, on in (("plate", date(2026, 11, 18)), ("identity", ON), ("promise", date(2026, 10, 1))):
        show(chair, tree.union, kind, at, on)
    assert Display._base_manager.get(kind="all").shown_on == date(2026, 11, 18)


def test_one_thing_is_shown_once(tree: Tree, chair: Actor, at: datetime) -> None:
    first = show(chair, tree.union, "plate", at, key="k1")
    assert show(chair, tree.union, "plate", at, key="k1") == first, "the same form, sent twice"
    with pytest.raises(Refused, match="已经登记过"):
        show(chair, tree.union, "plate", at, key="k2")


@pytest.mark.parametrize(
    ("kind", "on", "why"),
    [
        ("plate", TODAY + timedelta(days=1), "不能晚于今天"),
        ("plate", date(2019, 12, 31), "成立"),
        ("identity", ON, "还没有同意"),
        ("promise", ON, "承诺还没有写"),
    ],
)
def test_what_is_not_so_is_not_shown(tree: Tree, chair: Actor, at: datetime, kind: str, on: date, why: str) -> None:
    with pytest.raises(Refused, match=why):
        show(chair, tree.union, kind, at, on)
    assert shown(tree.union) == set()


def test_a_union_without_a_chair_has_none_to_show(tree: Tree, officer: Actor, post: Post, at: datetime) -> None:
    Post._base_manager.filter(pk=post.pk).update(until_on=TODAY)
    with pytest.raises(Refused, match="没有登记工会主席"):
        show(officer, tree.union, "identity", at)


@pytest.mark.parametrize(
    ("kind", "state", "why"),
    [
        ("branch", "standing", "所属的工会"),
        ("union_group", "standing", "所属的工会"),
        ("preparatory_group", "preparing", "还没有成立"),
        ("grassroots_union", "dissolved", "已撤销"),
    ],
)
def test_who_has_no_plate_shows_none(tree: Tree, officer: Actor, at: datetime, kind: str, state: str, why: str) -> None:
    other = factories.organisation("样例组织", tree.county, kind=kind, state=state)
    with pytest.raises(Refused, match=why):
        show(officer, other, "plate", at)


@pytest.mark.parametrize("who", ["member", "leader", "auditor", "operator", "foreign_officer"])
def test_only_those_who_keep_a_union_write_for_it(tree: Tree, at: datetime, who: str) -> None:
    actor = factories.actor(getattr(tree, who))
    for verb, facts in (
        (services.show, {"kind": "plate", "shown_on": ON}),
        (services.write_duty, {"role": Role.CHAIR, "duty": "做事", "promise": "", "version": 0}),
        (services.remind, {}),
        (sites.keep_site, {"facts": {}, "version": 0}),
        (sites.close_site, {}),
        (sites.use_site, {"site_id": 1}),
        (sites.leave_site, {}),
    ):
        with pytest.raises(Forbidden):
            verb(organisation=tree.union, by=actor, at=at, **facts)
    assert shown(tree.union) == set()


def test_a_display_is_taken_down_and_shown_again_later(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    plate = Display._base_manager.get(kind="plate")
    down = doing(chair, services.take_down, display=plate, at=at)
    assert (down.lapsed_on, down.lapse) == (TODAY, "taken_down")
    assert shown(tree.union) == {"identity", "promise"}
    assert Display._base_manager.get(kind="all").lapse == "incomplete"
    with pytest.raises(Refused, match="已经失效"):
        doing(chair, services.take_down, display=plate, at=at)
    with pytest.raises(Refused, match="不能更早"):
        show(chair, tree.union, "plate", at, TODAY - timedelta(days=1))
    show(chair, tree.union, "plate", at, TODAY)
    assert "all" in shown(tree.union)
    assert Display._base_manager.filter(kind="plate").count() == 2


# ── what ends a display ─────────────────────────────────────────────────────────────────────────────────────────


def leave(tree: Tree, post: Post, until: date, at: datetime) -> None:
    facts = {"ending": PostEnding.RESIGNED, "ending_basis": "样例决议"}
    doing(factories.actor(tree.officer), posts.end, "posts.appoint", post=post, until_on=until, at=at, **facts)


def test_a_chair_who_leaves_is_shown_no_more(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    leave(tree, post, date(2026, 11, 18), at)
    assert shown(tree.union) == {"plate", "promise"}
    identity = Display._base_manager.get(kind="identity")
    assert (identity.lapsed_on, identity.lapse) == (date(2026, 11, 18), "chair_changed")
    card = Card._base_manager.get()
    assert (card.name, card.office_line, card.ending) == ("", "", "post_ended")


def test_a_chair_who_leaves_later_is_shown_until_then(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    leave(tree, post, date(2026, 11, 25), at)
    for days, still in ((0, True), (4, True), (5, False)):
        handlers.follow_posts(at=at + timedelta(days=days))
        assert ("identity" in shown(tree.union)) is still
    assert Display._base_manager.get(kind="identity").lapsed_on == date(2026, 11, 25)
    assert handlers.follow_posts(at=at + timedelta(days=6)) == 0


def test_the_next_chair_is_to_be_shown_anew(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    leave(tree, post, date(2026, 11, 18), at)
    next_one = factories.person("白小满")
    factories.post(next_one, tree.union, Role.CHAIR, from_on=date(2026, 11, 18))
    actor = factories.actor(next_one)
    with pytest.raises(Refused, match="还没有同意"):
        show(actor, tree.union, "identity", at, TODAY)
    agree(actor, Post._base_manager.get(person=next_one), at)
    show(actor, tree.union, "identity", at, TODAY)
    assert "all" in shown(tree.union)


def test_a_vice_chair_who_leaves_ends_no_display(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    vice = factories.post(tree.member, tree.union, Role.VICE_CHAIR)
    agree(factories.actor(tree.member), vice, at)
    leave(tree, vice, TODAY, at)
    assert shown(tree.union) == {"plate", "identity", "promise", "all"}
    assert Card._base_manager.get(post=vice).name == ""


def test_a_new_name_needs_a_new_plate(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    facts = {"organisation": tree.union, "at": at}
    doing(chair, organisations.amend, "organisations.amend", version=1, changes={"address": "样例路 2 号"}, **facts)
    assert "plate" in shown(tree.union)
    doing(chair, organisations.amend, "organisations.amend", version=2, changes={"name": "溪口样例工会"}, **facts)
    assert shown(tree.union) == {"identity", "promise"}


def test_a_promise_that_is_taken_back_is_shown_no_more(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    write_promise(chair, tree.union, at, version=1, promise="改一改")
    assert "promise" in shown(tree.union)
    write_promise(chair, tree.union, at, version=2, promise="  ")
    assert shown(tree.union) == {"plate", "identity"}


@pytest.mark.parametrize("way", ["dissolve", "merge"])
def test_of_a_union_that_ends_nothing_is_shown(
    tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime, way: str
) -> None:
    show_all(chair, tree.union, post, at)
    site = keep_site(chair, tree.union, at)
    other = factories.organisation("溪口样例工会", tree.county, kind="grassroots_union")
    doing(officer, sites.use_site, organisation=other, site_id=site.pk, at=at)
    facts: dict[str, Any] = {"organisation": tree.union, "on": TODAY, "approval_number": "样工〔2026〕1号", "at": at}
    if way == "merge":
        doing(officer, organisations.merge, "organisations.move", into=other, **facts)
    else:
        doing(officer, organisations.dissolve, "organisations.move", reason="单位终止", **facts)
    assert shown(tree.union) == set()
    assert set(Display._base_manager.values_list("lapse", flat=True)) == {"union_ended"}
    assert not Card._base_manager.exclude(name="").exists()
    assert not UnionSite._base_manager.filter(closed_on=None).exists()
    assert not SiteUse._base_manager.filter(until_on=None).exists()


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_given_and_taken_back_by_its_holder(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    show_all(chair, tree.union, post, at)
    card = Card._base_manager.get()
    assert (card.name, card.office_line, card.given) == ("何建平", "0715-0880016", "online")
    doing(chair, services.withdraw, SIGNED_IN, card=card, at=at)
    card.refresh_from_db()
    assert (card.name, card.office_line, card.ending) == ("", "", "withdrawn")
    assert shown(tree.union) == {"plate", "promise"}
    assert Display._base_manager.get(kind="identity").lapse == "consent_withdrawn"
    with pytest.raises(Refused, match="已经结束"):
        doing(chair, services.withdraw, SIGNED_IN, card=card, at=at)
    agree(chair, post, at)
    assert Card._base_manager.filter(ended_at=None).count() == 1


def test_nobody_agrees_or_takes_back_for_another(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    vice = factories.post(tree.member, tree.union, Role.VICE_CHAIR)
    with pytest.raises(Forbidden):
        agree(chair, vice, at)
    with pytest.raises(Forbidden):
        services.agree(post=vice, by=Actor(account_id=1), at=at)
    card = agree(factories.actor(tree.member), vice, at)
    with pytest.raises(Forbidden):
        services.withdraw(card=card, by=chair, at=at)
    with pytest.raises(Forbidden):
        services.drop_card(card=card, by=factories.actor(tree.foreign_officer), at=at)
    doing(chair, services.drop_card, card=card, at=at)
    assert Card._base_manager.get().ending == "dropped"
    told = Message._base_manager.get(person=tree.member)
    assert (told.title, told.leads_to) == ("公开页上不再显示您的姓名", "/my/names/")


def test_consent_on_paper_is_of_the_union_s_own_officers(
    tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime
) -> None:
    card = doing(chair, services.record_consent, organisation=tree.union, post=post, at=at)
    assert card.given == "paper"
    told = Message._base_manager.get(person=tree.chair)
    assert "何建平" in told.body
    assert told.leads_to == "/my/names/"
    with pytest.raises(Refused, match="已经公示"):
        agree(chair, post, at)
    foreign = factories.post(tree.foreign_member, tree.foreign_union, Role.CHAIR)
    with pytest.raises(Refused, match="本会现在任职"):
        services.record_consent(organisation=tree.union, post=foreign, by=chair, at=at)
    clerk = factories.post(tree.member, tree.union, Role.CLERK)
    with pytest.raises(Refused, match="主席、副主席和委员"):
        doing(chair, services.record_consent, organisation=tree.union, post=clerk, at=at)


def test_who_took_the_own_name_back_is_not_named_again_by_a_clerk(
    tree: Tree, chair: Actor, post: Post, at: datetime
) -> None:
    vice = factories.post(tree.member, tree.union, Role.VICE_CHAIR)
    own = factories.actor(tree.member)
    card = doing(chair, services.record_consent, organisation=tree.union, post=vice, at=at)
    doing(own, services.withdraw, SIGNED_IN, card=card, at=at)
    with pytest.raises(Refused, match="本人撤回过"):
        doing(chair, services.record_consent, organisation=tree.union, post=vice, at=at)
    assert not Card._base_manager.filter(ended_at=None).exists()
    again = agree(own, vice, at)
    doing(chair, services.drop_card, card=again, at=at)
    doing(chair, services.record_consent, organisation=tree.union, post=vice, at=at)
    assert Card._base_manager.get(ended_at=None).given == "paper"


@pytest.mark.parametrize("days", [{"until_on": TODAY}, {"from_on": TODAY + timedelta(days=1)}])
def test_who_is_not_in_post_is_not_named(tree: Tree, at: datetime, days: dict[str, date]) -> None:
    vice = factories.post(tree.member, tree.union, Role.VICE_CHAIR, **days)
    with pytest.raises(Refused, match="现在任职"):
        agree(factories.actor(tree.member), vice, at)


def test_a_mobile_number_is_not_published(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    with pytest.raises(Refused, match="不要填个人手机号"):
        agree(chair, post, at, office_line="19900000001")
    assert not Card._base_manager.exists()


def test_a_corrected_name_is_shown_as_it_is_corrected(tree: Tree, chair: Actor, post: Post, at: datetime) -> None:
    agree(chair, post, at)
    with everywhere(reason="test"):
        people.amend(person=tree.chair, version=tree.chair.version, changes={"name": "何建萍"}, by=COMMAND, at=at)
    assert Card._base_manager.get().name == "何建萍"


# ── duties ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_duties_are_written_and_an_older_form_is_not_taken(tree: Tree, chair: Actor, at: datetime) -> None:
    write_promise(chair, tree.union, at)
    write_promise(chair, tree.union, at, version=1, duty="主持全面工作")
    with pytest.raises(Stale):
        write_promise(chair, tree.union, at, version=1, duty="旧的")
    with pytest.raises(Stale):
        write_promise(chair, tree.union, at, version=0, duty="以为是新的")
    assert Duty._base_manager.get().duty == "主持全面工作"


@pytest.mark.parametrize("facts", [{"duty": "找我打 19900000001"}, {"promise": "证号 42120219620101996X"}])
def test_no_number_of_a_person_is_written_into_a_promise(
    tree: Tree, chair: Actor, at: datetime, facts: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="请删掉号码"):
        write_promise(chair, tree.union, at, **facts)


def test_a_post_that_is_not_shown_has_no_duties(tree: Tree, chair: Actor, at: datetime) -> None:
    with pytest.raises(Refused, match="不在公开页上展示"):
        write_promise(chair, tree.union, at, role=Role.CLERK)


# ── the superior ────────────────────────────────────────────────────────────────────────────────────────────────


def look(actor: Actor, display: Display, at: datetime, *, is_there: bool = True, **facts: Any) -> Display:
    facts = {"on": TODAY, **facts}
    return doing(actor, services.check, "homes.check", display=display, is_there=is_there, at=at, **facts)


def test_a_superior_confirms_what_it_saw(tree: Tree, chair: Actor, officer: Actor, at: datetime) -> None:
    plate = show(chair, tree.union, "plate", at)
    seen = look(officer, plate, at)
    assert (seen.checked_on, seen.checked_by_id, seen.lapsed_on) == (TODAY, tree.county.pk, None)


def test_what_a_superior_does_not_find_lapses_and_the_chair_is_told(
    tree: Tree, chair: Actor, officer: Actor, at: datetime
) -> None:
    plate = show(chair, tree.union, "plate", at)
    with pytest.raises(Refused, match="请写一句"):
        look(officer, plate, at, is_there=False)
    gone = look(officer, plate, at, is_there=False, words="门口没有牌子", on=date(2026, 11, 19))
    assert (gone.lapsed_on, gone.lapse) == (date(2026, 11, 19), "not_found")
    told = Message._base_manager.get()
    assert (told.person, told.body) == (tree.chair, "门口没有牌子")
    with pytest.raises(Refused, match="已经失效"):
        look(officer, plate, at)


@pytest.mark.parametrize(("on", "is_taken"), [
    (ON - timedelta(days=1), False), (ON, True), (TODAY, True), (TODAY + timedelta(days=1), False),
])  # fmt: skip
def test_a_check_lies_between_the_display_and_today(
    tree: Tree, chair: Actor, officer: Actor, at: datetime, on: date, *, is_taken: bool
) -> None:
    plate = show(chair, tree.union, "plate", at)
    if is_taken:
        assert look(officer, plate, at, on=on).checked_on == on
    else:
        with pytest.raises(Refused, match="核实日期"):
            look(officer, plate, at, on=on)


def test_nobody_confirms_themselves(tree: Tree, chair: Actor, officer: Actor, at: datetime) -> None:
    own = show(officer, tree.county, "plate", at)
    with pytest.raises(Refused, match="不能核实本级"):
        look(officer, own, at)
    registered = show(officer, tree.union, "plate", at)
    with pytest.raises(Refused, match="是您登记的"):
        look(officer, registered, at)
    for who in (chair, factories.actor(tree.leader), factories.actor(tree.foreign_officer)):
        with pytest.raises(Forbidden):
            services.check(display=registered, is_there=True, on=TODAY, by=who, at=at)


def remind(actor: Actor, union: Any, at: datetime) -> Reminder:
    return doing(actor, services.remind, "homes.check", organisation=union, at=at)


def test_a_chair_is_reminded_of_what_is_missing_and_not_every_day(
    tree: Tree, chair: Actor, officer: Actor, at: datetime
) -> None:
    show(chair, tree.union, "plate", at)
    assert remind(officer, tree.union, at).missing == ["identity", "promise", "site"]
    body = Message._base_manager.get(person=tree.chair).body
    assert "亮身份、亮承诺、阵地" in body
    assert "亮牌子" not in body
    with pytest.raises(Refused, match="2026-11-27 起"):
        remind(officer, tree.union, at + timedelta(days=6))
    remind(officer, tree.union, at + timedelta(days=7))
    assert Reminder._base_manager.count() == 2


def test_who_lacks_nothing_or_has_no_chair_is_not_reminded(
    tree: Tree, chair: Actor, officer: Actor, post: Post, at: datetime
) -> None:
    show_all(chair, tree.union, post, at)
    keep_site(chair, tree.union, at)
    with pytest.raises(Refused, match="都齐全"):
        remind(officer, tree.union, at)
    lone = factories.organisation("溪口样例工会", tree.county, kind="grassroots_union")
    with pytest.raises(Refused, match="没有登记主席"):
        remind(officer, lone, at)
    with pytest.raises(Refused, match="提醒自己"):
        remind(officer, tree.county, at)
    assert not Message._base_manager.exists()


# ── the site ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.system("H4")
def test_a_union_has_one_site_and_keeps_it(tree: Tree, chair: Actor, at: datetime) -> None:
    first = keep_site(chair, tree.union, at)
    again = keep_site(chair, tree.union, at, version=1, hours="每天 9:00–18:00")
    assert (again.pk, again.hours, again.capabilities) == (
        first.pk,
        "每天 9:00–18:00",
        ["工会办公", "职工服务站", "职工之家"],
    )
    with pytest.raises(Stale):
        keep_site(chair, tree.union, at, version=1, hours="旧的")
    assert UnionSite._base_manager.count() == 1


@pytest.mark.system("H4")
@pytest.mark.parametrize(
    "facts", [{"hours": ""}, {"services": []}, {"service_line": "19900000001"}, {"words": "找我 19900000001"},
              {"is_union": False, "is_station": False, "is_home": False}],
)  # fmt: skip
def test_a_site_that_cannot_be_used_is_not_kept(tree: Tree, chair: Actor, at: datetime, facts: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        keep_site(chair, tree.union, at, **facts)
    assert not UnionSite._base_manager.exists()


@pytest.mark.system("H4")
def test_a_home_serves_several_unions(tree: Tree, chair: Actor, officer: Actor, at: datetime) -> None:
    site = keep_site(chair, tree.union, at)
    others = [factories.organisation(f"溪口样例{number}工会", tree.county, kind="grassroots_union") for number in "12"]
    for each in others:
        doing(officer, sites.use_site, organisation=each, site_id=site.pk, at=at)
    assert SiteUse._base_manager.filter(until_on=None).count() == 2
    doing(officer, sites.leave_site, organisation=others[0], at=at)
    with pytest.raises(Refused, match="没有登记使用"):
        doing(officer, sites.leave_site, organisation=others[0], at=at)
    doing(chair, sites.close_site, organisation=tree.union, at=at)
    assert not SiteUse._base_manager.filter(until_on=None).exists()
    with pytest.raises(Refused, match="没有在用"):
        doing(chair, sites.close_site, organisation=tree.union, at=at)
    with pytest.raises(Refused, match="已经停用"):
        doing(officer, sites.use_site, organisation=others[0], site_id=site.pk, at=at)


@pytest.mark.system("H4")
def test_a_union_has_a_site_or_uses_one(tree: Tree, chair: Actor, officer: Actor, at: datetime) -> None:
    site = keep_site(chair, tree.union, at)
    with pytest.raises(Refused, match="有自己的阵地"):
        doing(chair, sites.use_site, organisation=tree.union, site_id=site.pk, at=at)
    other = factories.organisation("溪口样例工会", tree.county, kind="grassroots_union")
    office = keep_site(officer, other, at, is_station=False, is_home=False, hours="", services=[])
    third = factories.organisation("柳林样例工会", tree.county, kind="grassroots_union")
    with pytest.raises(Refused, match="只用来办公"):
        doing(officer, sites.use_site, organisation=third, site_id=office.pk, at=at)
    doing(officer, sites.use_site, organisation=third, site_id=site.pk, at=at)
    keep_site(officer, third, at)
    assert not SiteUse._base_manager.filter(until_on=None).exists(), "its own site takes the place of the other"


def test_a_preparatory_group_has_no_site(tree: Tree, officer: Actor, at: datetime) -> None:
    group = factories.organisation("筹备组", tree.county, kind="preparatory_group", state=State.PREPARING)
    with pytest.raises(Refused, match="筹备组"):
        keep_site(officer, group, at)


def test_a_post_at_the_union_keeps_one_from_checking_it_whichever_post_one_acts_by(
    tree: Tree, chair: Actor, post: Post, at: datetime
) -> None:
    registered = show(chair, tree.union, "plate", at)
    factories.post(tree.officer, tree.union, Role.COMMITTEE_MEMBER)
    with pytest.raises(Refused, match="不能核实本级"):
        look(factories.actor(tree.officer), registered, at)
