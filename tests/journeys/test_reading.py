"""Somebody reads and types in the form of their country, and no sum becomes another one by it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from surehand.core.values import shown
from surehand.flow import reaching
from surehand.store import cases
from tests.desk import Desk, Visitor, desk_of, text_of

RITA = "rita.reviewer"
GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/surehand.db") as running:
        yield running


@pytest.fixture
def german(desk: Desk) -> Visitor:
    browser = desk.person(RITA)
    browser.http.headers.update(GERMAN)
    return browser


def brief(desk: Desk, browser: Visitor) -> str:
    case = desk.order(total="4135.78 EUR")
    browser.post(f"/cases/{case}/claim", csrf=csrf(browser))
    return case


def csrf(browser: Visitor) -> str:
    browser.get("/me")
    return browser.last["csrf"]


def test_the_browser_says_how_sums_are_written_until_the_reader_does(desk: Desk, german: Visitor) -> None:
    case = brief(desk, german)
    assert "4.135,78 EUR" in text_of(german.get("/inbox"))
    # a field holds what everything else takes, and what is typed comes back as it was typed
    assert 'value="4135.78"' in german.get(f"/cases/{case}/brief")
    german.get("/me")
    answer = german.send("/me/reading", locale="en-US", timezone="America/New_York")
    assert answer.status_code == 303
    page = text_of(german.get("/me"))
    assert "This is how numbers, dates and times are written for you from now on." in page
    assert "-1,234,567.89 EUR" in page
    assert "All times are America/New_York." in page
    assert "4,135.78 EUR" in text_of(german.get("/inbox"))
    assert "AM" in (times := text_of(german.get(f"/cases/{case}"))) or "PM" in times


def test_what_is_typed_in_the_readers_form_is_that_sum(desk: Desk, german: Visitor) -> None:
    case = brief(desk, german)
    answer = german.verdict(case, "edit", field_total="1.234,56", reason="price-list")
    assert answer.status_code == 303, text_of(answer.text)
    desk.run()
    assert desk.case(case).facts["total"] == {"amount": "1234.56", "currency": "EUR"}


@pytest.mark.parametrize(
    ("typed", "day"), [("3.4.", "2026-04-03"), ("27", "2026-05-27"), ("04-03", "2026-04-03")]
)
def test_of_a_day_is_typed_what_differs(desk: Desk, german: Visitor, typed: str, day: str) -> None:
    case = refund(desk, german)
    answer = german.verdict(case, "edit", field_bought=typed, reason="damaged")
    assert answer.status_code == 303, text_of(answer.text)
    desk.run()
    assert desk.case(case).facts["bought"] == day


def test_what_may_be_two_days_is_asked_about_and_nothing_is_lost(desk: Desk, german: Visitor) -> None:
    case = refund(desk, german)
    answer = german.verdict(case, "edit", field_bought="03/04/2026", reason="damaged")
    assert answer.status_code == 422
    told = "'03/04/2026' may mean 2026-04-03 or 2026-03-04: write the one that is right."
    assert told in text_of(answer.text)
    assert 'value="03/04/2026"' in answer.text
    assert desk.case(case).facts["bought"] == "2026-05-22"


def refund(desk: Desk, browser: Visitor) -> str:
    """A refund that its reader has, of something that was bought on a day."""
    given = {"customer": "Acme", "amount": "40 EUR", "bought": "2026-05-22"}
    case = desk.submit(
        "refunds", given, recommendations={"approve_refund": {"value": "pay", "confidence": 0.8}}
    )
    browser.post(f"/cases/{case}/claim", csrf=csrf(browser))
    return case


@pytest.mark.parametrize("typed", ["1.234", "1,234"])
def test_what_may_be_two_sums_is_asked_about_and_nothing_is_lost(
    desk: Desk, german: Visitor, typed: str
) -> None:
    case = brief(desk, german)
    answer = german.verdict(case, "edit", field_total=typed, reason="price-list")
    assert answer.status_code == 422
    assert "may mean 1234 or 1.234: write 1234 for the first, 1.2340 for the second." in text_of(answer.text)
    assert f'value="{typed}"' in answer.text
    assert desk.case(case).facts["total"] == {"amount": "4135.78", "currency": "EUR"}
    assert german.verdict(case, "edit", field_total="1234", reason="price-list").status_code == 303


def test_a_field_that_was_not_touched_is_no_edit_in_any_form(desk: Desk, german: Visitor) -> None:
    case = desk.order(total="1.234 EUR")
    german.post(f"/cases/{case}/claim", csrf=csrf(german))
    assert german.verdict(case, "approve", reason="price-list").status_code == 303
    assert Decimal(desk.case(case).facts["total"]["amount"]) == Decimal("1.234")


def test_where_nobody_says_anything_numbers_are_read_as_before(desk: Desk) -> None:
    browser = desk.person(RITA)
    case = brief(desk, browser)
    assert browser.verdict(case, "edit", field_total="12,50", reason="price-list").status_code == 422
    assert browser.verdict(case, "edit", field_total="1,234.50", reason="price-list").status_code == 303
    desk.run()
    assert shown(desk.case(case).facts["total"]) == "1,234.50 EUR"


def test_a_choice_that_is_not_offered_is_refused_with_what_was_typed(desk: Desk, german: Visitor) -> None:
    german.get("/me")
    answer = german.send("/me/reading", locale="de-DE", timezone="Berlin")
    assert answer.status_code == 422
    assert "Time zone must be the name of a time zone, such as Europe/Berlin." in text_of(answer.text)
    assert 'value="Berlin"' in answer.text


def test_a_day_that_is_asked_for_is_the_readers(desk: Desk, german: Visitor) -> None:
    case = brief(desk, german)
    with desk.surehand.context.db.read() as connection:
        due = cases.open_assignments(connection, [case])[case].due_at
    # 25 hours apart, so that the day in Niue has always ended in Kiritimati
    day = due.astimezone(ZoneInfo("Pacific/Niue")).date()
    for zone, there in (("Pacific/Niue", True), ("Pacific/Kiritimati", False)):
        german.get("/me")
        assert german.send("/me/reading", locale="", timezone=zone).status_code == 303
        assert (f'data-case="{case}"' in german.get(f"/inbox?until={day}")) is there


def test_messages_are_in_the_form_that_their_reader_chose(desk: Desk, german: Visitor) -> None:
    german.get("/me")
    german.send("/me/reading", locale="de-DE", timezone="Asia/Tokyo")
    case = brief(desk, german)
    lines, _ = reaching.told(desk.surehand.context, RITA)
    assert any(case in line.item.link and line.item.note.endswith("Asia/Tokyo") for line in lines)


def test_the_inbox_tells_what_changed_around_its_reader(desk: Desk, german: Visitor) -> None:
    told = german.get("/inbox")
    assert "Changed since" in told
    assert "published a version of" in told


def test_help_is_there_for_everybody(desk: Desk) -> None:
    stranger = text_of(desk.visitor().get("/help"))
    assert "Every key has a button or a link that does the same." in stranger
    assert "More is here once you are signed in." in stranger
    assert "Who answers for a process" in text_of(desk.person(RITA).get("/help"))
    assert 'href="/help"' in desk.visitor().get("/signin")


def test_the_number_of_a_case_in_the_search_leads_to_it(desk: Desk) -> None:
    case, browser = desk.order(), desk.person(RITA)
    answer = browser.http.get(f"/cases?q={case.upper()}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}")
    # the script that keeps the list fresh is told to go there as a whole
    part = browser.http.get(f"/cases?q={case}", headers={"HX-Request": "true"}, follow_redirects=False)
    assert (part.status_code, part.headers["hx-redirect"]) == (200, f"/cases/{case}")
    assert f'href="/cases/{case}"' in browser.get(f"/cases?q={case}&process=orders")
    assert "No case fits" in desk.person("otto.other").get(f"/cases?q={case}")
