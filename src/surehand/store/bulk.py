"""Writing many rows of a table in one statement.

SQLAlchemy binds every value of every row by itself, which on the hottest path costs more than all else. Here
SQLite gets plain tuples, and PostgreSQL gets the rows as one JSON document that it takes apart itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.dialects import postgresql

from surehand.core.encoding import json_encoder
from surehand.store.columns import in_json

Rows = Sequence[Mapping[str, Any]]

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]

#: A key as it was read, in a row that changes it or only looks for it, is called so and the column's name.
AT = "at_"

#: Rows in one statement: a JSON document is parsed as a whole.
_ROWS = 200


def insert_rows(connection: Connection, table: Table, rows: Rows, *, conflict: str = "") -> None:
    """Insert rows, column -> value, all with the same columns.

    conflict  an ON CONFLICT clause
    """
    if rows:
        _run(connection, _insert(connection.dialect.name, table, tuple(rows[0]), conflict), rows)


def update_rows(connection: Connection, table: Table, rows: Rows) -> int:
    """Set columns where others are as said, named with `AT`; returns how many rows there were.

    All rows have the same columns, and no two of them the same key.
    """
    return _run(connection, _update(connection.dialect.name, table, tuple(rows[0])), rows) if rows else 0


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL, with what turns rows into its parameters."""

    sql: str
    bound: Callable[[Dialect, Rows], Any]


def _run(connection: Connection, statement: _Statement, rows: Rows) -> int:
    touched = 0
    for start in range(0, len(rows), _ROWS):
        parameters = statement.bound(connection.dialect, rows[start : start + _ROWS])
        touched += connection.exec_driver_sql(statement.sql, parameters).rowcount
    return touched


@cache
def _insert(dialect: str, table: Table, names: tuple[str, ...], conflict: str) -> _Statement:
    columns = ", ".join(map(_quoted, names))
    into = f"INSERT INTO {_quoted(table.name)} ({columns})"
    if dialect == "sqlite":
        places = ", ".join("?" * len(names))
        return _Statement(f"{into} VALUES ({places}) {conflict}", _tuples(table, names))
    # names come from our tables
    return _Statement(f"{into} SELECT {columns} FROM {_recordset(table, names)} {conflict}", _document)  # noqa: S608


@cache
def _update(dialect: str, table: Table, names: tuple[str, ...]) -> _Statement:
    keys = tuple(name for name in names if name.startswith(AT))
    values = tuple(name for name in names if not name.startswith(AT))
    updating = f"UPDATE {_quoted(table.name)} SET"
    if dialect == "sqlite":
        sets = ", ".join(f"{_quoted(name)} = ?" for name in values)
        here = " AND ".join(f"{_quoted(name.removeprefix(AT))} = ?" for name in keys)
        return _Statement(f"{updating} {sets} WHERE {here}", _tuples(table, (*values, *keys)))
    sets = ", ".join(f"{_quoted(name)} = r.{_quoted(name)}" for name in values)
    here = " AND ".join(
        f"{_quoted(table.name)}.{_quoted(name.removeprefix(AT))} = r.{_quoted(name)}" for name in keys
    )
    return _Statement(f"{updating} {sets} FROM {_recordset(table, names)} WHERE {here}", _document)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _recordset(table: Table, names: Sequence[str]) -> str:
    """The rows of a JSON document, each column in the type that the table has it in.

    JSON in it is kept as it is written, numbers included: a column of type JSON takes over the text.
    """
    typed = (f"{_quoted(name)} {_column(table, name).type.compile(_POSTGRESQL)}" for name in names)
    return f"json_to_recordset(%s::json) AS r({', '.join(typed)})"


def _document(_: Dialect, rows: Rows) -> tuple[str]:
    return (_encode(rows),)


_encode = json_encoder(ascii=False, default=in_json)


def _tuples(table: Table, names: Sequence[str]) -> Callable[[Dialect, Rows], list[tuple[Any, ...]]]:
    columns = [_column(table, name) for name in names]
    binding: list[tuple[int, Callable[[Any], Any]]] | None = None

    def bound(dialect: Dialect, rows: Rows) -> list[tuple[Any, ...]]:
        nonlocal binding
        if binding is None:
            # whole at once: writers of several databases come here
            binding = list(_binding(dialect, columns))
        found = []
        for row in rows:
            here = [row[name] for name in names]
            for place, process in binding:
                here[place] = process(here[place])
            found.append(tuple(here))
        return found

    return bound


def _binding(dialect: Dialect, columns: Sequence[Column[Any]]) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    """What the driver is given in place of a value, for the columns where it is not the value itself."""
    for place, column in enumerate(columns):
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            yield place, process


def _column(table: Table, name: str) -> Column[Any]:
    return table.c[name.removeprefix(AT)]
