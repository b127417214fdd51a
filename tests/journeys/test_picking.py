"""Answers that are lists, on the desk: without a script, and by keyboard in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from surehand.testing import trial
from tests.desk import PASSWORD, Desk, desk_on, text_of
from tests.offers import Offers, write
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page


@contextmanager
def desk_of_offers(folder: Path, url: str) -> Iterator[tuple[Desk, Offers]]:
    with (
        trial(write(folder), database=url) as bench,
        desk_on(bench, "ann", "bo", "spec", "lead", "deputy", by="dev") as desk,
    ):
        yield desk, Offers(bench)


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[tuple[Desk, Offers]]:
    with desk_of_offers(tmp_path / "offers", database_url) as found:
        yield found


def test_left_as_they_are_they_are_as_recommended(there: tuple[Desk, Offers]) -> None:
    desk, offers = there
    case = offers.offer("urgent", "large", sure=0.7).id
    person = desk.person(offers.bench.assignment(case).person)
    assert "urgent, large" in text_of(person.get(f"/cases/{case}/brief"))
    assert person.send(f"/cases/{case}/verdict", verdict="approve").status_code == 303
    assert offers.bench.case(case).answers["tags"]["value"] == ["urgent", "large"]


def test_boxes_and_places_are_the_answer(there: tuple[Desk, Offers]) -> None:
    desk, offers = there
    case = offers.offer("urgent", sure=0.2).id
    person = desk.person(offers.bench.assignment(case).person)
    assert "Recommendation" not in text_of(person.get(f"/cases/{case}/brief"))
    refused = person.send(f"/cases/{case}/verdict", verdict="approve")
    assert (refused.status_code, "Choose an answer" in text_of(refused.text)) == (422, True)
    person.get(f"/cases/{case}/brief")
    assert (
        person.send(f"/cases/{case}/verdict", verdict="approve", value=["foreign", "large"]).status_code
        == 303
    )
    offers.bench.run()
    person = desk.person(offers.bench.assignment(case).person)
    page = person.get(f"/cases/{case}/brief")
    assert ("Place 2" in page, "Place 3" in page) == (True, False)
    refused = person.send(f"/cases/{case}/verdict", verdict="approve", value=["Bea", ""])
    assert refused.status_code == 422
    assert "The answer must name 2, the best first." in text_of(refused.text)
    # what was chosen is still there
    assert '<option value="Bea" selected>' in refused.text
    person.get(f"/cases/{case}/brief")
    assert person.send(f"/cases/{case}/verdict", verdict="approve", value=["Bea", "Ada"]).status_code == 303
    offers.bench.run()
    assert offers.bench.case(case).answers["shortlist"]["value"] == ["Bea", "Ada"]
    assert "Bea, Ada" in text_of(person.get(f"/cases/{case}"))


def test_they_are_chosen_by_keyboard_in_a_browser(tmp_path: Path, browser_page: "Page") -> None:
    url = f"sqlite:///{tmp_path}/offers.db"
    with desk_of_offers(tmp_path / "offers", url) as (desk, offers), listening(desk.app) as address:
        case = offers.offer("urgent", sure=0.2).id
        page = browser_page
        _opened(page, address, case, offers.bench.assignment(case).person)
        page.locator("h2.ask").click()
        for key in ("2", "3", "a"):
            page.keyboard.press(key)
        page.wait_for_url(lambda at: case not in at)
        offers.bench.run()
        assert offers.bench.case(case).answers["tags"]["value"] == ["large", "foreign"]
        _opened(page, address, case, offers.bench.assignment(case).person)
        page.select_option("#place-1", "Cy")
        page.select_option("#place-2", "Ada")
        page.locator("h2.ask").click()
        page.keyboard.press("a")
        page.wait_for_url(lambda at: case not in at)
        assert offers.bench.case(case).answers["shortlist"]["value"] == ["Cy", "Ada"]


def _opened(page: "Page", address: str, case: str, person: str) -> None:
    """The brief, as this person sees it, which everybody can use."""
    page.context.clear_cookies()
    page.goto(f"{address}/signin")
    page.fill("[name=name]", person)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/cases/{case}/brief")
    assert Axe().run(page).response["violations"] == []
