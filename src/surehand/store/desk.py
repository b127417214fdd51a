"""What the desk reads: who has what waiting, lists with a cursor, history, today in figures."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)  # fmt: skip

from surehand.core.authority import Ceiling
from surehand.core.case import Assignment
from surehand.core.policy import Grade
from surehand.store.order import ORDER, Mark, overdue, place
from surehand.store.records import ASSIGNMENT, assignment_in_order
from surehand.store.tables import assignment, case, judgement
from surehand.store.unseen import checked_by, not_kept_from

#: How many conditions are kept that say what somebody may see: they are written anew only where that changed.
_MOST_KEPT = 512

#: What is selected where only rows are counted.
ONE = literal(1)

Condition = ColumnElement[bool]

#: A time, or what stands for one in a statement that is written once, see `store.tally`.
Moment = datetime | BindParameter[datetime]


@dataclass(frozen=True, slots=True)
class Which:
    """Which of the waiting cases.

    of_case  an index of cases finds them
    beside   the condition looks at the case too, and an index of assignments finds them
    parts    together they are the same cases, and each is found, in order, with an index of its own: no index
             finds what is either mine or my queue's, and among a million that may be few
    own      they are a person's own: what that person has as a backup is theirs too, see `told`
    """

    where: Condition
    of_case: bool = False
    beside: bool = False
    parts: "tuple[Which, ...]" = ()
    own: bool = False

    @property
    def quick(self) -> "Which | None":
        """Itself where it has no parts, else one of them that an index of assignments counts alone, if any.

        The last of them: what is a person's own comes first, and is less than what a queue has.
        """
        if not self.parts:
            return self
        return next((part for part in reversed(self.parts) if not (part.of_case or part.beside)), None)

    def same(self, other: "Which") -> bool:
        """Both say it in the same words."""
        return (self.of_case, self.beside) == (other.of_case, other.beside) and bool(
            self.where.compare(other.where)
        )

    def only(self, condition: Condition) -> "Which":
        """Those of them for which a condition on the assignment holds."""
        parts = tuple(part.only(condition) for part in self.parts)
        return Which(and_(self.where, condition), self.of_case, self.beside, parts)

    def below(self, sight: "Sight") -> "Which":
        """Those of them that are not beyond a person, and those that are theirs anyway."""
        if not sight.ceilings:
            return self
        seen = or_(assignment.c.person == sight.person, below(sight.ceilings))
        parts = tuple(part.below(sight) for part in self.parts)
        return Which(and_(self.where, seen), self.of_case, True, parts)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see: everything, or what their queues and processes hold, and what is their own.

    ceilings  processes of which they see only what is not beyond them
    entered   processes in which people enter what was read: while a case waits, its subject may tell of that
    """

    person: str
    everything: bool
    processes: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    ceilings: tuple[Ceiling, ...] = ()
    entered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What decides which of the waiting cases a person may know of.

    checks  they have to check one unseen
    backs   they are the backup for one
    """

    person: str
    checks: bool
    backs: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a person, as a list shows it.

    confidence, limit, reasons  of its judgement; None and empty without one
    """

    case_id: str
    title: str
    process: str
    version: str
    submitter: str
    stake: Decimal | None
    grade: Grade | None
    confidence: float | None
    limit: float | None
    reasons: Sequence[Mapping[str, Any]]
    assignment: Assignment


# Which of the waiting cases


def held_by(person: str, *, now: Moment) -> Which:
    """Those of one person, without what they have put off."""
    return Which(and_(assignment.c.person == person, _awake(now)), own=True)


def put_off(person: str, *, now: Moment) -> Which:
    """What a person has put off until later."""
    later = and_(assignment.c.snoozed_until > now, assignment.c.pending_until.is_(None))
    return Which(and_(assignment.c.person == person, later))


def _awake(now: Moment) -> Condition:
    """Nobody has put it off, or until now."""
    return or_(assignment.c.snoozed_until.is_(None), assignment.c.snoozed_until <= now)


def theirs(which: Which, person: str) -> Which:
    """Those of them that one person has."""
    return which.only(assignment.c.person == person)


@lru_cache(maxsize=_MOST_KEPT)
def of_queues(sight: Sight, queues: tuple[str, ...]) -> Which:
    """Those of some queues that a person may see, without the questions that were put to others."""
    found = _either(of_queue(queue) for queue in sorted(queues)).below(sight)
    return found.only(_not_asked_of_others(sight.person))


def of_queue(queue: str) -> Which:
    """Those of one queue, whoever may see them."""
    return Which(assignment.c.queue == queue)


def of_others(sight: Sight, queues: Collection[str], *, now: datetime) -> Which:
    """Those of some queues that others have, have not put off, and that a person might take over."""
    theirs = and_(assignment.c.person != sight.person, assignment.c.kind != "answer", _awake(now))
    return _either(of_queue(queue) for queue in sorted(queues)).below(sight).only(theirs)


@lru_cache(maxsize=_MOST_KEPT)
def within(sight: Sight) -> Which:
    """Those that a person may see, without the questions that were put to others."""
    if sight.everything:
        return Which(_not_asked_of_others(sight.person))
    theirs = [
        Which(assignment.c.person == sight.person),
        *(of_queue(queue).below(sight) for queue in sorted(sight.queues)),
        _of_case(case.c.submitter == sight.person),
        *(_of_case(case.c.process == name).below(sight) for name in sorted(sight.processes)),
    ]
    return _either(theirs).only(_not_asked_of_others(sight.person))


