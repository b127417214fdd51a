"""What is wrong with a map, in plain English: collecting faults, near names, and pydantic's findings."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from surehand.core.policy import HARM
from surehand.core.steps import STEP_KINDS
from surehand.errors import Fault, MapInvalid
from surehand.maps.source import DataPath, Places
from surehand.reaching import CHANNEL_KINDS, channel_kind


def nearest(name: object, known: Iterable[object]) -> str | None:
    """The known name most like this one, or None when none is near."""
    names = {str(one).lower(): str(one) for one in known}
    text = str(name).lower()
    hits = difflib.get_close_matches(text, names, n=1, cutoff=0.6)
    if not hits:
        # `lead` for `ap.lead`: people often write a part of the name.
        hits = [one for one in names if len(text) > 2 and text in re.split(r"[._-]", one)][:1]
    return names[hits[0]] if hits else None


def listed(names: Iterable[object], *, last: str = "or") -> str:
    """`a, b or c`."""
    words = [str(name) for name in names]
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


class Faults:
    """Faults of one map in the order found, each with its place."""

    def __init__(
        self, places: Places, *, found: Iterable[Fault] = (), ignored: Iterable[DataPath] = ()
    ) -> None:
        self.places = places
        self.found = list(found)
        self._ignored = tuple(ignored)

    def add(self, path: DataPath, message: str, suggestion: str | None = None, *, kind: str = "") -> None:
        """Something at a path of the data is wrong; forgotten if another fault there is known already."""
        if not any(path[: len(one)] == one for one in self._ignored):
            self.add_at(self.places.where(path), message, suggestion, kind=kind)

    def add_at(self, where: str, message: str, suggestion: str | None = None, *, kind: str = "") -> None:
        """Something at a `file:line` is wrong."""
        fault = Fault(where, message, suggestion, kind)
        if fault not in self.found:
            self.found.append(fault)

    def unknown(self, path: DataPath, what: str, name: object, known: Iterable[object]) -> None:
        """A name that nothing goes by."""
        names = sorted({str(one) for one in known})
        near = nearest(name, names)
        few = f"; there is {listed(names, last='and')}" if names and near is None and len(names) <= 8 else ""
        self.add(path, f"{what} '{name}' is not known{few}.", near, kind=f"{what} '{name}'")

    def stop(self) -> None:
        """Raise MapInvalid if anything was found."""
        if self.found:
            raise MapInvalid(in_order(self.found))


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults by file and line, each once."""
    return sorted(dict.fromkeys(faults), key=_file_and_line)


def new_among(found: Iterable[Fault], before: Iterable[Fault]) -> list[Fault]:
    """Faults that were not there before, whatever row of a list they stand in now."""
    known, new = Counter(map(_told_apart, before)), []
    for fault in found:
        if known[_told_apart(fault)] > 0:
            known[_told_apart(fault)] -= 1
        else:
            new.append(fault)
    return new


def _told_apart(fault: Fault) -> tuple[str, str]:
    return re.sub(r"\[\d+\]", "[]", fault.where), fault.kind or fault.message


def _file_and_line(fault: Fault) -> tuple[str, int, int]:
    match = re.search(r"^(.*?):(\d+)(?::(\d+))?$", fault.where)
    return (match[1], int(match[2]), int(match[3] or 0)) if match else (fault.where, 0, 0)


def translated(
    error: ValidationError, data: Any, model: type[BaseModel]
) -> list[tuple[DataPath, str, str | None, str]]:
    """A model's findings as (path, message, suggestion, pydantic's type), each value once."""
    found: dict[tuple[DataPath, str], tuple[DataPath, str, str | None, str]] = {}
    unions: set[DataPath] = set()
    for one in error.errors(include_url=False):
        path, rest, key = _data_path(one["loc"], data)
        if one["type"] == "too_short" and isinstance(_at(data, path), list) and _at(data, path):
            continue  # pydantic counts the items that were valid, and the others are reported already
        if rest and not _fits_member(rest[0], _at(data, path)):
            if path in unions or any(p[: len(path)] == path for p, _ in found):
                continue
            unions.add(path)
            found[(path, "union")] = (path, _either(path, _at(data, path)), None, "union")
            continue
        message, suggestion = _sentence(one, path, model, data, key=key)
        found.setdefault((path, message), (path, message, suggestion, str(one["type"])))
        if rest:
            found.pop((path, "union"), None)
    specific = [p for p, kind in found if kind != "union"]
    return [
        fault
        for (path, kind), fault in found.items()
        if kind != "union" or not any(p[: len(path)] == path for p in specific)
    ]


