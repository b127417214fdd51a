"""What is drawn: the truth is printed, nothing is clipped, the text layer is what the engine says."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from surehand.core.documents import Document
from surehand.demo.invoices import Paperwork, invoices
from surehand.demo.printing import paper
from surehand.demo.printing.layer import document, lines, text_layer
from surehand.demo.printing.layouts import LAYOUTS, drawn, printed
from surehand.demo.printing.paper import Run, Sheet, pdf
from surehand.demo.printing.rolls import printed_roll, rolled
from surehand.demo.printing.wording import date_text, number_text, sum_text
from surehand.demo.receipts import receipts
from surehand.errors import SettingsInvalid

MADE = invoices(260, 11)


def text_of(content: bytes) -> str:
    file = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in file)


def one_of_each_supplier() -> list[Paperwork]:
    return list({one.bill.supplier.profile.name: one for one in MADE}.values())


@pytest.mark.parametrize(
    ("value", "marks", "text"),
    [("1234.5", "en", "1,234.50"), ("1234.56", "de", "1.234,56"), ("1234567.8", "fr", "1 234 567,80"),
     ("1234.56", "ch", "1'234.56"), ("0.4", "de", "0,40"), ("1234", "bare", "1234.00")],
)  # fmt: skip
def test_numbers(value: str, marks: str, text: str) -> None:
    assert number_text(Decimal(value), marks) == text


@pytest.mark.parametrize(
    ("manner", "text"),
    [("code number", "EUR 1,234.50"), ("number code", "1,234.50 EUR"), ("signnumber", "€1,234.50"),
     ("sign number", "€ 1,234.50"), ("number sign", "1,234.50 €"), ("number", "1,234.50")],
)  # fmt: skip
def test_sums(manner: str, text: str) -> None:
    assert sum_text(Decimal("1234.5"), "EUR", "en", manner) == text


@pytest.mark.parametrize(
    ("manner", "language", "text"),
    [("d mon yyyy", "en", "7 Nov 2026"), ("dd.mm.yyyy", "de", "07.11.2026"),
     ("yyyy-mm-dd", "pl", "2026-11-07"), ("mm/dd/yyyy", "en", "11/07/2026"),
     ("dd/mm/yy", "en", "07/11/26"), ("d month yyyy", "fr", "7 novembre 2026"),
     ("mon d, yyyy", "en", "Nov 7, 2026"), ("d. month yyyy", "de", "7. November 2026")],
)  # fmt: skip
def test_dates(manner: str, language: str, text: str) -> None:
    assert date_text(date(2026, 11, 7), manner, language) == text


def test_the_same_paperwork_gives_the_same_bytes() -> None:
    digests = [hashlib.sha256(printed(one)).hexdigest() for one in MADE[:20]]
    assert digests == [hashlib.sha256(printed(one)).hexdigest() for one in invoices(260, 11)[:20]]
    assert len(set(digests)) == 20


@pytest.mark.parametrize("one", one_of_each_supplier(), ids=lambda one: one.bill.supplier.profile.name)
def test_every_truth_is_printed_as_the_supplier_writes_it(one: Paperwork) -> None:
    profile, bill = one.bill.supplier.profile, one.bill
    text = " ".join(text_of(printed(one)).split())
    forms: dict[str, Any] = {
        "supplier": profile.name,
        "number": bill.number,
        "date": date_text(bill.day, profile.dates, profile.language),
        "due_date": date_text(bill.due, profile.dates, profile.language),
        "po_number": bill.order,
        "net": number_text(bill.net, profile.marks),
        "tax": number_text(bill.tax, profile.marks),
        "total": sum_text(bill.total, profile.currency, profile.marks, profile.manner),
        "iban": one.truth["iban"] or bill.account,
    }
    for field, form in forms.items():
        if one.truth[field] is None:
            assert form is None or form not in text, field
        else:
            assert form in text, field
    for item in bill.items:
        assert item.description.split()[0] in text
        assert number_text(item.amount, profile.marks) in text


def test_every_layout_is_drawn_within_its_sheet() -> None:
    assert {one.bill.supplier.profile.layout for one in MADE} == set(LAYOUTS)
    assert len(LAYOUTS) >= 12
    for one in MADE:
        for sheet in drawn(one.bill):
            for item in sheet.items:
                if isinstance(item, Run):
                    left, top, right, bottom = item.box
                    assert left >= 18, item.text
                    assert right <= sheet.width - 18, item.text
                    assert top >= 12, item.text
                    assert bottom <= sheet.height - 14, item.text


def test_no_text_lies_on_another_but_the_stamp() -> None:
    for one in MADE:
        for sheet in drawn(one.bill):
            runs = [item for item in sheet.items if isinstance(item, Run) and not item.tilt]
            for at, run in enumerate(runs):
                for other in runs[at + 1 :]:
                    assert not _overlap(run, other), (one.bill.supplier.profile.name, run.text, other.text)


def _overlap(run: Run, other: Run) -> bool:
    (a0, b0, a1, b1), (c0, d0, c1, d1) = run.box, other.box
    return min(a1, c1) - max(a0, c0) > 0.5 and min(b1, d1) - max(b0, d0) > 1.5


def test_all_letters_are_in_the_fonts() -> None:
    for one in MADE:
        for sheet in drawn(one.bill):
            for item in sheet.items:
                if isinstance(item, Run):
                    item.text.encode("cp1252")


def test_long_invoices_take_several_pages_and_number_them() -> None:
    long = [one for one in MADE if len(one.bill.items) > 20]
    assert long
    pages = {one.key: len(drawn(one.bill)) for one in long}
    assert max(pages.values()) >= 2
    for one in long:
        total = pages[one.key]
        if total > 1:
            assert drawn(one.bill)[0] != drawn(one.bill)[1]
            texts = [item.text for item in drawn(one.bill)[-1].items if isinstance(item, Run)]
            assert any(f"{total}" in text.split() and len(text.split()) == 4 for text in texts)


@pytest.mark.parametrize("one", one_of_each_supplier(), ids=lambda one: one.bill.supplier.profile.name)
def test_the_text_layer_is_what_the_engine_says(one: Paperwork) -> None:
    made = document(drawn(one.bill))
    Document.model_validate(made)
    file = pypdfium2.PdfDocument(printed(one))
    assert len(file) == len(made["pages"])
    for page, expected in zip(file, made["pages"], strict=True):
        found = text_layer(page)
        assert [line["text"] for line in found] == [line["text"] for line in expected["lines"]]
        for line, wanted in zip(found, expected["lines"], strict=True):
            slack = 2.2 + 0.06 * len(line["text"])  # last letters end before their advance
            assert all(abs(a - b) < slack for a, b in zip(line["box"], wanted["box"], strict=True)), line


def test_lines_are_parted_at_wide_gaps() -> None:
    sheet = Sheet()
    sheet.text(50, 100, "Total")
    sheet.text(50 + 24, 100, "due")
    sheet.text(300, 100.4, "12.00")
    sheet.text(50, 120, "below")
    runs = [(item.text, item.box) for item in sheet.items if isinstance(item, Run)]
    assert [line["text"] for line in lines(runs)] == ["Total due", "12.00", "below"]


def test_receipts_are_printed_on_narrow_paper_with_what_the_till_says() -> None:
    for receipt in receipts(40, seed=2):
        sheet = rolled(receipt)
        assert sheet.width < 230
        text = " ".join(text_of(printed_roll(receipt)).split())
        assert receipt["truth"]["company"] in text
        assert (receipt["truth"]["total"] or "") in text.replace(",", "")
        assert all(item.box[2] <= sheet.width for item in sheet.items if isinstance(item, Run))


def test_without_reportlab_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "find_spec", lambda name: None)
    with pytest.raises(SettingsInvalid, match=r"pip install 'surehand\[demo\]'"):
        Sheet().text(10, 10, "Invoice")
    with pytest.raises(SettingsInvalid, match=r"pip install 'surehand\[demo\]'"):
        pdf([Sheet()], title="", author="")
