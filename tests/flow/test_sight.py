"""What is beyond a person is in no list, message or history that they get."""

from collections.abc import Callable
from typing import Any

import pytest

from surehand.core.grants import Grant
from surehand.core.people import People
from surehand.flow import consult, desk, letters, people, searching
from surehand.store import outbox
from surehand.web.queue_views import queue_view
from surehand.web.views import ShellView
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both


def granted(world: World, *rows: dict[str, Any]) -> None:
    """Rows of authority about refunds, in force from now on."""
    made = tuple(Grant.model_validate({"decides": ["*"], **row}) for row in rows)

    def edit(now: People) -> People:
        return now.model_copy(update={"authority": made})

    people.change(world.context, by="admin", because="for the test", edit=edit)


def listed(world: World, name: str) -> set[str]:
    """Cases that somebody finds in the lists of the pages and of the API."""
    found = searching.search(world.context, name).rows
    more, _ = consult.newest(world.context, name, process=None, state=None, after=None, limit=50)
    assert {one.id for one in found} == {one.id for one in more}
    return {one.id for one in found}


OTHERS = {"role": "reviewer"}


@pytest.mark.parametrize(
    ("rows", "hidden", "seen"),
    [
        ([{"limit": "50 EUR"}], ["51 EUR"], ["50 EUR"]),
        ([{"only": {"tone": ["calm"]}}], ["1 EUR grave"], ["1 EUR"]),
        # the sum of one row and the grade of the other allow nothing together
        ([{"limit": "9000 EUR", "consequence": "low"}, {"limit": "10 EUR", "consequence": "high"}],
         ["2000 EUR"], ["900 EUR"]),
        ([{"limit": "900 EUR", "only": {"tone": ["grave"]}}, {"limit": "10 EUR"}],
         ["11 EUR"], ["11 EUR grave", "10 EUR"]),
    ],
)  # fmt: skip
def test_lists_show_nothing_that_is_beyond_somebody(
    world: World, rows: list[dict[str, Any]], hidden: list[str], seen: list[str]
) -> None:
    granted(world, *({"person": "ann", **row} for row in rows), OTHERS)

    def case(text: str) -> str:
        amount, currency, *letter = text.split()
        return world.submit(f"{amount} {currency}", 0.8, letter=letter[0] if letter else None)

    kept, known = [case(one) for one in hidden], [case(one) for one in seen]
    for case_id in kept:
        assert world.held(case_id).person != "ann"
    assert listed(world, "ann") == set(known)
    assert listed(world, "deputy") == {*kept, *known}
    assert listed(world, "robot") == {*kept, *known}
    world.check()


def test_a_page_goes_on_after_rows_that_are_hidden(world: World) -> None:
    granted(world, {"person": "ann", "only": {"tone": ["calm"]}}, OTHERS)
    first = world.submit("1 EUR", 0.8)
    for _ in range(desk.PAGE):
        world.submit("1 EUR", 0.8, letter="grave")
    page = searching.search(world.context, "ann")
    assert page.rows == []
    assert page.after is not None
    page = searching.search(world.context, "ann", after=page.after)
    assert ([row.id for row in page.rows], page.after) == ([first], None)


def test_a_message_about_what_is_late_does_not_name_what_is_beyond_who_answers_for_it(
    a_world: Callable[..., World],
) -> None:
    world = a_world(("remind: PT6H, escalate_to", "remind: PT6H, warn: PT7H, escalate_to"))
    granted(world, {"person": "deputy", "limit": "50 EUR"}, OTHERS)
    desk_of = world.context.people.queues["desk"].model_copy(update={"owner": "deputy", "backup": None})
    people.change(
        world.context, by="admin", because="for the test",
        edit=lambda now: now.model_copy(update={"queues": {"desk": desk_of}}),
    )  # fmt: skip
    case_id = world.submit("200 EUR", 0.8)
    world.wait(hours=7)
    with world.context.db.read() as connection:
        rows = [one for one in outbox.of_person(connection, "deputy", limit=50) if one.case_id == case_id]
    late = [one for one in rows if one.kind in ("warned", "at_risk", "shared")]
    assert late
    assert [letters.letter(world.context, one) for one in late] == [None] * len(late)
    assert letters.items(world.context, "deputy", late) == [None] * len(late)


def test_a_queue_names_nothing_late_that_is_beyond_its_backup(world: World) -> None:
    granted(world, {"person": "deputy", "limit": "50 EUR"}, OTHERS)
    large, small = world.submit("200 EUR", 0.8), world.submit("20 EUR", 0.8)
    for _ in range(3):
        world.wait(hours=9)

    def named(name: str) -> set[str]:
        shell = ShellView(now=world.context.clock(), mode="development", person=name)
        return {one.case_id for one in queue_view(world.context, shell, "desk").late or ()}

    assert named("deputy") == {small}
    assert named("lead") == {large, small}


def test_history_shows_who_decides_nothing_that_is_beyond_them(a_world: Callable[..., World]) -> None:
    world = a_world(("    bands: review-flow\n", "    bands: review-flow\n    subject: customer\n"))
    granted(world, {"person": "ann", "limit": "50 EUR"}, OTHERS)
    large, small = world.submit("4000 EUR", 0.8), world.submit("40 EUR", 0.8)
    world.wait(minutes=1)
    now = world.context.clock()

    def told(name: str) -> set[str]:
        with world.context.db.read() as connection:
            found = desk.earlier(
                world.context, connection, name, "refunds", "Acme", before=now, decides=True
            )  # fmt: skip
        return {one.id for one in found}

    assert told("ann") == {small}
    assert told("deputy") == {large, small}
