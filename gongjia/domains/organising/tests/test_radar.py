"""Lists put in, recognised, corrected and dated; what a comparison makes of each employer, and what has changed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongjia.backbone.files.models import StoredFile
from gongjia.domains.organising import comparing, results, run_results, tasks
from gongjia.domains.organising.listing import ListKind, guessed
from gongjia.domains.organising.models import EmployerResult, Lead, Run, RunList, UnionPair
from gongjia.domains.organising.tests.lists import (
    EDGE,
    EMPLOYER_HEADING,
    EMPLOYERS,
    LARGE,
    NAMED,
    SMALL,
    compared,
    lists,
    put_in,
)
from gongjia.domains.organising.tests.test_review import DOUBTFUL
from gongjia.domains.organising.words import RunState
from gongjia.engines.intake.models import Batch, RememberedHeading
from gongjia.engines.intake.tests.sheets import csv_of, xlsx_of
from gongjia.engines.matching.tests.registers import code_of
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import entering
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
DAY = timedelta(days=1)


def body(response: Any) -> str:
    return str(response.content.decode())


def page_of(run: Run) -> str:
    return reverse("organising:run", args=[run.reference])


def said(run: Run, act: str, **more: str) -> dict[str, str]:
    kinds = {f"kind_{each.place}": str(each.kind) for each in RunList._base_manager.filter(run=run)}
    return {**kinds, **more, "act": act}


# ── which list is which ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("导出.csv", [["企业名称", "统一社会信用代码", "成立日期", "住所"]], ListKind.MARKET),
        ("1.xlsx", [["咸宁市参保单位"], ["单位名称", "代码", "参保人数"]], ListKind.INSURED),
        ("参保单位名单.csv", [["单位名称", "人数"]], ListKind.INSURED),
        ("2.csv", [["纳税人名称", "纳税人识别号", "个税申报人数"]], ListKind.TAX),
        ("社会组织.xls", [["名称", "统一社会信用代码", "从业人员数"]], ListKind.CIVIL),
        ("3.csv", [["站点名称", "所属平台", "骑手人数", "地址"]], ListKind.STATIONS),
        ("4.csv", [["序号", "工会名称", "会员数"]], ListKind.ROSTER),
        ("5.csv", [["序号", "名称"], ["1", "某某工会"], ["2", "某某厂工会委员会"]], ListKind.ROSTER),
        ("6.csv", [["单位名称", "统一社会信用代码"]], ListKind.MARKET),
        ("摸底表.xls", [["企业名称", "经营状态", "参保人数"]], ListKind.MARKET),
        ("空.csv", [], ListKind.MARKET),
    ],
)
def test_which_list_a_file_is_stands_in_its_heading_its_rows_or_its_name(
    name: str, rows: list[list[str]], expected: ListKind
) -> None:
    assert guessed(name, {"": rows}) is expected


# ── before it begins ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_taken_for_another_is_read_again_as_what_it_is(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    run = put_in(officer, ("单位.csv", csv_of(("单位名称", "代码", "人数"), ("甲样例厂", code_of(1), "40"))))
    assert "申报人数 <" not in body(officer.get(page_of(run)))
    officer.post(page_of(run), said(run, "save", kind_0="tax", as_of_0="2026-09-30"))
    listed = RunList._base_manager.get()
    assert (listed.kind, listed.as_of, listed.batch.kind) == ("tax", date(2026, 9, 30), "organising.tax")
    officer.post(page_of(run), said(run, "start", as_of_0="2026-09-30"))
    tasks.run_now(run.pk, now=lambda: run.asked_at)
    lead = Lead._base_manager.get()
    assert (lead.name, lead.taxed, lead.taxed_on, lead.declared) == ("甲样例厂", 40, date(2026, 9, 30), None)


def test_a_heading_that_nobody_knows_is_said_corrected_and_remembered(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    officer = sign_in(client, tree.officer)
    strange = csv_of(("甲栏", "乙栏", "丙栏"), ("咸宁青禾农业有限公司", code_of(3), "210"), ("咸宁白鹭厂", "", "3"))
    run = put_in(officer, ("看不懂.csv", strange))
    assert "没有认出表头" in body(officer.get(page_of(run)))
    refused = officer.post(page_of(run), said(run, "start"))
    assert refused.status_code == 422
    assert "表头没有认出来" in body(refused)
    address = reverse("organising:run_heading", args=[run.reference]) + "?list=0"
    assert "咸宁青禾农业有限公司" in body(officer.get(address))
    columns = {"column_name": "0", "column_uscc": "1", "column_headcount": "2"}
    twice = officer.post(address, {"heading_row": "1", **columns, "column_address": "2"})
    assert twice.status_code == 409
    done = officer.post(address, {"heading_row": "1", **columns})
    assert done["Location"] == page_of(run)
    assert RememberedHeading._base_manager.get().kind == "organising.market"
    officer.post(page_of(run), said(run, "start"))
    tasks.run_now(run.pk, now=lambda: at)
    assert list(Lead._base_manager.values_list("name", "declared")) == [("咸宁青禾农业有限公司", 210)]
    again = put_in(officer, ("又来.csv", strange))
    assert not RunList._base_manager.get(run=again).batch.error


def test_a_comparison_needs_employers_and_takes_six_lists(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    run = put_in(officer, lists()["roster"])
    assert "还没有单位名单" in body(officer.post(page_of(run), said(run, "start")))
    sent = [SimpleUploadedFile(f"{n}.csv", lists()["roster"][1]) for n in range(6)]
    answer = officer.post(page_of(run), {"lists": sent, "add": "1"})
    assert answer.status_code == 422
    assert "最多比对 6 份" in body(answer)
    officer.post(page_of(run), {"lists": [SimpleUploadedFile("单位.csv.gz", lists()["market"][1])], "add": "1"})
    assert list(RunList._base_manager.order_by("place").values_list("kind", flat=True)) == ["roster", "market"]
    assert officer.post(page_of(run), said(run, "save", as_of_1="2099-01-01")).status_code == 422
    officer.post(page_of(run), said(run, "start", kind_0="unused"))
    assert Run._base_manager.get().state == RunState.WAITING


def test_without_a_roster_the_unions_of_this_system_count(tree: factories.Tree, at: datetime) -> None:
    employer = factories.employer(NAMED[0], tree.county, uscc=NAMED[1])
    factories.coverage(tree.union, employer)
    sent = lists(insured=None)
    del sent["roster"]
    compared(tree.officer, tree.county, at, sent)
    found = dict(EmployerResult._base_manager.values_list("name", "found"))
    assert found == {SMALL[0]: "may", NAMED[0]: "organised", LARGE[0]: "should", EDGE[0]: "should"}
    assert EmployerResult._base_manager.get(name=NAMED[0]).union == tree.union.name


def test_a_comparison_that_is_left_goes_with_its_lists(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    officer = sign_in(client, tree.officer)
    put_in(officer, lists()["market"])
    run = put_in(officer, lists()["market"])
    officer.post(page_of(run), {"drop": "1"})
    assert [model._base_manager.count() for model in (Run, RunList, Batch, StoredFile)] == [1, 1, 1, 1]
    assert tasks.drop_drafts(at=Run._base_manager.get().asked_at + 6 * DAY) == 0
    assert tasks.drop_drafts(at=Run._base_manager.get().asked_at + 8 * DAY) == 1
    assert [model._base_manager.count() for model in (Run, RunList, Batch, StoredFile)] == [0, 0, 0, 0]


def test_once_begun_the_lists_stay(tree: factories.Tree, at: datetime) -> None:
    run = compared(tree.officer, tree.county, at)
    actor = factories.actor(tree.officer)
    given: dict[str, Any] = {"run": run, "by": actor, "at": at}
    with entering(actor.reach()):
        for act in (
            lambda: comparing.start(**given),
            lambda: comparing.drop(**given),
            lambda: comparing.add_lists(lists=[], **given),
            lambda: comparing.arrange_lists(kinds={}, days={}, read={}, **given),
        ):
            with pytest.raises(Refused, match="已经开始"):
                act()
    assert RunList._base_manager.filter(run=run).count() == 3


# ── what it found ───────────────────────────────────────────────────────────────────────────────────────────────


def test_six_lists_of_one_employer_stand_side_by_side_with_their_days(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    code = code_of(3)
    officer = sign_in(client, tree.officer)
    run = put_in(
        officer,
        ("市场主体.csv", csv_of(EMPLOYER_HEADING, LARGE)),
        (
            "参保.csv",
            csv_of(("单位名称", "统一社会信用代码", "参保人数", "统计日期"), (LARGE[0], code, "20", "2026-06-30")),
        ),
        ("税务.csv", csv_of(("纳税人名称", "纳税人识别号", "个税申报人数"), (LARGE[0], code, "90"))),
        (
            "社会组织.csv",
            csv_of(("社会组织名称", "统一社会信用代码", "从业人员数"), ("咸宁样例研究会", code_of(7), "26")),
        ),
        ("站点.csv", csv_of(("站点名称", "骑手人数", "地址"), ("样例骑手站", "60", "咸安区温泉街道1号"))),
        ("名册.csv", csv_of(("序号", "工会名称"), ("1", "咸宁没有这家厂工会"))),
    )
    kinds = list(RunList._base_manager.order_by("place").values_list("kind", flat=True))
    assert kinds == ["market", "insured", "tax", "civil", "stations", "roster"]
    shown = body(officer.get(page_of(run)))
    assert shown.count('type="date"') == 4, "the roster has no numbers, and one list says its days itself"
    officer.post(page_of(run), said(run, "start", as_of_0="2024-01-31", as_of_2="2026-05-31"))
    tasks.run_now(run.pk, now=lambda: at)
    lead = Lead._base_manager.get(name=LARGE[0])
    assert (lead.insured, lead.taxed, lead.declared, lead.most) == (20, 90, 210, 90), "210 is too old to count"
    assert (lead.insured_on, lead.taxed_on, lead.declared_on) == (
        date(2026, 6, 30), date(2026, 5, 31), date(2024, 1, 31)
    )  # fmt: skip
    assert lead.contradiction == "counts"
    page = body(officer.get(reverse("organising:lead", args=[lead.reference])))
    assert "名单之间有矛盾" in page
    assert "太旧，不作依据" in page
    assert set(Lead._base_manager.values_list("name", flat=True)) == {LARGE[0], "咸宁样例研究会", "样例骑手站"}


def test_each_class_opens_to_its_rows(tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime) -> None:
    closed = ("咸宁关门厂", code_of(11), "咸宁", "咸安区", "长安路7号", "40", "注销")
    rows = [(*each, "存续") for each in (SMALL, NAMED, LARGE, EDGE)]
    content = csv_of((*EMPLOYER_HEADING, "登记状态"), *rows, closed, closed)
    sent = {**lists(insured=None), "market": ("单位.csv", content)}
    run = compared(tree.officer, tree.county, at, sent)
    officer = sign_in(client, tree.officer)
    summary = officer.get(page_of(run)).context["found"]
    assert {line.zh: line.count for line in summary.lines} == {
        "应建未建": 2, "已建会": 1, "人数不足标准": 1, "已注销、吊销、停业": 1, "重复登记": 1
    }  # fmt: skip
    address = reverse("organising:run_employers", args=[run.reference])
    for line in summary.lines:
        assert officer.get(f"{address}?{line.address}").context["page"].count == line.count
    assert officer.get(f"{address}?found=listed").context["page"].count == run.summary["employers"] == 5
    assert summary.odd == officer.get(f"{address}?odd=some").context["page"].count == 1
    assert officer.get(address, {"q": "青禾"}).context["page"].count == 1
    assert officer.get(address, {"found": "nonsense"}).status_code == 200


def test_a_comparison_stands_beside_the_last_one(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    first = compared(tree.officer, tree.county, at, lists(insured=None))
    fresh = ("咸宁新来制衣有限公司", code_of(12), "咸宁", "咸安区", "长安路8号", "80")
    more = (*SMALL[:5], "60")
    unions = (("1", "咸宁鹤鸣机械有限公司工会", "", "咸宁"), ("2", "咸宁青禾农业有限公司工会", "", "咸宁"))
    second = compared(
        tree.officer, tree.county, at + DAY, lists(employers=(more, NAMED, LARGE, fresh), unions=unions, insured=None)
    )
    assert second.previous == first
    officer = sign_in(client, tree.officer)
    changes = officer.get(page_of(second)).context["found"].changes
    assert {(each.before_zh, each.found_zh, each.count) for each in changes} == {
        ("人数不足标准", "应建未建", 1),
        ("应建未建", "已建会", 1),
        ("名单上没有", "应建未建", 1),
        ("应建未建", "名单上没有了", 1),
    }
    address = reverse("organising:run_employers", args=[second.reference])
    for each in changes:
        assert officer.get(f"{address}?{each.address}").context["page"].count == each.count
    third = compared(tree.officer, tree.county, at + 2 * DAY, lists(insured=None))
    assert run_results.forget_results(at=at) == 4
    assert "只留最近两次" in body(officer.get(reverse("organising:run_employers", args=[first.reference])))
    with entering(factories.actor(tree.officer).reach()):
        old = results.summary_of(Run.objects.get(pk=first.pk))
        assert (old.is_kept, {line.zh: line.count for line in old.lines}["应建未建"]) == (False, 2)
    assert third.previous == second


def test_what_a_person_decides_changes_the_class_at_once_and_back(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    run = compared(tree.officer, tree.county, at, lists(unions=DOUBTFUL))
    pair = UnionPair._base_manager.get(run=run)
    assert pair.grade == "review"
    officer = sign_in(client, tree.officer)
    address = reverse("organising:review", args=[run.reference])
    chosen = next(at for at, each in enumerate(pair.candidates) if each["name"] == LARGE[0])

    def found() -> str:
        return str(EmployerResult._base_manager.get(run=run, name=LARGE[0]).found)

    officer.post(address, {"place": pair.place, "answer": f"yes-{chosen}", "key": "a"})
    assert found() == "organised"
    officer.post(address, {"place": pair.place, "answer": "no", "key": "b"})
    assert found() == "should"
    EmployerResult._base_manager.filter(name=LARGE[0]).update(found="elsewhere", union="总部的工会")
    officer.post(address, {"place": pair.place, "answer": f"yes-{chosen}", "key": "c"})
    assert found() == "organised"
    officer.post(address, {"place": pair.place, "answer": "later", "key": "d"})
    row = EmployerResult._base_manager.get(run=run, name=LARGE[0])
    assert (row.found, row.union, row.as_found) == ("elsewhere", "总部的工会", "")


def test_who_begins_last_is_the_newest_whenever_the_lists_were_put_in(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    officer = sign_in(client, tree.officer)
    draft = put_in(officer, *lists(employers=(SMALL, NAMED, LARGE), insured=None).values())
    between = compared(tree.officer, tree.county, at)
    assert set(Lead._base_manager.values_list("name", flat=True)) == {LARGE[0], EDGE[0]}
    officer.post(page_of(draft), said(draft, "start"))
    last = Run._base_manager.get(reference=draft.reference)
    assert last.pk > between.pk
    assert not Run._base_manager.filter(pk=draft.pk).exists()
    tasks.run_now(last.pk, now=lambda: at + DAY)
    last.refresh_from_db()
    assert (last.state, last.previous) == (RunState.DONE, between)
    assert Lead._base_manager.get(name=EDGE[0]).state == "gone"
    assert run_results.forget_results(at=at) == 0
    assert f"?run={last.reference}" in body(officer.get(page_of(last)))


def test_the_number_of_a_person_in_the_place_of_a_code_is_kept_nowhere(tree: factories.Tree, at: datetime) -> None:
    person = factories.id_number(7)
    shop = ("咸宁样例小吃店", person, "咸宁", "咸安区", "长安路5号", "30")
    unions = (("1", "咸宁别处样例厂工会", person, "咸宁"),)
    compared(tree.officer, tree.county, at, lists(employers=(*EMPLOYERS, shop), unions=unions, insured=None))
    assert (
        EmployerResult._base_manager.get(name=shop[0]).uscc == Lead._base_manager.get(name=shop[0]).uscc == "写错的代码"
    )
    assert UnionPair._base_manager.get().code == "写错的代码"


def test_a_comparison_that_failed_is_done_again_from_its_page(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    run = put_in(officer, *lists().values())
    again = reverse("organising:repeat", args=[run.reference])
    officer.post(again)
    assert Run._base_manager.count() == 1
    Run._base_manager.filter(pk=run.pk).update(state=RunState.FAILED, error="机器停了")
    assert again in body(officer.get(page_of(run)))
    officer.post(again)
    newest = Run._base_manager.order_by("pk").last()
    assert (newest.state, RunList._base_manager.filter(run=newest).count()) == (RunState.WAITING, 3)


def test_without_unions_nobody_can_be_without_one(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    county = factories.organisation("崇阳县总工会")
    person = factories.person("吴组织")
    factories.post(person, county, "organisation_officer")
    officer = sign_in(client, person)
    run = put_in(officer, lists()["market"])
    assert "还没有工会名册" in body(officer.post(page_of(run), said(run, "start")))


def test_a_kind_that_somebody_else_has_changed_meanwhile_is_asked_again(tree: factories.Tree, at: datetime) -> None:
    actor = factories.actor(tree.officer)
    reading = comparing.lists_read(
        organisation=tree.county, files=[("单位.csv", [csv_of(EMPLOYER_HEADING, LARGE)])], kinds=["market"], at=at
    )
    with entering(actor.reach()), reading as read:
        run = comparing.gather(organisation=tree.county, lists=read, by=actor, at=at)
        Batch._base_manager.update(kind="organising.insured")
        with pytest.raises(Refused, match="刷新"):
            comparing.arrange_lists(run=run, kinds={0: "market"}, days={}, read={}, by=actor, at=at)
        with pytest.raises(Refused, match="刷新"):
            comparing.start(run=run, by=actor, at=at)


def test_a_code_that_comes_later_is_no_change(tree: factories.Tree, at: datetime) -> None:
    uncoded = (LARGE[0], "", *LARGE[2:])
    compared(tree.officer, tree.county, at, lists(employers=(uncoded, EDGE), insured=None))
    again = compared(tree.officer, tree.county, at + DAY, lists(employers=(LARGE, EDGE), insured=None))
    rows = EmployerResult._base_manager.filter(run=again)
    assert {(each.name, each.before, each.found) for each in rows} == {
        (LARGE[0], "should", "should"),
        (EDGE[0], "should", "should"),
    }


def test_a_remembered_heading_is_that_of_its_sheet_only(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    officer = sign_in(client, tree.officer)
    book = xlsx_of(
        {
            "企业": [("参保情况",), ("九月",), ("甲栏", "乙栏"), ("甲样例厂", 30), ("乙样例厂", 40)],
            "机关": [("单位名称", "参保人数"), ("样例学校", 50), ("样例医院", 60), ("样例书店", 70)],
        }
    )
    run = put_in(officer, ("参保.xlsx", book))
    address = reverse("organising:run_heading", args=[run.reference]) + "?list=0&sheet=企业"
    officer.post(address, {"heading_row": "3", "column_name": "0", "column_insured": "1"})
    again = put_in(officer, ("参保.xlsx", book))
    parts = RunList._base_manager.get(run=again).batch.parts
    assert {part["sheet"]: part["heading_row"] for part in parts} == {"企业": 3, "机关": 1}
    assert parts[0]["columns"] == {"name": [0, "甲栏"], "insured": [1, "乙栏"]}


def test_what_was_said_of_a_heading_stays_when_the_kind_changes(
    tree: factories.Tree, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    run = put_in(officer, ("导出.csv", csv_of(("甲栏", "乙栏"), ("甲样例厂", "30"), ("乙样例厂", "40"))))
    address = reverse("organising:run_heading", args=[run.reference]) + "?list=0"
    officer.post(address, {"heading_row": "1", "column_name": "0", "column_headcount": "1"})
    officer.post(page_of(run), said(run, "save", kind_0="tax"))
    batch = RunList._base_manager.get().batch
    assert (batch.kind, batch.error) == ("organising.tax", "")
    assert set(batch.parts[0]["columns"]) == {"name", "headcount"}
    assert set(RememberedHeading._base_manager.values_list("kind", flat=True)) == {
        "organising.market", "organising.tax"
    }  # fmt: skip


def test_a_wrong_code_and_the_right_one_of_another_list_are_one_employer(tree: factories.Tree, at: datetime) -> None:
    wrong = (LARGE[0], LARGE[1][:-1] + ("0" if LARGE[1][-1] != "0" else "1"), *LARGE[2:])
    run = compared(tree.officer, tree.county, at, lists(employers=(wrong, EDGE)))
    assert run.summary["employers"] == 2
    lead = Lead._base_manager.get(name=LARGE[0])
    assert (lead.uscc, lead.has_wrong_code, lead.insured, lead.declared) == (LARGE[1], False, 180, 210)


def test_a_new_employer_does_not_take_the_past_of_one_that_is_called_the_same(
    tree: factories.Tree, at: datetime
) -> None:
    namesake = (LARGE[0], code_of(31), *LARGE[2:])
    compared(tree.officer, tree.county, at, lists(employers=(LARGE,), insured=None))
    again = compared(tree.officer, tree.county, at + DAY, lists(employers=(namesake, LARGE), insured=None))
    rows = EmployerResult._base_manager.filter(run=again).values_list("uscc", "before", "found")
    assert set(rows) == {(namesake[1], "", "should"), (LARGE[1], "should", "should")}
