"""The top and the foot of a page: logo marks, letterheads, footers with registration and bank."""

import math
from collections.abc import Callable, Mapping

from surehand.demo.printing.draft import Draft
from surehand.demo.printing.paper import Sheet

_GREY = "#6b6b6b"


def head(draft: Draft) -> None:
    """The letterhead of a first page; leaves `draft.y` below it."""
    _HEADS[draft.look.head](draft)


def following_head(draft: Draft) -> None:
    """The top of a page that goes on from the one before; leaves `draft.y` below it."""
    if draft.look.head == "spine":
        _column(draft)
    draft.write(draft.sheet, draft.left, 56, draft.profile.name, bold=True, size=9)
    number = f"{draft.words.number} {draft.bill.number}"
    draft.write(draft.sheet, draft.right, 56, number, size=8.5, align="right")
    carried = draft.words.carried.format(len(draft.sheets) - 1)
    draft.write(draft.sheet, draft.left, 69, carried, size=7.5, colour=_GREY)
    draft.y = 92


def foot(draft: Draft, sheet: Sheet, page: int, pages: int) -> None:
    """The foot of any page."""
    _FEET[draft.look.foot](draft, sheet)
    if pages > 1 or draft.look.numbered:
        text = draft.words.page.format(page, pages)
        draft.write(sheet, draft.right, sheet.height - 22, text, size=7, colour=_GREY, align="right")


def mark(sheet: Sheet, name: str, x: float, y: float, size: float, colour: str) -> None:
    """A simple logo in a square of that size from its top left corner."""
    _MARKS[name](sheet, x, y, size, colour)


