"""Each threshold on it, and one on either side."""

from datetime import date

import pytest

from gongjia.domains.enrolment.changes import params, rules

pytestmark = pytest.mark.system("O8")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("since", "talked", "on", "says"),
    [
        ("2026-01-15", "2026-07-10", "2026-07-15", ""),
        ("2026-01-15", "2026-07-10", "2026-07-16", ""),
        ("2026-01-15", "2026-07-10", "2026-07-14", "要到 2026-07-15 才满"),
        ("2026-01-15", "2026-01-14", "2026-08-01", "早于停交会费"),
        ("2026-01-15", "2026-01-15", "2026-08-01", ""),
        ("2026-01-15", "2026-08-02", "2026-08-01", "早于教育谈话"),
        ("2026-01-15", "2026-08-01", "2026-08-01", ""),
    ],
)
def test_who_is_treated_as_having_left(since: str, talked: str, on: str, says: str) -> None:
    months = params.lapse_months(day(on))
    found = rules.lapse_faults(unpaid_since=day(since), educated_on=day(talked), on=day(on), months=months)
    assert any(says in each for each in found) if says else not found


@pytest.mark.parametrize(
    ("group", "committee", "reported", "on", "says"),
    [
        ("2026-01-01", "2026-01-01", "2026-01-01", "2026-01-01", ""),
        ("2026-01-02", "2026-01-01", "2026-01-03", "2026-01-03", "早于小组讨论"),
        ("2026-01-01", "2026-01-03", "2026-01-02", "2026-01-03", "早于委员会决定"),
        ("2026-01-01", "2026-01-03", "2026-01-03", "2026-01-02", "开除的日期早于"),
    ],
)
def test_the_steps_of_an_expulsion_are_in_order(group: str, committee: str, reported: str, on: str, says: str) -> None:
    days = {"group_on": day(group), "committee_on": day(committee), "reported_on": day(reported), "on": day(on)}
    found = rules.expulsion_faults(**days)
    assert any(says in each for each in found) if says else not found


@pytest.mark.parametrize(("today", "still"), [("2026-03-01", True), ("2026-03-02", True), ("2026-03-03", False)])
def test_an_ending_is_corrected_within_its_days(today: str, still: bool) -> None:  # noqa: FBT001
    assert rules.may_still_reinstate(day("2026-01-01"), today=day(today), days=60) is still


@pytest.mark.parametrize(
    ("name", "value"),
    [("transfer_out_days", 7), ("transfer_in_days", 7), ("objection_days", 30), ("leaving_days", 7),
     ("correction_days", 15), ("lapse_months", 6), ("reinstate_days", 60), ("bulk_undo_days", 7)],
)  # fmt: skip
def test_every_figure_is_dated_and_given(name: str, value: int) -> None:
    assert getattr(params, name)(date(2026, 11, 20)) == value
