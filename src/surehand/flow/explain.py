"""The whole story of a case in plain words, and whether its record holds."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from surehand.core import story as telling
from surehand.core.audit import FIRST, Link
from surehand.core.axes import Axes, Grid
from surehand.core.axes import axes as axes_of
from surehand.core.case import Assignment, Case, Judgement, Outcome
from surehand.core.entries import Entry
from surehand.core.phrases import brief, hundred, words
from surehand.core.reason import percent
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.verify import faults_of_chain, losses_of
from surehand.store import audit, cases, figures, stops
from surehand.store.audit import Seals

_UNSEALED = Seals({}, (), 0, FIRST)


@dataclass(frozen=True, slots=True)
class ChainProof:
    """What checking a case's chain gave.

    events, expected  events found, and how many the case counts
    sealed            events that a checkpoint outside the database covers
    compared          the checkpoint files were read and compared, not only counted
    problems          what does not hold, in words
    """

    events: int
    expected: int
    head: str
    checked: datetime
    took: timedelta
    sealed: int
    compared: bool
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Nothing was found, and no event is missing."""
        return not self.problems and self.events == self.expected


@dataclass(frozen=True, slots=True)
class Story:
    """A case with all that happened to it.

    assignment  who has it now
    blind       a person decides it alone and has not yet: nothing here tells what a model said
    check       the spot check that the reader has yet to decide: nothing here tells what was decided
    axes        why it went where it went, by decision point, the last round of each; none while blind
    beside      open notices, checks and findings
    held        keys of actions that are held back because automation is stopped
    """

    case: Case
    entries: tuple[Entry, ...]
    proof: ChainProof
    judgements: tuple[Judgement, ...]
    assignment: Assignment | None
    blind: bool
    outcomes: tuple[Outcome, ...] = ()
    beside: tuple[Assignment, ...] = ()
    check: Assignment | None = None
    axes: tuple[Axes, ...] = ()
    held: frozenset[str] = frozenset()


def explain(context: Context, case_id: str, *, person: str | None = None, compare: bool = True) -> Story:
    """Tell a case. Raises NotFound.

    person   the reader: what they have to decide unseen is not told
    compare  also read the checkpoint files, which takes longer the more there are
    """
    seals = context.checkpoints.read() if compare else _UNSEALED
    began = time.monotonic()
    with context.db.read() as connection:
        case = cases.load(connection, [case_id]).get(case_id)
        if case is None:
            raise NotFound(f"There is no case {case_id}")
        links = audit.chain(connection, case_id)
        problems = _problems(connection, case_id, links, seals)
        judgements = tuple(cases.judgements(connection, case_id))
        assignment = cases.open_assignments(connection, [case_id]).get(case_id)
        sealed = figures.sealed(connection, case_id)
        outcomes = tuple(cases.outcomes(connection, case_id))
        beside = tuple(cases.beside(connection, [case_id]).get(case_id, ()))
        held = stops.held_of(connection, case_id)
    over = unseen.veil(context, person, case, held=assignment, beside=beside, judged=judgements)
    blind, told_of = over.hidden is not None, over.links(links)
    proof = ChainProof(
        events=len(links), expected=case.audit_seq, head=case.audit_hash, checked=context.clock(),
        took=timedelta(seconds=time.monotonic() - began), sealed=sealed, compared=compare, problems=problems,
    )  # fmt: skip
    given = case.input.get("fields") or {}
    if not over.checks:
        entries = telling.told(told_of, given=given, judgements=over.judgements(), blind=blind)
        axes = () if blind else _axes(over, links)
        return Story(
            over.case(case), entries, proof, over.judgements(),
            None if assignment is None else over.assignment(assignment), blind, outcomes, beside, axes=axes,
            held=held,
        )  # fmt: skip
    check = over.checks[0]
    return Story(
        over.case(case), telling.told(told_of, given=given), _up_to(proof, told_of), (), None, True, (),
        (check,), check,
    )  # fmt: skip


def _axes(over: unseen.Veil, links: Sequence[Link]) -> tuple[Axes, ...]:
    """By decision point; what the audit trail does not tell any more is left out."""
    routed = {
        (body.get("point"), body.get("round")): body
        for link in links
        if link.kind == "routed" and isinstance(body := link.body, Mapping)
    }
    last = {judged.point: judged for judged in over.judgements()}
    steps = over.process.map.steps if over.process is not None else ()
    points = {step.name: step for step in steps if isinstance(step, DecisionPoint)}
    return tuple(
        axes_of(one, points.get(one.point), routed.get((one.point, one.round), {})) for one in last.values()
    )


def _up_to(proof: ChainProof, links: Sequence[Link]) -> ChainProof:
    """What was proved, said of the events that the reader is shown. What is wrong is told wherever it is."""
    count = len(links)
    return replace(
        proof, events=count, expected=count, sealed=min(count, proof.sealed),
        head=links[-1].hash if links else "",
    )  # fmt: skip


