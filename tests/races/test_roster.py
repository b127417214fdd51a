"""Changes of people against verdicts at one moment: a verdict is allowed by the roster then in force."""

import threading
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection

from surehand.core import edits
from surehand.core.case import Case
from surehand.core.hearing import Answer
from surehand.errors import SurehandError
from surehand.flow import people
from surehand.flow.review import submit_verdict
from surehand.store import cases
from tests.flow.world import World, opened_world

WHY = "a race"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    with opened_world(tmp_path, database_url) as opened:
        yield opened


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Do all of it at one moment; what went wrong that is no refusal of ours."""
    ready, faults = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
        except SurehandError:
            pass
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def approves(world: World, person: str, case_id: str) -> Callable[[], object]:
    return lambda: submit_verdict(world.context, person, case_id, Answer(kind="approve"))


def test_who_is_disabled_decides_before_it_or_not_at_all(world: World) -> None:
    held = [world.submit(sure=0.8) for _ in range(8)]
    mine = [case_id for case_id in held if world.held(case_id).person == "ann"]
    assert mine
    leaves = lambda: people.disable(world.context, "ann", by="admin", because=WHY)  # noqa: E731
    assert together(leaves, *(approves(world, "ann", case_id) for case_id in mine)) == []
    assert not world.context.people.active("ann")
    for case_id in held:
        kinds = world.kinds(case_id)
        given = [v.person for v in world.verdicts(case_id)]
        assert given in ([], ["ann"])
        if not given and case_id in mine:
            assert world.held(case_id).person != "ann"
            assert kinds[-1] == "replaced"
    world.run()
    world.check()


def test_what_was_decided_while_its_person_is_disabled_is_not_given_to_somebody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if world.context.db.dialect == "sqlite":
        pytest.skip("one transaction writes at a time")
    held = [world.submit(sure=0.8) for _ in range(8)]
    mine = next(case_id for case_id in held if world.held(case_id).person == "ann")
    load, thread = cases.load, threading.Thread(target=approves(world, "ann", mine))

    def meanwhile(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
        """The verdict is committed after it was read what ann holds, and before her cases are."""
        if threading.current_thread() is not thread and thread.ident is None:
            thread.start()
            thread.join()
        return load(connection, ids)

    monkeypatch.setattr(cases, "load", meanwhile)
    people.disable(world.context, "ann", by="admin", because=WHY)
    assert thread.ident is not None
    assert [verdict.person for verdict in world.verdicts(mine)] == ["ann"]
    assert "replaced" not in world.kinds(mine)
    world.run()
    world.check()


def test_a_limit_that_is_lowered_holds_from_its_commit_on(world: World) -> None:
    held = [world.submit("400 EUR", 0.8) for _ in range(6)]
    lowers = lambda: people.change(  # noqa: E731
        world.context, by="admin", because=WHY, edit=edits.person_changed("bo", {"limit": Decimal(10)})
    )  # fmt: skip
    assert together(lowers, *(approves(world, "bo", case_id) for case_id in held)) == []
    world.run()
    # whatever was approved before does not run after: authority is asked again
    for case_id in held:
        if world.verdicts(case_id) and world.case(case_id).state != "done":
            assert "up to 10.00" in (world.action(case_id).error or "")
    late = world.submit("400 EUR", 0.8)
    with pytest.raises(SurehandError):
        world.verdict(late, "approve", by="bo")
    world.check()


def test_of_many_who_change_the_same_one_wins_and_the_others_are_told(world: World) -> None:
    told: list[str] = []

    def sets(limit: int) -> Callable[[], object]:
        def act() -> None:
            try:
                people.change(
                    world.context, by="admin", because=f"to {limit}", rev=1,
                    edit=edits.person_changed("bo", {"limit": Decimal(limit)}),
                )  # fmt: skip
            except SurehandError as refused:
                told.append(refused.detail)

        return act

    assert together(*(sets(limit) for limit in range(601, 613))) == []
    assert len(people.history(world.context)) == 2
    assert len(told) == 11
    assert all("Somebody changed the same since you saw it: people.bo.limit: 500 -> 6" in one for one in told)
    world.check()
