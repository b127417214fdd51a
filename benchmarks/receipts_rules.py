"""How well the receipts example reads by rules, and what its map decides.

    python -m benchmarks.receipts_rules [--data DIR] [--json] [--fit]

Receipts with even numbers were used to write the rules and to fit the constants; those with odd numbers are
used here only. `benchmarks.receipts` measures the trained model beside them.
"""

import argparse
import json
import math
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from examples.receipts import reader, sroie, steps
from surehand import plugins
from surehand.core.bands import resolve
from surehand.core.bound import BoundStep
from surehand.core.confidence import judged
from surehand.core.consequence import graded
from surehand.core.documents import Document
from surehand.core.oversight import Level
from surehand.core.recommendation import Reading, Recommendation
from surehand.core.routing import Findings, route
from surehand.core.signal import SignalView
from surehand.core.steps import Act, Decide
from surehand.maps.deployment import load as load_deployment

EXAMPLES = Path(__file__).parents[1] / "examples"
DATA = Path(__file__).parents[2] / "shared" / "data" / "sroie_receipts"

Row = dict[str, Any]


def load(folder: Path) -> list[Row]:
    """Rows of `receipts.jsonl` in a folder."""
    with (folder / "receipts.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def document(row: Row) -> Document:
    """Its document as the engine builds it."""
    return Document.model_validate(sroie.to_case(row)["document"])


def vendor(row: Row) -> str:
    """The vendor's name, normalised; receipts of one vendor are alike."""
    return str(sroie.normal("company", row["truth"].get("company")))


def right(row: Row, seen: Document) -> dict[str, bool]:
    """Field -> read exactly as the truth says."""
    values = reader.receipt_of(seen).values
    answers = {"date": values.date, "company": values.company, "address": values.address}
    answers["total"] = None if values.total is None else str(values.total.amount)
    return {
        field: sroie.normal(field, answers[field]) == sroie.normal(field, row["truth"].get(field))
        for field in sroie.FIELDS
    }


# --- figures


def figures(rows: list[Row], seen_vendors: set[str] | None = None) -> dict[str, Any]:
    """Exact match per field, over receipts and as the mean over vendors; and what runs without a person."""
    documents = [document(row) for row in rows]
    started = time.perf_counter()
    for seen in documents:
        steps.read_receipt(seen)
        steps.read_details(seen)
    seconds = (time.perf_counter() - started) / max(len(rows), 1)
    hits = [right(row, seen) for row, seen in zip(rows, documents, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder) / "ledger.sqlite3")
        alone = [office.pays_alone(str(row["id"]), seen) for row, seen in zip(rows, documents, strict=True)]
    wrong = [not (hit["date"] and hit["total"]) for hit in hits]
    run = sum(alone)
    out: dict[str, Any] = {"receipts": len(rows), "vendors": len({vendor(row) for row in rows})}
    out |= {field: share([hit[field] for hit in hits]) for field in sroie.FIELDS}
    out["all_four"] = share([all(hit.values()) for hit in hits])
    out["mean_over_vendors"] = {
        field: by_vendor(rows, [hit[field] for hit in hits]) for field in sroie.FIELDS
    }
    out["seconds_per_document"] = round(seconds, 5)
    out["straight_through"] = share(alone)
    out["straight_through_error"] = (
        round(sum(w for w, a in zip(wrong, alone, strict=True) if a) / run, 4) if run else None
    )
    if seen_vendors is not None:
        new = [index for index, row in enumerate(rows) if vendor(row) not in seen_vendors]
        out["vendors_never_seen"] = {
            "receipts": len(new),
            **{field: share([hits[index][field] for index in new]) for field in sroie.FIELDS},
            "straight_through": share([alone[index] for index in new]),
            "straight_through_errors": sum(wrong[index] and alone[index] for index in new),
        }
    return out


def share(flags: list[bool]) -> float:
    """Share of true ones."""
    return round(sum(flags) / len(flags), 4) if flags else 0.0


def by_vendor(rows: list[Row], flags: list[bool]) -> float:
    """Mean over vendors of the share of true ones."""
    groups: dict[str, list[bool]] = {}
    for row, flag in zip(rows, flags, strict=True):
        groups.setdefault(vendor(row), []).append(flag)
    return round(sum(sum(group) / len(group) for group in groups.values()) / max(len(groups), 1), 4)


class Office:
    """The shipped map without an engine: which receipts would be approved and paid without a person."""

    def __init__(self, ledger: Path) -> None:
        os.environ["RECEIPTS_LEDGER"] = str(ledger)
        deployment = load_deployment(EXAMPLES)
        self.process = deployment.bind()["expense-receipts"]
        self.readers = plugins.load().signals

    def pays_alone(self, key: str, seen: Document) -> bool:
        """Run one receipt through the steps; if it needs nobody, it is in the ledger afterwards."""
        facts: dict[str, Any] = {**dict.fromkeys(self.process.types), "document": seen, "key": key}
        readings: dict[str, float | None] = {}
        alone = False
        for place, bound in enumerate(self.process.steps):
            if any(
                at == place and condition(facts) is not False for at, condition in self.process.exceptions
            ):
                return False
            if isinstance(bound.step, Act) and not alone:
                return False
            arguments = [parameter.build(facts) for parameter in bound.parameters]
            assert bound.function
            answer = (
                bound.function(*[[a] for a in arguments])[0] if bound.many else bound.function(*arguments)
            )
            if isinstance(answer, Recommendation):
                alone = (
                    answer.value == "approve"
                    and self._level(bound, facts, readings, answer) is Level.AUTOMATE
                )
                continue
            readings |= answer.confidence if isinstance(answer, Reading) else {}
            facts |= bound.to_facts(answer) if not isinstance(bound.step, Act) else {}
        return alone

    def _level(
        self,
        bound: BoundStep,
        facts: dict[str, Any],
        readings: dict[str, float | None],
        answer: Recommendation[Any],
    ) -> Level:
        point, process = bound.step, self.process
        assert isinstance(point, Decide)
        assert point.bands
        assert bound.conditions is not None
        view = SignalView(answer, readings, process.required, facts)
        findings = Findings(
            confidence=judged({name: self.readers[name](view) for name in point.signals or ()}),
            graded=graded(point.consequence, facts, currency=process.map.currency, rates=process.map.rates),
            answered=answer.value is not None,
            rules=list(zip(point.rules, bound.conditions(facts), strict=False)),  # those of limits follow
        )
        return route(findings, bands=resolve(point.bands), level=None).level


# --- the constants of the reader


def damaged(row: Row, rng: random.Random) -> Row:
    """A copy as a bad scan gives it: a tenth of the lines lost, every fifth with a letter misread."""
    lines = []
    for line in row["ocr_lines"]:
        if rng.random() < 0.1:
            continue
        text = line["text"]
        if rng.random() < 0.2 and text:
            place = rng.randrange(len(text))
            text = text[:place] + rng.choice("0123456789OISBE ") + text[place + 1 :]
        lines.append({"text": text, "box": line["box"]})
    return {**row, "ocr_lines": lines}


def fit(rows: list[Row], copies: int = 4, seed: int = 7) -> dict[str, Any]:
    """The constants of `examples/receipts/reader.py` from these rows."""
    rng = random.Random(seed)
    counts = Counter(vendor(row) for row in rows)
    dates: list[tuple[tuple[float, ...], bool, float]] = []
    totals: list[tuple[tuple[float, ...], bool, float]] = []
    companies: dict[int, list[bool]] = {}
    for row in rows:
        for copy in [row, *(damaged(row, rng) for _ in range(copies))]:
            seen = document(copy)
            sight, hit = reader.look(seen), right(row, seen)
            weight = 1.0 / math.sqrt(counts[vendor(row)])
            if sight.dates:
                dates.append((reader.date_features(sight), hit["date"], weight))
            if reader.total_in(sight):
                totals.append((reader.total_features(sight), hit["total"], weight))
            if copy is row and sight.company:
                companies.setdefault(sight.company.marks, []).append(hit["company"])
    return {
        "DATE_WEIGHTS": logistic(dates),
        "TOTAL_WEIGHTS": logistic(totals),
        "COMPANY_RIGHT": rates(companies),
    }


def rates(groups: dict[int, list[bool]]) -> dict[int, float]:
    """(right + 1) / (all + 2) per group."""
    return {
        key: round((sum(group) + 1) / (len(group) + 2), 2)
        for key, group in sorted(groups.items(), reverse=True)
    }


def logistic(
    sample: list[tuple[tuple[float, ...], bool, float]], ridge: float = 0.5, rounds: int = 3000
) -> tuple[float, ...]:
    """Weights of a ridge logistic regression, by plain gradient descent; the constant is free."""
    weights = [0.0] * len(sample[0][0])
    mass = sum(weight for _, _, weight in sample)
    for _ in range(rounds):
        slope = [0.0 if index == 0 else ridge * weight / mass for index, weight in enumerate(weights)]
        for features, label, weight in sample:
            error = weight / mass * (reader.chance(tuple(weights), features) - label)
            for index, feature in enumerate(features):
                slope[index] += error * feature
        weights = [weight - 2.0 * step for weight, step in zip(weights, slope, strict=True)]
    return tuple(round(weight, 2) for weight in weights)


def main() -> None:
    """Prints the figures of both halves, or the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with receipts.jsonl")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument(
        "--fit", action="store_true", help="fit the reader's constants on the even half and print them"
    )
    options = parser.parse_args()
    if not (options.data / "receipts.jsonl").exists():
        parser.exit(2, f"no receipts.jsonl in {options.data}; pass --data DIR\n")
    rows = load(options.data)
    even, odd = [row for row in rows if not sroie.unseen(row)], [row for row in rows if sroie.unseen(row)]
    if options.fit:
        print("\n".join(f"{name} = {value}" for name, value in fit(even).items()))
        return
    result = {"even": figures(even), "odd": figures(odd, {vendor(row) for row in even})}
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for half, values in result.items():
        print(f"{half} numbers ({'developed on' if half == 'even' else 'unseen'})")
        for name, value in values.items():
            print(f"  {name:24} {value}")


if __name__ == "__main__":
    main()
