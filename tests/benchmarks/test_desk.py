"""The command measures all that it says, by working as a reviewer would."""

import json
import sys

import pytest

from benchmarks import crowd, desk


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_lists_briefs_and_what_they_weigh(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crowd, "TEMPLATES", 30)
    monkeypatch.setattr(
        sys, "argv", ["desk", "--count", "300", "--repeats", "3", "--database", kind, "--json"]
    )
    desk.main()
    found = json.loads(capsys.readouterr().out)[kind]
    assert found.keys() == {*desk.LISTS, *desk.ANSWERED, "weight"}
    for name in (*desk.LISTS, *desk.ANSWERED):
        assert 0 < found[name]["p50_ms"] <= found[name]["p95_ms"]
    # what every page loads is the same from run to run: too much of it is seen here first
    assert max(found["weight"].values()) < 150_000
