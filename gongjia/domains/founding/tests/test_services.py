"""What becomes of a founding, what is refused, and what stands at the end."""

from datetime import date, timedelta

import pytest

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation, Placement, Term
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.posts.models import Post
from gongjia.domains.founding import election, handlers, holding, queries, services, standing
from gongjia.domains.founding.models import Candidate, Count, Founding, Unit
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.tests.walk import CLERK, COUNTY, FIRM, REPLY, STREET, Town
from gongjia.domains.founding.words import Body, ChairBy, Meeting, NumberFrom, Tie, Way
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import check, rebuild
from gongjia.engines.papers.models import DocumentNumber, Paper
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O5"), pytest.mark.django_db]


# ── to the end ────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_group_becomes_the_union_with_term_posts_and_members(town: Town) -> None:
    with everywhere(reason="test"):
        for code in ("unions", "organisations", "employers"):
            rebuild(code)
    one = walk.in_state(town, "reported")
    before = list(Membership._base_manager.filter(organisation=one.group).order_by("pk").values_list("pk", "joined_on"))
    walk.confirmed(town, one)
    one = walk.again(one)
    union = Organisation._base_manager.get(pk=one.group_id)
    on = walk.later(town).date()
    assert (union.kind, union.state, union.name) == (Kind.GRASSROOTS_UNION, State.STANDING, f"{FIRM}工会委员会")
    assert (union.founded_on, union.approval_number) == (on, one.result_number)
    term = Term._base_manager.get(organisation=union)
    assert (term.number, term.starts_on, term.ends_on.year) == (1, on, on.year + 3)
    after = list(Membership._base_manager.filter(organisation=union).order_by("pk").values_list("pk", "joined_on"))
    assert after == before, "nobody was transferred, every day of joining is kept"
    assert Coverage._base_manager.get(employer=town.firm, until_on=None).organisation == union
    assert Placement._base_manager.get(organisation=union).superior == town.street
    posts = dict(Post._base_manager.filter(organisation=union, from_on=on).values_list("person__name", "role"))
    assert posts[town.members[0].person.name] == "chair"
    assert sorted(posts.values()) == sorted(["chair", *["committee_member"] * 2, *["fund_auditor"] * 3, "womens_chair"])
    chair = factories.actor(town.members[0].person)
    assert chair.may("enrolment.approve", path=union.path), "the chair can work at once"
    with everywhere(reason="test"):
        assert reading.total("unions", town.street, on=on).value == 1
        assert [check(code) for code in ("unions", "organisations", "employers")] == [[], [], []]


def test_each_paper_is_issued_once_with_the_next_number(town: Town) -> None:
    one = walk.in_state(town, "standing")
    papers = list(Paper._base_manager.filter(about_id=one.pk).order_by("pk").values_list("kind", "number__serial"))
    assert papers == [
        ("founding.request", 1), ("founding.reply", 1), ("founding.report", 1), ("founding.result_reply", 2)
    ]  # fmt: skip
    reply = Paper._base_manager.get(kind="founding.result_reply")
    assert (reply.organisation, reply.number_zh) == (town.tree.county, one.result_number)


@pytest.mark.parametrize("code", ["method", "candidates", "attendance", "ballot", "tally", "minutes"])
def test_papers_of_the_meeting_are_made_when_they_are_wanted(town: Town, code: str) -> None:
    one = walk.in_state(town, "counting")
    walk.elected(town, one)
    town.does(CLERK, services.make_paper, founding=one, code=f"founding.{code}")
    assert Paper._base_manager.get(kind=f"founding.{code}").number is None
    with pytest.raises(Refused):
        town.does(CLERK, services.make_paper, founding=one, code="founding.reply")


