"""What a guarantee still lacks until more may run alone: an estimate, and never a promise."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from surehand.core.guarantee import COVERAGES, Plan, Status
from surehand.core.guard import Guard
from surehand.core.reason import percent
from surehand.stats.horizon import observations_until

#: An error that is borne in most places, at which the first step comes much sooner.
EASIER = 0.05


class Next(StrEnum):
    """What is waited for."""

    LEVELS = "levels"
    STEP = "step"
    NOTHING = "nothing"
    PROMPT = "prompt"
    AGAIN = "again"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is missing until the next step.

    next      what is waited for: scores that say where levels lie, evidence for a step, nothing any more,
              answers that come in time, the next try after a refusal, or fewer errors
    answers   about so many more blind answers; None: it cannot be told
    cases     cases that come in until then
    months    at today's volume; None where that is not known
    coverage  share of cases that is certified then
    easier    answers in all until the first step at an error of 5 %, where less is promised
    """

    next: Next
    answers: int | None = None
    cases: int | None = None
    months: float | None = None
    coverage: float | None = None
    easier: int | None = None


def outlook(guard: Guard, *, per_month: float | None) -> Outlook:
    """What a guarantee lacks now.

    per_month  cases a month, as far as that is known
    """
    if guard.plan.cluster is not None:
        per_month = None  # how many different clusters a month will bring is not known
    if guard.status is Status.UNPROVEN:
        return Outlook(Next.PROMPT)
    if guard.status is Status.REFUSED:
        return _in_time(Outlook(Next.AGAIN, cases=guard.refused + guard.plan.again - guard.judged), per_month)
    if guard.wealth is None or not guard.wealth.seen().any():
        return _in_time(_from_nothing(guard), per_month)
    steps = [step for row in range(len(guard.plan.begun)) if (step := _step(guard, row)) is not None]
    if not any(guard.reached[row] < len(guard.levels) for row in range(len(guard.plan.begun))):
        return Outlook(Next.NOTHING)
    if not steps:
        return Outlook(Next.BETTER, easier=_easier(guard, _share(guard, _widest(guard))))
    return _in_time(min(steps, key=lambda step: step.cases or 0), per_month)


def _in_time(found: Outlook, per_month: float | None) -> Outlook:
    if found.cases is None or not per_month:
        return found
    return replace(found, months=found.cases / per_month)


def _from_nothing(guard: Guard) -> Outlook:
    """Before there is an answer: what is not known is taken to be half as bad as is borne."""
    plan, scores = guard.plan, 0 if guard.levels else guard.plan.first - len(guard.first)
    if guard.unfitted and plan.taught:
        scores += max(0, plan.taught - guard.heard)
    begun = plan.begun[0]
    answers = observations_until(plan.limit, plan.limit / 2, enough=_enough(guard, plan))
    if answers is None:
        return Outlook(Next.LEVELS, cases=scores)
    cases = scores + ceil(answers / COVERAGES[begun])
    return Outlook(
        Next.LEVELS, answers=ceil(answers), cases=cases, coverage=COVERAGES[begun],
        easier=_easier(guard, plan.limit / 2),
    )  # fmt: skip


def _widest(guard: Guard) -> int:
    return min(max(guard.held + 1, guard.plan.begun[0]), len(guard.levels) - 1)


def _step(guard: Guard, row: int) -> Outlook | None:
    """What one row of certificates lacks until more runs alone; None where it does not get there."""
    assert guard.wealth is not None
    level = max(guard.reached[row], guard.held + 1)
    if level >= len(guard.levels):
        return None
    share, (kinds, asked) = _share(guard, level), _asked(guard, level)
    answers = observations_until(
        guard.plan.limit, share, enough=_enough(guard, guard.plan), now=float(guard.wealth.below()[level]),
        bets=kinds,
    )  # fmt: skip
    if answers is None:
        return None
    easier = _easier(guard, share) if guard.held < 0 else None
    answers = max(answers, 1.0)
    cases = ceil(answers / asked / COVERAGES[level])
    return Outlook(Next.STEP, ceil(answers), cases, coverage=COVERAGES[level], easier=easier)


def _enough(guard: Guard, plan: Plan) -> float:
    return len(plan.begun) * guard.enough


def _share(guard: Guard, level: int) -> float:
    """How much turned out wrong at a level; with one more answer that is as bad as is borne."""
    if guard.wealth is None:
        return guard.plan.limit / 2
    _, right, wrong = guard.wealth.seen()[:, level]
    return float((wrong + guard.plan.limit) / (right + wrong + 1))


def _asked(guard: Guard, level: int) -> tuple[list[tuple[float, float]], float]:
    """Kinds of answers at a level, each with its part and the factor of its bets, and how many cases bring
    one."""
    check, blind = guard.terms.check, guard.terms.blind
    within = COVERAGES[guard.held] / COVERAGES[level] if guard.held >= 0 else 0.0
    least = min(check, blind)
    asked = within * check + (1 - within) * blind
    kinds = [(within * check / asked, least / check), ((1 - within) * blind / asked, least / blind)]
    return kinds, asked


def _easier(guard: Guard, share: float) -> int | None:
    if guard.plan.error >= EASIER:
        return None
    plan = replace(guard.plan, error=EASIER)
    answers = observations_until(plan.limit, share, enough=_enough(guard, plan))
    return None if answers is None else ceil(answers)


# In words


def said(found: Outlook, plan: Plan) -> str:
    """The outlook as a sentence. It names no date: nobody knows how the next answers turn out."""
    match found.next:
        case Next.NOTHING:
            return "Every level is certified: there is no next step."
        case Next.PROMPT:
            return "Nothing more is certified until answers come in time again."
        case Next.AGAIN:
            return f"It is tried again after about {found.cases or 0:,} more cases{_months(found)}."
        case Next.BETTER:
            often = f"As often as the AI was wrong up to now, {percent(plan.error)} % cannot be certified."
            if found.easier is None:
                return often
            return (
                f"{often} At {percent(EASIER)} % it would take about {rounded(found.easier)} answers in all."
            )
        case _:
            return _answers(found, plan)


def _answers(found: Outlook, plan: Plan) -> str:
    if found.answers is None:
        return f"About {found.cases or 0:,} more cases show how confidence is spread{_months(found)}."
    runs = f"until about {100 * (found.coverage or 0):.0f} in 100 cases may run alone"
    eased = ""
    if found.easier is not None:
        eased = f"; at {percent(EASIER)} % about {rounded(found.easier)} in all"
    each = ""
    if plan.cluster is not None:
        each = f", at most {plan.of_each} of each {plan.cluster.replace('_', ' ')},"
    return f"About {rounded(found.answers)} more blind answers{each} {runs}{_months(found)}{eased}."


def _months(found: Outlook) -> str:
    if found.months is None:
        return ""
    if found.months < 0.1:
        return ": some days at today's volume"
    return f": about {in_months(found.months)} months at today's volume"


def in_months(months: float) -> str:
    """As exactly as such an estimate may be told."""
    return f"{months:.1f}" if months < 3 else f"{months:.0f}"


def rounded(number: int) -> str:
    """To two figures: more would claim to know."""
    step = 10 ** max(0, len(str(number)) - 2)
    return f"{round(number / step) * step:,}"
