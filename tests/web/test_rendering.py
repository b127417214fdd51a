"""How numbers, times and texts are written."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Template
from jinja2.environment import TemplateModule
from markupsafe import Markup

from surehand.core.completeness import Lack
from surehand.core.formats import Manner
from surehand.flow.manners import formats_of
from surehand.web.figures import told
from surehand.web.formatting import (
    ago,
    due_sections,
    duration,
    hundred,
    initials,
    money,
    percent,
    remaining,
    rows,
    share_used,
    short_hash,
    time_left,
)
from surehand.web.plain import opened
from surehand.web.rendering import asset, english, environment, render
from surehand.web.views import BriefView
from tests.web.samples import NOW, PAGES, ROWS


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("4135.78", "4,135.78 EUR"),
        ("18400", "18,400.00 EUR"),
        ("-0.5", "-0.50 EUR"),
        ("0.005", "0.005 EUR"),
        ("1E+6", "1,000,000.00 EUR"),
    ],
)
def test_money(amount: str, text: str) -> None:
    assert money(Decimal(amount), "EUR") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, 0), (0.001, 1), (0.5751, 58), (0.88, 88), (0.9951, 99), (0.99999, 99), (1.0, 100)],
)
def test_hundred_never_rounds_into_certainty(share: float, text: int) -> None:
    assert hundred(share) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ({"seconds": 38}, "38 s"),
        ({"minutes": 12, "seconds": 59}, "12 min"),
        ({"hours": 1, "minutes": 5}, "1 h 05 min"),
        ({"hours": 3}, "3 h"),
        ({"days": 1, "hours": 2}, "1 day 2 h"),
        ({"days": 30, "hours": 2}, "30 days"),
    ],
)
def test_duration(span: dict[str, int], text: str) -> None:
    assert duration(timedelta(**span)) == text


def test_times_count_from_the_clock_of_the_page() -> None:
    assert remaining(NOW + timedelta(minutes=38), NOW) == "in 38 min"
    assert remaining(NOW - timedelta(minutes=12), NOW) == "12 min over"
    assert ago(NOW - timedelta(minutes=2), NOW) == "2 min ago"
    assert ago(NOW, NOW) == "just now"
    assert share_used(NOW - timedelta(hours=1), NOW + timedelta(hours=3), NOW) == 0.25
    assert time_left(NOW - timedelta(hours=1), NOW + timedelta(hours=3), NOW) == ("in 3 h", 0.25, "")
    assert time_left(NOW - timedelta(hours=5), NOW + timedelta(hours=1), NOW) == ("in 1 h", 0.83, "warn")
    assert time_left(NOW - timedelta(hours=5), NOW - timedelta(hours=1), NOW) == ("1 h over", 1.0, "bad")
    assert share_used(NOW, NOW, NOW) == 1.0


def test_times_are_shown_in_the_readers_zone_and_form_and_it_is_named() -> None:
    page = PAGES["inbox"]

    def drawn(manner: Manner) -> str:
        return render(english(), replace(page, shell=replace(page.shell, manner=manner)))

    assert "15:22:00, Europe/Amsterdam" in drawn(Manner(zone=ZoneInfo("Europe/Amsterdam")))
    html = drawn(Manner(formats_of("de-DE"), ZoneInfo("America/New_York")))
    assert "09:22:00, America/New_York" in html
    assert "4.135,78 EUR" in html
    assert "4,135.78" not in html


def test_what_was_drawn_for_one_reader_is_not_shown_in_anothers_form() -> None:
    page, env = PAGES["inbox"], environment()

    def drawn(tag: str) -> str:
        return render(env, replace(page, shell=replace(page.shell, manner=Manner(formats_of(tag)))))

    german, turkish = drawn("de-DE"), drawn("tr-TR")
    assert "75\N{NO-BREAK SPACE}% of the time allowed" in german
    assert "%75 of the time allowed" in turkish
    assert drawn("de-DE") == german


def test_a_row_that_is_drawn_again_is_as_it_is_now() -> None:
    """What does not change is kept; how much time is left, the token and the clock are those of this page."""
    page, env = PAGES["inbox"], environment()
    shell = page.shell

    def drawn(**changes: Any) -> str:
        return render(env, replace(page, shell=replace(shell, **changes)))

    for csrf in ("one-token", "another"):
        html = drawn(csrf=csrf)
        assert html.count(f'value="{csrf}"') > 2
        assert ("another" if csrf == "one-token" else "one-token") not in html
    assert "in 38 min" in drawn()
    later = drawn(now=shell.now + timedelta(minutes=30))
    assert "in 8 min" in later
    assert "in 38 min" not in later
    utc, tokyo = (drawn(manner=Manner(zone=ZoneInfo(name))) for name in ("UTC", "Asia/Tokyo"))
    put_off = [re.search("put off until ([^·]+) ·", html) for html in (utc, tokyo)]
    assert len({found[1] for found in put_off if found}) == 2
    assert drawn(manner=Manner(zone=ZoneInfo("UTC"))) == utc


def test_a_row_whose_case_changed_is_drawn_anew() -> None:
    page, env = PAGES["inbox"], environment()
    before = render(env, page)
    for change in (
        {"title": "Another title"}, {"why": "Another reason"}, {"looking": ("quinn.reviewer",)},
        {"stake": replace(ROWS[0].stake, amount=Decimal("77.77"))}, {"level": "human", "confidence": None},
        {"owner": "quinn.reviewer"}, {"can": ("claim",)}, {"due": ROWS[0].due + timedelta(days=1)},
    ):  # fmt: skip
        changed = replace(ROWS[0], **change)  # type: ignore[arg-type]  # fields of several types
        assert render(env, replace(page, rows=(changed, *ROWS[1:]))) != before, change
    assert render(env, page) == before


def test_counts_are_in_the_readers_form_and_those_that_stop_say_so() -> None:
    page = replace(PAGES["inbox"], total=1001, overdue=1001, soon=0, decided=1234)
    html = render(english(), replace(page, shell=replace(page.shell, manner=Manner(formats_of("de-DE")))))
    assert "1.000+ cases." in html
    assert "1.000+ are overdue." in html
    assert "You decided 1.234 cases." in html


@pytest.mark.parametrize("name", sorted(PAGES))
def test_what_a_page_imports_is_made_once_for_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str | None] = []
    usual = Template.make_module

    def make_module(template: Template, *given: Any) -> TemplateModule:
        made.append(template.name)
        return usual(template, *given)

    monkeypatch.setattr(Template, "make_module", make_module)
    page = PAGES[name]
    html = render(english(), page)
    assert "parts.html" in made
    assert len(made) == len(set(made))
    # and for the next one anew, as that has another reader
    assert render(english(), page) == html
    assert made[len(made) // 2 :] == made[: len(made) // 2]


def test_a_text_is_not_taken_for_html_that_looks_like_it() -> None:
    env = environment()
    template = env.from_string("{% import 'parts.html' as p with context %}{{ p.st(one) }}")
    shell = PAGES["inbox"].shell
    for _ in range(2):
        assert "<b>x</b>" in template.render(one=Markup("<b>x</b>"), shell=shell)
        assert "&lt;b&gt;x&lt;/b&gt;" in template.render(one="<b>x</b>", shell=shell)


def test_a_figure_is_drawn_for_each_reader() -> None:
    env = environment()
    template = env.from_string("{% import 'parts.html' as p with context %}{{ p.st(one) }}")
    shell = PAGES["inbox"].shell
    for tag, written in (("de-DE", "4.135,78"), ("en-US", "4,135.78"), ("de-DE", "4.135,78")):
        reader = replace(shell, manner=Manner(formats_of(tag)))
        assert written in template.render(one=told({"amount": "4135.78", "currency": "EUR"}), shell=reader)


def test_rows_fall_under_headings() -> None:
    names = [(name, len(rows)) for name, rows in due_sections(ROWS, NOW)]
    assert names == [("urgent", 1), ("overdue", 1), ("soon", 2), ("today", 3), ("low", 1)]
    late = replace(ROWS[1], due=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    assert due_sections([late], NOW)[0][0] == "today"
    assert due_sections([late], NOW, ZoneInfo("Asia/Tokyo"))[0][0] == "later"


def test_small_words() -> None:
    assert percent(0.882) == "88 %"
    assert initials("ap.lead") == "AL"
    assert initials("kim") == "K"
    assert short_hash("7f3a90c2ffff") == "7f3a 90c2"
    assert asset("surehand.css").startswith("/static/surehand.css?v=")
    assert asset("not-there.js") == "/static/not-there.js"


@pytest.mark.parametrize(("text", "shown"), [("", 3), ("a\nb\nc\nd\n", 5), ("w" * 200, 5), ("a\n" * 40, 12)])
def test_a_text_box_shows_the_lines_of_its_text(text: str, shown: int) -> None:
    assert rows(text) == shown


@pytest.mark.parametrize(
    ("text", "name", "written"),
    [
        ("the sum is not known", "", "The sum is not known"),
        ("ben.reviewer may decide", "", "ben.reviewer may decide"),
        ("ben may decide", "ben", "ben may decide"),
        ("", "", ""),
    ],
)
def test_names_keep_their_first_letter(text: str, name: str, written: str) -> None:
    assert opened(text, name) == written


def test_a_limit_is_said_as_its_row_takes_it() -> None:
    def said(value: float, above: bool) -> str:
        view = PAGES["brief"]
        assert isinstance(view, BriefView)
        sure = replace(view.recommendation.confidence, value=value, limit=0.9, above=above)
        return render(english(), replace(view, recommendation=replace(view.recommendation, confidence=sure)))

    assert "Above 90 it may run alone" in said(0.95, above=True)
    assert "Up to 90, a person decides." in said(0.9, above=True)
    assert "From 90 it may run alone" in said(0.9, above=False)
    assert "Below 90, a person decides." in said(0.8, above=False)


def test_whatever_a_brief_lacks_is_said_in_words() -> None:
    text = render(english(), PAGES["brief-refused"])
    for lack in Lack:
        assert lack.words in text, lack
