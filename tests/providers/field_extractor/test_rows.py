"""Rows, columns and boxes."""

from surehand.core.documents import Box, Document, Line, Page, Word
from surehand.providers.field_extractor import spans, spots
from surehand.providers.field_extractor.rows import sheet_of
from tests.providers.field_extractor.paper import page


def test_pieces_side_by_side_are_one_row_and_keep_their_columns() -> None:
    sheet = sheet_of(page(["Acme Ltd|@400 Bill to", "1 High St|@400 Mr Smith", "London|@400 Paris"]))
    assert [unit.text for unit in sheet.units[: sheet.rows]] == [
        "Acme Ltd Bill to",
        "1 High St Mr Smith",
        "London Paris",
    ]
    left = sheet.units[sheet.of_piece[0, 0]]
    assert left.below is not None
    assert sheet.units[left.below].text == "1 High St"


def test_a_leaning_scan_keeps_its_rows() -> None:
    straight = page([f"label {n}|@500 {n}.50" for n in range(12)])
    lines = tuple(
        line.model_copy(
            update={
                "box": Box(
                    x0=line.box.x0,
                    x1=line.box.x1,
                    y0=line.box.y0 + 0.03 * line.box.x0,
                    y1=line.box.y1 + 0.03 * line.box.x0,
                )
            }
        )
        for line in straight.pages[0].lines
    )
    assert sheet_of(Document(pages=(Page(lines=lines),))).rows == 12


def test_a_line_with_a_wide_gap_between_its_words_is_two_pieces() -> None:
    words = (
        Word(text="Total", box=Box(x0=0, y0=0, x1=40, y1=10)),
        Word(text="12.50", box=Box(x0=300, y0=0, x1=340, y1=10)),
    )
    line = Line(text="Total 12.50", box=Box(x0=0, y0=0, x1=340, y1=10), words=words)
    sheet = sheet_of(Document(pages=(Page(lines=(line,)),)))
    assert [piece.text for piece in sheet.row(0).pieces] == ["Total", "12.50"]
    (spot,) = spots.amounts_of(sheet, cents=True)
    assert spot.box == Box(x0=300, y0=0, x1=340, y1=10)
    assert spot.left.strip() == "TOTAL"


def test_without_words_the_box_is_in_proportion() -> None:
    line = Line(text="Total 12.50", box=Box(x0=0, y0=0, x1=110, y1=10))
    (spot,) = spots.amounts_of(sheet_of(Document(pages=(Page(lines=(line,)),))), cents=True)
    assert (round(spot.box.x0), round(spot.box.x1)) == (60, 110)


def test_spans_are_runs_of_rows_or_of_a_column() -> None:
    sheet = sheet_of(page(["Acme Ltd|@400 Bill to", "1 High St|@400 Mr Smith", "London|@400 Paris"]))
    cut = spans.spans_of(sheet, range(len(sheet.units)), longest=3, trims=(0,))
    keys = {span.key for span in cut}
    assert {"ACMELTD1HIGHSTLONDON", "BILLTOMRSMITH", "ACMELTDBILLTO"} <= keys


def test_a_registration_number_and_a_telephone_can_be_trimmed() -> None:
    sheet = sheet_of(page(["ACME SDN BHD (123456-A)", "1 HIGH ST TEL: 03-1234 5678"]))
    cut = spans.spans_of(sheet, [0, 1], longest=2, trims=(0, 1, 2))
    assert {"ACMESDNBHD", "1HIGHST"} <= {span.key for span in cut}


def test_labels_are_found_left_of_an_amount_and_above_it() -> None:
    sheet = sheet_of(
        page(["Net|@300 Tax|@600 Total", "10.00|@300 2.00|@600 12.00", "CASH 20.00 CHANGE 8.00"])
    )
    kinds = {str(spot.key): spot.kind for spot in spots.amounts_of(sheet, cents=True)}
    assert kinds == {"10": "net", "2": "tax", "12": "total", "20": "paid", "8": "change"}
