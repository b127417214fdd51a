"""Two people agree to a refund: what each sees, what each button leads to, what one cannot do alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.desk import PASSWORD, Desk, desk_on, text_of
from tests.flow.test_four_eyes import ABOVE
from tests.flow.world import World, opened_world
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE = ("ann", "bo", "spec", "lead", "boss", "deputy", "admin")


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[tuple[Desk, World]]:
    with (
        opened_world(tmp_path / "place", database_url, ABOVE) as world,
        desk_on(world.bench, *PEOPLE, by="dev") as desk,
    ):
        yield desk, world


def test_what_each_of_two_people_sees(there: tuple[Desk, World]) -> None:
    desk, world = there
    case = world.submit("200 EUR", 0.99)
    first = world.held(case).person
    one = desk.person(first)
    said = text_of(one.get(f"/cases/{case}/brief"))
    assert "2 different people have to agree to it." in said
    assert "One more has to agree, then runs pay" in said
    assert one.send(f"/cases/{case}/verdict", verdict="approve").status_code == 303
    world.run()
    assert world.calls("pay") == []
    # who agreed cannot agree again, on the page or behind it
    again = text_of(one.get(f"/cases/{case}/brief"))
    assert "has agreed to this already, and somebody else has to" in again
    forced = one.post(f"/cases/{case}/verdict", csrf=one.last["csrf"], verdict="approve")
    assert forced.status_code in (403, 409, 422)
    second = world.held(case).person
    other = desk.person(second)
    said = text_of(other.get(f"/cases/{case}/brief"))
    assert f"2 people have to agree (Large refunds): {first} agreed." in said
    assert "One more has to agree" not in said
    assert "Runs pay" in said
    assert other.send(f"/cases/{case}/verdict", verdict="approve").status_code == 303
    world.run()
    assert len(world.calls("pay")) == 1
    story = text_of(other.get(f"/cases/{case}"))
    assert f"{first} approved: pay. 2 people have to agree." in story


def test_what_is_beyond_a_person_is_a_page_without_the_case(there: tuple[Desk, World]) -> None:
    desk, world = there
    case = world.submit("900 EUR", 0.8, customer="Secret Corp")
    holder = world.held(case).person
    bo = desk.person("bo")
    for path in (f"/cases/{case}", f"/cases/{case}/brief"):
        page = text_of(bo.get(path, status=403))
        assert f"This case is beyond what bo may decide, and {holder} has it" in page
        assert "Secret Corp" not in page
        assert "900" not in page
    for path in ("/inbox?view=queues", "/inbox?view=all", "/cases", "/inbox?queue=desk"):
        page = bo.get(path)
        assert case not in page, path
        assert "Secret Corp" not in page, path
    small = world.submit("400 EUR", 0.8)
    assert small in bo.get("/inbox?view=queues")


def test_two_people_by_keyboard(there: tuple[Desk, World], browser_page: "Page") -> None:
    (desk, world), page = there, browser_page
    case = world.submit("200 EUR", 0.99)
    with listening(desk.app) as address:
        for _ in range(2):
            page.context.clear_cookies()
            page.goto(f"{address}/signin")
            page.fill("[name=name]", world.held(case).person)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/")
            page.goto(f"{address}/cases/{case}/brief")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.keyboard.press("a")
            page.wait_for_load_state()
            page.wait_for_url(lambda url: not url.endswith("/brief"))
    world.run()
    assert len(world.calls("pay")) == 1
