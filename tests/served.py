"""A small deployment served in this process: three processes, five people, an API key for each."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from surehand.app import Surehand, assembled, create_app
from surehand.flow import access
from surehand.flow.running import drain

OWNER, RITA, SAM, SHOP, AUDITOR, STRANGER = (
    "olga.owner", "rita.reviewer", "sam.reviewer", "shop.service", "anna.auditor", "otto.other",
)  # fmt: skip

_PEOPLE = """\
people:
  olga.owner: {name: Olga Owner, roles: [owner, reviewer]}
  rita.reviewer: {name: Rita Reviewer, roles: [reviewer], limit: 5000}
  sam.reviewer: {name: Sam Reviewer, roles: [reviewer], limit: 500}
  otto.other: {name: Otto Other, roles: [reviewer]}
  shop.service: {name: Web shop, roles: [service]}
  anna.auditor: {name: Anna Auditor, roles: [auditor]}
  gone.reviewer: {name: Gone Reviewer, roles: [reviewer], active: false}
  bo.builder: {name: Bo Builder, roles: [builder]}
queues:
  refunds: {owner: olga.owner, members: [rita.reviewer, sam.reviewer], due: PT24H}
  posts: {owner: olga.owner, members: [otto.other], due: PT24H}
"""

_REFUNDS = """\
process: refunds
prefix: REF
currency: EUR
owner: olga.owner
builder: bo.builder
input:
  document: [lines]
  fields:
    customer: {type: text}
    amount: {type: money}
    note: {type: text, required: false}
    count: {type: integer, required: false}
    share: {type: number, required: false}
    vip: {type: yes_no, required: false}
    bought: {type: date, required: false}
    at: {type: timestamp, required: false}
    tags: {type: texts, required: false}
    colour: {type: text, required: false, choices: [red, blue]}
models:
  ours: {provider: external}
steps:
  - decide: approve_refund
    model: ours
    question: "Refund {amount} to {customer}?"
    choices: [pay, reject]
    subject: customer
    consequence: {money: amount, medium_from: 100, high_from: 1000, reversible_within: P1D}
    signals: [model_probability]
    bands: review-flow
    queue: refunds
    reasons: [damaged, never-arrived]
  - act: pay_back
    after: pay
    undo: take_back
    repeatable: true
"""

_POSTS = """\
process: posts
prefix: POS
currency: EUR
owner: olga.owner
builder: bo.builder
input: {fields: {text: {type: text}}}
models:
  ours: {provider: external}
steps:
  - decide: is_spam
    model: ours
    yes_no: true
    level: human
    queue: posts
  - decide: stars
    model: ours
    number: {least: 1, most: 5, tolerance: 0.25}
    level: review
    queue: posts
"""

_STEPS = """\
from surehand import Money

def pay_back(key: str, customer: str | None, amount: Money | None) -> str:
    return f"paid {key}"


def take_back(key: str) -> None:
    pass
"""


def write_place(folder: Path, *, database: str, more: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write the deployment into a folder; `more`: processes without functions, by name."""
    for name, text in (("refunds", _REFUNDS), ("posts", _POSTS), *more.items()):
        (folder / name).mkdir(parents=True)
        (folder / name / "process.yaml").write_text(text)
    (folder / "refunds" / "steps.py").write_text(_STEPS)
    (folder / "posts" / "steps.py").write_text("")
    (folder / "people.yaml").write_text(_PEOPLE)
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {database}\naudit: audit\n")
    return folder


@dataclass
class Served:
    """A deployment with its API. `call` speaks as a person; nobody runs work but `run` and those who wait."""

    surehand: Surehand
    app: FastAPI
    http: TestClient
    keys: dict[str, str]

    def call(self, person: str | None, method: str, path: str, *, headers: Any = None, **sent: Any) -> Any:
        """One request. JSON is sent as ASCII, so that it may hold what httpx cannot encode."""
        given = {**(headers or {})}
        if sent.get("json") is not None:
            sent["content"] = json.dumps(sent.pop("json"))
            given["Content-Type"] = "application/json"
        if person is not None:
            given["Authorization"] = f"Bearer {self.keys[person]}"
        return self.http.request(method, f"/api/v1{path}", headers=given, **sent)

    def get(self, person: str, path: str, **sent: Any) -> Any:
        """The answer to a GET that must succeed."""
        response = self.call(person, "GET", path, **sent)
        assert response.status_code == 200, response.text
        return response.json()

    def run(self) -> None:
        """Run everything that is due."""
        while drain(self.surehand.context):
            pass

    def refund(
        self, *, confidence: float | None = 0.8, amount: str = "40 EUR", **more: Any
    ) -> dict[str, Any]:
        """A refund that has been run up to where it stands."""
        body = {
            "process": "refunds",
            "input": {"customer": "C-1", "amount": amount},
            "recommendation": {"value": "pay", "confidence": confidence},
            **more,
        }
        response = self.call(SHOP, "POST", "/cases", params={"wait": "true"}, json=body)
        assert response.status_code in (200, 201), response.text
        case: dict[str, Any] = response.json()
        return case

    def verdict(self, person: str, case: str, verdict: str = "approve", **given: Any) -> Any:
        """A verdict, with the reason that this process asks for."""
        headers = given.pop("headers", None)
        body = {"verdict": verdict, "reason": "damaged", **given}
        return self.call(person, "POST", f"/cases/{case}/verdict", json=body, headers=headers)


@contextmanager
def served(
    folder: Path, database_url: str, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Served]:
    """Serve the deployment's API from a folder that does not exist yet; `more`: further processes."""
    surehand = assembled(write_place(folder, database=database_url, more=more))
    try:
        people = [name for name in surehand.context.people.people if name != "bo.builder"]
        keys = {name: access.create_key(surehand.context, name, "test", by="bo.builder") for name in people}
        app = create_app(surehand)
        with TestClient(app, raise_server_exceptions=False) as http:
            yield Served(surehand, app, http, keys)
    finally:
        surehand.close()


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """The application on a port of this machine; its address."""
    # with the protocol named, asyncio turns off the waiting for more to send (40 ms an answer)
    with socket.socket(proto=socket.IPPROTO_TCP) as free:
        free.bind(("127.0.0.1", 0))
        free.listen(64)
        port = free.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)
