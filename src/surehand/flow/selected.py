"""One thing done with several cases: each in a transaction of its own, by the verb that does it with one.

No verdict is among them: a verdict says what one person saw of one case.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from surehand.core.case import Assignment, Case
from surehand.core.precedence import Precedence
from surehand.errors import Fault, InvalidInput, SurehandError
from surehand.flow import handling
from surehand.flow.context import Context
from surehand.flow.review import Also, claim
from surehand.store import cases, handled
from surehand.store.handled import Handled

#: Cases that are done together at most: a page.
MOST = 50

#: How long something can be put back.
UNDO = timedelta(seconds=60)

#: How long it is kept what came of it.
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is done with each.

    what   claim, snooze, release, reassign or priority
    until  to put it off: until when
    to     to hand it on: to whom
    """

    what: str
    until: datetime | None = None
    to: str = ""
    precedence: Precedence = Precedence.NORMAL
    note: str = ""


#: What can be done with several.
TASKS = ("claim", "snooze", "release", "reassign", "priority")


@dataclass(frozen=True, slots=True)
class Picked:
    """One of those that were selected: a case, and the assignment of it that was seen."""

    case_id: str
    of: str


def together(context: Context, person: str, picked: Sequence[Picked], task: Task) -> Handled:
    """Do it with each; who is refused one is told why, and the others are done.

    raises  InvalidInput where nothing, or more than MOST, is selected
    """
    if not picked:
        raise InvalidInput([Fault("selection", "select at least one case")])
    if len(picked) > MOST:
        raise InvalidInput([Fault("selection", f"select at most {MOST} cases at once")])
    verb = _verb(context, person, task)
    refused: list[dict[str, Any]] = []
    with _noted(context, person, task.what, refused) as done:
        for one in dict.fromkeys(picked):
            try:
                _recorded(context, one.case_id, one.of, done, partial(verb, one.case_id, of=one.of))
            except SurehandError as error:
                refused.append({"case": one.case_id, "because": sentence(error)})
    return done.kept


def alone(
    context: Context, person: str, what: str, case_id: str, of: str | None, verb: Callable[..., Case]
) -> None:
    """Do it with one, so that it can be put back. Raises what the verb raises.

    verb  takes `also`, see `flow.review.Also`
    """
    if of is None:
        with context.db.read() as connection:
            held = cases.open_assignments(connection, [case_id]).get(case_id)
        of = held.id if held is not None else None
    with _noted(context, person, what, []) as done:
        _recorded(context, case_id, of, done, verb)


def _verb(context: Context, person: str, task: Task) -> Callable[..., Case]:
    match task.what:
        case "claim":
            return partial(claim, context, person)
        case "snooze":
            return lambda case_id, **more: handling.snooze(
                context, person, case_id, task.until, note=task.note, **more
            )
        case "release":
            return partial(handling.release, context, person, note=task.note)
        case "reassign":
            return lambda case_id, **more: handling.reassign(
                context, person, case_id, task.to, note=task.note, **more
            )
        case _:
            return lambda case_id, **more: handling.prioritise(
                context, person, case_id, task.precedence, task.note, **more
            )


def sentence(error: SurehandError) -> str:
    """Why something was refused."""
    told = error.faults[0].message if isinstance(error, InvalidInput) and error.faults else error.detail
    return f"{told.rstrip('.')}."


# How it was before


@dataclass(slots=True)
class _Done:
    """What was done so far, with how each was before."""

    entries: list[dict[str, Any]]
    record: Handled | None = None

    @property
    def kept(self) -> Handled:
        """As it is kept."""
        assert self.record is not None
        return self.record


@contextmanager
def _noted(context: Context, person: str, what: str, refused: list[dict[str, Any]]) -> Iterator[_Done]:
    """What was done is kept at the end, whatever comes between."""
    done = _Done([])
    try:
        yield done
    finally:
        if done.entries or refused:
            now = context.clock()
            body = {"done": done.entries, "refused": refused}
            record = Handled(secrets.token_urlsafe(16), person, now, what, body)
            context.db.write(lambda connection: handled.keep(connection, record, forget=now - KEPT))
            done.record = record


def _recorded(
    context: Context, case_id: str, of: str | None, done: _Done, verb: Callable[..., Case]
) -> None:  # fmt: skip
    """Do it, and note how it was.

    What was read before is how it was if the case has moved on by one revision since, and only then.
    """
    with context.db.read() as connection:
        before = cases.assigned(connection, of) if of is not None else None
        head = cases.heads(connection, [case_id]).get(case_id)
    entries: list[dict[str, Any]] = []

    def also(connection: Connection, saved: Case) -> None:
        entries.clear()  # a transaction may be tried again
        after = cases.assigned(connection, of) if of is not None else None
        entry: dict[str, Any] = {"case": case_id}
        if head is not None and before is not None and saved.rev == head.rev + 1 and after != before:
            entry |= {"of": before.id, "rev": saved.rev, "was": was_before(before), "rank": head.precedence}
        entries.append(entry)

    given: Also[Case] = also
    verb(also=given)
    done.entries.extend(entries)


def was_before(given: Assignment) -> dict[str, Any]:
    """What of an assignment changes when it is handled."""
    return {
        "person": given.person, "backup": given.backup, "precedence": given.precedence, "turn": given.turn,
        "snoozed_until": _text(given.snoozed_until), "relax_at": _text(given.relax_at),
    }  # fmt: skip


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