def due(before: datetime | None, ranks: Collection[int] = ()) -> Condition:
    """It is due before a time, and of some precedences; of none, of all. Each view's index finds that."""
    if before is None:
        return assignment.c.precedence.in_(sorted(ranks)) if ranks else true()
    return overdue(before, ranks)


def _of_case(condition: Condition) -> Which:
    return Which(and_(condition, case.c.due_at.is_not(None)), of_case=True)


def below(ceilings: Iterable[Ceiling]) -> Condition:
    """The case is not beyond somebody; one that is not graded yet is nothing to be kept from them."""
    below = []
    for most in ceilings:
        bounds = []
        if most.limit is not None:
            # a decimal is kept as text
            stake = func.abs(cast(case.c.stake, Numeric))
            bounds.append(and_(case.c.stake.is_not(None), stake <= literal(most.limit, Numeric)))
        if most.grade is not None:
            bounds.append(case.c.grade.in_([grade for grade in Grade if grade.rank <= most.grade.rank]))
        below.append(or_(case.c.process != most.process, case.c.grade.is_(None), and_(*bounds)))
    return and_(true(), *below)


def _either(parts: Iterable[Which]) -> Which:
    """What is in any of these. Of nothing, nothing."""
    several = tuple(parts)
    if len(several) == 1:
        return several[0]
    of_case, beside = any(part.of_case for part in several), any(part.beside for part in several)
    return Which(or_(false(), *(part.where for part in several)), of_case, beside, several)


def _not_asked_of_others(person: str) -> Condition:
    return or_(assignment.c.kind != "answer", assignment.c.person == person)


_READER = bindparam("person", type_=Text)
#: What a person has to do with what waits. Most have neither, and what follows is quicker for them.
KNOWN = select(
    checked_by(_READER).exists().label("checks"),
    select(ONE).where(assignment.c.open, assignment.c.backup == _READER).exists().label("backs"),
)


def told(known: Known, which: Which) -> Which:
    """Those of them that a person may know of: of a case that they check unseen, the check alone.

    Their own are those, too, that they have as a backup.
    """
    if which.own and known.backs:
        which = _either((replace(which, own=False), Which(assignment.c.backup == known.person)))
    return which.only(not_kept_from(known.person)) if known.checks else which


def waiting(connection: Connection, which: Which, *, limit: int, after: Mark | None = None) -> list[Waiting]:
    """Cases that wait: what is urgent first, then by deadline."""
    found = _WAITING.limit(limit)
    further = true() if after is None else tuple_(*ORDER) > place(after)
    return [_waiting(row) for row in connection.execute(chosen(found, which, further, limit=limit)).all()]


def chosen(found: Select[Any], which: Which, further: Condition, *, limit: int) -> Select[Any]:
    """The statement for those of the waiting cases alone, as far as the first of them go."""
    if which.parts:
        firsts = [selected(part, assignment.c.id).where(further) for part in which.parts]
        return found.where(assignment.c.id.in_(_first_of_each(firsts, which.parts, limit)))
    return found.where(which.where, further)


def selected(which: Which, column: ColumnElement[Any]) -> Select[Any]:
    """A column of those of the waiting cases."""
    found = select(column).where(assignment.c.open, which.where)
    looks = which.of_case or which.beside
    return found.join_from(assignment, case, case.c.id == assignment.c.case_id) if looks else found


def _first_of_each(found: Sequence[Select[Any]], parts: Sequence[Which], limit: int) -> Any:
    """The most urgent of each part: among them are the most urgent of all."""
    ordered = []
    for statement, part in zip(found, parts, strict=True):
        # both are the same; each is the one that the part's index has
        order = (case.c.precedence, case.c.due_at, case.c.id) if part.of_case else ORDER
        ordered.append(select(statement.order_by(*order).limit(limit).subquery()))
    return union(*ordered)


def bound(mark: Mark) -> Any:
    """Where a page of a list ended, to be compared with the rows after it."""
    return tuple_(literal(mark.at, assignment.c.due_at.type), mark.id)


_OF_CASE = (
    case.c.id, case.c.title, case.c.process, case.c.version, case.c.submitter, case.c.stake, case.c.grade,
    judgement.c.confidence, judgement.c.limit, judgement.c.reasons,
)  # fmt: skip
_WAITING = (
    select(*_OF_CASE, *ASSIGNMENT)
    .join_from(assignment, case, case.c.id == assignment.c.case_id)
    .outerjoin(
        judgement,
        and_(
            judgement.c.case_id == assignment.c.case_id,
            judgement.c.point == assignment.c.point,
            judgement.c.round == assignment.c.round,
        ),
    )
    .where(assignment.c.open)
    .order_by(*ORDER)
)


def _waiting(row: Any) -> Waiting:
    case_id, title, process, version, submitter, stake, grade, confidence, limit, reasons, *given = row
    return Waiting(
        case_id=case_id, title=title, process=process, version=version, submitter=submitter, stake=stake,
        grade=None if grade is None else Grade(grade), confidence=confidence, limit=limit,
        reasons=reasons or (), assignment=assignment_in_order(given),
    )  # fmt: skip
