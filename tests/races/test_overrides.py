"""Overrides at the very moment at which a window closes, an action runs, or somebody else decides."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from surehand.core.case import Assignment, CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict
from surehand.flow.escalate import escalate
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain
from surehand.store import cases
from tests.flow.test_notify import AT_ONCE, LATER
from tests.flow.world import World, opened_world
from tests.migrated import fresh_url, migrated_file
from tests.races.test_verdicts import together

__all__ = ["fresh_url", "migrated_file"]

TRIALS = 25

#: The other system says what it did.
TRUTHFUL = (
    '    return {"ok": "paid, they say", "no": None, "slow": None}[does("was_paid", key=key)]\n',
    """    calls = [json.loads(line) for line in (FOLDER / "calls.jsonl").read_text().splitlines()]
    paid = any(c["name"] == "pay" and c["key"] == key and c["word"] == "ok" for c in calls)
    return "paid, they say" if paid else None
""",
)


@pytest.fixture
def later(fresh_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(tmp_path / "deployment", fresh_url, LATER) as world:
        yield world


@pytest.fixture
def at_once(fresh_url: str, tmp_path: Path) -> Iterator[World]:
    with opened_world(tmp_path / "deployment", fresh_url, *AT_ONCE, TRUTHFUL) as world:
        yield world


def told(world: World, case_id: str) -> Assignment:
    with world.context.db.read() as connection:
        (notice,) = cases.beside(connection, [case_id])[case_id]
    return notice


def after(world: World, notice: Assignment) -> Assignment:
    with world.context.db.read() as connection:
        found = cases.assigned(connection, notice.id)
    assert found is not None
    return found


def decide(world: World, notice: Assignment, person: str, kind: str) -> Any:
    return submit_verdict(world.context, person, notice.case_id, Answer(kind=kind), of=notice.id)


def test_a_notice_is_answered_by_one_of_many(later: World) -> None:
    world, endings = later, Counter[str | None]()
    for _ in range(TRIALS):
        case_id = world.submit()
        notice = told(world, case_id)
        results = together(
            lambda notice=notice: decide(world, notice, "ann", "reject"),
            lambda notice=notice: decide(world, notice, "spec", "approve"),
            lambda notice=notice: decide(world, notice, "lead", "reject"),
        )
        won = [result for result in results if not isinstance(result, Exception)]
        assert len(won) == 1, results
        assert all(isinstance(r, Conflict) for r in results if isinstance(r, Exception)), results
        world.run()
        ending = after(world, notice).ending
        assert ending == ("stood" if not won[0][1].override else "prevented")
        assert len([key for key in world.keys("pay") if key.startswith(case_id)]) == (ending == "stood")
        endings[ending] += 1
    world.check()


def test_an_override_and_the_end_of_the_window(later: World) -> None:
    world = later
    for _ in range(TRIALS):
        case_id = world.submit()
        notice = told(world, case_id)
        clock = world.context.clock
        # one looks at a clock just before the end, the sweep at one just after
        before = notice.due_at - timedelta(microseconds=1)
        passed = notice.due_at + timedelta(microseconds=1)
        times = iter([before] * 3)
        world.context.clock = lambda times=times, passed=passed: next(times, passed)
        together(
            lambda notice=notice: decide(world, notice, "ann", "reject"),
            lambda: escalate(world.context),
        )
        world.context.clock = clock
        world.bench.clock.move(timedelta(hours=4, seconds=1))
        world.run()
        ending = after(world, notice).ending
        paid = [key for key in world.keys("pay") if key.startswith(case_id)]
        assert (ending, len(paid)) in (("stood", 1), ("prevented", 0)), ending
        assert world.case(case_id).state is CaseState.DONE
    world.check()


@pytest.mark.parametrize("word", ["temporary", "unknown"])
def test_an_override_and_the_worker_that_runs_the_action(at_once: World, word: str) -> None:
    world = at_once
    for _ in range(TRIALS):
        world.plan(pay=[word])
        case_id = world.submit()
        notice = told(world, case_id)
        world.bench.clock.move(timedelta(seconds=2))
        together(
            lambda notice=notice: decide(world, notice, "ann", "reject"),
            lambda: drain(world.context),
        )
        world.wait(minutes=20)
        ending = after(world, notice).ending
        paid = [key for key in world.keys("pay") if key.startswith(case_id)]
        undone = [key for key in world.keys("take_back") if key.startswith(case_id)]
        assert ending in ("prevented", "undone"), ending
        assert len(undone) == (ending == "undone")
        # the first attempt did nothing, as the plan had it
        assert len(paid) == (1 if ending == "prevented" else 2)
        assert world.case(case_id).answers["refund"]["value"] == "reject"
    world.check()
