"""A deployment whose steps do what the test tells them to, and write down what they did."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from surehand.core.audit import Link
from surehand.core.case import Action, Assignment, Case, Judgement, Verdict
from surehand.core.people import Absence, People, Person, Queue
from surehand.flow import people
from surehand.flow.context import Context
from surehand.flow.workload import Workload
from surehand.store import audit, cases, tables
from surehand.testing import Trial, trial
from tests import invariants

PROCESS = """\
process: refunds
currency: EUR
rates: {USD: 0.5}
owner: boss
builder: dev
review_every: P90D
input:
  fields:
    total: {type: money, required: false}
    customer: {type: text}
    sure: {type: number, required: false}
    letter: {type: text, required: false}
    answer: {type: text, required: false}
steps:
  - extract: read_letter
  - lookup: find_customer
  - decide: refund
    choices: [pay, reject]
    consequence: {money: total, medium_from: 1000, high_from: 10000}
    signals: [model_probability]
    bands: review-flow
    rules:
      - {when: "watched", route: human, because: The customer is watched, trigger: policy_sensitive}
    queue: desk
    sla: {due: PT8H, remind: PT6H, escalate_to: lead}
    answer_within: PT4H
  - act: pay
    after: pay
    undo: take_back
    confirm: was_paid
    attempts: 3
  - decide: thank
    yes_no: true
    level: automate
    queue: desk
    sla: {due: PT8H}
  - act: send
    after: true
    repeatable: true
    attempts: 3
exceptions:
  - {name: angry-letter, when: "tone == 'angry'", queue: desk, sla: {due: PT2H}}
  - {name: large-refund, when: "refund == 'pay' && total.base > 5000.0", queue: desk, sla: {due: PT2H}}
"""

STEPS = '''\
import json
import os
from pathlib import Path

from pydantic import BaseModel

from surehand.core.money import Money
from surehand.core.recommendation import Reading, Recommendation
from surehand.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure

FOLDER = Path("@FOLDER@")
ERRORS = {
    "temporary": TemporaryFailure, "permanent": PermanentFailure, "forbidden": PermissionError,
    "refused": ConnectionRefusedError, "unknown": OutcomeUnknown, "timeout": TimeoutError, "bug": KeyError,
}


def does(name, **what):
    """What the test planned for this call, which is written down."""
    plan = json.loads((FOLDER / "plan.json").read_text())
    queue = plan.get(name, [])
    word = queue.pop(0) if queue else "ok"
    (FOLDER / "plan.json").write_text(json.dumps(plan))
    with (FOLDER / "calls.jsonl").open("a") as file:
        file.write(json.dumps({"name": name, "word": word, **what}, default=str) + "\\n")
    if word in ERRORS:
        raise ERRORS[word](f"{name} says {word}")
    return word


class Letter(BaseModel):
    tone: str


class Customer(BaseModel):
    watched: bool


def read_letter(letter: str | None) -> Reading[Letter]:
    does("read_letter")
    return Reading(Letter(tone=letter or "calm"), confidence={"tone": 0.99})


def find_customer(customer: str) -> Customer:
    does("find_customer")
    return Customer(watched=customer == "watched")


def refund(total: Money | None, sure: float | None, answer: str | None) -> Recommendation[str]:
    does("refund")
    return Recommendation(value=answer or "pay", confidence=sure)


def pay(key: str, total: Money | None, customer: str) -> str:
    does("pay", key=key, total=str(total), customer=customer)
    return f"paid {total}"


def take_back(key: str, result: str) -> None:
    does("take_back", key=key, result=result)


def was_paid(key: str) -> str | None:
    return {"ok": "paid, they say", "no": None, "slow": None}[does("was_paid", key=key)]


def thank(watched: bool) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=1.0)


def send(key: str, customer: str) -> None:
    does("send", key=key)
'''

PEOPLE = """\
people:
  ann: {roles: [reviewer]}
  bo: {roles: [reviewer], limit: 500}
  spec: {roles: [specialist]}
  deputy: {roles: [reviewer]}
  lead: {roles: [owner, reviewer]}
  boss: {roles: [owner]}
  dev: {roles: [builder]}
  dev.two: {roles: [owner]}
  robot: {roles: [service]}
  clerk: {roles: [reviewer]}
  gone: {active: false}
  admin: {roles: [administrator]}
queues:
  desk: {owner: lead, backup: deputy, members: [ann, bo, spec], due: PT24H, calendar: office}
calendars:
  office: {zone: Europe/Berlin, week: {mon-fri: ["09:00-17:00"]}, holidays: DE}
