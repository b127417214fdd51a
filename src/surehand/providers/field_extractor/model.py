"""A trained model at work: from a document to a reading, with numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from surehand.core.documents import Document
from surehand.core.recommendation import Alternative, Evidence, Reading
from surehand.stats.calibration import Logistic

from . import filling, spelling
from .choosing import Answer, whole_signals
from .items import ItemsLearned
from .learned import Learned, Verdict, chosen, unsure
from .novelty import Memory
from .rows import Sheet, sheet_of
from .spans import Span

T = TypeVar("T", bound=BaseModel)

_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned, as arrays.

    fields    field -> what was learned of it
    items     field -> what was learned of a list of line items
    memory    the documents learned from, for the likeness of others
    whole     P(all fields are right); None with too few documents
    currency  of an amount where the page names none
    symbols   currency sign -> code, as the labelled documents mean it
    version   content hash, 64 hex digits
    """

    fields: Mapping[str, Learned]
    items: Mapping[str, ItemsLearned]
    memory: Memory
    whole: Logistic | None
    currency: str | None
    symbols: Mapping[str, str]
    version: str = ""

    def read(self, document: Document, into: type[T]) -> Reading[T]:
        """The fields of `into` that were learned, each with probability, place and second choice.

        What the document does not show is None, and its confidence is the probability of that. Raises
        TypeError where a field of `into` must have a value: no document is sure to show it.
        """
        shapes = filling.shapes_of(into)
        sheet = sheet_of(document)
        similarity, kinship = self.memory.likeness(sheet)
        cache: dict[Any, Any] = {}
        writer = filling.Writer(sheet, self.currency, self.symbols)
        given: dict[str, Any] = {}
        confidence: dict[str, float | None] = {}
        evidence: dict[str, Evidence] = {}
        others: dict[str, Alternative] = {}
        for name, shape in shapes.items():
            learned = self.fields.get(name)
            if learned is None or shape.item is not None:
                continue
            verdict = learned.verdict(chosen(learned.stages, sheet, similarity, cache), kinship)
            value = writer.value(shape, learned.stages.plan, verdict.best)
            if verdict.best is not None and learned.known and similarity >= spelling.KNOWN_LAYOUT:
                value = spelling.confirmed(verdict.best.key, learned.known) or value
            if verdict.best is not None and value is None:  # the type cannot hold it
                continue
            given[name] = value
            confidence[name] = verdict.confidence
            if verdict.best is not None:
                evidence[name] = evidence_of(verdict.best)
            if other := _other(writer, shape, learned, verdict):
                others[name] = other
        whole = self._whole(_given(confidence), similarity)
        self._read_items(shapes, sheet, document, kinship, given, confidence, evidence)
        return Reading(
            filling.filled(into, shapes, given),
            confidence,
            evidence,
            others,
            whole=None if whole is None else min([whole, *_given(confidence)]),
            similarity=similarity,
            source=f"field-extractor {self.version[:12]}",
        )

    def _whole(self, sure: list[float], similarity: float) -> float | None:
        if self.whole is None or not sure:
            return None
        import numpy as np

        return float(self.whole(np.array([whole_signals(sure, similarity)]))[0])

    def _read_items(
        self,
        shapes: Mapping[str, filling.Shape],
        sheet: Sheet,
        document: Document,
        kinship: float,
        given: dict[str, Any],
        confidence: dict[str, float | None],
        evidence: dict[str, Evidence],
    ) -> None:
        """Line items, for every field that is a list of models and was learned."""
        for name, shape in shapes.items():
            learned = self.items.get(name)
            if learned is None or shape.item is None:
                continue
            found = learned.read(sheet, document)
            if found is None:
                given[name], confidence[name] = None, unsure(learned.nothing, kinship)
                continue
            try:
                given[name] = [filling.item_of(shape, line, self.currency) for line in found.lines]
            except (ValidationError, TypeError):  # the item's type asks for more than the table shows
                continue
            confidence[name] = found.confidence * kinship
            evidence[name] = found.evidence


def _given(confidence: Mapping[str, float | None]) -> list[float]:
    return [value for value in confidence.values() if value is not None]


def evidence_of(answer: Answer) -> Evidence:
    """Where an answer stands."""
    best = answer.best
    text = best.text(" ") if isinstance(best, Span) else best.text
    return Evidence(text[:_QUOTE], best.unit.page, best.box)


def _other(
    writer: filling.Writer, shape: filling.Shape, learned: Learned, verdict: Verdict
) -> Alternative | None:
    """The second choice with its share of what the first leaves over."""
    second = verdict.second
    if second is None:
        return None
    value = writer.value(shape, learned.stages.plan, second)
    if value is None:
        return None
    rest = 1.0 - verdict.confidence
    first = verdict.best.share if verdict.best else 0.0
    share = rest * min(1.0, second.share / max(1.0 - first, 1e-6))
    label = "" if isinstance(second.best, Span) else second.best.left.strip(" :.-")[-40:].strip()
    because = f'It stands beside "{label}".' if label else f"It stands on page {second.best.unit.page + 1}."
    return Alternative(value, because, round(max(0.0, min(share, 1.0)), 4))
