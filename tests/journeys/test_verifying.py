"""A reading is verified: on the desk without a script, over HTTP, and in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from surehand.flow import access
from tests.bills import Bills, entered, opened_bills
from tests.client import Client
from tests.desk import PASSWORD, Desk, desk_on, text_of
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE = ("ann", "spec", "lead", "boss", "deputy")

#: What is on the paper, and how it was read: nothing that is read is on the paper as such.
PAPER, MISREAD = "Paper Mill|777.31 EUR|2026-03-09", "total=~41.877"


@contextmanager
def desk_of_bills(folder: Path, url: str, *edits: tuple[str, str]) -> Iterator[tuple[Desk, Bills]]:
    with (
        opened_bills(folder, url, *edits) as bills,
        desk_on(bills.bench, *PEOPLE, by="dev") as desk,
    ):
        yield desk, bills


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[tuple[Desk, Bills]]:
    with desk_of_bills(tmp_path / "bills", database_url) as found:
        yield found


def test_who_sees_it_corrects_a_field_and_the_case_goes_on(there: tuple[Desk, Bills]) -> None:
    desk, bills = there
    case = bills.bill(PAPER, sure=0.7, misread=MISREAD).id
    person = desk.person(bills.held(case).person)
    said = person.get(f"/cases/{case}/brief")
    for part in ("As it was read", "Company", "Total", "Goes on with your values", "All of it is right"):
        assert part in said, part
    doubtful = person.send(f"/cases/{case}/verdict", verdict="approve")
    assert doubtful.status_code == 422
    assert "is to be checked first: tick it, or correct it" in text_of(doubtful.text)
    person.get(f"/cases/{case}/brief")
    assert person.send(f"/cases/{case}/verdict", verdict="edit", field_total="777.31").status_code == 303
    bills.run()
    assert bills.case(case).facts["total"] == {"amount": "777.31", "currency": "EUR"}
    assert (bills.case(case).round, bills.case(case).state) == (1, "done")
    story = text_of(person.get(f"/cases/{case}"))
    assert "corrected" in story
    assert "Paid" in story or "paid" in story


@pytest.mark.parametrize("verdict", ["approve", "edit"])
@pytest.mark.parametrize("typed", ["9", "03-09", "3/4"])
def test_a_day_that_is_entered_unseen_is_not_completed_from_what_was_read(
    there: tuple[Desk, Bills], typed: str, verdict: str
) -> None:
    desk, bills = there
    case = bills.bill(PAPER, sure=0.2, misread=MISREAD).id
    person = desk.person(bills.held(case).person)
    person.get(f"/cases/{case}/brief")
    refused = person.send(
        f"/cases/{case}/verdict", verdict=verdict, field_company="Paper Mill", field_total="777.31",
        field_day=typed,
    )  # fmt: skip
    assert refused.status_code == 422
    assert "may mean" not in refused.text
    assert refused.text.count("2026-03-09") == 1  # on the paper alone


def test_who_enters_it_sees_nothing_of_what_was_read(there: tuple[Desk, Bills]) -> None:
    desk, bills = there
    case = bills.bill(PAPER, sure=0.2, misread=MISREAD).id
    holder = bills.held(case).person
    person = desk.person(holder)
    for path in (f"/cases/{case}/brief", f"/cases/{case}", "/inbox", "/cases", "/"):
        page = person.get(path)
        assert "778.14" not in text_of(page), path
        assert "778.14" not in text_of(desk.person("boss").get(path)) or path.endswith("/brief"), path
    said = text_of(person.get(f"/cases/{case}/brief"))
    assert "Enter what the source says" in said
    assert "Save edits" not in said
    refused = person.send(
        f"/cases/{case}/verdict", verdict="approve", field_company="Paper Mill", field_day="soon"
    )
    said = text_of(refused.text)
    assert refused.status_code == 422
    assert "Total is to be entered, or ticked as not there." in said
    assert 'value="Paper Mill"' in refused.text
    both = {"field_company": "Paper Mill", "field_total": "777.31", "field_day": "soon"}
    refused = person.send(f"/cases/{case}/verdict", verdict="approve", **both)
    assert "Day must be a date as year-month-day" in text_of(refused.text)
    both["field_day"] = "2026-03-09"
    refused = person.send(f"/cases/{case}/verdict", verdict="approve", **both, checked="total")
    assert "Total has a value and is ticked as not there: keep one of them." in text_of(refused.text)
    both["field_total"] = ""
    assert (
        person.send(f"/cases/{case}/verdict", verdict="approve", **both, checked="total").status_code == 303
    )
    bills.run()
    assert bills.case(case).facts["total"] is None
    # a sum that nobody knows is a person's to decide
    assert bills.held(case).point == "pay_bill"


def test_a_check_through_the_api_names_what_is_to_be_entered(tmp_path: Path, database_url: str) -> None:
    keyed = ("    fields: [company, total, day]\n", "    fields: [company, total, day]\n    keyed: 2\n")
    with desk_of_bills(tmp_path / "bills", database_url, keyed) as (desk, bills):
        case = bills.bill(PAPER, misread=MISREAD).id
        (check,) = bills.beside(case)
        api = _Api(desk)
        seen = api.call(check.person, "GET", f"/cases/{case}")
        assert "778.14" not in str(seen)
        (waiting,) = seen["beside"]
        assert len(waiting["enter"]) == 2
        assert set(waiting["enter"]) < {"company", "total", "day"}
        right = entered(company="Paper Mill", total="777.31", day="2026-03-09")
        value = {name: right[name] for name in waiting["enter"]}
        body = {
            "verdict": "approve",
            "value": value,
            "assignment": waiting["id"],
            "shown": waiting["shown"],
            "round": 1,
        }
        lacking = {**body, "value": dict(list(value.items())[:1])}
        refused = api.sent(check.person, "POST", f"/cases/{case}/verdict", json=lacking)
        assert refused.status_code == 422
        assert "is to be entered too, from the source" in refused.text
        api.call(check.person, "POST", f"/cases/{case}/verdict", json=body)
        wrong = "total" in value
        (outcome,) = api.call(check.person, "GET", f"/cases/{case}")["outcomes"]
        assert outcome["correct"] is not wrong
        ((process,),) = api.call(check.person, "GET", "/processes").values()
        points = process["points"]
        assert [(one["name"], one["kind"]) for one in points] == [
            ("reading", "fields"),
            ("pay_bill", "choice"),
        ]
        bills.run()


class _Api:
    def __init__(self, desk: Desk) -> None:
        self._http = Client(desk.app, raise_server_exceptions=False)
        context = desk.surehand.context
        self._keys = {name: access.create_key(context, name, "t", by="dev") for name in PEOPLE}

    def sent(self, person: str, method: str, path: str, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._keys[person]}"}
        return self._http.request(method, f"/api/v1{path}", headers=headers, **sent)

    def call(self, person: str, method: str, path: str, **sent: Any) -> Any:
        response = self.sent(person, method, path, **sent)
        assert response.status_code < 300, (response.status_code, response.text)
        return response.json()


def test_it_is_entered_by_keyboard_in_a_browser(tmp_path: Path, browser_page: "Page") -> None:
    url = f"sqlite:///{tmp_path}/bills.db"
    with desk_of_bills(tmp_path / "bills", url) as (desk, bills), listening(desk.app) as address:
        case = bills.bill(PAPER, misread=MISREAD).id
        (check,) = bills.beside(case)
        page = browser_page
        page.goto(f"{address}/signin")
        page.fill("input[name=name]", check.person)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}/cases/{case}/brief?of={check.id}")
        assert "778.14" not in page.content()
        assert Axe().run(page).response["violations"] == []
        # the first field has the focus, so that typing begins at once
        page.keyboard.type("Paper Mill")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("777.31")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("2026-03-09")
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.wait_for_url(lambda at: "brief" not in at or case not in at)
        bills.run()
        assert bills.case(case).facts["total"] == {"amount": "777.31", "currency": "EUR"}
        assert bills.action(case, undo=True).state == "done"
