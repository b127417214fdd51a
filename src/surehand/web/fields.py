"""Fields of a case as a person sees and types them, and their way back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.case import Case
from surehand.core.phrases import words
from surehand.core.recommendation import probability
from surehand.core.showing import SURE_FROM
from surehand.core.steps import Extract, Lookup
from surehand.core.values import parsed, shown
from surehand.errors import Fault, InvalidInput
from surehand.web.diffs import diff_view
from surehand.web.figures import sum_alone, told
from surehand.web.plain import is_long
from surehand.web.views import FactView, FieldView, PlainField, TableView

#: A second choice longer than this has no place on a button.
_LONGEST = 120

#: Rows and columns of a table that a brief shows.
_MOST_ROWS, _MOST_COLUMNS = 100, 10


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person had typed before a verdict was refused: values, ticks and faults by field."""

    values: Mapping[str, str]
    checked: frozenset[str]
    faults: Mapping[str, str]


NOTHING = Typed({}, frozenset(), {})


#: A second choice that is less likely than this only costs the reader's time.
_WORTH_OFFERING = 0.05


def label(name: str) -> str:
    """due_date -> 'Due date', po_number -> 'PO number'."""
    text = words(name)
    return text[:1].upper() + text[1:]


def typed(kind: str, value: Any, currency: str) -> str:
    """A fact as a person would type it, with no digit lost."""
    if value is None:
        return ""
    if kind == "money" and isinstance(value, Mapping):
        own = value.get("currency") == currency
        return str(value.get("amount")) if own else f"{value.get('amount')} {value.get('currency')}"
    if kind == "number" and isinstance(value, float):
        return repr(value)
    return shown(value)


def corrections(case: Case, process: BoundProcess, sent: Mapping[str, str]) -> dict[str, str]:
    """The fields that a person changed: those that are not as the page had shown them."""
    changed = {}
    for name, raw in sent.items():
        kind = process.types.get(name, "text")
        before = typed(kind, case.facts.get(name), process.map.currency)
        if _flat(raw) != _flat(before):
            changed[name] = raw
    return changed


def _flat(text: str) -> str:
    """As browsers send it back: the end of a line is one character, an input of one line has none."""
    return "".join(text.split("\r")).replace("\n", "")


def field_views(
    case: Case,
    process: BoundProcess,
    names: Iterable[str],
    evidence: Mapping[str, int],
    typed_: Typed,
    sources: Collection[str] = (),
) -> tuple[FieldView, ...]:
    """The fields that may be edited, with how sure the reading was and where it stands.

    sources  those that stand among the sources
    """
    return tuple(
        _field(case, process, name, evidence, typed_, source=name in sources)
        for name in names
        if name in process.editable
    )


def _field(
    case: Case, process: BoundProcess, name: str, evidence: Mapping[str, int], typed_: Typed, *, source: bool
) -> FieldView:
    kind, value = process.types[name], case.facts.get(name)
    reading = case.readings.get(name, {})
    corrected = reading.get("person")
    confidence = None if corrected else probability(reading.get("confidence"))
    needed, missing = name in process.required, value is None and _looked_for(case, process, name)
    doubtful = confidence is not None and confidence < SURE_FROM and value is not None
    declared = process.map.input.fields.get(name)
    second = "" if corrected else _second_choice(process, name, reading, value)
    because = ""
    if value is None and needed:
        because = "Not found on the document, and required." if missing else "Required, and missing."
    elif corrected:
        because = f"Given by {corrected}."
    elif doubtful:
        because = _why_doubtful(reading, second)
    return FieldView(
        name=name, label=label(name), unit=_unit(kind, value, process.map.currency),
        value=typed_.values.get(name, typed(kind, value, process.map.currency)), type=_control(kind, value),
        confidence=confidence if value is not None else None,
        check=doubtful or (value is None and needed), missing=missing, checked=name in typed_.checked,
        because=because, suggestion=second if doubtful or value is None else "",
        required=needed, choices=(declared.choices or ()) if declared else (),
        evidence=evidence.get(name),
        error=_error(kind, value, process.map.currency, typed_.faults.get(name, "")), source=source,
        diff=diff_view(str(value), typed_.values[name]) if is_long(value) and name in typed_.values else None,
    )  # fmt: skip


