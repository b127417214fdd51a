"""The oversight level of a case, with the reasons in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surehand.core.confidence import Calibration, Confidence
from surehand.core.consequence import Graded
from surehand.core.guarantee import Terms
from surehand.core.limits import Narrowing, edge, reached
from surehand.core.oversight import Level, most_human
from surehand.core.policy import Band, Grade, Rule, Trigger
from surehand.core.reason import Reason, percent

#: Two answers whose probabilities are closer than this are a toss-up.
AMBIGUOUS_MARGIN = 0.10


@dataclass(frozen=True, slots=True)
class Route:
    """The level chosen, why, and the confidence above which the case would have run alone.

    by_confidence  nothing but the confidence decided it, and limits that end or rest as time goes on
    """

    level: Level
    reasons: tuple[Reason, ...]
    limit: float | None
    by_confidence: bool = False

    @property
    def unseen(self) -> "Route":
        """The same for somebody who was drawn to decide without the AI's view."""
        reason = Reason("Drawn to be decided without the AI's view", Level.HUMAN)
        new = next((one for one in self.reasons if one.trigger is Trigger.NOVEL_INPUT), None)
        told = reason if new is None else replace(new, level=Level.HUMAN)
        return Route(Level.HUMAN, (told,), self.limit, self.by_confidence)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a guarantee lets run now.

    terms        of the moment
    error        what is promised: the share of wrong decisions among those that run alone
    calibration  of the confidence that it is about; None while there is none
    rival        hash of a model that has to earn as much before it takes over
    admitted     clusters that are admitted, with the least probability of a check of their next decision
    """

    terms: Terms
    error: float
    calibration: Calibration | None = None
    rival: str | None = None
    admitted: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is known about one case when it is routed.

    answered   the AI has a recommendation
    rivals     probabilities of the two best answers, when it gave them
    rules      per rule of the map: True, False, or None when it could not be told
    limits     limits of the map with what is known of them; those that are not for the case may be left out
    missing    names of required facts that are missing
    failures   attempts that failed before this step succeeded
    stranger   why nothing of its cluster runs alone yet, in words; None: it may, as far as that goes
    stopped    why nothing runs alone now, in words; None: automation runs
    """

    confidence: Confidence
    graded: Graded
    answered: bool
    rivals: tuple[float, float] | None = None
    rules: Sequence[tuple[Rule, bool | None]] = ()
    limits: Sequence[Narrowing] = ()
    missing: tuple[str, ...] = ()
    failures: int = 0
    stranger: str | None = None
    stopped: str | None = None


def route(
    findings: Findings, *, bands: tuple[Band, ...] | None, level: Level | None, earned: Earned | None = None
) -> Route:
    """Choose the level: the band, the fixed level or what was earned, then whatever asks for more people.

    A rule with `route: automate` may only lift what the band alone decided, never a trigger, a limit, a
    missing confidence or a high consequence.
    """
    if earned is not None:
        limit = earned.terms.cut if findings.stranger is None else None
        start = _from_evidence(earned, findings)
    else:
        limit = _limit(bands, findings.graded) if bands else None
        start = _fixed(level) if level else _from_bands(bands or (), findings, limit)
    triggers, hits = _triggers(findings), _hits(findings)
    loosening = [rule for rule, hit in findings.rules if hit is True and rule.route is Level.AUTOMATE]
    only = not triggers and not hits and findings.confidence.value is not None
    if loosening and only and level is None and earned is None:
        rule = loosening[0]
        start = Reason(rule.because, Level.AUTOMATE, rule.trigger, rule.policy)
    limiting = reached(findings.limits, findings.confidence.value)
    measured = [start, *triggers, *[reason for _, reason in limiting]]
    chosen = most_human([reason.level for reason in (*measured, *hits)])
    if findings.stopped is not None and not chosen.waits:
        # only where it makes a difference. What is counted as evidence is the same as if nothing were stopped
        measured.append(Reason(findings.stopped, Level.REVIEW))
        chosen = Level.REVIEW
    if not chosen.shows_recommendation:
        measured = [_blind(reason) for reason in measured]
    ordered = sorted([*measured, *hits], key=lambda reason: -reason.level.rank)
    if chosen.waits:
        ordered = [reason for reason in ordered if reason.level.waits]
    return Route(
        chosen, tuple(ordered), _narrowed(limit, findings.limits),
        # what is limited for good is no part of what is promised; what comes back must have been counted
        by_confidence=only and all(narrowed.passes for narrowed, _ in limiting),
    )  # fmt: skip


def _narrowed(limit: float | None, limits: Sequence[Narrowing]) -> float | None:
    """Where cases begin to run alone, with the limits that are for this case."""
    below = edge(limits)
    return limit if limit is None or below is None else max(limit, below)


def _blind(reason: Reason) -> Reason:
    """The reason without what a model said: whoever decides alone must not be led by it.

    Only what was measured here is reworded; the sentences of the map's own rules stay as they were written.
    """
    of_the_model = reason.trigger in (Trigger.LOW_CONFIDENCE, Trigger.AMBIGUOUS_INPUT)
    if of_the_model or reason.text.startswith("Confidence"):
        return replace(reason, text="The map gives such a case to a person alone")
    return reason


def _fixed(level: Level) -> Reason:
    who = {
        Level.AUTOMATE: "the map lets every such case run alone",
        Level.SPOT_CHECK: "the map lets every such case run alone and has some checked",
        Level.NOTIFY: "the map lets every such case run unless a person who is told overrides it",
        Level.REVIEW: "the map has every such case approved by a person",
        Level.ASSIST: "the map has every such case decided by a specialist",
        Level.HUMAN: "the map has every such case decided by a person alone",
    }
    return Reason(f"Always {level.words}: {who.get(level, 'the map says so')}", level)


