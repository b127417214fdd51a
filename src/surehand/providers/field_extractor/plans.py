"""How the values of a field are looked for: found out from the labelled documents, fixed in the model."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import features, span_features, spans, spots, values
from .rows import Sheet
from .spans import Span
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHAPES = ("date", "amount", "token", "span")
JOINERS = (" ", ", ", "\n")
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """Where candidates for one field come from.

    kind       the type word of the field
    shape      `date`, `amount`, `token` or `span`
    day_first  of dates: how ambiguous ones are read; None offers both ways
    cents      of amounts: only those with two decimals
    digits     of tokens: only those with a digit
    longest    of spans: most units
    trims      of spans: which trims are tried
    joiner     of spans: what stands between the texts of two units
    compact    of tokens: without blanks
    """

    kind: str
    shape: str
    day_first: bool | None = True
    cents: bool = True
    digits: bool = True
    longest: int = 1
    trims: tuple[int, ...] = (0,)
    joiner: str = " "
    compact: bool = False

    @property
    def stages(self) -> int:
        """How many linear models the first stage has: one for values, three for spans."""
        return 3 if self.shape == "span" else 1


@dataclass(slots=True)
class Found:
    """The candidates of one field on one document with what the first stage sees; spans come later.

    places  (spots or units) hashed features for the first stage
    """

    plan: Plan
    sheet: Sheet
    places: list[list[int]]
    spots: list[Spot] = field(default_factory=list)


def look(sheet: Sheet, plan: Plan, cache: dict[Any, Any]) -> Found:
    """Candidates of a field on a sheet; fields that look for the same share their work through `cache`."""
    if plan.shape == "span":
        if "units" not in cache:
            cache["units"] = spans.around_units(sheet)
        return Found(plan, sheet, cache["units"])
    key = (plan.shape, plan.day_first, plan.cents, plan.digits)
    if key not in cache:
        seen = occurrences(sheet, plan)
        cache[key] = (seen, features.around_spots(sheet, seen))
    seen, places = cache[key]
    return Found(plan, sheet, places, seen)


def occurrences(sheet: Sheet, plan: Plan) -> list[Spot]:
    """Every spot that a plan for dates, amounts or tokens allows."""
    if plan.shape == "date":
        return spots.dates_of(sheet, day_first=plan.day_first)
    if plan.shape == "amount":
        return spots.amounts_of(sheet, cents=plan.cents)
    return spots.tokens_of(sheet, digits=plan.digits)


def measured(
    found: Found, stages: "NDArray[np.float64]"
) -> tuple[Sequence[Spot | Span], "NDArray[np.float64]"]:
    """The candidates, and their (n, features) numbers; `stages` are the first stage's (spots or units, k)."""
    if found.plan.shape == "span":
        starts = spans.likely_starts(stages[:, 1]) if found.sheet.units else []
        cut = spans.spans_of(found.sheet, starts, longest=found.plan.longest, trims=found.plan.trims)
        return cut, span_features.of_spans(found.sheet, cut, stages)
    amounts = found.plan.shape == "amount"
    return found.spots, features.of_spots(found.sheet, found.spots, stages[:, 0], amounts=amounts)


# --- finding the plan


def plan_for(
    kind: str, sheets: Sequence[Sheet], truths: Sequence[Any], *, day_first: bool | None
) -> tuple[Plan, float]:
    """The plan that covers the labelled values, and the share of the values it covers.

    truths  one comparable value per sheet (`values.comparable`); None where there is none
    """
    known = [(sheet, truth) for sheet, truth in zip(sheets, truths, strict=True) if truth is not None]
    if kind == "date":
        return _dates(known, day_first)
    if kind in ("money", "number", "integer"):
        tried = [Plan(kind, "amount", cents=cents) for cents in (True, False)]
        return _cheapest(tried, known, gain=0.03)
    digits = bool(known) and sum(any(map(str.isdigit, truth)) for _, truth in known) >= 0.9 * len(known)
    token = Plan(kind, "token", digits=digits)
    share = coverage(token, known)
    longest = max((_rows_needed(sheet, truth) for sheet, truth in known), default=1)
    span = Plan(kind, "span", longest=min(max(longest, 1) + (longest > 1), _LONGEST), trims=(0,))
    span, span_share = _trims(span, known)
    return (token, share) if share >= span_share - 0.03 else (span, span_share)


def coverage(plan: Plan, known: Sequence[tuple[Sheet, Any]]) -> float:
    """Share of the values that are among the candidates."""
    if not known:
        return 0.0
    hits = 0
    for sheet, truth in known:
        if plan.shape == "span":
            hits += truth in _all_spans(sheet, plan)
        else:
            hits += any(spot.key == truth for spot in occurrences(sheet, plan))
    return hits / len(known)


