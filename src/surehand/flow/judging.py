"""At a decision point: recommend, read the signals, grade, route; then run alone or hand to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from surehand.core import actions, draws, picking, verifying, watching
from surehand.core.answering import answers_of
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE, Case, Judgement
from surehand.core.clusters import Membership
from surehand.core.course import NOTHING
from surehand.core.four_eyes import Asked
from surehand.core.lifecycle import Handover, Office, decided, hand_over
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.placing import placed
from surehand.core.policy import Acts
from surehand.core.recommendation import Recommendation, probability
from surehand.core.routing import Earned, Route
from surehand.core.steps import Decide, DecisionPoint, Verify
from surehand.core.values import plain, shown, storable
from surehand.errors import SettingsInvalid, TemporaryFailure
from surehand.flow import asking
from surehand.flow.appraising import Appraised, provider_name
from surehand.flow.context import Context
from surehand.providers.answer import nothing
from surehand.providers.classifier import answering

#: Letters of a slice's value: it names a group, and is no text.
_LONGEST_SLICE = 60


def recommend(
    context: Context, process: BoundProcess, bound: BoundStep, passages: Sequence[Passage]
) -> list[Recommendation[Any] | Exception]:
    """The AI's answers, one per case; an error of one is its own."""
    found, point = _recommended(context, process, bound, passages), bound.step
    if not isinstance(point, Decide) or point.ranking is None:
        return found
    return [
        one if isinstance(one, Exception) else _picked(point, passage, one)
        for one, passage in zip(found, passages, strict=True)
    ]


def _picked(point: Decide, passage: Passage, found: Recommendation[Any]) -> Recommendation[Any]:
    """A ranking is of what there is to rank; any other is no answer."""
    try:
        if found.value is not None:
            picking.picked(point, found.value, passage.case.facts)
        return found
    except ValueError as error:
        return nothing(f"The ranking {error}", source=found.source, signals=found.signals)


def _recommended(
    context: Context, process: BoundProcess, bound: BoundStep, passages: Sequence[Passage]
) -> list[Recommendation[Any] | Exception]:
    point = bound.step
    assert isinstance(point, DecisionPoint)
    if point.level == Level.HUMAN:
        return [Recommendation(value=None, source="not asked") for _ in passages]
    if isinstance(point, Verify):
        return [verifying.as_read(point, passage.case) for passage in passages]
    if bound.model is not None and bound.model.provider in context.models.classifiers:
        return _learned(context, process, bound, passages)
    if bound.model is not None and bound.model.provider in context.languages:
        return asking.asked(context, process, bound, [passage.case.known for passage in passages])
    provider = context.providers[provider_name(process, point)]
    brought = [passage.case.brought.get(point.name) for passage in passages]
    return provider.recommend(bound, [passage.case.known for passage in passages], brought)


def _learned(
    context: Context, process: BoundProcess, bound: BoundStep, passages: Sequence[Passage]
) -> list[Recommendation[Any] | Exception]:
    """The answers of the trained model in use; without one, no answer and the reason."""
    point = bound.step
    assert isinstance(point, DecisionPoint)
    assert bound.model is not None
    try:
        model = context.models.classifier(context.db, process.name, str(point.model), bound.model)
        return answering.recommend(model, bound, [passage.case.known for passage in passages])
    except TemporaryFailure as error:
        return [error] * len(passages)
    except SettingsInvalid as error:
        # what the model runs on is not on this machine
        return [TemporaryFailure(str(error))] * len(passages)


