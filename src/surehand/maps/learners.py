"""Models that learn to decide, as maps write them: which keys they take, and what they can read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from surehand.core.process import Model, Process
from surehand.core.steps import Decide, DecisionPoint
from surehand.maps.faults import Faults, listed, nearest
from surehand.maps.functions import Known
from surehand.maps.source import DataPath

#: Answers that a model can learn to tell apart.
MOST_ANSWERS = 1_000


@dataclass(frozen=True, slots=True)
class Learner:
    """One kind of model that learns to decide.

    kinds    type words of facts that it can read
    vectors  what the map may write as `vectors`; empty: it does not have the key
    lacking  what must be installed for `vectors`: a command, or None
    """

    kinds: tuple[str, ...]
    vectors: tuple[str, ...] = ()
    lacking: Callable[[str | None], str | None] = lambda _vectors: None


_TEXTS = ("text", "texts")
#: Those that come with the product, for maps that are checked without looking at what is installed.
BUILT_IN: Mapping[str, Learner] = {
    "text-classifier": Learner(_TEXTS, ("words", "sentences")),
    "table-classifier": Learner((*_TEXTS, "number", "integer", "yes_no", "money", "date", "timestamp")),
}


def check_keys(
    name: str, model: Model, learners: Mapping[str, Learner], faults: Faults, *, installed: bool
) -> None:
    """The keys of a model fit its provider.

    installed  what it needs must be on this machine
    """
    path: DataPath = ("models", name)
    learner = learners.get(model.provider)
    if learner is None:
        for key in ("reads", "vectors", "out_of_scope", "learns"):
            if getattr(model, key) is not None:
                faults.add(
                    (*path, key), f"A {model.provider} model has no '{key}': it does not learn to decide."
                )
        return
    if model.vectors is not None and model.vectors not in learner.vectors:
        faults.add((*path, "vectors"), f"A {model.provider} model has no vectors: leave it out.")
    for key in ("cluster", "day_first"):
        if getattr(model, key) is not None:
            faults.add((*path, key), f"A {model.provider} model has no '{key}': it reads no documents.")
    command = learner.lacking(model.vectors) if installed else None
    if command is not None:
        faults.add((*path, "vectors"), f"'vectors: {model.vectors}' needs more than is installed: {command}.")


def check_use(process: Process, learners: Mapping[str, Learner], faults: Faults) -> None:
    """A model learns the answers of one decision point."""
    used: dict[str, str] = {}
    for number, step in enumerate(process.steps):
        name = getattr(step, "model", None)
        if name is None or name not in process.models or process.models[name].provider not in learners:
            continue
        if name in used:
            faults.add(
                ("steps", number, "model"),
                f"The model '{name}' learns to decide '{used[name]}': make another.",
            )
        used.setdefault(name, step.name)


def reads_of(
    step: DecisionPoint,
    model: Model,
    learner: Learner,
    known: Known,
    fields: Sequence[str],
    faults: Faults,
    path: DataPath,
    *,
    blind: bool,
) -> dict[str, str]:
    """Fact -> type word, of what the model reads at a decision point.

    fields  names of the input fields
    blind   some facts are not known, so names cannot be judged
    """
    place: DataPath = (*path, "model")
    if not isinstance(step, Decide) or step.number is not None or step.picks:
        what = "a text" if not isinstance(step, Decide) else "a list" if step.picks else "a number"
        faults.add(place, f"A {model.provider} model learns choices, and yes or no; it cannot give {what}.")
        return {}
    if step.choices is not None and len(step.choices) > MOST_ANSWERS:
        faults.add(
            place,
            f"{len(step.choices):,} choices are too many: a model tells {MOST_ANSWERS:,} apart at most.",
        )
    if model.reads is None:
        return _usual(model, learner, known, fields, faults, place)
    return _named(str(step.model), model, learner, known, faults, blind=blind)


def _usual(
    model: Model, learner: Learner, known: Known, fields: Sequence[str], faults: Faults, place: DataPath
) -> dict[str, str]:
    """All input fields that it can read."""
    found = {name: known.facts[name].word for name in fields if known.facts[name].word in learner.kinds}
    if not found:
        faults.add(
            place,
            f"A {model.provider} model finds no input field to read "
            f"({listed(learner.kinds)}): name facts in its 'reads'.",
        )
    return found


def _named(
    name: str, model: Model, learner: Learner, known: Known, faults: Faults, *, blind: bool
) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, fact in enumerate(model.reads or ()):
        where: DataPath = ("models", name, "reads", number)
        kind = known.facts.get(fact)
        if kind is None:
            if not blind:
                faults.unknown(where, "The fact", fact, known.facts)
        elif kind.word not in learner.kinds:
            can = [one for one, own in known.facts.items() if own.word in learner.kinds]
            faults.add(
                where,
                f"'{fact}' is {kind.word.replace('_', ' ')}, and a {model.provider} model reads "
                f"{listed(learner.kinds)}.",
                nearest(fact, can),
            )
        elif fact in found:
            faults.add(where, f"'{fact}' is named twice.")
        else:
            found[fact] = kind.word
    return found
