"""Views of people: the list, queues, absences, authority, and the history of the roster."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from surehand.core import rosters
from surehand.core.duration import in_words
from surehand.core.edits import row_id
from surehand.core.grants import ANYTHING, Delegation, Grant
from surehand.core.money import Money
from surehand.core.people import Absence, People, Person
from surehand.core.phrases import words
from surehand.flow import personnel
from surehand.flow.context import Context
from surehand.store.roster import Revision
from surehand.web.days_chart import Span, days_chart
from surehand.web.views import ShellView
from surehand.web.views.people import (
    AbsencesView,
    AbsenceView,
    AuthorityView,
    GrantView,
    HereView,
    LoanView,
    PeopleView,
    PersonRow,
    RevisionView,
    RosterView,
)

#: How far ahead the chart of absences looks.
AHEAD = timedelta(days=49)

_CHANGES = 12


def here_view(person: Person, at: datetime) -> HereView:
    """Whether somebody is here."""
    if not person.active:
        return HereView(state="left")
    absence = person.absence(at)
    if absence is not None:
        return HereView(state="away", until=absence.until, stand_in=absence.stand_in or "")
    return HereView(state="here")


def limit_words(person: Person) -> str:
    """What somebody's own limit says."""
    return "no limit of their own" if person.limit is None else f"up to {person.limit:,.2f}"


def person_row(context: Context, viewer: str, name: str, held: int | None = None) -> PersonRow:
    """One person, as the viewer may see them."""
    people = context.people
    person = people.people[name]
    kept = personnel.private(people, viewer, name)
    return PersonRow(
        name=name, called=person.name, roles=tuple(person.roles), team=person.team or "",
        queues=people.queues_of(name), here=here_view(person, context.clock()),
        limit="" if kept else limit_words(person), held=None if kept else held,
    )  # fmt: skip


def people_view(context: Context, shell: ShellView, query: str) -> PeopleView:
    """Everyone whose name, team, role or queue has what was asked for."""
    viewer, people = shell.person or "", context.people
    loads = personnel.open_by_person(context)
    every = [person_row(context, viewer, name, loads.get(name, 0)) for name in people.people]
    every.sort(key=lambda row: (row.here.state == "left", row.name))
    asked = query.casefold()
    rows = [
        row
        for row in every
        if any(asked in text.casefold() for text in (row.name, row.called, row.team, *row.roles, *row.queues))
    ]
    away = [row for row in every if row.here.state == "away"]
    return PeopleView(
        shell=shell, rows=tuple(rows), here=sum(row.here.state == "here" for row in every), away=len(away),
        uncovered=tuple(row.name for row in away if not row.here.stand_in and row.queues), query=query,
        wide=rosters.sees_everyone(people, viewer), adds=rosters.may(people, viewer, "people", "", "name"),
    )  # fmt: skip


# Authority


def loan_view(context: Context, viewer: str, one: Delegation) -> LoanView:
    """Authority that is lent."""
    lender = context.people.people[one.by]
    today = lender.day(context.clock())
    row = one.model_dump(mode="json", by_alias=True)
    ends = one.until >= today and rosters.may(context.people, viewer, "delegations", row=row)
    return LoanView(
        by=one.by, to=one.to, decides=decides_words(one.decides), start=one.start, until=one.until,
        because=one.because, now=one.covers(today), row=row_id(one) if ends else "",
    )  # fmt: skip


def decides_words(decides: Sequence[str]) -> str:
    """What somebody decides, in words."""
    return "everything" if ANYTHING in decides else ", ".join(words(one) for one in decides)


def grant_notes(grant: Grant) -> tuple[str, ...]:
    """What a row hangs on besides limit and grade."""
    notes = [f"{words(fact)} is {' or '.join(allowed)}" for fact, allowed in grant.only.items()]
    if grant.split is not None:
        notes.append(f"{grant.split.limit} a subject in {in_words(grant.split.within)}")
    return tuple(notes)


def second_words(grant: Grant | None) -> str:
    """Whether somebody else has to agree."""
    if grant is None:
        return "never"
    return f"from {grant.second}" if isinstance(grant.second, Money) else grant.second


def lend_words(grant: Grant | None) -> str:
    """For how long it may be lent."""
    if grant is None:
        return "yes"
    return "no" if grant.delegate is None else f"for {in_words(grant.delegate)}"


