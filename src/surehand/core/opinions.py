"""Second and third opinions about an answer that differs from the AI's, before it counts as the AI's error.

People slip. If every slip counted, nothing could be promised below the share of slips: with five in a hundred
no AI would ever be certified for two. So whoever answers unseen as the AI did settles the matter. Where the
first differs, somebody else is asked, who sees neither. If both differ alike, the AI was wrong; else the most
senior who may decide it is shown what was answered, not by whom, and has the last word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.answering import same_answer
from surehand.core.assignment import able
from surehand.core.case import SECOND, SENIOR, Judgement, Verdict
from surehand.core.hearing import Hearing
from surehand.core.lifecycle import Handover, assign
from surehand.core.matters import as_judged, matter_of
from surehand.core.oversight import Level
from surehand.core.steps import DecisionPoint, Draft
from surehand.core.terms import Sla
from surehand.core.values import shown
from surehand.core.verifying import agrees


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an unseen answer comes to, with those before it.

    right  the AI was right; None: it cannot be told yet, and may never be
    value  what is right, once that is known
    asks   who is asked next; None: nobody
    """

    right: bool | None
    value: Any = None
    asks: Handover | None = None


def settled(point: DecisionPoint, said: Sequence[Any], recommended: Any) -> bool | None:
    """Whether the AI was right, as far as people have answered; None: another has to be asked.

    said  one to three unseen answers, in the order in which they were given
    """
    if len(said) == 3:
        return same_answer(point, recommended, said[2])
    if len(said) == 2:
        alike = same_answer(point, said[0], said[1]) and not same_answer(point, recommended, said[1])
        return False if alike else None
    return True if same_answer(point, recommended, said[0]) else None


def given(verdicts: Sequence[Verdict], judged: Judgement) -> list[Verdict]:
    """The answers that were given unseen about one judgement, in order: first, second, senior."""
    found = []
    for point in (judged.point, SECOND + judged.point, SENIOR + judged.point):
        here = [v for v in verdicts if v.final and (v.point, v.round) == (point, judged.round)]
        found += here[-1:]
    return found


def weighed(hearing: Hearing, value: Any) -> Weighed:
    """What the answer of whoever decides unseen comes to; who is asked next is not asked yet.

    Only where it is worth its cost, as was said when the case was routed; else the first answer settles it.
    When nobody else may be asked, the first answer counts; where two differ, it is never told.
    """
    point, judged = hearing.point, hearing.judgement
    assert point is not None
    assert judged is not None
    before = given(hearing.verdicts, judged)
    said = [*(one.value for one in before), value]
    right = settled(point, said, hearing.recommended)
    if right is None and not (judged.draw or {}).get("again"):
        return Weighed(False, value)
    if right is None:
        asks = _next(hearing, point, judged, said, {hearing.person, *(one.person for one in before)})
        return Weighed(False if asks is None and not before else None, value, asks)
    return Weighed(right, value)


def _next(
    hearing: Hearing, point: DecisionPoint, judged: Judgement, said: Sequence[Any], heard: set[str]
) -> Handover | None:
    """Somebody else who may decide it and has nothing else of the case; None if there is nobody."""
    senior = len(said) == 2
    office, case = hearing.office, as_judged(hearing.passage.case, judged)
    held = hearing.passage.assignments(office.open_of(case.id))
    busy = {one.person for one in held if one.open and one.id != hearing.assignment.id}
    chosen = able(
        office.people,
        matter_of(
            case, hearing.process, point=point.name, queue=hearing.assignment.queue, at=hearing.passage.at,
            others=office.others,
        ),
        loads=office.loads,
        level=Level.ASSIST if senior else Level.HUMAN, besides=heard | busy,
    )  # fmt: skip
    if chosen is None:
        return None
    assert point.checking is not None
    # a text can only be judged by reading it
    level = Level.REVIEW if isinstance(point, Draft) else Level.HUMAN
    return Handover(
        kind="check", point=f"{SENIOR if senior else SECOND}{point.name}", queue=hearing.assignment.queue,
        sla=Sla(due=point.checking.within), level=level, to=chosen.person, round=judged.round,
        because=_why(point, said) if senior else "For a second opinion, without how others decided",
    )  # fmt: skip


def _why(point: DecisionPoint, said: Sequence[Any]) -> str:
    """What was answered, in no order that would tell by whom."""
    if isinstance(point, Draft):
        return "Two people judged it differently"
    answers = sorted(_told(value, said)[:200] or "none of the answers" for value in said)
    return f"Two people answered differently, {' and '.join(answers)}: which is right?"


def _told(value: Any, said: Sequence[Any]) -> str:
    """An answer; of fields those in which two differ."""
    if not isinstance(value, Mapping):
        return shown(value)
    others = [one for one in said if one is not value and isinstance(one, Mapping)]
    apart = {n: v for n, v in value.items() if not all(agrees({n: v}, {n: one.get(n)}) for one in others)}
    return ", ".join(f"{name.replace('_', ' ')} {shown(one) or 'not there'}" for name, one in apart.items())


def ask(hearing: Hearing, found: Weighed) -> None:
    """Ask whoever is next, if anybody is."""
    if found.asks is not None:
        assign(hearing.passage, hearing.process, hearing.office, found.asks)


def tell(hearing: Hearing, found: Weighed) -> None:
    """Tell the guard of the decision point, if it has one, whether the AI was right."""
    judged = hearing.judgement
    assert hearing.point is not None
    assert judged is not None
    if hearing.point.guarantee is None or found.right is None:
        return
    would = (judged.draw or {}).get("rival")
    rival = None if would is None else same_answer(hearing.point, would["value"], found.value)
    hearing.passage.prove("answered", judged.point, judged.round, right=found.right, rival=rival)
