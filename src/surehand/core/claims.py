"""What may be said of a guarantee, in sentences that somebody who answers for a process understands."""

from surehand.core.guarantee import COVERAGES, Plan, Status
from surehand.core.guard import Guard
from surehand.core.reason import percent


def claim(plan: Plan) -> str:
    """What is promised, with what it rests on."""
    return (
        f"With {percent(plan.sure)} % confidence no level was certified while its true error exceeded "
        f"{percent(plan.error)} %, provided traffic was stable meanwhile, checks were drawn at random, "
        f"people answered without seeing the AI's view, and people and AI err alike in at most "
        f"{percent(plan.alike)} % of its errors. A change of traffic is noticed after a delay, not foreseen."
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
        case Status.SHADOW:
            return f"People decide everything, unseen, until a level is certified at {error} error."
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
            return f"The evidence says that {error} cannot be kept at any level with this AI; people decide."
        case _:
            return f"Answers take so long that nothing can be claimed. {_runs(guard)}."


def _runs(guard: Guard) -> str:
    cut = guard.levels[guard.held]
    share = COVERAGES[guard.held] * 100
    return f"Cases from confidence {percent(cut)} on run alone, about {share:.0f} in 100"
