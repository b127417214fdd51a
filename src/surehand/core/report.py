"""From what was counted to the figures that a report of a guarantee shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from surehand.core.course import EDGES, OTHERS, Count, Group, Scores, Span, Stated, merged
from surehand.core.reason import percent
from surehand.stats.calibration import Bin, miscalibration
from surehand.stats.intervals import wilson

#: Answers below which a group has no figure: its interval would span nearly everything.
FEWEST = 50

#: What confidence is where it does not mean what it says; see `GroupReport.stated`.
OVER, UNDER = "overstated", "understated"

#: Parts of the reliability diagram, points of the curve and of the course.
_PARTS, _POINTS, _STRETCHES = 10, 24, 60

#: Checks that an error of late rests on, and answers that a point of the curve rests on.
_CHECKS, _ANSWERS = 60, 20


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases, estimated from blind answers, with its 95 % interval.

    answers, wrong  how many there are, and how many of them say that the AI was wrong
    """

    share: float
    low: float
    high: float
    answers: int
    wrong: int


def share_of(count: Count) -> Share | None:
    """What blind answers say; None where there is none."""
    if count.share is None:
        return None
    low, high = count.interval
    return Share(count.share, min(low, count.share), max(high, count.share), count.answers, count.wrong)


# Confidence


@dataclass(frozen=True, slots=True)
class Part:
    """Cases of like confidence, or of one group: what the AI said on average, and how often it was right."""

    said: float
    right: float
    low: float
    high: float
    answers: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether confidence means what it says.

    error  expected calibration error, with its interval low to high
    """

    parts: tuple[Part, ...]
    error: float
    low: float
    high: float
    answers: int


def calibration(span: Span) -> Calibration | None:
    """Said against right, in parts with about as many answers each; None before there are enough."""
    scores = [one for _, one in sorted(span.scores.items()) if one.answers.answers]
    if sum(one.answers.answers for one in scores) < FEWEST:
        return None
    most = sum(one.answers.answers for one in scores) / _PARTS
    bins = [_bin(part) for part in _together(scores, most)]
    off = miscalibration(bins)
    parts = tuple(Part(b.said, b.right, *wilson(b.right, b.count), b.count) for b in bins)
    return Calibration(parts, off.error, off.low, off.high, sum(b.count for b in bins))


def _together(scores: Sequence[Scores], most: float) -> Iterator[Scores]:
    part = Scores()
    for one in scores:
        part.merge(one)
        if part.answers.answers >= most:
            yield part
            part = Scores()
    if part.answers.answers:
        yield part


def _bin(part: Scores) -> Bin:
    count = part.answers.answers
    return Bin(count, part.said / count, 1 - part.answers.wrong / count)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What would be wrong if all cases from a confidence on ran alone; coverage: their share of all."""

    confidence: float
    coverage: float
    error: Share


def curve(span: Span) -> tuple[CurvePoint, ...]:
    """Error against coverage, the surest cases first."""
    total = sum(one.cases for one in span.scores.values())
    whole, points = Scores(), list[CurvePoint]()
    for part, one in sorted(span.scores.items(), reverse=True):
        whole.merge(one)
        error = share_of(whole.answers)
        if error is not None and error.answers >= _ANSWERS and total:
            points.append(CurvePoint(EDGES[part], whole.cases / total, error))
    if len(points) <= _POINTS:
        return tuple(points)
    kept = {round(step * (len(points) - 1) / (_POINTS - 1)) for step in range(_POINTS)}
    return tuple(point for place, point in enumerate(points) if place in kept)


