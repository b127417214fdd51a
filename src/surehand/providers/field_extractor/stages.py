"""Fitting the two stages of one field, with what each says of the documents it did not see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.providers.trees import Trees, averaged, coded, edges_of, of_boosting, uncoded

from . import plans, spans, values, variation
from .learned import Stages
from .linear import Linear, fitted_linear, sparse
from .plans import Found, Plan
from .rows import sheet_of
from .spans import Span
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRENGTH = 0.02
_HEAD = 12
_OTHERS = 15
_MOST_WRONG = 60
_COPY_WEIGHT = 0.5
_NEAR = 2.0
_BAGS_OF_SPOTS, _BAGS_OF_SPANS = 4, 2
_ROUNDS = 70
#: With fewer right candidates only half of the bags are fitted: a person may be waiting for the model.
_MANY = 80


@dataclass(frozen=True, slots=True)
class Held:
    """One document as seen by stages that were fitted without its fold.

    candidates, first, odds  as `learned.choose` takes them; `first` is (spots or units, k)
    """

    candidates: Sequence[Spot | Span]
    first: "NDArray[np.float64]"
    odds: "NDArray[np.float64]"


@dataclass(slots=True)
class _Taught:
    """What the stages of one field are fitted on: the documents, then varied copies of some of them.

    of       document of each copy
    weights  of documents and copies
    rows     (all places, words) sparse: hashed words of every place of every document
    starts   first row of each document, and the end of the last
    labels   (places, k) of each document; `kept` are the places that teach
    """

    plan: Plan
    found: list[Found]
    truths: list[Any]
    of: list[int]
    weights: "NDArray[np.float64]"
    rows: Any
    starts: "NDArray[np.int64]"
    labels: "list[NDArray[np.bool_]]"
    kept: "list[NDArray[np.int64]]"

    @classmethod
    def of_documents(
        cls,
        plan: Plan,
        found: Sequence[Found],
        truths: Sequence[Any],
        weights: "NDArray[np.float64]",
        seed: int,
    ) -> "_Taught":
        import numpy as np

        of, made = copies(plan, found, truths, seed)
        everyone, wanted = [*found, *made], [*truths, *(truths[at] for at in of)]
        labels = [found_labels(one, truth) for one, truth in zip(everyone, wanted, strict=True)]
        return cls(
            plan,
            everyone,
            wanted,
            of,
            np.concatenate([weights, _COPY_WEIGHT * weights[of]]),
            sparse([place for one in everyone for place in one.places]),
            np.cumsum([0, *(len(one.places) for one in everyone)]),
            labels,
            [
                _kept(one, label, seed + at)
                for at, (one, label) in enumerate(zip(everyone, labels, strict=True))
            ],
        )

    def first(self, models: Sequence[Linear], at: int) -> "NDArray[np.float64]":
        """What models of the first stage say of a document: (places, k) log odds."""
        import numpy as np

        rows = self.rows[self.starts[at] : self.starts[at + 1]]
        return np.stack([model.log_odds_of(rows) for model in models], axis=1)

    def linear(self, documents: "NDArray[np.int64]") -> tuple[Linear, ...]:
        """The first stage, fitted on some documents."""
        import numpy as np

        rows = self.rows[np.concatenate([self.starts[at] + self.kept[at] for at in documents])]
        weight = np.concatenate([np.full(len(self.kept[at]), self.weights[at]) for at in documents])
        right = np.concatenate([self.labels[at][self.kept[at]] for at in documents])
        return tuple(
            fitted_linear(rows, right[:, stage], weight, strength=_STRENGTH)
            for stage in range(self.plan.stages)
        )


def fit(
    plan: Plan,
    found: Sequence[Found],
    truths: Sequence[Any],
    *,
    weights: "NDArray[np.float64]",
    folds: Sequence[int],
    again: Sequence[int],
    seed: int,
) -> tuple[Stages, list[Held]]:
    """The stages fitted on all documents, and how documents are seen by stages that were fitted without them.

    truths   (documents,) comparable values; None where a document does not show the field
    again    documents that are also seen by stages fitted without these, but with others of their group
    returns  of the second, each document without its fold, then those of `again`
    """
    import numpy as np

    taught = _Taught.of_documents(plan, found, truths, weights, seed)
    fold = np.array([*folds, *(folds[at] for at in taught.of)])
    first: list[NDArray[np.float64]] = [np.zeros((0, plan.stages))] * len(fold)
    for number in sorted(set(folds)):
        models = taught.linear(np.flatnonzero(fold != number))
        for at in np.flatnonzero(fold == number):
            first[at] = taught.first(models, int(at))
    cut = [plans.measured(one, stage) for one, stage in zip(taught.found, first, strict=True)]
    odds: list[NDArray[np.float64]] = [np.zeros(0)] * len(fold)
    for number in sorted(set(folds)):
        trees = _trees(cut, taught, np.flatnonzero(fold != number), seed, apart=True)
        for at in np.flatnonzero(fold == number):
            odds[at] = _odds(trees, *cut[at])
    everything = np.arange(len(fold))
    stages = Stages(plan, taught.linear(everything), _trees(cut, taught, everything, seed))
    unseen = [Held(cut[at][0], first[at], odds[at]) for at in range(len(found))]
    return stages, [*unseen, *_known(taught, cut, again, seed)]


_Cut = tuple[Sequence[Spot | Span], "NDArray[np.float64]"]


def _known(taught: _Taught, cut: Sequence[_Cut], again: Sequence[int], seed: int) -> list[Held]:
    """Some documents as seen by stages that were fitted on all others."""
    import numpy as np

    if not again:
        return []
    apart = set(again)
    of = [*range(len(taught.found) - len(taught.of)), *taught.of]
    others = np.array([at for at, document in enumerate(of) if document not in apart])
    models, trees = taught.linear(others), _trees(cut, taught, others, seed, apart=True)
    out = []
    for at in again:
        first = taught.first(models, at)
        candidates, X = plans.measured(taught.found[at], first)
        out.append(Held(candidates, first, _odds(trees, candidates, X)))
    return out


def _odds(trees: Trees, candidates: Sequence[Spot | Span], X: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    return trees.log_odds(X) if len(candidates) else np.zeros(0)


def found_labels(found: Found, truth: Any) -> "NDArray[np.bool_]":
    """What the first stage should say: (spots, 1) right, or (units, 3) inside, first and last."""
    import numpy as np

    if found.plan.shape != "span":
        right = [[truth is not None and spot.key == truth] for spot in found.spots]
        return np.array(right, dtype=bool).reshape(-1, 1)
    units = found.sheet.units
    out = np.zeros((len(units), 3), dtype=bool)
    if truth is None:
        return out
    equal = right_spans(found, truth)
    for span in equal[:6]:
        out[list(span.units), 0] = True
        out[span.units[0], 1] = out[span.units[-1], 2] = True
    if not equal:  # misread somewhere: the units that are part of it still teach
        for at, unit in enumerate(units):
            text = values.plain(unit.text)
            if len(text) >= 5 and text in truth:
                out[at] = (True, truth.startswith(text), truth.endswith(text))
    return out


def right_spans(found: Found, truth: str) -> list[Span]:
    """The spans whose text is the labelled one."""
    texts = [values.plain(unit.text) for unit in found.sheet.units]
    starts = [at for at, text in enumerate(texts) if text and (text[:3] in truth or truth[:3] in text)]
    cut = spans.spans_of(found.sheet, starts[:200], longest=found.plan.longest, trims=found.plan.trims)
    return [span for span in cut if span.key == truth]


def copies(
    plan: Plan, found: Sequence[Found], truths: Sequence[Any], seed: int
) -> tuple[list[int], list[Found]]:
    """Varied copies of documents that show a text: of which document each is, and its candidates."""
    import numpy as np

    if plan.shape != "span":
        return [], []
    draw = np.random.default_rng(seed)
    strays = [one.sheet.row(one.sheet.rows // 2).text[:30] for one in found if one.sheet.rows > 4]
    strays += [one.sheet.row(0).text[:30] for one in found if one.sheet.rows > 4]
    of, made = [], []
    for at, (one, truth) in enumerate(zip(found, truths, strict=True)):
        right = right_spans(one, truth) if truth is not None else []
        document = variation.varied(one.sheet, right[0].units, strays, draw) if right else None
        if document is not None:
            of.append(at)
            made.append(plans.look(sheet_of(document), plan, {}))
    return of, made


def _kept(found: Found, labels: "NDArray[np.bool_]", seed: int) -> "NDArray[np.int64]":
    """Which places teach the first stage: all values; of units the right ones, those near, the head, some."""
    import numpy as np

    if found.plan.shape != "span":
        return np.arange(len(found.places))
    count = len(found.places)
    near = {at for right in np.flatnonzero(labels.any(axis=1)) for at in range(right - 2, right + 3)}
    some = np.random.default_rng(seed).permutation(count)[:_OTHERS]
    return np.array(
        sorted({at for at in near if 0 <= at < count} | set(range(min(_HEAD, count))) | {*some.tolist()})
    )


def _trees(
    cut: Sequence[_Cut],
    taught: _Taught,
    documents: "NDArray[np.int64]",
    seed: int,
    *,
    apart: bool = False,
) -> Trees:
    """Boosted trees over the candidates of some documents; a document's likeliest wrong ones are enough.

    apart  they only measure: one bag will do
    """
    import numpy as np

    X, right, weight = [], [], []
    for at in documents:
        candidates, numbers = cut[at]
        if not candidates:
            continue
        truth = taught.truths[at]
        good = np.array([truth is not None and one.key == truth for one in candidates], dtype=bool)
        order = np.argsort(-numbers[:, 0] - 100 * good, kind="stable")[:_MOST_WRONG]
        X.append(numbers[order])
        right.append(good[order])
        weight.append(taught.weights[at] * _hardness(candidates, good)[order])
    labels = np.concatenate(right) if right else np.zeros(0, dtype=bool)
    if labels.all() or not labels.any():
        return constant(3.0 if len(labels) and labels.all() else -5.0)
    bags = _BAGS_OF_SPANS if taught.plan.shape == "span" else _BAGS_OF_SPOTS
    bags = bags if labels.sum() >= _MANY else bags // 2
    bags = 1 if apart else bags
    return _boosted(np.vstack(X), labels, np.concatenate(weight), range(seed, seed + bags))


def _boosted(
    X: "NDArray[np.float64]", right: "NDArray[np.bool_]", weight: "NDArray[np.float64]", seeds: Sequence[int]
) -> Trees:
    """The mean of some boostings, each of which sees other columns at each cut."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    edges = edges_of(X)
    codes = coded(X, edges)
    fitted = []
    for seed in seeds:
        model = HistGradientBoostingClassifier(
            max_iter=_ROUNDS,
            learning_rate=0.1,
            max_leaf_nodes=12,
            max_depth=6,
            min_samples_leaf=max(3, min(15, int(right.sum()) // 4)),
            l2_regularization=1.0,
            max_bins=63,
            max_features=0.35,
            early_stopping=False,
            random_state=seed,
        )
        fitted.append(of_boosting(model.fit(codes, right, sample_weight=weight)))
    return uncoded(averaged(fitted), edges)


def _hardness(candidates: Sequence[Spot | Span], good: "NDArray[np.bool_]") -> "NDArray[np.float64]":
    """(n,) how much each candidate counts: more where it shares rows with the right text."""
    import numpy as np

    rows = {
        at
        for one, right in zip(candidates, good, strict=True)
        if right and isinstance(one, Span)
        for at in one.units
    }
    near = [isinstance(one, Span) and bool(rows.intersection(one.units)) for one in candidates]
    return np.where(near, _NEAR, 1.0)


def constant(odds: float) -> Trees:
    """Trees that say the same of everything."""
    import numpy as np

    none = np.zeros(1, dtype=np.int32)
    return Trees(none, np.array([np.inf]), none, none, np.zeros(1), none, odds, 0)