def test_a_joint_union_covers_several_units_with_their_members(town: Town) -> None:
    other = factories.employer("银泉样例餐饮有限公司", town.tree.county)
    one = walk.begun(town, Way.JOINT, name="浮山街道商圈联合工会委员会", firms=[town.firm, other])
    walk.approved(town, walk.submitted(town, one))
    group = Organisation._base_manager.get(pk=walk.again(one).group_id)
    assert group.name == "浮山街道商圈联合工会筹备组"
    members = walk.joined(town, group)
    for each in members[:5]:
        factories.employment(each.person, other)
    with everywhere(reason="test"):
        rows = queries.covered_by(walk.again(one), queries.units_of(one))
    assert [(each.name, each.members, each.from_on) for each in rows] == [
        (FIRM, 0, town.at.date()), (other.name, 5, town.at.date())
    ]  # fmt: skip
    walk.nominated(town, walk.planned(town, one))
    walk.convened(town, one)
    walk.elected(town, one)
    walk.reported(town, one)
    walk.confirmed(town, one)
    union = Organisation._base_manager.get(pk=group.pk)
    assert union.kind == Kind.JOINT_GRASSROOTS_UNION
    assert Coverage._base_manager.filter(organisation=union, until_on=None).count() == 2


def test_a_federation_has_unions_as_members_and_they_stand_under_it(town: Town) -> None:
    unions = [
        factories.organisation(f"样例{number}厂工会委员会", town.street, kind=Kind.GRASSROOTS_UNION)
        for number in ("一", "二")
    ]
    one = walk.begun(town, Way.REGIONAL, name="浮山商圈工会联合会", firms=[], unions=unions)
    walk.approved(town, walk.submitted(town, one))
    factories.post(factories.person("联合会干事"), walk.again(one).group, "clerk")
    town.people[CLERK] = Post._base_manager.latest("pk").person
    for number, union in enumerate(unions):
        town.members += walk.joined(Town(**{**vars(town), "members": []}), union, count=14, women=4 + number)
    town.members = sorted(
        Membership._base_manager.filter(organisation__in=unions).select_related("person"), key=lambda each: each.pk
    )
    walk.planned(town, one, meeting=Meeting.DELEGATES)
    for number in range(4):
        walk.stands(town, one, number, Body.COMMITTEE)
    for number in range(10, 14):
        walk.stands(town, one, number, Body.FUND_AUDIT)
    walk.stands(town, one, 0, Body.WOMENS)
    meeting = walk.held(town, expected=27, present=25, scrutineers="监票的人")
    town.does(CLERK, election.convene, founding=one, meeting=meeting, at=walk.later(town))
    walk.elected(town, one)
    walk.reported(town, one)
    walk.confirmed(town, one)
    federation = Organisation._base_manager.get(pk=walk.again(one).group_id)
    assert federation.kind == Kind.REGIONAL_UNION_FEDERATION
    for union in unions:
        assert Organisation._base_manager.get(pk=union.pk).path.startswith(federation.path)


def test_under_twenty_five_one_organiser_may_be_elected_and_from_there_on_not(town: Town) -> None:
    one = walk.begun(town, Way.ORGANISER)
    walk.approved(town, walk.submitted(town, one))
    group = Organisation._base_manager.get(pk=walk.again(one).group_id)
    walk.joined(town, group, count=24, women=3)
    alone = {"has_committee": False, "seats": {}}
    walk.planned(town, one, **alone)
    assert walk.again(one).seats == {"organiser": 1}
    factories.membership(factories.person("第二十五"), group)
    with pytest.raises(Refused, match="工会法第十一条"):
        walk.planned(town, one, **alone)
    Membership._base_manager.filter(person__name="第二十五").delete()
    walk.stands(town, one, 3, Body.ORGANISER)
    walk_meeting = walk.held(town, expected=24, present=20)
    town.does(CLERK, election.convene, founding=one, meeting=walk_meeting, at=walk.later(town))
    walk.counted(town, one, Body.ORGANISER, [18], ballots=20)
    walk.reported(town, one)
    walk.confirmed(town, one)
    assert Organisation._base_manager.get(pk=group.pk).kind == Kind.GRASSROOTS_UNION
    assert Post._base_manager.filter(organisation=group, person=town.members[3].person, role="clerk").exists()


