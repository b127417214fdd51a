"""The HTTP API under /api/v1: submit cases, look at them, decide them, say how they turned out."""

import re
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from surehand.core.case import Action, Case, CaseState, Outcome, Verdict
from surehand.core.deadlines import Waiter
from surehand.core.hearing import Answer
from surehand.errors import Fault, InvalidInput, NotFound
from surehand.flow import consult, filing, review, training, unseen, urgency
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.undo import undo as undo_action
from surehand.store.order import Mark
from surehand.web import (
    api_briefs,
    api_files,
    api_guarantees,
    api_handling,
    api_people,
    api_remarks,
    api_stops,
    bodies,
    openapi,
    resources,
    schemas,
    submitting,
)
from surehand.web.health import health_of
from surehand.web.identity import Calling, context_of
from surehand.web.named import CaseId, Of, changed, known
from surehand.web.named import seen as seen_now
from surehand.web.once import IdempotencyKey, once, revision_seen
from surehand.web.paging import cursor, mark_of
from surehand.web.requests import BodyLimit, OpenRoute, SignedRoute

PREFIX = "/api/v1"

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the case as you saw it. If it changed: 409 with the winner.",
    ),
]

signed = APIRouter(prefix=PREFIX, route_class=SignedRoute)
unsigned = APIRouter(prefix=PREFIX, route_class=OpenRoute)


