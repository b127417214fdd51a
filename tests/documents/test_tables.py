"""Tables with rulings become grids; their cells lie on the page as it is shown and hold only what is seen."""

import pytest

from tests.documents import papers
from tests.documents.papers import Sheet, pdf, shown

ROWS = [("Item", "Qty", "Price"), ("Chair", "2", "70.00"), ("Desk", "1", "1,250.00")]


def table(left: float = 150, top: float = 600, *, hidden: str = "") -> str:
    """A ruled table of three columns of 80 and three rows of 20 points."""
    lines = "".join(
        f"{left} {top - 20 * n} m {left + 240} {top - 20 * n} l S "
        f"{left + 80 * n} {top} m {left + 80 * n} {top - 60} l S "
        for n in range(4)
    )
    text = "".join(
        shown(cell, left + 80 * column + 5, top - 20 * row - 14, 10)
        for row, cells in enumerate(ROWS)
        for column, cell in enumerate(cells)
    )
    return lines + text + hidden


@pytest.mark.parametrize("media", [papers.A4, (-100, 50, 500, 900)])
@pytest.mark.parametrize("crop", [None, (100, 300, 450, 700)])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_ruled_table_is_a_grid(reader, media, crop, rotate):
    page = reader.read(pdf(Sheet(table(), media=media, crop=crop, rotate=rotate))).pages[0]
    (grid,) = page.tables
    cells = [cell for row in grid.rows for cell in row if cell is not None]
    assert {cell.text for cell in cells} == {cell for row in ROWS for cell in row}
    if rotate == 0:
        assert [tuple(cell.text for cell in row if cell) for row in grid.rows] == ROWS
    words = {word.text: word.box for line in page.lines for word in line.words}
    for cell in cells:
        box = words[cell.text]
        assert cell.box.x0 - 1 <= box.x0
        assert box.x1 <= cell.box.x1 + 1
        assert cell.box.y0 - 1 <= box.middle <= cell.box.y1 + 1
        assert cell.box.x0 >= grid.box.x0 - 0.1


def test_hidden_text_does_not_come_back_through_a_table(reader):
    content = table(hidden=shown("1,000,000.00", 315, 566, 10, before="3 Tr"))
    page = reader.read(pdf(Sheet(content))).pages[0]
    assert "1,000,000.00" not in {cell.text for row in page.tables[0].rows for cell in row if cell}


@pytest.mark.parametrize(
    "content",
    [
        shown("No ruling here", 50, 700),
        shown("Framed", 50, 700) + "40 690 200 40 re S ",
        shown("Underlined", 50, 700) + "".join(f"50 {y} m 300 {y} l S " for y in range(100, 600, 20)),
    ],
)
def test_other_strokes_are_no_table(reader, content):
    assert reader.read(pdf(Sheet(content))).pages[0].tables == ()


def test_only_the_first_pages_are_searched(own_reader):
    document = own_reader(table_pages=2).read(pdf(*[Sheet(table())] * 4))
    assert [len(page.tables) for page in document.pages] == [1, 1, 0, 0]


def test_when_time_is_over_the_text_stands(own_reader):
    document = own_reader(table_seconds=0.01).read(pdf(*[Sheet(table())] * 30))
    assert sum(len(page.tables) for page in document.pages) < 20
    assert all(len(page.lines) == 9 for page in document.pages)


def test_a_drawing_of_many_strokes_is_not_searched(reader):
    grid = "".join(f"{n} 100 m {n} 400 l S 50 {n} m 500 {n} l S " for n in range(100, 400))
    page = reader.read(pdf(Sheet(shown("plan", 50, 700) + grid * 3))).pages[0]
    assert (page.tables, [line.text for line in page.lines]) == ((), ["plan"])
