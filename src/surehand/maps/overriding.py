"""Values of a map set from outside for a trial: `steps.category.guarantee.error=0.05`."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surehand.core.steps import STEP_KINDS
from surehand.errors import Fault, InvalidInput, MapInvalid
from surehand.maps.faults import listed, nearest
from surehand.maps.source import DataPath, Source, parse

_EXAMPLE = "write KEY=VALUE, such as steps.NAME.guarantee.error=0.05"


@dataclass(frozen=True, slots=True)
class Overridden(Source):
    """A map of which some values were set from outside; faults in or around these name what set them.

    given  where it was set -> the KEY
    """

    given: Mapping[DataPath, str] = field(default_factory=dict)

    def where(self, path: DataPath, *, line: int = 0, column: int = 0) -> str:
        """`--set KEY`, or as in the file."""
        for place, key in self.given.items():
            shorter = min(len(path), len(place))
            if path and path[:shorter] == place[:shorter]:
                return f"--set {key}"
        # the base class by name: `super()` does not work in a dataclass with slots
        return Source.where(self, path, line=line, column=column)


def overridden(source: Source, settings: Sequence[str]) -> Overridden:
    """The map with each `KEY=VALUE` set.

    KEY goes from the top by dots; a step or an exception goes by its name, an item of another list by its
    number from 0. VALUE is YAML; `null` takes a key away.

    raises  InvalidInput for a KEY that leads nowhere, or a VALUE that is no YAML
    """
    data = copy.deepcopy(source.data)
    faults: list[Fault] = []
    given: dict[DataPath, str] = {}
    for setting in settings:
        key, separator, text = setting.partition("=")
        key = key.strip()
        if not separator or not key or key == "process":
            faults.append(Fault(f"--set {setting}", f"cannot be set: {_EXAMPLE}"))
            continue
        try:
            value = parse(text, label=f"--set {key}").data
            given[_set(data, key.split("."), value)] = key
        except MapInvalid as error:
            faults += [Fault(f"--set {key}", f"has a value that {one.message}") for one in error.faults]
        except _Nowhere as error:
            faults.append(Fault(f"--set {key}", str(error), error.near))
    if faults:
        raise InvalidInput(faults)
    return Overridden(source.label, data, source.marks, source.values, given)


class _Nowhere(ValueError):
    """A KEY that leads nowhere; `near`: what may have been meant."""

    def __init__(self, message: str, near: str | None = None) -> None:
        super().__init__(message)
        self.near = near


def _set(data: Any, parts: Sequence[str], value: Any) -> DataPath:
    """Set it, and say where. Groups on the way are made where they are missing."""
    place, path = data, list[str | int]()
    for number, part in enumerate(parts[:-1]):
        step = _step(place, part, ".".join(parts[:number]))
        if isinstance(place, dict) and place.get(part) is None:
            place[part] = {}
        path.append(step)
        place = place[step]
    last = _step(place, parts[-1], ".".join(parts[:-1]))
    if isinstance(place, dict) and value is None:
        place.pop(last, None)
    else:
        place[last] = value
    return (*path, last)


def _step(place: Any, part: str, so_far: str) -> Any:
    """The key or position that a part of a KEY names; `so_far`: the parts before it."""
    if isinstance(place, dict):
        if not part:
            raise _Nowhere(f"has an empty part: {_EXAMPLE}")
        return part
    if not isinstance(place, list):
        raise _Nowhere(f"leads nowhere: {so_far} has no parts")
    names = [_name(item) for item in place]
    if part in names:
        return names.index(part)
    if part.isdigit() and int(part) < len(place):
        return int(part)
    known = [name for name in names if name is not None]
    there = listed(known, last="and") if known else f"items 0 to {len(place) - 1}"
    raise _Nowhere(
        f"leads nowhere: there is no '{part}' in {so_far}, which has {there}.", nearest(part, known)
    )


def _name(item: Any) -> str | None:
    """What a step or an exception is called."""
    if not isinstance(item, dict):
        return None
    found = next((item[kind] for kind in (*STEP_KINDS, "name") if kind in item), None)
    return found if isinstance(found, str) else None
