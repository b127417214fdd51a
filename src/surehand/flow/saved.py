"""Saved views of the inbox: a name and what it asks for. They are a person's own, and no authority."""

from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from surehand.errors import Fault, InvalidInput, NotFound
from surehand.flow.context import Context
from surehand.store import saved
from surehand.store.saved import Saved

#: How many somebody may have, and how long a name may be.
MOST = 20
LONGEST = 60


def of_person(context: Context, person: str) -> list[Saved]:
    """Those of somebody, by name."""
    with context.db.look() as connection:
        return saved.of_person(connection, person)


def save(context: Context, person: str, name: str, query: str) -> Saved:
    """Save a list under a name. Raises InvalidInput for a name that is taken, too long, or one too many."""
    one = Saved(_named(name), query)

    def transaction(connection: Connection) -> None:
        there = saved.of_person(connection, person)
        _free(there, one.name)
        if len(there) >= MOST:
            raise InvalidInput([Fault("name", f"you have {MOST} saved views; remove one first")])
        saved.keep(connection, person, one, at=context.clock())

    _written(context, transaction)
    return one


def rename(context: Context, person: str, name: str, to: str) -> str:
    """Call it otherwise; returns the name. Raises InvalidInput, NotFound."""
    new = _named(to)

    def transaction(connection: Connection) -> None:
        if new != name:
            _free(saved.of_person(connection, person), new)
        if not saved.rename(connection, person, name, new):
            raise NotFound(f"You have no saved view {name}")

    _written(context, transaction)
    return new


def remove(context: Context, person: str, name: str) -> None:
    """Remove it; the cases stay. Raises NotFound."""

    def transaction(connection: Connection) -> None:
        if not saved.remove(connection, person, name):
            raise NotFound(f"You have no saved view {name}")

    context.db.write(transaction)


def _written(context: Context, transaction: Callable[[Connection], None]) -> None:
    try:
        context.db.write(transaction)
    except IntegrityError:  # two requests at the same moment
        raise _taken() from None


def _free(there: list[Saved], name: str) -> None:
    if any(one.name == name for one in there):
        raise _taken()


def _taken() -> InvalidInput:
    return InvalidInput([Fault("name", "you have a saved view of that name")])


def _named(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise InvalidInput([Fault("name", "write a name")])
    if len(name) > LONGEST:
        raise InvalidInput([Fault("name", f"must be at most {LONGEST} letters")])
    return name
