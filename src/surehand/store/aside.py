"""What stands around and beside a list, asked in one: what its reader has saved, did last, decided today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from surehand.store import figures, handled, saved
from surehand.store.glance import ASKED, Glance, glance_of
from surehand.store.handled import Handled
from surehand.store.questions import Questions
from surehand.store.saved import Saved


@dataclass(frozen=True, slots=True)
class Aside:
    """What somebody finds beside a list of what waits.

    glance  what they are told on any page
    saved   their saved views, by name
    last    what they did last, if it was a moment ago
    decided, overrides  their final verdicts today, and how many of them were overrides
    """

    glance: Glance
    saved: Sequence[Saved]
    last: Handled | None
    decided: int
    overrides: int


def aside(connection: Connection, person: str, *, since: datetime, lately: datetime) -> Aside:
    """What there is for a person. `since`: when their day began; `lately`: how long ago a moment is."""
    found = _ASIDE.ask(connection, person=person, since=since, lately=lately)
    (today,) = found["today"]
    last = next((Handled(**row) for row in found["last"]), None)
    kept = [Saved(**row) for row in found["saved"]]
    return Aside(glance_of(person, found), kept, last, today["decided"], today["overrides"])


_ASIDE = Questions(**ASKED, saved=saved.OF_PERSON, last=handled.LAST, today=figures.DECIDED_BY)
