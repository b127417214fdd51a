"""Views of how queues stand: who is here, what is likely to be late, and what happens when nobody acts."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from surehand.core import rosters
from surehand.core.duration import in_words
from surehand.core.people import Queue
from surehand.core.phrases import words
from surehand.core.roles import SEES_ALL
from surehand.core.terms import Sla, TimeKind
from surehand.errors import NotFound
from surehand.flow.context import Context
from surehand.flow.foreseeing import QueueOutlook, outlook
from surehand.flow.personnel import waiting_in
from surehand.flow.queues import PersonNow, queues_now
from surehand.flow.sight import not_beyond
from surehand.store.unseen import checks_any
from surehand.web.people_views import here_view, limit_words
from surehand.web.views import (
    LateView,
    MemberView,
    QueueNowView,
    QueueRow,
    QueuesView,
    RungsView,
    ShellView,
    StandingView,
)

#: Cases that are named of those that are likely to be late.
_NAMED = 20


def queues_view(context: Context, shell: ShellView) -> QueuesView:
    """Every queue, with who is there."""
    viewer, people = shell.person or "", context.people
    rows = [_queue_row(context, viewer, name, queue) for name, queue in people.queues.items()]
    blind = _blind(context, viewer)
    seen = [outlook(context, row.name) for row in rows if row.waiting is not None and not blind]
    risks = {one.queue: one.at_risk for one in seen}
    rows = [replace(row, at_risk=risks.get(row.name)) for row in rows]
    return QueuesView(
        shell=shell, rows=tuple(rows), figures=standing_view(context, seen) if seen else None,
        acting=tuple(row.name for row in rows if not row.owned),
        adds=rosters.may(people, viewer, "queues", "", "owner"),
    )  # fmt: skip


def _queue_row(context: Context, viewer: str, name: str, queue: Queue) -> QueueRow:
    people, now = context.people, context.clock()
    here = {one: here_view(people.people[one], now).state for one in people.everybody(name)}
    skills = ", ".join(f"{words(skill)} {needed.level}" for skill, needed in queue.skills.items())
    return QueueRow(
        name=name, owner=queue.owner, backup=queue.backup or "", members=tuple(here.items()),
        strategy=queue.strategy.replace("-", " "), skills=skills,
        due=in_words(queue.due) if queue.due is not None else "",
        waiting=waiting_in(context, viewer, name), owned=here[queue.owner] == "here",
        edits=rosters.may(people, viewer, "queues", name, "members"),
    )  # fmt: skip


def standing_view(context: Context, found: list[QueueOutlook]) -> StandingView:
    """What several queues come to together."""
    looked = context.lookout.last
    over = sum(one.over for one in found)
    in_time = sum((one.on_time or 0) * one.over for one in found)
    return StandingView(
        queues=len(found), waiting=sum(one.waiting for one in found),
        at_risk=sum(one.at_risk for one in found),
        oldest=min((one.oldest for one in found if one.oldest is not None), default=None),
        on_time=in_time / over if over else None,
        orphans=None if looked is None else looked.found - looked.mended,
        looked_at=None if looked is None else looked.at,
    )  # fmt: skip


def queue_view(context: Context, shell: ShellView, name: str) -> QueueNowView:
    """One queue. Raises NotFound for one that is not there, or not for the reader."""
    viewer, people = shell.person or "", context.people
    if name not in people.queues or waiting_in(context, viewer, name) is None:
        raise NotFound(f"There is no queue {name} of yours")
    queue, seen, blind = people.queues[name], outlook(context, name), _blind(context, viewer)
    (now,) = queues_now(context, [name])
    knows = people.people[viewer].has(*SEES_ALL) or viewer in (queue.owner, queue.backup)
    knows = knows and not blind
    told = _told(context, viewer, seen) if knows else ()
    members = {one.name: ("member", one) for one in now.members}
    members |= {now.backup.name: ("backup", now.backup)} if now.backup else {}
    members |= {now.owner.name: ("owner", now.owner)}
    late = tuple(
        LateView(
            case_id=row.case_id, title=row.title, due_at=row.due_at, expected_at=row.expected_at,
            holder=row.holder,
        )
        for row in seen.rows
        if row.case_id in told
    )  # fmt: skip
    return QueueNowView(
        shell=shell, name=name, owner=queue.owner, acts=now.acts,
        figures=None if blind else standing_view(context, [seen]),
        members=tuple(
            _member(context, part, one, knows=knows or one.name == viewer, blind=blind)
            for part, one in members.values()
        ),
        late=late if knows else None, rungs=tuple(_rungs(context, name, queue)),
        edits=rosters.may(people, viewer, "queues", name, "members"),
    )  # fmt: skip


def _blind(context: Context, viewer: str) -> bool:
    """Figures of a queue would tell what became of a case that the reader has to check unseen."""
    with context.db.read() as connection:
        return checks_any(connection, viewer)


def _told(context: Context, viewer: str, seen: QueueOutlook) -> Collection[str]:
    """The first that are likely to be late, without what is beyond the reader."""
    late = [row.case_id for row in seen.rows if row.late][:_NAMED]
    with context.db.read() as connection:
        return not_beyond(context, connection, viewer, late, decides=True)


def _member(context: Context, part: str, one: PersonNow, *, knows: bool, blind: bool) -> MemberView:
    return MemberView(
        name=one.name, part=part, here=one.here, back=one.back, stand_in=one.stand_in or "",
        holds=None if blind else one.holds, decided=None if blind else one.decided,
        limit=limit_words(context.people.people[one.name]) if knows else "",
    )  # fmt: skip


def _rungs(context: Context, name: str, queue: Queue) -> Iterator[RungsView]:
    """By kind of work that waits there, what its map says."""
    for process in context.processes.current.values():
        for place in process.map.waits:
            if name in place.all_queues:
                told = tuple(_said(place.sla, queue, process.map.owner))
                yield RungsView(name=f"{process.name}, {words(place.name)}", rungs=told)


def _said(sla: Sla, queue: Queue, owner: str) -> Iterator[tuple[str, str]]:
    """The rungs of a deadline in words, each with when it is climbed."""
    due = sla.due or queue.due
    kind = " of working time" if sla.time is TimeKind.WORKING else ""
    above = sla.escalate_to or queue.backup or queue.owner
    climbed = [
        (sla.remind, "the holder is reminded"), (sla.warn, f"{queue.owner} is warned"),
        (sla.share, f"{queue.backup or queue.owner} gets it as well, and whoever is first decides"),
        (due, f"{above} gets it, with as much time again; then {owner}"),
    ]  # fmt: skip
    if sla.expire is not None:
        end = "is refused" if sla.expire.to == "reject" else "is closed"
        climbed.append((sla.expire.after, f"it {end}, and nothing runs: time never approves"))
    there = [(span, what) for span, what in climbed if span is not None]
    for span, what in sorted(there, key=lambda rung: rung[0]):
        yield f"{in_words(span)}{kind}", what