# ── replies ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number_from": NumberFrom.OWN, "number": ""}, "number"),
        ({"number_from": NumberFrom.OWN, "number": "十二号"}, "number"),
        ({"on": None}, "on"),
        ({"on": "tomorrow"}, "on"),
        ({"on": "before"}, "on"),
    ],
)
@pytest.mark.parametrize("state", ["requested", "reported"])
def test_a_reply_has_a_number_and_a_day_that_fits(town: Town, state: str, facts: dict, field: str) -> None:
    one = walk.in_state(town, state)
    now = walk.later(town) if state == "reported" else town.at
    days = {"tomorrow": now.date() + timedelta(days=1), "before": now.date() - timedelta(days=1)}
    sent = {**REPLY, "on": now.date(), **facts}
    sent["on"] = days.get(sent["on"], sent["on"])
    act = standing.confirm if state == "reported" else services.approve
    numbers = DocumentNumber._base_manager.count()
    with pytest.raises(Refused) as refused:
        town.does(COUNTY, act, founding=one, at=now, **sent)
    assert refused.value.fields == (field,)
    assert (walk.again(one).state, DocumentNumber._base_manager.count()) == (state, numbers)


def test_a_number_of_ones_own_is_kept_and_none_is_taken(town: Town) -> None:
    one = walk.in_state(town, "requested")
    numbers = DocumentNumber._base_manager.count()
    own = {"number_from": NumberFrom.OWN, "number": "咸工发[2026]012号", "on": town.at.date()}
    town.does(COUNTY, services.approve, founding=one, **own)
    assert walk.again(one).group_number == "咸工发〔2026〕12号"
    assert DocumentNumber._base_manager.count() == numbers


@pytest.mark.parametrize("state", ["requested", "reported"])
def test_nobody_approves_what_he_has_sent(town: Town, state: str) -> None:
    one = walk.in_state(town, state)
    Founding._base_manager.filter(pk=one.pk).update(requested_by=town.people[COUNTY])
    act = standing.confirm if state == "reported" else services.approve
    for sent in ({**REPLY, "on": town.at.date()},):
        with pytest.raises(Forbidden, match="自己批复"):
            town.does(COUNTY, act, founding=one, at=walk.later(town), **sent)
    with pytest.raises(Forbidden, match="自己批复"):
        town.does(COUNTY, services.answer, founding=one, move_code="return", reason="x")


def test_an_officer_of_the_street_cannot_approve_for_the_county(town: Town) -> None:
    one = walk.in_state(town, "requested")
    own = factories.person("街道组织干部")
    factories.post(own, town.street, "organisation_officer")
    town.people["own"] = own
    with pytest.raises(Forbidden):
        town.does("own", services.approve, founding=one, on=town.at.date(), **REPLY)
    assert walk.again(one).state == "requested"
    assert not Paper._base_manager.filter(kind="founding.reply").exists()


# ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_unit_is_founded_once_and_not_where_it_is_covered(town: Town) -> None:
    walk.begun(town)
    with pytest.raises(Refused, match="另一份建会"):
        walk.begun(town)
    other = factories.employer("银泉样例餐饮有限公司", town.tree.county)
    factories.coverage(town.tree.union, other)
    with pytest.raises(Refused, match="覆盖"):
        walk.begun(town, firms=[other])
    assert Founding._base_manager.count() == 1


def test_after_a_founding_has_ended_its_unit_may_be_founded_again(town: Town) -> None:
    walk.in_state(town, "withdrawn")
    assert walk.begun(town).state == "drafting"


