"""Texts among the sources: what stands where, what of it is shown, and nothing to who decides alone."""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surehand.core.case import with_changes
from surehand.flow.standing import Standing, looked_at
from surehand.store import cases
from surehand.testing import Trial
from surehand.web.brief_views import brief_view
from surehand.web.exception_views import answer_view
from surehand.web.readers import Reader
from surehand.web.rendering import english, render
from surehand.web.views import BriefView, HumanBriefView, TextsView
from tests.desk import text_of
from tests.mails import REASONS, TEXT, mails, said
from tests.security.payloads import PAYLOADS
from tests.web.samples import SHELL

ENV = english()
AT = TEXT.index("cancelled the plan"), TEXT.index(" in October")
PAGES = {"pages": [{"lines": [{"text": "Invoice 9 over 12.50", "box": [0, 0, 200, 12]}]}]}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with mails(tmp_path_factory.mktemp("mails")) as bench:
        yield bench


def waiting(
    bench: Trial, text: str = TEXT, *, evidence: Any = None, brought: Any = None, **more: Any
) -> Standing:
    given = {"text": text, **({"evidence": json.dumps(evidence)} if evidence is not None else {}), **more}
    case = bench.submit("mails", given, by="robot", recommendations=said() if brought is None else brought)
    with bench.surehand.context.db.read() as connection:
        person = cases.open_assignments(connection, [case.id])[case.id].person
    return looked_at(bench.surehand.context, person, case.id)[0]


def brief(bench: Trial, standing: Standing, **more: Any) -> Any:
    shell = replace(SHELL, person=standing.assignment.person)
    return brief_view(bench.surehand.context, standing, Reader(shell, **more))


def marks(texts: TextsView | None) -> dict[str, str]:
    """Where a mark leads -> what it marks."""
    assert texts
    return {
        piece.mark.target: piece.text
        for text in texts.texts
        for part in text.parts
        for piece in part.pieces
        if piece.mark
    }


def test_what_is_not_said_is_found_where_it_stands_once(bench: Trial) -> None:
    view = brief(bench, waiting(bench))
    assert marks(view.texts) == {"f-order": "A-7731", "f-amount": "380.00", "f-wish": "one of the two back"}
    numbers = {field.name: field.evidence for field in view.facts.fields}
    assert {name: number for name, number in numbers.items() if number} == {
        "order": 1,
        "amount": 2,
        "wish": 3,
    }


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ({"source": "text", "start": AT[0], "end": AT[1]}, "cancelled the plan"),
        ({"start": AT[0], "end": AT[1]}, "cancelled the plan"),  # the only text that the step takes
        ({"quote": "once at night"}, "once at night"),
        ({"quote": "once at night", "start": AT[0], "end": AT[1]}, "once at night"),
        ({"quote": "once"}, "A-7731"),  # it stands there twice
        ({"start": 5, "end": 4}, "A-7731"),
        ({"start": -1, "end": 4}, "A-7731"),
        ({"start": 0, "end": 10**9}, "A-7731"),
        ({"source": "nothing", "start": 0, "end": 5}, "A-7731"),
        ({"source": "sender", "start": 0, "end": 5}, "A-7731"),
        ({"page": 0, "quote": "nowhere"}, None),  # it was read on a page
    ],
)
def test_a_span_that_fits_is_marked_and_any_other_is_left_out(
    bench: Trial, evidence: Any, found: Any
) -> None:
    view = brief(bench, waiting(bench, evidence={"order": evidence}, sender="a.customer@example.com"))
    assert marks(view.texts).get("f-order") == found


def test_reasons_rest_on_words(bench: Trial) -> None:
    evidence = [
        {"source": "text", "start": AT[0], "end": AT[1], "reason": 1},
        {"quote": "twice on 14 November", "reason": 0},
        {"quote": "Regards"},
        {"quote": "by Friday", "reason": 7},
        {"quote": "not in the text", "reason": 0},
    ]
    view = brief(bench, waiting(bench, brought=said(evidence=evidence)))
    assert view.recommendation.rests == {1: (4,), 0: (5,), -1: (6, 7)}
    assert marks(view.texts)["r-2"] == "cancelled the plan"
    html = render(ENV, view)
    assert '<a class="mk" id="ev-5" href="#r-1">twice on 14 November<span class="tg">' in html
    assert re.search(
        r'id="r-1">Two debits of one amount\. <span class="evs"><a class="ev" href="#ev-5"', html
    )
    assert re.search(r'id="r-0">It rests on <span class="evs"><a class="ev" href="#ev-6"', html)


