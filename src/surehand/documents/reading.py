"""What the child process does with a document: one function for each question.

Answers are JSON in the shape of `core.documents`, which the parent validates. The child imports no model of
ours, so that it starts quickly.
"""

import json
from typing import Any

from surehand.documents import kinds, lines, ocr, pdf, raster, tables, text
from surehand.documents.limits import Limits
from surehand.documents.lines import Corners, Run, union
from surehand.documents.reasons import refused
from surehand.errors import NotFound

#: An answer: what the parent acts on, and the bytes that it was asked for.
Answer = tuple[dict[str, Any], bytes]

_OCR_SCALE = 200 / 72


def read(data: bytes, limits: Limits) -> Answer:
    """Pages with lines and tables. `wanting`: pages, from 0, that show more than their text layer says."""
    kind = kinds.kind_of(data)
    if kind != "pdf":
        decoded = raster.upright(data, kind, limits)  # to its end: a picture that is cut off says so now
        return _packed([_blank(*decoded.size)], limits, wanting=[0])
    pages, wanting, ruled = [], [], {}
    with pdf.opened(data, limits) as document:
        for number in range(len(document)):
            with pdf.turned_to(document, number, limits) as (page, frame):
                sheet = text.sheet(document, page, frame, number, limits)
            pages.append(_page(sheet, number, limits))
            if sheet.wanting:
                wanting.append(number)
            if sheet.ruled:
                whole = frame.whole
                shift = whole.corners(frame.left, frame.bottom, frame.right, frame.top)[:2]
                ruled[number] = tables.Wanted(sheet.words, (whole.width, whole.height), shift)
    for number, grids in tables.found(data, ruled, limits).items():
        pages[number]["tables"] = grids
    return _packed(pages, limits, wanting=wanting)


def sizes(data: bytes, limits: Limits) -> Answer:
    """Pages without their text: all that is needed to show pictures of them."""
    kind = kinds.kind_of(data)
    if kind != "pdf":
        return _packed([_blank(*raster.size(data, kind, limits))], limits)
    pages = []
    with pdf.opened(data, limits) as document:
        for number in range(len(document)):
            with pdf.turned_to(document, number, limits) as (_, frame):
                pages.append(_blank(frame.width, frame.height))
    return _packed(pages, limits)


def picture(data: bytes, limits: Limits, *, page: int, width: int) -> Answer:
    """One page, from 0, as a PNG file of that width; narrower where it would have too many pixels."""
    kind = kinds.kind_of(data)
    if kind != "pdf":
        if page != 0:
            raise NotFound(f"A picture has one page; there is no page {page + 1}.")
        return {}, raster.png(raster.narrowed(raster.upright(data, kind, limits, width=width), width))
    with pdf.opened(data, limits) as document, pdf.turned_to(document, page, limits) as (sheet, frame):
        # pdfium rounds up; a hair less than the width comes to exactly the width
        drawn, _ = pdf.rendered(sheet, (width - 0.01) / frame.width, most=limits.pixels // 2)
    return {}, raster.png(drawn)


def recognise(data: bytes, limits: Limits, engine: ocr.Engine, *, page: int) -> Answer:
    """The lines of one page, from 0, read from its picture."""
    kind = kinds.kind_of(data)
    if kind != "pdf":
        drawn, scale = raster.upright(data, kind, limits), 1.0
        size = (float(drawn.width), float(drawn.height))
    else:
        with pdf.opened(data, limits) as document, pdf.turned_to(document, page, limits) as (sheet, frame):
            wanted = min(_OCR_SCALE, ocr.LONGEST / max(frame.width, frame.height))
            drawn, scale = pdf.rendered(sheet, wanted, most=limits.pixels)
        size = (frame.width, frame.height)
    found = {**_blank(*size), "lines": ocr.recognised(engine, drawn, scale=scale)[: limits.lines]}
    return _packed([found], limits)


def _blank(width: float, height: float) -> dict[str, Any]:
    return {"width": round(width, 3), "height": round(height, 3)}


def _page(sheet: text.Sheet, number: int, limits: Limits) -> dict[str, Any]:
    found = lines.lines(sheet.words)
    if len(found) > limits.lines:
        raise refused("too_much_text", page=number + 1, limit=f"{limits.lines:,}", unit="lines of text")
    return {
        **_blank(sheet.frame.width, sheet.frame.height),
        "lines": [_line(line) for line in found],
    }


def _line(line: list[Run]) -> dict[str, Any]:
    box: Corners = line[0].box
    for word in line[1:]:
        box = union(box, word.box)
    return {
        "text": lines.spoken(line),
        "box": _rounded(box),
        "words": [{"text": word.text, "box": _rounded(word.box)} for word in line],
    }


def _rounded(box: Corners) -> list[float]:
    return [round(side, 2) for side in box]


def _packed(pages: list[dict[str, Any]], limits: Limits, **header: Any) -> Answer:
    body = json.dumps({"pages": pages}, separators=(",", ":"), allow_nan=False).encode()
    if len(body) > limits.answer:
        raise refused("too_much_answer")
    return header, body
