"""CEL itself: types, environments, values, and its messages in plain words. The library loads when needed."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from surehand.core.money import Money, base_amount
from surehand.maps.types import FactType


@dataclass(frozen=True, slots=True)
class Currency:
    """The process's currency and the rates into it."""

    code: str = "EUR"
    rates: Mapping[str, Decimal] | None = None


def _cel() -> Any:
    from cel_expr_python import cel  # lazily: it is a compiled library, and the CLI should start fast

    return cel


@cache
def _type(name: str) -> Any:
    cel = _cel()
    simple = {
        "string": cel.Type.STRING,
        "double": cel.Type.DOUBLE,
        "int": cel.Type.INT,
        "bool": cel.Type.BOOL,
        "timestamp": cel.Type.TIMESTAMP,
        "dyn": cel.Type.DYN,
    }
    if name in simple:
        return simple[name]
    if name.startswith("list:"):
        return cel.Type.List(_type(name.removeprefix("list:")))
    if name == "map":
        return cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return cel.Type(name)


@lru_cache(maxsize=1_000)
def environment(declared: tuple[tuple[str, str], ...]) -> Any:
    """A CEL environment with these (name, type) declared; types as in `Name.cel`."""
    return _cel().NewEnv(variables={name: _type(kind) for name, kind in declared})


WRAPPED = {
    "string": "google.protobuf.StringValue",
    "double": "google.protobuf.DoubleValue",
    "int": "google.protobuf.Int64Value",
    "bool": "google.protobuf.BoolValue",
    "map": "dyn",
    "list:string": "dyn",
    "list:double": "dyn",
    "list:int": "dyn",
    "list:bool": "dyn",
    "list:map": "dyn",
    "list:timestamp": "dyn",
    "list:dyn": "dyn",
}

_CEL_TYPES = {
    "text": "string",
    "number": "double",
    "integer": "int",
    "yes_no": "bool",
    "date": "timestamp",
    "timestamp": "timestamp",
    "texts": "list:string",
    "money": "map",
    "object": "map",
}


def cel_type(kind: FactType) -> str:
    """The CEL type of a fact that is not missing."""
    if kind.word == "list":
        item = cel_type(kind.item) if kind.item and not kind.item.nullable else "dyn"
        return f"list:{item if f'list:{item}' in WRAPPED else 'dyn'}"
    return _CEL_TYPES.get(kind.word, "dyn")


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError("a yes or no is not a number")
    number = float(value)  # decimals are text in JSON
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _exactly(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"not a {kind.__name__}")
        return value

    return check


_a_list = _exactly(list)


def _moment(value: Any) -> datetime:
    if len(value) == len("2026-11-20"):
        day = date.fromisoformat(value)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _finite(value: Any) -> Any:
    """A free value as it is, unless something in it is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not finite")
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        _finite(inner)
    return value


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "string": _exactly(str),
    "double": _number,
    "int": _exactly(int),
    "bool": _exactly(bool),
    "timestamp": _moment,
}


def converter(kind: FactType, currency: Currency) -> Callable[[Any], Any]:
    """From a fact's JSON value (not None) to what CEL takes; the result raises where it does not fit."""
    if kind.item is not None:
        each = _optionally(converter(kind.item, currency))
        return lambda values: [each(value) for value in _a_list(values)]
    if kind.word == "money":
        base = base_converter(currency)
        return lambda value: {
            "amount": _number(value["amount"]),
            "currency": value["currency"],
            "base": base(value),
        }
    if kind.fields:
        parts = {name: _optionally(converter(inner, currency)) for name, inner in kind.fields.items()}
        return lambda value: {name: convert(value.get(name)) for name, convert in parts.items()}
    return _CONVERT.get(_CEL_TYPES.get(kind.word, ""), _finite)


def _optionally(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def base_converter(currency: Currency) -> Callable[[Any], float | None]:
    """From the JSON of a sum to its size in the process's currency; None without a rate."""

    def convert(value: Any) -> float | None:
        if value["currency"] == currency.code:
            return _number(value["amount"])
        base = base_amount(Money.model_validate(value), currency=currency.code, rates=currency.rates or {})
        return None if base is None else float(base)

    return convert


_TOKENS = re.compile(
    r"""//[^\n]*|[rRbB]{0,2}(?:'{3}(?:\\.|[^\\])*?'{3}|"{3}(?:\\.|[^\\])*?"{3}"""
    r"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
    r"|(?P<path>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)",
    re.DOTALL | re.ASCII,
)


def paths(text: str) -> list[str]:
    """Dotted names in a text, outside strings and comments."""
    found = (match["path"] for match in _TOKENS.finditer(text))
    return [re.sub(r"\s+", "", path) for path in found if path]


FUNCTIONS = (
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "has",
    "exists",
    "exists_one",
    "all",
    "map",
    "filter",
    "int",
    "double",
    "string",
    "bool",
    "timestamp",
    "duration",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
)

_TYPE_WORDS = {
    "STRING": "a text",
    "DOUBLE": "a number",
    "INT": "a whole number",
    "TIMESTAMP": "a time",
    "LIST": "a list",
    "MAP": "a group",
    "DURATION": "a duration",
    "NULL": "null",
}

_PLAIN = {
    "string": "text",
    "double": "number",
    "int": "whole number",
    "bool": "yes or no",
    "google.protobuf.Timestamp": "time",
    "google.protobuf.Duration": "duration",
    "timestamp": "time",
    "null_type": "null",
}


def no_overload(operator: str, applied: str) -> str:
    """`_>_` applied to `wrapper(string), int` in words."""
    sides = [re.sub(r"^wrapper\((.*)\)$", r"\1", side.strip()) for side in applied.split(",")]
    words = [_PLAIN.get(side, side) for side in sides]
    symbol = operator.replace("_", "").strip("@") or operator
    message = f"'{symbol}' cannot be used with {' and '.join(words)}"
    if sorted(sides) == ["double", "int"]:
        return f"{message}: write 10000.0 beside a number, and 10000 beside a whole number"
    if "null_type" in sides:
        return f"{message}: this value is never missing, so leave the comparison out"
    return message


def type_words(name: str) -> str:
    """A CEL type that is not true or false, in words."""
    return _TYPE_WORDS.get(name, name.lower())
