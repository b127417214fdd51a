"""How long the demo takes to make its paper, in milliseconds of processor time.

    python -m benchmarks.demo_paper [--count 200] [--json]

Prints the median of milliseconds for a PDF, a scan and a receipt, the time for all invoices, and the sizes.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from surehand.demo import post
from surehand.demo.company import company
from surehand.demo.invoices import invoices
from surehand.demo.printing.layouts import printed
from surehand.demo.printing.scans import scanned
from surehand.demo.receipts import receipts


def main() -> None:
    """Measure it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measured(options.count)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value:10,.1f}")


def measured(count: int) -> dict[str, float]:
    """Figure -> value; the first of each is made once before, so that imports do not count."""
    start = time.process_time()
    house = company(1, orders=2 * count)
    house.books()
    made = invoices(count, 1, house=house)
    content_ms = (time.process_time() - start) * 1000
    pdfs, pdf_ms = _timed(printed, made)
    single = [content for one, content in zip(made, pdfs, strict=True) if one.form == "scan"]
    scans, scan_ms = _timed(lambda content: scanned(content, random.Random(1)), single)
    rolls, roll_ms = _timed(post.receipt, receipts(max(10, count // 5), seed=1))
    start = time.process_time()
    for one in made:
        post.invoice(one)
    return {
        "books and contents, ms": content_ms,
        "pdf, ms": pdf_ms,
        "scan, ms": scan_ms,
        "receipt as scan, ms": roll_ms,
        "all as they arrive, ms": (time.process_time() - start) * 1000,
        "pdf, kB": statistics.mean(map(len, pdfs)) / 1000,
        "scan, kB": statistics.mean(len(picture) for picture, _ in scans) / 1000,
        "receipt, kB": statistics.mean(len(one.content) for one in rolls) / 1000,
    }


def _timed(make: Callable[[Any], Any], inputs: list[Any]) -> tuple[list[Any], float]:
    make(inputs[0])
    results, times = [], []
    for one in inputs:
        start = time.process_time()
        results.append(make(one))
        times.append((time.process_time() - start) * 1000)
    return results, statistics.median(times)


if __name__ == "__main__":
    main()
