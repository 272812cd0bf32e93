"""The classes of employers, the days of headcounts, and what contradicts itself."""

from datetime import date

import pytest

from gongjia.domains.organising.classes import Classified, Contradiction, EmployerClass, classified
from gongjia.domains.organising.comparison import Cover, EmployerRecord, HeadcountRecord, UnionRecord, compare
from gongjia.domains.organising.headcounts import Headcounts
from gongjia.domains.organising.params import counts_since, founding_members
from gongjia.engines.matching.core import Located
from gongjia.engines.matching.tests.registers import code_of

pytestmark = pytest.mark.system("O3")
PLACE = Located("湖北", "咸宁")
SINCE = date(2024, 11, 1)
OLD, NEW = date(2024, 10, 31), date(2026, 6, 1)


def firm(number: int, name: str, counts: Headcounts, status: str = "") -> EmployerRecord:
    return EmployerRecord(name, code_of(number), PLACE, counts, status)


def classes(
    *employers: EmployerRecord,
    unions: tuple[UnionRecord, ...] = (),
    covered: dict[str, Cover] | None = None,
    headcounts: tuple[HeadcountRecord, ...] = (),
) -> dict[str, Classified]:
    found = compare(employers, unions, headcounts, at_least=25, since=SINCE, covered=covered, takes_strangers=True)
    of_each = list(classified(found, at_least=25, since=SINCE, covered=covered))
    assert {each.entry for each in of_each if each.found.is_lead} == {
        at for at, one in enumerate(found.employers) for lead in found.unorganised if lead.employer == one
    }
    return {(each.record or found.employers[each.entry]).name: each for each in of_each}


@pytest.mark.parametrize(
    ("counts", "status", "expected"),
    [
        (Headcounts(25), "存续", EmployerClass.SHOULD),
        (Headcounts(24, 24, 24), "", EmployerClass.MAY),
        (Headcounts(0), "", EmployerClass.MAY),
        (Headcounts(), "", EmployerClass.UNKNOWN),
        (Headcounts(300), "注销", EmployerClass.CLOSED),
        (Headcounts(300), "吊销，未注销", EmployerClass.CLOSED),
        (Headcounts(300), "停业", EmployerClass.CLOSED),
        (Headcounts(300), "迁出", EmployerClass.MOVED),
        (Headcounts(3), "经营异常", EmployerClass.LOST),
        (Headcounts(), "失联", EmployerClass.LOST),
        (Headcounts(30), "经营异常", EmployerClass.SHOULD),
        (Headcounts(30, insured_on=OLD), "", EmployerClass.UNKNOWN),
        (Headcounts(30, insured_on=SINCE), "", EmployerClass.SHOULD),
        (Headcounts(30, 10, insured_on=OLD, taxed_on=NEW), "", EmployerClass.MAY),
    ],
)
def test_each_employer_has_one_class(counts: Headcounts, status: str, expected: EmployerClass) -> None:
    assert classes(firm(1, "咸宁星河坊食品厂", counts, status))["咸宁星河坊食品厂"].found is expected


def test_a_union_of_the_roster_or_of_this_system_organises() -> None:
    large = Headcounts(100)
    found = classes(
        firm(1, "咸宁鹤鸣机械厂", large),
        firm(2, "咸宁青禾农场", large),
        firm(3, "咸宁白鹭物流有限公司", large),
        firm(4, "咸宁云帆纺织有限公司", large),
        firm(5, "咸宁云帆纺织有限公司温泉分公司", large),
        firm(6, "咸宁没有工会有限公司温泉分公司", large),
        unions=(
            UnionRecord("1", "咸宁鹤鸣机械厂工会"),
            UnionRecord("2", "咸宁青禾农场联合工会"),
            UnionRecord("3", "咸宁云帆纺织有限公司工会委员会"),
        ),
        covered={code_of(3): Cover("白鹭片区联合工会", is_joint=True)},
    )
    assert {name: (each.found.value, each.union) for name, each in found.items()} == {
        "咸宁鹤鸣机械厂": ("organised", "咸宁鹤鸣机械厂工会"),
        "咸宁青禾农场": ("covered", "咸宁青禾农场联合工会"),
        "咸宁白鹭物流有限公司": ("covered", "白鹭片区联合工会"),
        "咸宁云帆纺织有限公司": ("organised", "咸宁云帆纺织有限公司工会委员会"),
        "咸宁云帆纺织有限公司温泉分公司": ("elsewhere", "咸宁云帆纺织有限公司工会委员会"),
        "咸宁没有工会有限公司温泉分公司": ("should", ""),
    }


