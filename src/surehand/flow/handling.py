"""What people do with work other than decide it: give it back, hand it on, put it off, let it come first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from surehand.core.assignment import Pick
from surehand.core.authority import denial
from surehand.core.case import BESIDE, Case
from surehand.core.matters import as_judged, matter_of
from surehand.core.passage import Passage
from surehand.core.precedence import Precedence
from surehand.core.roles import Role
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput
from surehand.flow.choosing import OpenOf, apart, given, picked_anew
from surehand.flow.context import Context
from surehand.flow.review import Also, decided_already, raced
from surehand.flow.standing import Standing, right_of, standing
from surehand.store import cases, saving
from surehand.store.handing import Held

_LONGEST_NOTE = 2_000

#: People who are asked about for a list to choose from.
_OFFERED = 200

Did = Callable[[Connection, Standing, Passage], None]


def release(
    context: Context, person: str, case_id: str, *, of: str | None = None, note: str = "",
    also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Give what a person has back to its queue: somebody else who may decide it gets it, if anybody does.

    The deadline stays.

    of      id of the assignment, see `submit_verdict`
    raises  Conflict where it is not theirs any more, or nobody else may decide it, NotFound
    """

    def did(connection: Connection, found: Standing, passage: Passage) -> None:
        _theirs(person, found)
        held = Held(found.assignment, found.case, found.judgement)
        to = picked_anew(
            context, context.office(), found.process, held, besides={person},
            open_of=partial(cases.open_of, connection),
        )  # fmt: skip
        if to.person == person or not context.people.here(to.person, passage.at):
            raise Conflict(
                "Nobody else who is here may decide this, so it stays with you", state=found.case.state
            )
        given(passage, found.assignment, to)
        passage.note(
            "released", person, taken_from=person, to=to.person, picked=to.because, note=note,
            due_at=found.assignment.due_at.isoformat(),
        )  # fmt: skip

    return _handled(context, person, case_id, of, did, also, note=note)


