"""Views of a brief: all that a person needs to decide, from a case that waits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from surehand.core import four_eyes
from surehand.core.answering import kind_of
from surehand.core.axes import fitted, strictly
from surehand.core.case import Judgement
from surehand.core.completeness import passages
from surehand.core.picking import candidates
from surehand.core.recommendation import probability
from surehand.core.showing import answer_words, names_of
from surehand.core.steps import Decide, DecisionPoint, Draft, Verify
from surehand.flow import witness
from surehand.flow.context import Context
from surehand.flow.judged import answers_before
from surehand.flow.plainly import plain_reasons
from surehand.flow.standing import Standing
from surehand.web import fields
from surehand.web.completeness_views import completeness_view
from surehand.web.desk_views import stake_view
from surehand.web.diffs import diff_view
from surehand.web.exception_views import exception_view
from surehand.web.past_views import history_view, precedents_view
from surehand.web.plain import is_long
from surehand.web.readers import Reader, case_head
from surehand.web.sources import compared_of, sources_of
from surehand.web.verdict_views import actions_view, entered_by, option_views, point_of, recommended_of
from surehand.web.views import (
    AlternativeView,
    BriefView,
    ChangesView,
    ConfidenceView,
    DecisionView,
    DiffView,
    ExceptionView,
    FactsView,
    FlagView,
    HumanBriefView,
    PlainField,
    PolicyView,
    RecommendationView,
)
from surehand.web.watch_views import told_view

Brief = BriefView | HumanBriefView | ExceptionView


def brief_view(context: Context, standing: Standing, reader: Reader) -> Brief:
    """The brief that fits what the case waits for."""
    point = point_of(standing)
    if point is None:
        return _compared(context, standing, reader, exception_view(context, standing, reader))
    brief = _human if standing.assignment.blind else _brief
    view = brief(context, standing, point, reader)
    return _compared(
        context, standing, reader, replace(view, completeness=completeness_view(point, view))
    )  # fmt: skip


def _compared(context: Context, standing: Standing, reader: Reader, view: Brief) -> Brief:
    """With the document of another case, where this one's sources leave room for it."""
    full = view.document is not None and view.document.pages and view.texts is not None
    return view if full else replace(view, compared=compared_of(context, standing, reader))


# The seven parts


def _brief(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> BriefView:
    case, process = standing.case, standing.process
    names = names_of(process, point)
    source = sources_of(
        standing, reader, names, read=[name for name in names if name in process.editable],
        said=standing.judgement.recommendation if standing.judgement else None,
    )  # fmt: skip
    rest = [name for name in names if name not in source.names]
    facts = FactsView(
        fields=fields.field_views(case, process, names, source.numbers, reader.typed, source.names),
        tables=fields.tables(case, names), given=fields.given(case, process, rest),
        looked_up=fields.looked_up(case, process, rest),
    )  # fmt: skip
    doubtful = sum(field.check for field in facts.fields)
    reasons = standing.judgement.reasons if standing.judgement else ()
    return BriefView(
        shell=reader.shell, head=case_head(context, standing, reader), level=standing.assignment.level,
        decision=_decision(context, standing, point, reader),
        recommendation=replace(_recommendation(context, standing), rests=source.rests),
        facts=facts, flags=_flags(standing, reasons), history=history_view(context, standing, reader),
        policy=_policy(standing, reasons), document=source.document, texts=source.texts,
        problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=doubtful, refused=reader.refused, written=reader.written
        ),
        told=told_view(standing, point, answer_words(recommended_of(standing))),
        precedents=precedents_view(context, standing, reader),
    )  # fmt: skip


def changes_view(standing: Standing, reader: Reader) -> ChangesView:
    """What was typed into the texts of a brief, against what it shows; nothing of it to who decides alone."""
    point = point_of(standing)
    if point is None or standing.assignment.blind:
        return ChangesView(shell=reader.shell)
    names = [name for name in names_of(standing.process, point) if is_long(standing.case.facts.get(name))]
    views = fields.field_views(standing.case, standing.process, names, {}, reader.typed)
    return ChangesView(
        shell=reader.shell, draft=_draft_diff(draft_of(standing, point), reader.written.value),
        fields=tuple((field.name, field.diff) for field in views),
    )  # fmt: skip


def draft_of(standing: Standing, point: DecisionPoint) -> str:
    """The text that is to be sent, where the person may see it; else ''."""
    recommended = recommended_of(standing)
    return str(recommended) if kind_of(point) == "text" and recommended is not None else ""


def _draft_diff(draft: str, written: str) -> DiffView | None:
    return diff_view(draft, written) if draft and written else None


