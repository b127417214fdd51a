"""What a file is, by its first bytes; the name only helps to say what is odd."""

import io
import zipfile

import pytest

from surehand.documents import kinds
from tests.documents import papers


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


KINDS = [
    (papers.pdf(papers.Sheet()), "pdf"),
    (b"\r\n\xef\xbb\xbf  some mailer wrote this\n%PDF-1.4\n", "pdf"),
    (papers.png(papers.printed()), "png"),
    (papers.jpeg(papers.printed()), "jpeg"),
    (archive("a.txt"), "zip"),
    (archive("[Content_Types].xml", "word/document.xml"), "docx"),
    (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    (archive("word/letter.txt"), "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "office"),
    (b"<!DOCTYPE html><p>%PDF-", "html"),
    (b"\xef\xbb\xbf <HTML>", "html"),
    (b'<?xml version="1.0"?><Invoice/>', "xml"),
    (b'<?xml version="1.0"?><svg/>', "svg"),
    (b"II*\x00rest", "tiff"),
    (b"GIF89a", "gif"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
    (b"\x00\x00\x00\x18ftypheic", "heic"),
    (b"{\\rtf1", "rtf"),
    (b"MZ\x90\x00", "program"),
    ("Total: 12,50 €".encode() * 200, "text"),
    (b"", "empty"),
    (b"\x00\x01\x02", "unknown"),
    (b"\xff\xfe\xfa" * 100, "unknown"),
]


@pytest.mark.parametrize(("data", "kind"), KINDS)
def test_the_first_bytes_tell(data, kind):
    assert kinds.kind_of(data) == kind


def test_text_cut_within_a_character_is_text():
    for length in range(1000, 1030):
        assert kinds.kind_of("€".encode() * length) == "text"
        assert kinds.kind_of(b"a" * (length % 4) + "€".encode() * length) == "text"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"PK\x03\x04", "invoice.pdf", "It is called invoice.pdf, but it is a ZIP archive."),
        (b"PK\x03\x04", "C:\\mail\\invoice.PDF", "It is called invoice.PDF, but it is a ZIP archive."),
        (b"PK\x03\x04", "invoice.zip", "It is a ZIP archive."),
        (b"PK\x03\x04", "invoice", "It is a ZIP archive."),
        (b"PK\x03\x04", "", "It is a ZIP archive."),
        (b"plain", "photo.jpeg", "It is called photo.jpeg, but it is plain text."),
        (b"plain", "list.csv", "It is plain text."),
        (b"\x00\x01", "scan.png", "It is called scan.png, but it is a file of an unknown kind."),
        (b"plain", "a\n\x1b[31m\u202egnp.pdf", "It is called a[31mgnp.pdf, but it is plain text."),
    ],
)
def test_the_sentence_names_what_is_odd(data, name, said):
    fault = kinds.wrong_type(data, name)
    assert fault is not None
    assert fault.reason == "wrong_type"
    assert fault.detail == f"{said} Send it as a PDF, PNG or JPEG file."


def test_a_long_name_is_shortened():
    fault = kinds.wrong_type(b"plain", "x" * 500 + ".pdf")
    assert fault is not None
    assert len(fault.detail) < 160
    assert "xxx.pdf" in fault.detail


@pytest.mark.parametrize("name", ["", "x.pdf", "x.docx", "x.png"])
@pytest.mark.parametrize("kind", range(4))
def test_what_can_be_read_is_read_under_any_name(name, kind):
    assert kinds.wrong_type(KINDS[kind][0], name) is None
    assert KINDS[kind][1] in kinds.READABLE


def test_an_empty_file_has_a_reason_of_its_own():
    fault = kinds.wrong_type(b"", "invoice.pdf")
    assert fault is not None
    assert fault.reason == "empty"


def test_every_kind_has_words():
    assert {kind for _, kind in KINDS} <= set(kinds.WORDS)
