"""The table of an invoice over as many pages as it takes, and the block of its totals."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from surehand.demo.company import Item
from surehand.demo.printing.draft import Draft
from surehand.demo.printing.heads import following_head
from surehand.demo.printing.wording import quantity_text

_GREY = "#6b6b6b"
#: Room that the foot and the totals need below the table.
_FOOT, _TOTALS = 104.0, 96.0
_WIDTHS = {"n": 26.0, "q": 52.0, "p": 78.0, "a": 84.0}


def table(draft: Draft) -> None:
    """All lines; turns the page where needed and leaves `draft.y` below the last."""
    _table_head(draft)
    for at, item in enumerate(draft.bill.items):
        rows = draft.wrapped(item.description, _spans(draft)["d"][1] - 8, size=9)
        height = 5.5 + 11 * len(rows)
        if draft.y + height > draft.look.size[1] - _FOOT:
            _table_end(draft)
            _next_page(draft)
        _table_row(draft, at, item, rows, height)
    _table_end(draft)


def totals(draft: Draft) -> None:
    """Net, tax and total, on a new page if they do not fit."""
    if draft.y + _TOTALS > draft.look.size[1] - _FOOT:
        _next_page(draft, bare=True)
    bill, words = draft.bill, draft.words
    rows = [(words.net, bill.net), (draft.tax_name, bill.tax), (words.total, bill.total)]
    _TOTALS_AS[draft.look.totals](draft, rows)


def _next_page(draft: Draft, *, bare: bool = False) -> None:
    draft.turn()
    following_head(draft)
    if not bare:
        _table_head(draft)


def _spans(draft: Draft) -> dict[str, tuple[float, float]]:
    """Column -> its left edge and width."""
    fixed = {name: width for name, width in _WIDTHS.items() if name in draft.look.columns}
    widths = {**fixed, "d": draft.right - draft.left - sum(fixed.values())}
    spans, x = {}, draft.left
    for name in draft.look.columns:
        spans[name] = (x, widths[name])
        x += widths[name]
    return spans


def _cell(
    draft: Draft, column: str, text: str, y: float, *, bold: bool = False, colour: str = "#1a1a1a"
) -> None:
    x, width = _spans(draft)[column]
    size = 8.2 if bold else 9.0
    if column in "pa" or (column == "q" and draft.look.columns[0] != "q"):
        draft.write(draft.sheet, x + width - 5, y, text, size=size, bold=bold, align="right", colour=colour)
    else:
        draft.write(draft.sheet, x + 5, y, text, size=size, bold=bold, colour=colour)


def _table_head(draft: Draft) -> None:
    words, sheet, style = draft.words, draft.sheet, draft.look.table
    if style == "zebra":
        sheet.block(draft.left, draft.y, draft.right - draft.left, 18, colour=draft.look.colour)
    elif style == "grid":
        sheet.block(draft.left, draft.y, draft.right - draft.left, 18, colour=draft.look.tint)
        _grid(draft, draft.y, 18)
    elif style == "heavy":
        sheet.rule(draft.left, draft.y, draft.right, draft.y, width=2.4)
    elif style == "dashes":
        sheet.rule(draft.left, draft.y, draft.right, draft.y, dashed=True)
    amount = words.amount
    if draft.profile.manner == "number" or style in ("ruled", "grid"):
        amount = f"{words.amount} {draft.profile.currency}"
    titles = {"n": words.position, "d": words.description, "q": words.quantity, "p": words.price, "a": amount}
    for column in draft.look.columns:
        colour = "#ffffff" if style == "zebra" else "#1a1a1a"
        _cell(draft, column, titles[column], draft.y + 12.5, bold=style != "bare", colour=colour)
    draft.y += 18
    if style == "ruled":
        sheet.rule(draft.left, draft.y, draft.right, draft.y, width=1, colour=draft.look.colour)
    elif style == "heavy":
        sheet.rule(draft.left, draft.y, draft.right, draft.y, width=0.7)
    elif style == "dashes":
        sheet.rule(draft.left, draft.y, draft.right, draft.y, dashed=True)
    draft.y += {"ruled": 3.0, "heavy": 3.0, "bare": 4.0, "dashes": 3.0}.get(style, 0.0)


def _table_row(draft: Draft, at: int, item: Item, rows: list[str], height: float) -> None:
    style = draft.look.table
    if style == "zebra" and at % 2:
        draft.sheet.block(draft.left, draft.y, draft.right - draft.left, height, colour=draft.look.tint)
    elif style == "grid":
        _grid(draft, draft.y, height)
    elif style == "ruled":
        bottom = draft.y + height
        draft.sheet.rule(draft.left, bottom, draft.right, bottom, width=0.25, colour="#b5b5b5")
    texts = {
        "n": f"{at + 1}",
        "q": quantity_text(item.quantity, draft.profile.marks),
        "p": draft.number(item.unit_price),
        "a": draft.number(item.amount),
    }
    for column in draft.look.columns:
        if column == "d":
            for row, text in enumerate(rows):
                _cell(draft, "d", text, draft.y + 11.5 + row * 11)
        else:
            _cell(draft, column, texts[column], draft.y + 11.5)
    draft.y += height


def _table_end(draft: Draft) -> None:
    if draft.look.table in ("ruled", "zebra"):
        draft.sheet.rule(draft.left, draft.y, draft.right, draft.y, width=0.8, colour=draft.look.colour)
    elif draft.look.table == "heavy":
        draft.sheet.rule(draft.left, draft.y + 2, draft.right, draft.y + 2, width=2.4)
    elif draft.look.table == "dashes":
        draft.sheet.rule(draft.left, draft.y + 2, draft.right, draft.y + 2, dashed=True)


def _grid(draft: Draft, y: float, height: float) -> None:
    for x, width in _spans(draft).values():
        draft.sheet.block(x, y, width, height, colour="#4a4a4a", outline=0.5)


Rows = list[tuple[str, Decimal]]


def _stacked(draft: Draft, rows: Rows, left: float, right: float) -> None:
    """Labels left, sums right, a rule over the last."""
    y = draft.y + 22
    for at, (label, value) in enumerate(rows):
        last = at == len(rows) - 1
        if last:
            draft.sheet.rule(left, y - 10, right, y - 10, width=0.9, colour=draft.look.colour)
            y += 4
        text = draft.sum(value) if last else draft.number(value)
        draft.write(draft.sheet, left, y, label, size=10.5 if last else 9, bold=last)
        draft.write(draft.sheet, right, y, text, size=10.5 if last else 9, bold=last, align="right")
        y += 16
    draft.y = y


def _right(draft: Draft, rows: Rows) -> None:
    _stacked(draft, rows, draft.right - 196, draft.right - 5)


def _left(draft: Draft, rows: Rows) -> None:
    _stacked(draft, rows, draft.left, draft.left + 196)


def _in_table(draft: Draft, rows: Rows) -> None:
    """As further rows of the table, in boxes."""
    left = draft.right - sum(_WIDTHS[name] for name in "qpa")
    for at, (label, value) in enumerate(rows):
        last = at == len(rows) - 1
        if last:
            draft.sheet.block(left, draft.y, draft.right - left, 18, colour=draft.look.tint)
        draft.sheet.block(left, draft.y, draft.right - left - _WIDTHS["a"], 18, colour="#4a4a4a", outline=0.5)
        draft.sheet.block(
            draft.right - _WIDTHS["a"], draft.y, _WIDTHS["a"], 18, colour="#4a4a4a", outline=0.5
        )
        draft.write(draft.sheet, left + 5, draft.y + 12.5, label, size=9, bold=last)
        text = draft.sum(value) if last else draft.number(value)
        draft.write(draft.sheet, draft.right - 5, draft.y + 12.5, text, size=9, bold=last, align="right")
        draft.y += 18
    draft.y += 20


def _band(draft: Draft, rows: Rows) -> None:
    """The total in white on a coloured band."""
    y = draft.y + 20
    left = draft.right - 230
    for label, value in rows[:-1]:
        draft.write(draft.sheet, left + 8, y, label, size=9)
        draft.write(draft.sheet, draft.right - 8, y, draft.sum(value), size=9, align="right")
        y += 15
    label, value = rows[-1]
    draft.sheet.block(left, y - 6, draft.right - left, 25, colour=draft.look.colour)
    draft.write(draft.sheet, left + 8, y + 10.5, label, size=11, bold=True, colour="#ffffff")
    text = draft.sum(value)
    draft.write(
        draft.sheet, draft.right - 8, y + 10.5, text, size=11, bold=True, colour="#ffffff", align="right"
    )
    draft.y = y + 36


def _boxes(draft: Draft, rows: Rows) -> None:
    """Three boxes in a row, each with its label over the sum."""
    y = draft.y + 16
    step = (draft.right - draft.left) / 3
    for at, (label, value) in enumerate(rows):
        last = at == len(rows) - 1
        x = draft.left + at * step
        draft.sheet.block(x, y, step, 36, colour=draft.look.colour, outline=0.7)
        draft.write(draft.sheet, x + 8, y + 12, label, size=7.5, colour=_GREY)
        draft.write(draft.sheet, x + step - 8, y + 28, draft.sum(value), size=11, bold=last, align="right")
    draft.y = y + 54


def _leaders(draft: Draft, rows: Rows) -> None:
    """Typed, with dots from the label to the sum."""
    y = draft.y + 20
    for at, (label, value) in enumerate(rows):
        last = at == len(rows) - 1
        text = draft.sum(value)
        dots = "." * max(3, 44 - len(label) - len(text))
        draft.write(draft.sheet, draft.right, y, f"{label} {dots} {text}", size=9.5, bold=last, align="right")
        y += 14
    draft.y = y + 6


_TOTALS_AS: Mapping[str, Callable[[Draft, Rows], None]] = {
    "right": _right,
    "left": _left,
    "table": _in_table,
    "band": _band,
    "boxes": _boxes,
    "leaders": _leaders,
}
