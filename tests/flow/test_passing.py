"""Work changes hands by itself: its person goes away, or less skill is enough by now."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from surehand.core.case import Case
from surehand.core.hearing import Answer
from surehand.core.passage import Passage
from surehand.core.people import Needed, People, Person
from surehand.core.precedence import Precedence
from surehand.flow import handling, people
from surehand.flow.context import Context
from surehand.flow.escalate import alone
from surehand.flow.explain import explain
from surehand.flow.intake import Submission, submit_many
from surehand.flow.passing import pass_on, relax
from surehand.flow.review import claim, submit_verdict
from surehand.flow.running import sweep
from surehand.flow.undo import undo
from surehand.store import cases, viewing
from tests.flow.world import PEOPLE, World


def told(world: World, case_id: str) -> str:
    return explain(world.context, case_id).entries[-1].sentence


def given_to_ann(world: World, *, count: int = 1) -> list[str]:
    ids = [world.submit(sure=0.8) for _ in range(count)]
    for case_id in ids:
        claim(world.context, "ann", case_id)
    return ids


# Absence


def test_what_somebody_holds_who_goes_away_goes_to_their_stand_in(world: World) -> None:
    ids = given_to_ann(world, count=3)
    before = {case_id: world.held(case_id) for case_id in ids}
    world.absent("ann", stand_in="clerk")
    sweep(world.context)
    for case_id in ids:
        after = world.held(case_id)
        assert (after.person, world.case(case_id).owner) == ("clerk", "clerk")
        assert (after.due_at, after.timer_at) == (before[case_id].due_at, before[case_id].timer_at)
        assert told(world, case_id).startswith("Handed to clerk, because ann is away until 20")
    # not of the queue, and it is theirs now
    assert world.verdict(ids[0], "approve", by="clerk").state == "done"
    world.check()


def test_it_is_done_once_for_each_absence_and_nothing_moves_back(world: World) -> None:
    (case_id,) = given_to_ann(world)
    world.absent("ann", days=1, stand_in="bo")
    assert (pass_on(world.context), pass_on(world.context)) == (1, 0)
    # who takes something over while away has their reasons
    claim(world.context, "ann", case_id)
    assert pass_on(world.context) == 0
    assert world.held(case_id).person == "ann"
    claim(world.context, "bo", case_id)
    world.wait(days=2)
    pass_on(world.context)
    assert world.held(case_id).person != "ann" or world.held(case_id).stage > 0
    (other,) = given_to_ann(world)
    world.absent("ann", days=1, stand_in="bo")
    assert pass_on(world.context) >= 1
    assert world.held(other).person == "bo"
    world.check()


def test_a_stand_in_who_may_not_decide_it_does_not_get_it(world: World) -> None:
    case_id = world.submit("600 EUR", sure=0.8)
    world.absent("ann", stand_in="bo")  # who may decide up to 500
    pass_on(world.context)
    assert world.held(case_id).person == "spec"
    world.check()


def test_where_nobody_else_is_here_it_stays_and_new_work_goes_to_whoever_is_back_first(world: World) -> None:
    (case_id,) = given_to_ann(world)
    for name in ("bo", "spec", "deputy", "lead", "boss", "dev.two"):
        world.absent(name, days=5)
    world.absent("ann", days=1)
    assert pass_on(world.context) == 0
    assert world.held(case_id).person == "ann"
    assert world.held(world.submit(sure=0.8)).person == "ann"
    world.check()


def test_a_question_stays_with_whom_it_was_put_to(world: World) -> None:
    (case_id,) = given_to_ann(world)
    world.verdict(case_id, "ask", by="ann", question="Who?", to="bo")
    world.absent("bo", stand_in="spec")
    assert pass_on(world.context) == 0
    assert world.held(case_id).person == "bo"
    world.check()


def test_somebody_away_is_not_picked_and_escalation_prefers_who_is_here(world: World) -> None:
    world.absent("ann")
    world.absent("lead")
    case_id = world.submit(sure=0.8)
    assert world.held(case_id).person == "bo"
    # the map names lead, who is away
    world.verdict(case_id, "escalate")
    assert world.held(case_id).person == "deputy"
    world.check()


# In turn


def test_each_gets_one_in_turn_over_batches_and_restarts(world: World) -> None:
    world.queue("desk", strategy="round-robin")
    found = [world.held(world.submit(sure=0.8)).person for _ in range(7)]
    assert found == ["ann", "bo", "spec", "ann", "bo", "spec", "ann"]
    world.absent("bo")
    assert [world.held(world.submit(sure=0.8)).person for _ in range(2)] == ["spec", "ann"]
    world.check()


def test_a_batch_is_shared_out_evenly(world: World) -> None:
    world.queue("desk", strategy="round-robin")
    given = Submission(process="refunds", input={"total": "1 EUR", "sure": 0.8, "customer": "Acme"})
    for _ in range(2):
        submit_many(world.context, [given] * 10, submitter="robot")
        world.run()
    with world.context.db.read() as connection:
        held = Counter(one.person for one in cases.opened(connection, since=None))
    assert max(held.values()) - min(held.values()) <= 1, held
    world.check()


# Skills


@pytest.fixture
def skilled(world: World) -> World:
    """Work for people who know German: ann a little, spec some, bo none."""
    world.hired(
        ann=Person(skills={"german": 1}), spec=Person(skills={"german": 2}), bo=Person(),
    )  # fmt: skip
    world.queue("desk", skills={"german": Needed(level=3, relax=timedelta(hours=1))})
    return world


def test_who_knows_best_has_it_until_less_is_enough(skilled: World) -> None:
    first, second = skilled.submit(sure=0.8), skilled.submit(sure=0.8)
    assert {skilled.held(first).person, skilled.held(second).person} == {"spec"}
    assert skilled.held(first).relax_at == skilled.held(first).opened_at + timedelta(hours=1)
    skilled.wait(minutes=61)
    assert told(skilled, first).startswith(
        "Stays with spec, because nobody who knows more was there in time."
    )
    assert skilled.held(first).relax_at is None
    skilled.check()


def test_somebody_who_knows_more_and_has_come_gets_it(skilled: World) -> None:
    case_id = skilled.submit(sure=0.8)
    skilled.hired(bo=Person(skills={"german": 4}))
    skilled.wait(minutes=61)
    held = skilled.held(case_id)
    # spec knows enough by now as well, and has more to do
    assert held.person == "bo"
    assert told(skilled, case_id).startswith("Handed from spec to bo")
    skilled.check()


def test_what_was_opened_stays(skilled: World) -> None:
    case_id = skilled.submit(sure=0.8)
    skilled.hired(bo=Person(skills={"german": 4}))
    now = skilled.context.clock()
    skilled.context.db.write(lambda connection: viewing.renew(connection, [(case_id, "spec")], at=now))
    skilled.wait(minutes=61)
    assert skilled.held(case_id).person == "spec"
    assert "spec has opened it" in told(skilled, case_id)
    assert relax(skilled.context) == 0
    skilled.check()


def test_several_things_of_one_case_all_pass_to_others(a_world: Callable[..., World]) -> None:
    world = a_world((
        "    yes_no: true\n    level: automate\n",
        "    yes_no: true\n    level: notify\n    notify: {window: PT9H, acts: after_window}\n",
    ))  # fmt: skip
    ids = [world.submit(sure=0.99) for _ in range(3)]
    for case_id in ids:
        with world.context.db.read() as connection:
            found = cases.open_of(connection, case_id)
        assert [one.kind for one in found] == ["notice"]
        claim(world.context, "ann", case_id, of=found[0].id)
    world.absent("ann")
    assert pass_on(world.context) == 3
    with world.context.db.read() as connection:
        assert not cases.held_by(connection, ["ann"])
    world.check()


def test_a_case_that_moves_on_meanwhile_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = given_to_ann(world, count=2)
    missed = []

    def slow(context: Context, passage: Passage) -> Case | None:
        if len(missed) < 1:
            missed.append(passage.case.id)
            handling.prioritise(context, "lead", passage.case.id, Precedence.LOW, "meanwhile")
        return alone(context, passage)

    monkeypatch.setattr("surehand.flow.passing.alone", slow)
    world.absent("ann")
    assert pass_on(world.context) == 2
    assert missed
    assert "ann" not in {world.held(case_id).person for case_id in ids}
    world.check()


def test_what_always_moves_on_is_left_for_the_next_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_to_ann(world, count=2)
    world.absent("ann")
    with monkeypatch.context() as patch:
        patch.setattr("surehand.flow.passing.alone", lambda context, passage: None)
        assert pass_on(world.context) == 0
    assert pass_on(world.context) == 2
    world.check()


def test_the_work_of_who_leaves_goes_to_each_in_turn(world: World) -> None:
    world.queue("desk", strategy="round-robin")
    given_to_ann(world, count=8)
    people.disable(world.context, "ann", by="admin", because="has left")
    with world.context.db.read() as connection:
        held = cases.held_by(connection, ["bo", "spec"])
    assert Counter(one.person for one in held) == {"bo": 4, "spec": 4}
    assert sorted(one.turn for one in held if one.turn) == sorted({one.turn for one in held if one.turn})
    world.check()


def test_who_has_to_agree_is_whoever_has_least_to_do(a_world: Callable[..., World]) -> None:
    world = a_world((
        "    queue: desk\n    sla",
        "    four_eyes: [{about: money, because: Two}]\n    queue: desk\n    sla",
    ))  # fmt: skip
    ids = [world.submit(sure=0.8) for _ in range(6)]
    for case_id in ids:
        claim(world.context, "spec", case_id)
    for case_id in ids:
        world.verdict(case_id, "approve", by="spec")
    assert Counter(world.held(case_id).person for case_id in ids) == {"ann": 3, "bo": 3}
    world.check()


# Different queues for different risks


ROWS = (
    "    queue: desk\n    sla: {due: PT8H, remind: PT6H, escalate_to: lead}",
    "    queue: desk\n    queues:\n"
    "      - {when: \"tone == 'loud'\", queue: fraud}\n"
    '      - {when: "total.base > 300.0", queue: large}\n'
    "    sla: {due: PT8H, remind: PT6H, escalate_to: lead}",
)


EXTRA = """\
  fraud: {owner: boss, members: [clerk], due: PT24H}
  large: {owner: boss, members: [spec], due: PT24H}