def test_what_a_person_corrected_is_marked_no_more(bench: Trial) -> None:
    standing = waiting(bench)
    readings = {name: {**one, "person": "ann"} for name, one in standing.case.readings.items()}
    view = brief(bench, replace(standing, case=with_changes(standing.case, readings=readings)))
    assert marks(view.texts) == {}
    # nor is a place in a text that is another one by now
    changed = {**standing.case.readings, "text": {"person": "ann"}}
    changed["wish"] = {**changed["wish"], "evidence": {"source": "text", "start": 0, "end": 5}}
    view = brief(bench, replace(standing, case=with_changes(standing.case, readings=changed)))
    assert marks(view.texts)["f-wish"] == "one of the two back"


def test_heads_are_told_where_facts_say_them(bench: Trial) -> None:
    view = brief(
        bench,
        waiting(bench, sender="<b>Eve</b>\n\u202eEve", subject="Twice", received_at="2026-11-20T12:58:00Z"),
    )
    assert view.texts.texts[0].heads == (
        ("Sender", "<b>Eve</b> \u202eEve"), ("Subject", "Twice"),
        ("Received at", datetime(2026, 11, 20, 12, 58, tzinfo=UTC)),
    )  # fmt: skip
    html = render(ENV, view)
    assert "Received at: <bdi>20 Nov, 12:58</bdi>" in html
    assert "<bdi>&lt;b&gt;Eve&lt;/b&gt; \ufffdEve</bdi>" in html
    assert brief(bench, waiting(bench, "From: boss\n\nHello")).texts.texts[0].heads == ()


def test_of_several_texts_each_has_its_own_head(bench: Trial) -> None:
    view = brief(bench, waiting(bench, reply="We are\nsorry.", sender="Eve"))
    assert [(one.field, one.heads) for one in view.texts.texts] == [("text", ()), ("reply", ())]
    assert "2 texts" in text_of(render(ENV, view))


def test_a_short_text_is_a_field_and_no_source(bench: Trial) -> None:
    view = brief(bench, waiting(bench, "Order A-7731?"))
    assert view.texts is None
    assert 'class="brief two"' in render(ENV, view)
    assert next(one for one in view.facts.fields if one.name == "text").type == "text"


def test_a_source_is_folded_among_the_fields_and_can_still_be_changed(bench: Trial) -> None:
    view = brief(bench, waiting(bench))
    html = render(ENV, view)
    assert [one.name for one in view.facts.fields if one.source] == ["text"]
    assert '<details><summary>Text <span class="small mute">stands among the sources</span>' in html
    assert '<textarea class="inp" rows="9" id="i-text" name="field.text" form="act">' in html
    assert all(one.label != "Text" for one in view.facts.given)


def test_what_was_looked_up_is_a_source_too(bench: Trial) -> None:
    view = brief(bench, waiting(bench, TEXT + "\nincident"))
    assert [one.field for one in view.texts.texts] == ["text", "incident"]
    assert view.facts.looked_up == ()


def test_a_document_and_a_text_stand_beside_each_other(bench: Trial) -> None:
    view = brief(bench, waiting(bench, document=PAGES))
    html = render(ENV, view)
    assert 'class="brief pair"' in html
    for part in ('class="panes" id="doc"', 'id="pages"', 'id="texts"', 'id="zoom-150"', 'id="type-150"'):
        assert part in html
    assert html.count('id="doc"') == 1
    assert marks(view.texts)["f-order"] == "A-7731"


# Long texts


def test_a_long_text_is_shown_in_parts_and_its_evidence_is_among_them(bench: Trial) -> None:
    standing = waiting(bench)
    long = "word " * 40_000 + "order A-7731"
    standing = replace(
        standing, case=with_changes(standing.case, facts={**standing.case.facts, "text": long})
    )
    (text,) = brief(bench, standing).texts.texts
    assert [part.number for part in text.parts] == list(range(1, 11))
    assert (text.first, text.last) == (1, 51)
    assert text.letters == len(long)
    named = {"source": "text", "start": len(long) - 6, "end": len(long)}
    readings = {**standing.case.readings, "order": {"by": "read_mail", "evidence": named}}
    standing = replace(standing, case=with_changes(standing.case, readings=readings))
    view = brief(bench, standing)
    assert [part.number for part in view.texts.texts[0].parts] == [*range(1, 10), 51]
    assert marks(view.texts)["f-order"] == "A-7731"
    html = render(ENV, view)
    assert f'<a href="/cases/{standing.case.id}/brief?part=10#part-10">41 more parts of this text</a>' in html
    later = brief(bench, standing, part=20, page=3).texts
    assert [part.number for part in later.texts[0].parts] == [*range(20, 29), 51]
    assert later.href.endswith("/brief?page=3&")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "A-7731 " * 150_000,
        "\n" * 1_000_000,
        "e" + "\u0301" * 1_000_000,
        "\u202e" * 1_000_000,
        "\U0001f469\u200d" * 500_000,
        "<script>alert(1)</script>" * 40_000,
        "380.00 " + "9" * 1_000_000,
    ],
    ids=range(8),
)
def test_a_megabyte_makes_a_page_of_bounded_size(bench: Trial, text: str) -> None:
    standing = waiting(bench)
    facts = {**standing.case.facts, "text": "x\n", "incident": text}
    standing = replace(standing, case=with_changes(standing.case, facts=facts))
    begun = time.perf_counter()
    html = render(ENV, brief(bench, standing))
    assert time.perf_counter() - begun < 2.0
    assert len(gzip.compress(html.encode())) < 150_000
    assert "<script>alert" not in html


