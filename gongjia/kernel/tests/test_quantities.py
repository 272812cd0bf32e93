"""On the threshold, one below, one above: for every word of quantity."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel import quantities as q


@pytest.mark.parametrize(
    ("word", "below", "on", "above"),
    [
        (q.at_least, False, True, True),
        (q.at_most, True, True, False),
        (q.more_than, False, False, True),
        (q.less_than, True, False, False),
    ],
)
@pytest.mark.parametrize(
    ("threshold", "step"), [(25, 1), (Decimal("0.20"), Decimal("0.01")), (Fraction(1, 3), Fraction(1, 99))]
)
def test_each_word_includes_or_excludes_its_threshold(word, below, on, above, threshold, step):
    assert word(threshold - step, threshold) is below
    assert word(threshold, threshold) is on
    assert word(threshold + step, threshold) is above


def test_kinds_of_numbers_may_be_mixed():
    assert q.at_least(Decimal("0.5"), Fraction(1, 2))
    assert q.less_than(24, Decimal("24.5"))


@pytest.mark.parametrize("word", [q.at_least, q.at_most, q.more_than, q.less_than])
@pytest.mark.parametrize("wrong", [0.2, True, "25", None])
def test_floats_truths_and_words_are_no_quantities(word, wrong):
    with pytest.raises(TypeError, match="quantity"):
        word(wrong, 25)
    with pytest.raises(TypeError, match="quantity"):
        word(25, wrong)


@pytest.mark.parametrize(
    ("part", "whole", "enough"),
    [(65, 99, False), (66, 99, True), (67, 99, True), (66, 100, False), (67, 100, True), (0, 1, False)],
)
def test_two_thirds_or_more(part, whole, enough):
    assert q.fraction_at_least(part, whole, 2, 3) is enough


@pytest.mark.parametrize(("part", "whole", "within"), [(5, 30, True), (6, 30, True), (7, 30, False), (0, 30, True)])
def test_no_more_than_a_fifth(part, whole, within):
    assert q.fraction_at_most(part, whole, 20, 100) is within


@pytest.mark.parametrize(
    ("part", "whole", "majority", "half"),
    [
        (89, 180, False, False),
        (90, 180, False, True),
        (91, 180, True, True),
        (90, 181, False, False),
        (91, 181, True, True),
        (1, 1, True, True),
        (0, 1, False, False),
    ],
)
def test_more_than_half_is_not_half(part, whole, majority, half):
    assert q.majority_of(part, whole) is majority
    assert q.half_or_more(part, whole) is half


@given(st.integers(1, 10**7))
def test_the_votes_needed_are_the_least_majority(whole):
    needed = q.votes_needed_for_majority(whole)
    assert q.majority_of(needed, whole)
    assert not q.majority_of(needed - 1, whole)


@pytest.mark.parametrize(
    "share",
    [
        q.majority_of,
        q.half_or_more,
        lambda part, whole: q.fraction_at_least(part, whole, 2, 3),
        lambda part, whole: q.fraction_at_most(part, whole, 1, 5),
    ],
)
@pytest.mark.parametrize(("part", "whole"), [(0, 0), (1, 0), (-1, 5), (6, 5)])
def test_a_share_of_nothing_or_more_than_all_is_an_error(share, part, whole):
    with pytest.raises(ValueError, match="no share"):
        share(part, whole)


@pytest.mark.parametrize(
    ("seats", "five", "ten"),
    [
        (1, 1, 1),
        (3, 1, 1),
        (5, 1, 1),
        (7, 1, 1),
        (9, 1, 1),
        (10, 1, 1),
        (11, 1, 2),
        (15, 1, 2),
        (20, 1, 2),
        (21, 2, 3),
        (29, 2, 3),
        (40, 2, 4),
        (41, 3, 5),
    ],
)
def test_extra_candidates_round_up_and_are_never_none(seats, five, ten):
    assert q.extra_candidates(seats, 5) == five
    assert q.extra_candidates(seats, 10) == ten


def test_extra_candidates_take_exact_percentages_and_at_least_one_seat():
    assert q.extra_candidates(1000, Decimal("0.1")) == 1
    assert q.extra_candidates(1001, Decimal("0.1")) == 2
    with pytest.raises(TypeError, match="float"):
        q.extra_candidates(10, 5.0)
    with pytest.raises(ValueError, match="seat"):
        q.extra_candidates(0, 5)