def _looked_for(case: Case, process: BoundProcess, name: str) -> bool:
    """A step reads this field from the document, and the document could be read."""
    body = case.known.get("document")
    read = any(name in bound.facts for bound in process.steps if isinstance(bound.step, Extract))
    return read and isinstance(body, Mapping) and bool(body.get("pages"))


def _second_choice(process: BoundProcess, name: str, reading: Mapping[str, Any], value: Any) -> str:
    """What else the reader thought possible, as a person would type it; '' when it is nothing that fits."""
    kind, currency, other = process.types[name], process.map.currency, reading.get("other")
    if not isinstance(other, Mapping):
        return ""
    sure = probability(other.get("confidence"))
    if sure is not None and sure < _WORTH_OFFERING:
        return ""
    found = other.get("value")
    if not isinstance(found, str | int | float | Mapping) or (isinstance(found, Mapping) and kind != "money"):
        return ""
    text = typed(kind, found, currency)
    declared = process.map.input.fields.get(name)
    try:
        fits = (
            parsed(kind, text, currency=currency) is not None and len(text) <= _LONGEST and "\n" not in text
        )
    except ValueError:
        return ""
    allowed = not (declared and declared.choices) or text in declared.choices
    return text if fits and allowed and text != typed(kind, value, currency) else ""


def _why_doubtful(reading: Mapping[str, Any], second: str) -> str:
    other = reading.get("other")
    because = str(other.get("because") or "") if second and isinstance(other, Mapping) else ""
    return because or "The reader was not sure: compare it with the document."


def plain_fields(
    case: Case,
    process: BoundProcess,
    names: Iterable[str],
    typed_: Typed,
    evidence: Mapping[str, int] = MappingProxyType({}),
    sources: Collection[str] = (),
) -> tuple[PlainField, ...]:
    """The same fields without a trace of how sure a reading was; without `evidence` nor of where it stood."""
    return tuple(
        _plain(case, process, name, typed_, evidence.get(name), source=name in sources)
        for name in names
        if name in process.editable
    )


def _plain(
    case: Case, process: BoundProcess, name: str, typed_: Typed, evidence: int | None, *, source: bool
) -> PlainField:
    kind, value = process.types[name], case.facts.get(name)
    declared = process.map.input.fields.get(name)
    return PlainField(
        name=name, label=label(name), unit=_unit(kind, value, process.map.currency),
        value=typed_.values.get(name, typed(kind, value, process.map.currency)), type=_control(kind, value),
        required=name in process.required, choices=(declared.choices or ()) if declared else (),
        about=declared.about if declared else "", evidence=evidence, source=source,
        error=_error(kind, value, process.map.currency, typed_.faults.get(name, "")),
    )  # fmt: skip


def entered_fields(process: BoundProcess, names: Iterable[str], typed_: Typed) -> tuple[PlainField, ...]:
    """Empty fields for what is to be entered from the source, with what was entered before a refusal."""
    currency, declared = process.map.currency, process.types
    return tuple(
        PlainField(
            name=name, label=label(name), unit=_unit(declared[name], None, currency),
            value=typed_.values.get(name, ""), type=_control(declared[name], None),
            absent=name in typed_.checked,
            error=_error(declared[name], None, currency, typed_.faults.get(name, "")),
        )
        for name in names
    )  # fmt: skip


def entered(names: Iterable[str], sent: Mapping[str, str], absent: Iterable[str]) -> dict[str, str | None]:
    """What a person entered, field by field; None where the source does not show it. Raises InvalidInput."""
    missing, faults, found = frozenset(absent), [], dict[str, str | None]()
    for name in names:
        text = sent.get(name, "")
        if text.strip() and name in missing:
            faults.append(Fault(name, "has a value and is ticked as not there: keep one of them"))
        elif not text.strip() and name not in missing:
            faults.append(Fault(name, "is to be entered, or ticked as not there"))
        found[name] = None if name in missing else text
    if faults:
        raise InvalidInput(faults)
    return found


