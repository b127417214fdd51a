"""How many receipts may run alone, date and total right together, where receipts of one vendor err together.

A model of `field-extractor` learns from one part, and its labels are those of that part, read by models that
had not seen the vendor. Vendors are drawn, not receipts: of each vendor one receipt counts, drawn by the hash
of its number, so what counts is independent, and what is promised is the share of wrong ones where every
vendor counts once. It is tested on vendors that the other part does not hold.

certified    the cut, from one that three in four vendors lie above down until the exact binomial bound fails
             (Learn then Test, one fixed sequence; scores alone say where the cuts lie)
by receipts  the same as if receipts were independent, which they are not
resampled    as many vendors as learned from, drawn with replacement from all of both parts, each read by a
             model that had not seen it: what is certified, and whether more than promised is wrong there
until 2 %    vendors until 2 % is certified, by how many are truly wrong
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import wilson
from benchmarks.receipts import Receipt, halves, taught
from benchmarks.receipts_rules import Row, document, vendor
from examples.receipts import sroie
from surehand.providers.field_extractor import Trained
from surehand.stats.horizon import observations_until

SURE = 0.95
#: Another promise, of which the labels are told that it would take.
STRICTER = 0.02
#: Coverage of the cut that is tried first.
_FIRST = 0.75
_NEEDED = ("date", "total")


@dataclass(frozen=True, slots=True)
class Read:
    """n receipts that were read by a model which had not seen their vendors.

    scores  (n,) confidence that date and total are right
    right   (n,) bool: both are
    vendors (n,) name of each receipt's vendor
    draw    (n,) number that decides which receipt of a vendor counts
    """

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    vendors: NDArray[np.str_]
    draw: NDArray[np.int64]

    def __getitem__(self, which: NDArray[Any]) -> "Read":
        return Read(self.scores[which], self.right[which], self.vendors[which], self.draw[which])

    @property
    def ones(self) -> "Read":
        """One receipt of each vendor."""
        order = np.argsort(self.draw, kind="stable")
        _, first = np.unique(self.vendors[order], return_index=True)
        return self[order[first]]

    def wrong(self, above: NDArray[np.bool_]) -> float:
        """Share of wrong ones among some, where every vendor counts as one receipt."""
        _, of, counts = np.unique(self.vendors, return_inverse=True, return_counts=True)
        weight = above / counts[of]
        return float((weight * ~self.right).sum() / weight.sum())


def held_out(trained: Trained, rows: Sequence[Row]) -> Read:
    """The receipts that were learned from, read by models without their vendors."""
    scores = [one.confidence.get("date", 0.0) * one.confidence.get("total", 0.0) for one in trained.held_out]
    right = [one.right.get("date", False) and one.right.get("total", False) for one in trained.held_out]
    return _read(rows, scores, right)


def read(trained: Trained, rows: Sequence[Row]) -> Read:
    """Receipts, read by the model."""
    scores, right = [], []
    for row in rows:
        reading = trained.read(document(row), Receipt)
        values, truth = dict(reading.values), row["truth"]
        values["total"] = str(values["total"].amount) if values["total"] else None
        scores.append((reading.confidence["date"] or 0.0) * (reading.confidence["total"] or 0.0))
        right.append(
            all(sroie.normal(name, values[name]) == sroie.normal(name, truth.get(name)) for name in _NEEDED)
        )
    return _read(rows, scores, right)


def _read(rows: Sequence[Row], scores: Sequence[float], right: Sequence[bool]) -> Read:
    return Read(
        np.array(scores), np.array(right, dtype=bool), np.array([vendor(row) for row in rows]),
        np.array([zlib.crc32(str(row["id"]).encode()) for row in rows]),
    )  # fmt: skip


def certified(scores: NDArray[np.float64], right: NDArray[np.bool_], error: float) -> float | None:
    """The lowest cut that independent labels certify; None: there is none.

    The first has three in four labels above it, or as many as it takes without an error, which scores alone
    decide; then it goes down until the bound fails.
    """
    from scipy.stats import binom

    order = np.argsort(-scores, kind="stable")
    wrong = np.cumsum(~right[order])
    cut = None
    for count in range(max(fewest(error), ceil(_FIRST * len(order))), len(order) + 1):
        if count < len(order) and scores[order[count]] == scores[order[count - 1]]:
            continue  # a cut lets all of one score run
        if binom.cdf(wrong[count - 1], count, error) > 1 - SURE:
            break
        cut = float(scores[order[count - 1]])
    return cut


def fewest(error: float) -> int:
    """Labels without an error that it takes at least."""
    return ceil(log(1 - SURE) / log(1 - error))


def above(of: Read, cut: float | None) -> NDArray[np.bool_]:
    """(n,) bool: it would run alone."""
    return of.scores >= (np.inf if cut is None else cut)


def told(of: Read, cut: float | None) -> dict[str, Any]:
    """What runs above a cut, and what of it is wrong: of receipts, and where every vendor counts once."""
    runs = above(of, cut)
    found: dict[str, Any] = {"receipts": len(of.scores), "vendors": len(set(of.vendors.tolist()))}
    if len(runs):
        found["straight through"] = wilson(runs)
    if runs.any():
        found["vendors that run"] = len(set(of.vendors[runs].tolist()))
        found["wrong"] = wilson(~of.right[runs])
        found["wrong, every vendor once"] = round(of.wrong(runs), 4)
    return found


def resampled(of: Read, vendors: int, error: float, *, runs: int, once: bool) -> dict[str, float]:
    """What is certified in so many runs, and in how many more than promised is wrong there.

    once  one receipt of each vendor counts, otherwise all do, as if they were independent
    """
    places = [np.flatnonzero(of.vendors == name) for name in sorted(set(of.vendors.tolist()))]
    shares, broken = [], []
    for seed in range(runs):
        drawn = np.random.default_rng(seed)
        chosen = [places[at] for at in drawn.integers(len(places), size=vendors)]
        which = np.array([drawn.choice(one) for one in chosen]) if once else np.concatenate(chosen)
        alone = above(of, certified(of.scores[which], of.right[which], error))
        shares.append(float(alone.mean()))
        broken.append(bool(alone.any()) and of.wrong(alone) > error)
    return {
        "certified in": round(float(np.mean([share > 0 for share in shares])), 4),
        "straight through, median": round(float(np.median(shares)), 4),
        "more wrong than promised": round(float(np.mean(broken)), 4),
    }


def labels(error: float) -> dict[str, int]:
    """Vendors until an error is certified, by how many are truly wrong: looked at once, and at any time."""
    expected = {
        true: observations_until(error, true, enough=1 / (1 - SURE)) for true in (0.0, error / 4, error / 2)
    }
    return {"none wrong, looked at once": fewest(error)} | {
        f"{true:.1%} wrong, looked at any time": ceil(count)
        for true, count in expected.items()
        if count is not None
    }


def report(learn: Path | None, test: Path | None, *, error: float, runs: int, tune: bool) -> dict[str, Any]:
    """All figures; `tune` leaves the part for testing alone."""
    rows, others = halves(learn, test)
    trained, _ = taught(rows)
    first = held_out(trained, rows)
    cut = certified(first.ones.scores, first.ones.right, error)
    found: dict[str, Any] = {
        "learned from": {"receipts": len(rows), "vendors": len(set(first.vendors.tolist()))},
        "cut": None if cut is None else round(cut, 4),
        "certified, vendors held out": told(first, cut),
        "by receipts": told(first, certified(first.scores, first.right, error)),
        f"vendors until {STRICTER:.0%} is certified": labels(STRICTER),
    }
    if tune:
        return found
    every = read(trained, others)
    second = every[~np.isin(every.vendors, first.vendors)]
    both = Read(*(np.concatenate([getattr(one, name) for one in (first, second)]) for name in Read.__slots__))
    return found | {
        "tested, vendors never seen": told(second, cut),
        "tested, with vendors seen before": told(every, cut),
        f"resampled, {len(first.ones.scores)} vendors": {
            "vendors in all": len(both.ones.scores),
            "one receipt of each": resampled(both, len(first.ones.scores), error, runs=runs, once=True),
            "all receipts": resampled(both, len(first.ones.scores), error, runs=runs, once=False),
        },
    }
