"""Every page renders, holds together, obeys the content policy, and shows hostile text only escaped."""

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from surehand.web import rendering, sheets, views
from surehand.web.rendering import TEMPLATES, english, render
from surehand.web.views import ActionsView, HandlingView
from tests.web.samples import NAUGHTY, PAGES

FOLDER = Path(rendering.__file__).parent / "templates"
SOURCES = {path.name: path.read_text() for path in FOLDER.glob("*.html")}
ENV = english()
VOID = {"input", "meta", "link", "br", "img", "hr", "line", "rect", "circle", "path", "use"}
VIEWS = [thing for thing in vars(views).values() if isinstance(thing, type) and is_dataclass(thing)]

#: Fields that carry our own codes and paths, never case text.
CODES = {
    *(
        "mode",
        "precedence",
        "current",
        "view",
        "grade",
        "tone",
        "level",
        "kind",
        "type",
        "voice",
        "verb",
        "key",
        "needs",
        "slug",
    ),
    *(
        "case_id",
        "previous",
        "following",
        "next",
        "href",
        "retry",
        "live",
        "cursor",
        "hash",
        "head",
        "name",
        "field",
        "picture",
    ),
}

#: Radios that turn the pages of a document; they decide nothing and are not sent.
VIEWING = ("zoom", "turn")


class Page(HTMLParser):
    """Tags of a page with their attributes; complains when they do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice: {tag} {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@cache
def html_of(name: str) -> str:
    return render(ENV, PAGES[name])


@cache
def page_of(name: str) -> Page:
    return Page(html_of(name))


@cache
def attributes() -> frozenset[str]:
    """Every attribute that a page may have."""
    return frozenset(attribute for name in PAGES for _, attrs in page_of(name).tags for attribute in attrs)


@pytest.fixture(params=PAGES)
def drawn(request: pytest.FixtureRequest) -> Page:
    return page_of(request.param)


def test_every_view_has_a_template_and_a_sample() -> None:
    parts = {views.ChangesView, views.AboveView}  # of a page, see test_diffs
    assert {type(view) for view in PAGES.values()} == set(TEMPLATES) - parts


def test_page_has_no_inline_style_or_script(drawn: Page) -> None:
    for tag, attrs in drawn.tags:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith(("on", "hx-on"))]
    for script in drawn.all("script"):
        assert (script["src"] or "").startswith("/static/")
    assert drawn.open == []


def test_page_asks_nothing_from_outside(drawn: Page) -> None:
    for _, attrs in drawn.tags:
        for name in ("href", "src", "action", "formaction", "hx-get", "data-live"):
            address = attrs.get(name)
            assert address is None or re.match(r"/(?!/)|#", address), address


def test_page_is_one_document(drawn: Page) -> None:
    ids = [attrs["id"] for _, attrs in drawn.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert len(drawn.all("h1")) == 1
    assert len(drawn.all("main")) == 1
    targets = [attrs["href"][1:] for attrs in drawn.all("a") if (attrs.get("href") or "").startswith("#")]  # type: ignore[index]
    assert set(targets) <= set(ids)


def test_forms_that_change_something_carry_the_token() -> None:
    for name, view in PAGES.items():
        for form in re.findall(r"<form\b.*?</form>", html_of(name), flags=re.S):
            if 'method="post"' in form:
                assert f'name="csrf" value="{view.shell.csrf}"' in form
            else:
                assert 'role="search"' in form


def test_enter_in_a_field_never_decides() -> None:
    # Browsers send the first submit button that belongs to the form, wherever it stands;
    # a disabled one stops them.
    looked = 0
    for name in PAGES:
        html = html_of(name)
        inside = re.search(r'<form class="act".*?</form>', html, flags=re.S)
        if inside is None:
            continue
        buttons = [
            button
            for button in re.finditer(r"<button[^>]*>", html)
            if inside.start() < button.start() < inside.end() or 'form="act"' in button.group()
        ]
        assert len(buttons) > 1, name
        assert "disabled hidden" in buttons[0].group(), name
        looked += 1
    assert looked > 20


def test_nothing_is_preselected() -> None:
    for name in ("brief", "brief-assist", "human", "exception"):
        page = page_of(name)
        assert not [
            field
            for field in page.all("input")
            if "checked" in field
            and field.get("id") != "keys-on"
            and field.get("name") not in {*VIEWING, "tag"}
        ]
        reasons = html_of(name).split('name="reason">')[1].split("</select>")[0]
        assert "selected" not in reasons


def test_human_level_shows_no_trace_of_a_model() -> None:
    html = html_of("human")
    assert "evidence" not in html  # nor in the sheet of keys
    main = html[html.index("<main") : html.index("</main>")].lower()
    for trace in (
        "recommend",
        "confidence",
        "in 100",
        "ranked",
        "model",
        "sure ",
        "check ",
        "#i-ai",
        "#i-sure",
        'class="box',
        "ev-",
        'class="tag"',
        "evidence",
        "was read",
    ):
        assert trace not in main, trace


def test_uncalibrated_number_is_never_called_a_frequency() -> None:
    assert "Of 100 cases" not in html_of("brief")
    assert "it has no record yet" in html_of("brief")
    assert "Of 100 cases like this, 88 are right." in html_of("brief-proven")


def test_development_mode_is_on_the_page() -> None:
    for name, view in PAGES.items():
        assert ("Development mode" in html_of(name)) == (view.shell.mode == "development")


def hostile(value: Any, name: str = "") -> Any:
    """The same view with every text that could come from a case made hostile."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: hostile(getattr(value, f.name), f.name) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(hostile(part, name) for part in value)
    return NAUGHTY if isinstance(value, str) and name not in CODES else value


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_stays_text(name: str) -> None:
    calm = page_of(name)
    page = Page(render(ENV, hostile(PAGES[name])))
    assert [img["src"] for img in page.all("img")] == [img["src"] for img in calm.all("img")]
    assert len(page.all("script")) == len(calm.all("script"))
    assert {attribute for _, attrs in page.tags for attribute in attrs} <= attributes()


