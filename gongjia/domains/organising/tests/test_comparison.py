"""数据比对: employers without a union, and what a union's name carries behind its employer's."""

import subprocess
import sys

import pytest

from gongjia.domains.organising.comparison import (
    UNION_ENDING,
    Comparison,
    EmployerRecord,
    HeadcountRecord,
    UnionRecord,
    compare,
)
from gongjia.domains.organising.headcounts import Headcounts
from gongjia.engines.matching.core import Grade, Located
from gongjia.engines.matching.core.names import without_ending
from gongjia.engines.matching.tests.registers import code_of

pytestmark = pytest.mark.system("O3")
PLACE = Located("湖北", "咸宁")


def employer(number: int, name: str, insured: int | None = None, **more: object) -> EmployerRecord:
    return EmployerRecord(name, code_of(number), PLACE, Headcounts(insured), **more)  # type: ignore[arg-type]


def listed(comparison: Comparison) -> list[tuple[str, bool]]:
    return [(one.employer.name, one.unsure) for one in comparison.unorganised]


@pytest.mark.parametrize(
    "ending",
    [
        "工会",
        "工会委员会",
        "联合工会",
        "联合工会委员会",
        "基层工会",
        "基层工会委员会",
        "工会联合会",
        "联合工会联合会",
        "工会小组",
        "工会筹备组",
        "工会委员会筹备组",
    ],
)
def test_the_endings_of_unions_are_cut(ending: str) -> None:
    assert without_ending(f"星河坊食品厂{ending}", UNION_ENDING) == "星河坊食品厂"


@pytest.mark.parametrize("name", ["咸宁市总工会大厦物业公司", "星河坊工会图书社", "星河坊武汉分"])
def test_a_union_within_a_name_is_no_ending(name: str) -> None:
    assert without_ending(name, UNION_ENDING) == name


def test_what_a_clerk_left_of_a_branch_stays() -> None:
    assert without_ending("星河坊武汉分工会", UNION_ENDING) == "星河坊武汉分"


@pytest.mark.parametrize(("insured", "named"), [(24, False), (25, True), (26, True), (None, False), (0, False)])
def test_the_threshold_includes_its_number_and_unknown_is_not_large(insured: int | None, *, named: bool) -> None:
    comparison = compare([employer(1, "咸宁星河坊食品厂", insured)], [], at_least=25)
    assert bool(comparison.unorganised) is named


@pytest.mark.parametrize(
    "counts", [Headcounts(insured=30), Headcounts(taxed=30), Headcounts(declared=30), Headcounts(3, None, 30)]
)
def test_the_largest_of_the_three_headcounts_counts(counts: Headcounts) -> None:
    one = EmployerRecord("咸宁星河坊食品厂", code_of(1), PLACE, counts)
    assert compare([one], [], at_least=30).unorganised[0].headcounts.most == 30


def test_headcounts_come_by_code_or_by_name_where_the_code_is_missing() -> None:
    employers = [employer(1, "咸宁星河坊食品厂"), employer(2, "咸宁鹤鸣机械厂"), employer(3, "咸宁青禾农场", 40)]
    insured = [
        HeadcountRecord("另一个名字", code_of(1), Headcounts(insured=70)),
        HeadcountRecord("咸宁鹤鸣（机械）厂", "", Headcounts(taxed=60)),
        HeadcountRecord("咸宁青禾农场", "", Headcounts(insured=50)),
        HeadcountRecord("咸宁鹤鸣机械厂", code_of(99), Headcounts(insured=999)),
        HeadcountRecord("没有这一家", "", Headcounts(insured=999)),
    ]
    comparison = compare(employers, [], insured, at_least=25)
    assert [(one.employer.name, one.headcounts) for one in comparison.unorganised] == [
        ("咸宁星河坊食品厂", Headcounts(70, None, None)),
        ("咸宁鹤鸣机械厂", Headcounts(None, 60, None)),
        ("咸宁青禾农场", Headcounts(50, None, None)),
    ]
    assert comparison.unplaced == 2


def test_a_headcount_by_a_name_that_two_carry_is_given_to_neither() -> None:
    twins = [employer(1, "咸宁星河坊食品厂"), employer(2, "咸宁星河坊食品厂")]
    comparison = compare(twins, [], [HeadcountRecord("咸宁星河坊食品厂", "", Headcounts(80))], at_least=25)
    assert (comparison.unorganised, comparison.unplaced) == ([], 1)


def test_only_a_link_takes_an_employer_off_the_list_and_a_proposal_makes_it_unsure() -> None:
    employers = [
        employer(1, "咸宁星河坊食品有限公司", 90),
        employer(2, "咸宁鹤鸣机械有限公司", 80),
        employer(3, "咸宁青禾农业有限公司", 70),
    ]
    unions = [UnionRecord("1", "咸宁星河坊食品有限公司工会"), UnionRecord("2", "咸宁鹤鸣工会", place=PLACE)]
    comparison = compare(employers, unions, at_least=25)
    assert [pair.verdict.grade for pair in comparison.pairs] == [Grade.NAME, Grade.REVIEW]
    assert listed(comparison) == [("咸宁鹤鸣机械有限公司", True), ("咸宁青禾农业有限公司", False)]
    assert [pair.union.number for pair in comparison.review] == ["2"]
    assert {grade: comparison.count(grade) for grade in (Grade.NAME, Grade.REVIEW, Grade.NONE)} == {
        Grade.NAME: 1,
        Grade.REVIEW: 1,
        Grade.NONE: 0,
    }


def test_the_list_is_longest_first() -> None:
    comparison = compare([employer(1, "甲甲厂", 30), employer(2, "乙乙厂", 300)], [], at_least=25)
    assert [name for name, _ in listed(comparison)] == ["乙乙厂", "甲甲厂"]


@pytest.mark.parametrize(
    ("status", "named"),
    [
        ("", True),
        ("存续（在营、开业、在册）", True),
        ("在业", True),
        ("注销", False),
        ("吊销，未注销", False),
        ("迁出", False),
    ],
)
def test_a_closed_employer_is_not_asked_to_found_a_union(status: str, *, named: bool) -> None:
    comparison = compare([employer(1, "咸宁星河坊食品厂", 90, status=status)], [], at_least=25)
    assert bool(comparison.unorganised) is named


def test_an_employer_that_is_listed_twice_counts_once_with_the_larger_headcount() -> None:
    twice = [employer(1, "咸宁星河坊食品厂", 20), employer(1, "咸宁星河坊食品厂", 30)]
    comparison = compare(twice, [UnionRecord("1", "咸宁星河坊食品厂工会")], at_least=25)
    assert len(comparison.employers) == 1
    assert comparison.pairs[0].verdict.grade is Grade.NAME
    assert compare(twice, [], at_least=25).unorganised[0].headcounts.insured == 30


def test_employers_without_a_code_are_kept_apart() -> None:
    bare = [EmployerRecord("咸宁星河坊食品厂", place=PLACE), EmployerRecord("咸宁鹤鸣机械厂", place=PLACE)]
    assert len(compare(bare, [], at_least=25).employers) == 2


def test_the_employer_named_in_the_roster_is_heard_before_the_union_name() -> None:
    comparison = compare(
        [employer(1, "咸宁星河坊食品厂")],
        [UnionRecord("1", "长安路联合工会", employer="咸宁星河坊食品厂")],
        at_least=25,
    )
    assert comparison.pairs[0].verdict.grade is Grade.NAME


def test_comparing_needs_no_django() -> None:
    asked = "import gongjia.domains.organising.sheets, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
