"""A deployment that scenarios are played on, with another system that knows what happened.

Steps are played in order. A caller whose request fails sends it again, under the same key; what was
acknowledged is written down outside the database, so that another process can go on where one died.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from surehand.app import Surehand, assembled
from surehand.core.actions import UNDO
from surehand.core.audit import SYSTEM_CHAIN
from surehand.core.case import Assignment
from surehand.core.hearing import Answer
from surehand.flow import calibrating
from surehand.flow.context import Context
from surehand.flow.escalate import replace_absent
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain, reclaim, sweep
from surehand.flow.workload import Workload
from surehand.store import audit, cases, tables, work
from surehand.store.database import opened
from surehand.testing import Clock
from surehand.web.identity import Caller
from surehand.web.once import once
from tests import invariants
from tests.faults.points import FaultyDatabase, Injector
from tests.flow import world

#: After this a dead worker's lease has ended.
LATER = timedelta(seconds=61)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)

#: The bank tells the truth when it is asked, and says the same words as when it paid.
TRUTHFUL = (
    (
        'return {"ok": "paid, they say", "no": None, "slow": None}[does("was_paid", key=key)]',
        'does("was_paid", key=key)\n'
        '    lines = (FOLDER / "calls.jsonl").read_text().splitlines()\n'
        "    calls = [call for call in map(json.loads, lines) if call.get('key') == key]\n"
        '    happened = [c for c in calls if c["name"] == "pay" and c["word"] in ("ok", "timeout", "slow")]\n'
        '    return "paid" if happened else None',
    ),
    ('    return f"paid {total}"', '    return "paid"'),
    ("import json\nimport os\n", "import json\nimport os\nimport time\n"),
    (
        "    if word in ERRORS:\n",
        '    if word == "lost":\n        raise TimeoutError("lost on the way")\n'
        '    if word == "slow":\n        time.sleep(0.06)\n    if word in ERRORS:\n',
    ),
)

#: Nothing depends on how fast this machine is: the points have the same numbers each time.
STEADY: Mapping[str, Callable[[], Any]] = {
    "surehand.flow.advance._WORTH_STORING": lambda: 60.0,
    "surehand.flow.act._TOGETHER": lambda: 60.0,
}

#: Words after which something has happened.
HAPPENED = frozenset({"ok", "timeout", "slow"})

#: Events that a fault must not add or take away; others tell what was tried.
TOLD = frozenset(
    {
        "received", "read", "looked_up", "recommended", "routed", "action_planned", "undo_requested",
        "finished", "outcome", "claimed", "answered", "unanswered", "reminded", "escalated",
        "replaced", "left_path", "stood_in", "released", "reassigned", "snoozed", "prioritised", "put_back",
        "adopted",
        "looked_elsewhere",
    }
)  # fmt: skip


class Told(BaseModel):
    """What a caller is answered."""

    case: dict[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a caller or the engine does; done again when it was not acknowledged."""

    name: str
    run: Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps with the world that they need.

    edits    of the map and the steps
    patches  (dotted name, what to put there), in every process
    start    the assembly itself is part of it; `empty`: of a database without tables
    """

    steps: tuple[Step, ...]
    edits: tuple[tuple[str, str], ...] = ()
    patches: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    start: bool = False
    empty: bool = False


@dataclass(slots=True)
class Stage:
    """One process of the deployment.

    notes  what was acknowledged so far: step -> what was answered
    """

    folder: Path
    surehand: Surehand
    clock: Clock
    notes: dict[str, Any]

    @property
    def context(self) -> Context:
        return self.surehand.context

    def asked(self, person: str, name: str, verb: Callable[[Any], object]) -> None:
        """A person's request, under a key of its own."""
        once(
            Caller(person, self.context), name, route=name, body={}, act=verb,
            answer=lambda _connection, _result: Told(case={"rev": 1}),
        )  # fmt: skip

    def case_of(self, key: str) -> str:
        """The number under which a key was acknowledged."""
        number: str = self.notes[f"submit {key}"]
        return number

    def works(self) -> None:
        """What the dispatcher does until nothing is due now; a fault ends a chunk, and no worker."""
        for _ in range(60):
            try:
                sweep(self.context)
                if not drain(self.context):
                    return
            except (OperationalError, RuntimeError):
                continue
        raise AssertionError("it never comes to rest")

    def rest(self) -> None:
        """Work, and wait for leases and pauses, until nothing is left to do but what people hold."""
        for _ in range(40):
            self.works()
            if not self.settled() and not self.left():
                return
            if self.left():
                self.clock.move(LATER)
        raise AssertionError(f"work is left: {self.left()}")

    def left(self) -> dict[str, int]:
        with self.context.db.read() as connection:
            return work.counts(connection)

    def settled(self) -> bool:
        """A person settles what nobody knows, by looking into the books of the other system."""
        with self.context.db.read() as connection:
            names = [row["id"] for row in invariants.rows(connection, tables.case)]
            held = cases.open_assignments(connection, names)
            actions = {key: a for one in names for a in cases.actions_of(connection, one) if (key := a.key)}
        unknown = [one for one in held.values() if one.kind == "repair" and _open(actions, one)]
        for one in unknown:
            value = "happened" if self.effects()[one.point] else "retry"
            try:
                answer = Answer(kind="approve", value=value)
                submit_verdict(self.context, one.person, one.case_id, answer)
            except OperationalError:
                continue
        return bool(unknown)

    def effects(self) -> Counter[str]:
        """Key -> how often something happened under it in the other systems; `send` knows its keys."""
        happened = [call for call in self.calls() if _happened(call)]
        found = Counter(call["key"] for call in happened if call["name"] != "send")
        return found + Counter({call["key"] for call in happened if call["name"] == "send"})

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]


