"""Charts as shapes on a plane, which a template draws as SVG: no script, no style, readable without colour.

Every chart has a sentence that says what it shows; the page has a table with the same figures beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10, sqrt

from surehand.core.guarantee import Status, Turning
from surehand.core.report import Calibration, CurvePoint, Share, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One element.

    kind  its class in the stylesheet
    tag   'path' with `d`; 'circle' with `x`, `y` and `r`; 'rect' with `x`, `y`, `w` and `h`; 'text' with `x`,
          `y`, `text` and `anchor`
    """

    kind: str
    tag: str
    d: str = ""
    x: str = ""
    y: str = ""
    w: str = ""
    h: str = ""
    r: str = ""
    text: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing.

    name   of its elements' ids
    title  what it is of; text: what it shows, in a sentence
    wide   it is as wide as a page, and not half of it
    """

    name: str
    title: str
    text: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    wide: bool = False


@dataclass(slots=True)
class Plane:
    """Where values lie: x from left to right, y from bottom to top, in units of the drawing."""

    left: float
    right: float
    bottom: float
    top: float
    x_from: float
    x_to: float
    y_from: float
    y_to: float
    shapes: list[Shape] = field(default_factory=list)

    def x(self, value: float) -> float:
        """Where a value lies from the left; one outside lies on the edge."""
        return _place(value, self.x_from, self.x_to, self.left, self.right)

    def y(self, value: float) -> float:
        """Where a value lies from the top; one outside lies on the edge."""
        return _place(value, self.y_from, self.y_to, self.bottom, self.top)

    def rows(self, values: Iterable[float], words: str = "{:g} %", *, times: float = 100) -> None:
        """Lines across, with their values at the left."""
        for value in values:
            at = self.y(value)
            kind = "ax0" if value == self.y_from else "ax"
            self.shapes.append(Shape(kind=kind, tag="path", d=_path([(self.left, at), (self.right, at)])))
            self.text(words.format(round(value * times, 6)), self.left - 6, at + 4, anchor="end")

    def columns(self, values: Iterable[float], words: str = "{:g} %", *, times: float = 100) -> None:
        """Values below."""
        for value in values:
            self.text(words.format(round(value * times, 6)), self.x(value), self.bottom + 16, anchor="middle")

    def line(self, kind: str, points: Sequence[tuple[float, float]]) -> None:
        """A line through values."""
        if len(points) > 1:
            path = _path([(self.x(x), self.y(y)) for x, y in points])
            self.shapes.append(Shape(kind=kind, tag="path", d=path))

    def text(self, text: str, x: float, y: float, *, anchor: str = "start", kind: str = "") -> None:
        """Words at a place of the drawing."""
        self.shapes.append(Shape(kind=kind, tag="text", text=text, x=_at(x), y=_at(y), anchor=anchor))

    def rect(self, kind: str, x_from: float, x_to: float, top: float, bottom: float) -> None:
        """A bar between two values, from one place of the drawing down to another."""
        left, right = self.x(x_from), self.x(x_to)
        self.shapes.append(
            Shape(kind=kind, tag="rect", x=_at(left), y=_at(top), w=_at(right - left), h=_at(bottom - top))
        )

    def dot(self, kind: str, x: float, y: float, radius: float) -> None:
        """A filled circle at a value."""
        self.shapes.append(
            Shape(kind=kind, tag="circle", x=_at(self.x(x)), y=_at(self.y(y)), r=f"{radius:.1f}")
        )


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    share = 0.0 if high <= low else min(1.0, max(0.0, (value - low) / (high - low)))
    return start + share * (end - start)


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{_at(x)} {_at(y)}" for x, y in points)


def steps(most: float, count: int = 4) -> list[float]:
    """Round numbers from 0 up to at least this, about so many steps."""
    if most <= 0:
        return [0.0, 1.0]
    raw = most / count
    unit = 10 ** floor(log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw * 0.999)
    return [round(step * place, 10) for place in range(ceil(most / step - 1e-9) + 1)]


def apart(places: Sequence[float], least: float = 12) -> list[float]:
    """Places of labels one below the other, moved so that none covers another; in the order given."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved, last = list(places), float("-inf")
    for index in order:
        last = moved[index] = max(places[index], last + least)
    return moved


# The course of a guarantee