@pytest.mark.parametrize(
    ("more", "word"),
    [({"head_name": ""}, "负责人"), ({"staff_names": ""}, "职工代表")],
)
def test_a_request_without_its_people_is_not_sent(town: Town, more: dict, word: str) -> None:
    one = walk.written(town, walk.begun(town), **more)
    with pytest.raises(Refused, match=word):
        town.does(STREET, services.submit, founding=one)
    Unit._base_manager.update(headcount=None)
    with pytest.raises(Refused, match="职工人数"):
        town.does(STREET, services.submit, founding=one)


def test_more_women_than_staff_and_an_older_form_are_refused(town: Town) -> None:
    one = walk.begun(town)
    unit = Unit._base_manager.get()
    facts = dict.fromkeys(services.REQUEST, "x")
    sent = {"founding": one, "way": Way.SINGLE, "facts": facts}
    with pytest.raises(Refused) as refused:
        town.does(STREET, services.write, **sent, heads={unit.pk: (10, 11)})
    assert refused.value.fields == (f"women_{unit.pk}",)
    with pytest.raises(Stale):
        town.does(STREET, services.write, **sent, heads={}, version=99)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"term_years": 4}, "term_years"),
        ({"seats": {Body.COMMITTEE: 4, Body.FUND_AUDIT: 3, Body.WOMENS: 1}}, "committee"),
        ({"seats": {Body.COMMITTEE: 9, Body.FUND_AUDIT: 3, Body.WOMENS: 1}}, "committee"),
        ({"seats": {Body.COMMITTEE: 3, Body.FUND_AUDIT: 1, Body.WOMENS: 1}}, "fund_audit"),
        ({"seats": {Body.COMMITTEE: 3, Body.FUND_AUDIT: 3, Body.WOMENS: 0}}, "womens"),
        ({"meeting": Meeting.DELEGATES}, "meeting"),
        ({"shown_on": date(2020, 1, 1)}, "shown_on"),
    ],
)
def test_a_plan_against_the_rules_is_refused_at_its_field(town: Town, more: dict, field: str) -> None:
    one = walk.in_state(town, "enrolling")
    with pytest.raises(Refused) as refused:
        walk.planned(town, one, **more)
    assert set(refused.value.fields) == {field}
    assert len(refused.value.fields) == len(refused.value.reasons)
    assert walk.again(one).state == "enrolling"


def test_more_members_than_staff_are_refused(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    Unit._base_manager.update(headcount=26)
    with pytest.raises(Refused, match="会员：现为 27 人，要求 26 人以下"):
        walk.planned(town, one)


def test_who_may_not_stand_is_refused_with_the_article(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    walk.planned(town, one)
    for tie, article in ((Tie.LEGAL, "选举工作条例"), (Tie.RELATIVE, "工会法第十条")):
        with pytest.raises(Refused, match=article):
            walk.stands(town, one, 0, Body.COMMITTEE, tie)
    with pytest.raises(Refused, match="先是委员候选人"):
        walk.stands(town, one, 0, Body.CHAIR)
    walk.stands(town, one, 0, Body.COMMITTEE)
    with pytest.raises(Refused, match="已经是"):
        walk.stands(town, one, 0, Body.COMMITTEE)
    with pytest.raises(Refused, match="没有副主席的名额"):
        walk.stands(town, one, 0, Body.VICE_CHAIR)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"present": 17}, "present"),
        ({"present": 28}, "present"),
        ({"expected": 26}, "expected"),
        ({"scrutineers": "试甲子、陆知秋"}, "scrutineers"),
    ],
)
def test_a_meeting_against_the_rules_is_refused_at_its_field(town: Town, more: dict, field: str) -> None:
    one = walk.in_state(town, "planned")
    with pytest.raises(Refused) as refused:
        town.does(CLERK, election.convene, founding=one, meeting=walk.held(town, **more), at=walk.later(town))
    assert field in refused.value.fields
    assert walk.again(one).state == "planned"


