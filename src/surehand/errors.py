"""What can go wrong, in words that say what to do.

Every error a caller can meet has a `slug` (the last part of its RFC 9457 problem type), an HTTP
`status`, a `title` for the class of fault, and a message for this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


class SurehandError(Exception):
    """Something is not as it must be."""

    slug: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something is not as it must be"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        self.detail = detail or type(self).title
        self.extra = extra
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input or a map, and where.

    where       a field, a path or `file:line`
    message     what is wrong and what to do
    suggestion  the nearest right name, if there is one
    kind        what tells it from other faults there, if its message counts or lists what may change
    """

    where: str
    message: str
    suggestion: str | None = None
    kind: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        hint = f" Did you mean '{self.suggestion}'?" if self.suggestion else ""
        return f"{self.where}: {self.message}{hint}"


class InvalidInput(SurehandError):
    """The input does not fit the map; every fault is listed."""

    slug, status, title = "invalid-input", 422, "The input does not fit"

    def __init__(self, faults: Sequence[Fault], detail: str | None = None) -> None:
        self.faults = tuple(faults)
        super().__init__(detail or "; ".join(str(fault) for fault in self.faults))


class MapInvalid(SurehandError):
    """A map has faults; all of them are listed at once."""

    slug, status, title = "map-invalid", 422, "The map has faults"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SettingsInvalid(SurehandError):
    """A setting is missing or wrong."""

    slug, status, title = "settings-invalid", 500, "A setting is missing or wrong"


class Unreadable(SurehandError):
    """A document cannot be read; the message says why, in words that a person can act on.

    reason  a word for it: `encrypted`, `broken`, `empty`, `wrong_type`, `no_text`, `too_many_pages`,
            `too_large`, `too_many_pixels`, `too_slow`, `crashed`, `ocr_failed`
    """

    slug, status, title = "unreadable", 422, "The document cannot be read"

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail, reason=reason)


class NotEnoughEvidence(SurehandError):
    """There is too little to learn from or to vouch for; the message says how much is missing."""

    slug, status, title = "not-enough-evidence", 422, "There is not enough evidence"


class NotFound(SurehandError):
    """There is nothing under that name, or you may not see it."""

    slug, status, title = "not-found", 404, "Not found"


class NotHere(NotFound):
    """This process lacks what others have, such as the files of a version: they go on with it."""


class Unauthenticated(SurehandError):
    """Sign in, or send a valid API key."""

    slug, status, title = "unauthenticated", 401, "Sign in, or send a valid API key"


class Forbidden(SurehandError):
    """You may not do this; the message says who may."""

    slug, status, title = "forbidden", 403, "You may not do this"


class TooManyAttempts(SurehandError):
    """Too many failed attempts; wait before the next."""

    slug, status, title = "too-many-attempts", 429, "Too many failed attempts"


class KeyReused(SurehandError):
    """The idempotency key was used before with another body."""

    slug, status, title = "key-reused", 409, "This key was used with another body"


class Conflict(SurehandError):
    """The case changed since you saw it: somebody was faster, or it moved on.

    extra: `winner` (who decided), `verdict`, `at`, `round`, `state`; absent when nobody did.
    """

    slug, status, title = "conflict", 409, "The case changed since you saw it"


class Stopped(SurehandError):
    """The engine cannot do this now."""

    slug, status, title = "stopped", 503, "Not possible now"


class TemporaryFailure(SurehandError):
    """Raised by a step or an action: it did not happen; try again later."""

    slug, status, title = "temporary-failure", 503, "The other system did not do it; try again later"


class PermanentFailure(SurehandError):
    """Raised by a step or an action: it did not happen, and trying again will not help."""

    slug, status, title = "permanent-failure", 422, "The other system refused for good"


class OutcomeUnknown(SurehandError):
    """Raised by an action: it may or may not have happened."""

    slug, status, title = "outcome-unknown", 502, "It may or may not have happened"
