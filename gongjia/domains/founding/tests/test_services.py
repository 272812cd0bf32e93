"""What becomes of a founding, what is refused, and what stands at the end."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation, Placement, Term
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.posts.models import Post
from gongjia.domains.founding import election, handlers, holding, queries, services, standing
from gongjia.domains.founding.models import Candidate, Count, Founding, Unit
from gongjia.domains.founding.shown import clock_of
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.tests.walk import CLERK, COUNTY, FIRM, REPLY, STREET, Town
from gongjia.domains.founding.words import Body, ChairBy, Meeting, NumberFrom, Tie, Way
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.queries import held_by, timeline_of
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import check, rebuild
from gongjia.engines.papers.models import DocumentNumber, Paper, SeriesWord
from gongjia.engines.papers.queries import contents_of
from gongjia.kernel import events
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.reach import entering, everywhere
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
        rows = queries.covered_by(walk.again(one))
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


@pytest.mark.parametrize("column", ["requested_by", "reported_by"])
@pytest.mark.parametrize("state", ["requested", "reported"])
def test_neither_who_asked_nor_who_reported_replies(town: Town, state: str, column: str) -> None:
    one = walk.in_state(town, state)
    Founding._base_manager.filter(pk=one.pk).update(
        **{"requested_by": None, "reported_by": None, column: town.people[COUNTY]}
    )
    act = standing.confirm if state == "reported" else services.approve
    with pytest.raises(Forbidden, match="自己批复"):
        town.does(COUNTY, act, founding=one, at=walk.later(town), on=walk.later(town).date(), **REPLY)
    assert walk.again(one).state == state


@pytest.mark.parametrize("state", ["drafting", "returned", "planned", "standing"])
def test_nothing_is_replied_to_what_was_not_asked(town: Town, state: str) -> None:
    one = walk.in_state(town, state)
    sent = {"founding": one, "at": walk.later(town), "on": walk.later(town).date(), **REPLY}
    papers = Paper._base_manager.count()
    for act in (services.approve, standing.confirm):
        with pytest.raises(Refused, match="不能再办这一步"):
            town.does(COUNTY, act, **sent)
    assert (walk.again(one).state, Paper._base_manager.count()) == (state, papers)


def test_a_reply_is_given_once(town: Town) -> None:
    one = walk.in_state(town, "requested")
    walk.approved(town, one)
    with pytest.raises(Refused, match="不能再办这一步"):
        walk.approved(town, one)
    assert Paper._base_manager.filter(kind="founding.reply").count() == 1


# ── the word of the first number ──────────────────────────────────────────────────────────────────────────────
def test_the_first_number_of_a_group_wants_its_word_and_the_next_one_keeps_it(town: Town) -> None:
    one = walk.in_state(town, "counting")
    walk.elected(town, one)
    with pytest.raises(Refused, match="还没有确定机关代字") as refused:
        walk.reported(town, one, word="")
    assert refused.value.fields == ("word",)
    assert walk.again(one).state == "counting"
    walk.reported(town, one, word="银泉物业工")
    report = Paper._base_manager.get(kind="founding.report")
    assert report.number_zh == "银泉物业工发〔2026〕1号"
    town.does(COUNTY, services.answer, founding=one, move_code="send_back", reason="请核对", at=walk.later(town))
    walk.reported(town, one, word="别的工")
    assert Paper._base_manager.latest("pk").number_zh == "银泉物业工发〔2026〕2号"


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
        ({"shown_on": date(2026, 11, 23), "planned_on": date(2026, 11, 27)}, "planned_on"),
    ],
)
def test_a_plan_against_the_rules_is_refused_at_its_field(town: Town, more: dict, field: str) -> None:
    one = walk.in_state(town, "enrolling")
    with pytest.raises(Refused) as refused:
        walk.planned(town, one, **more)
    assert set(refused.value.fields) == {field}
    assert len(refused.value.fields) == len(refused.value.reasons)
    assert walk.again(one).state == "enrolling"


def test_four_seats_are_refused_with_the_one_thing_that_is_wrong(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    with pytest.raises(Refused) as refused:
        walk.planned(town, one, seats={Body.COMMITTEE: 4, Body.FUND_AUDIT: 3, Body.WOMENS: 1})
    assert refused.value.reasons == ("委员 4 人，应当是单数（各地选举办法，待核实）",)


def test_a_plan_with_a_notice_that_is_long_enough_is_taken(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    days = {"shown_on": date(2026, 11, 23), "planned_on": date(2026, 12, 1)}
    assert walk.planned(town, one, **days).state == "planned"


def test_more_members_than_staff_are_refused(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    Unit._base_manager.update(headcount=26)
    with pytest.raises(Refused, match="会员：现为 27 人，要求 26 人以下"):
        walk.planned(town, one)


def test_who_may_not_stand_is_refused_with_the_article(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    walk.planned(town, one, chair_by=ChairBy.MEETING)
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


def test_a_candidate_who_has_left_is_named_when_the_meeting_is_registered(town: Town) -> None:
    one = walk.in_state(town, "planned")
    gone = town.members[1]
    day = walk.later(town).date()
    Membership._base_manager.filter(pk=gone.pk).update(state="ended", until_on=day)
    facts = {"meeting": walk.held(town, expected=26, present=25), "at": walk.later(town)}
    with pytest.raises(Refused, match=f"{gone.person.name}现在不是这里的正式会员") as refused:
        town.does(CLERK, election.convene, founding=one, **facts)
    assert "先撤下" in refused.value.reasons[0]
    assert walk.again(one).state == "planned"


def test_members_are_counted_as_they_stood_on_the_day_of_the_meeting(town: Town) -> None:
    """One joined after it, one left after it, one was retained after it: the day itself knows nothing of that."""
    one = walk.in_state(town, "planned")
    day = walk.later(town).date()
    after = day + timedelta(days=1)
    rows = Membership._base_manager
    rows.filter(pk=town.members[20].pk).update(state="ended", until_on=after)
    rows.filter(pk=town.members[21].pk).update(state="retained", retained_on=after)
    rows.filter(pk=town.members[22].pk).update(from_on=after, joined_on=after)
    with everywhere(reason="test"):
        then, now = queries.members_of(one, on=day), queries.members_of(one)
    assert (then.all, then.retained) == (26, 0)
    assert (now.all, now.retained) == (25, 1)
    facts = {"meeting": walk.held(town, expected=26, present=25), "at": walk.later(town) + timedelta(days=2)}
    assert town.does(CLERK, election.convene, founding=one, **facts).state == "counting"


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
    with pytest.raises(Refused, match="公示"):
        walk.convened(town, one)
    with pytest.raises(Refused, match="上次大会"):
        town.does(CLERK, election.show, founding=one, on=town.at.date(), at=walk.later(town))
    town.does(CLERK, election.show, founding=one, on=walk.later(town).date(), at=walk.later(town))
    then = walk.later(town) + walk.LONG_ENOUGH
    town.does(CLERK, election.convene, founding=one, meeting=walk.held(town, held_on=then.date()), at=then)
    assert walk.ahead(one, Body.COMMITTEE).seats == 3
    assert Count._base_manager.count() == 1, "what was counted stays among the papers"
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])


# ── the list of candidates, and who leads ─────────────────────────────────────────────────────────────────────
def test_who_is_named_after_the_list_was_shown_is_shown_with_all_others_anew(town: Town) -> None:
    one = walk.in_state(town, "planned")
    named = town.at + timedelta(days=10)
    facts = {"body": Body.COMMITTEE, "membership": town.members[8], "tie": Tie.NONE}
    town.does(CLERK, election.nominate, founding=one, at=named, **facts)
    with pytest.raises(Refused, match=f"{town.members[8].person.name}在候选人名单公示以后才提名") as refused:
        walk.convened(town, one)
    assert refused.value.fields == ("held_on",)
    with pytest.raises(Refused, match="重新公示"):
        town.does(CLERK, election.show, founding=one, on=named.date() - timedelta(days=1), at=named)
    town.does(CLERK, election.show, founding=one, on=named.date(), at=named)
    early = walk.held(town, held_on=named.date() + timedelta(days=3))
    with pytest.raises(Refused, match="候选人名单公示：现为"):
        town.does(CLERK, election.convene, founding=one, meeting=early, at=walk.later(town))
    assert walk.convened(town, one).state == "counting"


def test_who_was_named_on_paper_before_the_list_was_shown_is_entered_later(town: Town) -> None:
    one = walk.in_state(town, "planned")
    facts = {"body": Body.COMMITTEE, "membership": town.members[8], "tie": Tie.NONE, "at": walk.later(town)}
    for day in (walk.later(town).date() + timedelta(days=1), town.at.date() - timedelta(days=1)):
        with pytest.raises(Refused, match="提名日期"):
            town.does(CLERK, election.nominate, founding=one, named_on=day, **facts)
    town.does(CLERK, election.nominate, founding=one, named_on=town.at.date(), **facts)
    assert walk.convened(town, one).state == "counting"


def test_whom_the_new_committee_elects_is_named_after_the_meeting(town: Town) -> None:
    one = walk.in_state(town, "planned")
    with pytest.raises(Refused, match="先开大会选出委员") as refused:
        walk.stands(town, one, 0, Body.CHAIR)
    assert "选举工作条例第三条" in refused.value.reasons[0]
    walk.convened(town, one)
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])
    walk.stands(town, one, 0, Body.CHAIR)


def test_a_plan_that_gives_the_chair_to_the_committee_drops_who_was_named_for_it(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    walk.nominated(town, walk.planned(town, one, chair_by=ChairBy.MEETING))
    walk.stands(town, one, 0, Body.CHAIR)
    walk.planned(town, one)
    assert not Candidate._base_manager.filter(body=Body.CHAIR).exists()
    assert Candidate._base_manager.filter(body=Body.COMMITTEE).count() == 4


def on_ballot(town: Town, one: Founding) -> set[str]:
    """The bodies that the newest ballot is for."""
    town.does(CLERK, services.make_paper, founding=one, code="founding.ballot")
    paper = Paper._base_manager.filter(kind="founding.ballot").latest("pk")
    with everywhere(reason="test"):
        return {row["body"].partition("（")[0] for row in contents_of(paper)["facts"]["ballot"]}


def test_the_first_ballot_is_the_committee_s_and_who_leads_has_his_own_after_it(town: Town) -> None:
    one = walk.in_state(town, "enrolling")
    walk.nominated(town, walk.planned(town, one, chair_by=ChairBy.MEETING))
    walk.stands(town, one, 0, Body.CHAIR)
    walk.stands(town, one, 3, Body.CHAIR)
    first = {Body.COMMITTEE.zh, Body.FUND_AUDIT.zh, Body.WOMENS.zh}
    assert on_ballot(town, one) == first
    walk.convened(town, one)
    assert on_ballot(town, one) == first
    walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])
    assert on_ballot(town, one) == {Body.CHAIR.zh, Body.FUND_AUDIT.zh, Body.WOMENS.zh}


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


def held_by_officer(town: Town, who: str) -> list[int]:
    actor = town.actor(who)
    with entering(actor.reach()):
        return [each.matter_id for each in held_by(actor)]


@pytest.mark.parametrize("state", ["requested", "reported", "enrolling"])
def test_a_request_goes_on_at_the_successor_of_the_superior_that_ended(town: Town, state: str) -> None:
    one = walk.in_state(town, state)
    town.people["foreign"] = town.tree.foreign_officer
    before, first = MatterIndex._base_manager.get(), Step._base_manager.latest("pk")
    later = town.at + timedelta(days=30)
    other = town.tree.foreign_county
    with everywhere(reason="test"):
        clock = clock_of(one, timeline_of(one), later)
        facts = {"on": later.date(), "approval_number": "1", "by": COMMAND, "at": later}
        organisations.merge(organisation=town.tree.county, into=other, **facts)
    one = walk.again(one)
    index, step = MatterIndex._base_manager.get(), Step._base_manager.latest("pk")
    assert (one.state, one.counterpart, index.counterpart) == (state, other, other)
    assert (index.due_at, index.moved_at) == (before.due_at, before.moved_at), "the clock runs on"
    assert step.pk > first.pk
    assert f"转由{other.name}批复" in step.words
    with everywhere(reason="test"):
        assert clock_of(one, timeline_of(one), later) == clock
    assert index.holder == (other if state != "enrolling" else one.organisation)
    assert held_by_officer(town, "foreign") == [one.pk]
    if state == "requested":
        SeriesWord._base_manager.create(organisation=other, word="嘉鱼工", changed_at=later)
        town.does("foreign", services.approve, founding=one, on=later.date(), at=later, **REPLY)
        assert walk.again(one).state == "enrolling"


def test_what_a_superior_prepared_and_answers_itself_goes_to_the_one_above_when_it_is_dissolved(town: Town) -> None:
    county = factories.organisation("样例县总工会", town.tree.city, kind=Kind.FEDERATION)
    with everywhere(reason="test"):
        one = services.begin(
            organisation=county, way=Way.SINGLE, name="样例工会委员会", firms=[town.firm], by=COMMAND, at=town.at
        )
        assert one.counterpart == county
        facts = {"on": town.at.date(), "approval_number": "", "reason": "区划调整", "by": COMMAND, "at": town.at}
        organisations.dissolve(organisation=county, **facts)
    one = walk.again(one)
    assert (one.organisation, one.counterpart, one.state) == (town.tree.city, town.tree.city, "drafting")


def test_who_moves_under_another_superior_is_answered_by_that_one(town: Town) -> None:
    one = walk.in_state(town, "requested")
    with everywhere(reason="test"):
        facts = {"on": town.at.date(), "reason": "区划调整", "by": COMMAND, "at": town.at}
        organisations.move(organisation=town.street, superior=town.tree.foreign_county, **facts)
    assert walk.again(one).counterpart == town.tree.foreign_county
    assert MatterIndex._base_manager.get().holder == town.tree.foreign_county


def test_whoever_begins_a_founding_the_leads_are_told_of_its_employers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Any]] = []
    tell = events.tell
    monkeypatch.setattr(events, "tell", lambda name, **facts: (told.append((name, facts)), tell(name, **facts))[1])
    other = factories.employer("银泉样例餐饮有限公司", town.tree.county)
    third = factories.employer("银泉样例百货有限公司", town.tree.county)
    one = walk.begun(town, Way.JOINT, name="商圈联合工会委员会", firms=[town.firm, other])
    town.does(STREET, services.add_unit, founding=one, employer=third)
    begun = [facts["employers"] for name, facts in told if name == "founding.begun"]
    assert begun == [[town.firm, other], [third]]


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
