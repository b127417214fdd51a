"""What an error would cost: a grade from money, customer, legal, reputation and reversibility."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from surehand.core.money import Money, base_amount
from surehand.core.policy import HARM, Consequence, Grade, GradedBy, GradeRow, SumBy

_HARM = {
    "customer": "harm to the customer", "legal": "legal consequence", "reputation": "harm to the reputation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Untold:
    """Nothing usable came of a function, and why."""

    because: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the conditions and the functions of a consequence say of one case.

    said  part -> what its function said: a `Grade`, a sum, true or false; or `Untold`
    held  part -> by row of it: its condition holds; None where that cannot be told
    """

    said: Mapping[str, Any] = field(default_factory=dict)
    held: Mapping[str, Sequence[bool | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the grade.

    name   one of `policy.PARTS`
    grade  None of `reversible`, which raises the grade of the others
    told   False: it cannot be told, and counts as high
    """

    name: str
    grade: Grade | None
    because: str
    told: bool = True

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the record."""
        return {"name": self.name, "grade": self.grade, "because": self.because, "told": self.told}


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one case.

    stake    sum at stake in the process's currency; None when there is none or it is not known
    unknown  why the stake could not be told, although the map asks for it
    untold   sentences about other parts that could not be told
    parts    those that the map speaks of
    """

    grade: Grade
    stake: Decimal | None
    because: str
    unknown: str | None = None
    untold: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


_NOTHING = Asked()


def graded(
    consequence: Consequence, facts: Mapping[str, Any], *, currency: str, rates: Mapping[str, Decimal],
    asked: Asked = _NOTHING,
) -> Graded:  # fmt: skip
    """Grade a case by the highest of its parts; what cannot be told is high, never low."""
    stake, unknown = _stake(consequence, facts, asked, currency=currency, rates=rates)
    parts = [_harm(name, getattr(consequence, name), asked) for name in HARM]
    if unknown:
        # whatever the function could not say, the sum that the map says is at stake at least
        least = getattr(consequence.money, "at_least", None)
        floor = Grade.LOW if least is None else _money_grade(consequence, least)
        parts.append(Part("money", _highest(floor, Grade.HIGH), unknown, told=False))
    elif stake is not None:
        because = f"{abs(stake):,.2f} {currency} at stake"
        parts.append(Part("money", _money_grade(consequence, stake), because))
    highest = max(parts, key=_rank)
    grade, because = highest.grade or Grade.LOW, highest.because
    if grade is Grade.LOW:
        because = parts[-1].because if stake is not None else "little at stake"
    undoing = _undoing(consequence, asked)
    if undoing is not None:
        grade, because = grade.raised, f"{because}; {undoing.because}"
        grade = grade if undoing.told else _highest(grade, Grade.HIGH)
        parts.append(undoing)
    untold = [part.because for part in parts if not part.told and part.name != "money"]
    told = [part for part in parts if part.because]
    return Graded(grade, stake, because, unknown, tuple(untold), tuple(told))


def _rank(part: Part) -> int:
    return part.grade.rank if part.grade is not None else 0


def _highest(*grades: Grade) -> Grade:
    return max(grades, key=lambda grade: grade.rank)


def _harm(name: str, declared: Any, asked: Asked) -> Part:
    if isinstance(declared, Grade):
        return _fixed(name, declared)
    if isinstance(declared, GradedBy):
        return _said(name, declared, asked.said.get(name))
    return _held(name, declared, asked.held.get(name, ()))


@cache
def _fixed(name: str, grade: Grade) -> Part:
    return Part(name, grade, _HARM[name] if grade is not Grade.LOW else "")


@cache
def _unheld(name: str) -> Part:
    return Part(name, Grade.LOW, f"{_HARM[name]}: no condition holds")


def _said(name: str, declared: GradedBy, said: Any) -> Part:
    floor = declared.at_least or Grade.LOW
    if not isinstance(said, Grade):
        why = said.because if isinstance(said, Untold) else "no grade"
        because = f"{_HARM[name]} cannot be told: {declared.by}: {why}"
        return Part(name, _highest(floor, Grade.HIGH), because, told=False)
    if said.rank < floor.rank:
        return Part(name, floor, f"{_HARM[name]}, {floor} at least")
    return Part(name, said, f"{_HARM[name]}, says {declared.by}")


def _held(name: str, rows: Sequence[GradeRow], held: Sequence[bool | None]) -> Part:
    found = _unheld(name)
    for place, row in enumerate(rows):
        holds = held[place] if place < len(held) else None
        if holds is False:
            continue
        if holds is None:
            because = f"{_HARM[name]} cannot be told: {row.because}?"
            part = Part(name, _highest(row.grade, Grade.HIGH), because, told=False)
        else:
            part = Part(name, row.grade, row.because)
        found = max(found, part, key=_rank)
    return found


def _undoing(consequence: Consequence, asked: Asked) -> Part | None:
    """That it cannot be undone, or that nobody knows; None where it can."""
    declared = consequence.reversible
    said = declared if isinstance(declared, bool) else asked.said.get("reversible")
    if said is True:
        return None
    if said is False:
        return Part("reversible", None, "cannot be undone")
    why = said.because if isinstance(said, Untold) else "neither true nor false"
    by = getattr(declared, "by", "")
    return Part("reversible", None, f"cannot be told whether it can be undone: {by}: {why}", told=False)


def _stake(
    consequence: Consequence, facts: Mapping[str, Any], asked: Asked, *, currency: str,
    rates: Mapping[str, Decimal],
) -> tuple[Decimal | None, str | None]:  # fmt: skip
    declared = consequence.money
    if declared is None:
        return None, None
    if not isinstance(declared, SumBy):
        return _sum(facts.get(declared), declared, currency=currency, rates=rates)
    said = asked.said.get("money")
    if isinstance(said, Untold):
        return None, f"{declared.by}: {said.because}"
    stake, unknown = _sum(said, declared.by, currency=currency, rates=rates)
    if stake is not None and declared.at_least is not None:
        stake = max(abs(stake), declared.at_least)
    return stake, unknown


def _sum(
    value: Any, name: str, *, currency: str, rates: Mapping[str, Decimal]
) -> tuple[Decimal | None, str | None]:
    if value is None:
        return None, f"{name} is not known"
    if isinstance(value, Mapping):
        value = Money.model_validate(value)
    if isinstance(value, Money):
        stake = base_amount(value, currency=currency, rates=rates)
        return stake, f"no rate from {value.currency} to {currency} is recorded" if stake is None else None
    try:
        stake = Decimal(str(value))
    except InvalidOperation:
        return None, f"{name} is not a sum"
    return (stake, None) if stake.is_finite() else (None, f"{name} is not a sum")


def _money_grade(consequence: Consequence, stake: Decimal) -> Grade:
    size, breakpoints = abs(stake), consequence.breakpoints
    return next((grade for grade, start in breakpoints if size >= start), Grade.LOW)
