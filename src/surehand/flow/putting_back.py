"""Undo: what somebody just did with work other than decide it is put back exactly as it was.

It is no authority of its own: only who did it may put it back, within `selected.UNDO`, only where nobody has
changed the case since, and only to somebody who may still decide it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from surehand.core.authority import denial
from surehand.core.case import BESIDE, Case
from surehand.core.matters import as_judged, matter_of
from surehand.core.passage import Passage
from surehand.core.precedence import of_rank
from surehand.errors import Conflict, Forbidden, NotFound, SurehandError
from surehand.flow import handling
from surehand.flow.context import Context
from surehand.flow.review import raced
from surehand.flow.selected import KEPT, UNDO, sentence, was_before
from surehand.flow.standing import Standing, right_of, standing
from surehand.store import cases, handled, saving
from surehand.store.handled import Handled


def put_back(context: Context, person: str, id: str) -> Handled:
    """Put back all of it that nobody has changed since; who does not get something back is told why.

    raises  NotFound where it is not theirs, Conflict where it is too late or done already
    """
    with context.db.read() as connection:
        one = handled.find(connection, person, id)
    if one is None:
        raise NotFound("There is nothing to undo any more")
    if one.what == "put_back":
        raise Conflict("This was undone already")
    now = context.clock()
    if now - one.at > UNDO:
        seconds = int(UNDO.total_seconds())
        raise Conflict(f"This can be undone for {seconds} seconds, which are over; nothing was changed")
    done, refused = [], []
    for entry in one.body["done"]:
        case_id = str(entry["case"])
        try:
            _put_back(context, person, one.what, entry)
        except SurehandError as error:
            refused.append({"case": case_id, "because": _because(error)})
        else:
            done.append({"case": case_id})
    settled = replace(
        one, what="put_back", at=now, body={"undone": one.what, "done": done, "refused": refused}
    )
    context.db.write(lambda connection: handled.settle(connection, settled))
    return settled


def done(context: Context, person: str, id: str) -> Handled | None:
    """What somebody did; None where it is not theirs, or too long ago to be told of."""
    with context.db.look() as connection:
        found = handled.find(connection, person, id)
    return found if found is not None and context.clock() - found.at <= KEPT else None


def _because(error: SurehandError) -> str:
    if isinstance(error, Conflict) and (winner := error.extra.get("winner")):
        return f"{winner} decided it meanwhile."
    return sentence(error)


def _put_back(context: Context, person: str, what: str, entry: Mapping[str, Any]) -> None:
    if "was" not in entry:
        raise Conflict("It was changed by somebody else at the same moment")
    case_id, was = str(entry["case"]), entry["was"]

    def transaction(connection: Connection) -> Case:
        found = standing(context, connection, person, case_id, of=str(entry["of"]))
        rev, to = int(entry["rev"]), str(was["person"])
        if found.case.rev == rev + 1 and was_before(found.assignment) == was:
            return found.case  # by the same request, which was sent twice
        _not_moved_on(found, rev)
        if why := _refused(context, person, what, found, to):
            raise Forbidden(why)
        passage, given = Passage(found.case, at=context.clock()), found.assignment
        again = replace(
            given, person=to, backup=was["backup"], precedence=was["precedence"], turn=was["turn"],
            snoozed_until=_time(was["snoozed_until"]), relax_at=_time(was["relax_at"]),
        )  # fmt: skip
        told: dict[str, Any] = {"undone": what}
        if to != given.person:
            told |= {"to": to, "taken_from": given.person}
            if given.kind not in BESIDE:
                passage.move(owner=to)
        if again.snoozed_until is not None:
            told["until"] = again.snoozed_until.isoformat()
        if what == "priority":
            rank = int(entry["rank"])
            passage.move(precedence=rank)
            for one in cases.open_of(connection, case_id):
                passage.update(replace(one, precedence=rank))
            told["precedence"] = str(of_rank(rank))
        passage.update(again)
        passage.note("put_back", person, **told)
        return saving.save(connection, [passage.change()])[0]

    raced(context, person, case_id, transaction)


def _not_moved_on(found: Standing, rev: int) -> None:
    if found.case.rev != rev:
        has = found.assignment.person
        raise Conflict(f"It was changed meanwhile, and {has} has it now", state=found.case.state)


def _refused(context: Context, person: str, what: str, found: Standing, to: str) -> str:
    """Why it is not put back, in words; '' where it is."""
    if what in ("reassign", "priority") and not handling.answers_for(context, person, found):
        right = right_of(context, person, found)
        if what == "reassign" or isinstance(right, str):
            return f"{person} does not answer for the queue {found.assignment.queue} any more"
    given = found.assignment
    if to == given.person:
        return ""
    case = as_judged(found.case, found.judgement) if given.kind in BESIDE else found.case
    matter = matter_of(
        case, found.process, point=given.point, queue=given.queue, at=context.clock(), assignee=to,
        others=context.others, eyes=given.eyes,
    )  # fmt: skip
    return denial(context.people, to, matter) or ""


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
