"""Many leads handed over: what is suggested, chosen, tried dry, and done in steps."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.posts.models import Post
from gongjia.domains.organising import queries, services
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.tests.lists import compared
from gongjia.domains.organising.words import LeadState, size_of
from gongjia.engines.figures.repair import check, rebuild
from gongjia.engines.messages.models import Message
from gongjia.kernel import events
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import Event
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def townships(tree: factories.Tree) -> list[Organisation]:
    """Two townships of the county, each with its union, and a village in each."""
    made = []
    for code, name in (("421202002", "浮山街道"), ("421202003", "马桥镇")):
        place = factories.region(code, name, "township")
        factories.region(f"{code}001", f"{name[:2]}湾村", "village")
        union = factories.organisation(f"咸安区{name}总工会", tree.county, kind=Kind.TOWNSHIP_UNION, region=place)
        made.append(union)
    return made


@pytest.fixture
def run(tree: factories.Tree, townships: list[Organisation], at: datetime) -> Run:
    run = compared(tree.officer, tree.county, at)
    Lead._base_manager.all().delete()
    return run


def leads(run: Run, count: int, *, address: str = "浮山街道5号", county: str = "", start: int = 0) -> None:
    facts = {"organisation": run.organisation, "origin": run.organisation, "run": run, "city": "咸宁", "most": 40}
    facts |= {"found_on": run.asked_at.date(), "size": size_of(40), "county": county, "address": address}
    rows = range(start, start + count)
    Lead._base_manager.bulk_create([Lead(name=f"第{n}样例厂", key=f"k{n}", **facts) for n in rows])
    count_again()


def count_again() -> None:
    """Rows made without verbs were not counted."""
    with everywhere(reason="test"):
        rebuild("leads")


def where() -> dict[str, int]:
    """How many leads each union has."""
    names = list(Lead._base_manager.values_list("organisation__name", flat=True))
    return {name: names.count(name) for name in names}


def figures_agree() -> bool:
    with everywhere(reason="test"):
        return check("leads") == []


# ── what is suggested ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_to_whom_each_lead_should_go_or_why_nobody_is_named(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 1, address="马桥湾村3组")
    leads(run, 1, address="长安路9号", start=1)
    leads(run, 1, address="长安路9号", county="咸安", start=2)
    leads(run, 1, address="长安路9号", county="嘉鱼", start=3)
    page = body(sign_in(client, tree.officer).get(reverse("organising:leads")))
    rows = {number: page.split(f"第{number}样例厂</a>")[1].split("</tr>")[0] for number in range(4)}
    assert "咸安区马桥镇总工会" in rows[0]
    assert "地址里也认不出" in rows[1]
    assert "已在该派的工会" in rows[2]
    assert "那里没有您能派的工会" in rows[3]


def test_who_may_not_assign_is_suggested_nothing(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 1, address="马桥湾村3组")
    page = body(sign_in(client, tree.leader).get(reverse("organising:leads")))
    assert "第0样例厂" in page
    assert "建议派给" not in page


@pytest.mark.parametrize("name", ["leads", "lead", "assign_all"])
def test_a_page_with_suggestions_takes_eight_queries_at_most_and_the_same_at_thirty_rows(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    officer = sign_in(client, tree.officer)

    def cost() -> int:
        args = [Lead._base_manager.get(name="第0样例厂").reference] if name == "lead" else []
        address = reverse(f"organising:{name}", args=args)
        ask = (
            (lambda: officer.post(address, {"to": "suggested"}))
            if name == "assign_all"
            else (lambda: officer.get(address))
        )
        ask()
        with django_assert_max_num_queries(8) as seen:
            assert ask().status_code == 200
        return len(seen)

    leads(run, 1)
    few = cost()
    leads(run, 29, address="马桥湾村3组", start=1)
    assert cost() == few


def test_a_lead_without_a_place_offers_the_counties_and_then_the_unions_of_one(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    factories.post(tree.leader, tree.city, "organisation_officer")
    leads(run, 1, address="长安路9号")
    lead = Lead._base_manager.get()
    city = sign_in(client, tree.leader)
    page = body(city.get(reverse("organising:lead", args=[lead.reference])))
    assert "没有建议：名单没有写县，地址里也认不出" in page
    assert f"?under={tree.foreign_county.reference}" in page
    narrowed = body(
        city.get(reverse("organising:lead", args=[lead.reference]), {"under": tree.foreign_county.reference})
    )
    assert f'value="{tree.foreign_county.reference}" selected' in narrowed
    assert "咸安区马桥镇总工会</option>" not in narrowed


def test_the_numbers_of_the_lists_stand_once_and_the_missing_ones_in_a_line(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 1)
    Lead._base_manager.update(insured=92, most=92)
    address = reverse("organising:lead", args=[Lead._base_manager.get().reference])
    page = body(sign_in(client, tree.officer).get(address))
    assert page.count(">92<") == 1
    assert "单位自己申报的里没有这家单位的人数" in page


# ── whom to choose ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_that_is_cut_says_so_and_the_others_are_found_by_two_characters(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_OFFERED", 2)
    leads(run, 1)
    officer = sign_in(client, tree.officer)
    page = body(officer.get(reverse("organising:leads")))
    assert "名单里只有前 2 个" in page
    assert "咸安区马桥镇总工会" not in page
    found = body(officer.get(reverse("organising:unions"), {"words": "马桥"}))
    assert "咸安区马桥镇总工会" in found
    assert "selected" in found
    assert "没有找到" in body(officer.get(reverse("organising:unions"), {"words": "嘉鱼"}))
    assert sign_in(client, tree.chair).get(reverse("organising:unions")).status_code == 403


def test_without_script_what_was_typed_is_looked_up_when_it_is_sent(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 1)
    officer = sign_in(client, tree.officer)
    picked = {"pick": Lead._base_manager.get().reference, "to": ""}
    for words, said in (("嘉鱼", "没有找到"), ("咸安", "请选其中一个"), ("", "请选派给哪个工会")):
        asked = {**picked, "words": words}
        assert said in body(officer.post(reverse("organising:leads"), asked, follow=True))
    assert where() == {"咸安区总工会": 1}
    officer.post(reverse("organising:leads"), {**picked, "words": "马桥"})
    assert where() == {"咸安区马桥镇总工会": 1}


def test_a_union_out_of_reach_is_no_choice(tree: factories.Tree, run: Run, client: Client, sign_in: SignIn) -> None:
    leads(run, 1)
    asked = {"pick": Lead._base_manager.get().reference, "to": tree.foreign_county.reference}
    answer = body(sign_in(client, tree.officer).post(reverse("organising:leads"), asked, follow=True))
    assert "不在您可办理的范围内" in answer
    assert where() == {"咸安区总工会": 1}


def test_what_a_union_has_already_is_not_handed_to_it_again(
    tree: factories.Tree, run: Run, townships: list[Organisation], at: datetime
) -> None:
    leads(run, 1)
    Lead._base_manager.update(organisation=townships[0], state=LeadState.ASSIGNED, owner=tree.officer)
    count_again()
    actor = factories.actor(tree.officer)
    with entering(actor.reach()), pytest.raises(Refused):
        services.assign(leads=list(Lead.objects.all()), to=townships[0], due_on=None, by=actor, at=at)
    assert Lead._base_manager.get().owner == tree.officer


def test_who_may_only_see_hands_nothing_over(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 1)
    asked = {"pick": Lead._base_manager.get().reference, "to": townships[0].reference, "key": "a"}
    assert sign_in(client, tree.leader).post(reverse("organising:leads"), asked).status_code == 403
    assert where() == {"咸安区总工会": 1}


def test_what_narrows_a_list_without_a_field_is_named(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 1)
    asked = {"under": townships[0].reference, "on": "2026-11-20"}
    page = body(sign_in(client, tree.officer).get(reverse("organising:leads"), asked))
    assert "只看：咸安区浮山街道总工会及其下级、2026年11月20日以前发现的" in page
    foreign = {"under": tree.foreign_county.reference}
    page = body(sign_in(client, tree.officer).get(reverse("organising:leads"), foreign))
    assert "只看：所选工会及其下级" in page
    assert tree.foreign_county.name not in page


# ── many at once ────────────────────────────────────────────────────────────────────────────────────────────────


def test_thirty_that_were_picked_go_to_one_union_or_each_to_its_own(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 15)
    leads(run, 14, address="马桥湾村3组", start=15)
    leads(run, 1, address="长安路9号", start=29)
    officer = sign_in(client, tree.officer)
    picked = list(Lead._base_manager.values_list("reference", flat=True))
    assert len(picked) == 30
    said = body(officer.post(reverse("organising:leads"), {"pick": picked, "to": "suggested", "key": "a"}, follow=True))
    assert "29 家单位已派给 2 个工会" in said
    assert "另外 1 家看不出该归谁" in said
    assert where() == {"咸安区浮山街道总工会": 15, "咸安区马桥镇总工会": 14, "咸安区总工会": 1}
    one = {"pick": picked, "to": townships[0].reference, "key": "b"}
    theirs = Lead._base_manager.filter(organisation=townships[0])
    theirs.update(owner=tree.officer, due_on=date(2099, 12, 31))
    said = body(officer.post(reverse("organising:leads"), one, follow=True))
    assert "15 家单位已派给咸安区浮山街道总工会" in said
    assert "15 家早已派给这个工会，责任人和期限照旧" in said
    assert "没有改动" not in said
    assert theirs.filter(owner=tree.officer, due_on=date(2099, 12, 31)).count() == 15
    assert where() == {"咸安区浮山街道总工会": 30}
    assert figures_agree()


def test_all_of_a_filter_are_counted_first_and_nothing_else_is_touched(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 40, county="咸安")
    leads(run, 5, start=40)
    taken = Lead._base_manager.filter(name__in=["第0样例厂", "第1样例厂"])
    taken.update(state=LeadState.FOUNDING)
    Lead._base_manager.filter(name="第2样例厂").update(organisation=townships[0], state=LeadState.ASSIGNED)
    count_again()
    officer = sign_in(client, tree.officer)
    asked = {"to": townships[0].reference, "due_on": "2099-12-31", "back": "county=咸安", "key": "a"}
    dry = body(officer.post(reverse("organising:assign_all"), asked))
    assert "县（市、区）：咸安" in dry
    assert ">37<" in dry
    assert "派发 37 家" in dry
    assert where() == {"咸安区总工会": 44, "咸安区浮山街道总工会": 1}
    done = body(officer.post(reverse("organising:assign_all"), {**asked, "confirmed": "1"}, follow=True))
    assert "37 家单位已派给咸安区浮山街道总工会" in done
    assert where() == {"咸安区总工会": 7, "咸安区浮山街道总工会": 38}
    assert set(Lead._base_manager.filter(county="").values_list("state", flat=True)) == {LeadState.OPEN}
    assert figures_agree()


def test_the_dry_run_of_suggestions_says_how_many_go_where(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 3)
    leads(run, 2, address="马桥湾村3组", start=3)
    leads(run, 4, address="长安路9号", start=5)
    dry = body(sign_in(client, tree.officer).post(reverse("organising:assign_all"), {"to": "suggested"}))
    assert dry.index("咸安区浮山街道总工会</th>") < dry.index("咸安区马桥镇总工会</th>")
    assert ">5<" in dry.split("会派出")[1][:300]
    assert ">4<" in dry.split("派不出")[1][:300]


@pytest.mark.parametrize("mode", ["one", "suggested"])
def test_more_than_a_step_is_done_in_the_background_and_told(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn, at: datetime,
    mode: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(services, "MOST_AT_ONCE", 10)
    leads(run, 24)
    leads(run, 3, address="长安路9号", start=24)
    officer = sign_in(client, tree.officer)
    to = townships[0].reference if mode == "one" else "suggested"
    asked = {"to": to, "due_on": "2099-12-31", "confirmed": "1", "key": "a"}
    for _ in range(2):  # pressed twice
        assert "27 家正在后台派发" in body(officer.post(reverse("organising:assign_all"), asked, follow=True))
    assert Event.objects.filter(name="organising.assign_asked").count() == 1
    leads(run, 1, start=27)  # found after it was asked: not meant
    while events.run_due(at=at.replace(year=2098)):
        pass
    assert Event.objects.filter(name="organising.assign_asked").count() == 3
    gone = 27 if mode == "one" else 24
    assert where() == {"咸安区浮山街道总工会": gone, "咸安区总工会": 28 - gone}
    assert set(Lead._base_manager.filter(state=LeadState.ASSIGNED).values_list("due_on", flat=True)) == {
        date(2099, 12, 31)
    }
    told = Message._base_manager.get(person=tree.officer, title__startswith="线索派发")
    assert told.title == f"线索派发做完了：派出 {gone} 家"
    assert ("3 家没有改动" in told.body) is (mode == "suggested")
    assert figures_agree()


def test_who_loses_the_post_meanwhile_hands_over_nothing_more(
    tree: factories.Tree, run: Run, townships: list[Organisation], at: datetime
) -> None:
    leads(run, 5)
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        services.assign_all(organisation=tree.county, asked={}, to=townships[0], due_on=None, by=actor, at=at)
    Post._base_manager.filter(person=tree.officer).update(until_on=at.date())
    events.run_due(at=at)
    assert where() == {"咸安区总工会": 5}
    assert "没有做完" in Message._base_manager.get(person=tree.officer, title__startswith="线索派发").title


def test_handing_over_all_needs_the_right_at_both_ends_and_something_to_hand_over(
    tree: factories.Tree, run: Run, townships: list[Organisation], at: datetime
) -> None:
    leads(run, 1)
    facts = {"asked": {}, "due_on": None, "at": at}
    for who, to in ((tree.officer, tree.foreign_county), (tree.leader, townships[0]), (tree.chair, townships[0])):
        actor = factories.actor(who)
        with entering(actor.reach()), pytest.raises(Forbidden):
            services.assign_all(organisation=tree.county, to=to, by=actor, **facts)  # type: ignore[arg-type]
    actor = factories.actor(tree.officer)
    Lead._base_manager.update(state=LeadState.FOUNDING)
    with entering(actor.reach()), pytest.raises(Refused, match="没有可以派发的"):
        services.assign_all(organisation=tree.county, to=None, by=actor, **facts)  # type: ignore[arg-type]
    assert not Event.objects.filter(name="organising.assign_asked").exists()


def test_an_empty_result_offers_the_way_back(tree: factories.Tree, run: Run, client: Client, sign_in: SignIn) -> None:
    leads(run, 1)
    asked = {"to": "suggested", "back": "county=没有的县"}
    page = body(sign_in(client, tree.officer).post(reverse("organising:assign_all"), asked))
    assert "没有可以派发的" in page
    assert "confirmed" not in page


# ── what is typed, pressed twice, and refused ───────────────────────────────────────────────────────────────────


def drawn(page: str) -> dict[str, str]:
    """What the page's form sends of a union as it stands: what it has chosen, else its first choice."""
    choices = page.split('name="to"')[1].split("</select>", maxsplit=1)[0]
    values: list[str] = re.findall(r'<option value="([^"]*)"', choices)
    chosen = re.findall(r'<option value="([^"]*)" selected', choices)
    return {"to": (chosen or values)[0], "key": "drawn"}