_SIGNS = {
    Turning.STOPPED: ("M{x} {top}l7 13h-14z", "stopped"),
    Turning.TIGHTENED: ("M{left} {top}h11v11h-11z", "tightened"),
    Turning.SURGING: ("M{x} {top}l6.5 6.5-6.5 6.5-6.5-6.5z", "more checks"),
    Turning.OVERSTATED: ("M{x} {top}a5.5 5.5 0 1 0 .1 0z", "overstated"),
    Status.REFUSED: ("M{left} {top}l11 11m0-11l-11 11", "refused"),
    Status.UNPROVEN: ("M{x} {top}v7m0 3v2", "unproven"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that happened after so many judgements."""

    kind: str
    judged: int


def course_chart(parts: Sequence[Stretch], signs: Sequence[Sign], *, error: float) -> Chart:
    """Error found and share certified, against judgements.

    parts  at least one
    signs  those that have a shape in `_SIGNS` are drawn
    """
    start, end = parts[0].first, max(parts[-1].last, parts[0].first + 1)
    found = [one.found for one in parts if one.found is not None and one.coverage]
    most = min(max([2 * error, *(share.high for share in found)]), max(4 * error, 0.04))
    rows = steps(most)
    above = Plane(44, 750, 190, 20, start, end, 0, rows[-1])
    below = Plane(44, 750, 318, 250, start, end, 0, 1)
    above.text("Error of what ran alone, as checks found it", 44, 12, kind="l")
    above.rows(rows)
    for first, last in _people(parts):
        above.rect("hold", first, last, 20, 190)
        below.rect("hold", first, last, 250, 318)
        if above.x(last) - above.x(first) > 100:
            middle = (above.x(first) + above.x(last)) / 2
            above.text("people decide all", middle, 36, anchor="middle")
    below.text("Share of cases certified to run alone", 44, 242, kind="l")
    below.rows((0, 0.5, 1))
    ticks = [start + step for step in steps(end - start, 5) if start + step <= end]
    below.columns(ticks, "{:,.0f}", times=1)
    below.text("cases judged", 758, 334)
    _found(above, parts, error)
    _certified(below, parts)
    _signs(above, signs)
    return Chart(
        name="course", title="Certificate over time", text=_course_words(parts, signs, error), width=872,
        height=344, shapes=(*above.shapes, *below.shapes), wide=True,
    )  # fmt: skip


def _people(parts: Sequence[Stretch]) -> list[tuple[int, int]]:
    """From when to when nothing was certified."""
    found: list[tuple[int, int]] = []
    for one in parts:
        if one.coverage:
            continue
        if found and found[-1][1] == one.first:
            found[-1] = (found[-1][0], one.last)
        else:
            found.append((one.first, one.last))
    return found


def _found(plane: Plane, parts: Sequence[Stretch], error: float) -> None:
    labels: list[tuple[float, str, str]] = [(error, f"at most {_percent(error)}", "limit-t")]
    plane.line("limit", [(plane.x_from, error), (plane.x_to, error)])
    run: list[tuple[int, Share]] = []
    for one in (*parts, None):
        if one is not None and one.found is not None and one.coverage:
            run.append((one.last, one.found))
            continue
        plane.line("bound", [(at, share.high) for at, share in run])
        plane.line("main", [(at, share.share) for at, share in run])
        if len(run) == 1:
            plane.dot("pt", run[0][0], run[0][1].share, 4)
        run = []
    last = parts[-1]
    if last.found is not None and last.coverage:
        labels.append((last.found.high, f"up to {_percent(last.found.high)}", ""))
        labels.append((last.found.share, f"found {_percent(last.found.share)}", "l"))
    places = apart([plane.y(value) + 4 for value, _, _ in labels])
    for (_, words, kind), y in zip(labels, places, strict=True):
        plane.text(words, 758, y, kind=kind)


def _certified(plane: Plane, parts: Sequence[Stretch]) -> None:
    points: list[tuple[float, float]] = []
    for one in parts:
        points += [(one.first, one.coverage), (one.last, one.coverage)]
    corners = [(plane.x(x), plane.y(y)) for x, y in points]
    around = [(corners[0][0], plane.bottom), *corners, (corners[-1][0], plane.bottom)]
    plane.shapes.append(Shape(kind="area", tag="path", d=f"{_path(around)}Z"))
    plane.line("step", points)
    plane.text(f"{100 * parts[-1].coverage:.0f} % now", 758, plane.y(parts[-1].coverage) + 4, kind="l")


def _signs(plane: Plane, signs: Sequence[Sign]) -> None:
    """Shapes below the upper plane, with a word where there is room for it."""
    drawn = sorted((one for one in signs if one.kind in _SIGNS), key=lambda one: one.judged)
    places = [plane.x(one.judged) for one in drawn]
    for number, (one, x) in enumerate(zip(drawn, places, strict=True)):
        shape, word = _SIGNS[one.kind]  # type: ignore[index]  # both are words
        path = shape.format(x=_at(x), left=_at(x - 5.5), top=202)
        plane.shapes.append(Shape(kind="alarm", tag="path", d=path))
        before = places[number - 1] if number else 0.0
        if x - before > 90:
            plane.text(word, x - 11, 213, anchor="end", kind="l")


def _course_words(parts: Sequence[Stretch], signs: Sequence[Sign], error: float) -> str:
    last, alarms = parts[-1], [one for one in signs if one.kind in _SIGNS]
    runs = f"{100 * last.coverage:.0f} % of cases are certified" if last.coverage else "people decide all"
    found = f", with {_percent(last.found.share)} error found" if last.found and last.coverage else ""
    return (
        f"After {last.last:,} judgements {runs}{found}; at most {_percent(error)} may be. "
        f"Alarms: {len(alarms) or 'none'}."
    )


# Error against coverage


def curve_chart(points: Sequence[CurvePoint], *, error: float, now: float, then: float | None) -> Chart:
    """What would be wrong if more ran alone.

    points  at least one, by coverage
    now     share certified now; then: after the next step
    """
    most = min(max([1.5 * error, *(one.error.share for one in points)]), max(8 * error, 0.2))
    rows = steps(most)
    plane = Plane(44, 520, 190, 18, 0, 1, 0, rows[-1])
    plane.rows(rows)
    low = [(one.coverage, one.error.low) for one in points]
    high = [(one.coverage, one.error.high) for one in points]
    band = [(plane.x(x), plane.y(y)) for x, y in (*high, *reversed(low))]
    plane.shapes.append(Shape(kind="area", tag="path", d=f"{_path(band)}Z"))
    plane.line("bound", high)
    plane.line("main", [(one.coverage, one.error.share) for one in points])
    if len(points) == 1:
        plane.dot("pt", points[0].coverage, points[0].error.share, 4)
    plane.line("limit", [(0, error), (1, error)])
    plane.text(f"at most {_percent(error)}", 48, plane.y(error) - 5, kind="limit-t")
    plane.columns((0, 0.25, 0.5, 0.75, 1))
    plane.text("Share of cases that runs alone", 282, 224, anchor="middle")
    said = [f"If all cases ran alone, {_percent(points[-1].error.share)} would be wrong."]
    for coverage, word, kind in ((now, "now", "pt"), (then, "next", "pt-o")):
        if not coverage:
            continue
        at = _error_at(points, coverage)
        x, y = plane.x(coverage), plane.y(at)
        if kind == "pt":
            plane.dot("pt", coverage, at, 5)
            plane.text(f"now {100 * coverage:.0f} %", x - 8, y - 9, anchor="end", kind="l")
        else:
            plane.shapes.append(Shape(kind="pt-o", tag="path", d=f"M{_at(x)} {_at(y - 6)}l6 6-6 6-6-6z"))
            plane.text(f"next {100 * coverage:.0f} %", x + 9, min(y + 15, 184), kind="l")
        said.append(f"At {100 * coverage:.0f} %, {word}: {_percent(at)}.")
    return Chart(
        name="curve", title="Error against share automated", text=" ".join(said), width=560, height=234,
        shapes=tuple(plane.shapes),
    )  # fmt: skip


def _error_at(points: Sequence[CurvePoint], coverage: float) -> float:
    """Between the two points beside it."""
    before = max((one for one in points if one.coverage <= coverage), key=_coverage, default=points[0])
    after = min((one for one in points if one.coverage >= coverage), key=_coverage, default=points[-1])
    if after.coverage <= before.coverage:
        return before.error.share
    share = (coverage - before.coverage) / (after.coverage - before.coverage)
    return before.error.share + share * (after.error.share - before.error.share)


def _coverage(one: CurvePoint) -> float:
    return one.coverage


# Said against right


def reliability_chart(found: Calibration) -> Chart:
    """How often the AI was right where it said how sure it was. A dot is larger where more answers are."""
    least = floor(10 * min([0.9, *(min(part.said, part.low) for part in found.parts)])) / 10
    plane = Plane(44, 520, 190, 18, least, 1, least, 1)
    width = 0.1 if least >= 0.4 else 0.2
    ticks = [round(1 - step * width, 2) for step in range(int((1 - least) / width + 1e-9) + 1)]
    plane.rows([*sorted({*ticks, least})], "{:g}")
    plane.columns(ticks, "{:g}")
    plane.line("bound", [(least, least), (1, 1)])
    most = max(part.answers for part in found.parts)
    for part in found.parts:
        plane.line("main", [(part.said, part.low), (part.said, part.high)])
        plane.dot("pt", part.said, part.right, 2.5 + 3 * sqrt(part.answers / most))
    plane.text("Said: right in 100", 282, 224, anchor="middle")
    plane.text("Was: right in 100", 48, 12)
    plane.text("dashed: perfect", 520, plane.y(least) - 6, anchor="end")
    off = [part for part in found.parts if not part.low <= part.said <= part.high]
    parts = len(found.parts)
    matches = "every interval crosses the diagonal" if not off else f"off the diagonal: {len(off)}"
    text = f"Groups of cases by stated confidence: {parts}; {matches}."
    return Chart(
        name="reliability", title="Said against right", text=text, width=560, height=234,
        shapes=tuple(plane.shapes),
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")
