"""Whoever checks a decision unseen gets the same bytes however it was decided, by every address there is.

The same case is decided in three ways that its input does not tell: paid, paid without success so that a
person is asked, and rejected. Everything is asked of each, and the answers are compared.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher

from surehand.app import assembled, create_app
from surehand.core.case import CaseState
from surehand.flow import access
from surehand.flow.explain import explain, told
from surehand.store import cases
from surehand.testing import Clock
from tests.client import Client
from tests.desk import PASSWORD, Desk
from tests.security.routes import Address, addresses

_MAP = """\
process: refunds
currency: EUR
owner: lead
builder: dev
input: {fields: {customer: {type: text}, amount: {type: money}}}
steps:
  - lookup: find
  - decide: refund
    question: "Refund {amount} to {customer}?"
    choices: [pay, reject]
    subject: customer
    consequence: {money: amount, medium_from: 1000}
    signals: [model_probability]
    bands:
      - {above: 0.95, route: spot_check}
      - {from: 0, route: review}
    spot_check: {share: 1.0, within: P2D, on_error: ask}
    queue: refunds
  - act: pay
    after: pay
    undo: take_back
    attempts: 1
  - lookup: weigh
  - decide: thank
    question: "Thank {customer} for {refund}?"
    yes_no: true
    subject: refund
    consequence: {money: weight}
    level: automate
    queue: refunds
  - act: send
    after: true
    repeatable: true
"""

_STEPS = '''\
import json
from pathlib import Path

from pydantic import BaseModel

from surehand import Money, Recommendation
from surehand.errors import PermanentFailure


def plan():
    """How this world goes; what is sent in is the same in all of them."""
    return json.loads((Path(__file__).parent.parent / "plan.json").read_text())


class Found(BaseModel):
    known: bool


class Weighed(BaseModel):
    weight: Money


def find(customer: str) -> Found:
    return Found(known=True)


def refund(amount: Money, known: bool) -> Recommendation[str]:
    return Recommendation(value=plan()["value"], confidence=plan()["sure"], reasons=(plan()["why"],))


def pay(key: str, amount: Money) -> str:
    if plan()["fails"]:
        raise PermanentFailure("the bank is closed")
    return f"transferred {amount}"


def take_back(key: str) -> None:
    pass


def weigh(refund: str) -> Weighed:
    return Weighed(weight=Money(amount=777 if refund == "pay" else 333, currency="EUR"))


def thank(known: bool) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=1.0)


def send(key: str) -> None:
    pass
'''

_PEOPLE = """\
people:
  ann: {roles: [reviewer]}
  bea: {roles: [reviewer]}
  lead: {roles: [owner, reviewer]}
  shop: {roles: [service]}
  dev: {roles: [builder]}
