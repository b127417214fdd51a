"""Made-up expense receipts as recognised lines: the same seed gives the same receipts."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from surehand.demo.sellers import DRINKS, EMPLOYEES, SELLERS, Seller
from surehand.demo.tills import Paper, Sale, cents, printed

Kind = Literal[
    "small_clear",
    "over_limit",
    "alcohol",
    "duplicate",
    "no_total",
    "wrong_sum",
    "foreign_currency",
    "future_date",
    "faint",
]

#: How often each kind comes, in parts of a hundred.
MIX: Mapping[Kind, int] = {
    "small_clear": 62,
    "over_limit": 8,
    "alcohol": 5,
    "duplicate": 5,
    "no_total": 4,
    "wrong_sum": 4,
    "foreign_currency": 3,
    "future_date": 3,
    "faint": 6,
}

TODAY = date(2026, 11, 20)


def receipts(
    count: int, seed: int = 1, *, today: date = TODAY, mix: Mapping[Kind, int] = MIX
) -> list[dict[str, Any]]:
    """Receipts to submit, in order.

    count    how many
    today    the day of the claims; receipts are up to forty days older
    mix      kind -> weight
    returns  {"key", "input", "kind", "truth", "prints"} each; truth holds company, date, address, total (None
             if the paper shows none), currency, answer (what a good reviewer says) and same_as (key of the
             first claim of a duplicate); prints is what the till printed, for `rolls.printed_roll`
    """
    rng = random.Random(seed)
    kinds, weights = list(mix), list(mix.values())
    made: list[dict[str, Any]] = []
    for number in range(count):
        kind = rng.choices(kinds, weights)[0]
        key = f"demo-{seed}-{number + 1:05d}"
        clear = [one for one in made if one["kind"] == "small_clear"]
        if kind == "duplicate" and not clear:
            kind = "small_clear"
        if kind == "duplicate":
            made.append(_again(rng, key, rng.choice(clear)))
        else:
            made.append(_one(rng, key, kind, today))
    return made


def _again(rng: random.Random, key: str, first: Mapping[str, Any]) -> dict[str, Any]:
    """The same receipt, scanned and claimed a second time."""
    page = first["input"]["document"]["pages"][0]
    shift = rng.uniform(2, 9)
    lines = [
        {"text": line["text"], "box": [round(edge + shift, 1) for edge in line["box"]]}
        for line in page["lines"]
    ]
    copy = {
        **first["input"],
        "document": {"pages": [{**page, "height": page["height"] + 10, "lines": lines}]},
    }
    truth = {**first["truth"], "answer": "reject", "same_as": first["key"]}
    return {"key": key, "input": copy, "kind": "duplicate", "truth": truth, "prints": first["prints"]}


def _one(rng: random.Random, key: str, kind: Kind, today: date) -> dict[str, Any]:
    seller = _seller(rng, kind)
    claimed = today - timedelta(days=rng.randrange(0, 4))
    day = claimed + timedelta(days=rng.randrange(3, 20) if kind == "future_date" else -rng.randrange(0, 36))
    sale = _sale(rng, seller, kind, day)
    paper = Paper(rng, lean=rng.choice((0.0, 0.0, 0.0, 0.008, -0.008)))
    printed(paper, sale)
    lines = _faded(rng, paper.lines) if kind == "faint" else paper.lines
    total = sale.printed_total
    return {
        "key": key,
        "kind": kind,
        "prints": [list(one) for one in paper.prints],
        "input": {
            "employee": rng.choice(EMPLOYEES),
            "category": seller.category,
            "submitted_on": claimed.isoformat(),
            "document": {"pages": [{"width": 600.0, "height": round(paper.y + 60, 1), "lines": lines}]},
        },
        "truth": {
            "company": seller.name,
            "date": day.isoformat(),
            "address": " ".join(seller.address),
            "total": None if total is None else f"{total:.2f}",
            "currency": seller.currency,
            "answer": "approve"
            if kind in ("small_clear", "faint", "foreign_currency", "over_limit")
            else "reject",
            "same_as": None,
        },
    }


def _seller(rng: random.Random, kind: Kind) -> Seller:
    if kind == "foreign_currency":
        return next(seller for seller in SELLERS if seller.currency != "MYR")
    home = [seller for seller in SELLERS if seller.currency == "MYR" and seller.category != "accommodation"]
    if kind == "alcohol":
        return rng.choice([seller for seller in home if seller.category in ("meal", "other")])
    if kind == "over_limit":
        return rng.choice([seller for seller in SELLERS if seller.category in ("supplies", "accommodation")])
    return rng.choice(home)


def _sale(rng: random.Random, seller: Seller, kind: Kind, day: date) -> Sale:
    sale = Sale(
        seller=seller,
        day=day,
        clock=f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}",
        number=f"{rng.choice('ABCT')}{rng.randint(100000, 999999)}",
        items=_items(rng, seller, kind),
    )
    if seller.layout == "table":
        sale = replace(sale, service=cents(sale.goods / 10))
    if kind == "no_total":
        return sale
    wrong = rng.choice((9, 18, 27, 45)) if kind == "wrong_sum" else 0
    return replace(sale, printed_total=sale.total + wrong)


def _items(rng: random.Random, seller: Seller, kind: Kind) -> tuple[tuple[str, int, Decimal], ...]:
    """Small purchases come to less than 85, large ones to more than 500."""
    goods = rng.sample(seller.goods, rng.randint(2, min(4, len(seller.goods))))
    if kind == "over_limit":
        least, most = (3, 4) if seller.category == "accommodation" else (35, 45)
        return tuple((name, rng.randint(least, most), Decimal(price)) for name, price in goods)
    items = [(name, rng.randint(1, 3), Decimal(price)) for name, price in goods]
    if kind == "alcohol":
        name, price = rng.choice(DRINKS)
        items.append((name, rng.randint(1, 2), Decimal(price)))
    while len(items) > 1 and sum(count * price for _, count, price in items) > 85:
        items = items[1:]
    return tuple(items)


def _faded(rng: random.Random, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A thermal print left in the sun: some lines gone, some letters and digits misread."""
    kept = []
    for line in lines:
        if rng.random() < 0.18:
            continue
        text = "".join(rng.choice("0568BOSI .") if rng.random() < 0.06 else char for char in line["text"])
        kept.append({"text": text, "box": line["box"]})
    return kept
