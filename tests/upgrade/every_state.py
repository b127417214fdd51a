"""A database with a case in every state a case can be in, kept as JSON to be taken up by later versions.

    python -m tests.upgrade.every_state FILE

makes the file with the tables of today. Files of earlier versions stay as they are: `tests/upgrade/kept/`.
A file holds rows by table, as they lie in SQLite, except that JSON is JSON; it names the columns in which
SQLite has that as text. And it holds the texts of the deployment's folder.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, Integer, LargeBinary, MetaData, Table, func, insert, select

from surehand.core.case import CaseState
from surehand.flow import act as acting
from surehand.flow.intake import Submission, submit
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.running import drain
from surehand.flow.undo import undo
from surehand.store import work
from surehand.store.columns import Scalar, encoded
from surehand.store.database import Database
from surehand.store.tables import metadata
from tests.flow.world import World, opened_world

KEPT = Path(__file__).with_name("kept")

#: Where the steps of the kept deployment look for their plan; the folder moves.
VARIABLE = "UPGRADED_WORLD"

#: Between what runs alone and what is reviewed, a person is told and may override.
TELLING = (
    "    bands: review-flow\n",
    "    bands:\n"
    "      - {above: 0.9, route: automate}\n"
    "      - {from: 0.86, route: notify}\n"
    "      - {from: 0.7, route: review}\n"
    "      - {from: 0, route: assist}\n"
    "    notify: {window: PT4H, acts: after_window}\n",
)


class Killed(BaseException):
    """The process dies here."""


def make(world: World) -> dict[str, str]:
    """Bring cases into every state; what is special about each -> its number."""
    # like every name of a process, and never alive again
    world.context.worker = "elsewhere:1:dead"
    escalated = world.submit(sure=0.8)
    world.wait(hours=8, minutes=1)
    made = {
        "escalated": escalated,
        "waiting": world.submit(sure=0.8),
        "of a specialist": world.submit(sure=0.3),
        "of an exception": world.submit(letter="angry"),
        "done": world.submit(),
        "done by a person": world.submit(sure=0.8),
        "decided against": world.submit(sure=0.8),
        "rejected": world.submit(letter="angry"),
        "in its second round": world.submit(sure=0.8),
    }
    world.verdict(made["done by a person"], "approve")
    world.verdict(made["decided against"], "reject")
    world.verdict(made["rejected"], "reject")
    world.verdict(made["in its second round"], "edit", fields={"total": "120 EUR"})
    record_outcome(world.context, "lead", made["done"], Report(correct=True))
    world.plan(pay=["permanent"])
    made["to be repaired"] = world.submit()
    made["taken back"] = world.submit()
    undo(world.context, "lead", made["taken back"], "pay")
    world.run()
    world.wait(hours=6, minutes=1)
    made["asking"] = world.submit(sure=0.8)
    world.verdict(made["asking"], "ask", question="Which customer?", to="clerk")
    world.plan(pay=["temporary", "unknown"])
    made["tried again"] = world.submit()
    made["unknown"] = world.submit()
    made["running"] = begun(world)
    made["planned"] = planned(world)
    made["claimed"] = received(world)
    world.context.db.write(lambda connection: claimed(connection, world))
    made["received"] = received(world)
    made["told of"] = world.submit(sure=0.87)
    assert {world.case(number).state for number in made.values()} == set(CaseState), "a state is missing"
    return made


def received(world: World) -> str:
    """Accepted, and nobody has begun."""
    given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme"}
    return submit(world.context, Submission(process="refunds", input=given), submitter="robot").case.id


def claimed(connection: Connection, world: World) -> None:
    """A worker that will die has it."""
    now = world.bench.clock()
    lease = world.context.lease
    assert work.claim(connection, "advance", worker="elsewhere:1:dead", limit=9, now=now, lease=lease)


def planned(world: World) -> str:
    """Decided; its action waits."""
    case_id = received(world)
    drain(world.context, frozenset({"advance"}))
    return case_id


def begun(world: World) -> str:
    """The action was begun, and its worker died before it could say how it ended."""
    case_id = planned(world)
    with pytest.MonkeyPatch.context() as patched:

        def die(*_: Any, **__: Any) -> None:
            raise Killed

        patched.setattr(acting, "succeeded", die)
        with pytest.raises(Killed):
            drain(world.context, frozenset({"act"}))
    return case_id


def as_text() -> dict[str, list[str]]:
    """Table -> columns of JSON that SQLite has as text, with the tables of today."""
    found = {
        name: [column.name for column in table.columns if isinstance(column.type, Scalar)]
        for name, table in metadata.tables.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def dumped(database: Database, text_of: dict[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, as they lie there."""
    found = MetaData()
    with database.read() as connection:
        found.reflect(connection)
        return {
            name: [
                _changed(dict(row._mapping), text_of.get(name, ()), json.loads)
                for row in connection.execute(select(table))
            ]
            for name, table in found.tables.items()
            if name != "alembic_version"
        }


