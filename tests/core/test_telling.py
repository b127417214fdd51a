"""Who is told of a change: derived from assignments and events, never those who made it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from surehand.core.case import ENGINE, Assignment
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.policy import Grade
from surehand.core.telling import HOOKED, Subscription, hooked
from tests.core.made import NOW, a_case

GIVEN = Assignment(
    id="pay-1.4", case_id="pay-1", round=1, kind="decide", point="check", queue="desk", person="ann",
    level=Level.REVIEW, because="", opened_at=NOW, due_at=NOW + timedelta(hours=1), timer_at=None,
)  # fmt: skip


def told(passage: Passage) -> set[tuple[str, str, str | None]]:
    return {(one.to, one.kind, one.of) for one in passage.change().tells}


def passage() -> Passage:
    return Passage(a_case(), at=NOW)


@pytest.mark.parametrize(
    ("kind", "event", "message"),
    [
        ("decide", "routed", "assigned"), ("exception", "left_path", "assigned"), ("repair", "x", "assigned"),
        ("answer", "verdict", "asked"), ("decide", "answered", "answered"),
        ("decide", "unanswered", "unanswered"),
        ("notice", "routed", "notice"), ("check", "routed", "check"), ("finding", "spot_checked", "finding"),
    ],
)  # fmt: skip
def test_a_new_assignment(kind: str, event: str, message: str) -> None:
    here = passage()
    here.note(event, "bo")
    here.add(replace(GIVEN, kind=kind))
    assert told(here) == {("ann", message, "pay-1.4")}


def test_nobody_hears_of_what_they_did_themselves() -> None:
    here = passage()
    here.note("verdict", "ann")
    here.add(GIVEN)
    assert told(here) == set()
    here = passage()
    here.update(replace(GIVEN, person="bo"))
    here.note("claimed", "bo", taken_from="ann")
    assert told(here) == {("ann", "taken_over", None)}


@pytest.mark.parametrize(
    ("kind", "actor", "expected"),
    [
        ("stood_in", ENGINE, {("bo", "assigned", "pay-1.4")}),
        ("released", "ann", {("bo", "assigned", "pay-1.4")}),
        ("adopted", ENGINE, {("bo", "assigned", "pay-1.4")}),
        ("reassigned", "lead", {("bo", "assigned", "pay-1.4"), ("ann", "taken_over", None)}),
        ("relaxed", ENGINE, {("bo", "assigned", "pay-1.4"), ("ann", "taken_over", None)}),
    ],
)
def test_whoever_gets_it_from_another_is_told(
    kind: str, actor: str, expected: set[tuple[str, str, str | None]]
) -> None:
    here = passage()
    here.update(GIVEN.given_to("bo"))
    here.note(kind, actor, taken_from="ann", to="bo")
    assert told(here) == expected
    assert here.change().passed_on


def test_what_stays_where_it_is_is_told_to_nobody() -> None:
    here = passage()
    here.update(GIVEN)
    here.note("relaxed", ENGINE, taken_from="ann", to="ann")
    here.note("adopted", ENGINE, lacked="work", to="")
    assert told(here) == set()


def test_the_rungs_of_the_ladder() -> None:
    here = passage()
    here.update(GIVEN)
    here.note("reminded", ENGINE, person="ann")
    assert told(here) == {("ann", "reminded", "pay-1.4")}
    assert not here.change().tells[0].urgent
    here = passage()
    here.update(replace(GIVEN, person="lead"))
    here.note("escalated", ENGINE, taken_from="ann", to="lead", stage="escalated")
    assert told(here) == {("lead", "escalated", "pay-1.4"), ("ann", "taken_over", None)}
    assert {one.kind for one in here.change().tells if one.urgent} == {"escalated"}
    here = passage()
    here.update(GIVEN)
    here.note("escalated", ENGINE, taken_from="ann", to="ann", stage="overdue")
    assert told(here) == {("ann", "overdue", "pay-1.4")}


@pytest.mark.parametrize("kind", ["customer_waits", "process_waits"])
@pytest.mark.parametrize("reminds", [False, True])
def test_whoever_has_it_hears_once_that_somebody_waits(kind: str, reminds: bool) -> None:
    """With the one who has it too, and without a reminder of the same besides."""
    here = passage()
    here.update(replace(GIVEN, backup="bo"))
    here.note(kind, "lead", because="Called twice", holder="ann")
    if reminds:
        here.note("reminded", ENGINE, person="ann")
    assert told(here) == {("ann", kind, "pay-1.4"), ("bo", kind, "pay-1.4")}
    assert all(one.urgent and one.body == {"by": "lead"} for one in here.change().tells)


@pytest.mark.parametrize(("actor", "others"), [("ann", {"bo"}), ("bo", {"ann"})])
def test_of_two_who_have_it_the_other_hears_that_somebody_waits(actor: str, others: set[str]) -> None:
    here = passage()
    here.update(replace(GIVEN, backup="bo"))
    here.note("customer_waits", actor, because="Called twice", holder="ann")
    assert {to for to, _, _ in told(here)} == others


def test_what_is_critical_is_urgent() -> None:
    here = passage()
    here.move(grade=Grade.CRITICAL)
    here.note("routed", ENGINE)
    here.add(GIVEN)
    assert here.change().tells[0].urgent


def test_what_was_closed_again_is_not_told() -> None:
    here = passage()
    here.note("routed", ENGINE)
    here.add(GIVEN)
    here.update(replace(GIVEN, open=False))
    assert told(here) == set()


def test_what_runs_alone_tells_nobody() -> None:
    here = passage()
    for kind in ("received", "read", "recommended", "routed", "action_planned", "action_done", "finished"):
        here.note(kind, ENGINE)
    assert here.change().tells == ()


def test_webhooks_hear_what_they_asked_for() -> None:
    here = passage()
    here.note("action_done", ENGINE, step="pay", key="pay-1:pay:1", result="secret words")
    here.note("finished", ENGINE, result="pay")
    here.move(answers={"check": {"value": "pay", "by": "policy", "round": 1}}, facts={"total": "secret sum"})
    change = here.change()
    everything = Subscription("erp", frozenset(HOOKED))
    found = {one.kind: one.body for one in hooked(change, [everything])}
    assert set(found) == {"action.done", "case.finished", "case.decided"}
    assert found["case.decided"]["by"] == "policy"
    assert "secret" not in repr(found)
    (one,) = hooked(change, [Subscription("erp", frozenset({"case.finished"}), facts=True)])
    assert one.to == "hook:erp"
    assert one.body["facts"] == {"total": "secret sum"}
    assert list(hooked(change, [Subscription("erp", frozenset(HOOKED), frozenset({"another"}))])) == []
    assert len({(one.event, one.kind) for one in hooked(change, [everything])}) == 3
