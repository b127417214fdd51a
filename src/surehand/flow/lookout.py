"""What the last look for cases that are left alone has found, and when this process looks again."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found.

    found   open cases that nobody owed the next step of
    mended  of these, how many have an owner or work again
    """

    at: datetime
    found: int
    mended: int


@dataclass(slots=True)
class Lookout:
    """The last look of this process; `again`: the next is not before, on the clock that measures spans."""

    last: Looked | None = None
    again: float = field(default=0.0, repr=False)