def _changed(row: dict[str, Any], names: Iterable[str], change: Callable[[Any], Any]) -> dict[str, Any]:
    return row | {name: change(row[name]) for name in names if row[name] is not None}


def loaded(database: Database, kept: dict[str, Any]) -> None:
    """Put the rows of a file into the tables of an older version, whose definitions are gone."""
    rows, text_of = kept["rows"], kept.get("as_text", {}) if database.dialect == "sqlite" else {}

    def load(connection: Connection) -> None:
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            if rows.get(table.name):
                _fit(table)
                names = text_of.get(table.name, ())
                connection.execute(insert(table), [_changed(row, names, encoded) for row in rows[table.name]])
        if connection.dialect.name == "postgresql":
            for table in found.sorted_tables:
                if rows.get(table.name) and "id" in table.c and isinstance(table.c.id.type, Integer):
                    _numbered_on(connection, table)

    database.write(load)


def _numbered_on(connection: Connection, table: Table) -> None:
    """The server numbers new rows after those that were put in; where it numbers none, nothing happens."""
    last = select(func.max(table.c.id)).scalar_subquery()
    connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def _fit(table: Table) -> None:
    """What reflection does not see: nothing in a column of JSON is NULL, and not a JSON null."""
    for column in table.columns:
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
        assert not isinstance(column.type, LargeBinary) or table.name in ("file", "model")


def unpacked(file: Path, folder: Path) -> dict[str, Any]:
    """Write the deployment of a kept file into a folder; what the file says."""
    kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
    for name, body in kept["files"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body)
    return kept


def main() -> None:
    """Write the file."""
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "place"
        os.environ[VARIABLE] = str(folder)
        moving = (f'FOLDER = Path("{folder}")', f'FOLDER = Path(os.environ["{VARIABLE}"])')
        with opened_world(folder, f"sqlite:///{scratch}/made.db", moving, TELLING) as world:
            made = make(world)
            world.seal()
            world.check()
            rows = dumped(world.context.db, as_text())
            now = world.bench.clock().isoformat()
        shutil.rmtree(folder / "refunds/__pycache__", ignore_errors=True)
        files = {
            str(path.relative_to(folder)): path.read_text("utf-8")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".pyc" and path.name != "secret"
        }
        target.write_text(
            _written({"now": now, "cases": made, "files": files, "as_text": as_text(), "rows": rows}), "utf-8"
        )


def _written(kept: dict[str, Any]) -> str:
    """JSON with a line for each row and file, so that a difference can be read."""

    def lines(value: Any, depth: int) -> str:
        if depth == 0 or not isinstance(value, dict | list) or not value:
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            return "[\n" + ",\n".join(lines(one, 0) for one in value) + "\n]"
        parts = (f"{json.dumps(name)}: {lines(one, depth - 1)}" for name, one in value.items())
        return "{\n" + ",\n".join(parts) + "\n}"

    return lines(kept, 3) + "\n"


if __name__ == "__main__":
    main()
