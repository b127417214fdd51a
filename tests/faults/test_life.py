"""The life of cases against an oracle: whatever people, time and the bank do, in whatever order.

After each step the database says what the oracle says, and everything that must always hold does.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from surehand.core.audit import SYSTEM_CHAIN
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput, KeyReused, NotFound
from surehand.flow import running
from surehand.flow.holding import Holding
from surehand.flow.intake import Submission, submit
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.review import answer_question, claim, submit_verdict
from surehand.flow.running import drain, reclaim, sweep
from surehand.flow.undo import undo
from surehand.store import audit, cases, work
from tests.faults.life import Life, Lost, Oracle, Refused, Senseless
from tests.faults.stage import LATER
from tests.flow.world import World, opened_world
from tests.migrated import migrated, migrated_file
from tests.postgres import memory

__all__ = ["migrated_file"]

#: The bank does what is planned for each customer, and tells the truth unless it is mute. A worker may die
#: in the middle of a call.
EDITS = (
    (
        "def was_paid(key: str) -> str | None:\n"
        '    return {"ok": "paid, they say", "no": None, "slow": None}[does("was_paid", key=key)]',
        "def was_paid(key: str, customer: str) -> bool:\n"
        '    does("ask " + customer, key=key)\n'
        '    calls = map(json.loads, (FOLDER / "calls.jsonl").read_text().splitlines())\n'
        '    happened = ("ok", "timeout", "die after")\n'
        '    return any(c.get("key") == key and c["name"] == "pay " + customer and c["word"] in happened\n'
        "               for c in calls)",
    ),
    ('    does("pay", key=key', '    does("pay " + customer, key=key'),
    (
        "    if word in ERRORS:\n",
        '    if word == "lost":\n        raise TimeoutError(word)\n'
        '    if word.startswith("die"):\n        raise KeyboardInterrupt(word)\n    if word in ERRORS:\n',
    ),
)

PEOPLE = (*["the holder"] * 8, "ann", "bo", "spec", "lead", "boss", "robot", "clerk", "gone")
WORDS = ("ok", "temporary", "refused", "permanent", "forbidden", "timeout", "lost", "die before", "die after")
TOTALS = (100, 400, 900)

LONG = (pytest.mark.long, pytest.mark.timeout(3_000))

person = st.sampled_from(PEOPLE)
which = st.integers(0, 14)

#: How sure, how much, whether the letter is angry, what the bank does, whether it is mute, who sends it.
arriving = st.tuples(
    st.sampled_from((0.95, 0.8)), st.sampled_from(TOTALS), st.integers(0, 3).map(lambda n: n == 0),
    st.lists(st.sampled_from(WORDS), max_size=5) | st.sampled_from(WORDS).map(lambda word: [word] * 4),
    st.integers(0, 3).map(lambda n: n == 0), st.sampled_from(("robot", "robot", "ann")),
)  # fmt: skip


class Lives(RuleBasedStateMachine):
    """A deployment and its oracle, side by side. `url` gives a fresh database with tables."""

    url: Callable[[Path], Any]

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="lives-", dir=memory())))
        # one piece of work at a time, so that the oracle knows who is picked when
        one = {kind: (run, 1) for kind, (run, _) in running.KINDS.items()}
        self._stack.enter_context(mock.patch.object(running, "KINDS", one))
        url = self._stack.enter_context(type(self).url(folder))
        self.world: World = self._stack.enter_context(opened_world(folder / "place", url, *EDITS))
        self.oracle = Oracle(self.world.bench.clock())
        self.ids: dict[str, str] = {}
        self.refusals = 0
        self.sqlite = self.world.context.db.dialect == "sqlite"

    def teardown(self) -> None:
        self._stack.close()

    # The engine

    def settle(self) -> None:
        """Work at this moment, and at later ones as long as there is something to wait for but people."""
        for _ in range(30):
            self.oracle.at(self.world.bench.clock())
            self._works()
            with self.world.context.db.read() as connection:
                if not work.counts(connection):
                    break
            self.world.bench.clock.move(LATER)
        else:
            raise AssertionError("it never comes to rest")
        self._compare()

    def _works(self) -> None:
        context = self.world.context
        while True:
            try:
                sweep(context)
                if not drain(context):
                    return
            except KeyboardInterrupt:
                # the worker died in the middle of a call: another process goes on
                context.held, context.worker = Holding(), f"{context.worker}'"
                reclaim(context)

    # What is done

    @initialize(cases=st.lists(arriving, min_size=1, max_size=3))
    def begin(self, cases: list[tuple[Any, ...]]) -> None:
        """Some cases to begin with."""
        for case in cases:
            self.add(case)

    @rule(case=arriving)
    @precondition(lambda self: len(self.ids) < 5)
    def another(self, case: tuple[Any, ...]) -> None:
        """A new case."""
        self.add(case)

    def add(self, case: tuple[Any, ...]) -> None:
        sure, total, angry, words, mute, by = case
        key = f"c{len(self.ids)}"
        plan = json.loads((self.world.folder / "plan.json").read_text())
        self.world.plan(**plan, **{f"pay {key}": words, f"ask {key}": ["timeout"] * 99 if mute else []})
        life = Life(
            key, by, sure, total, angry, list(words), mute, lease=timedelta() if self.sqlite else LATER
        )
        self.ids[key] = self._submit(life)
        self.oracle.arrive(life)
        self.settle()

    def _submit(self, life: Life, **changed: Any) -> str:
        given = {"total": f"{life.total} EUR", "sure": life.sure, "customer": life.key, **changed}
        if life.angry:
            given["letter"] = "angry"
        item = Submission(process="refunds", input=given, key=life.key)
        return submit(self.world.context, item, submitter=life.submitter).case.id

    @rule(n=which)
    def send_again(self, n: int) -> None:
        """The same key is the same case; with another body it is refused."""
        life = self._life(n)
        first = {"total": f"{life.first} EUR"}
        assert self._submit(life, **first) == self.ids[life.key]
        with pytest.raises(KeyReused):
            self._submit(life, total="1 EUR")
        self.settle()

    @rule(n=which, who=person, value=st.sampled_from((None, None, "reject")))
    def approve(self, n: int, who: str, value: str | None) -> None:
        self._verdict(
            n, who, Answer(kind="approve", value=value), lambda life, p: self.oracle.approve(life, p, value)
        )

    @rule(n=which, who=person)
    def settle_by_the_books(self, n: int, who: str) -> None:
        """A person who has looked at the bank's books says whether it was paid."""
        life = self._life(n)
        value = "happened" if life.payment is not None and life.payment.paid else "retry"
        if life.held is None or life.held.kind == "repair":
            answer = Answer(kind="approve", value=value)
            self._verdict(n, who, answer, lambda life, p: self.oracle.approve(life, p, value))

    @rule(n=which, who=person)
    def reject(self, n: int, who: str) -> None:
        self._verdict(n, who, Answer(kind="reject"), self.oracle.reject)

    @rule(n=which, who=person, total=st.sampled_from(TOTALS))
    def edit(self, n: int, who: str, total: int) -> None:
        answer = Answer(kind="edit", fields={"total": f"{total} EUR"})
        self._verdict(n, who, answer, lambda life, p: self.oracle.edit(life, p, total))

    @rule(n=which, who=person)
    def ask(self, n: int, who: str) -> None:
        self._verdict(n, who, Answer(kind="ask", question="Why?"), self.oracle.ask)

    @rule(n=which, who=person)
    def escalate(self, n: int, who: str) -> None:
        self._verdict(n, who, Answer(kind="escalate"), self.oracle.escalate)

    @rule(n=which, who=person)
    def answer(self, n: int, who: str) -> None:
        self._both(
            n, who, lambda c, p: answer_question(self.world.context, p, c, "Because"), self.oracle.answer
        )

    @rule(n=which, who=person)
    def claim(self, n: int, who: str) -> None:
        self._both(n, who, lambda c, p: claim(self.world.context, p, c), self.oracle.claim)

    @rule(n=which, who=person)
    def old_page(self, n: int, who: str) -> None:
        """Whoever decides on what was there before decides nothing."""
        life, by = self._life(n), self._person(n, who)
        if self.oracle.may_see(life, by):
            old = self.world.case(self.ids[life.key]).rev - 1
            with pytest.raises(Conflict):
                submit_verdict(self.world.context, by, self.ids[life.key], Answer(kind="approve"), rev=old)
            self.settle()

    @rule(n=which, who=person)
    def take_back(self, n: int, who: str) -> None:
        verb = lambda c, p: undo(self.world.context, p, c, "pay")  # noqa: E731 - the shape of the others
        self._both(n, who, verb, self.oracle.take_back, recorded=False)

    @rule(n=which, who=person)
    def report(self, n: int, who: str) -> None:
        verb = lambda c, p: record_outcome(self.world.context, p, c, Report(correct=True))  # noqa: E731
        self._both(n, who, verb, self.oracle.report, recorded=False)

    @rule(by=st.sampled_from((0.1, 1.0, 2.0, 4.0, 6.5, 9.0, 30.0)))
    def wait(self, by: float) -> None:
        self.world.bench.clock.move(timedelta(hours=by))
        self.settle()

    # Both sides

    def _life(self, n: int) -> Life:
        """A case; more often one that somebody holds, and most of all one that is to be repaired."""
        lives = [self.oracle.lives[key] for key in sorted(self.ids)]
        held = [life for life in lives if life.held is not None]
        broken = [life for life in held if life.held is not None and life.held.matter == "repair"]
        among = (lives, held or lives, broken or held or lives)[n % 3]
        return among[n // 3 % len(among)]

    def _person(self, n: int, who: str) -> str:
        held = self._life(n).held
        return (held.person if held is not None else "lead") if who == "the holder" else who

    def _verdict(self, n: int, who: str, answer: Answer, told: Callable[[Life, str], None]) -> None:
        self._both(n, who, lambda c, p: submit_verdict(self.world.context, p, c, answer), told)

    def _both(
        self, n: int, who: str, verb: Callable[[str, str], Any], told: Callable[[Life, str], None],
        *, recorded: bool = True,
    ) -> None:  # fmt: skip
        """The product does what the oracle says: the same, or the same kind of refusal."""
        life, by = self._life(n), self._person(n, who)
        do = partial(verb, self.ids[life.key], by)
        try:
            told(life, by)
        except Refused:
            with pytest.raises((Forbidden, NotFound)):
                do()
            self.refusals += recorded
        except Lost:
            with pytest.raises(Conflict):
                do()
        except Senseless:
            with pytest.raises(InvalidInput):
                do()
        else:
            do()
        self.settle()

    def _compare(self) -> None:
        for key, life in self.oracle.lives.items():
            assert self._seen(self.ids[key]) == _expected(life), key
        with self.world.context.db.read() as connection:
            denied = [link for link in audit.chain(connection, SYSTEM_CHAIN) if link.kind == "denied"]
        assert len(denied) == self.refusals
        self.world.check()

    def _seen(self, case_id: str) -> dict[str, Any]:
        with self.world.context.db.read() as connection:
            case = cases.load(connection, [case_id])[case_id]
            held = cases.open_assignments(connection, [case_id]).get(case_id)
            actions = cases.actions_of(connection, case_id)
            finals = [v for v in cases.verdicts(connection, case_id) if v.final]
            outcomes = cases.outcomes(connection, case_id)
        calls = [json.loads(line) for line in (self.world.folder / "calls.jsonl").read_text().splitlines()]
        mine = [call for call in calls if str(call.get("key", "")).startswith(f"{case_id}:")]
        return {
            "case": (case.state, case.round, case.owner),
            "held": held and (held.kind, held.person, held.stage, held.due_at, held.timer_at),
            "payments": {a.round: a.state for a in actions if a.step == "pay" and not _undoes(a.key)},
            "attempts": {a.round: a.attempt for a in actions if a.step == "pay" and not _undoes(a.key)},
            "paid": _count(mine, "pay ", ("ok", "timeout", "die after")),
            "taken back": _count(mine, "take_back", ("ok",)),
            "sent": _count(mine, "send", ("ok",)),
            "finals": sorted((_kind(v.point), v.round) for v in finals),
            "outcomes": len(outcomes),
        }


def _expected(life: Life) -> dict[str, Any]:
    held = life.held
    return {
        "case": (life.state, life.round, held.person if held else "engine"),
        "held": held and (held.kind, held.person, held.stage, held.due, held.timer),
        "payments": {round: payment.state for round, payment in life.payments.items()},
        "attempts": {round: payment.attempt for round, payment in life.payments.items()},
        "paid": {f"pay:{round}": p.paid for round, p in life.payments.items() if p.paid},
        "taken back": {f"pay:{life.round}:undo": 1} if life.taken_back else {},
        "sent": {f"send:{life.round}": 1} if life.sent else {},
        "finals": sorted(life.finals),
        "outcomes": life.outcomes,
    }


def _undoes(key: str) -> bool:
    return key.endswith(":undo")


def _kind(point: str) -> str:
    return "repair" if ":" in point else {"refund": "decide", "angry-letter": "exception"}[point]


def _count(calls: list[dict[str, Any]], name: str, words: tuple[str, ...]) -> dict[str, int]:
    found = [
        call["key"].partition(":")[2]
        for call in calls
        if call["name"].startswith(name) and call["word"] in words
    ]
    return {key: found.count(key) for key in found}


def play(url: Callable[[Path], Any], *, examples: int, steps: int, derandomize: bool) -> None:
    machine = type("LivesHere", (Lives,), {"url": staticmethod(url)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            derandomize=derandomize, suppress_health_check=list(HealthCheck), print_blob=True,
            phases=[Phase.generate],  # a life is short enough to be read as it was drawn
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("examples", "steps"), [pytest.param(12, 20, id="short"), pytest.param(600, 40, id="long", marks=LONG)]
)
def test_on_sqlite_a_case_lives_as_the_oracle_says(migrated_file: Path, examples: int, steps: int) -> None:
    class Copy:
        """A copied file; thrown away with its folder."""

        def __init__(self, folder: Path) -> None:
            self.path = folder / "lives.db"

        def __enter__(self) -> str:
            shutil.copyfile(migrated_file, self.path)
            return f"sqlite:///{self.path}"

        def __exit__(self, *_: object) -> None:
            """Nothing is left open."""

    play(Copy, examples=examples, steps=steps, derandomize=examples < 100)


@pytest.mark.parametrize(
    ("examples", "steps"), [pytest.param(4, 20, id="short"), pytest.param(100, 40, id="long", marks=LONG)]
)
def test_on_postgresql_a_case_lives_as_the_oracle_says(
    postgres_server: Any, examples: int, steps: int
) -> None:
    postgres_server.template("migrated", migrated)
    play(
        lambda _folder: postgres_server.database(template="migrated"),
        examples=examples, steps=steps, derandomize=examples < 100,
    )  # fmt: skip
