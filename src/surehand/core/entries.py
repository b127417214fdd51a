"""What a told event is: a sentence with its voice, and what was told before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from surehand.core.case import ENGINE

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edit:
    """A value before and after, in short; long texts are whole in `texts`."""

    name: str
    before: str
    after: str
    texts: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event in words.

    voice  'ai', 'engine' or 'person'; `who` is the person
    what   the finding; `rest` the sentence after it, `note` what is worth less
    """

    what: str
    rest: str = ""
    note: str = ""
    changes: tuple[Edit, ...] = ()
    voice: str = "engine"
    who: str = ""
    seq: int = 0
    at: datetime = _NEVER
    hash: str = ""

    @property
    def sentence(self) -> str:
        """The whole in one line."""
        changes = ", ".join(f"{e.name} {e.before or 'empty'} -> {e.after or 'empty'}" for e in self.changes)
        parts = (self.who, self.what, self.rest, changes, f"({self.note})" if self.note else "")
        return " ".join(part for part in parts if part)


@dataclass(slots=True)
class Tale:
    """What has been told so far.

    facts    values by name as the events left them, so that an edit can say what was there before
    reasons  (decision point, round) -> why the AI recommended it
    said     (decision point, round) -> what the AI recommended there, where it was told
    routed   the reasons of the route told last
    blind    a person decides alone and has not yet: nothing of what a model said is told
    """

    facts: dict[str, Any] = field(default_factory=dict)
    reasons: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)
    said: dict[tuple[str, int], Any] = field(default_factory=dict)
    routed: str = ""
    blind: bool = False


Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event to be told, with what was told before."""

    tale: Tale
    kind: str
    actor: str
    body: Body

    def get(self, name: str) -> Any:
        """A value of the event; None when it has none of that name."""
        return self.body.get(name)


Telling = Callable[[Told], Entry]

#: Actors that are not people.
NOBODY = (ENGINE, "ai")
