"""Made-up supplier invoices: what each says, what is wrong with it, and what a good reviewer answers."""

# ruff: noqa: ARG001  every change of an invoice takes the same arguments

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from surehand.demo.catalogue import goods
from surehand.demo.company import Company, Flavour, Item, Order, Supplier, company
from surehand.demo.ibans import grouped, iban
from surehand.demo.printing.wording import WORDS
from surehand.demo.tills import cents

Kind = Literal[
    "clean",
    "missing_po",
    "duplicate",
    "wrong_total",
    "new_supplier",
    "high_amount",
    "policy_breach",
    "price_over",
    "partial_receipt",
    "foreign_currency",
    "faint",
]

#: How often each kind comes, in parts of a hundred.
MIX: Mapping[Kind, int] = {
    "clean": 60,
    "missing_po": 5,
    "duplicate": 4,
    "wrong_total": 4,
    "new_supplier": 3,
    "high_amount": 5,
    "policy_breach": 4,
    "price_over": 4,
    "partial_receipt": 4,
    "foreign_currency": 4,
    "faint": 3,
}

#: Part of the invoices that come as a scan; faint ones always do.
SCANS = 0.35


@dataclass(frozen=True, slots=True)
class Bill:
    """What an invoice says.

    order    the buyer's order number, None where the paper has none
    account  IBAN without spaces
    items    its lines; freight is one of them
    total    as printed, right or wrong
    customer, delivery
             numbers that mean nothing here, as every paper carries some
    stamp    day of the buyer's rubber stamp, None without one
    """

    supplier: Supplier
    number: str
    day: date
    due: date
    order: str | None
    account: str
    items: tuple[Item, ...]
    total: Decimal
    customer: str
    delivery: str
    stamp: date | None = None

    @property
    def net(self) -> Decimal:
        """Sum of the items."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Tax on the net sum."""
        return cents(self.net * Decimal(self.supplier.profile.rate) / 100)


@dataclass(frozen=True, slots=True)
class Paperwork:
    """An invoice that arrives.

    truth    what is printed: supplier, number, date, due_date, po_number, net, tax, total, iban (in groups
             of four), lines; None where the paper does not show it. Money as amount and currency, days in ISO
    answer   what a good reviewer says: approve, hold or reject
    why      and for what reason
    form     `pdf`, or `scan`: a picture with recognised lines
    same_as  key of the invoice that a duplicate repeats
    """

    key: str
    kind: Kind
    bill: Bill
    truth: Mapping[str, Any]
    answer: Literal["approve", "hold", "reject"]
    why: str
    form: Literal["pdf", "scan"]
    same_as: str | None = None


def invoices(
    count: int, seed: int = 1, *, house: Company | None = None, mix: Mapping[Kind, int] = MIX
) -> list[Paperwork]:
    """Invoices in the order in which they arrive.

    house   whose; each invoice but a duplicate has an order of its own there. None: `company(seed)` with
            enough orders
    mix     kind -> weight
    raises  ValueError when the orders of `house` run out
    """
    house = house or company(seed, orders=max(320, 2 * count))
    rng = random.Random(f"{seed} invoices")
    pile = _Pile(list(house.orders))
    kinds, weights = list(mix), list(mix.values())
    made: list[Paperwork] = []
    for number in range(count):
        kind = rng.choices(kinds, weights)[0]
        firsts = [one for one in made if one.kind == "clean"]
        if kind == "duplicate" and not firsts:
            kind = "clean"
        one = _again(rng, rng.choice(firsts), house) if kind == "duplicate" else _one(rng, kind, house, pile)
        made.append(replace(one, key=f"invoice-{seed}-{number + 1:05d}"))
    return made


class _Pile:
    """Orders that have no invoice yet."""

    def __init__(self, orders: list[Order]) -> None:
        self.orders = orders

    def take(self, flavours: Sequence[Flavour], *, foreign: bool) -> Order:
        for at, order in enumerate(self.orders):
            if order.flavour in flavours and (order.supplier.profile.currency != "EUR") == foreign:
                return self.orders.pop(at)
        raise ValueError("there are not enough orders for so many invoices: company(seed, orders=...)")


#: Of which orders the invoices of a kind are; all others are of ordinary ones.
_FLAVOURS: Mapping[Kind, tuple[Flavour, ...]] = {
    "high_amount": ("large",),
    "partial_receipt": ("partial",),
    "clean": ("ordinary", "long"),
}


def _one(rng: random.Random, kind: Kind, house: Company, pile: _Pile) -> Paperwork:
    order = pile.take(_FLAVOURS.get(kind, ("ordinary",)), foreign=kind == "foreign_currency")
    bill = _billed(rng, order, house.today)
    if kind in ("clean", "foreign_currency") and rng.random() < 0.25:
        bill = _with_freight(bill, min(bill.net * Decimal("0.025"), Decimal(rng.randint(9, 120))))
    bill, answer, why = _CHANGES[kind](rng, bill, house)
    form: Literal["pdf", "scan"] = "scan" if kind == "faint" or rng.random() < SCANS else "pdf"
    if order.flavour == "long":
        form = "pdf"  # a scan is one page
    if form == "scan" and rng.random() < 0.4:
        bill = replace(bill, stamp=min(house.today, bill.day + timedelta(days=rng.randint(1, 3))))
    return Paperwork("", kind, bill, _truth(bill), answer, why, form)


