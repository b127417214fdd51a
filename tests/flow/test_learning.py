"""Models that learn by themselves: when, once whoever looks, and as a rival once something is certified."""

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surehand.app.duties import School
from surehand.core.guarantee import Terms
from surehand.core.process import Learning
from surehand.core.steps import DecisionPoint
from surehand.errors import InvalidInput, Stopped
from surehand.flow import bases, learning, training
from surehand.flow.verify import verify
from surehand.store import audit, models, tables, work
from surehand.testing import Trial
from tests.flow.test_training_to_decide import opened, rows

__all__ = ["opened"]

ALONE = (
    ("examples: examples.jsonl", "learns: {from: 20, until: 100}"),
    ("bands: review-flow", "guarantee: {error: 0.2}"),
)


def decided(bench: Trial, count: int, *, seed: int = 1, answer: str | None = None) -> None:
    """So many cases come and are decided by people."""
    drawn = random.Random(seed)
    for given, topic in drawn.choices(rows(), k=count):
        case = bench.submit("tickets", {"text": given["text"]}, by="robot")
        if case.state == "waiting":
            bench.verdict(case.id, "approve", value=answer or topic)


def looked(bench: Trial) -> work.Work | None:
    """What there is to learn, a minute later."""
    bench.wait(timedelta(minutes=1))
    return learning.claimed(bench.surehand.context)


def due(bench: Trial) -> work.Work:
    """Enough was decided, so that there is something to learn, and it is ours."""
    decided(bench, 20)
    item = looked(bench)
    assert item is not None
    return item


def events(bench: Trial, kind: str) -> list[Any]:
    with bench.surehand.context.db.read() as connection:
        return [link.body for link in audit.recorded(connection, kind)]


def test_it_learns_from_the_first_verdicts_and_again_from_four_times_as_many(
    opened: Callable[..., Trial],
) -> None:
    bench = opened(*ALONE)
    context = bench.surehand.context
    decided(bench, 19)
    assert looked(bench) is None
    decided(bench, 1, seed=2)
    item = looked(bench)
    assert item is not None
    learning.learn(context, item)
    (told,) = events(bench, "model_trained")
    assert (told["model"], told["report"]["cases"], told["before"]) == ("routing", 20, None)
    case = bench.submit("tickets", {"text": "hello, where is my order now"}, by="robot")
    with context.db.read() as connection:
        judged = connection.execute(
            select(tables.judgement).where(tables.judgement.c.case_id == case.id)
        ).one()
        (version,) = models.versions(connection, "tickets")
    assert judged.recommendation["value"] == "delivery"
    assert version.by == "engine"
    decided(bench, 59, seed=3)
    assert looked(bench) is None
    bench.verdict(case.id, "approve", value="delivery")
    again = looked(bench)
    assert again is not None
    learning.learn(context, again)
    assert [body["report"]["cases"] for body in events(bench, "model_trained")] == [20, 80]
    # four times 80 would be more than `until`
    assert looked(bench) is None
    assert verify(context).holds


def test_of_several_who_look_one_learns(opened: Callable[..., Trial]) -> None:
    bench = opened(*ALONE)
    item = due(bench)
    assert looked(bench) is None, "it is in hand"
    learning.learn(bench.surehand.context, item)
    # one that was held up for so long that another had it changes nothing
    learning.learn(bench.surehand.context, item)
    assert len(events(bench, "model_trained")) == 1


def test_another_takes_over_where_one_dies(opened: Callable[..., Trial]) -> None:
    bench = opened(*ALONE)
    decided(bench, 20)
    lost = looked(bench)
    bench.wait(timedelta(minutes=2))
    taken = looked(bench)
    assert lost is not None
    assert taken is not None
    assert (taken.id, taken.attempt) == (lost.id, lost.attempt + 1)
    learning.learn(bench.surehand.context, taken)
    assert len(events(bench, "model_trained")) == 1


