"""Verdicts from pages: given now, in effect some seconds later, and until then withdrawn without a trace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import consult, desk, drafting, handling, inbox, pending
from surehand.flow.context import Processes
from surehand.flow.explain import explain
from surehand.flow.pending import give_verdict, take_effect, withdraw
from surehand.flow.review import claim, submit_verdict
from surehand.flow.running import sweep
from surehand.flow.standing import looked_at
from surehand.maps.version import kept
from surehand.web import resources
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both

SPAN = timedelta(seconds=10)
SAID = ("pending", "withdrawn")


def given(world: World, case_id: str, by: str = "ann", kind: str = "approve", **answer: str) -> None:
    until = give_verdict(
        world.context, by, case_id, Answer(kind=kind, reason="other", note="as agreed", **answer), span=SPAN
    )
    assert until == world.context.clock() + SPAN


def mine(world: World, person: str, view: str = "mine") -> list[str]:
    return [row.case_id for row in inbox.pile(world.context, person, inbox.Wanted(view=view)).rows]


def not_in_effect(world: World) -> list[str]:
    """Ann's, as every page of hers names them."""
    return [one.case_id for one in desk.bearings(world.context, "ann").glance.given]


def test_nothing_counts_and_nothing_runs_before_it_takes_effect(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    world.run()
    assert (world.verdicts(case_id), world.calls("pay")) == ([], [])
    assert world.case(case_id).owner == "ann"
    assert mine(world, "ann") == []
    assert mine(world, "ann", "later") == []
    world.wait(seconds=9)
    assert world.verdicts(case_id) == []
    world.wait(seconds=1)
    world.run()
    (verdict,) = world.verdicts(case_id)
    assert (verdict.person, verdict.kind, verdict.note, verdict.final) == (
        "ann",
        "approve",
        "as agreed",
        True,
    )
    assert len(world.calls("pay")) == 1
    assert world.kinds(case_id).count("pending") == 1
    assert take_effect(world.context) == 0
    world.check()


def test_what_takes_effect_while_it_is_withdrawn_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep comes between the two rows that are read; on SQLite, where one writes, before them."""
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    world.bench.clock.move(timedelta(seconds=10))
    read, first_of_all = list[str](), world.context.db.dialect == "sqlite"
    if first_of_all:
        assert take_effect(world.context) == 1

    def between(name: str, reads: Callable[..., Any]) -> Callable[..., Any]:
        def first(*given: Any, **named: Any) -> Any:
            read.append(name)
            if not first_of_all and read[1:] == [name] and read[0] != name:
                assert take_effect(world.context) == 1
            return reads(*given, **named)

        return first

    monkeypatch.setattr(pending.cases, "load", between("case", pending.cases.load))
    monkeypatch.setattr(pending.rows, "of_case", between("assignment", pending.rows.of_case))
    with pytest.raises(Conflict):
        withdraw(world.context, "ann", case_id)
    monkeypatch.undo()
    assert len(read) >= 2
    world.run()
    (verdict,) = world.verdicts(case_id)
    assert (verdict.final, world.case(case_id).state) == (True, "done")
    assert len(world.calls("pay")) == 1
    assert "withdrawn" not in world.kinds(case_id)
    world.check()


def test_of_two_the_one_that_is_named_is_withdrawn(world: World) -> None:
    first, second = world.submit(sure=0.8), world.submit(sure=0.8)
    given(world, first)
    given(world, second)
    with pytest.raises(Conflict):
        withdraw(world.context, "ann", first, of=world.held(second).id)
    withdraw(world.context, "ann", first, of=world.held(first).id)
    assert not_in_effect(world) == [second]


def test_a_host_without_the_files_of_a_version_leaves_it_to_others(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    world.bench.clock.move(timedelta(seconds=10))
    here = world.context.processes
    world.context.processes = Processes({}, Elsewhere(world.folder))
    assert take_effect(world.context) == 0
    world.context.processes = here
    assert world.held(case_id).pending is not None
    assert take_effect(world.context) == 1


@dataclass
class Elsewhere:
    """Versions of a host that has none."""

    folder: Path

    def load(self, name: str, hash: str) -> Any:
        return kept(self.folder / "nothing", name, hash)


def test_what_is_withdrawn_leaves_two_events_and_nothing_else(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before = world.held(case_id)
    given(world, case_id, kind="reject")
    assert not_in_effect(world) == [case_id]
    withdraw(world.context, "ann", case_id)
    assert world.held(case_id) == before
    assert mine(world, "ann") == [case_id]
    assert not_in_effect(world) == []
    world.wait(minutes=1)
    assert take_effect(world.context) == 0
    assert (world.verdicts(case_id), world.case(case_id).state) == ([], "waiting")
    told = [one.sentence for one in explain(world.context, case_id).entries[-2:]]
    assert "ann decided refund: reject, which takes effect at" in told[0]
    assert "ann took that back before it took effect." in told[1]
    with pytest.raises(Conflict, match="taken effect already, or was withdrawn"):
        withdraw(world.context, "ann", case_id)
    given(world, case_id)
    world.check()


def test_what_cannot_be_given_is_refused_at_once(world: World) -> None:
    case_id = world.submit(sure=0.8)
    answer = Answer(kind="approve", value="perhaps", reason="other", note="n")
    with pytest.raises(InvalidInput):
        give_verdict(world.context, "ann", case_id, answer, span=SPAN)
    with pytest.raises((Forbidden, NotFound)):
        give_verdict(world.context, "robot", case_id, Answer(kind="approve"), span=SPAN)
    assert world.held(case_id).pending is None
    world.check()


def test_others_hear_that_it_is_decided_until_it_is_withdrawn(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    for person in ("bo", "ann"):
        with pytest.raises(Conflict, match="decided this a moment ago") as caught:
            submit_verdict(world.context, person, case_id, Answer(kind="reject", reason="other", note="n"))
        assert caught.value.extra["pending"] == "ann"
    with pytest.raises(Conflict, match="ann decided this a moment ago"):
        claim(world.context, "bo", case_id)
    with pytest.raises(Conflict, match="You decided this a moment ago"):
        handling.release(world.context, "ann", case_id)
    with pytest.raises(Conflict, match="taken effect already, or was withdrawn"):
        withdraw(world.context, "bo", case_id)
    withdraw(world.context, "ann", case_id)
    claim(world.context, "bo", case_id)
    world.check()


def test_who_may_not_decide_any_more_is_told_and_it_waits_again(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    world.away("ann")
    world.wait(seconds=11)
    assert world.held(case_id).pending is None
    assert world.verdicts(case_id) == []
    assert "lapsed" in world.kinds(case_id)
    assert "What ann had decided came to nothing" in explain(world.context, case_id).entries[-1].sentence
    world.check()


def test_a_deadline_that_passes_meanwhile_finds_it_decided(world: World) -> None:
    case_id = world.submit(sure=0.8)
    due = world.held(case_id).due_at
    world.wait(seconds=(due - world.context.clock()).total_seconds() - 2)
    sweep(world.context)
    holder = world.held(case_id).person
    before = world.kinds(case_id)
    given(world, case_id, by=holder)
    world.wait(seconds=4)
    sweep(world.context)
    assert world.kinds(case_id) == [*before, "pending"]
    world.wait(seconds=6)
    sweep(world.context)
    assert [one.person for one in world.verdicts(case_id)] == [holder]
    world.check()


def test_a_question_and_an_edit_can_be_withdrawn_too(world: World) -> None:
    asked, edited = world.submit(sure=0.8), world.submit(sure=0.8)
    given(world, asked, kind="ask", question="Which order?")
    answer = Answer(kind="edit", fields={"total": "90 EUR"}, reason="other", note="n")
    assert give_verdict(world.context, world.held(edited).person, edited, answer, span=SPAN) is not None
    assert world.case(asked).state == "waiting"
    world.wait(seconds=10)
    assert world.case(asked).state == "asking"
    assert world.case(edited).round == 2
    world.check()


def test_the_map_says_how_long(a_world: Callable[..., World]) -> None:
    world = a_world(
        (
            "    queue: desk\n    sla: {due: PT8H, remind",
            "    queue: desk\n    undo_for: PT2M\n    sla: {due: PT8H, remind",
        )
    )
    world.context.undo_for = SPAN
    found, _ = looked_at(world.context, "ann", world.submit(sure=0.8))
    assert pending.span_of(world.context, found) == timedelta(minutes=2)


def test_drafts_belong_to_who_wrote_them_in_one_round(world: World) -> None:
    case_id = world.submit(sure=0.8)
    found, _ = looked_at(world.context, "ann", case_id)
    assert drafting.kept(world.context, "ann", found) is None
    drafting.keep(world.context, "ann", found, {"note": ["half"]})
    drafting.keep(world.context, "ann", found, {"note": ["half a note"], "field.total": ["9"]})
    kept = drafting.kept(world.context, "ann", found)
    assert kept is not None
    assert kept.body == {"note": ["half a note"], "field.total": ["9"]}
    assert drafting.kept(world.context, "bo", found) is None
    drafting.forget(world.context)
    assert drafting.kept(world.context, "ann", found) is not None
    with pytest.raises(InvalidInput, match="too long to be kept"):
        drafting.keep(world.context, "ann", found, {"note": ["x" * 500_000]})
    world.verdict(case_id, "edit", fields={"total": "90 EUR"})
    world.run()
    drafting.forget(world.context)
    assert drafting.kept(world.context, "ann", found) is None
    drafting.keep(world.context, "ann", found, {"note": ["x"]})
    drafting.keep(world.context, "ann", found, {})
    assert drafting.kept(world.context, "ann", found) is None


def test_what_was_withdrawn_with_the_ais_view_is_kept_from_who_decides_alone_later(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id, kind="reject")
    withdraw(world.context, "ann", case_id)
    world.verdict(case_id, "edit", fields={"customer": "watched"})
    world.run()
    held = world.held(case_id)
    assert held.blind
    links = [one for one in consult.events(world.context, held.person, case_id) if one.kind in SAID]
    assert [one.kind for one in links] == ["pending", "withdrawn"]
    for one in links:
        assert one.body == {"point": "refund", "round": 1, "withheld": True}


def test_the_api_says_that_it_is_decided_and_not_put_off(world: World) -> None:
    case_id = world.submit(sure=0.8)
    given(world, case_id)
    shown = resources.assigned(world.held(case_id))
    assert (shown.pending_by, shown.pending_until) == ("ann", world.context.clock() + SPAN)
    assert shown.snoozed_until is None


def test_a_draft_goes_with_the_effect(world: World) -> None:
    case_id = world.submit(sure=0.8)
    found, _ = looked_at(world.context, "ann", case_id)
    given(world, case_id)
    drafting.keep(world.context, "ann", found, {"note": ["as agreed"]})
    world.wait(seconds=10)
    assert len(world.verdicts(case_id)) == 1
    assert drafting.kept(world.context, "ann", found) is None
