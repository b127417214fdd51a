"""A deployment with two processes that differ in one word: whether their action may be repeated."""

from pathlib import Path

PROCESS = """\
process: {name}
prefix: {prefix}
currency: EUR
owner: ida.owner
builder: bo.builder
review_every: P90D
input:
  fields:
    item: {{type: text, trusted: true}}
    sure: {{type: number, trusted: true}}
steps:
  - lookup: counterparty
  - decide: let_go
    choices: [go, reject]
    signals: [model_probability, completeness]
    bands: review-flow
    queue: desk
    sla: {{due: PT24H}}
  - act: {act}
    after: go
    attempts: 20
    repeatable: {repeatable}
    {confirm}
"""

STEPS = """\
import http.client
import json
import os
import socket
import struct
from urllib.parse import quote

from pydantic import BaseModel

from surehand.core.recommendation import Recommendation


class Known(BaseModel):
    account: str


def counterparty(item: str) -> Known:
    return Known(account=f"account of {item}")


def let_go(account: str, sure: float) -> Recommendation[str]:
    return Recommendation(value="go", confidence=sure)


def book(key: str, item: str, account: str) -> str:
    return _call("POST", "/book", {"key": key, "item": item})["receipt"]


def wire(key: str, item: str, account: str) -> str:
    return _call("POST", "/wire", {"key": key, "item": item})["receipt"]


def was_wired(key: str, item: str) -> bool:
    return _call("GET", f"/wire?key={quote(key)}&item={quote(item)}")["happened"]


def _call(method, path, body=None):
    ledger = http.client.HTTPConnection(os.environ["LEDGER"].removeprefix("http://"), timeout=10)
    try:
        ledger.request(method, path, None if body is None else json.dumps(body))
        return json.loads(ledger.getresponse().read())
    except OSError:
        # whoever gives up takes the request back: left to the network, it could arrive after "did it happen?"
        if ledger.sock is not None:
            ledger.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise
    finally:
        ledger.close()
"""

PEOPLE = """\
people:
  ida.owner: {name: Ida Owner, roles: [owner, reviewer]}
  rae.reviewer: {name: Rae Reviewer, roles: [reviewer]}
  ron.reviewer: {name: Ron Reviewer, roles: [reviewer]}
  bo.builder: {name: Bo Builder, roles: [builder]}
queues:
  desk: {owner: ida.owner, members: [rae.reviewer, ron.reviewer], due: PT24H}
"""

REVIEWERS = ("rae.reviewer", "ron.reviewer", "ida.owner")


def write_place(folder: Path, *, database: str, more: str = "") -> Path:
    """Write the deployment into a folder. `more` are lines for its settings."""
    for name, prefix, act, repeatable, confirm in (
        ("bookings", "BKG", "book", "true", ""),
        ("wires", "WIR", "wire", "false", "confirm: was_wired"),
    ):
        process = folder / name
        process.mkdir(parents=True)
        text = PROCESS.format(name=name, prefix=prefix, act=act, repeatable=repeatable, confirm=confirm)
        (process / "process.yaml").write_text(text)
        (process / "steps.py").write_text(STEPS)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {database}\naudit: audit\n{more}")
    return folder
