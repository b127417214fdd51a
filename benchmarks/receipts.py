"""How well the trained model reads receipts, beside the rules of the example.

    python -m benchmarks.receipts [--train DIR] [--data DIR] [--json]

A DIR holds a `receipts.jsonl`. Trained on the receipts with even numbers of the public data and tested on
those with odd numbers, unless told otherwise:

- `--data DIR`: tested on all receipts of that folder (on the odd ones, where it is the default folder);
- `--train DIR` with `--data DIR`: trained on all of the first, tested on all of the second;
- `--train DIR` alone: tested on a third of its vendors, trained on the others.
"""

import argparse
import json
import math
import time
import zlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from benchmarks.receipts_rules import DATA, Row, by_vendor, document, load, share, vendor
from benchmarks.receipts_rules import right as right_by_rules
from examples.receipts import sroie
from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.money import Money
from surehand.providers.field_extractor import Trained, train
from surehand.stats.calibration import expected_calibration_error

KINDS = {"date": "date", "total": "money", "company": "text", "address": "text"}
#: Wrong share that is accepted of receipts whose date and total run without a person.
RISK = 0.05
CURVE = (25, 50, 100, 200)


class Receipt(BaseModel):
    """What is read."""

    date: date | None
    total: Money | None
    company: str | None
    address: str | None


def labelled(row: Row, seen: Document) -> Labelled:
    """A receipt as the model learns from it: dates and amounts as facts hold them."""
    truth = row["truth"]
    day, amount = sroie.normal("date", truth.get("date")), sroie.normal("total", truth.get("total"))
    values = {
        "date": day.isoformat() if day else None,
        "total": str(amount) if amount is not None else None,
        "company": truth.get("company") or None,
        "address": truth.get("address") or None,
    }
    return Labelled(seen, values, vendor(row))


def taught(rows: Sequence[Row]) -> tuple[Trained, float]:
    """A model trained on these receipts, and the seconds it took."""
    examples = [labelled(row, document(row)) for row in rows]
    started = time.perf_counter()
    trained = train(examples, kinds=KINDS, day_first=True, default_currency="MYR")
    return trained, time.perf_counter() - started


def cut_for(trained: Trained, risk: float = RISK) -> float:
    """Lowest confidence in date and total together at which receipts run alone, from vendors left out.

    The wrong share, as the mean over vendors, stays within the risk together with its margin: the upper end
    of Wilson's interval (one-sided, 90 %) with as many cases as there are vendors, because receipts of one
    vendor are wrong together. Above 1 when no cut does.
    """
    seen = sorted(
        (
            (
                one.confidence["date"] * one.confidence["total"],
                one.right["date"] and one.right["total"],
                one.group,
            )
            for one in trained.held_out
            if "date" in one.right and "total" in one.right
        ),
        reverse=True,
    )
    cut, counts = 1.1, dict[str, list[int]]()
    for said, right, group in seen:
        wrong, taken = counts.get(group, [0, 0])
        counts[group] = [wrong + (not right), taken + 1]
        share = sum(wrong / taken for wrong, taken in counts.values()) / len(counts)
        if upper_end(share, len(counts)) <= risk:
            cut = said
    return cut


def upper_end(share: float, count: int, z: float = 1.2816) -> float:
    """Upper end of Wilson's interval for a share among some cases."""
    spread = math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (share + z * z / (2 * count) + z * spread) / (1 + z * z / count)


def figures(trained: Trained, rows: Sequence[Row], seen_vendors: set[str]) -> dict[str, Any]:
    """Exact match over receipts, by vendor and on vendors never seen, and what may run alone."""
    documents = [document(row) for row in rows]
    started = time.perf_counter()
    readings = [trained.read(seen, Receipt) for seen in documents]
    seconds = (time.perf_counter() - started) / max(len(rows), 1)
    hits = []
    for row, reading in zip(rows, readings, strict=True):
        values: dict[str, Any] = dict(reading.values)
        values["total"] = str(values["total"].amount) if values["total"] else None
        hits.append(_hits(row, values))
    out = exact(rows, hits, seen_vendors)
    cut = cut_for(trained)
    both = [
        (reading.confidence["date"] or 0.0) * (reading.confidence["total"] or 0.0) >= cut
        for reading in readings
    ]
    wrong = [not (hit["date"] and hit["total"]) for hit in hits]
    new = [vendor(row) not in seen_vendors for row in rows]
    out |= _alone(both, wrong)
    out["vendors_never_seen"] |= _alone(
        [one for one, unseen in zip(both, new, strict=True) if unseen],
        [one for one, unseen in zip(wrong, new, strict=True) if unseen],
    )
    out["seconds_per_document"] = round(seconds, 5)
    out["calibration_error"] = {
        field: _error(
            [reading.confidence[field] or 0.0 for reading in readings], [hit[field] for hit in hits]
        )
        for field in KINDS
    } | {"whole": _error([reading.whole or 0.0 for reading in readings], [all(hit.values()) for hit in hits])}
    out["similarity"] = {
        "seen": _mean([r.similarity or 0.0 for r, unseen in zip(readings, new, strict=True) if not unseen]),
        "never_seen": _mean([r.similarity or 0.0 for r, unseen in zip(readings, new, strict=True) if unseen]),
    }
    return out


