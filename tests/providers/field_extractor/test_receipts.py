"""Real receipts: some vendors learned, others read. Loose floors; the figures are in docs/benchmarks.md."""

import zlib
from collections.abc import Callable
from pathlib import Path

from benchmarks import receipts
from benchmarks.receipts_rules import load, vendor
from examples.receipts import sroie


def test_vendors_never_seen_are_read(shared_data: Callable[[str], Path]) -> None:
    rows = [row for row in load(shared_data("sroie_receipts")) if not sroie.unseen(row)]
    apart = [zlib.crc32(vendor(row).encode()) % 3 == 0 for row in rows]
    training = [row for row, out in zip(rows, apart, strict=True) if not out][:70]
    tested = [row for row, out in zip(rows, apart, strict=True) if out][:50]
    found = receipts.measured(training, tested, with_curve=False)
    assert found["vendors_never_seen"]["receipts"] == len(tested)
    assert found["date"] >= 0.9
    assert found["total"] >= 0.75
    assert found["company"] >= 0.5
    assert found["address"] >= 0.4
    assert min(found["ceiling"].values()) >= 0.85


def test_the_cut_counts_vendors_not_receipts() -> None:
    assert receipts.upper_end(0.0, 20) > receipts.RISK > receipts.upper_end(0.0, 40)
    assert receipts.upper_end(2 / 78, 78) > receipts.RISK > receipts.upper_end(1 / 78, 78)
