"""Whether a fit of confidence should have an offset for each group of cases.

    python -m benchmarks.confidence_groups --set compas|clinc150 [--by race|sex|word]
                                           [--train DIR] [--data DIR] [--runs N] [--json]

As `confidence`: a classifier learns from one part; of the other some cases are drawn and answered, and what
confidence says of all others is compared with what is right. Groups of compas are by race or sex, those of
clinc150 by the first word of the question: the ten that are most frequent, and the rest.

one        one fit for all cases, as in the product
pulled     beside it an offset to the log odds of each group, pulled to 0 by a ridge of ten
as differ  the same, where the ridge is one over the variance between groups that chance does not explain, and
           there is no offset where chance explains all (DerSimonian and Laird, Meta-analysis in clinical
           trials, 1986)

gap    how far what is said is from what is right on average, group by group, weighted by cases; groups of 50
       cases at least. Chance alone gives some of it
error, could  as in `confidence`; could: of which 2, and of which 10 in 100 are wrong
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import Split, split_of
from benchmarks.confidence import Floats, Told
from surehand.core.confidence import OF_THE_MODEL, Answered, calibrated, judged
from surehand.providers import table_classifier, text_classifier
from surehand.stats.calibration import expected_calibration_error

ANSWERS, PULL, FEWEST, WORDS = (200, 400, 800, 2_000), 10.0, 50, 10

#: What groups are told apart by, the first of them unless another is named.
BY = {"compas": ("race", "sex"), "clinc150": ("word",)}


def told(split: Split, *, table: bool) -> Told:
    """What was said of every tested case, and whether it was right."""
    kind = table_classifier if table else text_classifier
    readings = kind.train(split.learned, reads=split.reads, vectors=None).model.readings(
        [one.values for one in split.tested]
    )
    said = (readings.probability, readings.margin, readings.similarity, readings.consensus)
    names = (OF_THE_MODEL, "margin", "input_similarity", "consensus")
    return [
        Answered(
            dict(zip(names, map(float, row), strict=True)),
            bool(best >= 0 and readings.answers[best] == one.answer),
        )
        for *row, best, one in zip(*said, readings.best, split.tested, strict=True)
    ]


def groups_of(split: Split, by: str) -> NDArray[np.str_]:
    """The group of every tested case."""
    if by != "word":
        return np.array([str(one.values[by]) for one in split.tested])
    first = [str(one.values["text"]).lower().split()[0] for one in split.tested]
    often = {word for word, _ in Counter(first).most_common(WORDS)}
    return np.array([word if word in often else "(others)" for word in first])


def run(cases: Told, groups: NDArray[np.str_], *, answers: int, seed: int) -> dict[str, list[float]]:
    """Way of fitting -> error, gap, and shares that could run."""
    order = np.random.default_rng(seed).permutation(len(cases))
    taught, rest = order[:answers], order[answers:]
    fit = calibrated([cases[place] for place in taught], list(cases[0].signals)).calibration
    said = np.array([judged(one.signals, fit).value for one in cases], dtype=float)
    right, odds = np.array([one.right for one in cases]), np.log(said / (1 - said))
    given = odds[taught], right[taught], groups[taught]
    pulls = {"one": np.inf, "pulled": PULL, "as differ": _pull(*given)}
    found = {}
    for way, pull in pulls.items():
        offsets = _offsets(*given, pull=pull)
        shifted = odds[rest] + np.array([offsets.get(group, 0.0) for group in groups[rest]])
        found[way] = _figures(1 / (1 + np.exp(-shifted)), right[rest], groups[rest])
    return found


def _offsets(
    odds: Floats, right: NDArray[np.bool_], groups: NDArray[np.str_], *, pull: float
) -> dict[str, float]:
    if np.isinf(pull):
        return {}
    found = {}
    for group in set(groups.tolist()):
        here, offset = groups == group, 0.0
        for _ in range(30):
            p = 1 / (1 + np.exp(-(odds[here] + offset)))
            offset -= float(((p - right[here]).sum() + pull * offset) / ((p * (1 - p)).sum() + pull))
        found[group] = offset
    return found


def _pull(odds: Floats, right: NDArray[np.bool_], groups: NDArray[np.str_]) -> float:
    """One over the variance between groups; without end where they differ no more than by chance."""
    p = 1 / (1 + np.exp(-odds))
    which = [groups == group for group in sorted(set(groups.tolist()))]
    score = np.array([(right[one] - p[one]).sum() for one in which])
    known = np.array([(p[one] * (1 - p[one])).sum() for one in which])
    more = float((score**2 / known).sum()) - (len(which) - 1)
    between = more / float(known.sum() - (known**2).sum() / known.sum()) if len(which) > 1 else 0.0
    return 1 / between if between > 0 else np.inf


def _figures(said: Floats, right: NDArray[np.bool_], groups: NDArray[np.str_]) -> list[float]:
    names, counts = np.unique(groups, return_counts=True)
    large = [(name, count) for name, count in zip(names, counts, strict=True) if count >= FEWEST]
    gaps = [abs(said[groups == name].mean() - right[groups == name].mean()) for name, _ in large]
    wrong = np.cumsum(~right[np.argsort(-said, kind="stable")]) / np.arange(1, len(right) + 1)
    last = [max(np.flatnonzero(wrong <= error).tolist(), default=-1) for error in (0.02, 0.1)]
    error = expected_calibration_error(said, right).error
    gap = float(np.average(gaps, weights=[count for _, count in large]))
    return [error, gap, *((place + 1) / len(right) for place in last)]


def report(cases: Told, groups: NDArray[np.str_], *, runs: int) -> dict[str, Any]:
    """Means over runs, by number of answers, of which there are three in five cases at most."""
    found: dict[str, Any] = {}
    for answers in (one for one in ANSWERS if 5 * one <= 3 * len(cases)):
        past = [run(cases, groups, answers=answers, seed=seed) for seed in range(runs)]
        found[str(answers)] = {way: _middle([one[way] for one in past]) for way in past[0]}
    return found


def _middle(figures: Sequence[Sequence[float]]) -> dict[str, float]:
    names = ("error", "gap", "could at 2 %", "could at 10 %")
    return dict(zip(names, np.mean(figures, axis=0).round(4).tolist(), strict=True))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=tuple(BY), required=True)
    parser.add_argument("--by", choices=sorted({by for one in BY.values() for by in one}))
    parser.add_argument("--train", type=Path, help="folder to learn from")
    parser.add_argument("--data", type=Path, help="folder to test on")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    by = given.by or BY[given.set][0]
    if by not in BY[given.set]:
        parser.error(f"groups of {given.set} are by {' or '.join(BY[given.set])}")
    try:
        split = split_of(given.set, learn=given.train, test=given.data, tune=False)
    except FileNotFoundError as error:
        parser.error(str(error))
    cases = told(split, table=given.set == "compas")
    found = report(cases, groups_of(split, by), runs=given.runs)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for answers, ways in found.items():
        for way, figures in ways.items():
            words = "  ".join(f"{name} {value:.4f}" for name, value in figures.items())
            print(f"{answers:>4} answers  {way:9}  {words}")


if __name__ == "__main__":
    main()
