"""An answer that differs from the AI's leads to a second opinion, and where two differ to a third."""

from collections.abc import Callable
from typing import Any

import pytest

from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, CaseState
from surehand.core.guarantee import Terms
from surehand.core.hearing import Answer
from surehand.core.routing import Earned
from surehand.core.steps import DecisionPoint
from surehand.errors import Forbidden, NotFound
from surehand.flow import guarding
from surehand.flow.consult import consult
from surehand.flow.context import Context
from surehand.flow.escalate import replace_absent
from surehand.flow.review import claim, submit_verdict
from surehand.flow.running import sweep
from surehand.store import cases, evidence, tables
from tests.flow.world import World

POINT = ("refunds", "refund")
#: What runs alone from 0.5 on, all of it checked; what does not is all decided unseen.
TERMS = Terms(epoch=1, block=0, cut=0.5, check=1.0, blind=1.0, worth=0.2)


def promise(on_error: str = "ask") -> tuple[str, str]:
    return "    bands: review-flow\n", f"    guarantee: {{error: 0.02, within: P2D, on_error: {on_error}}}\n"


#: `undo` without asking needs one for every action.
SENDS = ("  - act: send\n    after: true\n", "  - act: send\n    after: true\n    undo: unsend\n")
UNSEND = ("def send(key", 'def unsend(key: str) -> None:\n    does("unsend", key=key)\n\n\ndef send(key')