def test_every_field_of_a_view_is_drawn() -> None:
    code = "".join(Path(module.__file__).read_text() for module in (rendering, sheets))
    drawn = "\n".join(SOURCES.values()) + code
    for view in VIEWS:
        unused = [f.name for f in fields(view) if not re.search(rf"\.{f.name}\b", drawn)]
        assert not unused, f"{view.__name__}: {unused}"


@pytest.mark.parametrize("name", SOURCES)
def test_templates_escape_and_translate_only_our_own_words(name: str) -> None:
    source = SOURCES[name]
    assert not re.search(r"\|\s*safe\b|\bMarkup\b|autoescape|style=", source)
    # What `_` takes is marked as safe: it must be a literal.
    assert not re.findall(r"\b_\(\s*[^\"\s]", source)
    assert not re.findall(r"\bngettext\(\s*[^\"\s]", source)
    for text in re.findall(r"\b_\(\"([^\"]*)\"", source):
        assert not re.search(r"%(?!\(\w+\)s)", text), f"write %% in {text!r}"


def test_icons_on_pages_are_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([a-z]+)"', (rendering.STATIC / "icons.svg").read_text()))
    used = {icon for name in PAGES for icon in re.findall(r"#i-([a-z]+)\"", html_of(name))}
    assert used <= sprite


@pytest.mark.parametrize("name", ["brief", "human", "exception"])
def test_who_may_not_decide_has_nothing_to_press(name: str) -> None:
    refused = ActionsView(refused="finance.lead may decide this.")
    head = replace(PAGES[name].head, handling=HandlingView())  # type: ignore[union-attr]
    html = render(ENV, replace(PAGES[name], actions=refused, head=head))
    main = Page(html[html.index("<main") : html.index("</main>") + len("</main>")])
    assert "finance.lead may decide this." in main.texts
    controls = [attrs for tag, attrs in main.tags if tag in ("input", "select", "textarea", "form")]
    assert not [attrs for attrs in controls if attrs.get("name") not in VIEWING]


def test_keys_are_said_in_one_place_and_help_has_those_of_every_sheet() -> None:
    said = [name for name, text in SOURCES.items() if "key_row(" in text]
    assert sorted(said) == ["keys.html", "parts.html"]

    def keys(html: str) -> set[str]:
        return set(re.findall(r"<tr><td class=\"nowrap\"><kbd>.*?</tr>", html))

    helped = keys(html_of("help"))
    for name in PAGES:
        sheet = html_of(name).partition('<dialog id="keys"')[2]
        assert keys(sheet) <= helped, name
    assert keys(html_of("help-signed-out")) == helped
