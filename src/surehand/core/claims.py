"""What may be said of a guarantee, in sentences that somebody who answers for a process understands."""

from math import log

from surehand.core.guarantee import COVERAGES, Plan, Status
from surehand.core.guard import Guard
from surehand.core.reason import percent


def claim(plan: Plan, clusters: int | None = None) -> str:
    """What is promised, with what it rests on.

    clusters  of alike cases that are admitted; None: they are not told apart
    """
    return (
        f"With {percent(plan.sure)} % confidence no level was certified while its true error exceeded "
        f"{percent(plan.error)} %, provided traffic was stable meanwhile, checks were drawn at random, "
        f"people answered without seeing the AI's view, and people and AI err alike in at most "
        f"{percent(plan.alike)} % of its errors. A change of traffic is noticed after a delay, not foreseen."
        f"{_keyed(plan)}{_apart(plan, clusters)}"
    )


def _keyed(plan: Plan) -> str:
    if plan.caught == 1:
        return ""
    return (
        f" Who checks enters some of the fields, drawn at random, and finds {percent(plan.caught)} % of the "
        "cases with one wrong field: the evidence is counted as that."
    )


def _apart(plan: Plan, clusters: int | None) -> str:
    if plan.cluster is None or clusters is None:
        return ""
    # the fact's own name, since no program knows the plural of it
    return (
        f" Cases are alike by {plan.cluster.replace('_', ' ')}: {clusters:,} different "
        f"{'one is' if clusters == 1 else 'ones are'} admitted, of each at most {plan.of_each} answers count "
        f"in an epoch, and nothing is said of others, which go to people."
    )


def sentence(guard: Guard) -> str:
    """Where it stands."""
    error = f"{percent(guard.plan.error)} %"
    match guard.status:
        case Status.SHADOW if guard.plan.waits:
            return f"People decide everything, and the model learns from them: it cannot keep {error} yet."
        case Status.SHADOW if guard.unfitted and guard.plan.taught:
            left = max(guard.plan.taught - guard.heard, 0)
            return f"People decide everything, unseen; {left} more answers say what confidence is worth."
        case Status.SHADOW if not guard.levels:
            left = guard.plan.first - len(guard.first)
            return f"People decide everything, unseen; {left} more cases show how confidence is spread."
        case Status.SHADOW if (missing := guard.trial.left(guard.plan)) is not None:
            return (
                f"People decide everything, unseen; {missing} more answers at the level of trusted history "
                "say whether it may run before it is certified."
            )
        case Status.SHADOW:
            return f"People decide everything, unseen, until a level is certified at {error} error."
        case Status.PROVISIONAL:
            return (
                f"{_runs(guard)}, and this is not certified yet: it rests on trusted history and "
                f"{guard.plan.trial} unseen answers, {percent(guard.plan.confirm)} % are checked, and the "
                f"evidence is {_way(guard)} % of the way."
            )
        case Status.HOLDING:
            return f"{_runs(guard)}; the level is certified for at most {error} wrong."
        case Status.SURGING:
            share = percent(guard.plan.surge)
            return f"Scores fell, so {share} % are checked for {guard.surging:,} more cases. {_runs(guard)}."
        case Status.TIGHTENED:
            return f"Lately more than {error} were wrong, so less runs alone. {_runs(guard)}."
        case Status.STOPPED:
            return f"Clearly more than {error} were wrong: people decide everything until it is earned anew."
        case Status.REFUSED:
            return f"{refused(guard.plan)}; people decide."
        case _:
            return f"Answers take so long that nothing can be claimed. {_runs(guard)}."


def refused(plan: Plan) -> str:
    """What the evidence says where it speaks against every level that a row of certificates begins with."""
    *others, last = (f"{100 * share:.0f}" for share in sorted(plan.starts))
    shares = f"{', '.join(others)} and {last}" if others else last
    error = percent(plan.error)
    return f"The evidence says that {error} % cannot be kept with this AI for the surest {shares} in 100"


def _way(guard: Guard) -> int:
    """How much of the evidence is there that a certificate takes, in the measure in which it adds up."""
    assert guard.wealth is not None
    there = max(float(guard.wealth.below()[guard.trial.level]), 1.0)
    return min(int(100 * log(there) / log(guard.enough)), 99)


def _runs(guard: Guard) -> str:
    cut = guard.levels[guard.held]
    share = COVERAGES[guard.held] * 100
    return f"Cases from confidence {percent(cut)} on run alone, about {share:.0f} in 100"
