"""The main job on real receipts, over HTTP, with scripted people: nothing waits, nothing is paid twice."""

import json
from itertools import islice

import pytest

from benchmarks.receipts_run import run


@pytest.mark.parametrize(
    "every", [pytest.param(4, id="short"), pytest.param(1, id="long", marks=pytest.mark.long)]
)
def test_every_receipt_ends_and_is_paid_once(shared_data, database_url, tmp_path, every):
    lines = (shared_data("sroie_receipts") / "receipts.jsonl").read_text("utf-8").splitlines()
    rows = {row["id"]: row for row in map(json.loads, islice(lines, 0, None, every))}
    report = run(tmp_path / "company", rows, database=database_url)
    assert report["receipts"] == len(rows) > 300 / every
    assert set(report["ended"]) <= {"done", "rejected"}, report["ended"]
    assert sum(report["ended"].values()) == len(rows)
    assert report["payments"] == report["approved"] > 300 / every
    assert report["audit_findings"] == 0
    # the shipped bands: most run alone, and few of those are wrong (see docs/benchmarks.md for the figures)
    assert report["ran_alone"] > 0.6 * len(rows)
    assert report["ran_alone_wrong"] < 0.04 * report["ran_alone"]
