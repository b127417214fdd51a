"""Each answer of a person, its defined next state, and what it must never do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.actions import planned
from surehand.core.answering import answers_of, checked_value
from surehand.core.case import ENGINE, Action, Assignment, Case, CaseState, Verdict
from surehand.core.hearing import Answer, Hearing
from surehand.core.lifecycle import Office
from surehand.core.others import escalation_target
from surehand.core.oversight import Level
from surehand.core.passage import Change, Passage
from surehand.core.people import Person
from surehand.core.steps import Ranking
from surehand.core.terms import Sla
from surehand.core.verdicts import KINDS, give
from surehand.errors import Forbidden, InvalidInput
from tests.core.made import (
    BOUND,
    FACTS,
    NOW,
    PEOPLE,
    PROCESS,
    VERSION,
    a_case,
    a_judgement,
    an_action,
    an_assignment,
    hearing,
)


def given(answer: Answer, **changes: Any) -> tuple[Case, Verdict, Change]:
    """The case afterwards, the verdict, and all that is saved."""
    heard = hearing(answer, **changes)
    verdict = give(heard)
    change = heard.passage.change()
    return change.after, verdict, change


def opened(change: Change) -> list[Assignment]:
    return [record for record in change.added if isinstance(record, Assignment)]


def actions_of(change: Change) -> list[Action]:
    return [record for record in (*change.added, *change.updated) if isinstance(record, Action)]


def kinds(change: Change) -> list[str]:
    return [event.kind for event in change.events]


def faults(answer: Answer, **changes: Any) -> dict[str, str]:
    heard = hearing(answer, **changes)
    with pytest.raises(InvalidInput) as refused:
        give(heard)
    return {fault.where: fault.message for fault in refused.value.faults}


AT_TELL = {
    "case": a_case(
        place=3, facts=FACTS | {"check": "pay"}, answers={"check": {"value": "pay", "by": "ann", "round": 1}}
    ),
    "assignment": an_assignment(point="tell"),
    "judgement": a_judgement(True, point="tell"),
}


# -- decide --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", "pay"])
def test_to_approve_lets_exactly_the_shown_action_run(value: str | None) -> None:
    case, verdict, change = given(Answer(kind="approve", value=value))
    (action,) = actions_of(change)
    plan = planned(BOUND.steps[2], FACTS | {"check": "pay"}, version=VERSION)
    assert (case.state, case.owner, case.place, case.due_at) == (CaseState.ACTING, ENGINE, 2, None)
    assert case.answers == {"check": {"value": "pay", "by": "ann", "round": 1}}
    assert case.facts["check"] == "pay"
    assert (action.key, action.state, action.digest) == ("pay-1:pay:1", "planned", plan.digest)
    assert action.authority == {"point": "check", "value": "pay", "by": "ann", "round": 1}
    assert verdict.approves == {"pay": plan.digest}
    assert (verdict.final, verdict.override, verdict.value) == (True, False, "pay")
    assert [(due.kind, due.ref, due.repeatable) for due in change.due] == [("act", "pay-1:pay:1", False)]
    assert kinds(change) == ["verdict", "action_planned"]
    (closed,) = [record for record in change.updated if isinstance(record, Assignment)]
    assert (closed.open, closed.closed_at, closed.timer_at) == (False, NOW, None)


def test_another_answer_is_an_override_and_goes_its_own_way() -> None:
    case, verdict, change = given(Answer(kind="approve", value="reject"))
    assert (case.state, case.place, case.owner) == (CaseState.RUNNING, 3, ENGINE)
    assert (verdict.override, verdict.value, verdict.approves) == (True, "reject", {})
    assert actions_of(change) == []
    assert [(due.kind, due.ref) for due in change.due] == [("advance", "pay-1")]


def test_to_reject_gives_the_refusing_answer_where_the_list_has_one() -> None:
    case, verdict, change = given(Answer(kind="reject"))
    assert (case.answers["check"]["value"], verdict.override, actions_of(change)) == ("reject", True, [])
    case, verdict, change = given(Answer(kind="reject"), **AT_TELL)
    assert (case.state, case.answers["tell"]["value"], verdict.value) == (CaseState.DONE, False, False)
    assert actions_of(change) == []
    assert case.result == "no"


def test_to_reject_what_the_ai_would_reject_is_no_override() -> None:
    assert given(Answer(kind="reject"), judgement=a_judgement("reject"))[1].override is False
    assert given(Answer(kind="approve", value="pay"), judgement=a_judgement(None))[1].override is False


def test_the_last_answer_ends_the_case_or_lets_the_last_action_run() -> None:
    case, verdict, _ = given(Answer(kind="approve"), **AT_TELL)
    assert (case.state, case.place, verdict.value) == (CaseState.ACTING, 4, True)
    case, _, change = given(Answer(kind="approve", value="no"), **AT_TELL)
    assert (case.state, case.owner, case.due_at, change.due) == (CaseState.DONE, ENGINE, None, ())


@pytest.mark.parametrize("value", ["maybe", "Pay", 1, True, ["pay"], {"a": 1}])
def test_an_answer_outside_the_list_is_refused(value: Any) -> None:
    assert "must be one of: pay, reject" in faults(Answer(kind="approve", value=value))["value"]


def test_there_must_be_something_to_approve() -> None:
    assert "choose an answer" in faults(Answer(kind="approve"), judgement=a_judgement(None))["value"]
    assert "choose an answer" in faults(Answer(kind="approve"), judgement=None)["value"]


def test_who_decides_alone_does_not_approve_what_was_not_shown() -> None:
    alone = {"assignment": an_assignment(level=Level.HUMAN)}
    assert "choose an answer" in faults(Answer(kind="approve"), **alone)["value"]
    assert given(Answer(kind="approve", value="pay"), **alone)[1].value == "pay"


# -- edit ----------------------------------------------------------------------------------------------------


def test_an_edit_opens_a_round_in_which_approvals_are_void() -> None:
    case, verdict, change = given(Answer(kind="edit", fields={"total": "99 EUR"}))
    assert (case.round, case.state, case.owner, case.place) == (2, CaseState.RUNNING, ENGINE, 1)
    assert case.facts["total"] == {"amount": "99", "currency": "EUR"}
    assert case.readings["total"]["person"] == "ann"
    assert case.answers == {}
    assert (verdict.round, verdict.final, verdict.override) == (1, True, True)
    assert verdict.approves == {}
    assert [(due.kind, due.ref) for due in change.due] == [("advance", "pay-1")]
    assert actions_of(change) == []


def test_an_edit_goes_back_to_the_first_step_that_depends_on_it() -> None:
    assert given(Answer(kind="edit", fields={"po": "P9"}))[0].place == 0
    assert given(Answer(kind="edit", fields={"supplier": "Bolt"}))[0].place == 1


def test_an_edit_has_exceptions_tested_again_that_depend_on_it() -> None:
    # no step takes `note`, but an exception before the first decision rests on it
    class OnNote:
        text, names = "note == 'x'", frozenset({"note"})

        def __call__(self, facts: Any) -> bool | None:
            return False

    noted = replace(BOUND, exceptions=((0, OnNote()),), types=BOUND.types | {"note": "text"})
    fields = PROCESS.input.fields | {"note": PROCESS.input.fields["po"]}
    noted = replace(
        noted, map=PROCESS.model_copy(update={"input": PROCESS.input.model_copy(update={"fields": fields})})
    )
    case = given(Answer(kind="edit", fields={"note": "x"}), process=noted, case=a_case(passed=("no-po",)))[0]
    assert (case.place, case.passed) == (0, ())


def test_an_edit_never_goes_behind_an_action() -> None:
    for fields in ({"total": "1 EUR"}, {"po": "P9"}, {"supplier": "Bolt"}):
        case, _, change = given(Answer(kind="edit", fields=fields), **AT_TELL)
        assert (case.place, case.round) == (3, 2)
        assert case.answers == {"check": {"value": "pay", "by": "ann", "round": 1}}
        assert actions_of(change) == []


def test_an_edit_voids_every_decision_since_the_last_action() -> None:
    # two decisions in a row: whoever corrects a fact at the second has the first one decided again
    steps = (BOUND.steps[0], BOUND.steps[1], BOUND.steps[3], BOUND.steps[4])
    map_ = PROCESS.model_copy(update={"steps": tuple(bound.step for bound in steps)})
    process = replace(BOUND, map=map_, steps=steps, exceptions=BOUND.exceptions)
    at = {
        **AT_TELL,
        "case": a_case(place=2, answers={"check": {"value": "pay", "by": "bo", "round": 1}}),
        "process": process,
    }
    case = given(Answer(kind="edit", fields={"supplier": "Bolt"}), **at)[0]
    assert (case.place, case.answers, case.round) == (1, {}, 2)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, {"fields": "change at least one field"}),
        ({"total": "120.00 EUR"}, {"fields": "all of them are as they were"}),
        ({"total": {"amount": "120.00", "currency": "EUR"}}, {"fields": "all of them are as they were"}),
        ({"total": "lots"}, {"total": "must be a sum"}),
        ({"check": "pay"}, {"check": "not a field that can be edited here"}),
        ({"key": "x", "po": 3}, {"key": "not a field that can be edited here", "po": "must be text"}),
        ({"nonsense": "x"}, {"nonsense": "not a field that can be edited here"}),
    ],
)
def test_an_edit_that_changes_nothing_or_cannot_be_made_is_refused(
    fields: dict[str, Any], fault: dict[str, str]
) -> None:
    found = faults(Answer(kind="edit", fields=fields))
    assert found.keys() == fault.keys()
    assert all(words in found[name] for name, words in fault.items())


def test_an_edit_may_empty_a_field() -> None:
    assert given(Answer(kind="edit", fields={"po": ""}))[0].facts["po"] is None


def test_an_edit_of_the_answer_alone_is_a_decision() -> None:
    case, verdict, _ = given(Answer(kind="edit", value="reject"))
    assert (case.round, verdict.value, verdict.override, verdict.final) == (1, "reject", True, True)


# -- ask and escalate ----------------------------------------------------------------------------------------


def test_a_question_waits_for_its_answer_and_settles_nothing() -> None:
    case, verdict, change = given(Answer(kind="ask", question="Which?", to="spec"))
    (asked,) = opened(change)
    assert (asked.kind, asked.person, asked.question, asked.point) == ("answer", "spec", "Which?", "check")
    assert asked.due_at == NOW + timedelta(hours=6)
    assert (case.state, case.owner, case.due_at) == (CaseState.ASKING, "spec", asked.due_at)
    assert (verdict.final, verdict.override, verdict.approves, case.answers) == (False, False, {}, {})
    assert actions_of(change) == []


@pytest.mark.parametrize(
    ("submitter", "asks", "asked"),
    [
        ("spec", "ann", "spec"),
        ("robot", "ann", "lead"),
        ("gone", "ann", "lead"),
        ("unknown", "ann", "lead"),
        ("robot", "lead", "boss"),
    ],
)
def test_a_question_goes_to_a_human_who_sent_it_or_else_to_the_owner(
    submitter: str, asks: str, asked: str
) -> None:
    change = given(Answer(kind="ask", question="Which?"), case=a_case(submitter=submitter), person=asks)[2]
    assert opened(change)[0].person == asked


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (Answer(kind="ask"), "question"),
        (Answer(kind="ask", question="  "), "question"),
        (Answer(kind="ask", question="Which?", to="gone"), "to"),
        (Answer(kind="ask", question="Which?", to="nobody"), "to"),
        (Answer(kind="ask", question="Which?", to=ENGINE), "to"),
        (Answer(kind="ask", question="Which?", to="ann"), "to"),
        (Answer(kind="ask", question="Which?", to="robot"), "to"),
    ],
)
def test_a_question_needs_words_and_somebody_who_is_there(answer: Answer, where: str) -> None:
    assert set(faults(answer)) == {where}


def test_to_escalate_hands_it_up_and_settles_nothing() -> None:
    case, verdict, change = given(Answer(kind="escalate"))
    (above,) = opened(change)
    assert (above.person, above.kind, above.point, above.stage) == ("lead", "decide", "check", 0)
    assert (case.state, case.owner, case.due_at) == (CaseState.WAITING, "lead", NOW + timedelta(hours=24))
    assert (verdict.final, verdict.approves, case.answers) == (False, {}, {})


@pytest.mark.parametrize(
    ("holder", "escalates", "away", "target"),
    [
        ("ann", "ann", (), "lead"),
        ("lead", "lead", (), "bo"),
        ("ann", "lead", (), "bo"),
        ("ann", "ann", ("lead",), "bo"),
        ("bo", "bo", ("lead",), "boss"),
        ("ann", "ann", ("lead", "bo"), "boss"),
    ],
)
def test_who_is_above(holder: str, escalates: str, away: tuple[str, ...], target: str) -> None:
    people = PEOPLE.model_copy(
        update={"people": PEOPLE.people | {name: Person(active=False) for name in away}}
    )
    change = given(
        Answer(kind="escalate"),
        assignment=an_assignment(person=holder),
        person=escalates,
        office=Office(people, {}),
    )[2]
    assert opened(change)[0].person == target


def test_with_nobody_above_an_escalation_is_refused() -> None:
    away = {name: Person(active=False) for name in ("lead", "bo", "boss")}
    office = Office(PEOPLE.model_copy(update={"people": PEOPLE.people | away}), {})
    assert escalation_target(a_case(), BOUND, office, an_assignment(), at=NOW) is None
    heard = hearing(Answer(kind="escalate"), office=office)
    with pytest.raises(Forbidden, match="nobody above"):
        give(heard)


def test_an_unmapped_stop_escalates_to_the_process_owner() -> None:
    lost = an_assignment(kind="exception", point="failed:read", queue="fallback")
    assert escalation_target(a_case(), BOUND, Office(PEOPLE, {}), lost, at=NOW) == "boss"


# -- exception -----------------------------------------------------------------------------------------------


def stopped(point: str, **case: Any) -> dict[str, Any]:
    return {
        "assignment": an_assignment(kind="exception", point=point),
        "judgement": None,
        "case": a_case(**{"place": 1, "grade": None, "stake": None} | case),
    }


def test_a_mapped_exception_is_let_pass_once() -> None:
    case, verdict, change = given(Answer(kind="approve"), **stopped("no-po"))
    assert (case.state, case.place, case.passed) == (CaseState.RUNNING, 1, ("no-po",))
    assert (verdict.final, verdict.value, verdict.override, verdict.approves) == (True, None, False, {})
    assert [due.kind for due in change.due] == ["advance"]


def test_what_is_missing_cannot_be_let_pass_and_can_be_filled_in() -> None:
    assert "fill it in" in faults(Answer(kind="approve"), **stopped("missing:po", place=0))["po"]
    case, _, _ = given(Answer(kind="edit", fields={"po": "P9"}), **stopped("missing:po", place=0))
    assert (case.round, case.place, case.facts["po"]) == (2, 0, "P9")


def test_a_step_that_failed_is_tried_again_and_may_fail_again() -> None:
    case, verdict, _ = given(Answer(kind="approve"), **stopped("failed:read", place=0))
    assert (case.state, case.place) == (CaseState.RUNNING, 0)
    assert verdict.final is False, "a second failure in this round could never be answered"


def test_a_rejected_exception_ends_the_case() -> None:
    case, verdict, change = given(Answer(kind="reject", note="a duplicate"), **stopped("no-po"))
    assert (case.state, case.result, case.owner, case.due_at) == (
        CaseState.REJECTED,
        "rejected",
        ENGINE,
        None,
    )
    assert (verdict.final, change.due) == (True, ())


def test_an_exception_has_no_answer_to_edit() -> None:
    assert set(faults(Answer(kind="edit", value="pay"), **stopped("no-po"))) == {"fields"}


# -- repair --------------------------------------------------------------------------------------------------


def broken(**action: Any) -> dict[str, Any]:
    made = an_action(**action)
    return {
        "assignment": an_assignment(kind="repair", point=made.key),
        "judgement": None,
        "action": made,
        "case": a_case(place=2, answers={"check": {"value": "pay", "by": "ann", "round": 1}}),
    }


@pytest.mark.parametrize("state", ["failed", "unknown", "planned"])
def test_a_repair_that_tries_again_uses_the_same_key(state: str) -> None:
    case, verdict, change = given(Answer(kind="approve", value="retry"), **broken(state=state, error="x"))
    (action,) = actions_of(change)
    assert (action.key, action.state, action.attempt, action.error) == ("pay-1:pay:1", "planned", 0, None)
    assert (case.state, case.owner, case.place) == (CaseState.ACTING, ENGINE, 2)
    assert [(due.kind, due.ref) for due in change.due] == [("act", "pay-1:pay:1")]
    assert verdict.final is False, "a second failure of this action could never be answered"


def test_a_repair_that_says_it_happened_goes_on_without_running_it() -> None:
    case, verdict, change = given(Answer(kind="approve", value="happened"), **broken(state="unknown"))
    (action,) = actions_of(change)
    assert (action.state, action.finished_at) == ("done", NOW)
    assert (case.state, case.place) == (CaseState.RUNNING, 3)
    assert [due.kind for due in change.due] == ["advance"]
    assert verdict.final is True


@pytest.mark.parametrize("value", [None, "", "yes", True, "Retry"])
def test_a_repair_says_which_of_the_two(value: Any) -> None:
    assert "retry, happened" in faults(Answer(kind="approve", value=value), **broken())["value"]


def test_a_repair_that_gives_up_runs_nothing_any_more() -> None:
    case, verdict, change = given(Answer(kind="reject"), **broken())
    assert (case.state, verdict.final, change.due) == (CaseState.REJECTED, True, ())
    assert [action.state for action in actions_of(change)] == ["abandoned"]


def test_what_may_have_happened_is_not_decided_anew() -> None:
    # a corrected sum would run under another key, beside the one that may have gone through
    for fields in ({"total": "1 EUR"}, {"po": "P9"}):
        assert (
            "whether it happened"
            in faults(Answer(kind="edit", fields=fields), **broken(state="unknown"))["fields"]
        )


def test_what_surely_failed_is_decided_anew_and_the_old_one_is_given_up() -> None:
    case, _, change = given(Answer(kind="edit", fields={"total": "1 EUR"}), **broken(state="failed"))
    assert (case.round, case.place, case.answers) == (2, 1, {})
    assert [action.state for action in actions_of(change)] == ["abandoned"]


def undoing(**action: Any) -> dict[str, Any]:
    heard = broken(key="pay-1:pay:1:undo", **action)
    done = {"place": 5, "answers": {"check": {"value": "pay", "by": "ann", "round": 1}}}
    return heard | {"case": a_case(**done)}


def test_the_three_ways_to_settle_taking_back() -> None:
    case, _, change = given(Answer(kind="approve", value="retry"), **undoing())
    assert (case.state, [due.ref for due in change.due]) == (CaseState.ACTING, ["pay-1:pay:1:undo"])
    case, _, change = given(Answer(kind="approve", value="happened"), **undoing())
    assert (case.state, case.result, case.owner, change.due) == (CaseState.DONE, "undone", ENGINE, ())
    case, _, change = given(Answer(kind="reject"), **undoing())
    assert (case.state, case.result, change.due) == (CaseState.DONE, "pay", ())
    assert "taken back" in faults(Answer(kind="edit", fields={"total": "1 EUR"}), **undoing())["fields"]


# -- for all -------------------------------------------------------------------------------------------------


def test_there_are_exactly_five_answers_with_a_key_each() -> None:
    assert list(KINDS) == ["approve", "reject", "edit", "ask", "escalate"]
    assert len({kind.key for kind in KINDS.values()}) == 5
    assert [kind.name for kind in KINDS.values() if kind.final] == ["approve", "reject", "edit"]


@pytest.mark.parametrize("kind", ["", "Approve", "automate", "delete"])
def test_another_answer_is_refused(kind: str) -> None:
    assert set(faults(Answer(kind=kind))) == {"verdict"}


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_question_is_not_answered_with_a_verdict(kind: str) -> None:
    asked = {"assignment": an_assignment(kind="answer"), "case": a_case(state=CaseState.ASKING)}
    assert "answer to a question" in faults(Answer(kind=kind, question="x"), **asked)["verdict"]


REASONED = replace(
    BOUND,
    map=PROCESS.model_copy(
        update={
            "steps": (
                PROCESS.steps[0],
                PROCESS.steps[1].model_copy(update={"reasons": ("wrong sum", "duplicate")}),
                *PROCESS.steps[2:],
            )
        }
    ),
)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(kind="approve"), "reason"),
        (Answer(kind="approve", reason="because"), "reason"),
        (Answer(kind="reject", reason="Wrong sum"), "reason"),
        (Answer(kind="edit", fields={"po": "x"}), "reason"),
        (Answer(kind="reject", reason="other"), "note"),
        (Answer(kind="reject", reason="other", note=" \n"), "note"),
        (Answer(kind="reject", reason="other", note="It is a copy"), None),
        (Answer(kind="reject", reason="duplicate"), None),
        (Answer(kind="ask", question="Which?"), None),
        (Answer(kind="escalate"), None),
    ],
)
def test_where_reasons_are_listed_one_of_them_is_given(answer: Answer, fault: str | None) -> None:
    if fault is None:
        assert given(answer, process=REASONED)[1].reason == answer.reason
    else:
        assert set(faults(answer, process=REASONED)) == {fault}


SITUATIONS: list[tuple[Answer, Callable[[], dict[str, Any]]]] = [
    *[
        (answer, dict)
        for answer in (
            Answer(kind="approve"),
            Answer(kind="approve", value="reject"),
            Answer(kind="reject"),
            Answer(kind="edit", fields={"total": "1 EUR"}),
            Answer(kind="ask", question="Which?"),
            Answer(kind="escalate"),
        )
    ],
    (Answer(kind="approve"), lambda: stopped("no-po")),
    (Answer(kind="approve"), lambda: stopped("failed:read")),
    (Answer(kind="reject"), lambda: stopped("missing:po")),
    (Answer(kind="escalate"), lambda: stopped("missing:po")),
    (Answer(kind="ask", question="Which?"), lambda: stopped("no-po")),
    (Answer(kind="approve", value="retry"), broken),
    (Answer(kind="approve", value="happened"), broken),
    (Answer(kind="reject"), broken),
    (Answer(kind="escalate"), broken),
    (Answer(kind="ask", question="Which?"), broken),
    (Answer(kind="approve", value="retry"), undoing),
    (Answer(kind="approve", value="happened"), undoing),
    (Answer(kind="reject"), undoing),
]


@pytest.mark.parametrize("number", range(len(SITUATIONS)))
def test_after_any_answer_somebody_or_something_has_the_case(number: int) -> None:
    answer, situation = SITUATIONS[number]
    case, verdict, change = given(answer, **situation())
    left = opened(change)
    assert [record.open for record in change.updated if isinstance(record, Assignment)] == [False]
    if case.state in (CaseState.WAITING, CaseState.ASKING):
        assert [(one.person, one.due_at) for one in left] == [(case.owner, case.due_at)]
        assert PEOPLE.active(case.owner)
        assert change.due == ()
    else:
        assert left == []
        assert (case.owner, case.due_at) == (ENGINE, None)
        assert (len(change.due) == 1) is case.state.open
    assert change.after.rev == change.before.rev + 1
    assert change.events[0].kind == "verdict"
    assert change.events[0].actor == verdict.person == "ann"


# -- answers in their types ----------------------------------------------------------------------------------


def point(**kind: Any):
    from surehand.core.steps import Decide, Number

    if "number" in kind:
        kind["number"] = Number(**kind["number"])
    return Decide(decide="d", level="review", queue="desk", **kind)


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [
        (point(choices=("a", "b")), "a", "a"),
        (point(yes_no=True), "yes", True),
        (point(yes_no=True), False, False),
        (point(number={}), "12.5", 12.5),
        (point(number={"least": 0, "most": 10}), 10, 10.0),
        (point(number={"least": 0, "most": 10}), 0, 0.0),
    ],
)
def test_an_answer_in_the_type_of_its_point(step: Any, value: Any, expected: Any) -> None:
    found = checked_value(PROCESS, step, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("step", "value"),
    [
        (point(choices=("a", "b")), None),
        (point(choices=("a", "b")), "c"),
        (point(choices=("a", "b")), ["a"]),
        (point(yes_no=True), "maybe"),
        (point(number={}), "nan"),
        (point(number={}), True),
        (point(number={}), None),
        (point(number={"least": 0, "most": 10}), 10.01),
        (point(number={"least": 0, "most": 10}), -0.01),
    ],
)
def test_an_answer_of_another_type_is_refused(step: Any, value: Any) -> None:
    with pytest.raises(InvalidInput):
        checked_value(PROCESS, step, value)


def test_the_answers_that_a_brief_offers() -> None:
    assert answers_of(point(choices=("a", "b")), "a") == ("a", "b")
    assert answers_of(point(yes_no=True)) == (True, False)
    # of several each by itself: together they are all that any answer lets run
    assert answers_of(point(choices=("a", "b"), several=True), ["b"]) == (["a"], ["b"])
    assert answers_of(point(ranking=Ranking(of="names", top=1)), ["b"]) == (["b"],)
    assert answers_of(point(number={}), 3.5) == (3.5,)


def test_an_sla_follows_what_is_decided() -> None:
    assert hearing(Answer(kind="approve")).sla == Sla(
        due=timedelta(hours=24), remind=timedelta(hours=20), escalate_to="lead"
    )
    lost: Hearing = hearing(Answer(kind="approve"), **stopped("missing:po"))
    assert lost.sla == Sla()
    assert lost.passage.__class__ is Passage
