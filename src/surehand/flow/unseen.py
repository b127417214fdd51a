"""What one person may know of a case now: where they decide it alone, or check how it was decided.

Every case, list, page, event, count and conflict that a person gets goes through here.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, Case, CaseState, Judgement, Verdict, about, with_changes
from surehand.core.four_eyes import ANSWERS
from surehand.core.lifecycle import may_be_checked
from surehand.core.steps import DecisionPoint
from surehand.core.values import shown
from surehand.errors import Forbidden
from surehand.flow.choosing import process_of
from surehand.flow.context import Context
from surehand.flow.judging import question
from surehand.flow.plainly import (
    entered_unseen,
    plain_because,
    plain_event,
    plain_readings,
    plain_reasons,
    untagged,
)
from surehand.store import cases
from surehand.store.desk import Waiting

#: Revision under which whoever checks a case sees it: no case has it, and it does not grow with the case.
REV = 0

#: What is said to whoever wants anything else of a case that they have to check first.
FIRST = "You have a spot check of this case: decide it first"

#: Letters of cases that are looked at together.
_TOGETHER = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """What is kept from one person of one case.

    checks  spot checks of it that they have to decide unseen, the first one first
    hidden  the decision point that a person decides alone; None if none
    judged  all judgements of the case
    entered  facts that were read and that nobody may know yet: somebody may have to enter them unseen
    anew    the case is not in its first round
    secret  of the deployment
    person  who they are; None: anybody
    open    the case has not ended
    """

    process: BoundProcess | None
    checks: tuple[Assignment, ...]
    hidden: str | None
    judged: tuple[Judgement, ...]
    entered: frozenset[str]
    anew: bool
    secret: bytes
    person: str | None = None
    open: bool = False

    def case(self, case: Case) -> Case:
        """The case; for whoever checks it as it was when the decision fell, as far as that can be told."""
        if self.checks:
            return self._before(case)
        if self.hidden is not None:
            case = replace(case, readings=plain_readings(case.readings))
        return self._unread(case)

    def _unread(self, case: Case) -> Case:
        """The case without what was read, where it is for a person to enter it."""
        if not self.entered or self.process is None:
            return case
        facts, readings = (
            {name: value for name, value in held.items() if name not in self.entered}
            for held in (case.facts, case.readings)
        )
        # in an earlier round another decision may have made a title of them, a subject, and what is at stake
        title = case.process if self.anew else case.title
        if self.hidden is not None:
            point = self.process.map.step(self.hidden)
            assert isinstance(point, DecisionPoint)
            title = question(point, facts)
        return with_changes(case, facts=facts, readings=readings, title=title, stake=None, subject=None)

    @property
    def _resting(self) -> frozenset[str]:
        """Steps that know what is to be entered: those that verify it, and all after the first of these."""
        steps = self.process.steps if self.process is not None else ()
        first = next((at for at, one in enumerate(steps) if entered_unseen(one) & self.entered), len(steps))
        return frozenset(bound.step.name for bound in steps[first:])

    def _before(self, case: Case) -> Case:
        check, judged, since = self.checks[0], self._checked, self._since
        facts, title, subject = self._facts(case), case.process, None
        if self.process is not None:
            point = self.process.map.step(check.about)
            assert isinstance(point, DecisionPoint)
            title = question(point, facts)
            subject = shown(facts.get(point.subject))[:200] or None if point.subject else None
        exchange = [one for one in case.exchange if datetime.fromisoformat(str(one["at"])) < since]
        kept = {n: reading for n, reading in case.readings.items() if n in facts or n not in case.facts}
        return with_changes(
            case, state=CaseState.WAITING, owner=check.person, due_at=check.due_at, round=check.round,
            updated_at=check.opened_at, rev=REV, title=title, subject=subject, facts=facts, answers={},
            stake=judged.stake if judged else None, grade=judged.grade if judged else None, result=None,
            revoking=None, exchange=tuple(exchange), readings=plain_readings(kept), passed=(),
        )  # fmt: skip

    def _facts(self, case: Case) -> Mapping[str, Any]:
        """Those that were known before the first decision that is checked."""
        if self.process is None:
            return {}
        names = {check.about for check in self.checks}
        place = next(i for i, bound in enumerate(self.process.steps) if bound.step.name in names)
        later = {n for bound in self.process.steps[place:] for n in (bound.step.name, *bound.facts)}
        later |= self.entered
        return {name: value for name, value in case.facts.items() if name not in later}

    @property
    def _checked(self) -> Judgement | None:
        """The judgement of the check that comes first."""
        return judgement_of(self.judged, self.checks[0])

    @property
    def _since(self) -> datetime:
        """When the decision fell that is checked."""
        return self._checked.at if self._checked is not None else self.checks[0].opened_at

    def judgements(self) -> tuple[Judgement, ...]:
        """Without what the AI said, in any round, where a person decides without it; for whoever checks one
        with nothing that came after it."""
        found = self.judged
        if self.checks:
            checked = self._checked
            found = tuple(one for one in found if one is checked or self._earlier(one))
        return tuple(self._without_view(one) if self._tells(one) else one for one in found)

    def _tells(self, one: Judgement) -> bool:
        """A judgement says what this person is to say unseen, or was made with it."""
        return one.point in self._decided_unseen | self._resting

    @property
    def _decided_unseen(self) -> frozenset[str]:
        """Decision points at which this person decides unseen, now or in a check."""
        points = (self.hidden, *(check.about for check in self.checks))
        return frozenset(point for point in points if point is not None)

    def _earlier(self, one: Judgement) -> bool:
        """It was made before the decision that is checked."""
        if one.at != self._since or self.process is None:
            return one.at < self._since
        names = [bound.step.name for bound in self.process.steps]
        return names.index(one.point) < names.index(self.checks[0].about)

    def judgement(self, one: Judgement | None) -> Judgement | None:
        """A judgement that the person may see, as they may see it."""
        return self._without_view(one) if one is not None and self._tells(one) else one

    def _without_view(self, one: Judgement) -> Judgement:
        reasons = () if self.checks else tuple(plain_reasons(self.process, one.point, one.reasons))
        draw = one.draw or {}
        drawn = {name: draw[name] for name in ("keyed", "names") if name in draw} or None
        return replace(
            one, recommendation={}, signals={}, confidence=None, limit=None, reasons=reasons, approves={},
            draw=drawn, shown=kept_digest(self.secret, one.shown),
        )  # fmt: skip

    def assignment(self, given: Assignment) -> Assignment:
        """An assignment without the AI's view in the words why it was given."""
        if self.hidden is None or given.about != self.hidden:
            return given
        judged = judgement_of(self.judged, given)
        return plain_because(
            given, plain_reasons(self.process, given.about, judged.reasons if judged else ())
        )

    def verdicts(self, given: Iterable[Verdict]) -> tuple[Verdict, ...]:
        """Without those that tell what the AI had recommended, where a person decides again without it, or as
        the second of several."""
        if self.checks:
            return ()
        kept = (
            one for one in given
            if about(one.point) != self.hidden or one.fields or not (one.final or one.kind in ANSWERS)
        )  # fmt: skip
        resting = self._resting
        kept = (one if self._tags(one.person) else replace(one, tags=()) for one in kept)
        return tuple(o for o in kept if about(o.point) not in resting and self.entered.isdisjoint(o.fields))

    def links(self, links: Sequence[Link]) -> list[Link]:
        """The audit trail: without what the AI said, and what came of a decision that is checked."""
        kept = links[: min((_decided_at(links, check) for check in self.checks), default=len(links))]
        kept = [plain_event(link, self._decided_unseen, self.entered, anew=self.anew) for link in kept]
        return [link if self._tags(link.actor) else untagged(link) for link in kept]

    def _tags(self, giver: str) -> bool:
        """How this giver tagged an answer may be told: others answer for themselves first."""
        return not self.open or giver == self.person


