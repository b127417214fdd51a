"""The command says what the issue tracker's table wants, on both databases, also without LangGraph."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from benchmarks import interrupts, lifecycle
from surehand.errors import InvalidInput

KEYS = {"bare", "batch", "round_trip", "langgraph", "round_trip_vs_langgraph", "bare_vs_batch"}

needs_langgraph = pytest.mark.skipif(
    not interrupts.installed(),
    reason="LangGraph is not installed: 'python3 tools/bootstrap.py bench' installs it",
)


def ran(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[Any, str]:
    monkeypatch.setattr(
        sys, "argv", ["lifecycle", "--cases", "40", "--repeats", "1", "--callers", "4", "--json", *arguments]
    )
    monkeypatch.setattr(lifecycle, "CHUNK", 20)
    lifecycle.main()
    out, err = capsys.readouterr()
    return json.loads(out), err


@needs_langgraph
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_figures_and_their_ratios(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, err = ran(monkeypatch, capsys, "--database", kind)
    found = figures[kind]
    assert found.keys() == KEYS
    assert found["langgraph"]["saver"] in interrupts.WAYS
    for name in ("round_trip", "langgraph"):
        assert found[name]["cases_per_s"] > 0
        assert found[name]["p50_ms"] <= found[name]["p99_ms"]
    ratio = found["round_trip"]["cases_per_s"] / found["langgraph"]["cases_per_s"]
    assert found["round_trip_vs_langgraph"] == pytest.approx(ratio, rel=0.02)
    assert found["bare_vs_batch"] == pytest.approx(found["bare"] / found["batch"], rel=0.02)
    assert err == ""


def test_without_langgraph_its_figures_are_null_and_a_line_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interrupts, "installed", lambda: False)
    figures, err = ran(monkeypatch, capsys, "--database", "sqlite")
    assert figures["sqlite"].keys() == KEYS
    assert figures["sqlite"]["langgraph"] is None
    assert figures["sqlite"]["round_trip_vs_langgraph"] is None
    assert "tools/bootstrap.py bench" in err


@needs_langgraph
@pytest.mark.parametrize("way", interrupts.WAYS)
def test_langgraph_does_each_case_once(way: str, tmp_path: Path) -> None:
    import sqlite3

    interrupts.round_trip(f"sqlite:///{tmp_path / 'a.db'}", 6, callers=3, way=way)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        threads = connection.execute("SELECT count(DISTINCT thread_id) FROM checkpoints").fetchone()
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    assert (threads, mode) == ((6,), ("wal",))


def test_what_a_caller_raises_is_raised() -> None:
    def begin() -> Any:
        raise InvalidInput([])

    with pytest.raises(InvalidInput):
        lifecycle.at_once(begin, 4, callers=2)


def test_databases_of_another_kind_are_refused() -> None:
    with ExitStack() as stack, pytest.raises(SystemExit, match="say sqlite or postgresql"):
        next(lifecycle.databases(["oracle"], stack))
