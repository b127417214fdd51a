"""What was recognised on a document: pages, lines, words and where they stand."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


#: Marks that turn the direction of reading around, so that a text shows as another one.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\N{REPLACEMENT CHARACTER}")

#: They join or part letters in some scripts, and show nothing by themselves.
_JOINERS = "\u200c\u200d"


def as_read(text: str) -> str:
    """A text in the order in which a program reads it: a person must not be shown another order."""
    return text.translate(_TURNING)


def _nothing(value: Any) -> bool:
    """What a page does not have is left out of its JSON."""
    return value is None or value == ()


class Box(BaseModel):
    """A rectangle on a page, in the page's own units, origin top left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x0: Coordinate
    y0: Coordinate
    x1: Coordinate
    y1: Coordinate

    @property
    def height(self) -> float:
        """Distance from top to bottom."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.y0 + self.y1) / 2


class Word(BaseModel):
    """Recognised text and its box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(max_length=2_000)]
    box: Box

    @field_validator("box", mode="before")
    @classmethod
    def _from_corners(cls, value: Any) -> Any:
        """Accepts `[x0, y0, x1, y1]` and the eight numbers of four corners, as OCR engines give them."""
        if isinstance(value, list | tuple) and len(value) in (4, 8):
            xs, ys = value[0::2], value[1::2]
            try:
                return {"x0": min(xs), "y0": min(ys), "x1": max(xs), "y1": max(ys)}
            except TypeError as error:
                raise ValueError("the corners of a box are numbers") from error
        return value


class Line(Word):
    """Words that belong together on one row: what an OCR engine calls a line, a part of a row in columns.

    words       its words with boxes of their own, where the reader knows them
    confidence  how sure the OCR engine is of the text; None for text that was not guessed
    """

    words: Annotated[tuple[Word, ...], Field(max_length=500, exclude_if=_nothing)] = ()
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, exclude_if=_nothing)] | None = None


class Grid(BaseModel):
    """A table that was found on a page: rows of cells from top to bottom, None where there is no cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    box: Box
    rows: Annotated[tuple[tuple[Word | None, ...], ...], Field(max_length=500)]


class Page(BaseModel):
    """One page: its size in its own units, its lines from top to bottom, and its tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: Annotated[float, Field(gt=0, le=1e6)] = 1000.0
    height: Annotated[float, Field(gt=0, le=1e6)] = 1000.0
    lines: Annotated[tuple[Line, ...], Field(max_length=5_000)] = ()
    tables: Annotated[tuple[Grid, ...], Field(max_length=50, exclude_if=_nothing)] = ()


class Document(BaseModel):
    """The pages of one document, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=300)]

    @property
    def text(self) -> str:
        """All lines of all pages, a line each."""
        return "\n".join(line.text for page in self.pages for line in page.lines)


class Brought(BaseModel):
    """What a case brings as its document: a file that was sent before, recognised lines, or both.

    file   SHA-256 of the file, 64 hex digits
    name   the file's name, as people know it; of a path its last part, what cannot be seen is marked
    pages  lines that the caller's own OCR found; on the file's pages, if there is one
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=300)] | None = None

    @field_validator("name")
    @classmethod
    def _last_part(cls, name: str) -> str:
        """It stands in sentences, in logs and in terminals, and a browser saves the file under it."""
        last = as_read(name.replace("\\", "/").rpartition("/")[2])
        return "".join(c if c.isprintable() or c in _JOINERS else "\N{REPLACEMENT CHARACTER}" for c in last)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.file is None and self.pages is None:
            raise ValueError("send 'file' (a file that was sent before) or 'pages' (recognised lines)")
        if self.file is None and self.name:
            raise ValueError("'name' is the name of a file: send 'file' with it")
        return self
