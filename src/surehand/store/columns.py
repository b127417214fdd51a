"""The kinds of columns that both databases keep exactly: times, decimals, JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from surehand.core.encoding import json_encoder

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored(at: datetime) -> int:
    """An aware time as it is stored, for comparing many without making times of them."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone cannot be stored")
    return (at - _EPOCH) // _MICROSECOND


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, stored as whole microseconds since 1970: exact, ordered, the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuses naive times."""
        return None if value is None else stored(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Back to an aware time."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Exact(TypeDecorator[Decimal]):
    """A decimal as text, so that no digit is lost."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Back to a decimal."""
        return None if value is None else Decimal(value)


def json_text() -> Any:
    """JSON kept as it was written: JSONB would turn 1e16 into an integer, and digests would not match."""
    return JSON(none_as_null=True)


class Scalar(TypeDecorator[Any]):
    """JSON that may be a bare number.

    A column that SQLite knows as JSON takes text that looks like a number for one: 95.0 would become 95, and
    digests would not match.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        return Text() if dialect.name == "sqlite" else dialect.type_descriptor(json_text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To text where the database does not do it."""
        return encoded(value) if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Back to what it was."""
        return json.loads(value) if dialect.name == "sqlite" and value is not None else value


class Names(TypeDecorator[tuple[str, ...]]):
    """A few names as the text of their JSON: one that indexes and conditions can look at, everywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else encoded(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Back to names."""
        return None if value is None else tuple(decoded(value))


def encoded(value: Any) -> str:
    """JSON as the tables hold it: compact, nothing that is not JSON."""
    # most columns of most rows are empty, and writing a row is on the hottest path
    if not value and type(value) in _EMPTY:
        return _EMPTY[type(value)]
    return _encode(value)


_EMPTY: dict[Any, str] = {dict: "{}", list: "[]", tuple: "[]"}


def decoded(text: str | bytes) -> Any:
    """What `encoded` wrote."""
    if isinstance(text, bytes):  # as PostgreSQL sends it
        text = text.decode()
    if len(text) == len("{}"):
        if text == "{}":
            return {}
        if text == "[]":
            return []
    try:
        value, end = _scan(text, 0)
    except StopIteration:  # written by somebody else
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


#: What `json.loads` calls in the end, once it has made sure that this is text without blanks around it.
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # not in its stubs
_encode = json_encoder(ascii=False)


def in_json(value: Any) -> Any:
    """A time, a decimal or a read-only mapping in the form that JSON has for it, the one its column keeps."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a record")
