"""What tills print: four layouts of a sale as lines with boxes, as a scanner finds them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from surehand.demo.sellers import Seller

_TAX = Decimal("0.06")
_WIDTH, _CHAR, _LINE = 560.0, 11.0, 26.0


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals, half up."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(slots=True)
class Paper:
    """A till roll being printed: lines with their boxes.

    lines   as a scanner finds them
    prints  as the till prints them: left, top, text and how much larger than usual
    """

    rng: random.Random
    lines: list[dict[str, Any]] = field(default_factory=list)
    prints: list[tuple[float, float, str, float]] = field(default_factory=list)
    y: float = 40.0
    lean: float = 0.0

    def put(self, x: float, text: str, *, size: float = 1.0) -> None:
        """Text from `x`, as a scanner finds it: a unit or two off."""
        self.prints.append((round(x, 1), round(self.y, 1), text, size))
        wobble = self.rng.uniform
        top = self.y + self.lean * x + wobble(-1.5, 1.5)
        right = x + len(text) * _CHAR * size
        box = [x + wobble(-1, 1), top, right + wobble(-1, 1), top + (_LINE - 5) * size + wobble(-1, 1)]
        self.lines.append({"text": text, "box": [round(value, 1) for value in box]})

    def down(self, rows: float = 1.0) -> None:
        """Feed the paper."""
        self.y += rows * _LINE

    def centred(self, text: str, *, size: float = 1.0) -> None:
        """One row in the middle."""
        self.put(max(10.0, (_WIDTH - len(text) * _CHAR * size) / 2), text, size=size)
        self.down(size)

    def pair(self, left: str, right: str, *, indent: float = 14.0, size: float = 1.0) -> None:
        """A label on the left and a value at the right edge."""
        self.put(indent, left, size=size)
        self.put(_WIDTH - len(right) * _CHAR * size, right, size=size)
        self.down(size)


@dataclass(frozen=True, slots=True)
class Sale:
    """What was bought and what it came to, in the seller's currency.

    items          name, how many, price of one
    printed_total  what the paper says; None: it shows no total
    """

    seller: Seller
    day: date
    clock: str
    number: str
    items: tuple[tuple[str, int, Decimal], ...]
    printed_total: Decimal | None = None
    service: Decimal = Decimal(0)

    @property
    def goods(self) -> Decimal:
        """Sum of the items."""
        return sum((count * price for _, count, price in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Tax on goods and service, on top of them."""
        return cents((self.goods + self.service) * _TAX)

    @property
    def exact(self) -> Decimal:
        """Before rounding to five cents."""
        return self.goods + self.service + self.tax

    @property
    def total(self) -> Decimal:
        """What was really to be paid."""
        return (self.exact / Decimal("0.05")).quantize(Decimal(1), ROUND_HALF_UP) * Decimal("0.05")


def printed(paper: Paper, sale: Sale) -> None:
    """The whole receipt, in the layout of its seller's till."""
    _header(paper, sale)
    _LAYOUTS[sale.seller.layout](paper, sale)
    _footer(paper, sale)


def _header(paper: Paper, sale: Sale) -> None:
    seller = sale.seller
    paper.centred(seller.name, size=1.25 if len(seller.name) < 34 else 1.0)
    paper.centred(f"({seller.number})")
    for row in seller.address:
        paper.centred(row)
    paper.centred(f"TEL: {seller.phone}")
    paper.centred(f"SST ID: W10-{abs(_number_of(seller.number)) % 10**8:08d}")
    paper.down(0.5)
    paper.centred("TAX INVOICE")
    paper.down(0.5)


def _number_of(text: str) -> int:
    """A number from a text, the same on every machine."""
    value = 7
    for char in text:
        value = (value * 131 + ord(char)) % 2_147_483_647
    return value


def _table(paper: Paper, sale: Sale) -> None:
    """A restaurant's bill: table, service charge, tax, rounding."""
    paper.pair(f"TABLE: {paper.rng.randint(1, 40)}", f"PAX: {paper.rng.randint(1, 6)}")
    paper.pair(f"BILL NO: {sale.number}", f"{sale.day:%d/%m/%Y} {sale.clock}")
    paper.down(0.4)
    for name, count, price in sale.items:
        paper.pair(f"{count} {name}", f"{count * price:.2f}")
    paper.down(0.4)
    paper.pair("SUBTOTAL", f"{sale.goods:.2f}", indent=180)
    paper.pair("SERVICE CHARGE 10%", f"{sale.service:.2f}", indent=180)
    paper.pair("SST 6%", f"{sale.tax:.2f}", indent=180)
    if sale.printed_total is not None:
        paper.pair("ROUNDING", f"{sale.total - sale.exact:.2f}", indent=180)
        paper.pair("TOTAL", f"RM {sale.printed_total:.2f}", size=1.3)
        _paid(paper, sale)


