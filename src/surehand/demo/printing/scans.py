"""Paper that went through a scanner: a picture a little askew, and the lines that OCR finds on it."""

import math
import random
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any

from surehand.demo.printing.layer import text_layer
from surehand.demo.printing.paper import Box

#: pdfium must not be called by two threads at once.
_PDFIUM = Lock()

#: What a recogniser takes for one another.
_MISREAD = {
    "0": "O",
    "O": "0",
    "1": "l",
    "l": "1",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
    ",": ".",
    ".": ",",
}
_LOST, _MIXED = 0.07, 0.07

#: Grey of ink and paper.
_TONES = {False: (38, 250), True: (160, 240)}
#: Part of the scans without colour.
_GREY = 0.6


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sheet lay on the glass: points to pixels.

    scale          pixels a point
    turn           degrees, anticlockwise, around the middle
    width, height  of the picture in pixels
    """

    scale: float
    turn: float
    width: int
    height: int

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the sheet lies in the picture."""
        cos, sin = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        along, down = x * self.scale - self.width / 2, y * self.scale - self.height / 2
        return along * cos + down * sin + self.width / 2, down * cos - along * sin + self.height / 2


def laid(rng: random.Random, width: float, height: float, *, dpi: int = 150) -> Pose:
    """A sheet of that size in points, up to 1.2 degrees askew."""
    scale = dpi / 72
    return Pose(scale, rng.uniform(-1.2, 1.2), round(width * scale), round(height * scale))


def scanned(
    pdf: bytes, rng: random.Random, *, dpi: int = 150, faint: bool = False
) -> tuple[bytes, dict[str, Any]]:
    """The first page of a PDF as a JPEG, and what a recogniser reads there.

    pdf      with a text layer: the lines come from it, not from the pixels
    faint    pale ink: some lines are lost and some letters misread
    returns  the picture, and the JSON of a `core.documents.Document` of one page in its pixels
    """
    import pypdfium2

    with _PDFIUM:
        file = pypdfium2.PdfDocument(pdf)
        try:
            page = file[0]
            pose = laid(rng, *page.get_size(), dpi=dpi)
            found = text_layer(page)
            pixels = _rendered(page, pose, grey=faint or rng.random() < _GREY)
        finally:
            file.close()
    return _exposed(rng, pixels, faint=faint), recognised(rng, found, pose, faint=faint)


def recognised(
    rng: random.Random, found: list[dict[str, Any]], pose: Pose, *, faint: bool = False
) -> dict[str, Any]:
    """The document of lines that lay on the glass like that, boxes a pixel or so off."""
    kept = []
    for line in found:
        if faint and rng.random() < _LOST:
            continue
        text = "".join(_letter(rng, char) for char in line["text"]) if faint else line["text"]
        sure = rng.uniform(0.55, 0.9) if faint else rng.uniform(0.93, 0.999)
        edges = zip(_turned(line["box"], pose), (-1, -1, 1, 1), strict=True)
        box = [round(edge + out + rng.uniform(-1.2, 1.2), 1) for edge, out in edges]
        kept.append({"text": text, "box": box, "confidence": round(sure, 3)})
    return {"pages": [{"width": pose.width, "height": pose.height, "lines": kept}]}


def _letter(rng: random.Random, char: str) -> str:
    return _MISREAD.get(char, char) if rng.random() < _MIXED else char


def _turned(box: Box, pose: Pose) -> Box:
    x0, y0, x1, y1 = box
    corners = [pose.pixel(x, y) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _rendered(page: Any, pose: Pose, *, grey: bool) -> Any:
    """(height, width) or (height, width, 3) uint8 pixels of the sheet as it lay on the glass."""
    import numpy as np
    import pypdfium2
    from pypdfium2 import raw

    # reversed byte order on a grey bitmap loses all small text
    kind = raw.FPDFBitmap_Gray if grey else raw.FPDFBitmap_BGR
    flags = raw.FPDF_GRAYSCALE if grey else raw.FPDF_REVERSE_BYTE_ORDER
    bitmap = pypdfium2.PdfBitmap.new_native(pose.width, pose.height, kind)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, pose.width, pose.height)
    cos = math.cos(math.radians(pose.turn)) * pose.scale
    sin = math.sin(math.radians(pose.turn)) * pose.scale
    matrix = raw.FS_MATRIX(cos, -sin, sin, cos, *pose.pixel(0, 0))
    window = raw.FS_RECTF(0, 0, pose.width, pose.height)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, window, flags)
    return np.array(bitmap.to_numpy()).reshape(pose.height, pose.width, *([] if grey else [3]))


def _exposed(rng: random.Random, pixels: Any, *, faint: bool) -> bytes:
    """Blurred a little, with the grain and the uneven light of a scanner; JPEG."""
    import numpy as np
    from PIL import Image

    height, width = pixels.shape[:2]
    pixels[:, 1:] = _mean(pixels[:, 1:], pixels[:, :-1])
    pixels[1:] = _mean(pixels[1:], pixels[:-1])
    ink, paper = _TONES[faint]
    tones = [round(ink + (paper - ink) * value / 255) for value in range(256)]
    picture = Image.fromarray(pixels)
    toned = np.asarray(picture.point(tones * len(picture.getbands())))
    grain = np.frombuffer(rng.randbytes(height * width), np.uint8) & 15
    shade = grain.reshape(height, width) + np.linspace(0, rng.randint(3, 9), width).astype(np.uint8)
    shaded = toned - (shade if toned.ndim == 2 else shade[:, :, None])
    target = BytesIO()
    Image.fromarray(shaded).save(target, "JPEG", quality=62)
    return target.getvalue()


def _mean(one: Any, other: Any) -> Any:
    """Of bytes, without a wider type."""
    return (one & other) + ((one ^ other) >> 1)
