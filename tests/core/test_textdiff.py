"""What changed between two texts: true to the letter, and found in bounded time."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.textdiff import TextDiff, compared

SOME = ["a ", "b ", "c, ", "d\n", "1.5 ", " ", "e\u0301 ", "\u4e2d", "(x) "]
WORDS = st.lists(st.sampled_from(SOME), max_size=16)


def told(diff: TextDiff) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in diff.pieces]


@pytest.mark.parametrize(
    ("before", "after", "pieces", "counts"),
    [
        ("", "", [], (0, 0, 0)),
        ("", "x y", [("in", "x y")], (0, 0, 2)),
        ("x y", "", [("out", "x y")], (2, 2, 0)),
        ("a b c", "a b c", [("same", "a b c")], (3, 0, 0)),
        ("a b c", "a x c", [("same", "a "), ("out", "b "), ("in", "x "), ("same", "c")], (3, 1, 1)),
        ("a b c", "a b x y c", [("same", "a b "), ("in", "x y "), ("same", "c")], (3, 0, 2)),
        ("by Monday.", "by Tuesday.", [("same", "by "), ("out", "Monday"), ("in", "Tuesday"), ("same", ".")],
         (2, 1, 1)),
        ("10 % off", "5 % off", [("out", "10 "), ("in", "5 "), ("same", "% off")], (3, 1, 1)),
        ("4,135.78 EUR", "4,135.79 EUR", [("out", "4,135.78 "), ("in", "4,135.79 "), ("same", "EUR")],
         (2, 1, 1)),
        ("a b\nc", "a  b c", [("same", "a  b c")], (3, 0, 0)),  # spaces are those of now
        ("\u4e2d\u6587", "\u4e2d\u56fd", [("same", "\u4e2d"), ("out", "\u6587"), ("in", "\u56fd")],
         (1, 1, 1)),
        ("cafe\u0301 x", "cafe x", [("out", "cafe\u0301 "), ("in", "cafe "), ("same", "x")], (2, 1, 1)),
    ],
)  # fmt: skip
def test_words_that_changed(
    before: str, after: str, pieces: list[tuple[str, str]], counts: tuple[int, int, int]
) -> None:
    diff = compared(before, after)
    assert told(diff) == pieces
    assert (diff.before, diff.out, diff.put) == counts
    assert diff.by == "words"
    assert diff.same is (before == after)


def flat(text: str) -> str:
    return "".join(text.split())


def holds(before: str, after: str) -> TextDiff:
    """The pieces are both texts, and none of them is empty."""
    diff = compared(before, after)
    assert flat("".join(text for kind, text in told(diff) if kind != "in")) == flat(before)
    assert "".join(text for kind, text in told(diff) if kind != "out") == after
    assert all(text for _, text in told(diff))
    assert 0 <= diff.out <= diff.before
    return diff


@given(WORDS, WORDS)
def test_a_diff_is_both_texts(before: list[str], after: list[str]) -> None:
    diff = holds("".join(before), "".join(after))
    kinds = [kind for kind, _ in told(diff)]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("in", "out") not in pairwise(kinds)


@given(WORDS)
def test_nothing_changed_in_the_same_text(words: list[str]) -> None:
    text = "".join(words)
    assert told(compared(text, text)) == ([("same", text)] if text else [])


CHANCE = random.Random(7)


def chance(count: int, kinds: int, gap: str = " ") -> str:
    return gap.join(str(CHANCE.randrange(kinds)) for _ in range(count))


@pytest.mark.parametrize(
    ("before", "after", "by"),
    [
        (chance(60, 900), chance(60, 900), "words"),
        (chance(4_000, 2), chance(4_000, 2), "lines"),
        (chance(4_000, 9_000), chance(4_000, 9_000), "lines"),
        (chance(4_000, 40), chance(4_000, 40), "lines"),
        ("a " * 4_000, "a " * 3_000 + "b " * 900, None),
        ("a b " * 2_000, "b a " * 2_000, "words"),
        (chance(200_000, 5), chance(200_000, 5), "lines"),
        (chance(100_000, 9, "\n"), chance(100_000, 9, "\n"), "lines"),
        ("1" + ",1" * 500_000, "1," * 500_000, "words"),
        ("x" * 1_000_000, "y" * 1_000_000, "words"),
        ("," * 1_000_000, "." * 1_000_000, "words"),
        (" " * 1_000_000, "\n" * 1_000_000, None),
        ("e" + "\u0301" * 1_000_000, "\u202e" * 1_000_000, "words"),
    ],
    ids=range(13),
)
def test_no_text_takes_long(before: str, after: str, by: str | None) -> None:
    begun = time.process_time()
    diff = compared(before, after)
    assert time.process_time() - begun < 2.0
    holds(before, after)
    assert by in (None, diff.by)


def test_lines_are_compared_where_there_are_too_many_words() -> None:
    before = "".join(f"line {n} of a long contract\n" for n in range(2_000))
    after = before.replace("line 700 of", "line seven hundred of").replace("line 9 of a long contract\n", "")
    diff = holds(before, after)
    assert diff.by == "lines"
    assert (diff.before, diff.out, diff.put) == (2_000, 2, 1)
