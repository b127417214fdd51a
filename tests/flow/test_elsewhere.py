"""People say that they had to look elsewhere: recorded, told and counted, and nothing is decided by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from surehand.core.remarks import LONGEST
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import consult
from surehand.flow.elsewhere import look_elsewhere, said_before
from surehand.flow.explain import explain
from surehand.flow.remarks import PointRemarks, remarked
from surehand.flow.standing import looked_at
from surehand.flow.verify import verify
from surehand.store import tables
from tests.flow.world import World


def counted(world: World, point: str = "refund") -> PointRemarks:
    return next(one for one in remarked(world.context, "refunds").points if one.point == point)


def test_it_is_recorded_and_decides_nothing(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before, held = world.case(case_id), world.held(case_id)
    look_elsewhere(world.context, held.person, case_id, "earlier-case", "  the refund of March ")
    after = world.case(case_id)
    assert (after.state, after.due_at, after.owner, after.round) == (
        before.state, before.due_at, before.owner, before.round,
    )  # fmt: skip
    assert world.held(case_id) == held
    last = explain(world.context, case_id).entries[-1]
    assert last.sentence == ("ann had to look elsewhere: an earlier case was missing. “the refund of March”")
    assert verify(world.context).holds
    world.verdict(case_id, "approve")
    assert world.case(case_id).state == "done"
    world.check()


def test_the_second_takes_the_place_of_the_first(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for what, words in (("document", "the contract"), ("person", "asked Kim"), ("person", "asked Kim")):
        look_elsewhere(world.context, "ann", case_id, what, words)
    look_elsewhere(world.context, "bo", case_id, "policy")
    assert world.kinds(case_id).count("looked_elsewhere") == 3  # the same again is nothing new
    found, _ = looked_at(world.context, "ann", case_id)
    said = said_before(world.context, "ann", found)
    assert said is not None
    assert (said.what, said.words) == ("person", "asked Kim")
    assert counted(world).lacks == {"policy": 1, "person": 1}
    assert verify(world.context).holds


def test_what_is_said_is_bounded(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for what, words, where in (
        ("weather", "", "what"), ("", "x", "what"), ("other", "  ", "words"), ("policy", "a\x00b", "words"),
        ("policy", "x" * (LONGEST + 1), "words"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            look_elsewhere(world.context, "ann", case_id, what, words)
        assert [fault.where for fault in refused.value.faults] == [where]
    look_elsewhere(world.context, "ann", case_id, "policy", "x" * LONGEST)


def test_it_is_for_those_who_may_decide_while_it_waits(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for name in ("dev", "clerk", "nobody.here"):
        with pytest.raises(NotFound):
            look_elsewhere(world.context, name, case_id, "policy")
    with pytest.raises(Forbidden):  # sees it, and may not decide it
        look_elsewhere(world.context, "admin", case_id, "policy")
    with pytest.raises(Conflict):
        look_elsewhere(world.context, "ann", case_id, "policy", round=2)
    world.verdict(case_id, "approve", by="ann")
    with pytest.raises(Conflict):
        look_elsewhere(world.context, "ann", case_id, "policy")
    assert "looked_elsewhere" not in world.kinds(case_id)


def test_it_is_counted_per_decision_point(a_world: Callable[..., World]) -> None:
    world = a_world()
    assert counted(world).rate is None
    for number in range(4):
        case_id = world.submit(sure=0.8)
        if number < 2:
            look_elsewhere(world.context, world.held(case_id).person, case_id, "document")
        world.verdict(case_id, "approve")
    asked = world.submit(sure=0.8)
    look_elsewhere(world.context, world.held(asked).person, asked, "person")
    world.verdict(asked, "escalate")
    exception = world.submit(sure=0.8, letter="angry")
    look_elsewhere(world.context, world.held(exception).person, exception, "policy")
    found = counted(world)
    assert (found.decided, found.lacking) == (4, 2)
    assert found.lacks == {"document": 2, "person": 1}
    assert found.rate is not None
    assert 0 < found.rate.low < found.rate.share == 0.5 < found.rate.high < 1
    assert counted(world, "angry-letter").lacks == {"policy": 1}
    with pytest.raises(NotFound):
        remarked(world.context, "refunds", person="clerk")
    with pytest.raises(NotFound):
        remarked(world.context, "nothing")
    world.wait(days=31)
    assert (counted(world).decided, counted(world).lacks) == (0, {})


def test_words_are_told_of_cases_that_have_ended(world: World) -> None:
    """Whoever has to decide one alone may read the report."""
    case_id = world.submit(sure=0.8)
    look_elsewhere(world.context, "ann", case_id, "person", "Kim knows")
    for name in (None, "lead"):
        assert remarked(world.context, "refunds", person=name).quotes == ()
    world.verdict(case_id, "approve")
    for name in (None, "lead", "spec"):
        assert [one.words for one in remarked(world.context, "refunds", person=name).quotes] == ["Kim knows"]
    # who built it sees no cases, and what is beyond somebody is not shown to them
    for name in ("dev", "bo"):
        assert remarked(world.context, "refunds", person=name).quotes == ()


def test_a_repair_is_counted_at_its_step(world: World) -> None:
    world.plan(pay=["permanent"])
    case_id = world.submit(sure=0.95)
    assert world.held(case_id).kind == "repair"
    look_elsewhere(world.context, world.held(case_id).person, case_id, "system", "the bank")
    assert counted(world, "pay").lacks == {"system": 1}


def test_whoever_decides_alone_reads_nothing_of_it(world: World) -> None:
    """Somebody who saw the AI's view may have said it."""
    case_id = world.submit(sure=0.8)
    look_elsewhere(world.context, "ann", case_id, "other", "the machine says pay at 80")
    world.verdict(case_id, "edit", by="ann", fields={"customer": "watched"})
    held = world.held(case_id)
    assert held.level == "human"
    look_elsewhere(world.context, held.person, case_id, "other", "what I saw myself")
    for name in (held.person, "lead", "boss"):
        told = str(consult.events(world.context, name, case_id))
        told += str(explain(world.context, case_id, person=name).entries)
        assert "machine says" not in told
    world.verdict(case_id, "approve", value="reject", by=held.person)
    assert "machine says" in str(explain(world.context, case_id, person="lead").entries)


def test_a_changed_row_is_found(world: World) -> None:
    case_id = world.submit(sure=0.8)
    look_elsewhere(world.context, "ann", case_id, "document", "the contract")
    world.tamper(tables.elsewhere, {"case_id": case_id}, words="nothing")
    problems = [finding.problem for finding in verify(world.context, case_id).findings]
    assert len(problems) == 1
    assert "the stored elsewhere is not what event" in problems[0]


def test_a_clock_that_is_late_is_still_late(world: World) -> None:
    case_id = world.submit(sure=0.8)
    due = world.held(case_id).due_at
    world.wait(hours=1)
    look_elsewhere(world.context, "ann", case_id, "system")
    assert world.held(case_id).due_at == due
    assert world.context.clock() - timedelta(hours=1) < due
