"""A small deployment whose map can be broken one edit at a time."""

from pathlib import Path

PROCESS = """\
process: invoices
currency: EUR
rates: {USD: 0.5}
owner: ap.lead
builder: dev.one
review_every: P90D
input:
  document: [lines]
  fields:
    po_number: {type: text, required: false}
    supplier: {type: text, trusted: true}
    urgent: {type: yes_no}
models:
  outside: {provider: external}
steps:
  - extract: read_invoice
  - lookup: find_vendor
  - decide: approve_payment
    question: "Pay {total} to {supplier}?"
    choices: [pay, reject]
    subject: supplier
    facts: [total, supplier]
    consequence: {money: total, medium_from: 1000, high_from: 10000, reversible_within: P1D}
    signals: [model_probability, completeness]
    bands: review-flow
    rules:
      - {when: "total.base > 10000.0 && vendor.is_new", route: assist, because: New vendor, policy: AP-4.2}
      - {when: "vendor.score > 0.9 && supplier != ''", route: automate, because: Known well}
    queue: payables
    sla: {due: PT24H, remind: PT20H, escalate_to: ap.lead}
  - act: pay
    after: pay
    undo: cancel
    confirm: is_paid
exceptions:
  - {name: missing-po, when: "po_number == null", queue: payables}
  - {name: no-total, when: "total.amount == null", queue: payables}
outputs:
  - {system: erp, record: payment, fields: [supplier, total]}
policies:
  AP-4.2: New vendors above 10 000 go to a specialist.
"""

STEPS = """\
from datetime import date

from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.recommendation import Reading, Recommendation


class Invoice(BaseModel):
    total: Money | None
    due_date: date | None = None


class Vendor(BaseModel):
    is_new: bool
    score: float
    since: date | None = None


class Found(BaseModel):
    vendor: Vendor


def read_invoice(document: Document) -> Reading[Invoice]:
    return Reading(Invoice(total=Money(amount="12.50", currency="EUR")), confidence={"total": 0.9})


def find_vendor(supplier: str) -> Found:
    return Found(vendor=Vendor(is_new=False, score=0.5))


def approve_payment(invoice: Invoice, vendor: Vendor, po_number: str | None) -> Recommendation[str]:
    return Recommendation(value="pay", confidence=0.95)


def pay(key: str, total: Money | None, supplier: str) -> str:
    return f"{key} {supplier}"


def cancel(key: str, result: str) -> None:
    return None


def is_paid(key: str) -> bool:
    return True
"""

PEOPLE = """\
people:
  ap.lead: {name: Ann Lead, roles: [owner, reviewer]}
  ap.clerk: {name: Bo Clerk}
  dev.one: {name: Dev One, roles: [builder]}
  gone.one: {name: Gone One, active: false}
  robot: {name: Robot, roles: [service]}
queues:
  payables: {owner: ap.lead, members: [ap.clerk], due: PT24H}
  timeless: {owner: ap.lead}
"""

SETTINGS = """\
mode: development
database: sqlite:///surehand.db
port: 8420
"""

FILES = {
    "invoices/process.yaml": PROCESS,
    "invoices/steps.py": STEPS,
    "people.yaml": PEOPLE,
    "surehand.yaml": SETTINGS,
}


def write(folder: Path, *edits: tuple[str, str, str], **more: str) -> Path:
    """The deployment in a folder, each edit (file, old, new) applied once."""
    files = dict(FILES) | more
    for file, old, new in edits:
        assert old in files[file], f"{file} holds no {old!r}"
        files[file] = files[file].replace(old, new, 1)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def line_of(folder: Path, file: str, text: str) -> int:
    """The first line of a file that holds a text."""
    lines = (folder / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)