def _human(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> HumanBriefView:
    case, process = standing.case, standing.process
    names = names_of(process, point)
    checks = standing.assignment.kind == "check"
    reasons = plain_reasons(
        process, point.name, standing.judgement.reasons if standing.judgement and not checks else ()
    )
    enters = entered_by(standing)
    readable = [n for n in names if (checks or enters) and n in process.editable]
    if enters:
        readable = [name for name in readable if case.facts.get(name) is not None]
    source = sources_of(standing, reader, names)
    rest = [name for name in names if name not in source.names]
    known = tuple(
        one for name in readable if name in rest for one in fields.fact_views(name, case.facts.get(name))
    )
    return HumanBriefView(
        shell=reader.shell, head=case_head(context, standing, reader),
        decision=_decision(context, standing, point, reader),
        flags=_human_flags(standing, reasons), checks=checks,
        history=history_view(context, standing, reader), policy=_policy(standing, reasons),
        fields=_to_fill(standing, names, enters, reader, source.names), enters=bool(enters),
        tables=fields.tables(case, names), given=(*known, *fields.given(case, process, rest)),
        looked_up=fields.looked_up(case, process, rest),
        document=source.document, texts=source.texts,
        problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=0, refused=reader.refused, written=reader.written
        ),
    )  # fmt: skip


def _to_fill(
    standing: Standing, names: Sequence[str], enters: Sequence[str], reader: Reader, sources: Sequence[str]
) -> tuple[PlainField, ...]:
    """The fields of a person who decides alone: to enter, or to look at and correct; a check has none."""
    if enters:
        return fields.entered_fields(standing.process, enters, reader.typed)
    if standing.assignment.kind == "check":
        return ()
    return fields.plain_fields(standing.case, standing.process, names, reader.typed, sources=sources)


def _decision(context: Context, standing: Standing, point: DecisionPoint, reader: Reader) -> DecisionView:
    case = standing.case
    known: tuple[str, ...] = ()
    kind, unit, text = kind_of(point), "", draft_of(standing, point)
    if isinstance(point, Decide) and point.open_choices:
        kind, known = "open", answers_before(context, case.process, point.name)
    elif isinstance(point, Decide):
        unit = point.number.unit if point.number else ""
    if standing.assignment.kind == "finding":
        kind = "choice"  # it is not answered anew, but taken back or left standing
    return DecisionView(
        kind=kind, question=case.title, stake=stake_view(context, case.process, case.stake, case.grade),
        diff=_draft_diff(text, reader.written.value),
        effect=point.about, choices=option_views(standing, point), known=known,
        chosen=reader.written.value, picked=reader.written.picked, unit=unit, text=text,
        **_to_rank(point, standing),
    )  # fmt: skip


def _to_rank(point: DecisionPoint, standing: Standing) -> dict[str, Any]:
    if not isinstance(point, Decide) or point.ranking is None:
        return {}
    names = tuple(candidates(point, standing.case.facts, standing.judgement) or ())
    return {"names": names, "places": min(point.ranking.top, len(names))}


def _recommendation(context: Context, standing: Standing) -> RecommendationView:
    judgement = standing.judgement
    if judgement is None:
        return RecommendationView(label="", confidence=ConfidenceView(value=None))
    said: Mapping[str, Any] = judgement.recommendation
    point = point_of(standing)
    return RecommendationView(
        # the values themselves stand below, each beside its source
        label=_answer_label(point, said.get("value")),
        confidence=_confidence(context, standing, judgement, point),
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


def _answer_label(point: DecisionPoint | None, value: Any) -> str:
    if isinstance(point, Verify):
        return "As it was read"
    return "As it is drafted below" if isinstance(point, Draft) and value is not None else answer_words(value)


def _confidence(
    context: Context, standing: Standing, judgement: Judgement, point: DecisionPoint | None
) -> ConfidenceView:
    """How sure one may be, and what is known of others that were as sure."""
    value, found = judgement.confidence, witness.record(context, standing)
    bare = ConfidenceView(
        value=value, limit=judgement.limit, above=strictly(judgement, point),
        fitted=value is not None and fitted(judgement.signals, value),
    )  # fmt: skip
    if found is None or value is None:
        return bare
    return replace(
        bare, calibrated=found.bears_out(value), interval=None if found.seen else found.interval,
        record=(found.right, found.counted), scored=(found.lowest, found.highest), seen=found.seen,
        against=found.speaks_against(value),
    )  # fmt: skip


def _flags(standing: Standing, reasons: Sequence[Mapping[str, Any]]) -> tuple[FlagView, ...]:
    flags = [
        FlagView(
            text=str(reason.get("text", "")), trigger=str(reason.get("trigger") or "").replace("_", " "),
            policy=str(reason.get("policy") or ""),
        )
        for reason in reasons
    ]  # fmt: skip
    because = standing.assignment.because
    if note := four_eyes.note(standing.assignment):
        flags.append(FlagView(text=note))
    if because.startswith(("escalated by ", "the question was", "no answer")):
        flags.append(FlagView(text=because.split(":")[0][:1].upper() + because.split(":")[0][1:]))
    return tuple(flags)


def _human_flags(standing: Standing, reasons: Sequence[Mapping[str, Any]]) -> tuple[FlagView, ...]:
    if standing.assignment.kind == "check":
        return (FlagView(text=f"{standing.assignment.because}: decide it as if you were the first."),)
    return _flags(standing, reasons) or (FlagView(text="A person decides this alone."),)


def _policy(standing: Standing, reasons: Sequence[Mapping[str, Any]]) -> tuple[PolicyView, ...]:
    point, texts = point_of(standing), standing.process.map.policies
    numbers = passages(standing.process.map, point, reasons) if point is not None else ()
    return tuple(PolicyView(number=n, text=" ".join(texts[n].split())) for n in numbers)
