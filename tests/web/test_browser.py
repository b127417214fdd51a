"""The pages in a real browser: nothing that axe finds, nothing wider than the window, and keys that work."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.conftest import Desk
from tests.web.samples import ENDLESS_PAGES, PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SCREENS = {
    "light": (1440, 900, "light"),
    "dark": (1440, 900, "dark"),
    "tablet": (1024, 768, "light"),
    "phone": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
}

#: Where a screen differs from the first only in its colours or its width: the rules that look at those.
RULES = {
    "dark": ["color-contrast"],
    "phone-dark": ["color-contrast"],
    "tablet": ["scrollable-region-focusable", "target-size"],
}


def sent(desk: Desk) -> dict[str, list[str]]:
    """The fields of the last form."""
    return parse_qs(urlsplit(desk.posted[-1]).query)


#: What axe finds: rules with the parts that break them.
AXE = """(only) => axe.run({ resultTypes: ["violations"], ...(only && { runOnly: only }) })
    .then((found) => found.violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)]))"""

#: Pages that one test opens, so that tests share them out.
SOME = 16


@pytest.mark.parametrize("first", range(0, len(PAGES), SOME))
def test_pages_are_accessible_and_fit_and_obey_the_policy(
    first: int, desk: Desk, browser_page: "Page"
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), list[object]()
    browser_page.on("console", lambda message: found.append((browser_page.url, message.text)))
    for name in list(PAGES)[first : first + SOME]:
        browser_page.goto(f"{desk.url}/{name}")
        browser_page.evaluate(axe.axe_script)
        for screen, (width, height, scheme) in SCREENS.items():
            browser_page.set_viewport_size({"width": width, "height": height})
            browser_page.emulate_media(color_scheme=scheme)
            broken = browser_page.evaluate(AXE, RULES.get(screen))
            found += [(name, screen, *rule) for rule in broken]
            needed = browser_page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                found.append((name, screen, "wider than the window", needed))
    assert found == []


@pytest.mark.parametrize("width", [1440, 390])
def test_endless_words_fit(width: int, desk: Desk, browser_page: "Page") -> None:
    browser_page.set_viewport_size({"width": width, "height": 900})
    found: list[object] = []
    for name in ENDLESS_PAGES:
        browser_page.goto(f"{desk.url}/{name}")
        needed = browser_page.evaluate("document.documentElement.scrollWidth")
        # parts that scroll by themselves would hide it
        wide = browser_page.evaluate(
            "[...document.querySelectorAll('main, .b-work, .b-ctx, .b-doc, .panel, .act')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className)"
        )
        if needed > width or wide:
            found.append((name, needed, wide))
    assert found == []


@pytest.mark.parametrize("name", ["brief", "brief-drawn", "brief-many", "human", "exception"])
def test_a_brief_fills_the_window_and_only_its_panes_scroll(
    name: str, desk: Desk, browser_page: "Page"
) -> None:
    browser_page.set_viewport_size({"width": 1440, "height": 900})
    browser_page.goto(f"{desk.url}/{name}")
    assert browser_page.evaluate("document.documentElement.scrollHeight") == 900
    widths = [browser_page.locator(pane).bounding_box() for pane in (".b-doc", ".b-work", ".b-ctx")]
    assert [box and round(box["width"]) for box in widths] == [480, 584, 376]


# The document beside the fields


def in_view(page: "Page", selector: str, pane: str) -> bool:
    """All of a part is inside its pane."""
    return bool(
        page.evaluate(
            """([part, pane]) => {
                const a = document.querySelector(part).getBoundingClientRect();
                const b = document.querySelector(pane).getBoundingClientRect();
                return a.top >= b.top && a.bottom <= b.bottom && a.left >= b.left && a.right <= b.right;
            }""",
            [selector, pane],
        )
    )


def lit(page: "Page") -> list[str]:
    return page.evaluate("[...document.querySelectorAll('.lit')].map(part => part.id)")  # type: ignore[no-any-return]


def scripted(page: "Page") -> None:
    """Wait until the keys are there."""
    page.wait_for_load_state("load")
    page.wait_for_function("document.querySelector('.lit') !== null")


def test_the_focused_field_lights_its_box_and_brings_it_into_view(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.url}/brief-many")
    scripted(page)
    assert lit(page) == ["ev-3"]  # the doubtful field has the focus from the start
    assert in_view(page, "#ev-3", ".paper")
    assert not in_view(page, "#ev-5", ".paper")
    page.locator("#i-urgent").focus()
    assert lit(page) == ["ev-5"]
    assert in_view(page, "#ev-5", ".paper")  # page 57
    page.locator("#i-supplier").focus()
    assert lit(page) == ["ev-1"]
    assert in_view(page, "#ev-1", ".paper")
    assert page.evaluate("scrollY") == 0
    page.locator("#note").focus()
    assert lit(page) == []


def test_numbers_go_to_evidence_and_enter_goes_on_to_the_field(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.url}/brief")
    scripted(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("4")
    assert page.evaluate("document.activeElement.id") == "ev-4"
    assert lit(page) == ["f-total", "ev-4"] or lit(page) == ["ev-4", "f-total"]
    assert in_view(page, "#ev-4", ".paper")
    assert in_view(page, "#f-total", ".b-work")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "i-total"
    assert lit(page) == ["ev-4"]
    page.locator("#f-number .ev").click()
    assert page.evaluate("document.activeElement.id") == "ev-2"
    page.locator("#ev-1").click()
    assert page.evaluate("document.activeElement.id") == "i-supplier"
    assert page.url.endswith("/brief")  # no step back in the history for each look


def test_known_facts_of_an_exception_are_linked_too(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.goto(f"{desk.url}/exception", wait_until="load")
    page.locator("#f-total .ev").click()
    assert page.evaluate("document.activeElement.id") == "ev-4"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "f-total"


def test_alt_1_takes_the_second_choice_while_typing(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.goto(f"{desk.url}/brief")
    scripted(page)
    page.keyboard.press("Alt+1")
    assert page.input_value("#i-due_date") == "2026-12-17"
    assert page.evaluate("document.activeElement.id") == "i-due_date"


def test_pages_are_enlarged_and_turned_by_keyboard(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{desk.url}/brief")
    scripted(page)
    fit = page.locator(".leaf").bounding_box()
    page.locator("#zoom-100").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    large = page.locator(".leaf").bounding_box()
    assert fit
    assert large
    assert round(large["width"]) == round(2 * fit["width"])
    assert lit(page) == ["ev-3"]
    assert in_view(page, "#ev-3", ".paper")


def test_without_a_script_boxes_fields_size_and_turn_work(desk: Desk, browser_page: "Page") -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{desk.url}/brief-many")
        page.locator("#f-urgent .ev").click()
        assert page.url.endswith("#ev-5")
        assert page.locator("#ev-5:target").count() == 1
        assert in_view(page, "#ev-5", ".paper")
        page.locator("#ev-5").click()
        assert page.locator("#f-urgent:target").count() == 1
        assert in_view(page, "#f-urgent", ".b-work")
        page.goto(f"{desk.url}/brief")
        fit = page.locator(".leaf").bounding_box()
        page.locator("label[for=zoom-150]").click()
        large = page.locator(".leaf").bounding_box()
        page.locator("label[for=zoom-100]").click()
        page.locator("label[for=turn-1]").click()
        turned = page.locator(".leaf").bounding_box()
        face = page.locator(".face").bounding_box()
        for turn in (2, 3, 0):
            page.locator(f"label[for=turn-{turn}]").click()
        assert page.locator(".leaf").bounding_box() == fit
        page.get_by_text("Text of this page").click()
        assert page.get_by_text("Copy paper A4, 80 g, white   1,700.00").is_visible()
    assert fit
    assert large
    assert turned
    assert face
    assert round(large["width"]) == round(1.5 * fit["width"])
    assert round(turned["height"]) == round(turned["width"] * fit["width"] / fit["height"])
    assert [round(face[side]) for side in ("x", "y", "width", "height")] == [
        round(turned[side]) for side in ("x", "y", "width", "height")
    ]


def test_a_picture_that_fails_leaves_its_place_and_its_text(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.route("**/pages/*.png", lambda route: route.abort())
    page.goto(f"{desk.url}/brief")
    scripted(page)
    assert page.get_by_alt_text("Picture of page 1 of invoice.pdf. Its text is below.").is_visible()
    leaf = page.locator(".leaf").bounding_box()
    assert leaf
    assert leaf["height"] > 1.4 * leaf["width"]
    page.get_by_text("Text of this page").click()
    assert page.get_by_text("Please note our new bank account.").is_visible()


def test_far_pictures_are_loaded_when_they_come_near(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(".png") else None)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{desk.url}/brief-many", wait_until="networkidle")
    assert 1 <= len(asked) < 12
    page.locator("#i-urgent").focus()
    page.wait_for_load_state("networkidle")
    assert any("/pages/2.png" in url for url in asked)


def test_other_pages_come_without_losing_what_was_typed(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.route(
        "**/brief?page=20",
        lambda route: route.fulfill(
            content_type="text/html",
            body='<div class="paper" tabindex="0"><article id="page-20">The twentieth</article></div>',
        ),
    )
    page.goto(f"{desk.url}/brief-many")
    scripted(page)
    page.fill("#i-supplier", "Another Ltd")
    page.get_by_role("link", name="Pages 20 to 56").click()
    page.get_by_text("The twentieth").wait_for()
    assert page.locator(".sheet").count() == 0
    assert page.input_value("#i-supplier") == "Another Ltd"


def test_icons_are_drawn(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/inbox")
    browser_page.wait_for_load_state("networkidle")
    boxes = browser_page.evaluate(
        "[...document.querySelectorAll('.i')].filter(i => i.checkVisibility()).map(i => i.getBBox().width)"
    )
    assert boxes
    assert all(width > 0 for width in boxes)


def test_first_doubtful_field_has_the_focus_and_enter_does_not_decide(
    desk: Desk, browser_page: "Page"
) -> None:
    browser_page.goto(f"{desk.url}/brief")
    assert browser_page.evaluate("document.activeElement.id") == "i-due_date"
    browser_page.keyboard.press("Enter")
    assert browser_page.evaluate("document.activeElement.id") == "why"
    assert desk.posted == []


def test_approve_waits_for_what_it_needs(desk: Desk, browser_page: "Page") -> None:
    page = browser_page
    page.goto(f"{desk.url}/brief")
    approve = page.locator("button[value=approve]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    assert approve.get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.activeElement.name") == "checked"
    page.keyboard.press("Space")
    page.select_option("#why", "matches")
    assert approve.get_attribute("aria-disabled") is None
    assert "Paid on 17 Dec" in approve.inner_text()
    with page.expect_navigation():
        approve.click()
    assert desk.posted[-1].startswith("/cases/inv-20944/verdict?")
    form = sent(desk)
    assert form["verdict"] == ["approve"]
    assert form["checked"] == ["due_date"]
    assert form["field.supplier"] == ["Specimen Paper Ltd"]
    assert [form[name] for name in ("round", "rev", "digest", "csrf")] == [
        ["1"],
        ["5"],
        ["41d807aa"],
        ["c5f1"],
    ]


def test_a_suggestion_is_taken_only_when_asked(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/brief")
    assert browser_page.input_value("#i-due_date") == "2026-12-07"
    browser_page.get_by_role("button", name="Use 2026-12-17").click()
    assert browser_page.input_value("#i-due_date") == "2026-12-17"


def test_without_a_script_the_verdict_is_still_sent(desk: Desk, browser_page: "Page") -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{desk.url}/brief-assist")
        page.get_by_label("Reject").check()
        page.select_option("#why", "other")
        with page.expect_navigation():
            page.locator("button[value=approve]").click(force=True)  # aria-disabled is a hint, not a lock
    assert [sent(desk)[name] for name in ("value", "reason", "verdict")] == [
        ["reject"],
        ["other"],
        ["approve"],
    ]


def test_without_a_script_enter_in_a_field_does_not_decide(desk: Desk, browser_page: "Page") -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{desk.url}/brief")
        page.locator("#i-supplier").press("Enter")
        page.locator("#note").press("Enter")
        page.wait_for_timeout(200)
    assert desk.posted == []


def test_keys_are_silent_while_typing(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/brief")
    browser_page.locator("#note").press_sequentially("rex?")
    assert browser_page.input_value("#note") == "rex?"
    assert desk.posted == []


def test_escalating_takes_two_presses(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/brief")
    browser_page.evaluate("document.activeElement.blur()")
    browser_page.keyboard.press("x")
    assert browser_page.evaluate("document.activeElement.value") == "escalate"
    assert desk.posted == []
    with browser_page.expect_navigation():
        browser_page.keyboard.press("x")
    assert [posted.partition("?")[0] for posted in desk.posted] == ["/cases/inv-20944/verdict"]


def test_single_keys_can_be_switched_off(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/inbox")
    browser_page.keyboard.press("?")
    browser_page.get_by_label("Single keys are on in this browser").uncheck()
    browser_page.keyboard.press("Escape")
    browser_page.keyboard.press("j")
    assert browser_page.locator(".row.on").count() == 0


def test_the_list_moves_and_claims_by_key(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/inbox")
    rows = [row.get_attribute("data-case") for row in browser_page.locator(".row").all()]
    for case in rows[: rows.index("inv-20951") + 1]:
        browser_page.keyboard.press("j")
        assert browser_page.locator(".row.on").get_attribute("data-case") == case
    with browser_page.expect_navigation():
        browser_page.keyboard.press("c")
    assert desk.posted == ["/cases/inv-20951/claim?csrf=c5f1"]


LIVE = {"new": 3, "counts": {}, "told": "", "has": {}, "decided": {}}


def test_what_is_new_is_announced(desk: Desk, browser_page: "Page") -> None:
    browser_page.clock.install()
    browser_page.route("**/inbox/live**", lambda route: route.fulfill(json=LIVE, headers={"ETag": '"b"'}))
    browser_page.goto(f"{desk.url}/inbox")
    browser_page.clock.fast_forward(11_000)
    browser_page.locator("#live button").wait_for()
    assert browser_page.locator("#live").inner_text() == "3 new"


def test_s_and_g_open_their_menus_and_escape_closes_them(desk: Desk, browser_page: "Page") -> None:
    browser_page.goto(f"{desk.url}/brief")
    browser_page.locator("body").press("Escape")
    for key, menu, field in (("s", "#later", "later-until"), ("g", "#hand-on", "give-to")):
        browser_page.keyboard.press(key)
        assert browser_page.locator(menu).is_visible()
        assert browser_page.evaluate("document.activeElement.id") == field
        browser_page.keyboard.press("Escape")
        if browser_page.locator(menu).is_visible():
            browser_page.keyboard.press("Escape")
        assert not browser_page.locator(menu).is_visible()
    browser_page.keyboard.press("s")
    browser_page.locator("#later form").last.get_by_role("button", name="Put it off").click()
    browser_page.wait_for_load_state()
    assert desk.posted[-1].startswith("/cases/inv-20944/snooze?")
    assert sent(desk)["until"]


def test_an_open_menu_is_accessible_and_fits(desk: Desk, browser_page: "Page") -> None:
    from axe_playwright_python.sync_playwright import Axe

    for width in (1440, 390):
        browser_page.set_viewport_size({"width": width, "height": 844})
        browser_page.goto(f"{desk.url}/brief")
        for menu in ("later", "hand-on"):
            browser_page.locator(f"[popovertarget='{menu}']").click()
            broken = Axe().run(browser_page).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in broken] == []
            assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
            browser_page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_menus_of_the_inbox_are_accessible_and_fit(width: int, desk: Desk, browser_page: "Page") -> None:
    from axe_playwright_python.sync_playwright import Axe

    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.goto(f"{desk.url}/inbox-narrowed")
    browser_page.locator(".pick input").first.check()
    # each in turn, as one is open at a time
    several = [f"#bulk details[data-task={name}]" for name in ("snooze", "reassign", "priority")]
    for menu in ("#narrow", "#save", *several):
        browser_page.locator(menu).evaluate("menu => { menu.hidden = false; menu.open = true }")
        found = Axe().run(browser_page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(menu, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
        pane = browser_page.locator(f"{menu} .pane").bounding_box()
        assert pane is not None
        assert pane["x"] >= 0
        assert pane["x"] + pane["width"] <= width
        browser_page.locator(menu).evaluate("menu => { menu.open = false }")


def test_looking_elsewhere_is_said_with_one_key_and_nothing_typed_is_lost(
    desk: Desk, browser_page: "Page"
) -> None:
    page, posted = browser_page, []
    answers = [
        (422, {"problems": ["Choose what was missing."]}),
        (200, {"said": "Missing here, you said: x."}),
    ]

    def answer(route: "Route") -> None:
        posted.append(parse_qs(route.request.post_data or ""))
        status, told = answers[min(len(posted), 2) - 1]
        route.fulfill(status=status, json=told)

    page.route("**/elsewhere", answer)
    page.goto(f"{desk.url}/brief")
    scripted(page)
    page.locator("#note").fill("half a note")
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    assert page.evaluate("document.activeElement.id") == "lacks-what"
    page.get_by_role("button", name="Say so").click()
    page.get_by_text("Choose what was missing.").wait_for()
    page.locator("#lacks-what").select_option("document")
    page.locator("#lacks-words").fill("the delivery note")
    page.keyboard.press("Enter")
    page.get_by_text("Missing here, you said: x.").wait_for()
    assert not page.locator("#lacks").is_visible()
    assert page.locator("#note").input_value() == "half a note"
    assert posted[-1]["lacks"] == ["document"]
    assert posted[-1]["lacks.words"] == ["the delivery note"]
    assert "note" not in posted[-1]
    assert desk.posted == []
    # what cannot be sent is said, and kept
    page.unroute("**/elsewhere")
    page.route("**/elsewhere", lambda route: route.abort())
    page.keyboard.press("l")
    page.get_by_role("button", name="Say so").click()
    page.get_by_text("It was not sent").wait_for()
    assert page.locator("#lacks-words").input_value() == "the delivery note"