class Page(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, description="`next` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)


class Wanted(Page):
    """Which part of what waits."""

    later: bool = Field(default=False, description="What you have put off, in place of the rest.")


class Filter(Page):
    """Which cases."""

    process: str | None = None
    state: CaseState | None = None
    tag: Literal["training", "policy-question", "teaching"] | None = Field(
        default=None, description="With an answer that was tagged so; of open cases only your own answers."
    )


@unsigned.get("/health", tags=["Server"], operation_id="health", responses={503: {"model": schemas.Health}})
def health(request: Request, response: Response) -> schemas.Health:
    """Whether the server can do its work. Needs no key."""
    found = health_of(request, context_of(request))
    response.status_code = 200 if found.status == "ok" else 503
    return found


@signed.get("/processes", tags=["Processes"], operation_id="list_processes")
def processes(caller: Calling) -> schemas.Processes:
    """The processes that run here, with their input fields and decision points."""
    current = caller.context.processes.current
    return schemas.Processes(processes=[resources.process_shown(current[name]) for name in sorted(current)])


@signed.post("/processes/{process}/train", tags=["Processes"], operation_id="train_model")
def train(
    caller: Calling,
    process: Annotated[str, InPath(description="The process.", pattern=_NAME.pattern)],
    body: bodies.Training,
    key: IdempotencyKey = None,  # noqa: ARG001 - learning from the same again gives the same model
) -> schemas.ModelTrained:
    """Let a model learn from its examples and from what people have decided; it is in use afterwards.

    Answers when it is done, in seconds or minutes. For the process's owner, its builder or an administrator.
    """
    made = training.train(caller.context, process, body.model, by=caller.person)
    return schemas.ModelTrained.model_validate(training.told(made))


@signed.post(
    "/cases", tags=["Cases"], operation_id="submit_case", status_code=201,
    responses={200: {"model": schemas.Submitted, "description": "The key was known: the case as it is now."}},
)  # fmt: skip
def submit(
    caller: Calling,
    body: bodies.Submission,
    response: Response,
    key: IdempotencyKey = None,
    wait: Annotated[bool, Query(description="Run the case at once; see `wait` in the body.")] = False,
) -> schemas.Submitted:
    """Take one item in. Once this answers, the case is never lost; the same key is the same case."""
    submitted = submitting.submitted(caller, body, key=key, wait=wait or body.wait)
    response.status_code = 201 if submitted.created else 200
    response.headers["Location"] = f"{PREFIX}/cases/{submitted.id}"
    response.headers["ETag"] = f'"{submitted.rev}"'
    return submitted


@signed.post("/cases/batch", tags=["Cases"], operation_id="submit_cases")
def submit_batch(caller: Calling, body: bodies.Batch, key: IdempotencyKey = None) -> schemas.BatchAnswer:
    """Take up to 1,000 items in. Each gets its own status, with the case or the problem, in order.

    Items without a key of their own get the Idempotency-Key with their place, so a batch can be repeated.
    """
    return submitting.submitted_batch(caller, body, key=key)


@signed.get("/cases", tags=["Cases"], operation_id="list_cases")
def list_cases(caller: Calling, wanted: Annotated[Filter, Query()]) -> schemas.Cases:
    """Cases that you may see, newest first."""
    if wanted.process is not None and not _NAME.fullmatch(wanted.process):
        raise InvalidInput([Fault("process", "is not the name of a process")])
    page, last = consult.newest(
        caller.context, caller.person, process=wanted.process, state=wanted.state,
        after=mark_of(wanted.cursor), limit=wanted.limit, tag=wanted.tag,
    )  # fmt: skip
    more = cursor(last) if last is not None else None
    return schemas.Cases(cases=[resources.summary(case) for case in page], next=more)


@signed.get("/inbox", tags=["Review"], operation_id="inbox")
def inbox(caller: Calling, wanted: Annotated[Wanted, Query()]) -> schemas.Inbox:
    """What waits for you: what is urgent first, then by deadline."""
    found = consult.inbox(
        caller.context, caller.person, after=mark_of(wanted.cursor), limit=wanted.limit + 1,
        later=wanted.later,
    )  # fmt: skip
    page = found[: wanted.limit]
    last = page[-1][0] if len(found) > wanted.limit else None
    more = cursor(Mark(last.due_at, last.id, last.precedence)) if last else None
    items = [
        schemas.InboxItem(case=resources.summary(case), waiting=resources.assigned(assignment))
        for assignment, case in page
    ]
    return schemas.Inbox(items=items, next=more)


@signed.get(
    "/cases/{case_id}", tags=["Cases"], operation_id="get_case", response_model=schemas.CaseDetail,
    responses={304: {"description": "It is as you have it (`If-None-Match`)."}},
)  # fmt: skip
def get_case(
    caller: Calling,
    case_id: CaseId,
    have: Annotated[str | None, Header(alias="If-None-Match", description="The ETag that you have.")] = None,
) -> Response:
    """Everything about a case; `waiting` holds what a person needs to decide it. The ETag is its revision."""
    file = consult.consult(caller.context, caller.person, known(case_id))
    headers = {"ETag": f'"{file.case.rev}"', "Cache-Control": "private, no-cache"}
    # to whoever checks it unseen a case has one revision, whatever happens to it or to the check
    if (
        file.case.rev != unseen.REV
        and have is not None
        and have.strip().removeprefix("W/") == headers["ETag"]
    ):
        return Response(status_code=304, headers=headers)
    return JSONResponse(resources.detail(file).model_dump(mode="json"), headers=headers)


@signed.get("/cases/{case_id}/events", tags=["Cases"], operation_id="list_events")
def events(caller: Calling, case_id: CaseId) -> schemas.Events:
    """The audit trail of a case, with what each event says."""
    links = consult.events(caller.context, caller.person, known(case_id))
    return schemas.Events(events=[schemas.EventRecorded.model_validate(link) for link in links])


@signed.post(
    "/cases/{case_id}/verdict",
    tags=["Review"],
    operation_id="give_verdict",
    response_model=schemas.VerdictAnswer,
)
def verdict(
    caller: Calling,
    case_id: CaseId,
    body: bodies.VerdictGiven,
    key: IdempotencyKey = None,
    seen: IfMatch = None,
) -> Response:
    """Decide a case that waits. Of several verdicts one is recorded; the others get 409 with its giver."""
    consult.visible(caller.context, caller.person, known(case_id))
    rev = revision_seen(seen)
    answer = Answer(
        kind=body.verdict, value=body.value, fields=body.fields, reason=body.reason, note=body.note,
        question=body.question, to=body.to, shown=body.shown, tags=tuple(body.tags),
    )  # fmt: skip

    def answered(connection: Connection, result: tuple[Case, Verdict]) -> BaseModel:
        return schemas.VerdictAnswer(
            case=seen_now(caller, connection, result[0]),
            verdict=schemas.VerdictRecorded.model_validate(result[1]),
        )

    return once(
        caller, key, route=f"verdict {case_id}", body={**body.model_dump(), "rev": rev}, answer=answered,
        act=lambda also: review.submit_verdict(
            caller.context, caller.person, case_id, answer, round=body.round, rev=rev, of=body.assignment,
            also=also,
        ),
    )  # fmt: skip


@signed.post(
    "/cases/{case_id}/claim", tags=["Review"], operation_id="claim_case", response_model=schemas.Changed
)
def claim(
    caller: Calling,
    case_id: CaseId,
    key: IdempotencyKey = None,
    of: Of = None,
) -> Response:
    """Take a waiting case over from whoever has it. The deadline stays."""
    consult.visible(caller.context, caller.person, known(case_id))
    return once(
        caller, key, route=f"claim {case_id}", body={"assignment": of} if of else None,
        answer=partial(changed, caller),
        act=lambda also: review.claim(caller.context, caller.person, case_id, of=of, also=also),
    )  # fmt: skip


@signed.post(
    "/cases/{case_id}/answer", tags=["Review"], operation_id="answer_question", response_model=schemas.Changed
)
def answer_question(
    caller: Calling, case_id: CaseId, body: bodies.AnswerGiven, key: IdempotencyKey = None
) -> Response:
    """Answer a reviewer's question; the case goes back to whoever asked."""
    consult.visible(caller.context, caller.person, known(case_id))
    return once(
        caller, key, route=f"answer {case_id}", body=body.model_dump(), answer=partial(changed, caller),
        act=lambda also: review.answer_question(
            caller.context, caller.person, case_id, body.answer, round=body.round, also=also
        ),
    )  # fmt: skip


@signed.post(
    "/cases/{case_id}/waiting", tags=["Review"], operation_id="somebody_waits", response_model=schemas.Changed
)
def somebody_waits(
    caller: Calling, case_id: CaseId, body: bodies.SomebodyWaits, key: IdempotencyKey = None
) -> Response:
    """Say that a customer or a process waits: whoever has it is told, its deadline may come forward."""
    who = Waiter.CUSTOMER if body.who == "customer" else Waiter.PROCESS
    consult.visible(caller.context, caller.person, known(case_id))
    return once(
        caller, key, route=f"waiting {case_id}", body=body.model_dump(), answer=partial(changed, caller),
        act=lambda also: urgency.waits(
            caller.context, caller.person, case_id, body.because, who=who, also=also
        ),
    )  # fmt: skip


@signed.post(
    "/cases/{case_id}/outcome",
    tags=["Review"],
    operation_id="record_outcome",
    response_model=schemas.OutcomeAnswer,
)
def outcome(
    caller: Calling, case_id: CaseId, body: bodies.OutcomeGiven, key: IdempotencyKey = None
) -> Response:
    """Say how a decision turned out. Outcomes are only ever added; the last one counts."""
    consult.visible(caller.context, caller.person, known(case_id))
    report = Report(correct=body.correct, value=body.value, note=body.note)

    def answered(connection: Connection, result: tuple[Case, Outcome]) -> BaseModel:
        return schemas.OutcomeAnswer(
            case=seen_now(caller, connection, result[0]),
            outcome=schemas.OutcomeRecorded.model_validate(result[1]),
        )

    return once(
        caller, key, route=f"outcome {case_id}", body=body.model_dump(), answer=answered,
        act=lambda also: record_outcome(caller.context, caller.person, case_id, report, also=also),
    )  # fmt: skip


@signed.post(
    "/cases/{case_id}/actions/{step}/undo", tags=["Actions"], operation_id="undo_action",
    response_model=schemas.UndoAnswer,
)  # fmt: skip
def undo(
    caller: Calling,
    case_id: CaseId,
    step: Annotated[str, InPath(description="The action's step.")],
    key: IdempotencyKey = None,
) -> Response:
    """Take an action back, where the map names a way."""
    consult.visible(caller.context, caller.person, known(case_id))
    if not _NAME.fullmatch(step):
        raise NotFound(f"There is no such action in {case_id}")

    def answered(connection: Connection, result: tuple[Case, Action]) -> BaseModel:
        return schemas.UndoAnswer(
            case=seen_now(caller, connection, result[0]),
            action=schemas.ActionPlanned.model_validate(result[1]),
        )

    return once(
        caller, key, route=f"undo {case_id} {step}", body=None, answer=answered,
        act=lambda also: undo_action(caller.context, caller.person, case_id, step, also=also),
    )  # fmt: skip


@signed.get(
    "/cases/{case_id}/file", tags=["Files"], operation_id="get_file", response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file as it came."}},
)  # fmt: skip
def get_file(caller: Calling, case_id: CaseId) -> Response:
    """The file that a case brought."""
    return api_files.download(filing.original(caller.context, caller.person, known(case_id)))


signed.include_router(api_files.router)
signed.include_router(api_guarantees.router)
signed.include_router(api_briefs.router)
signed.include_router(api_stops.router)
signed.include_router(api_handling.router)
signed.include_router(api_people.router)
signed.include_router(api_remarks.router)


def install(app: FastAPI) -> None:
    """Put the API into an application whose state has a `context`."""
    app.include_router(unsigned)
    app.include_router(signed)
    openapi.install(app, prefix=PREFIX, routes=[*unsigned.routes, *signed.routes])
    app.add_middleware(BodyLimit, larger={f"{PREFIX}/files": filing.LARGEST_FILE})
