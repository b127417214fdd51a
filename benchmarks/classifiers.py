"""How well classifiers choose, know what they do not know, and how fast, on public data that was left out.

    python -m benchmarks.classifiers --set banking77|clinc150|german_credit|compas [--vectors sentences]
                                     [--out-of-scope SHARE] [--data DIR] [--tune] [--json]

`banking77`: 77 kinds of questions to a bank. `clinc150`: 150 kinds of requests, and some of none of
them. `german_credit`: good and bad credits by 20 columns. `compas`: whether defendants were charged again
within two years, by what was known of them before, race and the score in use left out. The official split is
used where there is one; with `--tune` the test part is not touched, and a part of the training data is left
out in its place. Set choices by `--tune` alone.
"""

import argparse
import csv
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surehand.core.bound import BoundStep
from surehand.core.classification import Readings, Taught
from surehand.core.process import Model
from surehand.core.steps import Decide
from surehand.providers import table_classifier, text_classifier
from surehand.providers.classifier import answering
from surehand.stats import intervals
from surehand.stats.calibration import expected_calibration_error

DATA = Path(__file__).parents[2] / "shared" / "data"
#: Cases that are recommended for at once when time is taken.
_BATCH = 10_000
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Split:
    """What is learned and what is tested, with what is read.

    Cases may hold more than is read: what tells groups apart, or what others said of them.
    """

    learned: Sequence[Taught]
    tested: Sequence[Taught]
    reads: Mapping[str, str]


