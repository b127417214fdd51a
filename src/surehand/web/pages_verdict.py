"""What people answer on a brief: verdicts, answers to questions, drafts of them, and second thoughts."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from surehand.core.case import BESIDE
from surehand.core.formats import Formats
from surehand.core.hearing import Answer
from surehand.core.repairs import COMPENSATED, REPAIRS
from surehand.core.showing import brief_path, names_of
from surehand.core.steps import Decide
from surehand.core.verdicts import kinds_of
from surehand.errors import Conflict, Fault, InvalidInput, Unauthenticated
from surehand.flow import consult, desk, drafting, pending
from surehand.flow.context import Context
from surehand.flow.elsewhere import look_elsewhere
from surehand.flow.review import answer_question, refuse
from surehand.flow.standing import Standing, looked_at
from surehand.web import fields, session
from surehand.web.brief_views import brief_view, changes_view
from surehand.web.case_views import conflict_view, your_verdict
from surehand.web.exception_views import answer_view
from surehand.web.faults import PageRoute
from surehand.web.fields import corrections
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.meaning import as_meant
from surehand.web.pages_sign_in import signed_out
from surehand.web.plain import opened
from surehand.web.readers import bound_to, reader_of
from surehand.web.remark_views import lack_words
from surehand.web.session import AnotherSession
from surehand.web.verdict_views import entered_by, point_of, recommended_of
from surehand.web.views import ShellView
from surehand.web.watch_views import answer_sent
from surehand.web.written import keep_draft, kept_of, of_form, put_back, written_by_another

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: A reminder or a change of hands while a verdict is under way does not cost the verdict.
_TRIES = 4

#: What a form sends about an action that did not finish.
_REPAIRS = (*REPAIRS, COMPENSATED)


@router.post("/cases/{case_id}/answer")
def answer_case(request: Request, case_id: str, form: Sent) -> Response:
    """Answer a question."""
    context, name = context_of(request), session.case_id_of(case_id)
    person = _sender(request, context, name, form)
    if isinstance(person, Response):
        return person
    try:
        answer_question(context, person, name, form.one("answer"), round=_number(form, "round"))
    except InvalidInput as error:
        standing, _ = looked_at(context, person, name)
        if standing.assignment.kind != "answer":
            return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
        problems = tuple(f"{_sentence(fault.message)}" for fault in error.faults)
        reader = reader_of(request, standing, problems=problems)
        return session.page(request, answer_view(context, standing, reader, form.one("answer")), 422)
    except Conflict as error:
        return _conflict(request, context, name, error, form, note=form.one("answer"))
    return session.sent_on(request, _onward(context, person), notice="answer", case_id=name)


@router.post("/cases/{case_id}/verdict")
def verdict_on_case(request: Request, case_id: str, form: Sent) -> Response:
    """Decide: 303 to the next case, 422 with the brief as it was typed, or 409 with both verdicts.

    Whoever was signed out meanwhile signs in again and finds what they had written.
    """
    context, name = context_of(request), session.case_id_of(case_id)
    person = _sender(request, context, name, form)
    if isinstance(person, Response):
        return person
    try:
        notice = _given(context, person, name, form, session.manner_of_reader(request).formats)
    except InvalidInput as error:
        return _brief_as_typed(request, context, person, name, form, error)
    except Conflict as error:
        return _conflict(request, context, name, error, form)
    onward = session.sent_on(request, _onward(context, person), notice=notice, case_id=name)
    return _told_where(onward) if _scripted(request) else onward


def _scripted(request: Request) -> bool:
    return request.headers.get("accept", "") == "application/json"


def _told_where(onward: Response) -> Response:
    """The same for a script, which goes there itself: a page that was made ready is shown at once."""
    told = JSONResponse({"to": onward.headers["location"]})
    told.raw_headers += [one for one in onward.raw_headers if one[0] == b"set-cookie"]
    return told


def _sender(request: Request, context: Context, case_id: str, form: Form) -> str | Response:
    """Who sends it; else what they get who were signed out, or signed in anew, while they wrote it."""
    try:
        return session.checked(request, form).person
    except Unauthenticated:
        return signed_out(request, _brief_of(case_id, form), form)
    except AnotherSession as error:
        return _written_before(request, context, error.person, case_id, form)


def _brief_of(case_id: str, form: Form) -> str:
    """The address of the brief that a form was on."""
    of = of_form(form)
    return f"/cases/{case_id}/brief" + (f"?of={quote(of)}" if of else "")


def _written_before(request: Request, context: Context, person: str, case_id: str, form: Form) -> Response:
    """A form of an earlier session: it decides nothing, and what was written in it becomes a draft."""
    kept = keep_draft(context, person, case_id, form)
    notice = "anew" if kept else "anothers" if written_by_another(form, person) else "elsewhere"
    return session.sent_on(request, _brief_of(case_id, form), notice=notice, case_id=case_id)


@router.post("/cases/{case_id}/elsewhere")
def say_elsewhere(request: Request, case_id: str, form: Sent) -> Response:
    """Say what the brief lacks; nothing is decided. The brief again as it was typed, or JSON for a script."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    scripted = _scripted(request)
    what, words, error = form.one("lacks"), form.one("lacks.words"), None
    try:
        look_elsewhere(context, person, name, what, words, of=of_form(form), round=_number(form, "round"))
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


