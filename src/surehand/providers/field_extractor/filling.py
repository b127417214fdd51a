"""From answers to the model that a step wants: its fields' types, and values of these types."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from surehand.core.annotations import bare, members
from surehand.core.money import Money

from . import values
from .choosing import Answer
from .plans import Plan
from .rows import Sheet
from .spans import Span

T = TypeVar("T", bound=BaseModel)

#: ISO 4217 for "no currency": an amount whose currency nobody knows.
NO_CURRENCY = "XXX"
_NONE = type(None)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field can hold.

    types     the classes it takes, without None
    nullable  it may be None
    default   it has a value when nothing is given
    item      of a list of models: the model
    """

    types: tuple[type, ...]
    nullable: bool
    default: bool
    item: type[BaseModel] | None = None


def shapes_of(into: type[BaseModel]) -> dict[str, Shape]:
    """The shape of every field. Raises TypeError for one that must have a value: paper may lack any."""
    shapes = {name: _shape(info.rebuild_annotation(), info) for name, info in into.model_fields.items()}
    for name, shape in shapes.items():
        if not shape.nullable and not shape.default and shape.item is None:
            raise TypeError(
                f"{into.__name__}.{name} must have a value, and a document may not show it: "
                f"allow None in its annotation"
            )
    return shapes


def _shape(annotation: Any, info: Any) -> Shape:
    found = [bare(member) for member in members(bare(annotation))]
    plain = tuple(member for member in found if isinstance(member, type) and member is not _NONE)
    item = None
    for member in found:
        if get_origin(member) in (list, tuple, Sequence) and get_args(member):
            inner = bare(get_args(member)[0])
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                item = inner
    default = info.default is not PydanticUndefined or info.default_factory is not None
    return Shape(plain, _NONE in found or Any in found, default, item)


def filled(into: type[T], shapes: Mapping[str, Shape], given: Mapping[str, Any]) -> T:
    """The model with what was read; a list that was not read is empty where None is not allowed."""
    whole: dict[str, Any] = {}
    for name, shape in shapes.items():
        value = given.get(name)
        if value is not None:
            whole[name] = value
        elif shape.nullable:
            whole[name] = None
        elif not shape.default:
            whole[name] = []
    try:
        return into.model_validate(whole)
    except ValidationError as error:
        bad = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        allowed = {name for name in bad if name in shapes and shapes[name].nullable}
        if not allowed or not bad & set(given):
            raise TypeError(f"{into.__name__} does not take what was read: {error}") from error
        return filled(into, shapes, {name: value for name, value in given.items() if name not in bad})


class Writer:
    """Turns answers into values of the types that fields hold; knows the currency of a document."""

    def __init__(self, sheet: Sheet, currency: str | None, symbols: Mapping[str, str]) -> None:
        self._sheet, self._fallback, self._symbols = sheet, currency, symbols
        self._page: str | None = None
        self._looked = False

    def value(self, shape: Shape, plan: Plan, answer: Answer | None) -> Any:
        """The answer as the field holds it; None where the field's type cannot hold it."""
        if answer is None:
            return None
        if plan.shape == "date":
            return self._date(shape, answer.key)
        if plan.shape == "amount":
            return self._amount(shape, answer)
        if str not in shape.types and shape.types:
            return None
        if isinstance(answer.best, Span):
            return answer.best.text(plan.joiner)
        text = answer.best.text
        return re.sub(r"\s", "", text) if plan.compact else text

    def _date(self, shape: Shape, day: dt.date) -> Any:
        if dt.datetime in shape.types and dt.date not in shape.types:
            return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        return day if dt.date in shape.types or not shape.types else day.isoformat()

    def _amount(self, shape: Shape, answer: Answer) -> Any:
        number: Decimal = answer.key
        exact = number.quantize(Decimal("0.01")) if number == number.quantize(Decimal("0.01")) else number
        if Money in shape.types:
            mark = "" if isinstance(answer.best, Span) else answer.best.mark
            return Money(amount=exact, currency=self.currency(mark))
        if Decimal in shape.types:
            return exact
        if float in shape.types:
            return float(number)
        if int in shape.types:
            return int(number) if number == int(number) else None
        return str(exact) if str in shape.types or not shape.types else None

    def currency(self, mark: str) -> str:
        """The code of a sign beside an amount, else what the page names most, else the usual one."""
        return self._code(mark) or self._of_page() or self._fallback or NO_CURRENCY

    def _code(self, mark: str) -> str | None:
        return self._symbols.get(mark.strip()) or values.currency_of(mark)

    def _of_page(self) -> str | None:
        if not self._looked:
            self._looked = True
            counts: Counter[str] = Counter()
            for row in self._sheet.units[: self._sheet.rows]:
                for match in _SIGNS.finditer(row.upper):
                    if code := self._code(next(filter(None, match.groups()))):
                        counts[code] += 1
            self._page = counts.most_common(1)[0][0] if counts else None
        return self._page


#: A sign anywhere; a code only beside a number, in brackets, or after a word for it: TRY is a word too.
_SIGNS = re.compile(
    r"((?:\b(?:US|S|A|C|CA|AU|HK|NZ))?[$€£¥])|\b(RM)\s?\d|\b([A-Z]{3})\s?-?\d|\d\s?([A-Z]{3})\b|"
    r"[(\[]([A-Z]{3}|RM)[)\]]|(?:\bIN|CURRENCY:?|WÄHRUNG:?)\s([A-Z]{3})\b"
)


def item_of(shape: Shape, line: Mapping[str, Any], currency: str | None) -> BaseModel:
    """One line item as its model. Raises ValidationError where the model asks for more than the line has."""
    assert shape.item
    given: dict[str, Any] = {}
    for name, info in shape.item.model_fields.items():
        own = _shape(info.rebuild_annotation(), info)
        value = line.get(name)
        if isinstance(value, Decimal) and Money in own.types:
            value = Money(amount=value, currency=currency or NO_CURRENCY)
        elif isinstance(value, Decimal) and float in own.types and Decimal not in own.types:
            value = float(value)
        elif isinstance(value, Decimal) and str in own.types and len(own.types) == 1:
            value = str(value)
        if value is not None or own.nullable:
            given[name] = value
    return shape.item.model_validate(given)
