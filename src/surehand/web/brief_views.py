"""Views of a brief: all that a person needs to decide, from a case that waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.bands import resolve
from surehand.core.case import Judgement
from surehand.core.oversight import Level
from surehand.core.process import Decide, DecisionPoint
from surehand.core.recommendation import probability
from surehand.core.values import shown
from surehand.core.verdicts import FAILED, MISSING
from surehand.flow.context import Context
from surehand.flow.review import Standing
from surehand.store import desk
from surehand.web import fields
from surehand.web.desk_views import point_words, stake_view
from surehand.web.evidence import source_of
from surehand.web.fields import Typed
from surehand.web.plain import plain_reasons
from surehand.web.verdict_views import (
    NOT_WRITTEN,
    Written,
    actions_view,
    option_views,
    point_of,
    recommended_of,
)
from surehand.web.views import (
    AlternativeView,
    AnswerView,
    BriefView,
    CaseHead,
    ConfidenceView,
    DecisionView,
    ExceptionView,
    FactsView,
    FlagView,
    HistoryView,
    HumanBriefView,
    PastCase,
    PolicyView,
    RecommendationView,
    ShellView,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a brief, and what they had written before a verdict was refused.

    refused   why they may not decide this; '' when they may
    problems  why the last verdict was refused
    """

    shell: ShellView
    refused: str = ""
    written: Written = NOT_WRITTEN
    typed: Typed = fields.NOTHING
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The reader's name."""
        return self.shell.person or ""


Brief = BriefView | HumanBriefView | ExceptionView


def brief_view(context: Context, standing: Standing, reader: Reader) -> Brief:
    """The brief that fits what the case waits for."""
    point = point_of(standing)
    if point is None:
        return _exception(context, standing, reader)
    if standing.assignment.level is Level.HUMAN:
        return _human(context, standing, point, reader)
    return _brief(context, standing, point, reader)


def case_head(context: Context, standing: Standing, reader: Reader) -> CaseHead:
    """The bar on top. `digest` is what a verdict is bound to: what would run, and this very assignment."""
    case, given = standing.case, standing.assignment
    with context.db.read() as connection:
        near = desk.neighbours(connection, reader.name, given)
    return CaseHead(
        case_id=case.id, title=_about(standing), process=case.process, point=point_words(given),
        since=given.opened_at, due=given.due_at, round=case.round, rev=case.rev, digest=bound_to(standing),
        owner=given.person, claimable=not reader.refused and given.person != reader.name,
        position=(near.place, near.count) if near else None,
        previous=near.previous if near else None, following=near.following if near else None,
    )  # fmt: skip


def _about(standing: Standing) -> str:
    """What the case is, beside the question: 'Expense receipts · Hana Sato'."""
    title = standing.process.map.title or standing.process.name.replace("-", " ").capitalize()
    return " · ".join(part for part in (title, _subject(standing)) if part)


def _subject(standing: Standing) -> str:
    """Whom the case is about: as it was decided on, or as the next decision point would take it."""
    if standing.case.subject:
        return standing.case.subject
    points = [b.step for b in standing.process.steps if isinstance(b.step, DecisionPoint)]
    return next((shown(standing.case.facts.get(p.subject))[:200] for p in points if p.subject), "")


def bound_to(standing: Standing) -> str:
    """What a form names, so that a verdict counts only for what its page showed."""
    shown_digest = standing.judgement.shown if standing.judgement else ""
    return f"{shown_digest}@{standing.assignment.id}"


# The seven parts


def _brief(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> BriefView:
    case, process = standing.case, standing.process
    names = fields.names_of(process, point)
    source = source_of(case, [name for name in names if name in process.editable])
    facts = FactsView(
        fields=fields.field_views(case, process, names, source.numbers, reader.typed),
        given=fields.given(case, process, names),
        looked_up=fields.looked_up(case, process, names),
    )
    doubtful = sum(field.check for field in facts.fields)
    reasons = standing.judgement.reasons if standing.judgement else ()
    return BriefView(
        shell=reader.shell, head=case_head(context, standing, reader), level=standing.assignment.level,
        decision=_decision(context, standing, point, reader), recommendation=_recommendation(standing),
        facts=facts, flags=_flags(standing, reasons), history=_history(context, standing),
        policy=_policy(standing, reasons), document=source.view, problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=doubtful, refused=reader.refused, written=reader.written
        ),
    )  # fmt: skip


