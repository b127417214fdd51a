"""A process that reads mails: its step says where a value stands, or leaves it to be looked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surehand.testing import Trial, trial

TEXT = """Hello,

you took 380.00 twice on 14 November, once in the morning and once at night.
I had cancelled the plan in October. My order is A-7731. I would like one of the two back by Friday.

Regards"""

_MAP = """\
process: mails
prefix: MAI
currency: EUR
owner: olga
builder: dev
input:
  document: [lines]
  fields:
    text: {type: text, about: What the customer wrote}
    reply: {type: text, required: false}
    sender: {type: text, required: false}
    subject: {type: text, required: false}
    received_at: {type: timestamp, required: false}
    evidence: {type: text, required: false}
    level: {type: text, required: false}
models: {ours: {provider: external}, writer: {provider: external}}
steps:
  - extract: read_mail
  - lookup: find_incident
  - decide: team
    model: ours
    choices: [billing, other]
    subject: sender
    level: review
    rules: [{when: "level == 'human'", route: human, because: Asked for}]
    queue: desk
    reasons: [clear]
  - draft: answer_mail
    model: writer
    level: review
    rules: [{when: "level == 'human'", route: human, because: Asked for}]
    queue: desk
  - act: send
    repeatable: true
"""

_STEPS = '''\
import json

from pydantic import BaseModel

from surehand import Evidence, Money, Reading


class Said(BaseModel):
    order: str | None = None
    amount: Money | None = None
    wish: str | None = None


class Incident(BaseModel):
    incident: str | None = None


def read_mail(text: str, evidence: str | None) -> Reading[Said]:
    """Evidence as JSON: field -> what `Evidence` takes."""
    said = json.loads(evidence or "{}")
    return Reading(
        Said(
            order="A-7731", amount=Money(amount=380, currency="EUR"), wish="one of the two back"
        ),
        {"order": 0.97, "amount": 0.6, "wish": 0.95},
        {name: Evidence(**given) for name, given in said.items()},
    )


def find_incident(text: str) -> Incident:
    return Incident(incident="Exports fail since 16:20. " * 400 if "incident" in text else None)


def send(key: str, answer_mail: str) -> str:
    return f"sent {len(answer_mail)} letters"
'''

_PEOPLE = """\
people: {ann: {}, ben: {}, olga: {roles: [owner]}, dev: {roles: [builder]}, robot: {roles: [service]}}
queues: {desk: {owner: olga, members: [ann, ben], due: PT24H}}
"""

REASONS = ("Two debits of one amount.", "The plan was cancelled.")


def said(**more: Any) -> dict[str, Any]:
    """Recommendations for both decision points; `more` of the first."""
    return {
        "team": {"value": "billing", "confidence": 0.8, "reasons": list(REASONS), **more},
        "answer_mail": {"value": "We look into it.", "confidence": 0.8},
    }


@contextmanager
def mails(place: Path) -> Iterator[Trial]:
    """The process, running."""
    (place / "mails").mkdir(parents=True)
    (place / "mails/process.yaml").write_text(_MAP)
    (place / "mails/steps.py").write_text(_STEPS)
    (place / "people.yaml").write_text(_PEOPLE)
    (place / "surehand.yaml").write_text("mode: development\n")
    with trial(place) as bench:
        yield bench
