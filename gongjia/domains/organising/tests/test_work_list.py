"""The work list: where employers are, who works on them, what stands still, and what leaves as a workbook."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region
from gongjia.domains.organising import params, placing, queries, services, worklist
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.places import Located, site_in
from gongjia.domains.organising.tests.lists import EDGE, LARGE, compared
from gongjia.domains.organising.words import LeadState, Progress
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O4"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]


@pytest.fixture
def street(tree: factories.Tree) -> Organisation:
    """The street of the largest employer, with a community and a union that answers."""
    region = factories.region("421202005", "浮山街道", Region.Level.TOWNSHIP)
    factories.region("421202005001", "竹溪社区", Region.Level.VILLAGE)
    return factories.organisation("浮山街道总工会", tree.county, kind=Kind.TOWNSHIP_UNION, region=region)


@pytest.fixture
def run(tree: factories.Tree, street: Organisation, at: datetime) -> Run:
    found = compared(tree.officer, tree.county, at)
    Lead._base_manager.filter(name=LARGE[0]).update(address="咸安区浮山街道竹溪社区银泉大厦5楼")
    placing.place_new(at=at)
    return found


def shown(name: str) -> Lead:
    return Lead._base_manager.select_related("organisation__region", "owner", "township").get(name=name)


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("咸安区横沟桥镇横沟工业园12号", ("park", "横沟工业园")),
        ("咸宁市咸安区银泉大厦5楼", ("building", "银泉大厦")),
        ("温泉街道长安路88号兴旺农贸市场", ("market", "兴旺农贸市场")),
        ("咸安区鱼水路步行街3号", ("", "")),
        ("咸安区潜山商业街3号", ("street", "潜山商业街")),
        ("咸安区星河航天特色小镇", ("town", "星河航天特色小镇")),
        ("横沟工业园光谷大厦3楼", ("building", "横沟工业园光谷大厦")),
        ("咸安区长安路1号", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_site_is_read_from_the_address(address: str, found: tuple[str, str]) -> None:
    assert site_in(Located(address=address)) == found


def test_an_employer_is_placed_by_its_address_once_and_a_person_s_word_stands(tree, run, street, at) -> None:
    lead = shown(LARGE[0])
    assert (lead.township.name, lead.community.name) == ("浮山街道", "竹溪社区")
    assert (lead.site_kind, lead.site) == ("building", "银泉大厦")
    assert shown(EDGE[0]).township is None
    assert placing.place_new(at=at) == 0, "placed once"
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        services.place_lead(
            lead=lead, township="421202005", community="", site_kind="park", site="星河园区", by=actor, at=at
        )
    Run._base_manager.update(is_placed=False)
    placing.place_new(at=at)
    assert (shown(LARGE[0]).site, shown(LARGE[0]).community) == ("星河园区", None)


def test_a_community_elsewhere_and_half_a_site_are_refused(tree, run, at) -> None:
    factories.region("421202006001", "柏墩村", Region.Level.VILLAGE)
    actor = factories.actor(tree.officer)
    whole = {"township": "421202005", "community": "", "site_kind": "", "site": ""}
    for wrong in ({"community": "421202006001"}, {"site": "没有类别"}, {"township": "999999999"}):
        with entering(actor.reach()), pytest.raises(Refused):
            services.place_lead(lead=shown(LARGE[0]), **{**whole, **wrong}, by=actor, at=at)


def entrust(lead: Lead, owner: factories.Person, who: factories.Person, at: datetime) -> Lead:
    actor = factories.actor(who)
    with entering(actor.reach()):
        return services.entrust(lead=lead, owner=owner, next_on=at.date(), by=actor, at=at)


def test_the_owner_holds_a_post_there_and_is_told(tree, run, street, at) -> None:
    clerk = factories.person("吴街道")
    with pytest.raises(Refused, match="没有能办理线索的职务"):
        entrust(shown(LARGE[0]), clerk, tree.officer, at)
    factories.post(clerk, tree.county, "organisation_officer")
    entrust(shown(LARGE[0]), clerk, tree.officer, at)
    assert (shown(LARGE[0]).owner, shown(LARGE[0]).next_on) == (clerk, at.date())
    with everywhere(reason="test"):
        from gongjia.engines.messages.models import Message

        assert LARGE[0] in Message.objects.get(person=clerk).title
    for who in (tree.leader, tree.auditor, tree.chair, tree.foreign_officer):
        with pytest.raises(Forbidden):
            entrust(shown(LARGE[0]), clerk, who, at)
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        services.assign(leads=[shown(LARGE[0])], to=street, due_on=None, by=actor, at=at)
    assert shown(LARGE[0]).owner is None, "another union has it now"


@pytest.mark.parametrize(("days", "is_stalled"), [(29, False), (30, True), (31, True)])
def test_a_lead_stands_still_from_the_day_that_the_parameter_says(
    tree, run, at, days: int, *, is_stalled: bool
) -> None:
    today = date(2026, 11, 21)
    Lead._base_manager.filter(name=LARGE[0]).update(progressed_on=today - timedelta(days=days))
    last = worklist.last_step_before(today, params.stall_days(on=today))
    with everywhere(reason="test"):
        found = queries.leads(stalled=last.isoformat())
        assert found.filter(name=LARGE[0]).exists() is is_stalled
        Lead.objects.update(state=LeadState.FOUNDING)
        assert not queries.leads(stalled=last.isoformat()).exists(), "the group has its own dates"


@pytest.mark.parametrize("by", ["township", "community", "site", "union", "owner", "progress"])
def test_each_count_of_the_work_list_opens_exactly_its_rows(tree, run, client, sign_in: SignIn, by: str) -> None:
    Lead._base_manager.filter(name=LARGE[0]).update(
        progress=Progress.REMINDED, progressed_on=date(2020, 1, 1), owner=tree.officer
    )
    officer = sign_in(client, tree.officer)
    page = officer.get(reverse("organising:work_list"), {"by": by})
    groups = page.context["lines"]
    assert sum(each.total for each in groups) == 2
    assert all(f">{each.zh}</a>" in body(page) for each in groups)
    for each in groups:
        counts = {"": each.total, "&stalled=on": each.stalled}
        if by != "progress":
            counts |= {"&progress=spoken": each.spoken, "&progress=refusing": each.refusing}
            counts |= {"&progress=unvisited": each.unvisited, "&progress=agreed": each.agreed}
        for more, count in counts.items():
            rows = body(officer.get(f"{reverse('organising:leads')}?{each.address}{more}"))
            assert f"共 {count} 条" in rows, (each.zh, more)


def test_the_workbook_holds_the_filter_s_rows_and_no_formula(tree, run, client, sign_in: SignIn) -> None:
    Lead._base_manager.filter(name=LARGE[0]).update(address="=1+1")
    officer = sign_in(client, tree.officer)
    answer = officer.post(reverse("organising:export"), {"q": LARGE[0]})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["单位名称"], line["统一社会信用代码"], line["最大人数"]) == (LARGE[0], LARGE[1], 210)
    assert line["地址"] == "'=1+1"
    other = sign_in(Client(), tree.foreign_officer)
    assert "没有可以导出" in body(other.post(reverse("organising:export"), follow=True))


def test_too_long_a_list_is_not_cut_silently(tree, run, client, sign_in: SignIn, monkeypatch) -> None:
    monkeypatch.setattr(worklist, "MOST_EXPORTED", 1)
    answer = sign_in(client, tree.officer).post(reverse("organising:export"), follow=True)
    assert "一次最多导出 1 家" in body(answer)


def test_the_pages_take_the_forms_and_say_what_is_wrong(tree, run, client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    lead = shown(LARGE[0])
    page = reverse("organising:arrange", args=[lead.reference])
    made_from = {"version": lead.version}
    wrong = {
        **made_from,
        "place": "1",
        "township": "421202005",
        "community": "没有的村",
        "site_kind": "",
        "site": "有名无类",
    }
    answer = officer.post(page, wrong)
    assert answer.status_code == 422
    assert "没有叫“没有的村”" in body(answer)
    right = {**wrong, "community": "竹溪", "site_kind": "park", "site": "星河园区"}
    assert "星河园区" in body(officer.post(page, right, follow=True))
    made_from = {"version": shown(LARGE[0]).version}
    owner = {**made_from, "entrust": "1", "owner": tree.officer.reference, "next_on": "2020-01-01"}
    assert "不能早于今天" in body(officer.post(page, owner))
    assert "由张敏负责" in body(officer.post(page, {**owner, "next_on": "2099-01-01"}, follow=True))
    assert 'value="2099-01-01"' in body(officer.get(page)), "the day that is set is shown"
    assert officer.post(page, {**owner, "owner": tree.foreign_officer.reference, "next_on": ""}).status_code == 422


def test_a_comparison_that_cannot_be_placed_stops_no_other(tree, run, at, monkeypatch, caplog) -> None:
    Run._base_manager.update(is_placed=False)
    other = compared(tree.officer, tree.county, at)
    real = placing.place_run

    def broken(each: Run) -> int:
        if each == run:
            raise ValueError("an address that nobody thought of")
        return real(each)

    monkeypatch.setattr(placing, "place_run", broken)
    assert placing.place_new(at=at) > 0
    assert dict(Run._base_manager.values_list("pk", "is_placed")) == {run.pk: False, other.pk: True}
    assert f"leads of comparison {run.pk} could not be placed" in caplog.text
    with monkeypatch.context() as patch:
        patch.setattr(placing, "place_run", real)
        placing.place_new(at=at)
    assert set(Run._base_manager.values_list("is_placed", flat=True)) == {True}


@pytest.mark.parametrize("name", ["work_list", "arrange"])
def test_a_page_takes_eight_queries_at_most_and_the_same_at_thirty_rows(
    tree, run, client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    from gongjia.domains.organising.tests.test_pages import many

    address = reverse(f"organising:{name}", args=[shown(LARGE[0]).reference] if name == "arrange" else [])
    officer = sign_in(client, tree.officer)
    officer.get(address)

    def cost() -> int:
        with django_assert_max_num_queries(8) as seen:
            assert officer.get(address).status_code == 200
        return len(seen)

    few = cost()
    many(run)
    assert cost() == few
