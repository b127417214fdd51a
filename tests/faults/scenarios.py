"""Scenarios that together ask for every commit of every verb. Each is short: it is played for each fault."""

import hashlib
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from sqlalchemy import Connection, delete, insert

from surehand.channels.protocol import Outcome, Parcel, Receipt
from surehand.core import edits
from surehand.core.hearing import Answer
from surehand.core.people import Absence
from surehand.core.precedence import Precedence
from surehand.core.process import Learning
from surehand.core.reach import Reach
from surehand.core.telling import HOOK, Subscription
from surehand.errors import Conflict, Forbidden, InvalidInput, NotEnoughEvidence, NotFound, Unauthenticated
from surehand.flow import (
    access,
    delivering,
    drafting,
    filing,
    handling,
    inbox,
    learning,
    looking,
    manners,
    pending,
    people,
    publish,
    putting_back,
    reaching,
    reporting,
    review,
    running,
    saved,
    selected,
    stopping,
    training,
    trusting,
    wording,
)
from surehand.flow.elsewhere import look_elsewhere
from surehand.flow.escalate import replace_absent
from surehand.flow.intake import Accepted, Submission, submit, submit_many
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.passing import pass_on
from surehand.flow.post import Post
from surehand.flow.reconcile import reconcile
from surehand.flow.running import advance_now
from surehand.flow.standing import looked_at
from surehand.flow.undo import undo
from surehand.flow.urgency import waits as somebody_waits
from surehand.providers.llm.calls import Said
from surehand.providers.llm.replies import Reply
from surehand.store import cases, course, saving, tables, work
from surehand.store.access import keys as keys_of
from surehand.store.models import Version
from surehand.store.saving import Stale
from surehand.store.work import NewWork
from tests.faults.stage import Scenario, Stage, Step
from tests.flow import world
from tests.flow.test_four_eyes import ABOVE
from tests.flow.test_notify import AT_ONCE, LATER
from tests.flow.test_spot_check import checks

PROMISE = ("    bands: review-flow\n", "    guarantee: {error: 0.2}\n")
ASKED = (
    (
        "steps:\n",
        "models:\n"
        "  outside:\n"
        "    {provider: llm, model: 'openai:x', base_url: 'http://127.0.0.1:9/v1', retries: 0,\n"
        "     budget: {calls: 9, tokens: 9000, money: 9}, prices: {currency: EUR, sent: 1, received: 4},\n"
        "     masking: {off_because: nothing leaves in this test}}\n"
        "steps:\n",
    ),
    ("  - decide: refund\n", "  - decide: refund\n    model: outside\n"),
)
LADDER = (
    "sla: {due: PT8H, remind: PT6H, escalate_to: lead}",
    "sla: {due: PT8H, warn: PT6H, share: PT7H, expire: {after: PT24H, to: reject}, at_risk: warn}",
)
NO_CONFIRM = ("    confirm: was_paid\n", "")


# What callers, people and the engine do


def submits(
    key: str, *, sure: float | None = 0.95, total: str = "100 EUR", now: bool = False, **more: Any
) -> Step:
    """A case; its number is noted when it is acknowledged. `now`: the caller waits for the answer."""
    given = {"total": total, "sure": sure, "customer": "Acme", **more}

    def run(stage: Stage) -> None:
        taken = submit(stage.context, Submission(process="refunds", input=given, key=key), submitter="robot")
        stage.notes[f"submit {key}"] = taken.case.id
        if now:
            advance_now(stage.context, taken.case.id)

    return Step(f"submit {key}", run)


def submits_many(*keys: str, **more: Any) -> Step:
    """A batch, with one item that is refused."""

    def run(stage: Stage) -> None:
        given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme", **more}
        items = [Submission(process="refunds", input=given, key=key) for key in keys]
        items.append(Submission(process="refunds", input={"nothing": "of the kind"}))
        for result in submit_many(stage.context, items, submitter="robot"):
            if isinstance(result, Accepted):
                stage.notes[f"submit {result.case.key}"] = result.case.id

    return Step("submit many", run)


def rests(name: str = "rest") -> Step:
    """The engine works until only people have something to do."""
    return Step(name, Stage.rest)


def waits(name: str, **by: float) -> Step:
    """Time passes, and brings what it brings."""

    def run(stage: Stage) -> None:
        stage.clock.move(timedelta(**by))
        stage.rest()

    return Step(name, run)


def plans(**words: list[str]) -> Step:
    """What the next calls of the other systems do."""
    return Step(f"plan {words}", lambda stage: world.World(stage.folder, "", None).plan(**words))  # type: ignore[arg-type]