def test_what_is_typed_counts_more_than_what_the_page_has_chosen(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 1)
    officer = sign_in(client, tree.officer)
    asked = drawn(body(officer.get(reverse("organising:leads")))) | {"pick": Lead._base_manager.get().reference}
    assert asked["to"] == "suggested"
    for words, said in (("嘉鱼", "没有找到"), ("咸安", "请选其中一个"), ("马", "至少要输入两个字")):
        answer = officer.post(reverse("organising:leads"), {**asked, "words": words})
        assert answer.status_code == 422
        assert said in body(answer)
    assert where() == {"咸安区总工会": 1}
    officer.post(reverse("organising:leads"), {**asked, "words": "马桥"})
    assert where() == {"咸安区马桥镇总工会": 1}


def test_one_sign_is_too_short_to_look_for(tree: factories.Tree, run: Run, client: Client, sign_in: SignIn) -> None:
    found = body(sign_in(client, tree.officer).get(reverse("organising:unions"), {"words": "马"}))
    assert "至少输入两个字" in found
    assert "找到" not in found.split("</select>")[1]


@pytest.mark.parametrize("to", ["one", "suggested"])
@pytest.mark.parametrize("what", ["all", "picked"])
def test_the_same_form_sent_twice_answers_with_what_came_of_it_first(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn, to: str, what: str
) -> None:
    leads(run, 5)
    leads(run, 1, address="长安路9号", start=5)
    officer = sign_in(client, tree.officer)
    asked: dict[str, Any] = {"to": townships[0].reference if to == "one" else "suggested", "key": "a"}
    asked |= (
        {"confirmed": "1"} if what == "all" else {"pick": list(Lead._base_manager.values_list("reference", flat=True))}
    )
    address = reverse("organising:assign_all" if what == "all" else "organising:leads")
    said = [body(officer.post(address, asked, follow=True)) for _ in range(2)]
    gone = 6 if to == "one" else 5
    for each in said:
        assert f"{gone} 家单位已派给咸安区浮山街道总工会" in each
        assert "另外 -" not in each
        assert ("另外 1 家" in each) is (to == "suggested")


