"""Files made to do harm, or merely broken: each is refused in words, quickly, and the next one is read."""

import io
import resource
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image

from surehand.documents.reader import Reader
from surehand.errors import Unreadable
from tests.documents import papers
from tests.documents.papers import Sheet, pdf, shown, stream

GOOD = pdf(Sheet(shown("good", 50, 700)))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def laughs(levels: int = 9, times: int = 10) -> bytes:
    """Forms that draw forms: ten to the power of `levels` pieces of text from a few hundred bytes."""
    objects = [papers.form_object(shown("ha", 10, 10))]
    objects += [papers.form_object("/X Do " * times, f"/X {4 + level} 0 R") for level in range(levels)]
    return pdf(Sheet("/X Do", xobjects={"X": 4 + levels}), objects=objects)


def zeros(size: int) -> bytes:
    squeeze = zlib.compressobj(6)
    piece = bytes(1_000_000)
    return (
        b"".join(squeeze.compress(piece[: size - at]) for at in range(0, size, 1_000_000)) + squeeze.flush()
    )


def polyglot() -> bytes:
    out = io.BytesIO(papers.png(papers.printed()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.exe", b"MZ")
    return out.getvalue()


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return pdf(
        Sheet(shown("deep", 50, 700)), objects=[opening * depth + closing * depth], catalog=b"/Extra 4 0 R"
    )


PHOTO = papers.jpeg(papers.printed(), quality=90)

REFUSED = {
    "nothing": (b"", "empty"),
    "spaces": (b"   \n ", "wrong_type"),
    "head of a PDF only": (b"%PDF-1.7\n", "broken"),
    "PDF cut in the middle": (GOOD[:200], "broken"),
    "PDF of noise": (b"%PDF-1.7\n" + bytes(range(256)) * 40, "broken"),
    "no pages": (pdf(), "empty"),
    "300 pages": (pdf(*[Sheet(shown("x", 50, 700))] * 300), "too_many_pages"),
    "a page of 353 metres": (pdf(Sheet(shown("x", 5, 7), media=(0, 0, 1e6, 1e6))), "too_many_pixels"),
    "2.5 gigapixels in a header": (png(50_000, 50_000, chunk(b"IDAT", zeros(1000))), "too_many_pixels"),
    "100 megapixels": (png(10_000, 10_000, chunk(b"IDAT", zeros(1000))), "too_many_pixels"),
    "no pixels": (png(0, 0, chunk(b"IDAT", zeros(10))), "broken"),
    "PNG without data": (png(100, 100), "broken"),
    "PNG that ends early": (png(100, 100, chunk(b"IDAT", zeros(500))), "broken"),
    "PNG with a text bomb": (
        png(10, 10, chunk(b"zTXt", b"a\0\0" + zeros(200_000_000)), chunk(b"IDAT", zeros(310))), "broken",
    ),
    "JPEG cut off": (PHOTO[: len(PHOTO) // 2], "broken"),
    "head of a JPEG only": (PHOTO[:20], "broken"),
    "too large": (GOOD + bytes(26 * 1024 * 1024), "too_large"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_is_refused_in_words(reader, no_ocr, data, reason):
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        reader.read(data)
    assert caught.value.reason == reason
    assert caught.value.detail.endswith(".")
    assert "{" not in caught.value.detail
    assert time.monotonic() - started < 5
    assert reader.read(GOOD).text == "good"


def test_figures_stand_in_the_sentence(reader):
    for data, figures in (
        (REFUSED["300 pages"][0], ("300 pages", "100")),
        (REFUSED["100 megapixels"][0], ("100 megapixels", "40")),
        (REFUSED["too large"][0], ("26.0 MB", "25")),
        (REFUSED["a page of 353 metres"][0], ("Page 1", "352.8")),
    ):
        with pytest.raises(Unreadable) as caught:
            reader.read(data)
        assert all(figure in caught.value.detail for figure in figures), caught.value.detail


def gigapixel_picture() -> bytes:
    packed = zeros(1_200_000_000)
    entries = b"/Type/XObject/Subtype/Image/Width 20000/Height 20000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    picture = b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)
    content = "q 500 0 0 500 0 0 cm /P Do Q" + shown("pic", 50, 700)
    return pdf(Sheet(content, xobjects={"P": 4}), objects=[picture])


def packed(content: bytes) -> bytes:
    return pdf(Sheet(stream(shown("big", 50, 700).encode() + content, packed=True)))


def drawing_itself() -> bytes:
    content = shown("me", 50, 700) + "/X Do"
    return pdf(Sheet(content, xobjects={"X": 4}), objects=[papers.form_object("/X Do", "/X 4 0 R")])


ENDURED = {
    "nested arrays": lambda: nested(b"[", b"]", 100_000),
    "nested dictionaries": lambda: nested(b"<</A ", b">>", 100_000),
    "half a gigabyte of content": lambda: packed(b" " * 500_000_000),
    "a million pieces of text": lambda: packed(shown("ha", 50, 700).encode() * 1_000_000),
    "half a million strokes": lambda: packed(b"0 0 m 9 9 l S " * 500_000),
    "one stroke of a million parts": lambda: packed(b"0 0 m " + b"9 9 l " * 1_000_000 + b"S"),
    "a form that draws itself": drawing_itself,
    "pages within themselves": lambda: GOOD.replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]"),
    "a picture of a gigabyte in a PDF": gigapixel_picture,
    "PNG whose data is a gigabyte": lambda: png(10, 10, chunk(b"IDAT", zeros(1_000_000_000))),
    "PNG with an archive behind it": polyglot,
}


@pytest.mark.parametrize("made", ENDURED.values(), ids=ENDURED.keys())
def test_is_read_or_refused_within_its_time(own_reader, no_ocr, made):
    reader, data = own_reader(seconds=20), made()
    started = time.monotonic()
    outcome = outcome_of(reader, data)
    assert outcome in ("read", "broken", "too_slow", "crashed", "too_large", "no_text")
    assert time.monotonic() - started < 25
    assert reader.read(GOOD).text == "good"


def outcome_of(reader: Reader, data: bytes) -> str:
    """`read`, or the reason why not."""
    try:
        reader.read(data)
    except Unreadable as fault:
        return fault.reason
    return "read"


def test_endless_work_is_cut_off(own_reader):
    reader = own_reader(seconds=2)
    reader.read(GOOD)
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        reader.read(laughs())
    assert caught.value.reason == "too_slow"
    assert "2 seconds" in caught.value.detail
    assert time.monotonic() - started < 6
    assert reader.read(GOOD).text == "good"


def test_memory_is_bounded(own_reader, no_ocr):
    reader = own_reader(memory=300 * 1024 * 1024)
    big = papers.png(Image.new("RGB", (6_000, 6_000)))
    assert reader.read(GOOD).text == "good"
    with pytest.raises(Unreadable) as caught:
        reader.picture(big, 0, width=800)
    assert (caught.value.reason, "memory" in caught.value.detail) == ("crashed", True)
    assert reader.read(GOOD).text == "good"


def test_the_parent_stays_small(own_reader, no_ocr):
    reader = own_reader(seconds=20)
    reader.read(GOOD)
    packed(b" " * 100_000_000)  # what the test itself needs is not counted
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for packed_size in (packed(b" " * 100_000_000), png(10, 10, chunk(b"IDAT", zeros(300_000_000)))):
        outcome_of(reader, packed_size)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024  # KiB on Linux; on macOS bytes, where this proves less
