"""The command starts a real server and measures all that it says."""

import json
import sys

import pytest

from benchmarks import crowd, http


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_figures(kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(crowd, "TEMPLATES", 20)
    monkeypatch.setattr(http, "BATCH", 5)
    arguments = [
        "--waiting",
        "40",
        "--threads",
        "2",
        "--seconds",
        "0.5",
        "--repeats",
        "2",
        "--database",
        kind,
    ]
    monkeypatch.setattr(sys, "argv", ["http", *arguments, "--json"])
    http.main()
    found = json.loads(capsys.readouterr().out)[kind]
    assert found.keys() == {"pages", "submit", "batch", "round_trip"}
    assert found["pages"].keys() == set(http.PAGES)
    for name in ("submit", "batch", "round_trip"):
        assert found[name]["cases_per_s"] > 0
    for page in found["pages"].values():
        assert 0 < page["gzip_bytes"] < page["bytes"]
        assert 0 < page["p50_ms"] <= page["p95_ms"]
