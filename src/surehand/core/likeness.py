"""Which other cases are probably the same matter, and which are alike in what mattered.

Both follow from what is recorded alone: the same cases give the same answer, whoever asks and whenever.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.policy import Trigger

#: Cases of one subject that agree in all that identifies a matter are the same one within this time.
IDENTITY_WITHIN = timedelta(days=400)

#: The same sum alone says less: a rent comes every month.
SUM_WITHIN = timedelta(days=30)

#: The name of the sum among what two cases agree in.
SUM = "sum"

#: Stakes are similar up to this ratio.
_RATIO = 3

#: Flags that two cases share, of all that either has.
_SHARED = 0.5

#: These speak of how sure a model was and not of the case.
_OF_A_MODEL = frozenset({Trigger.LOW_CONFIDENCE, Trigger.AMBIGUOUS_INPUT})


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells one matter from another, of one case.

    stake  None or 0: no sum is at stake
    marks  value by the name of a fact that identifies it, as text; '' where it is not known
    """

    at: datetime
    stake: Decimal | None
    marks: Mapping[str, str] = field(default_factory=dict)


def same_matter(here: Traits, there: Traits) -> tuple[str, ...]:
    """In what two cases of one subject agree, if that makes them near duplicates; else ().

    Facts that identify a matter have to be known and equal, all of them, within `IDENTITY_WITHIN`; or the sum
    at stake is equal, within `SUM_WITHIN`.
    """
    apart = abs(here.at - there.at)
    known = bool(here.marks) and all(here.marks.values())
    identical = known and apart <= IDENTITY_WITHIN and all(
        there.marks.get(name) == value for name, value in here.marks.items()
    )  # fmt: skip
    paid = bool(here.stake) and here.stake == there.stake and (identical or apart <= SUM_WITHIN)
    return (*(here.marks if identical else ()), *((SUM,) if paid else ()))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What mattered when a case was decided.

    flags        see `flags_of`
    recommended  what the AI recommended, as it is recorded; None: nothing
    """

    flags: frozenset[str]
    recommended: Any
    stake: Decimal | None


@dataclass(frozen=True, slots=True)
class Precedent:
    """An earlier case that a person decided at the same decision point.

    answer  what the person answered; None: the case was turned away with none
    """

    case_id: str
    at: datetime
    answer: Any
    weighed: Weighed


def flags_of(reasons: Iterable[Mapping[str, Any]], rules: Collection[str]) -> frozenset[str]:
    """What of the case itself brought it to a person, told apart by rule or trigger.

    rules  the sentences of the map's rules and limits
    """
    found = set()
    for reason in reasons:
        text, trigger = str(reason.get("text") or ""), str(reason.get("trigger") or "")
        if text in rules:
            found.add(text)
        elif trigger and trigger not in _OF_A_MODEL:
            found.add(trigger)
    return frozenset(found)


def most_alike(here: Weighed, past: Iterable[Precedent], *, most: int) -> list[Precedent]:
    """Precedents, the most alike first: what is asked for is in `alikeness`; of those alike, the latest."""
    ranked = [(how, one) for one in past if (how := alikeness(here, one.weighed)) is not None]
    ranked.sort(key=lambda pair: pair[1].case_id)
    ranked.sort(key=lambda pair: pair[1].at, reverse=True)
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return [one for _, one in ranked[:most]]


def alikeness(here: Weighed, there: Weighed) -> tuple[float, bool] | None:
    """The share of flags in common, and whether the same was recommended; None where they are not alike.

    Alike are cases with a similar sum at stake that share at least half of all flags that either has; where
    neither has any, the same must have been recommended.
    """
    same = here.recommended is not None and here.recommended == there.recommended
    if not _similar(here.stake, there.stake):
        return None
    either = here.flags | there.flags
    if not either:
        return (1.0, True) if same else None
    shared = len(here.flags & there.flags) / len(either)
    return (shared, same) if shared >= _SHARED else None


def _similar(one: Decimal | None, other: Decimal | None) -> bool:
    small, large = sorted((abs(one or Decimal()), abs(other or Decimal())))
    return large <= small * _RATIO


def answered(precedents: Sequence[Precedent]) -> list[tuple[Any, int]]:
    """The answers that were given, with how often; the most frequent first, then in the order given."""
    found: list[tuple[Any, int]] = []
    for one in precedents:
        # an answer may be a list, which no mapping takes as a key
        place = next((at for at, (answer, _) in enumerate(found) if answer == one.answer), None)
        if place is None:
            found.append((one.answer, 1))
        else:
            found[place] = (one.answer, found[place][1] + 1)
    return sorted(found, key=lambda pair: -pair[1])
