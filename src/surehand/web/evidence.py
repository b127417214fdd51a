"""The source of a case as pages, with the places where its values were found."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from surehand.core.case import Case
from surehand.core.documents import Page, as_read
from surehand.core.recommendation import probability
from surehand.core.showing import SURE_FROM
from surehand.web.fields import label
from surehand.web.sheets import Row, length_of, rows_of, type_width
from surehand.web.views import DocumentView, EvidenceView, LineView, SheetView

#: What one brief shows of a document: pages, lines of all of them, letters of all lines, letters of a line.
_MOST_PAGES, _MOST_LINES, _MOST_LETTERS, _LONGEST = 20, 1_500, 80_000, 400

_LONGEST_NAME = 200

#: The size of a page whose sender named none.
_UNSIZED = (1_000.0, 1_000.0)

_EMPTY_FILE = "No page of this file can be shown."

Place = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """A document to show, and field -> number of its box."""

    view: DocumentView | None
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class _Paper:
    """A page before it is cut to what a brief shows: its size, and whether a picture stands behind it."""

    page: Page
    width: float
    height: float
    pictured: bool

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Its text. Where a picture shows the ink, words with their own boxes are more exact than lines."""
        parts = [
            part for line in self.page.lines for part in (line.words if self.pictured else ()) or (line,)
        ]
        return rows_of([_line(" ".join(part.text.split()), part.box) for part in parts])


class _Papers:
    """The pages of a document. Each is read from its JSON when it is first asked for: most never are."""

    def __init__(self, bodies: Sequence[Any], *, pictured: bool) -> None:
        self._bodies, self._pictured = bodies, pictured
        self._read: dict[int, _Paper] = {}

    def __len__(self) -> int:
        return len(self._bodies)

    def __getitem__(self, at: int) -> _Paper:
        if at not in self._read:
            self._read[at] = _paper(Page.model_validate(self._bodies[at]), self._pictured)
        return self._read[at]


def source_of(
    case: Case,
    names: Sequence[str],
    *,
    marked: bool = True,
    first: int = 1,
    href: str = "",
) -> Source:
    """The document of a case.

    names   fields whose evidence is marked, in the order of their numbers
    marked  False leaves no trace of what was read from where
    first   page from which on pages are shown, from 1; those with evidence are shown whatever it is
    href    address of the page that shows others, to which 'page=N' is added
    """
    given = case.input.get("document")
    if not isinstance(given, Mapping) or not given:
        return Source(None, {})
    name, pictured = str(given.get("name") or "Document")[:_LONGEST_NAME], bool(given.get("file"))
    papers, address = _Papers(_pages(case), pictured=pictured), f"/cases/{quote(case.id, safe='')}"
    file = f"{address}/file" if pictured else ""
    if not len(papers):
        return Source(DocumentView(name=name, note=_EMPTY_FILE, file=file), {})
    found = _found(case, papers, names) if marked else {}
    chosen = _chosen(len(papers), first, sorted({at for at, _ in found.values()}))
    found = {name: spot for name, spot in found.items() if spot[0] in chosen}
    numbers = {name: place for place, name in enumerate(found, start=1)}
    evidence: dict[int, list[EvidenceView]] = {at: [] for at in chosen}
    for field, (at, (x0, y0, x1, y1)) in found.items():
        sure = probability(case.readings.get(field, {}).get("confidence"))
        evidence[at].append(
            EvidenceView(
                number=numbers[field], field=field, label=label(field), x0=x0, y0=y0, x1=x1, y1=y1,
                low=sure is not None and sure < SURE_FROM,
            )
        )  # fmt: skip
    view = DocumentView(
        name=name, pages=_sheets(case.id, papers, evidence), count=len(papers),
        href=href or f"{address}/brief?", file=file,
    )  # fmt: skip
    return Source(view, numbers)


def has_pages(case: Case) -> bool:
    """A case brought a document of which something can be shown."""
    return bool(case.input.get("document")) and len(_pages(case)) > 0


def readable(case: Case) -> bool:
    """Text was recognised on the document of a case."""
    return case.pages is not None


def _pages(case: Case) -> Sequence[Any]:
    """The recognised pages as JSON; of a file without text the pages that can be drawn."""
    if case.pages is not None:
        pages: Sequence[Any] = case.pages["pages"]
        return pages
    sizes = (case.document or {}).get("sizes", ())
    return [{"width": width, "height": height} for width, height in sizes]


def _paper(page: Page, pictured: bool) -> _Paper:
    """A page with its size; one whose sender named none, or too small a one, is as large as its text."""
    width, height = page.width, page.height
    if pictured or not page.lines:
        return _Paper(page, width, height, pictured)
    right, low = max(line.box.x1 for line in page.lines), max(line.box.y1 for line in page.lines)
    if (width, height) == _UNSIZED and right > 0 and low > 0:
        edge = max(min(line.box.x0 for line in page.lines), 0.04 * right)
        return _Paper(page, right + edge, max(low + edge, 0.6 * right), pictured)
    return _Paper(page, max(width, right), max(height, low), pictured)


def _chosen(count: int, first: int, wanted: Sequence[int]) -> frozenset[int]:
    chosen = set(wanted[:_MOST_PAGES])
    for at in range(min(max(first, 1), count) - 1, count):
        if len(chosen) >= _MOST_PAGES:
            break
        chosen.add(at)
    return frozenset(chosen)


