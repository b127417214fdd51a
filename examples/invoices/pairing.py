"""Which line of an order a billed line means, and what an invoice may differ by. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from .records import LineItem, OrderLine


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an invoice may differ from its order before a person looks.

    price          share by which a unit price may be higher
    quantity       share by which a quantity may be higher
    freight_share  freight that is not on the order: at most this share of the goods,
    freight_most   and at most this sum, in the invoice's currency
    rounding       what sums may differ by
    """

    price: Decimal = Decimal("0.02")
    quantity: Decimal = Decimal(0)
    freight_share: Decimal = Decimal("0.03")
    freight_most: Decimal = Decimal(150)
    rounding: Decimal = Decimal("0.05")


TOLERANCE = Tolerance()

_FREIGHT = re.compile(
    r"\b(?:freight|shipping|delivery|carriage|postage|courier|fracht|versand\w*|transport\w*|lieferkosten|porto"
    r"|frais de (?:port|livraison)|livraison|vracht\w*|verzend\w*|bezorg\w*|env[ií]os?"
    r"|spedizione|trasporto|fragt|frakt|przesy[lł]k\w*|dostaw\w*)\b",
    re.I,
)
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """One line of an order, with how much of it arrived; None where nothing has to arrive."""

    line: OrderLine
    received: Decimal | None


def paired(lines: Sequence[LineItem], places: Sequence[Place], tolerance: Tolerance) -> dict[int, Place]:
    """Number of a billed line -> the order's line that it means; each is taken once, the likest first."""
    scored = sorted(
        (
            (-score, mine, theirs)
            for mine, line in enumerate(lines)
            for theirs, place in enumerate(places)
            if (score := _likeness(line, place.line, tolerance)) > 0
        ),
    )
    pairs: dict[int, Place] = {}
    taken: set[int] = set()
    for _, mine, theirs in scored:
        if mine not in pairs and theirs not in taken:
            pairs[mine] = places[theirs]
            taken.add(theirs)
    return pairs


def _likeness(line: LineItem, ordered: OrderLine, tolerance: Tolerance) -> float:
    """How surely a billed line means the ordered one: by its words, and by price and quantity beside them."""
    mine, theirs = (
        re.findall(r"\w+", (text or "").lower())[:40] for text in (line.description, ordered.description)
    )
    words = 0.0
    if mine and theirs:
        shared = 2 * len(set(mine) & set(theirs)) / (len(set(mine)) + len(set(theirs)))
        letters = SequenceMatcher(None, " ".join(mine)[:200], " ".join(theirs)[:200], autojunk=False)
        words = max(shared, letters.ratio() if letters.quick_ratio() >= _ALIKE else 0.0)
    price = price_of(line)
    same_price = price is not None and abs(price - ordered.unit_price) <= ordered.unit_price * tolerance.price
    same = same_price and line.quantity == ordered.quantity
    if words >= _ALIKE:
        return words + 0.2 * same_price + 0.1 * same
    # an item that the supplier calls by another name, for exactly the ordered quantity and price
    return 0.5 if same and not is_freight(line) else 0.0


def price_of(line: LineItem) -> Decimal | None:
    """Its unit price, as printed or from sum and quantity."""
    if line.unit_price is not None:
        return line.unit_price
    return line.amount / line.quantity if line.amount is not None and line.quantity else None


def amount_of(line: LineItem) -> Decimal:
    """Its sum, as printed or from price and quantity; 0 where it shows neither."""
    if line.amount is not None:
        return line.amount
    return (line.unit_price or Decimal(0)) * (Decimal(1) if line.quantity is None else line.quantity)


def total_of(lines: Sequence[LineItem]) -> Decimal | None:
    """The sum of all lines; None without lines, or where one of them shows no sum."""
    shown = [one.amount is not None or None not in (one.unit_price, one.quantity) for one in lines]
    return sum((amount_of(one) for one in lines), Decimal(0)) if lines and all(shown) else None


def is_freight(line: LineItem) -> bool:
    """It is for bringing the goods."""
    return _FREIGHT.search(line.description or "") is not None
