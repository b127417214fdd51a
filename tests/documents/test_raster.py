"""Pictures: measured by their header, turned as the camera says, on white where they are transparent."""

import io

import pytest
from PIL import Image

from surehand.documents import raster
from surehand.documents.limits import Limits
from surehand.documents.reader import Reader
from surehand.errors import Unreadable
from tests.documents import papers

LIMITS = Limits()
CORNER = (10, 10)


def marked(mode: str = "RGB") -> Image.Image:
    """300 by 200, white, with a black block at its top left."""
    image = Image.new("RGB", (300, 200), "white")
    image.paste((0, 0, 0), (0, 0, 60, 40))
    return image.convert(mode)


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return papers.jpeg(marked(), exif=exif, quality=95)


@pytest.mark.parametrize(
    ("orientation", "size", "black"),
    [
        (1, (300, 200), (10, 10)),
        (3, (300, 200), (290, 190)),
        (6, (200, 300), (190, 10)),
        (8, (200, 300), (10, 290)),
        (99, (300, 200), (10, 10)),
    ],
)
def test_a_photo_stands_upright(reader, orientation, size, black):
    data = turned(orientation)
    (page,) = reader.sizes(data)
    assert (page.width, page.height) == size
    shown = Image.open(io.BytesIO(reader.picture(data, 0, width=size[0])))
    assert shown.size == size
    assert max(shown.getpixel(black)) < 60
    assert raster.upright(data, "jpeg", LIMITS).size == size


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "RGB"])
def test_every_mode_of_a_png_becomes_rgb(mode):
    source = marked("L").point(lambda v: v * 257, "I").convert("I;16") if mode == "I;16" else marked(mode)
    image = raster.upright(papers.png(source), "png", LIMITS)
    assert image.mode == "RGB"
    assert max(image.getpixel(CORNER)) < 40
    assert min(image.getpixel((200, 100))) > 200


def test_a_printers_jpeg_becomes_rgb():
    image = raster.upright(papers.jpeg(marked("CMYK")), "jpeg", LIMITS)
    assert image.mode == "RGB"


def test_transparent_is_white():
    image = raster.upright(papers.png(Image.new("RGBA", (20, 20), (0, 0, 0, 0))), "png", LIMITS)
    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_the_limit_of_pixels_is_exact():
    data = papers.png(Image.new("1", (100, 100)))
    assert raster.size(data, "png", Limits(pixels=10_000)) == (100, 100)
    with pytest.raises(Unreadable) as caught:
        raster.size(data, "png", Limits(pixels=9_999))
    assert caught.value.reason == "too_many_pixels"


def test_a_large_picture_is_shown_small(reader):
    data = papers.jpeg(Image.new("RGB", (6_000, 4_000), "white"))
    shown = Image.open(io.BytesIO(reader.picture(data, 0, width=600)))
    assert shown.size == (600, 400)


def test_a_small_picture_is_not_blown_up(reader):
    shown = Image.open(io.BytesIO(reader.picture(papers.png(marked()), 0, width=2_400)))
    assert shown.size == (1200, 800)


def test_a_picture_without_ocr_says_what_to_do(reader: Reader, no_ocr):
    with pytest.raises(Unreadable) as caught:
        reader.read(papers.png(papers.printed()), name="photo.png")
    assert caught.value.reason == "no_text"
    assert "surehand[ocr]" in caught.value.detail
