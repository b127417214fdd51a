"""Fields of a case as a person sees and types them, and their way back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.case import Case
from surehand.core.process import Act, DecisionPoint, Lookup
from surehand.core.recommendation import probability
from surehand.core.values import shown
from surehand.web.views import FactView, FieldView, PlainField

#: A reading below this is looked at by a person before they approve.
SURE_FROM = 0.90


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person had typed before a verdict was refused: values, ticks and faults by field."""

    values: Mapping[str, str]
    checked: frozenset[str]
    faults: Mapping[str, str]


NOTHING = Typed({}, frozenset(), {})


def label(name: str) -> str:
    """due_date -> 'Due date'."""
    return name.replace("_", " ").capitalize()


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


def names_of(process: BoundProcess, point: DecisionPoint | None) -> tuple[str, ...]:
    """The facts that a brief shows, in order: those that the decision point names, else all."""
    ours = {bound.step.name for bound in process.steps if isinstance(bound.step, DecisionPoint | Act)}
    return (point.facts if point else ()) or tuple(name for name in process.types if name not in ours)


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
    case: Case, process: BoundProcess, names: Iterable[str], evidence: Mapping[str, int], typed_: Typed
) -> tuple[FieldView, ...]:
    """The fields that may be edited, with how sure the reading was and where it stands."""
    return tuple(_field(case, process, name, evidence, typed_) for name in names if name in process.editable)


def _field(
    case: Case, process: BoundProcess, name: str, evidence: Mapping[str, int], typed_: Typed
) -> FieldView:
    kind, value = process.types[name], case.facts.get(name)
    reading = case.readings.get(name, {})
    corrected = reading.get("person")
    confidence = None if corrected else probability(reading.get("confidence"))
    needed = name in process.required
    because = ""
    if value is None and needed:
        because = "Required, and missing."
    elif corrected:
        because = f"Given by {corrected}."
    doubtful = confidence is not None and confidence < SURE_FROM and value is not None
    declared = process.map.input.fields.get(name)
    return FieldView(
        name=name, label=label(name), unit=_unit(kind, value, process.map.currency),
        value=typed_.values.get(name, typed(kind, value, process.map.currency)), type=_control(kind, value),
        confidence=confidence if value is not None else None,
        check=doubtful or (value is None and needed), checked=name in typed_.checked, because=because,
        required=needed, choices=(declared.choices or ()) if declared else (),
        evidence=evidence.get(name),
        error=_error(kind, value, process.map.currency, typed_.faults.get(name, "")),
    )  # fmt: skip


def plain_fields(
    case: Case, process: BoundProcess, names: Iterable[str], typed_: Typed
) -> tuple[PlainField, ...]:
    """The same fields without a trace of how sure a reading was."""
    return tuple(_plain(case, process, name, typed_) for name in names if name in process.editable)


def _plain(case: Case, process: BoundProcess, name: str, typed_: Typed) -> PlainField:
    kind, value = process.types[name], case.facts.get(name)
    declared = process.map.input.fields.get(name)
    return PlainField(
        name=name, label=label(name), unit=_unit(kind, value, process.map.currency),
        value=typed_.values.get(name, typed(kind, value, process.map.currency)), type=_control(kind, value),
        required=name in process.required, choices=(declared.choices or ()) if declared else (),
        about=declared.about if declared else "",
        error=_error(kind, value, process.map.currency, typed_.faults.get(name, "")),
    )  # fmt: skip


def _unit(kind: str, value: Any, currency: str) -> str:
    own = value is None or (isinstance(value, Mapping) and value.get("currency") == currency)
    return currency if kind == "money" and own else ""


def _error(kind: str, value: Any, currency: str, fault: str) -> str:
    """A fault at a field; where the label says the currency, it need not be typed."""
    said = "a sum with its currency, such as 12.50 EUR"
    return fault.replace(said, "a sum, such as 12.50") if _unit(kind, value, currency) else fault


def _control(kind: str, value: Any) -> str:
    """A text of several lines needs a control that keeps its lines."""
    return (
        "texts" if kind == "text" and isinstance(value, str) and ("\n" in value or len(value) > 120) else kind
    )


def looked_up(case: Case, process: BoundProcess, names: Iterable[str]) -> tuple[FactView, ...]:
    """Facts from systems of record."""
    source = {n: b.step.name for b in process.steps if isinstance(b.step, Lookup) for n in b.facts}
    found: list[FactView] = []
    for name in names:
        if name in source and case.facts.get(name) is not None:
            found.extend(fact_views(name, case.facts[name]))
    return tuple(found)


def given(case: Case, process: BoundProcess, names: Iterable[str]) -> tuple[FactView, ...]:
    """What else is known and cannot be edited here: other facts of the case, and earlier decisions."""
    looked = {n for b in process.steps if isinstance(b.step, Lookup) for n in b.facts}
    rest = [n for n in names if n not in process.editable and n not in looked]
    found = [
        fact
        for name in rest
        if case.facts.get(name) is not None
        for fact in fact_views(name, case.facts[name])
    ]
    for point, answer in case.answers.items():
        by = "policy" if answer.get("by") == "policy" else str(answer.get("by"))
        found.append(
            FactView(label=label(point), value=shown(answer.get("value")), source=f"decided by {by}")
        )
    found += [
        FactView(
            label=f"Asked: {told.get('question')}",
            value=str(told.get("answer")),
            source=f"by {told.get('by')}",
        )
        for told in case.exchange
    ]
    return tuple(found)


def fact_views(name: str, value: Any, source: str = "") -> tuple[FactView, ...]:
    """A fact in words; an object becomes one line for each of its parts."""
    if isinstance(value, Mapping) and not {"amount", "currency"} >= value.keys():
        parts = [
            f"{part.replace('_', ' ')} {shown(item)}" for part, item in value.items() if item is not None
        ]
        return (FactView(label=label(name), value=", ".join(parts), source=source),)
    return (FactView(label=label(name), value=shown(value), source=source),)
