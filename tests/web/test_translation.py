"""Strings are ready for translation: each is in the catalogue, and no page says a word of ours past it."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2.nodes
import pytest
from babel.messages.extract import extract_from_dir

from surehand.web import rendering
from surehand.web.rendering import english, environment, render
from surehand.web.session import NOTICES
from surehand.web.speech import Said, said
from tests.web.samples import PAGES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(rendering.__file__).parent / "templates"

#: Words that stand in templates as they are: names, keys, and commands to copy.
OWN = {
    *("Surehand", "Enter", "Esc", "Tab", "Alt"),
    *("surehand", "init", "my", "bills", "pattern", "documents", "submit", "FOLDER"),
}

#: Pieces of tags between expressions, which look like text from afar.
OF_TAGS = {
    *(
        "class",
        "desk",
        "listing",
        "id",
        "name",
        "field",
        "form",
        "act",
        "aria",
        "describedby",
        "invalid",
        "true",
    ),
    *("autofocus", "cases", "fault", "process", "state", "tag"),
}

#: Words of the filters, which are English still: see ADR 0045. All else outside brackets comes with the view.
OF_FILTERS = {
    # a sentence that a report writes of its own numbers
    "says",
    *("in", "over", "now", "ago", "just", "min", "day", "days", "UTC", "EUR", "GBP", "and", "or"),
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

#: Attributes that people see or hear.
SEEN = ("aria-label", "title", "placeholder", "alt", "data-missing", "data-next")
SENTENCE, KEYS = re.compile(r"[A-Z][a-z]+.* "), {"Alt 1, Alt 2"}
WORD = re.compile(r"[A-Za-z]{2,}")


@cache
def catalogue() -> set[str]:
    """What `make strings` extracts."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in options]
    given = {
        one["pattern"]: {k: v for k, v in one.items() if k not in ("method", "pattern")} for one in options
    }
    found = extract_from_dir(
        str(ROOT / "src"), method_map=methods, options_map=given,
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "said": None},
    )  # fmt: skip
    return {
        text for _, _, message, *_ in found for text in ([message] if isinstance(message, str) else message)
    }


class Pseudo(NullTranslations):
    """Another language that can be told from English and still be read: brackets around every message."""

    def __init__(self) -> None:
        super().__init__()
        self.missing: set[str] = set()

    def gettext(self, message: str) -> str:
        if message not in catalogue():
            self.missing.add(message)
        return f"\u27e6{message}\u27e7"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.missing |= {msgid1, msgid2} - catalogue()
        return f"\u27e6{msgid1 if n == 1 else msgid2}\u27e7"


LANGUAGE = Pseudo()
ENV = environment(LANGUAGE)


class Visible(HTMLParser):
    """The texts of a page that people see or hear."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SEEN and value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def outside(text: str) -> str:
    """What is in no brackets, however deep they are."""
    before = ""
    while before != text:
        before, text = text, re.sub("\u27e6[^\u27e6\u27e7]*\u27e7", " ", text)
    return text


def strings(value: Any) -> Iterable[str]:
    """Every text in a view."""
    if isinstance(value, str):
        yield str(value)
    elif is_dataclass(value):
        for one in fields(value):
            yield from strings(getattr(value, one.name))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from (*strings(name), *strings(one))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from strings(one)
    else:
        yield str(value)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_says_a_word_of_ours_past_the_catalogue(name: str) -> None:
    html = render(ENV, PAGES[name])
    assert LANGUAGE.missing == set(), "not extracted: make strings"
    assert "\u27e6" in html
    data = {word.lower() for text in strings(PAGES[name]) for word in WORD.findall(text)}
    # a code in words, the initials of a name, a zone
    data |= {word[:2] for word in data} | {word.lower() for word in OWN | OF_FILTERS}
    said_ = {word for text in Visible(html).texts for word in WORD.findall(outside(text))}
    strange = {word for word in said_ if word.lower() not in data and not (word.isupper() and len(word) == 2)}
    assert strange == set()


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_text_of_their_own(path: Path) -> None:
    source, env = path.read_text("utf-8"), english()
    # an expression becomes one letter, so that a tag that it stands in stays a tag
    parts = [
        part if kind == "data" else "x" if kind == "variable_begin" else ""
        for _, kind, part in env.lex(source)
    ]
    texts = Visible("".join(parts)).texts
    words = {word for text in texts for word in WORD.findall(text.replace("x", " "))}
    assert words <= OWN | OF_TAGS
    # nor in an expression: a constant with a capital and a space is a sentence
    for node in env.parse(source).find_all(jinja2.nodes.Output):
        for constant in _spoken(node):
            assert not SENTENCE.search(constant) or constant in KEYS, constant


def _spoken(node: jinja2.nodes.Node) -> Iterable[str]:
    """Constants of an expression that no call of the catalogue takes."""
    called = node.node if isinstance(node, jinja2.nodes.Call) else None
    if isinstance(called, jinja2.nodes.Name) and called.name in ("_", "gettext", "ngettext"):
        return
    if isinstance(node, jinja2.nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _spoken(child)


def test_a_sentence_of_a_view_is_translated_where_a_page_shows_it() -> None:
    page = PAGES["home"]
    notice = NOTICES["reject"].format(case="INV-<b>1</b>-{case}")
    assert str(notice) == "INV-<b>1</b>-{case} is rejected."
    view = replace(page, shell=replace(page.shell, notice=notice))
    assert "INV-&lt;b&gt;1&lt;/b&gt;-{case} is rejected." in render(english(), view)
    assert "\u27e6INV-&lt;b&gt;1&lt;/b&gt;-{case} is rejected.\u27e7" in render(ENV, view)


def test_a_sentence_is_a_text_like_any_other() -> None:
    one = said("{case}: your question is sent to {who}.")
    assert one.format(case="A", who="{case}") == "A: your question is sent to {case}."
    assert one.format(case="A") == "A: your question is sent to {who}."
    assert f"{said('Done')}!" == "Done!"
    assert isinstance(one.format(case="A"), Said)
    with pytest.raises(TypeError):
        one.format("A")


def test_every_notice_is_in_the_catalogue() -> None:
    assert {notice.text for notice in NOTICES.values()} <= catalogue()