def grant_view(people: People, viewer: str, grant: Grant) -> GrantView:
    """One row of authority, as it is written."""
    who = grant.person or (f"team {grant.team}" if grant.team else f"every {grant.role}")
    row = grant.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return GrantView(
        row=row_id(grant), who=who, decides=decides_words(grant.decides), notes=grant_notes(grant),
        limit=str(grant.limit) if grant.limit is not None else "", grade=grant.consequence or "",
        above=grant.above or "", second=second_words(grant), write=", ".join(grant.write),
        delegate=lend_words(grant), edits=rosters.may(people, viewer, "authority", row=row),
    )  # fmt: skip


def authority_view(context: Context, shell: ShellView) -> AuthorityView:
    """Rows of authority by the process that they are about."""
    viewer, people = shell.person or "", context.people
    groups: dict[str, list[GrantView]] = {}
    for grant in personnel.rows_seen(people, viewer):
        groups.setdefault(grant.process or "", []).append(grant_view(people, viewer, grant))
    free = [
        f"{name}: {words(point)}"
        for name, process in context.processes.current.items()
        for point, _ in process.map.places
        if not people.grants(name, point)
    ]
    loans = [loan_view(context, viewer, one) for one in personnel.delegations_seen(people, viewer)]
    return AuthorityView(
        shell=shell, groups=tuple((name, tuple(rows)) for name, rows in sorted(groups.items())),
        open=tuple(free), loans=tuple(sorted(loans, key=lambda one: one.start)),
        all=rosters.sees_everyone(people, viewer),
        adds=rosters.may(people, viewer, "authority", row={"person": ""}),
    )  # fmt: skip


# Absences


def absence_views(context: Context, viewer: str, name: str) -> list[AbsenceView]:
    """When somebody is away, from today on."""
    person = context.people.people[name]
    today = person.day(context.clock())
    ends = rosters.may(context.people, viewer, "people", name, "absences")
    return [
        AbsenceView(
            person=name, start=one.start, until=one.until, stand_in=one.stand_in or "",
            now=one.covers(today), row=row_id(one) if ends else "",
        )
        for one in person.absences
        if one.until >= today
    ]  # fmt: skip


def absences_view(context: Context, shell: ShellView) -> AbsencesView:
    """Who is away from today on."""
    viewer, today = shell.person or "", context.clock().date()
    active = [name for name, person in context.people.people.items() if person.active]
    rows = [view for name in active for view in absence_views(context, viewer, name)]
    rows.sort(key=lambda one: (one.start, one.person))
    spans = [
        Span(one.person, "gone", one.start, one.until, one.stand_in and f"{one.stand_in} stands in")
        for one in rows
        if one.start <= today + AHEAD
    ]
    chart = days_chart("absences", "Who is away", spans, today=today, until=today + AHEAD) if spans else None
    return AbsencesView(
        shell=shell, rows=tuple(rows), away=len({one.person for one in rows if one.now}), chart=chart
    )


def spans_of(absences: Iterable[Absence], loans: Iterable[Delegation], name: str) -> list[Span]:
    """What a person's chart shows: when they are away, and what is lent by and to them."""
    spans = [
        Span("Away", "gone", one.start, one.until, f"{one.stand_in} stands in" if one.stand_in else "")
        for one in absences
    ]
    for loan in loans:
        lends = loan.by == name
        label = f"{'to' if lends else 'from'} {loan.to if lends else loan.by}"
        spans.append(Span("Lends" if lends else "Is lent", "dep", loan.start, loan.until, label))
    return spans


# History


def roster_view(
    shell: ShellView, told: Sequence[tuple[Revision, list[rosters.Change]]]
) -> RosterView:  # fmt: skip
    """Who changed what, newest first."""
    rows = [
        RevisionView(
            number=revision.rev, at=revision.at, by=revision.by, because=revision.because,
            changes=tuple(str(one) for one in made[:_CHANGES]), more=max(0, len(made) - _CHANGES),
        )
        for revision, made in told
    ]  # fmt: skip
    since = shell.now - personnel.LATELY
    return RosterView(shell=shell, rows=tuple(rows), lately=sum(row.at >= since for row in rows))
