"""`process.yaml`, `people.yaml` and `surehand.yaml` as frozen models; every fault at once, with its line."""

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from surehand.core.people import People
from surehand.core.process import Process
from surehand.errors import Fault, MapInvalid
from surehand.maps.calendars import check_calendars
from surehand.maps.faults import Faults, translated
from surehand.maps.roster import check_roster
from surehand.maps.source import DataPath, Source, read
from surehand.maps.staffing import check_staffing
from surehand.settings import Settings

M = TypeVar("M", bound=BaseModel)

#: What stands in for a wrong or missing part so that the rest can still be checked; items by their list.
_STAND_INS: Mapping[str, Any] = {
    "process": "unnamed",
    "owner": "nobody",
    "builder": "no-builder",
    "queue": "nobody",
    "provider": "function",
    "when": "true",
    "because": "-",
    "route": "review",
    "recommend": "-",
    "name": "unnamed",
    "currency": "EUR",
    "sent": "1",
    "received": "1",
    "bands": {"from": 0, "route": "review"},
    "rules": {"when": "true", "because": "-"},
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A map as far as it could be read.

    process  None if too much is wrong to go on; else with stand-ins for what is wrong
    faults   what is wrong
    ignored  paths of the stand-ins: what is found there later is not worth a word
    """

    source: Source
    process: Process | None
    faults: tuple[Fault, ...] = ()
    ignored: tuple[DataPath, ...] = ()


def process(path: Path, *, label: str | None = None) -> Process:
    """A process from its `process.yaml`. Raises MapInvalid."""
    parsed = process_as_far_as_possible(read(path, label=label))
    if parsed.faults or parsed.process is None:
        raise MapInvalid(parsed.faults)
    return parsed.process


def process_as_far_as_possible(source: Source) -> Parsed:
    """The process with stand-ins for what cannot be read, so that the other faults are found as well."""
    model, faults = _model(Process, source)
    if model is not None:
        return Parsed(source, model)
    mended, ignored = _mended(source)
    return Parsed(source, mended, faults, ignored)


def people(path: Path, *, label: str | None = None) -> People:
    """Everyone and the queues from `people.yaml`. Raises MapInvalid, also for a queue of nobody."""
    found, faults = people_as_far_as_possible(read(path, label=label))
    if faults or found is None:
        raise MapInvalid(faults)
    return found


def people_as_far_as_possible(source: Source) -> tuple[People | None, tuple[Fault, ...]]:
    """The people and what is wrong with them; queues with faults are still there."""
    model, faults = _model(People, source)
    if model is None:
        return None, faults
    found = Faults(source)
    check_calendars(model, found)
    check_roster(model, found)
    check_staffing(model, found)
    return model, tuple(found.found)


def settings(path: Path, *, label: str | None = None) -> Settings:
    """The settings from `surehand.yaml` and the environment; the file may be missing. Raises MapInvalid."""
    folder = path.parent.resolve()
    if not path.exists():
        source = Source(label or path.name, {})
    else:
        source = read(path, label=label)
    if isinstance(source.data, Mapping) and "folder" in source.data:
        raise MapInvalid([Fault(source.where(("folder",)), "The key 'folder' is not known here.")])
    try:
        return Settings(**{**_keys(source), "folder": folder})
    except ValidationError as error:
        faults = []
        for path_, message, suggestion, _ in translated(error, source.data, Settings):
            variable = f"SUREHAND_{path_[0]}".upper() if path_ else ""
            where = variable if variable in os.environ else source.where(path_)
            faults.append(Fault(where, message, suggestion))
        raise MapInvalid(faults) from None


def _keys(source: Source) -> dict[str, Any]:
    if isinstance(source.data, dict):
        return source.data
    raise MapInvalid([Fault(source.where(()), "must be a group of keys, such as 'mode: development'")])


def _model(model: type[M], source: Source) -> tuple[M | None, tuple[Fault, ...]]:
    if not isinstance(source.data, dict):
        return None, (Fault(source.where(()), "must be a group of keys, such as 'process: my-process'"),)
    try:
        return model.model_validate(source.data), ()
    except ValidationError as error:
        faults = Faults(source)
        for path, message, suggestion, _ in translated(error, source.data, model):
            faults.add(path, message, suggestion)
        return None, tuple(faults.found)


def _mended(source: Source) -> tuple[Process | None, tuple[DataPath, ...]]:
    """The process with stand-ins for what is wrong, and where they are."""
    data = copy.deepcopy(source.data)
    ignored: list[DataPath] = []
    if not isinstance(data, dict):
        return None, ()
    for _ in range(4):  # a mended part may uncover another fault around it
        try:
            return Process.model_validate(data), tuple(ignored)
        except ValidationError as error:
            for path, _, _, kind in translated(error, data, Process):
                _mend(data, path, kind)
                ignored += [path] if kind not in ("extra_forbidden", "value_error") else []
    return None, ()


def _mend(data: Any, path: DataPath, kind: str) -> None:
    for part in path[:-1]:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1] if path else None
    if isinstance(data, list) and isinstance(last, int) and path[0] == "steps" and len(path) == 2:
        step = data[last]
        if isinstance(step, dict) and kind == "value_error":
            step.pop("bands", None)
            step["level"] = "review"
    elif isinstance(data, list) and isinstance(last, int) and len(path) > 1:
        data[last] = _STAND_INS.get(str(path[-2]), _STAND_INS["because"])
    elif isinstance(data, dict) and last in _STAND_INS and kind != "extra_forbidden":
        data[last] = copy.deepcopy(_STAND_INS[str(last)])
    elif isinstance(data, dict):
        data.pop(last, None)
