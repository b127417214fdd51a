"""Training: from labelled documents to a model, with every figure taken on suppliers that were left out."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.recommendation import Reading
from surehand.errors import NotEnoughEvidence, SettingsInvalid
from surehand.stats import calibration
from surehand.stats.calibration import Logistic

from . import items, novelty, plans, spelling, stages, values
from .choosing import whole_signals
from .learned import Learned
from .model import Model
from .rows import Sheet, sheet_of
from .trial import Trial

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T", bound=BaseModel)
Progress = Callable[[str, float], None]

#: With fewer labelled documents nothing is learned; a field with fewer values has no reading.
FEWEST = 5
_FOLDS = 5
_KINDS = frozenset({"text", "date", "money", "number", "integer", "list"})


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a document was read by models that were trained without its group.

    right       field -> the value was right
    confidence  field -> what was said of it
    whole       what was said of all fields together
    """

    group: str
    right: Mapping[str, bool]
    confidence: Mapping[str, float]
    whole: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it did on the documents it learned from while they were left out.

    ceiling   field -> share of the labelled values that are among the candidates at all
    """

    model: Model
    held_out: tuple[HeldOut, ...]
    ceiling: Mapping[str, float]

    @property
    def version(self) -> str:
        """Content hash of the model, 64 hex digits."""
        return self.model.version

    def read(self, document: Document, into: type[T]) -> Reading[T]:
        """As `Model.read`."""
        return self.model.read(document, into)


def train(
    examples: Sequence[Labelled],
    *,
    kinds: Mapping[str, str],
    day_first: bool | None = None,
    default_currency: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Trained:
    """A model that reads the fields of `kinds`, learned from labelled documents.

    examples          at least five; documents of one group are never parted by folds
    kinds             field -> type word: `text`, `date`, `money`, `number`, `integer`; `list` for line items
    day_first         how `03/04/2026` is read; None learns it, and offers both where the documents disagree
    default_currency  of amounts without a sign or code on the page; None takes the one labelled most often
    progress          called with a sentence and the share done, in [0, 1]
    raises            NotEnoughEvidence: too few documents; SettingsInvalid: an unknown type word,
                      or scikit-learn is missing

    A field with fewer than five labelled values is left out. The same examples and seed give the same model.
    """
    _check(examples, kinds)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # small arrays: more threads only wait for each other
        return _trained(examples, kinds, day_first, default_currency, seed, progress)


def _trained(
    examples: Sequence[Labelled],
    kinds: Mapping[str, str],
    day_first: bool | None,
    default_currency: str | None,
    seed: int,
    progress: Progress | None,
) -> Trained:
    tell = progress or (lambda _sentence, _share: None)
    tell("Finding rows and columns", 0.0)
    course = _Course.of(examples, seed)
    learned: dict[str, Learned] = {}
    held: dict[str, dict[int, tuple[bool, float]]] = {}
    ceiling: dict[str, float] = {}
    fields = [name for name, kind in kinds.items() if kind != "list"]
    for number, name in enumerate(fields):
        tell(f"Learning {name}", (number + 0.5) / (len(fields) + 1))
        result = _field(course, name, kinds[name], day_first)
        if result is not None:
            learned[name], held[name], ceiling[name] = result
    tell("Measuring how sure it may be", 0.95)
    lists: dict[str, items.ItemsLearned] = {}
    for name in (name for name, kind in kinds.items() if kind == "list"):
        if (taught := items.learn(name, examples, course.sheets, fewest=FEWEST)) is not None:
            lists[name] = taught[0]
            ceiling[name] = sum(right for _, right, _ in taught[1]) / len(taught[1])
    whole, said = _whole(course, held)
    currency = default_currency or _usual_currency(examples)
    model = Model.of(
        learned,
        course.memory,
        items=lists,
        whole=whole,
        currency=currency,
        symbols=_symbols(examples),
    )
    tell("Done", 1.0)
    return Trained(model, tuple(_held_out(course, held, said)), ceiling)


@dataclass(slots=True)
class _Course:
    """The labelled documents, prepared once for all fields."""

    examples: Sequence[Labelled]
    sheets: list[Sheet]
    caches: list[dict[Any, Any]]
    weights: "NDArray[np.float64]"
    folds: list[int]
    memory: novelty.Memory
    similarity: list[float]
    seed: int

    @classmethod
    def of(cls, examples: Sequence[Labelled], seed: int) -> "_Course":
        import numpy as np

        sheets = [sheet_of(example.document) for example in examples]
        groups = [example.group for example in examples]
        traits = [novelty.traits(sheet) for sheet in sheets]
        folds = folds_of(groups)
        similarity = [0.0] * len(sheets)
        for number in sorted(set(folds)):
            inside = [at for at, fold in enumerate(folds) if fold != number]
            outside = [at for at, fold in enumerate(folds) if fold == number]
            memory = novelty.remember([traits[at] for at in inside], [groups[at] for at in inside])
            for at, share in zip(outside, memory.similarities([traits[at] for at in outside]), strict=True):
                similarity[at] = share
        return cls(
            examples,
            sheets,
            [{} for _ in sheets],
            np.array(weights_of(groups)),
            folds,
            novelty.remember(traits, groups),
            similarity,
            seed,
        )


def folds_of(groups: Sequence[str], count: int = _FOLDS) -> list[int]:
    """The fold of each document; documents of a group are never parted, unless there is only one group."""
    sizes = Counter(groups)
    if len(sizes) < 2:
        return [at % min(count, len(groups)) for at in range(len(groups))]
    loads = [0] * min(count, len(sizes))
    of_group: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        lightest = loads.index(min(loads))
        of_group[group] = lightest
        loads[lightest] += size
    return [of_group[group] for group in groups]


def weights_of(groups: Sequence[str]) -> list[float]:
    """1 / sqrt(documents of the group): a big supplier counts more than a small one, but less per paper."""
    sizes = Counter(groups)
    return [1.0 / math.sqrt(sizes[group]) for group in groups]


def _check(examples: Sequence[Labelled], kinds: Mapping[str, str]) -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise SettingsInvalid(
            "training needs scikit-learn; install it with: pip install 'surehand[learn]'"
        ) from error
    if len(examples) < FEWEST:
        raise NotEnoughEvidence(
            f"{len(examples)} labelled documents are too few to learn from; at least {FEWEST} are needed"
        )
    for name, kind in kinds.items():
        if kind not in _KINDS:
            raise SettingsInvalid(
                f"the field '{name}' is of type {kind}, which cannot be read from documents"
            )


def _field(
    course: _Course, name: str, kind: str, day_first: bool | None
) -> tuple[Learned, dict[int, tuple[bool, float]], float] | None:
    """What was learned of one field, how it did while left out, and the ceiling; None with too few values."""
    at = [place for place, example in enumerate(course.examples) if name in example.values]
    truths = [values.comparable(kind, course.examples[place].values[name]) for place in at]
    if sum(truth is not None for truth in truths) < FEWEST:
        return None
    sheets = [course.sheets[place] for place in at]
    plan, _ = plans.plan_for(kind, sheets, truths, day_first=day_first)
    plan = plans.styled(plan, [str(course.examples[place].values[name]) for place in at], sheets, truths)
    found = [plans.look(course.sheets[place], plan, course.caches[place]) for place in at]
    weights = course.weights[at]
    folds = [course.folds[place] for place in at]
    both, held = stages.fit(plan, found, truths, weights=weights, folds=folds, seed=course.seed)
    trial = Trial(held, truths, [course.similarity[place] for place in at], weights, folds)
    ordered = plans.share_in_order(plan, sheets, truths)
    labelled = [
        str(course.examples[place].values[name]) for place in at if course.examples[place].values[name]
    ]
    known = spelling.spellings(labelled) if plan.shape == "span" else {}
    learned = Learned(both, *trial.fitted(None), trial.nothing(), ordered, trial.gate(), known)
    results: dict[int, tuple[bool, float]] = {}
    for number in sorted(set(folds)):
        apart = Learned(both, *trial.fitted(number), trial.nothing(), ordered, trial.gate())
        for index, fold in enumerate(folds):
            if fold == number:
                verdict = apart.verdict(trial.chosen[index])
                given = verdict.best.key if verdict.best else None
                results[at[index]] = (given == truths[index], verdict.confidence)
    reachable = [
        any(one.key == truth for one in seen.candidates)
        for seen, truth in zip(held, truths, strict=True)
        if truth is not None
    ]
    return learned, results, sum(reachable) / len(reachable)


def _whole(
    course: _Course, held: Mapping[str, Mapping[int, tuple[bool, float]]]
) -> tuple[Logistic | None, dict[int, float]]:
    """P(all fields are right) from their confidences; and what it says of each document while left out."""
    import numpy as np

    documents = [at for at in range(len(course.sheets)) if held and all(at in one for one in held.values())]
    if len(documents) < FEWEST:
        return None, {}
    X = np.array(
        [whole_signals([held[name][at][1] for name in held], course.similarity[at]) for at in documents]
    )
    right = np.array([all(held[name][at][0] for name in held) for at in documents])
    weights, folds = course.weights[documents], np.array([course.folds[at] for at in documents])
    said: dict[int, float] = {}
    for number in sorted(set(folds.tolist())):
        other = folds != number
        if other.any():
            apart = calibration.logistic(X[other], right[other], weight=weights[other], rising=(0, 1, 2))
            for at, share in zip(np.flatnonzero(~other), apart(X[~other]), strict=True):
                said[documents[at]] = float(share)
    return calibration.logistic(X, right, weight=weights, rising=(0, 1, 2)), said


def _held_out(
    course: _Course, held: Mapping[str, Mapping[int, tuple[bool, float]]], whole: Mapping[int, float]
) -> list[HeldOut]:
    return [
        HeldOut(
            example.group,
            {name: one[at][0] for name, one in held.items() if at in one},
            {name: one[at][1] for name, one in held.items() if at in one},
            whole.get(at, 0.0),
        )
        for at, example in enumerate(course.examples)
    ]


def _usual_currency(examples: Sequence[Labelled]) -> str | None:
    counts = Counter(
        str(value["currency"])
        for example in examples
        for value in example.values.values()
        if isinstance(value, Mapping) and value.get("currency")
    )
    return counts.most_common(1)[0][0] if counts else None


def _symbols(examples: Sequence[Labelled]) -> dict[str, str]:
    """Currency signs as the labelled documents mean them: a dollar sign is not the same everywhere."""
    counts: dict[str, Counter[str]] = {}
    for example in examples:
        codes = {
            str(value["currency"])
            for value in example.values.values()
            if isinstance(value, Mapping) and value.get("currency")
        }
        if len(codes) == 1:
            text = example.document.text.upper()
            for symbol in values.SYMBOLS:
                if len(symbol) == 1 and symbol in text:
                    counts.setdefault(symbol, Counter())[next(iter(codes))] += 1
    return {symbol: count.most_common(1)[0][0] for symbol, count in sorted(counts.items())}
