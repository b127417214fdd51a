"""What is counted of guarantees, span by span, and the messages to owners about their changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from surehand.core.course import Span
from surehand.store.bulk import insert_rows
from surehand.store.evidence import Point
from surehand.store.questions import named
from surehand.store.tables import guarantee_span, message


@dataclass(frozen=True, slots=True)
class Kept:
    """A span as it is kept.

    basis         what the guarantee held for
    begun_at, at  when its first and its last evidence was told
    """

    span: Span
    basis: str
    begun_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What an owner is told of a guarantee; see `surehand.core.news`."""

    id: int
    process: str
    point: str
    kind: str
    body: Mapping[str, Any]
    at: datetime
    read_at: datetime | None
    read_by: str | None


def latest(connection: Connection, point: Point, *, limit: int, whole: int = 1) -> list[Kept]:
    """The last spans of a decision point, the earliest of them first.

    whole  how many of the last ones have their scores and slices
    """
    last = (
        select(*(column for column in _OF.columns if column.name != "detail"))
        .where(_OF.c.process == point[0], _OF.c.point == point[1])
        .order_by(_OF.c.number.desc())
    )
    rows = named(connection.execute(last.limit(limit)))
    if not rows:
        return []
    late = select(_OF.c.number, _OF.c.detail).where(
        _OF.c.process == point[0], _OF.c.point == point[1], _OF.c.number > rows[0]["number"] - whole
    )
    details = {row.number: row.detail for row in connection.execute(late)}
    return [
        Kept(
            Span.of(row["number"], row["body"], details.get(row["number"])), row["basis"], row["begun_at"],
            row["at"],
        )
        for row in reversed(rows)
    ]  # fmt: skip


_OF = guarantee_span


def save(connection: Connection, point: Point, spans: Sequence[Span], *, basis: str, at: datetime) -> None:
    """Keep spans as they are now."""
    rows = [
        {
            "process": point[0], "point": point[1], "number": span.number, "basis": basis,
            "body": span.plain, "detail": span.detail, "begun_at": at, "at": at,
        }
        for span in spans
    ]  # fmt: skip
    changed = ", ".join(f"{name} = excluded.{name}" for name in ("body", "detail", "at"))
    same = f"ON CONFLICT (process, point, number) DO UPDATE SET {changed}"
    insert_rows(connection, guarantee_span, rows, conflict=same)


def tell(connection: Connection, point: Point, kind: str, body: Mapping[str, Any], *, at: datetime) -> None:
    """A message to the owner of the process."""
    values = {"process": point[0], "point": point[1], "kind": kind, "body": dict(body), "at": at}
    connection.execute(insert(message).values(values))


def messages(connection: Connection, point: Point, *, limit: int) -> list[Message]:
    """What was told of a guarantee, the latest first."""
    found = select(message).where(message.c.process == point[0], message.c.point == point[1])
    rows = named(connection.execute(found.order_by(message.c.id.desc()).limit(limit)))
    return [Message(**row) for row in rows]


def latest_messages(connection: Connection, processes: Collection[str], *, limit: int) -> list[Message]:
    """What was told lately of the guarantees of these processes, the latest first."""
    found = select(message).where(message.c.process.in_(sorted(processes)))
    rows = named(connection.execute(found.order_by(message.c.id.desc()).limit(limit)))
    return [Message(**row) for row in rows]


def unread(connection: Connection, processes: Collection[str], *, limit: int) -> list[Message]:
    """What nobody has read yet about these processes, the latest first."""
    found = select(message).where(message.c.read_at.is_(None), message.c.process.in_(sorted(processes)))
    rows = named(connection.execute(found.order_by(message.c.id.desc()).limit(limit)))
    return [Message(**row) for row in rows]


def unread_points(connection: Connection, processes: Collection[str]) -> int:
    """Of how many guarantees there is something that nobody has read."""
    found = select(message.c.process, message.c.point).where(
        message.c.read_at.is_(None), message.c.process.in_(sorted(processes))
    )
    return connection.execute(select(func.count()).select_from(found.distinct().subquery())).scalar_one()


def mark_read(connection: Connection, point: Point, *, up_to: int, by: str, at: datetime) -> int:
    """These messages were read, up to one of them. Returns how many that were."""
    found = update(message).where(
        message.c.process == point[0], message.c.point == point[1], message.c.id <= up_to,
        message.c.read_at.is_(None),
    )  # fmt: skip
    return connection.execute(found.values(read_at=at, read_by=by)).rowcount