def exact(rows: Sequence[Row], hits: Sequence[dict[str, bool]], seen_vendors: set[str]) -> dict[str, Any]:
    """Share of receipts whose fields equal the truth after normalising."""
    flags = {field: [hit[field] for hit in hits] for field in KINDS}
    flags["all_four"] = [all(hit.values()) for hit in hits]
    new = [index for index, row in enumerate(rows) if vendor(row) not in seen_vendors]
    return {
        "receipts": len(rows),
        "vendors": len({vendor(row) for row in rows}),
        **{field: share(values) for field, values in flags.items()},
        "mean_over_vendors": {field: by_vendor(list(rows), values) for field, values in flags.items()},
        "vendors_never_seen": {
            "receipts": len(new),
            "vendors": len({vendor(rows[index]) for index in new}),
            **{field: share([values[index] for index in new]) for field, values in flags.items()},
        },
    }


def curve(rows: Sequence[Row], tested: Sequence[Row], seen_vendors: set[str]) -> list[dict[str, Any]]:
    """Exact match on vendors never seen, learned from more and more receipts."""
    new = [row for row in tested if vendor(row) not in seen_vendors]
    shuffled = sorted(rows, key=lambda row: zlib.crc32(str(row["id"]).encode()))
    points = []
    for count in [*(count for count in CURVE if count < len(rows)), len(rows)]:
        trained, seconds = taught(shuffled[:count] if count < len(rows) else rows)
        found = figures(trained, new, set()) if new else {}
        names = (*KINDS, "all_four")
        points.append(
            {"receipts": count, "training_seconds": round(seconds, 1)}
            | {name: found[name] for name in names if name in found}
        )
    return points


def halves(training: Path | None, tested: Path | None) -> tuple[list[Row], list[Row]]:
    """Which receipts are trained and tested on, as the module's text says."""
    if training is not None and tested is not None:
        return load(training), load(tested)
    if training is not None:
        rows = load(training)
        apart = [zlib.crc32(vendor(row).encode()) % 3 == 0 for row in rows]
        return (
            [row for row, out in zip(rows, apart, strict=True) if not out],
            [row for row, out in zip(rows, apart, strict=True) if out],
        )
    public = load(DATA)
    even = [row for row in public if not sroie.unseen(row)]
    if tested is not None and tested.resolve() != DATA.resolve():
        return even, load(tested)
    return even, [row for row in public if sroie.unseen(row)]


def _hits(row: Row, values: dict[str, Any]) -> dict[str, bool]:
    return {
        field: sroie.normal(field, values[field]) == sroie.normal(field, row["truth"].get(field))
        for field in KINDS
    }


def _alone(taken: Sequence[bool], wrong: Sequence[bool]) -> dict[str, Any]:
    run = sum(taken)
    errors = sum(one and bad for one, bad in zip(taken, wrong, strict=True))
    return {
        "straight_through": share(list(taken)),
        "straight_through_error": round(errors / run, 4) if run else None,
    }


def _error(said: Sequence[float], right: Sequence[bool]) -> dict[str, float]:
    found = expected_calibration_error(np.array(said), np.array(right, dtype=bool))
    return {name: round(getattr(found, name), 4) for name in ("error", "low", "high")}


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def measured(training: Sequence[Row], tested: Sequence[Row], *, with_curve: bool = True) -> dict[str, Any]:
    """All figures."""
    seen = {vendor(row) for row in training}
    trained, seconds = taught(training)
    result = figures(trained, tested, seen)
    result["training_receipts"], result["training_seconds"] = len(training), round(seconds, 1)
    result["ceiling"] = {name: round(value, 4) for name, value in trained.ceiling.items()}
    rules = [right_by_rules(row, document(row)) for row in tested]
    result["rules"] = exact(tested, [{field: hit[field] for field in KINDS} for hit in rules], seen)
    if with_curve:
        result["learning_curve"] = curve(training, tested, seen)
    return result


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, help="folder with the receipts.jsonl to learn from")
    parser.add_argument("--data", type=Path, help="folder with the receipts.jsonl to be tested on")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--no-curve", action="store_true", help="leave out the learning curve")
    options = parser.parse_args()
    for folder in {options.train or DATA, options.data or options.train or DATA}:
        if not (folder / "receipts.jsonl").exists():
            parser.exit(2, f"no receipts.jsonl in {folder}; pass --train DIR and --data DIR\n")
    training, tested = halves(options.train, options.data)
    result = measured(training, tested, with_curve=not options.no_curve)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        if name == "learning_curve":
            print(name)
            print("\n".join(f"  {point}" for point in value))
        elif isinstance(value, dict):
            print(name)
            print("\n".join(f"  {inner:24} {one}" for inner, one in value.items()))
        else:
            print(f"{name:26} {value}")


if __name__ == "__main__":
    main()