@router.post("/cases/{case_id}/diff")
def changes_on_case(request: Request, case_id: str, form: Sent) -> Response:
    """The brief as it was typed, with what was changed in its texts; `only=changes`: that alone.

    Nothing is recorded. 409 where the case is not what the page showed.
    """
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        standing, refused = looked_at(context, person, name, of=of_form(form))
        if form.one("digest") != bound_to(standing):
            raise Conflict("What waits here is not what your page showed.", state=standing.case.state)
    except Conflict as error:
        return _conflict(request, context, name, error, form)
    written, typed = put_back(standing, form)
    reader = reader_of(request, standing, refused, written=written, typed=typed)
    if form.one("only") == "changes":
        return session.page(request, changes_view(standing, reader))
    if standing.assignment.kind == "answer":
        return session.sent_on(request, f"/cases/{name}/brief")
    return session.page(request, brief_view(context, standing, reader))


@router.post("/cases/{case_id}/withdraw")
def withdraw_verdict(request: Request, case_id: str, form: Sent) -> Response:
    """Take back a verdict that is not in effect yet; what was written is on its brief again."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        given = pending.withdraw(context, person, name, of=form.one("of") or None)
    except Conflict:
        consult.visible(context, person, name)  # a case of others answers as one that is not there
        return session.sent_on(request, f"/cases/{name}", notice="in_effect", case_id=name)
    return session.sent_on(request, brief_path(given), notice="withdrawn", case_id=name)


@router.post("/cases/{case_id}/draft")
def draft_of_verdict(request: Request, case_id: str, form: Sent) -> Response:
    """Keep what was written in a brief, or drop it. A script asks for JSON: {"kept": true}."""
    person = session.checked(request, form).person
    context, name = context_of(request), session.case_id_of(case_id)
    standing, _ = looked_at(context, person, name, of=of_form(form))
    if form.one("discard"):
        drafting.drop(context, person, standing.assignment.id)
        return session.sent_on(request, _brief_of(name, form))
    drafting.keep(context, person, standing, kept_of(standing, form))
    return JSONResponse({"kept": True})


def _onward(context: Context, person: str) -> str:
    """Where a person goes after a case: to the next of theirs, or to the empty inbox."""
    following = desk.next_of(context, person)
    return brief_path(following) if following else "/inbox"


def _given(context: Context, person: str, case_id: str, form: Form, formats: Formats) -> str:
    """Submit what the form says, measured against what its page showed. Returns what to tell of it."""
    left = _TRIES
    while True:
        left -= 1
        standing, refused = looked_at(context, person, case_id, of=of_form(form))
        if form.one("digest") != bound_to(standing):
            raise Conflict("What waits here is not what your page showed.", state=standing.case.state)
        if refused:
            # the verb refuses it too, and records the attempt; else it is looked at anew
            refuse(context, person, case_id, of=standing.assignment.id)
            if not left:
                raise Conflict("Who may decide this changed while you sent it. Send it again.")
            continue
        answer = as_meant(standing, _answer(standing, form), formats)
        shown_digest = form.one("digest").partition("@")[0] or None
        try:
            until = pending.give_verdict(
                context, person, case_id, replace(answer, shown=shown_digest),
                span=pending.span_of(context, standing), round=_number(form, "round"),
                rev=standing.case.rev, of=standing.assignment.id,
            )  # fmt: skip
        except Conflict as error:
            if error.extra.get("winner") or error.extra.get("pending") or not left:
                raise
        else:
            if until is not None:
                # for whoever thinks better of it; what is too long to be kept does not undo a verdict
                with suppress(InvalidInput):
                    drafting.keep(context, person, standing, kept_of(standing, form))
                return ""
            drafting.drop(context, person, standing.assignment.id)
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
        standing, refused = looked_at(context, person, case_id, of=of_form(form))
    except Conflict as moved:
        return _conflict(request, context, case_id, moved, form)
    sent = form.below("field.")
    found = error.faults if error is not None else ()
    faults = {f.where: f"{_sentence(f.message)}" for f in found if f.where in sent}
    problems = tuple(_problem(fault, sent) for fault in found)
    written, typed = put_back(standing, form, faults)
    reader = reader_of(request, standing, refused, written=written, typed=typed, problems=problems)
    if error is None:
        reader = replace(reader, shell=replace(reader.shell, notice=lack_words(form.one("lacks"))))
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


def _number(form: Form, name: str) -> int | None:
    text = form.one(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
