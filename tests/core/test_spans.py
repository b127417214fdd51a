"""Where in a text something was said."""

import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.spans import Span, checked, found_once, laid_over, parts

TEXT = "You took 380.00 twice on 14 November, see A-7."

ODD = st.text(st.sampled_from("ab 7.,\n\u0301\u200d\ufe0f\u05d0\u202e\U0001f469\U0001f3fd<&"), max_size=60)


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (9, 15, (9, 15)),
        (0, len(TEXT), (0, len(TEXT))),
        (15, 9, None),
        (9, 9, None),
        (-1, 3, None),
        (0, len(TEXT) + 1, None),
        (8, 9, None),  # a space
        (None, 3, None),
        (0, None, None),
        ("0", "3", None),
        (True, 3, None),
        (0.0, 3.0, None),
        (10**30, 10**31, None),
    ],
)
def test_a_span_lies_within_its_text_or_is_none(start: Any, end: Any, span: Span | None) -> None:
    assert checked(TEXT, start, end) == span


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (TEXT, "380.00", "380.00"),
        (TEXT, "  A-7 ", "A-7"),
        (TEXT, "14 November", "14 November"),
        (TEXT, "80.00", None),  # of a longer number
        (TEXT, "380", None),
        (TEXT, "380.0", None),
        (TEXT, "1", None),
        (TEXT, "Nov", None),
        (TEXT, "november", None),
        (TEXT, "", None),
        ("9.00 and 9.00", "9.00", None),
        ("1,380.00 and 380.00.", "380.00", "380.00"),
        ("snake_case case", "case", "case"),
        ("\u05d0\u05d1 12", "12", "12"),
        ("x" * 200_000 + " here", "here", None),  # beyond what is searched
        ("x" * 199_000 + " here", "here", "here"),
        ("word " * 100_000, "word", None),
        ("ab" * 100_000, "ab", None),
    ],
)
def test_words_are_found_where_they_stand_once(text: str, words: str, said: str | None) -> None:
    span = found_once(text, words)
    assert (span and text[slice(*span)]) == said


def test_a_letter_keeps_its_marks() -> None:
    text = "cafe\u0301 \U0001f469\u200d\U0001f4bb x"
    assert text[slice(*checked(text, 0, 4) or (0, 0))] == "cafe\u0301"
    assert text[slice(*checked(text, 7, 8) or (0, 0))] == "\U0001f469\u200d\U0001f4bb"
    prank = "a" + "\u0301" * 100_000
    assert checked(prank, 50, 51) == (18, 83)


def test_looking_costs_little_whatever_the_text() -> None:
    begun = time.perf_counter()
    for text, words in (
        ("a" * 1_000_000, "a" * 2_000),
        ("a" * 1_000_000, "a" * 1_000 + "b"),
        ("ab" * 500_000, "ba" * 900),
        ("1." * 500_000, "1.1"),
    ):
        found_once(text, words)
    assert time.perf_counter() - begun < 1.0


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", [""]),
        ("abc", ["abc"]),
        ("abcdefgh", ["abcdefgh"]),
        ("abcdefghi", ["abcdefgh", "i"]),
        ("abcdef hij", ["abcdef ", "hij"]),
        ("abcdef\n ij", ["abcdef\n", " ij"]),
        ("a\nbcdefghij", ["a\nbcdefg", "hij"]),  # a short part is worse than a parted word
    ],
)
def test_a_long_text_is_cut_at_lines_and_words(text: str, cut: list[str]) -> None:
    assert [text[start:end] for start, end in parts(text, 8)] == cut


@given(ODD, st.integers(4, 20))
def test_parts_are_the_text(text: str, size: int) -> None:
    cut = parts(text, size)
    assert "".join(text[start:end] for start, end in cut) == text
    assert all(start < end for start, end in cut) or text == ""
    assert all(end - start <= size + 32 for start, end in cut)


@given(ODD, st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=8))
def test_what_is_laid_over_a_text_leaves_it_as_it_is(text: str, named: list[tuple[int, int]]) -> None:
    for part in parts(text, 16):
        spans = [
            span
            for one in named
            if (span := checked(text, *one)) is not None and part[0] <= span[0] < part[1]
        ]
        laid = laid_over(text, part, spans)
        assert "".join(piece for piece, _ in laid) == text[slice(*part)]
        assert sorted(index for _, index in laid if index is not None) == list(range(len(spans)))
        at = part[0]
        for piece, index in laid:
            if index is not None and piece:
                assert spans[index][0] <= at
                assert at + len(piece) <= spans[index][1]
            at += len(piece)


@given(ODD, st.integers(0, 60), st.integers(0, 60))
def test_no_mark_is_parted_from_its_letter(text: str, start: int, end: int) -> None:
    span = checked(text, start, end)
    if span is None:
        return
    for edge in span:
        inside = 0 < edge < len(text)
        assert not inside or unicodedata.category(text[edge])[0] != "M"


def test_one_within_another_keeps_its_number() -> None:
    assert laid_over("abcdefgh", (0, 8), [(1, 6), (2, 4), (5, 7), (1, 6)]) == [
        ("a", None), ("bcdef", 0), ("", 3), ("", 1), ("g", 2), ("h", None),
    ]  # fmt: skip
