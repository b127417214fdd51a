"""Text recognition: the adapter with a made-up engine, the whole way with one, the real one where it is."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from surehand.documents import ocr
from surehand.errors import Unreadable
from tests.documents import papers
from tests.documents.papers import Sheet, pdf, shown

real = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="no text recognition: pip install 'surehand[ocr]'"
)
PAPER = papers.png(papers.printed())


def square(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


class Engine:
    """Answers as RapidOCR does, and remembers what it was shown."""

    def __init__(self, *lines, words=()):
        self.lines, self.words, self.shape = lines, words, None

    def __call__(self, img_content, *, return_word_box):
        self.shape = img_content.shape
        self.pixel = tuple(int(part) for part in img_content[0, 0])
        if not self.lines:
            return SimpleNamespace(txts=None, scores=None, boxes=None, word_results=None)
        texts, scores, boxes = zip(*self.lines, strict=True)
        return SimpleNamespace(txts=texts, scores=scores, boxes=boxes, word_results=self.words)


def test_lines_come_with_box_and_confidence_from_top_to_bottom():
    engine = Engine(
        ("right", 0.9, square(50, 11, 90, 21)),
        ("below", 0.8, square(5, 40, 40, 52)),
        ("left", 0.7, square(5, 12, 40, 22)),
    )
    found = ocr.recognised(engine, Image.new("RGB", (100, 60)))
    assert [(line["text"], line["confidence"]) for line in found] == [
        ("left", 0.7), ("right", 0.9), ("below", 0.8),
    ]  # fmt: skip
    assert found[0]["box"] == [5, 12, 40, 22]


def test_boxes_come_in_units_of_the_page_whatever_the_picture_was_shrunk_to():
    engine = Engine(("wide", 1.0, square(100, 200, 300, 220)))
    (line,) = ocr.recognised(engine, Image.new("RGB", (4000, 1000)), scale=2.0)
    assert engine.shape == (500, 2000, 3)
    assert line["box"] == [100, 200, 300, 220]


def test_the_engine_is_shown_blue_first():
    engine = Engine()
    assert ocr.recognised(engine, Image.new("RGB", (40, 40), (255, 0, 7))) == []
    assert engine.pixel == (7, 0, 255)


def test_words_keep_their_boxes():
    words = ((("Total", 0.9, square(0, 0, 40, 10)), ("due", 0.9, square(45, 0, 60, 10))),)
    engine = Engine(("Total due", 1.7, square(0, 0, 60, 10)), words=words)
    (line,) = ocr.recognised(engine, Image.new("RGB", (100, 60)))
    assert [word["text"] for word in line["words"]] == ["Total", "due"]
    assert line["words"][1]["box"] == [45, 0, 60, 10]
    assert line["confidence"] == 1.0


def test_words_of_an_unknown_shape_and_empty_lines_are_left_out():
    engine = Engine(
        ("\u200b", 0.9, square(0, 0, 1, 1)), ("text", 0.9, square(0, 5, 9, 9)), words=(("", 1.0, None),)
    )
    (line,) = ocr.recognised(engine, Image.new("RGB", (100, 60)))
    assert (line["text"], line["words"]) == ("text", [])


def test_a_picture_is_read_by_the_engine_in_the_child(own_reader, fake_ocr):
    fake_ocr("lines = [('TOTAL 12.50', 0.75, [[5, 5], [90, 6], [90, 20], [5, 19]])]")
    (page,) = own_reader().read(PAPER).pages
    assert (page.width, page.height) == (600, 200)
    (line,) = page.lines
    assert (line.text, line.confidence) == ("TOTAL 12.50", 0.75)
    assert (line.box.x0, line.box.y1) == (5, 20)


def test_only_pages_without_text_are_recognised_and_blank_ones_are_left(own_reader, fake_ocr):
    fake_ocr("lines = [('from a scan', 0.5, [[0, 0], [200, 0], [200, 100], [0, 100]])]")
    scan = Sheet("q 500 0 0 300 50 100 cm /P Do Q", xobjects={"P": 4})
    data = pdf(
        Sheet(shown("typed", 50, 700)), Sheet(), scan, objects=[papers.picture_object(papers.printed())]
    )
    pages = own_reader().read(data).pages
    assert [[line.text for line in page.lines] for page in pages] == [["typed"], [], ["from a scan"]]
    assert pages[2].lines[0].box.x1 == pytest.approx(200 / (200 / 72), abs=30)
    assert (pages[2].width, pages[2].height) == (595, 842)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("lines = []", "no_text"),
        ("raise RuntimeError('model is broken')", "ocr_failed"),
        ("import os; os._exit(3)", "ocr_failed"),
        ("while True: pass", "ocr_failed"),
        ("import ctypes; ctypes.string_at(0)", "ocr_failed"),
        ("lines = [bytearray(10**10)]", "ocr_failed"),
    ],
)
def test_ocr_that_fails_says_so(own_reader, fake_ocr, code, reason):
    fake_ocr(code)
    reader = own_reader(ocr_seconds=2)
    with pytest.raises(Unreadable) as caught:
        reader.read(PAPER)
    assert caught.value.reason == reason
    assert "by hand" in caught.value.detail
    assert reader.read(pdf(Sheet(shown("next", 50, 700)))).text == "next"


def test_more_scanned_pages_than_are_recognised(own_reader, fake_ocr):
    fake_ocr("lines = [('x', 1.0, [[0, 0], [9, 0], [9, 9], [0, 9]])]")
    scan = Sheet("q 500 0 0 300 50 100 cm /P Do Q", xobjects={"P": 4})
    data = pdf(*[scan] * 4, objects=[papers.picture_object(papers.printed())])
    assert len(own_reader(ocr_pages=4).read(data).pages) == 4
    with pytest.raises(Unreadable) as caught:
        own_reader(ocr_pages=3).read(data)
    assert caught.value.reason == "too_many_pages"
    assert "4 pages that are pictures" in caught.value.detail


def test_a_document_does_not_keep_the_engine_busy_for_good(own_reader, fake_ocr):
    fake_ocr("import time; time.sleep(0.3); lines = [('x', 1.0, [[0, 0], [9, 0], [9, 9], [0, 9]])]")
    scan = Sheet("q 500 0 0 300 50 100 cm /P Do Q", xobjects={"P": 4})
    data = pdf(*[scan] * 4, objects=[papers.picture_object(papers.printed())])
    with pytest.raises(Unreadable) as caught:
        own_reader(ocr_total=0.5).read(data)
    assert caught.value.reason == "too_slow"


@real
def test_the_real_engine_reads_large_print(own_reader):
    (page,) = own_reader().read(PAPER).pages
    (line,) = page.lines
    assert line.text.replace(" ", "") == "INVOICE4711"
    assert line.confidence is not None
    assert line.confidence > 0.8
    assert 30 <= line.box.x0 <= 50
    assert [word.text for word in line.words] == ["INVOICE", "4711"]


@real
def test_the_real_engine_tells_nobody(own_reader):
    """onnxruntime keeps what it reports in its home before it sends it: nothing must be there."""
    reader = own_reader()
    reader.read(PAPER)
    (child,) = reader._children
    assert list(Path(child._home).rglob("*")) == []


@real
def test_the_real_engine_reads_receipts(own_reader, shared_data):
    images = sorted((shared_data("sroie_receipts") / "images").glob("*.jpg"))[:2]
    reader = own_reader()
    for path in images:
        document = reader.read(path.read_bytes(), name=path.name)
        assert len(document.pages[0].lines) > 15
        assert "TOTAL" in document.text.upper()