"""

SETTINGS = "mode: development\n"


def write(folder: Path, *edits: tuple[str, str]) -> Path:
    """The deployment in a folder; each edit replaces a piece of the map or of the steps, once."""
    write_process(folder, "refunds", PROCESS, STEPS.replace("@FOLDER@", str(folder)), *edits)
    if not (folder / "plan.json").exists():
        (folder / "plan.json").write_text("{}")
        (folder / "calls.jsonl").write_text("")
    return folder


def write_process(folder: Path, name: str, process: str, steps: str, *edits: tuple[str, str]) -> Path:
    """A deployment of one process for our people; each edit replaces a piece of map or steps, once."""
    for old, new in edits:
        assert (old in process) != (old in steps), f"{old!r} is not in exactly one of the files"
        process, steps = process.replace(old, new, 1), steps.replace(old, new, 1)
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "process.yaml").write_text(process)
    (folder / name / "steps.py").write_text(steps)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "surehand.yaml").write_text(SETTINGS)
    return folder


@dataclass(frozen=True)
class World:
    """The deployment under test with the other systems that it talks to."""

    folder: Path
    url: str
    bench: Trial
    lenient: set[str] = field(default_factory=set)

    @property
    def context(self) -> Context:
        return self.bench.surehand.context

    def plan(self, **words: Sequence[str]) -> None:
        """What the next calls of each function do: `ok`, or the name of an error in `steps.py`."""
        (self.folder / "plan.json").write_text(json.dumps(words))

    def calls(self, name: str) -> list[dict[str, Any]]:
        """The calls of a function so far."""
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        return [call for line in lines if (call := json.loads(line))["name"] == name]

    def keys(self, name: str) -> list[str]:
        return [call["key"] for call in self.calls(name)]

    def submit(self, total: str | None = "100 EUR", sure: float | None = 0.95, **more: Any) -> str:
        """A case, as far as it comes alone; its number."""
        key, by = more.pop("key", None), more.pop("by", "robot")
        given = {"total": total, "sure": sure, "customer": "Acme"} | more
        given = {name: value for name, value in given.items() if value is not None}
        return self.bench.submit("refunds", given, key=key, by=by).id

    def case(self, case_id: str) -> Case:
        return self.bench.case(case_id)

    def held(self, case_id: str) -> Assignment:
        return self.bench.assignment(case_id)

    def verdict(self, case_id: str, kind: str, *, by: str | None = None, **answer: Any) -> Case:
        return self.bench.verdict(case_id, kind, by=by, **answer)

    def action(self, case_id: str, step: str = "pay", *, undo: bool = False) -> Action:
        """The last action of a step."""
        found = [a for a in self.bench.actions(case_id) if a.step == step and a.key.endswith(":undo") == undo]
        return max(found, key=lambda action: action.round)

    def judgements(self, case_id: str) -> list[Judgement]:
        with self.context.db.read() as connection:
            return cases.judgements(connection, case_id)

    def verdicts(self, case_id: str) -> list[Verdict]:
        return self.bench.verdicts(case_id)

    def events(self, case_id: str) -> list[Link]:
        with self.context.db.read() as connection:
            return audit.chain(connection, case_id)

    def kinds(self, case_id: str) -> list[str]:
        return [link.kind for link in self.events(case_id)]

    def due(self) -> list[dict[str, Any]]:
        with self.context.db.read() as connection:
            return invariants.rows(connection, tables.work)

    def away(self, *names: str) -> None:
        """These people have left."""
        people = self.context.people
        left = {name: people.people[name].model_copy(update={"active": False}) for name in names}
        self.context.people = people.model_copy(update={"people": people.people | left})

    def hired(self, **people: Person) -> None:
        everyone = self.context.people.people | people
        self.context.people = self.context.people.model_copy(update={"people": everyone})

    def absent(self, name: str, *, days: int = 2, stand_in: str | None = None) -> None:
        """From today on this person is away."""
        today = self.context.clock().date()
        absence = Absence(**{"from": today, "until": today + timedelta(days=days), "stand_in": stand_in})
        person = self.context.people.people[name]
        self.hired(**{name: person.model_copy(update={"absences": (absence,)})})

    def queue(self, name: str, **changes: Any) -> None:
        """A queue is another, or a new one."""
        people = self.context.people
        before = people.queues.get(name) or Queue(owner="lead")
        queues = people.queues | {name: before.model_copy(update=changes)}
        self.context.people = people.model_copy(update={"queues": queues})

    def edited(self, edit: Callable[[People], People]) -> None:
        """The roster is changed, as an administrator would."""
        people.change(self.context, by="admin", because="for the test", edit=edit)

    def run(self) -> None:
        self.bench.run()

    def wait(self, **by: float) -> None:
        self.bench.wait(timedelta(**by))

    def seal(self) -> None:
        self.context.checkpoints.seal(self.context.db, now=self.context.clock())

    def tamper(self, table: Table, where: Mapping[str, Any], **values: Any) -> None:
        """A change behind the program's back."""

        def change(connection: Any) -> None:
            clauses = [table.c[name] == value for name, value in where.items()]
            done = connection.execute(update(table).where(*clauses).values(**values))
            assert done.rowcount >= 1

        self.context.db.write(change)

    def value(self, table: Table, column: str, **where: Any) -> Any:
        with self.context.db.read() as connection:
            clauses = [table.c[name] == value for name, value in where.items()]
            return connection.execute(select(table.c[column]).where(*clauses)).scalar_one()

    def check(self) -> None:
        invariants.check(self.context, lenient=frozenset(self.lenient))


@contextmanager
def opened_world(folder: Path, url: str, *edits: tuple[str, str]) -> Iterator[World]:
    """A deployment in a folder on a database."""
    write(folder, *edits)
    with trial(folder, database=url) as bench:
        # counted anew each time, however long that takes on a busy machine: it decides who is picked
        bench.surehand.context.workload = Workload(clock=lambda: 0.0)
        yield World(folder, url, bench)