def _unit(kind: str, value: Any, currency: str) -> str:
    own = value is None or (isinstance(value, Mapping) and value.get("currency") == currency)
    return currency if kind == "money" and own else ""


def _error(kind: str, value: Any, currency: str, fault: str) -> str:
    """A fault at a field; where the label says the currency, it need not be typed."""
    said = "a sum with its currency, such as 12.50 EUR"
    return fault.replace(said, "a sum, such as 12.50") if _unit(kind, value, currency) else fault


def _control(kind: str, value: Any) -> str:
    """A text of several lines needs a control that keeps its lines."""
    return "texts" if kind == "text" and is_long(value) else kind


def looked_up(case: Case, process: BoundProcess, names: Iterable[str]) -> tuple[FactView, ...]:
    """Facts from systems of record."""
    source = {n: b.step.name for b in process.steps if isinstance(b.step, Lookup) for n in b.facts}
    found: list[FactView] = []
    for name in names:
        if name in source and case.facts.get(name) is not None and not _objects(case.facts[name]):
            found.extend(fact_views(name, case.facts[name]))
    return tuple(found)


def given(case: Case, process: BoundProcess, names: Iterable[str]) -> tuple[FactView, ...]:
    """What else is known and cannot be edited here: other facts of the case, and earlier decisions."""
    looked = {n for b in process.steps if isinstance(b.step, Lookup) for n in b.facts}
    rest = [n for n in names if n not in process.editable and n not in looked]
    found = [
        fact
        for name in rest
        if case.facts.get(name) is not None and not _objects(case.facts[name])
        for fact in fact_views(name, case.facts[name])
    ]
    for point, answer in case.answers.items():
        by = "policy" if answer.get("by") == "policy" else str(answer.get("by"))
        found.append(FactView(label=label(point), value=told(answer.get("value")), source=f"decided by {by}"))
    found += [
        FactView(
            label=f"Asked: {asked.get('question')}",
            value=str(asked.get("answer")),
            source=f"by {asked.get('by')}",
        )
        for asked in case.exchange
    ]
    return tuple(found)


def tables(case: Case, names: Iterable[str]) -> tuple[TableView, ...]:
    """Facts that are lists of objects, such as the lines of an invoice."""
    return tuple(_table(name, case.facts[name]) for name in names if _objects(case.facts.get(name)))


def _objects(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _table(name: str, items: Sequence[Mapping[str, Any]]) -> TableView:
    names = list(dict.fromkeys(str(part) for item in items for part in item))[:_MOST_COLUMNS]
    columns = [_column(part, [item.get(part) for item in items[:_MOST_ROWS]]) for part in names]
    return TableView(
        label=label(name), heads=tuple(head for head, _ in columns),
        rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
        more=max(len(items) - _MOST_ROWS, 0),
    )  # fmt: skip


def _column(name: str, values: Sequence[Any]) -> tuple[tuple[str, bool], list[str]]:
    """Head and cells; where all sums have one currency, the head says it once."""
    there = [value for value in values if value is not None]
    sums = [v for v in there if isinstance(v, Mapping) and {"amount", "currency"} >= v.keys()]
    currencies = {str(value.get("currency")) for value in sums}
    if sums and len(sums) == len(there) and len(currencies) == 1:
        cells = [sum_alone(value) for value in values]
        return (f"{label(name)}, {currencies.pop()}", True), cells
    figures = bool(there) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in there)
    return (label(name), figures or bool(sums)), [told(value) for value in values]


def fact_views(name: str, value: Any, source: str = "") -> tuple[FactView, ...]:
    """A fact in words."""
    return (FactView(label=label(name), value=told(value), source=source),)
