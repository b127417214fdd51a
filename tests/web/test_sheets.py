"""Pages as they are drawn: sizes, text at its place, numbers that stay readable."""

from itertools import combinations

import pytest

from surehand.web.sheets import Drawing, drawing, length_of, rows_of
from surehand.web.views import EvidenceView, LineView, SheetView


def line(text: str, x0: float, y0: float, x1: float, y1: float) -> LineView:
    return LineView(text=text, x0=x0, y0=y0, x1=x1, y1=y1)


def box(number: int, x0: float, y0: float, x1: float, y1: float) -> EvidenceView:
    return EvidenceView(number=number, field="total", label="Total", x0=x0, y0=y0, x1=x1, y1=y1)


def drawn(
    *parts: LineView | EvidenceView, width: float = 500, height: float = 700, picture: str = ""
) -> Drawing:
    return drawing(
        SheetView(
            number=1,
            width=width,
            height=height,
            picture=picture,
            lines=tuple(part for part in parts if isinstance(part, LineView)),
            evidence=tuple(part for part in parts if isinstance(part, EvidenceView)),
        )
    )


@pytest.mark.parametrize(
    ("width", "height", "tall"),
    [(595, 842, 1415.1), (1, 1, 1000.0), (1, 1e6, 12_000.0), (1e6, 1, 100.0), (1e-9, 1e-9, 1000.0)],
)
def test_a_page_is_1000_wide_and_never_a_thread(width: float, height: float, tall: float) -> None:
    assert drawn(width=width, height=height).height == tall


def test_text_stands_in_its_box_and_is_fitted_to_it() -> None:
    (text,) = drawn(line("Total 12.50 EUR", 50, 100, 150, 114)).lines
    assert (text.x, text.length, text.turned) == (100.0, 200.0, False)
    assert 200 < text.y <= 228
    assert 0.8 * 28 <= text.size <= 1.3 * 28


def test_a_short_text_in_a_wide_box_is_not_torn_apart() -> None:
    short = line("ok", 0, 100, 400, 110)
    (text,) = drawn(short).lines
    assert text.length == length_of(short) * 2 == pytest.approx(2 * 8 * 1.1)


@pytest.mark.parametrize(
    ("box_", "length", "turned"),
    [
        ((10, 100, 20, 300), 400.0, True),  # along the edge of a scan, from top to bottom
        ((10, 100, 10, 100), 79.6, False),  # a point: of a size that can be read
        ((10, 100, 60, 100), 100.0, False),  # no height
    ],
)
def test_odd_boxes_of_text(box_: tuple[float, float, float, float], length: float, turned: bool) -> None:
    (text,) = drawn(line("sideways", *box_)).lines
    assert (text.length, text.turned) == (length, turned)
    assert text.size > 0


@pytest.mark.parametrize(
    "box_", [(600, 10, 700, 20), (-90, 10, -5, 20), (10, 800, 90, 810), (10, -30, 90, -10)]
)
def test_text_outside_its_page_is_not_drawn(box_: tuple[float, float, float, float]) -> None:
    assert drawn(line("far away", *box_)).lines == ()


def test_no_text_is_drawn_over_a_picture_of_it() -> None:
    read = (line("Total", 10, 10, 50, 20), box(1, 10, 10, 50, 20))
    assert len(drawn(*read).lines) == 1
    assert drawn(*read, picture="/cases/a/pages/1.png").lines == ()
    assert len(drawn(*read, picture="/cases/a/pages/1.png").boxes) == 1


def test_a_number_stands_beside_its_box_and_off_the_text() -> None:
    beside = line("EUR", 202, 100, 230, 112)
    (alone,) = drawn(box(1, 100, 100, 200, 112)).boxes
    assert alone.tag[0] > alone.x + alone.width
    (crowded,) = drawn(box(1, 100, 100, 200, 112), beside).boxes
    assert crowded.tag[0] + crowded.tag[2] < crowded.x


@pytest.mark.parametrize(
    "boxes",
    [
        [(100, 100, 200, 112)] * 12,
        [(100, 100 + 4 * n, 200, 112 + 4 * n) for n in range(12)],
        [(0, 0, 500, 700)] * 5,
        [(480, 0, 500, 10)] * 3 + [(0, 690, 30, 700)] * 3,
        [(250, 350, 250.01, 350.01)] * 6,
    ],
    ids=["one place", "overlapping", "whole page", "corners", "points"],
)
def test_numbers_never_cover_each_other_and_stay_on_the_page(
    boxes: list[tuple[float, float, float, float]],
) -> None:
    page = drawn(*(box(n, *place) for n, place in enumerate(boxes, start=1)))
    tags = [one.tag for one in page.boxes]
    for x, y, width, height in tags:
        assert x >= 0
        assert y >= 0
        assert x + width <= 1000
        assert y + height <= page.height
    for a, b in combinations(tags, 2):
        assert a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]


def test_boxes_stay_on_the_page() -> None:
    (whole,) = drawn(box(1, 0, 0, 500, 700)).boxes
    assert (whole.x, whole.y) == (1.0, 1.0)
    assert whole.x + whole.width <= 1000
    assert whole.y + whole.height <= 1400


def test_lines_beside_each_other_are_one_row_from_top_to_bottom() -> None:
    rows = rows_of(
        (
            line("12.50", 300, 101, 340, 111),
            line("Thank you", 10, 300, 90, 310),
            line("Total", 10, 100, 50, 110),
        )
    )
    assert [row.text for row in rows] == ["Total   12.50", "Thank you"]
    assert [start for start, _ in rows[0].parts] == [0, 8]
