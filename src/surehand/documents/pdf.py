"""PDF files by pdfium: opening them, their pages as upright frames, and pictures of them.

Runs in the child process only. pdfium is not safe in threads, and content can make it crash.
"""

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from surehand.documents.limits import Limits
from surehand.documents.lines import Corners
from surehand.documents.reasons import refused
from surehand.errors import NotFound

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage

_MOST_OBJECTS = 50_000
_MOST_FIELDS = 2_000
#: More segments of paths are a drawing, on which a search for tables takes long.
_DRAWING = 20_000
#: Points: how thick a rule may be, how long one across, how high one upright or a cell.
_THIN, _LONG, _HIGH = 3.0, 15.0, 6.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What a viewer shows of a page: its crop box, turned upright. Points, origin top left.

    left, bottom, right, top  the visible box in the page's own space, whose origin is bottom left
    turn                      quarter turns clockwise
    sheet                     the whole sheet, of which the visible box is a part: left, bottom, right, top
    """

    left: float
    bottom: float
    right: float
    top: float
    turn: int
    sheet: Corners

    @property
    def width(self) -> float:
        """Of the upright page."""
        across, up = self.right - self.left, self.top - self.bottom
        return up if self.turn % 2 else across

    @property
    def whole(self) -> "Frame":
        """The frame of the whole sheet."""
        return Frame(*self.sheet, turn=self.turn, sheet=self.sheet)

    @property
    def height(self) -> float:
        """Of the upright page."""
        across, up = self.right - self.left, self.top - self.bottom
        return across if self.turn % 2 else up

    def corners(self, left: float, bottom: float, right: float, top: float) -> Corners:
        """A box of the page's own space as it stands on the upright page."""
        if self.turn == 1:
            return (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        if self.turn == 2:
            return (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        if self.turn == 3:
            return (self.top - top, self.right - right, self.top - bottom, self.right - left)
        return (left - self.left, self.top - top, right - self.left, self.top - bottom)


@dataclass(slots=True)
class Inventory:
    """What is drawn on a page, counted without decoding it.

    pictured  share of the page that pictures cover, 0 to 1
    strokes   segments of drawn paths
    across    long thin horizontal paths
    upright   long thin vertical paths
    boxes     paths that extend both ways, such as the frame of a cell; each counts its four segments once
    """

    pictured: float = 0.0
    strokes: int = 0
    across: int = 0
    upright: int = 0
    boxes: int = 0

    @property
    def ruled(self) -> bool:
        """Whether there may be cells on it: rules both ways, or frames; and not so many as in a drawing."""
        return self.strokes <= _DRAWING and (self.boxes > 1 or (self.across > 1 and self.upright > 1))


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator["PdfDocument"]:
    """The document, or Unreadable: encrypted, broken, without pages, with too many of them.

    A document whose user password is empty opens like any other.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        # a document without pages counts as a failure too, and then the code is that of an earlier one
        if handle := raw.FPDF_LoadMemDocument64(data, len(data), None):
            raw.FPDF_CloseDocument(handle)
            raise refused("no_pages") from fault
        if fault.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise refused("encrypted") from fault
        raise refused("broken", kind="a PDF") from fault
    try:
        count = len(document)
        if count > limits.pages:
            raise refused("too_many_pages", pages=f"{count:,}", limit=limits.pages)
        document.init_forms()  # otherwise what was filled into a form is not drawn
        yield document
    finally:
        document.close()


@contextmanager
def turned_to(document: "PdfDocument", number: int, limits: Limits) -> Iterator[tuple["PdfPage", Frame]]:
    """Page `number`, from 0, and its frame. Raises Unreadable, and NotFound beyond the last page."""
    import pypdfium2

    if not 0 <= number < len(document):
        raise NotFound(f"The document has {len(document)} pages; there is no page {number + 1}.")
    try:
        page = document[number]
        frame = _framed(page, number, limits)
    except pypdfium2.PdfiumError as fault:
        raise refused("broken_page", page=number + 1) from fault
    try:
        yield page, frame
    finally:
        page.close()


def _framed(page: "PdfPage", number: int, limits: Limits) -> Frame:
    left, bottom, right, top = page.get_bbox()
    frame = Frame(left, bottom, right, top, page.get_rotation() // 90 % 4, page.get_mediabox())
    sides = (frame.width, frame.height)
    if not all(math.isfinite(side) and side > 0 for side in sides):
        raise refused("broken_page", page=number + 1)
    if max(sides) > limits.side:
        wide, high = (f"{side * 0.0254 / 72:,.1f}" for side in sides)
        raise refused("page_too_big", page=number + 1, wide=wide, high=high)
    return frame


def rendered(page: "PdfPage", scale: float, *, most: int) -> tuple["Image", float]:
    """The page as a person sees it, in RGB, and the pixels for each point that it came to.

    scale  pixels for each point; made smaller where the picture would have more than `most` pixels
    """
    width, height = page.get_size()
    scale = min(scale, math.sqrt(most / (width * height)))
    scale = min(scale, most / width, most / height)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    try:
        return bitmap.to_pil().convert("RGB").copy(), scale
    finally:
        bitmap.close()


def inventory(page: "PdfPage", frame: Frame) -> Inventory:
    """Counts pictures and drawn paths, those within forms too, down to three levels."""
    from pypdfium2 import raw

    found = Inventory()
    box = [ctypes.c_float() for _ in range(4)]
    for kind, handle in islice(_objects(page), _MOST_OBJECTS):
        picture, path = kind == raw.FPDF_PAGEOBJ_IMAGE, kind == raw.FPDF_PAGEOBJ_PATH
        if not (picture or path) or not raw.FPDFPageObj_GetBounds(handle, *box):
            continue
        left, bottom, right, top = (side.value for side in box)
        across = max(min(right, frame.right) - max(left, frame.left), 0.0)
        up = max(min(top, frame.top) - max(bottom, frame.bottom), 0.0)
        if picture:
            found.pictured += across * up / (frame.width * frame.height)
            continue
        segments = max(raw.FPDFPath_CountSegments(handle), 0)
        found.strokes += segments
        found.across += across >= _LONG > _THIN >= up
        found.upright += up >= _HIGH > _THIN >= across
        found.boxes += segments // 4 if across >= _LONG and up >= _HIGH else 0
    found.pictured = min(found.pictured, 1.0)
    return found


def _objects(page: "PdfPage", depth: int = 3) -> Iterator[tuple[int, "ctypes._Pointer[ctypes.Structure]"]]:
    from pypdfium2 import raw

    waiting = [(raw.FPDFPage_GetObject(page.raw, at), 0) for at in range(raw.FPDFPage_CountObjects(page.raw))]
    while waiting:
        handle, level = waiting.pop()
        if not handle:
            continue
        kind = raw.FPDFPageObj_GetType(handle)
        yield kind, handle
        if kind == raw.FPDF_PAGEOBJ_FORM and level < depth:
            count = min(max(raw.FPDFFormObj_CountObjects(handle), 0), _MOST_OBJECTS)
            waiting += [(raw.FPDFFormObj_GetObject(handle, at), level + 1) for at in range(count)]


def fields(page: "PdfPage", frame: Frame) -> list[Corners]:
    """Where the fields of forms stand on the upright page."""
    from pypdfium2 import raw

    found = []
    for at in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST_FIELDS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, at)
        rect = raw.FS_RECTF()
        widget = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET
        if widget and raw.FPDFAnnot_GetRect(annotation, rect):
            found.append(frame.corners(rect.left, rect.bottom, rect.right, rect.top))
        raw.FPDFPage_CloseAnnot(annotation)
    return found
