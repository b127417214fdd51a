"""What a model that decides learns from: labelled cases beside the map, and what people decided since."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from surehand.core.answering import label
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.classification import Answer, Taught
from surehand.core.process import Model
from surehand.core.steps import Decide
from surehand.core.values import parsed
from surehand.errors import Fault, InvalidInput
from surehand.flow.context import Context
from surehand.sources.judged import judged
from surehand.store import labels

#: What people decided lately teaches most; older verdicts than these are left out.
_MOST_CASES = 50_000
_MOST_FAULTS = 20


def taught(context: Context, process: BoundProcess, step: BoundStep) -> list[Taught]:
    """Cases at whose decision point a person has given the last word, oldest first.

    Of an open list every answer can be given, so a case that was turned away there is one that none fits.
    """
    with context.db.read() as connection:
        found = list(labels.answered(connection, process.name, step.step.name, limit=_MOST_CASES))
    return [
        Taught({name: facts.get(name) for name in step.reads}, value)
        for facts, value in found
        if _known(step.step, value)
    ]


def answers_before(context: Context, process: str, point: str) -> tuple[str, ...]:
    """The answers of an open list that people gave lately, by name."""
    with context.db.read() as connection:
        return tuple(labels.named(connection, process, point))


def examples(context: Context, process: BoundProcess, step: BoundStep, spec: Model) -> list[Taught]:
    """The labelled cases that the map names. Raises InvalidInput with the lines that are wrong."""
    folder = context.models.folders.get(process.name)
    if spec.examples is None or folder is None:
        return []
    faults: list[Fault] = []
    found = list(_read(folder / spec.examples, process, step, faults))
    if faults:
        raise InvalidInput(faults)
    return found


def _read(path: Path, process: BoundProcess, step: BoundStep, faults: list[Fault]) -> Iterator[Taught]:
    answers = step.step.one_of or () if isinstance(step.step, Decide) else ()
    for line in judged(path, step.step.name, step.reads, answers=answers):
        if len(faults) == _MOST_FAULTS:
            return
        where = f"{path.name}:{line.line}"
        if line.fault is not None:
            faults.append(Fault(where, line.fault))
            continue
        try:
            values = _values(process, step, line.values)
            answer = _answer(step.step, line.answer)
        except ValueError as error:
            faults.append(Fault(where, str(error)))
            continue
        yield Taught(values, answer)


def _values(process: BoundProcess, step: BoundStep, given: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
    for name, kind in step.reads.items():
        try:
            values[name] = parsed(kind, given.get(name), currency=process.map.currency)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    return values


def _answer(step: Any, given: Any) -> Answer | None:
    """The answer as the decision point knows it. Raises ValueError for one that it does not know."""
    assert isinstance(step, Decide)
    if given is None:
        return None
    if step.open_choices:
        try:
            return label(given)
        except ValueError as error:
            raise ValueError(f"{step.name} {error}") from None
    if step.choices is None:
        try:
            return bool(parsed("yes_no", given))
        except ValueError as error:
            raise ValueError(f"{step.name} {error}") from None
    if given in step.choices:
        return str(given)
    close = difflib.get_close_matches(str(given), step.choices, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise ValueError(f"{step.name} '{str(given)[:60]}' is none of the choices{hint}")


def _known(step: Any, value: Any) -> bool:
    """The answer is one that the decision point still knows: the map may have changed since."""
    assert isinstance(step, Decide)
    if step.open_choices:
        return value is None or isinstance(value, str)
    return value in step.choices if step.choices is not None else isinstance(value, bool)


def unseen(given: Iterable[Taught], cases: Sequence[Taught]) -> list[Taught]:
    """The examples that did not come in as cases too: what a person decided there stands, and counts once."""
    came = {_same(one) for one in cases}
    return [one for one in given if _same(one) not in came]


def _same(one: Taught) -> str:
    return json.dumps(one.values, sort_keys=True, default=str)
