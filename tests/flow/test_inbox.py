"""The inbox narrowed and ordered: what fits is found, and nothing that a reader may not know is told."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from surehand.core.narrowing import Narrowing
from surehand.core.policy import Grade
from surehand.core.precedence import Precedence
from surehand.flow import handling, inbox
from surehand.flow.inbox import Counted, Wanted
from surehand.store import narrowing as stored
from surehand.store import tables
from tests.flow.test_sight import OTHERS, granted
from tests.flow.test_spot_check import beside, checks
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both


def found(world: World, person: str, view: str = "all", order: str = "due", **narrowing: object) -> list[str]:
    """All pages of a list, as far as it goes."""
    wanted = Wanted(view=view, order=order, narrowing=Narrowing(**narrowing))  # type: ignore[arg-type]
    rows: list[str] = []
    after, skip = None, 0
    while True:
        page = inbox.pile(world.context, person, wanted, after=after, skip=skip)
        rows += [row.case_id for row in page.rows]
        if page.after is None and page.skip is None:
            return rows
        after, skip = page.after, page.skip or 0


def test_what_fits_is_found(world: World) -> None:
    small = world.submit("20 EUR", 0.7)
    large = world.submit("2000 EUR", 0.7, customer="100%_Ltd")
    angry = world.submit("700 EUR", 0.7, letter="angry")
    handling.prioritise(world.context, "lead", small, Precedence.URGENT, "now")
    assert found(world, "lead") == [small, angry, large]
    assert found(world, "lead", process="refunds") == [small, angry, large]
    assert found(world, "lead", process="nothing") == []
    assert found(world, "lead", asked=("decision",)) == [small, large]
    assert found(world, "lead", asked=("exception", "check")) == [angry]
    assert found(world, "lead", grades=(Grade.MEDIUM,)) == [large]
    assert found(world, "lead", least=Decimal(20), most=Decimal(1999)) == [small]
    assert found(world, "lead", least=Decimal("20.01")) == [large]
    assert found(world, "lead", precedences=(Precedence.URGENT, Precedence.LOW)) == [small]
    assert found(world, "lead", text=large.upper()) == [large]
    assert found(world, "lead", text="%") == found(world, "lead", text="_") == []
    assert found(world, "lead", text="ROBOT") == [small, angry, large]
    assert found(world, "lead", due="overdue") == []
    world.wait(minutes=1)
    assert found(world, "lead", due="soon") == [angry]
    assert found(world, "lead", until=world.context.clock().date() - timedelta(days=1)) == []
    for case_id, hours in ((small, 1), (angry, 3), (large, 2)):
        past = world.context.clock() - timedelta(hours=hours)
        world.tamper(tables.assignment, {"case_id": case_id}, due_at=past)
    assert found(world, "lead", due="overdue", precedences=(Precedence.NORMAL,)) == [angry, large]
    assert found(world, "lead", due="overdue", until=world.context.clock().date()) == [small, angry, large]


def test_the_subject_is_looked_for(a_world: Callable[..., World]) -> None:
    world = a_world(("    bands: review-flow\n", "    bands: review-flow\n    subject: customer\n"))
    first, second = world.submit(sure=0.7, customer="Acme 100%"), world.submit(sure=0.7, customer="Acme 1000")
    assert found(world, "lead", text="100%") == [first]
    assert found(world, "lead", text="acme") == [first, second]


def test_by_stake_the_costliest_comes_first(world: World) -> None:
    sums = ("20", "12000", "900", "2000", "900")
    low, high, due, medium, later = (world.submit(f"{one} EUR", 0.7) for one in sums)
    assert found(world, "lead", order="stake") == [high, medium, due, later, low]
    ungraded = world.submit(letter="angry")
    assert found(world, "lead", order="stake")[-1] == ungraded
    assert found(world, "lead", order="stake", asked=("decision",), most=Decimal(900)) == [due, later, low]


def test_only_the_first_are_looked_through_and_the_rest_is_a_page_further(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [world.submit(sure=0.7, by=name) for name in ("clerk", "robot", "robot", "robot", "clerk")]
    for module in (inbox, stored):
        monkeypatch.setattr(module, "COUNTED", 2)
    wanted = Wanted(view="all", narrowing=Narrowing(text="clerk"))
    first = inbox.pile(world.context, "lead", wanted)
    assert ([row.case_id for row in first.rows], first.total, first.looked) == ([ids[0]], 1, 2)
    second = inbox.pile(world.context, "lead", wanted, after=first.after)
    assert ([*second.rows], second.total) == ([], None)
    assert found(world, "lead", text="clerk") == [ids[0], ids[4]]
    by_stake = inbox.pile(world.context, "lead", Wanted(view="all", order="stake"))
    assert (len(by_stake.rows), by_stake.looked, by_stake.after, by_stake.skip) == (2, 2, None, None)


def test_pages_of_what_fits_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [world.submit(sure=0.7) for _ in range(5)]
    monkeypatch.setattr(inbox, "PAGE", 2)
    assert found(world, "lead", text="refunds") == []
    assert found(world, "lead", text="robot") == ids
    assert found(world, "lead", text="robot", order="stake") == ids
    page = inbox.pile(world.context, "lead", Wanted(view="all", narrowing=Narrowing(text="robot")))
    assert (page.total, page.looked) == (5, None)


def test_a_filter_tells_nothing_of_what_is_beyond_its_reader(world: World) -> None:
    granted(world, {"person": "ann", "only": {"tone": ["calm"]}}, OTHERS)
    calm, grave = world.submit("20 EUR", 0.7), world.submit("30 EUR", 0.7, letter="grave")
    for narrowing in (
        Narrowing(text=grave), Narrowing(least=Decimal(25)), Narrowing(text="robot", most=Decimal(30)),
        Narrowing(asked=("decision",)),
    ):  # fmt: skip
        for order in inbox.ORDERS:
            wanted = Wanted(view="all", order=order, narrowing=narrowing)
            page = inbox.pile(world.context, "ann", wanted)
            seen = [row.case_id for row in page.rows]
            assert grave not in seen
            assert page.total == len(seen)
            assert inbox.counts(world.context, "ann", [wanted]) == [None]
            past = world.context.clock() - timedelta(days=1)
            assert inbox.pulse(world.context, "ann", wanted, since=past, ids=[]).newer == len(seen)
            assert grave in [row.case_id for row in inbox.pile(world.context, "lead", wanted).rows]
    assert found(world, "ann", asked=("decision",)) == [calm]


def test_a_filter_tells_nothing_of_what_is_above_a_limit(world: World) -> None:
    small, large = world.submit("400 EUR", 0.7), world.submit("600 EUR", 0.7)
    wanted = Wanted(view="all", narrowing=Narrowing(text="robot"))
    page = inbox.pile(world.context, "bo", wanted)
    assert ([row.case_id for row in page.rows], page.total) == ([small], 1)
    assert found(world, "bo", text=large) == found(world, "bo", least=Decimal(500)) == []
    assert inbox.counts(world.context, "bo", [wanted, Wanted()])[0] == Counted(1, False)


def test_what_is_checked_unseen_is_not_found_by_what_came_later(a_world: Callable[..., World]) -> None:
    world = a_world(checks())
    case_id = world.submit("2000 EUR")
    check = beside(world, case_id)
    person = check.person
    assert found(world, person, text=case_id) == [case_id]
    assert found(world, person, asked=("check",), grades=(Grade.MEDIUM,)) == [case_id]
    # afterwards the case becomes another; whoever checks it must not notice
    world.tamper(tables.case, {"id": case_id}, title="Later", subject="Later", stake=Decimal(9), grade="low")
    assert found(world, person, text="later") == []
    assert found(world, person, grades=(Grade.LOW,)) == found(world, person, most=Decimal(10)) == []
    assert found(world, person, least=Decimal(2000), order="stake") == [case_id]
    assert found(world, "boss", text="later", asked=("check",)) == [case_id]


def test_counts_of_several_lists(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for total in ("20", "30", "40"):
        world.submit(f"{total} EUR", 0.7)
    lists = [Wanted(view="all", narrowing=Narrowing(least=Decimal(n))) for n in (0, 25, 35)]
    told = inbox.counts(world.context, "lead", [*lists, Wanted(view="later")])
    assert told == [Counted(3, False), Counted(2, False), Counted(1, False), Counted(0, False)]
    monkeypatch.setattr(inbox, "GLANCED", 2)
    assert inbox.counts(world.context, "lead", lists[:1]) == [Counted(2, True)]