def test_what_was_certified_is_not_given_up(
    opened: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = opened(*ALONE)
    context = bench.surehand.context
    item = due(bench)
    learning.learn(context, item)
    decided(bench, 60, seed=2)
    item, made_of, before = looked(bench), training.made_of, kept(bench)
    assert item is not None

    def meanwhile(*arguments: Any) -> Any:
        """While it learns, something is certified."""
        made = made_of(*arguments)
        certify(bench, asdict(Terms(1, None, 0.9, 0.3, 0.2)))
        return made

    monkeypatch.setattr(training, "made_of", meanwhile)
    learning.learn(context, item)
    # it was trained meanwhile, and has to earn as much first
    assert [body["model"] for body in events(bench, "model_trained")] == ["routing", "routing.rival"]
    with context.db.read() as connection:
        assert models.hashes(connection, "tickets") == {"routing": events(bench, "model_trained")[0]["hash"]}
    certify(bench, before)


@pytest.mark.parametrize(
    ("could_run", "until", "waits"),
    [
        ({"0.2": 0.1}, 100, True), ({"0.2": 0.1, "0.05": 0.0}, 100, True), ({"0.2": 0.9}, 100, False),
        ({"0.2": 0.1}, 50, False), ({}, 100, False),
    ],
)  # fmt: skip
def test_nothing_is_counted_about_a_model_that_keeps_the_promise_nowhere_and_learns_on(
    opened: Callable[..., Trial], could_run: dict[str, float], until: int, waits: bool
) -> None:
    bench = opened((ALONE[0][0], f"learns: {{from: 20, until: {until}}}"), ALONE[1])
    context = bench.surehand.context
    item = due(bench)
    learning.learn(context, item)
    report = {"cases": 20, "could_run": could_run}
    context.db.write(lambda c: c.execute(tables.model.update().values(report=report)))
    process = context.processes.named("tickets")
    point = process.map.step("category")
    assert isinstance(point, DecisionPoint)
    with context.db.read() as connection:
        assert bases.basis_of(context, connection, process, point).plan.waits is waits


def certify(bench: Trial, terms: dict[str, Any]) -> None:
    bench.surehand.context.db.write(lambda c: c.execute(tables.guarantee.update().values(terms=terms)))


def kept(bench: Trial) -> Any:
    with bench.surehand.context.db.read() as connection:
        return connection.execute(select(tables.guarantee.c.terms)).scalar_one()


def test_in_vain_is_on_record_and_not_tried_again_at_once(opened: Callable[..., Trial]) -> None:
    bench = opened(*ALONE)
    decided(bench, 20, answer="billing")
    item = looked(bench)
    assert item is not None
    learning.learn(bench.surehand.context, item)
    (told,) = events(bench, "model_not_trained")
    assert "nothing to tell apart" in told["because"]
    decided(bench, 30, seed=2)
    assert looked(bench) is None


def test_what_was_interrupted_is_tried_later_and_was_not_in_vain(
    opened: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = opened(*ALONE)
    context = bench.surehand.context
    item = due(bench)
    with context.models.learning():  # somebody trains a model by hand just now
        learning.learn(context, item)
    assert events(bench, "model_not_trained") == []
    bench.wait(timedelta(hours=1))
    again = looked(bench)
    assert again is not None
    learning.learn(context, again)
    assert len(events(bench, "model_trained")) == 1


def test_a_fault_of_a_model_comes_out_and_is_tried_later(
    opened: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = opened(*ALONE)
    item = due(bench)
    monkeypatch.setattr(training, "made_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        learning.learn(bench.surehand.context, item)
    assert learning.claimed(bench.surehand.context) is None
    bench.wait(timedelta(hours=1))
    assert learning.claimed(bench.surehand.context) is not None


@pytest.mark.parametrize(
    ("edits", "learns"),
    [
        ((("examples: examples.jsonl", "learns: {from: 20}"),), True),  # bands, and the map says so
        (((", examples: examples.jsonl", ""),), False),  # bands: somebody has to say so
        ((("examples: examples.jsonl", "learns: {until: 0}"), ALONE[1]), False),
    ],
)
def test_it_learns_where_it_is_said_or_safe(opened: Callable[..., Trial], edits: Any, learns: bool) -> None:
    bench = opened(*edits)
    decided(bench, 20)
    assert (looked(bench) is not None) is learns


def test_under_a_guarantee_it_learns_by_itself(opened: Callable[..., Trial]) -> None:
    bench = opened((", examples: examples.jsonl", ""), ALONE[1])
    pupils = list(learning._pupils(bench.surehand.context))
    assert [(one.name, one.learning) for one in pupils] == [("routing", Learning())]


def test_a_process_that_is_gone_has_nothing_to_learn(opened: Callable[..., Trial]) -> None:
    bench = opened(*ALONE)
    item = due(bench)
    process = bench.surehand.context.processes.current.pop("tickets")
    learning.learn(bench.surehand.context, item)
    bench.surehand.context.processes.current["tickets"] = process
    assert events(bench, "model_trained") == events(bench, "model_not_trained") == []


def test_a_server_learns_beside_its_work(
    opened: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = opened(*ALONE)
    decided(bench, 20)
    bench.wait(timedelta(minutes=1))
    taught: list[work.Work] = []

    def learn(_context: Any, item: work.Work) -> None:
        taught.append(item)
        raise Stopped("the database is closed")  # as where the server ends meanwhile

    monkeypatch.setattr(learning, "learn", learn)
    school = School(bench.surehand.context)
    school.now_and_then()
    thread = school._thread
    assert thread is not None
    thread.join(10)
    school.now_and_then()
    assert [item.ref for item in taught] == ["tickets/routing"]


@pytest.mark.parametrize(
    ("learned", "due"), [(0, 200), (50, 200), (200, 800), (12_500, 50_000), (12_501, None)]
)
def test_when_it_is_due(learned: int, due: int | None) -> None:
    assert Learning().due(learned) == due


OPEN = (("    choices: [billing, delivery, access]\n", "    open_choices: true\n"), ALONE[0], ALONE[1])


def test_an_open_list_grows_with_the_answers_of_people(opened: Callable[..., Trial]) -> None:
    bench = opened(*OPEN)
    context = bench.surehand.context
    case = bench.submit("tickets", {"text": "a parcel"}, by="robot")
    done = bench.verdict(case.id, "approve", value="  Where is   my Parcel? ")
    assert done.answers["category"]["value"] == "Where is my Parcel?"
    other = bench.submit("tickets", {"text": "a parcel"}, by="robot")
    with pytest.raises(InvalidInput, match="1 to 100 letters"):
        bench.verdict(other.id, "approve", value="x" * 101)
    bench.verdict(other.id, "reject")
    decided(bench, 30)
    made = training.train(context, "tickets", by="dev")
    assert set(made.version.report["answers"]) == {"billing", "delivery", "access"}
    assert made.version.report["not_learned"] == ["Where is my Parcel?"]
    assert made.version.report["out_of_scope"] == 1, "nothing fitted what was turned away"
