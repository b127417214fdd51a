"""Who it is for, and the details of an invoice: labels with their values, in seven arrangements."""

# ruff: noqa: ARG001  every arrangement takes the same arguments

from collections.abc import Callable, Mapping

from surehand.demo.company import BUYER
from surehand.demo.printing.draft import Draft

_GREY = "#6b6b6b"


def details(draft: Draft) -> None:
    """The buyer's address and the details; leaves `draft.y` where the table may begin."""
    top = draft.y
    bottom = _BUYERS[draft.look.buyer](draft, top)
    draft.y = _DETAILS[draft.look.details](draft, top, bottom)


def _plain(draft: Draft, top: float) -> float:
    return _address(draft, draft.left, top)


def _labelled(draft: Draft, top: float) -> float:
    draft.write(draft.sheet, draft.left, top, draft.words.buyer, size=7.5, colour=_GREY)
    return _address(draft, draft.left, top + 13)


def _opposite(draft: Draft, top: float) -> float:
    """At the right half, as French letters have it."""
    return _address(draft, (draft.left + draft.right) / 2 + 30, top + 12)


def _both(draft: Draft, top: float) -> float:
    """Seller and buyer side by side in boxes."""
    middle = (draft.left + draft.right) / 2
    seller = [draft.profile.name, *draft.profile.address, draft.tax_line]
    buyer = [BUYER[0], *BUYER[2:], "VAT IE0000777HM"]
    boxes = ((draft.left, draft.words.seller, seller), (middle + 4, draft.words.buyer, buyer))
    for x, label, texts in boxes:
        width = middle - draft.left - 4
        draft.sheet.block(x, top, width, 15, colour=draft.look.tint)
        draft.sheet.block(x, top, width, 84, colour="#1a1a1a", outline=0.6)
        draft.write(draft.sheet, x + 6, top + 11, label, size=8)
        for row, text in enumerate(texts):
            draft.write(draft.sheet, x + 6, top + 27 + row * 12, text, size=8.5, bold=row == 0)
    return top + 100


def _address(draft: Draft, x: float, top: float) -> float:
    for row, text in enumerate(BUYER):
        draft.write(draft.sheet, x, top + row * 12.5, text, size=9.5, bold=row == 0)
    return top + len(BUYER) * 12.5 + 12


_BUYERS: Mapping[str, Callable[[Draft, float], float]] = {
    "plain": _plain,
    "labelled": _labelled,
    "opposite": _opposite,
    "both": _both,
}


def _title(draft: Draft, y: float) -> float:
    if not draft.look.titled:
        return y
    draft.write(
        draft.sheet, draft.left, y + 12, draft.words.title, bold=True, size=16, colour=draft.look.colour
    )
    return y + 32


def _beside(draft: Draft, top: float, bottom: float) -> float:
    """A block at the right of the address: labels left, values right."""
    x = draft.right - 205
    for row, (label, value) in enumerate(draft.pairs):
        draft.write(draft.sheet, x, top + row * 14, label, size=8.5, colour=_GREY)
        draft.write(draft.sheet, draft.right, top + row * 14, value, size=9, align="right", bold=row == 0)
    return _title(draft, max(bottom, top + len(draft.pairs) * 14 + 10))


def _list(draft: Draft, top: float, bottom: float) -> float:
    """Rows at the left under the address: label, colon, value."""
    y = _title(draft, bottom)
    for label, value in draft.pairs:
        draft.write(draft.sheet, draft.left, y + 4, f"{label}: {value}", size=9)
        y += 13.5
    return y + 12


def _tabbed(draft: Draft, top: float, bottom: float) -> float:
    """The same in two columns."""
    y = _title(draft, bottom)
    for label, value in draft.pairs:
        draft.write(draft.sheet, draft.left, y + 4, label, size=8.5, colour=_GREY)
        draft.write(draft.sheet, draft.left + 112, y + 4, value, size=9, bold=value == draft.bill.number)
        y += 14
    return y + 14


def _strip(draft: Draft, top: float, bottom: float) -> float:
    """Labels in a row over their values, between two rules."""
    y = _title(draft, bottom + 4)
    pairs = draft.pairs
    draft.sheet.rule(draft.left, y, draft.right, y, width=0.5, colour=draft.look.colour)
    x = draft.left
    for (label, value), width in zip(pairs, _widths(draft, pairs), strict=True):
        draft.write(draft.sheet, x, y + 12, label, size=7, colour=_GREY)
        draft.write(draft.sheet, x, y + 25, value, size=9, bold=value == draft.bill.number)
        x += width
    draft.sheet.rule(draft.left, y + 32, draft.right, y + 32, width=0.5, colour=draft.look.colour)
    return y + 52


def _cells(draft: Draft, top: float, bottom: float) -> float:
    """The same in boxes."""
    y = _title(draft, bottom + 2)
    pairs = draft.pairs
    x = draft.left
    for (label, value), width in zip(pairs, _widths(draft, pairs), strict=True):
        draft.sheet.block(x, y, width, 13, colour=draft.look.tint)
        draft.sheet.block(x, y, width, 31, colour="#8a8a8a", outline=0.5)
        draft.write(draft.sheet, x + 4, y + 9.5, label, size=6.6, colour="#3a3a3a")
        draft.write(draft.sheet, x + 4, y + 25, value, size=8.6)
        x += width
    return y + 48


def _widths(draft: Draft, pairs: list[tuple[str, str]]) -> list[float]:
    """Of columns that fill the row, in the ratio of what stands in them."""
    wanted = [
        max(draft.width_of(label, size=7), draft.width_of(value, size=9, bold=True)) + 12
        for label, value in pairs
    ]
    scale = (draft.right - draft.left) / sum(wanted)
    return [width * scale for width in wanted]


def _twin(draft: Draft, top: float, bottom: float) -> float:
    """Two columns of labels and values under the address."""
    y = _title(draft, bottom + 6)
    middle = (draft.left + draft.right) / 2
    half = (len(draft.pairs) + 1) // 2
    for at, (label, value) in enumerate(draft.pairs):
        x = draft.left if at < half else middle + 10
        row = y + (at % half) * 14 + 4
        draft.write(draft.sheet, x, row, label, size=8.5, bold=True)
        draft.write(draft.sheet, x + 104, row, value, size=9)
    return y + half * 14 + 16


def _sentence(draft: Draft, top: float, bottom: float) -> float:
    """The number in the title, the rest in an information block with labels over values."""
    (label, number), *pairs = draft.pairs
    x = draft.right - 150
    draft.sheet.rule(
        x - 10, top - 24, x - 10, top + len(pairs) * 23 - 30, width=0.4, colour=draft.look.colour
    )
    y = top - 16
    for name, value in pairs:
        draft.write(draft.sheet, x, y, name, size=6.8, colour=_GREY)
        draft.write(draft.sheet, x, y + 10.5, value, size=9)
        y += 23
    y = max(bottom, y) + 22
    draft.write(draft.sheet, draft.left, y, f"{label} {number}", bold=True, size=13)
    return y + 22


_DETAILS: Mapping[str, Callable[[Draft, float, float], float]] = {
    "beside": _beside,
    "list": _list,
    "tabbed": _tabbed,
    "strip": _strip,
    "cells": _cells,
    "twin": _twin,
    "sentence": _sentence,
}