def test_a_meeting_before_its_time_is_refused(town: Town) -> None:
    one = walk.in_state(town, "planned")
    with pytest.raises(Refused, match="还没有到"):
        town.does(CLERK, election.convene, founding=one, meeting=walk.held(town), at=town.at)
    early = walk.held(town, held_on=town.at.date() + timedelta(days=3))
    with pytest.raises(Refused, match="公示"):
        town.does(CLERK, election.convene, founding=one, meeting=early, at=walk.later(town))


def test_who_is_only_kept_has_no_vote_and_does_not_count(town: Town) -> None:
    one = walk.in_state(town, "planned")
    kept = town.members[20]
    Membership._base_manager.filter(pk=kept.pk).update(state="retained", retained_on=town.at.date())
    kept.state = "retained"
    with pytest.raises(Refused, match="26 人"):
        town.does(CLERK, election.convene, founding=one, meeting=walk.held(town), at=walk.later(town))
    with pytest.raises(Refused, match="保留会籍"):
        walk.stands(town, one, 20, Body.COMMITTEE)
    meeting = walk.held(town, expected=26)
    town.does(CLERK, election.convene, founding=one, meeting=meeting, at=walk.later(town))


# ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_who_is_level_on_the_last_seat_is_voted_on_again(town: Town) -> None:
    one = walk.in_state(town, "counting")
    made = walk.counted(town, one, Body.COMMITTEE, [24, 22, 14, 14])
    assert (made.missing, [line["name"] for line in made.lines if line["tied"]]) == (1, ["试甲寅", "试甲卯"])
    again = walk.ahead(one, Body.COMMITTEE)
    assert (again.round, again.seats, again.is_tie) == (2, 1, True)
    assert {each.membership_id for each in again.runners} == {each.pk for each in town.members[2:4]}
    walk.counted(town, one, Body.COMMITTEE, [10, 15])
    assert walk.ahead(one, Body.COMMITTEE).is_done


def test_seats_that_stay_empty_are_voted_on_again_or_left_out(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    seats = {Body.COMMITTEE: 5, Body.FUND_AUDIT: 3, Body.WOMENS: 1}
    walk.planned(town, one, seats=seats)
    walk.nominated(town, one)
    for number in (4, 6):
        walk.stands(town, one, number, Body.COMMITTEE)
    walk.convened(town, one)
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9, 8, 7])
    with pytest.raises(Refused, match="委员还缺 2 人"):
        walk.reported(town, one)
    with pytest.raises(Refused, match="到会"):
        town.does(CLERK, election.reduce_seats, founding=one, agree=12)
    town.does(CLERK, election.reduce_seats, founding=one, agree=13)
    assert walk.ahead(one, Body.COMMITTEE).is_done


def test_a_sheet_that_does_not_add_up_is_refused_and_nothing_is_kept(town: Town) -> None:
    one = walk.in_state(town, "counting")
    for more, word in (
        ({"collected": 26, "valid": 26}, "无效"),
        ({"void": 1}, "不等于收回"),
        ({"issued": 26}, "多于实到会"),
        ({"valid": 24, "void": 1}, "应等于有效票"),
    ):
        with pytest.raises(Refused, match=word):
            walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9], **more)
    assert not Count._base_manager.exists()
    assert not Candidate._base_manager.filter(elected_in__isnull=False).exists()


def test_a_sheet_is_recorded_once(town: Town) -> None:
    one = walk.in_state(town, "counting")
    walk.counted(town, one, Body.WOMENS, [25])
    with pytest.raises(Refused, match="已经登记"):
        walk.counted(town, one, Body.WOMENS, [], round=1)


def test_who_was_written_in_by_more_than_half_is_checked_first(town: Town) -> None:
    one = walk.in_state(town, "counting")
    with pytest.raises(Refused, match="已过应到会的半数"):
        walk.counted(town, one, Body.WOMENS, [5], write_ins={"试甲未": 20})
    with pytest.raises(Refused, match="工会法第十条"):
        walk.stands(town, one, 7, Body.WOMENS, Tie.RELATIVE)
    walk.stands(town, one, 7, Body.WOMENS)
    first, second = walk.ahead(one, Body.WOMENS).runners
    votes = {first.pk: (5, 20, 0), second.pk: (20, 0, 0)}
    walk.counted(town, one, Body.WOMENS, [0, 0], votes=votes)
    assert [each.pk for each in walk.ahead(one, Body.WOMENS).elected] == [second.pk]


