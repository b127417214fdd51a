"""The level `notify`: who is told may override, which prevents it, undoes it, or is made good by a person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.case import Assignment, CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput
from surehand.flow.review import submit_verdict
from surehand.flow.undo import undo
from surehand.store import cases, tables, work
from tests.flow.world import World

BANDS = "    bands: review-flow\n"
#: The decision about the refund is told of; its window is four hours.
LATER = (BANDS, "    level: notify\n    notify: {window: PT4H, acts: after_window}\n")
NOW = (BANDS, "    level: notify\n    notify: {window: PT4H, acts: now}\n")
#: The last action cannot be taken back, so with `acts: now` it must get an undo.
SENDS = ("  - act: send\n    after: true\n", "  - act: send\n    after: true\n    undo: unsend\n")
UNSEND = ("def send(key", 'def unsend(key: str) -> None:\n    does("unsend", key=key)\n\n\ndef send(key')
AT_ONCE = (NOW, SENDS, UNSEND)
#: The second decision waits for a person.
WAITS = ("    yes_no: true\n    level: automate\n", "    yes_no: true\n    level: review\n")


def told(world: World, case_id: str) -> Assignment:
    with world.context.db.read() as connection:
        (notice,) = cases.beside(connection, [case_id])[case_id]
    return notice


def override(world: World, case_id: str, kind: str = "reject", by: str = "ann", **answer: Any) -> Assignment:
    """What the person answers; the notice afterwards."""
    notice = told(world, case_id)
    submit_verdict(world.context, by, case_id, Answer(kind=kind, **answer), of=notice.id)
    with world.context.db.read() as connection:
        after = cases.assigned(connection, notice.id)
    assert after is not None
    return after


def ending(world: World, notice: Assignment) -> str | None:
    found: str | None = world.value(tables.assignment, "ending", id=notice.id)
    return found


# After the window


def test_nothing_runs_before_the_window_has_passed(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit()
    case, notice = world.case(case_id), told(world, case_id)
    assert (case.state, case.owner, case.due_at) == (CaseState.HOLDING, "engine", notice.due_at)
    assert notice.due_at - notice.opened_at == timedelta(hours=4)
    assert (notice.person, notice.kind, notice.open) == ("ann", "notice", True)
    world.wait(hours=3, minutes=59)
    assert world.calls("pay") == []
    world.check()
    world.wait(minutes=2)
    assert world.case(case_id).state is CaseState.DONE
    assert len(world.calls("pay")) == 1
    assert ending(world, notice) == "stood"
    assert "window_passed" in world.kinds(case_id)
    world.check()


def test_who_is_told_may_let_it_go_on_at_once(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit()
    notice = override(world, case_id, "approve")
    world.run()
    assert notice.ending == "stood"
    assert world.case(case_id).state is CaseState.DONE
    assert len(world.calls("pay")) == 1
    (verdict,) = world.verdicts(case_id)
    assert (verdict.person, verdict.override, verdict.value) == ("ann", False, "pay")
    assert world.action(case_id).authority["by"] == "policy"
    world.check()


def test_an_override_before_the_window_has_passed_prevents_it(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit()
    notice = override(world, case_id, note="The customer withdrew")
    world.run()
    case = world.case(case_id)
    assert notice.ending == "prevented"
    assert case.state is CaseState.DONE
    assert case.answers["refund"] == {"value": "reject", "by": "ann", "round": 2}
    assert world.calls("pay") == []
    world.wait(hours=5)
    assert world.calls("pay") == []
    assert world.case(case_id).rev == case.rev
    world.check()


def test_an_override_may_correct_what_it_was_decided_on(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit()
    first = override(world, case_id, "edit", fields={"total": "70 EUR"})
    world.run()
    assert ending(world, first) == "prevented"
    second = told(world, case_id)
    assert second.round == world.case(case_id).round > first.round
    world.wait(hours=4, minutes=1)
    (call,) = world.calls("pay")
    assert "70" in call["total"]
    world.check()


def test_an_override_names_another_answer_or_a_correction(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit(answer="reject")
    with pytest.raises(InvalidInput, match="decided so already"):
        override(world, case_id, "reject")
    with pytest.raises(InvalidInput, match="at least one field"):
        override(world, case_id, "edit")
    with pytest.raises(InvalidInput, match="approve, reject, edit"):
        override(world, case_id, "escalate")
    assert override(world, case_id, "approve", value="pay").ending == "prevented"
    world.run()
    assert len(world.calls("pay")) == 1
    assert world.action(case_id).authority["by"] == "ann"
    world.check()


def test_an_override_comes_in_time_or_not_at_all(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit()
    notice = told(world, case_id)
    world.bench.clock.move(timedelta(hours=4))
    with pytest.raises(Conflict, match="The window closed at"):
        submit_verdict(world.context, "ann", case_id, Answer(kind="reject"), of=notice.id)
    world.run()
    assert (ending(world, notice), len(world.calls("pay"))) == ("stood", 1)
    with pytest.raises(Conflict):
        submit_verdict(world.context, "ann", case_id, Answer(kind="reject"), of=notice.id)
    world.check()


def test_who_may_not_decide_it_may_not_override_it(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    case_id = world.submit(total="800 EUR")
    with pytest.raises(Forbidden, match="This case is beyond what bo may decide"):
        override(world, case_id, by="bo")
    assert "denied" in {link.kind for link in world.events("system")}
    world.check()


# At once


def test_what_ran_at_once_stands_when_the_window_has_passed(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    case_id = world.submit()
    notice = told(world, case_id)
    assert world.case(case_id).state is CaseState.DONE
    world.wait(hours=5)
    assert ending(world, notice) == "stood"
    assert (len(world.calls("pay")), world.calls("take_back")) == (1, [])
    world.check()


def test_an_override_takes_everything_back_that_ran_the_latest_first(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    case_id = world.submit()
    notice = override(world, case_id)
    assert (notice.open, notice.ending, world.case(case_id).state) == (False, None, CaseState.ACTING)
    world.check()
    world.run()
    case = world.case(case_id)
    assert ending(world, notice) == "undone"
    assert (case.state, case.answers["refund"]["value"], case.round) == (CaseState.DONE, "reject", 2)
    assert world.keys("take_back") == [f"{case_id}:pay:1:undo"]
    assert world.keys("unsend") == [f"{case_id}:send:1:undo"]
    kinds = world.kinds(case_id)
    steps = [e.body["step"] for e in world.events(case_id) if e.kind == "action_undone"]
    assert steps == ["send", "pay"]
    assert kinds.index("revoking") < kinds.index("action_undone") < kinds.index("revoked")
    # the thanks were decided anew, now that it is a refusal
    assert world.keys("send") == [f"{case_id}:send:1", f"{case_id}:send:2"]
    world.check()


def test_what_was_not_begun_is_prevented(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    world.plan(pay=["temporary"])
    case_id = world.submit()
    assert world.case(case_id).state is CaseState.ACTING
    notice = override(world, case_id)
    assert notice.ending == "prevented"
    world.run()
    world.wait(hours=1)
    assert len(world.calls("pay")) == 1
    assert world.action(case_id).state == "abandoned"
    assert world.calls("take_back") == []
    world.check()


@pytest.mark.parametrize(("answer", "end", "undone"), [("ok", "undone", 1), ("no", "prevented", 0)])
def test_what_is_not_known_is_found_out_first(
    a_world: Callable[..., World], answer: str, end: str, undone: int
) -> None:
    world = a_world(*AT_ONCE)
    world.plan(pay=["unknown"], was_paid=[answer])
    case_id = world.submit()
    notice = override(world, case_id)
    assert notice.ending is None
    world.wait(minutes=1)
    assert ending(world, notice) == end
    assert (len(world.calls("pay")), len(world.calls("take_back"))) == (1, undone)
    world.check()


@pytest.mark.parametrize(("said", "end", "undone"), [("happened", "undone", 1), ("retry", "prevented", 0)])
def test_a_person_says_what_nobody_else_can(
    a_world: Callable[..., World], said: str, end: str, undone: int
) -> None:
    world = a_world(*AT_ONCE, ("    confirm: was_paid\n", ""))
    world.plan(pay=["unknown"])
    case_id = world.submit()
    assert world.held(case_id).kind == "repair"
    notice = override(world, case_id)
    assert world.held(case_id).kind == "repair"
    world.verdict(case_id, "approve", value=said)
    assert ending(world, notice) == end
    assert (len(world.calls("pay")), len(world.calls("take_back"))) == (1, undone)
    world.check()


def test_a_repeatable_action_whose_end_is_not_known_ends_and_is_taken_back(
    a_world: Callable[..., World],
) -> None:
    world = a_world(*AT_ONCE)
    world.plan(send=["timeout"])
    case_id = world.submit()
    assert world.action(case_id, "send").state == "unknown"
    notice = override(world, case_id)
    assert notice.ending is None
    world.wait(minutes=1)
    assert ending(world, notice) == "undone"
    assert world.keys("send")[:2] == [f"{case_id}:send:1"] * 2
    assert world.keys("unsend") == [f"{case_id}:send:1:undo"]
    world.check()


def test_a_repeatable_action_that_a_worker_holds_is_not_taken_for_prevented(
    a_world: Callable[..., World],
) -> None:
    world = a_world(*AT_ONCE)
    world.plan(send=["temporary"])
    case_id = world.submit()

    def claimed(connection: Any) -> list[Any]:
        later = world.context.clock() + timedelta(minutes=1)
        return work.claim(connection, "act", worker="gone", limit=5, now=later, lease=timedelta(minutes=2))

    (item,) = world.context.db.write(claimed)
    assert item.ref.endswith(":send:1")
    notice = override(world, case_id)
    assert notice.ending is None, "its worker may have had it sent, and may be dead since"
    world.wait(minutes=10)
    assert ending(world, notice) == "undone"
    assert world.keys("unsend") == [f"{case_id}:send:1:undo"]
    world.check()


def test_what_cannot_be_undone_is_made_good_by_a_person(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    world.plan(take_back=["permanent"])
    case_id = world.submit()
    notice = override(world, case_id)
    world.run()
    held = world.held(case_id)
    assert (held.kind, held.queue) == ("repair", "desk")
    with pytest.raises(InvalidInput, match="'compensated'"):
        world.verdict(case_id, "reject")
    world.verdict(case_id, "approve", value="compensated", note="Sent an invoice over it")
    assert ending(world, notice) == "compensated"
    assert world.action(case_id).state == "compensated"
    assert world.case(case_id).answers["refund"]["value"] == "reject"
    world.check()


@pytest.mark.parametrize("trouble", ["permanent", "timeout"])
@pytest.mark.parametrize(
    ("said", "end", "undone"),
    [("compensated", "compensated", 1), ("happened", "undone", 1), ("retry", "undone", 2)],
)
def test_an_override_waits_for_an_undo_that_a_person_has_to_settle(
    a_world: Callable[..., World], trouble: str, said: str, end: str, undone: int
) -> None:
    world = a_world(*AT_ONCE)
    world.plan(take_back=[trouble])
    case_id = world.submit()
    undo(world.context, "lead", case_id, "pay")
    world.run()
    assert world.held(case_id).point == f"{case_id}:pay:1:undo"
    world.check()
    notice = override(world, case_id)
    world.run()
    held = world.held(case_id)
    assert (held.point, held.round, notice.ending) == (f"{case_id}:pay:1:undo", 2, None)
    world.check()
    world.verdict(case_id, "approve", value=said)
    assert ending(world, notice) == end
    assert len(world.calls("take_back")) == undone
    assert world.keys("unsend") == [f"{case_id}:send:1:undo"]
    assert world.case(case_id).answers["refund"]["value"] == "reject"
    world.check()


def test_an_override_prevents_what_was_refused_before_it_ran(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE, WAITS)
    case_id = world.submit()
    submit_verdict(world.context, "deputy", case_id, Answer(kind="approve", value=True))
    world.away("deputy")
    world.run()
    assert world.held(case_id).because == "Not run: deputy is not an active person here"
    notice = override(world, case_id)
    world.run()
    assert (ending(world, notice), world.action(case_id, "send").state) == ("undone", "abandoned")
    assert world.calls("send") == []
    assert world.held(case_id).point == "thank"
    world.check()


#: The second decision is told of, too.
BOTH = (
    "    yes_no: true\n    level: automate\n",
    "    yes_no: true\n    level: notify\n    notify: {window: PT4H, acts: now}\n",
)


def notices(world: World, case_id: str) -> dict[tuple[str, int], Assignment]:
    with world.context.db.read() as connection:
        return {(n.point, n.round): n for n in cases.beside(connection, [case_id]).get(case_id, [])}


def test_an_override_closes_the_notices_of_decisions_that_fall_with_it(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE, BOTH)
    case_id = world.submit()
    first = notices(world, case_id)
    assert first.keys() == {("refund", 1), ("thank", 1)}
    refund, thank = first["refund", 1], first["thank", 1]
    submit_verdict(
        world.context, "ann", case_id, Answer(kind="edit", fields={"customer": "watched"}), of=refund.id
    )
    world.run()
    assert world.held(case_id).point == "refund"
    assert notices(world, case_id) == {}
    assert (ending(world, refund), ending(world, thank)) == ("undone", None)
    with pytest.raises(Conflict):
        submit_verdict(world.context, "spec", case_id, Answer(kind="reject"), of=thank.id)
    world.wait(hours=5)
    assert world.held(case_id).point == "refund"
    world.check()


def test_an_override_of_a_later_decision_leaves_the_earlier_one(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE, BOTH)
    case_id = world.submit()
    thank = notices(world, case_id)["thank", 1]
    submit_verdict(world.context, thank.person, case_id, Answer(kind="reject"), of=thank.id)
    world.run()
    left = notices(world, case_id)
    assert left.keys() == {("refund", 1)}
    submit_verdict(world.context, "ann", case_id, Answer(kind="reject"), of=left["refund", 1].id)
    world.run()
    assert (ending(world, thank), ending(world, left["refund", 1])) == ("undone", "undone")
    assert notices(world, case_id).keys() == {("thank", 3)}
    world.check()


def test_an_edit_closes_the_notice_of_a_decision_that_it_opens_anew(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    case_id = world.submit(total="6000 EUR")
    notice = told(world, case_id)
    world.verdict(case_id, "edit", fields={"customer": "watched"})
    assert (world.held(case_id).point, notices(world, case_id), ending(world, notice)) == ("refund", {}, None)
    with pytest.raises(Conflict):
        submit_verdict(world.context, "ann", case_id, Answer(kind="reject"), of=notice.id)
    assert world.held(case_id).point == "refund"
    world.check()


def test_an_override_stops_what_waits_behind_it(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE, WAITS)
    case_id = world.submit()
    assert world.held(case_id).point == "thank"
    notice = override(world, case_id, by="spec")
    world.run()
    assert ending(world, notice) == "undone"
    held = world.held(case_id)
    assert (held.point, held.round) == ("thank", 2)
    world.check()


def test_a_decision_is_overridden_once(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    case_id = world.submit()
    notice = told(world, case_id)
    override(world, case_id)
    with pytest.raises(Conflict):
        submit_verdict(world.context, "spec", case_id, Answer(kind="reject"), of=notice.id)
    world.run()
    world.check()


def test_whoever_was_told_and_leaves_is_replaced(a_world: Callable[..., World]) -> None:
    from surehand.flow.escalate import replace_absent

    world = a_world(LATER)
    case_id = world.submit()
    world.away("ann")
    assert replace_absent(world.context) == 1
    assert told(world, case_id).person == "bo"
    assert world.case(case_id).owner == "engine"
    world.check()
