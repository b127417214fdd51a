"""The drawing engine: sheets of text, rules and shapes, printed as PDF.

Everything that the demo prints, an invoice of three pages or a till's receipt, is drawn here and nowhere
else. Lengths are points, from the top left corner; the y of a text is its baseline.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from typing import Any, Literal

from surehand.errors import SettingsInvalid

A4 = (595.0, 842.0)
LETTER = (612.0, 792.0)

#: family -> upright and bold. Vera comes with reportlab and is embedded, the others every viewer has.
_FONTS = {
    "sans": ("Helvetica", "Helvetica-Bold"),
    "serif": ("Times-Roman", "Times-Bold"),
    "mono": ("Courier", "Courier-Bold"),
    "round": ("Vera", "VeraBd"),
}
#: Of the size: how far letters reach above the baseline, and below it.
_ABOVE, _BELOW = 0.74, 0.21

#: left, top, right, bottom
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text on one baseline. tilt: degrees, anticlockwise."""

    x: float
    y: float
    text: str
    font: str
    size: float
    colour: str
    width: float
    tilt: float = 0.0

    @property
    def box(self) -> Box:
        """Around its letters."""
        return tilted(self.x, self.y, self.width, self.size, self.tilt)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A filled or outlined polygon, line or disc.

    points  corners; of a disc its centre and a point on its rim
    """

    kind: Literal["line", "area", "disc"]
    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 0.0
    dashed: bool = False


@dataclass(slots=True)
class Sheet:
    """One page being drawn; later drawing lies on top."""

    width: float = A4[0]
    height: float = A4[1]
    items: list[Run | _Shape] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        font: str = "sans",
        bold: bool = False,
        size: float = 9.0,
        colour: str = "#1a1a1a",
        align: Literal["left", "right", "centre"] = "left",
        tilt: float = 0.0,
    ) -> float:
        """Text that starts, ends or is centred at x. Returns its width."""
        name = _FONTS[font][bold]
        width = text_width(text, font=font, bold=bold, size=size)
        left = x - {"left": 0.0, "right": width, "centre": width / 2}[align]
        if text:
            self.items.append(Run(left, y, text, name, size, colour, width, tilt))
        return width

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        width: float = 0.6,
        colour: str = "#1a1a1a",
        dashed: bool = False,
    ) -> None:
        """A straight line."""
        self.items.append(_Shape("line", ((x0, y0), (x1, y1)), colour, width, dashed))

    def area(self, points: Iterable[tuple[float, float]], *, colour: str, outline: float = 0.0) -> None:
        """A filled polygon, or its outline where that has a width."""
        self.items.append(_Shape("area", tuple(points), colour, outline))

    def block(
        self, x: float, y: float, width: float, height: float, *, colour: str, outline: float = 0.0
    ) -> None:
        """An upright rectangle from its top left corner."""
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        self.area(corners, colour=colour, outline=outline)

    def disc(self, x: float, y: float, radius: float, *, colour: str, outline: float = 0.0) -> None:
        """A disc, or a ring where the outline has a width."""
        self.items.append(_Shape("disc", ((x, y), (x + radius, y)), colour, outline))


def tilted(x: float, y: float, width: float, size: float, tilt: float) -> Box:
    """Around the letters of a text that starts at x, y on its baseline; tilt in degrees, anticlockwise."""
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    ends = [(along, up * size) for along in (0.0, width) for up in (-_ABOVE, _BELOW)]
    xs = [x + along * cos + up * sin for along, up in ends]
    ys = [y - along * sin + up * cos for along, up in ends]
    return min(xs), min(ys), max(xs), max(ys)


def text_width(text: str, *, font: str, bold: bool = False, size: float) -> float:
    """In points. Raises SettingsInvalid without reportlab."""
    _require_reportlab()
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, stringWidth
    from reportlab.pdfbase.ttfonts import TTFont

    if font == "round" and "VeraBd" not in getRegisteredFontNames():
        for name in _FONTS["round"]:
            registerFont(TTFont(name, f"{name}.ttf"))
    return float(stringWidth(text, _FONTS[font][bold], size))


def pdf(sheets: Sequence[Sheet], *, title: str, author: str) -> bytes:
    """The sheets as a PDF with a text layer; the same sheets give the same bytes.

    Raises SettingsInvalid without reportlab.
    """
    _require_reportlab()
    from reportlab.pdfgen.canvas import Canvas

    target = BytesIO()
    canvas = Canvas(target, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for sheet in sheets:
        canvas.setPageSize((sheet.width, sheet.height))
        for item in sheet.items:
            if isinstance(item, Run):
                _write(canvas, sheet, item)
            else:
                _shape(canvas, sheet, item)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _require_reportlab() -> None:
    if find_spec("reportlab") is None:
        raise SettingsInvalid(
            "the demo prints its paper with reportlab, which is not installed: pip install 'surehand[demo]'"
        )


def _write(canvas: Any, sheet: Sheet, run: Run) -> None:
    canvas.setFillColor(run.colour)
    canvas.setFont(run.font, run.size)
    if run.tilt:
        canvas.saveState()
        canvas.translate(run.x, sheet.height - run.y)
        canvas.rotate(run.tilt)
        canvas.drawString(0, 0, run.text)
        canvas.restoreState()
    else:
        canvas.drawString(run.x, sheet.height - run.y, run.text)


def _shape(canvas: Any, sheet: Sheet, shape: _Shape) -> None:
    canvas.setStrokeColor(shape.colour)
    canvas.setFillColor(shape.colour)
    canvas.setLineWidth(shape.width)
    canvas.setDash([2, 2] if shape.dashed else [])
    (x0, y0), *others = shape.points
    outlined = shape.width > 0
    if shape.kind == "disc":
        canvas.circle(x0, sheet.height - y0, others[0][0] - x0, stroke=outlined, fill=not outlined)
        return
    path = canvas.beginPath()
    path.moveTo(x0, sheet.height - y0)
    for x, y in others:
        path.lineTo(x, sheet.height - y)
    if shape.kind == "area":
        path.close()
    canvas.drawPath(path, stroke=outlined, fill=shape.kind == "area" and not outlined)
