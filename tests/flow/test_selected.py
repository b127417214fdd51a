"""One thing done with several cases, each by its own verb; and put back, exactly as it was or not at all."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from surehand.core.precedence import Precedence
from surehand.core.story import told
from surehand.errors import Conflict, InvalidInput, NotFound
from surehand.flow import handling, inbox, putting_back, selected
from surehand.flow.putting_back import put_back
from surehand.flow.review import claim
from surehand.flow.selected import Picked, Task, together
from surehand.flow.unseen import FIRST
from surehand.store import tables
from surehand.store.handled import Handled
from tests.flow.test_spot_check import beside, checks
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both


def waiting(world: World, *people: str, total: str = "20 EUR") -> list[str]:
    """A case that waits for each of them."""
    ids = []
    for person in people:
        case_id = world.submit(total, 0.7)
        if world.held(case_id).person != person:
            claim(world.context, person, case_id)
        ids.append(case_id)
    return ids


def picked(world: World, ids: list[str]) -> list[Picked]:
    return [Picked(one, world.held(one).id) for one in ids]


def refused(record: Handled) -> dict[str, str]:
    return {one["case"]: one["because"] for one in record.body["refused"]}


def last(world: World, person: str) -> Handled | None:
    """What somebody did last, as their inbox names it."""
    return inbox.pile(world.context, person, inbox.Wanted()).aside.last


def done(record: Handled) -> list[str]:
    return [one["case"] for one in record.body["done"]]


def last_told(world: World, case_id: str) -> str:
    return told(world.events(case_id))[-1].sentence


def test_each_is_done_by_its_own_authority_and_the_refused_are_named(world: World) -> None:
    small, large = waiting(world, "ann", total="20 EUR"), waiting(world, "ann", total="600 EUR")
    record = together(world.context, "bo", picked(world, small + large), Task(what="claim"))
    assert done(record) == small
    assert list(refused(record)) == large
    assert "beyond what bo may decide" in refused(record)[large[0]]
    assert [world.held(one).person for one in small + large] == ["bo", "ann"]
    undone = put_back(world.context, "bo", record.id)
    assert (done(undone), undone.body["refused"]) == (small, [])
    assert world.held(small[0]).person == "ann"
    assert world.case(small[0]).owner == "ann"
    assert world.kinds(small[0])[-1] == "put_back"
    assert last_told(world, small[0]) == "bo undid the claim: ann has it again."
    world.check()


def test_what_was_put_off_is_there_again(world: World) -> None:
    ids = waiting(world, "ann", "ann", "bo")
    until = world.context.clock() + timedelta(hours=1)
    record = together(world.context, "ann", picked(world, ids), Task(what="snooze", until=until))
    assert (done(record), list(refused(record))) == (ids[:2], ids[2:])
    assert refused(record)[ids[2]] == "bo has this now, and you do not."
    assert [world.held(one).snoozed_until for one in ids] == [until, until, None]
    put_back(world.context, "ann", record.id)
    assert [world.held(one).snoozed_until for one in ids] == [None] * 3
    assert last_told(world, ids[0]) == "ann undid putting it off: it is not put off."


def test_a_case_that_was_handed_on_comes_back_with_all_that_it_had(world: World) -> None:
    (case_id,) = waiting(world, "ann")
    until = world.context.clock() + timedelta(hours=1)
    handling.snooze(world.context, "ann", case_id, until)
    before = world.held(case_id)
    record = together(world.context, "lead", picked(world, [case_id]), Task(what="reassign", to="spec"))
    assert world.held(case_id).person == "spec"
    put_back(world.context, "lead", record.id)
    assert world.held(case_id) == before
    assert last_told(world, case_id).startswith(
        "lead undid handing it on: ann has it again, and it is put off"
    )
    for task in (Task(what="release"), Task(what="priority", precedence=Precedence.URGENT, note="now")):
        record = together(world.context, "ann", picked(world, [case_id]), task)
        assert refused(record) == {}
        assert world.held(case_id) != before
        put_back(world.context, "ann", record.id)
        assert world.held(case_id) == before
        assert world.case(case_id).precedence == 0
    assert "its priority is normal again" in last_told(world, case_id)
    world.check()


def test_what_moved_on_stays_and_is_named(world: World) -> None:
    ids = waiting(world, "ann", "ann", "ann", "ann")
    until = world.context.clock() + timedelta(hours=1)
    record = together(world.context, "ann", picked(world, ids), Task(what="snooze", until=until))
    claim(world.context, "spec", ids[1])
    world.verdict(ids[2], "approve", by="ann")
    handling.prioritise(world.context, "lead", ids[3], Precedence.LOW, "later")
    undone = put_back(world.context, "ann", record.id)
    assert done(undone) == ids[:1]
    assert refused(undone) == {
        ids[1]: "It was changed meanwhile, and spec has it now.",
        ids[2]: "ann decided it meanwhile.",
        ids[3]: "It was changed meanwhile, and ann has it now.",
    }
    assert world.held(ids[3]).snoozed_until == until


def test_only_who_did_it_may_undo_it_once_and_in_time(world: World) -> None:
    (case_id,) = waiting(world, "bo")
    record = together(world.context, "ann", picked(world, [case_id]), Task(what="claim"))
    for person, id in (("bo", record.id), ("lead", record.id), ("ann", "none")):
        with pytest.raises(NotFound):
            put_back(world.context, person, id)
    assert last(world, "ann") == record
    assert last(world, "bo") is None
    world.wait(seconds=61)
    with pytest.raises(Conflict, match="for 60 seconds, which are over"):
        put_back(world.context, "ann", record.id)
    assert last(world, "ann") is None
    assert world.held(case_id).person == "ann"
    record = together(world.context, "bo", picked(world, [case_id]), Task(what="claim"))
    put_back(world.context, "bo", record.id)
    with pytest.raises(Conflict, match="undone already"):
        put_back(world.context, "bo", record.id)
    assert world.held(case_id).person == "ann"


def test_undo_is_no_way_around_authority(world: World) -> None:
    given, taken, handed, back = waiting(world, "bo", "deputy", "bo", "bo")
    claimed = together(world.context, "ann", picked(world, [given]), Task(what="claim"))
    from_deputy = together(world.context, "ann", picked(world, [taken]), Task(what="claim"))
    moved = together(world.context, "lead", picked(world, [handed]), Task(what="reassign", to="ann"))
    released = together(world.context, "bo", picked(world, [back]), Task(what="release"))
    # within the minute bo may decide less, deputy has left, and lead answers for the queue no more
    bo = world.context.people.people["bo"].model_copy(update={"limit": 10})
    lead = world.context.people.people["lead"].model_copy(update={"roles": ("reviewer",)})
    world.hired(bo=bo, lead=lead)
    world.away("deputy")
    world.queue("desk", owner="spec", backup=None, members=("ann", "bo", "spec", "lead"))
    for person, record, words in (
        ("ann", claimed, "bo may decide up to 10"),
        ("ann", from_deputy, "deputy is not an active person here"),
        ("lead", moved, "lead does not answer for the queue desk any more"),
        ("bo", released, "bo may decide up to 10"),
    ):  # fmt: skip
        undone = put_back(world.context, person, record.id)
        assert done(undone) == []
        (told_,) = refused(undone).values()
        assert words in told_
    assert [world.held(one).person for one in (given, taken, handed)] == ["ann", "ann", "ann"]
    assert world.held(back).person != "bo"


def test_nothing_too_much_or_what_is_not_there(world: World) -> None:
    (case_id,) = waiting(world, "ann")
    with pytest.raises(InvalidInput, match="at least one"):
        together(world.context, "ann", [], Task(what="claim"))
    with pytest.raises(InvalidInput, match="at most 50"):
        together(world.context, "ann", [Picked(f"ref-{n}", "x") for n in range(51)], Task(what="claim"))
    odd = [Picked("ref-none", "ref-none.1"), Picked(case_id, "ref-other.1"), Picked(case_id, "")]
    record = together(world.context, "robot", odd, Task(what="priority", note="x"))
    assert len(record.body["refused"]) == 3
    assert done(record) == []
    again = together(world.context, "ann", picked(world, [case_id]) * 3, Task(what="claim"))
    assert done(again) == [case_id]  # it is theirs: nothing to do, and nothing to undo
    undone = put_back(world.context, "ann", again.id)
    assert done(undone) == []


def test_old_ones_are_dropped(world: World) -> None:
    (case_id,) = waiting(world, "bo")
    record = together(world.context, "ann", picked(world, [case_id]), Task(what="claim"))
    world.wait(hours=2)
    together(world.context, "bo", picked(world, [case_id]), Task(what="claim"))
    assert putting_back.done(world.context, "ann", record.id) is None
    assert world.value(tables.handled, "person") == "bo"


def test_a_single_one_can_be_undone_too(world: World) -> None:
    (case_id,) = waiting(world, "bo")
    verb = partial(claim, world.context, "ann", case_id, of=None)
    selected.alone(world.context, "ann", "claim", case_id, None, verb)
    record = last(world, "ann")
    assert record is not None
    put_back(world.context, "ann", record.id)
    assert world.held(case_id).person == "bo"


def test_of_what_somebody_checks_unseen_nothing_else_is_done_or_told(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit("20 EUR")
    check = beside(world, case_id)
    until = world.context.clock() + timedelta(hours=1)
    for of in (f"{case_id}.1", f"{case_id}.99", f"{case_id}:pay:1"):
        for task in (Task(what="claim"), Task(what="snooze", until=until), Task(what="priority", note="x")):
            if of != check.id:
                record = together(world.context, check.person, [Picked(case_id, of)], task)
                assert list(refused(record).values()) == [f"{FIRST}."]
    record = together(
        world.context, check.person, [Picked(case_id, check.id)], Task(what="snooze", until=until)
    )
    assert done(record) == [case_id]
    assert done(put_back(world.context, check.person, record.id)) == [case_id]
    assert beside(world, case_id) == check