queues: {refunds: {owner: lead, members: [ann, bea], due: PT24H}}
"""

WORLDS = {
    "paid": {"value": "pay", "sure": 0.9637, "why": "Ordinary", "fails": False},
    "not paid": {"value": "pay", "sure": 0.9712, "why": "Usual", "fails": True},
    "rejected": {"value": "reject", "sure": 0.9588, "why": "Too late", "fails": False},
}
GIVEN = {"customer": "Acme", "amount": "80 EUR"}
BODY = {"process": "refunds", "key": "one", "input": GIVEN}
#: What an answer of any world would betray, and no page says by itself.
CANARIES = ("96.3", "97.1", "95.8", "96.4", "95.9", "0.9637", "0.9712", "0.9588", "Ordinary", "Usual",
            "Too late", "transferred", "bank is closed", "did not finish", "777", "333")  # fmt: skip


@dataclass
class World:
    """One way in which it went."""

    desk: Desk
    case: str
    check: str
    holder: str

    @property
    def context(self) -> Any:
        return self.desk.surehand.context

    def reading(self) -> Any:
        """A connection to look with."""
        return self.context.db.read()


@contextmanager
def world_of(folder: Path, plan: dict[str, Any], *edits: tuple[str, str], checks: int = 1) -> Iterator[World]:
    """A deployment with one case, which came to so many checks; each edit replaces a piece of its files."""
    texts = {"refunds/process.yaml": _MAP, "refunds/steps.py": _STEPS, "people.yaml": _PEOPLE}
    (folder / "refunds").mkdir(parents=True)
    for name, text in texts.items():
        for old, new in edits:
            text = text.replace(old, new)
        (folder / name).write_text(text)
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: sqlite:///{folder}/s.db\n")
    surehand = assembled(folder)
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        clock = Clock(datetime(2026, 3, 4, 10, tzinfo=UTC))
        surehand.context.clock = clock
        with patch.object(access, "_hasher", lambda: quick):
            for name in ("ann", "bea", "lead"):
                access.set_password(surehand.context, name, PASSWORD, by="dev")
            desk = Desk(surehand, create_app(surehand), clock)
            case = _submitted(desk)
            with surehand.context.db.read() as connection:
                found = cases.beside(connection, [case])[case]
            assert len(found) == checks
            check = found[0]
            yield World(desk, case, check.id, check.person)
    finally:
        surehand.close()


def _submitted(desk: Desk) -> str:
    from surehand.flow.intake import Submission, submit

    item = Submission(process="refunds", key="one", input=GIVEN)
    case = submit(desk.surehand.context, item, submitter="shop").case
    desk.clock.move(timedelta(minutes=1))
    desk.run()
    return case.id


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(world_of(tmp_path_factory.mktemp("world") / "place", plan))
            for name, plan in WORLDS.items()
        }


@dataclass(frozen=True)
class Request:
    """One request. `{case}`, `{check}` in it stand for their numbers."""

    method: str
    path: str
    sent: Any = None
    headers: tuple[tuple[str, str], ...] = ()


def requests_of(address: Address) -> list[Request]:
    """What is asked by an address: nothing that would decide the check."""
    path = address.path.replace("{case_id}", "{case}")
    path = re.sub(r"{rest:path}|{token}|{name}", "x", path).replace("{process}", "refunds")
    if not address.changes:
        return [Request("GET", path, headers=headers) for path in _got(path) for headers in _HAD[address.api]]
    posted = _API if address.api else _FORMS
    key = address.path.removeprefix("/api/v1")
    if "{case_id}" in address.path or "/cases" in address.path:
        assert key in posted, f"{address} is new: say what to ask of it here"
    return [Request(address.method, one, sent) for sent in posted.get(key, [{}]) for one in _steps(path)]


def _steps(path: str) -> list[str]:
    ofs = ["", "?assignment={check}", "?assignment={case}.99", "?assignment={case}:pay:1"]
    if path.endswith("/claim") and path.startswith("/api"):
        return [path + of for of in ofs]
    return [path.replace("{step}", step) for step in ("pay", "send", "none")] if "{step}" in path else [path]


def _got(path: str) -> list[str]:
    paths = [path.replace("{number}", "1")]
    if path.endswith("/cases"):
        paths += [f"{path}?state={state.value}" for state in CaseState]
        paths += [f"{path}?process=refunds", f"{path}?limit=1" if "/api" in path else f"{path}?q=Acme"]
    if path == "/cases":
        paths += [f"/cases?q={word}" for word in ("pay", "reject", "Thank", "Refund", "one", "{case}")]
    if path.startswith("/inbox"):
        views = ("view=mine", "view=queues", "view=all", "queue=refunds")
        narrowed = (
            *(f"text={word}" for word in ("pay", "reject", "Thank", "Refund", "Acme", "shop", "{case}")),
            *(f"grade={grade}" for grade in ("low", "medium", "high")), "stake_from=100", "stake_to=500",
            *(f"kind={kind}" for kind in ("decision", "exception", "told", "check", "finding")),
            "process=refunds", "due=today", "priority=normal", "sort=stake",
        )  # fmt: skip
        paths += [f"{path}?{view}&since=0" for view in views]
        paths += [f"{path}?{view}&since=0&{one}" for view in ("view=mine", "view=all") for one in narrowed]
    if path.endswith("/brief"):
        paths += [
            f"{path}?of={{check}}",
            *(f"{path}?of={{case}}.{n}" for n in range(1, 30)),
            f"{path}?page=2",
        ]
    return paths


#: With what a client may have: every revision that the case may be at.
_HAD = {
    False: [()],
    True: [(), *((("If-None-Match", f'"{n}"'),) for n in range(12))],
}
_NOT_A_VERDICT: list[Any] = [
    {"verdict": "approve"}, {"verdict": "approve", "value": "both"}, {"verdict": "reject"},
    {"verdict": "edit", "fields": {"amount": "3 EUR"}}, {"verdict": "ask", "question": "Why?"},
    {"verdict": "escalate"}, {"verdict": "none"},
    *({"verdict": "approve", "value": "pay", "round": n} for n in (0, 2, 3)),
    *({"verdict": "approve", "value": value, "assignment": f"{{case}}.{n}"}
      for value in ("pay", "retry", "happened") for n in (1, 4, 8, 9, 11, 13, 20)),
    {"verdict": "approve", "value": "pay", "shown": "0" * 64},
]  # fmt: skip
_API: dict[str, list[Any]] = {
    "/cases": [BODY, {**BODY, "wait": True}, {**BODY, "input": {**GIVEN, "customer": "Other"}}],
    "/cases/batch": [{"submissions": [BODY, {**BODY, "input": {}}]}],
    "/cases/{case_id}/verdict": _NOT_A_VERDICT,
    "/cases/{case_id}/claim": [None],
    "/cases/{case_id}/release": [{"note": "x" * 2_001}],
    "/cases/{case_id}/reassign": [{"to": "lead"}, {"to": "nobody"}],
    "/cases/{case_id}/snooze": [{"until": "2020-01-01T00:00:00Z"}, {"until": None}],
    "/cases/{case_id}/priority": [{"priority": "urgent", "note": ""}],
    "/cases/{case_id}/answer": [{"answer": "Because"}, {"answer": "Because", "round": 2}],
    "/cases/{case_id}/waiting": [{"because": ""}],
    "/cases/{case_id}/elsewhere": [{"what": "policy", "round": 9}, {"what": "other", "words": " "}],
    "/cases/{case_id}/outcome": [
        {"correct": True}, {"correct": False}, {"value": "pay"}, {"value": "reject"}, {"value": "none"},
        {"correct": True, "value": "reject"}, {"correct": True, "value": "pay"}, {"note": "x"},
    ],
    "/cases/{case_id}/actions/{step}/undo": [None],
}  # fmt: skip
_FORMS: dict[str, list[Any]] = {
    "/cases/{case_id}/claim": [{}, {"of": "{check}"}, {"of": "{case}.11"}],
    "/cases/{case_id}/release": [{"note": "x" * 2_001}],
    "/cases/{case_id}/reassign": [{"to": "lead"}, {"to": "", "of": "{case}.11"}],
    "/cases/{case_id}/snooze": [{"until": "2020-01-01T00:00:00Z"}, {"until": ""}],
    "/cases/{case_id}/priority": [{"priority": "urgent", "note": ""}],
    "/cases/{case_id}/answer": [{"answer": "Because"}, {"answer": ""}],
    "/cases/{case_id}/waiting": [{"who": "waiting", "because": ""}, {"who": "nobody", "because": "x"}],
    "/cases/{case_id}/elsewhere": [
        {"lacks": what, "digest": digest, "round": "9"}
        for what in ("policy", "")
        for digest in ("", "x@{check}", "x@{case}.11")
    ],
    "/cases/{case_id}/undo": [{"step": "pay"}, {"step": "send"}, {"step": "none"}],
    "/cases/{case_id}/withdraw": [{}],
    "/cases/{case_id}/draft": [
        {"note": "x", "digest": digest, "discard": discard}
        for digest in ("", "x@{check}", "x@{case}.11", "x@{case}.13")
        for discard in ("", "1")
    ],
    "/cases/{case_id}/diff": [
        {"value": value, "digest": digest, "only": only, "field.customer": "x\ny"}
        for value in ("", "Thank you")
        for digest in ("", "x@{check}", "x@{case}.11", "x@{case}.13")
        for only in ("", "changes")
    ],
    "/cases/{case_id}/verdict": [
        {"verdict": verdict, "digest": digest, "value": value}
        for verdict in ("approve", "reject", "edit", "ask", "retry", "happened")
        for digest in ("", "x@{check}", "x@{case}.11", "x@{case}.13")
        for value in ("", "both")
    ],
}

_HEADERS = ("etag", "location", "content-type", "content-length", "retry-after")
_LEFT_OUT = {"POST /signout", "POST /signin", "GET /static/{name}", "GET /api/v1/openapi.json"}


class Reader:
    """Somebody with a browser and a key."""

    def __init__(self, world: World, person: str) -> None:
        self._world = world
        visitor = world.desk.person(person)
        self._browser = visitor.http
        visitor.get("/")
        page = visitor.get("/inbox")
        self._csrf = (re.findall(r'name="csrf" value="([^"]+)"', page) or [""])[0]
        self._api = Client(world.desk.app, raise_server_exceptions=False)
        self._key = access.create_key(world.context, person, "test", by="dev")

    def ask(self, request: Request) -> tuple[int, dict[str, str], str]:
        """Status, headers and body, without what differs from one time to the next."""
        sent = json.loads(self._filled(json.dumps(request.sent)))
        path, headers = self._filled(request.path), dict(request.headers)
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self._key}"
            response = self._api.request(request.method, path, headers=headers, json=sent)
        elif request.method == "GET":
            response = self._browser.get(path, headers=headers, follow_redirects=False)
        else:
            self._browser.cookies.delete("surehand_notice")
            form = {"csrf": self._csrf, **(sent or {})}
            response = self._browser.post(path, data=form, follow_redirects=False)
        kept = {n: self._same(v) for n, v in response.headers.items() if n in _HEADERS[:3]}
        return response.status_code, kept, self._same(response.text)

    def _filled(self, text: str) -> str:
        return text.replace("{case}", self._world.case).replace("{check}", self._world.check)

    def _same(self, text: str) -> str:
        text = text.replace(self._csrf, "CSRF")
        text = re.sub(r"\b[0-9a-f]{8,64}\b", "HEX", text)
        text = re.sub(r"· [0-9a-f]{4}\b|\b[0-9a-f]{4}( [0-9a-f]{4})+\b", "HEX", text)
        return re.sub(r"\d+(\.\d+)? ms", "MS", text)


def differing(one: tuple[int, Any, str], other: tuple[int, Any, str]) -> list[str]:
    """The lines in which two answers differ."""
    lines = [f"{status} {headers}\n{text}".splitlines() for status, headers, text in (one, other)]
    return [line for line in unified_diff(*lines, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")]


def everything(world: World) -> list[Request]:
    every = [one for one in addresses(world.desk.app) if str(one) not in _LEFT_OUT]
    return [request for address in every for request in requests_of(address)]


def test_all_that_the_holder_of_a_check_can_ask_is_answered_alike(worlds: dict[str, World]) -> None:
    assert {world.desk.case(world.case).answers["refund"]["value"] for world in worlds.values()} == {
        "pay", "reject",
    }  # fmt: skip
    assert len({(world.case, world.check, world.holder) for world in worlds.values()}) == 1
    readers = {name: Reader(world, world.holder) for name, world in worlds.items()}
    asked = everything(worlds["paid"])
    assert len(asked) > 300
    statuses = set()
    for request in asked:
        answers = {name: reader.ask(request) for name, reader in readers.items()}
        for name in ("rejected", "not paid"):
            assert not differing(answers["paid"], answers[name]), (request, name)
        status, headers, text = answers["paid"]
        statuses.add(status)
        assert status != 500, (request, text)
        found = [word for word in CANARIES if word in text or word in str(headers)]
        assert not found, (request, found)
    assert statuses >= {200, 201, 303, 403, 404, 409, 422} - {201}
    for world in worlds.values():
        with world.context.db.read() as connection:
            assert [one.id for one in cases.beside(connection, [world.case])[world.case]] == [world.check]
        told_ = told(explain(world.context, world.case, person=world.holder))
        assert not [word for word in CANARIES if word in told_]


def test_once_it_is_decided_all_of_it_is_told(tmp_path: Path) -> None:
    """And so the test above would have noticed."""
    with world_of(tmp_path / "place", WORLDS["paid"]) as world:
        reader = Reader(world, world.holder)
        verdict = {"verdict": "approve", "value": "pay", "assignment": "{check}"}
        status, _, text = reader.ask(Request("POST", "/api/v1/cases/{case}/verdict", verdict))
        assert (status, json.loads(text)["case"]["result"]) == (200, "yes")
        text = "".join(
            reader.ask(Request("GET", path))[2]
            for path in ("/api/v1/cases/{case}", "/api/v1/cases/{case}/events", "/cases/{case}", "/cases")
        )
        for word in ("0.9637", "96.3", "Ordinary", "transferred", "777"):
            assert word in text, word


def test_whoever_has_the_check_is_given_nothing_else_of_the_case(worlds: dict[str, World]) -> None:
    world = worlds["not paid"]
    with world.context.db.read() as connection:
        repair = cases.open_assignments(connection, [world.case])[world.case]
    assert repair.kind == "repair"
    assert repair.person != world.holder


def test_what_is_shown_instead_can_be_sent_back(tmp_path: Path) -> None:
    with world_of(tmp_path / "place", WORLDS["rejected"]) as world:
        reader = Reader(world, world.holder)
        text = reader._api.get(
            f"/api/v1/cases/{world.case}", headers={"Authorization": f"Bearer {reader._key}"}
        ).json()
        (check,) = text["beside"]
        sent = {"verdict": "approve", "value": "reject", "assignment": check["id"], "shown": check["shown"]}
        status, _, text = reader.ask(Request("POST", "/api/v1/cases/{case}/verdict", sent))
        assert (status, json.loads(text)["verdict"]["override"]) == (200, False)


def test_earlier_cases_of_a_subject_do_not_tell_either(tmp_path: Path) -> None:
    same = ("    subject: refund\n", "    subject: customer\n")
    with world_of(tmp_path / "place", WORLDS["paid"], same) as world:
        others = [world.desk.submit("refunds", GIVEN, key=f"more {n}") for n in range(3)]
        with world.context.db.read() as connection:
            mine = [c for c in others if cases.beside(connection, [c])[c][0].person == world.holder]
            check = cases.beside(connection, [mine[-1]])[mine[-1]][0]
        reader = Reader(world, world.holder)
        for path in (f"/cases/{mine[-1]}/brief", f"/cases/{mine[-1]}/brief?of={check.id}"):
            status, _, text = reader.ask(Request("GET", path))
            assert status == 200
            history = text[text.index("<h2>History") :]
            row = history[history.index(f"/cases/{world.case}") :][:400]
            assert "waits" in row
            assert re.search(r"\byes\b", row) is None  # a case's number may hold these letters, too


def test_of_two_checks_of_a_case_the_first_comes_first(tmp_path: Path) -> None:
    """They go to two people where there are two; where there are not, the later one would tell."""
    twice = (
        "    level: automate\n    queue: refunds\n",
        "    level: spot_check\n    spot_check: {share: 1.0, within: P2D}\n    queue: refunds\n",
    )
    with world_of(tmp_path / "two", WORLDS["paid"], twice, checks=2) as world, world.reading() as connection:
        first, second = cases.beside(connection, [world.case])[world.case]
        assert first.person != second.person
    alone = (
        ("members: [ann, bea]", "members: [ann]"),
        ("lead: {roles: [owner, reviewer]}", "lead: {roles: [owner], limit: 1}"),
    )
    with world_of(tmp_path / "one", WORLDS["paid"], twice, *alone, checks=2) as world:
        with world.reading() as connection:
            second, first = cases.beside(connection, [world.case])[world.case]
        assert (first.point, second.point) == ("refund", "thank")
        assert (first.person, second.person) == ("ann", "ann")
        reader = Reader(world, "ann")
        inbox = reader.ask(Request("GET", "/api/v1/inbox"))[2]
        assert first.id in inbox
        assert second.id not in inbox
        status, _, text = reader.ask(Request("GET", f"/cases/{{case}}/brief?of={second.id}"))
        assert (status, "decide it first" in text) == (403, True)
        verdict = {"verdict": "approve", "value": "pay"}
        status, _, text = reader.ask(Request("POST", "/api/v1/cases/{case}/verdict", verdict))
        assert (status, json.loads(text)["verdict"]["point"]) == (200, "refund")
        assert json.loads(text)["case"]["answers"] == {}
        assert second.id in reader.ask(Request("GET", "/api/v1/inbox"))[2]


def test_a_check_is_not_given_to_who_has_something_else_of_the_case_when_it_is_late(tmp_path: Path) -> None:
    with world_of(tmp_path / "place", WORLDS["not paid"]) as world:
        for _ in range(4):
            world.desk.wait(days=2, hours=1)
            with world.reading() as connection:
                repair = cases.open_assignments(connection, [world.case])[world.case]
                (check,) = cases.beside(connection, [world.case])[world.case]
            assert repair.person != check.person
