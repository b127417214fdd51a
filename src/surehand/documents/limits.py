"""How much a document may cost before it is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one document. Each is checked before the work that it bounds.

    size           bytes of the file
    pages          pages of a PDF
    pixels         of a picture as its header names them, and of any page that is rendered
    side           longest side of a PDF page, in points (14,400 are five metres, the most the format allows)
    seconds        wall-clock and processor time for one question about one document, without OCR
    memory         address space of the child process, in bytes, with all its libraries
    characters     of text on one page
    lines          on one page; what `core.documents.Page` holds at most
    width          of a page picture, in pixels
    table_pages    pages from the first that are searched for tables
    table_seconds  time for all tables of one document; when it is over, the tables found so far stay
    ocr_pages      pages of one document that are recognised from their picture
    ocr_seconds    wall-clock and processor time to recognise one page
    ocr_total      wall-clock time to recognise one document; a page that was begun is finished
    answer         bytes of what the child may answer
    uses           questions to one child before a fresh one takes its place
    """

    size: int = 25 * MIB
    pages: int = 100
    pixels: int = 40_000_000
    side: float = 14_400
    seconds: float = 30
    memory: int = 2048 * MIB
    characters: int = 200_000
    lines: int = 5_000
    width: int = 2_400
    table_pages: int = 20
    table_seconds: float = 5
    ocr_pages: int = 20
    ocr_seconds: float = 120
    ocr_total: float = 600
    answer: int = 64 * MIB
    uses: int = 500
