"""What a signal sees: one recommendation with all that was read before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from surehand.core.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class SignalView:
    """One case at one decision point.

    recommendation  the AI's answer
    readings        extracted field -> probability that it was read right, None where the reader cannot say
    required        names that must have a value for the case to be complete
    facts           JSON values by name; missing is None
    corrected       names that a person has corrected since
    similarity      how much the document is like those that its reader learned from, if it has learned
    """

    recommendation: Recommendation[Any]
    readings: Mapping[str, float | None] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)
    corrected: frozenset[str] = frozenset()
    similarity: float | None = None


class Signal(Protocol):
    """One reading of how sure the AI may be."""

    def __call__(self, view: SignalView) -> float | None:
        """A number in [0, 1]; None when it cannot be told."""
