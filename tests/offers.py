"""A deployment whose decisions are lists: tags of an offer, and a shortlist of names."""

from pathlib import Path
from typing import Any

from surehand.core.case import Case
from surehand.core.hearing import Answer
from surehand.flow.review import submit_verdict
from surehand.store import cases
from surehand.testing import Trial
from tests.flow.world import write_process

PROCESS = """\
process: offers
currency: EUR
owner: boss
builder: dev
input:
  fields:
    names: {type: texts, required: false}
    said: {type: texts, required: false}
    sure: {type: number, required: false}
steps:
  - decide: tags
    choices: [urgent, large, foreign]
    several: true
    bands:
      - {above: 0.9, route: spot_check}
      - {from: 0.5, route: review}
      - {from: 0.0, route: human}
    spot_check: {share: 1.0, on_error: record}
    queue: desk
  - act: hurry
    after: urgent
    repeatable: true
  - decide: shortlist
    ranking: {of: names, top: 2}
    rules:
      - {when: "'foreign' in tags", route: human, because: Foreign ones are looked at}
    bands:
      - {above: 0.9, route: spot_check}
      - {from: 0.5, route: review}
      - {from: 0.0, route: human}
    spot_check: {share: 1.0, on_error: record}
    queue: desk
  - act: invite
    repeatable: true
"""

STEPS = """\
from surehand.core.recommendation import Recommendation


def tags(said: list[str] | None, sure: float | None) -> Recommendation[list[str]]:
    return Recommendation(value=said or ["large"], confidence=sure)


def shortlist(names: list[str] | None, sure: float | None) -> Recommendation[list[str]]:
    ranked = sorted(names or [], reverse=True)[:2]
    return Recommendation(value=["Nobody"] if "Wrong" in ranked else ranked, confidence=sure)


def hurry(key: str) -> str:
    return "hurried"


def invite(key: str, shortlist: list[str]) -> str:
    return ", ".join(shortlist)
"""


class Offers:
    """Offers that come in, and what people say of them."""

    def __init__(self, bench: Trial) -> None:
        self.bench = bench

    def offer(self, *said: str, sure: float = 0.95, names: tuple[str, ...] = ("Ada", "Bea", "Cy")) -> Case:
        given: dict[str, Any] = {"names": list(names), "said": list(said), "sure": sure}
        return self.bench.submit("offers", {n: v for n, v in given.items() if v}, by="robot")

    def checks(self, case_id: str) -> dict[str, Any]:
        with self.bench.surehand.context.db.read() as connection:
            return {one.point: one for one in cases.beside(connection, [case_id]).get(case_id, [])}

    def checked(self, case_id: str, point: str, value: Any) -> bool | None:
        check = self.checks(case_id)[point]
        answer = Answer(kind="approve", value=value)
        submit_verdict(self.bench.surehand.context, check.person, case_id, answer, of=check.id)
        with self.bench.surehand.context.db.read() as connection:
            return cases.outcomes(connection, case_id)[-1].correct


def write(folder: Path) -> Path:
    """The deployment in a folder."""
    return write_process(folder, "offers", PROCESS, STEPS)
