"""One case: its story, its brief, and what people do with it."""

from dataclasses import replace
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from surehand.core.showing import brief_path
from surehand.errors import Conflict, Forbidden, NotFound
from surehand.flow import consult, drafting, looking, selected
from surehand.flow.context import Context
from surehand.flow.explain import explain
from surehand.flow.pausing import paused
from surehand.flow.review import claim
from surehand.flow.standing import looked_at
from surehand.flow.undo import reversals, undo
from surehand.web import session
from surehand.web.brief_views import brief_view
from surehand.web.case_views import case_view
from surehand.web.exception_views import answer_view
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.readers import reader_of
from surehand.web.written import answered, put_back

router = APIRouter(route_class=PageRoute, include_in_schema=False)


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
    given = request.query_params
    page, part, compare_page = (_whole(given.get(one, "")) or 1 for one in ("page", "part", "compare_page"))
    reader = reader_of(
        request, standing, refused, page=page, part=part, compare_page=compare_page,
        compare=session.case_id_of(given["compare"]) if given.get("compare") else "",
    )  # fmt: skip
    if standing.assignment.kind == "answer":
        if person not in (standing.assignment.person, standing.case.submitter):
            return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
        draft = drafting.kept(context, person, standing)
        return session.page(request, answer_view(context, standing, reader, *answered(draft)))
    decides = not refused and standing.assignment.pending is None
    if decides and (draft := drafting.kept(context, person, standing)) is not None:
        written, typed = put_back(standing, Form(draft.body), kept_at=draft.at)
        reader = replace(reader, written=written, typed=typed)
    shown_page = session.page(request, brief_view(context, standing, reader))
    shown_page.headers["Speculation-Rules"] = '"/ahead.json"'
    if looking.open_to(standing, refused) and not session.ahead(request):
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
        context = context_of(request)
        selected.alone(context, person, "claim", name, of, partial(claim, context, person, name, of=of))
    except Conflict:
        return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
    here = f"/cases/{name}/brief" + (f"?of={quote(of)}" if of else "")
    return session.sent_on(request, here, notice="claim", case_id=name)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
