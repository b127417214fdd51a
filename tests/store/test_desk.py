"""What is found in parts, each with an index of its own, is what the words say, in order, page by page."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from surehand.core.case import Assignment, Case, CaseState
from surehand.core.oversight import Level
from surehand.store import desk, figures, tables, tally
from surehand.store.database import Database
from surehand.store.desk import Known, Sight, Which
from surehand.store.neighbours import Neighbours, Placing
from surehand.store.order import Mark, overdue
from surehand.store.records import row_of
from tests.core.made import NOW, a_case, an_assignment

PEOPLE, QUEUES, PROCESSES = ("ann", "bo", "cy"), ("ap", "po", "hr"), ("payments", "posts")

Rows = list[tuple[Case, Assignment]]


@pytest.fixture
def rows(database: Database) -> Rows:
    """Many waiting cases: some urgent, some put off, with the same deadline, questions, or closed."""
    draw = random.Random(7)
    made: Rows = []
    for number in range(160):
        name, due = f"pay-{number:03}", NOW + timedelta(hours=draw.randrange(-9, 30))
        person, is_open = draw.choice(PEOPLE), draw.random() < 0.9
        kind = "answer" if draw.random() < 0.2 else "decide"
        state = (CaseState.ASKING if kind == "answer" else CaseState.WAITING) if is_open else CaseState.DONE
        case = replace(
            a_case(), id=name, key=name, process=draw.choice(PROCESSES), submitter=draw.choice(PEOPLE),
            state=state, owner=person if is_open else "engine", due_at=due if is_open else None,
            precedence=(rank := draw.choice((-1, 0, 0, 0, 1))),
        )  # fmt: skip
        given = an_assignment(
            id=f"{name}.1", case_id=name, queue=draw.choice(QUEUES), person=person, due_at=due, timer_at=None,
            kind=kind, open=is_open, precedence=rank,
            snoozed_until=NOW + timedelta(hours=draw.randrange(-5, 5)) if draw.random() < 0.2 else None,
        )  # fmt: skip
        made.append((case, given))
    database.write(lambda c: c.execute(insert(tables.case), [row_of(case) for case, _ in made]))
    database.write(lambda c: c.execute(insert(tables.assignment), [row_of(given) for _, given in made]))
    return sorted(made, key=lambda row: (row[1].precedence, row[1].due_at, row[1].id))


def pages(database: Database, which: Which, *, limit: int) -> list[str]:
    found: list[str] = []
    after = None
    with database.read() as connection:
        while page := desk.waiting(connection, which, limit=limit, after=after):
            found += [row.case_id for row in page]
            last = page[-1].assignment
            after = Mark(last.due_at, last.id, last.precedence)
    return found


def not_asked_of_others(given: Assignment, person: str) -> bool:
    return given.open and (given.kind != "answer" or given.person == person)


def later(given: Assignment) -> bool:
    return given.snoozed_until is not None and given.snoozed_until > NOW


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_what_somebody_has_and_what_they_put_off(database: Database, rows: Rows, limit: int) -> None:
    mine = [given for _, given in rows if given.open and given.person == "bo"]
    awake = [given.case_id for given in mine if not later(given)]
    assert pages(database, desk.held_by("bo", now=NOW), limit=limit) == awake
    put_off = [given.case_id for given in mine if later(given)]
    assert put_off
    assert pages(database, desk.put_off("bo", now=NOW), limit=limit) == put_off


@pytest.mark.parametrize(
    "known", [Known("bo", checks, backs) for checks in (False, True) for backs in (False, True)]
)
def test_neighbours_are_those_of_the_list(database: Database, rows: Rows, known: Known) -> None:
    """Also of what somebody has as a backup, and without what is kept from them while they check a case."""
    work = desk.told(known, desk.held_by("bo", now=NOW))
    placing = Placing(desk.told(known, desk.held_by("bo", now=tally.NOW)))
    changed = changes_for_bo(rows)
    database.write(lambda c: [c.execute(one) for one in changed])
    with database.read() as connection:
        listed = [row.assignment for row in desk.waiting(connection, work, limit=500)]
        assert any(one.person != "bo" for one in listed) == known.backs
        for place, given in enumerate(listed):
            assert placing.of(connection, given, now=NOW) == Neighbours(
                place + 1, len(listed), listed[place - 1] if place else None,
                listed[place + 1] if place + 1 < len(listed) else None,
            )  # fmt: skip
        names = {one.id for one in listed}
        for _, given in rows:
            if given.id not in names:  # closed, put off, somebody else's, or kept from them
                assert placing.of(connection, given, now=NOW) is None


def changes_for_bo(rows: Rows) -> list[Any]:
    """Bo is the backup for some of another's, and has two cases to check unseen, one of them theirs."""
    open_ = [given for _, given in rows if given.open]
    theirs = [given for given in open_ if given.person == "ann"]
    checked = [theirs[0], next(given for given in open_ if given.person == "bo")]
    checks = [
        replace(given, id=f"{given.case_id}.2", kind="check", level=Level.HUMAN, person="bo")
        for given in checked
    ]
    backed = tables.assignment.c.id.in_([given.id for given in theirs[1::3]])
    return [
        update(tables.assignment).where(backed).values(backup="bo"),
        insert(tables.assignment).values([row_of(given) for given in checks]),
    ]


