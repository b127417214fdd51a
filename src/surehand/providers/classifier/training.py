"""Training a classifier of any kind: which examples can teach, folds, and figures on what was left out."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.core.classification import Answer, Readings, Taught
from surehand.errors import NotEnoughEvidence, SettingsInvalid
from surehand.stats.calibration import expected_calibration_error

from .fitting import fitted
from .model import Model
from .panel import Course, Opinions
from .storage import versioned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str, float], None]

#: With fewer examples of learnable answers nothing is learned; an answer with fewer is not learned.
FEWEST, FEWEST_OF_ANSWER = 10, 2
#: Answers that one model can choose among, and examples that it learns from.
MOST_ANSWERS, MOST_EXAMPLES = 1_000, 100_000
#: Shares of wrong answers for which it is told how much could run.
ERRORS = (0.01, 0.02, 0.05, 0.07, 0.1, 0.2)
#: Parts that are left out in turn; fewer where each takes long.
_FOLDS, _FOLDS_OF_MANY, _MANY = 5, 3, 4_000
#: Numbers that the opinions on left-out cases may take; with more, some of the cases are looked at.
_MOST_NUMBERS = 20_000_000


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it did on its examples while they were left out.

    report    what it learned from, and its figures, as JSON
    held_out  readings of the examples that were left out, and `truth` the place of the right answer of
              each; -1: out of scope, or an answer that could not be learned
    """

    model: Model
    report: Mapping[str, Any]
    held_out: Readings
    truth: "NDArray[np.int64]"


def train(
    provider: str,
    examples: Sequence[Taught],
    course_of: Callable[[Sequence[Mapping[str, Any]]], Course],
    *,
    out_of_scope: float | None = None,
    progress: Progress | None = None,
) -> Trained:
    """A classifier that learned from examples.

    course_of     makes their values ready for the panels of one kind
    out_of_scope  share of the cases to come that is expected to be out of scope; by default what the
                  examples show, and one in twenty at least where they show any
    raises  NotEnoughEvidence: fewer than ten examples of answers with two or more, or one answer alone;
               SettingsInvalid: more than 1,000 answers, or scikit-learn is missing
    """
    _library()
    from threadpoolctl import threadpool_limits

    tell = progress or (lambda _what, _share: None)
    used = _fewer(examples)
    answers = _answers(used)
    place = {answer: at for at, answer in enumerate(answers)}
    truth = _places(used, place)
    tell("Reading the examples", 0.02)
    with threadpool_limits(limits=1):  # the server beside it goes on answering
        course = course_of([one.values for one in used])
        opinions, seen = _left_out(course, used, truth, len(answers), tell)
        tell("Measuring how sure it may be", 0.8)
        sureness = fitted(opinions, truth[seen], out_of_scope=out_of_scope)
        inside = (truth >= 0).nonzero()[0]
        panel = course.panel(inside, truth[inside], len(answers))
    model = versioned(Model(provider, answers, panel, sureness))
    held_out = sureness.readings(answers, opinions)
    report = {**_counts(examples, used, answers), **_figures(held_out, truth[seen])}
    tell("Done", 1.0)
    return Trained(model, report, held_out, truth[seen])


def _library() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise SettingsInvalid(
            "training needs scikit-learn; install it with: pip install 'surehand[learn]'"
        ) from error


def _fewer(examples: Sequence[Taught]) -> Sequence[Taught]:
    """The examples, or the newest of them where there are too many; they come oldest first."""
    return examples[-MOST_EXAMPLES:]


def _answers(examples: Sequence[Taught]) -> tuple[Answer, ...]:
    """The answers that can be learned, in order."""
    counts = Counter(one.answer for one in examples if one.answer is not None)
    learnable = sorted(answer for answer, count in counts.items() if count >= FEWEST_OF_ANSWER)
    total = sum(counts[answer] for answer in learnable)
    if len(counts) == 1:
        (only,) = counts
        raise NotEnoughEvidence(
            f"all {counts[only]} examples have the answer {_shown(only)}: there is nothing to tell apart"
        )
    if len(learnable) < 2 or total < FEWEST:
        raise NotEnoughEvidence(
            f"{total} examples of answers that come up at least twice are too few to learn from: "
            f"it takes {FEWEST}, of two answers or more"
        )
    if len(learnable) > MOST_ANSWERS:
        raise SettingsInvalid(
            f"the examples have {len(learnable):,} different answers; "
            f"a model tells {MOST_ANSWERS:,} apart at most"
        )
    return tuple(learnable)


def _places(examples: Sequence[Taught], place: Mapping[Answer, int]) -> "NDArray[np.int64]":
    import numpy as np

    return np.array(
        [-1 if one.answer is None else place.get(one.answer, -1) for one in examples], dtype=np.int64
    )


