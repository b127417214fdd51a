"""Running a pilot: cases come in, people answer after a while, models learn, and nothing is really done."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from surehand.app import folder_of, rehearsed
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.steps import Act
from surehand.errors import Fault, InvalidInput, SurehandError
from surehand.flow import filing, learning
from surehand.flow.context import Context
from surehand.flow.intake import Submission, submit_many
from surehand.flow.running import drain, sweep
from surehand.maps import deployment as deployments
from surehand.maps.bind import bind
from surehand.maps.deployment import Deployment
from surehand.maps.overriding import overridden
from surehand.maps.source import read as read_map
from surehand.pilot import lines as known
from surehand.pilot.lines import Line, Lines
from surehand.pilot.report import Report, reported
from surehand.pilot.reviewer import CHECKS, Reviewer
from surehand.plugins import load as installed

#: Told what is being done, and how many cases have come in.
Progress = Callable[[str, int], None]

#: Cases that come in together: judged on the same terms, as by workers that a guard tells a moment later.
_TOGETHER = CHECKS // 2

#: Between two cases. Deadlines and windows of the map are counted in it.
_PACE = timedelta(minutes=1)

#: After the last case, windows in which a decision can be overridden pass, so far.
_AFTERWARDS = timedelta(days=40)

_START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Setup:
    """What is tried.

    accuracy  probability that an answer of the scripted reviewer is right
    seed      of all that is drawn
    settings  `KEY=VALUE` of the map, see `maps.overriding`
    """

    accuracy: float = 1.0
    seed: int = 1
    settings: Sequence[str] = ()


@dataclass(slots=True)
class _Clock:
    """Stands still until it is moved."""

    now: datetime = field(default=_START)

    def __call__(self) -> datetime:
        return self.now


def opened(
    folder: Path, name: str, path: Path, settings: Sequence[str] = ()
) -> tuple[Deployment, BoundProcess, Lines]:
    """The process with its settings, and the cases. Raises SettingsInvalid, MapInvalid or InvalidInput."""
    deployment = deployments.load(folder)
    place = folder_of(deployment, name)
    source = overridden(read_map(place / "process.yaml", label=f"{place.name}/process.yaml"), list(settings))
    bound = bind(place, deployment.people, names=installed().names, source=source)
    return deployment, bound, known.read(path, bound)


def run(
    deployment: Deployment, process: BoundProcess, lines: Lines, setup: Setup,
    progress: Progress = lambda _what, _done: None,
) -> Report:  # fmt: skip
    """Run all cases through the process, its actions replaced by nothing. The same setup reports the same.

    raises  InvalidInput for an accuracy that is no share
    """
    if not 0 <= setup.accuracy <= 1:
        raise InvalidInput([Fault("--reviewer-accuracy", "must be a share from 0 to 1, such as 0.95")])
    clock = _Clock()
    secret = hashlib.sha256(f"pilot {setup.seed}".encode()).digest()
    harmless = _without_effects(process)
    with (
        tempfile.TemporaryDirectory(prefix="surehand-pilot-") as scratch,
        rehearsed(deployment, harmless, Path(scratch), clock=clock, secret=secret) as context,
    ):
        reviewer = Reviewer(context, lines, setup.accuracy, setup.seed)
        _play(context, harmless, lines, reviewer, clock, progress)
        return reported(context, harmless, lines, reviewer)


def _without_effects(process: BoundProcess) -> BoundProcess:
    """The process with actions that do nothing, which may well be done twice."""
    steps = [_null(bound) if isinstance(bound.step, Act) else bound for bound in process.steps]
    return replace(process, steps=tuple(steps))


def _null(bound: BoundStep) -> BoundStep:
    step = bound.step.model_copy(update={"repeatable": True})
    undo = None if bound.undo is None else _nothing
    confirm = None if bound.confirm is None else _nothing
    return replace(bound, step=step, function=_nothing, undo=undo, confirm=confirm)


def _nothing(**_arguments: Any) -> None:
    """What stands for an action."""


def _play(
    context: Context, process: BoundProcess, lines: Lines, reviewer: Reviewer, clock: _Clock,
    progress: Progress,
) -> None:  # fmt: skip
    position = 0
    for start in range(0, len(lines.cases), _TOGETHER):
        some = lines.cases[start : start + _TOGETHER]
        position = start + len(some)
        _taken_in(context, process, some, reviewer)
        clock.now += _PACE * len(some)
        _round(context, reviewer, position, progress)
        progress("Deciding", position)
    while reviewer.asked:
        position += _TOGETHER
        clock.now += _PACE * _TOGETHER
        _round(context, reviewer, position, progress)
    until = clock.now + _AFTERWARDS
    while clock.now < until:
        clock.now += timedelta(days=1)
        _round(context, reviewer, position, progress)
        position += _TOGETHER


def _round(context: Context, reviewer: Reviewer, position: int, progress: Progress) -> None:
    _work(context)
    reviewer.look(position)
    reviewer.answer(position)
    _work(context)
    sweep(context)
    if (item := learning.claimed(context)) is not None:
        learning.learn(context, item, lambda what, _share: progress(what, position))
        sweep(context)


def _work(context: Context) -> None:
    while drain(context):
        pass


def _taken_in(context: Context, process: BoundProcess, some: Sequence[Line], reviewer: Reviewer) -> None:
    items = [
        Submission(process=process.name, input=_input(context, process, line), key=f"line {line.number}")
        for line in some
    ]
    for line, accepted in zip(some, submit_many(context, items, submitter=process.map.builder), strict=True):
        if isinstance(accepted, SurehandError):
            raise InvalidInput([Fault(f"line {line.number}", f"was not taken: {accepted.detail}")])
        reviewer.truths[accepted.case.id] = line


def _input(context: Context, process: BoundProcess, line: Line) -> Mapping[str, Any]:
    if line.file is None:
        return line.input
    kept = filing.keep(context, line.file.read_bytes(), by=process.map.builder)
    return {**line.input, "document": {"file": kept.digest, "name": line.file.name[:200]}}
