"""Cases with known outcome, as lines of JSON: `{"input": {...}, "truth": {...}}`."""

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surehand.core.answering import checked_value, may_fit_none
from surehand.core.bound import BoundProcess
from surehand.core.steps import Decide, DecisionPoint, Verify
from surehand.core.values import parsed, shown, unstorable
from surehand.errors import Fault, InvalidInput
from surehand.sources.files import Item, json_lines, with_named_document

#: Lines that are named one by one; the rest is counted.
_MOST_FAULTS = 20

_FORM = 'write {"input": {field: value}, "truth": {decision point or field: what was right}} on each line'


@dataclass(frozen=True, slots=True)
class Line:
    """One case.

    number   where it stands, from 1
    input    fields as given
    answers  decision point -> the right answer; None: none of the answers is right
    fields   field -> the right value as JSON
    file     the document that belongs to it
    """

    number: int
    input: Mapping[str, Any]
    answers: Mapping[str, Any]
    fields: Mapping[str, Any]
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """All cases of a file.

    points   decision points whose outcome is known
    answers  decision point -> all right answers that come up, in order
    doubts   what is odd and does not stop the pilot, each a sentence
    """

    cases: Sequence[Line]
    points: tuple[DecisionPoint, ...]
    answers: Mapping[str, tuple[Any, ...]]
    fields: tuple[str, ...] = ()
    doubts: tuple[str, ...] = field(default=())


def read(path: Path, process: BoundProcess) -> Lines:
    """The cases of a file. Raises InvalidInput with the lines that are wrong and what to do about them."""
    if not path.is_file():
        raise InvalidInput([Fault(str(path), f"is not a file; {_FORM}")])
    if path.suffix.lower() not in (".jsonl", ".ndjson"):
        raise InvalidInput([Fault(str(path), f"must be a .jsonl file: {_FORM}")])
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    faults: list[Fault] = []
    cases: list[Line] = []
    for number, value, fault in json_lines(path):
        if len(faults) == _MOST_FAULTS:
            break
        try:
            cases.append(_line(number, value, fault, path, process, points))
        except ValueError as error:
            faults.append(Fault(f"{path.name}:{number}", str(error)))
    if not faults:
        faults += _unequal(path, cases)
    if faults:
        raise InvalidInput(faults)
    if not cases:
        raise InvalidInput([Fault(path.name, f"holds no case; {_FORM}")])
    known = [point for point in points if point.name in cases[0].answers]
    answers = {point.name: _several(case.answers[point.name] for case in cases) for point in known}
    fields = tuple(cases[0].fields)
    return Lines(cases, tuple(known), answers, fields, tuple(_doubts(cases, answers)))


def _line(
    number: int, value: Any, fault: str, path: Path, process: BoundProcess, points: Sequence[DecisionPoint]
) -> Line:
    """One line. Raises ValueError with what is wrong."""
    if value is None:
        raise ValueError(f"{fault}; {_FORM}")
    # what else a line says, such as a number of its own, is left alone
    given, truth = value.get("input"), value.get("truth")
    if not isinstance(given, dict):
        raise ValueError(f"has no 'input' with the fields of the case; {_FORM}")
    if not isinstance(truth, dict) or not truth:
        raise ValueError(f"has no 'truth': say what was right; {_FORM}")
    item = with_named_document(Item(number, None, given, {}), path.parent)
    if item.input is None:
        raise ValueError(item.fault or "cannot be read")
    _fits_input(process, item.input)
    answers: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    named = {point.name: point for point in points}
    for name, right in truth.items():
        if name in named:
            answers[name] = _answer(process, named[name], right)
        elif name in process.editable:
            fields[name] = _field(process, name, right)
        else:
            known = [*named, *sorted(process.editable)]
            raise ValueError(
                f"says what was right for '{name}', which is no decision point and no field"
                f"{_near(name, known)}"
            )
    for point in points:
        if isinstance(point, Verify) and fields.keys() >= set(point.fields):
            answers.setdefault(point.name, {name: fields[name] for name in point.fields})
    return Line(number, item.input, answers, fields, item.file)


