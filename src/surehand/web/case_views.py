"""Views of one case: its story, and what became of a verdict that came too late."""

from datetime import datetime, timedelta
from typing import Any

from surehand.core.axes import Axes, Grid
from surehand.core.case import ENGINE, Case, CaseState
from surehand.core.deadlines import Waiter
from surehand.core.duration import in_words
from surehand.core.phrases import moment
from surehand.core.policy import Grade
from surehand.core.showing import answer_words
from surehand.core.steps import Extract
from surehand.core.values import shown
from surehand.core.verdicts import KINDS
from surehand.errors import Conflict
from surehand.flow import reporting
from surehand.flow.context import Context
from surehand.flow.explain import Story
from surehand.flow.pausing import Pause
from surehand.flow.urgency import left_to_say
from surehand.web import fields
from surehand.web.desk_views import stake_view, state_view
from surehand.web.views import (
    AxesView,
    CaseView,
    CellView,
    ChangeView,
    ConflictView,
    FactView,
    GradeRowView,
    GridView,
    OutcomeView,
    PartView,
    ProofView,
    ShellView,
    StateView,
    TimelineEntry,
    VerdictView,
    VersionView,
)

#: Who may wait for a case.
_WAITS = {Waiter.CUSTOMER: "A customer waits for it", Waiter.PROCESS: "Another process cannot go on"}

#: What the case would do next is held back; it is not lost.
HELD = StateView(label="Held: automation is stopped", tone="bad")


def case_view(
    context: Context, shell: ShellView, story: Story, *, decide: str, undo: tuple[str, ...] = (),
    pause: Pause | None = None,
) -> CaseView:  # fmt: skip
    """The story of a case.

    pause  the question that it waits for
    """
    case, held = story.case, story.assignment
    left = left_to_say(held) if held is not None and not story.check else []
    return CaseView(
        shell=shell, case_id=case.id, title=case.title, process=case.process,
        state=HELD if story.held else state_view(case.state, case.result),
        stake=stake_view(context, case.process, case.stake, case.grade) if case.grade else None,
        entries=tuple(_entries(story)), proof=_proof(story), versions=_versions(story),
        facts=_facts(context, story), summary=_summary(story), decide=decide,
        owner=" or ".join(held.holders) if held else (case.owner if case.owner != ENGINE else None),
        due=held.due_at if held else None, asked=_asked(pause) if pause else "",
        waits=tuple((who.value, _WAITS[who]) for who in left),
        outcome=_outcome(story), undo=undo,
        axes=tuple(_axes_view(one) for one in reversed(story.axes)),
        guarantees=reporting.linked(context, shell.person, case.process),
    )  # fmt: skip


def _asked(pause: Pause) -> str:
    """How it stands with a question: 'bo is asked; the clock of ann stands, with 3 h 10 min left'."""
    if pause.left is None:
        return f"{pause.asked} is asked; the clock of {pause.asks} runs on, until {moment(pause.due_at)}."
    minutes = timedelta(minutes=max(1, round(pause.left.total_seconds() / 60)))
    time = f"{in_words(minutes)} of working time" if pause.working else in_words(minutes)
    return f"{pause.asked} is asked; the clock of {pause.asks} stands, with {time} left."


def _outcome(story: Story) -> OutcomeView | None:
    """What was reported last."""
    if not story.outcomes:
        return None
    last = story.outcomes[-1]
    label, tone = {True: ("Right", "ok"), False: ("Wrong", "bad"), None: ("Cannot be told", "")}[last.correct]
    said = [f"Reported by {last.by}."]
    if last.value is not None:
        said.append(f"The answer was {shown(last.value)}.")
    if last.note:
        said.append(last.note)
    return OutcomeView(label=label, tone=tone, text=" ".join(said))


def _axes_view(axes: Axes) -> AxesView:
    high = Grade(axes.grade).rank >= Grade.HIGH.rank
    return AxesView(
        point=axes.point, round=axes.round, level=axes.level, sentence=axes.sentence, grade=axes.grade,
        confidence=axes.confidence, limit=None if high else axes.limit, edge=axes.edge,
        parts=tuple(PartView(name=p.name, grade=p.grade, because=p.because) for p in axes.parts),
        signals=tuple((name, reading, name in axes.weakest) for name, reading in axes.signals.items()),
        limits=tuple((limit.text, limit.reached) for limit in axes.limits),
        grid=_grid_view(axes.grid) if axes.grid is not None else None, fitted=axes.fitted,
    )  # fmt: skip


