"""Texts as words and pieces, whatever is in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surehand.core.classification import Taught
from surehand.providers import text_classifier
from surehand.providers.classifier.training import Trained
from surehand.providers.text_classifier.pieces import MOST, Pieces
from surehand.providers.text_classifier.vocabulary import WIDTH, bags

_LISTED = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##happy", "##ly", "happy", ",", "!", "日", "e")
VOCABULARY = {piece: number for number, piece in enumerate(_LISTED)}
PIECES = Pieces(VOCABULARY)
HOSTILE = st.text(st.characters(), max_size=300)


@pytest.fixture(scope="module")
def trained() -> Trained:
    topics = {"a": "red green blue", "b": "one two three"}
    examples = [
        Taught({"text": f"{word} {n}"}, answer)
        for answer, words in topics.items() for word in words.split() for n in range(8)
    ]  # fmt: skip
    return text_classifier.train(examples, reads={"text": "text"})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [2, 3]),
        ("Unhappy", [2, 4, 5, 3]),
        ("unhappyly, happy!", [2, 4, 5, 6, 8, 7, 9, 3]),
        ("unsad", [2, 1, 3]),
        ("日日", [2, 10, 10, 3]),
        ("é\x00\u200d", [2, 11, 3]),
        ("x" * 101, [2, 1, 3]),
    ],
)
def test_the_longest_piece_that_fits(text: str, numbers: list[int]) -> None:
    assert list(PIECES.numbers(text)) == numbers


@given(HOSTILE)
def test_any_text_can_be_cut(text: str) -> None:
    numbers = PIECES.numbers(text)
    assert (numbers[0], numbers[-1]) == (2, 3)
    assert len(numbers) <= MOST
    made = bags([text, text])
    assert made.texts[0] == made.texts[1]
    assert all(0 <= place < WIDTH for parts in (*made.parts, made.pairs) for place in parts)


@given(st.lists(HOSTILE, max_size=6))
@settings(deadline=None)
def test_any_text_can_be_read(trained: Trained, texts: list[str]) -> None:
    cases = [{"text": text} for text in texts]
    read = trained.model.readings(cases)
    assert np.isfinite(read.confidence).all()
    assert len(trained.model.because(cases, read.best)) == len(cases)


def test_lone_surrogates_and_lists_are_read(trained: Trained) -> None:
    read = trained.model.readings([{"text": "red \ud800 green"}, {"text": ["red", 3, "green"]}])
    assert [read.answers[best] for best in read.best] == ["a", "a"]


def test_many_texts_are_read_as_each_alone(trained: Trained) -> None:
    cases = [{"text": f"red and {n % 97} green things of {n % 31}"} for n in range(2_000)]
    read = trained.model.readings(cases)
    for place in range(0, len(cases), 199):
        alone = trained.model.readings([cases[place]])
        assert read.answers[read.best[place]] == alone.answers[alone.best[0]]
        assert read.confidence[place] == pytest.approx(alone.confidence[0], rel=1e-5)
