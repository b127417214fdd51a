"""Texts beside a brief in a real browser: linked both ways by key, by click and without a script."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Desk
from tests.web.test_browser import in_view, lit, scripted

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def at(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_numbers_lead_to_words_and_enter_leads_to_the_field(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.url}/triage")
    scripted(page)
    assert lit(page) == ["ev-3"]  # of the doubtful field, which has the focus
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert at(page) == "ev-1"
    assert set(lit(page)) == {"ev-1", "r-1"}
    page.keyboard.press("Enter")
    assert at(page) == "r-1"
    assert lit(page) == ["ev-1"]
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    assert at(page) == "i-customer"
    page.locator("#r-2 .ev").click()
    assert at(page) == "ev-2"
    page.locator("#ev-3").click()
    assert at(page) == "i-contract"
    assert page.url.endswith("/triage")


def test_words_and_boxes_share_one_row_of_numbers(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.url}/brief-pair")
    scripted(page)
    page.keyboard.press("Escape")
    for number, pane in ((4, "#pages .paper"), (6, "#letters")):
        page.keyboard.press(str(number))
        assert at(page) == f"ev-{number}"
        assert in_view(page, f"#ev-{number}", pane)
    assert page.evaluate("scrollY") == 0


def test_without_a_script_words_and_fields_are_anchors(desk: Desk, browser_page: "Page") -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{desk.url}/triage")
        page.locator("#f-customer .ev").click()
        assert page.locator("#ev-4:target").count() == 1
        page.locator("#ev-2").click()
        assert page.locator("#r-2:target").count() == 1
        page.locator("#r-1 .ev").click()
        assert page.locator("#ev-1:target").count() == 1
        small = page.locator("#part-1").bounding_box()
        page.locator("label[for=type-150]").click()
        large = page.locator("#part-1").bounding_box()
        assert small
        assert large
        assert large["height"] > 1.5 * small["height"]
        page.locator("summary").click()
        assert page.locator("#i-text").is_visible()


@pytest.mark.parametrize(
    ("width", "checked", "beside"),
    [(1600, False, True), (1920, True, True), (1440, False, False), (1440, True, True), (1100, True, True),
     (1100, False, False), (390, False, False)],
)  # fmt: skip
def test_a_document_and_a_text_stand_beside_or_below_each_other(
    width: int, checked: bool, beside: bool, desk: Desk, browser_page: "Page"
) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{desk.url}/brief-pair")
    if checked and page.locator("label[for=beside]").is_visible():
        page.locator("label[for=beside]").click()
    pages, texts = (page.locator(f"#{name}").bounding_box() for name in ("pages", "texts"))
    assert pages
    assert texts
    assert (abs(pages["y"] - texts["y"]) < 2 and texts["x"] > pages["x"]) is beside
    if not beside:
        assert texts["y"] >= pages["y"] + pages["height"] - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_panes_are_enlarged_one_by_one(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto(f"{desk.url}/brief-pair")
    before = page.locator(".leaf").bounding_box()
    page.locator("label[for=type-150]").click()
    assert page.locator(".leaf").bounding_box() == before
    size = page.evaluate("getComputedStyle(document.querySelector('#part-1')).fontSize")
    page.locator("label[for=zoom-200]").click()
    assert page.locator(".leaf").bounding_box() != before
    assert page.evaluate("getComputedStyle(document.querySelector('#part-1')).fontSize") == size


def test_other_parts_come_without_losing_what_was_typed(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.route(
        re.compile(r"brief\?part=2"),
        lambda route: route.fulfill(
            content_type="text/html",
            body='<div class="paper">pages</div><div class="paper txt" id="letters" tabindex="0">'
            '<div id="part-2">The second</div></div>',
        ),
    )
    page.goto(f"{desk.url}/triage-many", wait_until="load")
    page.fill("#i-contract", "41-208")
    page.get_by_text("1 more part of this text").click()
    page.get_by_text("The second").wait_for()
    assert page.input_value("#i-contract") == "41-208"
    assert page.locator("#letters").count() == 1


# Changes


def test_changes_appear_while_somebody_types(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    sent: list[str] = []

    def compare(route: "Route") -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(
            content_type="text/html",
            body='<div class="changes" id="changes"><p>1 of 9 words changed</p><ins>now</ins></div>',
        )

    page.route("**/cases/*/diff", compare)
    page.goto(f"{desk.url}/draft", wait_until="load")
    assert page.locator("[data-changes]").is_hidden()
    page.locator("#value").press("End")
    page.keyboard.type(" now")
    page.get_by_text("1 of 9 words changed").wait_for()
    assert at(page) == "value"
    assert page.input_value("#value").count(" now") == 1
    assert len(sent) == 1
    assert "only=changes" in sent[0]
    assert "csrf=c5f1" in sent[0]


def test_without_a_connection_the_button_comes_back(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.route("**/cases/*/diff", lambda route: route.abort())
    page.goto(f"{desk.url}/draft", wait_until="load")
    page.locator("#value").press("End")
    page.keyboard.type("x")
    page.locator("[data-changes]").wait_for()
    page.locator("[data-changes]").click()
    page.wait_for_load_state()
    # it was cut off too; what was written is kept as whoever leaves a page leaves it
    assert [one for one in desk.posted if "/draft?" not in one] == []


def test_without_a_script_the_button_sends_what_was_typed(desk: Desk, browser_page: "Page") -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{desk.url}/draft-changed")
        assert page.locator("#changes .changed del").first.inner_text() == "will be live by "
        page.locator("#value").fill("Another text")
        page.get_by_role("button", name="Show changes").click()
        page.get_by_text("recorded").wait_for()
    assert desk.posted[-1].startswith("/cases/inv-20944/diff?")
    assert "value=Another+text" in desk.posted[-1]
