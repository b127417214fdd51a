"""Text of PDF pages: boxes lie where the picture shows the words, and what cannot be seen does not count."""

import io

import pytest
from PIL import Image, ImageChops

from surehand.core.documents import Page
from surehand.errors import Unreadable
from tests.documents import papers
from tests.documents.papers import Sheet, pdf, shown


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def ink(png: bytes, page: Page) -> tuple[float, float, float, float]:
    """The box around everything dark in a picture of the page, in units of the page."""
    image = Image.open(io.BytesIO(png)).convert("L")
    box = ImageChops.invert(image).point(lambda value: 255 if value > 100 else 0).getbbox()
    assert box is not None
    across, up = page.width / image.width, page.height / image.height
    return (box[0] * across, box[1] * up, box[2] * across, box[3] * up)


CROPS = [None, (100, 300, 400, 700), (-50, -20, 500, 800)]


@pytest.mark.parametrize("media", [papers.A4, (-200, 100, 500, 900)])
@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_boxes_lie_on_the_ink(reader, media, crop, rotate):
    data = pdf(Sheet(shown("Xylophon", 150, 500, 24), media=media, crop=crop, rotate=rotate))
    page = reader.read(data).pages[0]
    (line,) = page.lines
    box = (line.box.x0, line.box.y0, line.box.x1, line.box.y1)
    # along the text a box ends with its ink; across it spans the height of the font
    slack = (2, 8) if rotate % 180 == 0 else (8, 2)
    for side, inked in enumerate(ink(reader.picture(data, 0, width=1200), page)):
        outside = box[side] - inked if side < 2 else inked - box[side]
        assert -slack[side % 2] <= outside <= 0.6, (side, box)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_page_is_as_large_as_its_picture(reader, rotate):
    data = pdf(Sheet(shown("x", 150, 500), crop=(100, 300, 400, 700), rotate=rotate))
    page = reader.read(data).pages[0]
    assert (page.width, page.height) == ((400, 300) if rotate % 180 else (300, 400))
    image = Image.open(io.BytesIO(reader.picture(data, 0, width=600)))
    assert image.width == 600
    assert image.height == pytest.approx(600 * page.height / page.width, abs=1)


def test_words_of_a_row_are_a_line_and_columns_are_lines_of_their_own(reader):
    content = shown("Total amount due", 50, 700) + shown("EUR 1,234.50", 400, 700) + shown("Thanks", 50, 680)
    page = reader.read(pdf(Sheet(content))).pages[0]
    assert texts(page) == ["Total amount due", "EUR 1,234.50", "Thanks"]
    assert [word.text for word in page.lines[0].words] == ["Total", "amount", "due"]
    assert all(line.confidence is None for line in page.lines)


def test_the_order_of_writing_does_not_matter(reader):
    content = shown("three", 50, 600) + shown("two", 300, 700) + shown("one", 50, 700.4)
    assert texts(reader.read(pdf(Sheet(content))).pages[0]) == ["one", "two", "three"]


def test_text_that_runs_upwards_is_read_along(reader):
    turned = "BT /F 12 Tf 0 1 -1 0 40 300 Tm (Original for the buyer) Tj ET "
    page = reader.read(pdf(Sheet(turned + shown("Invoice", 100, 700)))).pages[0]
    assert sorted(texts(page)) == ["Invoice", "Original for the buyer"]


HIDDEN = {
    "invisible": shown("HIDDEN", 50, 700, before="3 Tr"),
    "white on white": shown("HIDDEN", 50, 700, before="1 1 1 rg"),
    "nearly white": shown("HIDDEN", 50, 700, before="0.97 0.97 0.98 rg"),
    "above the page": shown("HIDDEN", 50, 900),
    "left of the page": shown("HIDDEN", -300, 700),
    "one point": shown("HIDDEN", 50, 700, 1),
    "scaled to nothing": "BT /F 12 Tf 0.05 0 0 0.05 50 700 Tm (HIDDEN) Tj ET ",
    "scaled by the page": "q 0.1 0 0 0.1 0 0 cm " + shown("HIDDEN", 500, 7000) + " Q ",
    "covered": shown("HIDDEN", 50, 700) + "1 1 1 rg 40 690 200 40 re f ",
    "clipped away": "q 300 300 10 10 re W n " + shown("HIDDEN", 50, 700) + " Q ",
    "colour of its ground": "0.2 0.4 0.6 rg 40 690 200 40 re f " + shown("HIDDEN", 50, 700),
    "white across a thin line": "0 0 0 RG 40 704 m 300 704 l S "
    + shown("HIDDEN", 50, 700, before="1 1 1 rg"),
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN.keys())
def test_hidden_text_does_not_count(reader, content):
    # the seen text comes first and sets its own colour; the hidden text keeps what it set
    page = reader.read(pdf(Sheet("0 g " + shown("SEEN", 50, 500) + content))).pages[0]
    assert texts(page) == ["SEEN"]


