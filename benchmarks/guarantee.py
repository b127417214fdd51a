"""What a guarantee lets run alone on public data, how often that is wrong, and where it says no.

    python -m benchmarks.guarantee --set NAME [--train DIR] [--data DIR] [--error SHARE] [--runs N]
                                   [--vectors sentences] [--tune] [--json]

banking77, clinc150     how much runs alone, and how soon a change is noticed, see `guarantee_texts`
german_credit, compas   models that cannot keep what is promised, and how groups fare, see `guarantee_tables`
chaosnli                confidence that says more than comes true, see `guarantee_claims`
sroie_receipts          date and total of receipts, whose vendors are kept apart, see `guarantee_receipts`
null                    made-up answers that are wrong a little too often, and labels until something is
                        certified, see `guarantee_nulls`
speed                   how long it takes to tell a guard of 1,000 answers, see `folding`

`--train DIR` is a folder to learn from, `--data DIR` one to test on, both with the files of the set. Both:
all of one and all of the other. Only `--train`: the parts of that folder. Only `--data`: the part of the
public set that is learned, and all of that folder. Neither: the parts of the public set. `--tune` leaves the
part for testing alone.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import (
    folding,
    guarantee_claims,
    guarantee_nulls,
    guarantee_receipts,
    guarantee_tables,
    guarantee_texts,
)
from benchmarks.classifiers import split_of
from surehand.core.guarantee import Plan
from surehand.providers import text_classifier

#: What is promised of each set, unless told otherwise.
ERRORS = {"compas": 0.10, "sroie_receipts": 0.05}
USUAL = 0.02


def texts(given: argparse.Namespace) -> dict[str, Any]:
    """banking77 and clinc150."""
    split = split_of(given.set, learn=given.train, test=given.data, tune=given.tune)
    return guarantee_texts.report(split, Plan(given.error), vectors=given.vectors, runs=given.runs)


def tables(given: argparse.Namespace) -> dict[str, Any]:
    """german_credit and compas."""
    split = split_of(given.set, learn=given.train, test=given.data, tune=given.tune)
    return guarantee_tables.report(split, Plan(given.error), runs=given.runs)


SETS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "banking77": texts,
    "clinc150": texts,
    "german_credit": tables,
    "compas": tables,
    "chaosnli": lambda given: guarantee_claims.report(given.train, given.data, runs=given.runs),
    "sroie_receipts": lambda given: guarantee_receipts.report(
        given.train, given.data, error=given.error, runs=given.runs, tune=given.tune
    ),
    "null": lambda given: guarantee_nulls.report(Plan(given.error), runs=given.runs),
    "speed": lambda given: folding.report(),
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=SETS, required=True)
    parser.add_argument(
        "--train", type=Path, metavar="DIR", help="folder with the files of the set to learn from"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with the files of the set to test on"
    )
    parser.add_argument("--error", type=float, help="what is promised, unless the usual of the set")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--vectors", choices=text_classifier.VECTORS)
    parser.add_argument("--tune", action="store_true", help="leave the part for testing alone")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    given.error = given.error or ERRORS.get(given.set, USUAL)
    try:
        found = SETS[given.set](given)
    except FileNotFoundError as fault:
        parser.error(f"{fault.filename} is not there: name folders with --train and --data")
    told = {"set": given.set, "error": given.error, "runs": given.runs} | found
    print(json.dumps(told, indent=2) if given.json else "\n".join(_lines(told)))


def _lines(told: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in told.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name:34} {value}")
    return lines


if __name__ == "__main__":
    main()
