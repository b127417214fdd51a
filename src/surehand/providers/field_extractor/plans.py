"""How the values of a field are looked for: found out from the labelled documents, fixed in the model."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import features, formats, span_features, spans, spots, values
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
    spaced     of tokens: also letters and digits with a blank between them, such as `LM 29222`
    format     of tokens: only those that have it (`formats.has_format`)
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
    spaced: bool = False
    format: str = ""

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
    seen = occurrences(sheet, plan, cache)
    key = ("around", *_key(plan))
    if key not in cache:
        cache[key] = features.around_spots(sheet, seen)
    return Found(plan, sheet, cache[key], seen)


def _key(plan: Plan) -> tuple[Any, ...]:
    return plan.shape, plan.day_first, plan.cents, plan.digits, plan.spaced, plan.format


def occurrences(sheet: Sheet, plan: Plan, cache: dict[Any, Any]) -> list[Spot]:
    """Every spot that a plan for dates, amounts or tokens allows."""
    key = _key(plan)
    if key not in cache:
        if plan.format:
            free = occurrences(sheet, replace(plan, format=""), cache)
            cache[key] = [spot for spot in free if formats.has_format(spot.text, plan.format)]
        else:
            cache[key] = _occurrences(sheet, plan)
    seen: list[Spot] = cache[key]
    return seen


def _occurrences(sheet: Sheet, plan: Plan) -> list[Spot]:
    if plan.shape == "date":
        return spots.dates_of(sheet, day_first=plan.day_first)
    if plan.shape == "amount":
        return spots.amounts_of(sheet, cents=plan.cents)
    return spots.tokens_of(sheet, digits=plan.digits, spaced=plan.spaced)


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


#: A sheet, the value that it shows, and its cache.
_Shown = tuple[Sheet, Any, dict[Any, Any]]


def plan_for(
    kind: str,
    sheets: Sequence[Sheet],
    truths: Sequence[Any],
    caches: Sequence[dict[Any, Any]],
    *,
    day_first: bool | None,
) -> tuple[Plan, float]:
    """The plan that covers the labelled values, and the share of the values it covers.

    truths  one comparable value per sheet (`values.comparable`); None where there is none
    caches  one per sheet, as `look` takes it
    """
    known = [one for one in zip(sheets, truths, caches, strict=True) if one[1] is not None]
    if kind == "date":
        return _dates(known, day_first)
    if kind in ("money", "number", "integer"):
        tried = [Plan(kind, "amount", cents=cents) for cents in (True, False)]
        return _cheapest(tried, known, gain=0.03)
    digits = bool(known) and sum(any(map(str.isdigit, truth)) for _, truth, _ in known) >= 0.9 * len(known)
    tried = [Plan(kind, "token", digits=digits, spaced=spaced) for spaced in (False, True)]
    token, share = _cheapest(tried, known, gain=0.01)
    longest = max((_rows_needed(sheet, truth) for sheet, truth, _ in known), default=1)
    span = Plan(kind, "span", longest=min(max(longest, 1) + (longest > 1), _LONGEST), trims=(0,))
    span, span_share = _trims(span, known)
    return (token, share) if share >= span_share - 0.03 else (span, span_share)


def coverage(plan: Plan, known: Sequence[_Shown]) -> float:
    """Share of the values that are among the candidates."""
    if not known:
        return 0.0
    hits = 0
    for sheet, truth, cache in known:
        hits += any(spot.key == truth for spot in occurrences(sheet, plan, cache))
    return hits / len(known)


def _has_span(sheet: Sheet, plan: Plan, truth: str) -> bool:
    """Whether a run of units reads like the value; it can only begin where a unit shares letters with it."""
    for at in range(min(len(sheet.units), 400)):
        text = values.plain(sheet.units[at].text)
        if not text or (truth[:3] not in text and text[:3] not in truth):
            continue
        cut = spans.spans_of(sheet, [at], longest=plan.longest, trims=plan.trims)
        if any(span.key == truth for span in cut):
            return True
    return False


def _rows_needed(sheet: Sheet, truth: str) -> int:
    """How many units the value runs over; 0 where no run is equal to it."""
    for at in range(min(len(sheet.units), 400)):
        if len(own := values.plain(sheet.units[at].text)) < 2 or own[:2] not in truth:
            continue
        for span in spans.spans_of(sheet, [at], longest=_LONGEST, trims=(0,)):
            if span.key == truth:
                return len(span.units)
    return 0


def _dates(known: Sequence[_Shown], day_first: bool | None) -> tuple[Plan, float]:
    """Day-first as set; else as learned where the documents agree; else both ways."""
    if day_first is None:
        day_first = _order_seen(known)
    plan = Plan("date", "date", day_first=day_first)
    return plan, coverage(plan, known)


def _order_seen(known: Sequence[_Shown]) -> bool | None:
    """True or False when at least five documents show the order and nearly none another; else None."""
    first = second = 0
    for sheet, truth, _ in known:
        forms = {spot.form for spot in spots.dates_of(sheet, day_first=None) if spot.key == truth}
        first += "dmy" in forms and "mdy" not in forms
        second += "mdy" in forms and "dmy" not in forms
    total = first + second
    if total < 5:
        return None
    share = first / total
    return True if share >= 0.97 else False if share <= 0.03 else None


def _cheapest(plans: Sequence[Plan], known: Sequence[_Shown], gain: float) -> tuple[Plan, float]:
    best, share = plans[0], coverage(plans[0], known)
    for plan in plans[1:]:
        more = coverage(plan, known)
        if more > share + gain:
            best, share = plan, more
    return best, share


def _trims(span: Plan, known: Sequence[_Shown]) -> tuple[Plan, float]:
    """Adds the trims that make at least one more value in two hundred readable, the most useful first."""
    missing = list(known)
    taken: list[int] = []
    reached: dict[int, list[int]] = {trim: [] for trim in range(len(spans.TRIMS))}
    for trim in reached:
        plan = Plan(span.kind, "span", longest=span.longest, trims=(trim,))
        reached[trim] = [at for at, (sheet, truth, _) in enumerate(known) if _has_span(sheet, plan, truth)]
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


def styled(
    plan: Plan,
    printed: Sequence[str],
    sheets: Sequence[Sheet],
    truths: Sequence[Any],
    groups: Sequence[str],
) -> Plan:
    """The plan with the way the labelled values are written: joined rows, kept blanks, a format they share.

    printed  the values as labelled
    """
    if plan.shape == "token":
        shown = [one for one in zip(printed, groups, truths, strict=True) if one[2] is not None]
        blank = sum(" " in text for text, _, _ in shown)
        wanted = formats.format_of([text for text, _, _ in shown], [group for _, group, _ in shown])
        return replace(plan, compact=blank * 2 < len(shown) and not plan.spaced, format=wanted)
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
