"""What a file is, by its first bytes and never by its name."""

import re
from pathlib import PurePosixPath

from surehand.errors import Unreadable

#: What is read; everything else is named and refused.
READABLE = frozenset({"pdf", "png", "jpeg"})

#: Kind -> how a sentence calls it.
WORDS = {
    "pdf": "a PDF",
    "png": "a PNG picture",
    "jpeg": "a JPEG picture",
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
    "zip": "a ZIP archive",
    "office": "an Office document of the old kind",
    "rtf": "a document in rich text",
    "gzip": "a compressed archive",
    "7z": "a compressed archive",
    "rar": "a compressed archive",
    "html": "an HTML page",
    "xml": "an XML file",
    "svg": "a drawing (SVG)",
    "tiff": "a TIFF picture",
    "gif": "a GIF picture",
    "webp": "a WebP picture",
    "bmp": "a BMP picture",
    "heic": "a HEIC picture",
    "program": "a program",
    "text": "plain text",
    "empty": "an empty file",
    "unknown": "a file of an unknown kind",
}

_STARTS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_ENDINGS = {
    "jpg": "jpeg", "jpe": "jpeg", "tif": "tiff", "htm": "html", "txt": "text", "csv": "text", "md": "text",
    "doc": "office", "xls": "office", "ppt": "office", "gz": "gzip", "heif": "heic", "exe": "program",
}  # fmt: skip
_HEAD = 1024


def kind_of(data: bytes) -> str:
    """A key of `WORDS`. A PDF may begin a little later than the first byte, as its readers allow."""
    head = data[:_HEAD]
    if not head:
        return "empty"
    for start, kind in _STARTS:
        if head.startswith(start):
            return _office(data) if kind == "zip" else kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"):
        return "heic"
    marked = _markup(head)
    if marked:
        return marked
    if b"%PDF-" in head:
        return "pdf"
    return "text" if _readable_text(head) else "unknown"


def wrong_type(data: bytes, name: str = "") -> Unreadable | None:
    """The refusal of a file that is not read here, or None for a PDF, PNG or JPEG.

    Says so when the name promises something else. A readable file under a wrong name is read.
    """
    kind = kind_of(data)
    if kind in READABLE:
        return None
    if kind == "empty":
        from surehand.documents.reasons import refused

        return refused("empty")
    shown, promised = _shown(name), _promised(name)
    if shown and promised and promised != kind and WORDS[promised] != WORDS[kind]:
        said = f"It is called {shown}, but it is {WORDS[kind]}."
    else:
        said = f"It is {WORDS[kind]}."
    return Unreadable("wrong_type", f"{said} Send it as a PDF, PNG or JPEG file.")


def _office(data: bytes) -> str:
    for part, kind in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
        if b"[Content_Types].xml" in data and part in data:
            return kind
    return "zip"


def _markup(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "svg"
    if start.startswith(b"<?xml"):
        return "html" if b"<html" in start else "xml"
    return None


def _readable_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < len(head) - 4:  # not merely cut in the middle of a character
            return False
        text = head[: fault.start].decode("utf-8")
    return bool(text.strip()) and all(char.isprintable() or char.isspace() for char in text)


def _promised(name: str) -> str | None:
    ending = PurePosixPath(name.replace("\\", "/").lower()).suffix[1:]
    kind = _ENDINGS.get(ending, ending)
    return kind if kind in WORDS and kind not in ("empty", "unknown") else None


def _shown(name: str) -> str:
    """The last part of a name, fit to stand in a sentence: no control characters, not long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(char for char in last if char.isprintable()).strip()
    return clean if len(clean) <= 60 else f"{clean[:40]}…{clean[-15:]}"
