"""The inbox in a real browser, by keys alone: narrow, select, act, undo; and what others do meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk import PASSWORD, Desk, desk_of
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWNER, RITA = "olga.owner", "rita.reviewer"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def signed_in(page: "Page", url: str, name: str = OWNER) -> None:
    page.goto(f"{url}/inbox")
    page.fill("#u", name)
    page.fill("#p", PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(f"{url}/inbox")


def shown(page: "Page") -> list[str]:
    return [str(row.get_attribute("data-case")) for row in page.locator(".row").all()]


def test_by_keys_alone(desk: Desk, browser_page: "Page") -> None:
    cases = [desk.order(number=f"N-{n}", total=f"{n + 1}00.00 EUR") for n in range(4)]
    page, keys = browser_page, browser_page.keyboard
    with listening(desk.app) as url:
        signed_in(page, url)
        page.goto(f"{url}/inbox?view=all", wait_until="networkidle")
        keys.press("f")
        assert page.evaluate("document.activeElement.id") == "n-text"
        keys.type("n-")
        keys.press("Enter")
        page.wait_for_url("**text=n-**")
        page.wait_for_load_state("networkidle")
        assert shown(page) == cases
        # nothing is offered before something is selected
        assert not page.locator("#bulk").is_visible()
        keys.press("j")
        keys.press(" ")
        keys.press("j")
        keys.press("j")
        keys.press("Shift+ ")
        assert page.locator("#selected").inner_text() == "3 selected"
        page.locator("#bulk button[value=claim]").focus()
        keys.press("Enter")
        page.wait_for_url("**done=**")
        page.wait_for_load_state("networkidle")
        assert [desk.case(one).owner for one in cases[:3]] == [OWNER] * 3
        assert "3 cases claimed." in page.locator("#done").inner_text()
        keys.press("z")
        page.get_by_text("3 cases are as they were.").wait_for()
        assert OWNER not in [desk.case(one).owner for one in cases]
        # a menu opens, its field has no default that Enter would send, and Escape gives the focus back
        page.wait_for_load_state("networkidle")
        keys.press("j")
        keys.press(" ")
        page.locator("#bulk details[data-task=priority] summary").focus()
        keys.press("Enter")
        page.locator("#b-note").focus()
        keys.press("Enter")
        assert "done=" in page.url
        assert desk.case(cases[0]).owner != OWNER
        keys.press("Escape")
        assert not page.locator("#b-note").is_visible()
        keys.press("f")
        keys.type("x z j")  # single keys are silent while somebody types
        assert "x z j" in page.locator("#n-text").input_value()


def test_what_others_do_is_marked_in_place_and_what_is_new_comes_when_asked(
    desk: Desk, browser_page: "Page"
) -> None:
    cases = [desk.order(number=f"N-{n}", total="400.00 EUR") for n in range(3)]
    page, rita = browser_page, desk.person(RITA)
    page.clock.install()
    with listening(desk.app) as url:
        signed_in(page, url)
        page.goto(f"{url}/inbox?view=all", wait_until="networkidle")
        page.locator(".pick input").nth(2).check()
        row, given = page.locator(f".row[data-case='{cases[1]}'] .cl"), desk.person(OWNER)
        rita.get("/inbox")
        csrf = rita.last["csrf"]
        for case in cases[:2]:
            rita.post(f"/cases/{case}/claim", csrf=csrf)
        rita.verdict(cases[0], "approve", reason="checked-with-buyer")
        new = desk.order(number="N-9")
        page.clock.run_for(11_000)
        page.locator("#live button").wait_for()
        assert shown(page) == cases
        assert "decided by rita.reviewer" in page.locator(f".row[data-case='{cases[0]}'] .cl").inner_text()
        assert "1 new" in page.locator("#live").inner_text()
        assert page.locator("#told").inner_text().startswith("3 cases.")
        # what goes to another and comes back stands as it did
        page.goto(f"{url}/inbox?view=all", wait_until="networkidle")
        page.locator(f".row[data-case='{cases[2]}'] .pick input").check()
        new = desk.order(number="N-10", total="400.00 EUR")
        before = row.inner_text()
        for to, told in (("sam.reviewer", "sam.reviewer has it"), (RITA, before)):
            given.get("/inbox")
            given.post(f"/cases/{cases[1]}/reassign", csrf=given.last["csrf"], to=to, note="for a moment")
            assert desk.case(cases[1]).owner == to
            page.clock.run_for(11_000)
            page.wait_for_timeout(1_000)
            assert row.inner_text() == told
        page.locator("#narrow summary").click()
        page.fill("#n-text", "half typed")
        page.locator("#live button").click()
        page.locator(f".row[data-case='{new}']").wait_for()
        assert cases[0] not in shown(page)
        assert page.locator(f".row[data-case='{cases[2]}'] .pick input").is_checked()
        assert page.locator("#n-text").input_value() == "half typed"
        assert page.locator("#selected").inner_text() == "1 selected"
        page.route("**/inbox/live**", lambda route: route.abort())
        page.clock.run_for(12_000)
        page.get_by_text("No connection since").wait_for()
        page.unroute("**/inbox/live**")
        page.clock.run_for(12_000)
        page.get_by_text("Live · updated").wait_for()
