"""Which open pages the database was told of in this process, so that it is told seldom."""

from datetime import datetime, timedelta

from surehand.store import viewing

#: An open page says so again and again; the database is told no more often than this.
_OFTEN = viewing.LASTS / 4

#: Pages that are remembered in a process; with more of them the database is told a little more often.
_MANY = 10_000


class Opened:
    """What the database was told of open pages, in this process."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], datetime] = {}

    def due(self, case_id: str, person: str, at: datetime) -> bool:
        """It was not told of this lately."""
        last = self._told.get((case_id, person))
        return last is None or not timedelta(0) <= at - last < _OFTEN

    def told(self, case_id: str, person: str, at: datetime) -> None:
        """It was told of this now."""
        if len(self._told) >= _MANY:
            self._told.clear()
        self._told[case_id, person] = at
