"""The parameters of the backbone: what the law fixes is locked and verified, and each figure says whence it comes."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gongjia.kernel.parameters import Parameters

TABLE = Parameters.load(Path(__file__).parents[1] / "params")
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("key", "value", "locked"),
    [
        ("org.must_found_members", 25, True),
        ("org.term_years", (3, 5), True),
        ("org.fulltime_chair_staff", 200, True),
        ("org.part_time_days_month", 3, True),
        ("org.extra_meeting_fraction", Fraction(1, 3), True),
        ("org.women_committee_members", 10, False),
        ("cert.change_days", 30, False),
        ("cert.renew_before_days", 30, False),
        ("member.auto_leave_months", 6, False),
        ("member.dues_rate", Decimal("0.005"), False),
        ("member.dues_wage_step", 10, False),
    ],
)
def test_each_figure_stands_as_the_rules_give_it(key, value, locked):
    found = TABLE.value(key, on=TODAY, region="4212")
    assert found.value == value
    assert type(found.value) is type(value)
    assert TABLE[key].locked is locked
    assert found.verified is locked


def test_no_figure_is_missing_from_the_list_above():
    assert len(TABLE) == 11


def test_every_figure_names_a_document_and_the_founding_threshold_reaches_back_to_2001():
    assert all(parameter.source.document and parameter.unit for parameter in TABLE.values())
    assert TABLE.value("org.must_found_members", on=date(2021, 12, 31)).reference.endswith("（2001年修正）第十条")
    assert TABLE.value("org.must_found_members", on=date(2022, 1, 1)).reference.endswith("（2021年修正）第十一条")
    assert TABLE.gaps == []
