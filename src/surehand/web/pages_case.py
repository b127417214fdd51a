"""One case: its story, its brief, and what people do with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from surehand.core.case import BESIDE
from surehand.core.hearing import Answer
from surehand.core.repairs import COMPENSATED, REPAIRS
from surehand.core.showing import brief_path, names_of
from surehand.core.steps import Decide
from surehand.core.verdicts import kinds_of
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow import consult, desk, looking
from surehand.flow.context import Context
from surehand.flow.elsewhere import look_elsewhere
from surehand.flow.explain import explain
from surehand.flow.pausing import paused
from surehand.flow.review import answer_question, claim, submit_verdict
from surehand.flow.standing import Standing, looked_at
from surehand.flow.undo import reversals, undo
from surehand.web import fields, session
from surehand.web.brief_views import brief_view
from surehand.web.case_views import case_view, conflict_view, your_verdict
from surehand.web.exception_views import answer_view
from surehand.web.faults import PageRoute
from surehand.web.fields import Typed, corrections
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.plain import opened
from surehand.web.readers import Reader, bound_to
from surehand.web.remark_views import lack_words
from surehand.web.verdict_views import Written, entered_by, point_of, recommended_of
from surehand.web.views import ShellView
from surehand.web.watch_views import answer_sent

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: A reminder or a change of hands while a verdict is under way does not cost the verdict.
_TRIES = 4

#: What a form sends about an action that did not finish.
_REPAIRS = (*REPAIRS, COMPENSATED)


@router.get("/cases/{case_id}")
def story_page(request: Request, case_id: str) -> Response:
    """The story of a case."""
    person = session.signed_in(request).person
    context, name = context_of(request), session.case_id_of(case_id)
    # asked first, so that a case of others answers as one that is not there
    consult.visible(context, person, name)
    story = explain(context, name, person=person, compare=False)
    open_ = [one for one in (story.assignment, *story.beside) if one is not None]
    may = [brief_path(one) for one in open_ if not _refusal(context, person, name, of=one.id)]
    decide = may[0] if may else ""
    undo = () if story.case.state.open or story.check else reversals(context, person, name)
    shell = session.shell(request, "cases")
    asking = story.assignment is not None and story.assignment.kind == "answer"
    pause = paused(context, story.case, story.assignment) if asking and story.assignment else None
    return session.page(request, case_view(context, shell, story, decide=decide, undo=undo, pause=pause))


def _refusal(context: Context, person: str, case_id: str, *, of: str) -> str:
    try:
        return looked_at(context, person, case_id, of=of)[1]
    except (Conflict, Forbidden, NotFound) as error:
        return error.detail


@router.get("/cases/{case_id}/brief")
def brief_page(request: Request, case_id: str) -> Response:
    """The brief of a case that waits; one that does not shows its story instead."""
    person = session.signed_in(request).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        standing, refused = looked_at(context, person, name, of=request.query_params.get("of"))
    except Conflict:
        return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
    page = _whole(request.query_params.get("page", "")) or 1
    reader = Reader(session.shell(request, "inbox"), refused, page=page)
    if standing.assignment.kind == "answer":
        if person not in (standing.assignment.person, standing.case.submitter):
            return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
        return session.page(request, answer_view(context, standing, reader))
    shown_page = session.page(request, brief_view(context, standing, reader))
    if looking.open_to(standing, refused):
        shown_page.background = BackgroundTask(looking.note, context, person, name)
    return shown_page


@router.post("/cases/{case_id}/undo")
def undo_action(request: Request, case_id: str, form: Sent) -> Response:
    """Take an action of an ended case back."""
    person = session.checked(request, form).person
    name = session.case_id_of(case_id)
    try:
        undo(context_of(request), person, name, form.one("step"))
    except Conflict:
        return session.sent_on(request, f"/cases/{name}", notice="not_undone", case_id=name)
    return session.sent_on(request, f"/cases/{name}", notice="undo", case_id=name)


@router.post("/cases/{case_id}/claim")
def claim_case(request: Request, case_id: str, form: Sent) -> Response:
    """Take a case over."""
    person = session.checked(request, form).person
    name = session.case_id_of(case_id)
    try:
        of = form.one("of") or None
        claim(context_of(request), person, name, of=of)
    except Conflict:
        return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
    here = f"/cases/{name}/brief" + (f"?of={quote(of)}" if of else "")
    return session.sent_on(request, here, notice="claim", case_id=name)


@router.post("/cases/{case_id}/answer")
def answer_case(request: Request, case_id: str, form: Sent) -> Response:
    """Answer a question."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        answer_question(context, person, name, form.one("answer"), round=_number(form, "round"))
    except InvalidInput as error:
        standing, _ = looked_at(context, person, name)
        if standing.assignment.kind != "answer":
            return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
        problems = tuple(f"{_sentence(fault.message)}" for fault in error.faults)
        reader = Reader(session.shell(request, "inbox"), problems=problems)
        return session.page(request, answer_view(context, standing, reader, form.one("answer")), 422)
    except Conflict as error:
        return _conflict(request, context, name, error, form, note=form.one("answer"))
    return session.sent_on(request, _onward(context, person), notice="answer", case_id=name)