def gives(kind: str, by: str, *, key: str = "a", name: str | None = None, **answer: Any) -> Step:
    """A verdict."""

    def run(stage: Stage) -> None:
        given = Answer(kind=kind, **answer)
        verb = partial(review.submit_verdict, stage.context, by, stage.case_of(key), given)
        stage.asked(by, step, lambda also: verb(also=also))

    step = name or f"{kind} by {by}"
    return Step(step, run)


def decides_soon(by: str) -> Step:
    """A verdict from a page, which takes effect ten seconds later; and what was written is kept meanwhile."""

    def run(stage: Stage) -> None:
        case_id, given = stage.case_of("a"), Answer(kind="approve", note="n")
        with suppress(Conflict):  # it was, and only the answer was lost
            pending.give_verdict(stage.context, by, case_id, given, span=timedelta(seconds=10))
        found, _ = looked_at(stage.context, by, case_id)
        drafting.keep(stage.context, by, found, {"note": ["n"]})
        drafting.keep(stage.context, by, found, {})
        drafting.forget(stage.context)

    return Step(f"decide soon by {by}", run)


def withdraws(by: str) -> Step:
    """... and is withdrawn before."""

    def run(stage: Stage) -> None:
        with suppress(Conflict):
            pending.withdraw(stage.context, by, stage.case_of("a"))

    return Step(f"withdraw by {by}", run)


def claims(by: str) -> Step:
    def run(stage: Stage) -> None:
        verb = partial(review.claim, stage.context, by, stage.case_of("a"))
        stage.asked(by, "claim", lambda also: verb(also=also))

    return Step(f"claim by {by}", run)


def hands(name: str, verb: Callable[..., Any], by: str, *given: Any, **more: Any) -> Step:
    """Something is done with the work other than decide it."""

    def run(stage: Stage) -> None:
        act = partial(verb, stage.context, by, stage.case_of("a"), *given, **more)
        stage.asked(by, name, lambda also: act(also=also))

    return Step(f"{name} by {by}", run)


def puts_off(by: str, **later: float) -> Step:
    def run(stage: Stage) -> None:
        until = stage.clock() + timedelta(**later)
        verb = partial(handling.snooze, stage.context, by, stage.case_of("a"), until)
        stage.asked(by, "snooze", lambda also: verb(also=also))

    return Step(f"snooze by {by}", run)


def goes_away(name: str, stand_in: str) -> Step:
    """An absence begins."""

    def run(stage: Stage) -> None:
        people, today = stage.context.people, stage.clock().date()
        absence = Absence(**{"from": today, "until": today, "stand_in": stand_in})
        away = people.people[name].model_copy(update={"absences": (absence,)})
        stage.context.people = people.model_copy(update={"people": people.people | {name: away}})
        pass_on(stage.context)

    return Step(f"{name} goes away", run)


def opens(by: str) -> Step:
    """A brief is opened, and what was opened long ago is forgotten."""

    def run(stage: Stage) -> None:
        looking.note(stage.context, by, stage.case_of("a"))

    return Step(f"open by {by}", run)


def _does_together(stage: Stage) -> None:
    """Something is done with what is selected; what it changes is asked for by the verb's own scenario."""
    with stage.context.db.read() as connection:
        (given,) = cases.open_assignments(connection, [stage.case_of("a")]).values()
    picked = [selected.Picked(given.case_id, given.id)]
    selected.together(stage.context, given.person, picked, selected.Task(what="claim"))
    stage.notes["together"] = given.person


def _undoes_it(stage: Stage) -> None:
    person = stage.notes["together"]
    record = inbox.pile(stage.context, person, inbox.Wanted()).aside.last
    assert record is not None
    with suppress(Conflict):  # asked again, it is undone already
        putting_back.put_back(stage.context, person, record.id)


def _keeps_views(stage: Stage) -> None:
    with suppress(InvalidInput):
        saved.save(stage.context, "ann", "mine", "due=today")
    with suppress(NotFound):
        saved.rename(stage.context, "ann", "mine", "yours")
    with suppress(NotFound):
        saved.remove(stage.context, "ann", "yours")


def _forgets(stage: Stage) -> None:
    stage.clock.move(timedelta(days=8))
    looking.forget(stage.context)
    stage.clock.move(timedelta(days=-8))


def _left_alone(stage: Stage) -> None:
    """By hand somebody deletes what is due of a case; the next look finds it."""
    stage.surehand.context.db.inner.write(lambda c: c.execute(delete(tables.work)))  # type: ignore[attr-defined]
    stage.context.lookout.again = 0.0


