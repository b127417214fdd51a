"""The layouts of invoices: fifteen looks, each of a head, details, a table, totals and a foot."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from surehand.demo.invoices import Bill, Paperwork
from surehand.demo.printing.details import details
from surehand.demo.printing.draft import Draft, Look
from surehand.demo.printing.heads import foot, head
from surehand.demo.printing.paper import LETTER, Sheet, pdf, text_width
from surehand.demo.printing.tables import table, totals
from surehand.demo.suppliers import Profile

_INK = "#4657a6"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_MARKS = ("rings", "peaks", "bars", "hexagon", "squares", "leaf")
_COLOURS = (
    ("#14506e", "#e8f0f4"),
    ("#b4532a", "#f7efe9"),
    ("#5a2a3c", "#f4ecef"),
    ("#1f6b4f", "#eaf4ef"),
    ("#b3202b", "#f8ecec"),
    ("#27405f", "#edf0f5"),
    ("#54483a", "#f3f0eb"),
    ("#3a3f8f", "#eceefa"),
    ("#0c7078", "#e6f4f5"),
    ("#444c56", "#eef0f2"),
    ("#6b4a8c", "#f2edf7"),
)

LAYOUTS: Mapping[str, Look] = {
    "harbour": Look("left", "plain", "beside", "ruled", "right", "row", "sans",
                    titled=True),
    "atelier": Look("grand", "labelled", "twin", "bare", "left", "bare", "sans",
                    columns="dqa", account="box"),
    "crest": Look("centre", "labelled", "strip", "ruled", "boxes", "row", "serif",
                  titled=True, columns="qdpa"),
    "banner": Look("band", "plain", "cells", "zebra", "band", "row", "sans"),
    "swiss": Look("grand", "plain", "tabbed", "heavy", "right", "row", "sans",
                  columns="ndqpa", account="foot", numbered=True),
    "din": Look("window", "plain", "sentence", "ruled", "right", "columns", "sans",
                columns="ndqpa", account="foot", left=71),
    "foundry": Look("left", "plain", "tabbed", "zebra", "table", "columns", "round",
                    columns="nqdpa", titled=True, numbered=True, account="foot"),
    "werk": Look("window", "plain", "sentence", "grid", "table", "columns", "serif",
                 account="foot", left=71, numbered=True),
    "facture": Look("block", "opposite", "twin", "grid", "table", "row", "sans",
                    titled=True, account="box"),
    "spine": Look("spine", "labelled", "list", "bare", "right", "bare", "round",
                  left=166, right=40, columns="dqa"),
    "polder": Look("right", "plain", "list", "zebra", "band", "bare", "sans",
                   titled=True),
    "kvadrat": Look("split", "labelled", "strip", "bare", "left", "columns", "round", marked=False,
                    account="box"),
    "ledger": Look("typed", "labelled", "list", "dashes", "leaders", "bare", "mono", marked=False,
                   columns="qdpa", numbered=True),
    "ticket": Look("split", "labelled", "beside", "grid", "right", "row", "sans", marked=False,
                   columns="qdpa", size=LETTER, numbered=True),
    "faktura": Look("left", "both", "cells", "grid", "table", "row", "round",
                    columns="ndqpa", titled=True, account="box", numbered=True),
}  # fmt: skip


def drawn(bill: Bill) -> list[Sheet]:
    """The sheets of an invoice in its supplier's layout."""
    draft = Draft(bill, _branded(bill.supplier.profile))
    draft.turn()
    head(draft)
    details(draft)
    table(draft)
    totals(draft)
    _payment(draft)
    for page, sheet in enumerate(draft.sheets, 1):
        foot(draft, sheet, page, len(draft.sheets))
    if bill.stamp:
        _stamp(draft, bill.stamp)
    return draft.sheets


def _branded(profile: Profile) -> Look:
    """Its layout in its own colours and with its own logo: two suppliers of one layout are two firms."""
    look = LAYOUTS[profile.layout]
    turn = sum(at * ord(char) for at, char in enumerate(profile.name))
    colour, tint = _COLOURS[turn % len(_COLOURS)]
    mark = _MARKS[turn // 7 % len(_MARKS)] if look.marked else "none"
    return replace(look, colour=colour, tint=tint, mark=mark)


def printed(paperwork: Paperwork) -> bytes:
    """The invoice as a PDF with a text layer. About 5 ms."""
    profile = paperwork.bill.supplier.profile
    return pdf(drawn(paperwork.bill), title=f"Invoice {paperwork.bill.number}", author=profile.name)


def _payment(draft: Draft) -> None:
    """Terms, thanks and the account, in the space that the totals left; small print above the foot."""
    sheet, words = draft.sheet, draft.words
    y = draft.y + 14
    draft.write(sheet, draft.left, y, words.pay.format(draft.profile.terms), size=8.5)
    if draft.look.account == "box":
        sheet.block(draft.left, y + 9, 250, 33, colour=draft.look.tint)
        draft.write(sheet, draft.left + 8, y + 22, f"{words.bank}: {draft.bank}", size=8)
        draft.write(sheet, draft.left + 8, y + 35, draft.paid_by, size=8.5, bold=True)
        y += 45
    elif draft.look.account == "line":
        draft.write(sheet, draft.left, y + 13, f"{draft.bank}, {draft.paid_by}", size=8.5)
        y += 13
    draft.write(sheet, draft.left, y + 15, words.thanks, size=8.5)
    if draft.look.foot != "bare":
        draft.write(sheet, draft.left, sheet.height - 98, words.clause, size=6.5, colour="#6b6b6b")


def _stamp(draft: Draft, day: date) -> None:
    """The buyer's rubber stamp, a little askew, over whatever stands there."""
    sheet = draft.sheets[0]
    turn = int(draft.bill.customer)
    tilt = 4 + turn % 7 if turn % 3 else -3.0 - turn % 5
    listed = draft.look.details in ("list", "tabbed")
    x = draft.left + 95 + turn % 60 if listed else draft.right - 235 + turn % 70
    y = 196.0 + turn % 80
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))

    def at(along: float, down: float) -> tuple[float, float]:
        return x + along * cos + down * sin, y - along * sin + down * cos

    for inset, width in ((0.0, 1.8), (3.0, 0.6)):
        corners = ((inset, inset), (150 - inset, inset), (150 - inset, 46 - inset), (inset, 46 - inset))
        sheet.area([at(*corner) for corner in corners], colour=_INK, outline=width)
    text = f"RECEIVED {day:%d} {_MONTHS[day.month - 1]}"
    for row, (words, size) in enumerate(((text, 14.0), ("HALDEN & MOOR  ACCOUNTS PAYABLE", 6.4))):
        inside = (150 - text_width(words, font="mono", bold=True, size=size)) / 2
        where = at(inside, 22.0 + row * 14)
        sheet.text(*where, words, font="mono", bold=True, size=size, colour=_INK, tilt=tilt)