def test_a_head_office_of_elsewhere_is_known_by_the_roster_alone() -> None:
    found = classes(
        firm(1, "武汉远山连锁超市有限公司咸宁温泉店", Headcounts(60)),
        unions=(UnionRecord("1", "武汉远山连锁超市有限公司工会"),),
    )
    assert found["武汉远山连锁超市有限公司咸宁温泉店"].found is EmployerClass.ELSEWHERE


@pytest.mark.parametrize(
    ("counts", "status", "expected"),
    [
        (Headcounts(10, 60), "", Contradiction.COUNTS),
        (Headcounts(30, 60), "", None),
        (Headcounts(10, 60, taxed_on=OLD), "", None),
        (Headcounts(0, 12), "", Contradiction.ZERO),
        (Headcounts(12), "注销", Contradiction.CLOSED),
        (Headcounts(0), "注销", None),
        (Headcounts(60, insured_on=OLD), "", Contradiction.OLD),
    ],
)
def test_what_cannot_all_be_so_is_said(counts: Headcounts, status: str, expected: Contradiction | None) -> None:
    assert classes(firm(1, "咸宁星河坊食品厂", counts, status))["咸宁星河坊食品厂"].contradiction is expected


def test_one_code_with_two_names_is_one_employer_and_says_so() -> None:
    found = classes(firm(1, "咸宁星河坊食品厂", Headcounts(30)), firm(1, "咸宁星河食品公司", Headcounts(40)))
    assert found["咸宁星河坊食品厂"].contradiction is Contradiction.NAMES
    assert found["咸宁星河食品公司"].found is EmployerClass.DOUBLE
    same = classes(firm(1, "咸宁星河坊食品厂", Headcounts(30)), firm(1, "咸宁星河坊 食品厂", Headcounts(40)))
    assert same["咸宁星河坊食品厂"].contradiction is None


def test_who_only_a_list_of_headcounts_knows_is_an_employer_too() -> None:
    strangers = (
        HeadcountRecord("咸宁第一小学", code_of(8), Headcounts(60)),
        HeadcountRecord("咸宁第一小学", code_of(8), Headcounts(taxed=70)),
        HeadcountRecord("没有代码的单位", "", Headcounts(60)),
    )
    found = classes(firm(1, "咸宁星河坊食品厂", Headcounts(3)), headcounts=strangers)
    assert {name: each.found.value for name, each in found.items()} == {
        "咸宁星河坊食品厂": "may",
        "咸宁第一小学": "should",
    }


def test_of_two_numbers_of_one_source_the_later_one_stands() -> None:
    older, newer = Headcounts(90, insured_on=OLD), Headcounts(20, insured_on=NEW)
    assert older.joined(newer) == newer.joined(older) == newer
    assert newer.joined(Headcounts(15, 8)) == Headcounts(20, 8, None, NEW)
    assert Headcounts(90).joined(Headcounts(20)).insured == 90
    assert Headcounts(90, None, 3).dated(NEW) == Headcounts(90, None, 3, NEW, None, NEW)
    assert older.dated(NEW) == older


def test_headcounts_count_for_twenty_four_months_to_the_month() -> None:
    assert counts_since(on=date(2026, 11, 21)) == date(2024, 11, 1)
    assert counts_since(on=date(2026, 1, 1)) == date(2024, 1, 1)
    assert counts_since(on=date(2024, 12, 31)) == date(2022, 12, 1)
    assert founding_members(on=date(2026, 11, 21)) == 25