def main() -> None:
    """Train, test and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--set", choices=SETS, required=True)
    parser.add_argument("--vectors", choices=text_classifier.VECTORS)
    parser.add_argument("--out-of-scope", type=float, help="what the map would say of the cases to come")
    parser.add_argument("--data", type=Path, help="folder with the files of the set")
    parser.add_argument("--tune", action="store_true", help="leave the test part alone")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = given.data or DATA / given.set
    if not folder.is_dir():
        parser.error(f"{folder} is not there: name the folder with --data")
    report = {"set": given.set, "part": "tuning" if given.tune else "test"} | run(
        SETS[given.set](folder, given.tune), vectors=given.vectors, out_of_scope=given.out_of_scope
    )
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        for name, value in report.items():
            print(f"{name:24} {value}")


def run(split: Split, *, vectors: str | None = None, out_of_scope: float | None = None) -> dict[str, Any]:
    """Train on one part, and measure on the other."""
    kind: Any = (
        text_classifier if set(split.reads.values()) <= set(text_classifier.KINDS) else table_classifier
    )
    began = time.perf_counter()
    made = kind.train(split.learned, reads=split.reads, vectors=vectors, out_of_scope=out_of_scope)
    trained = time.perf_counter() - began
    model = kind.loaded(kind.dumped(made.model), expected=made.model.version)
    cases = [one.values for one in split.tested]
    readings = model.readings(cases)
    truth = [one.answer for one in split.tested]
    right = np.array(
        [
            best >= 0 and readings.answers[best] == answer
            for best, answer in zip(readings.best, truth, strict=True)
        ]
    )
    inside = np.array([answer is not None for answer in truth])
    return {
        "vectors": vectors or ("words" if kind is text_classifier else "table"),
        "learned from": len(split.learned), "tested on": len(cases), "answers": len(readings.answers),
        "out of scope": int((~inside).sum()),
        "right": wilson(right[inside]),
        **_knowing(readings, right, inside),
        "calibration error": _off(readings.confidence, right),
        "calibration error in scope": _off(readings.confidence[inside], right[inside]),
        "seconds to train": round(trained, 1),
        **_times(model, kind.NAME, cases),
        "bytes": len(kind.dumped(made.model)),
    }  # fmt: skip


def _knowing(readings: Readings, right: NDArray[np.bool_], inside: NDArray[np.bool_]) -> dict[str, Any]:
    """How the readings tell right from wrong, and in scope from out of scope."""
    sure = readings.confidence > _SURE
    told: dict[str, Any] = {
        f"confidence above {_SURE:g}": round(float(sure.mean()), 4),
        "wrong among these": round(float(1 - right[sure].mean()), 4) if sure.any() else None,
        "right from wrong, AUROC": area(readings.confidence[inside], right[inside]),
    }
    if not inside.all():
        for name in ("confidence", "similarity", "probability", "consensus"):
            told[f"scope by {name}, AUROC"] = area(getattr(readings, name), inside)
    return told


def _times(model: Any, name: str, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Milliseconds: readings of one large batch, recommendations in chunks of 500, and one alone."""
    many = (list(cases) * (_BATCH // len(cases) + 1))[:_BATCH]
    if model.panel.taken_apart()[0]["kind"] == "sentences":
        many = list(cases)[:1_000]
    # some answers of the public sets are no names that a map may have
    of = {"yes_no": True} if set(model.answers) <= {True, False} else {"choices": model.answers}
    point = Decide.model_construct(decide="it", queue="desk", **of)
    step = BoundStep(point, model=Model(provider=name))

    def chunks() -> None:
        for at in range(0, len(many), 500):
            answering.recommend(model, step, many[at : at + 500])

    return {
        "ms per 1,000 readings": _took(lambda: model.readings(many)) / len(many) * 1_000,
        "ms per 1,000 recommendations": _took(chunks) / len(many) * 1_000,
        "ms for one": _took(lambda: answering.recommend(model, step, many[:1])),
    }


def _took(call: Callable[[], Any]) -> float:
    """Milliseconds, the best of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return round(min(times) * 1_000, 3)


def area(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float | None:
    """Chance that a positive case scores higher than a negative one, ties by half; None without both."""
    above, below = scores[positive], np.sort(scores[~positive])
    if not len(above) or not len(below):
        return None
    wins = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return round(float(wins.mean() / 2 / len(below)), 4)


def wilson(true: NDArray[np.bool_]) -> list[float]:
    """A share with its 95 % interval."""
    share = float(true.mean())
    return [round(value, 4) for value in (share, *intervals.wilson(share, len(true)))]


def _off(said: NDArray[np.float64], right: NDArray[np.bool_]) -> list[float]:
    off = expected_calibration_error(said, right)
    return [round(value, 4) for value in (off.error, off.low, off.high)]


# --- data


def _texts(rows: Sequence[Mapping[str, str]], answer: str) -> list[Taught]:
    return [Taught({"text": row["text"]}, None if row.get("is_oos") == "1" else row[answer]) for row in rows]


def banking77(folder: Path, tune: bool) -> Split:
    """Questions to a bank; the official training part, of which a fifth is left out for tuning."""
    rows = _rows(folder / "queries.csv")
    learned = [row for row in rows if row["official_split"] == "train"]
    tested = [row for row in rows if row["official_split"] == "test"]
    if tune:
        learned, tested = _parted(learned, 0.8)
    return Split(_texts(learned, "category"), _texts(tested, "category"), {"text": "text"})


def clinc150(folder: Path, tune: bool) -> Split:
    """Requests and out-of-scope questions; the official parts, `val` for tuning and else learned too."""
    rows = _rows(folder / "queries.csv")
    parts = {
        name: [row for row in rows if row["official_split"].endswith(name)]
        for name in ("train", "val", "test")
    }
    learned = parts["train"] if tune else parts["train"] + parts["val"]
    return Split(
        _texts(learned, "intent"), _texts(parts["val" if tune else "test"], "intent"), {"text": "text"}
    )


def german_credit(folder: Path, tune: bool) -> Split:
    """Good and bad credits; 70 % learned, drawn by the hash of the row's name."""
    rows = _rows(folder / "german_credit.csv")
    names = [name for name in rows[0] if name not in ("id", "class")]
    numbers = {name for name in names if all(row[name].isdigit() for row in rows)}
    learned, tested = _parted(rows, 0.7)
    if tune:
        learned, tested = _parted(learned, 0.8, salt="tune")

    def taught(row: Mapping[str, str]) -> Taught:
        values = {name: float(row[name]) if name in numbers else row[name] for name in names}
        return Taught(values, "good" if row["class"] == "1" else "bad")

    reads = {name: "number" if name in numbers else "text" for name in names}
    return Split([taught(row) for row in learned], [taught(row) for row in tested], reads)


#: What was known of a defendant when the score was made; race is not read.
_KNOWN = {
    "sex": "text", "age": "number", "juv_fel_count": "number", "juv_misd_count": "number",
    "juv_other_count": "number", "priors_count": "number", "c_charge_degree": "text", "c_charge_desc": "text",
}  # fmt: skip


def compas(folder: Path, tune: bool) -> Split:
    """Defendants, and whether they were charged again; 70 % learned, drawn by the hash of the row's name.

    Beside what is read, a case holds `race`, and `score`: the one that was in use, from 1 to 10.
    """
    learned, tested = _parted(_rows(folder / "compas_two_years.csv"), 0.7)
    if tune:
        learned, tested = _parted(learned, 0.8, salt="tune")

    def taught(row: Mapping[str, str]) -> Taught:
        values = {name: float(row[name]) if kind == "number" else row[name] for name, kind in _KNOWN.items()}
        beside = {"race": row["race"], "score": int(row["decile_score"])}
        return Taught({**values, **beside}, row["two_year_recid"] == "1")

    return Split([taught(row) for row in learned], [taught(row) for row in tested], _KNOWN)


def split_of(name: str, *, learn: Path | None, test: Path | None, tune: bool) -> Split:
    """What is learned and tested, where folders may be named.

    Both named: all of one and all of the other. Only `learn`: the parts of that folder. Only `test`: the
    part of the public set that is learned, and all of that folder; if it is the public set, its own parts.
    What is tested is left out where the same was learned. Raises FileNotFoundError for a folder that is
    not there.
    """
    home = DATA / name
    here = learn or home
    if test is None or (learn is None and test.resolve() == home.resolve()):
        return SETS[name](here, tune)
    split, other = SETS[name](here, tune), SETS[name](test, False)
    learned = [*split.learned, *split.tested] if learn is not None else split.learned
    known = {repr(sorted(one.values.items())) for one in learned}
    tested = [one for one in (*other.learned, *other.tested) if repr(sorted(one.values.items())) not in known]
    return Split(learned, tested, split.reads)


def _parted(
    rows: Sequence[Mapping[str, str]], share: float, *, salt: str = ""
) -> tuple[list[Mapping[str, str]], list[Mapping[str, str]]]:
    def draw(name: str) -> float:
        return int(hashlib.sha256((name + salt).encode()).hexdigest()[:8], 16) / 16**8

    low = [row for row in rows if draw(row["id"]) < share]
    names = {row["id"] for row in low}
    return low, [row for row in rows if row["id"] not in names]


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SETS: dict[str, Callable[[Path, bool], Split]] = {
    "banking77": banking77, "clinc150": clinc150, "german_credit": german_credit, "compas": compas,
}  # fmt: skip


if __name__ == "__main__":
    main()
