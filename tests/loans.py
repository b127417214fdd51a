"""A desk with a decision point that promises something: loans, granted or not, with groups of customers."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher

from surehand.app import assembled
from surehand.flow import access, bases
from surehand.flow.bases import Basis
from tests.desk import Desk, opened_desk
from tests.pasts import Happening
from tests.served import write_place

POINT = ("loans", "grant_loan")

_LOANS = """\
process: loans
title: Small loans
currency: EUR
owner: olga.owner
builder: bo.builder
input:
  fields:
    customer_group: {type: text}
    sum: {type: money}
    sure: {type: number}
models:
  ours: {provider: function}
volume: {per_month: 2600}
steps:
  - decide: grant_loan
    yes_no: true
    question: "Grant {sum}?"
    consequence: {money: sum, high_from: 100000}
    signals: [model_probability]
    guarantee: {error: 0.02, sure: 0.95, on_error: record}
    slices: [customer_group]
    queue: refunds
    sla: {due: PT24H}
"""

_STEPS = """\
from surehand.core.recommendation import Recommendation


def grant_loan(sure: float) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=sure)
"""


@contextmanager
def loans_desk(folder: Path, database_url: str, *edits: tuple[str, str]) -> Iterator[Desk]:
    """The desk; each edit replaces a piece of the map."""
    place, text = write_place(folder, database=database_url), _LOANS
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (place / "loans").mkdir()
    (place / "loans" / "process.yaml").write_text(text)
    (place / "loans" / "steps.py").write_text(_STEPS)
    surehand = assembled(place)
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        with patch.object(access, "_hasher", lambda: quick), patch.object(bases, "basis_of", _as_it_comes):
            yield opened_desk(surehand)
    finally:
        surehand.close()


def _as_it_comes(*given: Any) -> Basis:
    """Confidence is a probability already, so nobody has to teach it first."""
    found = _usual(*given)
    return replace(found, plan=replace(found.plan, taught=0))


_usual = bases.basis_of


def applications(count: int, *, seed: int = 1, spoilt: float = 0.0) -> list[Happening]:
    """Most are easy, and the AI says honestly how sure it is; with one group it says yes too often.

    spoilt  share of a kind that the AI does not know, and is as sure of
    """
    drawn, found = random.Random(seed), []
    for _ in range(count):
        group = drawn.choices(("private", "business", "<b>new</b>"), (70, 28, 2))[0]
        easy = drawn.random() < 0.78
        score = drawn.betavariate(80, 0.35) if easy else drawn.betavariate(1.6, 1.0)
        right = drawn.random() < score and drawn.random() >= spoilt
        said = drawn.random() < (0.75 if group == "business" and not right else 0.45)
        found.append(Happening(min(score, 1.0), right, {"customer_group": group}, said))
    return found
