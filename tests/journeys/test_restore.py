"""A server loses its database and gets yesterday's back: nothing that was done is done again."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from surehand import Client
from surehand.cli import app
from tests.crash.fleet import free_port
from tests.crash.ledger import Ledger, running_ledger
from tests.crash.place import write_place
from tests.postgres import die_with_parent


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with running_ledger(seed=1, slowest=0.0) as ledger:
        yield ledger


def up(folder: Path, ledger: Ledger, port: int, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "surehand.cli", "up", str(folder), "--port", str(port), *options]
    return subprocess.Popen(
        command, env={**os.environ, "LEDGER": ledger.url}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, preexec_fn=die_with_parent,
    )  # fmt: skip


@contextmanager
def serving(folder: Path, ledger: Ledger, *options: str) -> Iterator[tuple[str, list[str]]]:
    """`surehand up` until the block ends; its address, and what it says."""
    port, said = free_port(), []
    process = up(folder, ledger, port, *options)
    try:
        assert process.stdout is not None
        while not (line := process.stdout.readline()).startswith("Surehand serves"):
            assert line, said
            said.append(line.strip())
        _eventually(lambda: _healthy(port))
        yield f"http://127.0.0.1:{port}", said
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _eventually(holds: Callable[[], Any], *, within: float = 60.0) -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def key_of(folder: Path, person: str) -> str:
    made = CliRunner().invoke(app, ["key", str(folder), person])
    assert made.exit_code == 0, made.output
    return made.output.strip().splitlines()[-1]


def test_the_old_file_is_put_back_and_nothing_is_done_twice(tmp_path: Path, ledger: Ledger) -> None:
    place = write_place(tmp_path / "place", database="sqlite:///desk.db")
    database = place / "desk.db"
    sender, reviewer = key_of(place, "bo.builder"), key_of(place, "rae.reviewer")

    def send(url: str, item: str, *, sure: float = 0.99, process: str = "wires") -> str:
        with Client(url, sender) as client:
            return client.submit(process, {"item": item, "sure": sure}, key=item).id

    def approve(url: str, case: str) -> None:
        with Client(url, reviewer) as client:
            _eventually(lambda: client.case(case)["state"] == "waiting")
            client.verdict(case, "approve")

    def ended(url: str, *ids: str) -> None:
        with Client(url, sender) as client:
            _eventually(lambda: all(client.case(one)["state"] == "done" for one in ids))

    with serving(place, ledger) as (url, _):
        early = send(url, "early")
        ready = send(url, "ready", sure=0.8)
        ended(url, early)
    shutil.copyfile(database, tmp_path / "yesterday.db")
    with serving(place, ledger) as (url, _):
        approve(url, ready)
        lost = [send(url, f"lost {n}") for n in range(3)]
        ended(url, ready, *lost)
    done = {item: list(keys) for item, keys in ledger.effects.items()}
    assert sum(map(len, done.values())) == 5

    for leftover in place.glob("desk.db-*"):
        leftover.unlink()
    shutil.copyfile(tmp_path / "yesterday.db", database)
    refused = up(place, ledger, free_port())
    told, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "--reconcile" in told

    left = place / "desk.db-wal"
    left.write_bytes(b"of another database")
    refused = up(place, ledger, free_port(), "--reconcile", "--by", "ida.owner")
    told, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert "Move desk.db-wal and desk.db-shm away" in " ".join(told.split())
    assert left.read_bytes() == b"of another database"
    left.unlink()

    with serving(place, ledger, "--reconcile", "--by", "ida.owner") as (url, said):
        words = "\n".join(said)
        assert "1 case had moved on since" in words
        assert "3 cases came since and are not here" in words
        assert all(case in words for case in (ready, *lost))
        approve(url, ready)
        assert [send(url, f"lost {n}") for n in range(3)] == lost
        ended(url, ready, *lost)
        new = send(url, "new")
        ended(url, new)
    assert {item: list(keys) for item, keys in ledger.effects.items() if item != "new"} == done
    assert len(ledger.effects["new"]) == 1
    checked = CliRunner().invoke(app, ["verify-audit", str(place)])
    assert checked.exit_code == 0, checked.output
    for case in (ready, *lost):
        assert f"{case}: its end was lost in the restore that ida.owner declared" in checked.output
    # and it starts as ever from now on
    with serving(place, ledger):
        pass
