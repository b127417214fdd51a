"""Taking items in through the API: keys, recommendations, batches, and waiting for the result."""

import logging
import threading
import time
from dataclasses import replace

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from surehand.core.case import Case, CaseState
from surehand.core.steps import DecisionPoint
from surehand.discretion import trace
from surehand.errors import Fault, InvalidInput, KeyReused, SurehandError
from surehand.flow import asking, consult, intake
from surehand.flow.admission import Accepted, in_use
from surehand.flow.context import Context
from surehand.flow.following import Following
from surehand.flow.running import advance_now, begin
from surehand.flow.sight import may_see
from surehand.web import bodies, resources, schemas
from surehand.web.identity import Caller
from surehand.web.once import checked_key
from surehand.web.problems import problem_of

_log = logging.getLogger("surehand.web")

#: A caller who waits gets an answer after this, finished or not.
PATIENCE = 10.0

#: So many callers wait for what may take its time, a file that is being read or a language model: each holds
#: a thread.
_SLOW = threading.BoundedSemaphore(8)

_UNDER_WAY = (CaseState.RUNNING, CaseState.ACTING)


def submitted(caller: Caller, body: bodies.Submission, *, key: str | None, wait: bool) -> schemas.Submitted:
    """Take one item in. Raises InvalidInput, KeyReused or NotFound."""
    checked_key(key)
    if key is not None and body.key is not None and key != body.key:
        raise InvalidInput(
            [Fault("key", "is not the same as the Idempotency-Key header; send one of the two")]
        )
    submission = _submission(caller.context, body, key=body.key or key)
    if not wait:
        accepted = _theirs(caller, intake.submit(caller.context, submission, submitter=caller.person))
        return _shown(accepted.case, created=accepted.created)
    if asking.asks(caller.context, submission.process):
        return _by_workers(caller, submission)
    # whoever waits runs the case here, so nobody else is woken for it
    alone = replace(caller.context, wake=lambda _kinds: None)
    if "document" not in body.input:
        alone.following = Following()
    accepted = _theirs(caller, begin(alone, submission, submitter=caller.person))
    brings_file = accepted.case.file is not None
    if brings_file and not _SLOW.acquire(blocking=False):
        # the workers read it, and the caller is told where the case is now
        caller.context.wake(frozenset({"advance"}))
        return _shown(accepted.case, created=accepted.created)
    try:
        case, route = _arrived(alone, caller.person, accepted.case)
    finally:
        if brings_file:
            _SLOW.release()
    return _shown(case, created=accepted.created, route=route)


def _by_workers(caller: Caller, submission: intake.Submission) -> schemas.Submitted:
    """Workers ask a language model; its time is theirs, and only a few callers wait for it."""
    accepted = _theirs(caller, intake.submit(caller.context, submission, submitter=caller.person))
    if not _SLOW.acquire(blocking=False):
        return _shown(accepted.case, created=accepted.created)
    try:
        case, route = _arrived(caller.context, caller.person, accepted.case, here=False)
    finally:
        _SLOW.release()
    return _shown(case, created=accepted.created, route=route)


def _theirs(caller: Caller, accepted: Accepted) -> Accepted:
    """A known key tells no more of a case than the caller may see. Raises KeyReused for one of others."""
    if not accepted.created and not may_see(caller.context, caller.person, accepted.case, None):
        raise KeyReused(in_use(accepted.case.key))
    return replace(accepted, case=consult.as_seen(caller.context, caller.person, accepted.case))


def _arrived(
    context: Context, person: str, case: Case, *, here: bool = True
) -> tuple[Case, schemas.RouteTaken | None]:
    """The case once it waits, ended or took too long.

    here  it is run in this thread
    """
    until = time.monotonic() + PATIENCE
    pause = 0.01
    while case.state in _UNDER_WAY and time.monotonic() < until:
        try:
            if here:
                advance_now(context, case.id)
        except Exception as error:  # noqa: BLE001 - logged; the case itself is safe
            # the case is acknowledged, and its work was given back: a worker will try again
            _log.error("running %s for a caller failed\n%s", case.id, trace(error))
            break
        case = consult.visible(context, person, case.id)
        if case.state in _UNDER_WAY:
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
    return case, resources.route(consult.consult(context, person, case.id).route)


def _shown(case: Case, *, created: bool, route: schemas.RouteTaken | None = None) -> schemas.Submitted:
    return schemas.Submitted(**resources.summary(case).model_dump(), created=created, route=route)


def submitted_batch(caller: Caller, body: bodies.Batch, *, key: str | None) -> schemas.BatchAnswer:
    """Take many items in; each has its own result."""
    checked_key(key)
    results: list[schemas.BatchItem | None] = []
    ready: list[intake.Submission] = []
    for place, raw in enumerate(body.submissions):
        try:
            item = bodies.Submission.model_validate(raw)
            ready.append(
                _submission(caller.context, item, key=item.key or (f"{key}:{place}" if key else None))
            )
            results.append(None)
        except ValidationError as error:
            results.append(_refused(RequestValidationError(error.errors())))
        except SurehandError as error:
            results.append(_refused(error))
    taken = iter(intake.submit_many(caller.context, ready, submitter=caller.person))
    return schemas.BatchAnswer(
        results=[_item(caller, next(taken)) if one is None else one for one in results]
    )


def _item(caller: Caller, result: Accepted | SurehandError) -> schemas.BatchItem:
    try:
        if isinstance(result, SurehandError):
            raise result
        result = _theirs(caller, result)
    except SurehandError as error:
        return _refused(error)
    return schemas.BatchItem(
        status=201 if result.created else 200, created=result.created, case=resources.summary(result.case)
    )


def _refused(error: Exception) -> schemas.BatchItem:
    problem = schemas.Problem.model_validate(problem_of(error))
    return schemas.BatchItem(status=problem.status, problem=problem)


def _submission(context: Context, body: bodies.Submission, *, key: str | None) -> intake.Submission:
    brought = {name: one.plain for name, one in body.recommendations.items()}
    if body.recommendation is not None:
        brought = {_only_point(context, body.process): body.recommendation.plain}
    return intake.Submission(process=body.process, input=body.input, key=key, recommendations=brought)


def _only_point(context: Context, process: str) -> str:
    steps = context.processes.named(process).steps
    points = [bound.step.name for bound in steps if isinstance(bound.step, DecisionPoint)]
    if len(points) != 1:
        what = (
            f"name it in 'recommendations': {', '.join(points)}" if points else "there is no decision point"
        )
        raise InvalidInput(
            [Fault("recommendation", f"is for a process with exactly one decision point; {what}")]
        )
    return points[0]
