"""Where values were found on a document, and how much of it a brief shows."""

import gzip
import math
import random
import string
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from surehand.core.case import Case
from surehand.web.evidence import Source, clipped, readable, source_of
from surehand.web.rendering import english, render
from surehand.web.views import BriefView, EvidenceView
from tests.web.samples import PAGES

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FILE = {"file": "ab" * 32, "name": "invoice.pdf"}


def line(text: str, x0: float, y0: float, x1: float, y1: float, **more: Any) -> dict[str, Any]:
    return {"text": text, "box": {"x0": x0, "y0": y0, "x1": x1, "y1": y1}, **more}


def page(*lines: dict[str, Any], width: float = 600, height: float = 800) -> dict[str, Any]:
    return {"width": width, "height": height, "lines": list(lines)}


def case(*pages: dict[str, Any], file: Any = None, text: Any = None, **readings: Any) -> Case:
    document = {"pages": list(pages)} if pages else None
    return Case(
        id="inv-1", process="invoices", version="v", key="k", digest="d", submitter="s", created_at=NOW,
        updated_at=NOW, input={"document": file or document}, readings=readings,
        document=text or (document if file else None),
    )  # fmt: skip


def read(quote: str = "", on: Any = None, box: Any = None, **more: Any) -> dict[str, Any]:
    return {"confidence": 0.97, "evidence": {"quote": quote, "page": on, "box": box}, **more}


def corners(x0: Any, y0: Any, x1: Any, y1: Any) -> dict[str, Any]:
    return {"x0": x0, "y0": y0, "x1": x1, "y1": y1}


def boxes(source: Source) -> list[tuple[int, EvidenceView]]:
    assert source.view
    return [(sheet.number, one) for sheet in source.view.pages for one in sheet.evidence]


def place(one: EvidenceView) -> tuple[float, float, float, float]:
    return one.x0, one.y0, one.x1, one.y1


TOTAL = line("Total", 50, 500, 90, 512)
SUM = line("12.50 EUR", 400, 500, 490, 512)
INVOICE = page(line("Specimen Paper Ltd", 50, 40, 230, 60), TOTAL, SUM)


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        (corners(10, 20, 30, 40), (10, 20, 30, 40)),
        (corners(30, 40, 10, 20), (10, 20, 30, 40)),
        (corners(-5, -5, 1e9, 1e9), (0, 0, 600, 800)),
        (corners(590, 790, 700, 900), (590, 790, 600, 800)),
        (corners(601, 20, 700, 40), None),
        (corners(-40, 20, -10, 40), None),
        (corners(10, 20, 10, 40), None),
        (corners(math.nan, 20, 30, 40), None),
        (corners(10, 20, math.inf, 40), None),
        (corners("10", 20, 30, 40), None),
        (corners(True, 20, 30, 40), None),
        ({"x0": 10, "y0": 20}, None),
        ([10, 20, 30, 40], None),
        (None, None),
        ("<svg>", None),
    ],
)
def test_hostile_boxes_are_clipped_or_dropped(box: Any, kept: Any) -> None:
    assert clipped(box, 600, 800) == kept


def test_the_box_that_the_reader_named_is_shown() -> None:
    source = source_of(case(INVOICE, INVOICE, total=read("12.50", 1, corners(400, 500, 445, 512))), ["total"])
    ((number, one),) = boxes(source)
    assert number == 2
    assert place(one) == (400, 500, 445, 512)
    assert (one.number, one.field, one.label, one.low) == (1, "total", "Total", False)
    assert source.numbers == {"total": 1}


@pytest.mark.parametrize("on", [None, 0, True, -1, 7, "0"])
@pytest.mark.parametrize("box", [None, corners(math.nan, 0, 1, 1), corners(700, 0, 900, 9)])
def test_without_a_box_the_words_are_searched(on: Any, box: Any) -> None:
    ((number, one),) = boxes(source_of(case(INVOICE, total=read("12.50 EUR", on, box)), ["total"]))
    assert number == 1
    assert (one.x0, one.y0, one.y1) == (400, 500, 512)


def test_words_are_found_across_lines_of_one_row_and_inside_a_line() -> None:
    source = source_of(
        case(INVOICE, total=read("Total 12.50 EUR"), supplier=read("Paper")), ["total", "supplier"]
    )
    (_, total), (_, supplier) = sorted(boxes(source), key=lambda pair: pair[1].number)
    assert (total.x0, total.y0, total.y1) == (50, 500, 512)
    assert total.x1 > 400
    assert 50 < supplier.x0 < supplier.x1 < 230


def test_over_a_picture_words_with_boxes_are_exact() -> None:
    words = [{"text": "12.50", "box": [400, 500, 430, 512]}, {"text": "EUR", "box": [460, 500, 490, 512]}]
    text = {"pages": [page(TOTAL, {**SUM, "words": words})]}
    source = source_of(case(file=FILE, text=text, total=read("EUR", 0)), ["total"])
    ((_, one),) = boxes(source)
    assert place(one) == (460, 500, 490, 512)


def test_two_fields_with_the_same_words_take_two_places() -> None:
    twice = page(line("9.00", 10, 10, 40, 20), line("9.00", 10, 50, 40, 60))
    source = source_of(
        case(twice, net=read("9.00"), total=read("9.00"), due=read("9.00")), ["net", "total", "due"]
    )
    tops = [one.y0 for _, one in sorted(boxes(source), key=lambda pair: pair[1].number)]
    assert tops == [10, 50, 10]


