"""Training: from labelled documents to a model, with every figure taken on suppliers that were left out."""

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
from .folds import folds_of, known_again, weights_of
from .learned import Learned
from .model import Model
from .rows import Sheet, sheet_of
from .storage import versioned
from .trial import Trial

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T", bound=BaseModel)
Progress = Callable[[str, float], None]

#: With fewer labelled documents nothing is learned; a field with fewer values has no reading.
FEWEST = 5
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

    held_out  one for each document, by models without its whole group: how papers of new suppliers are read
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

    examples          at least five; those of one group look alike, such as the papers of one supplier
    kinds             field -> type word: `text`, `date`, `money`, `number`, `integer`; `list` for line items
    day_first         how `03/04/2026` is read; None learns it, and offers both where the documents disagree
    default_currency  of amounts without a sign or code on the page; None takes the one labelled most often
    progress          called with a sentence and the share done, in [0, 1]
    raises            NotEnoughEvidence: too few documents; SettingsInvalid: an unknown type word, or
                      scikit-learn is missing

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
    course = _Course.of_examples(examples, seed)
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
        taught = items.learn(name, examples, course.sheets, folds=course.folds, fewest=FEWEST)
        if taught is not None:
            lists[name] = taught[0]
            ceiling[name] = sum(right for _, right, _ in taught[1]) / len(taught[1])
    whole, said = _whole(course, held)
    currency = default_currency or _usual_currency(examples)
    model = Model(
        learned, items=lists, memory=course.memory, whole=whole, currency=currency, symbols=_symbols(examples)
    )
    tell("Done", 1.0)
    return Trained(versioned(model), tuple(_held_out(course, held, said)), ceiling)


@dataclass(slots=True)
class _Course:
    """The labelled documents, prepared once for all fields, and the sittings in which they are read unseen.

    weights     of each document
    of          document of each sitting: every document without its group, then some with the rest of theirs
    folds, similarity, counted
                of each sitting: its fold, how like the document is to what was learned, how much it counts
    """

    examples: Sequence[Labelled]
    sheets: list[Sheet]
    caches: list[dict[Any, Any]]
    weights: "NDArray[np.float64]"
    of: list[int]
    folds: list[int]
    similarity: list[float]
    counted: "NDArray[np.float64]"
    memory: novelty.Memory
    seed: int

    @classmethod
    def of_examples(cls, examples: Sequence[Labelled], seed: int) -> "_Course":
        import numpy as np

        sheets = [sheet_of(example.document) for example in examples]
        groups = [example.group for example in examples]
        traits = [novelty.traits(sheet) for sheet in sheets]
        folds, again = folds_of(groups), known_again(groups)
        weights = weights_of(groups)
        likeness: dict[int, float] = {}
        for number in sorted(set(folds)):
            outside = [at for at, fold in enumerate(folds) if fold == number]
            likeness |= novelty.likeness_of(outside, traits, groups)
        once_more = novelty.likeness_of(again, traits, groups)
        return cls(
            examples,
            sheets,
            [{} for _ in sheets],
            np.array(weights),
            [*range(len(sheets)), *again],
            [*folds, *(folds[at] for at in again)],
            [*(likeness[at] for at in range(len(sheets))), *(once_more[at] for at in again)],
            np.array([*weights, *weights_of([groups[at] for at in again])]),
            novelty.remember(traits, groups),
            seed,
        )

    @property
    def again(self) -> list[int]:
        """Documents of the second sittings."""
        return self.of[len(self.examples) :]


def _check(examples: Sequence[Labelled], kinds: Mapping[str, str]) -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise SettingsInvalid(
            "training needs scikit-learn; install it with: pip install 'surehand[learn]'"
        ) from error
    if len(examples) < FEWEST:
        raise NotEnoughEvidence(
            f"{len(examples)} labelled documents are too few to learn from: "
            f"{FEWEST - len(examples)} more are needed"
        )
    for name, kind in kinds.items():
        if kind not in _KINDS:
            raise SettingsInvalid(
                f"the field '{name}' is of type {kind}, which cannot be read from documents"
            )


def _field(
    course: _Course, name: str, kind: str, day_first: bool | None
) -> tuple[Learned, dict[int, tuple[bool, float]], float] | None:
    """What was learned of a field, how it did in each sitting, and the ceiling; None with too few values."""
    at = [place for place, example in enumerate(course.examples) if name in example.values]
    truths = [values.comparable(kind, course.examples[place].values[name]) for place in at]
    if sum(truth is not None for truth in truths) < FEWEST:
        return None
    sheets = [course.sheets[place] for place in at]
    printed = [str(course.examples[place].values[name]) for place in at]
    caches = [course.caches[place] for place in at]
    plan, _ = plans.plan_for(kind, sheets, truths, caches, day_first=day_first)
    plan = plans.styled(plan, printed, sheets, truths, [course.examples[place].group for place in at])
    found = [plans.look(sheet, plan, cache) for sheet, cache in zip(sheets, caches, strict=True)]
    index = {place: number for number, place in enumerate(at)}
    sittings = [number for number, place in enumerate(course.of) if place in index]
    both, held = stages.fit(
        plan,
        found,
        truths,
        weights=course.weights[at],
        folds=[course.folds[place] for place in at],
        again=[index[place] for place in course.again if place in index],
        seed=course.seed,
    )
    wanted = [truths[index[course.of[one]]] for one in sittings]
    trial = Trial(
        held,
        wanted,
        [course.similarity[one] for one in sittings],
        course.counted[sittings],
        [course.folds[one] for one in sittings],
    )
    ordered = plans.share_in_order(plan, sheets, truths)
    labelled = [text for text, place in zip(printed, at, strict=True) if course.examples[place].values[name]]
    known = spelling.spellings(labelled) if plan.shape == "span" else {}
    learned = Learned(both, *trial.fitted(None), trial.nothing(), ordered, known)
    results = dict(zip(sittings, trial.results(learned), strict=True))
    return learned, results, _reachable(held[: len(at)], truths)


def _reachable(held: Sequence[stages.Held], truths: Sequence[Any]) -> float:
    """Share of the labelled values that are among the candidates."""
    hits = [
        any(one.key == truth for one in seen.candidates)
        for seen, truth in zip(held, truths, strict=True)
        if truth is not None
    ]
    return sum(hits) / len(hits)


def _whole(
    course: _Course, held: Mapping[str, Mapping[int, tuple[bool, float]]]
) -> tuple[Logistic | None, dict[int, float]]:
    """P(all fields are right) from their confidences; and what it says in each sitting."""
    import numpy as np

    sittings = [one for one in range(len(course.of)) if held and all(one in done for done in held.values())]
    if len(sittings) < FEWEST:
        return None, {}
    X = np.array(
        [whole_signals([held[name][one][1] for name in held], course.similarity[one]) for one in sittings]
    )
    right = np.array([all(held[name][one][0] for name in held) for one in sittings])
    weights, folds = course.counted[sittings], np.array([course.folds[one] for one in sittings])
    said: dict[int, float] = {}
    for number in sorted(set(folds.tolist())):
        other = folds != number
        if other.any():
            apart = calibration.logistic(X[other], right[other], weight=weights[other], rising=(0, 1, 2))
            for at, share in zip(np.flatnonzero(~other), apart(X[~other]), strict=True):
                said[sittings[at]] = float(share)
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