def _human(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> HumanBriefView:
    case, process = standing.case, standing.process
    names = fields.names_of(process, point)
    reasons = plain_reasons(process, standing.judgement.reasons if standing.judgement else ())
    return HumanBriefView(
        shell=reader.shell, head=case_head(context, standing, reader),
        decision=_decision(context, standing, point, reader),
        flags=_flags(standing, reasons) or (FlagView(text="A person decides this alone."),),
        history=_history(context, standing), policy=_policy(standing, reasons),
        fields=fields.plain_fields(case, process, names, reader.typed),
        given=fields.given(case, process, names), looked_up=fields.looked_up(case, process, names),
        document=source_of(case, (), marked=False).view, problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=0, refused=reader.refused, written=reader.written
        ),
    )  # fmt: skip


def _decision(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> DecisionView:
    case = standing.case
    kind, unit, text = "text", "", ""
    if isinstance(point, Decide):
        kind = "choice" if point.choices is not None else "yes_no" if point.yes_no else "number"
        unit = point.number.unit if point.number else ""
    elif recommended_of(standing) is not None:
        text = str(recommended_of(standing))
    return DecisionView(
        kind=kind, question=case.title, stake=stake_view(context, case.process, case.stake, case.grade),
        effect=point.about, choices=option_views(standing, point), chosen=reader.written.value, unit=unit,
        text=text,
    )  # fmt: skip


def _recommendation(standing: Standing) -> RecommendationView:
    judgement = standing.judgement
    if judgement is None:
        return RecommendationView(label="", confidence=ConfidenceView(value=None))
    said: Mapping[str, Any] = judgement.recommendation
    return RecommendationView(
        label=answer_words(said.get("value")),
        confidence=ConfidenceView(
            value=judgement.confidence, limit=judgement.limit, above=_above(standing, judgement)
        ),
        reasons=tuple(str(reason) for reason in said.get("reasons") or ()),
        alternatives=tuple(
            AlternativeView(
                label=answer_words(other.get("value")), because=str(other.get("because") or ""),
                confidence=probability(other.get("confidence")),
            )
            for other in said.get("alternatives") or ()
        ),
        source=str(said.get("source") or ""),
    )  # fmt: skip


def _above(standing: Standing, judgement: Judgement) -> bool:
    """The limit itself is not enough: its row of the map says `above`, not `from`."""
    point = point_of(standing)
    return not any(
        band.route is Level.AUTOMATE
        and band.at_least == judgement.limit
        and standing.case.grade in band.consequence
        for band in resolve(point.bands if point and point.bands else ())
    )


def answer_words(value: Any) -> str:
    """An answer as people read it: approve_all -> 'Approve all'."""
    text = shown(value)
    if isinstance(value, str) and text.replace("_", "").isalnum() and text.islower():
        text = text.replace("_", " ")
        return text[:1].upper() + text[1:]
    return text[:1].upper() + text[1:] if isinstance(value, bool) else text


def _flags(standing: Standing, reasons: Sequence[Mapping[str, Any]]) -> tuple[FlagView, ...]:
    flags = [
        FlagView(
            text=str(reason.get("text", "")), trigger=str(reason.get("trigger") or "").replace("_", " "),
            policy=str(reason.get("policy") or ""),
        )
        for reason in reasons
    ]  # fmt: skip
    because = standing.assignment.because
    if because.startswith(("escalated by ", "the question was", "no answer")):
        flags.append(FlagView(text=because.split(":")[0][:1].upper() + because.split(":")[0][1:]))
    return tuple(flags)


def _policy(standing: Standing, reasons: Sequence[Mapping[str, Any]]) -> tuple[PolicyView, ...]:
    passages = standing.process.map.policies
    numbers = dict.fromkeys(str(r["policy"]) for r in reasons if r.get("policy"))
    return tuple(PolicyView(number=n, text=" ".join(passages[n].split())) for n in numbers if n in passages)


def _history(context: Context, standing: Standing) -> HistoryView:
    case, subject = standing.case, _subject(standing)
    if not subject:
        return HistoryView()
    with context.db.read() as connection:
        earlier = desk.history(connection, case.process, subject, before=case.created_at)
    past = tuple(
        PastCase(
            case_id=one.id, at=one.created_at, title=one.title, amount=one.stake,
            decision=(one.result or ("waits" if one.state.open else one.state)).replace("_", " "),
        )
        for one in earlier
    )  # fmt: skip
    return HistoryView(subject=subject, cases=past, currency=standing.process.map.currency)


# Exceptions, repairs and questions


def _exception(context: Context, standing: Standing, reader: Reader) -> ExceptionView:
    case, process, given = standing.case, standing.process, standing.assignment
    names = fields.names_of(process, None)
    supply = _supply(standing)
    rest = [name for name in names if name not in supply]
    known = [
        fact
        for name in rest
        if name in process.editable and case.facts.get(name) is not None
        for fact in fields.fact_views(name, case.facts[name])
    ]
    heading, because = _trouble(standing)
    return ExceptionView(
        shell=reader.shell, head=case_head(context, standing, reader), name=point_words(given),
        heading=heading, because=because, stake=stake_view(context, case.process, case.stake, case.grade),
        supply=fields.plain_fields(case, process, supply, reader.typed) if given.kind == "exception" else (),
        given=(*known, *fields.given(case, process, rest)),
        looked_up=fields.looked_up(case, process, names),
        flags=(FlagView(text=given.because),), history=_history(context, standing),
        document=source_of(case, supply, marked=True).view, problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=0, refused=reader.refused, written=reader.written
        ),
    )  # fmt: skip