@router.post("/cases/{case_id}/verdict")
def verdict_on_case(request: Request, case_id: str, form: Sent) -> Response:
    """Decide: 303 to the next case, 422 with the brief as it was typed, or 409 with both verdicts."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        notice = _given(context, person, name, form)
    except InvalidInput as error:
        return _brief_as_typed(request, context, person, name, form, error)
    except Conflict as error:
        return _conflict(request, context, name, error, form)
    return session.sent_on(request, _onward(context, person), notice=notice, case_id=name)


@router.post("/cases/{case_id}/elsewhere")
def say_elsewhere(request: Request, case_id: str, form: Sent) -> Response:
    """Say what the brief lacks; nothing is decided. The brief again as it was typed, or JSON for a script."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    scripted = request.headers.get("accept", "") == "application/json"
    what, words, error = form.one("lacks"), form.one("lacks.words"), None
    try:
        look_elsewhere(context, person, name, what, words, of=_of(form), round=_number(form, "round"))
    except InvalidInput as refused:
        error = refused
        if scripted:
            problems = [_problem(fault, {}) for fault in refused.faults]
            return JSONResponse({"problems": problems}, 422)
    except Conflict as moved:
        if scripted:
            return JSONResponse({"problems": [_sentence(moved.detail)]}, 409)
        return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
    if scripted:
        return JSONResponse({"said": lack_words(what)})
    return _brief_as_typed(request, context, person, name, form, error)


def _onward(context: Context, person: str) -> str:
    """Where a person goes after a case: to the next of theirs, or to the empty inbox."""
    following = desk.next_of(context, person)
    return brief_path(following) if following else "/inbox"


def _given(context: Context, person: str, case_id: str, form: Form) -> str:
    """Submit what the form says, measured against what its page showed. Returns what to tell of it."""
    left = _TRIES
    while True:
        left -= 1
        standing, refused = looked_at(context, person, case_id, of=_of(form))
        if form.one("digest") != bound_to(standing):
            raise Conflict("What waits here is not what your page showed.", state=standing.case.state)
        # who may not decide is refused by the verb itself, which records the attempt
        answer = Answer(kind="approve") if refused else _answer(standing, form)
        shown_digest = form.one("digest").partition("@")[0] or None
        try:
            submit_verdict(
                context, person, case_id, replace(answer, shown=shown_digest),
                round=_number(form, "round"), rev=standing.case.rev, of=standing.assignment.id,
            )  # fmt: skip
        except Conflict as error:
            if error.extra.get("winner") or not left:
                raise
        else:
            if standing.assignment.kind in BESIDE:
                return f"{standing.assignment.kind}_{form.one('verdict')}"
            let_pass = standing.assignment.kind == "exception" and form.one("verdict") == "approve"
            return "pass" if let_pass else form.one("verdict")


def _answer(standing: Standing, form: Form) -> Answer:
    """What a person sends. Raises InvalidInput for what the page asks for and the form lacks."""
    verb = form.one("verdict")
    kind, value = ("approve", verb) if verb in _REPAIRS else (verb, _value(standing, form))
    if standing.assignment.kind in BESIDE:
        kind, value = answer_sent(standing, verb, value)
    if kind not in kinds_of(standing.assignment):
        raise InvalidInput([Fault("verdict", "choose one of the buttons")])
    sent = form.below("field.")
    if enters := entered_by(standing):
        value = fields.entered(enters, sent, form.all("checked")) if kind == "approve" else None
        sent = {}
    changed = corrections(standing.case, standing.process, sent)
    if changed and kind != "edit":
        names = ", ".join(fields.label(name) for name in changed)
        raise InvalidInput([Fault("fields", f"you changed {names}: save the edits first, or put them back")])
    if kind == "edit" and not changed:
        raise InvalidInput([Fault("fields", "change at least one field, or choose another button")])
    if verb == "approve" and (unchecked := _unchecked(standing, form)):
        raise InvalidInput(unchecked)
    return Answer(
        kind=kind, value=value if kind == "approve" else None, fields=changed if kind == "edit" else {},
        reason=form.one("reason"), note=form.one("note"),
        question=form.one("question") if kind == "ask" else "", tags=tuple(form.all("tag")),
    )  # fmt: skip


