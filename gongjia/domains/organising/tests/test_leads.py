"""What officers do with leads: who may, what becomes of it, and two of them at once."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind, State
from gongjia.domains.organising import recheck, services
from gongjia.domains.organising.models import Lead, LeadStep, Run
from gongjia.domains.organising.tests.lists import EDGE, LARGE, UNIONS, compared, lists
from gongjia.domains.organising.tests.test_comparing import figure
from gongjia.domains.organising.words import LeadState, Progress
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import check, rebuild
from gongjia.engines.matching.core.names import fold
from gongjia.kernel import events
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]


@pytest.fixture
def township(tree: factories.Tree) -> Organisation:
    return factories.organisation("浮山街道总工会", tree.county, kind=Kind.TOWNSHIP_UNION)


@pytest.fixture
def lead(tree: factories.Tree, at: datetime) -> Lead:
    compared(tree.officer, tree.county, at)
    return shown(LARGE[0])


def shown(name: str) -> Lead:
    """A lead as a page has shown it."""
    return Lead._base_manager.select_related("organisation__region", "employer", "union").get(name=name)


def assign(leads: list[Lead], to: Organisation, who: factories.Person, at: datetime, key: str = "") -> int:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.assign(leads=leads, to=to, due_on=None, by=actor, at=at, key=key)


def ask(lead: Lead, who: factories.Person, at: datetime, key: str = "") -> Lead:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.ask_founding(lead=lead, by=actor, at=at, key=key)


def begin(lead: Lead, who: factories.Person, at: datetime) -> Lead:
    """Ask for a union, and have the superior approve its group."""
    asked = ask(lead, who, at)
    with everywhere(reason="test"):
        group = organisations.found(
            superior=asked.organisation,
            kind=Kind.PREPARATORY_GROUP,
            name=f"{asked.name}工会筹备组",
            region=asked.organisation.region,
            founded_on=at.date(),
            approval_number="咸工发〔2026〕12号",
            by=COMMAND,
            at=at,
        )
        employer = Employer.objects.get(pk=asked.employer_id or 0)
        employers.cover(organisation=group, employer=employer, from_on=at.date(), by=COMMAND, at=at)
        facts = {"employers": [employer], "group": group, "number": "咸工发〔2026〕12号"}
        events.tell("founding.group_stood", **facts, by=factories.actor(who), at=at)
    return shown(lead.name)


def test_a_founding_that_begins_without_the_lead_is_linked_to_it(tree, lead, at) -> None:
    """By the code; and in lists without codes by the name, where one lead has it. Nobody asks twice, or counts it as
    free."""
    with everywhere(reason="test"):
        firm = factories.employer(LARGE[0], tree.county, uscc=LARGE[1])
        named = factories.employer(EDGE[0], tree.county, uscc="")
        other = factories.employer("别的样例厂", tree.county, uscc="")
        Lead._base_manager.filter(name=EDGE[0]).update(uscc="", key=f"{fold(EDGE[0])}@咸安区")
        facts = {"by": factories.actor(tree.officer), "at": at}
        events.tell("founding.begun", employers=[firm, named, other], **facts)
        assert [shown(each).employer for each in (LARGE[0], EDGE[0])] == [firm, named]
        assert shown(LARGE[0]).state == LeadState.OPEN
        assert list(LeadStep._base_manager.values_list("lead__name", "zh", "progress").order_by("lead__name")) == [
            (EDGE[0], "申请筹建", "unvisited"), (LARGE[0], "申请筹建", "unvisited")
        ]  # fmt: skip
        events.tell("founding.begun", employers=[firm], **facts)
        assert LeadStep._base_manager.count() == 2
        group = factories.organisation("样例筹备组", tree.county, kind=Kind.PREPARATORY_GROUP)
        events.tell("founding.group_stood", employers=[firm], group=group, number="1", **facts)
    assert (shown(LARGE[0]).state, shown(LARGE[0]).union) == (LeadState.FOUNDING, group)


def test_a_lead_that_a_comparison_finds_under_a_preparatory_group_is_in_founding(tree, at) -> None:
    group = factories.organisation("样例筹备组", tree.county, kind=Kind.PREPARATORY_GROUP)
    Organisation._base_manager.filter(pk=group.pk).update(state=State.PREPARING)
    firm = factories.employer(LARGE[0], tree.county, uscc=LARGE[1])
    factories.coverage(group, firm)
    compared(tree.officer, tree.county, at)
    found = shown(LARGE[0])
    assert (found.state, found.union, found.employer) == (LeadState.FOUNDING, group, firm)
    assert shown(EDGE[0]).state == LeadState.OPEN
    with everywhere(reason="test"):
        assert check("leads") == []


def set_aside(lead: Lead, who: factories.Person, at: datetime) -> Lead:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.set_aside(lead=lead, unfit=True, reason="已停业", by=actor, at=at)


def test_leads_go_to_the_union_that_answers(tree, lead, township, at) -> None:
    assert assign([lead, shown(EDGE[0])], township, tree.officer, at) == 2
    assert set(Lead._base_manager.values_list("organisation", "state")) == {(township.pk, LeadState.ASSIGNED)}
    assert figure(tree, at) == 2
    with everywhere(reason="test"):
        assert reading.total("leads", township, on=at.date()).value == 2


def test_the_right_is_needed_at_both_ends(tree, lead, township, at) -> None:
    for who, to in ((tree.officer, tree.foreign_county), (tree.foreign_officer, tree.foreign_county)):
        with pytest.raises(Forbidden):
            assign([lead], to, who, at)
    for who in (tree.chair, tree.leader, tree.auditor):
        with pytest.raises(Forbidden):
            assign([lead], township, who, at)
    assert shown(lead.name).state == LeadState.OPEN


def test_a_lead_taken_up_meanwhile_is_left_alone_and_counted_once(tree, lead, township, at) -> None:
    stale = [shown(LARGE[0]), shown(EDGE[0])]
    begin(lead, tree.officer, at)
    assert assign(stale, township, tree.officer, at) == 1
    assert shown(LARGE[0]).organisation == tree.county
    assert figure(tree, at) == 2
    with pytest.raises(Refused, match="刷新"):
        assign([stale[0]], township, tree.officer, at)


def test_the_right_is_asked_where_a_lead_is_now(tree, lead, at) -> None:
    Lead._base_manager.filter(pk=lead.pk).update(organisation=tree.foreign_county)
    with pytest.raises(Forbidden):
        assign([lead], tree.county, tree.officer, at)


@pytest.mark.system("O4")
def test_a_preparatory_group_stands_and_covers_the_registered_employer(tree, lead, township, at) -> None:
    with everywhere(reason="test"):
        rebuild("employers")  # rows made without verbs were not counted
    assign([lead], township, tree.officer, at)
    done = begin(shown(lead.name), tree.officer, at)
    group = Organisation._base_manager.get(pk=done.union_id)
    employer = Employer._base_manager.get(uscc=LARGE[1])
    assert (group.kind, group.path.startswith(township.path)) == (Kind.PREPARATORY_GROUP, True)
    assert group.approval_number == "咸工发〔2026〕12号"
    assert Coverage._base_manager.get(employer=employer).organisation == group
    assert set(Headcount._base_manager.filter(employer=employer).values_list("source", "count")) == {
        ("social_insurance", 180),
        ("declared", 210),
    }
    assert (shown(lead.name).state, shown(lead.name).employer) == (LeadState.FOUNDING, employer)
    assert figure(tree, at) == 2
    with everywhere(reason="test"):
        assert check("employers") == []


def test_an_employer_that_is_registered_is_found_by_its_code_or_its_only_name(tree, lead, at) -> None:
    by_code = factories.employer("另一个叫法有限公司", tree.county, uscc=LARGE[1])
    by_name = factories.employer(EDGE[0], tree.county)
    Lead._base_manager.filter(name=EDGE[0]).update(uscc="")
    assert begin(lead, tree.officer, at).employer == by_code
    assert begin(shown(EDGE[0]), tree.officer, at).employer == by_name


def test_a_lead_whose_employer_is_covered_is_refused_and_nothing_is_left(tree, lead, at) -> None:
    factories.coverage(tree.union, factories.employer(LARGE[0], tree.county, uscc=LARGE[1]))
    with everywhere(reason="test"):
        groups = Organisation.objects.count()
    with pytest.raises(Refused, match="覆盖"):
        ask(lead, tree.officer, at)
    assert shown(lead.name).state == LeadState.OPEN
    assert Organisation._base_manager.count() == groups
    assert figure(tree, at) == 2


def test_of_two_officers_the_second_is_told(tree, lead, township, at) -> None:
    colleague = factories.person("吴组织")
    factories.post(colleague, tree.county, "organisation_officer")
    seen_by_both = shown(lead.name)
    begin(lead, tree.officer, at)
    for act in (ask, set_aside):
        with pytest.raises(Refused, match="刚刚"):
            act(seen_by_both, colleague, at)
    assert Employer._base_manager.filter(uscc=LARGE[1]).count() == 1
    assert figure(tree, at) == 2


def test_a_second_sending_shows_the_first_result(tree, lead, township, at) -> None:
    first = ask(lead, tree.officer, at, key="a")
    assert ask(lead, tree.officer, at, key="a").employer_id == first.employer_id
    edge = shown(EDGE[0])
    assert [assign([edge], township, tree.officer, at, key="b") for _ in range(2)] == [1, 1]
    assert figure(tree, at) == 2


@pytest.mark.parametrize("act", [begin, set_aside])
def test_a_decided_lead_is_not_decided_again(tree, lead, at, act) -> None:
    set_aside(lead, tree.officer, at)
    with pytest.raises(Refused, match="不符合"):
        act(shown(lead.name), tree.officer, at)


@pytest.mark.parametrize("act", [begin, set_aside])
def test_who_does_not_answer_for_it_may_not_decide(tree, lead, at, act) -> None:
    for who in (tree.foreign_officer, tree.chair, tree.leader, tree.auditor, tree.operator, tree.member):
        with pytest.raises(Forbidden):
            act(lead, who, at)


def test_a_mistyped_code_does_not_come_into_the_register(tree, lead, at) -> None:
    Lead._base_manager.filter(pk=lead.pk).update(uscc=f"{LARGE[1][:-2]}!!"[:18])
    begin(shown(LARGE[0]), tree.officer, at)
    assert Employer._base_manager.get(name=LARGE[0]).uscc == ""


def test_what_was_left_is_taken_back_and_counted_again(tree, lead, township, at) -> None:
    assign([lead], township, tree.officer, at)
    set_aside(shown(LARGE[0]), tree.officer, at)
    assert figure(tree, at) == 1
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        facts = {"reason": "看错了单位", "by": actor, "at": at}
        services.reopen(lead=shown(LARGE[0]), **facts)
        with pytest.raises(Refused, match="不用恢复"):
            services.reopen(lead=shown(LARGE[0]), **facts)
    back = shown(LARGE[0])
    assert (back.state, back.organisation, back.reason) == (LeadState.ASSIGNED, township, "恢复：看错了单位")
    assert figure(tree, at) == 2
    foreign = factories.actor(tree.foreign_officer)
    set_aside(back, tree.officer, at)
    with entering(foreign.reach()), pytest.raises(Forbidden):
        services.reopen(lead=shown(LARGE[0]), reason="x", by=foreign, at=at)


def test_what_is_refused_leaves_the_page_as_the_lead_is_and_what_was_typed(tree, lead, client, sign_in) -> None:
    factories.coverage(tree.union, factories.employer(LARGE[0], tree.county, uscc=LARGE[1]))
    asked = {"found": "1", "key": "x", "version": lead.version}
    answer = sign_in(client, tree.officer).post(reverse("organising:lead", args=[lead.reference]), asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有办成" in page
    assert "筹建中" not in page
    assert shown(LARGE[0]).state == LeadState.OPEN


def test_a_lead_in_founding_can_be_left_and_taken_back_from_its_page(tree, lead, at, client, sign_in) -> None:
    begin(lead, tree.officer, at)
    officer, address = sign_in(client, tree.officer), reverse("organising:lead", args=[lead.reference])
    assert "筹备组不会跟着撤销" in officer.get(address).content.decode()
    officer.post(
        address, {"set_aside": "1", "unfit": "yes", "reason": "单位已经搬走", "version": shown(LARGE[0]).version}
    )
    assert shown(LARGE[0]).state == LeadState.UNFIT
    assert "恢复以后接着办" in officer.get(address).content.decode()
    assert officer.post(address, {"reopen": "1", "again": ""}).status_code == 422
    officer.post(address, {"reopen": "1", "again": "没有搬"})
    assert shown(LARGE[0]).state == LeadState.FOUNDING


# ── what comparisons, other officers and the tree do with leads ─────────────────────────────────────────────────


def left(state: LeadState) -> None:
    Lead._base_manager.filter(name=LARGE[0]).update(state=state)


@pytest.mark.parametrize("how", [LeadState.SET_ASIDE, LeadState.GONE])
def test_what_was_set_aside_stands_again_as_it_did_before(tree, lead, township, at, how) -> None:
    assign([lead], township, tree.officer, at)
    left(how)
    compared(tree.officer, tree.county, at)
    assert (shown(LARGE[0]).state, shown(LARGE[0]).organisation) == (LeadState.ASSIGNED, township)
    begin(shown(LARGE[0]), tree.officer, at)
    left(how)
    compared(tree.officer, tree.county, at)
    assert shown(LARGE[0]).state == LeadState.FOUNDING
    assert figure(tree, at) == 2
    Organisation._base_manager.filter(pk=shown(LARGE[0]).union_id).update(state=State.DISSOLVED)
    left(how)
    compared(tree.officer, tree.county, at)
    assert shown(LARGE[0]).state == LeadState.ASSIGNED


def test_what_was_found_unfit_in_founding_goes_back_to_its_group(tree, lead, at) -> None:
    set_aside(begin(lead, tree.officer, at), tree.officer, at)
    with everywhere(reason="test"):
        assert recheck.reopen(Run.objects.get(), on=at.date() + timedelta(days=180)) == 1
    assert (shown(LARGE[0]).state, shown(LARGE[0]).progress) == (LeadState.FOUNDING, Progress.PREPARING)
    assert figure(tree, at) == 2


def test_why_a_lead_was_left_stays_in_its_timeline(tree, lead, at) -> None:
    actor = factories.actor(tree.officer)
    for unfit, zh in ((False, "记为暂缓"), (True, "记为不符合")):
        with entering(actor.reach()):
            services.set_aside(lead=shown(LARGE[0]), unfit=unfit, reason="正在搬迁", by=actor, at=at)
        compared(tree.officer, tree.county, at + timedelta(days=180))
        step = LeadStep._base_manager.order_by("-pk")[0]
        assert (step.zh, step.words, step.by_person) == (zh, "正在搬迁", tree.officer)
        assert (shown(LARGE[0]).state, shown(LARGE[0]).reason) == (LeadState.OPEN, "")


@pytest.mark.parametrize(
    ("record", "after"),
    [("工会委员会", LeadState.ORGANISED), ("工会筹备组", LeadState.FOUNDING), ("", LeadState.FOUNDING)],
)
def test_a_lead_in_founding_ends_when_the_roster_has_its_union(tree, lead, at, record, after) -> None:
    begin(lead, tree.officer, at)
    unions = (*UNIONS, ("2", f"{LARGE[0]}{record}", "", "咸宁")) if record else UNIONS
    compared(tree.officer, tree.county, at, lists(unions=unions))
    assert shown(LARGE[0]).state == after
    is_done = after == LeadState.ORGANISED
    assert (shown(LARGE[0]).progress == Progress.FOUNDED) is is_done
    assert LeadStep._base_manager.filter(move="found").exists() is is_done
    assert figure(tree, at) == (1 if is_done else 2)


def test_a_lead_in_founding_ends_when_a_standing_union_covers_its_employer(tree, lead, at) -> None:
    employer = begin(lead, tree.officer, at).employer
    Coverage._base_manager.filter(employer=employer).update(until_on=at.date())
    factories.coverage(tree.union, employer, from_on=at.date())
    compared(tree.officer, tree.county, at)
    assert shown(LARGE[0]).state == LeadState.ORGANISED
    assert figure(tree, at) == 1


def test_leads_of_a_union_that_ends_go_where_its_work_goes(tree, lead, township, at) -> None:
    other = factories.organisation("横沟桥镇总工会", tree.county, kind=Kind.TOWNSHIP_UNION)
    assign([lead, shown(EDGE[0])], township, tree.officer, at)
    Lead._base_manager.update(owner=tree.officer)
    set_aside(shown(EDGE[0]), tree.officer, at)
    facts = {"on": at.date(), "approval_number": "", "by": COMMAND, "at": at}
    with everywhere(reason="test"):
        organisations.merge(organisation=township, into=other, **facts)
        assert reading.total("leads", other, on=at.date()).value == 1
        assert set(Lead.objects.values_list("organisation", "owner")) == {(other.pk, None)}
        organisations.dissolve(organisation=other, reason="并回县里", **facts)
        assert set(Lead.objects.values_list("organisation", flat=True)) == {tree.county.pk}
        assert reading.total("leads", other, on=at.date()).value == 0
    assert (shown(LARGE[0]).state, shown(EDGE[0]).state) == (LeadState.ASSIGNED, LeadState.UNFIT)
    assert figure(tree, at) == 1


@pytest.mark.parametrize(
    ("page", "asked", "typed"),
    [
        ("arrange", {"entrust": "1", "owner": "", "next_on": "2099-03-01"}, 'value="2099-03-01"'),
        ("arrange", {"place": "1", "township": "", "site_kind": "park", "site": "横沟工业园"}, "横沟工业园"),
        ("lead", {"set_aside": "1", "unfit": "no", "reason": "正在搬迁"}, "正在搬迁"),
        ("refusal", {"move": "remind", "words": "当面送达"}, "当面送达"),
    ],
)
def test_of_two_officers_forms_the_second_is_told_and_keeps_what_was_typed(
    tree, lead, at, client, sign_in, page, asked, typed
) -> None:
    Lead._base_manager.update(progress=Progress.REFUSED)
    asked = asked | ({"owner": tree.officer.reference} if "owner" in asked else {})
    officer, address = sign_in(client, tree.officer), reverse(f"organising:{page}", args=[lead.reference])
    assert f'name="version" value="{lead.version}"' in officer.get(address).content.decode()
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):  # somebody else, meanwhile
        services.entrust(lead=shown(LARGE[0]), owner=tree.officer, next_on=None, by=actor, at=at)
    answer = officer.post(address, {**asked, "key": "a", "version": lead.version})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "刚刚由别人办理过" in said
    assert typed in said
    assert (shown(LARGE[0]).state, shown(LARGE[0]).progress) == (LeadState.OPEN, Progress.REFUSED)
    assert officer.post(address, {**asked, "key": "b"}).status_code == 422, "a form says what it was made from"
    now = shown(LARGE[0]).version
    assert f'name="version" value="{now}"' in said
    assert officer.post(address, {**asked, "key": "c", "version": now}).status_code == 302
    assert shown(LARGE[0]).version > now


def test_what_was_typed_stands_on_the_page_where_the_lead_was_left_meanwhile(tree, lead, at, client, sign_in) -> None:
    officer, address = sign_in(client, tree.officer), reverse("organising:lead", args=[lead.reference])
    asked = {"set_aside": "1", "unfit": "no", "reason": "正在搬迁", "version": lead.version}
    set_aside(lead, tree.officer, at)
    answer = officer.post(address, asked)
    assert answer.status_code == 422
    assert 'value="正在搬迁"' in answer.content.decode()
    assert "不符合" in answer.content.decode()
