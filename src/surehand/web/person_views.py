"""The page of one person: what they may decide and hold, when they are there, and who would follow them."""

from surehand.core import rosters
from surehand.core.audit import Link
from surehand.core.case import BESIDE
from surehand.core.people import Person
from surehand.core.phrases import words
from surehand.core.roles import DECIDERS
from surehand.core.showing import brief_path
from surehand.flow import access, personnel
from surehand.flow.context import Context
from surehand.flow.personnel import Decided
from surehand.store.access import Key
from surehand.store.desk import Waiting
from surehand.web.days_chart import days_chart
from surehand.web.desk_views import point_words
from surehand.web.people_views import (
    AHEAD,
    absence_views,
    grant_notes,
    lend_words,
    limit_words,
    loan_view,
    person_row,
    second_words,
    spans_of,
)
from surehand.web.plain import opened
from surehand.web.views import FactView, ShellView
from surehand.web.views.people import (
    AllowanceView,
    HeldView,
    KeyView,
    PersonPageView,
    PrivateView,
    RefusedView,
)

#: With more than this on somebody's desk, who would get it is counted only when it is asked for.
_COUNTED = 200


def person_view(context: Context, shell: ShellView, name: str, *, made: str = "") -> PersonPageView:
    """One person, as the viewer may see them. Raises NotFound."""
    personnel.known(context, name)
    viewer, people = shell.person or "", context.people
    kept = personnel.private(people, viewer, name)
    person = people.people[name]
    loans = [] if kept else [one for one in people.delegations if name in (one.by, one.to)]
    today = person.day(context.clock())
    spans = [
        span
        for span in spans_of(person.absences, loans, name)
        if span.until >= today and span.start <= today + AHEAD
    ]
    chart = days_chart("when", f"When {name} is there", spans, today=today, until=today + AHEAD)
    count = personnel.open_by_person(context).get(name, 0)
    return PersonPageView(
        shell=shell, person=person_row(context, viewer, name, count),
        absences=tuple(absence_views(context, viewer, name)), chart=chart if spans else None,
        private=None if kept else _private(context, viewer, name, count), does=_does(context, viewer, name),
        made=made, team=people.teams[person.team].about if person.team in people.teams else "",
    )  # fmt: skip


def _does(context: Context, viewer: str, name: str) -> tuple[str, ...]:
    """What the reader may do here."""
    people = context.people
    person = people.people[name]
    may = {
        "edit": any(rosters.may(people, viewer, "people", name, field) for field in ("name", "skills")),
        "absence": person.active and rosters.may(people, viewer, "people", name, "absences"),
        "delegate": viewer == name and person.has(*DECIDERS),
        "disable": person.active and rosters.may(people, viewer, "people", name, "active"),
        "enable": not person.active and rosters.may(people, viewer, "people", name, "active"),
        "key": not access.may_make_key(people, viewer, name),
        "revoke": not access.may_revoke_key(people, viewer, name),
    }
    return tuple(what for what, allowed in may.items() if allowed)


def _private(context: Context, viewer: str, name: str, count: int) -> PrivateView:
    people = context.people
    person = people.people[name]
    rows = personnel.held(context, viewer, name)
    loans = [loan_view(context, viewer, one) for one in people.delegations if name in (one.by, one.to)]
    password, keys = personnel.ways_in(context, name)
    leaving: tuple[FactView, ...] = ()
    lone, counted = "", False
    if person.active and viewer != name and count <= _COUNTED:
        found = personnel.if_disabled(context, name)
        counted, lone = True, found if isinstance(found, str) else ""
        if not isinstance(found, str):
            leaving = tuple(FactView(label=to, value=str(many)) for to, many in found.most_common())
    return PrivateView(
        limit=limit_words(person), decides=tuple(_lines(personnel.decided_by(context, name))),
        held=tuple(_held(context, row) for row in rows[: personnel.HELD]), more=len(rows) > personnel.HELD,
        late=sum(row.assignment.due_at < context.clock() for row in rows),
        refused=tuple(_refused(link, name) for link in personnel.refusals(context, name)), loans=tuple(loans),
        facts=_facts(person, password, keys),
        skills=tuple(
            FactView(label=words(skill).capitalize(), value=f"level {level} of 5")
            for skill, level in person.skills.items()
        ),
        keys=tuple(KeyView(row=key.hash[:16], label=key.label, made=key.created_at) for key in keys),
        leaving=leaving, lone=lone, counted=counted,
    )  # fmt: skip


def _lines(decided: list[Decided]) -> list[AllowanceView]:
    lines = []
    for one in decided:
        if not one.alone:
            never = "no row of authority fits"
            lines.append(
                AllowanceView(process=one.process, point=words(one.point), queue=one.queue, never=never)
            )
        for allowed in one.alone:
            grant = allowed.grant
            nothing = allowed.limit is not None and allowed.limit <= 0
            lines.append(
                AllowanceView(
                    process=one.process, point=words(one.point), queue=one.queue, currency=one.currency,
                    limit=allowed.limit, grade=allowed.grade or "",
                    never="their limit is nothing" if nothing and one.currency else "",
                    notes=grant_notes(grant) if grant else (), above=(grant and grant.above) or "",
                    second=second_words(grant), write=", ".join(grant.write) if grant else "",
                    delegate=lend_words(grant),
                )
            )  # fmt: skip
    return lines


def _held(context: Context, row: Waiting) -> HeldView:
    process = context.processes.current.get(row.process)
    kind = row.assignment.kind
    return HeldView(
        case_id=row.case_id, href=brief_path(row.assignment), point=point_words(row.assignment),
        stake=row.stake, currency=process.map.currency if process is not None else "",
        due=row.assignment.due_at, kind=kind if kind in (*BESIDE, "answer") else "",
    )  # fmt: skip


def _refused(link: Link, name: str) -> RefusedView:
    body = link.body if isinstance(link.body, dict) else {}
    case_id = str(body.get("case", ""))
    return RefusedView(at=link.at, text=opened(str(body.get("because", "")), name), case_id=case_id)


def _facts(person: Person, password: bool, keys: list[Key]) -> tuple[FactView, ...]:
    """Who is behind the name."""
    facts = [FactView(label="Signs in", value="with a password" if password else "has no password")]
    facts += [FactView(label="E-mail", value=person.email)] if person.email else []
    facts += [FactView(label="Also known as", value=", ".join(person.aliases))] if person.aliases else []
    many = "none" if not keys else str(len(keys))
    facts.append(FactView(label="API keys", value=many))
    if person.capacity != 1:
        facts.append(FactView(label="Takes", value=f"{person.capacity:g} times as much as others"))
    facts.append(FactView(label="Time zone", value=person.zone))
    return tuple(facts)
