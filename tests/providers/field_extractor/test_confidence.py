"""What is said of known suppliers and of new ones, where the one is easy and the other a guess."""

import random

import pytest
from pydantic import BaseModel

from surehand.core.extraction import Labelled
from surehand.providers.field_extractor import Trained, train
from tests.providers.field_extractor.paper import page

LETTERS = "bdfgklmnprstvz"


class Paper(BaseModel):
    code: str | None


def paper(supplier: int, number: int) -> Labelled:
    """Two codes under words that only this supplier uses; which of them is meant is its own affair."""
    own, draw = random.Random(f"supplier {supplier}"), random.Random(f"{supplier} {number}")
    words = ["".join(own.choice(LETTERS) + own.choice("aeiou") for _ in range(4)) for _ in range(4)]
    codes = [f"K{draw.randrange(10_000, 99_999)}" for _ in range(2)]
    meant = own.randrange(2)
    rows = [f"{words[2]} {words[3]}", f"{words[0]}:|{codes[0]}", f"{words[1]}:|{codes[1]}", "Good day to you"]
    return Labelled(page(rows), {"code": codes[meant]}, f"supplier {supplier}")


@pytest.fixture(scope="module")
def taught() -> Trained:
    examples = [paper(supplier, number) for supplier in range(24) for number in range(4)]
    return train(examples, kinds={"code": "text"})


def told(taught: Trained, papers: list[Labelled]) -> tuple[float, float]:
    """Share that was read right, and mean confidence in it."""
    readings = [taught.read(one.document, Paper) for one in papers]
    right = [reading.values.code == one.values["code"] for reading, one in zip(readings, papers, strict=True)]
    said = [reading.confidence["code"] or 0.0 for reading in readings]
    return sum(right) / len(right), sum(said) / len(said)


def test_known_suppliers_get_the_confidence_that_they_earn(taught: Trained) -> None:
    right, said = told(taught, [paper(supplier, number) for supplier in range(24) for number in (7, 8)])
    assert right > 0.95
    assert said > 0.8


def test_new_suppliers_get_no_credit_for_them(taught: Trained) -> None:
    right, said = told(taught, [paper(supplier, 0) for supplier in range(100, 180)])
    assert right < 0.7
    assert said < right + 0.15


def test_what_is_published_is_of_new_suppliers(taught: Trained) -> None:
    right = [one.right["code"] for one in taught.held_out]
    assert len(right) == 96
    assert sum(right) / len(right) < 0.75
