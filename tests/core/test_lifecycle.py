"""The way of a case through its map: nothing is skipped, planned twice, or left without an owner."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from surehand.core.actions import planned
from surehand.core.case import ENGINE, Action, Assignment, Case, CaseState
from surehand.core.lifecycle import (
    Handover,
    Office,
    authority_for,
    closed,
    decided,
    finish,
    hand_over,
    onward,
    rejected,
)
from surehand.core.matters import matter_of, point_before
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.policy import Grade
from surehand.core.process import ExceptionPath
from surehand.core.terms import Sla
from tests.core.made import BOUND, FACTS, NOW, PEOPLE, PROCESS, VERSION, a_case, an_assignment

OFFICE = Office(PEOPLE, {})


def at(place: int, **changes: Any) -> Passage:
    fresh = {"place": place, "state": CaseState.RUNNING, "owner": ENGINE, "due_at": None}
    return Passage(a_case(**fresh | changes), at=NOW)


def answered(value: Any, *, point: str = "check", by: str = "ann", round: int = 1) -> dict[str, Any]:
    return {"answers": {point: {"value": value, "by": by, "round": round}}}


class Holds:
    """A condition that rests on the decision."""

    text, names = "check == 'pay'", frozenset({"check"})

    def __call__(self, facts: Any) -> bool | None:
        return facts["check"] == "pay"


#: An exception that can only be told once `check` is decided, right before the action.
GUARDED = replace(
    BOUND,
    map=PROCESS.model_copy(
        update={"exceptions": (ExceptionPath(name="hold", when="check == 'pay'", queue="desk"),)}
    ),
    exceptions=((2, Holds()),),
)


@pytest.mark.parametrize("by", ["policy", "ann"])
def test_a_decision_plans_exactly_what_it_approves(by: str) -> None:
    passage = at(1)
    approves = decided(passage, BOUND, 1, "pay", by=by, inline=True)
    change = passage.change()
    (action,) = change.added
    assert isinstance(action, Action)
    assert approves == {"pay": action.digest}
    assert action.digest == planned(BOUND.steps[2], FACTS, version=VERSION).digest
    assert action.authority["by"] == by
    assert [(due.kind, due.ref) for due in change.due] == [("act", action.key)]


@pytest.mark.parametrize(("inline", "due"), [(False, ["advance"]), (True, [])])
def test_what_a_function_has_to_do_is_queued_unless_the_caller_does_it(inline: bool, due: list[str]) -> None:
    passage = at(1)
    decided(passage, BOUND, 1, "reject", by="ann", inline=inline)
    change = passage.change()
    assert (change.after.place, change.after.state) == (3, CaseState.RUNNING)
    assert [one.kind for one in change.due] == due


def test_an_exception_before_an_action_is_tested_before_it_is_planned() -> None:
    for inline in (False, True):
        passage = at(1)
        decided(passage, GUARDED, 1, "pay", by="policy", inline=inline)
        change = passage.change()
        assert (change.after.place, change.after.state, change.added) == (2, CaseState.RUNNING, ())
        assert [one.kind for one in change.due] == ([] if inline else ["advance"])


def test_once_tested_or_let_pass_the_action_is_planned() -> None:
    for tested, passed in ((2, ()), (None, ("hold",))):
        passage = at(2, passed=passed, **answered("pay"))
        onward(passage, GUARDED, tested=tested)
        assert [type(record) for record in passage.change().added] == [Action]
        assert passage.case.state is CaseState.ACTING


def test_actions_that_do_not_apply_are_skipped_to_the_end() -> None:
    passage = at(4, **answered(False, point="tell"))
    onward(passage, BOUND)
    change = passage.change()
    assert (change.after.state, change.after.result, change.after.place) == (CaseState.DONE, "no", 5)
    assert (change.due, change.added) == ((), ())
    assert [event.kind for event in change.events] == ["finished"]


def test_an_action_hangs_on_the_nearest_decision_before_it() -> None:
    case = a_case(answers={"check": {"value": "pay", "by": "ann", "round": 1}})
    assert (point_before(BOUND, 2), point_before(BOUND, 4), point_before(BOUND, 1)) == ("check", "tell", None)
    assert authority_for(case, BOUND, 2) == {"point": "check", "value": "pay", "by": "ann", "round": 1}
    assert authority_for(case, BOUND, 4)["value"] is None
    passage = Passage(replace(case, place=4), at=NOW)
    onward(passage, BOUND)
    assert passage.change().added == (), "an action ran without the decision that it follows"


def test_money_is_asked_of_authority_only_once_it_was_graded() -> None:
    asked: Any = {"point": "check", "queue": "desk", "at": NOW}
    assert matter_of(at(1, grade=None, stake=None).case, BOUND, **asked).money is False
    matter = matter_of(at(1, grade=Grade.HIGH, stake=Decimal(5)).case, BOUND, **asked, assignee="ann")
    assert (matter.money, matter.stake, matter.grade, matter.assignee, matter.owner, matter.submitter) == (
        True,
        Decimal(5),
        Grade.HIGH,
        "ann",
        "boss",
        "robot",
    )


def handed(**changes: Any) -> tuple[Case, Assignment]:
    what = {
        "kind": "decide",
        "point": "check",
        "queue": "desk",
        "sla": Sla(),
        "level": Level.REVIEW,
        "because": "b",
    }
    passage = at(1)
    given = hand_over(passage, BOUND, OFFICE, Handover(**what | changes))
    assert passage.change().added == (given,)
    assert [event.kind for event in passage.change().events] == ["assigned"]
    return passage.case, given


@pytest.mark.parametrize(
    ("changes", "person", "due", "state"),
    [
        ({}, "ann", 8, CaseState.WAITING),
        ({"sla": Sla(due=timedelta(hours=2))}, "ann", 2, CaseState.WAITING),
        ({"queue": "fallback"}, "boss", 24, CaseState.WAITING),
        ({"to": "spec"}, "spec", 8, CaseState.WAITING),
        ({"to": "gone"}, "ann", 8, CaseState.WAITING),
        ({"to": "nobody"}, "ann", 8, CaseState.WAITING),
        ({"kind": "answer", "to": "robot"}, "robot", 8, CaseState.ASKING),
        ({"stay_with": "bo"}, "bo", 8, CaseState.WAITING),
        ({"stay_with": "gone"}, "ann", 8, CaseState.WAITING),
    ],
)
def test_a_handover_always_has_a_person_and_a_deadline(
    changes: dict[str, Any], person: str, due: int, state: CaseState
) -> None:
    case, given = handed(**changes)
    assert (given.person, case.owner, case.state) == (person, person, state)
    assert given.due_at == case.due_at == NOW + timedelta(hours=due)
    assert given.timer_at is not None
    assert given.open


def test_assignments_of_one_case_have_different_names() -> None:
    passage = at(1)
    what = Handover(kind="decide", point="check", queue="desk", sla=Sla(), level=Level.REVIEW, because="b")
    first = hand_over(passage, BOUND, OFFICE, what)
    closed(passage, first)
    second = hand_over(passage, BOUND, OFFICE, what)
    assert first.id != second.id


def test_what_is_closed_goes_back_to_the_engine() -> None:
    passage = at(1, owner="ann", due_at=NOW)
    closed(passage, an_assignment())
    (gone,) = passage.change().updated
    assert isinstance(gone, Assignment)
    assert (gone.open, gone.timer_at, gone.closed_at) == (False, None, NOW)
    assert (passage.case.owner, passage.case.due_at) == (ENGINE, None)


@pytest.mark.parametrize(
    ("answers", "result"),
    [({}, "finished"), (answered("pay")["answers"], "pay"), (answered(True)["answers"], "yes")],
)
def test_the_result_is_the_last_answer(answers: dict[str, Any], result: str) -> None:
    passage = at(4, answers=answers)
    finish(passage)
    assert (passage.case.state, passage.case.result) == (CaseState.DONE, result)
    assert not passage.case.state.open


def test_a_rejected_case_has_ended() -> None:
    passage = at(1, owner="ann", due_at=NOW)
    rejected(passage, because="a copy")
    assert (passage.case.state, passage.case.owner, passage.case.due_at) == (CaseState.REJECTED, ENGINE, None)
    assert not passage.case.state.open
    assert passage.change().due == ()


def test_a_passage_keeps_the_last_form_of_each_record_and_counts_the_revision() -> None:
    passage = at(1)
    assert not passage.changed
    first = an_assignment()
    passage.add(first)
    passage.update(replace(first, person="bo"))
    passage.note("k", "ann", a=1)
    passage.note("cause", "bo", place=0)
    change = passage.change()
    assert (change.added, change.updated) == ((replace(first, person="bo"),), ())
    assert [event.kind for event in change.events] == ["cause", "k"]
    assert (change.before, change.after.rev, change.after.updated_at) == (
        a_case(place=1, state=CaseState.RUNNING, owner=ENGINE, due_at=None),
        4,
        NOW,
    )
    assert Passage(a_case(), at=NOW, new=True).change().after.rev == 1