def reassign(
    context: Context, person: str, case_id: str, to: str, *, of: str | None = None, note: str = "",
    also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Give a case to a named person who may decide it. For whoever answers for its queue, and for owners.

    The deadline stays.

    raises  Forbidden, InvalidInput where the receiver may not decide it or is not here, Conflict, NotFound
    """

    def did(connection: Connection, found: Standing, passage: Passage) -> None:
        if not answers_for(context, person, found):
            raise Forbidden(f"{person} does not answer for the queue {found.assignment.queue}")
        before = found.assignment.person
        if to == before:
            raise Conflict(f"{to} has it already", state=found.case.state)
        if to == person and isinstance(right := right_of(context, person, found), str):
            raise Forbidden(right)  # to be given work from outside its queue takes somebody else
        if why := not_receiving(context, found, to, partial(cases.open_of, connection)):
            raise InvalidInput([Fault("to", why)])
        given(passage, found.assignment, Pick(to, "named"))
        passage.note(
            "reassigned", person, taken_from=before, to=to, note=note,
            due_at=found.assignment.due_at.isoformat(),
        )  # fmt: skip

    return _handled(context, person, case_id, of, did, also, note=note)


def snooze(
    context: Context, person: str, case_id: str, until: datetime | None, *, of: str | None = None,
    note: str = "", also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Put off what a person has: until then it is not among their work. The deadline goes on.

    until   before the deadline; None: take it up again now
    raises  InvalidInput, Conflict where it is not theirs any more, NotFound
    """

    def did(_: Connection, found: Standing, passage: Passage) -> None:
        _theirs(person, found)
        assignment = found.assignment
        if until is not None and until <= passage.at:
            raise InvalidInput([Fault("until", "must be later than now")])
        if until is not None and until >= assignment.due_at:
            due = f"{assignment.due_at:%Y-%m-%d %H:%M} UTC"
            raise InvalidInput([Fault("until", f"must be before the deadline, which goes on: {due}")])
        if until == assignment.snoozed_until:
            return
        passage.update(replace(assignment, snoozed_until=until))
        passage.note("snoozed", person, until=until.isoformat() if until else None, note=note)

    return _handled(context, person, case_id, of, did, also, note=note)


def prioritise(
    context: Context, person: str, case_id: str, precedence: Precedence, note: str, *,
    of: str | None = None, also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Say how soon a case that waits is looked at, next to others. For who may decide it or answers for it.

    note    why, for the record
    raises  Forbidden, InvalidInput, Conflict, NotFound
    """

    def did(connection: Connection, found: Standing, passage: Passage) -> None:
        right = right_of(context, person, found)
        refused = right if isinstance(right, str) else ""
        if refused and not answers_for(context, person, found):
            raise Forbidden(refused)
        if not note.strip():
            raise InvalidInput([Fault("note", "write why, for the record")])
        if found.case.precedence == precedence.rank:
            raise Conflict(f"Its priority is {precedence} already", state=found.case.state)
        passage.move(precedence=precedence.rank)
        for one in cases.open_of(connection, case_id):
            passage.update(replace(one, precedence=precedence.rank))
        passage.note("prioritised", person, precedence=str(precedence), note=note)

    return _handled(context, person, case_id, of, did, also, note=note)


def answers_for(context: Context, person: str, found: Standing) -> bool:
    """Owner or backup of the queue, owner of the process, or an owner or administrator here."""
    return answers(context, person, found.assignment.queue, found.process.map.owner)


def answers(context: Context, person: str, name: str, owner: str) -> bool:
    """The same of a queue by its name, and the owner of a process."""
    who, queue = context.people.people.get(person), context.people.queues.get(name)
    if who is None or not who.active:
        return False
    theirs = (owner, *((queue.owner, queue.backup) if queue else ()))
    return person in theirs or who.has(Role.OWNER, Role.ADMINISTRATOR)


def not_receiving(context: Context, found: Standing, to: str, open_of: OpenOf) -> str:
    """Why somebody cannot be given this, in words; '' where they can."""
    people, now, assignment = context.people, context.clock(), found.assignment
    case = as_judged(found.case, found.judgement) if assignment.kind in BESIDE else found.case
    matter = matter_of(
        case, found.process, point=assignment.point, queue=assignment.queue, at=now, assignee=to,
        others=context.others, eyes=assignment.eyes,
    )  # fmt: skip
    if refused := denial(people, to, matter):
        return refused
    if to in apart(context, found.case, found.process, assignment, open_of):
        return f"{to} has, or had, another part in this case"
    if not people.here(to, now):
        return f"{to} is away until {people.back(to, now):%Y-%m-%d}; choose somebody who is here"
    return ""


def receivers(context: Context, found: Standing) -> tuple[str, ...]:
    """Who can be given this: people of the queue first, then others, by name; of very many the first."""
    people, has, open_of = context.people, found.assignment.person, context.open_of
    names = list(dict.fromkeys([*people.everybody(found.assignment.queue), *sorted(people.people)]))
    return tuple(
        name for name in names[:_OFFERED] if name != has and not not_receiving(context, found, name, open_of)
    )


def _theirs(person: str, found: Standing) -> None:
    has = found.assignment.person
    if has != person:
        raise Conflict(f"{has} has this now, and you do not", state=found.case.state)


def _handled(
    context: Context, person: str, case_id: str, of: str | None, did: Did, also: Also[Case] | None, *,
    note: str,
) -> Case:  # fmt: skip
    if len(note) > _LONGEST_NOTE:
        raise InvalidInput([Fault("note", f"must be at most {_LONGEST_NOTE:,} characters")])

    def transaction(connection: Connection) -> Case:
        found = standing(context, connection, person, case_id, of=of)
        if found.assignment.pending is not None:
            raise decided_already(found, person)
        passage = Passage(found.case, at=context.clock())
        did(connection, found, passage)
        saved = saving.save(connection, [passage.change()])[0] if passage.changed else found.case
        if also is not None:
            also(connection, saved)
        return saved

    return raced(context, person, case_id, transaction)
