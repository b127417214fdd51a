"""What was read is known to the steps after the one that verifies it, so nothing rests on it before."""

import re
from string import Formatter

from pydantic import BaseModel

from surehand.core.oversight import Level
from surehand.core.process import FieldType, Process
from surehand.core.steps import Extract, Verify
from surehand.maps.faults import Faults
from surehand.maps.functions import Known
from surehand.maps.source import DataPath

_SIMPLE = frozenset(FieldType)


class Unverified:
    """Keeps facts back from where they are read to where they are verified.

    release  fact -> number of the step that verifies it
    """

    def __init__(self, process: Process) -> None:
        self.release = {
            name: number
            for number, step in reversed(list(enumerate(process.steps)))
            if isinstance(step, Verify)
            for name in step.fields
        }
        self._steps = process.steps
        self._outputs: dict[type[BaseModel], tuple[int, tuple[str, ...], bool]] = {}

    def made(
        self, known: Known, number: int, made: type[BaseModel], names: tuple[str, ...], *, nullable: bool,
        read: bool,
    ) -> None:  # fmt: skip
        """A step has added its facts, as a model; of what it read, what is verified later is taken back."""
        later = [name for name in names if read and self.release.get(name, -1) > number]
        for name in later:
            if known.since.get(name) == number:
                known.unverified[name] = (self._steps[self.release[name]].name, known.facts.pop(name))
                del known.since[name]
        (self._outputs if later else known.outputs).setdefault(made, (number, names, nullable))

    def verified(self, known: Known, number: int) -> None:
        """What the step of that number verifies is known from here on, and whatever is whole by that."""
        for name in [name for name, at in self.release.items() if at == number and name in known.unverified]:
            known.facts[name] = known.unverified.pop(name)[1]
            known.since[name] = number
        for made, (_, names, nullable) in list(self._outputs.items()):
            if known.unverified.keys().isdisjoint(names):
                known.outputs[made] = (number, names, nullable)
                del self._outputs[made]


def too_early(text: str, known: Known) -> str | None:
    """Why a condition, or a name, cannot be understood yet; None where that is not why."""
    for name in re.findall(r"[A-Za-z_]\w*", text):
        if name in known.unverified:
            return f"'{name}' is verified later, by '{known.unverified[name][0]}': move this after it"
    return None


def check_verified(process: Process, number: int, step: Verify, known: Known, faults: Faults) -> None:
    """What is verified was read before, a person can enter it, and no page tells it before they have."""
    path: DataPath = ("steps", number)
    read = {name for name, at in known.since.items() if _reads(process, at, number)}
    for index, name in enumerate(step.fields):
        place: DataPath = (*path, "fields", index)
        kind = known.facts.get(name)
        if kind is None:
            faults.unknown(place, "The fact", name, read)
        elif known.since[name] != number:
            origin = "is an input field" if known.since[name] < 0 else "is not read by a step before this one"
            if isinstance(process.steps[max(known.since[name], 0)], Verify):
                origin = f"is verified by '{process.steps[known.since[name]].name}' already"
            faults.add(place, f"'{name}' {origin}: only what a step reads is verified, and once.")
        elif kind.word not in _SIMPLE:
            faults.add(place, f"'{name}' is {kind.word}, which nobody can enter in one field: leave it out.")
    told = [("question", field) for field in named_in(step.question) or ()]
    for key, field in [*told, ("subject", step.subject)]:
        if field in step.fields:
            faults.add(
                (*path, key),
                f"'{field}' is to be entered unseen here, and the {key} would tell it: name what is known "
                "before.",
            )
    if step.consequence.money in step.fields:
        faults.add(
            (*path, "consequence", "money"),
            f"'{step.consequence.money}' is not known before it is verified: say what is at stake at the "
            "decision after it, and here by other means.",
        )
    if step.level == Level.HUMAN and step.keyed is not None:
        faults.add((*path, "keyed"), "Everything is entered at level human, so nothing is drawn: remove it.")


def _reads(process: Process, at: int, number: int) -> bool:
    return at == number or (at >= 0 and isinstance(process.steps[at], Extract))


def named_in(question: str | None) -> list[str] | None:
    """The facts that a question names, in braces; None where these do not match."""
    try:
        return [field for _, field, *_ in Formatter().parse(question or "") if field is not None]
    except ValueError:
        return None
