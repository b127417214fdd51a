"""A deployment that reads bills, has the reading verified, and then decides whether to pay."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surehand.core.case import Assignment, Case
from surehand.flow.workload import Workload
from surehand.store import cases
from surehand.testing import trial
from tests.flow.world import World, write_process

PROCESS = """\
process: bills
currency: EUR
owner: boss
builder: dev
review_every: P90D
input:
  fields:
    paper: {type: text}
    sure: {type: number, required: false}
    misread: {type: text, required: false}
steps:
  - extract: read_bill
  - verify: reading
    fields: [company, total, day]
    bands:
      - {above: 0.9, route: spot_check}
      - {from: 0.5, route: review}
      - {from: 0.0, route: human}
    spot_check: {share: 1.0, on_error: undo}
    queue: desk
  - lookup: known_company
  - decide: pay_bill
    question: "Pay {total} to {company}?"
    choices: [pay, reject]
    consequence: {money: total, high_from: 10000}
    subject: company
    rules:
      - {when: "total.base > 5000.0", route: review, because: Somebody looks at large ones}
    level: automate
    queue: desk
  - act: pay
    after: pay
    undo: take_back
    repeatable: true
"""

STEPS = '''\
from pydantic import BaseModel

from surehand.core.money import Money
from surehand.core.recommendation import Reading, Recommendation
import datetime as dt


class Bill(BaseModel):
    company: str | None
    total: Money | None
    day: dt.date | None


class Company(BaseModel):
    known: bool


def read_bill(paper: str, sure: float | None, misread: str | None) -> Reading[Bill]:
    """`paper` is `company|sum|day`; `misread` is `field=value`, which is read in its place, or mirrored."""
    said = dict(zip(("company", "total", "day"), paper.split("|"), strict=True))
    if misread:
        name, _, value = misread.partition("=")
        said[name] = value[:0:-1] if value.startswith("~") else value
    amount = said["total"].split()[0] if said["total"] else None
    total = Money(amount=amount, currency="EUR") if amount else None
    bill = Bill(company=said["company"] or None, total=total, day=said["day"] or None)
    return Reading(bill, confidence=dict.fromkeys(Bill.model_fields, sure), whole=sure, source="reader 1")


def known_company(company: str | None) -> Company:
    return Company(known=company == "Acme")


def pay_bill(known: bool, total: Money | None) -> Recommendation[str]:
    return Recommendation(value="pay" if total else "reject", confidence=0.99)


def pay(key: str, total: Money | None, company: str | None) -> str:
    return f"paid {total} to {company}"


def take_back(key: str) -> None:
    return None
'''


class Bills(World):
    """Bills that come in, and what people say of them."""

    def bill(
        self, paper: str = "Acme|120 EUR|2026-01-02", sure: float | None = 0.95, misread: str = ""
    ) -> Case:
        given = {"paper": paper, "sure": sure, "misread": misread or None}
        filled = {name: value for name, value in given.items() if value is not None}
        return self.bench.submit("bills", filled, by="robot")

    def beside(self, case_id: str) -> list[Assignment]:
        with self.context.db.read() as connection:
            return cases.beside(connection, [case_id]).get(case_id, [])


def write(folder: Path, *edits: tuple[str, str]) -> Path:
    """The deployment in a folder; each edit replaces a piece of the map or of the steps, once."""
    return write_process(folder, "bills", PROCESS, STEPS, *edits)


@contextmanager
def opened_bills(folder: Path, url: str, *edits: tuple[str, str]) -> Iterator[Bills]:
    """The deployment on a database."""
    with trial(write(folder, *edits), database=url) as bench:
        bench.surehand.context.workload = Workload(clock=lambda: 0.0)
        yield Bills(folder, url, bench)


def entered(**fields: Any) -> dict[str, Any]:
    """What a bill says, as people enter it; the usual one but for these."""
    return {"company": "ACME", "total": "120.00", "day": "2026-01-02", **fields}