def _supply(standing: Standing) -> list[str]:
    """The fields that would let the case go on: what is missing, else what the exception looks at."""
    process, point, facts = standing.process, standing.assignment.point, standing.case.facts
    if point.startswith(MISSING):
        return [point.removeprefix(MISSING)]
    for path, (_, condition) in zip(process.map.exceptions, process.exceptions, strict=True):
        if path.name == point:
            names = sorted({name.split(".")[0] for name in condition.names} & process.editable)
            return [name for name in names if facts.get(name) is None] or names
    return []


def _trouble(standing: Standing) -> tuple[str, str]:
    """What is wrong, and why that stops the case."""
    given, words = standing.assignment, point_words(standing.assignment)
    if given.kind == "repair":
        action = standing.action
        state = action.state if action else "failed"
        what = "may or may not have happened" if state == "unknown" else "did not happen"
        error = action.error if action and action.error else given.because
        return f"{words.capitalize()} {what}.", error
    if given.point.startswith(MISSING):
        name = fields.label(given.point.removeprefix(MISSING))
        return f"{name} is missing.", "A step needs it, so the case stopped before that step."
    if given.point.startswith(FAILED):
        return f"{words.capitalize()}.", "The step failed for good; a person decides how the case goes on."
    path = next((e for e in standing.process.map.exceptions if e.name == given.point), None)
    said = path.because if path and path.because else words.replace("-", " ").capitalize()
    return (
        f"{said.rstrip('.')}.",
        f"The map names this exception {given.point}; nothing is recommended for it.",
    )


def answer_view(context: Context, standing: Standing, reader: Reader, answer: str = "") -> AnswerView:
    """A question to the reader."""
    case, process, given = standing.case, standing.process, standing.assignment
    asked = [verdict for verdict in standing.verdicts if verdict.kind == "ask"]
    asker = asked[-1].person if asked else "Somebody"
    known = [
        fact
        for name in fields.names_of(process, None)
        if name in process.editable and case.facts.get(name) is not None
        for fact in fields.fact_views(name, case.facts[name])
    ]
    return AnswerView(
        shell=reader.shell, head=case_head(context, standing, reader), asked_by=asker,
        asked_at=given.opened_at, question=given.question or "", then=f"{asker} decides afterwards.",
        given=tuple(known), document=source_of(case, (), marked=False).view, answer=answer,
        problems=reader.problems,
    )  # fmt: skip
