"""A trained classifier at work, with numpy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.core.classification import Answer, Readings

from .panel import Panel
from .sureness import Sureness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned.

    provider  the kind of model
    answers   what it can answer, in the order of its arrays
    version   content hash, 64 hex digits
    """

    provider: str
    answers: tuple[Answer, ...]
    panel: Panel
    sureness: Sureness
    version: str = ""

    def readings(self, cases: Sequence[Mapping[str, Any]]) -> Readings:
        """See `Classifier`."""
        return self.sureness.readings(self.answers, self.panel.opinions(cases))

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """See `Classifier`."""
        return self.panel.because(cases, best)
