"""What stands around every page of a person, asked in one: it is asked for each page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from surehand.core.case import Assignment
from surehand.store import desk, outbox, pending
from surehand.store.desk import Known
from surehand.store.questions import Asked, Questions, Rows
from surehand.store.records import assignment_of


@dataclass(frozen=True, slots=True)
class Glance:
    """What a person is told wherever they are.

    known   what decides which of the waiting cases they may know of
    unread  messages that they have not read, up to `outbox.COUNTED` and one
    given   what they have given a verdict on that is not in effect yet, the last first
    """

    known: Known
    unread: int
    given: Sequence[Assignment]


def glance(connection: Connection, person: str) -> Glance:
    """What there is for a person now."""
    return glance_of(person, _GLANCE.ask(connection, person=person))


def glance_of(person: str, found: Mapping[str, Rows]) -> Glance:
    """What was answered to `ASKED`, perhaps among other questions."""
    (known,), (unread,) = found["known"], found["unread"]
    return Glance(
        Known(person, checks=bool(known["checks"]), backs=bool(known["backs"])), unread["unread"],
        [assignment_of(row) for row in found["given"]],
    )  # fmt: skip


ASKED: Mapping[str, Asked] = {
    "known": desk.KNOWN, "unread": outbox.UNREAD, "given": pending.OF_PERSON
}  # fmt: skip
_GLANCE = Questions(**ASKED)