def _till(paper: Paper, sale: Sale) -> None:
    """A small shop's till: amounts with the currency, cash and change."""
    mark = "RM" if sale.seller.currency == "MYR" else f"{sale.seller.currency} "
    paper.put(14, f"RECEIPT NO: {sale.number}")
    paper.down()
    paper.put(14, f"DATE: {sale.day:%d-%m-%Y}")
    paper.put(340, f"TIME: {sale.clock}")
    paper.down(1.4)
    for name, count, price in sale.items:
        paper.put(14, name)
        paper.down()
        paper.put(40, f"{count} X {price:.2f}")
        value = f"{mark}{count * price:.2f}"
        paper.put(_WIDTH - len(value) * _CHAR, value)
        paper.down()
    paper.down(0.4)
    paper.pair("SUB-TOTAL", f"{mark}{sale.goods:.2f}")
    paper.pair("TAX 6%", f"{mark}{sale.tax:.2f}")
    if sale.printed_total is not None:
        paper.pair("ROUNDING ADJ", f"{mark}{sale.total - sale.exact:.2f}")
        paper.pair("TOTAL AMOUNT", f"{mark}{sale.printed_total:.2f}", size=1.2)
        _paid(paper, sale, mark=mark)


def _columns(paper: Paper, sale: Sale) -> None:
    """A shop with a table of items: quantity, price and amount each in its column."""
    paper.put(14, "CASHIER: 01")
    paper.put(300, f"DATE : {sale.day:%d/%m/%Y}")
    paper.down()
    paper.put(14, f"INV NO: {sale.number}")
    paper.down(1.3)
    for x, head in ((14, "ITEM"), (290, "QTY"), (370, "U/P"), (470, "AMOUNT")):
        paper.put(x, head)
    paper.down()
    for name, count, price in sale.items:
        paper.put(14, name)
        paper.put(300, str(count))
        paper.put(370, f"{price:.2f}")
        amount = f"{count * price:,.2f}"
        paper.put(_WIDTH - len(amount) * _CHAR, amount)
        paper.down()
    paper.down(0.4)
    paper.pair("TOTAL QTY:", str(sum(count for _, count, _ in sale.items)))
    paper.pair("SUB-TOTAL (EX) :", f"{sale.goods:,.2f}", indent=200)
    paper.pair("TOTAL TAX :", f"{sale.tax:,.2f}", indent=200)
    if sale.printed_total is not None:
        paper.pair("ROUNDING :", f"{sale.total - sale.exact:.2f}", indent=200)
        paper.pair("NET TOTAL :", f"{sale.printed_total:,.2f}", indent=200, size=1.1)
        paper.pair("VISA :", f"{sale.printed_total:,.2f}", indent=200)
    paper.down(0.4)
    paper.put(14, "SST SUMMARY")
    paper.put(250, "AMOUNT(RM)")
    paper.put(440, "TAX(RM)")
    paper.down()
    paper.put(14, "SR @ 6%")
    paper.put(260, f"{sale.goods:,.2f}")
    paper.put(450, f"{sale.tax:,.2f}")
    paper.down()


def _coded(paper: Paper, sale: Sale) -> None:
    """A chain's till: bar codes, the date in the last rows, the total in one line with the tax."""
    for name, count, price in sale.items:
        paper.put(14, name)
        paper.down()
        paper.put(14, f"95{_number_of(name) % 10**11:011d}")
        paper.put(300, f"{count} X {price:.2f}")
        amount = f"{count * price:.2f}"
        paper.put(_WIDTH - len(amount) * _CHAR, amount)
        paper.down()
    paper.down(0.4)
    paper.pair(f"ITEM(S) : {len(sale.items)}", f"QTY(S) : {sum(count for _, count, _ in sale.items)}")
    paper.pair("SUBTOTAL", f"{sale.goods:.2f}")
    paper.pair("SST 6%", f"{sale.tax:.2f}")
    if sale.printed_total is not None:
        paper.pair("ROUNDING ADJUSTMENT", f"{sale.total - sale.exact:.2f}")
        paper.pair("TOTAL ROUNDED", f"RM {sale.printed_total:.2f}", size=1.1)
        _paid(paper, sale, mark="RM ")
    paper.down(0.4)
    paper.put(14, f"{sale.day:%d-%m-%y} {sale.clock} SH01")
    paper.put(400, sale.number)
    paper.down()


def _paid(paper: Paper, sale: Sale, *, mark: str = "") -> None:
    total = sale.printed_total or sale.total
    note = next(value for value in (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000) if value >= total)
    paper.pair("CASH", f"{mark}{note:.2f}")
    paper.pair("CHANGE", f"{mark}{note - total:.2f}")


def _footer(paper: Paper, sale: Sale) -> None:
    paper.down(0.6)
    paper.centred("THANK YOU, PLEASE COME AGAIN")
    paper.centred(
        "GOODS SOLD ARE NOT RETURNABLE" if sale.seller.category != "meal" else "SELAMAT MENJAMU SELERA"
    )


_LAYOUTS: Mapping[str, Callable[[Paper, Sale], None]] = {
    "table": _table,
    "till": _till,
    "columns": _columns,
    "coded": _coded,
}
