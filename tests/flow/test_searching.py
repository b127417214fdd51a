"""Cases are found by words and by whole names, at a bounded cost, by those who may see them."""

from collections.abc import Callable
from unittest.mock import patch

import pytest

from surehand.core.case import CaseState
from surehand.flow import desk, searching
from surehand.flow.searching import numbered, search
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both


def found(world: World, text: str, by: str = "ann", **more: object) -> list[str]:
    return [row.id for row in search(world.context, by, text=text, **more).rows]  # type: ignore[arg-type]


def test_each_word_is_part_of_something(world: World) -> None:
    one = world.submit(customer="Anna Smith", key="order-17")
    world.wait(seconds=1)
    two = world.submit(customer="Bert Smith", key="order-18")
    assert found(world, "") == [two, one]
    assert found(world, "order-17") == [one]
    assert found(world, "ORDER") == [two, one]
    assert found(world, f"order {one[-6:]}") == [one]
    assert found(world, f"order-18 {one[-6:]}") == []
    assert found(world, one.upper()) == [one]
    assert found(world, "  order-17  \t ") == [one]
    # who sent it
    assert found(world, "robot order") == [two, one]
    # no word reaches from one column into the next
    assert found(world, f"{one}order") == []


ABOUT = ("    signals: [model_probability]\n", "    subject: customer\n    signals: [model_probability]\n")


def test_where_people_enter_what_was_read_no_search_compares_the_subject_of_what_waits(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(ABOUT)
    waits, ended = world.submit(sure=0.7, customer="Zebra Ltd"), world.submit(customer="Zebra Ltd")
    assert found(world, "zebra") == found(world, "Zebra Ltd") == [ended, waits]
    monkeypatch.setattr(desk, "entered_in", lambda context: ["refunds"])
    assert found(world, "zebra") == found(world, "Zebra Ltd") == [ended]
    assert found(world, "zebra", by="lead") == [ended, waits]
    assert found(world, "robot") == [ended, waits]


@pytest.mark.parametrize(
    "text", ["%", "_", "order_17", "%%", "\\", "a" * 200, "' OR 1=1 --", "\u202e", "zz " * 60]
)
def test_signs_of_the_database_are_letters(world: World, text: str) -> None:
    world.submit(key="order-17")
    assert found(world, text) == []


def test_it_looks_so_far_and_goes_on_from_there(world: World) -> None:
    ids = []
    for number in range(7):
        ids.append(world.submit(key=f"order-{number}", customer="Anna"))
        world.wait(seconds=1)
    with patch.object(searching, "LOOKED_AT", 3):
        page = search(world.context, "ann", text="order-")
        assert [row.id for row in page.rows] == ids[:3:-1]
        assert page.back_to is not None
        page = search(world.context, "ann", text="order-", after=page.after)
        assert [row.id for row in page.rows] == ids[3:0:-1]
        page = search(world.context, "ann", text="order-", after=page.after)
        assert ([row.id for row in page.rows], page.after, page.back_to) == ([ids[0]], None, None)
        # what is named whole is found however old, once, and first of all on the first page
        assert found(world, "order-0") == [ids[0]]
        assert found(world, ids[0]) == [ids[0]]
        assert found(world, "order-6") == [ids[6]]
        assert found(world, "order-0", state=CaseState.DONE) in ([], [ids[0]])


def test_a_whole_number_leads_to_the_case_for_those_who_may_see_it(world: World) -> None:
    case = world.submit()
    assert numbered(world.context, "ann", f" {case.upper()} ") == case
    assert numbered(world.context, "clerk", case) is None
    assert found(world, case, by="clerk") == []
    for text in ("", case[:-1], f"{case} x", "no-such", "\x00", "a" * 100, "ⅷ"):
        assert numbered(world.context, "ann", text) is None