def _unchecked(standing: Standing, form: Form) -> list[Fault]:
    """The doubtful fields that the page shows and nobody has ticked."""
    point = point_of(standing)
    if point is None or standing.assignment.kind != "decide" or standing.assignment.blind:
        return []
    names = names_of(standing.process, point)
    shown_fields = fields.field_views(standing.case, standing.process, names, {}, fields.NOTHING)
    ticked = frozenset(form.all("checked"))
    return [
        Fault(field.name, "is to be checked first: tick it, or correct it")
        for field in shown_fields
        if field.check and field.name not in ticked
    ]


def _value(standing: Standing, form: Form) -> Any:
    """The person's own answer; None where it is what the AI recommends or was left empty."""
    point = point_of(standing)
    if isinstance(point, Decide) and point.picks:
        return [one for one in form.all("value") if one.strip()] or None
    sent, recommended = form.one("value"), recommended_of(standing)
    if not sent.strip():
        return None
    same = isinstance(recommended, str) and sent == recommended.replace("\r\n", "\n")
    return recommended if same else sent


def _brief_as_typed(
    request: Request, context: Context, person: str, case_id: str, form: Form, error: InvalidInput | None
) -> Response:
    """The brief again, with what was typed, and the faults at the fields where something was refused."""
    try:
        standing, refused = looked_at(context, person, case_id, of=_of(form))
    except Conflict as moved:
        return _conflict(request, context, case_id, moved, form)
    sent = form.below("field.")
    found = error.faults if error is not None else ()
    faults = {f.where: f"{_sentence(f.message)}" for f in found if f.where in sent}
    problems = tuple(_problem(fault, sent) for fault in found)
    shell = session.shell(request, "inbox")
    if error is None:
        shell = replace(shell, notice=lack_words(form.one("lacks")))
    reader = Reader(
        shell, refused,
        Written(
            form.one("value"), tuple(form.all("value")), form.one("reason"), form.one("note"),
            form.one("question"),
            edited=not entered_by(standing) and bool(corrections(standing.case, standing.process, sent)),
            tags=tuple(form.all("tag")), lacks=form.one("lacks"), lacks_words=form.one("lacks.words"),
        ),
        Typed(sent, frozenset(form.all("checked")), faults), problems,
    )  # fmt: skip
    return session.page(request, brief_view(context, standing, reader), 422 if error else 200)


#: What a form calls its own fields, for faults that begin with "must".
_OURS = {
    "reason": "The reason", "value": "The answer", "note": "The note", "question": "The question",
    "what": "What was missing", "words": "What you say of it", "tags": "The tags",
}  # fmt: skip


def _problem(fault: Fault, sent: Mapping[str, str]) -> str:
    """A fault as a sentence of its own."""
    if fault.where in sent:
        return f"{fields.label(fault.where)} {fault.message}."
    if fault.message.startswith("must") and fault.where in _OURS:
        return f"{_OURS[fault.where]} {fault.message}."
    return _sentence(fault.message)


def _sentence(message: str) -> str:
    return f"{opened(message.strip().rstrip('.'))}."


def _conflict(
    request: Request, context: Context, case_id: str, error: Conflict, form: Form, note: str = ""
) -> Response:
    """409: the verdict that stands beside the one that came too late."""
    shell: ShellView = session.shell(request, "inbox")
    case, recommended = consult.too_late(context, shell.person or "", case_id)
    process = context.processes.pinned(case.process, case.version)
    yours = your_verdict(
        shell, case, kind=form.one("verdict") or "answer", round=_number(form, "round") or case.round,
        reason=form.one("reason"), note=note or form.one("note"), question=form.one("question"),
        value=", ".join(filter(None, form.all("value"))) or recommended,
        changed=corrections(case, process, form.below("field.")),
    )  # fmt: skip
    following = desk.next_of(context, shell.person or "")
    path = brief_path(following) if following else None
    view = conflict_view(shell, case, error, yours=yours, following=path)
    return session.page(request, view, 409)


def _of(form: Form) -> str | None:
    """The assignment that the form's page showed, which its digest names."""
    return form.one("digest").partition("@")[2] or None


def _number(form: Form, name: str) -> int | None:
    return _whole(form.one(name))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