def _open(actions: Mapping[str, Any], assignment: Assignment) -> bool:
    return assignment.point in actions and actions[assignment.point].state == "unknown"


def _happened(call: Mapping[str, Any]) -> bool:
    return call["name"] in ("pay", "send", "take_back") and call["word"] in HAPPENED


@contextmanager
def opened_stage(
    folder: Path, url: str, scenario: Scenario, injector: Injector, *, fresh: bool = False
) -> Iterator[Stage]:
    """A process of the deployment.

    fresh  another one has died: the clock goes on behind its leases
    """
    world.write(folder, *TRUTHFUL, *scenario.edits)
    notes = _noted(folder)
    clock = Clock(START)
    if fresh:
        clock.move(timedelta(seconds=notes.get("clock", 0.0)) + LATER)
    with ExitStack() as stack:
        for name, made in {**STEADY, **scenario.patches}.items():
            stack.enter_context(mock.patch(name, made()))
        injector.armed = scenario.start
        surehand = _assembled(folder, url, injector)
        stack.callback(surehand.close)
        surehand.context.clock, surehand.context.draw = clock, lambda: 0.0
        # counted anew each time, however long that takes on a busy machine: it decides who is picked
        surehand.context.workload = Workload(clock=lambda: 0.0)
        injector.armed = True
        if fresh:
            reclaim(surehand.context)
            replace_absent(surehand.context)
        yield Stage(folder, surehand, clock, notes)
        injector.armed = False


def _assembled(folder: Path, url: str, injector: Injector) -> Surehand:
    """Started, and started again when that failed, as a supervisor does."""
    try:
        return assembled(folder, database=FaultyDatabase(opened(url), injector))
    except OperationalError:
        return assembled(folder, database=FaultyDatabase(opened(url), injector))


def played(stage: Stage, scenario: Scenario) -> None:
    """Play what was not acknowledged yet."""
    for step in scenario.steps:
        if step.name in stage.notes:
            continue
        for _ in range(5):
            try:
                step.run(stage)
                break
            except OperationalError:
                continue  # no answer: the caller asks again
        else:
            raise AssertionError(f"{step.name} is never answered")
        stage.notes.setdefault(step.name, True)
        stage.notes["clock"] = (stage.clock() - START).total_seconds()
        _note(stage.folder, stage.notes)


def _of_any_folder(model: Mapping[str, Any]) -> Any:
    """The hash of a model, or what it says where it names the version, which every folder has of its own."""
    if model["provider"] != calibrating.PROVIDER:
        return model["hash"]
    return {name: value for name, value in json.loads(model["body"]).items() if name != "ground"}


def _noted(folder: Path) -> dict[str, Any]:
    path = folder / "notes.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _note(folder: Path, notes: Mapping[str, Any]) -> None:
    """Whole or not at all: a process may be killed while it writes."""
    part = folder / "notes.part"
    part.write_text(json.dumps(notes))
    part.replace(folder / "notes.json")


def picture(stage: Stage) -> dict[str, Any]:
    """How it ended, without numbers and times: what has to be the same with a fault and without."""
    with stage.context.db.read() as connection:
        every = {name: invariants.rows(connection, getattr(tables, name)) for name in _TAKEN}
        chains = {case["id"]: audit.chain(connection, case["id"]) for case in every["case"]}
        system = {link.kind for link in audit.chain(connection, SYSTEM_CHAIN)}
    keys = {case["id"]: case["key"] for case in every["case"]}
    return {
        "cases": {case["key"]: _case(case) for case in every["case"]},
        "verdicts": sorted(_verdict(v, keys) for v in every["verdict"] if v["point"].count(":") < 2),
        "actions": sorted(_action(a, keys) for a in every["action"]),
        "held": sorted(_held(a, keys) for a in every["assignment"] if a["open"]),
        "outcomes": sorted(repr((keys[o["case_id"]], o["by"], o["correct"])) for o in every["outcome"]),
        "events": {keys[name]: _events(links) for name, links in chains.items()},
        "effects": {_named(key, keys): n for key, n in stage.effects().items()},
        "system": system,
        "versions": sorted((v["process"], v["state"]) for v in every["version"]),
        "files": sorted(file["digest"] for file in every["file"]),
        "models": sorted(repr((m["name"], _of_any_folder(m), m["active"])) for m in every["model"]),
        "left": stage.left(),
    }


_TAKEN = ("case", "verdict", "action", "assignment", "outcome", "version", "file", "model")


def _case(case: Mapping[str, Any]) -> dict[str, Any]:
    names = ("state", "place", "round", "result", "facts", "passed", "submitter")
    answers = {point: (answer["value"], answer["by"]) for point, answer in case["answers"].items()}
    exchange = [(told["question"], told["answer"], told["by"]) for told in case["exchange"]]
    return {name: case[name] for name in names} | {"answers": answers, "exchange": exchange}


def _named(key: str, keys: Mapping[str, str]) -> str:
    case, _, rest = key.partition(":")
    return f"{keys.get(case, 'a case that is not there')}:{rest}"


def _verdict(verdict: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    names = ("point", "round", "kind", "person", "final", "override", "value", "fields", "question")
    return repr((keys[verdict["case_id"]], *(verdict[name] for name in names)))


def _action(action: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    return repr((_named(action["key"], keys), action["state"], action["repeatable"], action["authority"]))


def _held(assignment: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    point = assignment["point"].replace(assignment["case_id"], "the case").removesuffix(UNDO)
    return repr((keys[assignment["case_id"]], assignment["kind"], point, assignment["stage"]))


def _events(links: list[Any]) -> dict[str, int]:
    return dict(Counter(link.kind for link in links if link.kind in TOLD))
