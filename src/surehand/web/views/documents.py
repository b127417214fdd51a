"""The source of a case as pages: what they look like, what is written on them, and where values were read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """Where a value was read: a box on a page, in the page's own units, origin top left.

    number  shown beside the box and beside the field
    field   name of the field that it leads to
    label   of that field, in words
    low     the reader was not sure
    """

    number: int
    field: str
    label: str
    x0: float
    y0: float
    x1: float
    y1: float
    low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One recognised line and its box, in the page's own units."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """One page.

    number         from 1
    width, height  in the page's own units
    picture        its address; '' when there is none: the page is then drawn from its lines
    lines          recognised text, for readers and, without a picture, for drawing
    evidence       () for who must not see what was read from where
    hidden         lines of this page that are left out
    """

    number: int
    width: float
    height: float
    picture: str = ""
    lines: tuple[LineView, ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The source of a case beside its brief.

    name   'invoice.pdf'
    pages  those that are shown, in order; there may be gaps between them
    count  how many pages the document has
    href   address of the page that shows others: '?page=N' is added
    note   why there is no page to show, a sentence
    file   address of the file as it came; empty for a document that came as text
    """

    name: str
    pages: tuple[SheetView, ...] = ()
    count: int = 0
    href: str = ""
    note: str = ""
    file: str = ""
