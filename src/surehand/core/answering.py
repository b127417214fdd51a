"""What can be answered at a decision point, and what a person typed, in the right types."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from surehand.core import picking, verifying
from surehand.core.bound import BoundProcess
from surehand.core.passage import Passage
from surehand.core.steps import Decide, DecisionPoint, Draft, Verify
from surehand.core.values import parsed, shown
from surehand.errors import Fault, InvalidInput


def kind_of(step: DecisionPoint) -> str:
    """How it is answered: `choice`, `several`, `ranking`, `yes_no`, `number`, `fields` or `text`."""
    if not isinstance(step, Decide):
        return "fields" if isinstance(step, Verify) else "text"
    if step.picks:
        return "several" if step.several else "ranking"
    return "choice" if step.chosen else "yes_no" if step.yes_no else "number"


def answers_of(step: DecisionPoint, recommended: Any = None) -> tuple[Any, ...]:
    """The answers that can be given, each of several alone; where no list has them, the one recommended."""
    if isinstance(step, Decide) and step.one_of is not None:
        return step.one_of
    if isinstance(step, Decide) and step.several:
        return tuple([choice] for choice in step.choices or ())
    if isinstance(step, Decide) and step.yes_no:
        return (True, False)
    return (recommended,)


def facts_of(step: DecisionPoint, answer: Any) -> dict[str, Any]:
    """What an answer makes known: the fields that it is about, or the fact of the step's name."""
    return dict(answer or {}) if isinstance(step, Verify) else {step.name: answer}


def checked_value(
    process: BoundProcess, step: DecisionPoint, value: Any, facts: Mapping[str, Any] | None = None
) -> Any:
    """An answer in the type of the decision point. Raises InvalidInput.

    facts  of the case, where the answer has to be found in them
    """
    if isinstance(step, Verify):
        return verifying.entered(process.types, step, value, currency=process.map.currency)
    try:
        if isinstance(step, Draft):
            return parsed("text", value)
        assert isinstance(step, Decide)
        if step.picks:
            return picking.picked(step, value, facts)
        if step.one_of is not None:
            if value not in step.one_of:
                raise ValueError(f"must be one of: {', '.join(step.one_of)}")
            return value
        if step.open_choices:
            return label(value)
        if step.yes_no:
            return parsed("yes_no", value)
        number = parsed("number", value)
    except ValueError as error:
        raise InvalidInput([Fault("value", str(error))]) from None
    assert step.number is not None
    low, high = step.number.least, step.number.most
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        span = f"from {low if low is not None else 'any'} to {high if high is not None else 'any'}"
        raise InvalidInput([Fault("value", f"must be a number {span}")])
    return number


#: Letters of an answer from an open list. It names a kind, and is no text of its own.
_LONGEST_LABEL = 100


def label(value: Any) -> str:
    """An answer of an open list, without spaces around or in a row. Raises ValueError."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST_LABEL:
        raise ValueError(f"must be a text of 1 to {_LONGEST_LABEL} letters")
    return text


def may_fit_none(point: DecisionPoint | None) -> bool:
    """A person may say that none of the answers is right: it is chosen, and no answer is a refusal."""
    return isinstance(point, Decide) and point.chosen and refusal(point) is None


def refusal(point: DecisionPoint | None) -> Any:
    """The answer that a rejection gives; None where the list has none and the case simply ends."""
    if isinstance(point, Decide):
        if point.yes_no:
            return False
        return "reject" if point.one_of and "reject" in point.one_of else None
    return None


def same_answer(point: DecisionPoint, decided: Any, right: Any) -> bool:
    """Two answers agree, as far as it matters here: the one place that says so.

    A number agrees within either tolerance of the one that is right, to the last digit of what was written.
    Fields agree as `core.verifying` says, and lists as `core.picking` does. Everything else agrees if it is
    equal; whether two different texts say the same, only a person can tell.
    """
    if isinstance(point, Verify):
        return bool(decided) and bool(right) and verifying.agrees(decided, right)
    if isinstance(point, Decide) and point.picks and decided is not None and right is not None:
        return picking.same_pick(decided, right)
    if not isinstance(point, Decide) or point.number is None or decided is None or right is None:
        return bool(decided == right)
    true = Decimal(str(right))
    share, units = Decimal(str(point.number.tolerance)), Decimal(str(point.number.tolerance_units))
    return abs(Decimal(str(decided)) - true) <= max(share * abs(true), units)


def corrected(passage: Passage, process: BoundProcess, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Typed fields that differ from the facts. Raises InvalidInput with a fault per field."""
    facts, faults, changed = passage.case.facts, [], {}
    for name, raw in fields.items():
        kind = process.types.get(name)
        if kind is None or name not in process.editable:
            faults.append(Fault(name, "is not a field that can be edited here"))
            continue
        try:
            value = parsed(kind, raw, currency=process.map.currency)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
            continue
        if value != facts.get(name) and raw != shown(facts.get(name)):
            changed[name] = value
    if faults:
        raise InvalidInput(faults)
    return changed
