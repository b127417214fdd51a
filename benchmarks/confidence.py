"""How honest confidence is once it was fitted to a few unseen answers, and how well it orders cases.

    python -m benchmarks.confidence --set banking77|clinc150 [--vectors sentences] [--train DIR] [--data DIR]
                                    [--runs N] [--json]

A classifier learns from one part. On the other part it says four signals: what its methods give the answer,
not fitted; its lead; likeness; consensus. In each run some cases are drawn and answered, confidence is fitted
to them, and what it says of all others is compared with what is right. One case in twenty is out of scope,
where there are such cases. Beside it: the lowest signal, which counts before any fit, and the fit averaged
with boosted trees, which needs scikit-learn.

error     how far confidence is off on average, over ten parts of equal size; chance alone gives some of it
could     share of cases, the surest first, of which at most 2 in 100 are wrong
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import split_of
from surehand.core.confidence import OF_THE_MODEL, Answered, calibrated, judged
from surehand.providers import text_classifier
from surehand.stats.calibration import expected_calibration_error

ANSWERS, ERROR, OUTSIDE = (100, 200, 400, 800), 0.02, 0.05

Floats = NDArray[np.float64]
Told = list[Answered]


def told(split: Any, *, vectors: str | None) -> tuple[Told, NDArray[np.bool_]]:
    """What was said of every tested case, whether it was right, and whether it was in scope."""
    model = text_classifier.train(split.learned, reads=split.reads, vectors=vectors).model
    readings = model.readings([one.values for one in split.tested])
    truth = [one.answer for one in split.tested]
    said = (readings.probability, readings.margin, readings.similarity, readings.consensus)
    names = (OF_THE_MODEL, "margin", "input_similarity", "consensus")
    found = [
        Answered(
            dict(zip(names, map(float, row), strict=True)),
            bool(best >= 0 and readings.answers[best] == answer),
        )
        for *row, best, answer in zip(*said, readings.best, truth, strict=True)
    ]
    return found, np.array([answer is not None for answer in truth])


def run(cases: Told, inside: NDArray[np.bool_], *, answers: int, seed: int) -> dict[str, tuple[float, float]]:
    """Way of saying how sure it is -> error, and share that could run."""
    generator = np.random.default_rng(seed)
    usual, strange = (
        generator.permutation(np.flatnonzero(inside)),
        generator.permutation(np.flatnonzero(~inside)),
    )
    kept = strange[: round(len(usual) * OUTSIDE / (1 - OUTSIDE))]
    order = generator.permutation(np.concatenate([usual, kept]))
    taught, rest = [cases[i] for i in order[:answers]], [cases[i] for i in order[answers:]]
    right = np.array([one.right for one in rest])
    fit = calibrated(taught, list(cases[0].signals)).calibration
    fitted = np.array([judged(one.signals, fit).value for one in rest], dtype=float)
    ways = {
        "lowest": np.array([judged(one.signals).value for one in rest], dtype=float),
        "fitted": fitted, "with trees": (fitted + _trees(taught, rest)) / 2,
    }  # fmt: skip
    return {name: (expected_calibration_error(said, right).error, _could(said, right))
            for name, said in ways.items()}  # fmt: skip


def _trees(taught: Told, rest: Told) -> Floats:
    from sklearn.ensemble import HistGradientBoostingClassifier

    names = list(taught[0].signals)
    rows, new = ([[one.signals[name] for name in names] for one in part] for part in (taught, rest))
    trees = HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=4, min_samples_leaf=10, monotonic_cst=[1] * len(names), random_state=0
    )
    said: Floats = trees.fit(rows, [one.right for one in taught]).predict_proba(new)[:, 1]
    return said


def _could(said: Floats, right: NDArray[np.bool_]) -> float:
    wrong = np.cumsum(~right[np.argsort(-said, kind="stable")])
    kept = np.flatnonzero(wrong <= ERROR * np.arange(1, len(wrong) + 1))
    return float((kept[-1] + 1) / len(wrong)) if len(kept) else 0.0


def report(cases: Told, inside: NDArray[np.bool_], *, runs: int) -> dict[str, Any]:
    """Means over runs, by number of answers."""
    found: dict[str, Any] = {}
    for answers in ANSWERS:
        past = [run(cases, inside, answers=answers, seed=seed) for seed in range(runs)]
        found[str(answers)] = {
            name: dict(
                zip(
                    ("error", "could"),
                    np.mean([one[name] for one in past], axis=0).round(4).tolist(),
                    strict=True,
                )
            )
            for name in past[0]
        }
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=("banking77", "clinc150"), required=True)
    parser.add_argument("--vectors", choices=text_classifier.VECTORS)
    parser.add_argument("--train", type=Path, help="folder to learn from")
    parser.add_argument("--data", type=Path, help="folder to test on")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    try:
        split = split_of(given.set, learn=given.train, test=given.data, tune=False)
    except FileNotFoundError as error:
        parser.error(str(error))
    found = report(*told(split, vectors=given.vectors), runs=given.runs)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for answers, ways in found.items():
        for name, figures in ways.items():
            print(
                f"{answers:>4} answers  {name:11} error {figures['error']:.4f}  could {figures['could']:.3f}"
            )


if __name__ == "__main__":
    main()
