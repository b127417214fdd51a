"""Whether what was read is right: what is recommended, what is entered unseen, and when the two agree.

An error of a reader is one of its fields. Whoever checks unseen enters the fields, or some that are drawn at
random, from the source; a machine then compares. A case with one wrong field is found wrong at least as
often as that field is drawn, and `core.guarantee` counts with it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from surehand.core.case import Case, Judgement
from surehand.core.extraction import WHOLE
from surehand.core.recommendation import Recommendation, probability
from surehand.core.steps import DecisionPoint, Verify
from surehand.core.values import parsed
from surehand.errors import Fault, InvalidInput


def as_read(point: Verify, case: Case) -> Recommendation[dict[str, Any]]:
    """What was read, as an answer: as sure as the reader is of all of it, or of its weakest field.

    It vouches for no field of which it does not say how sure it is, nor for what a person gave since.
    """
    about = [case.readings.get(name, {}) for name in point.fields]
    each = [probability(one.get("confidence")) for one in about]
    whole = probability(case.readings.get(WHOLE, {}).get("confidence"))
    known = [sure for sure in [whole, *each] if sure is not None]
    steps = dict.fromkeys(str(one["by"]) for one in about if one.get("by"))
    doubtful = None in each or not case.corrected.isdisjoint(point.fields)
    weakest = None if doubtful else min(known)
    return Recommendation(
        value={name: case.facts.get(name) for name in point.fields}, confidence=weakest,
        source=str(case.readings.get(WHOLE, {}).get("by") or ", ".join(steps)),
    )  # fmt: skip


def keyed_of(point: DecisionPoint, judged: Judgement | None) -> tuple[str, ...]:
    """The fields that whoever decides unseen enters: those that were drawn, else all; elsewhere none."""
    if not isinstance(point, Verify):
        return ()
    drawn = (judged.draw or {}).get("keyed") if judged is not None else None
    return tuple(drawn) if drawn else point.fields


def entered(
    types: Mapping[str, str], point: Verify, value: Any, *, currency: str
) -> dict[str, Any]:  # fmt: skip
    """Fields as a person entered them, as JSON. Raises InvalidInput with a fault per field.

    types  field -> type word
    """
    if not isinstance(value, Mapping) or not value:
        raise InvalidInput([Fault("value", f"must say the fields: {', '.join(point.fields)}")])
    faults, found = [], {}
    for name, raw in value.items():
        if name not in point.fields:
            faults.append(Fault(str(name), f"is none of the fields here: {', '.join(point.fields)}"))
            continue
        try:
            found[name] = parsed(types[name], raw, currency=currency)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    if faults:
        raise InvalidInput(faults)
    return {name: found[name] for name in point.fields if name in found}


def lacking(value: Mapping[str, Any], keyed: Sequence[str]) -> list[Fault]:
    """The fields that were to be entered and are not in the answer. One that is not in the source is null."""
    return [
        Fault(name, "is to be entered too, from the source; say so where it is not there")
        for name in keyed
        if name not in value
    ]


def agrees(said: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Two answers say the same of every field that both speak of, and there is one."""
    shared = said.keys() & right.keys()
    return bool(shared) and all(_normal(said[name]) == _normal(right[name]) for name in shared)


def carried_out(point: DecisionPoint, value: Any, read: Any) -> Any:
    """What an answer that was given unseen comes to: all of the fields, those not entered as read.

    A field that somebody only wrote in another way stays as it was read, so that lookups find it.
    """
    if not isinstance(point, Verify) or value is None:
        return value
    before: Mapping[str, Any] = read or {}
    said = {n: before[n] if n in before and _normal(before[n]) == _normal(v) else v for n, v in value.items()}
    return {**before, **said}


def merged(read: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was read, with what somebody who saw it said otherwise; the same sum stays as it is written."""
    before: Mapping[str, Any] = read or {}
    same = {name for name, value in said.items() if name in before and _same_sum(before[name], value)}
    return {**before, **{name: value for name, value in said.items() if name not in same}}


def _same_sum(one: Any, other: Any) -> bool:
    sums = isinstance(one, Mapping) and isinstance(other, Mapping)
    return sums and bool(_normal(one) == _normal(other))


#: Kinds of characters that are only a way of writing: punctuation and spaces, except `_TELLING`.
_DROPPED = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Cc", "Cf"})
_TELLING = frozenset("#%&@*")


def _normal(value: Any) -> Any:
    """A value without what is only a way of writing it: capitals, spaces, punctuation, zeros at the end.

    What stands between two figures, or as a sign before one, is a part of the number.
    """
    match value:
        case None | "":
            return None
        case str():
            text = unicodedata.normalize("NFC", value).casefold().strip()
            told = [letter for at, letter in enumerate(text) if _tells(text, at)]
            return "".join(told) or text or None
        case {"amount": amount, "currency": currency}:
            try:
                return Decimal(str(amount)), str(currency)
            except InvalidOperation:
                return amount, currency
        case list() | tuple():
            return [_normal(item) for item in value]
        case _:
            return value


def _tells(text: str, at: int) -> bool:
    """The letter at this place is a part of what is said."""
    letter = text[at]
    if letter in _TELLING or unicodedata.category(letter) not in _DROPPED:
        return True
    if letter.isspace():
        return False
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    sign = letter in "-\N{EN DASH}\N{MINUS SIGN}" and not before.isalnum()
    return after.isdigit() and (before.isdigit() or sign)
