"""How many cases came to a decision point since a version of its process, or a passage of it, changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, func, not_, select

from surehand.core.oversight import Level
from surehand.store.among import among
from surehand.store.tables import judgement, version

_EVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Since:
    """Versions that are alike in what is counted from.

    hashes  of the versions
    at      when the first of them was published; long ago where none was
    """

    hashes: tuple[str, ...]
    at: datetime = _EVER


def published_at(connection: Connection, process: str, hash: str) -> datetime | None:
    """When a version was published last; None where it is not published."""
    same = version.c.process == process, version.c.hash == hash, version.c.state == "published"
    return connection.execute(select(version.c.published_at).where(*same)).scalar_one_or_none()


def since_changed(connection: Connection, process: str, hash: str, *, passage: str | None) -> Since:
    """A version, and those before it back to where a passage was another; itself alone without a passage."""
    rows = connection.execute(
        select(version.c.hash, version.c.map, version.c.published_at)
        .where(version.c.process == process, version.c.state == "published")
        .order_by(version.c.published_at)
    ).all()
    place = next((place for place, row in enumerate(rows) if row.hash == hash), None)
    if place is None:
        return Since((hash,))
    first, texts = place, [row.map.get("policies", {}).get(passage) for row in rows]
    while passage is not None and first and texts[first - 1] == texts[place]:
        first -= 1
    return Since(tuple(row.hash for row in rows[first : place + 1]), rows[first].published_at)


def judged_since(connection: Connection, point: str, since: Since, *, but: Sequence[str], most: int) -> int:
    """Cases, but for some, that were judged at a decision point under these versions, up to `most`."""
    asked = {"hashes": list(since.hashes), "but": list(but), "point": point, "at": since.at, "most": most}
    return connection.execute(_JUDGED, asked).scalar_one()


_JUDGED = select(func.count()).select_from(
    select(judgement.c.case_id)
    .where(
        # the index begins with the level
        judgement.c.level.in_([str(level) for level in Level]),
        judgement.c.at >= bindparam("at"),
        judgement.c.point == bindparam("point"),
        among(judgement.c.version, "hashes"),
        not_(among(judgement.c.case_id, "but")),
    )
    .distinct()
    .limit(bindparam("most"))
    .subquery()
)
