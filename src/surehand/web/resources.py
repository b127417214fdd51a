"""From the records of the domain to what the API shows."""

from collections.abc import Mapping
from typing import Any

from surehand.core.answering import answers_of, kind_of
from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, Case, Judgement
from surehand.core.hearing import point_of
from surehand.core.picking import candidates
from surehand.core.precedence import of_rank
from surehand.core.steps import Decide, DecisionPoint
from surehand.core.verdicts import kinds_of
from surehand.core.verifying import keyed_of
from surehand.flow.consult import CaseFile
from surehand.web.schemas import (
    ActionPlanned,
    Assigned,
    CaseDetail,
    CaseSummary,
    FileBrought,
    InputFieldShown,
    Judged,
    OutcomeRecorded,
    PointShown,
    PossibleVerdict,
    ProcessShown,
    RouteTaken,
    VerdictRecorded,
    Waiting,
)


def summary(case: Case) -> CaseSummary:
    """A case in short."""
    return CaseSummary.model_validate(case)


def route(judgement: Judgement | None) -> RouteTaken | None:
    """How a case was routed."""
    return None if judgement is None else RouteTaken(**_route(judgement))


def _route(judgement: Judgement) -> dict[str, Any]:
    return {
        "point": judgement.point,
        "round": judgement.round,
        "level": judgement.level.value,
        "confidence": judgement.confidence,
        "limit": judgement.limit,
        "reasons": [str(reason["text"]) for reason in judgement.reasons],
    }


def judged(judgement: Judgement) -> Judged:
    """A judgement with its recommendation."""
    return Judged(
        **_route(judgement), at=judgement.at, recommendation=dict(judgement.recommendation),
        signals=dict(judgement.signals), grade=judgement.grade.value, stake=judgement.stake,
        shown=judgement.shown,
    )  # fmt: skip


def detail(file: CaseFile) -> CaseDetail:
    """Everything about a case."""
    case = file.case
    return CaseDetail(
        **summary(case).model_dump(),
        currency=file.process.map.currency if file.process else None,
        input=dict(case.input.get("fields", {})),
        has_document=case.input.get("document") is not None,
        file=_file(case),
        facts=dict(case.facts),
        readings=dict(case.readings),
        exchange=[dict(one) for one in case.exchange],
        route=route(file.route),
        waiting=waiting(file, file.assignment) if file.assignment else None,
        beside=[waiting(file, one) for one in file.beside],
        judgements=[judged(one) for one in file.judgements],
        verdicts=[VerdictRecorded.model_validate(one) for one in file.verdicts],
        actions=[ActionPlanned.model_validate(one) for one in file.actions],
        held=sorted(file.held),
        outcomes=[OutcomeRecorded.model_validate(one) for one in file.outcomes],
    )


def _file(case: Case) -> FileBrought | None:
    if case.file is None:
        return None
    fault = (case.document or {}).get("fault")
    return FileBrought(
        **{n: case.file[n] for n in ("file", "kind", "size", "name")}, fault=fault and fault["detail"]
    )


def waiting(file: CaseFile, assignment: Assignment) -> Waiting:
    """What a person needs to decide."""
    judgement, process = file.judgement_of(assignment), file.process
    point = _point(process, assignment)
    recommended = judgement.recommendation.get("value") if judgement else None
    enter = list(keyed_of(point, judgement)) if point and assignment.blind else []
    return Waiting(
        **_assigned(assignment),
        title=file.case.title,
        shown=judgement.shown if judgement else None,
        recommendation=dict(judgement.recommendation) or None if judgement else None,
        confidence=judgement.confidence if judgement else None,
        reasons=[str(reason["text"]) for reason in judgement.reasons] if judgement else [assignment.because],
        verdicts=[
            one for one in _verdicts(process, assignment, recommended) if one.verdict != "edit" or not enter
        ],
        values=_values(point, file.case.facts, judgement) if point else None,
        enter=enter,
        reason_categories=[*point.reasons, "other"] if point and point.reasons else [],
        editable={name: process.types[name] for name in sorted(process.editable)} if process else {},
    )


def assigned(assignment: Assignment) -> Assigned:
    """Who has it, what for, and until when."""
    return Assigned.model_validate(_assigned(assignment))


def _assigned(assignment: Assignment) -> dict[str, Any]:
    names = (
        "id", "kind", "point", "queue", "person", "backup", "because", "round", "opened_at", "due_at",
        "question", "snoozed_until", "pending_by", "pending_until",
    )  # fmt: skip
    found = {name: getattr(assignment, name) for name in names}
    if assignment.pending is not None:
        found["snoozed_until"] = None  # nobody has put it off
    return found | {"level": assignment.level.value, "priority": of_rank(assignment.precedence).value}


def _point(process: BoundProcess | None, assignment: Assignment) -> DecisionPoint | None:
    return None if process is None else point_of(process, assignment)


def _values(point: DecisionPoint, facts: Mapping[str, Any], judged: Judgement | None) -> list[Any] | None:
    if isinstance(point, Decide) and point.picks:
        return list(candidates(point, facts, judged) or ())
    return list(answers_of(point)) if kind_of(point) in ("choice", "yes_no") else None


def _verdicts(
    process: BoundProcess | None, assignment: Assignment, recommended: Any
) -> list[PossibleVerdict]:
    if process is None:
        return []
    return [
        PossibleVerdict(
            verdict=kind.name, label=kind.label, then=kind.next_state(process, assignment, recommended)
        )
        for kind in kinds_of(assignment).values()
    ]


def process_shown(process: BoundProcess) -> ProcessShown:
    """A process in short, with what a client needs to build a form."""
    map_ = process.map
    return ProcessShown(
        process=map_.process, title=map_.title or map_.process, version=process.version, owner=map_.owner,
        currency=map_.currency, takes_document=bool(map_.input.document),
        fields={name: InputFieldShown.model_validate(one) for name, one in map_.input.fields.items()},
        points=[_point_shown(process, b.step) for b in process.steps if isinstance(b.step, DecisionPoint)],
        actions=[b.step.name for b in process.steps if b.step.kind == "act"],
    )  # fmt: skip


def _point_shown(process: BoundProcess, point: DecisionPoint) -> PointShown:
    choices = point.choices if isinstance(point, Decide) else None
    return PointShown.model_validate(
        {
            "name": point.name, "kind": kind_of(point), "question": point.question,
            "choices": list(choices) if choices else None, "provider": process.map.provider(point),
            "queue": point.queue,
        }
    )  # fmt: skip