def _fits_input(process: BoundProcess, given: Mapping[str, Any]) -> None:
    declared = process.map.input
    if fault := unstorable(given, path="input"):
        raise ValueError(f"has an input that cannot be kept: {fault}")
    for name, value in given.items():
        if name == "document" and declared.document:
            continue
        if name not in declared.fields:
            raise ValueError(
                f"has the input '{name}', which is no field of {process.name}{_near(name, declared.fields)}"
            )
        try:
            parsed(declared.fields[name].type, value, currency=process.map.currency)
        except ValueError as error:
            raise ValueError(f"has an input that does not fit: {name} {error}") from None


def _answer(process: BoundProcess, point: DecisionPoint, right: Any) -> Any:
    if right is None:
        if may_fit_none(point):
            return None
        raise ValueError(f"has no answer for '{point.name}': write the one that was right")
    try:
        return checked_value(process, point, right)
    except InvalidInput as error:
        choices = point.choices or () if isinstance(point, Decide) else ()
        raise ValueError(
            f"has the answer {_said(right)} for '{point.name}', which {error.faults[0].message[:300]}"
            f"{_near(str(right), choices, list_them=False)}"
        ) from None


def _field(process: BoundProcess, name: str, right: Any) -> Any:
    try:
        return parsed(process.types[name], right, currency=process.map.currency)
    except ValueError as error:
        raise ValueError(f"has the value {_said(right)} for '{name}', which {error}") from None


def _said(value: Any) -> str:
    return f"'{shown(value)[:60]}'"


def _near(name: str, known: Iterable[str], *, list_them: bool = True) -> str:
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; there are: {', '.join(known) or 'none'}" if list_them else ""


def _unequal(path: Path, cases: Sequence[Line]) -> Iterator[Fault]:
    """Every line says of the same things what was right: else shares would be of different cases."""
    if not cases:
        return
    first = cases[0]
    wanted = {*first.answers, *first.fields}
    found = 0
    for case in cases:
        has = {*case.answers, *case.fields}
        if has == wanted or found == _MOST_FAULTS:
            continue
        found += 1
        name = sorted(has ^ wanted)[0]
        what = "does not say" if name in wanted else "says"
        other = "does" if name in wanted else "does not"
        yield Fault(
            f"{path.name}:{case.number}",
            f"{what} what was right for '{name}', and line {first.number} {other}: "
            "all lines have to name the same",
        )


def _several(answers: Iterable[Any]) -> tuple[Any, ...]:
    said = {json.dumps(answer, sort_keys=True): answer for answer in answers if answer is not None}
    return tuple(sorted(said.values(), key=str))


def _doubts(cases: Sequence[Line], answers: Mapping[str, tuple[Any, ...]]) -> Iterator[str]:
    """What people should look at, and what the figures cannot show."""
    for name in answers:
        counts = Counter(json.dumps(case.answers[name], sort_keys=True) for case in cases)
        if len(counts) == 1:
            only = cases[0].answers[name]
            yield (
                f"All {len(cases):,} cases have the same answer for {name}, {_said(only)}: there is nothing "
                "to tell apart, so this shows little. Add cases with other answers."
            )
    seen: dict[str, Line] = {}
    repeated: list[str] = []
    contradictory: list[str] = []
    for case in cases:
        text = json.dumps([case.input, str(case.file)], sort_keys=True, default=str)
        first = seen.setdefault(text, case)
        if first is case:
            continue
        same = (first.answers, first.fields) == (case.answers, case.fields)
        (repeated if same else contradictory).append(f"{first.number} and {case.number}")
    if repeated:
        told = _lines(repeated, "repeats", "repeat")
        yield (
            f"{told} another with the same input ({_some(repeated)}). Each is a case of its own here; "
            "leave repetitions out if they are not in real traffic."
        )
    if contradictory:
        yield (
            f"{_lines(contradictory, 'has', 'have')} the input of another and a different truth "
            f"({_some(contradictory)}). Nothing can be right about both: look which holds."
        )


def _lines(found: Sequence[str], one: str, many: str) -> str:
    return f"1 line {one}" if len(found) == 1 else f"{len(found):,} lines {many}"


def _some(pairs: Sequence[str]) -> str:
    more = "" if len(pairs) <= 3 else f" and {len(pairs) - 3:,} more"
    return f"lines {'; '.join(pairs[:3])}{more}"