def settle(
    context: Context,
    process: BoundProcess,
    place: int,
    passage: Passage,
    recommendation: Recommendation[Any],
    found: Appraised,
    *,
    office: Office,
    earned: Earned | None = None,
    rival: Mapping[str, Any] | None = None,
) -> None:
    """Judge one case and send it on its route.

    rival  what a model would have said that is not in use yet, see `flow.rivalry`
    """
    bound = process.steps[place]
    point = bound.step
    assert isinstance(point, DecisionPoint)
    office = replace(office, open_of=context.open_of)
    case = passage.case
    known = case.known
    chosen, grade = found.route, found.graded
    draw = _draw(context, case, point, chosen, found.confidence.value, earned, found.group)
    would: dict[str, Any] = {}
    if draw is not None and rival is not None:
        draw["rival"], would = dict(rival), {"rival": {name: rival[name] for name in ("hash", "score")}}
    if draw is not None and draw["checked"] and chosen.level.waits:
        chosen = chosen.unseen
    passage.move(
        title=question(point, case.facts), stake=grade.stake, grade=grade.grade,
        # a later decision that is about nobody leaves the case about whom it was
        subject=shown(case.facts.get(point.subject))[:200] or None if point.subject else case.subject,
    )  # fmt: skip
    said = _said(recommendation)
    showing = actions.shown_digest(process, place, answers_of(point, said["value"]), known, round=case.round)
    approves = {}
    if not chosen.level.waits:
        approves = actions.approved(process, place, said["value"], known)
    judgement = Judgement(
        case_id=case.id, point=point.name, round=case.round, at=passage.at, version=case.version,
        recommendation=said, signals=found.signals, confidence=found.confidence.value, grade=grade.grade,
        stake=grade.stake, level=chosen.level, reasons=tuple(reason.plain for reason in chosen.reasons),
        limit=chosen.limit, shown=showing, approves=approves, draw=draw, eyes=found.eyes.plain,
    )  # fmt: skip
    passage.add(judgement)
    if earned is not None and draw is not None:
        passage.prove(
            "judged", point.name, case.round, terms=asdict(earned.terms), score=judgement.confidence,
            alone=not chosen.level.waits, odds=draw["share"], asked=draw["checked"],
            **_reported(point, case, said["value"]), **would,
            **({} if found.group is None else found.group.plain),
        )  # fmt: skip
    passage.note(
        "recommended", "ai", point=point.name, round=case.round, source=said["source"],
        value=said["value"], confidence=found.confidence.value, signals=found.signals,
    )  # fmt: skip
    drawn: dict[str, Any] = {} if draw is None else {"draw": draw}
    told: dict[str, Any] = {"parts": [part.plain for part in grade.parts], "limits": list(found.limits)}
    told |= {} if earned is None else {"cut": earned.terms.cut}
    passage.note(
        "routed", ENGINE, point=point.name, round=case.round, level=chosen.level, grade=grade.grade,
        reasons=[reason.text for reason in chosen.reasons], limit=chosen.limit, shown=showing,
        **told, **drawn,
    )  # fmt: skip
    if chosen.level.waits:
        _hand_over(passage, process, point, chosen, found.eyes, office)
    else:
        _let_run(passage, process, place, judgement, office)


def _draw(
    context: Context, case: Case, point: DecisionPoint, chosen: Route, score: float | None,
    earned: Earned | None, group: Membership | None,
) -> dict[str, Any] | None:  # fmt: skip
    """Whether a person is asked who does not see the AI's view: drawn beforehand, and recorded with the odds.

    About a decision that ran alone, it is asked afterwards. Where a guarantee counts on it, some cases that
    people decide anyway are drawn as well, if nothing but their confidence brought them there.
    """
    again = {}
    if earned is not None:
        if not chosen.by_confidence:
            return None
        share = earned.terms.odds(score)
        if group is not None:
            share = group.odds(share, alone=not chosen.level.waits)
        again = {"again": earned.terms.again(score)}
    elif chosen.level is Level.SPOT_CHECK:
        assert point.spot_check is not None
        share = point.spot_check.share
    else:
        return None
    drawn = draws.draw(context.secret, case_id=case.id, point=point.name, round=case.round)
    checked = drawn < share
    asked = _asked(context, case, point, alone=not chosen.level.waits) if checked else {}
    return {"share": share, "draw": drawn, "checked": checked, **again, **asked}


