"""What a provider does."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from surehand.core.bound import BoundStep, Facts
from surehand.core.recommendation import Recommendation

#: What the caller of `external` brought: `{value, confidence, reasons, alternatives, signals}`.
Brought = Mapping[str, Any]


class Provider(Protocol):
    """One kind of AI that recommends at decision points. Pinned by `tests/providers/test_contract.py`."""

    def recommend(
        self, step: BoundStep, cases: Sequence[Facts], brought: Sequence[Brought | None]
    ) -> list[Recommendation[Any] | Exception]:
        """One recommendation per case, in order; an error of one case is its entry and fails no other.

        cases    the facts of each case as JSON values; also `document`, where the input has one
        brought  what the caller brought with each case, or None
        """
