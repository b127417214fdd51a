"""Reasons that people write out are proposed to the owner, who takes them up or sets them aside."""

from collections.abc import Callable

import pytest

from surehand.core.story import told
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow.wording import proposals, set_aside
from tests.flow.world import World

REASONS = (
    "    queue: desk\n    sla: {due: PT8H, remind: PT6H, escalate_to: lead}\n    answer_within: PT4H\n",
    "    queue: desk\n    reasons: [fair, '7%']\n    sla: {due: PT8H, remind: PT6H, escalate_to: lead}\n"
    "    answer_within: PT4H\n",
)
SAID = ("Freight was agreed by telephone", "agreed by telephone: the freight", "freight agreed, telephone")


@pytest.fixture
def world(a_world: Callable[..., World]) -> World:
    return a_world(REASONS)


def wrote(world: World, *notes: str, by: tuple[str, ...] = ("ann", "spec")) -> list[str]:
    """Cases that were decided for the reason `other`, with these notes."""
    ids = []
    for number, note in enumerate(notes):
        ids.append(world.submit(sure=0.8))
        world.verdict(ids[-1], "reject", by=by[number % len(by)], reason="other", note=note)
        world.wait(minutes=1)
    return ids


def test_three_notes_of_two_people_are_proposed(world: World) -> None:
    ids = wrote(world, *SAID[:2], "nothing like it")
    assert proposals(world.context, "refunds") == []
    ids += wrote(world, SAID[2])
    (one,) = proposals(world.context, "refunds")
    assert (one.point, one.name, one.notes, one.people) == ("refund", "freight-agreed-telephone", 3, 2)
    assert [text for _, _, text in one.quotes] == [SAID[2], SAID[1], SAID[0]]
    assert {case for case, _, _ in one.quotes} == {ids[0], ids[1], ids[3]}
    assert one.yaml == 'reasons: ["fair", "7%", freight-agreed-telephone]'
    # told to the owner, and to whoever sees all cases
    for name in ("boss", "lead", "admin"):
        assert proposals(world.context, "refunds", person=name) == [one]
    for name in ("ann", "spec", "dev", "clerk", "gone", "nobody.here"):
        assert proposals(world.context, "refunds", person=name) == []
    assert proposals(world.context, "nothing") == []
    world.wait(days=91)
    assert proposals(world.context, "refunds") == []


def test_one_person_proposes_nothing_and_an_open_case_tells_nothing(world: World) -> None:
    wrote(world, *SAID, by=("ann",))
    assert proposals(world.context, "refunds") == []
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "edit", by="spec", fields={"total": "90 EUR"}, reason="other", note=SAID[0])
    assert proposals(world.context, "refunds") == []
    world.verdict(case_id, "reject", by="spec", reason="fair")
    assert [one.notes for one in proposals(world.context, "refunds")] == [4]


def test_what_is_set_aside_comes_again_when_it_has_doubled(world: World) -> None:
    wrote(world, *SAID)
    (one,) = proposals(world.context, "refunds")
    for name, error in (("lead", Forbidden), ("ann", Forbidden), ("clerk", NotFound)):
        with pytest.raises(error):
            set_aside(world.context, name, "refunds", one.point, one.id, "no")
    with pytest.raises(NotFound):
        set_aside(world.context, "boss", "nothing", one.point, one.id, "no")
    for note in ("", "  ", "x" * 2_001, "a\x00"):
        with pytest.raises(InvalidInput):
            set_aside(world.context, "boss", "refunds", one.point, one.id, note)
    with pytest.raises(Conflict):
        set_aside(world.context, "boss", "refunds", one.point, "0" * 12, "no")
    set_aside(world.context, "boss", "refunds", one.point, one.id, "It is what 'fair' means")
    assert proposals(world.context, "refunds") == []
    with pytest.raises(Conflict):
        set_aside(world.context, "boss", "refunds", one.point, one.id, "again")
    events = [link for link in world.events("system") if link.kind == "reason_set_aside"]
    assert [entry.sentence for entry in told(events)] == [
        "boss set a proposed reason aside: freight-agreed-telephone, from 3 notes of refund, refunds. "
        "It is what 'fair' means"
    ]
    wrote(world, *SAID[:2])
    assert proposals(world.context, "refunds") == []
    wrote(world, SAID[0])
    assert [found.notes for found in proposals(world.context, "refunds")] == [6]
