"""The order of what waits: what is urgent first, then by deadline. Each list of it has such an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, tuple_

from surehand.core.precedence import Precedence
from surehand.store.tables import assignment


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of a list ended: its last row's time and id, and of what waits its precedence."""

    at: datetime
    id: str
    precedence: int = 0


#: How what waits is ordered, everywhere; an index of each view has these columns.
ORDER = (assignment.c.precedence, assignment.c.due_at, assignment.c.id)


def place(mark: Mark) -> Any:
    """A place in that order."""
    return tuple_(literal(mark.precedence), literal(mark.at, assignment.c.due_at.type), mark.id)


def overdue(at: datetime | ColumnElement[datetime], ranks: Collection[int] = ()) -> ColumnElement[bool]:
    """It was due before a time: the index finds that for each precedence, of some or of all."""
    every = [one.rank for one in Precedence]
    return and_(assignment.c.precedence.in_(sorted(ranks) or every), assignment.c.due_at < at)
