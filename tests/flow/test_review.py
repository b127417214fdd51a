"""What people do with cases, and what time does when they do nothing."""

import threading
from datetime import timedelta

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.review import answer_question, claim, submit_verdict
from surehand.store import tables
from tests.flow.world import World


def test_an_approval_runs_exactly_what_was_shown(world: World) -> None:
    case_id = world.submit(sure=0.8)
    (judged,) = world.judgements(case_id)
    world.verdict(case_id, "approve", shown=judged.shown)
    (verdict,) = world.verdicts(case_id)
    action = world.action(case_id)
    assert (verdict.person, verdict.final, verdict.shown) == ("ann", True, judged.shown)
    assert verdict.approves == {"pay": action.digest}
    assert (action.state, action.authority["by"]) == ("done", "ann")
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_a_brief_that_showed_something_else_is_not_approved(world: World) -> None:
    case_id = world.submit(sure=0.8)
    with pytest.raises(Conflict, match="What would run changed"):
        world.verdict(case_id, "approve", shown="0" * 64)
    assert world.verdicts(case_id) == []
    world.check()


def test_a_rejection_pays_nothing_and_goes_on(world: World) -> None:
    case_id = world.submit(sure=0.8)
    case = world.verdict(case_id, "reject")
    assert (case.state, case.answers["refund"]["value"]) == (CaseState.DONE, "reject")
    assert world.calls("pay") == []
    assert world.verdicts(case_id)[0].override is True
    world.check()


def test_an_edit_has_the_case_judged_again_and_earlier_approvals_void(world: World) -> None:
    case_id = world.submit("100 EUR", 0.8)
    before = world.judgements(case_id)[0]
    case = world.verdict(case_id, "edit", fields={"total": "200 EUR"})
    assert (case.round, case.state) == (2, CaseState.WAITING)
    first, second = world.judgements(case_id)
    assert (first.round, second.round, second.stake) == (1, 2, 200)
    assert first.shown != second.shown
    assert world.bench.actions(case_id) == []
    with pytest.raises(Conflict):
        world.verdict(case_id, "approve", shown=before.shown)
    world.check()
    world.verdict(case_id, "approve", shown=second.shown)
    assert world.keys("pay") == [f"{case_id}:pay:2"]
    assert world.calls("pay")[0]["total"] == "200.00 EUR"
    world.check()


def test_whoever_corrected_a_case_keeps_it(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "edit", by="spec", fields={"total": "200 EUR"})
    assert world.held(case_id).person == "spec"
    world.check()


def test_what_a_person_corrected_is_not_read_over(world: World) -> None:
    case_id = world.submit(letter="angry")
    case = world.verdict(case_id, "edit", fields={"tone": "calm", "letter": "furious"})
    assert (case.facts["tone"], case.state) == ("calm", CaseState.DONE)
    assert len(world.calls("read_letter")) == 2
    world.check()


def test_a_page_of_an_earlier_round_or_revision_decides_nothing(world: World) -> None:
    case_id = world.submit(sure=0.8)
    seen = world.case(case_id)
    world.verdict(case_id, "edit", fields={"total": "200 EUR"})
    with pytest.raises(Conflict, match="ann decided this") as moved:
        submit_verdict(world.context, "ann", case_id, Answer(kind="approve"), round=1)
    assert moved.value.extra["winner"] == "ann"
    with pytest.raises(Conflict, match="changed since you saw it"):
        submit_verdict(world.context, "ann", case_id, Answer(kind="approve"), rev=seen.rev)
    assert world.calls("pay") == []
    world.check()


def test_the_second_of_two_verdicts_is_told_who_was_faster(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "reject", by="lead", reason="fraud", note="seen before")
    with pytest.raises(Conflict, match="lead decided this") as lost:
        world.verdict(case_id, "approve", by="ann")
    assert lost.value.extra | {"at": 0} == {
        "winner": "lead", "verdict": "reject", "at": 0, "round": 1, "reason": "fraud", "note": "seen before",
        "value": "reject",
        "state": CaseState.DONE,
    }  # fmt: skip
    assert world.calls("pay") == []
    assert len(world.verdicts(case_id)) == 1
    world.check()


