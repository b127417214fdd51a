"""Several people at the same work at the same moment: one wins, and nothing is lost or held twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from surehand.core.hearing import Answer
from surehand.core.precedence import Precedence
from surehand.errors import Conflict, Forbidden
from surehand.flow import handling
from surehand.flow.passing import pass_on
from surehand.flow.review import claim, submit_verdict
from tests.flow.conftest import a_world
from tests.flow.world import World
from tests.migrated import fresh_url, migrated_file
from tests.races.test_verdicts import together

__all__ = ["a_world", "fresh_url", "migrated_file"]

TRIALS = 12


@pytest.fixture
def world(a_world: Callable[..., World], tmp_path: Path) -> World:
    return a_world()


def one_of(results: list[Any]) -> list[int]:
    """Places of those that were not refused; the others heard why."""
    for result in results:
        if isinstance(result, Exception):
            assert isinstance(result, Conflict | Forbidden), result
    return [place for place, result in enumerate(results) if not isinstance(result, Exception)]


def test_a_case_is_given_back_once(world: World) -> None:
    for _ in range(TRIALS):
        case_id = world.submit(sure=0.8)
        claim(world.context, "ann", case_id)
        results = together(*[partial(handling.release, world.context, "ann", case_id)] * 4)
        assert len(one_of(results)) == 1
        assert world.kinds(case_id).count("released") == 1
        assert world.held(case_id).person != "ann"
    world.check()


def test_whoever_is_given_it_last_has_it(world: World) -> None:
    for _ in range(TRIALS):
        case_id = world.submit(sure=0.8)
        claim(world.context, "ann", case_id)
        results = together(
            partial(handling.reassign, world.context, "lead", case_id, "spec"),
            partial(handling.reassign, world.context, "boss", case_id, "bo"),
            partial(handling.release, world.context, "ann", case_id),
            partial(claim, world.context, "deputy", case_id),
            partial(handling.prioritise, world.context, "lead", case_id, Precedence.URGENT, "now"),
            partial(pass_on, world.context),
        )
        assert one_of(results)
        held, case = world.held(case_id), world.case(case_id)
        assert (held.person, held.precedence) == (case.owner, case.precedence)
        assert case.precedence == -1
    world.check()


def test_a_verdict_loses_to_none_of_it(world: World) -> None:
    for _ in range(TRIALS):
        case_id = world.submit(sure=0.8)
        claim(world.context, "ann", case_id)
        until = world.context.clock() + timedelta(hours=1)
        results = together(
            partial(submit_verdict, world.context, "ann", case_id, Answer(kind="reject")),
            partial(handling.snooze, world.context, "ann", case_id, until),
            partial(handling.reassign, world.context, "lead", case_id, "spec"),
            partial(handling.prioritise, world.context, "lead", case_id, Precedence.LOW, "later"),
        )
        # who had it and belongs to the queue may decide it, whoever has it by then
        assert not isinstance(results[0], Exception), results
        one_of(results)
        assert len(world.verdicts(case_id)) == 1
    world.check()


def test_an_absence_is_begun_once_by_two_that_sweep(world: World) -> None:
    ids = [world.submit(sure=0.8) for _ in range(6)]
    for case_id in ids:
        claim(world.context, "ann", case_id)
    world.absent("ann", stand_in="clerk")
    moved = together(*[partial(pass_on, world.context)] * 3)
    assert sum(moved) == 6, moved
    for case_id in ids:
        assert world.held(case_id).person == "clerk"
        assert world.kinds(case_id).count("stood_in") == 1
    world.check()
