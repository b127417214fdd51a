"""The main job on real receipts, over HTTP, with scripted people: nothing waits, nothing is paid twice."""

import json

from benchmarks.receipts_run import run


def test_every_receipt_ends_and_is_paid_once(shared_data, database_url, tmp_path):
    lines = (shared_data("sroie_receipts") / "receipts.jsonl").read_text("utf-8").splitlines()
    rows = {row["id"]: row for row in map(json.loads, lines)}
    report = run(tmp_path / "company", rows, database=database_url)
    assert report["receipts"] == len(rows) > 300
    assert set(report["ended"]) <= {"done", "rejected"}, report["ended"]
    assert sum(report["ended"].values()) == len(rows)
    assert report["payments"] == report["approved"] > 300
    assert report["audit_findings"] == 0
    # the shipped bands: most run alone, and few of those are wrong (see docs/benchmarks.md for the figures)
    assert report["ran_alone"] > 0.6 * len(rows)
    assert report["ran_alone_wrong"] < 0.04 * report["ran_alone"]
