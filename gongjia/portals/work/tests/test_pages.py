"""The work portal: what each officer sees, what is refused, and that every number opens its rows."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from gongjia.engines.figures import indicators, reading
from gongjia.engines.figures.repair import rebuild
from gongjia.kernel.checkups import Level
from gongjia.kernel.models import AuditRow
from gongjia.kernel.paging import page_of
from gongjia.kernel.reach import entering, everywhere
from gongjia.portals.work import checkups, forms, queries, records
from gongjia.theme.components.pages import day
from tests import factories

SignIn = Callable[[Client, factories.Person], Client]
LISTS = ("work:unions", "work:employers", "work:members", "work:rights")


@pytest.fixture
def counted(tree: factories.Tree) -> factories.Tree:
    with everywhere(reason="test"):
        for each in indicators.registered():
            rebuild(each.code)
    return tree


def body(response: Any) -> str:
    return str(response.content.decode())


def test_an_officer_finds_the_own_subtree_and_nothing_else(
    counted: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, counted.officer)
    for name in ("work:home", *LISTS):
        page = officer.get(reverse(name))
        assert page.status_code == 200
        assert "渡口样例" not in body(page)
    assert "青禾样例制衣有限公司" in body(officer.get(reverse("work:employers")))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_at_one_and_at_thirty_rows(
    counted: factories.Tree, client: Client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    officer = sign_in(client, counted.officer)
    officer.get(reverse(name))

    def cost() -> int:
        with django_assert_max_num_queries(8) as queries_seen:
            assert officer.get(reverse(name)).status_code == 200
        return len(queries_seen)

    few = cost()
    for number in range(30):
        union = factories.organisation(f"第{number}样例厂工会", counted.county, kind="grassroots_union")
        firm = factories.employer(f"第{number}样例厂", counted.county)
        factories.coverage(union, firm)
        person = factories.person(f"白{'一二三四五六七八九十'[number % 10]}{'甲乙丙'[number // 10]}")
        factories.membership(person, union)
        factories.post(person, union)
    assert cost() == few


@pytest.mark.parametrize("who", ["chair", "officer", "leader", "auditor"])
def test_everybody_s_first_page_takes_eight_queries_at_most(
    counted: factories.Tree, client: Client, sign_in: SignIn, who: str, django_assert_max_num_queries: Any
) -> None:
    somebody = sign_in(client, getattr(counted, who))
    somebody.get(reverse("work:home"))
    with django_assert_max_num_queries(8):
        assert somebody.get(reverse("work:home")).status_code == 200


def test_the_first_page_holds_what_each_came_for(counted: factories.Tree, client: Client, sign_in: SignIn) -> None:
    sign_in(client, counted.officer).post(
        reverse("work:person", args=[counted.membership.reference]), {"purpose": "verify"}, follow=True
    )
    for who, words in (
        ("chair", "入会海报"),
        ("officer", "下级工会的会员"),
        ("leader", "近 12 个月"),
        ("auditor", "王芳"),
        ("operator", "定时任务"),
    ):
        page = sign_in(Client(), getattr(counted, who)).get(reverse("work:home"), follow=True)
        assert words in body(page), who


def test_the_tree_shows_the_own_branch_open_to_where_one_is(
    counted: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, counted.officer)
    page = body(officer.get(reverse("work:tree"), {"at": counted.union.reference}))
    assert "青禾样例制衣" in page
    assert "嘉鱼" not in page
    part = body(officer.get(reverse("work:tree"), headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<nav")
    assert "青禾样例制衣" in part


@pytest.mark.parametrize("name", ["work:home", "work:union", "work:employer", "work:figure", "work:search"])
def test_a_page_takes_eight_queries_at_most(
    counted: factories.Tree, client: Client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    officer = sign_in(client, counted.officer)
    arguments = {
        "work:union": [counted.union.reference],
        "work:employer": [counted.employer.reference],
        "work:figure": ["members"],
    }
    address = reverse(name, args=arguments.get(name, [])) + ("?q=青禾" if name == "work:search" else "")
    officer.get(address)
    with django_assert_max_num_queries(8):
        assert officer.get(address).status_code == 200


@pytest.mark.system("G2")
@pytest.mark.parametrize("code", ["members", "unions", "organisations", "employers"])
def test_every_figure_opens_exactly_the_rows_that_it_counts(counted: factories.Tree, at: datetime, code: str) -> None:
    lists = {
        "members": (forms.MemberFilter, queries.members_listed),
        "employers": (forms.EmployerFilter, queries.employers_listed),
    }
    form_of, rows_of = lists.get(code, (forms.UnionFilter, queries.unions))
    factories.membership(factories.person("白小满", sex="male"), counted.union, group="courier", form="new_form")
    left = {"state": "ended", "until_on": date(2025, 3, 3), "ending": "left"}
    factories.membership(factories.person("白大满"), counted.union, **left)
    for number, kept_on in enumerate((date(2024, 12, 20), date(2025, 3, 3), date(2026, 11, 3))):
        kept = {"state": "retained", "retained_on": kept_on}
        factories.membership(factories.person(f"白{'甲乙丙'[number]}"), counted.union, **kept)
    factories.membership(factories.person("白丁"), counted.union, retained_on=date(2024, 12, 20), **left)
    factories.coverage(counted.union, factories.employer("早先样例厂", counted.county), until_on=date(2025, 3, 3))
    with everywhere(reason="test"):
        rebuild(code)
    declared = indicators.indicator(code)
    with entering(factories.actor(counted.leader).reach()):
        seen = 0
        for on in (at.date(), date(2025, 2, 28), date(2024, 12, 31), date(2019, 1, 31)):
            figures = [reading.total(code, counted.city, on=on)]
            for dimension in declared.dimensions:
                figures += reading.by(code, dimension.code, counted.city, on=on)
            figures += [part.figure for part in reading.children(code, counted.city, on=on).shown]
            for each in figures:
                asked = _as_asked(each.rows_url)
                rows = rows_of(**form_of(asked).asked(at.date()))
                assert rows.count() == each.value, (each.label, each.rows_url)
                seen += each.value
        assert seen > 0


def test_the_check_says_where_a_figure_opens_another_number(counted: factories.Tree, at: datetime) -> None:
    assert checkups.agreement(at)[0] is Level.GOOD
    factories.membership(factories.person("没有计入"), counted.union)
    level, text = checkups.agreement(at)
    assert level is Level.ERROR
    assert "会员 2，名单 3" in text


def test_who_is_kept_is_kept_from_a_day(tree: factories.Tree) -> None:
    with pytest.raises(IntegrityError):
        factories.membership(factories.person("没有日子"), tree.union, state="retained")


def test_a_list_of_a_past_day_is_filtered_by_what_was_so_on_that_day(tree: factories.Tree) -> None:
    factories.membership(factories.person("白满"), tree.union, state="retained", retained_on=date(2025, 3, 3))
    with entering(factories.actor(tree.officer).reach()):
        counts = {
            (on, state): queries.members_listed(on=on, state=state).count()
            for on in (date(2025, 3, 2), date(2025, 3, 3))
            for state in ("", "active", "retained", "ended")
        }
    assert list(counts.values()) == [2, 2, 0, 0, 2, 1, 1, 0]


@pytest.mark.parametrize("role", ["office_officer", "rights_officer"])
def test_a_search_finds_each_kind_where_its_own_right_reaches(
    tree: factories.Tree, client: Client, sign_in: SignIn, role: str
) -> None:
    two = factories.person("双职")
    factories.post(two, tree.county, role)
    factories.post(two, tree.foreign_union, "chair")
    somebody = sign_in(client, two)
    assert "没有找到" in body(somebody.get(reverse("work:search"), {"q": "王芳"}))
    assert "李青禾</a>" in body(somebody.get(reverse("work:search"), {"q": "李青禾"}))
    assert "青禾样例制衣工会" in body(somebody.get(reverse("work:search"), {"q": "青禾样例"}))


def _as_asked(address: str) -> Any:
    from django.http import QueryDict

    return QueryDict(address.partition("?")[2])


def test_a_person_is_opened_for_a_purpose_and_the_person_sees_it(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    address = reverse("work:person", args=[tree.membership.reference])
    asked = officer.get(address)
    assert asked.status_code == 403
    assert "用途" in body(asked)
    assert not AuditRow.objects.filter(verb__endswith=".opened").exists()
    opened = officer.post(address, {"purpose": "verify"}, follow=True)
    assert opened.status_code == 200
    assert tree.member.reveal("id_number") not in body(opened)
    assert tree.member.reveal("phone") not in body(opened)
    row = AuditRow.objects.get(verb__endswith=".opened")
    assert (row.about_person_id, row.purpose) == (tree.member.pk, "verify")


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("officer", "work:audit", 403),
        ("auditor", "work:audit", 200),
        ("operator", "work:operations", 200),
        ("officer", "work:operations", 403),
        ("chair", "work:rights", 200),
        ("member", "work:home", 403),
        ("operator", "work:members", 403),
    ],
)
def test_who_may_enter(
    counted: factories.Tree, client: Client, sign_in: SignIn, who: str, name: str, status: int
) -> None:
    assert sign_in(client, getattr(counted, who)).get(reverse(name)).status_code == status


def test_search_finds_two_characters_and_initials(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    for words in ("青禾", "qhyl", "wf", "王芳"):
        assert "没有找到" not in body(officer.get(reverse("work:search"), {"q": words})), words
    assert "至少两个字" in body(officer.get(reverse("work:search"), {"q": "青"}))


def test_a_list_never_shows_more_than_its_page(tree: factories.Tree) -> None:
    for number in range(40):
        factories.organisation(f"第{number}厂工会", tree.county, kind="grassroots_union")
    with entering(factories.actor(tree.officer).reach()):
        page = page_of(queries.unions(), by=("path",))
    assert (len(page.rows), page.count) == (30, 42)


def test_a_move_shows_first_what_goes_along(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    leader = factories.person("组织员")
    factories.post(leader, tree.city, "organisation_officer")
    officer = sign_in(client, leader)
    address = reverse("work:union_move", args=[tree.union.reference])
    assert "只是试算" in body(officer.get(address))
    answer = {"superior": "嘉鱼县", "on": "2026-11-01", "reason": "理顺组织关系"}
    shown = body(officer.post(address, answer))
    assert "还没有办理" in shown
    assert "确认移到“嘉鱼县总工会”之下" in shown
    with everywhere(reason="test"):
        tree.union.refresh_from_db()
        assert tree.union.path.startswith(tree.county.path)
    assert 'value="嘉鱼县总工会"' not in shown
    assert f'name="superior" value="{tree.foreign_county.reference}"' in shown
    answer["superior"] = tree.foreign_county.reference
    assert "理顺组织关系" in body(officer.post(address, {**answer, "edit": "1"}))
    assert officer.post(address, {**answer, "confirmed": "1"}).status_code == 302
    with everywhere(reason="test"):
        tree.union.refresh_from_db()
        assert tree.union.path.startswith(tree.foreign_county.path)
    assert officer.post(address, {**answer, "superior": "没有的工会"}).status_code == 422


def test_a_past_day_is_answered(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    address = reverse("work:union_on", args=[tree.county.reference])
    page = sign_in(client, tree.officer).get(address, {"on": "2024-06-30"})
    assert "青禾样例制衣有限公司" in body(page)


@pytest.mark.parametrize(("who", "name", "shown"), [("officer", "home", True), ("operator", "operations", False)])
def test_the_search_box_stands_only_where_its_page_opens(
    tree: factories.Tree, client: Client, sign_in: SignIn, who: str, name: str, *, shown: bool
) -> None:
    somebody = sign_in(client, getattr(tree, who))
    assert ('role="search"' in body(somebody.get(reverse(f"work:{name}")))) is shown
    assert (somebody.get(reverse("work:search")).status_code == 200) is shown


BRIEFS = ("work:union_brief", "work:employer_brief", "work:member_brief")


def brief_of(tree: factories.Tree, name: str) -> str:
    reference = {
        "work:union_brief": tree.union.reference,
        "work:employer_brief": tree.employer.reference,
        "work:member_brief": tree.membership.reference,
    }[name]
    return reverse(name, args=[reference])


@pytest.mark.parametrize("name", BRIEFS)
def test_a_row_shows_beside_its_list_what_it_is_and_the_way_to_its_file(
    counted: factories.Tree, client: Client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    officer = sign_in(client, counted.officer)
    address, beside = brief_of(counted, name), {"HX-Request": "true"}
    officer.get(address, headers=beside)
    with django_assert_max_num_queries(8):
        page = officer.get(address, headers=beside)
    file = address.removesuffix("brief/")
    assert page.status_code == 200
    assert body(page).lstrip().startswith('<article class="brief">')
    assert f'href="{file}"' in body(page)
    assert officer.get(address).url == file


@pytest.mark.parametrize("name", BRIEFS)
def test_what_is_out_of_reach_is_not_shown_beside_a_list_either(
    counted: factories.Tree, client: Client, sign_in: SignIn, name: str
) -> None:
    stranger = sign_in(client, counted.foreign_officer)
    assert stranger.get(brief_of(counted, name), headers={"HX-Request": "true"}).status_code == 404


def test_a_member_beside_the_list_shows_no_secret_and_leaves_no_opening(
    counted: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    person = counted.membership.person
    officer = sign_in(client, counted.officer)
    shown = body(officer.get(brief_of(counted, "work:member_brief"), headers={"HX-Request": "true"}))
    assert person.name in shown
    assert "打开要说明用途" in shown
    for secret in (person.reveal("id_number"), person.reveal("phone")):
        assert secret
        assert secret not in shown
    assert str(day(person.birth_on)) not in shown
    assert not AuditRow.objects.filter(verb__endswith=".opened").exists()


def test_lists_name_what_stands_beside_them(counted: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, counted.officer)
    for name, brief in zip(("work:unions", "work:employers", "work:members"), BRIEFS, strict=True):
        assert f'data-pane="{brief_of(counted, brief)}"' in body(officer.get(reverse(name)))


def test_the_record_names_the_union_of_each_row_where_it_is_known(counted: factories.Tree, at: datetime) -> None:
    member, chair, union = counted.member, counted.chair, counted.union
    rows = {
        "its own": AuditRow(verb="x", organisation_id=counted.county.pk),
        "the organisation itself": AuditRow(
            verb="x", subject_kind="organisations.organisation", subject_id=counted.city.pk
        ),
        "of the file": AuditRow(verb="x", person_id=counted.auditor.pk, about_person_id=member.pk),
        "of the post": AuditRow(verb="x", person_id=counted.officer.pk),
        "nobody's": AuditRow(verb="x"),
        "before anything": AuditRow(verb="x", person_id=chair.pk, at=at.replace(year=1990)),
    }
    for number, row in enumerate(rows.values(), 1):
        row.pk, row.at = number, row.at or at
    lines = dict(zip(rows, records.lines_of(list(rows.values())), strict=True))
    assert [each.where for each in lines.values()] == [
        counted.county.name,
        counted.city.name,
        union.name,
        counted.county.name,
        "",
        "",
    ]
    assert lines["of the file"].about == member.name
    assert lines["nobody's"].about == ""


def test_the_auditor_reads_the_record_in_words_and_in_eight_queries(
    counted: factories.Tree, client: Client, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    auditor = sign_in(client, counted.auditor)
    for _ in range(2):
        auditor.get(reverse("work:audit"))
    with django_assert_max_num_queries(8):
        page = body(auditor.get(reverse("work:audit")))
    assert "查看操作记录" in page
    assert ">audit.read<" not in page


@pytest.mark.parametrize("name", ["work:unions", "work:employers", "work:members"])
def test_a_list_opened_from_a_union_stays_with_that_union_and_says_so(
    counted: factories.Tree, client: Client, sign_in: SignIn, name: str
) -> None:
    leader = sign_in(client, counted.leader)
    union = counted.union
    shown = body(leader.get(reverse(name), {"under": union.reference, "on": "2026-10-31"}))
    assert f'<input type="hidden" name="under" value="{union.reference}">' in shown
    assert f"范围：{union.short_name or union.name}" in shown
    assert "日期：2026年10月31日" in shown
    assert "渡口样例" not in shown
