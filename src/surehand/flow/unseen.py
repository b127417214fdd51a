"""What a person must not see of a case while they decide it, or check it, without the AI's view."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, Case, Judgement, with_changes
from surehand.core.lifecycle import as_judged
from surehand.core.process import DecisionPoint
from surehand.flow.judging import question
from surehand.store import cases

#: Kind under which an event is shown whose kind alone would tell too much.
WITHHELD = "withheld"

#: What is said of a reading besides how sure the reader was and what else it might be.
_PLAIN = ("by", "person", "evidence")


def blind_check(connection: Connection, person: str, case_id: str) -> Assignment | None:
    """The spot check of this case that this person has to decide unseen."""
    beside = cases.beside(connection, [case_id]).get(case_id, [])
    return next((one for one in beside if unseen_by(one, person)), None)


def unseen_by(assignment: Assignment, person: str) -> bool:
    """It is a check that this person has to decide without knowing how it was decided."""
    return assignment.kind == "check" and assignment.blind and assignment.person == person


def before_it(
    case: Case, process: BoundProcess | None, check: Assignment, judgement: Judgement | None
) -> Case:
    """The case as it was when the decision fell that is checked, as far as it can be told."""
    case = with_changes(
        as_judged(case, judgement), answers={}, result=None, revoking=None,
        readings=plain_readings(case.readings),
    )  # fmt: skip
    if process is None:
        return with_changes(case, facts={})
    place = next(i for i, bound in enumerate(process.steps) if bound.step.name == check.point)
    point = process.steps[place].step
    assert isinstance(point, DecisionPoint)
    later = {name for bound in process.steps[place:] for name in (bound.step.name, *bound.facts)}
    facts = {name: value for name, value in case.facts.items() if name not in later}
    return with_changes(case, facts=facts, title=question(point, facts))


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


def plain_readings(readings: Mapping[str, Any]) -> dict[str, Any]:
    """Readings without how sure a model was."""
    return {
        name: {part: value for part, value in reading.items() if part in _PLAIN}
        for name, reading in readings.items()
    }


def judgements_shown(
    found: Iterable[Judgement], hidden: str | None, check: Assignment | None
) -> tuple[Judgement, ...]:
    """Judgements without the AI's view, of any round, of what a person is deciding without it.

    hidden  the decision point that a person decides alone
    check   the spot check that the reader has to decide unseen
    """
    points = {hidden, check.point if check is not None else None}
    kept = list(found)
    if check is not None:
        since = next((j.at for j in kept if (j.point, j.round) == (check.point, check.round)), None)
        kept = [j for j in kept if since is None or j.at < since or j.point == check.point]
    return tuple(
        replace(one, recommendation={}, signals={}, confidence=None) if one.point in points else one
        for one in kept
    )


def links_shown(links: Sequence[Link], hidden: str | None, check: Assignment | None) -> list[Link]:
    """The audit trail; withheld is what the AI said, and all that came of a decision that is checked."""
    place = len(links) if check is None else decided_at(links, check)
    shown = [_without_view(link, hidden) for link in links[:place]]
    return shown + [replace(link, kind=WITHHELD, body={"withheld": True}) for link in links[place:]]


def decided_at(links: Sequence[Link], check: Assignment) -> int:
    """Where the decision begins to show that is checked."""
    for place, link in enumerate(links):
        body = link.body
        if link.kind != "recommended" or not isinstance(body, Mapping):
            continue
        if (body.get("point"), body.get("round")) == (check.point, check.round):
            return place
    return 0  # it cannot be told, so nothing is


def _without_view(link: Link, hidden: str | None) -> Link:
    """An event without what must be kept back of it."""
    body = link.body
    if hidden is None or not isinstance(body, dict):
        return link
    if link.kind == "recommended" and body.get("point") == hidden:
        return replace(link, body={"point": hidden, "round": body.get("round"), "withheld": True})
    if link.kind == "read":
        kept = {name: value for name, value in body.items() if name not in ("sure", "similarity")}
        return replace(link, body=kept)
    return link
