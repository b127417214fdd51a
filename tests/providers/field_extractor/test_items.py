"""Line items from grids and from rows under a header."""

from decimal import Decimal
from typing import Any

import pytest

from surehand.core.documents import Box, Document, Grid, Page, Word
from surehand.providers.field_extractor import Trained
from surehand.providers.field_extractor.rows import sheet_of
from surehand.providers.field_extractor.tables import ItemLine, item_lines
from tests.providers.field_extractor.paper import Invoice, Item, invoice, page

HEADER = "Description|@360 Qty|@450 Unit price|@600 Amount"


def read(rows: list[str]) -> list[tuple[Any, ...]]:
    document = page(rows)
    return [
        (line.texts.get("description"), *(str(line.numbers[n]) for n in ("quantity", "unit_price", "amount")))
        for line in item_lines(sheet_of(document), document)
    ]


TABLE = [("Desk lamp", "2", "45.00", "90.00"), ("Office chair with arms", "1", "120.50", "120.50")]


@pytest.mark.parametrize(
    "rows",
    [
        ["Desk lamp|@370 2|@460 45.00|@600 90.00", "Office chair with arms|@370 1|@460 120.50|@600 120.50"],
        [
            "Desk lamp|@370 2|@460 45.00|@600 90.00",
            "Office chair|@370 1|@460 120.50|@600 120.50",
            "with arms",
        ],
        [
            "Desk lamp",
            "@370 2|@460 45.00|@600 90.00",
            "Office chair with arms",
            "@370 1|@460 120.50|@600 120.50",
        ],
    ],
    ids=["one row each", "wrapped", "text above its numbers"],
)
def test_rows_under_a_header(rows: list[str]) -> None:
    assert read(["Acme Ltd", HEADER, *rows, "@450 Total|@600 210.50", "Thank you|@600 5.00"]) == TABLE


def test_without_a_header_there_are_no_items() -> None:
    assert read(["Acme Ltd", "Desk lamp|2|45.00|90.00"]) == []


def test_a_grid_is_read_by_its_header() -> None:
    def cell(text: str, x: float, y: float) -> Word | None:
        return Word(text=text, box=Box(x0=x, y0=y, x1=x + 50, y1=y + 10)) if text else None

    texts = [
        ("Artikel", "Menge", "Einzelpreis", "Betrag"),
        ("Lampe", "2", "45,00", "90,00"),
        ("mit Schirm", "", "", ""),
        ("Stuhl", "1", "1.120,50", "1.120,50"),
        ("Summe", "", "", "1.210,50"),
    ]
    rows = tuple(
        tuple(cell(text, 100 * x, 20 * y) for x, text in enumerate(row)) for y, row in enumerate(texts)
    )
    grid = Grid(box=Box(x0=0, y0=0, x1=400, y1=100), rows=rows)
    lines = tuple(word.model_dump() for row in rows for word in row if word)
    document = Document(pages=(Page.model_validate({"lines": lines, "tables": [grid]}),))
    found = item_lines(sheet_of(document), document)
    assert [line.texts["description"] for line in found] == ["Lampe mit Schirm", "Stuhl"]
    assert [line.numbers["amount"] for line in found] == [Decimal("90.00"), Decimal("1120.50")]
    assert all(line.adds_up for line in found)


@pytest.mark.parametrize(
    ("numbers", "adds_up"),
    [
        ({"quantity": "2", "unit_price": "1.50", "amount": "3.00"}, True),
        ({"quantity": "2", "unit_price": "1.50", "amount": "3.50"}, False),
        ({"quantity": "2", "amount": "3.50"}, None),
    ],
)
def test_the_product_is_checked(numbers: dict[str, str], adds_up: bool | None) -> None:
    assert ItemLine(numbers={name: Decimal(text) for name, text in numbers.items()}).adds_up is adds_up


def test_items_are_read_as_the_model_wants_them(trained: Trained) -> None:
    example = invoice(920, 103)
    reading = trained.read(example.document, Invoice)
    assert reading.values.lines == [Item.model_validate(item) for item in example.values["lines"]]
    assert reading.evidence["lines"].box is not None
    assert (reading.confidence["lines"] or 0) > 0.7


def test_a_product_that_is_wrong_lowers_the_confidence(trained: Trained) -> None:
    def sure(amount: str) -> float:
        rows = ["Acme Ltd", HEADER, f"Desk lamp|@370 2|@460 45.00|@600 {amount}", "@450 Total|@600 90.00"]
        return trained.read(page(rows), Invoice).confidence["lines"] or 0.0

    assert sure("90.00") > sure("95.00")
