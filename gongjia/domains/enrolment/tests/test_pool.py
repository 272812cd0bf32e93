"""Whom no union takes: the way to one by place and trade, the county's pool with its clock, and never a dead end."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment import handlers, params, queries, services
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.nearest import Sought, proposals
from gongjia.domains.enrolment.tests.conftest import Newcomer
from gongjia.domains.enrolment.words import RefusalReason, Way
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages import sms
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8


@pytest.fixture
def couriers(tree: factories.Tree, at: datetime) -> factories.Organisation:
    """A joint union under the county's federation of couriers' unions, with a poster in use."""
    line = factories.organisation(
        "咸安区快递行业工会联合会",
        tree.county,
        kind="industry_union_federation",
        industry="G",
        region=tree.county.region,
    )
    made = factories.organisation(
        "温泉快递行业联合工会", line, kind="joint_grassroots_union", region=tree.county.region
    )
    Poster._base_manager.create(organisation=made, made_at=at)
    return made


@pytest.fixture
def pooled(tree: factories.Tree, newcomer: Newcomer, at: datetime) -> Application:
    with everywhere(reason="test"):
        entry = queries.entry_by_reference(tree.county.reference)
    return newcomer().apply(entry, number=901, at=at, employer_name="溪口样例驿站", group="courier")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def assign(application: Application, to: Any, somebody: Any, at: datetime) -> Application:
    with everywhere(reason="test"):
        return services.assign(application=application, to=to, by=factories.actor(somebody), at=at)


# ── the way to a union ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_front_page_leads_to_a_union_of_the_trade_and_to_the_county(
    tree: factories.Tree, couriers: Any, django_assert_max_num_queries: Any
) -> None:
    assert 'href="/join/"' in text_of(Client().get("/"))
    first = text_of(Client().get("/join/"))
    assert "咸安区" in first
    assert "快递员" in first
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(Client().get("/join/", {"county": "421202", "group": "courier"}))
    assert "本县（市、区）的快递员联合工会可以接收" in shown
    assert f"/j/{couriers.reference}/?group=courier&amp;place=421202" in shown
    assert f"/j/{tree.county.reference}/?group=courier&amp;place=421202" in shown
    assert "48 小时内答复" in shown


def test_what_was_said_on_the_way_stands_in_the_form(
    couriers: Any, newcomer: Newcomer, sign_in: SignIn, tree: factories.Tree
) -> None:
    phone = sign_in(Client(), newcomer().account)
    shown = text_of(Client().get("/join/", {"county": "421202", "group": "courier", "q": "溪口样例"}))
    entry = re.search(rf'href="(/j/{couriers.reference}/[^"]*)"', shown)
    assert entry is not None
    landing = text_of(phone.get(entry.group(1).replace("&amp;", "&")))
    button = re.search(r'href="(/j/\w+/join/[^"]*)"', landing)
    assert button is not None
    form = text_of(phone.get(button.group(1).replace("&amp;", "&")))
    assert '<option value="courier" selected' in form
    assert 'value="溪口样例"' in form
    assert 'name="place" value="421202"' in form


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"group": "courier"}, "请选择您在哪个县"),
        ({"q": "溪"}, "至少写两个字"),
        ({"county": "999999"}, "不在"),
        ({"county": "421202", "group": "king"}, "不在"),
    ],
)
def test_what_is_missing_is_asked_for(asked: dict[str, str], said: str, tree: factories.Tree) -> None:
    answer = Client().get("/join/", asked)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_an_employer_is_found_by_its_name_and_one_that_is_not_is_no_dead_end(
    tree: factories.Tree, couriers: Any
) -> None:
    shown = text_of(Client().get("/join/", {"q": "青禾样例"}))
    assert f"/employers/{tree.employer.reference}/" in shown
    assert "王芳" not in shown
    shown = text_of(Client().get("/join/", {"q": "查无此厂", "county": "421202"}))
    assert "没有登记这个单位" in shown
    assert f"/j/{couriers.reference}/" not in shown, "a union of one industry takes nobody of another"
    assert f"/j/{tree.county.reference}/" in shown
    assert "请在上面选县" in text_of(Client().get("/join/", {"q": "查无此厂"}))


@pytest.mark.parametrize("county", ["421202", "421221"])
def test_in_a_county_without_a_union_that_takes_others_there_is_the_federation(
    county: str, tree: factories.Tree
) -> None:
    its_own = {"421202": tree.county, "421221": tree.foreign_county}[county]
    assert f"/j/{its_own.reference}/" in text_of(Client().get("/join/", {"county": county}))


def test_where_the_county_has_no_federation_the_city_answers(tree: factories.Tree) -> None:
    factories.region("421222", "通城县", Region.Level.COUNTY)
    assert f"/j/{tree.city.reference}/" in text_of(Client().get("/join/", {"county": "421222"}))


def test_a_township_narrows_the_place(tree: factories.Tree, at: datetime) -> None:
    towns = [
        Region.objects.create(code=f"421202{n}", name=name, level=Region.Level.TOWNSHIP, parent=tree.county.region)
        for n, name in (("101", "怀德镇"), ("102", "柳林镇"))
    ]
    unions = [
        factories.organisation(f"{town.name}样例村工会", tree.county, kind="village_union", region=town)
        for town in towns
    ]
    for union in unions:
        Poster._base_manager.create(organisation=union, made_at=at)
    shown = text_of(Client().get("/join/", {"county": "421202", "township": "421202102"}))
    assert shown.index(unions[1].name) < shown.index(unions[0].name)
    assert "您所在乡镇（街道）的村（社区）工会可以接收" in shown


@pytest.mark.parametrize("group", ["", "courier"])
def test_a_large_county_proposes_the_own_village_and_the_own_trade_however_many_stand_before_them(
    group: str, tree: factories.Tree, couriers: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_MOST_CANDIDATES", 5)
    town = Region.objects.create(
        code="421202101", name="怀德镇", level=Region.Level.TOWNSHIP, parent=tree.county.region
    )
    village = Region.objects.create(code="421202101009", name="九村", level=Region.Level.VILLAGE, parent=town)
    for number in range(12):  # unions of another trade, and villages far away: each stands first in the tree
        name, kind = (
            (f"货运样例{number}联合工会", "joint_grassroots_union")
            if number % 2
            else (f"远样例{number}村工会", "village_union")
        )
        far = factories.organisation(name, tree.county, kind=kind, region=tree.county.region)
        Poster._base_manager.create(organisation=far, made_at=at)
    own = factories.organisation("九村样例工会", tree.county, kind="village_union", region=village)
    Poster._base_manager.create(organisation=own, made_at=at)
    sought = Sought(village.code, group, "G" if group else "", "快递员" if group else "")
    with everywhere(reason="test"):
        found = proposals(sought, queries.candidates(sought, words=params.trades(on=at.date())))
    names = [each.candidate.name for each in found]
    assert names[: 1 + bool(group)] == ([couriers.name, own.name] if group else [own.name])
    assert not any("货运" in name for name in names)


def test_a_code_of_the_spot_opens_no_union_on_the_net(tree: factories.Tree, at: datetime) -> None:
    village = factories.organisation("怀德社区样例工会", tree.county, kind="village_union", region=tree.county.region)
    facts: dict[str, Any] = {"shown_by": tree.chair, "shown_until": at + timedelta(hours=4), "made_at": at}
    Poster._base_manager.create(organisation=village, way=Way.SPOT, place="现场", **facts)
    shown = text_of(Client().get("/join/", {"county": "421202"}))
    assert village.name not in shown
    assert "可网上入会" not in text_of(Client().get("/unions/", {"q": "怀德社区"}))
    assert "还没有开通网上入会" in text_of(Client().get(f"/unions/{village.reference}/"))


def test_only_who_is_known_to_have_no_union_is_told_so(tree: factories.Tree, couriers: Any) -> None:
    factories.employer("云溪样例快递有限公司", tree.county)
    asked = {"county": "421202", "group": "courier"}
    said = "您单位还没有工会"
    assert said not in text_of(Client().get("/join/", {**asked, "q": "青禾样例"})), "its union stands in the list"
    assert said not in text_of(Client().get("/join/", {**asked, "q": "查无此厂"}))
    assert said in text_of(Client().get("/join/", {**asked, "q": "云溪样例"}))


def test_a_township_is_chosen_from_the_first_page_on(tree: factories.Tree, django_assert_max_num_queries: Any) -> None:
    for county, code, name in (("421202", "421202101", "怀德镇"), ("421221", "421221101", "柳林镇")):
        parent = Region.objects.get(code=county)
        Region.objects.create(code=code, name=name, level=Region.Level.TOWNSHIP, parent=parent)
    first = text_of(Client().get("/join/"))
    assert '<optgroup label="咸安区"' in first
    assert "柳林镇" in first
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(Client().get("/join/", {"township": "421202101"}))
    assert f"/j/{tree.county.reference}/?place=421202101" in shown
    other = Client().get("/join/", {"county": "421202", "township": "421221101"})
    assert other.status_code == 422


# ── the pool ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_worker_reads_until_when_the_county_answers(
    tree: factories.Tree, newcomer: Newcomer, sign_in: SignIn
) -> None:
    phone = sign_in(Client(), newcomer().account)
    landing = text_of(phone.get(f"/j/{tree.county.reference}/"))
    assert "最迟 48 小时内答复您" in landing
    answers = {
        "name": "白小满", "id_number": factories.id_number(901), "employer_name": "溪口样例驿站", "group": "courier",
        "place": "421202",
    }  # fmt: skip
    answer = phone.post(f"/j/{tree.county.reference}/join/", answers)
    made = Application._base_manager.get()
    assert (made.organisation, made.poster, made.region) == (tree.county, None, tree.county.region)
    assert made.due_at == made.opened_at + timedelta(hours=48)
    shown = text_of(phone.get(answer.url))
    assert "最迟" in shown
    assert "前答复您" in shown


def test_the_county_gives_it_to_a_union_which_decides(
    tree: factories.Tree, couriers: Any, pooled: Application, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch,
    settings: Any, at: datetime, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    desk = sign_in(Client(), tree.officer)
    address = f"/desk/joining/{pooled.reference}/"
    assert "白小满" not in text_of(desk.get("/desk/joining/"))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "白小满" in text_of(desk.get("/desk/joining/?tab=pool"))
    shown = text_of(desk.get(address))
    assert "本县（市、区）的快递员联合工会可以接收" in shown
    assert "您单位还没有工会" not in shown, "nobody knows that of an employer that is not registered"
    assert "同意入会" not in shown
    assert desk.post(address, {"assign": "1", "to": couriers.reference}).url == "/desk/joining/?tab=pool"
    made = Application._base_manager.get()
    assert (made.organisation, made.state, made.is_pooled) == (couriers, "submitted", False)
    assert MatterIndex._base_manager.get(matter_id=made.pk).organisation == couriers
    texts: list[str] = []
    settings.SMS_URL, settings.SMS_KEY = "http://127.0.0.1:9/sms", "a test's key"
    monkeypatch.setattr(sms, "send", lambda _to, text, **_: texts.append(text))
    with everywhere(reason="a task"):
        handlers.send_answer(application_id=made.pk, at=at)
    assert ["已经转给温泉快递行业联合工会审核" in each for each in texts] == [True]
    assert desk.post(address, {"approve": "1", "key": "k"}).url == "/desk/joining/"
    assert Membership._base_manager.get(organisation=couriers).origin == "online"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "请选一个工会"),
        ({"to": "NOSUCH"}, "不在"),
        ({"words": "查无此会"}, "没有找到"),
        ({"words": "工会"}, "好几个工会"),
        ({"words": "渡口样例纺织工会委员会"}, "没有找到"),
    ],
)
def test_a_union_that_is_none_is_said_so(
    answers: dict[str, str], said: str, tree: factories.Tree, couriers: Any, pooled: Application, sign_in: SignIn
) -> None:
    answer = sign_in(Client(), tree.officer).post(f"/desk/joining/{pooled.reference}/", {"assign": "1", **answers})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Application._base_manager.get().organisation == tree.county


def test_another_union_is_named_by_its_whole_name(tree: factories.Tree, pooled: Application, sign_in: SignIn) -> None:
    desk = sign_in(Client(), tree.officer)
    desk.post(f"/desk/joining/{pooled.reference}/", {"assign": "1", "words": tree.union.name})
    assert Application._base_manager.get().organisation == tree.union


def test_only_the_county_gives_and_only_once(
    tree: factories.Tree, couriers: Any, pooled: Application, at: datetime
) -> None:
    for somebody in (tree.chair, tree.foreign_officer, tree.leader, tree.member):
        with pytest.raises(Forbidden):
            assign(pooled, couriers, somebody, at)
    with pytest.raises(Refused, match="不在"):
        assign(pooled, tree.foreign_union, tree.officer, at)
    with pytest.raises(Refused, match="不能接收"):
        assign(pooled, tree.county, tree.officer, at)
    assign(pooled, couriers, tree.officer, at)
    with pytest.raises(Refused, match="已经答复"):
        assign(pooled, tree.union, tree.officer, at)


def test_nobody_is_made_a_member_of_a_federation(tree: factories.Tree, pooled: Application, at: datetime) -> None:
    with everywhere(reason="test"), pytest.raises(Refused, match="还没有工会"):
        services.approve(application=pooled, by=factories.actor(tree.officer), at=at)


@pytest.mark.parametrize(("hours", "late"), [(47, 0), (48, 0), (49, 1)])
def test_a_late_answer_is_counted_and_stands_first(
    hours: int, late: int, tree: factories.Tree, pooled: Application, newcomer: Newcomer, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch, at: datetime,
) -> None:  # fmt: skip
    now = at + timedelta(hours=hours)
    with everywhere(reason="test"):
        entry = queries.entry_by_reference(tree.county.reference)
    newcomer().apply(entry, number=902, at=now, name="田小麦")
    monkeypatch.setattr(timezone, "now", lambda: now)
    desk = sign_in(Client(), tree.officer)
    shown = text_of(desk.get("/desk/joining/?tab=pool"))
    assert shown.index("白小满") < shown.index("田小麦")
    assert shown.count("已超时") == late
    assert ("份申请过了答复时间" in shown) is bool(late)
    assert ("已经超时" in text_of(desk.get(f"/desk/joining/{pooled.reference}/"))) is bool(late)
    home = text_of(desk.get("/desk/"))
    assert "份入会申请还没有工会，等待答复" in home
    assert ("份没有工会的申请已经超时" in home) is bool(late)


def test_a_chair_has_no_pool(tree: factories.Tree, pooled: Application, sign_in: SignIn) -> None:
    shown = text_of(sign_in(Client(), tree.chair).get("/desk/joining/?tab=pool"))
    assert "白小满" not in shown
    assert "还没有工会" not in shown


def test_an_answer_of_the_county_stops_the_clock_and_mending_starts_it_anew(
    tree: factories.Tree, pooled: Application, at: datetime
) -> None:
    officer = factories.actor(tree.officer)
    with everywhere(reason="test"):
        services.send_back(
            application=pooled, reason=RefusalReason.NAME, words="请核对", final=False, by=officer, at=at
        )
        assert (pooled.is_pooled, queries.pooled().count()) == (False, 0)
        later = at + timedelta(hours=60)
        applicant = factories.Account.objects.get(pk=pooled.account_id)
        by = officer.__class__(account_id=applicant.pk, grants=frozenset({(pooled.flow_code, pooled.pk)}))
        services.mend(application=pooled, changes={"name": "白晓满"}, by=by, at=later)
        assert (pooled.is_pooled, pooled.due_at) == (True, later + timedelta(hours=48))
        assert MatterIndex.objects.get(matter_id=pooled.pk, flow_code=pooled.flow_code).due_at == pooled.due_at
        assert queries.pooled(late_at=later).count() == 0
