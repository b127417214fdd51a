"""Lists that people look at again and again, by the parameters that ask for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, delete, insert, select, update

from surehand.store.tables import saved_view


@dataclass(frozen=True, slots=True)
class Saved:
    """A list with the name that its person gave it."""

    name: str
    query: str


def of_person(connection: Connection, person: str) -> list[Saved]:
    """Those of somebody, by name."""
    return [Saved(*row) for row in connection.execute(OF_PERSON, {"person": person})]


OF_PERSON = (
    select(saved_view.c.name, saved_view.c.query)
    .where(saved_view.c.person == bindparam("person", type_=Text))
    .order_by(saved_view.c.name)
)


def keep(connection: Connection, person: str, one: Saved, *, at: datetime) -> None:
    """A new one."""
    row = {"person": person, "name": one.name, "query": one.query, "at": at}
    connection.execute(insert(saved_view).values(row))


def rename(connection: Connection, person: str, name: str, to: str) -> bool:
    """It is called otherwise; False where there is none of that name."""
    mine = update(saved_view).where(saved_view.c.person == person, saved_view.c.name == name)
    return connection.execute(mine.values(name=to)).rowcount == 1


def remove(connection: Connection, person: str, name: str) -> bool:
    """It is gone; False where there is none of that name."""
    mine = delete(saved_view).where(saved_view.c.person == person, saved_view.c.name == name)
    return connection.execute(mine).rowcount == 1