SEEN = {
    "grey": shown("VISIBLE", 50, 700, before="0.6 0.6 0.6 rg"),
    "yellow": shown("VISIBLE", 50, 700, before="1 1 0 rg"),
    "white on dark": "0 0 0.4 rg 40 690 200 40 re f " + shown("VISIBLE", 50, 700, before="1 1 1 rg"),
    "small": shown("VISIBLE", 50, 700, 4),
    "outlined": shown("VISIBLE", 50, 700, before="1 Tr"),
    "scaled up": "BT /F 1 Tf 12 0 0 12 50 700 Tm (VISIBLE) Tj ET ",
}


@pytest.mark.parametrize("content", SEEN.values(), ids=SEEN.keys())
def test_unusual_but_visible_text_counts(reader, content):
    assert texts(reader.read(pdf(Sheet(content))).pages[0]) == ["VISIBLE"]


def test_marks_without_shape_are_not_text(reader):
    assert texts(reader.read(pdf(Sheet(shown(r"a\000b\001\255c", 50, 700)))).pages[0])[0].isprintable()


def scan(layer: str, image: Image.Image) -> bytes:
    content = "q 595 0 0 842 0 0 cm /P Do Q " + layer
    return pdf(Sheet(content, xobjects={"P": 4}), objects=[papers.picture_object(image)])


def a_scan() -> Image.Image:
    image = Image.new("RGB", (595, 842), "white")
    for row in range(12):
        image.paste(papers.printed(f"ROW {row} TOTAL", (500, 200)).resize((200, 60)), (40, 20 + row * 60))
    return image


def test_the_text_layer_of_a_scan_counts_where_the_scan_shows_something(reader, no_ocr):
    rows = "".join(shown(f"ROW {n} TOTAL", 56, 842 - 52 - n * 60, 14, before="3 Tr") for n in range(12))
    document = reader.read(scan(rows + shown("SECRET", 400, 400, before="3 Tr"), a_scan()))
    assert "ROW 3 TOTAL" in document.text
    assert "SECRET" not in document.text


def test_a_scan_without_text_asks_for_ocr(reader, no_ocr):
    with pytest.raises(Unreadable) as caught:
        reader.read(scan("", a_scan()))
    assert caught.value.reason == "no_text"
    assert "surehand[ocr]" in caught.value.detail
    assert len(reader.sizes(scan("", a_scan()))) == 1


def test_a_page_of_hidden_text_only_has_no_text(reader, no_ocr):
    with pytest.raises(Unreadable) as caught:
        reader.read(pdf(Sheet(shown("PAY TO ME", 50, 700, before="3 Tr"))))
    assert caught.value.reason == "no_text"


def form(value: str, *, rotate: int = 0) -> bytes:
    """A form with one field, filled in; its appearance is a form object of its own."""
    look = papers.form_object(f"BT /F 12 Tf 2 6 Td ({value}) Tj ET", media=(0, 0, 200, 20))
    field = (
        f"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V({value})/Rect[100 690 300 710]/F 4"
        "/DA(/F 12 Tf 0 g)/AP<</N 4 0 R>>>>"
    )
    return pdf(
        Sheet(shown("Name:", 50, 696), rotate=rotate, annotations="5 0 R"),
        objects=[look, field.encode()],
        catalog=b"/AcroForm<</Fields[5 0 R]/DA(/F 12 Tf 0 g)/DR<</Font<</F 3 0 R>>>>>>",
    )


@pytest.mark.parametrize("rotate", [0, 90])
def test_what_was_filled_into_a_form_is_read_and_drawn(reader, rotate):
    page = reader.read(form("Ada Lovelace", rotate=rotate)).pages[0]
    found = {line.text: line.box for line in page.lines}
    (box,) = [box for text, box in found.items() if "Ada Lovelace" in text]
    image = Image.open(io.BytesIO(reader.picture(form("Ada Lovelace", rotate=rotate), 0, width=1200)))
    scale = image.width / page.width
    there = image.crop(tuple(int(side * scale) for side in (box.x0, box.y0, box.x1, box.y1)))
    assert there.convert("L").getextrema()[0] < 100


def test_an_empty_user_password_is_no_hindrance(reader):
    pdfgen = pytest.importorskip("reportlab.pdfgen.canvas")
    encryption = pytest.importorskip("reportlab.lib.pdfencrypt")

    def locked(user: str) -> bytes:
        out = io.BytesIO()
        lock = encryption.StandardEncryption(user, ownerPassword="owner", canPrint=0, strength=128)
        canvas = pdfgen.Canvas(out, encrypt=lock)
        canvas.drawString(50, 700, "readable")
        canvas.save()
        return out.getvalue()

    assert reader.read(locked("")).text == "readable"
    with pytest.raises(Unreadable) as caught:
        reader.read(locked("secret"))
    assert caught.value.reason == "encrypted"
    assert caught.value.detail == "It is protected by a password. Ask the sender for an unprotected copy."