def answers(by: str) -> Step:
    def run(stage: Stage) -> None:
        verb = partial(review.answer_question, stage.context, by, stage.case_of("a"), "Because.")
        stage.asked(by, "answer", lambda also: verb(also=also))

    return Step(f"answer by {by}", run)


def hurries(by: str) -> Step:
    """Somebody says that a customer waits."""

    def run(stage: Stage) -> None:
        verb = partial(somebody_waits, stage.context, by, stage.case_of("a"), "Called twice")
        stage.asked(by, "waiting", lambda also: verb(also=also))

    return Step(f"customer waits, says {by}", run)


def takes_back(by: str) -> Step:
    def run(stage: Stage) -> None:
        verb = partial(undo, stage.context, by, stage.case_of("a"), "pay")
        stage.asked(by, "undo", lambda also: verb(also=also))

    return Step(f"undo by {by}", run)


def reports(by: str) -> Step:
    """Someone says how it turned out; an outcome is only ever added, so twice would be one too many."""

    def run(stage: Stage) -> None:
        verb = partial(record_outcome, stage.context, by, stage.case_of("a"), Report(correct=True))
        stage.asked(by, "outcome", lambda also: verb(also=also))

    return Step(f"outcome by {by}", run)


def refused(by: str) -> Step:
    """A verdict by somebody who may not give it: nothing happens, and that is recorded."""

    def run(stage: Stage) -> None:
        try:
            review.submit_verdict(stage.context, by, stage.case_of("a"), Answer(kind="approve"))
        except Forbidden:
            return
        raise AssertionError(f"{by} may not decide this")

    return Step(f"refused {by}", run)


def reads_news(by: str) -> Step:
    """The owner of the process says that what became of a guarantee was read."""

    def run(stage: Stage) -> None:
        body = {"error": 0.2, "judged": 1, "epoch": 1, "cut": None, "coverage": 0.0}
        now, point = stage.context.clock(), ("refunds", "refund")
        stage.context.db.write(lambda connection: course.tell(connection, point, "levels", body, at=now))
        reporting.read(stage.context, by, *point, up_to=1_000_000)
        assert reporting.news_of(stage.context, by) == []

    return Step(f"news read by {by}", run)


def writes_out(key: str, by: str) -> Step:
    """A verdict whose reason is in its note."""
    name, note = f"reject {key}", "agreed by telephone"
    return gives("reject", by, key=key, name=name, reason="other", note=note)


def unwanted(by: str) -> Step:
    """The owner does not want a reason that people write out."""

    def run(stage: Stage) -> None:
        there = wording.proposals(stage.context, "refunds")
        for one in there:
            wording.set_aside(stage.context, by, "refunds", one.point, one.id, "it is one already")
        assert wording.proposals(stage.context, "refunds") == []

    return Step(f"aside by {by}", run)


def stops(by: str) -> Step:
    """Somebody stops the automation, and the engine works on as far as it may."""

    def run(stage: Stage) -> None:
        verb = partial(stopping.stop, stage.context, by, "refunds", because="it is enough")
        stage.asked(by, "stop", lambda also: verb(also=also))

    return Step(f"stop by {by}", run)


def resumes(asks: str, agrees: str) -> tuple[Step, Step]:
    def ask(stage: Stage) -> None:
        verb = partial(stopping.ask_to_resume, stage.context, asks, 1)
        stage.asked(asks, "ask to resume", lambda also: verb(also=also))

    def agree(stage: Stage) -> None:
        verb = partial(stopping.agree, stage.context, agrees, 1)
        stage.asked(agrees, "agree", lambda also: verb(also=also))

    return Step(f"{asks} asks", ask), Step(f"{agrees} agrees", agree)


def drills(by: str) -> Step:
    def run(stage: Stage) -> None:
        verb = partial(stopping.drill, stage.context, by, "refunds")
        stage.asked(by, "drill", lambda also: verb(also=also))

    return Step(f"drill by {by}", run)


class Loopback:
    """A channel that takes everything, or nothing."""

    needs = None

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> list[Receipt]:
        return [Receipt(self.outcome, "as planned") for _ in parcels]


def _reached(stage: Stage, outcome: Outcome | None) -> None:
    """Everybody is reached over a channel that does this; None: there is none."""
    people, context = stage.context.people, stage.context
    reach = Reach(channels=("loop",))
    found = {name: who.model_copy(update={"reach": reach}) for name, who in people.people.items()}
    context.people = people.model_copy(update={"people": found})
    channels = {"loop": Loopback(outcome)} if outcome is not None else {}
    context.post = Post(channels=channels, bases=dict.fromkeys(channels, "basis"))
    delivering.prepare(context)


