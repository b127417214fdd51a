"""Every way of the benchmark judges real cases, and some of them run alone."""

import json
import sys

import pytest

from benchmarks import judging


def test_all_ways_are_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["judging", "--cases", "700", "--runs", "1", "--json"])
    judging.main()
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"bands", "all", "guarantee"}
    for found in figures.values():
        assert 0 < found["alone"] < 700
        assert found["seconds"] > 0
