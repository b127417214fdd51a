"""What the owner of a process is told of a guarantee whenever it changes."""

from collections.abc import Mapping
from typing import Any

from surehand.core.guarantee import Status, Turning
from surehand.core.reason import percent

#: Another basis: everything is earned anew.
ANEW = "anew"

#: Confidence was fitted to more answers, which is another score.
FITTED = "fitted"

#: What is bad news, and what is to be looked at.
BAD = frozenset({Turning.STOPPED, Turning.REFUSED})
WARNS = frozenset(
    {Turning.PROVISIONAL, Turning.TIGHTENED, Turning.SURGING, Turning.OVERSTATED, Status.UNPROVEN, ANEW}
)


def tone(kind: str) -> str:
    """How a change looks on a page: 'bad', 'warn', 'ok' or 'info'."""
    if kind in BAD:
        return "bad"
    return (
        "warn"
        if kind in WARNS
        else "ok"
        if kind in (Turning.CERTIFIED, Turning.PROMOTED, Status.HOLDING)
        else "info"
    )


def told(kind: str, body: Mapping[str, Any]) -> str:
    """A change as a sentence.

    body  `error` and `coverage`, shares; `cut`, a score or None
    """
    error = f"{percent(float(body['error']))} %"
    runs = _runs(body)
    match kind:
        case Turning.LEVELS:
            return "The first scores show how confidence is spread; from now on answers are evidence."
        case Turning.TRUSTED:
            return "Trusted history says where to begin. Answers about new cases are evidence. People decide."
        case Turning.PROVISIONAL:
            return (
                "The level that trusted history fixed did well on new cases, so it is let go on before it is "
                f"certified, with many checks. {runs}"
            )
        case Turning.CERTIFIED:
            return f"A level is certified for at most {error} wrong. {runs}"
        case Turning.TIGHTENED:
            return f"Lately more than {error} were wrong, so less runs alone. {runs}"
        case Turning.STOPPED:
            return f"Clearly more than {error} were wrong. Everything goes to people until it is earned anew."
        case Turning.REFUSED:
            return (
                f"The evidence says that {error} cannot be kept with this AI as far as tried. People decide."
            )
        case Turning.SURGING:
            return f"Scores fell, so more is checked for a while. {runs}"
        case Turning.OVERSTATED:
            return f"Confidence says more than comes true, so it is to be fitted anew. {runs}"
        case Turning.CHALLENGED:
            return "A new model is scored silently, until it has earned as much as the one in use."
        case Turning.PROMOTED:
            return f"The new model has earned as much, and took over. {runs}"
        case Turning.CALM:
            return f"Scores have not fallen further, so fewer are checked again. {runs}"
        case Status.UNPROVEN:
            return f"Answers take so long that nothing can be claimed. {runs}"
        case "fitted":
            return "Confidence was fitted to unseen answers; from now on answers are evidence for it."
        case "anew":
            return "The map, a model or the promise changed, so everything is earned anew. People decide."
        case Status.SHADOW:
            return "It is tried again: people decide everything, unseen, until a level is certified."
        case _:
            return f"Answers come in time again, so the guarantee stands. {runs}"


def _runs(body: Mapping[str, Any]) -> str:
    cut, coverage = body.get("cut"), float(body.get("coverage") or 0)
    if cut is None or not coverage:
        return "People decide everything."
    return f"From confidence {percent(float(cut))} on about {100 * coverage:.0f} in 100 run alone."
