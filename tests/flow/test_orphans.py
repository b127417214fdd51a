"""No open case is left alone; rows that were broken by hand are found and mended."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update

from surehand.flow import orphans
from surehand.flow.explain import explain
from surehand.flow.running import sweep
from surehand.store import tables
from tests.flow.world import World


def broken(world: World, table: Any, case_id: str, **values: Any) -> None:
    column = table.c.id if table is tables.case else table.c.case_id
    world.context.db.write(lambda c: c.execute(update(table).where(column == case_id).values(**values)))


def gone(world: World, table: Any, case_id: str) -> None:
    world.context.db.write(lambda c: c.execute(delete(table).where(table.c.case_id == case_id)))


def unqueued(world: World) -> str:
    """A case whose action is due and fails at first, without its work."""
    world.plan(pay=["temporary", "ok"])
    case_id = world.submit()
    assert world.case(case_id).state == "acting"
    gone(world, tables.work, case_id)
    return case_id


def waiting(world: World, change: Callable[[World, str], None]) -> str:
    case_id = world.submit(sure=0.8)
    change(world, case_id)
    return case_id


BREAKS: dict[str, Callable[[World], str]] = {
    "nothing is open": lambda w: waiting(w, lambda w, c: broken(w, tables.assignment, c, open=False)),
    "its assignment is gone": lambda w: waiting(w, lambda w, c: gone(w, tables.assignment, c)),
    "no deadline": lambda w: waiting(w, lambda w, c: broken(w, tables.case, c, due_at=None)),
    "with nobody": lambda w: waiting(w, lambda w, c: broken(w, tables.assignment, c, person="nobody")),
    "with who left": lambda w: waiting(w, lambda w, c: broken(w, tables.assignment, c, person="gone")),
    "nothing is queued": unqueued,
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_what_was_broken_by_hand_is_found_and_mended(world: World, what: str) -> None:
    well = world.submit(sure=0.8)
    case_id = BREAKS[what](world)
    found = orphans.looked(world.context)
    assert (found.found, found.mended) == (1, 1)
    assert world.kinds(case_id)[-1] == "adopted"
    assert explain(world.context, case_id).entries[-1].sentence.startswith("Was left alone, as ")
    again = orphans.looked(world.context)
    assert (again.found, again.mended) == (0, 0)
    world.run()
    case = world.case(case_id)
    if case.state.open:
        held = world.held(case_id)
        assert case.owner == held.person
        assert case.due_at == held.due_at
        assert world.context.people.active(held.person)
        world.verdict(case_id, "reject", note="it was broken")
    assert not world.case(case_id).state.open
    assert world.held(well).open


def test_a_window_that_nobody_watches_any_more(a_world: Callable[..., World]) -> None:
    from tests.flow.test_notify import LATER

    world = a_world(LATER)
    case_id = world.submit(sure=0.95)
    assert world.case(case_id).state == "holding"
    broken(world, tables.assignment, case_id, open=False)
    assert orphans.looked(world.context).mended == 1
    assert world.case(case_id).state == "waiting"
    assert orphans.looked(world.context).found == 0


def test_a_case_that_ended_lacks_nothing(world: World) -> None:
    case_id = world.submit()
    assert world.case(case_id).state == "done"
    world.submit(sure=0.8)
    assert orphans.looked(world.context).found == 0


def test_it_is_looked_each_minute_and_what_was_found_is_kept(world: World) -> None:
    now = [0.0]
    assert orphans.look(world.context, clock=lambda: now[0]) is not None
    last = world.context.lookout.last
    assert last is not None
    assert (last.found, last.mended, last.at) == (0, 0, world.context.clock())
    now[0] = 59.0
    assert orphans.look(world.context, clock=lambda: now[0]) is None
    waiting(world, lambda w, c: broken(w, tables.assignment, c, person="gone"))
    now[0] = world.context.lookout.again + 1
    found = orphans.look(world.context, clock=lambda: now[0])
    assert found is not None
    assert (found.found, found.mended) == (1, 1)


def test_the_sweep_looks(world: World) -> None:
    case_id = waiting(world, lambda w, c: broken(w, tables.assignment, c, person="gone"))
    world.context.lookout.again = 0.0
    sweep(world.context)
    assert world.context.people.active(world.held(case_id).person)