# Course


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the course.

    first, last  judgements before it, and at its end
    coverage     share of cases whose score was certified at its end
    found        what checks said of what ran alone, in it and before it until there were enough of them
    """

    first: int
    last: int
    coverage: float
    found: Share | None


def course(spans: Sequence[Span]) -> tuple[Stretch, ...]:
    """The course in at most some sixty parts, with the error as checks found it."""
    if not spans:
        return ()
    width = -(-len(spans) // _STRETCHES)
    groups = [merged(spans[start : start + width]) for start in range(0, len(spans), width)]
    return tuple(
        Stretch(one.first, one.first + one.cases, one.coverage, _lately(groups, place))
        for place, one in enumerate(groups)
    )


def _lately(groups: Sequence[Span], place: int) -> Share | None:
    checks = Count()
    for back, one in enumerate(reversed(groups[: place + 1])):
        if back and not one.coverage:
            break  # what ran before everything went to people tells nothing of what was earned since
        checks.merge(one.checks)
        if checks.answers >= _CHECKS:
            return share_of(checks)
    return None


# Cost


@dataclass(frozen=True, slots=True)
class Cost:
    """What people do for each 100 cases: decide, some of them unseen, and check what ran alone."""

    decided: float
    unseen: float
    checked: float

    @property
    def reviews(self) -> float:
        """All of it."""
        return self.decided + self.checked


def cost(span: Span) -> Cost | None:
    """Of the cases whose confidence says where they go; None of none."""
    if not span.cases:
        return None
    each = 100 / span.cases
    return Cost((span.cases - span.alone) * each, span.unseen * each, span.drawn * each)


# Slices


@dataclass(frozen=True, slots=True)
class GroupReport:
    """Cases of one value of a slice. A figure that rests on fewer than `FEWEST` answers is None.

    wrong            of all cases, if the AI had decided each of them
    checked          of those that ran alone
    false_positives  of a yes/no decision: the AI says yes, of cases where no is right; false_negatives: the
                     other way round
    calibration      what confidence said on average of all cases, and how often the AI would be right
    stated           `overstated` or `understated` where what was said lies outside the interval of what was
                     right, else `fair`; None: too few answers
    """

    value: str
    cases: int
    alone: int | None
    answers: int
    wrong: Share | None
    checked: Share | None
    false_positives: Share | None
    false_negatives: Share | None
    calibration: Part | None
    stated: str | None

    @property
    def sentence(self) -> str:
        """What confidence says and what is right, as a sentence; empty with too few answers."""
        found = self.calibration
        if found is None:
            return ""
        right = f"{percent(found.right)} % are right ({percent(found.low)} to {percent(found.high, up=True)})"
        return f"Confidence is {self.stated} with {self.value}: it says {percent(found.said)} %, and {right}."


@dataclass(frozen=True, slots=True)
class Gap:
    """Two groups whose intervals lie apart."""

    what: str
    worse: str
    better: str
    more: Share
    less: Share

    @property
    def sentence(self) -> str:
        """As a sentence."""
        return (
            f"{self.what.capitalize()}: {_said(self.more)} with {self.worse}, "
            f"{_said(self.less)} with {self.better}."
        )


@dataclass(frozen=True, slots=True)
class SliceReport:
    """How the cases of each value of a fact fare.

    yes_no  the decision is a yes or a no, so errors are of two kinds
    gaps    the widest gap of each kind of error
    """

    name: str
    groups: tuple[GroupReport, ...]
    yes_no: bool
    gaps: tuple[Gap, ...]

    @property
    def misstated(self) -> tuple[GroupReport, ...]:
        """The group whose confidence is overstated most, and the one where it is understated most."""
        found = list[GroupReport]()
        for kind in (OVER, UNDER):
            off = [(_off(one), one.value, one) for one in self.groups if one.stated == kind]
            found += [max(off)[2]] if off else []
        return tuple(found)


def slices(span: Span) -> tuple[SliceReport, ...]:
    """Every slice, the group with most cases first."""
    return tuple(_slice(name, groups) for name, groups in sorted(span.slices.items()))


def _slice(name: str, counted: dict[str, Group]) -> SliceReport:
    ordered = sorted(counted.items(), key=lambda item: (item[0] == OTHERS, -item[1].cases, item[0]))
    groups = tuple(_group(value, group) for value, group in ordered)
    yes_no = any(group.yes.answers + group.no.answers for group in counted.values())
    found = (_gap(groups, *kind) for kind in _KINDS)
    return SliceReport(name, groups, yes_no, tuple(gap for gap in found if gap is not None))


def _group(value: str, group: Group) -> GroupReport:
    found = _calibrated(group.stated)
    return GroupReport(
        value, group.cases, group.alone if group.cases >= FEWEST else None, group.answers.answers,
        wrong=_enough(group.answers),
        checked=_enough(group.checks), false_positives=_enough(group.no), false_negatives=_enough(group.yes),
        calibration=found, stated=None if found is None else _stated(found),
    )  # fmt: skip


def _calibrated(group: Stated) -> Part | None:
    wrong = _enough(group.answers)
    if wrong is None:
        return None
    said = round(group.said / group.answers.weight, 9)  # as a sum of floats 0.93 is a little less
    return Part(said, 1 - wrong.share, 1 - wrong.high, 1 - wrong.low, wrong.answers)


def _off(group: GroupReport) -> float:
    return abs(group.calibration.said - group.calibration.right) if group.calibration is not None else 0.0


def _stated(found: Part) -> str:
    if found.low <= found.said <= found.high:
        return "fair"
    return OVER if found.said > found.high else UNDER


def _enough(count: Count) -> Share | None:
    return share_of(count) if count.answers >= FEWEST else None


_KINDS = (
    ("wrong", "wrong"), ("wrong among what ran alone", "checked"), ("false positives", "false_positives"),
    ("false negatives", "false_negatives"),
)  # fmt: skip


def _gap(groups: Sequence[GroupReport], what: str, kind: str) -> Gap | None:
    """The widest gap between two groups whose intervals lie apart."""
    known = [(one.value, share) for one in groups if (share := getattr(one, kind)) is not None]
    known.sort(key=lambda pair: -pair[1].share)
    apart = [(a, b) for a, b in combinations(known, 2) if a[1].low > b[1].high]
    if not apart:
        return None
    worse, better = max(apart, key=lambda pair: pair[0][1].share - pair[1][1].share)
    return Gap(what, worse[0], better[0], worse[1], better[1])


def _said(share: Share) -> str:
    return f"{percent(share.share)} % ({percent(share.low)} to {percent(share.high, up=True)})"
