"""Case numbers: sortable by time, unique by chance, readable."""

import re

from hypothesis import given
from hypothesis import strategies as st

from surehand.core.names import case_number, keyed_case_number

TIMES = st.integers(0, 2**44 - 1)
CHANCES = st.integers(0, 2**36 - 1)


@given(TIMES, CHANCES)
def test_a_number_is_short_and_has_no_letters_that_look_alike(at: int, chance: int) -> None:
    assert re.fullmatch(r"exp-[0-9a-hjkmnp-tv-z]{16}", case_number("exp", milliseconds=at, random=chance))


@given(st.tuples(TIMES, CHANCES), st.tuples(TIMES, CHANCES))
def test_numbers_sort_by_time_then_chance_and_differ(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = (case_number("a", milliseconds=at, random=chance) for at, chance in (one, other))
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_what_does_not_fit_is_cut_and_does_not_spill_into_the_time() -> None:
    assert case_number("a", milliseconds=7, random=2**36 + 5) == case_number("a", milliseconds=7, random=5)
    assert case_number("a", milliseconds=2**44 + 7, random=5) == case_number("a", milliseconds=7, random=5)


def test_the_number_of_a_key_is_the_same_everywhere_and_of_no_other_key_or_process() -> None:
    numbers = {
        keyed_case_number("exp", process=process, key=key)
        for process, key in (("a", "1"), ("a", "2"), ("b", "1"), ("a1", ""), ("", "a1"), ("a", "\U0001f600"))
    }
    assert len(numbers) == 6
    assert keyed_case_number("exp", process="expenses", key="receipt 7") == "exp-szegsnjvf7vqydpm"
    assert all(re.fullmatch("exp-[0-9a-hjkmnp-tv-z]{16}", number) for number in numbers)
