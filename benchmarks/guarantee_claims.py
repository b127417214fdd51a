"""Confidence that says more than comes true: how soon the alarm rings, and how often for nothing.

ChaosNLI: sentence pairs that were chosen because people disagree on them, each judged by 100 people, and what
two language models said of them, with a probability. An answer is right that most of the 100 gave. Nothing
is learned from the cases but the fit of confidence, which is made on their part `dev` and looked at on their
part `test`. In every run the same cases come in another order.

alone    the alarm by itself, on the cases of which the model claims 90 % and more
guard    the alarm of the guard, which is told of every case, and after its first 200 heeds the surest 90 in
         100; how many blind answers it had by then
honest   the same claims, each of which comes true as often as it says, in every run drawn anew: how often the
         alarm rings for nothing, within as many answers as there are claims and within ten times as many
fitted   confidence fitted to the part `dev`: claims and alarm on the part `test`
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import DATA, wilson
from surehand.core.confidence import OF_THE_MODEL, Answered, calibrated
from surehand.core.guarantee import Plan, Turning
from surehand.stats.drift import Overstated
from tests.guarantees.worlds import lived

#: From here on a model claims to be sure.
SURE = 0.9

#: Files of the set, by the name of the public set that the pairs come from.
FILES = {"snli": "chaosnli_snli.jsonl", "mnli": "chaosnli_mnli_m.jsonl"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a model said of n cases.

    said   (n,) probability of its answer
    right  (n,) bool: most people gave the same answer
    alike  (n,) share of people who did
    fits   (n,) bool: of the part that confidence may be fitted on
    """

    said: NDArray[np.float64]
    right: NDArray[np.bool_]
    alike: NDArray[np.float64]
    fits: NDArray[np.bool_]

    def __getitem__(self, which: NDArray[Any]) -> "Claims":
        return Claims(self.said[which], self.right[which], self.alike[which], self.fits[which])


def claims(rows: Sequence[Mapping[str, Any]], model: str) -> Claims:
    """What a model said of the cases that it was asked about."""
    said, right, alike, fits = [], [], [], []
    for row in rows:
        if (one := row["model_predictions"].get(model)) is None:
            continue
        letter = one["pred"][0]
        said.append(one["conf"])
        right.append(letter == row["majority_label"])
        alike.append(row["label_counter"].get(letter, 0) / sum(row["label_counter"].values()))
        fits.append(one["official_split"] == "dev")
    return Claims(np.array(said), np.array(right), np.array(alike), np.array(fits))


def rang(said: NDArray[np.float64], right: NDArray[np.bool_], plan: Plan) -> int | None:
    """Answers until the alarm rings; None: it does not."""
    watch = Overstated()
    for number, (one, came) in enumerate(zip(said.tolist(), right.tolist(), strict=True), 1):
        if watch.add(one, right=came) >= plan.overstated:
            return number
    return None


def guarded(found: Claims, plan: Plan, *, seed: int) -> int | None:
    """Cases until the guard says that confidence is overstated; None: it does not."""
    order = np.random.default_rng(seed).permutation(len(found.said))
    past = lived(plan, found.said[order], found.right[order], seed=seed, delay=lambda *_: 0.0)
    return past.first(Turning.OVERSTATED)


def report(learn: Path | None, test: Path | None, *, runs: int) -> dict[str, Any]:
    """All figures, by set of pairs and model; `learn` gives what confidence is fitted on, where named."""
    plan, found = Plan(0.02), {}
    for name, file in FILES.items():
        rows = _rows((test or learn or DATA / "chaosnli") / file)
        others = _rows(learn / file) if learn is not None and test is not None else []
        for model in sorted({model for row in rows for model in row["model_predictions"]}):
            of = claims(rows, model)
            taught = claims(others, model) if others else of[of.fits]
            tested = of if others else of[~of.fits]
            found[f"{name}, {model}"] = told(of, taught, tested, plan, runs=runs)
    return found


def told(of: Claims, taught: Claims, tested: Claims, plan: Plan, *, runs: int) -> dict[str, Any]:
    """All figures of one model."""
    sure = of[of.said >= SURE]
    seeds = range(runs)
    return {
        "cases": len(of.said),
        "right": wilson(of.right),
        "claims of 90 % and more": len(sure.said),
        "said on average": round(float(sure.said.mean()), 4),
        "right among claims": wilson(sure.right),
        "a single person agrees": round(float(sure.alike.mean()), 4),
        "alone": _rang([rang(*_ordered(sure, seed), plan) for seed in seeds]),
        "guard": _rang([guarded(of, plan, seed=seed) for seed in seeds]),
        "honest, rang": {
            f"within {len(sure.said) * many:,}": _share([_honest(sure.said, plan, many, s) for s in seeds])
            for many in (1, 10)
        },
        "fitted": fitted(taught, tested, plan, runs=runs),
    }


def fitted(taught: Claims, tested: Claims, plan: Plan, *, runs: int) -> dict[str, Any]:
    """What becomes of the alarm where confidence was fitted to answers of other cases."""
    answers = [
        Answered({OF_THE_MODEL: said}, bool(right))
        for said, right in zip(taught.said.tolist(), taught.right, strict=True)
    ]
    fit = calibrated(answers, [OF_THE_MODEL]).calibration
    after = replace(tested, said=np.array([fit({OF_THE_MODEL: one}) for one in tested.said.tolist()]))
    claimed = after.said >= SURE
    return {
        "tested on": len(after.said),
        "said on average": round(float(after.said.mean()), 4),
        "right": wilson(after.right),
        "claims of 90 % and more": int(claimed.sum()),
        "right among claims": wilson(after.right[claimed]) if claimed.any() else None,
        "alarm rang": _share([rang(*_ordered(after, seed), plan) for seed in range(runs)]),
        "alarm rang without the fit": _share([rang(*_ordered(tested, seed), plan) for seed in range(runs)]),
    }


def _ordered(of: Claims, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    order = np.random.default_rng(seed).permutation(len(of.said))
    return of.said[order], of.right[order]


def _honest(said: NDArray[np.float64], plan: Plan, many: int, seed: int) -> int | None:
    drawn = np.random.default_rng(seed)
    claimed = drawn.choice(said, size=len(said) * many)
    return rang(claimed, drawn.random(len(claimed)) < claimed, plan)


def _rang(times: Sequence[int | None]) -> dict[str, Any]:
    after = sorted(one for one in times if one is not None)
    told: dict[str, Any] = {"rang": _share(times)}
    if after:
        told["after, median"] = round(float(np.median(after)))
        told["after, least and most"] = [after[0], after[-1]]
    return told


def _share(times: Sequence[int | None]) -> float:
    return round(sum(one is not None for one in times) / len(times), 4)


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