@pytest.fixture(autouse=True)
def earned(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = guarding.earned

    def of_now(context: Context, process: BoundProcess, point: DecisionPoint) -> Earned | None:
        found = usual(context, process, point)
        return None if found is None else Earned(TERMS, 0.02)

    monkeypatch.setattr(guarding, "earned", of_now)


def checks(world: World, case_id: str) -> list[Assignment]:
    with world.context.db.read() as connection:
        found = cases.beside(connection, [case_id]).get(case_id, [])
    return [one for one in found if one.kind == "check"]


def the_check(world: World, case_id: str) -> Assignment:
    (found,) = checks(world, case_id)
    return found


def say(world: World, case_id: str, value: Any) -> Assignment:
    """Whoever has the check decides it so; returns what they had."""
    check = the_check(world, case_id)
    answer = Answer(kind="approve", value=value)
    submit_verdict(world.context, check.person, case_id, answer, of=check.id)
    world.run()
    return check


def proven(world: World, case_id: str) -> list[bool]:
    """What the guard will be told of the AI's answer."""
    with world.context.db.read() as connection:
        found = [*evidence.fresh(connection, POINT, limit=100), *evidence.told(connection, POINT)]
    return [
        bool(one.evidence.body["right"])
        for one in found
        if one.evidence.kind == "answered" and one.evidence.case_id == case_id
    ]


def outcomes(world: World, case_id: str) -> list[tuple[bool | None, Any]]:
    with world.context.db.read() as connection:
        return [(o.correct, o.value) for o in cases.outcomes(connection, case_id)]


def test_whoever_answers_as_the_ai_did_settles_it(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit()
    say(world, case_id, "pay")
    assert proven(world, case_id) == [True]
    assert checks(world, case_id) == []
    world.check()


def test_two_who_differ_alike_find_it_wrong_and_the_owner_is_asked(a_world: Callable[..., World]) -> None:
    world = a_world(promise(), SENDS, UNSEND)
    case_id = world.submit()
    first = say(world, case_id, "reject")
    # nothing is known yet: pending counts as wrong for the guard by itself
    assert proven(world, case_id) == []
    assert outcomes(world, case_id) == []
    second = the_check(world, case_id)
    assert (second.point, second.about, second.blind) == ("second:refund", "refund", True)
    assert second.person != first.person
    assert "reject" not in second.because
    say(world, case_id, "reject")
    assert proven(world, case_id) == [False]
    assert outcomes(world, case_id) == [(False, "reject")]
    with world.context.db.read() as connection:
        (finding,) = cases.beside(connection, [case_id])[case_id]
    assert (finding.kind, finding.person) == ("finding", "lead")
    assert "reject would be right" in finding.because
    world.verdict(case_id, "approve", by="lead")
    assert world.case(case_id).answers["refund"]["value"] == "reject"
    assert len(world.calls("take_back")) == 1
    world.check()


def test_where_two_differ_the_most_senior_sees_both_answers_but_not_whose(
    a_world: Callable[..., World],
) -> None:
    world = a_world(promise())
    case_id = world.submit()
    first, second = say(world, case_id, "reject"), say(world, case_id, "pay")
    senior = the_check(world, case_id)
    assert senior.point == "senior:refund"
    assert "pay and reject: which is right?" in senior.because
    assert len({first.person, second.person, senior.person}) == 3
    assert not {first.person, second.person} & set(senior.because.split())
    say(world, case_id, "pay")
    # the first had slipped: the AI was right, and nothing is asked about it
    assert proven(world, case_id) == [True]
    assert outcomes(world, case_id) == [(True, "pay")]
    assert world.case(case_id).state is CaseState.DONE
    assert world.calls("take_back") == []
    world.check()


def test_the_specialist_is_the_senior(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    world.away("spec")
    case_id = world.submit()
    say(world, case_id, "reject")
    world.hired(spec=world.context.people.people["spec"].model_copy(update={"active": True}))
    say(world, case_id, "pay")
    assert the_check(world, case_id).person == "spec"
    world.check()


def test_nothing_is_undone_for_a_slip(a_world: Callable[..., World]) -> None:
    world = a_world(promise("undo"), SENDS, UNSEND)
    world.away("bo")  # has a limit, and what is at stake is not known any more when it is undone
    case_id = world.submit()
    say(world, case_id, "reject")
    assert world.calls("take_back") == []
    say(world, case_id, "reject")
    assert len(world.calls("take_back")) == 1
    assert world.case(case_id).answers["refund"]["value"] == "reject"
    world.check()


def test_a_slip_of_whoever_decided_first_is_found(a_world: Callable[..., World]) -> None:
    """A person decides unseen, and two others say that the AI would have been right."""
    world = a_world(promise(), SENDS, UNSEND)
    case_id = world.submit(sure=0.3)
    held = world.held(case_id)
    assert held.blind
    world.verdict(case_id, "approve", value="reject")
    # their decision stands meanwhile, and the case does not wait
    assert world.case(case_id).answers["refund"] == {"value": "reject", "by": held.person, "round": 1}
    assert say(world, case_id, "pay").point == "second:refund"
    assert say(world, case_id, "pay").point == "senior:refund"
    assert proven(world, case_id) == [True]
    assert outcomes(world, case_id) == [(False, "pay")]
    with world.context.db.read() as connection:
        (finding,) = cases.beside(connection, [case_id])[case_id]
    assert "pay would be right" in finding.because
    world.verdict(case_id, "approve", by=finding.person)
    assert world.case(case_id).answers["refund"]["value"] == "pay"
    assert len(world.calls("pay")) == 1
    world.check()


def test_a_decision_that_a_second_person_confirms_stands(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit(sure=0.3)
    world.verdict(case_id, "approve", value="reject")
    say(world, case_id, "reject")
    assert proven(world, case_id) == [False]
    assert outcomes(world, case_id) == [(True, "reject")]
    assert checks(world, case_id) == []
    world.check()


def test_below_what_may_ever_be_certified_the_first_answer_counts(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit(sure=0.1)
    world.verdict(case_id, "approve", value="reject")
    assert proven(world, case_id) == [False]
    assert checks(world, case_id) == []
    world.check()


def test_where_nobody_else_may_decide_the_first_answer_counts(a_world: Callable[..., World]) -> None:
    world = a_world(promise("record"))
    case_id = world.submit()
    world.away("bo", "spec", "deputy", "lead", "boss", "dev.two")
    say(world, case_id, "reject")
    assert proven(world, case_id) == [False]
    assert outcomes(world, case_id) == [(False, "reject")]
    world.check()


def test_a_second_opinion_that_finds_no_third_is_never_known(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit()
    say(world, case_id, "reject")
    second = the_check(world, case_id)
    world.away(*({"ann", "bo", "spec", "deputy", "lead", "boss", "dev.two"} - {second.person}))
    say(world, case_id, "pay")
    assert proven(world, case_id) == []
    assert outcomes(world, case_id) == []
    assert checks(world, case_id) == []
    world.check()


def test_whoever_answered_before_is_never_asked_again(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit()
    first = say(world, case_id, "reject")
    second = the_check(world, case_id)
    with pytest.raises(Forbidden):
        claim(world.context, first.person, case_id, of=second.id)
    # its deadline passes again and again
    for _ in range(4):
        world.wait(days=3)
        world.run()
        assert the_check(world, case_id).person != first.person
    # and when its holder leaves somebody else gets it, as long as there is somebody
    asked = set()
    while found := checks(world, case_id):
        assert found[0].person != first.person
        assert found[0].person not in asked
        asked.add(found[0].person)
        world.away(found[0].person)
        replace_absent(world.context)
    assert len(asked) >= 3
    assert "unasked" in world.kinds(case_id)
    assert proven(world, case_id) == []


def test_the_second_knows_nothing_of_the_first(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit(sure=0.3)
    world.verdict(case_id, "approve", value="reject", note="It was bought elsewhere")
    second = the_check(world, case_id)
    seen = consult(world.context, second.person, case_id)
    assert seen.verdicts == ()
    assert seen.case.state is CaseState.WAITING
    assert "refund" not in seen.case.facts
    assert seen.judgement_of(second) is not None
    assert "elsewhere" not in str(seen)
    assert "reject" not in str([seen.judgements, seen.beside, seen.case.facts, seen.case.result])
    with pytest.raises((Forbidden, NotFound)):
        consult(world.context, "clerk", case_id)


def test_what_was_asked_is_in_the_story_in_words(a_world: Callable[..., World]) -> None:
    world = a_world(promise())
    case_id = world.submit()
    say(world, case_id, "reject")
    sweep(world.context)
    (checked,) = [link for link in world.events(case_id) if link.kind == "spot_checked"]
    assert (checked.body or {})["right"] is None
    assert world.value(tables.assignment, "ending", case_id=case_id, open=False, kind="check") == "wrong"
