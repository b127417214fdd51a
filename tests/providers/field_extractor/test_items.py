"""Line items from grids and from rows under a header."""

from decimal import Decimal
from typing import Any

import pytest

from surehand.core.documents import Box, Document, Grid, Page, Word
from surehand.providers.field_extractor import Trained
from surehand.providers.field_extractor.headings import agreed, taught_by
from surehand.providers.field_extractor.items import role_of, sums_of
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


def test_without_a_header_rows_whose_product_agrees_are_items() -> None:
    rows = ["Acme Ltd", "Desk lamp|@370 2|@460 45.00|@600 90.00", "Chair|@370 1|@460 12.50|@600 12.50"]
    assert read(rows) == [("Desk lamp", "2", "45.00", "90.00"), ("Chair", "1", "12.50", "12.50")]


@pytest.mark.parametrize("row", ["Desk lamp|2|45.00|95.00", "Desk lamp|1|45.00|45.00", "Desk lamp|90.00"])
def test_without_a_header_and_a_telling_product_there_are_no_items(row: str) -> None:
    assert read(["Acme Ltd", row]) == []


@pytest.mark.parametrize(
    "header",
    [
        "Menge|@100 Bezeichnung|@450 Einzelpreis|@600 Betrag",
        "Anz.|@100 Artikel|@450 Preis|@600 Summe",
        "Qté|@100 Désignation|@450 P.U. HT|@600 Montant HT",
        "Aantal|@100 Omschrijving|@450 Prijs|@600 Bedrag",
        "Ilość|@100 Nazwa towaru|@450 Cena netto|@600 Wartość PLN",
        "Cant.|@100 Concepto|@450 Precio|@600 Importe",
    ],
)
def test_the_quantity_may_come_first(header: str) -> None:
    rows = [header, "2|@100 Lamp 5 W, 3 m|@460 45,00|@600 90,00", "1|@100 Chair|@450 1.120,50|@590 1.120,50"]
    assert read(rows) == [("Lamp 5 W, 3 m", "2", "45.00", "90.00"), ("Chair", "1", "1120.50", "1120.50")]


def test_the_number_of_a_line_is_no_part_of_it() -> None:
    rows = ["Pos.|@80 Menge|@180 Bezeichnung|@450 Einzelpreis|@600 Betrag", *(
        f"{at}|@90 {at + 1}|@180 Lampe|@460 45,00|@600 {45 * (at + 1)},00" for at in (1, 2)
    )]  # fmt: skip
    assert read(rows) == [("Lampe", "2", "45.00", "90.00"), ("Lampe", "3", "45.00", "135.00")]


@pytest.mark.parametrize(
    ("freight", "sums", "counted"),
    [
        ("Freight|@370 1|@460 9.00|@600 9.00", "", True),
        ("Freight|@370 1|@600 9.00", "@450 Subtotal|@600 90.00", True),
        ("Business cards, set of 250|@370 3|@600 9.00", "", True),
        ("Cash|@600 9.00", "", False),
        ("Freight|@600 9.00", "@450 Subtotal|@600 99.00", True),
        ("Freight|@600 9.00", "@450 Subtotal|@600 90.00", False),
    ],
)
def test_freight_is_an_item_when_it_is_one_or_the_sum_says_so(freight: str, sums: str, counted: bool) -> None:
    document = page([HEADER, "Desk lamp|@370 2|@460 45.00|@600 90.00", freight, *([sums] if sums else [])])
    sheet = sheet_of(document)
    assert len(item_lines(sheet, document, sums=sums_of(sheet))) == 1 + counted


def test_a_table_goes_on_under_the_header_of_the_next_page() -> None:
    first = page(
        [HEADER, "Desk lamp|@370 2|@460 45.00|@600 90.00", *[""] * 8, "Bank details|@600 Page 1 of 2"]
    )
    second = page(
        ["Acme Ltd, page|@600 2", HEADER, "Chair|@370 1|@460 12.50|@600 12.50", "@450 Total|@600 102.50"]
    )
    document = Document(pages=(*first.pages, *second.pages))
    assert [line.texts["description"] for line in item_lines(sheet_of(document), document)] == [
        "Desk lamp",
        "Chair",
    ]


def test_a_stamp_over_the_numbers_is_not_read() -> None:
    rows = [HEADER, "Desk lamp|@370 2|@395 HALDEN ACCOUNTS|@460 45.00|@600 90.00"]
    assert read(rows) == [("Desk lamp", "2", "45.00", "90.00")]


def test_words_of_headings_are_learned_from_labelled_lists() -> None:
    header = "Hvad|@360 Styk|@450 Stykpris|@600 I alt kr"
    rows = [header, "Lampe|@370 2|@460 45,00|@600 90,00", "Stol|@370 3|@460 12,50|@600 37,50"]
    items = [
        {"description": "Lampe", "quantity": "2", "unit_price": "45.00", "amount": "90.00"},
        {"description": "Stol", "quantity": "3", "unit_price": "12.50", "amount": "37.50"},
    ]
    taught = taught_by(sheet_of(page(rows)), items, role_of)
    learned = agreed(taught)
    assert learned == {
        "HVAD": "description", "STYK": "quantity", "STYKPRIS": "unit_price", "IALTKR": "amount"
    }  # fmt: skip
    # one item of quantity 1: arithmetic says nothing, the learned words do
    document = page([header, "Bord|@370 1|@460 80,00|@600 80,00"])
    assert item_lines(sheet_of(document), document) == []
    (line,) = item_lines(sheet_of(document), document, headings=learned)
    assert line.numbers == {"quantity": 1, "unit_price": 80, "amount": 80}


def test_a_heading_that_means_two_things_is_not_learned() -> None:
    assert agreed([("A", "amount"), ("A", "quantity"), ("B", "amount")]) == {"B": "amount"}


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
