"""Types of facts: what a field is in Python, in JSON, in words and in conditions."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from surehand.core.annotations import bare, members
from surehand.core.money import Money
from surehand.core.process import FieldType, InputField

_NONE = type(None)
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class FactType:
    """The type of one fact.

    word         a `FieldType` word, or `object`, `list`, `any`
    annotations  Python types that mean the same; the first is the usual one. None is not among them.
    nullable     it may be missing although its step ran
    fields       of a nested model: its fields
    item         of a list: the type of its items
    """

    word: str
    annotations: tuple[Any, ...]
    nullable: bool = False
    fields: Mapping[str, "FactType"] = field(default_factory=dict)
    item: "FactType | None" = None

    @property
    def annotation(self) -> Any:
        """The usual Python type, with None where it may be missing."""
        return self.annotations[0] | None if self.nullable else self.annotations[0]

    def optional(self) -> "FactType":
        """The same, and may be missing."""
        return FactType(self.word, self.annotations, True, self.fields, self.item)


_INPUT: Mapping[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: (str,),
    FieldType.NUMBER: (float, Decimal),
    FieldType.INTEGER: (int,),
    FieldType.YES_NO: (bool,),
    FieldType.MONEY: (Money,),
    FieldType.DATE: (date,),
    FieldType.TIMESTAMP: (datetime,),
    FieldType.TEXTS: (list[str], tuple[str, ...]),
}


def of_input(declared: InputField) -> FactType:
    """The type of an input field."""
    annotations = _INPUT[declared.type]
    if declared.choices and declared.type is FieldType.TEXT:
        annotations = (Literal[declared.choices],)
    item = of_annotation(str) if declared.type is FieldType.TEXTS else None
    return FactType(declared.type.value, annotations, not declared.required, item=item)


_WORDS: tuple[tuple[type, str], ...] = (
    (Money, "money"),
    (bool, "yes_no"),
    (int, "integer"),
    (float, "number"),
    (Decimal, "number"),
    (datetime, "timestamp"),
    (date, "date"),
    (str, "text"),
)


def of_annotation(annotation: Any, *, depth: int = 0) -> FactType:
    """The type of a model's field, from its annotation."""
    plain, nullable = without_none(bare(annotation))
    found = _of_plain(plain, depth)
    return found.optional() if nullable else found


def _of_plain(plain: Any, depth: int) -> FactType:
    origin = get_origin(plain)
    if origin is Literal:
        return FactType(_of_values(get_args(plain)), (plain,))
    if origin in (list, tuple, set, frozenset, Sequence) and get_args(plain):
        item = of_annotation(get_args(plain)[0], depth=depth + 1)
        word = "texts" if item.word == "text" and not item.nullable else "list"
        return FactType(word, (plain,), item=item)
    if not isinstance(plain, type):
        return FactType("any", (plain,))
    if issubclass(plain, enum.Enum):
        return FactType(_of_values([member.value for member in plain]), (plain,))
    for kind, word in _WORDS:
        if issubclass(plain, kind):
            return FactType(word, (plain,))
    if issubclass(plain, BaseModel):
        fields = of_model(plain, depth=depth + 1) if depth < _DEEPEST else {}
        return FactType("object" if fields else "any", (plain,), fields=fields)
    return FactType("any", (plain,))


def _of_values(values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values}
    words = {bool: "yes_no", int: "integer", float: "number"}
    if all(issubclass(kind, str) for kind in kinds):
        return "text"
    return words.get(kinds.pop(), "any") if len(kinds) == 1 else "any"


def of_model(model: type[BaseModel], *, depth: int = 0) -> dict[str, FactType]:
    """The types of a model's fields by name, computed fields included."""
    found = {
        name: of_annotation(info.rebuild_annotation(), depth=depth)
        for name, info in model.model_fields.items()
    }
    for name, info in model.model_computed_fields.items():
        found[name] = of_annotation(info.return_type, depth=depth)
    return found


def without_none(annotation: Any) -> tuple[Any, bool]:
    """`T | None` as (T, True); anything else as it is, with False."""
    found = [bare(member) for member in members(annotation)]
    if _NONE not in found or len(found) == 1:
        return annotation, annotation in (_NONE, None)
    rest = tuple(member for member in found if member is not _NONE)
    return (rest[0] if len(rest) == 1 else Union[rest]), True  # noqa: UP007 (built from a tuple)


def accepted(parameter: Any, fact: FactType) -> Any | None:
    """The type to build for a parameter that takes this fact, or None if it does not take it.

    A parameter takes a fact if its annotation is the fact's, a supertype of it, or Optional of these.
    """
    wanted = bare(parameter)
    plain, allows_none = without_none(wanted)
    if wanted in (Any, object):
        return fact.annotation
    if fact.nullable and not allows_none:
        return None
    for own in fact.annotations:
        for member in members(plain):
            if is_subtype(own, bare(member)):
                return (_built(own, bare(member)) | None) if fact.nullable else _built(own, bare(member))
    return None


def _built(own: Any, wanted: Any) -> Any:
    # A text with fixed choices may be wanted as an enum, which JSON alone does not give.
    return wanted if isinstance(wanted, type) and issubclass(wanted, enum.Enum) else own


def is_subtype(own: Any, wanted: Any) -> bool:
    """A value of the first type may be given where the second is wanted."""
    own, wanted = bare(own), bare(wanted)
    if wanted in (Any, object) or own == wanted:
        return True
    if len(members(own)) > 1:
        return all(is_subtype(member, wanted) for member in members(own))
    if len(members(wanted)) > 1:
        return any(is_subtype(own, member) for member in members(wanted))
    if get_origin(own) is Literal:
        return _literal_fits(get_args(own), wanted)
    if get_origin(own) is not None or get_origin(wanted) is not None:
        return _generic_fits(own, wanted)
    if not (isinstance(own, type) and isinstance(wanted, type)):
        return False
    if own is int and wanted is float:
        return True
    # A datetime is a date in Python, but the JSON text of one is not one of the other.
    return issubclass(own, wanted) and not (issubclass(own, datetime) and not issubclass(wanted, datetime))


def _literal_fits(values: tuple[Any, ...], wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return set(values) <= set(get_args(wanted))
    if not isinstance(wanted, type):
        return False
    if issubclass(wanted, enum.Enum):
        return set(values) <= {member.value for member in wanted}
    return all(isinstance(value, wanted) for value in values)


def _generic_fits(own: Any, wanted: Any) -> bool:
    own_kind, wanted_kind = get_origin(own) or own, get_origin(wanted) or wanted
    if not (isinstance(own_kind, type) and isinstance(wanted_kind, type)):
        return False
    if not issubclass(own_kind, wanted_kind):
        return False
    own_args = [a for a in get_args(own) if a is not ...]
    wanted_args = [a for a in get_args(wanted) if a is not ...]
    if not wanted_args:
        return True
    if len(own_args) != len(wanted_args):
        return False
    return all(is_subtype(a, b) for a, b in zip(own_args, wanted_args, strict=True))


def named(annotation: Any) -> str:
    """A type as people write it: `list[str]`, `Money | None`."""
    if annotation in (None, _NONE):
        return "None"
    annotation = bare(annotation)
    if len(members(annotation)) > 1:
        return " | ".join(named(member) for member in members(annotation))
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, args))}]"
    if isinstance(origin, type) and args:
        return f"{origin.__name__}[{', '.join('...' if a is ... else named(a) for a in args)}]"
    return str(annotation).replace("typing.", "")
