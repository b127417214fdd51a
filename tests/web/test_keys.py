"""Keys do what they say where somebody looks, and nothing in other forms, menus and links."""

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def at(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def opened(page: "Page", desk: Desk, name: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{desk.url}/{name}", wait_until="load")


@pytest.mark.parametrize(
    "elsewhere", ["#hand-on textarea, #hand-on input[name=note]", "#find", ".b-ctx a[href]"]
)
def test_ctrl_enter_decides_nothing_from_other_forms_and_links(
    elsewhere: str, desk: Desk, browser_page: "Page"
) -> None:
    page = browser_page
    opened(page, desk, "brief")
    page.evaluate("document.querySelectorAll('[name=checked]').forEach((box) => { box.checked = true; })")
    page.select_option("#why", index=1)
    if "hand-on" in elsewhere:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("g")
    page.locator(elsewhere).first.focus()
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    page.keyboard.press("Control+Enter")
    assert not [one for one in desk.posted if "/verdict" in one]


def test_ctrl_enter_decides_from_a_field(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    opened(page, desk, "brief")
    page.evaluate("document.querySelectorAll('[name=checked]').forEach((box) => { box.checked = true; })")
    page.select_option("#why", index=1)
    page.locator("#note").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert "verdict=approve" in desk.posted[-1]


def test_f_goes_to_the_field_that_needs_a_check(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    opened(page, desk, "brief")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    assert at(page) == "i-due_date"


def test_alt_2_says_that_a_doubtful_field_is_right_and_never_that_something_is_not_there(
    desk: Desk, browser_page: "Page"
) -> None:
    page = browser_page
    opened(page, desk, "human-enters")
    before = page.locator("[name=checked]:checked").count()
    page.locator("#note").focus()
    page.keyboard.press("Alt+2")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Alt+2")
    assert page.locator("[name=checked]:checked").count() == before
    opened(page, desk, "brief")
    page.locator("#i-supplier").focus()
    page.keyboard.press("Alt+2")
    assert page.locator("[name=checked]:checked").count() == 0
    page.locator("#i-due_date").focus()
    page.keyboard.press("Alt+2")
    assert page.locator("[name=checked]:checked").get_attribute("value") == "due_date"


def test_space_ticks_the_box_that_has_the_focus(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    opened(page, desk, "inbox")
    page.keyboard.press("j")
    page.keyboard.press("f")
    box = page.locator("#narrow input[type=checkbox]").first
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()
    assert page.locator(".pick input:checked").count() == 0


def test_a_marked_row_is_never_under_the_foot(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(f"{desk.url}/inbox", wait_until="load")
    for _ in range(7):
        page.keyboard.press("j")
        page.keyboard.press(" ")
        row, bar = page.locator(".row.on").bounding_box(), page.locator("#bulk").bounding_box()
        assert row
        assert bar
        assert row["y"] + row["height"] <= bar["y"] + 1


#: As a page has it on which nothing was chosen yet.
UNCHOSEN = """
document.querySelectorAll("select[name^='field.'] option").forEach((one) => { one.defaultSelected = false; });
document.querySelectorAll("select[name^='field.']").forEach((one) => { one.selectedIndex = 0; });
dispatchEvent(new Event("pageshow"));
"""


def test_saving_edits_waits_for_an_edit_where_nothing_is_chosen_yet(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    opened(page, desk, "brief-notice")
    save = page.locator("button[data-needs~=fields]")
    page.evaluate(UNCHOSEN)
    assert save.get_attribute("aria-disabled") == "true"
    page.locator("select[name^='field.']").first.select_option(index=1)
    assert save.get_attribute("aria-disabled") is None


@pytest.mark.parametrize(
    ("status", "said"), [(409, "moved on"), (401, "signed out"), (500, "the server has a fault")]
)
def test_what_became_of_a_draft_is_said_and_stays(
    status: int, said: str, desk: Desk, browser_page: "Page"
) -> None:
    page = browser_page
    page.route("**/draft", lambda route: route.fulfill(status=status, body="{}"))
    opened(page, desk, "brief")
    page.fill("#note", "half a word")
    page.get_by_text(said).wait_for()
    page.wait_for_timeout(5_500)  # the count of seconds would have taken its place
    assert said in page.locator("#draft").inner_text()


def test_what_is_typed_while_a_draft_is_being_kept_is_kept_too(desk: Desk, browser_page: "Page") -> None:
    page, bodies = browser_page, list[str]()

    def slowly(route: "Route") -> None:
        bodies.append(route.request.post_data or "")
        if len(bodies) == 1:
            page.evaluate("document.querySelector('#note').value += ' more'")
        route.fulfill(status=200, body="{}")

    page.route("**/draft", slowly)
    opened(page, desk, "brief")
    page.fill("#note", "some")
    for _ in range(40):
        page.wait_for_timeout(100)
        if len(bodies) > 1:
            break
    assert "some+more" in bodies[-1]
