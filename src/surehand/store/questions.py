"""Several questions in one statement, where the database can.

PostgreSQL answers all of them in one round trip, their rows as JSON: a fraction of what it costs to send,
plan and read each by itself. SQLite knows no round trips, and cuts numbers short in its JSON: it is asked one
by one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import CompoundSelect, Connection, CursorResult, Float, Select, func, select
from sqlalchemy.dialects import postgresql

from surehand.store.columns import Exact, Names, UtcTime

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]

Rows = Sequence[Mapping[Any, Any]]
Asked = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


class Questions:
    """Selects by name. A parameter of several of them is the same in each."""

    def __init__(self, **selects: Asked) -> None:
        self._selects = selects
        self._readers = {name: dict(_readers(asked)) for name, asked in selects.items()}
        self._together = select(*(_as_json(asked).label(name) for name, asked in selects.items()))

    def ask(self, connection: Connection, **parameters: Any) -> dict[str, Rows]:
        """The rows that each finds, by its name; column -> value."""
        if connection.dialect.name == "postgresql":
            row = connection.execute(self._together, parameters).one()._mapping
            return {name: _read(row[name] or (), readers) for name, readers in self._readers.items()}
        return {name: named(connection.execute(asked, parameters)) for name, asked in self._selects.items()}


def named(result: CursorResult[Any]) -> Rows:
    """Rows as column -> value, for half of what the library's own mappings cost to copy."""
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def _as_json(asked: Asked) -> Any:
    """Its rows as one array of objects. What is JSON in them stays as it is written."""
    rows = asked.subquery("q")
    return select(func.json_agg(func.row_to_json(rows.table_valued()))).scalar_subquery()


def _readers(asked: Asked) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """How values are read for which JSON has no form of its own."""
    for name, column in asked.selected_columns.items():
        if isinstance(column.type, UtcTime | Exact | Names):
            yield name, partial(column.type.process_result_value, dialect=_POSTGRESQL)
        elif isinstance(column.type, Float):
            yield name, float  # 1.0 comes as 1


def _read(rows: Sequence[dict[str, Any]], readers: Mapping[str, Callable[[Any], Any]]) -> Rows:
    for row in rows:
        for name, reader in readers.items():
            if row[name] is not None:
                row[name] = reader(row[name])
    return rows
