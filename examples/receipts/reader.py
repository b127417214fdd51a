"""Reads an expense receipt from its recognised lines, by rules, and says how sure it is of each field."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.recommendation import Evidence, Reading

from .amounts import AmountFound, currency_of, totals_of
from .dates import DateFound, dates_of
from .header import Found, address_of, company_of
from .layout import Row, evidence_of, rows_of

HOME = "MYR"

# Two logistic models, P(date right) and P(total right), and a table for the company, as printed by
# `python -m benchmarks.receipts_rules --fit`: fitted on the public receipts with even numbers only, each once
# as it is and four times damaged (lines lost, letters misread), because the rules were written on these
# receipts and are nearly never wrong on them undamaged. Receipts of a vendor weigh 1/sqrt(how many).
DATE_WEIGHTS = (-0.06, 2.36, 2.34, -0.89)
TOTAL_WEIGHTS = (-1.44, 4.11, 1.45, 1.95, 0.17)
COMPANY_RIGHT = {3: 0.96, 2: 0.94, 1: 0.83}

_SENSITIVE = re.compile(
    r"(?<!ROOT )(?<!GINGER )\bBEERS?\b(?! *BATTER)|\b(?:CARLSBERG|HEINEKEN|GUINNESS|STOUT)\b|"
    r"\b(?:WHISK(?:E?Y|IES)|VODKA|BRANDY|COGNAC|SOJU|SAKE|LIQUOR)\b|"
    r"\b(?:RED|WHITE|SPARKLING|HOUSE) WINE\b(?! *(?:VINEGAR|SAUCE))|"
    r"\b(?:CIGAR(?:ETTE)?S?|TOBACCO|ROKOK|MARLBORO|DUNHILL|WINSTON|VAPE)\b"
)


class Receipt(BaseModel):
    """What an expense receipt says."""

    company: str | None
    date: dt.date | None
    address: str | None
    total: Money | None


class Details(BaseModel):
    """What else the paper shows that matters for the policy.

    rows_read   rows of text on it
    read_right  probability that date and total are both what the paper says
    sensitive   words for alcohol or tobacco, as printed
    adds_up     subtotal, tax and cash agree with the total; None where the paper has nothing to compare
    """

    rows_read: int
    read_right: float
    sensitive: str | None
    adds_up: bool | None


@dataclass(frozen=True, slots=True)
class Sight:
    """A receipt with everything that was found on it, before anything is decided."""

    rows: list[Row]
    dates: list[DateFound]
    amounts: list[AmountFound]
    company: Found | None
    address: Found | None


def look(document: Document) -> Sight:
    """Finds rows, dates, amounts, name and address."""
    rows = rows_of(document)
    company = company_of(rows)
    return Sight(rows, dates_of(rows), totals_of(rows), company, address_of(rows, company))


def receipt_of(document: Document) -> Reading[Receipt]:
    """The four fields, with the chance that each is right and the place where it stands.

    The address has no chance of its own: nobody is paid by it, and the least sure field holds a case back.
    """
    sight = look(document)
    total = total_in(sight)
    values = Receipt(
        company=sight.company.text if sight.company else None,
        date=sight.dates[0].value if sight.dates else None,
        address=sight.address.text if sight.address else None,
        total=Money(amount=total.value, currency=currency_of(sight.rows, home=HOME)) if total else None,
    )
    confidence: dict[str, float | None] = {
        "company": COMPANY_RIGHT[sight.company.marks] if sight.company else None,
        "date": chance(DATE_WEIGHTS, date_features(sight)) if sight.dates else None,
        "total": chance(TOTAL_WEIGHTS, total_features(sight)) if total else None,
    }
    return Reading(values, confidence, _evidence(sight, total))


def details_of(document: Document) -> Details:
    """The rest of what the policy asks about."""
    sight = look(document)
    words = {match[0] for row in sight.rows for match in _SENSITIVE.finditer(row.text)}
    right = chance(DATE_WEIGHTS, date_features(sight)) * chance(TOTAL_WEIGHTS, total_features(sight))
    return Details(
        rows_read=len(sight.rows),
        read_right=round(right, 4) if sight.dates and total_in(sight) else 0.0,
        sensitive=", ".join(sorted(words))[:200] or None,
        adds_up=adds_up(sight),
    )


def total_in(sight: Sight) -> AmountFound | None:
    """The total, unless no amount is called one and no arithmetic points to one; a subtotal alone is none."""
    best = sight.amounts[0] if sight.amounts else None
    return best if best and best.value > 0 and (best.kind == "total" or best.because) else None


def adds_up(sight: Sight) -> bool | None:
    """Whether the sums printed on the paper agree with its total."""
    total = total_in(sight)
    if total is None:
        return None
    seen: dict[str, set[Decimal]] = {}
    for hit in sight.amounts:
        seen.setdefault(hit.kind, set()).add(abs(hit.value))
    checks: list[bool] = []
    paid, change = seen.get("paid", set()), seen.get("change", set())
    if paid and change:
        checks.append(any(abs(cash - back - total.value) <= _ROUNDING for cash in paid for back in change))
    if nets := seen.get("net", set()):
        extras = [value for kind in ("tax", "discount") for value in seen.get(kind, ())][:8]
        checks.append(
            any(abs(net + extra - total.value) <= _ROUNDING for net in nets for extra in _sums(extras))
        )
    return None if not checks else all(checks)


_ROUNDING = Decimal("0.05")


def _sums(values: list[Decimal]) -> set[Decimal]:
    """Every sum of some of the values, each added or taken away."""
    sums = {Decimal(0)}
    for value in values:
        sums |= {near + value for near in sums} | {near - value for near in sums}
    return sums


def date_features(sight: Sight) -> tuple[float, ...]:
    """What P(date right) rests on: a constant, how far ahead of the next date, clearness, ambiguity."""
    if not sight.dates:
        return (1.0, 0.0, 0.0, 0.0)
    best = sight.dates[0]
    rival = next((hit.score for hit in sight.dates if hit.value != best.value), best.score - 4.0)
    return (
        1.0,
        max(0.0, min(best.score - rival, 4.0)) / 4.0,
        min(best.score, 5.0) / 5.0,
        float(best.ambiguous),
    )


def total_features(sight: Sight) -> tuple[float, ...]:
    """What P(total right) rests on: a constant, lead over the next sum, arithmetic, repeats, agreement."""
    if not sight.amounts:
        return (1.0, 0.0, 0.0, 0.0, 0.0)
    best = sight.amounts[0]
    rival = next((hit.score for hit in sight.amounts if hit.value != best.value), best.score - 6.0)
    again = sum(hit.value == best.value for hit in sight.amounts) - 1
    agrees = adds_up(sight)
    return (
        1.0,
        max(0.0, min(best.score - rival, 6.0)) / 6.0,
        float(bool(best.because)),
        min(again, 2) / 2.0,
        0.0 if agrees is None else 1.0 if agrees else -1.0,
    )


def chance(weights: tuple[float, ...], features: tuple[float, ...]) -> float:
    """Logistic of the weighted features, kept away from certainty."""
    z = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return min(max(1.0 / (1.0 + math.exp(-max(min(z, 30.0), -30.0))), 0.001), 0.995)


def _evidence(sight: Sight, total: AmountFound | None) -> dict[str, Evidence]:
    evidence: dict[str, Evidence] = {}
    for name, found in (("company", sight.company), ("address", sight.address)):
        if found:
            evidence[name] = evidence_of(
                tuple(word for row in found.rows for word in row.words), found.rows[0].page
            )
    if sight.dates:
        evidence["date"] = sight.rows[sight.dates[0].row].evidence
    if total:
        evidence["total"] = sight.rows[total.row].evidence
    return evidence