def _left_out(
    course: Course, examples: Sequence[Taught], truth: "NDArray[np.int64]", count: int, tell: Progress
) -> "tuple[Opinions, NDArray[np.int64]]":
    """Opinions on examples by panels that had not seen them, and which examples these are."""
    import numpy as np

    rounds = _FOLDS if len(examples) < _MANY else _FOLDS_OF_MANY
    folds = _folds(examples, truth, rounds)
    step = max(1, -(-len(examples) * count // _MOST_NUMBERS))
    parts, found = [], []
    for fold in range(rounds):
        tell(f"Learning, part {fold + 1} of {rounds}", 0.05 + 0.75 * fold / rounds)
        taught = np.flatnonzero((folds != fold) & (truth >= 0))
        there, own = np.unique(truth[taught], return_inverse=True)
        outside = np.flatnonzero(folds == fold)[::step]
        if len(there) < 2 or not len(outside):
            continue
        panel = course.panel(taught, own, len(there))
        found.append(_widened(course.opinions(panel, outside), there, count))
        parts.append(outside)
    if not found:
        raise NotEnoughEvidence(
            "the examples repeat each other: there is nothing left to measure the model on"
        )
    names = ("first", "second", "near", "blank")
    together = (np.concatenate([getattr(one, name) for one in found]) for name in names)
    return Opinions(*together), np.concatenate(parts)


def _widened(opinions: Opinions, there: "NDArray[np.int64]", count: int) -> Opinions:
    """Opinions of a panel to which some answers were not taught: those are the last that it would give."""
    import numpy as np

    if len(there) == count:
        return opinions

    def wide(scores: "NDArray[np.float64]") -> "NDArray[np.float64]":
        low = scores.min(axis=1, keepdims=True)
        out = np.repeat(low - np.abs(low) - 1.0, count, axis=1)
        out[:, there] = scores
        return out

    return Opinions(wide(opinions.first), wide(opinions.second), wide(opinions.near), opinions.blank)


def _folds(examples: Sequence[Taught], truth: "NDArray[np.int64]", count: int) -> "NDArray[np.int64]":
    """(n,) the fold of each; examples with the same values are never parted, answers are spread evenly."""
    import numpy as np

    groups: dict[str, int] = {}
    group = [groups.setdefault(_digest(one.values), len(groups)) for one in examples]
    of_group = np.full(len(groups), -1, dtype=np.int64)
    dealt: Counter[int] = Counter()
    for own, answer in sorted(zip(group, truth.tolist(), strict=True), key=lambda one: _shuffled(one[0])):
        if of_group[own] < 0:
            of_group[own] = dealt[answer] % count
            dealt[answer] += 1
    return of_group[group]


def _shuffled(number: int) -> int:
    return (number * 2_654_435_761) & 0xFFFFFFFF


def _digest(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, default=str).lower()
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


# --- what is told


def _counts(
    examples: Sequence[Taught], used: Sequence[Taught], answers: tuple[Answer, ...]
) -> dict[str, Any]:
    learned = set(answers)
    said: dict[str, set[Answer | None]] = {}
    for one in used:
        said.setdefault(_digest(one.values), set()).add(one.answer)
    return {
        "used": len(used),
        "left_out": len(examples) - len(used),
        "answers": {_name(a): n for a, n in Counter(o.answer for o in used).items() if a in learned},
        "not_learned": sorted(
            {_name(o.answer) for o in used if o.answer is not None} - set(map(_name, learned))
        ),
        "out_of_scope": sum(one.answer is None for one in used),
        "contradictory": sum(len(different) > 1 for different in said.values()),
    }


def _figures(readings: Readings, truth: "NDArray[np.int64]") -> dict[str, Any]:
    """How often it was right about what it had not seen, and how far its confidence is off."""
    inside = truth >= 0
    right = readings.best == truth
    off = expected_calibration_error(readings.confidence, right & inside)
    return {
        "right": round(float(right[inside].mean()), 4),
        "confident_and_right": round(float(right[inside & (readings.confidence > 0.9)].mean()), 4)
        if (inside & (readings.confidence > 0.9)).any()
        else None,
        "confident": round(float((readings.confidence > 0.9).mean()), 4),
        "calibration_error": [round(value, 4) for value in (off.error, off.low, off.high)],
        "could_run": {str(most): _could_run(readings.confidence, right & inside, most) for most in ERRORS},
    }


def _could_run(confidence: "NDArray[np.float64]", right: "NDArray[np.bool_]", most: float) -> float:
    """The largest share of cases, the surest first, of which at most so many are wrong."""
    import numpy as np

    wrong = np.cumsum(~right[np.argsort(-confidence, kind="stable")])
    kept = np.flatnonzero(wrong <= most * np.arange(1, len(wrong) + 1))
    return round(float((kept[-1] + 1) / len(wrong)), 4) if len(kept) else 0.0


def _name(answer: Answer | None) -> str:
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)


def _shown(answer: Answer) -> str:
    return f"'{_name(answer)}'"
