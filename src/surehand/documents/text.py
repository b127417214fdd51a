"""The text of a PDF page, as far as a person who looks at the page can see it.

A person decides by the picture. Text that is on the page but not in the picture would steer the AI behind
the person's back, so it does not count. Caught, in this order:

- text outside the visible page, of no size, or smaller than two points
- text in the invisible rendering mode, unless the page is a scan: there it is what OCR wrote below it
- text in nearly white where the picture is light around it
- whatever leaves no mark: the page is rendered, and the box of each word must show a contrast. This finds
  text in the colour of its background, transparent, clipped, covered, or on a layer that is switched off;
  and, on scans, an invisible word where the scan shows nothing

Not caught: text that lies exactly under other text or a busy picture, an invisible layer of a scan that says
something else than the scan at the same place, and letters whose shapes are not the characters they claim to
be. The picture beside the fields is what a person trusts.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.documents import lines, pdf
from surehand.documents.limits import Limits
from surehand.documents.lines import Glyph, Run
from surehand.documents.reasons import refused

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_SMALLEST = 2.0
_PALE = 235
_LIGHT = 200
_CONTRAST = 24
_SCAN = 0.6
#: A scan with fewer words than this has no text layer worth the name: a stamp, a page number.
_LAYER = 10
_SCALE = 1.5
_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as read.

    words    what is visible of its text layer
    wanting  whether there is something to see on it that the text layer does not hold
    ruled    whether there may be tables on it
    """

    frame: pdf.Frame
    words: list[Run]
    wanting: bool
    ruled: bool


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    turn: int
    pale: bool
    invisible: bool


def sheet(document: "PdfDocument", page: "PdfPage", frame: pdf.Frame, number: int, limits: Limits) -> Sheet:
    """The visible words of page `number`, from 0. Raises Unreadable when it holds far too much text.

    What was filled into the fields of a form counts like the rest. Other annotations are drawn and not read.
    """
    drawn = pdf.inventory(page, frame)
    scan = drawn.pictured >= _SCAN
    found = _words(page, frame, number, limits, layered=scan)
    picture, scale = pdf.rendered(page, _SCALE, most=_PIXELS)
    if document.formenv is not None and (fields := pdf.fields(page, frame)):
        found += _filled(document, page, frame, number, limits, fields)
    seen = [word for word in found if _shows(word, picture, scale)]
    blank = _spread(picture) < _CONTRAST
    wanting = not blank and (not seen or (scan and len(seen) < _LAYER))
    return Sheet(frame, seen, wanting, drawn.ruled)


def _words(page: "PdfPage", frame: pdf.Frame, number: int, limits: Limits, *, layered: bool) -> list[Run]:
    textpage = page.get_textpage()
    try:
        if textpage.count_chars() > limits.characters:
            raise refused("too_much_text", page=number + 1, limit=f"{limits.characters:,}", unit="characters")
        return lines.words(_glyphs(textpage, frame, layered=layered))
    finally:
        textpage.close()


def _filled(
    document: "PdfDocument",
    page: "PdfPage",
    frame: pdf.Frame,
    number: int,
    limits: Limits,
    fields: list[lines.Corners],
) -> list[Run]:
    """The words inside the fields of a form. Changes the page: draw it before."""
    from pypdfium2 import raw

    printed = {word.text + str(word.box) for word in _words(page, frame, number, limits, layered=False)}
    if raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return []
    with pdf.turned_to(document, number, limits) as (again, _):
        found = _words(again, frame, number, limits, layered=False)
    return [
        word
        for word in found
        if word.text + str(word.box) not in printed and any(_within(word.box, field) for field in fields)
    ]


def _within(box: lines.Corners, outer: lines.Corners) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _glyphs(textpage: "PdfTextPage", frame: pdf.Frame, *, layered: bool) -> Iterator[Glyph | None]:
    from pypdfium2 import raw

    handle, rect, high = textpage.raw, raw.FS_RECTF(), 0
    styles: dict[int | None, _Style] = {}
    for at in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, at)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if high and 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        char = "-" if code == 2 else chr(code) if 0 < code < 0x110000 else " "
        if char.isspace() or raw.FPDFText_IsGenerated(handle, at) == 1:
            yield None
            continue
        address = ctypes.cast(raw.FPDFText_GetTextObject(handle, at), ctypes.c_void_p).value
        style = styles.get(address)
        if style is None:
            style = styles[address] = _style(handle, at, frame)
        if not raw.FPDFText_GetLooseCharBox(handle, at, rect):
            yield None
            continue
        box = frame.corners(*_bounded(handle, at, rect, style))
        if (style.invisible and not layered) or style.size < _SMALLEST or not _inside(box, frame):
            yield None
            continue
        yield Glyph(char, box, style.size, style.turn, style.pale)


def _style(handle: Any, at: int, frame: pdf.Frame) -> _Style:
    """What all characters of one text object share."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(handle, at, matrix):
        matrix = raw.FS_MATRIX(1, 0, 0, 1, 0, 0)
    size = raw.FPDFText_GetFontSize(handle, at) * math.hypot(matrix.c, matrix.d)
    angle = math.degrees(math.atan2(matrix.b, matrix.a))
    colour = [ctypes.c_uint() for _ in range(4)]
    known = raw.FPDFText_GetFillColor(handle, at, *colour)
    mode = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(handle, at))
    pale = bool(known) and min(part.value for part in colour[:3]) >= _PALE
    fills = mode in (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP)
    return _Style(
        size=abs(size),
        turn=(round(-angle / 90) + frame.turn) % 4,
        pale=pale and fills,
        invisible=mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE,
    )


def _bounded(handle: Any, at: int, loose: Any, style: _Style) -> tuple[float, float, float, float]:
    """A character's box over the height of its font; the ink alone where the font claims absurd heights."""
    from pypdfium2 import raw

    box = (loose.left, loose.bottom, loose.right, loose.top)
    if min(box[2] - box[0], box[3] - box[1]) <= 2 * style.size:
        return box
    sides = [ctypes.c_double() for _ in range(4)]
    if not raw.FPDFText_GetCharBox(handle, at, *sides):
        return box
    left, right, bottom, top = (side.value for side in sides)
    return (left, bottom, right, top)


def _inside(box: lines.Corners, frame: pdf.Frame) -> bool:
    """Whether the middle of a box of some size lies on the page."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return box[2] > box[0] and box[3] > box[1] and 0 <= x <= frame.width and 0 <= y <= frame.height


def _shows(word: Run, picture: "Image", scale: float) -> bool:
    """Whether the picture has a mark where the word stands."""
    x0, y0, x1, y1 = (side * scale for side in word.box)
    left, top = max(math.floor(x0), 0), max(math.floor(y0), 0)
    right, bottom = min(math.ceil(x1), picture.width), min(math.ceil(y1), picture.height)
    if right <= left or bottom <= top:
        return False
    there = picture.crop((left, top, right, bottom))
    if _spread(there) < _CONTRAST:
        return False
    if not word.pale:
        return True
    average = there.convert("L").resize((1, 1), 4).getpixel((0, 0))  # 4: a box filter, the mean
    return isinstance(average, int | float) and average < _LIGHT


def _spread(picture: "Image") -> float:
    """Widest difference within one colour channel."""
    extremes: Any = picture.getextrema()
    return max(float(high - low) for low, high in extremes)
