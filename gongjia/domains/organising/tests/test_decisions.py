"""核对结论: what people decided, brought to the lists."""

import pytest

from gongjia.domains.organising.comparison import EmployerRecord, UnionRecord
from gongjia.domains.organising.decisions import Decision, answer, apply
from gongjia.engines.intake.core import BadCell
from gongjia.engines.matching.core import Decided
from gongjia.engines.matching.tests.registers import code_of

pytestmark = pytest.mark.system("O3")
EMPLOYERS = [
    EmployerRecord("咸宁星河坊食品厂", code_of(1)),
    EmployerRecord("咸宁鹤鸣机械厂", code_of(2)),
    EmployerRecord("咸宁青禾农场", code_of(3)),
    EmployerRecord("咸宁青禾农场", code_of(4)),
]
UNIONS = [UnionRecord("7", "星河坊工会"), UnionRecord("8", "鹤鸣工会"), UnionRecord("9", "鹤鸣工会")]


def decided(*lines: Decision) -> dict[int, Decided]:
    return apply(lines, EMPLOYERS, UNIONS).decided


def test_a_record_is_found_by_number_and_name_or_by_one_of_them() -> None:
    yes = {0: Decided(0)}
    assert decided(Decision("7", "星河坊工会", code_of(1))) == yes
    assert decided(Decision("7", "", code_of(1))) == yes
    assert decided(Decision("", "星河坊 工会", code_of(1))) == yes


def test_a_roster_numbered_anew_is_found_by_its_name_and_not_by_the_old_number() -> None:
    assert decided(Decision("8", "星河坊工会", code_of(1))) == {0: Decided(0)}


def test_a_name_that_two_records_carry_needs_the_number() -> None:
    assert decided(Decision("", "鹤鸣工会", code_of(2))) == {}
    assert decided(Decision("9", "鹤鸣工会", code_of(2))) == {2: Decided(1)}


def test_an_employer_is_found_by_its_name_if_only_one_has_it() -> None:
    assert decided(Decision("7", "", "", "咸宁鹤鸣机械厂")) == {0: Decided(1)}
    assert decided(Decision("7", "", "", "咸宁青禾农场")) == {}


def test_noes_add_up_and_a_later_yes_holds() -> None:
    noes = (Decision("7", "", code_of(1), yes=False), Decision("7", "", code_of(2), yes=False))
    assert decided(*noes) == {0: Decided(refused=frozenset({0, 1}))}
    assert decided(*noes, Decision("7", "", code_of(3))) == {0: Decided(2)}


def test_a_no_after_a_yes_takes_it_back() -> None:
    assert decided(Decision("7", "", code_of(1)), Decision("7", "", code_of(1), yes=False)) == {
        0: Decided(refused=frozenset({0}))
    }


def test_a_no_without_an_employer_means_none_of_them() -> None:
    assert decided(Decision("7", "", yes=False)) == {0: Decided(none=True)}


def test_lines_that_fit_nothing_are_counted() -> None:
    lines = [Decision("70", "没有"), Decision("7", "", code_of(77)), Decision("7", "", yes=True)]
    assert apply(lines, EMPLOYERS, UNIONS).unplaced == 3


@pytest.mark.parametrize(("written", "meant"), [("是", True), (" 否 ", False), ("√", True), ("Y", True), (0, False)])
def test_yes_and_no_as_people_write_them(written: str | int, *, meant: bool) -> None:
    assert answer(written) is meant


def test_another_word_is_no_answer() -> None:
    with pytest.raises(BadCell, match="是"):
        answer("也许")
