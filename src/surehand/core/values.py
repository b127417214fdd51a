"""Values of fields: from what a person typed or a caller sent to the JSON that facts hold."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from surehand.core.encoding import json_encoder
from surehand.core.money import Money, amount_of

_YES = frozenset({"yes", "true", "1", "on"})
_NO = frozenset({"no", "false", "0", "off"})

_LONGEST_TEXT = 20_000
_MOST_TEXTS = 1_000
_MOST_DIGITS = 40
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$", re.ASCII)


def parsed(kind: str, raw: Any, *, currency: str | None = None) -> Any:
    """A value of a type word as JSON; None and empty text are missing.

    kind      a `FieldType` word
    currency  taken for money that is given as a bare number
    raises    ValueError with a sentence that says what is accepted
    """
    if raw is None or (isinstance(raw, str) and not raw.strip() and kind != "text"):
        return None
    match kind:
        case "text":
            return _text(raw)
        case "number":
            return _number(raw)
        case "integer":
            return _integer(raw)
        case "yes_no":
            return _yes_no(raw)
        case "money":
            return _money(raw, currency)
        case "date":
            return _date(raw)
        case "timestamp":
            return _timestamp(raw)
        case "texts":
            return _texts(raw)
        case _:
            raise ValueError("this field cannot be given directly")


def _text(raw: Any) -> str | None:
    if not isinstance(raw, str):
        raise ValueError("must be text")
    if len(raw) > _LONGEST_TEXT:
        raise ValueError(f"must be at most {_LONGEST_TEXT:,} characters, and has {len(raw):,}")
    return raw or None


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("must be a number, such as 12.5")
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        raise ValueError("must be a number, such as 12.5") from None
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def _integer(raw: Any) -> int:
    message = "must be a whole number between -2^53 and 2^53"
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(message)
    try:
        number = int(raw)
    except (ValueError, OverflowError):
        raise ValueError(message) from None
    if abs(number) > 2**53 or (isinstance(raw, float) and raw != number):
        raise ValueError(message)
    return number


def _yes_no(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("must be yes or no")


def _money(raw: Any, currency: str | None) -> dict[str, str]:
    message = "must be a sum with its currency, such as 12.50 EUR"
    try:
        if isinstance(raw, Mapping):
            money = Money.model_validate(dict(raw))
        else:
            words = str(raw).split()
            code = words[1].upper() if len(words) == 2 else currency
            if not words or len(words) > 2 or code is None:
                raise ValueError(message)
            if "," in words[0] and not _THOUSANDS.match(words[0]):
                # 12,50 may mean twelve and a half or 1250: nobody should have to guess about money
                raise ValueError(f"{message}: a comma only parts thousands")
            money = Money(amount=Decimal(words[0].replace(",", "")), currency=code)
    except (ValidationError, InvalidOperation):
        raise ValueError(message) from None
    amount = str(money.amount)
    if len(amount) > _MOST_DIGITS:
        raise ValueError(f"{message}, of at most {_MOST_DIGITS} digits")
    return {"amount": amount, "currency": money.currency}


def _date(raw: Any) -> str:
    text = str(raw).strip()
    try:
        # Python 3.11 also takes 20261120 followed by anything
        if not _DAY.match(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a date as year-month-day, such as 2026-11-20") from None


def _timestamp(raw: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(raw).strip())
    except ValueError:
        raise ValueError("must be a time as in 2026-11-20T15:00:00+01:00") from None
    if moment.tzinfo is None:
        raise ValueError("must say its zone, as in 2026-11-20T15:00:00+01:00")
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999") from None


def _texts(raw: Any) -> list[str]:
    items = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of texts")
    if len(items) > _MOST_TEXTS or sum(map(len, items)) > _LONGEST_TEXT:
        raise ValueError(f"must be at most {_MOST_TEXTS:,} texts and {_LONGEST_TEXT:,} characters")
    return items


def plain(value: Any) -> Any:
    """A value that a model or a function gave as an answer, as JSON."""
    match value:
        case Money():
            return value.model_dump(mode="json")
        case Decimal():
            return float(value)
        case date() | datetime():
            return value.isoformat()
        case _:
            return value


def shown(value: Any) -> str:
    """A JSON fact as a person reads it; an object says itself in its `summary`, or part by part."""
    match value:
        case None:
            return ""
        case True:
            return "yes"
        case False:
            return "no"
        case {"amount": _, "currency": currency} if (amount := amount_of(value)) is not None:
            return f"{amount:,.2f} {currency}"
        case float():
            return f"{value:g}"
        case list():
            return ", ".join(shown(item) for item in value)
        case {"summary": str(told)} if told:
            return told
        case Mapping():
            there = [(str(name), item) for name, item in value.items() if item is not None and item != []]
            return ", ".join(f"{name.replace('_', ' ')} {shown(item)}" for name, item in there)
        case _:
            return str(value)


_DEEPEST = 64
_LOST = re.compile("[\x00\ud800-\udfff]")


def unstorable(value: Any, *, path: str = "") -> str | None:
    """Where a JSON value holds what cannot be stored exactly (NUL, half a character, NaN, too deep)."""
    if _surely_storable(value):
        return None
    found = _unstorable(value, 0)
    if found is None:
        return None
    place, fault = found
    return f"{(path + place).lstrip('.') or 'the input'} {fault}"


def storable(value: Any) -> Any:
    """A JSON value with a mark in place of what cannot be stored; a number that is not finite is missing."""
    return value if _surely_storable(value) else _replaced(value, 0)


def as_json(value: Any) -> Any:
    """What somebody's code returned, as JSON that can be stored; what has no form there as text."""
    try:
        return storable(json.loads(json.dumps(value, default=str, skipkeys=True)))
    except Exception:  # noqa: BLE001 - it goes in circles, or is an object that cannot even say what it is
        return f"({type(value).__name__})"


def _replaced(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return _LOST_MARK
    match value:
        case str():
            return _LOST.sub(_LOST_MARK, value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {_replaced(name, depth): _replaced(item, depth + 1) for name, item in value.items()}
        case list() | tuple():
            return [_replaced(item, depth + 1) for item in value]
        case _:
            return value


_LOST_MARK = "\N{REPLACEMENT CHARACTER}"


def _surely_storable(value: Any) -> bool:
    """Nothing in its JSON looks as if it could not be stored, which is found out in no time."""
    try:
        text = _encode(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return text.count("{") + text.count("[") <= _DEEPEST and _SUSPECT.search(text) is None


_encode = json_encoder(ascii=False)
_SUSPECT = re.compile(r"\\u0000|[\ud800-\udfff]|[0-9]{19}")


def _unstorable(value: Any, depth: int) -> tuple[str, str] | None:
    """The place below the value, and what is wrong there. Places are put together only where there is one."""
    if depth > _DEEPEST:
        return "", "is nested too deeply"
    match value:
        case str():
            if _LOST.search(value):
                return "", "holds a character that cannot be stored (NUL or half a character)"
        case float():
            if not math.isfinite(value):
                return "", "holds a number that is not finite"
        case int():
            if abs(value) > 2**63:
                return "", "holds a number that is too large"
        case Mapping():
            for name, item in value.items():
                if (found := _unstorable(name, depth + 1)) is not None:
                    return found
                if (found := _unstorable(item, depth + 1)) is not None:
                    return f".{name}{found[0]}", found[1]
        case list() | tuple():
            for index, item in enumerate(value):
                if (found := _unstorable(item, depth + 1)) is not None:
                    return f"[{index}]{found[0]}", found[1]
        case _:
            pass
    return None
