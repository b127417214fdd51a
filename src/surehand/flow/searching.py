"""Searching cases by words: what is new, as far back as one look goes; what is named whole, however old."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from surehand.core.case import CaseState
from surehand.errors import Forbidden, NotFound
from surehand.flow import consult
from surehand.flow.context import Context
from surehand.flow.desk import PAGE, as_seen, sight_of
from surehand.store import listing
from surehand.store.desk import Sight
from surehand.store.listing import Listed
from surehand.store.order import Mark

_NUMBER = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}", re.ASCII)

#: Cases that one search by words looks at. The next page goes on where it ended.
LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search.

    after  where it goes on; None: there is no more
    back_to  there are older cases that were not looked at; when the oldest came that was
    """

    rows: Sequence[Listed]
    after: Mark | None
    back_to: datetime | None = None


def search(
    context: Context, person: str, *, text: str = "", state: CaseState | None = None,
    process: str | None = None, tag: str | None = None, after: Mark | None = None,
) -> Found:  # fmt: skip
    """One page of the cases that a person may see, newest first.

    text  words, each of which is part of the number, key, title, subject or submitter. The first page has as
          well, however old, the cases whose whole number, key or subject it is
    tag   see `listing.listed`
    """
    sight = sight_of(context, person)
    with context.db.read() as connection:
        end = listing.horizon(connection, after=after, most=LOOKED_AT) if text.strip() else None
        rows = listing.listed(
            connection, sight, limit=PAGE + 1, text=text, state=state, process=process, tag=tag,
            after=after, down_to=end,
        )  # fmt: skip
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        page = rows[:PAGE]
        if text.strip() and after is None and tag is None:
            page += _older(context, connection, sight, text.strip(), page, state=state, process=process)
        seen = as_seen(context, connection, person, page)
    if last is not None:
        return Found(seen, Mark(last.created_at, last.id))
    return Found(seen, end, end.at if end else None)


def _older(
    context: Context, connection: Connection, sight: Sight, text: str, page: Sequence[Listed], *,
    state: CaseState | None, process: str | None,
) -> list[Listed]:  # fmt: skip
    """What is named whole and is not on the page yet."""
    processes = [process] if process else list(context.processes.current)
    there = {row.id for row in page}
    found = listing.named(connection, sight, text, processes=processes, limit=PAGE, state=state)
    return [row for row in found if row.id not in there]


def numbered(context: Context, person: str, text: str) -> str | None:
    """The case that has exactly this number, if the person may see it."""
    case_id = text.strip().lower()
    if not _NUMBER.fullmatch(case_id):
        return None
    try:
        return consult.visible(context, person, case_id).id
    except (Forbidden, NotFound):
        return None
