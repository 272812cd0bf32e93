"""What officers do with leads: who may, what becomes of it, and two of them at once."""

from datetime import datetime

import pytest
from django.urls import reverse

from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.organising import services
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.tests.lists import EDGE, LARGE, compared
from gongjia.domains.organising.tests.test_comparing import figure
from gongjia.domains.organising.words import LeadState
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import check, rebuild
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


def begin(lead: Lead, who: factories.Person, at: datetime, key: str = "") -> Lead:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.begin_founding(lead=lead, approval_number="咸工发〔2026〕12号", by=actor, at=at, key=key)


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
        begin(lead, tree.officer, at)
    assert shown(lead.name).state == LeadState.OPEN
    assert Organisation._base_manager.count() == groups
    assert figure(tree, at) == 2


def test_of_two_officers_the_second_is_told(tree, lead, township, at) -> None:
    colleague = factories.person("吴组织")
    factories.post(colleague, tree.county, "organisation_officer")
    seen_by_both = shown(lead.name)
    begin(lead, tree.officer, at)
    for act in (begin, set_aside):
        with pytest.raises(Refused, match="刚刚"):
            act(seen_by_both, colleague, at)
    assert Employer._base_manager.filter(uscc=LARGE[1]).count() == 1
    assert figure(tree, at) == 2


def test_a_second_sending_shows_the_first_result(tree, lead, township, at) -> None:
    first = begin(lead, tree.officer, at, key="a")
    assert begin(shown(lead.name), tree.officer, at, key="a").union_id == first.union_id
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


def test_a_name_that_is_longer_than_a_unions_may_be_is_cut(tree, lead, at) -> None:
    Lead._base_manager.filter(pk=lead.pk).update(name="咸" * 130)
    begin(shown("咸" * 130), tree.officer, at)
    group = Organisation._base_manager.get(kind=Kind.PREPARATORY_GROUP)
    assert group.name == f"{'咸' * 115}工会筹备组"
    assert len(group.name) == 120


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
    asked = {"found": "1", "approval_number": "咸工发〔2026〕12号", "key": "x"}
    answer = sign_in(client, tree.officer).post(reverse("organising:lead", args=[lead.reference]), asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有办成" in page
    assert 'value="咸工发〔2026〕12号"' in page
    assert "筹建中" not in page
    assert shown(LARGE[0]).state == LeadState.OPEN


def test_a_lead_in_founding_can_be_left_and_taken_back_from_its_page(tree, lead, at, client, sign_in) -> None:
    begin(lead, tree.officer, at)
    officer, address = sign_in(client, tree.officer), reverse("organising:lead", args=[lead.reference])
    assert "筹备组不会跟着撤销" in officer.get(address).content.decode()
    officer.post(address, {"set_aside": "1", "unfit": "yes", "reason": "单位已经搬走"})
    assert shown(LARGE[0]).state == LeadState.UNFIT
    assert "恢复以后接着办" in officer.get(address).content.decode()
    assert officer.post(address, {"reopen": "1", "again": ""}).status_code == 422
    officer.post(address, {"reopen": "1", "again": "没有搬"})
    assert shown(LARGE[0]).state == LeadState.FOUNDING
