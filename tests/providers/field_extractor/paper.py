"""Made-up invoices: a few suppliers, each with a layout of its own, as recognised lines."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.money import Money

KINDS = {
    "supplier": "text",
    "number": "text",
    "day": "date",
    "total": "money",
    "net": "money",
    "tax": "money",
    "iban": "text",
    "lines": "list",
}


class Item(BaseModel):
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None


class Invoice(BaseModel):
    supplier: str | None
    number: str | None
    day: date | None
    total: Money | None
    net: Money | None = None
    tax: Money | None = None
    iban: str | None = None
    lines: list[Item] | None = None


def page(rows: Sequence[str], *, step: float = 24.0) -> Document:
    """One row below the other; `|` parts its pieces, `@n` before a piece puts it at column n."""
    lines: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        x = 20.0
        for piece in row.split("|"):
            text = piece.strip()
            if text.startswith("@"):
                at, _, text = text[1:].partition(" ")
                x = float(at)
            if text:
                lines.append(
                    {"text": text, "box": [x, 20 + step * place, x + 8 * len(text), 36 + step * place]}
                )
            x += 8 * len(text) + 40
    return Document.model_validate({"pages": [{"width": 800, "height": 1200, "lines": lines}]})


WORDS = (
    "North",
    "River",
    "Stone",
    "Maple",
    "Harbour",
    "Silver",
    "Anchor",
    "Cedar",
    "Falcon",
    "Meadow",
    "Quartz",
)
TRADES = ("Trading Ltd", "Supplies GmbH", "Services Inc", "Logistics Ltd")
GOODS = ("Desk lamp", "Office chair", "Copy paper", "Desk", "Toner", "Cable set")


def invoice(seed: int, supplier: int) -> Labelled:
    """An invoice of one of the suppliers; layouts differ in order, labels, dates and number format."""
    draw = random.Random(seed * 100 + supplier)
    own = random.Random(supplier)
    name = f"{own.choice(WORDS)} {own.choice(WORDS)} {own.choice(TRADES)}"
    comma, style = own.random() < 0.4, own.randrange(3)
    day = date(2026, 1, 1) + timedelta(days=draw.randrange(300))
    number = f"{own.choice(('INV', 'RE', 'F'))}-{draw.randrange(10_000, 99_999)}"
    items = [
        (draw.choice(GOODS), draw.randrange(1, 9), Decimal(draw.randrange(500, 20_000)) / 100)
        for _ in range(3)
    ]
    net = sum((quantity * price for _, quantity, price in items), Decimal(0))
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))

    def money(value: Decimal) -> str:
        text = f"{value:,.2f}"
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    shown = (day.strftime("%d.%m.%Y"), day.strftime("%d %b %Y"), day.isoformat())[style]
    head = [name, "12 High Street", "10115 Springfield", f"Tel: 030 {draw.randrange(10**6, 10**7)}"]
    label = own.choice(("Invoice no", "Invoice number", "Number"))
    about = [f"{label}:|{number}", f"Date:|{shown}"] if own.random() < 0.5 else [
        f"Date|{shown}|{label}|{number}"
    ]  # fmt: skip
    table = ["Description|@360 Qty|@450 Unit price|@600 Amount"]
    for what, quantity, price in items:
        table += [f"{what}|@370 {quantity}|@460 {money(price)}|@600 {money(quantity * price)}"]
    words = own.choice((("Subtotal", "VAT 20%", "Total"), ("Net", "Tax 20%", "Amount due")))
    sums = [f"@450 {words[0]}|@600 {money(net)}", f"@450 {words[1]}|@600 {money(tax)}"]
    sums.append(f"@450 {words[2]}|@600 EUR {money(net + tax)}")
    bank = own.choice(
        ("DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "FR14 2004 1010 0505 0001 3M02 606")
    )
    body = [*about, "", *table, "", *sums, f"IBAN {bank}", "Thank you for your business"]
    rows = [*head, "", *body] if own.random() < 0.7 else ["INVOICE", *head, *body]
    return Labelled(
        page(rows),
        {
            "supplier": name,
            "number": number,
            "day": day.isoformat(),
            "total": {"amount": str(net + tax), "currency": "EUR"},
            "net": {"amount": str(net), "currency": "EUR"},
            "tax": {"amount": str(tax), "currency": "EUR"},
            "iban": bank.replace(" ", ""),
            "lines": [
                {
                    "description": what,
                    "quantity": str(quantity),
                    "unit_price": str(price),
                    "amount": str(quantity * price),
                }
                for what, quantity, price in items
            ],
        },
        name,
    )


def training_set(suppliers: int = 12, each: int = 3) -> list[Labelled]:
    """Some invoices of every supplier."""
    return [invoice(number, supplier) for supplier in range(suppliers) for number in range(each)]
