"""A reviewer's way through the brief of a document in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from surehand.app import create_app
from surehand.flow import access
from surehand.flow.running import drain
from tests.browser import CONTEXT
from tests.papers import Office, lines, opened_office, pdf
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import Chromium

PASSWORD = "a long enough password"
ROWS = ("Specimen Paper Ltd", "INVOICE", "No. SP-1", "Total 120.50 EUR", "Thank you")

#: Every case waits for ann, and every value has its box.
REVIEWED = (
    (
        "    signals: [model_probability]\n    bands: review-flow\n",
        "    subject: sender\n    identified_by: [number]\n    level: review\n",
    ),
    (
        'return Reading(paper, {"number": 0.97, "total": 0.96})',
        'return Reading(paper, {"number": 0.97, "total": 0.55}, where(document))\n\n\n'
        "def where(document):\n"
        "    lines = {line.text.split()[0]: line for line in document.pages[0].lines}\n"
        '    named = {"number": lines.get("No."), "total": lines.get("Total")}\n'
        "    return {n: Evidence(quote=l.text, page=0, box=l.box) for n, l in named.items() if l}",
    ),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened_office(tmp_path / "office", f"sqlite:///{tmp_path / 'office.db'}", *REVIEWED) as opened:
        access.set_password(opened.context, "ann", PASSWORD)
        yield opened


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    with listening(create_app(office.bench.surehand)) as url:
        yield url


def sign_in(page: "Page", site: str) -> None:
    page.goto(f"{site}/signin")
    page.fill("input[name=name]", "ann")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


@contextmanager
def context_of(chromium: "Chromium", **more: Any) -> Iterator["Page"]:
    """A page of a browser that differs from the usual one."""
    from tests.browser import _running

    with _running(chromium.loop), chromium.browser.new_context(**{**CONTEXT, **more}) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page


_PICTURES = "[...document.querySelectorAll('.b-doc img')].map(i => i.complete ? i.naturalWidth : 0)"


def wait_for_pictures(page: "Page") -> None:
    """Every page picture has come. The pages' own policy forbids Playwright's waiting for a condition."""
    for _ in range(100):
        widths = page.evaluate(_PICTURES)
        if widths and all(width > 600 for width in widths):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"pictures did not come: {widths}")


def test_a_document_is_corrected_and_approved_by_keys(
    office: Office, site: str, browser_page: "Page"
) -> None:
    case = office.submit(office.file(pdf(*ROWS), "SP-1.pdf"))
    page = browser_page
    sign_in(page, site)
    page.goto(f"{site}/cases/{case.id}/brief", wait_until="networkidle")
    wait_for_pictures(page)
    assert page.locator(".b-doc .bar").inner_text().startswith("SP-1.pdf")
    # the doubtful field has the focus, and its box is lit
    assert page.evaluate("document.activeElement.name") == "field.total"
    lit = page.locator(".b-doc .lit")
    assert lit.count() == 1
    box, picture = lit.bounding_box(), page.locator(".b-doc img").first.bounding_box()
    assert box
    assert picture
    # it stands where the text was printed: a left margin of 72 points, in the fourth row
    scale = picture["width"] / 595.3
    assert abs((box["x"] - picture["x"]) / scale - 72) < 12
    assert abs((box["y"] - picture["y"]) / scale - (841.9 - 780 + 72 - 12)) < 20
    # number keys lead to the page, a click leads back
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("1")
    assert page.evaluate("document.activeElement.id") == "ev-1"
    page.locator("#ev-2").click()
    page.fill("[name='field.total']", "125.50")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    page.wait_for_url(f"{site}/inbox")
    while drain(office.context):
        pass
    case = office.bench.case(case.id)
    assert (case.round, case.facts["total"]["amount"], case.state) == (2, "125.50", "waiting")
    page.goto(f"{site}/cases/{case.id}/brief", wait_until="networkidle")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    page.wait_for_url(f"{site}/inbox")
    while drain(office.context):
        pass
    assert office.bench.case(case.id).state == "done"
    assert office.bench.actions(case.id)[0].result == {"result": "booked 125.50 EUR"}


def test_a_near_duplicate_is_compared_page_by_page(office: Office, site: str, browser_page: "Page") -> None:
    first = office.submit(office.file(pdf(*ROWS), "SP-1.pdf"), sender="Specimen")
    again = office.submit(office.file(pdf(*ROWS[:3], "Total 125.50 EUR"), "copy.pdf"), sender="Specimen")
    page = browser_page
    page.set_viewport_size({"width": 1920, "height": 1000})
    sign_in(page, site)
    page.goto(f"{site}/cases/{again.id}/brief", wait_until="networkidle")
    assert f"Same number as {first.id.upper()}" in page.locator(".b-ctx").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.wait_for_url(f"{site}/cases/{again.id}/brief?compare={first.id}")
    wait_for_pictures(page)
    mine, other = (page.locator(f"#{name}").bounding_box() for name in ("pages", "other"))
    assert mine
    assert other
    assert (abs(mine["y"] - other["y"]) < 2, other["x"] > mine["x"]) == (True, True)
    assert page.locator("#other .bar").inner_text().startswith("SP-1.pdf")
    assert page.locator(".versus a").first.inner_text() == first.id.upper()
    # one is enlarged and turned, the other stays; and only this case's values have boxes
    before = page.locator("#pages .leaf").bounding_box()
    page.locator("label[for=other-zoom-200]").click()
    page.locator("label[for=other-turn-1]").click()
    assert page.locator("#pages .leaf").bounding_box() == before
    assert page.locator("#other .leaf").bounding_box() != before
    assert (page.locator("#pages .box").count(), page.locator("#other .box").count()) == (2, 0)
    assert not Axe().run(page).response["violations"]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("b")
    page.wait_for_url(f"{site}/cases/{again.id}/brief")
    assert page.locator("#other").count() == 0


def test_only_what_the_reader_may_see_is_compared(office: Office, site: str, browser_page: "Page") -> None:
    case = office.submit(office.file(pdf(*ROWS)), sender="Specimen")
    text = office.submit(lines(*ROWS), sender="Specimen")
    page = browser_page
    sign_in(page, site)
    for name, status in (
        ("pap-999999", 404),
        ("../signin", 404),
        ("%00", 404),
        (text.id, 200),
        (case.id, 200),
    ):
        answer = page.goto(f"{site}/cases/{case.id}/brief?compare={name}")
        assert answer is not None
        assert answer.status == status, name
    page.goto(f"{site}/cases/{case.id}/brief?compare={text.id}&compare_page=99&page=7")
    assert page.locator("#other .words").count() == 1


def test_a_file_that_cannot_be_read_is_keyed_in(office: Office, site: str, browser_page: "Page") -> None:
    case = office.submit(office.file(pdf(*ROWS, password="secret"), "locked.pdf"))
    page = browser_page
    sign_in(page, site)
    page.goto(f"{site}/cases/{case.id}/brief", wait_until="networkidle")
    said = page.locator("main").inner_text()
    for part in ("The document could not be read.", "password", "locked.pdf"):
        assert part in said
    assert not Axe().run(page).response["violations"]
    page.fill("[name='field.number']", "SP-7")
    page.fill("[name='field.total']", "80")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    page.wait_for_url(f"{site}/inbox")
    while drain(office.context):
        pass
    case = office.bench.case(case.id)
    assert (case.facts["number"], case.facts["total"]["amount"]) == ("SP-7", "80")
    assert office.bench.assignment(case.id).kind == "decide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_brief_of_a_document_has_no_barrier(
    office: Office, site: str, chromium: "Chromium", width: int, scheme: str
) -> None:
    case = office.submit(office.file(pdf(*ROWS), "SP-1.pdf"))
    with context_of(chromium, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        sign_in(page, site)
        page.goto(f"{site}/cases/{case.id}/brief", wait_until="networkidle")
        page.locator(".b-doc img").first.scroll_into_view_if_needed()
        wait_for_pictures(page)
        assert not Axe().run(page).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_a_document_is_decided_all_the_same(
    office: Office, site: str, chromium: "Chromium"
) -> None:
    case = office.submit(office.file(pdf(*ROWS), "SP-1.pdf"))
    with context_of(chromium, java_script_enabled=False) as page:
        sign_in(page, site)
        page.goto(f"{site}/cases/{case.id}/brief", wait_until="networkidle")
        page.click("#f-total .ev")
        assert page.url.endswith("#ev-2")
        page.click("#ev-1")
        assert page.url.endswith("#f-number")
        page.check("[name='checked'][value='total']")
        # it looks as if it were not ready; without a script it is asked all the same
        page.click("button[value='approve']", force=True)
        page.wait_for_load_state()
    while drain(office.context):
        pass
    assert office.bench.case(case.id).state == "done"


def test_a_page_is_handed_out_with_a_tag_and_to_nobody_else(
    office: Office, site: str, browser_page: "Page"
) -> None:
    case = office.submit(office.file(pdf(*ROWS), "SP-1.pdf"))
    address = f"{site}/cases/{case.id}/pages/1.png"
    assert "/signin" in browser_page.request.get(address).url
    sign_in(browser_page, site)
    first = browser_page.request.get(address)
    assert (first.status, first.headers["content-type"]) == (200, "image/png")
    again = browser_page.request.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304
    for wrong in ("0", "2", "999", "-1", "1e3", "../1"):
        assert browser_page.request.get(f"{site}/cases/{case.id}/pages/{wrong}.png").status == 404
    original = browser_page.request.get(f"{site}/cases/{case.id}/file")
    assert original.body() == pdf(*ROWS)
    assert original.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in original.headers["content-security-policy"]
