"""Pictures of every page for the documentation: `pytest tests/web/test_pictures.py --write-pictures`."""

import re
from typing import TYPE_CHECKING

import pytest

from surehand.web import views
from surehand.web.rendering import TEMPLATES
from tests.conftest import ROOT
from tests.web.conftest import Desk
from tests.web.samples import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES, TELLING = ROOT / "docs" / "pictures" / "pages", ROOT / "docs" / "pages.md"

#: Parts of pages that are no page by themselves.
_PARTS = {views.ChangesView, views.AboveView}

#: Samples that show more of their page than the first of its kind does.
_BETTER = {views.InboxView: "inbox-narrowed"}


def _sample(kind: type, name: str) -> str:
    own = [name] if isinstance(PAGES.get(name), kind) else []
    return _BETTER.get(kind) or [*own, *(one for one, view in PAGES.items() if type(view) is kind)][0]


SHOWN = {
    file.removesuffix(".html"): _sample(kind, file.removesuffix(".html"))
    for kind, file in TEMPLATES.items()
    if kind not in _PARTS
}


def test_every_page_has_its_picture_and_a_sentence() -> None:
    told = re.findall(r"!\[[^\]]+\]\(pictures/pages/([a-z_]+)\.jpg\)", TELLING.read_text("utf-8"))
    assert sorted(told) == sorted(SHOWN)
    assert {path.stem for path in PICTURES.iterdir()} == set(SHOWN)


@pytest.mark.parametrize("page", SHOWN)
def test_a_page_can_be_pictured(
    page: str, desk: Desk, browser_page: "Page", pytestconfig: pytest.Config
) -> None:
    browser_page.set_viewport_size({"width": 1280, "height": 800})
    kept = pytestconfig.getoption("--write-pictures")
    browser_page.goto(f"{desk.url}/{SHOWN[page]}", wait_until="networkidle" if kept else "load")
    picture = browser_page.screenshot(type="jpeg", quality=72)
    if kept:
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{page}.jpg").write_bytes(picture)
    # a page that is all of one colour, or an error of a few words, is smaller by far
    assert len(picture) > 12_000