def _problems(connection: Connection, case_id: str, links: list[Link], seals: Seals) -> tuple[str, ...]:
    faults = faults_of_chain(connection, case_id, links, seals, losses_of(connection))
    found = [finding.problem for finding in faults]
    return tuple(f"{problem[:1].upper()}{problem[1:]}." for problem in found)


def told(story: Story) -> str:
    """The story as text for a terminal."""
    return "\n".join(_lines(story))


def plain(story: Story) -> dict[str, Any]:
    """The story as JSON."""
    case, proof = story.case, story.proof
    return {
        "case": case.id, "process": case.process, "version": case.version, "title": case.title,
        "state": case.state, "round": case.round, "result": case.result, "owner": case.owner,
        "facts": dict(case.facts), "axes": [asdict(one) | {"sentence": one.sentence} for one in story.axes],
        "events": [
            {
                "seq": entry.seq, "at": entry.at.isoformat(), "voice": entry.voice, "who": entry.who or None,
                "told": entry.sentence, "hash": entry.hash,
            }
            for entry in story.entries
        ],
        "record": {
            "holds": proof.holds, "events": proof.events, "expected": proof.expected, "sealed": proof.sealed,
            "head": proof.head, "problems": list(proof.problems),
        },
    }  # fmt: skip


def _lines(story: Story) -> Iterator[str]:
    case = story.case
    yield f"{case.id.upper()}  {case.title}"
    yield f"{case.process}, version {case.version[:8]}, round {case.round}: {_standing(story)}"
    if case.stake is not None or case.grade is not None:
        stake = f", {case.stake:,.2f} at stake" if case.stake is not None else ""
        yield f"{(case.grade or 'low').capitalize()} consequence{stake}"
    yield ""
    day = None
    for entry in story.entries:
        if entry.at.date() != day:
            day = entry.at.date()
            yield f"{entry.at:%A %d %B %Y} (UTC)"
        voice = {"ai": "AI", "person": "person"}.get(entry.voice, "engine")
        yield f"  {entry.at:%H:%M:%S}  {voice:<6}  {entry.sentence}"
    yield ""
    for one in story.axes:
        yield from _which_number(one)
    yield from _known(story)
    yield from _proved(story.proof)


def _which_number(axes: Axes) -> Iterator[str]:
    """The two axes of a route, and the levels by both with the case's place in square brackets."""
    yield f"Why {axes.level.words} at {words(axes.point)}, round {axes.round}:"
    yield f"  {axes.sentence}"
    for part in axes.parts:
        yield f"    {words(part.name):<18}  {part.grade or 'raises':<8}  {part.because}"
    for name, reading in axes.signals.items():
        mark = "  sets the confidence" if name in axes.weakest else ""
        yield f"    {words(name):<18}  {'none' if reading is None else percent(reading):<8}{mark}"
    if axes.fitted:
        yield "  The confidence is fitted: how often people who did not see the AI's view agreed with it."
    yield f"  {axes.edge}."
    for limit in axes.limits:
        yield f"  {limit.text}{'' if limit.reached else ' (not reached)'}."
    if axes.grid is not None:
        yield from _drawn(axes.grid)
    yield ""


def _drawn(grid: Grid) -> Iterator[str]:
    cells = [
        [f"[{level.words}]" if (row, column) == grid.here else f" {level.words} "
         for column, level in enumerate(levels)]
        for row, (_, levels) in enumerate(grid.rows)
    ]  # fmt: skip
    heads = [f" {column} " for column in grid.columns]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for first, row in zip(("consequence", *(grade for grade, _ in grid.rows)), (heads, *cells), strict=True):
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"    {first:<11}  {line}".rstrip()


def _standing(story: Story) -> str:
    case, held = story.case, story.assignment
    if held is not None:
        return f"{case.state}, with {held.person}, due {held.due_at:%Y-%m-%d %H:%M} UTC"
    result = f" ({case.result})" if case.result and case.result != case.state else ""
    return f"{case.state}{result}"


def _known(story: Story) -> Iterator[str]:
    known = {name: value for name, value in story.case.facts.items() if value is not None}
    if not known:
        return
    yield "What is known now:"
    width = max(map(len, known))
    for name, value in known.items():
        reading = story.case.readings.get(name, {})
        source = ""
        if reading.get("person"):
            source = f"  (given by {reading['person']})"
        elif not story.blind and isinstance(reading.get("confidence"), float):
            source = f"  (read, {hundred(reading['confidence'])} in 100)"
        yield f"  {name:<{width}}  {brief(value)}{source}"
    yield ""


def _proved(proof: ChainProof) -> Iterator[str]:
    if proof.holds:
        yield f"The record holds: {proof.events} events, none missing, each with the hash of the one before."
    else:
        yield f"The record does NOT hold ({proof.events} of {proof.expected} events):"
        yield from (f"  {problem}" for problem in proof.problems)
    compared = "and compared with them" if proof.compared else "and not compared with them now"
    yield f"{proof.sealed} of them are sealed outside the database, {compared}. Head {proof.head[:16]}."
