"""A past for a guarantee: thousands of judgements and answers, told to its guard through the real store.

Only the cases are bare rows: nobody submits or decides them, so that a long past takes seconds.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert

from surehand.core.guarantee import Evidence
from surehand.core.steps import DecisionPoint
from surehand.flow import guarding
from surehand.flow.context import Context
from surehand.store import evidence, tables
from surehand.store.evidence import Point


@dataclass(frozen=True, slots=True)
class Happening:
    """One case: how sure the AI was, whether it was right, its slices, and what it said as yes or no."""

    score: float
    right: bool
    slices: dict[str, str] | None = None
    said: bool | None = None


def told(
    context: Context, point: Point, cases: Sequence[Happening], *, seed: int = 1, together: int = 100,
    delay: float = 60, passing: Callable[[timedelta], Any] | None = None,
    each: timedelta = timedelta(minutes=9),
) -> int:  # fmt: skip
    """Let these cases happen. Returns how many pieces of evidence that were.

    together  cases that are judged on the same terms, and told in one fold
    delay     judgements until an answer comes, on average
    passing   moves the clock; each: time between two cases
    """
    drawn, process = random.Random(seed), context.processes.current[point[0]]
    step = process.map.step(point[1])
    assert isinstance(step, DecisionPoint)
    due: list[tuple[float, Evidence]] = []
    count = 0
    for start in range(0, len(cases), together):
        earned = guarding.earned(context, process, step)
        assert earned is not None
        found = [one for at, one in due if at <= start]
        due = [pair for pair in due if pair[0] > start]
        rows = []
        for number, one in enumerate(cases[start : start + together], start):
            case_id = f"past-{seed}-{number}"
            rows.append(_row(context, point[0], process.version, case_id))
            odds, alone = earned.terms.odds(one.score), earned.terms.alone(one.score)
            asked = drawn.random() < odds
            body: dict[str, Any] = {"terms": asdict(earned.terms), "score": one.score}
            body |= {"alone": alone, "odds": odds, "asked": asked}
            body |= {} if one.slices is None else {"slices": one.slices}
            body |= {} if one.said is None else {"said": one.said}
            found.append(Evidence(*point, "judged", body, case_id, 1))
            if asked:
                wait = drawn.expovariate(1 / delay) if delay else 0.0
                answer = Evidence(*point, "answered", {"right": one.right}, case_id, 1)
                due.append((number + wait, answer))
        context.db.write(lambda connection, rows=rows, found=found: _added(connection, rows, found))  # type: ignore[misc]
        if passing is not None:
            passing(each * together)
        count += guarding.fold(context)
    return count


def _added(connection: Connection, rows: list[dict[str, Any]], found: list[Evidence]) -> None:
    connection.execute(insert(tables.case), rows)
    evidence.add(connection, found)


def _row(context: Context, process: str, version: str, case_id: str) -> dict[str, Any]:
    now = context.clock()
    empty: dict[str, Any] = {name: {} for name in ("input", "facts", "readings", "brought", "answers")}
    return {
        **empty, "passed": [], "exchange": [], "id": case_id, "process": process, "version": version,
        "key": case_id, "digest": "0" * 64, "submitter": "robot", "state": "done", "place": 1, "round": 1,
        "rev": 1, "owner": "engine", "title": case_id, "audit_seq": 0, "audit_hash": "0" * 64,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
