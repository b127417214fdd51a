"""The sources of a case, pages and texts: what they look like, what they say, and where values were read."""

from dataclasses import dataclass
from datetime import datetime


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
    href   address of the page that shows others, to which 'page=N' is added
    note   why there is no page to show, a sentence
    file   address of the file as it came; empty for a document that came as text
    of     the case that brought it, where that is not the one of the brief; `close`: the brief without it
    """

    name: str
    pages: tuple[SheetView, ...] = ()
    count: int = 0
    href: str = ""
    note: str = ""
    file: str = ""
    of: str = ""
    close: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """What stands in a text: its number, and the element that it leads to, such as 'f-total' or 'r-1'.

    label  of the field, or of the reason, in words
    low    the reader was not sure
    """

    number: int
    target: str
    label: str
    low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """Some letters of a text, marked or not; '' where a mark lies within another one, and follows it."""

    text: str
    mark: MarkView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPartView:
    """A part of a text that is shown: its number among the parts of all texts of the case, from 1."""

    number: int
    pieces: tuple[PieceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text that the case came with, or that was looked up.

    field        the fact that holds it
    label        of that fact, in words
    heads        who sent it, what about and when, as the case says: (label, value), each of one line
    parts        those that are shown, in order; there may be gaps between them
    first, last  numbers of the parts that it has
    letters      how long it is
    """

    field: str
    label: str
    heads: tuple[tuple[str, str | datetime], ...] = ()
    parts: tuple[TextPartView, ...] = ()
    first: int = 1
    last: int = 1
    letters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsView:
    """The texts of a case beside its brief.

    href  address of the page that shows other parts, to which 'part=N' is added
    """

    texts: tuple[TextView, ...]
    href: str = ""
