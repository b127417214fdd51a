"""A small deployment for pilots: its lookup may be called, its actions must not."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROCESS = """\
process: tickets
prefix: TIC
owner: boss
builder: dev
volume: {per_month: 1000, minutes_by_hand: 6, hourly_cost: 30, error_cost: 10}
input:
  fields:
    text: {type: text}
    sure: {type: number}
    said: {type: text, required: false}
    size: {type: integer, required: false}
steps:
  - lookup: look_up
  - decide: category
    choices: [billing, access, delivery]
    signals: [model_probability]
    bands: [{above: 0.9, route: automate}, {from: 0.0, route: review}]
    queue: desk
  - act: move
    undo: move_back
"""
STEPS = """\
from pydantic import BaseModel

from surehand.core.recommendation import Recommendation


class Found(BaseModel):
    known: bool


def look_up(text: str) -> Found:
    return Found(known=True)


def category(text: str, sure: float, said: str | None) -> Recommendation[str]:
    return Recommendation(value=said, confidence=sure)


def move(text: str, category: str, key: str) -> None:
    raise AssertionError("a pilot does nothing in earnest")


def move_back(key: str) -> None:
    raise AssertionError("a pilot does nothing in earnest")
"""
PEOPLE = """\
people:
  ann: {roles: [reviewer]}
  ben: {roles: [reviewer]}
  cleo: {roles: [reviewer]}
  boss: {roles: [owner, reviewer]}
  dev: {roles: [builder]}
queues: {desk: {owner: boss, members: [ann, ben, cleo], due: PT24H}}
"""

Case = tuple[dict[str, Any], dict[str, Any]]


def built(folder: Path, *edits: tuple[str, str]) -> Path:
    """The deployment, with edits of its map."""
    text = PROCESS
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "tickets").mkdir(parents=True)
    (folder / "tickets/process.yaml").write_text(text)
    (folder / "tickets/steps.py").write_text(STEPS)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "surehand.yaml").write_text("mode: production\n")
    return folder


def written(path: Path, cases: Iterable[Case]) -> Path:
    """A file of cases."""
    path.write_text("".join(json.dumps({"input": i, "truth": t}) + "\n" for i, t in cases))
    return path


def case(right: str | None = "billing", *, said: str | None = None, sure: float = 0.95, **more: Any) -> Case:
    """A case, with what the AI will say of it."""
    given = {"text": "a ticket", "sure": sure, "said": said or right, **more}
    return given, {"category": right}