def _asked(context: Context, case: Case, point: DecisionPoint, *, alone: bool) -> dict[str, Any]:
    """What a check is about, fixed with it: the names that there are to rank; the fields that are entered,
    where it is not all of them, as random as the check.

    alone  it ran without a person; whoever decides a case that waits enters all fields, as all are needed
    """
    if isinstance(point, Decide) and point.ranking is not None:
        return {"names": list(picking.candidates(point, case.facts) or ())}
    if not isinstance(point, Verify) or point.caught == 1 or not alone:
        return {}

    def drawn(name: str) -> float:
        return draws.draw(context.secret, case_id=case.id, point=f"{point.name}.{name}", round=case.round)

    chosen = sorted(point.fields, key=drawn)[: point.keyed]
    return {"keyed": [name for name in point.fields if name in chosen]}


def _reported(point: DecisionPoint, case: Case, value: Any) -> dict[str, Any]:
    """What a report tells cases apart by, beside what the guard needs."""
    found: dict[str, Any] = {}
    if point.slices:
        told = ((name, " ".join(shown(case.facts.get(name)).split())) for name in point.slices)
        found["slices"] = {name: text[:_LONGEST_SLICE] or NOTHING for name, text in told}
    if isinstance(value, bool):
        found["said"] = value
    return found


def _let_run(
    passage: Passage, process: BoundProcess, place: int, judgement: Judgement, office: Office
) -> None:
    """The decision stands by policy; at some levels a person is told of it, or checks it."""
    point, value = process.steps[place].step, judgement.recommendation["value"]
    assert isinstance(point, DecisionPoint)
    until = None
    if judgement.level is Level.NOTIFY:
        notice = watching.tell(passage, process, office, point, because=_because(judgement.reasons))
        assert point.notify is not None
        until = notice.due_at if point.notify.acts is Acts.AFTER_WINDOW else None
    if judgement.draw is not None and judgement.draw["checked"]:
        watching.check(passage, process, office, point)
    decided(passage, process, place, value, by="policy", inline=True, until=until)


def _because(reasons: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(str(reason["text"]) for reason in reasons)[:2_000]


def _hand_over(
    passage: Passage, process: BoundProcess, point: DecisionPoint, chosen: Route, eyes: Asked, office: Office
) -> None:
    editors = [r["person"] for r in passage.case.readings.values() if r.get("person")]
    queue, unsure = placed(process, point, passage.case.known)
    because = _because([reason.plain for reason in chosen.reasons])
    hand_over(
        passage, process, office,
        Handover(
            kind="decide", point=point.name, queue=queue, sla=point.sla, level=chosen.level,
            because=f"{because}; {unsure}" if unsure else because,
            stay_with=editors[-1] if editors else None, eyes=eyes.held,
        ),
    )  # fmt: skip


def _said(recommendation: Recommendation[Any]) -> dict[str, Any]:
    """The recommendation as JSON."""
    said = {
        "value": plain(recommendation.value),
        "confidence": probability(recommendation.confidence),
        "reasons": [str(reason)[:1_000] for reason in recommendation.reasons],
        "alternatives": [
            {"value": plain(o.value), "because": o.because, "confidence": probability(o.confidence)}
            for o in recommendation.alternatives
        ],
        "evidence": [found.plain for found in recommendation.evidence],
        "source": recommendation.source,
    }
    whole: dict[str, Any] = storable(said)
    return whole


def question(point: DecisionPoint, facts: Mapping[str, Any]) -> str:
    """The sentence on top of the brief, with the facts that it names filled in."""
    usual = "What does the source say" if isinstance(point, Verify) else point.name.replace("_", " ")
    text = point.question or f"{usual[:1].upper()}{usual[1:]}?"
    for name, value in facts.items():
        if f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", shown(value)[:80] or "(not known)")
    return " ".join(text.split())[:300]
