"""What a brief tells of other cases: of the same subject, of probably the same matter, and alike ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from surehand.core.case import Case
from surehand.core.likeness import (
    IDENTITY_WITHIN,
    Traits,
    Weighed,
    answered,
    flags_of,
    most_alike,
    same_matter,
)
from surehand.core.showing import subject_of
from surehand.core.steps import DecisionPoint
from surehand.flow import desk, unseen
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.flow.witness import known, points_of, sentences_of
from surehand.store import listing, past
from surehand.store.listing import Listed

#: Rows that a brief has room for.
_ELSEWHERE, _TWINS, _PRECEDENTS = 3, 3, 5

#: Precedents of which it is asked whether the reader may see them.
_ALIKE = 100

#: Alike cases that are looked up, so that enough are left when those are out that the reader may not see.
_RANKED = 20


@dataclass(frozen=True, slots=True)
class Twin:
    """A near duplicate, and in what it agrees."""

    case: Listed
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A precedent, what a person answered there, and what was at stake then."""

    case: Listed
    answer: Any
    stake: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Other cases, as one reader may know of them.

    subject     whom the case is about; '' where that is not known
    cases       the last about the same subject, in the same process
    elsewhere   in other processes
    twins       near duplicates
    looked      what near duplicates were looked for by; (): by nothing
    whole       all cases of the subject within that time were looked at; False: the latest
    outcomes    case -> it turned out right, where that was said
    """

    subject: str = ""
    cases: tuple[Listed, ...] = ()
    elsewhere: tuple[Listed, ...] = ()
    twins: tuple[Twin, ...] = ()
    looked: tuple[str, ...] = ()
    whole: bool = True
    outcomes: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedents:
    """Alike cases that people decided, the most alike first.

    flagged   they are alike in why they came to a person, and not only in the recommendation
    answers   what people answered in them, with how often
    outcomes  case -> it turned out right, where that was said
    """

    cases: tuple[Alike, ...] = ()
    flagged: bool = False
    answers: tuple[tuple[Any, int], ...] = ()
    outcomes: Mapping[str, bool] = field(default_factory=dict)


def recalled(context: Context, person: str, standing: Standing, *, decides: bool) -> Recalled:
    """What there was before, for the page of somebody who decides a case or may only look at it.

    Whoever decides sees the cases of its subject, but nothing that is beyond them; all else is what they may
    see anyway.
    """
    case, subject = standing.case, subject_of(standing.case, standing.process)
    if not subject:
        return Recalled()
    with context.db.read() as connection:
        cases = desk.earlier(
            context, connection, person, case.process, subject, before=case.created_at, decides=decides
        )  # fmt: skip
        others = _elsewhere(context, connection, person, case, subject)
        twins, looked, whole = _twins(context, connection, person, standing, subject, decides=decides)
        told = [row.id for row in (*cases, *others)]
        hidden = unseen.kept_back(connection, person, told)
        outcomes = past.outcomes(connection, [id for id in told if id not in hidden])
    return Recalled(
        subject=subject, cases=tuple(cases), elsewhere=others, twins=twins, looked=looked, whole=whole,
        outcomes=outcomes,
    )  # fmt: skip


def precedents(context: Context, person: str, standing: Standing) -> Precedents:
    """Alike cases that people decided at the decision point that this one waits at, or was decided at.

    None of them for whoever decides without the AI's view: what people do in alike cases tells what is
    recommended here.
    """
    judgement, process = standing.judgement, standing.process
    if standing.assignment.blind or judgement is None:
        return Precedents()
    point = next((point for point in points_of(process) if point.name == judgement.point), None)
    if point is None:
        return Precedents()
    here = Weighed(
        flags_of(judgement.reasons, sentences_of(point)), judgement.recommendation.get("value"),
        judgement.stake,
    )  # fmt: skip
    lately = known(context, process, point)
    others = [one for one in lately.precedents if one.case_id != standing.case.id]
    alike = {one.case_id: one for one in most_alike(here, others, most=_ALIKE)}
    if not alike:
        return Precedents()
    with context.db.read() as connection:
        rounds = {id: lately.rounds[id] for id in alike}
        there = past.still(connection, rounds, desk.sight_of(context, person))
        ids = [id for id in alike if id in there]
        rows = _shown(context, connection, person, ids[:_RANKED], decides=False)[:_PRECEDENTS]
        outcomes = past.outcomes(connection, [row.id for row in rows])
    return Precedents(
        cases=tuple(Alike(row, alike[row.id].answer, alike[row.id].weighed.stake) for row in rows),
        flagged=bool(here.flags), answers=tuple(answered([alike[row.id] for row in rows])),
        outcomes=outcomes,
    )  # fmt: skip


def _elsewhere(
    context: Context, connection: Connection, person: str, case: Case, subject: str
) -> tuple[Listed, ...]:
    others = context.processes.current.keys() - {case.process}
    found = past.elsewhere(
        connection, others, subject, before=case.created_at, sight=desk.sight_of(context, person),
        limit=_ELSEWHERE,
    )  # fmt: skip
    return tuple(desk.as_seen(context, connection, person, found)) if found else ()


def _twins(
    context: Context, connection: Connection, person: str, standing: Standing, subject: str, *, decides: bool
) -> tuple[tuple[Twin, ...], tuple[str, ...], bool]:
    """Near duplicates, what was looked at to find them, and whether all were looked at."""
    case, point = standing.case, _identifying(standing)
    if point is None:
        return (), (), True
    names = point.identified_by
    here = Traits(
        case.created_at, _stake(standing), {name: _mark(case.facts.get(name)) for name in names}
    )  # fmt: skip
    looked = same_matter(here, here)
    if not looked:
        return (), (), True
    # a check is decided as if it were the first: what came later had not come
    checks = standing.assignment.kind == "check"
    found, whole = past.near(
        connection, case.process, subject, point=point.name, but=case.id, at=case.created_at,
        within=IDENTITY_WITHIN, until=case.created_at if checks else context.clock(), names=names,
        sight=None if decides else desk.sight_of(context, person),
    )  # fmt: skip
    same = {one.id: same_matter(here, Traits(one.at, one.stake, one.marks)) for one in found}
    # what agrees in more comes first, then the latest
    ids = sorted((id for id, agreed in same.items() if agreed), key=lambda id: -len(same[id]))
    rows = _shown(context, connection, person, ids[:_RANKED], decides=decides)
    return tuple(Twin(row, same[row.id]) for row in rows[:_TWINS]), looked, whole


def _identifying(standing: Standing) -> DecisionPoint | None:
    """The decision point that says what identifies a matter: the one that is asked, or else the first."""
    points = [point for point in points_of(standing.process) if point.subject]
    here = [point for point in points if point.name == standing.assignment.about]
    return next(iter(here + points), None)


def _stake(standing: Standing) -> Decimal | None:
    """What is at stake, as whoever decides may know it: alone, they may not know all that was read."""
    judgement = standing.judgement
    return standing.case.stake if standing.assignment.blind or judgement is None else judgement.stake


def _mark(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _shown(
    context: Context, connection: Connection, person: str, ids: Sequence[str], *, decides: bool
) -> list[Listed]:
    """These cases in their order, without those that are beyond a person or that they check unseen."""
    if not ids:
        return []
    kept_back = unseen.kept_back(connection, person, ids)
    rows = listing.of_cases(connection, [id for id in ids if id not in kept_back])
    return desk.as_seen(
        context, connection, person, [rows[id] for id in ids if id in rows], decides=decides
    )  # fmt: skip
