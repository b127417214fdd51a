"""What an AI brings to a step: readings of a document, and recommendations with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from surehand.core.documents import Box

T = TypeVar("T")


def probability(value: float | None) -> float | None:
    """A confidence that can be used, or None: missing, NaN and impossible values are the lowest."""
    if type(value) is float:
        return value if 0.0 <= value <= 1.0 else None  # which NaN is not
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # compared before it is made a float: an integer may be too large for one; NaN compares with nothing
    return float(value) if 0 <= value <= 1 else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was found, or what a reason rests on: on a page, or in a text of the case.

    quote       the words
    page, box   of a document: the page, from 0, and the box on it
    source      of a text: the name of the fact that holds it
    start, end  from the first letter to behind the last, in code points of that text; where they are left
                out or do not fit, the quote is looked for
    reason      of a recommendation: the index of the reason that rests on it, from 0
    """

    quote: str = ""
    page: int | None = None
    box: Box | None = None
    source: str | None = None
    start: int | None = None
    end: int | None = None
    reason: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the record, whatever the author's code put there."""
        page = self.page if isinstance(self.page, int) else None
        said = {"quote": str(self.quote), "page": page, "box": self.box.model_dump() if self.box else None}
        places = {name: getattr(self, name) for name in ("start", "end", "reason")}
        in_text = {name: place for name, place in places.items() if type(place) is int and 0 <= place < 2**31}
        return {**said, **({"source": self.source} if isinstance(self.source, str) else {}), **in_text}


@dataclass(frozen=True)  # no slots: with them `Reading[Invoice](...)` fails (Generic and frozen together)
class Reading(Generic[T]):
    """What an `extract` step read, with how sure it is of each field.

    values      the model whose fields become facts
    confidence  field name -> probability that the value is right; a field left out has no reading
    evidence    field name -> where it stood
    others      field name -> the second choice, where there is one
    whole       probability that every field is right; None when the reader does not say
    similarity  how much the document is like those that the reader learned from, in [0, 1]
    source      which model read it, with its version
    """

    values: T
    confidence: Mapping[str, float | None] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    others: Mapping[str, "Alternative"] = field(default_factory=dict)
    whole: float | None = None
    similarity: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer, why it ranked lower, and how likely it is."""

    value: Any
    because: str = ""
    confidence: float | None = None


@dataclass(frozen=True, kw_only=True)
class Recommendation(Generic[T]):
    """The AI's answer at a decision point.

    value         the answer; None means that it has none
    confidence    its own probability of being right, in [0, 1]; None when it cannot say
    reasons       sentences, most important first
    alternatives  other answers, best first
    evidence      what it rests on
    signals       further readings by name, in [0, 1] or None (`rule_clarity`, `consensus`, ...)
    source        which model or table answered, with its version
    """

    value: T | None
    confidence: float | None = None
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signals: Mapping[str, float | None] = field(default_factory=dict)
    source: str = ""
