"""What an error would cost: a grade from money, customer, legal, reputation and reversibility."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from surehand.core.money import Money, base_amount
from surehand.core.policy import Consequence, Grade


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one case.

    stake    sum at stake in the process's currency; None when there is none or it is not known
    unknown  why the stake could not be told, although the map asks for it
    """

    grade: Grade
    stake: Decimal | None
    because: str
    unknown: str | None = None


def graded(
    consequence: Consequence, facts: Mapping[str, Any], *, currency: str, rates: Mapping[str, Decimal]
) -> Graded:
    """Grade a case by the highest of its parts; what cannot be told is high, never low."""
    stake, unknown = _stake(consequence, facts, currency=currency, rates=rates)
    parts: list[tuple[Grade, str]] = [
        (consequence.customer, "harm to the customer"),
        (consequence.legal, "legal consequence"),
        (consequence.reputation, "harm to the reputation"),
    ]
    if unknown:
        parts.append((Grade.HIGH, unknown))
    elif stake is not None:
        parts.append((_money_grade(consequence, stake), f"{abs(stake):,.2f} {currency} at stake"))
    grade, because = max(parts, key=lambda part: part[0].rank)
    if grade is Grade.LOW:
        because = f"{abs(stake):,.2f} {currency} at stake" if stake is not None else "little at stake"
    if not consequence.reversible:
        grade, because = grade.raised, f"{because}; cannot be undone"
    return Graded(grade, stake, because, unknown)


def _stake(
    consequence: Consequence, facts: Mapping[str, Any], *, currency: str, rates: Mapping[str, Decimal]
) -> tuple[Decimal | None, str | None]:
    if consequence.money is None:
        return None, None
    value = facts.get(consequence.money)
    if value is None:
        return None, f"{consequence.money} is not known"
    if isinstance(value, Mapping):
        money = Money.model_validate(value)
        stake = base_amount(money, currency=currency, rates=rates)
        return (
            stake,
            None if stake is not None else f"no rate from {money.currency} to {currency} is recorded",
        )
    try:
        stake = Decimal(str(value))
    except InvalidOperation:
        return None, f"{consequence.money} is not a sum"
    return (stake, None) if stake.is_finite() else (None, f"{consequence.money} is not a sum")


def _money_grade(consequence: Consequence, stake: Decimal) -> Grade:
    size = abs(stake)
    for grade, start in (
        (Grade.CRITICAL, consequence.critical_from),
        (Grade.HIGH, consequence.high_from),
        (Grade.MEDIUM, consequence.medium_from),
    ):
        if start is not None and size >= start:
            return grade
    return Grade.LOW
