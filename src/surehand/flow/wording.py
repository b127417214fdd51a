"""Reasons proposed from what people write under `other`, for the owner of the process.

Nothing is published by it: taken up is what somebody writes into the map, in the usual way.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from surehand.core.process import Process
from surehand.core.steps import DecisionPoint
from surehand.core.values import unstorable
from surehand.core.wordings import Note, Wording, proposed
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow import reporting
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.flow.remarks import shown_to
from surehand.store import audit, remarks

#: So far back notes are looked at.
SPAN = timedelta(days=90)

_LONGEST_NOTE = 2_000

_PLAIN = re.compile("[a-z]+(-[a-z]+)+")

#: Notes that a proposal quotes.
_QUOTED = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reason that people would have picked, had it been there.

    id      names it while its notes have the same words in common
    name    suggested
    shared  the words that its notes have in common
    quotes  the latest of them: (case, person, note)
    yaml    what a map would say with it
    """

    id: str
    point: str
    name: str
    shared: tuple[str, ...]
    notes: int
    people: int
    quotes: tuple[tuple[str, str, str], ...]
    yaml: str


def proposals(context: Context, process: str, *, person: str | None = None) -> list[Proposal]:
    """Reasons that are proposed for the decision points of a process, the largest of each first.

    For its owner, and whoever sees all cases; others get none. None is whoever runs the deployment.
    """
    bound = context.processes.current.get(process)
    if bound is None or not _may_see(context, bound.map, person):
        return []
    with context.db.read() as connection:
        found = _found(context, connection, bound.map, person)
    return [_proposal(point, one) for point, one in found]


def set_aside(context: Context, person: str, process: str, point: str, id: str, note: str) -> None:
    """The owner does not want a proposal: it comes again only once there are twice as many notes.

    note    why, for the record
    raises  NotFound, Forbidden for anybody but the owner, InvalidInput, Conflict where it is gone or changed
    """
    bound = context.processes.current.get(process)
    if bound is None or not reporting.may_see(context, person, process):
        raise NotFound(f"There is no process {process}, or you may not see it")
    if person != bound.map.owner:
        raise Forbidden(f"{bound.map.owner} answers for {process}, and says which reasons it has")
    note = note.strip()
    if not note:
        raise InvalidInput([Fault("note", "write why, for the record")])
    if len(note) > _LONGEST_NOTE:
        raise InvalidInput([Fault("note", f"must be at most {_LONGEST_NOTE:,} characters")])
    if fault := unstorable(note, path="note"):
        raise InvalidInput([Fault("note", fault)])
    now = context.clock()

    def transaction(connection: Connection) -> None:
        there = _found(context, connection, bound.map, person)
        one = next((one for at, one in there if (at.name, one.id) == (point, id)), None)
        if one is None:
            raise Conflict("This proposal is not as you saw it: other notes came, or it was set aside")
        words = tuple(sorted(one.keys))
        remarks.put_aside(
            connection, process, point, words, notes=len(one.notes), by=person, at=now, note=note
        )
        body = {
            "process": process, "point": point, "name": one.name, "words": list(words),
            "notes": len(one.notes), "note": note,
        }  # fmt: skip
        audit.record(connection, "reason_set_aside", person, now, body)

    context.db.write(transaction)


def _may_see(context: Context, process: Process, person: str | None) -> bool:
    if person is None:
        return True
    owns = person == process.owner and context.people.active(person)
    return owns or sight_of(context, person).everything


def _found(
    context: Context, connection: Connection, process: Process, person: str | None
) -> Sequence[tuple[DecisionPoint, Wording]]:
    points = {step.name: step for step in process.steps if isinstance(step, DecisionPoint) and step.reasons}
    if not points:
        return []
    notes = remarks.other_notes(connection, process.process, since=context.clock() - SPAN)
    seen = shown_to(context, connection, person, list({one.case_id for one in notes}))
    asides = remarks.asides(connection, process.process)
    found: list[tuple[DecisionPoint, Wording]] = []
    for name, point in points.items():
        here = [
            Note(f"{one.case_id} {one.serial}", one.person, one.note)
            for one in notes if one.point == name and one.case_id in seen
        ]  # fmt: skip
        unwanted = [aside for at, aside in asides if at == name]
        found += [(point, one) for one in proposed(here, reasons=point.reasons, asides=unwanted)]
    return found


def _proposal(point: DecisionPoint, one: Wording) -> Proposal:
    name = one.name or "a-name-of-yours"
    return Proposal(
        id=one.id, point=point.name, name=name, shared=one.shared, notes=len(one.notes), people=one.people,
        quotes=tuple((n.id.partition(" ")[0], n.person, n.text) for n in reversed(one.notes[-_QUOTED:])),
        yaml=f"reasons: [{', '.join(map(_plainly, (*point.reasons, name)))}]",
    )  # fmt: skip


def _plainly(reason: str) -> str:
    """A text of YAML: quoted, where it may be something else, such as yes."""
    return reason if _PLAIN.fullmatch(reason) else json.dumps(reason)