def test_of_many_at_once_exactly_one_decides(world: World) -> None:
    case_id = world.submit(sure=0.8)
    people = ["ann", "bo", "spec", "lead", "deputy", "boss"]
    start, results = threading.Barrier(len(people)), {}

    def decide(person: str, kind: str) -> None:
        start.wait()
        try:
            submit_verdict(world.context, person, case_id, Answer(kind=kind), round=1)
            results[person] = "won"
        except Conflict as lost:
            results[person] = lost.extra["winner"]

    threads = [
        threading.Thread(target=decide, args=(person, "approve" if place % 2 else "reject"))
        for place, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [person for person, result in results.items() if result == "won"]
    assert {result for person, result in results.items() if person != winner} == {winner}
    assert [verdict.person for verdict in world.verdicts(case_id)] == [winner]
    world.run()
    world.check()


def test_who_may_not_decide_is_refused_and_the_refusal_recorded(world: World) -> None:
    case_id = world.submit("600 EUR", 0.8)
    refused = {
        "dev": "There is no case",
        "robot": "no role that decides",
        "clerk": "There is no case",
        "gone": "There is no case",
        "nobody": "There is no case",
        "bo": "This case is beyond what bo may decide, and ann has it",
    }
    answers = (
        {"kind": "approve"},
        {"kind": "reject"},
        {"kind": "edit", "fields": {"total": "1 EUR"}},
        {"kind": "escalate"},
    )
    for by, why in refused.items():
        for answer in answers:
            with pytest.raises((Forbidden, NotFound), match=why):
                world.verdict(case_id, by=by, **answer)
        with pytest.raises((Forbidden, NotFound), match=why):
            claim(world.context, by, case_id)
    assert (world.verdicts(case_id), world.case(case_id).round) == ([], 1)
    denied = [link.actor for link in world.events("system") if link.kind == "denied"]
    assert denied == [by for by in refused for _ in range(5)]
    world.check()


def test_whoever_had_a_case_before_another_took_it_is_told_what_became_of_it(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for name in ("bo", "lead"):
        claim(world.context, name, case_id)
    world.verdict(case_id, "approve", by="lead")
    with pytest.raises(Conflict) as lost:
        world.verdict(case_id, "approve", by="bo")
    assert lost.value.extra["winner"] == "lead"
    world.check()


def test_whoever_decided_a_case_reports_later_what_came_of_it(world: World) -> None:
    case_id = world.submit(sure=0.8)
    claim(world.context, "bo", case_id)
    world.verdict(case_id, "approve", by="bo")
    assert record_outcome(world.context, "bo", case_id, Report(correct=False))[1].by == "bo"
    world.check()


def test_whoever_never_had_a_case_that_is_beyond_them_is_told_that_it_has_ended(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "approve", by="lead")
    with pytest.raises(Forbidden, match="This case is beyond what bo may decide, and it has ended"):
        claim(world.context, "bo", case_id)
    world.check()


def test_nobody_decides_their_own_case(world: World) -> None:
    case_id = world.submit(sure=0.8, by="ann")
    assert world.held(case_id).person != "ann"
    for kind in ("approve", "reject"):
        with pytest.raises(Forbidden, match="nobody decides their own"):
            world.verdict(case_id, kind, by="ann")
    with pytest.raises(Forbidden, match="nobody decides their own"):
        claim(world.context, "ann", case_id)
    world.check()


def test_a_case_that_is_not_there_is_not_found(world: World) -> None:
    for verb in (
        lambda: submit_verdict(world.context, "ann", "ref-none", Answer(kind="approve")),
        lambda: claim(world.context, "ann", "ref-none"),
        lambda: answer_question(world.context, "ann", "ref-none", "x"),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_claim_moves_the_case_and_not_the_deadline(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before = world.held(case_id)
    assert claim(world.context, "lead", case_id).owner == "lead"
    after = world.held(case_id)
    assert (after.person, after.due_at, after.timer_at, after.id) == (
        "lead", before.due_at, before.timer_at, before.id,
    )  # fmt: skip
    rev = world.case(case_id).rev
    assert claim(world.context, "lead", case_id).rev == rev
    world.check()


def test_oversized_words_are_refused(world: World) -> None:
    case_id = world.submit(sure=0.8)
    with pytest.raises(InvalidInput, match="at most 20,000"):
        world.verdict(case_id, "reject", note="x" * 20_001)
    world.check()


# -- asking --------------------------------------------------------------------------------------------------


def test_a_question_and_its_answer_come_back_to_who_asked(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "ask", by="lead", question="Which order?", to="clerk")
    case, held = world.case(case_id), world.held(case_id)
    assert (case.state, held.person, held.kind, held.question) == (
        CaseState.ASKING, "clerk", "answer", "Which order?",
    )  # fmt: skip
    assert held.due_at == world.bench.clock() + timedelta(hours=4)
    world.check()
    for kind in ("approve", "reject", "escalate"):
        with pytest.raises(Conflict, match="waits for clerk"):
            world.verdict(case_id, kind, by="lead")
    with pytest.raises(Forbidden, match="put to clerk"):
        answer_question(world.context, "ann", case_id, "I know")
    with pytest.raises(InvalidInput):
        answer_question(world.context, "clerk", case_id, " ")
    answer_question(world.context, "clerk", case_id, "Order 7")
    back = world.held(case_id)
    assert (back.kind, back.point, back.person) == ("decide", "refund", "lead")
    (told,) = world.case(case_id).exchange
    assert (told["question"], told["answer"], told["by"]) == ("Which order?", "Order 7", "clerk")
    assert world.calls("pay") == []
    world.check()
    with pytest.raises(Conflict):
        answer_question(world.context, "clerk", case_id, "again")
    world.verdict(case_id, "approve")
    assert world.case(case_id).state is CaseState.DONE
    assert [v.final for v in world.verdicts(case_id)] == [False, True]
    world.check()


def test_a_question_that_nobody_answers_comes_back_undecided_to_who_asked(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "ask", by="lead", question="Which order?", to="clerk")
    world.wait(hours=3, minutes=59)
    assert world.held(case_id).kind == "answer"
    world.wait(minutes=1)
    held = world.held(case_id)
    assert (held.kind, held.point, held.person, world.case(case_id).state) == (
        "decide", "refund", "lead", CaseState.WAITING,
    )  # fmt: skip
    assert world.kinds(case_id).count("unanswered") == 1
    assert world.calls("pay") == []
    world.check()


def test_two_who_escalate_to_each_other_gain_no_time(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.wait(hours=1)
    world.verdict(case_id, "escalate")
    due_at, seen = world.held(case_id).due_at, set()
    for _ in range(6):
        world.wait(hours=1)
        seen.add(world.held(case_id).person)
        world.verdict(case_id, "escalate")
        assert world.held(case_id).due_at == due_at
    assert len(seen) == 2
    world.wait(hours=2)
    assert world.held(case_id).stage > 0
    world.check()


# -- time ----------------------------------------------------------------------------------------------------


def test_each_rung_of_the_ladder_fires_once_and_nothing_is_approved(world: World) -> None:
    case_id = world.submit(sure=0.89)
    told = []
    for _ in range(100):
        world.wait(hours=1)
        told.append((world.held(case_id).person, world.held(case_id).stage))
        assert world.case(case_id).state is CaseState.WAITING
    assert [told.index(step) + 1 for step in dict.fromkeys(told)] == [1, 6, 8, 16]
    assert list(dict.fromkeys(told)) == [("ann", 0), ("ann", 1), ("lead", 2), ("boss", 3)]
    kinds = world.kinds(case_id)
    assert (kinds.count("reminded"), kinds.count("escalated")) == (1, 2)
    assert world.verdicts(case_id) == []
    assert world.calls("pay") == []
    world.check()


def test_a_reminder_that_came_late_does_not_skip_the_person(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.wait(hours=30)
    assert (world.held(case_id).person, world.held(case_id).stage) == ("lead", 2)
    world.run()
    assert world.held(case_id).stage == 2
    world.check()


def test_whoever_is_given_it_late_may_decide(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.wait(hours=8)
    assert world.held(case_id).person == "lead"
    world.verdict(case_id, "approve", by="lead")
    assert world.case(case_id).state is CaseState.DONE
    world.wait(days=30)
    assert world.kinds(case_id).count("escalated") == 1
    world.check()


def test_an_exception_climbs_by_its_own_clock(world: World) -> None:
    case_id = world.submit(letter="angry")
    assert world.held(case_id).person == "spec"
    world.wait(hours=2)
    assert world.held(case_id).person == "deputy"
    world.wait(hours=2)
    assert (world.held(case_id).person, world.held(case_id).stage) == ("boss", 3)
    world.check()


def test_an_absent_holder_is_replaced_in_time(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.away("ann")
    world.lenient.add(case_id)
    world.wait(hours=8)
    world.lenient.clear()
    assert world.held(case_id).person == "lead"
    world.check()


def test_a_case_that_nobody_below_may_decide_reaches_somebody_who_may(world: World) -> None:
    world.away("ann", "bo", "spec", "deputy", "lead")
    case_id = world.submit(sure=0.8)
    assert world.held(case_id).person == "boss"
    world.verdict(case_id, "approve", by="boss")
    world.check()


def test_escalating_hands_the_case_to_the_person_above(world: World) -> None:
    case_id = world.submit(sure=0.8)
    case = world.verdict(case_id, "escalate", note="too large for me")
    assert (case.owner, case.state) == ("lead", CaseState.WAITING)
    world.check()
    assert world.verdict(case_id, "escalate", by="lead").owner == "deputy"
    world.check()
    world.verdict(case_id, "approve", by="deputy")
    assert [v.serial for v in world.verdicts(case_id)] == [1, 2, 3]
    world.check()


def test_a_person_who_is_no_reviewer_any_more_does_not_decide(world: World) -> None:
    case_id = world.submit(sure=0.8)
    ann = world.context.people.people["ann"].model_copy(update={"roles": (Role.AUDITOR,)})
    world.hired(ann=ann)
    with pytest.raises(Forbidden, match="no role that decides"):
        world.verdict(case_id, "approve", by="ann")


def test_a_verdict_and_its_audit_come_together_or_not_at_all(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before = (world.case(case_id), world.kinds(case_id), world.due())

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        submit_verdict(world.context, "ann", case_id, Answer(kind="approve"), also=broken)
    assert (world.case(case_id), world.kinds(case_id), world.due()) == before
    assert world.verdicts(case_id) == []
    assert world.value(tables.assignment, "open", case_id=case_id) is True
    world.check()
