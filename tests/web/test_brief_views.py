"""From a case that waits to its brief: second choices, what was not found, tables, boxes, odd files."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from surehand.core.oversight import Level
from surehand.flow.standing import Standing, looked_at
from surehand.web import fields
from surehand.web.brief_views import brief_view
from surehand.web.exception_views import answer_view
from surehand.web.readers import Reader
from surehand.web.rendering import english, render
from surehand.web.views import BriefView, ExceptionView, FieldView, HumanBriefView
from tests.desk import Desk, desk_of, text_of
from tests.web.samples import ITEMS, SHELL

RITA, OWNER = "rita.reviewer", "olga.owner"
ENV = english()
FILE = {"file": "ab" * 32, "name": "scan-0041.pdf"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("place")
    with desk_of(folder / "orders", f"sqlite:///{folder}/desk.db") as running:
        yield running


def waiting(desk: Desk, *, by: str = RITA, **lines: str) -> Standing:
    return looked_at(desk.surehand.context, by, desk.order(**lines))[0]


def with_case(standing: Standing, **changes: Any) -> Standing:
    return replace(standing, case=replace(standing.case, **changes))


def with_reading(standing: Standing, name: str, **reading: Any) -> Standing:
    readings = standing.case.readings
    return with_case(standing, readings={**readings, name: {**readings.get(name, {}), **reading}})


def brief(desk: Desk, standing: Standing) -> Any:
    return brief_view(desk.surehand.context, standing, Reader(replace(SHELL, person=RITA)))


def field(desk: Desk, standing: Standing, name: str) -> FieldView:
    view = brief(desk, standing)
    assert isinstance(view, BriefView)
    return next(one for one in view.facts.fields if one.name == name)


EUROS = {"amount": "601.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("other", "suggested"),
    [
        ({"value": EUROS, "because": "It stands below the line."}, "601.00"),
        ({"value": {"amount": "601.00", "currency": "USD"}, "confidence": None}, "601.00 USD"),
        ({"value": "601.00"}, "601.00"),
        ({"value": {"amount": "610.00", "currency": "EUR"}}, ""),  # what stands there already
        ({"value": None}, ""),
        ({"value": {"amount": "much", "currency": "EUR"}}, ""),
        ({"value": {}}, ""),
        ({"value": [EUROS]}, ""),
        ({"value": "<script>"}, ""),
        ({"value": True}, ""),
        ({}, ""),
        (None, ""),
        ("601.00", ""),
    ],
)
def test_a_second_choice_is_offered_when_it_fits(desk: Desk, other: Any, suggested: str) -> None:
    standing = with_reading(waiting(desk, total="610.00 EUR?"), "total", other=other)
    total = field(desk, standing, "total")
    assert total.check
    assert total.suggestion == suggested
    below = "It stands below the line."
    assert total.because == (
        below
        if suggested and "because" in other
        else "The reader was not sure: compare it with the document."
    )


@pytest.mark.parametrize("text", ["N" * 121, "N-1\nN-2", ""])
def test_a_second_choice_fits_on_a_button(desk: Desk, text: str) -> None:
    standing = with_reading(waiting(desk), "number", confidence=0.5, other={"value": text})
    assert field(desk, standing, "number").suggestion == ""


def test_a_sure_or_corrected_field_has_no_second_choice(desk: Desk) -> None:
    sure = with_reading(waiting(desk), "total", other={"value": EUROS})
    assert field(desk, sure, "total").suggestion == ""
    corrected = with_reading(waiting(desk, total="610.00 EUR?"), "total", other={"value": EUROS}, person=RITA)
    assert field(desk, corrected, "total").suggestion == ""


def test_what_was_not_found_is_asked_for_and_stays_empty(desk: Desk) -> None:
    standing = waiting(desk, by=OWNER, total="")
    total = field(desk, standing, "total")
    assert (total.value, total.missing, total.check, total.evidence) == ("", True, False, None)
    assert "not found" in text_of(render(ENV, brief(desk, standing)))
    shop = field(desk, standing, "shop")  # nobody looked for it on the document
    assert not shop.missing


@pytest.mark.parametrize(
    ("items", "heads", "first", "more"),
    [
        (
            [
                {"description": "Paper", "quantity": 40, "amount": {"amount": "1700", "currency": "EUR"}},
                {"description": "Ink", "amount": {"amount": "88.5", "currency": "EUR"}, "note": None},
            ],
            (("Description", False), ("Quantity", True), ("Amount, EUR", True), ("Note", False)),
            ("Paper", "40", "1,700.00", ""),
            0,
        ),
        (
            [
                {"amount": {"amount": "1", "currency": "EUR"}},
                {"amount": {"amount": "2", "currency": "USD"}},
            ],
            (("Amount", True),),
            ("1.00 EUR",),
            0,
        ),
        ([{"n": n} for n in range(150)], (("N", True),), ("0",), 50),
    ],
)
def test_lines_are_a_table(desk: Desk, items: Any, heads: Any, first: Any, more: int) -> None:
    standing = with_case(waiting(desk), facts={"lines": items})
    (table,) = fields.tables(standing.case, ["lines", "number"])
    assert (table.label, table.heads, table.rows[0], table.more) == ("Lines", heads, first, more)
    assert len(table.rows) == len(items) - more


@pytest.mark.parametrize("value", [None, [], "text", ["a"], [{"a": 1}, "b"], {"a": 1}])
def test_other_facts_are_no_table(desk: Desk, value: Any) -> None:
    assert fields.tables(with_case(waiting(desk), facts={"lines": value}).case, ["lines"]) == ()


def test_a_table_is_read_only(desk: Desk) -> None:
    view = brief(desk, waiting(desk))
    html = render(ENV, replace(view, facts=replace(view.facts, tables=(ITEMS,))))
    table = html[html.index('<div class="scroll items"') : html.index("3 more rows are not shown")]
    assert "Toner drum, type C" in table
    assert "<input" not in table


def test_evidence_leads_both_ways(desk: Desk) -> None:
    html = render(ENV, brief(desk, waiting(desk)))
    for number, name in enumerate(("number", "buyer", "total"), start=1):
        assert f'<a href="#f-{name}" id="ev-{number}" class="box"' in html
        assert f'href="#ev-{number}"' in html
        assert f'id="f-{name}"' in html


def test_an_exception_shows_where_it_read_what_it_knows(desk: Desk) -> None:
    view = brief(desk, waiting(desk, number=""))
    assert isinstance(view, ExceptionView)
    html = render(ENV, view)
    assert 'href="#f-buyer" id="ev-1"' in html
    assert '<dd id="f-buyer" class="fact">Mr Test' in html
    assert 'id="i-number"' in html


# Nothing of what was read where


def blind(desk: Desk, standing: Standing) -> str:
    human = replace(standing, assignment=replace(standing.assignment, level=Level.HUMAN))
    view = brief(desk, human)
    assert isinstance(view, HumanBriefView)
    return render(ENV, view)


def test_a_human_brief_is_the_same_whatever_was_read_where(desk: Desk) -> None:
    standing = waiting(desk)
    box = {"x0": 0, "y0": 0, "x1": 300, "y1": 12}
    moved = with_reading(
        standing, "total", confidence=0.11, evidence={"quote": "Mr Test", "page": 0, "box": box},
        other={"value": EUROS, "because": "Because"},
    )  # fmt: skip
    html = blind(desk, standing)
    assert html == blind(desk, moved) == blind(desk, with_case(standing, readings={}))
    assert "buyer: Mr Test" in html
    assert 'class="box' not in html
    assert "ev-1" not in html


def test_a_question_shows_the_document_without_boxes(desk: Desk) -> None:
    standing = waiting(desk)
    asked = replace(standing, assignment=replace(standing.assignment, kind="answer", question="Which shop?"))
    html = render(ENV, answer_view(desk.surehand.context, asked, Reader(SHELL)))
    assert "buyer: Mr Test" in html
    assert 'class="box' not in html


# Files that could not be read


def test_a_file_that_could_not_be_read_is_asked_for(desk: Desk) -> None:
    standing = waiting(desk, number="")
    unread = replace(
        with_case(standing, input={"document": FILE}, facts={}, readings={}),
        assignment=replace(
            standing.assignment, point="document:encrypted", because="The file is protected by a password."
        ),
    )
    view = brief(desk, unread)
    assert isinstance(view, ExceptionView)
    assert view.heading == "The document could not be read."
    assert view.because == "The file is protected by a password."
    assert {one.name for one in view.supply} == {"number", "buyer", "total"}
    said = text_of(render(ENV, view))
    for part in ("scan-0041.pdf", "No page of this file can be shown.", "fill in what it says", view.because):
        assert part in said
    assert "<img" not in render(ENV, view)


def test_pictures_of_a_file_without_text_are_shown(desk: Desk) -> None:
    unread = {"fault": {"reason": "no_text", "detail": "No text."}, "sizes": [[600.0, 800.0]]}
    standing = with_case(waiting(desk), input={"document": FILE}, document=unread, readings={})
    view = brief_view(desk.surehand.context, standing, Reader(SHELL))
    html = render(ENV, view)
    assert f'<img src="/cases/{standing.case.id}/pages/1.png" width="1000" height="1333"' in html
    assert "No text was recognised on it." in html
    assert 'class="box' not in html


def test_the_maps_own_exception_keeps_its_words(desk: Desk) -> None:
    standing = with_case(waiting(desk, number=""), input={"document": FILE})
    assert brief(desk, standing).heading == "The order has no number."