def _data_path(loc: Sequence[str | int], data: Any) -> tuple[DataPath, tuple[str | int, ...], bool]:
    """Splits a location into its path in the data and what pydantic added (step kinds, union members)."""
    path: list[str | int] = []
    place, parts = data, list(loc)
    while parts:
        part = parts.pop(0)
        if part == "[key]":
            return tuple(path), (), True
        if len(path) == 2 and part in _TAGS.get(path[0], ()) and len(loc) - len(parts) == 3:
            continue
        inside = (isinstance(place, Mapping) and part in place) or (
            isinstance(place, list) and isinstance(part, int) and part < len(place)
        )
        if inside:
            path.append(part)
            place = place[part]
        elif isinstance(place, Mapping) and _MEMBER.match(str(part)):
            if not parts or not str(part)[0].isupper():
                return tuple(path), (part, *parts), False
            # the model that a group of keys was taken for; what follows is one of its keys
        elif isinstance(place, Mapping) and not parts:
            path.append(part)  # a missing key
        elif parts and isinstance(place, list):
            continue  # the list member of a union; what follows is inside it
        else:
            return tuple(path), (part, *parts), False
    return tuple(path), (), False


#: Groups whose members are of several kinds, with what pydantic calls these.
_TAGS: Mapping[str | int, Iterable[str | int]] = {"steps": STEP_KINDS, "channels": CHANNEL_KINDS}

#: What pydantic calls a member of a union.
_MEMBER = re.compile(r"(str|bool|int|float)$|str-enum\[|tuple\[|list\[|[A-Z]\w*$")


def _fits_member(member: str | int, value: Any) -> bool:
    if str(member).startswith("str-enum["):
        return isinstance(value, str)
    kinds = {"str": str, "bool": bool, "float": int | float, "int": int}
    kind = kinds.get(str(member), list if str(member).startswith(("tuple[", "list[")) else dict)
    return isinstance(value, kind)


def _at(data: Any, path: DataPath) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _either(path: DataPath, value: Any) -> str:
    field = str(path[-1]) if path else "this"
    words = {
        "bands": "the name of a preset or a list of bands",
        "after": "an answer, as text or true or false",
        "money": "the name of a fact, or a function as {by: name}",
        **dict.fromkeys(HARM, "a grade, a list of conditions, or a function as {by: name}"),
        "reversible": "true or false, or a function as {by: name}",
    }
    return f"'{field}' must be {words.get(field, 'a text, a number, or true or false')}, not {_shown(value)}."


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}...'"


_MUST = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a group of keys",
    "mapping_type": "a group of keys",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
}


def _sentence(
    one: Mapping[str, Any], path: DataPath, model: type[BaseModel], data: Any, *, key: bool
) -> tuple[str, str | None]:
    kind, context, value = one["type"], one.get("ctx") or {}, one.get("input")
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    label = f"The name '{name}'" if key else f"'{name}'"
    if kind == "missing":
        return f"'{path[-1]}' is missing.", None
    if kind == "extra_forbidden":
        return _unknown_key(path, model, data)
    if kind == "union_tag_not_found":
        return _no_kind(value)
    if kind in ("enum", "literal_error"):
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{label} must be {listed(allowed)}, not {_shown(value)}.", nearest(value, allowed)
    if kind == "string_pattern_mismatch":
        return _pattern(label, str(context.get("pattern")), str(value), key=key)
    if kind in ("value_error", "assertion_error"):
        text = str(one["msg"]).split(", ", 1)[-1]
        return f"{label}: {text}.", None
    if kind in _MUST:
        return f"{label} must be {_MUST[kind]}, not {_shown(value)}.", None
    return f"{label}: {_bounds(kind, context) or str(one['msg'])}; it is {_shown(value)}.", None