def expected(rows: Rows, sight: Sight) -> list[str]:
    return [
        case.id
        for case, given in rows
        if not_asked_of_others(given, sight.person)
        and (
            sight.everything or case.process in sight.processes or given.queue in sight.queues
            or sight.person in (case.submitter, case.owner, given.person)
        )
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [1, 7, 500])
@pytest.mark.parametrize(
    "sight",
    [
        Sight("ann", True),
        Sight("ann", False),
        Sight("bo", False, frozenset({"posts"}), frozenset({"ap"})),
        Sight("bo", False, frozenset(PROCESSES), frozenset(QUEUES)),
        Sight("zoe", False, frozenset(), frozenset({"po", "hr"})),
    ],
)
def test_what_a_person_may_see(database: Database, rows: Rows, sight: Sight, limit: int) -> None:
    wanted = expected(rows, sight)
    assert pages(database, desk.within(sight), limit=limit) == wanted
    with database.read() as connection:
        assert tally.count_waiting(connection, desk.within(sight)) == len(wanted)


@pytest.mark.parametrize("queues", [(), ("ap",), ("ap", "hr"), QUEUES])
def test_queues_of_mine_and_what_others_have_there(
    database: Database, rows: Rows, queues: tuple[str, ...]
) -> None:
    mine = [given.case_id for _, given in rows if given.queue in queues and not_asked_of_others(given, "bo")]
    theirs = [
        given.case_id
        for _, given in rows
        if given.open
        and given.queue in queues
        and given.person != "bo"
        and given.kind != "answer"
        and not later(given)
    ]
    assert pages(database, desk.of_queues(Sight("bo", False), queues), limit=9) == mine
    assert pages(database, desk.of_others(Sight("bo", False), queues, now=NOW), limit=9) == theirs
    with database.read() as connection:
        late = [c for c in mine if next(g.due_at for _, g in rows if g.case_id == c) < NOW]
        found = desk.of_queues(Sight("bo", False), queues)
        assert tally.count_waiting(connection, found.only(overdue(NOW))) == len(late)


def test_what_is_counted_together_counts_as_alone(database: Database, rows: Rows) -> None:
    sight = Sight("bo", False, frozenset(PROCESSES), frozenset(QUEUES))
    views = [
        desk.of_queue("ap"), desk.within(sight), desk.held_by("bo", now=NOW), desk.of_queues(sight, QUEUES),
        desk.of_queue("none"),
    ]  # fmt: skip
    asked = [*views, *(view.only(overdue(NOW)) for view in views)]
    with database.read() as connection:
        alone = [tally.count_waiting(connection, view) for view in asked]
        assert tally.counts(connection, asked) == alone
        assert len({*alone}) > 5
        assert tally.counts(connection, []) == []


def test_counts_stop(database: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tally, figures):
        monkeypatch.setattr(module, "COUNTED", 5)
    sight = Sight("bo", False, frozenset(PROCESSES), frozenset(QUEUES))
    with database.read() as connection:
        assert tally.count_waiting(connection, desk.within(sight)) == 6
        assert tally.count_waiting(connection, desk.of_queues(Sight("bo", False), QUEUES)) == 6
        assert set(figures.waiting_by_process(connection, PROCESSES, person="p0").values()) == {6}
        assert sum(figures.today(connection, since=NOW, now=NOW, person="p0").late.values()) == 6


def test_waiting_by_process(database: Database, rows: Rows) -> None:
    with database.read() as connection:
        assert figures.waiting_by_process(connection, [*PROCESSES, "none"], person="p0") == {
            **{name: sum(c.process == name and g.open for c, g in rows) for name in PROCESSES}, "none": 0,
        }  # fmt: skip
