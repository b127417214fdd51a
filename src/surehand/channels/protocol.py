"""The contract of a channel: parcels in, one receipt each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from surehand.core.messages import Letter


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a parcel is for. What a channel needs of it, it names in `needs`."""

    person: str
    name: str = ""
    email: str | None = None
    slack: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter to one recipient.

    id  the same each time it is sent, so that a recipient may know it again; letters, digits and '-'
    at  when it happened that is told
    """

    id: str
    to: Address
    letter: Letter
    at: datetime


class Outcome(StrEnum):
    """What became of a parcel."""

    #: The other side has it.
    SENT = "sent"
    #: It may be tried again.
    LATER = "later"
    #: It will never be taken over this channel; others may.
    REFUSED = "refused"
    #: The channel takes nothing until somebody mends it, or it comes back by itself.
    DOWN = "down"
    #: The other side wants nothing more, ever.
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a parcel, in words that hold no secret of ours.

    after  how long to wait, where the other side said so
    tried  False: it was left alone, because one before it showed that nothing is taken now
    """

    outcome: Outcome
    detail: str = ""
    after: timedelta | None = None
    tried: bool = True


SENT = Receipt(Outcome.SENT)


class Channel(Protocol):
    """One way to reach a person.

    needs  what of an `Address` it must have: `email`, `slack`, or None
    """

    @property
    def needs(self) -> str | None:
        """See the class."""

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> Sequence[Receipt]:
        """Send them, in order, and say of each what became of it. Raises nothing that a server can cause."""
