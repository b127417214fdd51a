"""The questions that the desk and the engine ask again and again find what they want with an index.

SQLite says SCAN where it reads a whole table. PostgreSQL rightly reads a small table as a whole, so its plans
are looked at by `python -m benchmarks.waiting` instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from surehand.core.case import CaseState
from surehand.core.narrowing import Narrowing
from surehand.core.policy import Grade
from surehand.store import (
    cases,
    desk,
    figures,
    handing,
    lately,
    listing,
    narrowing,
    outbox,
    past,
    tally,
    viewing,
    work,
)
from surehand.store.aside import aside
from surehand.store.database import Database, opened
from surehand.store.desk import Known, Sight
from surehand.store.glance import glance
from surehand.store.lately import Since
from surehand.store.migrating import migrate
from surehand.store.narrowing import Reader
from surehand.store.neighbours import Placing
from surehand.store.order import Mark, overdue
from surehand.store.orphans import orphans
from surehand.store.unseen import not_kept_from
from tests.core.made import NOW, an_assignment

BO = Sight("bo", False, frozenset({"payments", "posts"}), frozenset({"ap", "po"}))
ALL = Sight("eve", True)
PAST = Mark(NOW, "a")
NARROWED = Narrowing(text="a", due="soon", grades=(Grade.LOW,), least=Decimal(1))

ASKED: dict[str, Callable[[Connection], object]] = {
    "inbox": lambda c: desk.waiting(c, desk.held_by("bo", now=NOW), limit=51),
    "inbox, next page": lambda c: desk.waiting(c, desk.held_by("bo", now=NOW), limit=51, after=PAST),
    "my queue": lambda c: desk.waiting(c, desk.of_queues(Sight("bo", False), ("ap",)), limit=51),
    "my queues": lambda c: desk.waiting(
        c, desk.of_queues(Sight("bo", False), ("ap", "po")), limit=51, after=PAST
    ),
    "to claim": lambda c: desk.waiting(
        c, desk.of_others(Sight("bo", False), ["ap", "po"], now=NOW), limit=51
    ),
    "all that I may see": lambda c: desk.waiting(c, desk.within(BO), limit=51, after=PAST),
    "all": lambda c: desk.waiting(c, desk.within(ALL), limit=51),
    "count mine": lambda c: tally.count_waiting(c, desk.held_by("bo", now=NOW)),
    "count my queues": lambda c: tally.count_waiting(c, desk.of_queues(Sight("bo", False), ("ap", "po"))),
    "count all that I may see": lambda c: tally.count_waiting(c, desk.within(BO).only(overdue(NOW))),
    "where it stands in my work": lambda c: Placing(desk.held_by("bo", now=NOW)).of(c, an_assignment()),
    "where it stands in what I share": lambda c: Placing(
        desk.told(Known("bo", checks=True, backs=True), desk.held_by("bo", now=NOW))
    ).of(c, an_assignment()),
    "around a page": lambda c: glance(c, "bo"),
    "beside a list": lambda c: aside(c, "bo", since=NOW, lately=NOW),
    "what they may know of": lambda c: desk.waiting(c, desk.within(BO).only(not_kept_from("bo")), limit=51),
    "narrowed, mine": lambda c: narrowing.fitting(
        c, desk.held_by("bo", now=NOW), NARROWED, reader=Reader("bo"), now=NOW, after=PAST, by_stake=True
    ),
    "narrowed, all": lambda c: narrowing.fitting(
        c, desk.within(BO), NARROWED, reader=Reader("bo"), now=NOW, after=PAST
    ),
    "narrowed, counted": lambda c: narrowing.counts(
        c, desk.within(ALL), [NARROWED], reader=Reader("eve"), now=NOW, most=200
    ),
    "new and narrowed": lambda c: narrowing.since(
        c, desk.within(BO), NARROWED, NOW, reader=Reader("bo"), now=NOW
    ),
    "checks": lambda c: cases.checks_held(c, "bo", ["pay-1"]),
    "first cases": lambda c: lately.judged_since(c, "refund", Since(("a",)), but=["pay-1"], most=50),
    "today": lambda c: figures.today(c, since=NOW, now=NOW, person="bo"),
    "by process": lambda c: figures.waiting_by_process(c, ["payments"], person="bo"),
    "cases that wait": lambda c: listing.listed(c, BO, limit=51, state=CaseState.WAITING),
    "cases": lambda c: listing.listed(c, ALL, limit=51, after=PAST),
    "a subject elsewhere": lambda c: past.elsewhere(
        c, ["payments", "posts"], "Acme", before=NOW, sight=BO, limit=3
    ),
    "near duplicates": lambda c: past.near(
        c,
        "payments",
        "Acme",
        point="refund",
        but="pay-1",
        at=NOW,
        within=timedelta(days=400),
        until=NOW,
        names=["number"],
        sight=BO,
    ),
    "decisions of people": lambda c: past.answered(c, "payments", "refund", ["ap", "po"], limit=300),
    "decisions that were asked for": lambda c: past.posed(c, "payments", "refund", ["ap", "po"], limit=300),
    "precedents still": lambda c: past.still(c, {"pay-1": 1}, BO),
    "outcomes": lambda c: past.outcomes(c, ["pay-1"]),
    "open assignments": lambda c: cases.open_assignments(c, ["pay-1"]),
    "who had it": lambda c: cases.held_once(c, "pay-1", "bo"),
    "rows of a case": lambda c: cases.records_of(c, "pay-1"),
    "dossiers": lambda c: cases.dossiers(c, ["pay-1"]),
    "by key": lambda c: cases.by_key(c, [("payments", "k")]),
    "due timers": lambda c: cases.due_timers(c, now=NOW, limit=10),
    "put off": lambda c: desk.waiting(c, desk.put_off("bo", now=NOW), limit=51),
    "turns": lambda c: handing.turns(c, "ap", ["bo", "eve"]),
    "relaxing": lambda c: handing.relaxing(c, now=NOW, limit=10),
    "looking on": lambda c: viewing.of_cases(c, ["pay-1"], since=NOW),
    "orphans": lambda c: orphans(c, ["bo"], limit=10),
    "expired work": lambda c: work.expired(c, now=NOW),
    "new messages": lambda c: outbox.unplanned(c, limit=10),
    "claimed by the dead": lambda c: outbox.any_lost(c, now=NOW),
    "due channels": lambda c: outbox.due_channels(c, now=NOW),
    "oldest work": lambda c: work.oldest_due(c, now=NOW),
}
WRITTEN: dict[str, Callable[[Connection], object]] = {
    "claim": lambda c: work.claim(c, "act", worker="w", limit=10, now=NOW, lease=timedelta(minutes=1)),
    "claim for a caller": lambda c: work.claim_cases(
        c, ["pay-1"], worker="w", now=NOW, lease=timedelta(minutes=1)
    ),
    "give up messages": lambda c: outbox.give_up(c, "hook:erp", NOW, error=""),
    "give up old messages": lambda c: outbox.give_up(c, "hook:erp", NOW, error="", due_before=NOW),
}

#: Ordered by an index that is read from one end, up to a limit: not a scan of the table.
IN_ORDER = (
    "USING INDEX case_list", "USING INDEX assignment_due", "USING COVERING INDEX",
    # of rows that are broken, and of notices, each minute
    "USING INDEX case_without_deadline", "USING INDEX assignment_person",
)  # fmt: skip


@pytest.fixture
def database(migrated_file: Path) -> Iterator[Database]:
    made = opened(f"sqlite:///{migrated_file}")
    migrate(made)
    yield made
    made.close()


@contextmanager
def planned(connection: Connection) -> Iterator[list[str]]:
    """The plans of what is asked meanwhile."""
    plans: list[str] = []

    def look(
        _on: Connection, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        found = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        plans.extend(f"{row[-1]}   [{' '.join(statement.split())}]" for row in found)

    event.listen(connection, "before_cursor_execute", look)
    yield plans
    event.remove(connection, "before_cursor_execute", look)


def scans(plans: list[str]) -> list[str]:
    tables = (
        "SCAN case", "SCAN assignment", "SCAN judgement", "SCAN verdict", "SCAN work", "SCAN action",
        "SCAN delivery", "SCAN handled", "SCAN saved_view",
    )  # fmt: skip
    return [
        plan for plan in plans if plan.startswith(tables) and not any(words in plan for words in IN_ORDER)
    ]


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_again_and_again_has_an_index(database: Database, name: str) -> None:
    with database.read() as connection, planned(connection) as plans:
        ASKED[name](connection)
    assert plans
    assert scans(plans) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_claimed_has_an_index(database: Database, name: str) -> None:
    def transaction(connection: Connection) -> list[str]:
        with planned(connection) as plans:
            WRITTEN[name](connection)
        return plans

    plans = database.write(transaction)
    assert plans
    assert scans(plans) == []


def test_the_few_repairs_among_a_million_have_an_index_of_their_own(database: Database) -> None:
    with database.read() as connection, planned(connection) as plans:
        ASKED["today"](connection)
    assert any("USING COVERING INDEX assignment_repair" in plan for plan in plans)


def test_a_scan_is_noticed(database: Database) -> None:
    with database.read() as connection, planned(connection) as plans:
        connection.exec_driver_sql("SELECT id FROM assignment WHERE because = 'x'")
    assert scans(plans) != []
