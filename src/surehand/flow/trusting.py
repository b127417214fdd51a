"""Trusted history: past outcomes that an owner believes, scored as new cases are, say where to begin."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from surehand.core.answering import checked_value, same_answer
from surehand.core.bound import BoundProcess
from surehand.core.case import Case
from surehand.core.guarantee import Evidence
from surehand.core.guard import Guard
from surehand.core.history import Fixed, fixed
from surehand.core.passage import Passage
from surehand.core.roles import Role
from surehand.core.routing import Earned
from surehand.core.steps import DecisionPoint, Extract, Lookup, Verify
from surehand.core.values import parsed
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow import appraising, bases, gathering, guarding, judging
from surehand.flow.context import Context
from surehand.sources.judged import Line, judged
from surehand.store import audit, evidence

#: Cases that are scored at once, and seconds after which the rest of them is given back.
_TOGETHER, _PATIENCE = 200, 600.0
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Trusted:
    """What became of it.

    fixed  the level to begin with
    lines  that were read; scored: those of them that nothing but their confidence would bring to people
    """

    fixed: Fixed
    lines: int
    scored: int


def trust(context: Context, process: str, point: str, path: Path, *, by: str) -> Trusted:
    """Let past outcomes say where a guarantee begins; the evidence for it is still to come.

    path    lines of {"input": {...}, "truth": {point: answer}}
    raises  NotFound; Forbidden for whoever may not change the promise; InvalidInput for lines that cannot be
            used; Conflict where it would change nothing, or where no level is good enough
    """
    bound, place = _place(context, process, point)
    _may(context, bound, by)
    step = bound.steps[place].step
    assert isinstance(step, DecisionPoint)
    if isinstance(step, Verify):
        raise Conflict(
            "What is read is verified case by case: history is for decisions about fields that are given"
        )
    if appraising.provider_name(bound, step) in context.languages:
        raise Conflict(
            "A language model would be asked about every line, and paid for it: history is for models that "
            "are here"
        )
    guarding.fold(context)  # with a history that was trusted before a crash, too
    with context.db.read() as connection:
        basis = bases.basis_of(context, connection, bound, step)
        kept = evidence.standing(connection, (process, point))
        stand = guarding.stand(context, connection, (process, point), promise=step.guarantee, kept=kept)
    guard = stand.guard if stand is not None else Guard(basis.plan)
    _open(guard)
    lines = _lines(path, bound, step)
    found = list(_scored(context, bound, place, lines, basis))
    level = fixed([score for score, _ in found], [right for _, right in found], basis.plan)
    if level is None:
        raise Conflict(
            f"Of {len(lines):,} lines {len(found):,} have a confidence, and at no level of it are there "
            f"{basis.plan.trial} with at most {basis.plan.limit / 2 * 100:.2g} % wrong: nothing is begun"
        )
    if guard.trial.level == level.level and guard.levels == level.levels:
        raise Conflict("This history is what it began with already: the same again changes nothing")
    body = {
        "basis": basis.name, "levels": list(level.levels), "level": level.level, "cases": level.cases,
        "wrong": level.wrong, "lines": len(lines), "by": by,
        "file": hashlib.sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip
    told = {name: value for name, value in body.items() if name not in ("levels", "by")}

    def transaction(connection: Connection) -> None:
        evidence.add(connection, [Evidence(process, point, "trusted", body)])
        about = {"process": process, "point": point, "cut": level.levels[level.level], **told}
        audit.record(connection, "history_trusted", by, context.clock(), about)

    context.db.write(transaction)
    guarding.fold(context)
    return Trusted(level, len(lines), len(found))


def _place(context: Context, process: str, point: str) -> tuple[BoundProcess, int]:
    bound = context.processes.current.get(process)
    for place, one in enumerate(bound.steps if bound is not None else ()):
        if isinstance(one.step, DecisionPoint) and one.step.name == point and one.step.guarantee is not None:
            assert bound is not None
            return bound, place
    raise NotFound(f"There is no guarantee of {process}, {point}")


def _may(context: Context, bound: BoundProcess, by: str) -> None:
    """As for a change of the promise: not whoever built it."""
    if not context.people.active(by):
        raise Forbidden(f"{by} is not an active person here")
    if context.development:
        return
    if by == bound.map.builder:
        raise Forbidden(f"{by} built this process; somebody else says which history is trusted")
    if by != bound.map.owner and not context.people.people[by].has(Role.OWNER, Role.ADMINISTRATOR):
        raise Forbidden(f"{by} neither owns this process nor has a role that publishes")


def _open(guard: Guard) -> None:
    """It can begin with history. Raises Conflict."""
    if guard.held >= 0:
        raise Conflict("Something runs alone already, which rests on evidence: history would change nothing")
    if guard.plan.waits:
        raise Conflict("By its own figures the model keeps the promise nowhere yet: it has to learn first")
    if guard.plan.taught and guard.unfitted:
        left = max(guard.plan.taught - guard.heard, 0)
        raise Conflict(f"Confidence is fitted to unseen answers first, and {left} of them are missing")


# The lines


def _lines(path: Path, bound: BoundProcess, step: DecisionPoint) -> list[tuple[dict[str, Any], Any]]:
    """Input fields and truth of each line. Raises InvalidInput with the lines that are wrong."""
    if not path.is_file():
        raise InvalidInput([Fault(path.name, "is not there")])
    fields = bound.map.input.fields
    faults: list[Fault] = []
    found = []
    for line in judged(path, step.name, [name for name, one in fields.items() if one.required]):
        try:
            found.append(_read(line, bound, step))
        except ValueError as error:
            faults.append(Fault(f"{path.name}:{line.line}", str(error)))
    if faults:
        raise InvalidInput(faults[:_MOST_FAULTS])
    return found


def _read(line: Line, bound: BoundProcess, step: DecisionPoint) -> tuple[dict[str, Any], Any]:
    if line.fault is not None:
        raise ValueError(line.fault)
    values = {}
    for name, field in bound.map.input.fields.items():
        try:
            values[name] = parsed(field.type, line.values.get(name), currency=bound.map.currency)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    if line.answer is None:
        return values, None
    try:
        return values, checked_value(bound, step, line.answer)
    except InvalidInput as error:
        raise ValueError(f"{step.name} {error.faults[0].message}") from None


def _scored(
    context: Context, bound: BoundProcess, place: int, lines: Sequence[tuple[dict[str, Any], Any]],
    basis: bases.Basis,
) -> Iterator[tuple[float, bool]]:  # fmt: skip
    """Confidence of each, as of a new case, and whether the AI is right."""
    before = bound.steps[:place]
    if not all(isinstance(one.step, Extract | Lookup) for one in before):
        raise InvalidInput(
            [
                Fault(
                    bound.steps[place].step.name,
                    "comes after a decision or an action, which cannot be repeated",
                )
            ]
        )
    step = bound.steps[place].step
    assert isinstance(step, DecisionPoint)
    assert step.guarantee is not None
    earned = Earned(Guard(basis.plan).terms, step.guarantee.error, basis.calibration)
    now = context.clock()
    for start in range(0, len(lines), _TOGETHER):
        some = lines[start : start + _TOGETHER]
        passages = [
            Passage(
                Case(
                    id=f"trusted {start + at}", process=bound.name, version=bound.version, key="", digest="",
                    submitter="", input=values, facts=dict(values), created_at=now, updated_at=now,
                ),
                at=now, new=True,
            )
            for at, (values, _) in enumerate(some)
        ]  # fmt: skip
        for one in before:
            read = gathering.gathered(context, bound, one, [p.case for p in passages], _PATIENCE)
            for passage, outcome in zip(passages, read, strict=True):
                if not isinstance(outcome, gathering.Gathered):
                    raise InvalidInput([Fault(one.step.name, f"failed: {context.words(outcome)}")])
                gathering.join(passage, one, outcome)
        answers = judging.recommend(context, bound, bound.steps[place], passages)
        failed = next((one for one in answers if isinstance(one, Exception)), None)
        if failed is not None:
            raise InvalidInput([Fault(step.name, f"failed: {context.words(failed)}")])
        given = [one for one in answers if not isinstance(one, Exception)]
        appraised = appraising.appraised(
            context, bound, bound.steps[place], passages, given, failures=[0] * len(given), earned=earned
        )
        for (_, truth), answer, found in zip(some, given, appraised, strict=True):
            score = found.confidence.value
            # what goes to people for another reason is no part of what is promised
            if score is not None and found.route.by_confidence:
                yield score, truth is not None and same_answer(step, answer.value, truth)
