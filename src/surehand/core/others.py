"""Who else is asked: whoever answers a question, and whoever is above the one who has a case."""

from datetime import datetime

from surehand.core.authority import Matter, denial
from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, Case
from surehand.core.hearing import sla_of
from surehand.core.lifecycle import Office, kept_apart, may_be_checked
from surehand.core.matters import matter_of
from surehand.core.roles import Role


def asked_person(
    case: Case, process: BoundProcess, office: Office, assignment: Assignment, to: str | None, *, by: str
) -> str:
    """Who answers a question: whoever was named, the submitter if a human, the queue's owner, the process's.

    A service cannot answer, and nobody is asked their own question while there is somebody else.
    """
    people = office.people
    if to is not None:
        return to
    queue = people.queues.get(assignment.queue)
    submitter = people.people.get(case.submitter)
    human = submitter is not None and not submitter.has(Role.SERVICE)
    ladder = [case.submitter if human else None, queue.owner if queue else None, process.map.owner]
    ladder += list(people.everybody(assignment.queue))
    able = [name for name in ladder if name and people.active(name)]
    apart = kept_from(case, process, office, assignment)
    others = [name for name in able if name != by]
    return next(iter([name for name in others if name not in apart] or others), by)


def kept_from(case: Case, process: BoundProcess, office: Office, assignment: Assignment) -> frozenset[str]:
    """Who is not to be given this where somebody else can have it."""
    if not may_be_checked(case, process):
        return frozenset()
    unseen = assignment.kind == "check" and assignment.blind
    return kept_apart(office.open_of(case.id), blind_check=unseen, but=assignment.id)


def escalation_target(
    case: Case, process: BoundProcess, office: Office, assignment: Assignment, *, at: datetime,
    but: str | None = None,
) -> str | None:  # fmt: skip
    """Who is above the present holder: the map's target, the backup, the queue owner, the process owner.

    Whoever may decide it comes before those who could only pass it on, and who is here before who is away.
    """
    queue = office.people.queues.get(assignment.queue)
    ladder = [
        sla_of(process, assignment).escalate_to,
        queue.backup if queue else None,
        queue.owner if queue else None,
    ]
    ladder.append(process.map.owner)
    above = [n for n in ladder if n and n not in (assignment.person, but) and office.people.active(n)]
    above.sort(key=lambda name: not office.people.here(name, at))

    def asked(name: str) -> Matter:
        return matter_of(
            case, process, point=assignment.point, queue=assignment.queue, at=at, assignee=name,
            others=office.others, eyes=assignment.eyes,
        )  # fmt: skip

    able = [name for name in above if denial(office.people, name, asked(name)) is None]
    apart = kept_from(case, process, office, assignment)
    free = [name for name in able if name not in apart]
    return next(iter([*free, *able, *above]), None)