"""


@pytest.mark.parametrize(
    ("given", "queue", "person"),
    [
        ({}, "desk", "ann"),
        ({"letter": "loud"}, "fraud", "clerk"),
        ({"total": "400 EUR"}, "large", "spec"),
        ({"total": "400 EUR", "letter": "loud"}, "fraud", "clerk"),
    ],
)
def test_the_first_row_that_holds_says_the_queue(
    a_world: Callable[..., World],
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    queue: str,
    person: str,
) -> None:
    monkeypatch.setattr("tests.flow.world.PEOPLE", PEOPLE.replace("queues:\n", f"queues:\n{EXTRA}"))
    world = a_world(ROWS)
    held = world.held(world.submit(sure=0.8, **given))
    assert (held.queue, held.person) == (queue, person)
    world.check()


def test_what_cannot_be_told_goes_to_the_usual_queue_with_a_reason(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.flow.world.PEOPLE", PEOPLE.replace("queues:\n", f"queues:\n{EXTRA}"))
    world = a_world(ROWS)
    # a currency without a rate
    held = world.held(world.submit("10 CHF", sure=0.8))
    assert held.queue == "desk"
    assert "whether it is one for large could not be told" in held.because
    world.check()


@pytest.mark.parametrize(("total", "person"), [("10 EUR", "clerk"), ("400 EUR", "spec")])
def test_what_people_of_such_a_queue_approve_runs(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, total: str, person: str
) -> None:
    monkeypatch.setattr("tests.flow.world.PEOPLE", PEOPLE.replace("queues:\n", f"queues:\n{EXTRA}"))
    world = a_world(ROWS)
    case_id = world.submit(total, sure=0.8, letter="loud" if person == "clerk" else "calm")
    assert world.held(case_id).person == person
    assert world.verdict(case_id, "approve", by=person).state == "done"
    assert world.action(case_id).state == "done"
    assert world.action(case_id).authority["queue"] in ("fraud", "large")
    undo(world.context, person, case_id, "pay")
    world.run()
    assert world.action(case_id).state == "undone"
    world.check()


def test_who_left_such_a_queue_before_it_runs_has_approved_nothing(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.flow.world.PEOPLE", PEOPLE.replace("queues:\n", f"queues:\n{EXTRA}"))
    world = a_world(ROWS)
    case_id = world.submit(sure=0.8, letter="loud")
    submit_verdict(world.context, "clerk", case_id, Answer(kind="approve"))

    def without_clerk(now: People) -> People:
        fraud = now.queues["fraud"].model_copy(update={"members": ("spec",)})
        return now.model_copy(update={"queues": now.queues | {"fraud": fraud}})

    world.edited(without_clerk)
    world.run()
    assert "clerk does not belong to the queue fraud" in (world.action(case_id).error or "")
    assert not world.calls("pay")
    world.check()
