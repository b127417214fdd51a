"""PDF files that gave other readers trouble, and invoices as companies send them."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from surehand.documents.reader import Reader
from surehand.errors import Unreadable

DataSet = Callable[[str], Path]

#: What the index calls broken or encrypted, and yet opens, as it does in viewers. The index is what one other
#: reader said.
OPENS_ALL_THE_SAME = {
    "pdfminersix__contrib_issue-1113-evil-xobjects.pdf": 1,
    "pdfminersix__contrib_issue-625-identity-cmap.pdf": 2,
    "pdfminersix__encryption_encrypted_doc_no_id.pdf": 3,
    "pdfminersix__simple1.pdf": 1,
}


def test_every_edge_case_reads_or_says_why_not(own_reader, no_ocr, shared_data: DataSet):
    folder = shared_data("pdf_edge_cases")
    rows = list(csv.DictReader((folder / "index.csv").open(encoding="utf-8")))
    assert len(rows) > 40
    reader = own_reader(seconds=10)
    for row in rows:
        name, data = row["file"], (folder / row["file"]).read_bytes()
        started = time.monotonic()
        pages, text, fault = outcome(reader, data, name)
        reason = fault and fault.reason
        assert fault is None or (fault.detail[0].isupper() and fault.detail[-1] == "."), name
        assert time.monotonic() - started < 10, name
        if row["pypdf_result"] == "ok":
            assert reason in (None, "no_text"), name
            assert pages == int(row["pages"]), name
            # what other readers take from a page and nobody can see there may be missing here
            assert bool(text) or int(row["text_chars_first5"]) < 40, name
        elif name in OPENS_ALL_THE_SAME:
            assert reason in (None, "no_text"), name
            assert pages == OPENS_ALL_THE_SAME[name], name
        else:
            assert reason == row["pypdf_result"].split(":")[0], name
        if reason in (None, "no_text"):
            assert reader.picture(data, 0, width=200).startswith(b"\x89PNG"), name
    (child,) = reader._children
    assert child.uses > 100, "a child died on the way"


def outcome(reader: Reader, data: bytes, name: str) -> tuple[int | None, str, Unreadable | None]:
    """How many pages, what text, and why not."""
    pages = None
    try:
        pages = len(reader.sizes(data, name=name))
        return pages, reader.read(data, name=name).text, None
    except Unreadable as fault:
        return pages, "", fault


def test_most_text_of_readable_edge_cases_is_read(reader, no_ocr, shared_data: DataSet):
    folder = shared_data("pdf_edge_cases")
    for row in csv.DictReader((folder / "index.csv").open(encoding="utf-8")):
        expected = int(row["text_chars_first5"] or 0)
        if expected < 500:
            continue
        pages = reader.read((folder / row["file"]).read_bytes()).pages[:5]
        found = sum(len(line.text) + 1 for page in pages for line in page.lines)
        assert found > 0.8 * expected, row["file"]


@pytest.mark.parametrize(
    "stem",
    ["AmazonWebServices", "AzureInterior", "FlipkartInvoice", "SammyMaystoneLinesTest", "oyo", "saeco"],
)
def test_invoices_hold_their_values(reader, shared_data: DataSet, stem):
    folder = shared_data("invoices_pdf")
    (truth,) = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
    document = reader.read((folder / f"{stem}.pdf").read_bytes(), name=f"{stem}.pdf")
    text = document.text.replace(" ", "")
    if "amount" in truth:
        amount = f"{float(truth['amount']):.2f}"
        shapes = (amount, amount.replace(".", ","), amount.removesuffix(".00"))
        assert any(shape in text for shape in shapes), amount
    assert str(truth["invoice_number"]).replace(" ", "").lstrip("#") in text
    year = str(truth["date"])[:4]
    assert year in text
    for page in document.pages:
        assert page.lines
        for line in page.lines:
            assert 0 <= line.box.x0 < line.box.x1 <= page.width + 1
            assert -1 <= line.box.y0 < line.box.y1 <= page.height + 1
            assert " ".join(word.text for word in line.words) == line.text
