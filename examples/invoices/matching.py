"""Whether an invoice asks for what was ordered and what arrived. Pure: the same in, the same out.

Two-way: the invoice against the order. Three-way: also against the goods receipts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, computed_field

from surehand.core.money import Money

from .pairing import TOLERANCE, Place, Tolerance, amount_of, is_freight, paired, price_of
from .records import Invoice, LineItem, Order, plain

_LARGEST = Decimal(10) ** 12  # beyond it something was misread, and it is enough to say so


class Match(BaseModel):
    """How an invoice fits its orders.

    state        `full`: all agrees within the tolerances. `partial`: something differs. `none`: the books
                 have no such order. `unknown`: there was nothing to compare
    three_way    goods receipts were compared too
    numbers      the orders, as the books spell them
    matched      what agrees, in words
    differences  what differs and by how much, in words
    over         what is asked for beyond what the orders and receipts allow; None where nothing is
    budget       the one budget that the orders are charged to
    """

    state: Literal["full", "partial", "none", "unknown"]
    three_way: bool = False
    numbers: list[str] = []
    matched: list[str] = []
    differences: list[str] = []
    over: Money | None = None
    budget: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """As the brief tells it."""
        if self.state == "none":
            return "The books have no such order"
        if self.state == "unknown":
            return "There was nothing to compare"
        agreed = f"{len(self.matched)} of {len(self.matched) + len(self.differences)} agree"
        received = "ordered and received" if self.three_way else "ordered"
        return f"{', '.join(self.numbers)}: {agreed} with what was {received}"


@dataclass(slots=True)
class _Findings:
    """What the comparison has found so far."""

    currency: str
    matched: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    over: Decimal = Decimal(0)

    def differs(self, sentence: str, over: Decimal = Decimal(0)) -> None:
        self.differences.append(sentence)
        self.over += max(over, Decimal(0))


def order_numbers(printed: str | None) -> list[str]:
    """The order numbers that an invoice names: `PO-1001, PO-1002` are two."""
    parts = re.split(r"\s*[,;&+\n]\s*|\s+(?:and|und|et|y)\s+", (printed or "").strip(), flags=re.I)
    return list(dict.fromkeys(part for part in parts if plain(part)))


def matched(
    invoice: Invoice, orders: Sequence[Order], *, supplier: str | None, tolerance: Tolerance = TOLERANCE
) -> Match:
    """Compares an invoice with the orders that it names.

    orders    those of them that the books have
    supplier  whom the books take the invoice's sender for; None: not known
    """
    if not orders:
        return Match(state="none")
    currency = invoice.currency or orders[0].currency
    found = _Findings(currency)
    missing = len(order_numbers(invoice.po_number)) - len(orders)
    if missing > 0:
        found.differs(
            f"{missing} of the orders that it names {'is' if missing == 1 else 'are'} not in the books."
        )
    for order in orders:
        if supplier is not None and plain(order.supplier) != plain(supplier):
            found.differs(f"Order {order.number} is with {order.supplier}, not with {supplier}.")
    foreign = [order for order in orders if order.currency != currency]
    for order in foreign:
        found.differs(f"Order {order.number} is in {order.currency}, and the invoice in {currency}.")
    compared = bool(foreign) or _compare_sums(invoice, orders, tolerance, found)
    if not compared:
        state: Literal["full", "partial", "unknown"] = "unknown"
        found.differs("Neither lines nor the sum without tax could be read, so nothing was compared.")
    else:
        state = "partial" if found.differences else "full"
    budgets = {order.budget for order in orders}
    return Match(
        state=state,
        three_way=any(order.goods for order in orders),
        numbers=[order.number for order in orders],
        matched=found.matched,
        differences=found.differences,
        over=_over(found),
        budget=budgets.pop() if len(budgets) == 1 else None,
    )


def _over(found: _Findings) -> Money | None:
    cents = min(found.over, _LARGEST).quantize(Decimal("0.01"))
    return Money(amount=cents, currency=found.currency) if cents > 0 else None


def _compare_sums(invoice: Invoice, orders: Sequence[Order], tolerance: Tolerance, found: _Findings) -> bool:
    """Lines where there are some, else the sum; then what was paid before. Whether anything was compared."""
    places = [
        Place(line, order.received(number) if order.goods else None)
        for order in orders
        for number, line in enumerate(order.lines, 1)
    ]
    lines = [line for line in invoice.lines or () if line.amount is not None or line.unit_price is not None]
    net = invoice.net_amount
    if lines:
        _compare_lines(lines, places, tolerance, found)
        if unread := len(invoice.lines or ()) - len(lines):
            found.differs(f"{unread} of its lines {'shows' if unread == 1 else 'show'} no price and no sum.")
    elif net is not None:
        _compare_net(net, places, tolerance, found)
    else:
        return False
    billed = net if net is not None else sum((amount_of(line) for line in lines), Decimal(0))
    _compare_with_payments(billed, orders, places, tolerance, found)
    return True


def _compare_lines(
    lines: Sequence[LineItem], places: Sequence[Place], tolerance: Tolerance, found: _Findings
) -> None:
    pairs = paired(lines, places, tolerance)
    freight = Decimal(0)
    for number, line in enumerate(lines):
        if (place := pairs.get(number)) is not None:
            _compare_line(line, place, tolerance, found)
        elif is_freight(line):
            freight += amount_of(line)
        elif (amount := amount_of(line)) > 0:
            found.differs(f"{_name(line)}: {amount:,.2f} {found.currency} that is not on the order.", amount)
        else:
            found.matched.append(f"{_name(line)}: {amount:,.2f} {found.currency}, which makes it cheaper.")
    if freight:
        goods = sum((amount_of(line) for number, line in enumerate(lines) if number in pairs), Decimal(0))
        _compare_freight(freight, goods, tolerance, found)


def _compare_line(line: LineItem, place: Place, tolerance: Tolerance, found: _Findings) -> None:
    ordered, name = place.line, _name(line, place.line.description)
    if line.quantity is None and line.unit_price is None:
        _compare_amount(name, amount_of(line), place, tolerance, found)
        return
    before = len(found.differences)
    price, quantity = price_of(line), line.quantity
    if quantity is None:
        found.differs(f"{name}: the quantity could not be read.")
        quantity = ordered.quantity
    if price is None:
        found.differs(f"{name}: the price could not be read.")
    elif (each := price - ordered.unit_price) > ordered.unit_price * tolerance.price:
        extra = each * quantity
        if extra > tolerance.rounding:
            share = f"{each / ordered.unit_price:.1%}, " if ordered.unit_price else ""
            found.differs(
                f"{name}: {price:,.2f} each, ordered at {ordered.unit_price:,.2f} "
                f"({share}{extra:,.2f} {found.currency} over).",
                extra,
            )
    _compare_quantity(name, quantity, place, tolerance, found)
    if len(found.differences) == before:
        arrived = "as ordered" if place.received is None else "as ordered and received"
        found.matched.append(f"{name}: {_short(quantity)} at {price:,.2f}, {arrived}.")


def _compare_amount(name: str, amount: Decimal, place: Place, tolerance: Tolerance, found: _Findings) -> None:
    """Of the line only its sum is printed, or could be read."""
    value = _value([place])
    what = "ordered" if place.received is None else "ordered and received"
    said = f"{name}: {amount:,.2f} {found.currency}, {value:,.2f} {what}"
    if amount > value * (1 + tolerance.price) + tolerance.rounding:
        found.differs(f"{said} ({amount - value:,.2f} over).", amount - value)
    elif amount < value * (1 - tolerance.price) - tolerance.rounding:
        found.differs(f"{said}: a part of it, and the quantity could not be read.")
    else:
        found.matched.append(f"{said}.")


def _compare_quantity(
    name: str, quantity: Decimal, place: Place, tolerance: Tolerance, found: _Findings
) -> None:
    ordered, received = place.line.quantity, place.received
    most = ordered if received is None else min(ordered, received)
    if quantity <= most * (1 + tolerance.quantity):
        return
    extra = (quantity - most) * place.line.unit_price
    if received is not None and received < ordered:
        what = f"{_short(received)} received" if received else "nothing received yet"
        sentence = f"{name}: {_short(quantity)} billed, {what} of {_short(ordered)} ordered"
    else:
        sentence = f"{name}: {_short(quantity)} billed, {_short(ordered)} ordered"
    found.differs(f"{sentence} ({extra:,.2f} {found.currency} over).", extra)


def _compare_freight(freight: Decimal, goods: Decimal, tolerance: Tolerance, found: _Findings) -> None:
    most = _freight_most(goods, tolerance)
    if freight <= most:
        found.matched.append(f"Freight of {freight:,.2f} {found.currency} is not on the order, and small.")
    else:
        found.differs(
            f"Freight of {freight:,.2f} {found.currency} is not on the order; "
            f"up to {most:,.2f} is paid unasked.",
            freight - most,
        )


def _freight_most(goods: Decimal, tolerance: Tolerance) -> Decimal:
    return min(goods * tolerance.freight_share, tolerance.freight_most).quantize(Decimal("0.01"))


def _compare_net(net: Decimal, places: Sequence[Place], tolerance: Tolerance, found: _Findings) -> None:
    """The sum alone, where the lines could not be read: it must be that of the order, or of what arrived."""
    value = _value(places)
    what = "received" if any(place.received is not None for place in places) else "ordered"
    said = f"{net:,.2f} {found.currency} without tax, {value:,.2f} {what}"
    slack = value * tolerance.price + tolerance.rounding
    if net > value + slack:
        found.differs(f"{said}: {net - value:,.2f} over.", net - value)
    elif net < value - slack:
        found.differs(f"{said}: a part of it, and without lines nobody can tell which.")
    else:
        found.matched.append(f"{said}.")


def _compare_with_payments(
    net: Decimal, orders: Sequence[Order], places: Sequence[Place], tolerance: Tolerance, found: _Findings
) -> None:
    """What was paid for the same orders before counts too: two good invoices may be one too many."""
    paid = {one.key: one for order in orders for one in order.payments if one.state == "paid"}
    before = sum((p.amount if p.net is None else p.net for p in paid.values()), Decimal(0))
    if not before:
        return
    value = _value(places)
    most = value * (1 + tolerance.price) + _freight_most(value, tolerance) + tolerance.rounding
    if before + net > most:
        numbers = ", ".join(sorted(p.number for p in paid.values()))
        found.differs(
            f"{before:,.2f} {found.currency} was paid for it before ({numbers}); "
            f"with this invoice {before + net - value:,.2f} more than was ordered and received.",
            before + net - value,
        )


def _value(places: Iterable[Place]) -> Decimal:
    """What may be asked for: quantities that were ordered and, where goods are due, arrived."""
    return sum(
        (
            place.line.unit_price
            * (place.line.quantity if place.received is None else min(place.line.quantity, place.received))
            for place in places
        ),
        Decimal(0),
    )


def _name(line: LineItem, otherwise: str = "A line without words") -> str:
    return " ".join((line.description or otherwise).split())[:80]


def _short(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"