def _all_spans(sheet: Sheet, plan: Plan) -> set[str]:
    units = range(min(len(sheet.units), 400))
    return {
        span.key
        for at in units
        for span in spans.spans_of(sheet, [at], longest=plan.longest, trims=plan.trims)
    }


def _rows_needed(sheet: Sheet, truth: str) -> int:
    """How many units the value runs over; 0 where no run is equal to it."""
    for at in range(min(len(sheet.units), 400)):
        if len(own := values.plain(sheet.units[at].text)) < 2 or own[:2] not in truth:
            continue
        for span in spans.spans_of(sheet, [at], longest=_LONGEST, trims=(0,)):
            if span.key == truth:
                return len(span.units)
    return 0


def _dates(known: Sequence[tuple[Sheet, Any]], day_first: bool | None) -> tuple[Plan, float]:
    """Day-first as set; else as learned where the documents agree; else both ways."""
    if day_first is None:
        day_first = _order_seen(known)
    plan = Plan("date", "date", day_first=day_first)
    return plan, coverage(plan, known)


def _order_seen(known: Sequence[tuple[Sheet, Any]]) -> bool | None:
    """True or False when at least five documents show the order and nearly none another; else None."""
    first = second = 0
    for sheet, truth in known:
        forms = {spot.form for spot in spots.dates_of(sheet, day_first=None) if spot.key == truth}
        first += "dmy" in forms and "mdy" not in forms
        second += "mdy" in forms and "dmy" not in forms
    total = first + second
    if total < 5:
        return None
    share = first / total
    return True if share >= 0.97 else False if share <= 0.03 else None


def _cheapest(plans: Sequence[Plan], known: Sequence[tuple[Sheet, Any]], gain: float) -> tuple[Plan, float]:
    best, share = plans[0], coverage(plans[0], known)
    for plan in plans[1:]:
        more = coverage(plan, known)
        if more > share + gain:
            best, share = plan, more
    return best, share


def _trims(span: Plan, known: Sequence[tuple[Sheet, Any]]) -> tuple[Plan, float]:
    """Adds the trims that make at least one more value in two hundred readable, the most useful first."""
    missing = list(known)
    taken: list[int] = []
    reached: dict[int, list[int]] = {trim: [] for trim in range(len(spans.TRIMS))}
    for trim in reached:
        plan = Plan(span.kind, "span", longest=span.longest, trims=(trim,))
        reached[trim] = [at for at, (sheet, truth) in enumerate(known) if truth in _all_spans(sheet, plan)]
    covered: set[int] = set(reached[0])
    taken.append(0)
    while True:
        best = max(reached, key=lambda trim: (len(set(reached[trim]) - covered), -trim))
        more = len(set(reached[best]) - covered)
        if more < max(1, len(missing) / 200):
            break
        covered |= set(reached[best])
        taken.append(best)
    plan = Plan(span.kind, "span", longest=span.longest, trims=tuple(sorted(taken)))
    return plan, len(covered) / len(known) if known else 0.0


def styled(plan: Plan, printed: Sequence[str], sheets: Sequence[Sheet], truths: Sequence[Any]) -> Plan:
    """The plan with the way the labelled values are written: what joins rows, and whether blanks are kept.

    printed  the values as labelled
    """
    if plan.shape == "token":
        blank = sum(" " in text for text in printed)
        return replace(plan, compact=blank * 2 < len(printed))
    if plan.shape != "span" or plan.longest < 2:
        return plan
    hits = Counter[str]()
    for sheet, text, truth in zip(sheets, printed, truths, strict=True):
        if truth is None:
            continue
        units = range(min(len(sheet.units), 100))
        starts = [
            at for at in units if (own := values.plain(sheet.units[at].text)) and truth.startswith(own[:4])
        ]
        cut = spans.spans_of(sheet, starts[:5], longest=plan.longest, trims=plan.trims)
        for span in [span for span in cut if span.key == truth and len(span.units) > 1][:1]:
            hits.update(joiner for joiner in JOINERS if span.text(joiner) == text.strip())
    best = max(JOINERS, key=lambda joiner: (hits[joiner], -JOINERS.index(joiner)))
    return replace(plan, joiner=best)


def share_in_order(plan: Plan, sheets: Sequence[Sheet], truths: Sequence[Any]) -> float:
    """How sure an ambiguous date is of its order: the share of documents that show it, one of each added."""
    if plan.shape != "date" or plan.day_first is None:
        return 1.0
    seen = [
        "dmy" in forms
        for sheet, truth in zip(sheets, truths, strict=True)
        if (forms := {spot.form for spot in spots.dates_of(sheet, day_first=None) if spot.key == truth})
        & {"dmy", "mdy"}
    ]
    return (sum(order == plan.day_first for order in seen) + 1) / (len(seen) + 2) if seen else 0.5
