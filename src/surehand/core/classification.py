"""Choosing among answers with a trained model: what it learns from, and all that it says of many cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: An answer of a decision point that a model can learn: a choice, or yes and no.
Answer = str | bool


@dataclass(frozen=True, slots=True)
class Taught:
    """A case with the answer that is right.

    values  name -> JSON value of what the model reads; what is missing is None or left out
    answer  None: none of the answers is right, the case is out of scope. It teaches no answer, only doubt
    """

    values: Mapping[str, Any]
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Readings:
    """What a classifier says of n cases; every array has n entries, all shares lie in [0, 1].

    answers      what `best` and `second` count in
    best         place of the answer; -1 where there was nothing to read
    second       place of the next likely answer; -1 where there is none
    confidence   calibrated probability that the answer is right, out-of-scope cases counted as wrong
    probability  what the methods together gave the answer, among the answers learned; not calibrated
    runner_up    the same of the second answer
    margin       how far the answer is ahead of the second: the difference of these two
    similarity   how much the case is like the learned cases with this answer
    consensus    1 where both methods favour the answer; else how likely the one that does not finds it,
                 beside its own favourite
    """

    answers: tuple[Answer, ...]
    best: "NDArray[np.int64]"
    second: "NDArray[np.int64]"
    confidence: "NDArray[np.float64]"
    probability: "NDArray[np.float64]"
    runner_up: "NDArray[np.float64]"
    margin: "NDArray[np.float64]"
    similarity: "NDArray[np.float64]"
    consensus: "NDArray[np.float64]"

    def __len__(self) -> int:
        return len(self.best)


class Classifier(Protocol):
    """A trained model that chooses among answers.

    version  content hash of its arrays, 64 hex digits
    """

    version: str

    def readings(self, cases: Sequence[Mapping[str, Any]]) -> Readings:
        """All readings of many cases at once, from their facts as JSON values."""

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """Sentences per case that tell what speaks for the answer at `best`; none where it is -1."""
