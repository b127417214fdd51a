"""How well the model of the example reads invoices of suppliers it knows, and of layouts it never saw.

    python -m benchmarks.invoices [--seeds 10 11 12] [--count 130] [--json]

Trained on `examples/invoices/examples.jsonl`, read on made-up invoices of the demo that are drawn from other
seeds. Their text is what a reader of the PDF or a recogniser of the scan finds, without printing either.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from examples.invoices.records import Invoice
from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.demo.company import company
from surehand.demo.examples import HELD_BACK, read
from surehand.demo.invoices import Paperwork, invoices
from surehand.demo.printing.layouts import LAYOUTS
from surehand.providers.field_extractor import Trained, train
from surehand.providers.field_extractor.items import same
from surehand.providers.field_extractor.values import comparable, plain

EXAMPLES = Path(__file__).parents[1] / "examples/invoices/examples.jsonl"
KINDS = {
    "supplier": "text", "number": "text", "date": "date", "due_date": "date", "po_number": "text",
    "net": "money", "tax": "money", "total": "money", "iban": "text", "lines": "list",
}  # fmt: skip
#: Confidence from which a field does not stop an invoice.
SURE = 0.9


def taught() -> tuple[Trained, float]:
    """The model of the examples, and the seconds of processor time that training took."""
    rows = [json.loads(row) for row in EXAMPLES.read_text("utf-8").splitlines()]
    examples = [
        Labelled(
            Document.model_validate(row["input"]["document"]), row["truth"], plain(row["truth"]["supplier"])
        )
        for row in rows
    ]
    started = time.process_time()
    trained = train(examples, kinds=KINDS)
    return trained, time.process_time() - started


def group_of(one: Paperwork) -> str:
    """Whether its supplier or at least its layout was among the examples."""
    if one.bill.supplier.profile.layout in HELD_BACK:
        return "layout_never_seen"
    return "supplier_never_seen" if one.kind == "new_supplier" else "known"


def marks(trained: Trained, one: Paperwork) -> dict[str, tuple[bool, float]]:
    """Field -> whether it was read as it is printed, and what was said of it."""
    reading = trained.read(Document.model_validate(read(one)), Invoice)
    values = reading.values.model_dump(mode="json")
    printed = {**one.truth, "lines": _printed_lines(one)}
    found = {
        name: (_is_right(kind, values[name], printed.get(name)), reading.confidence.get(name) or 0.0)
        for name, kind in KINDS.items()
    }
    found["whole"] = (all(right for right, _ in found.values()), reading.whole or 0.0)
    return found


def _printed_lines(one: Paperwork) -> list[dict[str, Any]]:
    """The lines without the price of a unit where the layout has no column for it."""
    priced = "p" in LAYOUTS[one.bill.supplier.profile.layout].columns
    return [
        {name: value for name, value in line.items() if priced or name != "unit_price"}
        for line in one.truth["lines"] or ()
    ]


def _is_right(kind: str, read: Any, truth: Any) -> bool:
    if kind != "list":
        return bool(comparable(kind, read) == comparable(kind, truth))
    return same(read or [], truth or [])


def figures(seen: Sequence[Mapping[str, tuple[bool, float]]]) -> dict[str, Any]:
    """Per field: share right, mean confidence, distance of the two over ten groups, how many are sure."""
    out: dict[str, Any] = {"invoices": len(seen)}
    for name in (*KINDS, "whole"):
        right = np.array([one[name][0] for one in seen], dtype=float)
        said = np.array([one[name][1] for one in seen])
        order = np.argsort(said, kind="stable")
        off = sum(abs(float((said[part] - right[part]).sum())) for part in np.array_split(order, 10))
        out[name] = {
            "right": round(float(right.mean()), 3),
            "said": round(float(said.mean()), 3),
            "distance": round(off / len(seen), 3),
            "sure": round(float((said >= SURE).mean()), 3),
            "sure_and_wrong": int(((said >= SURE) & (right == 0)).sum()),
        }
    return out


def measured(seeds: Sequence[int], count: int) -> dict[str, Any]:
    """Everything that is printed."""
    trained, seconds = taught()
    seen: defaultdict[str, list[dict[str, tuple[bool, float]]]] = defaultdict(list)
    for seed in seeds:
        for one in invoices(count, seed, house=company(seed, orders=max(640, 4 * count))):
            seen[group_of(one)].append(marks(trained, one))
    left_out = {
        name: round(float(np.mean([one.right[name] for one in trained.held_out])), 3)
        for name in trained.held_out[0].right
    }
    return {
        "seconds_to_train": round(seconds, 1),
        "suppliers_left_out": left_out | {"lines": round(trained.ceiling["lines"], 3)},
        **{group: figures(found) for group, found in sorted(seen.items())},
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.invoices", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[10, 11, 12])
    parser.add_argument("--count", type=int, default=130)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measured(asked.seeds, asked.count)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for group, what in found.items():
        print(group, "" if isinstance(what, dict) else what)
        for name, value in what.items() if isinstance(what, dict) else ():
            print(f"  {name:10} {value}")


if __name__ == "__main__":
    main()
