"""What the client gives back: an acknowledged case, and a decision that may still be open."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from surehand.core.recommendation import Evidence, Recommendation, probability
from surehand.errors import TemporaryFailure

_FINAL = frozenset({"done", "rejected"})


class Looks(Protocol):
    """What a decision needs of a client."""

    def case(self, case_id: str) -> dict[str, Any]:
        """Everything about a case."""

    def link(self, case_id: str) -> str:
        """The address of a case for people."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """An acknowledged case.

    created  False when its key was known: nothing happened again
    case     what the server says of it
    """

    id: str
    state: str
    created: bool
    url: str
    case: Mapping[str, Any]

    @classmethod
    def of(cls, answer: Mapping[str, Any], url: str) -> Self:
        """From the server's answer."""
        return cls(answer["id"], answer["state"], answer["created"], f"{url}/cases/{answer['id']}", answer)


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a decision stands.

    status   'decided', 'rejected', 'waiting' (for a person), 'asking', 'acting' (an action runs), 'running'
    value    the decision that stands; None while there is none
    by       `policy`, or the person who decided
    level    how it was routed: 'automate', 'review', 'assist', 'human', ...
    reasons  why it was routed so, in words
    url      where people see the case
    """

    status: str
    value: Any
    by: str | None
    level: str | None
    reasons: tuple[str, ...]
    case_id: str
    url: str
    _client: Looks

    @property
    def decided(self) -> bool:
        """A decision stands; its actions may still be running."""
        return self.by is not None or self.status == "rejected"

    def wait(self, timeout: float | None = None, *, every: float = 5.0) -> "Decision":
        """Look again until the case has ended, with growing pauses up to `every` seconds.

        timeout  seconds after which what stands then is returned; None waits as long as it takes
        """
        until = math.inf if timeout is None else time.monotonic() + timeout
        now, pause = self, 0.05
        while now.status not in ("decided", "rejected"):
            left = until - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(pause, left))
            pause = min(pause * 1.6, every)
            try:
                now = decision_of(self._client.case(self.case_id), self._client)
            except TemporaryFailure:
                if time.monotonic() >= until:
                    raise
        return now


def decision_of(case: Mapping[str, Any], client: Looks) -> Decision:
    """The decision of a case as the server describes it."""
    answer = list(case["answers"].values())[-1] if case["answers"] else {"value": None, "by": None}
    route = case.get("route") or {"level": None, "reasons": ()}
    state = "decided" if case["state"] == "done" else case["state"]
    return Decision(
        state, answer["value"], answer["by"], route["level"], tuple(route["reasons"]), case["id"],
        client.link(case["id"]), client,
    )  # fmt: skip


def brought(given: Recommendation[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """A recommendation as the server takes it. An impossible confidence counts as none."""
    if not isinstance(given, Recommendation):
        return dict(given)
    said = {
        "value": json_of(given.value),
        "confidence": probability(given.confidence),
        "reasons": [str(reason)[:2_000] for reason in given.reasons],
        "alternatives": [
            {
                "value": json_of(one.value),
                "because": one.because[:2_000],
                "confidence": probability(one.confidence),
            }
            for one in given.alternatives
        ],
        "signals": {name: probability(reading) for name, reading in given.signals.items()},
        "source": given.source[:200],
    }
    if given.evidence:
        said["evidence"] = [_words(one) for one in given.evidence]
    return said


def _words(given: Evidence) -> dict[str, Any]:
    """Words in a text of the case; a server knows no page of a document that it has not read."""
    places = {name: getattr(given, name) for name in ("source", "start", "end", "reason")}
    return {"quote": str(given.quote)[:2_000], **{n: v for n, v in places.items() if v is not None}}


def json_of(value: Any) -> Any:
    """A value as JSON: dates as text, money as amount and currency. Raises TypeError if it has none."""
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        return to_jsonable_python(value, inf_nan_mode="constants")
    except PydanticSerializationError as error:
        raise TypeError(f"{type(value).__name__} cannot be sent as JSON") from error
