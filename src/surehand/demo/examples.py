"""Labelled invoices to train on: `python -m surehand.demo.examples OUT.jsonl --count 90 --seed 7`.

A line is `{"input": {"document": ...}, "truth": {field: value or null}}`. The suppliers with the layouts of
HELD_BACK are left out, and so are strangers: the demo shows what the AI does with paper that it never saw.
"""

import argparse
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surehand.demo.company import company
from surehand.demo.invoices import MIX, Kind, Paperwork, invoices
from surehand.demo.printing.layer import document
from surehand.demo.printing.layouts import drawn
from surehand.demo.printing.scans import laid, recognised
from surehand.demo.suppliers import PROFILES

HELD_BACK = ("atelier", "spine")


def labelled(count: int, seed: int) -> list[dict[str, Any]]:
    """The examples; sums in the lines are bare, in the invoice's currency, as the process reads them."""
    profiles = [profile for profile in PROFILES if profile.layout not in HELD_BACK]
    house = company(seed, orders=max(320, 4 * count), profiles=profiles)
    mix: dict[Kind, int] = {kind: weight for kind, weight in MIX.items() if kind != "new_supplier"}
    return [
        {
            "input": {"document": _read(one)},
            "truth": {**one.truth, "lines": [_bare(line) for line in one.truth["lines"]]},
        }
        for one in invoices(count, seed, house=house, mix=mix)
    ]


def _bare(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value["amount"] if isinstance(value, dict) else value for name, value in line.items()}


def written(count: int, seed: int) -> str:
    """The file: a line of JSON for each example."""
    rows = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in labelled(count, seed)]
    return "".join(f"{row}\n" for row in rows)


def _read(paperwork: Paperwork) -> dict[str, Any]:
    """What a reader of the PDF or a recogniser of the scan finds, without printing either."""
    sheets = drawn(paperwork.bill)
    found = document(sheets)
    if paperwork.form == "pdf":
        return found
    rng = random.Random(paperwork.key)
    pose = laid(rng, sheets[0].width, sheets[0].height)
    return recognised(rng, found["pages"][0]["lines"], pose, faint=paperwork.kind == "faint")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m surehand.demo.examples", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(written(asked.count, asked.seed), "utf-8")


if __name__ == "__main__":
    main()
