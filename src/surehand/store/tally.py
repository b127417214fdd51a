"""How many wait: counts that stop at COUNTED, asked together, in statements that are written once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, ScalarSelect, Select, bindparam, func, select, union

from surehand.store.columns import UtcTime
from surehand.store.desk import ONE, Which, selected
from surehand.store.tables import assignment

#: Counts stop here, so that a list of a million costs what one of a thousand does. One more means 'more'.
COUNTED = 1_000

#: The times of a `Tally`, which are told when it is asked.
NOW: BindParameter[datetime] = bindparam("now", type_=UtcTime)
SOON: BindParameter[datetime] = bindparam("soon", type_=UtcTime)


def count_waiting(connection: Connection, which: Which) -> int:
    """How many of them wait, up to COUNTED and one."""
    return counts(connection, [which])[0]


def counts(connection: Connection, several: Sequence[Which]) -> list[int]:
    """As `count_waiting`, of each of these."""
    return Tally(several).ask(connection)


class Tally:
    """How many wait of each of several: statements that are written once, for what each page asks.

    What an index of its own counts is asked first and together, and once: a part of one may settle it, and be
    another of them.
    """

    def __init__(self, several: Sequence[Which]) -> None:
        self._several = several
        first: list[Which] = []
        self._places: dict[int, int] = {}
        for number, one in enumerate(several):
            if (quick := one.quick) is not None:
                alike = (place for place, other in enumerate(first) if quick.same(other))
                self._places[number] = next(alike, len(first))
                if self._places[number] == len(first):
                    first.append(quick)
        self._first = _together(first)
        self._then: dict[tuple[int, ...], _Asked] = {}

    def ask(self, connection: Connection, **times: datetime) -> list[int]:
        """As `count_waiting`, of each. `times`: what the moments in them stand for."""
        first = _answered(connection, self._first, times)
        found = {number: first[place] for number, place in self._places.items()}
        unsettled = tuple(
            number
            for number, one in enumerate(self._several)
            if one.parts and found.get(number, 0) <= COUNTED
        )
        if unsettled not in self._then:
            self._then[unsettled] = _together(self._several[number] for number in unsettled)
        found |= zip(unsettled, _answered(connection, self._then[unsettled], times), strict=True)
        return [found[number] for number in range(len(self._several))]


_Asked = Select[*tuple[Any, ...]] | None


def _together(several: Iterable[Which]) -> _Asked:
    """What asks how many there are of each; None where there is nothing to be asked."""
    asked = [*map(counting, several)]
    return select(*asked) if asked else None


def _answered(connection: Connection, asked: _Asked, times: Mapping[str, datetime]) -> Sequence[int]:
    return () if asked is None else connection.execute(asked, times).one()


def counting(which: Which) -> ScalarSelect[int]:
    """How many of them wait, up to COUNTED and one, as a part of a statement."""
    if not which.parts:
        return _capped(selected(which, ONE))
    some = [selected(part, assignment.c.id).limit(COUNTED + 1) for part in which.parts]
    return _capped(select(union(*(select(one.subquery()) for one in some)).subquery()))


def counted(connection: Connection, found: Select[Any]) -> int:
    """How many rows there are, up to COUNTED and one."""
    return connection.execute(select(_capped(found))).scalar_one()


def _capped(found: Select[Any]) -> ScalarSelect[int]:
    capped = found.limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(capped).scalar_subquery()
