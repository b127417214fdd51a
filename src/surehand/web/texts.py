"""The texts of a case, with the places where its values were found and what its reasons rest on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surehand.core import spans
from surehand.core.bound import BoundProcess
from surehand.core.case import Case
from surehand.core.recommendation import probability
from surehand.core.showing import SURE_FROM
from surehand.core.spans import Span
from surehand.core.steps import Extract, Lookup
from surehand.core.values import shown
from surehand.web.fields import label
from surehand.web.plain import is_long
from surehand.web.views import MarkView, PieceView, TextPartView, TextsView, TextView

#: What one brief shows of the texts of a case: parts, and letters of one; texts, and marks in all of them.
_MOST_PARTS, _LETTERS, _MOST_TEXTS, _MOST_MARKS = 10, 4_000, 20, 100

_LONGEST_HEAD = 200

#: Facts that say who sent a text, what about and when; before them stands the name of the text and '_', or
#: nothing where the case has one text.
_HEADS = ("sender", "subject", "sent_at", "received_at")

#: What a recommendation rests on as a whole, and no reason of it alone.
WHOLE = -1


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts to show, with what stands in them.

    numbers  field -> number of its mark
    rests    index of a reason, or `WHOLE` -> numbers of what it rests on
    """

    view: TextsView | None
    numbers: Mapping[str, int]
    rests: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Found:
    """A span of a text, and what it is evidence of: a field, or a reason."""

    source: str
    span: Span
    field: str = ""
    reason: int = WHOLE
    low: bool = False

    @property
    def target(self) -> str:
        return f"f-{self.field}" if self.field else f"r-{self.reason + 1}"

    @property
    def label(self) -> str:
        if self.field:
            return label(self.field)
        return f"Reason {self.reason + 1}" if self.reason != WHOLE else "Recommendation"


def sources(case: Case, process: BoundProcess, names: Sequence[str]) -> tuple[str, ...]:
    """Those of these facts that are texts to be read: long, and brought with the case or looked up."""
    brought = _brought(process)
    found = [
        name
        for name in names
        if name in brought
        and not name.endswith(_HEADS)
        and process.types.get(name) == "text"
        and is_long(case.facts.get(name))
    ]
    return tuple(found[:_MOST_TEXTS])


def _brought(process: BoundProcess) -> frozenset[str]:
    """The facts that no model said: what the case came with, and what was looked up."""
    given = {name for name, one in process.map.input.fields.items() if not one.choices}
    looked = {name for bound in process.steps if isinstance(bound.step, Lookup) for name in bound.facts}
    return frozenset(given | looked)


def texts_of(
    case: Case,
    process: BoundProcess,
    names: Sequence[str],
    *,
    read: Sequence[str] = (),
    said: Mapping[str, Any] | None = None,
    after: int = 0,
    first: int = 1,
    href: str = "",
) -> Marked:
    """The texts of a case.

    names  the facts that hold them, see `sources`
    read   fields whose evidence is marked, in the order of their numbers; none leaves no trace of any
    said   the recommendation as JSON, whose evidence is marked too
    after  the last number that is taken already
    first  part from which on parts are shown, from 1; those with evidence are shown whatever it is
    href   address of the page that shows others, to which 'part=N' is added
    """
    texts = {name: str(case.facts[name]) for name in names}
    if not texts:
        return Marked(None, {}, {})
    found = [*_of_fields(case, process, texts, read), *_of_reasons(case, texts, said or {})][:_MOST_MARKS]
    cuts = [(name, part) for name, text in texts.items() for part in spans.parts(text, _LETTERS)]
    places = [_place(cuts, one) for one in found]
    chosen = _chosen(len(cuts), first, sorted(set(places)))
    kept = [(one, place) for one, place in zip(found, places, strict=True) if place in chosen]
    marks = [
        MarkView(number=number, target=one.target, label=one.label, low=one.low)
        for number, (one, _) in enumerate(kept, start=after + 1)
    ]
    parts = {
        at: _part(texts[cuts[at][0]], at, cuts[at][1], [
            (one.span, mark) for (one, place), mark in zip(kept, marks, strict=True) if place == at
        ])
        for at in sorted(chosen)
    }  # fmt: skip
    view = TextsView(texts=tuple(_views(case, process, texts, cuts, parts)), href=href)
    rests: dict[int, tuple[int, ...]] = {}
    for (one, _), mark in zip(kept, marks, strict=True):
        if not one.field:
            rests[one.reason] = (*rests.get(one.reason, ()), mark.number)
    numbers = {one.field: mark.number for (one, _), mark in zip(kept, marks, strict=True) if one.field}
    return Marked(view, numbers, rests)


# Where something was found


def _of_fields(
    case: Case, process: BoundProcess, texts: Mapping[str, str], names: Sequence[str]
) -> Iterator[_Found]:
    """Values that were read from these texts. A value that a person gave was not read anywhere."""
    taken = {
        bound.step.name: [name for parameter in bound.parameters for name in parameter.facts if name in texts]
        for bound in process.steps
        if isinstance(bound.step, Extract)
    }
    for name in names[:_MOST_MARKS]:
        reading = case.readings.get(name, {})
        of = taken.get(str(reading.get("by")), [])
        if reading.get("person") or name in texts:
            continue
        said = reading.get("evidence")
        spot = _spot(case, texts, said, of) if isinstance(said, Mapping) else None
        if spot is None and not _on_a_page(said):
            spot = _stands(texts, of, _forms(case.facts.get(name)))
        if spot is not None:
            sure = probability(reading.get("confidence"))
            yield _Found(*spot, field=name, low=sure is not None and sure < SURE_FROM)


