"""Rows of what waits, measured against one person: what is beyond them, what they may take over."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from surehand.core.authority import Matter, beyond, denial
from surehand.core.case import Case
from surehand.core.matters import decided_at, matter_of
from surehand.core.policy import Grade
from surehand.core.roles import SEES_ALL
from surehand.core.steps import DecisionPoint
from surehand.flow.context import Context
from surehand.store import cases, viewing
from surehand.store.desk import Waiting
from surehand.store.viewing import Viewing


def cases_of(context: Context, connection: Connection, rows: Sequence[Waiting]) -> Mapping[str, Case]:
    """The cases of those rows whose own columns do not say what they ask of a person's authority."""
    closely = any(grant.only or grant.split for grant in context.people.authority)
    asked = [row.case_id for row in rows if closely or _asks_for_others(context, row)]
    return cases.load(connection, asked) if asked else {}


def _asks_for_others(context: Context, row: Waiting) -> bool:
    """Several have to agree, or who has an interest in it is kept from it."""
    process = context.processes.current.get(row.process)
    points = process.map.steps if process is not None else ()
    return row.assignment.eyes is not None or any(
        isinstance(point, DecisionPoint) and point.interested for point in points
    )


def _matter(context: Context, row: Waiting, found: Mapping[str, Case]) -> Matter | None:
    """What a row asks of a person's authority; None where its process does not run here any more."""
    process, given = context.processes.current.get(row.process), row.assignment
    if process is None:
        return None
    if row.case_id in found:
        return matter_of(
            found[row.case_id], process, point=given.point, queue=given.queue, at=context.clock(),
            assignee=given.person, others=context.others, eyes=given.eyes,
        )  # fmt: skip
    return Matter(
        process=row.process, point=decided_at(process, given.point), queue=given.queue,
        grade=row.grade or Grade.LOW, stake=row.stake,
        money=row.grade is not None and process.map.about_money, submitter=row.submitter,
        assignee=given.person, owner=process.map.owner, at=context.clock(), currency=process.map.currency,
        rates=process.map.rates,
    )  # fmt: skip


def not_too_much(
    context: Context, connection: Connection, person: str, rows: Sequence[Waiting]
) -> list[Waiting]:
    """Those of these rows that are not beyond the reader."""
    found = cases_of(context, connection, rows)
    return [row for row in rows if not too_much(context, person, row, found)]


def too_much(context: Context, person: str, row: Waiting, found: Mapping[str, Case]) -> bool:
    """It is beyond the reader, and neither theirs nor sent by them."""
    who = context.people.people[person]
    if person in (row.assignment.person, row.submitter) or who.has(*SEES_ALL):
        return False
    matter = _matter(context, row, found)
    return matter is not None and beyond(context.people, person, matter) is not None


def claimable(context: Context, person: str, row: Waiting, found: Mapping[str, Case]) -> bool:
    given = row.assignment
    if given.person == person or given.kind == "answer" or (given.kind == "check" and given.blind):
        return False
    matter = _matter(context, row, found)
    return matter is not None and denial(context.people, person, matter) is None


def seen_by_others(
    context: Context, connection: Connection, person: str, rows: Sequence[Waiting]
) -> Mapping[str, Sequence[Viewing]]:
    """Who else has had these cases open lately, as far back as any queue lets what was opened be."""
    asked = [queue.reserve for queue in context.people.queues.values() if queue.reserve is not None]
    since = context.clock() - max([viewing.LASTS, *asked])
    found = viewing.of_cases(connection, [row.case_id for row in rows], since=since)
    return {case_id: [one for one in ones if one.person != person] for case_id, ones in found.items()}


def reserved(
    context: Context, rows: Sequence[Waiting], seen: Mapping[str, Sequence[Viewing]]
) -> frozenset[str]:
    """Cases that others opened within the time for which their queue lets that be."""
    now, taken = context.clock(), set()
    for row in rows:
        queue = context.people.queues.get(row.assignment.queue)
        reserve = queue.reserve if queue is not None else None
        if reserve is not None and any(one.seen_at > now - reserve for one in seen.get(row.case_id, ())):
            taken.add(row.case_id)
    return frozenset(taken)
