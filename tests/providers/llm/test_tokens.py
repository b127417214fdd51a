"""How likely an answer was, as a table: what its tokens say, and everything that is no reading."""

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.providers.llm.tokens import probability_of
from tests.language import tokens_of

TEXT = '{"answer": "billing", "confidence": 0.9, "reason": "It names a bill"}'


def said(*pieces: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"token": piece, "bytes": None, "logprob": logprob} for piece, logprob in pieces]


@pytest.mark.parametrize(
    ("answer", "pieces", "sum_"),
    [
        # the quotes belong to the answer, and what stands before and after does not
        ("billing", [('{"answer": ', -1), ('"', -0.2), ("billing", -0.5), ('"', -0.1), ("}", -3)], -0.8),
        ("billing", [('{"answer": ', -1), ('"', -0.2), ("bill", -0.5), ("ing", -0.1), ('"}', -0.05)], -0.85),
        # a token over a border counts whole
        ("billing", [('{"answer":"bil', -0.7), ('ling",', -0.2), ('"reason":""}', -9)], -0.9),
        ("billing", [('{"answer":"billing"}', -0.3)], -0.3),
        # access and access_card part where the first one ends
        ("access", [('{"answer": "', 0), ("access", -0.1), ('"', -2), ("}", 0)], -2.1),
        # a number ends with what is behind it
        (4, [('{"answer": ', -1), ("4", -0.1), (",", -1.5), (' "reason": ""}', -1)], -1.6),
        (4.5, [('{"answer": ', -1), ("4", -0.1), (".", -0.2), ("5", -0.3), ("}", -0.4)], -1.0),
        (True, [('{"answer": ', -1), ("true", -0.25), (",", -1), ('"reason": ""}', -1)], -0.25),
        (False, [('{"answer": ', -1), ("fal", -0.25), ("se", -0.25), ("}", -1)], -0.5),
        # servers mark the end, and some answer in a fence
        ("billing", [('{"answer":', -1), ('"billing"', -0.5), ("}", -1), ("<|im_end|>", -5)], -0.5),
        ("billing", [("\n```json\n", -1), ('{"answer":', -1), ('"billing"', -0.5), ("}\n```", -1)], -0.5),
        # no token at all is none
        ("billing", [("", -7), ('{"answer":', -1), ('"billing"', -0.5), ("}", -1)], -0.5),
    ],
)
def test_the_tokens_of_the_answer_are_what_counts(
    answer: Any, pieces: list[tuple[str, float]], sum_: float
) -> None:
    text = "".join(piece for piece, _ in pieces).removesuffix("<|im_end|>")
    assert probability_of(answer, text, said(*pieces)) == pytest.approx(math.exp(sum_))


def test_a_character_in_two_tokens_is_one() -> None:
    text, name = '{"answer": "Möbel"}', "Möbel".encode()
    tokens = [
        {"token": '{"answer": "', "bytes": None, "logprob": -1.0},
        {"token": "M\\xc3", "bytes": list(name[:2]), "logprob": -0.1},
        {"token": "\\xb6bel", "bytes": list(name[2:]), "logprob": -0.2},
        {"token": '"}', "bytes": None, "logprob": -0.3},
    ]
    assert probability_of("Möbel", text, tokens) == pytest.approx(math.exp(-1.6))


@pytest.mark.parametrize(
    "logprob",
    [0.1, 1e-9, 3, math.nan, math.inf, -math.inf, 10**400, -(10**400), None, "-0.1", True, [-0.1], {}],
)
@pytest.mark.parametrize("where", ["answer", "billing", "reason"])
def test_one_that_cannot_be_spoils_all(logprob: Any, where: str) -> None:
    """Also where it is not of the answer: who sends this sends no log-probabilities."""
    assert probability_of("billing", TEXT, tokens_of(TEXT)) is not None
    assert probability_of("billing", TEXT, tokens_of(TEXT, **{where: logprob})) is None


USUAL = tokens_of(TEXT)


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        USUAL[:-1],  # truncated
        USUAL[:9],
        USUAL[1:],
        [*USUAL[:5], *USUAL[6:]],
        list(reversed(USUAL)),
        tokens_of(TEXT.replace("billing", "access")),
        tokens_of(TEXT.upper()),
        tokens_of("<think>It names a bill</think>" + TEXT),  # what it thought, cut from the text
        [{**one, "bytes": None, "token": f"▁{one['token']}"} for one in USUAL],
        [{**one, "bytes": [256]} for one in USUAL],
        [{**one, "bytes": ["a"]} for one in USUAL],
        [{**one, "bytes": "billing"} for one in USUAL],
        [{**one, "bytes": None, "token": 5} for one in USUAL],
        [{"token": one["token"]} for one in USUAL],
        ["billing", *USUAL],
        [None],
        tokens_of(TEXT, 0.0),  # certain of every word: filled in
        tokens_of(TEXT, -0.0),
    ],
)
def test_tokens_that_are_not_of_this_text_are_none(tokens: list[Any]) -> None:
    assert probability_of("billing", TEXT, tokens) is None


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("billing", '{"reason": "It names a bill", "answer": "billing"}'),  # it follows from the reason
        ("access", '{"answer": "billing", "answer": "access"}'),  # the last one counts, and is not first
        ("billing", '"answer": "billing"'),
        ("billing", 'So: {"answer": "billing"}'),
        ("billing", '{"answer": billing}'),
        ("billing", ""),
        (True, '{"answer": 1}'),
        (1, '{"answer": true}'),
        ("1", '{"answer": 1}'),
        (None, "null"),
        ("x", '{"answer": ' + "[" * 100_000),
    ],
)
def test_an_answer_that_is_not_what_comes_first_has_none(answer: Any, text: str) -> None:
    assert probability_of(answer, text, tokens_of(text)) is None


def test_one_that_is_never_likely_is_not_impossible() -> None:
    """Servers write -9999 for what is not among the words they kept."""
    assert probability_of("billing", TEXT, tokens_of(TEXT, billing=-9999.0)) == 0.0


numbers = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3), st.booleans())


@given(st.text(max_size=20), st.data())
def test_no_more_than_its_least_likely_token(answer: str, data: st.DataObject) -> None:
    """Whatever is sent, nothing fails, and nothing is more likely than any one of its parts."""
    text = json.dumps({"answer": answer, "reason": "so"}, ensure_ascii=False)
    tokens = [{"token": one, "bytes": None, "logprob": data.draw(numbers)} for one in data.draw(cuts(text))]
    found = probability_of(answer, text, tokens)
    if found is not None:
        assert 0.0 <= found <= 1.0
        assert all(-math.inf < one["logprob"] <= 0 for one in tokens)
        start = len('{"answer": ')
        assert found <= math.exp(
            min(_within(tokens, start, start + len(json.dumps(answer, ensure_ascii=False))))
        )


@st.composite
def cuts(draw: st.DrawFn, text: str) -> list[str]:
    """A text in pieces."""
    places = sorted({0, *draw(st.lists(st.integers(1, len(text) - 1), max_size=8)), len(text)})
    return [text[a:b] for a, b in pairwise(places)]


def _within(tokens: list[dict[str, Any]], start: int, end: int) -> list[float]:
    place, found = 0, []
    for one in tokens:
        if place < end and place + len(one["token"]) > start:
            found.append(one["logprob"])
        place += len(one["token"])
    return found