def test_a_refused_list_keeps_its_ticks_its_filters_and_what_was_typed(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    leads(run, 3, county="咸安")
    leads(run, 1, start=3)
    picked = Lead._base_manager.get(name="第1样例厂").reference
    asked = {"pick": picked, "to": "suggested", "due_on": "2020-01-01", "back": "county=咸安区", "key": "a"}
    answer = sign_in(client, tree.officer).post(reverse("organising:leads"), asked)
    page = body(answer)
    assert answer.status_code == 422
    assert "不能早于今天" in page
    assert "2020-01-01" in page
    assert page.count(" checked>") == 1
    assert f'value="{picked}" checked>' in page
    assert "第2样例厂" in page
    assert "第3样例厂" not in page


def test_conditions_that_cannot_be_read_hand_nothing_over_and_are_told(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 2)
    officer = sign_in(client, tree.officer)
    asked = {"to": townships[0].reference, "back": f"q={'长' * 41}", "key": "a", "confirmed": "1"}
    assert "有的条件认不出" in body(officer.post(reverse("organising:assign_all"), asked, follow=True))
    assert where() == {"咸安区总工会": 2}
    page = body(officer.get(reverse("organising:leads"), {"q": "长" * 41, "size": "999"}))
    assert "没有用上：单位、规模" in page
    assert "长长长" not in page
    asked = {"to": townships[0].reference, "back": "on=2026-11-20", "key": "b"}
    assert "2026年11月20日以前发现的" in body(officer.post(reverse("organising:assign_all"), asked))


def test_who_loses_the_post_is_told_when_each_lead_goes_its_own_way(
    tree: factories.Tree, run: Run, townships: list[Organisation], at: datetime
) -> None:
    leads(run, 5)
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        services.assign_all(organisation=tree.county, asked={}, to=None, due_on=None, by=actor, at=at)
    Post._base_manager.filter(person=tree.officer).update(until_on=at.date())
    events.run_due(at=at)
    told = Message._base_manager.get(person=tree.officer, title__startswith="线索派发")
    assert "没有做完" in told.title
    assert "没有派发线索的权限" in told.body


def test_a_county_is_found_with_and_without_its_kind(tree: factories.Tree, run: Run) -> None:
    leads(run, 3, county="咸安")
    with entering(factories.actor(tree.officer).reach()):
        assert [queries.leads(county=each).count() for each in ("咸安", "咸安区", "嘉鱼县")] == [3, 3, 0]
        assert queries.leads(region="咸宁市").count() == 3


def test_the_state_is_said_from_the_readers_place(
    tree: factories.Tree, run: Run, townships: list[Organisation], client: Client, sign_in: SignIn
) -> None:
    leads(run, 2)
    Lead._base_manager.filter(name="第0样例厂").update(state=LeadState.ASSIGNED)
    Lead._base_manager.filter(name="第1样例厂").update(state=LeadState.ASSIGNED, organisation=townships[0])
    page = body(sign_in(client, tree.officer).get(reverse("organising:leads")))
    assert "派给本级" in page.split("第0样例厂</a>")[1].split("</tr>")[0]
    assert "已派给下级" in page.split("第1样例厂</a>")[1].split("</tr>")[0]