def _billed(rng: random.Random, order: Order, today: date) -> Bill:
    """The invoice of an order as it should be."""
    profile = order.supplier.profile
    day = min(today - timedelta(days=rng.randrange(3)), order.received + timedelta(days=rng.randint(0, 9)))
    bill = Bill(
        supplier=order.supplier,
        number=_number(rng, profile.numbering, day),
        day=day,
        due=day + timedelta(days=profile.terms),
        order=order.number,
        account=order.supplier.iban,
        items=order.items,
        total=Decimal(0),
        customer=f"{rng.randint(10_000, 99_999)}",
        delivery=f"{rng.randint(100_000, 999_999)}",
    )
    return _added(bill)


def _number(rng: random.Random, pattern: str, day: date) -> str:
    text = pattern.format(yyyy=day.year, yy=f"{day.year % 100:02d}")
    first = text.find("#")
    return "".join(
        str(rng.randint(1, 9) if at == first else rng.randrange(10)) if char == "#" else char
        for at, char in enumerate(text)
    )


def _added(bill: Bill) -> Bill:
    return replace(bill, total=bill.net + bill.tax)


def _with_freight(bill: Bill, price: Decimal) -> Bill:
    name = WORDS[bill.supplier.profile.language].freight
    return _added(replace(bill, items=(*bill.items, Item(name, Decimal(1), cents(price)))))


_Changed = tuple[Bill, Literal["approve", "hold", "reject"], str]


def _sound(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    return bill, "approve", "it matches the order, the goods are in, and the sums add up"


def _missing_po(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    return replace(bill, order=None), "hold", "it names no order; ask who ordered"


def _wrong_total(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    off = cents(max(bill.total * Decimal(rng.choice(("0.03", "0.09", "0.1"))), Decimal("12.60")))
    return replace(bill, total=bill.total + off), "reject", f"net and tax come to {off} less than its total"


def _new_supplier(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    stranger = rng.choice(house.strangers)
    _, offered = goods(stranger.profile.trade, stranger.profile.language)
    items = tuple(
        Item(name, Decimal(rng.randint(1, max(1, most // 2))), Decimal(f"{rng.uniform(low, high):.2f}"))
        for name, low, high, most in rng.sample(offered, 3)
    )
    new = replace(
        bill,
        supplier=stranger,
        number=_number(rng, stranger.profile.numbering, bill.day),
        due=bill.day + timedelta(days=stranger.profile.terms),
        order=None,
        account=stranger.iban,
        items=items,
    )
    return _added(new), "hold", "the supplier is not in the books, and there is no order"


def _high_amount(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    return bill, "approve", "it matches, but is above 10,000: somebody with that limit signs"


def _policy_breach(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    if rng.random() < 0.5 and "iban" not in bill.supplier.profile.hides:
        account = iban(rng, bill.supplier.profile.place)
        return replace(bill, account=account), "hold", "the bank account is not the one in the books: call"
    freight = max(bill.net * Decimal("0.07"), Decimal(rng.randint(210, 390)))
    return _with_freight(bill, freight), "reject", "freight that nobody ordered, above 3 % and above 150"


def _price_over(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    dear = max(range(len(bill.items)), key=lambda at: bill.items[at].amount)
    items = tuple(
        replace(item, unit_price=cents(item.unit_price * Decimal("1.08"))) if at == dear else item
        for at, item in enumerate(bill.items)
    )
    why = f"{items[dear].description}: the price is 8 % above the order"
    return _added(replace(bill, items=items)), "reject", why


def _partial(rng: random.Random, bill: Bill, house: Company) -> _Changed:
    return bill, "hold", "not all of the goods have been received"


_CHANGES: Mapping[Kind, Callable[[random.Random, Bill, Company], _Changed]] = {
    "clean": _sound,
    "faint": _sound,
    "foreign_currency": _sound,
    "missing_po": _missing_po,
    "wrong_total": _wrong_total,
    "new_supplier": _new_supplier,
    "high_amount": _high_amount,
    "policy_breach": _policy_breach,
    "price_over": _price_over,
    "partial_receipt": _partial,
}


def _again(rng: random.Random, first: Paperwork, house: Company) -> Paperwork:
    """The same invoice sent a second time, its number spelled otherwise."""
    number = first.bill.number
    spellings = [number.replace("-", "/"), number.replace("-", " "), number.replace("/", "-"), f"No {number}"]
    spellings += [number.replace("-", "").replace("/", "").replace(" ", "")]
    others = [one for one in dict.fromkeys(spellings) if one != number]
    bill = replace(first.bill, number=rng.choice(others), stamp=None)
    return Paperwork(
        key="",
        kind="duplicate",
        bill=bill,
        truth=_truth(bill),
        answer="reject",
        why=f"it was sent before as {number}",
        form="scan" if first.form == "pdf" and len(bill.items) < 10 else "pdf",
        same_as=first.key,
    )


def _truth(bill: Bill) -> dict[str, Any]:
    profile = bill.supplier.profile

    def money(value: Decimal) -> dict[str, str]:
        return {"amount": f"{value:.2f}", "currency": profile.currency}

    shown: dict[str, Any] = {
        "supplier": profile.name,
        "number": bill.number,
        "date": bill.day.isoformat(),
        "due_date": bill.due.isoformat(),
        "po_number": bill.order,
        "net": money(bill.net),
        "tax": money(bill.tax),
        "total": money(bill.total),
        "iban": grouped(bill.account),
        "lines": [
            {
                "description": item.description,
                "quantity": str(item.quantity),
                "unit_price": money(item.unit_price),
                "amount": money(item.amount),
            }
            for item in bill.items
        ],
    }
    return {field: None if field in profile.hides else value for field, value in shown.items()}