@pytest.mark.parametrize(
    "reading",
    [
        {},
        {"confidence": 0.9},
        {"evidence": "12.50"},
        read("nowhere to be found"),
        read(""),
        read("12.50", 0, corners(400, 500, 445, 512), person="ap.lead"),
    ],
)
def test_what_was_not_found_has_no_box(reading: Any) -> None:
    source = source_of(case(INVOICE, total=reading), ["total"])
    assert boxes(source) == []
    assert source.numbers == {}


def test_a_box_without_a_page_is_on_the_only_page() -> None:
    ((_, one),) = boxes(source_of(case(page(), total=read("?", None, corners(1, 2, 3, 4))), ["total"]))
    assert place(one) == (1, 2, 3, 4)


def test_numbers_follow_the_fields_and_doubt_is_told() -> None:
    doubtful = {**read("12.50 EUR"), "confidence": 0.55}
    source = source_of(
        case(INVOICE, total=doubtful, supplier=read("Specimen")), ["supplier", "none", "total"]
    )
    assert source.numbers == {"supplier": 1, "total": 2}
    assert {one.field: one.low for _, one in boxes(source)} == {"supplier": False, "total": True}


def test_unmarked_leaves_no_trace() -> None:
    source = source_of(case(INVOICE, total=read("12.50", 0, corners(1, 2, 3, 4))), ["total"], marked=False)
    assert boxes(source) == []
    assert source.numbers == {}


# Files


def test_pages_of_a_file_have_pictures_and_lines_sent_alone_have_none() -> None:
    source = source_of(case(file=FILE, text={"pages": [INVOICE, INVOICE]}), [])
    assert source.view
    assert source.view.name == "invoice.pdf"
    assert [sheet.picture for sheet in source.view.pages] == [
        "/cases/inv-1/pages/1.png",
        "/cases/inv-1/pages/2.png",
    ]
    sent = source_of(case(INVOICE), []).view
    assert sent
    assert (sent.name, sent.pages[0].picture) == ("Document", "")


@pytest.mark.parametrize("given", [None, {}, "text", []])
def test_no_document_is_no_view(given: Any) -> None:
    assert source_of(replace(case(), input={"document": given}), []).view is None
    assert source_of(replace(case(), input={}), []).view is None


def test_a_file_that_could_not_be_read_shows_its_pictures_if_there_are_any() -> None:
    unread = case(file=FILE)
    assert not readable(unread)
    without = source_of(unread, ["total"]).view
    assert without
    assert (without.name, without.pages, without.note) == (
        *("invoice.pdf", ()),
        "No page of this file can be shown.",
    )
    sizes = [[600, 800], [800, 600]]
    pictured = source_of(replace(unread, document={"fault": {}, "sizes": sizes}), ["total"]).view
    assert pictured
    assert [(s.number, s.width, s.lines, s.picture) for s in pictured.pages] == [
        (1, 600, (), "/cases/inv-1/pages/1.png"),
        (2, 800, (), "/cases/inv-1/pages/2.png"),
    ]


def test_a_file_without_a_name_is_a_document() -> None:
    view = source_of(case(file={"file": "ab" * 32}), []).view
    assert view
    assert view.name == "Document"


def test_a_page_that_was_sent_without_a_size_is_as_large_as_its_text() -> None:
    (sheet,) = source_of(case(page(TOTAL, SUM, width=1000, height=1000)), []).view.pages  # type: ignore[union-attr]
    assert 490 < sheet.width < 600
    (small,) = source_of(case(page(TOTAL, SUM, width=10, height=10)), []).view.pages  # type: ignore[union-attr]
    assert (small.width, small.height) == (490, 512)


# Large documents


def test_twenty_pages_are_shown_and_evidence_is_among_them() -> None:
    long = case(*[INVOICE] * 100, total=read("12.50", 56, corners(400, 500, 445, 512)))
    view = source_of(long, ["total"]).view
    assert view
    assert [sheet.number for sheet in view.pages] == [*range(1, 20), 57]
    assert view.count == 100
    later = source_of(long, ["total"], first=41).view
    assert later
    assert [sheet.number for sheet in later.pages] == [*range(41, 61)]
    last = source_of(long, ["total"], first=999).view
    assert last
    assert [sheet.number for sheet in last.pages] == [57, 100]


def test_pages_that_are_not_shown_are_a_link_away() -> None:
    view = source_of(case(*[INVOICE] * 100, total=read("12.50", 56, corners(1, 2, 3, 4))), ["total"]).view
    html = shown(view)
    assert 'href="/cases/inv-1/brief?page=20#page-20">Pages 20 to 56</a> are not shown here.' in html
    assert 'href="/cases/inv-1/brief?page=58#page-58">Pages 58 to 100</a>' in html


def shown(view: Any) -> str:
    sample = PAGES["brief"]
    assert isinstance(sample, BriefView)
    return render(english(), replace(sample, document=view))


def dense(letters: int, number: int) -> list[dict[str, Any]]:
    """A page of 120 lines of chance letters, which do not compress."""
    chance = random.Random(number)
    return [
        line(
            "".join(chance.choices(string.ascii_letters, k=letters)),
            n % 7,
            n,
            chance.uniform(200, 300),
            n + 9,
        )
        for n in range(120)
    ]


@pytest.mark.parametrize("letters", [40, 2_000])
@pytest.mark.parametrize("file", [None, FILE])
def test_a_hundred_dense_pages_make_a_page_of_bounded_size(letters: int, file: Any) -> None:
    pages = [page(*dense(letters, number), width=400, height=150) for number in range(100)]
    long = case(file=file, text={"pages": pages}) if file else case(*pages)
    html = shown(source_of(long, []).view)
    assert "more lines are not shown here." in html
    assert len(gzip.compress(html.encode())) < 150_000
