"""A deployment whose cases bring documents, and small files to bring."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surehand.core.case import Case
from surehand.core.documents import Document
from surehand.errors import Unreadable
from surehand.flow import filing
from surehand.flow.context import Context
from surehand.testing import Trial, trial

PROCESS = """\
process: papers
prefix: PAP
currency: EUR
owner: boss
builder: dev
input:
  document: [pdf, png, lines]
  fields: {sender: {type: text, required: false}}
steps:
  - extract: read_paper
  - lookup: find_supplier
  - decide: pay
    choices: [pay, reject]
    consequence: {money: total, medium_from: 1000, high_from: 10000}
    signals: [model_probability]
    bands: review-flow
    queue: desk
  - {act: book, after: pay, repeatable: true}
"""

STEPS = """\
import re

from pydantic import BaseModel

from surehand import Document, Evidence, Money, Reading, Recommendation


class Paper(BaseModel):
    number: str | None
    total: Money | None


class Supplier(BaseModel):
    known: bool


def read_paper(document: Document) -> Reading[Paper]:
    number = re.search(r"No\\. (\\S+)", document.text)
    total = re.search(r"Total (\\S+) EUR", document.text)
    paper = Paper(
        number=number[1] if number else None,
        total=Money(amount=total[1], currency="EUR") if total else None,
    )
    return Reading(paper, {"number": 0.97, "total": 0.96})


def find_supplier(number: str | None) -> Supplier:
    return Supplier(known=number is not None)


def pay(total: Money | None, known: bool) -> Recommendation[str]:
    return Recommendation(value="pay" if total else None, confidence=0.95)


def book(key: str, total: Money | None) -> str:
    return f"booked {total}"
"""

PEOPLE = """\
people:
  ann: {roles: [reviewer]}
  scan.desk: {roles: [reviewer]}
  boss: {roles: [owner]}
  dev: {roles: [builder]}
  robot: {roles: [service]}
  stranger: {roles: [reviewer]}
queues:
  desk: {owner: boss, members: [ann], due: PT24H}
  scans: {owner: boss, members: [scan.desk], due: PT8H}
"""


@dataclass(frozen=True)
class Office:
    """The deployment under test."""

    folder: Path
    bench: Trial

    @property
    def context(self) -> Context:
        return self.bench.surehand.context

    def file(self, body: bytes, name: str = "paper.pdf") -> dict[str, Any]:
        """What an input holds of a file that was sent."""
        return {"file": filing.keep(self.context, body, by="robot").digest, "name": name}

    def submit(
        self, document: Mapping[str, Any] | None, *, sender: str | None = None, **more: Any
    ) -> Case:  # fmt: skip
        """A case that brings a document, as far as it comes alone."""
        given: dict[str, Any] = {} if sender is None else {"sender": sender}
        given |= {} if document is None else {"document": dict(document)}
        return self.bench.submit("papers", given, by="robot", **more)


@contextmanager
def opened_office(folder: Path, url: str, *edits: tuple[str, str]) -> Iterator[Office]:
    """The deployment in a folder on a database; each edit replaces a piece of the map or of the steps."""
    process, steps = PROCESS, STEPS
    for old, new in edits:
        assert (old in process) != (old in steps), f"{old!r} is not in exactly one of the files"
        process, steps = process.replace(old, new, 1), steps.replace(old, new, 1)
    (folder / "papers").mkdir(parents=True)
    (folder / "papers/process.yaml").write_text(process)
    (folder / "papers/steps.py").write_text(steps)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "surehand.yaml").write_text("mode: development\n")
    with trial(folder, database=url) as bench:
        yield Office(folder, bench)


class Told:
    """In place of the reader: says what a test tells it to, and counts."""

    def __init__(self, *answers: Document | Unreadable) -> None:
        self.answers = list(answers)
        self.read_names: list[str] = []

    def read(self, data: bytes, *, name: str = "") -> Document:
        self.read_names.append(name)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    def close(self) -> None:
        pass


def pdf(*rows: str, password: str | None = None) -> bytes:
    """A page of text."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(out, invariant=1, encrypt=lock)
    for number, row in enumerate(rows):
        canvas.drawString(72, 780 - 24 * number, row)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*rows: str) -> dict[str, Any]:
    """The same as recognised lines."""
    return {
        "pages": [
            {"lines": [{"text": row, "box": [50, 40 * n, 400, 40 * n + 20]} for n, row in enumerate(rows)]}
        ]
    }