def _of_reasons(case: Case, texts: Mapping[str, str], said: Mapping[str, Any]) -> Iterator[_Found]:
    reasons = len(said.get("reasons") or ())
    for one in (said.get("evidence") or ())[:_MOST_MARKS]:
        spot = _spot(case, texts, one, list(texts)) if isinstance(one, Mapping) else None
        if spot is not None:
            of = one.get("reason")
            yield _Found(*spot, reason=of if type(of) is int and 0 <= of < reasons else WHOLE)


def _spot(
    case: Case, texts: Mapping[str, str], said: Mapping[str, Any], of: Sequence[str]
) -> tuple[str, Span] | None:
    """The span that the reader named, where it says what they quoted; else where the quote stands."""
    named = said.get("source")
    source = named if named in texts else of[0] if named is None and len(of) == 1 else None
    quote = str(said.get("quote") or "")
    if source is not None:
        span = spans.checked(texts[source], said.get("start"), said.get("end"))
        if span is not None and _fits(case, source, texts[source][slice(*span)], quote):
            return source, span
    return _stands(texts, [source] if source is not None else of, [quote])


def _fits(case: Case, source: str, found: str, quote: str) -> bool:
    """What stands there is what was quoted. Without a quote: nobody has changed the text since."""
    return found.strip() == quote.strip() if quote else source not in case.corrected


def _on_a_page(said: Any) -> bool:
    return isinstance(said, Mapping) and (said.get("page") is not None or said.get("box") is not None)


def _stands(texts: Mapping[str, str], of: Sequence[str], forms: Sequence[str]) -> tuple[str, Span] | None:
    """Where one of these forms stands, the first that does: once, in one of the texts."""
    for form in forms:
        places = [(name, span) for name in of if (span := spans.found_once(texts[name], form))]
        if len(places) == 1:
            return places[0]
    return None


def _forms(value: Any) -> list[str]:
    """How a value may be written in a text. A yes or a no is not written there."""
    if value is None or isinstance(value, bool | list):
        return []
    if isinstance(value, Mapping) and {"amount", "currency"} <= value.keys():
        grouped, currency = shown(value).rsplit(" ", 1)
        plain = str(value["amount"])
        return list(dict.fromkeys([f"{grouped} {currency}", grouped, f"{plain} {currency}", plain]))
    return [shown(value)] if isinstance(value, str | int | float) else []


# What a brief shows of it


def _place(cuts: Sequence[tuple[str, Span]], found: _Found) -> int:
    """The index of the part in which a span begins."""
    return next(
        at
        for at, (name, (start, end)) in enumerate(cuts)
        if name == found.source and start <= found.span[0] < end
    )


def _chosen(count: int, first: int, wanted: Sequence[int]) -> frozenset[int]:
    chosen = set(wanted[:_MOST_PARTS])
    for at in range(min(max(first, 1), count) - 1, count):
        if len(chosen) >= _MOST_PARTS:
            break
        chosen.add(at)
    return frozenset(chosen)


def _part(text: str, at: int, part: Span, marks: Sequence[tuple[Span, MarkView]]) -> TextPartView:
    laid = spans.laid_over(text, part, [span for span, _ in marks])
    return TextPartView(
        number=at + 1,
        pieces=tuple(
            PieceView(text=piece, mark=None if index is None else marks[index][1]) for piece, index in laid
        ),
    )


def _views(
    case: Case,
    process: BoundProcess,
    texts: Mapping[str, str],
    cuts: Sequence[tuple[str, Span]],
    parts: Mapping[int, TextPartView],
) -> Iterator[TextView]:
    for name, text in texts.items():
        own = [at for at, (of, _) in enumerate(cuts) if of == name]
        yield TextView(
            field=name, label=label(name), heads=_heads(case, process, name, alone=len(texts) == 1),
            parts=tuple(parts[at] for at in own if at in parts), first=own[0] + 1, last=own[-1] + 1,
            letters=len(text),
        )  # fmt: skip


def _heads(
    case: Case, process: BoundProcess, name: str, *, alone: bool
) -> tuple[tuple[str, str | datetime], ...]:
    """Who sent it, what about and when, where facts of these names say so."""
    found: list[tuple[str, str | datetime]] = []
    brought = _brought(process)
    for head in _HEADS:
        own = [f"{name}_{head}", head] if alone else [f"{name}_{head}"]
        fact = next((one for one in own if one in brought and case.facts.get(one) is not None), None)
        if fact is not None:
            value = " ".join(shown(case.facts[fact]).split())[:_LONGEST_HEAD]
            moment = process.types.get(fact) == "timestamp"
            found.append((label(head), datetime.fromisoformat(value) if moment else value))
    return tuple(found)
