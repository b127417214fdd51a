"""Rows that are written together are the rows that are written one by one, whatever is in them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Dialect, Table, delete, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from surehand.store import bulk, tables
from surehand.store.bulk import AT, insert_rows, update_rows
from surehand.store.cases import ACTIONS, LOAD
from surehand.store.database import Database
from surehand.store.questions import Questions
from surehand.store.records import row_of
from tests.core.made import NOW, a_case, a_judgement, an_action, an_assignment
from tests.store.test_cases import a_verdict

ODD = {
    "float": 95.0, "large": 1e16, "small": 5e-324, "whole": 2**60, "text": "é\U0001f600 \\u0000 ' \" % :x",
    "empty": [{}, [], "", None, False], "": {"": 0.1},
}  # fmt: skip

ROWS: dict[str, tuple[Table, dict[str, Any]]] = {
    "case": (
        tables.case,
        row_of(
            replace(
                a_case(stake=Decimal("100.10")),
                facts=ODD,
                input={"fields": ODD},
                document=ODD,
                exchange=(ODD,),
            )
        ),
    ),
    "judgement": (
        tables.judgement,
        row_of(a_judgement(confidence=1.0, limit=0.1 + 0.2, recommendation=ODD, stake=None, draw=None)),
    ),
    "assignment": (tables.assignment, row_of(an_assignment(timer_at=None))),
    "verdict": (tables.verdict, row_of(a_verdict(value=95.0, fields=ODD))),
    "verdict of a text": (tables.verdict, row_of(a_verdict(value="95.0"))),
    "verdict of nothing": (tables.verdict, row_of(a_verdict(value=None))),
    "action": (tables.action, row_of(replace(an_action(), result=ODD, args=ODD, finished_at=NOW))),
    "action of a text": (tables.action, row_of(replace(an_action(), result="a 'text'", error="x\ny"))),
}


@pytest.fixture
def written(database: Database) -> Database:
    """There is the case that records belong to."""
    _, row = ROWS["case"]
    database.write(lambda connection: connection.execute(insert(tables.case), row) and None)
    return database


def found(connection: Connection, table: Table) -> list[Any]:
    return [tuple(row) for row in connection.execute(select(table))]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_what_it_would_be_alone(written: Database, name: str) -> None:
    table, row = ROWS[name]

    def by(write: Callable[[Connection], None]) -> list[Any]:
        def transaction(connection: Connection) -> list[Any]:
            connection.execute(delete(table))
            write(connection)
            return found(connection, table)

        return written.write(transaction)

    alone = by(lambda connection: connection.execute(insert(table), row) and None)
    together = by(lambda connection: insert_rows(connection, table, [row]))
    assert together == alone
    assert [[type(value) for value in one] for one in together] == [[type(v) for v in one] for one in alone]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_changed_to_what_it_would_be_alone(written: Database, name: str) -> None:
    table, row = ROWS[name]
    keys = [column.name for column in table.primary_key]
    changed = {f"{AT}{n}" if n in keys else n: value for n, value in row.items()}

    def transaction(connection: Connection) -> tuple[list[Any], int, int, list[Any]]:
        if table is not tables.case:
            insert_rows(connection, table, [row])
        before = found(connection, table)
        touched = update_rows(connection, table, [changed])
        nobody = update_rows(connection, table, [{**changed, f"{AT}{keys[0]}": "nobody"}])
        return before, touched, nobody, found(connection, table)

    before, touched, nobody, after = written.write(transaction)
    assert (touched, nobody) == (1, 0)
    assert after == before


@pytest.mark.parametrize("many", [0, 1, 199, 200, 201, 1_001])
def test_as_many_as_there_are(database: Database, many: int) -> None:
    _, row = ROWS["case"]
    rows = [{**row, "id": f"pay-{n}", "key": str(n), "rev": 1} for n in range(many)]

    def transaction(connection: Connection) -> int:
        insert_rows(connection, tables.case, rows)
        return update_rows(
            connection, tables.case,
            [
                {f"{AT}id": one["id"], f"{AT}rev": 1, "rev": 2, "title": f"now {n}"}
                for n, one in enumerate(rows)
            ],
        )  # fmt: skip

    assert database.write(transaction) == many
    with database.read() as connection:
        there = connection.execute(select(tables.case.c.id, tables.case.c.rev, tables.case.c.title)).all()
    assert {tuple(one) for one in there} == {(f"pay-{n}", 2, f"now {n}") for n in range(many)}


def test_what_is_there_already_is_refused_and_nothing_is_written(database: Database) -> None:
    _, row = ROWS["case"]
    rows = [{**row, "id": f"pay-{n}", "key": "the same"} for n in range(2)]
    with pytest.raises(IntegrityError) as refused:
        database.write(lambda connection: insert_rows(connection, tables.case, rows))
    assert "U0001f600" not in str(refused.value)
    assert "\U0001f600" not in str(refused.value).partition("DETAIL")[0], (
        "what was to be written is in the error"
    )
    with database.read() as connection:
        assert found(connection, tables.case) == []


@pytest.mark.parametrize("name", ROWS)
def test_rows_asked_for_together_are_those_asked_for_alone(written: Database, name: str) -> None:
    table, row = ROWS[name]
    if table is not tables.case:
        written.write(lambda connection: insert_rows(connection, table, [row]))
    questions = Questions(these=select(table), those=LOAD, none=ACTIONS)
    with written.read() as connection:
        alone = [dict(one) for one in connection.execute(select(table)).mappings()]
        answered = questions.ask(connection, ids=["pay-1", "no"], keys=["none"])
    together = [dict(one) for one in answered["these"]]
    assert together == alone
    assert [[type(v) for v in one.values()] for one in together] == [
        [type(v) for v in one.values()] for one in alone
    ]
    assert [one["id"] for one in answered["those"]] == ["pay-1"]
    assert list(answered["none"]) == []


def test_writers_of_two_databases_may_bind_their_first_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, on = threading.Event(), threading.Event()
    binding = bulk._binding

    def slow(dialect: Dialect, columns: Sequence[Column[Any]]) -> Iterator[Any]:
        for number, one in enumerate(binding(dialect, columns)):
            yield one
            if number == 0 and threading.current_thread().name == "slow":
                first.set()
                on.wait(5)

    monkeypatch.setattr(bulk, "_binding", slow)
    bound = bulk._tuples(tables.work, ("kind", "repeatable", "due_at", "lease_until"))
    row = {"kind": "act", "repeatable": True, "due_at": datetime(2026, 1, 1, tzinfo=UTC), "lease_until": None}
    dialect = sqlite.dialect()
    other = threading.Thread(target=lambda: bound(dialect, [row]), name="slow")
    other.start()
    first.wait(5)
    try:
        assert isinstance(bound(dialect, [row])[0][2], int)
    finally:
        on.set()
        other.join()