def plans_messages() -> Step:
    """Messages are planned, and not sent yet."""

    def run(stage: Stage) -> None:
        _reached(stage, Outcome.SENT)
        delivering.plan(stage.context)

    return Step("plan messages", run)


def sends(outcome: Outcome | None = Outcome.SENT, *, lost: bool = False) -> Step:
    """The postman goes round until nothing is due; `lost`: another one had claimed all of it, and died."""

    def run(stage: Stage) -> None:
        _reached(stage, outcome)
        context = stage.context
        if lost:
            for name in delivering.plan(context):
                context.db.write(partial(delivering._claim, context, name))
            stage.clock.move(timedelta(seconds=61))
        for _ in range(9):
            if sum(delivering.send(context, name) for name in delivering.plan(context)) == 0:
                return

    return Step(f"send {outcome}{' lost' if lost else ''}", run)


def tells_a_hook(outcome: Outcome, *, later: timedelta = timedelta(0)) -> Step:
    """Other software listens from now on, or hears what is due after a while."""

    def run(stage: Stage) -> None:
        context, name = stage.context, "erp"
        context.post = Post(
            hooks={HOOK + name: Loopback(outcome)}, bases={HOOK + name: "basis"},
            subscriptions=(Subscription(name, frozenset({"case.received"})),),
        )  # fmt: skip
        delivering.prepare(context)
        stage.clock.move(later)
        for channel in delivering.plan(context):
            delivering.send(context, channel)

    return Step(f"tell a hook {outcome}, {later}", run)


def reads_messages(by: str) -> Step:
    def run(stage: Stage) -> None:
        reaching.test(stage.context, by)
        manners.choose(stage.context, by, locale="de-DE", zone="Europe/Berlin")
        reaching.read(stage.context, by, up_to=1_000_000)
        delivering.forget(stage.context)

    return Step(f"messages read by {by}", run)


def leaves(name: str) -> Step:
    """Somebody is not active any more, and the deployment starts again."""

    def run(stage: Stage) -> None:
        people = stage.context.people
        gone = people.people[name].model_copy(update={"active": False})
        stage.context.people = people.model_copy(update={"people": people.people | {name: gone}})
        replace_absent(stage.context)

    return Step(f"{name} leaves", run)


def disables(name: str, by: str) -> Step:
    """Somebody leaves, and what they hold goes to others in the same transaction."""

    def run(stage: Stage) -> None:
        with suppress(Forbidden):
            people.disable(stage.context, name, by=by, because="has left")

    return Step(f"{by} disables {name}", run)


def seals() -> Step:
    return Step("seal", lambda s: _sealed(s))


def _sealed(stage: Stage) -> None:
    stage.context.checkpoints.seal(stage.context.db, now=stage.clock())


# What happens to the engine


def _taken(stage: Stage, kind: str) -> list[work.Work]:
    """Claimed by this process, which is slow at it."""
    context = stage.context
    items = context.db.write(partial(running._claim, context, kind, 500))
    context.held.begun(items, until=stage.clock() + context.lease)
    return items


def _slow(stage: Stage) -> None:
    """A worker keeps what it is at, loses it when it dies, and another takes it."""
    held = _taken(stage, "advance")
    try:
        stage.clock.move(timedelta(seconds=30))
        running.keep(stage.context)
    finally:
        stage.context.held.ended(held)
    stage.clock.move(timedelta(seconds=61))
    running.recover(stage.context)


def _restarted(stage: Stage) -> None:
    """The process had claimed work, and a new one starts."""
    stage.context.held.ended(_taken(stage, "advance"))
    running.reclaim(stage.context)


def _without_code(stage: Stage) -> None:
    """The files of a version are gone for a while."""
    processes = stage.context.processes
    current, kept = dict(processes.current), processes.versions
    processes.current.clear()
    processes.versions = SimpleNamespace(load=_gone)
    try:
        stage.works()
    finally:
        processes.current.update(current)
        processes.versions = kept


def _gone(*_: object) -> Any:
    raise Conflict("its files are gone")


def _advances(stage: Stage) -> None:
    """The code is back, and the case comes as far as its action."""
    stage.clock.move(timedelta(minutes=20))
    running.recover(stage.context)
    while running.drain(stage.context, frozenset({"advance"})):
        pass


def _reconciles(stage: Stage) -> None:
    """Somebody declares that the database was restored from a backup."""
    reconcile(stage.context, by="boss")


def _orphans(stage: Stage) -> None:
    """Rows were changed by hand: work is due that belongs to nothing."""
    rows = [
        {"kind": kind, "ref": "ghost", "case_id": "ghost", "repeatable": True, "due_at": stage.clock()}
        for kind in ("advance", "act")
    ]

    def add(connection: Connection) -> None:
        connection.execute(insert(tables.work), rows)

    stage.surehand.context.db.inner.write(add)  # type: ignore[attr-defined]