def veil(
    context: Context, person: str | None, case: Case, *, held: Assignment | None,
    beside: Iterable[Assignment], judged: Iterable[Judgement],
) -> Veil:  # fmt: skip
    """What is kept of a case from a person, or from anybody where none is named.

    held    what the case waits for
    beside  what is open beside its way
    """
    process, checks = process_of(context, case), checks_of(beside, person)
    found = _in_order(process, judged)
    return Veil(
        process=process, checks=checks, judged=found, hidden=hidden_point(case, held, found),
        entered=_entered(process, case, checks, found), anew=case.round > 1, secret=context.secret,
        person=person, open=case.state.open,
    )  # fmt: skip


def _in_order(process: BoundProcess | None, judged: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Oldest first, and those of one moment as their steps are in the map."""
    places = {} if process is None else {bound.step.name: place for place, bound in enumerate(process.steps)}
    return tuple(sorted(judged, key=lambda one: (one.at, one.round, places.get(one.point, -1))))


def _entered(
    process: BoundProcess | None, case: Case, checks: Sequence[Assignment], judged: Sequence[Judgement]
) -> frozenset[str]:
    """What was read and is to be entered unseen: in a check; or nobody knows yet whether it will be."""
    checked, told = {check.about for check in checks}, set(case.answers)
    told |= {one.point for one in judged if one.round == case.round and one.level.shows_recommendation}
    return frozenset(
        name
        for bound in (process.steps if process is not None else ())
        if bound.step.name in checked or (case.state.open and bound.step.name not in told)
        for name in entered_unseen(bound)
    )


def checks_of(beside: Iterable[Assignment], person: str | None) -> tuple[Assignment, ...]:
    """The spot checks among these that this person has to decide unseen, the first one first."""
    mine = [one for one in beside if one.kind == "check" and one.blind and one.person == person]
    return tuple(sorted(mine, key=lambda one: (one.opened_at, len(one.id), one.id)))


def decide_first(connection: Connection, person: str, case_id: str) -> None:
    """Raises Forbidden where a person has to decide a spot check of a case before all else."""
    if cases.checks_held(connection, person, [case_id]):
        raise Forbidden(FIRST)


def as_seen(context: Context, connection: Connection, person: str, case: Case) -> Case:
    """A case that a person is answered with."""
    if not checkable(context, case):
        return case
    return veiled(context, connection, person, [case.id]).get(case.id, case)


def checkable(context: Context, case: Case) -> bool:
    """Somebody may have a spot check of this case; of most, this is known without asking."""
    process = process_of(context, case)
    return process is None or may_be_checked(case, process)


def veiled(context: Context, connection: Connection, person: str, ids: Iterable[str]) -> dict[str, Case]:
    """Those of these cases that a person has to check unseen, as they may see them, without what is large."""
    held = cases.checks_held(connection, person, list(ids))
    if not held:
        return {}
    judged = cases.judgements_of(connection, list(held))
    found: dict[str, Case] = {}
    for some in cases.portions(connection, list(held), most=_TOGETHER):
        for case in cases.load(connection, some).values():
            over = veil(
                context, person, case, held=None, beside=held[case.id], judged=judged.get(case.id, ())
            )
            found[case.id] = with_changes(
                over.case(case), input={}, facts={}, readings={}, brought={}, document=None
            )
    return found


def kept_back(connection: Connection, person: str, ids: Iterable[str]) -> Collection[str]:
    """Those of these cases that a person has to check unseen."""
    return cases.checks_held(connection, person, list(ids))


def rows_shown(
    context: Context, connection: Connection, person: str, rows: Sequence[Waiting]
) -> list[Waiting]:
    """Rows of what waits, as this person may see them."""
    checked = veiled(context, connection, person, [r.case_id for r in rows if r.assignment.kind == "check"])
    hidden = _hidden_in(connection, [r.case_id for r in rows if r.assignment.kind in BESIDE])
    shown_ = []
    for row in rows:
        given = row.assignment
        alone = given.blind or given.about == hidden.get(row.case_id)
        if case := checked.get(row.case_id):
            row = replace(
                row, title=case.title, stake=case.stake, grade=case.grade, confidence=None, limit=None,
                reasons=(),
            )  # fmt: skip
        elif alone and given.kind != "check":
            process = context.processes.current.get(row.process)
            reasons = tuple(plain_reasons(process, given.about, row.reasons))
            row = replace(
                row, confidence=None, limit=None, reasons=reasons,
                assignment=plain_because(given, reasons),
            )  # fmt: skip
        shown_.append(row)
    return shown_


def _hidden_in(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The decision points of cases that a person decides alone now, by case."""
    if not ids:
        return {}
    heads, opened = cases.heads(connection, ids), cases.open_assignments(connection, ids)
    judged = cases.judgements_of(connection, ids)
    points = {n: hidden_point(head, opened.get(n), judged.get(n, ())) for n, head in heads.items()}
    return {name: point for name, point in points.items() if point is not None}


def hidden_point(case: Case, assignment: Assignment | None, judgements: Sequence[Judgement]) -> str | None:
    """The decision point that a person decides alone, now or when the case comes to it again; None if none.

    Not only while it waits: after an edit the engine has the case for a moment, or an exception comes first,
    and what was recommended in the round before would tell what is recommended in the next.
    """
    if assignment is not None and assignment.blind:
        return assignment.point
    if not case.state.open:
        return None
    undecided = [j for j in judgements if j.point not in case.answers and not j.level.shows_recommendation]
    return undecided[-1].point if undecided else None


def judgement_of(judged: Iterable[Judgement], given: Assignment) -> Judgement | None:
    """The judgement that an assignment is about."""
    about = given.about, given.round
    return next((one for one in judged if (one.point, one.round) == about), None)


def kept_digest(secret: bytes, digest: str) -> str:
    """What stands for a digest of what would run, where it would tell what was recommended.

    For a number that is the one answer that is known, so whoever had the digest could try them all.
    """
    return hmac.new(secret, b"shown:" + digest.encode(), hashlib.sha256).hexdigest()


def _decided_at(links: Sequence[Link], check: Assignment) -> int:
    """Where the decision begins to show that is checked."""
    for place, link in enumerate(links):
        body = link.body
        if link.kind != "recommended" or not isinstance(body, Mapping):
            continue
        if (body.get("point"), body.get("round")) == (check.about, check.round):
            return place
    return 0  # it cannot be told, so nothing is
