"""References and tracking codes: every wrong sign and every swap is caught, look-alikes are understood."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.references import (
    ALPHABET,
    REFERENCE_LENGTH,
    TRACKING_LENGTH,
    grouped,
    is_reference,
    is_tracking_code,
    new_reference,
    new_tracking_code,
    normalise,
)

bodies = st.integers(min_value=0, max_value=31**9 - 1)


def made_of(number: int) -> str:
    return new_reference(lambda _: number)


def test_the_alphabet_is_of_prime_size_and_free_of_look_alikes():
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("ILOSZ") & set(ALPHABET)


def test_a_new_reference_is_ten_signs_and_valid():
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    assert all(len(one) == REFERENCE_LENGTH and is_reference(one) and set(one) <= set(ALPHABET) for one in references)


@given(bodies)
def test_every_single_wrong_sign_is_refused(number):
    reference = made_of(number)
    for place, right in enumerate(reference):
        for wrong in set(ALPHABET) - {right}:
            assert not is_reference(reference[:place] + wrong + reference[place + 1 :])


@given(bodies)
def test_every_swap_of_neighbours_is_refused(number):
    reference = made_of(number)
    for place in range(REFERENCE_LENGTH - 1):
        one, two = reference[place : place + 2]
        swapped = reference[:place] + two + one + reference[place + 2 :]
        assert is_reference(swapped) is (one == two)


@given(bodies)
def test_lower_case_blanks_and_look_alikes_are_understood(number):
    reference = made_of(number)
    typed = reference.lower().replace("0", "o").replace("1", "l").replace("5", "s").replace("2", "z")
    typed = f" {typed[:4]}-{typed[4:]} "
    assert is_reference(typed)
    assert normalise(typed) == reference


@pytest.mark.parametrize("text", ["", "7", "0" * 9, "0" * 11, "咸宁咸宁咸宁咸宁咸宁", "00000000-", "000000000*"])
def test_what_is_no_reference_is_refused(text):
    assert not is_reference(text)


def test_all_noughts_are_a_reference_like_any_other():
    assert made_of(0) == "0" * 10
    assert is_reference("0" * 10)


def test_a_seeded_source_gives_the_same_references_again():
    one, two = random.Random(4212), random.Random(4212)
    assert [new_reference(one.randrange) for _ in range(20)] == [new_reference(two.randrange) for _ in range(20)]


def test_a_reference_has_44_bits_and_a_tracking_code_at_least_60():
    asked: list[int] = []

    def remember(size: int) -> int:
        asked.append(size)
        return 0

    new_reference(remember)
    new_tracking_code(remember)
    assert asked[0] >= 2**44
    assert asked[1] >= 2**60


def test_a_tracking_code_is_checked_and_printed_in_groups():
    code = new_tracking_code()
    assert len(code) == TRACKING_LENGTH
    printed = grouped(code)
    assert [len(group) for group in printed.split("-")] == [4, 4, 4, 4]
    assert is_tracking_code(printed.lower())
    assert not is_reference(code)
    wrong = ALPHABET[(ALPHABET.index(code[3]) + 1) % 31]
    assert not is_tracking_code(code[:3] + wrong + code[4:])
