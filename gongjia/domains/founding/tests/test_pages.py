"""The pages of founding: at every step for everybody it opens to, and each form with its mistakes at the field."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.founding.flow import FOUNDING
from gongjia.domains.founding.models import Candidate, Founding, Unit
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.tests.walk import CLERK, COUNTY, FIRM, STREET, Town
from gongjia.domains.founding.words import Body, Way
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel import clock
from tests import factories

pytestmark = [pytest.mark.system("O5"), pytest.mark.django_db]

#: With who asks: session, account, posts.
MOST_QUERIES = 8
STATES = [each.code for each in FOUNDING.states]


def address(name: str, one: Founding) -> str:
    return reverse(f"founding:{name}", args=[one.reference])


def body(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def town(tree: factories.Tree) -> Town:
    """Begun so long ago that the meeting is today."""
    return walk.town(tree, clock.now().replace(microsecond=0) - walk.LONG_ENOUGH)


@pytest.fixture
def enter(sign_in, town: Town):
    def entered(who: str) -> Client:
        client: Client = sign_in(Client(), town.people[who])
        return client

    return entered


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_founding_opens_at_every_step(
    state: str, town: Town, enter, django_assert_max_num_queries
) -> None:
    one = walk.in_state(town, state)
    for who in (STREET, COUNTY, CLERK):
        if who in town.people and (who != CLERK or state != "abandoned"):
            client = enter(who)
            client.get(address("founding", one))
            with django_assert_max_num_queries(MOST_QUERIES):
                answer = client.get(address("founding", one))
            assert answer.status_code == 200, who
            assert FOUNDING.state(state).zh in body(answer)


@pytest.mark.parametrize(
    ("name", "state", "who"),
    [
        ("request", "drafting", STREET),
        ("units", "drafting", STREET),
        ("reply", "requested", COUNTY),
        ("plan", "enrolling", CLERK),
        ("candidates", "planned", CLERK),
        ("meeting", "planned", CLERK),
        ("count", "counting", CLERK),
        ("report", "counting", CLERK),
        ("reply", "reported", COUNTY),
    ],
)
def test_each_page_asks_the_same_few_things_however_many_stand(
    name, state, who, town: Town, enter, django_assert_max_num_queries
) -> None:
    one = walk.in_state(town, state)
    client, page = enter(who), address(name, one)
    client.get(page, {"body": "committee"})
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(page, {"body": "committee"}).status_code == 200


def test_the_page_of_many_units_asks_no_more(town: Town, enter, django_assert_max_num_queries) -> None:
    more = [factories.employer(f"银泉样例{sign}店", town.tree.county) for sign in "甲乙丙丁戊"]
    one = walk.begun(town, Way.JOINT, name="商圈联合工会委员会", firms=[town.firm, *more])
    walk.approved(town, walk.submitted(town, one))
    client, page = enter(COUNTY), address("founding", one)
    client.get(page)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert more[-1].name in body(client.get(page))


@pytest.mark.parametrize("name", ["reply", "answer"])
@pytest.mark.parametrize("state", ["drafting", "returned", "enrolling", "counting", "standing"])
def test_no_reply_opens_where_none_is_waited_for(name: str, state: str, town: Town, enter) -> None:
    one = walk.in_state(town, state)
    client = enter(COUNTY)
    assert client.get(address(name, one)).status_code == 404
    assert client.post(address(name, one), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("state", ["requested", "reported"])
def test_who_asked_is_told_that_another_one_replies(state: str, town: Town, enter) -> None:
    one = walk.in_state(town, state)
    client = enter(COUNTY)
    assert "去批复" in body(client.get(address("founding", one)))
    Founding._base_manager.filter(pk=one.pk).update(requested_by=town.people[COUNTY])
    shown = body(client.get(address("founding", one)))
    assert "请上级工会另一位干部批复" in shown
    assert address("reply", one) not in shown
    for name in ("reply", "answer"):
        answer = client.get(address(name, one))
        assert answer.status_code == 403
        assert "自己批复" in body(answer)


def test_a_changed_list_is_marked_and_shown_anew_on_its_page(town: Town, enter) -> None:
    one = walk.in_state(town, "planned")
    client, page, late = enter(CLERK), address("candidates", one), "在候选人名单公示以后才提名"
    assert late not in body(client.get(page))
    today = f"{clock.now():%Y-%m-%d}"
    sent = {"nominate": "1", "body": "committee", "member": town.members[8].reference, "tie": "none", "key": "a"}
    done = body(client.post(page, {**sent, "named_on": today}, follow=True))
    assert late in done
    wrong = client.post(page, {"show": "1", "on": f"{town.at:%Y-%m-%d}"})
    assert wrong.status_code == 422
    assert "id_on_error" in body(wrong)
    done = body(client.post(page, {"show": "1", "on": today}, follow=True))
    assert "公示日期已经改好" in done
    assert late not in done
    assert 'value="chair"' not in done, "the new committee names its chair, after the meeting"


def test_the_word_of_the_first_number_is_seen_and_confirmed(town: Town, enter) -> None:
    one = walk.in_state(town, "counting")
    walk.elected(town, one)
    client, page = enter(CLERK), address("report", one)
    assert 'value="银泉工"' in body(client.get(page))
    for word, said in (("", "还没有确定机关代字"), ("A1", "只写汉字"), ("浮山工", "另一个工会")):
        answer = client.post(page, {"key": "a", "word": word})
        assert answer.status_code == 422
        assert said in body(answer)
        assert "id_word_error" in body(answer)
    done = body(client.post(page, {"key": "b", "word": "银泉物业工"}, follow=True))
    assert "银泉物业工发〔" in done


@pytest.mark.parametrize(
    ("name", "state", "who"),
    [
        ("request", "drafting", STREET),
        ("request", "returned", STREET),
        ("units", "drafting", STREET),
        ("withdraw", "requested", STREET),
        ("reply", "requested", COUNTY),
        ("answer", "requested", COUNTY),
        ("reply", "reported", COUNTY),
        ("answer", "reported", COUNTY),
        ("abandon", "enrolling", COUNTY),
        ("plan", "enrolling", CLERK),
        ("plan", "planned", CLERK),
        ("candidates", "planned", CLERK),
        ("candidates", "counting", CLERK),
        ("meeting", "planned", CLERK),
        ("again", "counting", CLERK),
    ],
)
def test_each_form_opens_and_an_empty_one_says_what_is_missing(name, state, who, town: Town, enter) -> None:
    one = walk.in_state(town, state)
    client = enter(who)
    assert client.get(address(name, one)).status_code == 200
    if name not in {"units", "candidates"}:
        answer = client.post(address(name, one), {"sent": "1"})
        assert answer.status_code == 422
        assert "还没有" in body(answer)


def test_the_list_shows_those_that_are_late_first(town: Town, enter) -> None:
    one = walk.in_state(town, "requested")
    client, page = enter(COUNTY), reverse("founding:foundings")
    MatterIndex._base_manager.update(due_at=clock.now() + timedelta(days=1))
    assert FIRM in body(client.get(page))
    for asked in ({"state": "late"}, {"state": "standing"}, {"q": "别的"}):
        assert FIRM not in body(client.get(page, asked))
    assert FIRM in body(client.get(page, {"state": "open", "q": "银泉"}))
    MatterIndex._base_manager.filter(matter_id=one.pk).update(due_at=town.at)
    late = body(client.get(page, {"state": "late"}))
    assert FIRM in late
    assert "line-now" in late


def test_a_founding_begins_without_a_lead(town: Town, enter) -> None:
    client = enter(STREET)
    page = reverse("founding:begin")
    facts = {"organisation": town.street.reference, "way": "single", "name": "", "key": "a"}
    assert client.get(page).status_code == 200
    assert "还没有选单位" in body(client.post(page, {**facts, "begin": "1"}))
    town.firm.organisation = town.street
    town.firm.save(update_fields=["organisation"])
    found = body(client.post(page, {**facts, "words": "银泉", "find": "1"}))
    assert town.firm.reference in found
    done = client.post(page, {**facts, "pick": town.firm.reference, "begin": "1"}, follow=True)
    assert "筹建请示" in body(done)
    assert Founding._base_manager.get().name == f"{FIRM}工会委员会"
    two = client.post(page, {**facts, "key": "b", "way": "joint", "pick": town.firm.reference, "begin": "1"})
    assert "请填写工会名称" in body(two)


def test_the_request_is_kept_and_sent(town: Town, enter) -> None:
    one = walk.begun(town)
    unit = Unit._base_manager.get()
    client = enter(STREET)
    facts = {"way": "single", "name": one.name, "head_name": "白小满", "staff_names": "白小满", "version": one.version}
    facts |= {f"heads_{unit.pk}": "20", f"women_{unit.pk}": "21"}
    wrong = client.post(address("request", one), {**facts, "send": "1"})
    assert wrong.status_code == 422
    assert "女职工：现为 21 人，要求 20 人以下" in body(wrong)
    assert 'value="21"' in body(wrong), "what was typed stays"
    right = {**facts, f"women_{unit.pk}": "9"}
    assert "已经存好" in body(client.post(address("request", one), {**right, "keep": "1"}, follow=True))
    right["version"] = walk.again(one).version
    assert "已经报送" in body(client.post(address("request", one), {**right, "send": "1"}, follow=True))


def test_a_reply_without_number_or_day_is_refused_at_the_field(town: Town, enter) -> None:
    one = walk.in_state(town, "requested")
    client = enter(COUNTY)
    for facts, said in (
        ({"number_from": "own", "number": "", "on": f"{clock.now():%Y-%m-%d}"}, "没有文号的批复不能登记"),
        ({"number_from": "here", "on": ""}, "没有日期的批复不能登记"),
    ):
        answer = client.post(address("reply", one), facts)
        assert answer.status_code == 422
        assert said in body(answer)


def test_a_tally_sheet_is_mended_at_its_line_and_kept(town: Town, enter) -> None:
    one = walk.in_state(town, "counting")
    client = enter(CLERK)
    page = address("count", one)
    runners = walk.ahead(one, Body.COMMITTEE).runners
    facts = {"body": "committee", "round": 1, "issued": 25, "collected": 25, "valid": 25, "void": 0, "key": "a"}
    for each, yes in zip(runners, (24, 22, 20, 8), strict=True):
        facts |= {f"yes_{each.pk}": yes, f"no_{each.pk}": 25 - yes, f"abstain_{each.pk}": 0}
    assert client.get(page, {"body": "committee"}).status_code == 200
    wrong = client.post(page, {**facts, f"no_{runners[0].pk}": 3})
    assert wrong.status_code == 422
    assert f"id_yes_{runners[0].pk}_error" in body(wrong)
    assert "应等于有效票 25" in body(wrong)
    assert "没有看懂" in body(client.post(page, {**facts, "write_ins": "李木两票"}))
    done = client.post(page, {**facts, "write_ins": "李木 1"}, follow=True)
    assert "当选：试甲子、试甲丑、试甲寅" in body(done)
    assert Candidate._base_manager.filter(elected_in=1).count() == 3
    assert client.get(page, {"body": "committee"}).status_code == 302


def test_the_whole_list_of_candidates_is_made_and_unmade(town: Town, enter) -> None:
    one = walk.in_state(town, "planned")
    client = enter(CLERK)
    page = address("candidates", one)
    sent = {"nominate": "1", "body": "committee", "member": town.members[8].reference, "tie": "legal", "key": "a"}
    sent["named_on"] = f"{town.at:%Y-%m-%d}"
    assert "选举工作条例" in body(client.post(page, sent))
    assert "已经列为" in body(client.post(page, {**sent, "tie": "none", "key": "b"}, follow=True))
    candidate = Candidate._base_manager.get(membership=town.members[8])
    client.post(page, {"unname": candidate.reference})
    assert not Candidate._base_manager.filter(pk=candidate.pk).exists()


def test_officers_of_another_county_find_nothing(town: Town, sign_in) -> None:
    one = walk.in_state(town, "reported")
    client = sign_in(Client(), town.tree.foreign_officer)
    for name in ("founding", "request", "reply", "plan", "candidates", "count", "abandon"):
        assert client.get(address(name, one)).status_code == 404
    assert FIRM not in body(client.get(reverse("founding:foundings")))


def test_an_employer_leads_to_its_founding(town: Town, enter) -> None:
    one = walk.begun(town)
    client = enter(COUNTY)
    page = reverse("founding:of_employer", args=[town.firm.reference])
    assert client.get(page).url == address("founding", one)
    other = factories.employer("银泉样例餐饮有限公司", town.tree.county)
    page = reverse("founding:of_employer", args=[other.reference])
    assert client.get(page).url == reverse("founding:foundings")
