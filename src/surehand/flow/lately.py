"""How many cases came since something changed, for limits on the first so many."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.case import Case
from surehand.core.policy import Limit
from surehand.core.steps import DecisionPoint
from surehand.store.database import Database
from surehand.store.lately import Since, judged_since, published_at, since_changed

#: Version, when it was published last, decision point and passage: what is published again counts anew.
_Key = tuple[str, datetime | None, str, str | None]


class Lately:
    """Remembers from what is counted, and which counts are through: those are not counted again.

    What other processes judge at the same moment is not counted yet, so a few cases more than the first so
    many may go to people, and never fewer.
    """

    def __init__(self) -> None:
        self._since: dict[_Key, Since] = {}
        self._through: set[tuple[_Key, int]] = set()

    def before(
        self, db: Database, process: BoundProcess, point: DecisionPoint, limit: Limit, cases: Sequence[Case]
    ) -> list[int]:
        """By case, the number of those that came to this decision point before it, counted up to `first`."""
        if limit.first is None:
            return [0] * len(cases)
        with db.look() as connection:
            at = published_at(connection, process.name, process.version)
            key = (process.version, at, point.name, limit.policy)
            if (key, limit.first) in self._through:
                return [limit.first] * len(cases)
            since = self._since_of(connection, process, key)
            ids = [case.id for case in cases]
            count = judged_since(connection, point.name, since, but=ids, most=limit.first)
        if count >= limit.first:
            self._through.add((key, limit.first))
        return [min(count + place, limit.first) for place in range(len(cases))]

    def _since_of(self, connection: Connection, process: BoundProcess, key: _Key) -> Since:
        version, _, _, passage = key
        if key not in self._since:
            self._since[key] = since_changed(connection, process.name, version, passage=passage)
        return self._since[key]
