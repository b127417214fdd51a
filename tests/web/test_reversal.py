"""Who has just made a mistake finds the way back: from the notice to the case, where it is taken back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, desk_of, text_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def test_the_notice_after_a_verdict_leads_to_where_it_can_be_taken_back(desk: Desk) -> None:
    case = desk.order(total="90.00 EUR")
    person_name = str(desk.case(case).owner)
    person = desk.person(person_name)
    answer = person.verdict(case, "approve", reason="price-list")
    page = person.get(answer.headers["location"])
    assert f'<a href="/cases/{case}">See it, or take it back</a>' in page
    assert "See it, or take it back" not in person.get("/inbox")  # a notice is shown once
    page = text_of(person.get(f"/cases/{case}"))
    assert "Once it has ended, it is taken back here, if the map can." in page
    desk.run()
    until = (desk.clock() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M UTC")
    page = text_of(person.get(f"/cases/{case}"))
    assert f"Book can be taken back until {until}." in page
    assert "Take back: book" in page
    looks_on = text_of(desk.person("anna.auditor").get(f"/cases/{case}"))
    assert "You cannot take back book." in looks_on
    assert "Take back: book" not in looks_on
    desk.wait(days=2)
    person = desk.person(person_name)
    page = text_of(person.get(f"/cases/{case}"))
    assert f"The map counts on taking back book until {until}, which has passed." in page
    assert person.send(f"/cases/{case}/undo", step="book").status_code == 303
    # on the page of the case itself the notice needs no link
    assert "See it, or take it back" not in person.get(f"/cases/{case}")
    desk.run()
    assert "taken back until" not in text_of(person.get(f"/cases/{case}"))


def test_what_ran_nothing_says_nothing(desk: Desk) -> None:
    case = desk.order()
    person = desk.person(str(desk.case(case).owner))
    person.verdict(case, "reject", reason="price-list")
    assert "take back" not in text_of(person.get(f"/cases/{case}")).replace("or take it back", "")