# Where a value was found


def _found(case: Case, papers: _Papers, names: Sequence[str]) -> dict[str, tuple[int, Place]]:
    """Field -> index of its page, and its box there. A value that a person gave was not read anywhere."""
    found: dict[str, tuple[int, Place]] = {}
    for name in names:
        reading = case.readings.get(name, {})
        said = reading.get("evidence")
        if isinstance(said, Mapping) and not reading.get("person"):
            spot = _spot(papers, said, list(found.values()))
            if spot:
                found[name] = spot
    return found


def _spot(
    papers: _Papers, said: Mapping[str, Any], taken: Sequence[tuple[int, Place]]
) -> tuple[int, Place] | None:
    """The box that the reader named; else where its words stand, first where nothing was found yet."""
    at = said.get("page")
    on = at if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < len(papers) else None
    if on is not None and (box := clipped(said.get("box"), papers[on].width, papers[on].height)):
        return on, box
    corners = _corners(said.get("box"))
    spots = [
        (index, box)
        for index in ([on] if on is not None else range(len(papers)))
        for box in _quoted(papers[index], str(said.get("quote") or ""), corners)
    ]
    free = [
        spot for spot in spots if not any(spot[0] == other[0] and _meet(spot[1], other[1]) for other in taken)
    ]
    if free or spots:
        return (free or spots)[0]
    box = clipped(said.get("box"), papers[0].width, papers[0].height) if len(papers) == 1 else None
    return (0, box) if box else None


def clipped(box: Any, width: float, height: float) -> Place | None:
    """The part of a box that lies on its page; None when it is no box, or lies outside."""
    corners = _corners(box)
    if corners is None:
        return None
    x0, y0, x1, y1 = corners
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _corners(box: Any) -> Place | None:
    if not isinstance(box, Mapping):
        return None
    sides = [box.get(side) for side in ("x0", "y0", "x1", "y1")]
    if any(isinstance(side, bool) or not isinstance(side, int | float) for side in sides):
        return None
    x0, y0, x1, y1 = (float(side) for side in sides if side is not None)
    if not all(math.isfinite(side) for side in (x0, y0, x1, y1)):
        return None
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _quoted(paper: _Paper, words: str, corners: Place | None) -> list[Place]:
    """Boxes of a quote on a page, those on the rows that the reader named first; else these rows."""
    parts = words.split()
    rows = sorted(paper.rows, key=lambda row: not _within(row, corners))
    wanted = re.compile(r"\s+".join(map(re.escape, parts))) if parts else None
    spans = [(row, match.span()) for row in rows if wanted and (match := wanted.search(row.text))]
    spans += [(row, (0, len(row.text))) for row in rows if row.text and _within(row, corners)]
    found = [_part(row, start, end, paper.pictured) for row, (start, end) in spans]
    places = [{"x0": x0, "y0": y0, "x1": x1, "y1": y1} for x0, y0, x1, y1 in found]
    return [box for place in places if (box := clipped(place, paper.width, paper.height))]


def _within(row: Row, corners: Place | None) -> bool:
    return corners is not None and any(
        corners[1] <= (line.y0 + line.y1) / 2 <= corners[3] for _, line in row.parts
    )


def _part(row: Row, start: int, end: int, pictured: bool) -> Place:
    """The box of some letters of a row, by the usual widths of letters."""
    boxes = []
    for begin, line in row.parts:
        left, right = max(start - begin, 0), min(end - begin, len(line.text))
        if left < right:
            length = line.x1 - line.x0 if pictured else length_of(line)
            part = length / type_width(line.text)
            x0, x1 = (line.x0 + part * type_width(line.text[:to]) for to in (left, right))
            boxes.append((x0, line.y0, x1, line.y1))
    return (
        *(min(b[0] for b in boxes), min(b[1] for b in boxes)),
        *(max(b[2] for b in boxes), max(b[3] for b in boxes)),
    )


def _meet(one: Place, other: Place) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# What a brief shows of it


def _sheets(
    case_id: str, papers: _Papers, evidence: Mapping[int, Sequence[EvidenceView]]
) -> tuple[SheetView, ...]:
    """The chosen pages. Lines are counted off where evidence stands first, so that its text is there."""
    lines, letters, shown = _MOST_LINES, _MOST_LETTERS, {}
    for at in sorted(evidence, key=lambda at: (not evidence[at], at)):
        paper, kept = papers[at], []
        for line in paper.page.lines[:lines]:
            text = as_read(" ".join(line.text.split())[:_LONGEST])
            if len(text) > letters:
                break
            letters -= len(text)
            kept.append(_line(text, line.box))
        lines -= len(kept)
        shown[at] = SheetView(
            number=at + 1, width=paper.width, height=paper.height, lines=tuple(kept),
            picture=f"/cases/{quote(case_id, safe='')}/pages/{at + 1}.png" if paper.pictured else "",
            evidence=tuple(evidence[at]), hidden=len(paper.page.lines) - len(kept),
        )  # fmt: skip
    return tuple(shown[at] for at in sorted(shown))


def _line(text: str, box: Any) -> LineView:
    return LineView(text=text, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)
