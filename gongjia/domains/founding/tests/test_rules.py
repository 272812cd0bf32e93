"""The rules of founding and of the first election: each threshold on it, one under, one over."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from gongjia.domains.founding import params, rules
from gongjia.domains.founding.rules import Sheet, Votes
from gongjia.domains.founding.words import Body, Meeting, Tie, Way
from gongjia.kernel.days import national_calendar

pytestmark = pytest.mark.system("O5")

ON = date(2026, 11, 20)
FIGURES = params.figures(on=ON)


@pytest.mark.parametrize(
    ("members", "must", "ways"),
    [
        (0, False, {Way.SINGLE, Way.JOINT, Way.ORGANISER}),
        (24, False, {Way.SINGLE, Way.JOINT, Way.ORGANISER}),
        (25, True, {Way.SINGLE}),
        (26, True, {Way.SINGLE}),
    ],
)
def test_from_twenty_five_members_on_a_committee_must_stand(*, members: int, must: bool, ways: set[Way]) -> None:
    finding, found = rules.ways(members, must_found=FIGURES.must_found)
    assert (finding.ok, set(found)) == (must, ways)
    assert "工会法第十一条" in finding.lines[0]
    assert f"{members} 人" in finding.lines[0]


@pytest.mark.parametrize(
    ("way", "units", "ok"),
    [
        (Way.SINGLE, 0, False),
        (Way.SINGLE, 1, True),
        (Way.SINGLE, 2, False),
        (Way.ORGANISER, 1, True),
        (Way.JOINT, 1, False),
        (Way.JOINT, 2, True),
        (Way.JOINT, 3, True),
        (Way.REGIONAL, 1, False),
        (Way.INDUSTRY, 2, True),
    ],
)
def test_one_unit_founds_alone_two_together(*, way: Way, units: int, ok: bool) -> None:
    assert rules.units_enough(way, units).ok is ok


@pytest.mark.parametrize(("years", "ok"), [(2, False), (3, True), (4, False), (5, True), (6, False)])
def test_a_term_is_three_years_or_five(*, years: int, ok: bool) -> None:
    finding = rules.term(years, FIGURES.term_years)
    assert finding.ok is ok
    assert "3 年或者 5 年" in finding.lines[0]
    assert "工会法第十六条" in finding.lines[0]


def test_a_term_ends_so_many_years_after_it_began() -> None:
    assert rules.term_end(date(2026, 11, 20), 3) == date(2029, 11, 20)
    assert rules.term_end(date(2024, 2, 29), 3) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("members", "least", "most"),
    [
        (0, 3, 5),
        (24, 3, 5),
        (25, 3, 7),
        (200, 3, 7),
        (201, 7, 15),
        (1000, 7, 15),
        (1001, 15, 21),
        (5000, 15, 21),
        (5001, 21, 29),
        (10_000, 21, 29),
        (10_001, 29, 37),
        (50_000, 29, 37),
        (50_001, 37, 45),
    ],
)
def test_a_committee_is_as_large_as_its_band(*, members: int, least: int, most: int) -> None:
    for seats in range(1, 50):
        finding = rules.committee_size(seats, members, FIGURES.bands)
        assert finding.ok is (least <= seats <= most and seats % 2 == 1)


def test_why_a_committee_is_too_large_is_said_with_both_figures() -> None:
    lines = rules.committee_size(8, 100, FIGURES.bands).lines
    assert any("现为 8 人" in line and "7 人以下" in line for line in lines)
    assert any("单数" in line for line in lines)


@pytest.mark.parametrize(
    ("seats", "needed"), [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (15, 16), (20, 21), (21, 23), (29, 31)]
)
def test_more_candidates_than_seats_rounded_up_and_one_at_least(*, seats: int, needed: int) -> None:
    rates = {"percent": FIGURES.percent, "audit_percent": FIGURES.fund_audit_percent}
    for number in (needed - 1, needed, needed + 1):
        finding = rules.candidates_enough(Body.COMMITTEE, number, seats, **rates)
        assert finding.ok is (number >= needed)
        if seats > 1:
            assert rules.candidates_enough(Body.FUND_AUDIT, number, seats, **rates).ok is (number >= needed)


@pytest.mark.parametrize("body", [Body.CHAIR, Body.VICE_CHAIR, Body.WOMENS, Body.ORGANISER, Body.FUND_AUDIT])
def test_one_seat_of_these_may_be_elected_without_a_difference(*, body: Body) -> None:
    rates = {"percent": 5, "audit_percent": 5}
    assert not rules.candidates_enough(body, 0, 1, **rates).ok
    assert rules.candidates_enough(body, 1, 1, **rates).ok


@pytest.mark.parametrize(
    ("seats", "members", "ok"),
    [
        (0, 100, False),
        (1, 24, True),
        (1, 25, False),
        (2, 100, False),
        (3, 100, True),
        (11, 100, True),
        (12, 100, False),
    ],
)
def test_fund_audit_is_three_to_eleven_or_one_in_a_small_union(*, seats: int, members: int, ok: bool) -> None:
    sizes = {"sizes": FIGURES.fund_audit_sizes, "one_below": FIGURES.one_auditor_below}
    assert rules.fund_audit_size(seats, members, **sizes).ok is ok


@pytest.mark.parametrize(
    ("seats", "women", "ok"), [(1, 9, True), (3, 9, False), (1, 10, False), (3, 10, True), (5, 11, True), (0, 1, False)]
)
def test_from_ten_women_on_a_womens_committee(*, seats: int, women: int, ok: bool) -> None:
    finding = rules.womens_size(seats, women, committee_from=FIGURES.womens_committee)
    assert finding.ok is ok
    assert "工会女职工委员会工作条例第十一条" in finding.lines[0]


@pytest.mark.parametrize(("members", "ok"), [(99, False), (100, True), (101, True)])
def test_delegates_from_a_hundred_members_on(*, members: int, ok: bool) -> None:
    assert rules.meeting_form(Meeting.DELEGATES, members, delegates_from=FIGURES.delegates_from).ok is ok
    assert rules.meeting_form(Meeting.MEMBERS, members, delegates_from=FIGURES.delegates_from).ok


@pytest.mark.parametrize(
    ("shown", "held", "ok"),
    [
        (date(2026, 11, 9), date(2026, 11, 16), False),  # four between, the meeting's own day not counted
        (date(2026, 11, 9), date(2026, 11, 17), True),
        (date(2026, 9, 28), date(2026, 10, 8), False),  # the holidays of October do not count
        (None, date(2026, 11, 17), False),
        (date(2026, 11, 17), date(2026, 11, 9), False),
    ],
)
def test_candidates_are_shown_five_working_days(*, shown: date | None, held: date, ok: bool) -> None:
    assert rules.notice_enough(shown, held, FIGURES.notice_days, national_calendar()).ok is ok


@pytest.mark.parametrize(
    ("present", "expected", "ok"),
    [
        (17, 27, False),
        (18, 27, True),
        (19, 27, True),
        (19, 28, True),
        (18, 28, False),
        (1, 1, True),
        (0, 0, False),
        (28, 27, False),
    ],
)
def test_two_thirds_of_those_who_should_attend(*, present: int, expected: int, ok: bool) -> None:
    finding = rules.quorum(present, expected, Fraction(2, 3))
    assert finding.ok is ok
    assert "第十七条" in finding.lines[0]


@pytest.mark.parametrize(
    ("body", "tie", "facts", "ok", "article"),
    [
        (Body.COMMITTEE, Tie.NONE, {}, True, ""),
        (Body.COMMITTEE, Tie.CHIEF, {}, False, "选举工作条例"),
        (Body.CHAIR, Tie.LEGAL, {"also": [Body.COMMITTEE]}, False, "选举工作条例"),
        (Body.FUND_AUDIT, Tie.PARTNER, {}, False, "选举工作条例"),
        (Body.COMMITTEE, Tie.RELATIVE, {}, False, "工会法第十条"),
        (Body.ORGANISER, Tie.LEGAL, {}, False, "选举工作条例"),
        (Body.COMMITTEE, Tie.FINANCE, {}, True, ""),
        (Body.FUND_AUDIT, Tie.FINANCE, {}, False, "审计条例"),
        (Body.FUND_AUDIT, Tie.NONE, {"also": [Body.COMMITTEE]}, True, ""),
        (Body.FUND_AUDIT, Tie.NONE, {"also": [Body.COMMITTEE, Body.CHAIR]}, False, "审计条例"),
        (Body.FUND_AUDIT, Tie.NONE, {"also": [Body.VICE_CHAIR]}, False, "审计条例"),
        (Body.CHAIR, Tie.NONE, {"also": [Body.COMMITTEE]}, True, ""),
        (Body.CHAIR, Tie.NONE, {"also": []}, False, "选举工作条例"),
        (Body.VICE_CHAIR, Tie.NONE, {"also": [Body.COMMITTEE, Body.FUND_AUDIT]}, False, "审计条例"),
        (Body.COMMITTEE, Tie.NONE, {"is_retained": True}, False, "第四条"),
        (Body.WOMENS, Tie.NONE, {"is_woman": False}, False, "第十一条"),
        (Body.WOMENS, Tie.NONE, {"is_woman": True}, True, ""),
    ],
)
def test_who_may_stand(*, body: Body, tie: Tie, facts: dict, ok: bool, article: str) -> None:
    finding = rules.may_stand(body, tie, **facts)
    assert finding.ok is ok
    assert article in finding.lines[0]


RIGHT = {"expected": 27, "present": 25, "issued": 25, "collected": 24, "valid": 23, "void": 1, "seats": 1}


@pytest.mark.parametrize(
    ("changed", "votes", "fields"),
    [
        ({}, (20, 2, 1), []),
        ({"issued": 26}, (20, 2, 1), ["issued"]),
        ({"issued": 24}, (20, 2, 1), []),
        ({"issued": 23}, (20, 2, 1), ["collected"]),
        ({"void": 2}, (20, 2, 1), ["valid"]),
        ({"void": 0}, (20, 2, 1), ["valid"]),
        ({}, (20, 2, 0), ["7"]),
        ({}, (20, 2, 2), ["7"]),
        ({"write_ins": {"李木": 3}}, (20, 2, 1), []),
        ({"write_ins": {"李木": 4}}, (20, 2, 1), ["valid"]),
        ({"write_ins": {"李木": 24}, "seats": 3}, (20, 2, 1), ["write_ins"]),
    ],
)
def test_a_tally_sheet_adds_up(*, changed: dict, votes: tuple[int, int, int], fields: list[str]) -> None:
    sheet = Sheet(**{"write_ins": {}, **RIGHT, **changed}, votes={7: Votes(*votes)})
    assert [field for field, _ in rules.wrong_sums(sheet, {7: "白小满"})] == fields


@pytest.mark.parametrize(
    ("yes", "expected", "seats", "elected", "tied", "missing"),
    [
        ({1: 14}, 27, 1, (1,), (), 0),  # 27 // 2 + 1
        ({1: 13}, 27, 1, (), (), 1),
        ({1: 14}, 28, 1, (), (), 1),  # half is not more than half
        ({1: 15}, 28, 1, (1,), (), 0),
        ({1: 20, 2: 19, 3: 18}, 27, 2, (1, 2), (), 0),
        ({1: 18, 2: 20, 3: 19}, 27, 2, (2, 3), (), 0),
        ({1: 20, 2: 18, 3: 18}, 27, 2, (1,), (2, 3), 1),
        ({1: 18, 2: 18, 3: 18}, 27, 2, (), (1, 2, 3), 2),
        ({1: 18, 2: 18, 3: 14}, 27, 2, (1, 2), (), 0),
        ({1: 20, 2: 13, 3: 13}, 27, 2, (1,), (), 1),  # level, and short of the majority: no tie
        ({}, 27, 2, (), (), 2),
    ],
)
def test_more_than_half_of_those_who_should_attend_and_the_most_votes(
    *, yes: dict, expected: int, seats: int, elected: tuple, tied: tuple, missing: int
) -> None:
    found = rules.result(yes, expected=expected, seats=seats)
    assert (found.elected, found.tied, found.missing) == (elected, tied, missing)


@pytest.mark.parametrize(
    ("elected", "agree", "present", "ok"),
    [
        (3, 13, 25, True),
        (3, 12, 25, False),
        (3, 12, 24, False),
        (3, 13, 24, True),
        (2, 25, 25, False),
        (3, 26, 25, False),
    ],
)
def test_empty_seats_are_left_out_in_the_band_and_with_the_meetings_majority(
    *, elected: int, agree: int, present: int, ok: bool
) -> None:
    assert rules.may_reduce(elected, 27, FIGURES.bands, agree=agree, present=present).ok is ok


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("咸工发〔2026〕12号", "咸工发〔2026〕12号"),
        ("咸工发[2026]012号", "咸工发〔2026〕12号"),
        (" 咸工复（2025）第7号 ", "咸工复〔2025〕7号"),
        ("咸工发〔2027〕1号", ""),
        ("咸工发12号", ""),
        ("12", ""),
        ("", ""),
        ("〔2026〕12号", ""),
    ],
)
def test_a_document_number_has_word_year_and_serial(*, text: str, number: str) -> None:
    if number:
        assert rules.document_number(text, on=ON) == number
    else:
        with pytest.raises(ValueError, match="文号"):
            rules.document_number(text, on=ON)


@pytest.mark.parametrize(("part", "whole", "ok"), [(85, 86, True), (86, 86, True), (87, 86, False), (1, None, False)])
def test_nobody_has_more_members_than_staff(*, part: int, whole: int | None, ok: bool) -> None:
    assert rules.within_staff(part, whole, zh="会员").ok is ok


def test_every_figure_holds_on_the_first_day_of_its_document() -> None:
    first = params.figures(on=date(2022, 1, 1))
    assert (first.must_found, first.term_years, first.quorum) == (25, (3, 5), Fraction(2, 3))
    with pytest.raises(LookupError):
        params.figures(on=date(2022, 1, 1) - timedelta(days=1))
