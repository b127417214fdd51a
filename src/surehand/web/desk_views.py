"""Views of the lists: home, inbox, cases, processes."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from surehand.core.bands import resolve
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, CaseState
from surehand.core.duration import in_words
from surehand.core.hearing import FAILED, MISSING, UNREADABLE
from surehand.core.oversight import Level
from surehand.core.people import Person
from surehand.core.policy import Grade
from surehand.core.precedence import of_rank
from surehand.core.roles import Role
from surehand.core.routing import edge_words
from surehand.core.showing import brief_path
from surehand.core.steps import Act, DecisionPoint
from surehand.flow.context import Context
from surehand.flow.desk import Pile
from surehand.flow.plainly import plain_reasons
from surehand.store.desk import Waiting
from surehand.store.figures import Today
from surehand.store.listing import Listed
from surehand.store.versions import Version
from surehand.web import watch_views
from surehand.web.completeness_views import shares_view
from surehand.web.rendering import counted
from surehand.web.views import (
    CaseRow,
    CasesView,
    ConfidenceView,
    CountView,
    HomeView,
    InboxRow,
    InboxView,
    MessageRow,
    NeedView,
    NewsView,
    OptionView,
    PersonView,
    ProcessesView,
    ProcessRow,
    ShellView,
    StakeView,
    StateView,
    StepView,
)

STATES: dict[CaseState, tuple[str, str]] = {
    CaseState.RUNNING: ("In progress", ""),
    CaseState.WAITING: ("Waiting", "warn"),
    CaseState.ASKING: ("Question asked", "info"),
    CaseState.ACTING: ("Acting", "info"),
    CaseState.HOLDING: ("Can be overridden", "info"),
    CaseState.DONE: ("Done", "ok"),
    CaseState.REJECTED: ("Rejected", ""),
}


def state_view(state: CaseState, result: str | None) -> StateView:
    """Where a case is, in a word or two."""
    label, tone = STATES[state]
    told = result and state is CaseState.DONE and result != "finished"
    return StateView(
        label=f"{label}: {result.replace('_', ' ')[:60]}" if told and result else label, tone=tone
    )


def stake_view(context: Context, process: str, stake: Decimal | None, grade: Grade | None) -> StakeView:
    """What an error costs."""
    found = context.processes.current.get(process)
    currency = found.map.currency if found is not None and stake is not None else ""
    note = "" if grade else "Not graded yet"
    return StakeView(grade=grade or "", amount=stake, currency=currency, note=note)


def point_words(assignment: Assignment) -> str:
    """What an assignment is about, in words."""
    point = assignment.point
    if point.startswith(MISSING):
        return f"missing {point.removeprefix(MISSING).replace('_', ' ')}"
    if point.startswith(FAILED):
        return f"{point.removeprefix(FAILED).replace('_', ' ')} failed"
    if point.startswith(UNREADABLE):
        return "no document" if point.endswith(":none") else "unreadable document"
    if assignment.kind == "repair":
        return point.removeprefix(f"{assignment.case_id}:").split(":")[0].replace("_", " ")
    return assignment.about


# Inbox


def inbox_view(
    context: Context, shell: ShellView, found: Pile, *, view: str, queue: str, cursor: str | None, live: str
) -> InboxView:
    """The list of what waits."""
    person = shell.person or ""
    return InboxView(
        shell=shell, view=view, queue=queue,
        views=tuple(CountView(key=name, count=count) for name, count in found.views.items()),
        queues=tuple(CountView(key=name, count=count) for name, count in found.queues.items()),
        rows=tuple(_inbox_row(context, row, person, found) for row in found.rows),
        total=found.total, overdue=found.overdue, soon=found.soon, decided=found.decided,
        overrides=found.overrides, cursor=cursor, live=live,
    )  # fmt: skip


def _inbox_row(context: Context, row: Waiting, person: str, found: Pile) -> InboxRow:
    given = row.assignment
    until = given.snoozed_until
    unseen = given.kind == "check" and given.blind
    kind = given.kind if given.kind in ("decide", "answer", *BESIDE) else "exception"
    shows = kind in ("decide", "notice", "finding") and not given.blind
    return InboxRow(
        case_id=row.case_id, title=_title(row), process=row.process, point=point_words(given),
        why=_why(context, row), since=given.opened_at, due=given.due_at,
        stake=stake_view(context, row.process, row.stake, row.grade), level=given.level, kind=kind,
        href=brief_path(given), of=given.id if given.kind in BESIDE else "",
        confidence=ConfidenceView(value=row.confidence, limit=row.limit) if shows else None,
        owner=person if person in given.holders else given.person,
        claimable=row.case_id in found.claimable and person not in given.holders,
        precedence=of_rank(given.precedence).value,
        snoozed_until=until if until is not None and until > context.clock() else None,
        looking=() if unseen else tuple(found.viewers.get(row.case_id, ())),
        reserved=row.case_id in found.reserved,
    )  # fmt: skip


def _title(row: Waiting) -> str:
    if row.assignment.kind in ("exception", "repair"):
        what = point_words(row.assignment).replace("-", " ")
        trouble = f"{what} did not finish" if row.assignment.kind == "repair" else what
        return f"{row.title}: {trouble}" if row.grade is None else f"{trouble.capitalize()}: {row.title}"
    return row.title


def _why(context: Context, row: Waiting) -> str:
    given = row.assignment
    if given.kind == "answer":
        return f"{given.because}: {given.question or ''}"
    if given.kind in BESIDE:
        return watch_views.why(given)
    if given.level is Level.HUMAN and given.kind == "decide":
        process = context.processes.current.get(row.process)
        told = [
            reason.get("text", "") for reason in plain_reasons(process, row.assignment.about, row.reasons)
        ]
        return "; ".join(told) or "A person decides this alone."
    return given.because


# Home


def home_view(
    context: Context, shell: ShellView, today: Today, *, news: tuple[NewsView, ...] = (),
    messages: tuple[MessageRow, ...] = (), tour: bool = False,
) -> HomeView:  # fmt: skip
    """Today in counts, and what needs someone."""
    return HomeView(
        shell=shell, received=today.received, automated=today.automated, decided=today.decided,
        overrides=today.overrides, waiting=today.waiting, overdue=today.overdue, mine=shell.waiting or 0,
        needs=tuple(_needs(context, shell, today)), news=news, messages=messages, tour=tour,
        events=today.events,
    )  # fmt: skip


def _needs(context: Context, shell: ShellView, today: Today) -> list[NeedView]:
    needs = []
    mine = context.people.queues_of(shell.person or "", at=shell.now)
    for queue, count in list(today.late.items())[:5]:
        owner = context.people.queues[queue].owner if queue in context.people.queues else "the process owner"
        cases = "1 case is" if count == 1 else f"{counted(count)} cases are"
        href = f"/inbox?view=queues&queue={queue}" if queue in mine else "/inbox?view=all"
        needs.append(
            NeedView(
                text=f"{cases} overdue in {queue}", about=f"{owner} answers for this queue.", href=href,
                link="Open", tone="bad",
            )
        )  # fmt: skip
    if today.repairs:
        text = "1 action needs" if today.repairs == 1 else f"{today.repairs:,} actions need"
        needs.append(
            NeedView(
                text=f"{text} a person to say what happened", href="/inbox?view=all", link="Open",
                about="The other system refused, or did not say whether it did it.",
            )
        )  # fmt: skip
    return needs


def person_view(name: str, person: Person, waiting: int | None = None) -> PersonView:
    """A person in a list, with what they are for."""
    what = {
        Role.REVIEWER: "decides", Role.SPECIALIST: "decides hard cases", Role.OWNER: "answers for the work",
        Role.BUILDER: "builds maps", Role.AUDITOR: "reads everything", Role.ADMINISTRATOR: "administers",
        Role.SERVICE: "is a service",
    }  # fmt: skip
    about = ", ".join(what[role] for role in person.roles)
    limit = f" up to {person.limit:,.0f}" if person.limit is not None else ""
    return PersonView(name=name, about=f"{about}{limit}", waiting=waiting)


# Cases


def cases_view(
    context: Context, shell: ShellView, rows: Sequence[Listed], *, query: str, state: str, process: str,
    cursor: str | None, later: bool,
) -> CasesView:  # fmt: skip
    """The list of cases with its filters."""
    states = tuple(OptionView(value=one, label=label) for one, (label, _) in STATES.items())
    processes = tuple(
        OptionView(value=name, label=bound.map.title or name)
        for name, bound in sorted(context.processes.current.items())
    )
    return CasesView(
        shell=shell, rows=tuple(_case_row(context, row) for row in rows), states=states, processes=processes,
        query=query, state=state, process=process, cursor=cursor, later=later,
    )  # fmt: skip


def _case_row(context: Context, row: Listed) -> CaseRow:
    last = list(row.answers.values())[-1] if row.answers else None
    by = "" if last is None or row.state.open else str(last.get("by"))
    return CaseRow(
        case_id=row.id, title=row.title, process=row.process, state=state_view(row.state, row.result),
        received=row.created_at, owner=row.owner if row.state.open else "",
        stake=stake_view(context, row.process, row.stake, row.grade) if row.grade else None,
        by="AI" if by == "policy" else by,
    )  # fmt: skip


# Processes


def processes_view(
    context: Context, shell: ShellView, published: dict[str, Version], waiting: dict[str, int]
) -> ProcessesView:
    """All processes with their maps."""
    rows = [
        replace(
            _process_row(bound, published.get(name), waiting.get(name, 0)),
            briefs=tuple(shares_view(context, name, shell.person or "").items()),
        )
        for name, bound in sorted(context.processes.current.items())
    ]
    return ProcessesView(shell=shell, processes=tuple(rows))


def _process_row(bound: BoundProcess, version: Version | None, waiting: int) -> ProcessRow:
    map_ = bound.map
    at = version.published_at if version else None
    return ProcessRow(
        name=map_.process, title=map_.title, owner=map_.owner, builder=map_.builder, version=bound.version,
        published=at, published_by=(version.published_by or "") if version else "",
        alone=version is not None and version.published_by == version.proposed_by, waiting=waiting,
        review_by=(at + map_.review_every).date() if at else None,
        steps=tuple(_step_view(bound, b.step.name) for b in bound.steps),
    )  # fmt: skip


def _step_view(bound: BoundProcess, name: str) -> StepView:
    step = bound.map.step(name)
    if isinstance(step, DecisionPoint):
        return StepView(
            name=name, kind=step.kind, about=_routing(step), level=step.level or "",
            promises=step.guarantee is not None,
        )  # fmt: skip
    about = step.about
    if isinstance(step, Act):
        after = f"after {_answer(step.after)}" if step.after is not None else "always"
        about = f"{after}; can be taken back" if step.undo else after
    return StepView(name=name, kind=step.kind, about=about)


def _answer(value: str | bool) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else value


def _routing(point: DecisionPoint) -> str:
    due = f", {in_words(point.sla.due)} to decide" if point.sla.due else ""
    if point.guarantee is not None:
        share = f"{point.guarantee.error * 100:g}"
        return f"alone where at most {share} in 100 are wrong, else {point.queue}{due}"
    if point.bands is None:
        return f"{point.queue}{due}"
    alone = next((band for band in reversed(resolve(point.bands)) if not band.route.waits), None)
    if alone is None:
        return f"always {point.queue}{due}"
    under = f" and under {alone.under:,}" if alone.under is not None else ""
    return f"alone {edge_words(alone)}{under}, else {point.queue}{due}"