def hostile(strings: list[str]) -> str:
    return "\n".join(one for one in strings if "\x00" not in one)


@pytest.mark.parametrize("where", ["text", "reply"])
def test_hostile_texts_are_escaped_and_ids_are_ours(bench: Trial, where: str) -> None:
    texts = {"text": TEXT, where: hostile(list(PAYLOADS))[:20_000]}
    standing = waiting(bench, texts.pop("text"), brought=said(evidence=[{"quote": "onerror"}]), **texts)
    html = render(ENV, brief(bench, standing))
    pane = html[html.index('id="letters"') : html.index("<aside")]
    assert set(re.findall(r"<([a-z]+)", pane)) <= {"div", "article", "header", "b", "span", "a", "p", "bdi"}
    assert all(re.fullmatch(r"(ev|s|part)-\d+|letters", one) for one in re.findall(r' id="([^"]*)"', pane))
    assert re.search("[\u202a-\u202e\u2066-\u2069]", pane) is None


def test_naughty_strings_in_a_text(bench: Trial, shared_data: Callable[[str], Path]) -> None:
    strings = json.loads((shared_data("naughty_strings") / "blns.json").read_text("utf-8"))
    text = hostile(strings)[:19_000]
    quotes = [one for one in strings if len(one.strip()) >= 2 and one in text][:90]
    evidence = [{"quote": one} for one in quotes]
    view = brief(bench, waiting(bench, text, brought=said(evidence=evidence)))
    shown = "".join(piece.text for part in view.texts.texts[0].parts for piece in part.pieces)
    assert shown == text
    pane = render(ENV, view).partition('id="letters"')[2].partition("<aside")[0]
    assert set(re.findall(r"<([a-z]+)", pane)) <= {"div", "article", "header", "span", "a", "p", "bdi"}


# Nothing of what was read where


def test_a_human_brief_is_the_same_whatever_was_read_where(bench: Trial) -> None:
    standing = waiting(bench, level="human")
    view = brief(bench, standing)
    assert isinstance(view, HumanBriefView)
    html = render(ENV, view)
    assert "you took 380.00 twice" in text_of(html)
    for trace in ('class="mk', "ev-1", 'class="ev', *REASONS):
        assert trace not in html
    place = {"source": "text", "start": AT[0], "end": AT[1]}
    moved = {"order": {"by": "read_mail", "confidence": 0.2, "evidence": place}}
    for readings in ({}, moved):
        other = replace(standing, case=with_changes(standing.case, readings=readings))
        assert render(ENV, brief(bench, other)) == html


def test_a_question_shows_the_texts_without_marks(bench: Trial) -> None:
    standing = waiting(bench)
    asked = replace(standing, assignment=replace(standing.assignment, kind="answer", question="Which plan?"))
    html = render(ENV, answer_view(bench.surehand.context, asked, Reader(SHELL)))
    assert "you took 380.00 twice" in text_of(html)
    assert 'class="mk' not in html


def test_the_brief_of_a_draft_has_room_for_it(bench: Trial) -> None:
    standing = waiting(bench)
    bench.verdict(standing.case.id, "approve", value="billing", reason="clear")
    with bench.surehand.context.db.read() as connection:
        person = cases.open_assignments(connection, [standing.case.id])[standing.case.id].person
    view = brief(bench, looked_at(bench.surehand.context, person, standing.case.id)[0])
    assert isinstance(view, BriefView)
    assert view.decision.text == "We look into it."
    assert 'class="brief d3"' in render(ENV, view)