def _grid_view(grid: Grid) -> GridView:
    rows = (
        GradeRowView(
            grade=grade,
            cells=tuple(CellView(level=one, here=(r, c) == grid.here) for c, one in enumerate(levels)),
        )
        for r, (grade, levels) in enumerate(grid.rows)
    )
    return GridView(columns=grid.columns, rows=tuple(rows))


def _entries(story: Story) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            seq=entry.seq, at=entry.at, voice=entry.voice, what=entry.what, hash=entry.hash, who=entry.who,
            rest=entry.rest, note=entry.note,
            changes=tuple(ChangeView(label=e.name, before=e.before, after=e.after) for e in entry.changes),
        )
        for entry in story.entries
    ]  # fmt: skip


def _proof(story: Story) -> ProofView:
    proof = story.proof
    return ProofView(
        events=proof.events, expected=proof.expected, head=proof.head, checked=proof.checked, took=proof.took,
        sealed=proof.sealed, problem=" ".join(proof.problems),
    )  # fmt: skip


def _versions(story: Story) -> tuple[VersionView, ...]:
    sources = dict.fromkeys(
        str(j.recommendation.get("source")) for j in story.judgements if j.recommendation.get("source")
    )
    models = [] if story.blind else [VersionView(label="Model", value=source) for source in sources]
    process = VersionView(label="Process", value=story.case.version, hash=True)
    return (process, *models, VersionView(label="Round", value=str(story.case.round)))


def _facts(context: Context, story: Story) -> tuple[FactView, ...]:
    case = story.case
    process = context.processes.current.get(case.process)
    reads = {n for b in process.steps if isinstance(b.step, Extract) for n in b.facts} if process else set()
    found: list[FactView] = []
    for name, value in case.facts.items():
        if value is None:
            continue
        by = case.readings.get(name, {}).get("person")
        source = f"given by {by}" if by else "read" if name in reads else ""
        found.extend(fields.fact_views(name, value, source))
    return tuple(found)


def _summary(story: Story) -> str:
    """Who decided, if somebody has."""
    case = story.case
    if case.state.open or not case.answers:
        return ""
    last = list(case.answers.values())[-1]
    if last.get("by") == ENGINE:
        return "nobody decided it in time"
    by = "without a person, as the policy allows" if last.get("by") == "policy" else f"by {last.get('by')}"
    return f"decided {by}"


# Conflicts


def conflict_view(
    shell: ShellView, case: Case, error: Conflict, *, yours: VerdictView, following: str | None
) -> ConflictView:
    """Both verdicts side by side; nothing that was written is lost."""
    return ConflictView(
        shell=shell, case_id=case.id, title=case.title, yours=yours, decided=_decided(error),
        moved=_moved(case, error), next=following, slug=error.slug,
    )  # fmt: skip


def _decided(error: Conflict) -> VerdictView | None:
    winner = error.extra.get("winner")
    if not winner:
        return None
    return VerdictView(
        verdict=verdict_words(str(error.extra.get("verdict")), error.extra.get("value")), by=str(winner),
        at=datetime.fromisoformat(str(error.extra["at"])), round=int(error.extra.get("round") or 1),
        reason=reason_words(str(error.extra.get("reason") or "")), note=str(error.extra.get("note") or ""),
    )  # fmt: skip


def _moved(case: Case, error: Conflict) -> str:
    if case.state is CaseState.WAITING:
        return f"It waits for {case.owner} again, in round {case.round}. {error.detail}"
    if case.state is CaseState.ASKING:
        return f"A question was put to {case.owner}; it comes back with the answer."
    return error.detail


def verdict_words(kind: str, value: Any = None) -> str:
    """A verdict as people read it: the answer that was given, else what was done."""
    if kind == "approve" and value is not None:
        return answer_words(value)
    return KINDS[kind].label if kind in KINDS else kind.replace("_", " ").capitalize()


def reason_words(reason: str) -> str:
    """A reason category as people read it."""
    return reason.replace("-", " ").replace("_", " ").capitalize()


def your_verdict(
    shell: ShellView, case: Case, *, kind: str, round: int, reason: str, note: str, question: str,
    value: Any, changed: dict[str, str],
) -> VerdictView:  # fmt: skip
    """What the reader sent, with everything that they had written."""
    parts = [note]
    if question:
        parts.append(f"Question: {question}")
    parts += [
        f"{fields.label(n)}: {shown(case.facts.get(n)) or 'empty'} to {raw}." for n, raw in changed.items()
    ]
    return VerdictView(
        verdict=verdict_words(kind, value), by=shell.person or "", at=shell.now, round=round,
        reason=reason_words(reason), note=" ".join(part for part in parts if part),
    )  # fmt: skip