def _bounds(kind: str, context: Mapping[str, Any]) -> str | None:
    match kind:
        case "greater_than":
            return f"must be more than {_limit(context['gt'])}"
        case "greater_than_equal":
            return f"must be at least {_limit(context['ge'])}"
        case "less_than":
            return f"must be less than {_limit(context['lt'])}"
        case "less_than_equal":
            return f"must be at most {_limit(context['le'])}"
        case "decimal_max_places":
            return f"has at most {context['decimal_places']} decimal places"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "string_too_short":
            return "must not be empty"
        case "too_short":
            return f"needs at least {context['min_length']}"
        case _:
            return None


def _limit(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


#: How patterns of calendars begin -> what they ask for.
_OF_CALENDARS = {
    "^(mon|": "a weekday or several, such as sat or mon-fri",
    "^([01]": "an opening in quotes, such as 09:00-17:30",
    "^[A-Z]{2}(-": "a country or a part of one, such as DE or DE-BE",
}


def _pattern(label: str, pattern: str, value: str, *, key: bool) -> tuple[str, str | None]:
    shown = "" if key else f", not '{value[:60]}'"
    for begin, like in _OF_CALENDARS.items():
        if pattern.startswith(begin):
            return f"{label} must be {like}{shown}.", None
    if pattern.startswith("^[A-Z]"):
        like = "three capital letters, such as EUR" if "{3}" in pattern else "two to six capital letters"
        return f"{label} must be {like}{shown}.", value.upper() if re.match(pattern, value.upper()) else None
    separators = "_" if "[a-z0-9_]" in pattern else ("." if "." in pattern else "-")
    near = re.sub(r"[^a-z0-9]+", separators, value.lower()).strip(separators)
    marks = {"_": "_", ".": "'.', '_' and '-'", "-": "'_' and '-'"}[separators]
    message = f"{label} must be lower-case letters, digits and {marks}, beginning with a letter{shown}."
    return message, near if near and re.match(pattern, near) else None


def _no_kind(value: Any) -> tuple[str, str | None]:
    if not isinstance(value, Mapping):
        return f"A step begins with {listed(STEP_KINDS)}, and a function's name.", None
    near = next((nearest(key, STEP_KINDS) for key in value if nearest(key, STEP_KINDS)), None)
    return f"A step needs one of the keys {listed(STEP_KINDS)}.", near


def _unknown_key(path: DataPath, model: type[BaseModel], data: Any) -> tuple[str, str | None]:
    name, owner = path[-1], model_at(model, path[:-1], data)
    if len(path) == 3 and path[0] == "steps" and name in STEP_KINDS:
        return f"A step does one thing: move '{name}' to a step of its own.", None
    known = field_names(owner) if owner else ()
    near = nearest(name, known)
    few = f" Known here: {', '.join(known)}." if known and near is None and len(known) <= 12 else ""
    return f"The key '{name}' is not known here.{few}", near


def field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that a model reads from YAML."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


def model_at(model: type[BaseModel], path: DataPath, data: Any) -> type[BaseModel] | None:
    """The model that reads the value at a path; of a step, the one of the kind that the data says."""
    found: list[type[BaseModel]] = [model]
    for index, part in enumerate(path):
        annotations = [one.model_fields[name].annotation for one in found for name in _field(one, part)]
        if annotations:
            found = [m for annotation in annotations for m in _models(annotation)]
        if len(found) > 1:
            here = _at(data, path[: index + 1])
            keys = here if isinstance(here, Mapping) else {}
            kind = CHANNEL_KINDS[channel_kind(keys)] if "kind" in keys else None
            found = [one for one in found if one.__name__.lower() in keys or one is kind] or found
    return found[0] if found else None


def _field(model: type[BaseModel], part: str | int) -> list[str]:
    return [name for name, info in model.model_fields.items() if (info.alias or name) == part]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is None:
        return []
    return [model for arg in get_args(annotation) for model in _models(arg)]