# Access, files, models


def _signs_in(stage: Stage) -> None:
    access.set_password(stage.context, "ann", "correct horse", by="boss")
    token, _ = access.sign_in(stage.context, "ann", "correct horse")
    with suppress(Unauthenticated):
        access.sign_in(stage.context, "ann", "wrong horse")
    access.check_password(stage.context, "ann", "correct horse")
    stage.clock.move(timedelta(minutes=2))
    assert access.session_of(stage.context, token) is not None
    access.sign_out(stage.context, token)
    access.create_key(stage.context, "robot", "for a test", by="boss")
    access.revoke_keys(stage.context, "robot", by="boss")
    access.create_key(stage.context, "robot", "another", by="boss")
    with stage.context.db.read() as connection:
        keys = [key.hash for key in keys_of(connection, person="robot") if key.works]
    for key in keys:
        with suppress(NotFound):  # it was, and only the answer was lost
            access.revoke_key(stage.context, "robot", key, by="boss")


def _changes_people(stage: Stage) -> None:
    """A limit is raised, somebody may not, and somebody leaves whose case goes to another."""
    edit = edits.person_changed("bo", {"name": "Bo"})
    people.change(stage.context, by="admin", because="for a test", edit=edit)
    with suppress(Forbidden):
        people.change(
            stage.context, by="ann", because="for a test", edit=edits.person_changed("ann", {"name": "x"})
        )
    people.disable(stage.context, "ann", by="admin", because="for a test")


def _trusts(stage: Stage) -> None:
    """The owner says that past outcomes are to be trusted, which the guarantee then begins with."""
    line = '{"input": {"total": "1 EUR", "customer": "Acme", "sure": 0.%d}, "truth": {"refund": "pay"}}'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past.jsonl"
        path.write_text("\n".join(line % number for number in range(100, 300)))
        with suppress(Conflict):  # it was, and only the answer was lost
            trusting.trust(stage.context, "refunds", "refund", path, by="boss")


def _installs(stage: Stage) -> None:
    """Two models, one after the other; learning itself writes nothing."""
    for body in (b"first", b"second"):
        made = Version(
            "refunds", "letters", hashlib.sha256(body).hexdigest(), "field-extractor", "dev", stage.clock(),
            {"examples": 1}, active=True,
        )  # fmt: skip
        training._kept(stage.context, made, body)


def _learns(stage: Stage) -> None:
    """A model is to learn by itself: first it cannot, then a fault of ours comes, then it does."""
    context = stage.context
    learner = (learning._Pupil(context.processes.current["refunds"], "letters", _step(stage), Learning()),)
    body = b"learned"
    made = Version(
        "refunds", "letters", hashlib.sha256(body).hexdigest(), "field-extractor", "engine", stage.clock(),
        {"cases": 200}, active=True,
    )  # fmt: skip
    for outcome in (NotEnoughEvidence("too few"), RuntimeError("a fault of ours"), (made, body)):
        # what was put off is due, and leases of what was lost have ended, also where this is played again
        stage.clock.move(timedelta(minutes=20))
        with (
            mock.patch.object(learning, "_pupils", return_value=learner),
            mock.patch.object(learning, "_verdicts", return_value=200),
            mock.patch.object(training, "made_of", mock.Mock(side_effect=[outcome])),
        ):
            running.recover(context)
            context.models.looked = None
            learning.ask(context)
            item = learning.claimed(context)
            if item is not None:
                with suppress(RuntimeError):
                    learning.learn(context, item)


def _unlearns(stage: Stage) -> None:
    """What was to be learned is not there any more."""
    item = NewWork(learning.KIND, "gone/gone", "", True, stage.clock())
    stage.surehand.context.db.inner.write(lambda c: work.add(c, [item]))  # type: ignore[attr-defined]
    stage.clock.move(timedelta(minutes=20))
    running.recover(stage.context)
    while (claimed := learning.claimed(stage.context)) is not None:
        learning.learn(stage.context, claimed)


def _step(stage: Stage) -> Any:
    steps = stage.context.processes.current["refunds"].steps
    return next(bound for bound in steps if bound.step.name == "refund")


def _publishes(stage: Stage) -> None:
    """The version is proposed and published again by the folder's builder."""
    process = stage.context.processes.current["refunds"]
    publish.propose(stage.context, process, by="dev")
    with suppress(Conflict):  # published already
        publish.publish(stage.context, process.version, by="boss")


