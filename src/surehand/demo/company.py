"""Halden & Moor, a company that does not exist: its suppliers, orders, goods received and budgets."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from surehand.demo.catalogue import GOODS, Good, goods
from surehand.demo.ibans import iban
from surehand.demo.printing.wording import WORDS
from surehand.demo.suppliers import PROFILES, STRANGERS, Profile
from surehand.demo.tills import cents

BUYER = ("Halden & Moor Ltd", "Accounts Payable", "14 Mill Quay", "Cork T99 ZZ99", "Ireland")
TODAY = date(2026, 11, 20)

#: Only for budgets, which are in euro. Rough, and made up like the rest.
_IN_EURO = {"EUR": "1", "GBP": "1.17", "USD": "0.92", "CHF": "1.05", "PLN": "0.23"}

Flavour = Literal["ordinary", "large", "partial", "long"]


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier in the books, or a stranger with `known` false.

    since     in the books since
    invoices  that it has sent so far
    """

    profile: Profile
    iban: str
    since: date
    invoices: int
    known: bool = True
    blocked: bool = False

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other spellings of its name, as they may stand in an e-mail or on a bank line."""
        bare = self.profile.name
        for form in (" Ltd", " DAC", " GmbH", " KG", " AG", " SARL", " SAS", " SPRL", " B.V.", " S.L.",
                     " S.r.l.", " Sàrl", " ApS", " Corp.", " Inc.", " Sp. z o.o.", " S.A."):  # fmt: skip
            bare = bare.removesuffix(form)
        upper = self.profile.name.upper()
        return (upper,) if bare == self.profile.name else (bare, upper)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order or an invoice."""

    description: str
    quantity: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        """Rounded to two decimals, half up."""
        return cents(self.quantity * self.unit_price)


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order and what has come of it.

    flavour   ordinary, large (net above 10,000), partial (goods not all received), long (many lines)
    received  day of the goods receipt
    arrived   quantity received, a number for each item
    """

    number: str
    supplier: Supplier
    flavour: Flavour
    budget: str
    items: tuple[Item, ...]
    received: date
    arrived: tuple[Decimal, ...]

    @property
    def net(self) -> Decimal:
        """Sum of the items in the supplier's currency."""
        return sum((item.amount for item in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that its ledger holds on one day."""

    seed: int
    today: date
    suppliers: tuple[Supplier, ...]
    strangers: tuple[Supplier, ...]
    orders: tuple[Order, ...]

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """JSON to load a ledger with: suppliers, orders, receipts, budgets. Amounts are decimal texts."""
        return {
            "suppliers": [_supplier(supplier) for supplier in self.suppliers],
            "orders": [_order(order) for order in self.orders],
            "receipts": [_receipt(order) for order in self.orders],
            "budgets": _budgets(self.orders, self.today.year),
        }


def company(
    seed: int = 1,
    *,
    orders: int = 320,
    today: date = TODAY,
    profiles: Sequence[Profile] = PROFILES,
) -> Company:
    """The company of a seed. More orders leave the first ones as they were."""
    suppliers = tuple(_entered(profile, seed, today, known=True) for profile in profiles)
    strangers = tuple(_entered(profile, seed, today, known=False) for profile in STRANGERS)
    return Company(
        seed=seed,
        today=today,
        suppliers=suppliers,
        strangers=strangers,
        orders=tuple(_ordered(number, seed, today, suppliers) for number in range(orders)),
    )


def _entered(profile: Profile, seed: int, today: date, *, known: bool) -> Supplier:
    rng = random.Random(f"{seed} {profile.name}")
    return Supplier(
        profile=profile,
        iban=iban(rng, profile.place),
        since=today - timedelta(days=rng.randint(200, 3200)),
        invoices=rng.randint(9, 140),
        known=known,
    )


def _ordered(number: int, seed: int, today: date, suppliers: Sequence[Supplier]) -> Order:
    rng = random.Random(f"{seed} order {number}")
    supplier = rng.choice(suppliers)
    flavour: Flavour = rng.choices(("ordinary", "large", "partial", "long"), (72, 11, 11, 6))[0]
    budget, offered = goods(supplier.profile.trade, supplier.profile.language)
    if flavour == "long":
        items = _long(rng, offered, supplier)
    else:
        chosen = rng.sample(offered, rng.randint(2 if flavour == "partial" else 1, min(5, len(offered))))
        items = tuple(_item(rng, one, supplier, large=flavour == "large") for one in chosen)
    net = sum((item.amount for item in items), Decimal(0))
    if flavour == "large" and net < 10_500:
        factor = int(rng.choice((12_000, 16_000, 23_000, 38_000)) / net) + 1
        items = tuple(_times(item, factor) for item in items)
    if flavour != "large" and net > 7_800:
        items = tuple(
            Item(item.description, max(Decimal(1), item.quantity * 7_000 // net), item.unit_price)
            for item in items
        )
        if flavour != "long" and sum(item.amount for item in items) > 7_800:
            items = items[:2]
    arrived = [item.quantity for item in items]
    if flavour == "partial":
        short = max(range(len(items)), key=lambda at: items[at].quantity)
        arrived[short] = Decimal(int(arrived[short] * Decimal(rng.choice(("0", "0.4", "0.6")))))
    return Order(
        number=f"PO-{26_0000 + number * 3 + rng.randrange(3)}",
        supplier=supplier,
        flavour=flavour,
        budget=budget,
        items=items,
        received=today - timedelta(days=rng.randint(9, 34)),
        arrived=tuple(arrived),
    )


def _item(rng: random.Random, good: Good, supplier: Supplier, *, large: bool) -> Item:
    name, low, high, most = good
    price = rng.uniform(low, high) * (4.3 if supplier.profile.currency == "PLN" else 1)
    price = round(price, 2) if price < 60 else round(price * 2) / 2
    count = rng.randint(max(1, most // 2), most) if large else rng.randint(1, max(1, most // 2))
    if count > 50:
        count -= count % 10
    return Item(name, Decimal(count), Decimal(f"{price:.2f}"))


def _long(rng: random.Random, offered: Sequence[Good], supplier: Supplier) -> tuple[Item, ...]:
    """A call-off order: a few cheap goods, delivered week after week."""
    cheap = sorted(offered, key=lambda good: good[2])[:4]
    priced = [_item(rng, (name, low, high, 6), supplier, large=False) for name, low, high, _ in cheap]
    week = WORDS[supplier.profile.language].week
    return tuple(
        replace(item, description=f"{item.description}, {week} {number}", quantity=Decimal(rng.randint(1, 3)))
        for number in range(34, 34 + rng.randint(7, 9))
        for item in priced
    )


def _times(item: Item, factor: int) -> Item:
    return Item(item.description, item.quantity * factor, item.unit_price)


def _supplier(supplier: Supplier) -> dict[str, Any]:
    return {
        "name": supplier.profile.name,
        "aliases": list(supplier.aliases),
        "iban": supplier.iban,
        "since": supplier.since.isoformat(),
        "invoices": supplier.invoices,
        "blocked": supplier.blocked,
        "terms_days": supplier.profile.terms,
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "supplier": order.supplier.profile.name,
        "currency": order.supplier.profile.currency,
        "budget": order.budget,
        "lines": [
            {
                "description": item.description,
                "quantity": str(item.quantity),
                "unit_price": str(item.unit_price),
            }
            for item in order.items
        ],
    }


def _receipt(order: Order) -> dict[str, Any]:
    return {
        "number": f"GR-{order.number.removeprefix('PO-')}",
        "order": order.number,
        "day": order.received.isoformat(),
        "lines": [
            {"line": line, "quantity": str(count)}
            for line, count in enumerate(order.arrived, start=1)
            if count
        ],
    }


def _budgets(orders: Sequence[Order], year: int) -> list[dict[str, Any]]:
    """Each has room for all open orders at its net, and a third more."""
    open_sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        open_sums[order.budget] += order.net * Decimal(_IN_EURO[order.supplier.profile.currency])
    budgets = []
    for name in sorted({budget for budget, _ in GOODS.values()}):
        room = (open_sums[name] * Decimal("1.35")).quantize(Decimal("1e3"), ROUND_HALF_UP) + 5_000
        spent = cents(room * Decimal("1.4"))
        budgets.append(
            {
                "name": name,
                "year": year,
                "amount": str(cents(spent + room)),
                "spent": str(spent),
                "rates": {code: rate for code, rate in _IN_EURO.items() if code != "EUR"},
            }
        )
    return budgets