def test_the_chair_comes_from_the_new_committee(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    walk.nominated(town, walk.planned(town, one, chair_by=ChairBy.MEETING))
    with pytest.raises(Refused, match="主席应选 1 人"):
        walk.convened(town, one)
    walk.stands(town, one, 3, Body.CHAIR)
    walk.stands(town, one, 0, Body.CHAIR)
    walk.convened(town, one)
    assert walk.ahead(one, Body.CHAIR).runners == ()
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])
    runners = walk.ahead(one, Body.CHAIR).runners
    assert [each.membership_id for each in runners] == [town.members[0].pk], "who is not elected to it cannot lead it"


def test_an_election_that_counts_for_nothing_is_held_again(town: Town) -> None:
    one = walk.in_state(town, "counting")
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])
    town.does(CLERK, election.again, founding=one, reason="收回多于发出")
    walk.convened(town, one)
    assert walk.ahead(one, Body.COMMITTEE).seats == 3
    assert Count._base_manager.count() == 1, "what was counted stays among the papers"
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])


# ── ends, and what others do ──────────────────────────────────────────────────────────────────────────────────
def test_an_abandoned_group_leaves_its_members_with_the_superior(town: Town) -> None:
    one = walk.in_state(town, "abandoned")
    assert Organisation._base_manager.get(pk=one.group_id).state == State.DISSOLVED
    kept = Membership._base_manager.filter(organisation=town.street, state="retained")
    assert kept.count() == walk.MEMBERS
    assert not Unit._base_manager.filter(is_open=True).exists()


def test_a_group_that_ends_elsewhere_ends_its_founding(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    facts = {"on": town.at.date(), "approval_number": "", "by": COMMAND, "at": town.at}
    with everywhere(reason="test"):
        group = Organisation.objects.get(pk=one.group_id)
        organisations.dissolve(organisation=group, reason="停业", **facts)
    assert walk.again(one).state == "abandoned"


def test_what_a_street_prepares_goes_where_its_work_goes(town: Town) -> None:
    one = walk.begun(town)
    other = factories.organisation("横沟桥镇总工会", town.tree.county, kind=Kind.TOWNSHIP_UNION)
    with everywhere(reason="test"):
        organisations.merge(
            organisation=town.street, into=other, on=town.at.date(), approval_number="1", by=COMMAND, at=town.at
        )
    assert walk.again(one).organisation == other


def test_a_lead_opens_one_founding_however_often_it_is_asked(town: Town) -> None:
    firm = factories.employer("咸" * 120, town.tree.county)
    for _ in range(2):
        town.does(STREET, handlers.open_for_lead, organisation=town.street, employer=firm)
    one = Founding._base_manager.get()
    assert (one.name, one.state) == (f"{'咸' * 115}工会委员会", "drafting")
    assert holding.group_name(one.name) == f"{'咸' * 115}工会筹备组"


def test_only_a_group_that_prepares_becomes_a_union_and_not_before_it_was_approved(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    facts = {"kind": Kind.GRASSROOTS_UNION, "name": "样例工会", "approval_number": "1", "by": COMMAND, "at": town.at}
    early = town.at.date() - timedelta(days=1)
    with everywhere(reason="test"):
        with pytest.raises(Refused, match="不是筹备中的筹备组"):
            organisations.stand(organisation=town.tree.union, founded_on=town.at.date(), **facts)
        with pytest.raises(Refused, match="不能早于批复筹建"):
            organisations.stand(organisation=Organisation.objects.get(pk=one.group_id), founded_on=early, **facts)
