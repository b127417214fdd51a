"""What was learned of one field, and the answer it gives on a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from surehand.providers.trees import Trees
from surehand.stats.calibration import Logistic

from . import plans
from .choosing import Answer, answers, signals
from .linear import Linear
from .plans import Found, Plan
from .rows import Sheet
from .spans import Span
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stages:
    """Both stages of the search for one field.

    linear  first stage: one model over the words around values, or three over units (inside, first, last)
    trees   second stage: log odds that a candidate is the value
    """

    plan: Plan
    linear: tuple[Linear, ...]
    trees: Trees

    def first(self, found: Found) -> "NDArray[np.float64]":
        """(spots or units, k) log odds of the first stage."""
        return scored(self.linear, found)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answers on one document, the likeliest first, and what the confidence of the first rests on.

    signals  numbers of `choosing.SIGNALS`; empty without an answer
    """

    answers: list[Answer]
    signals: list[float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer that is given: `best` is None where the document is taken not to show the field.

    confidence  probability that this is right
    """

    best: Answer | None
    second: Answer | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Learned:
    """One field: its stages, and the probabilities that go with its answers.

    right    P(the first answer is right), from its signals
    absent   P(the document does not show the field), from the same
    nothing  P(the document does not show the field) when there is no candidate at all
    ordered  of dates: share of learned documents in the order that ambiguous dates are read in
    known    of spans: plain text -> text as it was labelled
    """

    stages: Stages
    right: Logistic
    absent: Logistic
    nothing: float
    ordered: float = 1.0
    known: Mapping[str, str] = field(default_factory=dict)

    def verdict(self, chosen: Chosen, kinship: float = 1.0) -> Verdict:
        """Which answer is given, if any, and how sure it is.

        kinship  as `novelty.Memory.likeness` gives it: on a page like nothing learned, nothing is sure
        """
        import numpy as np

        if not chosen.answers:
            return Verdict(None, None, unsure(self.nothing, kinship))
        X = np.array([chosen.signals])
        right, absent = float(self.right(X)[0]), float(self.absent(X)[0])
        top = chosen.answers[0]
        if top.best.ambiguous:
            right *= self.ordered
        right, absent = right * kinship, unsure(absent, kinship)
        if absent > right:
            return Verdict(None, top, absent)
        return Verdict(top, chosen.answers[1] if len(chosen.answers) > 1 else None, right)


def unsure(absent: float, kinship: float) -> float:
    """P(absent) on a page that may be of another kind, of which nothing is known."""
    return absent * kinship + 0.5 * (1.0 - kinship)


def scored(linear: Sequence[Linear], found: Found) -> "NDArray[np.float64]":
    """(spots or units, k) log odds of the models of a first stage."""
    import numpy as np

    if not found.places:
        return np.zeros((0, len(linear)))
    return np.stack([model.log_odds(found.places) for model in linear], axis=1)


def chosen(stages: Stages, sheet: Sheet, similarity: float, cache: dict[Any, Any]) -> Chosen:
    """Looks for one field on a sheet."""
    found = plans.look(sheet, stages.plan, cache)
    first = stages.first(found)
    candidates, X = plans.measured(found, first)
    if not candidates:
        return Chosen([], [])
    odds = stages.trees.log_odds(X)
    return choose(candidates, odds, alone(candidates, first), similarity)


def choose(
    candidates: Sequence[Spot | Span],
    odds: "NDArray[np.float64]",
    first: "NDArray[np.float64]",
    similarity: float,
) -> Chosen:
    """The answers among scored candidates; `first` is what the first stage alone says of each."""
    found = answers(candidates, odds)
    return Chosen(found, signals(found, candidates, first, similarity) if found else [])


def alone(candidates: Sequence[Spot | Span], first: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n,) what the first stage alone says of each candidate."""
    import numpy as np

    if first.shape[1] == 1:
        return first[:, 0]
    return np.array(
        [
            first[candidate.units[0], 1]
            + first[candidate.units[-1], 2]
            + first[list(candidate.units), 0].mean()
            for candidate in candidates
            if isinstance(candidate, Span)
        ]
    )