def _keeps_a_file(stage: Stage) -> None:
    filing.keep(stage.context, b"%PDF-1.7 of some kind", by="ann")


# Patches


def overtaken(function: str, times: int) -> dict[str, Callable[[], Any]]:
    """So often, saving a case that was read in this function finds that somebody else was faster."""

    def made() -> Any:
        left, real = [times], saving.save

        def save(connection: Connection, changes: Any) -> Any:
            read = all(change.before is not None for change in changes)
            if left[0] and read and sys._getframe(1).f_code.co_qualname == function:
                left[0] -= 1
                raise Stale
            return real(connection, changes)

        return save

    return {"surehand.store.saving.save": made}


def faulty_at_first() -> dict[str, Callable[[], Any]]:
    """A fault of ours: every case ends its chunk with an exception until it was put off once."""

    def made() -> Any:
        from surehand.flow import appraising

        real = appraising.appraised

        def appraised(*args: Any, failures: Sequence[int], **more: Any) -> Any:
            if not all(failures):
                raise RuntimeError("a fault of ours")
            return real(*args, failures=failures, **more)

        return appraised

    return {"surehand.flow.appraising.appraised": made}


@asynccontextmanager
async def _line(*_: Any, **__: Any) -> AsyncIterator[Any]:
    """A language model that is asked, without a network."""

    async def call(text: str) -> Said:
        return Said(Reply("pay", 0.95, "so"), sent=80, received=20)

    yield SimpleNamespace(call=call)


def value(name: str, what: Any) -> dict[str, Callable[[], Any]]:
    return {name: lambda: what}


