"""Views of the lists: home, inbox, cases, processes."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from surehand.core.bands import resolve
from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, CaseState
from surehand.core.duration import in_words
from surehand.core.hearing import FAILED, MISSING, UNREADABLE
from surehand.core.people import Person
from surehand.core.policy import Grade
from surehand.core.remarks import TAGS
from surehand.core.roles import Role
from surehand.core.routing import edge_words
from surehand.core.showing import brief_path
from surehand.core.steps import Act, DecisionPoint
from surehand.flow.context import Context
from surehand.flow.searching import Found
from surehand.store.desk import Waiting
from surehand.store.figures import Today
from surehand.store.listing import Listed
from surehand.store.versions import Version
from surehand.web.completeness_views import shares_view
from surehand.web.formatting import counted
from surehand.web.speech import said
from surehand.web.views import (
    CaseRow,
    CasesView,
    ChangedView,
    HomeView,
    MessageRow,
    NeedView,
    NewsView,
    NextRow,
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
    CaseState.RUNNING: (said("In progress"), ""),
    CaseState.WAITING: (said("Waiting"), "warn"),
    CaseState.ASKING: (said("Question asked"), "info"),
    CaseState.ACTING: (said("Acting"), "info"),
    CaseState.HOLDING: (said("Can be overridden"), "info"),
    CaseState.DONE: (said("Done"), "ok"),
    CaseState.REJECTED: (said("Rejected"), ""),
}


def state_view(state: CaseState, result: str | None) -> StateView:
    """Where a case is, in a word or two."""
    label, tone = STATES[state]
    if not result or state is not CaseState.DONE or result == "finished":
        return StateView(label=label, tone=tone)
    return StateView(label=said("Done: {result}").format(result=result.replace("_", " ")[:60]), tone=tone)


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


# Home


def home_view(
    context: Context, shell: ShellView, today: Today, *, news: tuple[NewsView, ...] = (),
    messages: tuple[MessageRow, ...] = (), mine: Sequence[Waiting] = (), changed: ChangedView | None = None,
    tour: bool = False,
) -> HomeView:  # fmt: skip
    """Today in counts, and what needs someone."""
    return HomeView(
        shell=shell, received=today.received, automated=today.automated, decided=today.decided,
        overrides=today.overrides, waiting=today.waiting, overdue=today.overdue, mine=shell.waiting or 0,
        needs=tuple(_needs(context, shell, today)), news=news, messages=messages, tour=tour,
        events=today.events, next=tuple(_next_row(context, row) for row in mine), changed=changed,
    )  # fmt: skip


def title_of(row: Waiting) -> str:
    """What a row of a list is about; what went wrong with it stands first."""
    if row.assignment.kind in ("exception", "repair"):
        what = point_words(row.assignment).replace("-", " ")
        trouble = f"{what} did not finish" if row.assignment.kind == "repair" else what
        return f"{row.title}: {trouble}" if row.grade is None else f"{trouble.capitalize()}: {row.title}"
    return row.title


def _next_row(context: Context, row: Waiting) -> NextRow:
    given = row.assignment
    return NextRow(
        title=title_of(row), process=row.process, href=brief_path(given), since=given.opened_at,
        due=given.due_at, stake=stake_view(context, row.process, row.stake, row.grade),
    )  # fmt: skip


def _needs(context: Context, shell: ShellView, today: Today) -> list[NeedView]:
    needs, formats = [], shell.manner.formats
    mine = context.people.queues_of(shell.person or "", at=shell.now)
    for queue, count in list(today.late.items())[:5]:
        owner = context.people.queues[queue].owner if queue in context.people.queues else "the process owner"
        cases = "1 case is" if count == 1 else f"{counted(count, formats)} cases are"
        href = f"/inbox?view=queues&queue={queue}" if queue in mine else "/inbox?view=all"
        needs.append(
            NeedView(
                text=f"{cases} overdue in {queue}", about=f"{owner} answers for this queue.", href=href,
                link="Open", tone="bad",
            )
        )  # fmt: skip
    if today.repairs:
        text = "1 action needs" if today.repairs == 1 else f"{formats.number(today.repairs)} actions need"
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
    context: Context, shell: ShellView, found: Found, *, query: str, state: str, process: str,
    tag: str, cursor: str | None, later: bool,
) -> CasesView:  # fmt: skip
    """The list of cases with its filters."""
    states = tuple(OptionView(value=one, label=label) for one, (label, _) in STATES.items())
    processes = tuple(
        OptionView(value=name, label=bound.map.title or name)
        for name, bound in sorted(context.processes.current.items())
    )
    return CasesView(
        shell=shell, rows=tuple(_case_row(context, row) for row in found.rows), states=states,
        processes=processes, query=query, state=state, process=process, cursor=cursor, later=later,
        back_to=found.back_to,
        tags=tuple(OptionView(value=name, label=label) for name, label in TAGS.items()), tag=tag,
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