def _rings(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    for share in (0.5, 0.32, 0.14):
        sheet.disc(x + size / 2, y + size / 2, size * share * 0.94, colour=colour, outline=size * 0.06)


def _peaks(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    sheet.area([(x, y + size), (x + size * 0.42, y + size * 0.1), (x + size * 0.84, y + size)], colour=colour)
    sheet.area(
        [(x + size * 0.5, y + size), (x + size * 0.78, y + size * 0.42), (x + size * 1.06, y + size)],
        colour="#9aa3ab",
    )


def _bars(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    for at, tall in enumerate((0.45, 0.75, 1.0, 0.6)):
        sheet.block(x + at * size * 0.26, y + size * (1 - tall), size * 0.18, size * tall, colour=colour)


def _hexagon(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    def corners(radius: float) -> list[tuple[float, float]]:
        return [
            (
                x + size / 2 + radius * math.sin(turn * math.pi / 3),
                y + size / 2 + radius * math.cos(turn * math.pi / 3),
            )
            for turn in range(6)
        ]

    sheet.area(corners(size / 2), colour=colour)
    sheet.area(corners(size * 0.3), colour="#ffffff")
    sheet.area(corners(size * 0.16), colour=colour)


def _squares(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    sheet.block(x, y, size * 0.62, size * 0.62, colour=colour)
    sheet.block(x + size * 0.38, y + size * 0.38, size * 0.62, size * 0.62, colour="#c9ced3")
    sheet.block(x + size * 0.38, y + size * 0.38, size * 0.24, size * 0.24, colour="#ffffff")


def _leaf(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    curve = [(math.sin(step / 12 * math.pi) * 0.34, step / 12) for step in range(13)]
    right = [(x + size * (0.5 + out), y + size * down) for out, down in curve]
    left = [(x + size * (0.5 - out), y + size * down) for out, down in reversed(curve)]
    sheet.area([*right, *left], colour=colour)
    sheet.rule(x + size * 0.5, y + size * 0.2, x + size * 0.5, y + size * 1.12, colour="#ffffff", width=1.1)


def _none(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """Some have no logo."""


_MARKS: Mapping[str, Callable[[Sheet, float, float, float, str], None]] = {
    "rings": _rings,
    "peaks": _peaks,
    "bars": _bars,
    "hexagon": _hexagon,
    "squares": _squares,
    "leaf": _leaf,
    "none": _none,
}


def _contact(draft: Draft) -> list[str]:
    profile = draft.profile
    return [*profile.address, profile.phone, profile.web]


def _left(draft: Draft) -> None:
    """Logo and name left, address small at the right edge."""
    sheet = draft.sheet
    mark(sheet, draft.look.mark, draft.left, 46, 34, draft.look.colour)
    draft.write(sheet, draft.left + 46, 64, draft.profile.name, bold=True, size=14)
    draft.write(sheet, draft.left + 46, 77, draft.profile.web, size=8, colour=_GREY)
    for row, text in enumerate(_contact(draft)[:-1]):
        draft.write(sheet, draft.right, 54 + row * 11, text, size=8, colour=_GREY, align="right")
    sheet.rule(draft.left, 112, draft.right, 112, width=1.2, colour=draft.look.colour)
    draft.y = 142


def _right(draft: Draft) -> None:
    """Everything of the sender in a block at the right edge."""
    sheet = draft.sheet
    mark(sheet, draft.look.mark, draft.right - 38, 38, 36, draft.look.colour)
    draft.write(sheet, draft.right, 92, draft.profile.name, bold=True, size=12, align="right")
    for row, text in enumerate([*_contact(draft), draft.tax_line]):
        draft.write(sheet, draft.right, 106 + row * 11.5, text, size=8, align="right")
    draft.y = 92


def _block(draft: Draft) -> None:
    """The sender as a block at the left edge, under its logo."""
    sheet = draft.sheet
    mark(sheet, draft.look.mark, draft.left, 40, 36, draft.look.colour)
    draft.write(sheet, draft.left, 95, draft.profile.name, bold=True, size=12)
    for row, text in enumerate([*_contact(draft), draft.tax_line]):
        draft.write(sheet, draft.left, 109 + row * 11.5, text, size=8)
    draft.y = 128


def _centre(draft: Draft) -> None:
    """The name in the middle, the address in one row below."""
    sheet = draft.sheet
    middle = (draft.left + draft.right) / 2
    mark(sheet, draft.look.mark, middle - 15, 34, 30, draft.look.colour)
    draft.write(sheet, middle, 86, draft.profile.name, bold=True, size=17, align="centre")
    draft.write(sheet, middle, 101, ", ".join(draft.profile.address), size=8.5, align="centre")
    draft.write(sheet, middle, 113, f"{draft.profile.phone}   {draft.profile.web}", size=8.5, align="centre")
    sheet.rule(draft.left, 124, draft.right, 124, width=0.5)
    sheet.rule(draft.left, 126.5, draft.right, 126.5, width=1.4)
    draft.y = 152


def _band(draft: Draft) -> None:
    """A coloured band across the page with the name in white."""
    sheet = draft.sheet
    sheet.block(0, 0, sheet.width, 86, colour=draft.look.colour)
    mark(sheet, draft.look.mark, draft.left, 26, 34, "#ffffff")
    draft.write(sheet, draft.left + 48, 49, draft.profile.name, bold=True, size=15.5, colour="#ffffff")
    for row, text in enumerate(_contact(draft)):
        draft.write(sheet, draft.right, 24 + row * 11, text, size=7.5, colour="#ffffff", align="right")
    draft.write(
        sheet, draft.left, 126, draft.words.title.upper(), bold=True, size=20, colour=draft.look.colour
    )
    draft.y = 150


def _spine(draft: Draft) -> None:
    """A tinted column at the left edge with all about the sender."""
    sheet = draft.sheet
    _column(draft)
    mark(sheet, draft.look.mark, 24, 44, 46, draft.look.colour)
    y = 122.0
    for text in draft.wrapped(draft.profile.name, 104, bold=True, size=11):
        draft.write(sheet, 24, y, text, bold=True, size=11)
        y += 14
    y += 8
    for text in [*_contact(draft), "", *draft.wrapped(draft.tax_line, 104, size=7.5)]:
        draft.write(sheet, 24, y, text, size=7.5)
        y += 12
    draft.y = 64
    draft.write(sheet, draft.left, draft.y, draft.words.title, size=22, colour=draft.look.colour)
    draft.y = 96


def _column(draft: Draft) -> None:
    draft.sheet.block(0, 0, 138, draft.sheet.height, colour=draft.look.tint)
    draft.sheet.block(138, 0, 2.5, draft.sheet.height, colour=draft.look.colour)


def _split(draft: Draft) -> None:
    """The name left, the word for invoice right, both large."""
    sheet = draft.sheet
    draft.write(sheet, draft.left, 62, draft.profile.name, bold=True, size=13)
    draft.write(
        sheet, draft.right, 64, draft.words.title.upper(), size=21, colour=draft.look.colour, align="right"
    )
    draft.write(sheet, draft.left, 76, ", ".join(draft.profile.address), size=8, colour=_GREY)
    draft.write(sheet, draft.left, 87, f"{draft.profile.phone}, {draft.profile.web}", size=8, colour=_GREY)
    sheet.block(draft.left, 98, 46, 4, colour=draft.look.colour)
    draft.y = 132


def _window(draft: Draft) -> None:
    """A letter for a window envelope: the sender in one small row above the address."""
    sheet = draft.sheet
    name_width = draft.width_of(draft.profile.name, bold=True, size=13)
    mark(sheet, draft.look.mark, draft.right - name_width - 44, 40, 32, draft.look.colour)
    draft.write(
        sheet,
        draft.right,
        61,
        draft.profile.name,
        bold=True,
        size=13,
        align="right",
        colour=draft.look.colour,
    )
    row = ", ".join([draft.profile.name, *draft.profile.address[:2]])
    draft.write(sheet, draft.left, 128, row, size=6.5, colour=_GREY)
    sheet.rule(draft.left, 131, draft.left + 228, 131, width=0.3, colour=_GREY)
    for mark_y in (297.0, 420.0):
        sheet.rule(14, mark_y, 24, mark_y, width=0.4, colour=_GREY)
    draft.y = 147


def _typed(draft: Draft) -> None:
    """What an old program prints: no logo, one size of type."""
    sheet = draft.sheet
    for row, text in enumerate([draft.profile.name.upper(), *_contact(draft)]):
        draft.write(sheet, draft.left, 56 + row * 12, text, size=9.5, bold=row == 0)
    draft.write(sheet, draft.right, 56, draft.words.title.upper(), size=9.5, bold=True, align="right")
    draft.y = 56 + (len(_contact(draft)) + 2) * 12


def _grand(draft: Draft) -> None:
    """One very large word, and much white."""
    sheet = draft.sheet
    draft.write(sheet, draft.left, 78, draft.words.title, bold=True, size=34)
    mark(sheet, draft.look.mark, draft.right - 30, 50, 30, draft.look.colour)
    draft.write(sheet, draft.left, 100, draft.profile.name, bold=True, size=10, colour=draft.look.colour)
    draft.write(sheet, draft.left, 112, ", ".join(draft.profile.address), size=8)
    draft.y = 146


_HEADS: Mapping[str, Callable[[Draft], None]] = {
    "left": _left,
    "right": _right,
    "block": _block,
    "centre": _centre,
    "band": _band,
    "spine": _spine,
    "split": _split,
    "window": _window,
    "typed": _typed,
    "grand": _grand,
}


def _row(draft: Draft, sheet: Sheet) -> None:
    """Registration and bank in one or two centred rows under a rule."""
    middle = (draft.left + draft.right) / 2
    sheet.rule(draft.left, sheet.height - 58, draft.right, sheet.height - 58, width=0.4, colour=_GREY)
    draft.write(sheet, middle, sheet.height - 46, draft.register_line, size=7, colour=_GREY, align="centre")
    draft.write(sheet, middle, sheet.height - 36, draft.bank_line, size=7, colour=_GREY, align="centre")


def _columns(draft: Draft, sheet: Sheet) -> None:
    """Three columns: address, registration, bank."""
    top = sheet.height - 78
    sheet.rule(draft.left, top - 10, draft.right, top - 10, width=0.5, colour=draft.look.colour)
    columns = (
        [draft.profile.name, *draft.profile.address],
        [draft.tax_line, draft.register, draft.profile.web, draft.profile.phone],
        [draft.words.bank, draft.bank, draft.paid_by],
    )
    step = (draft.right - draft.left) / 2.9
    for at, texts in enumerate(columns):
        for row, text in enumerate(texts):
            draft.write(sheet, draft.left + at * step, top + row * 9.5, text, size=6.8, colour=_GREY)


def _bare(draft: Draft, sheet: Sheet) -> None:
    """One row at the left."""
    draft.write(sheet, draft.left, sheet.height - 34, draft.register_line, size=7, colour=_GREY)


_FEET: Mapping[str, Callable[[Draft, Sheet], None]] = {"row": _row, "columns": _columns, "bare": _bare}