SCENARIOS: dict[str, Scenario] = {
    "start": Scenario((submits("a"), rests(), Step("publish", _publishes)), start=True),
    "start from nothing": Scenario((submits("a"), rests()), start=True, empty=True),
    "automated": Scenario((submits("a"), rests(), seals(), reports("robot"))),
    "automated at once": Scenario((submits("a", now=True), rests())),
    "not all at once": Scenario(
        (submits("a", now=True), rests()), patches=value("surehand.flow.running._ROUNDS", 0)
    ),
    "many": Scenario((submits_many("a", "b", "a"), rests())),
    "approved": Scenario(
        (submits("a", sure=0.8), rests(), gives("approve", "ann"), rests("then"), reports("ann"))
    ),
    "told": Scenario(
        (
            submits("a", sure=0.8), rests(), sends(), reads_messages("ann"), gives("approve", "ann"),
            rests("then"),
        )
    ),
    "thought better of": Scenario(
        (
            submits("a", sure=0.8), rests(), decides_soon("ann"), withdraws("ann"),
            Step("decide again", decides_soon("ann").run), waits("ten seconds", seconds=10), rests("then"),
        )
    ),
    "lapsed": Scenario(
        (
            submits("a", sure=0.8), rests(), decides_soon("ann"), disables("ann", by="admin"),
            waits("ten seconds", seconds=10), rests("then"),
        )
    ),
    "told on a page": Scenario((submits("a", sure=0.8), rests(), sends(None))),
    "told too late": Scenario(
        (submits("a", sure=0.8), rests(), plans_messages(), gives("approve", "ann"), sends(), rests("then"))
    ),
    "told in vain": Scenario(
        (submits("a", sure=0.8), submits("b", sure=0.8), rests(), sends(Outcome.LATER)),
        patches=value("surehand.flow.delivering._SENT", 1),
    ),
    "a hook that was not told for days": Scenario(
        (
            tells_a_hook(Outcome.SENT), submits("a", sure=0.99),
            tells_a_hook(Outcome.SENT, later=timedelta(days=5)),
        )
    ),
    "told again": Scenario((submits("a", sure=0.8), rests(), sends(lost=True))),
    "told over a channel that is gone": Scenario(
        (submits("a", sure=0.8), rests(), plans_messages(), sends(None))
    ),
    "denied": Scenario(
        (submits("a", sure=0.8, total="900 EUR"), rests(), refused("bo"), gives("reject", "ann"),
         rests("then"))
    ),
    "overridden": Scenario(
        (submits("a", sure=0.8), rests(), claims("spec"), gives("approve", "spec", value="reject"),
         rests("then"))
    ),
    "edited": Scenario(
        (submits("a", sure=0.8), rests(), gives("edit", "ann", fields={"total": "90 EUR"}), rests("again"),
         gives("approve", "ann", name="approve the edit"), rests("then"))
    ),
    "asked": Scenario(
        (submits("a", sure=0.8), rests(), gives("ask", "ann", question="Why?", to="lead"), answers("lead"),
         gives("approve", "ann"), rests("then"))
    ),
    "unanswered": Scenario(
        (submits("a", sure=0.8), rests(), gives("ask", "ann", question="Why?", to="lead"),
         waits("nobody answers", hours=5), gives("reject", "ann"), rests("then"))
    ),
    "passed up": Scenario(
        (submits("a", sure=0.8), rests(), gives("escalate", "ann"), gives("approve", "lead"), rests("then"))
    ),
    "timers": Scenario(
        (submits("a", sure=0.8), rests(), waits("reminded", hours=6, minutes=30), waits("escalated", hours=3),
         waits("overdue", hours=9), gives("approve", "boss"), rests("then"))
    ),
    "timers overtaken": Scenario(
        (submits("a", sure=0.8), rests(), waits("reminded", hours=6, minutes=30), gives("approve", "ann"),
         rests("then")),
        patches=overtaken("escalate.<locals>.<lambda>", 1),
    ),
    "expired": Scenario(
        (submits("a", sure=0.8), rests(), waits("shared", hours=7), waits("escalated", hours=2),
         waits("expired", days=2)),
        edits=(LADDER,),
    ),
    "customer waits": Scenario(
        (submits("a", sure=0.8), rests(), hurries("robot"), gives("reject", "ann"), rests("then"))
    ),
    "at risk": Scenario(
        (submits("b", sure=0.8), rests(), gives("reject", "ann", key="b"), submits("a", sure=0.8),
         rests("again"), waits("at risk", minutes=2)),
        edits=(LADDER,), patches=value("surehand.core.forecast._ENOUGH", 1),
    ),
    "exception": Scenario((submits("a", letter="angry"), rests(), gives("approve", "ann"), rests("then"))),
    "told of": Scenario((submits("a"), rests(), waits("the window passes", hours=5)), edits=(LATER,)),
    "prevented": Scenario(
        (submits("a"), rests(), gives("reject", "ann"), waits("the window passes", hours=5)), edits=(LATER,)
    ),
    "undone": Scenario((submits("a"), rests(), gives("reject", "ann"), rests("then")), edits=AT_ONCE),
    "made good": Scenario(
        (plans(take_back=["permanent"] * 9), submits("a"), rests(), gives("reject", "ann"), rests("then"),
         gives("approve", "ann", value="compensated", name="made good"), rests("at last")),
        edits=AT_ONCE,
    ),
    "spot checked": Scenario(
        (submits("a"), rests(), gives("approve", "ann", value="reject"), rests("then"),
         gives("reject", "lead", name="left standing"), rests("at last")),
        edits=(checks(),),
    ),
    "given back": Scenario(
        (submits("a", sure=0.8), rests(), hands("release", handling.release, "ann", note="not mine"),
         gives("approve", "bo"), rests("then"))
    ),
    "handed on": Scenario(
        (submits("a", sure=0.8), rests(), hands("reassign", handling.reassign, "lead", "spec"),
         gives("approve", "spec"), rests("then"))
    ),
    "put off": Scenario(
        (submits("a", sure=0.8), rests(), puts_off("ann", hours=1), waits("it comes back", hours=2),
         gives("approve", "ann"), rests("then"))
    ),
    "urgent": Scenario(
        (submits("a", sure=0.8), rests(),
         hands("priority", handling.prioritise, "ann", Precedence.URGENT, "they wait"),
         gives("approve", "ann"), rests("then"))
    ),
    "together": Scenario(
        (submits("a", sure=0.8), rests(), Step("together", _does_together), Step("undo it", _undoes_it),
         Step("views", _keeps_views), gives("approve", "ann"), rests("then"))
    ),
    "looked elsewhere": Scenario(
        (submits("a", sure=0.8), rests(), hands("elsewhere", look_elsewhere, "ann", "person", "asked Kim"),
         hands("again", look_elsewhere, "ann", "document"), gives("approve", "ann"), rests("then"))
    ),
    "written out": Scenario(
        (submits("a", sure=0.8), submits("b", sure=0.8), submits("c", sure=0.8), rests(),
         writes_out("a", "ann"), writes_out("b", "spec"), writes_out("c", "ann"), rests("then"),
         unwanted("boss")),
        edits=(
            ("    queue: desk\n    sla: {due: PT8H, remind: PT6H, escalate_to: lead}\n    answer_within",
             "    queue: desk\n    reasons: [fair]\n    sla: {due: PT8H, remind: PT6H, escalate_to: lead}\n"
             "    answer_within"),
        ),
    ),
    "gone away": Scenario(
        (submits("a", sure=0.8), rests(), goes_away("ann", "spec"), gives("approve", "spec"), rests("then"))
    ),
    "opened": Scenario(
        (submits("a", sure=0.8), rests(), opens("ann"), opens("bo"), Step("forget", _forgets),
         gives("approve", "ann"), rests("then"))
    ),
    "left alone": Scenario((submits("a"), Step("left alone", _left_alone), rests())),
    "absent": Scenario(
        (submits("a", sure=0.8), rests(), leaves("ann"), gives("approve", "spec"), rests("then"))
    ),
    "disabled": Scenario(
        (submits("a", sure=0.8), rests(), disables("ann", by="bo"), disables("ann", by="admin"),
         gives("approve", "spec"), rests("then"))
    ),
    "agreed by two": Scenario(
        (submits("a", sure=0.8, total="200 EUR"), rests(), gives("approve", "ann"), gives("approve", "spec"),
         rests("then")),
        edits=(ABOVE,),
    ),
    "not now": Scenario((plans(pay=["temporary"], send=["timeout"]), submits("a"), rests())),
    "asked of the bank": Scenario((plans(pay=["lost", "timeout"]), submits("a"), rests())),
    "nobody knows": Scenario((plans(pay=["timeout"]), submits("a"), rests()), edits=(NO_CONFIRM,)),
    "refused for good": Scenario(
        (plans(pay=["permanent"] * 9), submits("a"), rests(), gives("reject", "ann"), rests("then"))
    ),
    "promised": Scenario(
        (submits("a"), rests(), gives("approve", "ann", value="pay"), rests("then"), reads_news("boss")),
        edits=(PROMISE,),
    ),
    "fitted": Scenario(
        (submits("a"), rests(), gives("approve", "ann", value="pay"), rests("then")), edits=(PROMISE,),
        patches=value("surehand.flow.bases._TAUGHT", 1),
    ),
    "trusted": Scenario(
        (Step("trust", _trusts), submits("a"), rests()), edits=(PROMISE,),
        patches=value("surehand.flow.bases._TAUGHT", 0),
    ),
    "taken back": Scenario((submits("a"), rests(), takes_back("lead"), rests("then"))),
    "stopped": Scenario(
        (submits("a", sure=0.8), rests(), stops("boss"), gives("approve", "ann"),
         Step("work while it is stopped", Stage.works), *resumes("boss", "lead"), rests("then"))
    ),
    "drilled": Scenario((drills("boss"), submits("a"), rests())),
    "worker dies": Scenario((submits("a"), Step("slow", _slow), rests())),
    "restart": Scenario((submits("a"), Step("restart", _restarted), rests())),
    "chunk overtaken": Scenario(
        (submits_many("a", "b"), rests()),
        patches=overtaken("_committed.<locals>.transaction", 2),
    ),
    "mark overtaken": Scenario((submits("a"), rests()), patches=overtaken("_mark_started.<locals>.mark", 1)),
    "outcome overtaken": Scenario(
        (submits("a"), rests(), reports("robot")), patches=overtaken("record_outcome.<locals>.transaction", 4)
    ),
    "stored after each step": Scenario(
        (submits_many("a", "b"), rests()), patches=value("surehand.flow.advance._WORTH_STORING", -1.0)
    ),
    "chunk given back": Scenario(
        (submits_many("a", "b"), rests()), patches=value("surehand.flow.advance._PATIENCE", -1.0)
    ),
    "actions given back": Scenario(
        (plans(send=["slow"] * 9), submits_many("a", "b"), rests()),
        patches=value("surehand.flow.act._PATIENCE", -1.0) | value("surehand.flow.act._TOGETHER", 0.05),
    ),
    "fault of ours": Scenario((submits_many("a", "b"), rests()), patches=faulty_at_first()),
    "code is gone": Scenario(
        (submits("a"), Step("no code", _without_code), Step("advance", _advances),
         Step("no code to act", _without_code), waits("it is back", minutes=20))
    ),
    "restored": Scenario(
        (submits("a"), Step("advance", _advances), Step("reconcile", _reconciles), rests())
    ),
    "orphans": Scenario((submits("a"), Step("orphans", _orphans), rests())),
    "access": Scenario(
        (Step("sign in", _signs_in),),
    ),
    "people changed": Scenario(
        (submits("a", sure=0.8), rests(), Step("change", _changes_people), rests("then"))
    ),
    "a file": Scenario((Step("keep", _keeps_a_file),)),
    "models": Scenario((Step("install", _installs),)),
    "asked of a model": Scenario(
        (submits("a"), rests()), edits=ASKED, patches={"surehand.providers.llm.calls.line": lambda: _line}
    ),
    "learned by itself": Scenario((Step("learn", _learns), Step("nothing to learn", _unlearns))),
}  # fmt: skip
