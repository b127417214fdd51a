"""The layouts of invoices: sixteen looks, each of a head, details, a table, totals and a foot."""

from collections.abc import Mapping

from surehand.demo.accounts import grouped
from surehand.demo.details import details
from surehand.demo.draft import Draft, Look
from surehand.demo.heads import foot, head
from surehand.demo.invoices import Bill, Paperwork
from surehand.demo.paper import LETTER, Sheet, pdf
from surehand.demo.tables import table, totals

LAYOUTS: Mapping[str, Look] = {
    "harbour": Look("left", "plain", "beside", "ruled", "right", "row", "sans", "#14506e", "#e8f0f4", "peaks",
                    titled=True),
    "atelier": Look("grand", "labelled", "twin", "bare", "left", "bare", "sans", "#b4532a", "#f7efe9", "leaf",
                    columns="dqa", account="box"),
    "crest": Look("centre", "labelled", "strip", "ruled", "boxes", "row", "serif", "#5a2a3c", "#f4ecef", "rings",
                  titled=True, columns="qdpa"),
    "banner": Look("band", "plain", "cells", "zebra", "band", "row", "sans", "#1f6b4f", "#eaf4ef", "hexagon"),
    "swiss": Look("grand", "plain", "list", "bare", "right", "row", "sans", "#c2202c", "#f6f6f6", "squares",
                  columns="ndqpa", account="foot", numbered=True),
    "din": Look("window", "plain", "sentence", "ruled", "right", "columns", "sans", "#27405f", "#edf0f5", "hexagon",
                columns="ndqpa", account="foot", left=71),
    "foundry": Look("left", "plain", "list", "zebra", "table", "columns", "round", "#54483a", "#f3f0eb", "bars",
                    columns="nqdpa", titled=True, numbered=True, account="foot"),
    "werk": Look("window", "plain", "sentence", "grid", "table", "columns", "serif", "#333333", "#eeeeee", "bars",
                 account="foot", left=71, numbered=True),
    "facture": Look("right", "opposite", "twin", "grid", "table", "row", "sans", "#20477a", "#e9eef6", "squares",
                    titled=True, account="box"),
    "spine": Look("spine", "labelled", "list", "bare", "right", "bare", "round", "#3a3f8f", "#eceefa", "rings",
                  left=166, right=40, columns="dqa"),
    "polder": Look("right", "plain", "list", "zebra", "band", "bare", "sans", "#e07b00", "#fdf3e5", "leaf",
                   titled=True),
    "kvadrat": Look("split", "labelled", "strip", "bare", "left", "columns", "round", "#0c7c86", "#e6f4f5", "none",
                    account="box"),
    "ledger": Look("typed", "labelled", "list", "dashes", "leaders", "bare", "mono", "#1a1a1a", "#f2f2f2", "none",
                   columns="qdpa", numbered=True),
    "ticket": Look("split", "labelled", "beside", "grid", "right", "row", "sans", "#444c56", "#eef0f2", "none",
                   columns="qdpa", size=LETTER, numbered=True),
    "faktura": Look("left", "both", "cells", "grid", "table", "row", "round", "#7a1f2b", "#f2ebec", "bars",
                    columns="ndqpa", titled=True, account="box", numbered=True),
}  # fmt: skip


def drawn(bill: Bill) -> list[Sheet]:
    """The sheets of an invoice in its supplier's layout."""
    draft = Draft(bill, LAYOUTS[bill.supplier.profile.layout])
    draft.turn()
    head(draft)
    details(draft)
    table(draft)
    totals(draft)
    _payment(draft)
    for page, sheet in enumerate(draft.sheets, 1):
        foot(draft, sheet, page, len(draft.sheets))
    if bill.stamp:
        _stamp(draft)
    return draft.sheets


def printed(paperwork: Paperwork) -> bytes:
    """The invoice as a PDF with a text layer. About 5 ms."""
    profile = paperwork.bill.supplier.profile
    return pdf(drawn(paperwork.bill), title=f"Invoice {paperwork.bill.number}", author=profile.name)


def _payment(draft: Draft) -> None:
    """Terms, thanks and the account, in the space that the totals left."""
    sheet, words = draft.sheet, draft.words
    y = draft.y + 14
    draft.write(sheet, draft.left, y, words.pay.format(draft.profile.terms), size=8.5)
    if draft.look.account == "foot" and draft.look.foot != "bare":
        draft.write(sheet, draft.left, y + 13, words.thanks, size=8.5)
        return
    shown = f"IBAN {grouped(draft.bill.account)}"
    if "iban" in draft.profile.hides:
        shown = f"Routing 000000417  Account 00{draft.bill.customer}417"
    if draft.look.account == "box":
        sheet.block(draft.left, y + 9, 250, 33, colour=draft.look.tint)
        draft.write(sheet, draft.left + 8, y + 22, f"{words.bank}: {draft.bank}", size=8)
        draft.write(sheet, draft.left + 8, y + 35, shown, size=8.5, bold=True)
    else:
        draft.write(sheet, draft.left, y + 13, f"{draft.bank}, {shown}", size=8.5)
    draft.write(sheet, draft.left, y + 58, words.thanks, size=8.5)


def _stamp(draft: Draft) -> None:
    """The buyer's rubber stamp, a little askew, over whatever stands there."""
    assert draft.bill.stamp is not None
    sheet = draft.sheets[0]
    x, y = draft.right - 190 - draft.bill.stamp.day * 3, 236.0 + int(draft.bill.customer) % 60
    text = f"RECEIVED {draft.bill.stamp:%d} {('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC').split()[draft.bill.stamp.month - 1]}"
    sheet.text(x, y, text, font="mono", bold=True, size=15, colour="#3d4f9e", tilt=6)
