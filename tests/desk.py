"""The desk of a small deployment, used as people use it: pages are read, forms are filled in and sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from fastapi import FastAPI

from surehand.app import Surehand, assembled, create_app
from surehand.flow import access
from surehand.flow.intake import Submission, submit
from surehand.flow.running import drain, sweep
from surehand.store import cases
from surehand.testing import Clock, Trial
from tests import invariants
from tests.client import Client
from tests.served import write_place

PASSWORD = "a long enough password"

_ORDERS = """\
process: orders
title: Orders
prefix: ORD
currency: EUR
owner: olga.owner
builder: bo.builder
input: {document: [lines], fields: {shop: {type: text, required: false}}}
steps:
  - extract: read_order
  - decide: accept
    question: "Accept order {number} over {total}?"
    choices: [accept, reject]
    subject: buyer
    consequence: {money: total, medium_from: 100, high_from: 1000, reversible_within: P1D}
    rules:
      - {when: "total.base != null && total.base > 500.0", because: Over 500 a person looks, policy: OR-1}
    level: review
    queue: refunds
    sla: {due: PT24H, remind: PT20H}
    reasons: [checked-with-buyer, price-list]
  - act: book
    after: accept
    undo: unbook
    repeatable: true
exceptions:
  - name: no-number
    when: "number == null"
    queue: refunds
    because: The order has no number
policies: {OR-1: "Whoever accepts more than 500 EUR has read the order."}
"""

_STEPS = '''\
from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.recommendation import Alternative, Evidence, Reading, Recommendation


class Order(BaseModel):
    number: str | None
    buyer: str | None
    total: Money | None


def read_order(document: Document) -> Reading[Order]:
    """`name: value` lines; a value with a question mark is doubtful."""
    rows = [line.text for page in document.pages for line in page.lines]
    found = dict(row.split(": ", 1) for row in rows if ": " in row)
    total = found.get("total", "").strip("?")
    values = Order(
        number=found.get("number"), buyer=found.get("buyer"),
        total=Money(amount=total.split()[0], currency=total.split()[1]) if total else None,
    )
    sure = {name: 0.55 if found.get(name, "").endswith("?") else 0.97 for name in found}
    return Reading(values, sure, {name: Evidence(found[name]) for name in found})


def accept(total: Money | None) -> Recommendation[str]:
    return Recommendation(
        value="accept", confidence=0.875, reasons=("It is on the price list.",), source="price-list-7",
        alternatives=(Alternative("reject", "If the list changed.", 0.125),),
    )


def book(key: str, number: str | None, total: Money | None) -> str:
    return f"{number} for {total} under {key}"


def unbook(key: str) -> None:
    pass
'''


class Inputs(HTMLParser):
    """What a browser would send of a page's forms: hidden fields, inputs, selects and text areas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area: str | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio"):
            self.values[name] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
            self.values[name] = ""
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value") or "yes"

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


@dataclass
class Visitor:
    """A browser without a script."""

    http: Client
    last: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, status: int = 200) -> str:
        """A page, with the redirects a browser would follow."""
        response = self.http.get(path, follow_redirects=True)
        assert response.status_code == status, (response.status_code, response.text[:400])
        self.last = Inputs(response.text).values
        return response.text

    def post(self, path: str, **values: Any) -> Any:
        """A form that is not filled from a page; no redirect is followed."""
        return self.http.post(path, data=values, follow_redirects=False)

    def sign_in(self, name: str, password: str = PASSWORD) -> "Visitor":
        self.get("/signin")
        response = self.post("/signin", **{**self.last, "name": name, "password": password})
        assert response.status_code == 303, response.text
        return self

    def send(self, path: str, **given: Any) -> Any:
        """The form of the page that was read last, with some fields filled in."""
        renamed = {name.replace("field_", "field."): value for name, value in given.items()}
        return self.post(path, **{**self.last, **renamed})

    def verdict(self, case: str, verdict: str, **given: Any) -> Any:
        """Open the brief, fill it in, press a button."""
        self.get(f"/cases/{case}/brief")
        return self.send(f"/cases/{case}/verdict", verdict=verdict, **given)


@dataclass
class Desk:
    """A deployment under test. Nothing runs by itself but `run`."""

    surehand: Surehand
    app: FastAPI
    clock: Clock

    def visitor(self) -> Visitor:
        """A browser that nobody has used."""
        address = self.surehand.settings.public_url or "http://testserver"
        return Visitor(Client(self.app, base_url=address, raise_server_exceptions=False))

    def person(self, name: str) -> Visitor:
        """A browser in which somebody is signed in."""
        return self.visitor().sign_in(name)

    def run(self) -> None:
        """Everything that is due."""
        sweep(self.surehand.context)
        while drain(self.surehand.context):
            pass

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.clock.move(timedelta(**span))
        self.run()

    def submit(self, process: str, given: dict[str, Any], **more: Any) -> str:
        """Take a case in and run it up to where it stands; its number."""
        item = Submission(process=process, input=given, **more)
        case = submit(self.surehand.context, item, submitter="shop.service").case
        self.clock.move(timedelta(seconds=1))
        self.run()
        return case.id

    def order(self, **lines: str) -> str:
        """An order that waits; `total="610.00 EUR?"` is doubtful."""
        given = {"number": "N-1", "buyer": "Mr Test", "total": "610.00 EUR", **lines}
        rows = [f"{name}: {value}" for name, value in given.items() if value]
        words = [{"text": row, "box": [0, 20 * n, 300, 20 * n + 12]} for n, row in enumerate(rows)]
        return self.submit("orders", {"document": {"pages": [{"lines": words}]}})

    def case(self, case_id: str) -> Any:
        """The case as it is now."""
        with self.surehand.context.db.read() as connection:
            return cases.load(connection, [case_id])[case_id]

    def actions(self, case_id: str) -> list[Any]:
        """Its actions."""
        with self.surehand.context.db.read() as connection:
            return cases.actions_of(connection, case_id)


@contextmanager
def desk_of(folder: Path, database_url: str) -> Iterator[Desk]:
    """A deployment in a folder that does not exist yet, with its web application."""
    place = write_place(folder, database=database_url)
    (place / "orders").mkdir()
    (place / "orders" / "process.yaml").write_text(_ORDERS)
    (place / "orders" / "steps.py").write_text(_STEPS)
    surehand = assembled(place)
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        with patch.object(access, "_hasher", lambda: quick):
            yield opened_desk(surehand)
    finally:
        surehand.close()


def opened_desk(surehand: Surehand) -> Desk:
    """A desk in which everybody has the same password, with a clock that stands still."""
    clock = Clock(surehand.context.clock())
    surehand.context.clock = clock
    for name in ("olga.owner", "rita.reviewer", "sam.reviewer", "anna.auditor", "otto.other"):
        access.set_password(surehand.context, name, PASSWORD)
    return Desk(surehand, create_app(surehand), clock)


@contextmanager
def desk_on(bench: Trial, *people: str, by: str) -> Iterator[Desk]:
    """A desk on a trial, in which these people have the password."""
    context = bench.surehand.context
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with patch.object(access, "_hasher", lambda: quick):
        for name in people:
            access.set_password(context, name, PASSWORD, by=by)
        yield Desk(bench.surehand, create_app(bench.surehand), bench.clock)
        invariants.check(context)


def text_of(html: str) -> str:
    """What a page says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
