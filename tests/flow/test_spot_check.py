"""The level `spot_check`: a recorded draw, a blind review after the fact, and what follows from a finding."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from surehand.core.case import Assignment, CaseState
from surehand.core.draws import draw
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput
from surehand.flow.review import claim, submit_verdict
from surehand.store import cases, tables
from tests.flow.world import World

BANDS = "    bands: review-flow\n"


def checks(share: float = 1.0, on_error: str = "ask") -> tuple[str, str]:
    text = f"    level: spot_check\n    spot_check: {{share: {share}, within: P2D, on_error: {on_error}}}\n"
    return BANDS, text


#: An undo without asking needs one for every action.
SENDS = ("  - act: send\n    after: true\n", "  - act: send\n    after: true\n    undo: unsend\n")
#: An exception that compares the decision with a choice.
UNMAPPED = (
    "  - {name: large-refund, when: \"refund == 'pay' && total.base > 5000.0\", queue: desk, "
    "sla: {due: PT2H}}\n",
    "",
)
UNSEND = ("def send(key", 'def unsend(key: str) -> None:\n    does("unsend", key=key)\n\n\ndef send(key')


def beside(world: World, case_id: str) -> Assignment:
    with world.context.db.read() as connection:
        (found,) = cases.beside(connection, [case_id])[case_id]
    return found


def answer(world: World, case_id: str, value: Any, *, by: str | None = None, **more: Any) -> str | None:
    """Decide the check; how it ended."""
    check = beside(world, case_id)
    submit_verdict(
        world.context, by or check.person, case_id, Answer(kind="approve", value=value, **more), of=check.id
    )
    world.run()
    found: str | None = world.value(tables.assignment, "ending", id=check.id)
    return found


def outcomes(world: World, case_id: str) -> list[tuple[bool | None, Any, str]]:
    with world.context.db.read() as connection:
        return [(o.correct, o.value, o.by) for o in cases.outcomes(connection, case_id)]


def test_the_case_does_not_wait_for_its_check(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit()
    check = beside(world, case_id)
    assert world.case(case_id).state is CaseState.DONE
    assert (check.kind, check.person, check.blind) == ("check", "ann", True)
    assert len(world.calls("pay")) == 1
    world.check()


def test_the_draw_is_recorded_and_can_be_repeated(a_world: Callable[..., World]) -> None:
    world = a_world(checks(0.3))
    drawn = 0
    for _ in range(40):
        case_id = world.submit()
        judged = world.judgements(case_id)[0]
        again = draw(world.context.secret, case_id=case_id, point="refund", round=1)
        assert judged.draw == {"share": 0.3, "draw": again, "checked": again < 0.3}
        with world.context.db.read() as connection:
            given = cases.beside(connection, [case_id]).get(case_id, [])
        assert bool(given) == judged.draw["checked"]
        drawn += bool(given)
        (routed,) = [e for e in world.events(case_id) if e.kind == "routed" and e.body["point"] == "refund"]
        assert routed.body["draw"] == judged.draw
    expected, spread = 40 * 0.3, math.sqrt(40 * 0.3 * 0.7)
    assert abs(drawn - expected) < 5 * spread
    world.check()


def test_a_decision_that_was_right_is_recorded_as_right(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit()
    assert answer(world, case_id, "pay") == "right"
    assert outcomes(world, case_id) == [(True, "pay", "ann")]
    assert world.calls("take_back") == []
    world.check()


def test_a_check_is_decided_by_its_holder_alone_and_unseen(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit()
    check = beside(world, case_id)
    with pytest.raises(InvalidInput, match="without a recommendation"):
        answer(world, case_id, None)
    with pytest.raises(InvalidInput, match="one of: pay, reject"):
        answer(world, case_id, "both")
    with pytest.raises(Forbidden, match="decided unseen by the one it was given to"):
        answer(world, case_id, "pay", by="spec")
    with pytest.raises(Forbidden):
        claim(world.context, "spec", case_id, of=check.id)
    with pytest.raises(Conflict):
        submit_verdict(world.context, "spec", case_id, Answer(kind="approve", value="pay"))
    world.check()


def test_a_finding_goes_to_whoever_answers_for_the_queue(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit()
    assert answer(world, case_id, "reject", note="It was bought elsewhere") == "wrong"
    assert outcomes(world, case_id) == [(False, "reject", "ann")]
    finding = beside(world, case_id)
    assert (finding.kind, finding.person, finding.point) == ("finding", "lead", "finding:refund")
    assert "found it wrong: reject would be right" in finding.because
    assert world.case(case_id).state is CaseState.DONE
    world.check()

    submit_verdict(world.context, "lead", case_id, Answer(kind="approve"), of=finding.id)
    world.run()
    # the letter of thanks cannot be taken back, so a person is asked about it first
    held = world.held(case_id)
    assert "no way to take send back" in held.because
    world.verdict(case_id, "approve", value="compensated", note="Called them")
    assert world.value(tables.assignment, "ending", id=finding.id) == "compensated"
    assert world.keys("take_back") == [f"{case_id}:pay:1:undo"]
    case = world.case(case_id)
    assert (case.answers["refund"]["value"], case.answers["refund"]["by"]) == ("reject", "lead")
    world.check()


def test_a_finding_may_be_left_standing(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit()
    answer(world, case_id, "reject")
    finding = beside(world, case_id)
    submit_verdict(world.context, "lead", case_id, Answer(kind="reject", note="Not worth it"), of=finding.id)
    world.run()
    assert world.value(tables.assignment, "ending", id=finding.id) == "stood"
    assert world.calls("take_back") == []
    assert outcomes(world, case_id) == [(False, "reject", "ann")]
    world.check()


def test_a_finding_may_trigger_the_undo_at_once(a_world: Callable[..., World]) -> None:
    world = a_world(checks(on_error="undo"), SENDS, UNSEND)
    case_id = world.submit()
    assert answer(world, case_id, "reject") == "undone"
    assert world.keys("take_back") == [f"{case_id}:pay:1:undo"]
    assert world.keys("unsend") == [f"{case_id}:send:1:undo"]
    case = world.case(case_id)
    assert case.answers["refund"] == {"value": "reject", "by": "ann", "round": 2}
    assert outcomes(world, case_id) == [(False, "reject", "ann")]
    world.check()


def test_a_finding_may_only_be_recorded(a_world: Callable[..., World]) -> None:
    world = a_world(checks(on_error="record"))
    case_id = world.submit()
    assert answer(world, case_id, "reject") == "wrong"
    with world.context.db.read() as connection:
        assert cases.beside(connection, [case_id]) == {}
    assert outcomes(world, case_id) == [(False, "reject", "ann")]
    world.check()


WAITS = ("    yes_no: true\n    level: automate\n", "    yes_no: true\n    level: review\n")


@pytest.mark.parametrize("on_error", ["ask", "undo"])
def test_a_decision_that_does_not_stand_any_more_is_only_recorded(
    a_world: Callable[..., World], on_error: str
) -> None:
    world = a_world(checks(on_error=on_error), SENDS, UNSEND)
    case_id = world.submit(total="6000 EUR")
    check = beside(world, case_id)
    world.verdict(case_id, "edit", fields={"customer": "watched"})
    assert "refund" not in world.case(case_id).answers
    assert beside(world, case_id) == check
    assert answer(world, case_id, "reject") == "wrong"
    assert outcomes(world, case_id) == [(False, "reject", "ann")]
    assert world.calls("take_back") == []
    world.check()


@pytest.mark.parametrize("on_error", ["ask", "undo"])
def test_a_decision_that_stands_in_a_later_round_is_taken_back(
    a_world: Callable[..., World], on_error: str
) -> None:
    world = a_world(checks(on_error=on_error), SENDS, UNSEND, WAITS)
    case_id = world.submit()
    world.verdict(case_id, "edit", fields={"sure": "0.9"})
    world.verdict(case_id, "approve", value=True)
    assert (world.case(case_id).round, world.case(case_id).answers["refund"]["round"]) == (2, 1)
    ended = answer(world, case_id, "reject")
    if on_error == "ask":
        finding = beside(world, case_id)
        assert (ended, finding.round) == ("wrong", 1)
        submit_verdict(world.context, "lead", case_id, Answer(kind="approve"), of=finding.id)
        world.run()
        ended = world.value(tables.assignment, "ending", id=finding.id)
    assert ended == "undone"
    assert world.keys("take_back") == [f"{case_id}:pay:1:undo"]
    assert world.case(case_id).answers["refund"]["value"] == "reject"
    world.check()


def test_a_finding_is_closed_when_its_decision_falls(a_world: Callable[..., World]) -> None:
    world = a_world(checks(), SENDS, UNSEND)
    case_id = world.submit(total="6000 EUR")
    assert answer(world, case_id, "reject") == "wrong"
    finding = beside(world, case_id)
    assert finding.kind == "finding"
    world.verdict(case_id, "edit", fields={"customer": "watched"})
    with world.context.db.read() as connection:
        assert cases.beside(connection, [case_id]) == {}
    with pytest.raises(Conflict):
        submit_verdict(world.context, "lead", case_id, Answer(kind="approve"), of=finding.id)
    world.check()


def test_a_check_that_is_late_is_reminded_of_and_passed_on_but_never_dropped(
    a_world: Callable[..., World],
) -> None:
    world = a_world(checks())
    case_id = world.submit()
    world.wait(days=2, minutes=1)
    assert beside(world, case_id).person == "lead"
    world.wait(days=3)
    assert beside(world, case_id).person == "boss"
    world.wait(days=30)
    assert beside(world, case_id).open
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_a_number_is_right_within_its_tolerance(a_world: Callable[..., World]) -> None:
    world = a_world(
        checks(on_error="record"),
        ("    choices: [pay, reject]\n", "    number: {unit: EUR, tolerance: 0.1, least: 0}\n"),
        ("    after: pay\n", ""),
        ("Recommendation[str]", "Recommendation[float]"),
        ('value=answer or "pay"', "value=100.0"),
        UNMAPPED,
    )
    right, wrong = world.submit(), world.submit()
    assert answer(world, right, "95") == "right"
    assert answer(world, wrong, "70") == "wrong"
    world.check()


def test_a_draft_is_read_and_not_written_again(a_world: Callable[..., World]) -> None:
    world = a_world(
        checks(on_error="ask"),
        ("  - decide: refund\n    choices: [pay, reject]\n", "  - draft: refund\n"),
        ("    after: pay\n", ""),
        UNMAPPED,
    )
    case_id = world.submit(answer="Dear Acme")
    check = beside(world, case_id)
    assert not check.blind
    submit_verdict(world.context, check.person, case_id, Answer(kind="reject", note="Wrong sum"), of=check.id)
    assert outcomes(world, case_id) == [(False, None, "ann")]
    assert beside(world, case_id).kind == "finding"
    world.check()


def test_a_person_overrides_a_number_only_beyond_its_tolerance(a_world: Callable[..., World]) -> None:
    world = a_world(
        ("    choices: [pay, reject]\n", "    number: {unit: EUR, tolerance: 0.01, tolerance_units: 2}\n"),
        ("    after: pay\n", ""),
        ("Recommendation[str]", "Recommendation[float]"),
        ('value=answer or "pay"', "value=37.0"),
        UNMAPPED,
    )
    for given, override in (("39", False), ("39.01", True)):
        case_id = world.submit(sure=0.8)
        world.verdict(case_id, "approve", value=given)
        (verdict,) = world.verdicts(case_id)
        # what is carried out is the number that was given, also where it agrees
        assert (verdict.value, verdict.override) == (float(given), override)
        assert world.case(case_id).answers["refund"]["value"] == float(given)