def _from_evidence(earned: Earned, findings: Findings) -> Reason:
    value, cut = findings.confidence.value, earned.terms.cut
    if value is None:
        what = findings.confidence.weakest
        text = f"No confidence: {what.replace('_', ' ')} has no reading" if what else "No confidence"
        return Reason(text, Level.REVIEW, Trigger.LOW_CONFIDENCE)
    if findings.stranger is not None:
        return Reason(findings.stranger, Level.REVIEW, Trigger.NOVEL_INPUT)
    said = f"Confidence {percent(value)}"
    if cut is None:
        return Reason(f"{said}; no level of it is certified yet, so people decide", Level.REVIEW)
    if value >= cut:
        text = (
            f"{said} is at least {percent(cut)}, certified for at most {percent(earned.error)} in 100 wrong"
        )
        return Reason(text, Level.SPOT_CHECK)
    text = f"{said} is below {percent(cut)}, from which decisions run alone"
    return Reason(text, Level.REVIEW, Trigger.LOW_CONFIDENCE)


def _from_bands(bands: tuple[Band, ...], findings: Findings, limit: float | None) -> Reason:
    value = findings.confidence.value
    if value is None:
        lowest = band_of(bands, findings.graded, 0.0)
        what = findings.confidence.weakest
        text = f"No confidence: {what.replace('_', ' ')} has no reading" if what else "No confidence"
        return Reason(text, most_human((lowest.route, Level.REVIEW)), Trigger.LOW_CONFIDENCE)
    row = band_of(bands, findings.graded, value)
    said = f"Confidence {percent(value)}"
    if not row.route.waits:
        just = "just " if percent(value) == percent(row.edge) and value > row.edge else ""
        return Reason(f"{said} is {just}{edge_words(row)}", row.route)
    if limit is None:
        return Reason(f"{said}; at {findings.graded.grade} consequence no confidence runs alone", row.route)
    if any(
        not band.route.waits and findings.graded.grade in band.consequence and band.holds(value)
        for band in bands
    ):
        return Reason(f"{said}, but the sum is over what may run alone", row.route)
    return Reason(
        f"{said} is not above {percent(limit)}, so {row.route.words}", row.route, Trigger.LOW_CONFIDENCE
    )


def band_of(bands: tuple[Band, ...], graded: Graded, value: float) -> Band:
    """The row of the table for a consequence and a confidence; a person decides where there is none."""
    for band in bands:
        if _in_row(band, graded) and band.holds(value):
            return band
    return Band(at_least=0.0, route=Level.HUMAN)


def _in_row(band: Band, graded: Graded) -> bool:
    if graded.grade not in band.consequence:
        return False
    return band.under is None or (graded.stake is not None and abs(graded.stake) < band.under)


def _limit(bands: tuple[Band, ...], graded: Graded) -> float | None:
    edges = [b.edge for b in bands if not b.route.waits and graded.grade in b.consequence]
    return min(edges, default=None)


def _triggers(findings: Findings) -> list[Reason]:
    reasons = []
    if findings.missing:
        names = ", ".join(findings.missing)
        reasons.append(Reason(f"Required and missing: {names}", Level.REVIEW, Trigger.MISSING_FIELD))
    if not findings.answered:
        reasons.append(Reason("The AI has no recommendation", Level.ASSIST, Trigger.NOVEL_INPUT))
    if findings.rivals is not None and findings.rivals[0] - findings.rivals[1] < AMBIGUOUS_MARGIN:
        best, second = findings.rivals
        text = f"Two answers are almost equally likely ({percent(best)} and {percent(second)})"
        reasons.append(Reason(text, Level.REVIEW, Trigger.AMBIGUOUS_INPUT))
    if findings.failures:
        times = "once" if findings.failures == 1 else f"{findings.failures} times"
        text = f"A step failed {times} before it succeeded"
        reasons.append(Reason(text, Level.REVIEW, Trigger.REPEATED_FAILURE))
    return [*reasons, *_stakes(findings.graded)]


def _stakes(graded: Graded) -> list[Reason]:
    reasons = []
    if graded.unknown:
        no_rate = graded.unknown.startswith("no rate from ")
        trigger = Trigger.NO_RATE if no_rate else Trigger.MISSING_FIELD
        reasons.append(Reason(f"The stake cannot be told: {graded.unknown}", Level.REVIEW, trigger))
    for untold in graded.untold:
        text = f"{untold[:1].upper()}{untold[1:]}"
        reasons.append(Reason(text, Level.REVIEW, Trigger.HIGH_STAKES))
    if not reasons and graded.grade.rank >= Grade.HIGH.rank:
        text = f"{graded.grade.capitalize()} consequence: {graded.because}"
        reasons.append(Reason(text, Level.REVIEW, Trigger.HIGH_STAKES))
    return reasons


def _hits(findings: Findings) -> list[Reason]:
    reasons = []
    for rule, hit in findings.rules:
        if hit is True and rule.route is not Level.AUTOMATE:
            reasons.append(Reason(rule.because, rule.route, rule.trigger, rule.policy))
        elif hit is None and rule.route is not Level.AUTOMATE:
            text = f"Could not be told, so a person looks: {rule.because}"
            level = most_human((rule.route, Level.REVIEW))
            reasons.append(Reason(text, level, Trigger.CONFLICTING_SIGNALS, rule.policy))
    return reasons


def edge_words(band: Band) -> str:
    """Where a row begins, in words."""
    return f"above {percent(band.above)}" if band.above is not None else f"at least {percent(band.edge)}"
