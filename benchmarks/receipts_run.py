"""The main job on real receipts, over HTTP: submitted, routed, reviewed by scripted people, paid once.

    python -m benchmarks.receipts_run [--data DIR] [--database URL] [--json]

Starts a server on a copy of `examples`, submits every receipt, and lets one scripted reviewer per person work
through their inbox: who sees a wrong date or total corrects it, then approves; what was claimed before is
rejected. At the end nothing may wait, every approved case has one payment, and the audit trail must hold.
"""

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from surehand.app import assembled
from surehand.connect.answers import Submitted
from surehand.connect.client import Client
from surehand.demo.place import copied
from surehand.errors import Conflict, Forbidden
from surehand.flow import access

sys.path.insert(0, str(Path(__file__).parents[1]))
from examples.receipts.sroie import normal, to_case

PROCESS = "expense-receipts"
REVIEWERS = ("nur.aisyah", "wei.ming", "priya.nair", "scan.desk", "finance.lead")


def main() -> None:
    """Run it and print what happened."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--data", type=Path, default=Path("../shared/data/sroie_receipts"))
    options.add_argument("--database", help="SQLAlchemy URL; a SQLite file by default")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    lines = (given.data / "receipts.jsonl").read_text("utf-8").splitlines()
    rows = {row["id"]: row for row in map(json.loads, lines)}
    with tempfile.TemporaryDirectory(prefix="surehand-receipts-") as scratch:
        report = run(Path(scratch) / "company", rows, database=given.database)
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        for name, value in report.items():
            print(f"{name:22} {value}")


def run(folder: Path, rows: Mapping[str, Any], *, database: str | None = None) -> dict[str, Any]:
    """Submit, review and check; returns the counts."""
    copied(folder)
    env = {**os.environ, "RECEIPTS_LEDGER": str(folder / "ledger.sqlite3")}
    if database:
        env["SUREHAND_DATABASE"] = database
    keys = _keys(folder, env)
    with _served(folder, env) as url:
        began = time.monotonic()
        with Client(url, keys["platform.dev"]) as sender:
            sent = sender.submit_many(
                [{"process": PROCESS, "key": name, "input": to_case(row)} for name, row in rows.items()]
            )
            taken = [one for one in sent if isinstance(one, Submitted)]
            if len(taken) < len(rows):
                raise SystemExit(f"refused: {[one for one in sent if not isinstance(one, Submitted)][:3]}")
            truths = {one.id: rows[one.case["key"]]["truth"] for one in taken}
            _until_settled(sender)
            submitted = time.monotonic() - began
            alone = list(sender.cases(process=PROCESS, state="done"))
            with ThreadPoolExecutor(len(REVIEWERS)) as people:
                done = list(people.map(lambda name: _review(url, keys[name], truths), REVIEWERS))
            _until_settled(sender)
            ended = Counter(case["state"] for case in sender.cases(process=PROCESS))
            finished = [sender.case(case_id) for case_id in truths]
    proof = json.loads(_surehand(env, "verify-audit", str(folder), "--json"))
    return {
        "receipts": len(rows),
        "seconds_until_routed": round(submitted, 2),
        "seconds_in_all": round(time.monotonic() - began, 2),
        "ran_alone": len(alone),
        "ran_alone_wrong": sum(
            _wrong(sender_case, truths) for sender_case in finished if _alone(sender_case)
        ),
        "verdicts": dict(sum((Counter(one) for one in done), Counter())),
        "ended": dict(ended),
        **_payments(folder, finished),
        "audit_events": proof["events"],
        "audit_findings": len(proof["findings"]),
    }


def _keys(folder: Path, env: Mapping[str, str]) -> dict[str, str]:
    """A key for everybody who takes part."""
    with patch.dict(os.environ, env):
        surehand = assembled(folder, publishing=True)
        try:
            names = (*REVIEWERS, "platform.dev")
            return {name: access.create_key(surehand.context, name, "benchmark") for name in names}
        finally:
            surehand.close()


def _alone(case: Mapping[str, Any]) -> bool:
    return case["state"] == "done" and all(one["by"] == "policy" for one in case["answers"].values())


def _wrong(case: Mapping[str, Any], truths: Mapping[str, Any]) -> bool:
    truth = truths[case["id"]]
    return any(_read(case, name) != normal(name, truth.get(name)) for name in ("date", "total"))


def _read(case: Mapping[str, Any], name: str) -> Any:
    value = case["facts"].get(name)
    return normal(name, value["amount"] if isinstance(value, dict) else value)


def _payments(folder: Path, cases: list[dict[str, Any]]) -> dict[str, int]:
    """Payments in the ledger against cases that ended approved."""
    with sqlite3.connect(folder / "ledger.sqlite3") as ledger:
        (table,) = (
            row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1")
        )
        paid = ledger.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - its own name
    approved = sum(case["state"] == "done" and case["result"] == "approve" for case in cases)
    return {"approved": approved, "payments": paid}


def _review(url: str, key: str, truths: Mapping[str, Any]) -> Counter[str]:
    """Work through one person's inbox until it stays empty."""
    counts: Counter[str] = Counter()
    with Client(url, key) as client:
        quiet = 0
        while quiet < 5:
            found = list(client.inbox())
            quiet = 0 if found else quiet + 1
            for one in found:
                counts[_decided(client, one["case"]["id"], truths)] += 1
            if not found:
                time.sleep(0.4)
    return counts


def _decided(client: Client, case_id: str, truths: Mapping[str, Any]) -> str:
    case, truth = client.case(case_id), truths[case_id]
    fields = {
        name: _typed(name, truth[name])
        for name in ("date", "total")
        if normal(name, truth.get(name)) not in (None, _read(case, name))
    }
    exception = case["waiting"]["kind"] != "decide"
    try:
        if fields:
            client.verdict(case_id, "edit", fields=fields, reason="misread", rev=case["rev"])
            return "edit"
        if exception or case["facts"].get("claimed_as"):
            client.verdict(case_id, "reject", reason="duplicate", rev=case["rev"])
            return "reject"
        client.verdict(case_id, "approve", value="approve", reason="allowed-exception", rev=case["rev"])
        return "approve"
    except Forbidden:
        client.verdict(case_id, "escalate", rev=case["rev"])
        return "escalate"
    except Conflict:
        return "conflict"


def _typed(name: str, value: str) -> str:
    """A truth as a person would type it."""
    found = normal(name, value)
    return found.isoformat() if name == "date" else f"{found} MYR"


def _until_settled(client: Client) -> None:
    """Wait until the engine has nothing to do."""
    while any(next(iter(client.cases(process=PROCESS, state=s)), None) for s in ("running", "acting")):
        time.sleep(0.2)


def _surehand(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "surehand.cli", *arguments]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.strip()


@contextmanager
def _served(folder: Path, env: Mapping[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "surehand.cli", "up", str(folder), "--port", str(port)]
    server = subprocess.Popen(command, env=dict(env))
    url = f"http://127.0.0.1:{port}"
    try:
        with Client(url, "sh_nobody", attempts=1) as client:
            for _ in range(150):
                try:
                    client.health()
                    break
                except Exception:  # noqa: BLE001 - not up yet, whatever the transport says
                    time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
