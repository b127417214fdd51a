"""Several have to agree: distinct humans, none of whom asked for it, benefits by it or made the proposal."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from surehand.core.case import Assignment
from surehand.core.grants import Delegation, Grant
from surehand.core.hearing import Answer
from surehand.core.people import People, Person
from surehand.core.sensitive import FourEyes
from surehand.errors import Conflict, Forbidden
from surehand.flow import consult, people
from surehand.flow.review import answer_question, claim, submit_verdict
from surehand.store import tables
from tests.flow.world import World

ABOVE = (
    "    bands: review-flow\n",
    "    bands: review-flow\n"
    "    four_eyes:\n"
    "      - {above: 100, about: money, because: Large refunds}\n"
    "      - {when: \"tone == 'grave'\", people: 3, about: customer_data, because: It is about a customer}\n",
)
INTERESTED = ("    bands: review-flow\n", "    bands: review-flow\n    interested: [customer]\n")


@pytest.fixture
def watched(a_world: Callable[..., World]) -> World:
    return a_world(ABOVE)


def others_of(world: World, case_id: str) -> Assignment:
    held = world.held(case_id)
    assert held.kind == "decide"
    return held


def test_two_different_people_have_to_agree(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.99)
    first = watched.held(case_id)
    assert (first.because, first.eyes) == ("Large refunds", {"people": 2, "agreed": []})
    case = watched.verdict(case_id, "approve")
    second = others_of(watched, case_id)
    assert case.state == "waiting"
    assert second.person != first.person
    assert second.because == f"2 people have to agree (Large refunds): {first.person} agreed"
    assert second.eyes == {"people": 2, "agreed": [first.person]}
    assert watched.calls("pay") == []
    for again in ("approve", "reject", "escalate"):
        with pytest.raises(Forbidden, match="has agreed to this already"):
            watched.verdict(case_id, again, by=first.person)
    with pytest.raises(Forbidden, match="has agreed to this already"):
        claim(watched.context, first.person, case_id)
    assert watched.verdict(case_id, "approve").state == "done"
    assert len(watched.calls("pay")) == 1
    assert watched.action(case_id).authority == {
        "point": "refund", "value": "pay", "by": second.person, "round": 1, "with": [first.person],
    }  # fmt: skip
    given = watched.verdicts(case_id)
    assert [(one.person, one.final, bool(one.approves)) for one in given] == [
        (first.person, False, True), (second.person, True, True),
    ]  # fmt: skip
    watched.check()


def test_one_is_enough_below_the_sum_and_for_a_refusal(watched: World) -> None:
    small = watched.submit("100 EUR", 0.8)
    assert watched.held(small).eyes is None
    assert watched.verdict(small, "approve").state == "done"
    large = watched.submit("200 EUR", 0.8)
    watched.verdict(large, "reject")
    assert watched.case(large).answers["refund"]["value"] == "reject"
    assert len(watched.calls("pay")) == 1
    watched.check()


def test_a_refusal_that_lets_something_run_needs_as_many(a_world: Callable[..., World]) -> None:
    world = a_world(ABOVE, ("    after: pay\n", "    after: reject\n"))
    for verdict in ({"kind": "reject"}, {"kind": "approve", "value": "reject"}):
        before = len(world.calls("pay"))
        case_id = world.submit("200 EUR", 0.8)
        first = world.held(case_id).person
        world.verdict(case_id, **verdict)
        assert len(world.calls("pay")) == before
        assert (world.case(case_id).state, world.held(case_id).person != first) == ("waiting", True)
        world.verdict(case_id, **verdict)
        assert len(world.calls("pay")) == before + 1
        assert world.action(case_id).authority["with"] == [first]
    world.check()


def test_an_answer_that_runs_nothing_is_agreed_to_as_well(a_world: Callable[..., World]) -> None:
    world = a_world(ABOVE, ("choices: [pay, reject]", "choices: [pay, hold, reject]"))
    for kind in ("approve", "edit"):
        case_id = world.submit("200 EUR", 0.8)
        first = world.held(case_id).person
        world.verdict(case_id, kind, value="hold")
        second = world.held(case_id).person
        assert second != first
        case = world.verdict(case_id, "approve", value="hold")
        assert case.answers["refund"] == {"value": "hold", "by": second, "round": 1, "with": [first]}
    world.check()


def test_what_runs_is_what_was_approved_first_where_another_agrees_within_the_tolerance(
    a_world: Callable[..., World],
) -> None:
    world = a_world(
        ABOVE,
        ("    choices: [pay, reject]\n", "    number: {unit: EUR, tolerance: 0.01}\n"),
        ("    after: pay\n", ""),
        ("refund == 'pay' && ", ""),
        ("Recommendation[str]:\n    does(\"refund\")", "Recommendation[float]:\n    does(\"refund\")"),
        ("value=answer or \"pay\"", "value=100.0"),
        ("pay(key: str, total: Money | None, customer: str)", "pay(key: str, refund: float, customer: str)"),
        ("does(\"pay\", key=key, total=str(total), customer=customer)\n    return f\"paid {total}\"",
         "does(\"pay\", key=key, refund=refund)\n    return f\"paid {refund}\""),
    )  # fmt: skip
    case_id = world.submit("200 EUR", 0.8)
    world.verdict(case_id, "approve", value=120)
    world.verdict(case_id, "approve", value=120.5)
    assert [call["refund"] for call in world.calls("pay")] == [120.0]
    assert world.case(case_id).answers["refund"]["value"] == 120.0
    assert [one.value for one in world.verdicts(case_id)] == [120.0, 120.5]
    world.check()


def test_who_decides_unseen_as_the_second_is_not_told_what_the_first_said(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8, customer="watched")
    assert watched.held(case_id).blind
    watched.verdict(case_id, "approve", value="pay", note="surely")
    second = watched.held(case_id).person
    file = consult.consult(watched.context, second, case_id)
    assert [one for one in file.verdicts if one.value is not None or one.note] == []
    case = watched.verdict(case_id, "approve", value="pay")
    assert (case.state, case.answers["refund"]["value"]) == ("done", "pay")
    watched.check()


def test_it_never_runs_alone(watched: World) -> None:
    case_id = watched.submit("101 EUR", 1.0)
    assert watched.case(case_id).state == "waiting"
    assert [one["text"] for one in watched.judgements(case_id)[0].reasons] == ["Large refunds"]
    assert watched.case(watched.submit("99 EUR", 1.0)).state == "done"
    watched.check()


def test_three_where_the_map_says_so_and_a_condition_that_cannot_be_told_counts(watched: World) -> None:
    case_id = watched.submit("5 EUR", 0.99, letter="grave")
    seen = []
    for _ in range(3):
        assert watched.case(case_id).state == "waiting"
        seen.append(watched.held(case_id).person)
        watched.verdict(case_id, "approve")
    assert watched.case(case_id).state == "done"
    assert len(set(seen)) == 3
    assert watched.action(case_id).authority["with"] == seen[:2]
    watched.check()


def test_who_answers_otherwise_needs_somebody_who_agrees_too(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8, answer="reject")
    watched.verdict(case_id, "approve", value="pay")
    first = watched.verdicts(case_id)[0].person
    second = watched.held(case_id).person
    # a refusal stands alone, whoever agreed to what before
    watched.verdict(case_id, "approve", value="reject")
    assert watched.case(case_id).answers["refund"] == {"value": "reject", "by": second, "round": 1}
    assert first != second
    assert watched.calls("pay") == []
    watched.check()


def test_a_material_edit_voids_what_was_agreed_and_its_editor_is_no_second(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8)
    first = watched.held(case_id).person
    watched.verdict(case_id, "approve")
    editor = watched.held(case_id).person
    watched.verdict(case_id, "edit", fields={"total": "300 EUR"})
    held = watched.held(case_id)
    assert (watched.case(case_id).round, held.eyes) == (2, {"people": 2, "agreed": []})
    assert held.person != editor
    with pytest.raises(Forbidden, match="made the proposal by correcting it"):
        watched.verdict(case_id, "approve", by=editor)
    # whoever agreed before the edit is asked anew, and counts as one
    watched.verdict(case_id, "approve", by=first)
    assert watched.case(case_id).state == "waiting"
    with pytest.raises(Forbidden):
        watched.verdict(case_id, "approve", by=first)
    last = watched.held(case_id).person
    assert last not in (first, editor)
    assert watched.verdict(case_id, "approve").state == "done"
    assert watched.action(case_id).authority["with"] == [first]
    watched.check()


def test_the_submitter_is_neither_under_any_name(watched: World) -> None:
    watched.edited(lambda now: now.model_copy(update={
        "people": now.people | {"ann": Person(aliases=("ann.robot",))}}))  # fmt: skip
    case_id = watched.submit("200 EUR", 0.8, by="ann")
    with pytest.raises(Forbidden, match="submitted this case"):
        watched.verdict(case_id, "approve", by="ann")
    watched.verdict(case_id, "approve")
    assert watched.held(case_id).person != "ann"
    with pytest.raises(Forbidden, match="submitted this case"):
        watched.verdict(case_id, "approve", by="ann")
    assert watched.verdict(case_id, "approve").state == "done"
    watched.check()


def test_who_benefits_does_not_decide_by_name_alias_or_address(a_world: Callable[..., World]) -> None:
    world = a_world(INTERESTED)
    world.edited(lambda now: now.model_copy(update={
        "people": now.people | {"ann": Person(aliases=("Ann Other",), email="ann@x.example")}}))  # fmt: skip
    for named in ("ann", "Ann Other", "ANN OTHER", "ann@x.example"):
        case_id = world.submit("100 EUR", 0.8, customer=named)
        assert world.held(case_id).person != "ann"
        with pytest.raises(Forbidden, match="has an interest in this case"):
            world.verdict(case_id, "approve", by="ann")
    world.check()


def test_who_benefits_is_found_among_several(a_world: Callable[..., World]) -> None:
    world = a_world(
        ("    bands: review-flow\n", "    bands: review-flow\n    interested: [payees]\n"),
        ("    watched: bool\n", "    watched: bool\n    payees: list[str] = []\n"),
        ('Customer(watched=customer == "watched")', 'Customer(watched=False, payees=["somebody", customer])'),
    )
    case_id = world.submit("100 EUR", 0.8, customer="ann")
    assert world.held(case_id).person != "ann"
    with pytest.raises(Forbidden, match="has an interest in this case"):
        world.verdict(case_id, "approve", by="ann")
    world.check()


def lent(by: str, to: str) -> Delegation:
    return Delegation(by=by, to=to, start=date(2026, 1, 1), until=date(2026, 1, 31))


def test_who_acts_for_another_is_the_same_as_the_other(watched: World) -> None:
    # clerk belongs to no queue, and acts for ann
    watched.edited(lambda now: now.model_copy(update={"delegations": (lent("ann", "clerk"),)}))
    case_id = watched.submit("200 EUR", 0.8)
    watched.verdict(case_id, "approve", by="clerk")
    assert watched.verdicts(case_id)[0].behalf == "ann"
    for one in ("ann", "clerk"):
        with pytest.raises(Forbidden, match=r"has agreed to this already|does not belong"):
            watched.verdict(case_id, "approve", by=one)
    assert watched.held(case_id).person not in ("ann", "clerk")
    other = watched.submit("200 EUR", 0.8)
    watched.verdict(other, "approve", by="ann")
    with pytest.raises(Forbidden, match="does not belong"):
        watched.verdict(other, "approve", by="clerk")
    watched.check()


def test_a_row_of_authority_may_ask_for_a_second(a_world: Callable[..., World]) -> None:
    world = a_world()
    rows = (
        Grant.model_validate({"person": "ann", "decides": ["refund"], "second": "50 EUR"}),
        Grant.model_validate({"role": "owner", "decides": ["refund"]}),
        Grant.model_validate({"role": "specialist", "decides": ["refund"], "second": "always"}),
        Grant.model_validate({"role": "reviewer", "decides": ["refund"]}),
    )
    world.edited(lambda now: now.model_copy(update={"authority": rows}))
    small, large, other = (world.submit(f"{sum_} EUR", 0.8) for sum_ in (50, 51, 51))
    assert world.verdict(small, "approve", by="ann").state == "done"
    assert world.verdict(large, "approve", by="ann").state == "waiting"
    assert world.held(large).person != "ann"
    assert world.verdict(large, "approve", by="lead").state == "done"
    assert world.verdict(other, "approve", by="bo").state == "done"
    third = world.submit("1 EUR", 0.8)
    assert world.verdict(third, "approve", by="spec").state == "waiting"
    assert world.verdict(third, "approve", by="ann").state == "done"
    world.check()


def test_who_made_the_proposal_is_no_second_on_behalf_of_another_either(
    a_world: Callable[..., World],
) -> None:
    world = a_world()
    rows = (
        Grant.model_validate(
            {"person": "ann", "decides": ["refund"], "second": "always", "delegate": "P90D"}
        ),
        Grant.model_validate({"person": "bo", "decides": ["refund"]}),
        Grant.model_validate({"person": "lead", "decides": ["refund"]}),
    )
    world.edited(lambda now: now.model_copy(
        update={"authority": rows, "delegations": (lent("ann", "clerk"),)}))  # fmt: skip
    for editor in ("clerk", "ann"):
        case_id = world.submit("100 EUR", 0.8)
        world.verdict(case_id, "edit", by=editor, fields={"total": "90 EUR"})
        with pytest.raises(Forbidden, match="made the proposal by correcting it"):
            world.verdict(case_id, "approve", by=editor)
        with pytest.raises(Forbidden, match=r"made the proposal|has no authority"):
            world.verdict(case_id, "approve", by="clerk")
        assert world.verdict(case_id, "approve", by="bo").state == "done"
    world.check()


def test_a_second_who_is_asked_for_meanwhile_is_missed_when_it_runs(a_world: Callable[..., World]) -> None:
    world = a_world()
    case_id = world.submit("100 EUR", 0.8)
    submit_verdict(world.context, "ann", case_id, Answer(kind="approve"))
    row = Grant.model_validate({"role": "reviewer", "decides": ["refund"], "second": "always"})
    world.edited(lambda now: now.model_copy(update={"authority": (row,)}))
    world.run()
    assert world.calls("pay") == []
    assert "2 people have to agree" in (world.action(case_id).error or "")
    world.check()


def test_what_was_agreed_is_asked_again_when_it_runs(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8)
    first = watched.held(case_id).person
    watched.verdict(case_id, "approve")
    second = watched.held(case_id).person
    submit_verdict(watched.context, second, case_id, Answer(kind="approve"))
    people.disable(watched.context, first, by="admin", because="has left")
    watched.run()
    assert watched.calls("pay") == []
    assert f"{first} is not an active person here" in (watched.action(case_id).error or "")
    watched.check()


def test_an_approval_that_was_taken_away_or_made_up_lets_nothing_run(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8)
    watched.verdict(case_id, "approve")
    second = watched.held(case_id).person
    submit_verdict(watched.context, second, case_id, Answer(kind="approve"))
    watched.tamper(tables.verdict, {"case_id": case_id, "serial": 1}, approves={})
    watched.run()
    assert watched.calls("pay") == []
    assert "no recorded verdict approves exactly this" in (watched.action(case_id).error or "")


def test_escalating_asking_and_leaving_keep_who_agreed_out(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8)
    first = watched.held(case_id).person
    watched.verdict(case_id, "approve")
    watched.verdict(case_id, "ask", question="Why?", to="clerk")
    answer_question(watched.context, "clerk", case_id, "Because.")
    held = watched.held(case_id)
    assert (held.person != first, held.eyes) == (True, {"people": 2, "agreed": [first]})
    watched.verdict(case_id, "escalate")
    held = watched.held(case_id)
    assert (held.person != first, held.eyes) == (True, {"people": 2, "agreed": [first]})
    people.disable(watched.context, held.person, by="admin", because="has left")
    assert watched.held(case_id).person != first
    watched.wait(hours=30)
    assert watched.held(case_id).person != first
    assert watched.verdict(case_id, "approve").state == "done"
    watched.check()


def test_somebody_who_saw_the_case_before_the_first_agreed_is_told(watched: World) -> None:
    case_id = watched.submit("200 EUR", 0.8)
    rev = watched.case(case_id).rev
    watched.verdict(case_id, "approve")
    second = watched.held(case_id).person
    with pytest.raises(Conflict, match="changed since you saw it"):
        submit_verdict(watched.context, second, case_id, Answer(kind="approve"), rev=rev)
    watched.check()


@pytest.mark.parametrize("given", [{"people": 1}, {"above": -1}, {"people": 9}, {"because": ""}])
def test_rows_have_their_bounds(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FourEyes.model_validate({"because": "x", **given})


def test_who_leaves_the_queue_before_it_runs_is_refused_and_who_was_given_it_is_not(
    a_world: Callable[..., World],
) -> None:
    def without_ann(now: People) -> People:
        desk = now.queues["desk"]
        rest = tuple(one for one in desk.members if one != "ann")
        return now.model_copy(update={"queues": {"desk": desk.model_copy(update={"members": rest})}})

    world = a_world((", escalate_to: lead", ", escalate_to: clerk"))
    mine, passed_on = world.submit(sure=0.8), world.submit(sure=0.8)
    world.verdict(passed_on, "escalate")
    assert world.held(passed_on).person == "clerk"
    submit_verdict(world.context, "ann", mine, Answer(kind="approve"))
    submit_verdict(world.context, "clerk", passed_on, Answer(kind="approve"))
    world.edited(without_ann)
    world.run()
    assert "ann does not belong to the queue desk" in (world.action(mine).error or "")
    assert [call["key"] for call in world.calls("pay")] == [f"{passed_on}:pay:1"]
    assert world.action(passed_on).authority["outside"] == ["clerk"]
    world.check()
