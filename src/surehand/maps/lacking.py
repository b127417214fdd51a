"""What briefs will lack because the map says nothing of it. The process runs all the same, so these warn."""

from surehand.core.completeness import Lack, never
from surehand.core.oversight import Level
from surehand.core.process import Process
from surehand.core.steps import DecisionPoint
from surehand.errors import Fault
from surehand.maps.source import Places

_ADVICE = {
    Lack.NO_EFFECT: "do not say what is done then: write about: ...",
    Lack.NO_SUBJECT: "have no history: write subject: with the fact that names whom a case is about.",
    Lack.NO_POLICY: (
        "quote no passage of policy: write policies: in the map, and policy: [...] here or in a rule."
    ),
}


def lacking(process: Process, places: Places) -> list[Fault]:
    """The decision points whose briefs will lack a part, with their places in the map.

    Not those that always run alone: a person sees few of their cases.
    """
    return [
        Fault(places.where(("steps", number)), f"Briefs of '{step.name}' {_ADVICE[lack]}")
        for number, step in enumerate(process.steps)
        if isinstance(step, DecisionPoint) and step.level != Level.AUTOMATE
        for lack in never(process, step)
    ]
