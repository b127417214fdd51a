"""What every page shares: who is signed in, the tokens of forms, notices, and the shell around the page."""

import hashlib
import re
import secrets
from dataclasses import replace
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from surehand.core.formats import Manner
from surehand.core.pending import pending_of
from surehand.core.rosters import sees_everyone
from surehand.errors import Fault, Forbidden, InvalidInput, NotFound, Unauthenticated
from surehand.flow import desk, reporting
from surehand.flow.access import LASTING, session_of
from surehand.flow.context import Context
from surehand.flow.desk import Bearings
from surehand.flow.manners import manner_of
from surehand.store.access import Session
from surehand.store.glance import Glance
from surehand.store.readers import CHOSE_NOTHING
from surehand.web.forms import Form
from surehand.web.identity import SESSION_COOKIE, context_of
from surehand.web.plain import verdict_words
from surehand.web.rendering import english, render
from surehand.web.speech import said
from surehand.web.views import AboveView, PageView, PendingView, ShellView, StoppedView

#: A browser that is not signed in: what its sign-in form is bound to.
_VISITOR_COOKIE = "surehand_visitor"
_NOTICE_COOKIE = "surehand_notice"

_LONGEST_TOKEN = 200
_CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

#: What just happened, by the code that the cookie carries. `{case}` is the case's number.
NOTICES = {
    "withdrawn": said("{case}: your verdict is withdrawn, and nothing ran. What you wrote is here again."),
    "in_effect": said("{case}: your verdict has taken effect, or was withdrawn. This is how it stands."),
    "anew": said(
        "{case}: you signed in anew since you wrote this. It is here again: look, and send it once more."
    ),
    "anothers": said(
        "{case}: somebody else had written that, who was signed in here before. Nothing of it was kept."
    ),
    "back": said("{case}: you are signed in again, and what you wrote is here. Look, and send it."),
    "approve": said("{case}: your decision stands. What it lets run comes next."),
    "pass": said("{case} goes on as it is."),
    "reject": said("{case} is rejected."),
    "edit": said("{case}: your values are saved. It is checked again with them."),
    "ask": said("{case}: your question is sent. The case comes back with the answer."),
    "escalate": said("{case} is handed to the person above."),
    "retry": said("{case}: the action runs again under the same key."),
    "happened": said("{case}: the action counts as done."),
    "compensated": said("{case}: it counts as made good."),
    "notice_approve": said("{case}: it stands as it was decided."),
    "notice_reject": said("{case}: your override is recorded. What ran is being taken back."),
    "notice_override": said("{case}: your override is recorded. What ran is being taken back."),
    "notice_edit": said(
        "{case}: your values are saved. What ran is being taken back, then it is decided anew."
    ),
    "check_approve": said("{case}: your spot check is recorded."),
    "check_reject": said("{case}: your spot check is recorded."),
    "finding_approve": said("{case} is being taken back."),
    "finding_reject": said("{case} stays as it is."),
    "claim": said("{case} is yours now."),
    "none_free": said("Nothing that others have waits for you to take it over."),
    "release": said("{case} is back in its queue, and somebody else has it."),
    "reassign": said("{case} is handed on."),
    "snooze": said("{case} is put off. It comes back by itself, and its deadline goes on."),
    "awake": said("{case} is among your work again."),
    "priority": said("{case}: its priority is set."),
    "stays": said("{case} stays with you: nobody else here may decide it."),
    "answer": said("{case}: your answer is sent."),
    "reach": said("This is how you are reached from now on."),
    "reading": said("This is how numbers, dates and times are written for you from now on."),
    "test": said("A test message is on its way to you."),
    "undo": said("{case}: the action is being taken back."),
    "waits": said("{case}: whoever has it is told."),
    "not_undone": said("{case}: there is nothing to take back any more. This is how it stands."),
    "stopped": said("Nothing new begins until two people have it resume."),
    "asked": said("You ask to resume. A second person agrees, or has it kept stopped."),
    "resumed": said("This stop has ended. What nothing else holds back is due now, and checked again first."),
    "kept": said("It stays stopped."),
    "drilled": said("The drill has ended. What it found is below."),
    "aside": said("It is set aside, and comes back only once there are twice as many notes."),
    "not_aside": said("This proposal is not as you saw it: other notes came, or it was set aside already."),
    "roster": said("The change is recorded, and counts from now on."),
    "key_revoked": said("The key is revoked: it opens nothing any more."),
    "none_selected": said("Nothing is selected: tick the cases that you mean."),
    "too_late": said("This cannot be undone any more; nothing was changed."),
    "view_saved": said("The view is saved."),
    "view_renamed": said("The view has its new name."),
    "view_removed": said("The view is removed. Its cases are where they were."),
    "elsewhere": said("{case} does not wait for you now. This is how it stands."),
}

#: Of these, what a person has just done to a case that they may want to look at again, or take back.
_LEADS = frozenset(
    {"approve", "pass", "reject", "edit", "retry", "happened", "compensated", "undo"}
    | {code for code in NOTICES if code.startswith(("notice_", "finding_"))}
)


def prepare(app: FastAPI) -> None:
    """Make the templates ready."""
    app.state.templates = english()


def signed_in(request: Request, *, watching: bool = False) -> Session:
    """The session of this browser. Raises Unauthenticated.

    watching  the page asks by itself, so that nobody need be there
    """
    found = current(request, watching=watching)
    if found is None:
        raise Unauthenticated("Sign in first.")
    return found


def current(request: Request, *, watching: bool = False) -> Session | None:
    """The session of this browser, looked up once per request."""
    if not hasattr(request.state, "session"):
        token, context = session_token(request), context_of(request)
        request.state.session = session_of(context, token, watching=watching) if token else None
    found: Session | None = request.state.session
    return found


def session_token(request: Request) -> str | None:
    """The token that the browser sent, if it can be one."""
    token = request.cookies.get(SESSION_COOKIE)
    return token if token and len(token) <= _LONGEST_TOKEN else None


def begin_session(request: Request, response: Response, token: str) -> None:
    """Give the browser its session."""
    _set(request, response, SESSION_COOKIE, token, seconds=int(LASTING.total_seconds()))
    response.delete_cookie(_VISITOR_COOKIE, path="/")


def end_session(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(SESSION_COOKIE, path="/")


def _set(request: Request, response: Response, name: str, value: str, *, seconds: int) -> None:
    secure = public_url(request).startswith("https:")
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def public_url(request: Request) -> str:
    """The address that people use."""
    return str(request.app.state.settings.url)


# Tokens of forms


class AnotherSession(Forbidden):
    """A form of ours, from a page that another session of this browser had opened."""

    def __init__(self, detail: str, person: str) -> None:
        super().__init__(detail)
        self.person = person


def checked(request: Request, form: Form) -> Session:
    """The session, if the form came from one of its pages.

    Raises Unauthenticated, or Forbidden: AnotherSession where the browser says that it was a page of ours.
    """
    session = signed_in(request)
    _same_origin(request)
    try:
        _same(form.one("csrf"), session.csrf)
    except Forbidden as error:
        if request.headers.get("sec-fetch-site") == "same-origin":
            raise AnotherSession(error.detail, session.person) from None
        raise
    return session


def checked_visitor(request: Request, form: Form) -> None:
    """The sign-in form came from our own page in this browser. Raises Forbidden."""
    _same_origin(request)
    cookie = request.cookies.get(_VISITOR_COOKIE, "")
    if not cookie:
        raise Forbidden("The sign-in page was open too long, or this browser refuses cookies. Try again.")
    _same(form.one("csrf"), _token_of(cookie))


def visitor_token(request: Request) -> tuple[str, str]:
    """The cookie of a browser that is not signed in, and the token that its form carries."""
    cookie = request.cookies.get(_VISITOR_COOKIE, "")
    if not 20 <= len(cookie) <= _LONGEST_TOKEN:
        cookie = secrets.token_urlsafe(32)
    return cookie, _token_of(cookie)


def bind_visitor(request: Request, response: Response, cookie: str) -> None:
    """Bind the sign-in form to this browser, for an hour."""
    _set(request, response, _VISITOR_COOKIE, cookie, seconds=3600)


def _token_of(cookie: str) -> str:
    return hashlib.sha256(f"surehand sign-in {cookie}".encode("utf-8", "surrogatepass")).hexdigest()


def _same(sent: str, expected: str) -> None:
    if not secrets.compare_digest(sent.encode("utf-8", "surrogatepass"), expected.encode()):
        raise Forbidden("This form is not from a page of this session. Open the page again and repeat it.")


def _same_origin(request: Request) -> None:
    """Browsers say where a form came from; another site is refused before its token is looked at."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden("This form came from another site.")
    if origin is not None:
        ours = {request.headers.get("host", "").lower(), urlsplit(public_url(request)).netloc.lower()}
        if urlsplit(origin).netloc.lower() not in ours:
            raise Forbidden("This form came from another site.")


# Around the page


def shell(request: Request, tab: str = "", *, bearings: Bearings | None = None) -> ShellView:
    """What is around the page.

    bearings  what the reader is told on any page, where this one has asked for it
    """
    context = context_of(request)
    session = current(request)
    mode = "development" if context.development else "production"
    manner = manner_of_reader(request)
    base = ShellView(now=context.clock(), mode=mode, current=tab, stopped=_stopped(context), manner=manner)
    if session is None:
        return base
    if ahead(request):
        base = replace(base, ahead=True)
    at = bearings or desk.bearings(context, session.person)
    return replace(
        base, person=session.person, csrf=session.csrf, waiting=at.waiting, unread=at.glance.unread,
        news=reporting.count_news(context, session.person), notice=_notice(request),
        noticed=_noticed(request), everyone=sees_everyone(context.people, session.person),
        pending=_pending(at.glance),
    )  # fmt: skip


def _pending(glance: Glance) -> tuple[PendingView, ...]:
    """What the reader has decided and may still withdraw."""
    found = ((one, pending_of(one)) for one in glance.given)
    return tuple(
        PendingView(
            case_id=one.case_id, of=one.id, label=verdict_words(given.answer.kind, given.answer.value),
            until=given.until,
        )
        for one, given in found
        if given is not None
    )  # fmt: skip


def manner_of_reader(request: Request) -> Manner:
    """How who looks at this page sees numbers, dates and times."""
    session = current(request)
    person, mine = (session.person, session.prefers) if session is not None else (None, CHOSE_NOTHING)
    return manner_of(context_of(request), person, mine, request.headers.get("accept-language", ""))


def _stopped(context: Context) -> tuple[StoppedView, ...]:
    """What is stopped, for who is signed in and who is not."""
    return tuple(
        StoppedView(
            what=one.process or "Everything", since=one.at, by=one.by, because=one.because, drill=one.drill
        )
        for one in context.gate.lately(context.db)
    )


def ahead(request: Request) -> bool:
    """The browser makes the page ready before somebody asks for it, and perhaps nobody ever does."""
    return "prefetch" in request.headers.get("sec-purpose", "")


def above(request: Request) -> Response:
    """What stands above a page that was made ahead of its time, as it is now that it is shown."""
    return page(request, AboveView(shell=shell(request)))


def _notice(request: Request) -> str:
    code, _, case_id = request.cookies.get(_NOTICE_COOKIE, "").partition(":")
    text = None if ahead(request) else NOTICES.get(code)
    if text is None or ("{case}" in text and not _CASE_ID.fullmatch(case_id)):
        return ""
    return text.format(case=case_id.upper())


def _noticed(request: Request) -> str:
    """Where the case of the notice is looked at; '' where it leads nowhere."""
    code, _, case_id = request.cookies.get(_NOTICE_COOKIE, "").partition(":")
    here = f"/cases/{case_id}"
    leads = code in _LEADS and _CASE_ID.fullmatch(case_id) and request.url.path != here
    return here if leads else ""


def page(request: Request, view: PageView, status: int = 200) -> Response:
    """A view as a response; a notice that it showed is taken off."""
    response = HTMLResponse(render(request.app.state.templates, view), status_code=status)
    if _NOTICE_COOKIE in request.cookies and not ahead(request):
        response.delete_cookie(_NOTICE_COOKIE, path="/")
    return response


def sent_on(request: Request, path: str, *, notice: str = "", case_id: str = "") -> Response:
    """303 to another page of ours, with a notice by its code."""
    response = RedirectResponse(path, status_code=303)
    if notice:
        _set(request, response, _NOTICE_COOKIE, f"{notice}:{case_id}", seconds=60)
    return response


def local_path(path: str) -> str:
    """A path of this site to go to after sign-in; anything else becomes the start page."""
    parts = urlsplit(path)
    odd = parts.scheme or parts.netloc or "\\" in path or any(ord(c) < 33 or ord(c) > 126 for c in path)
    return "/" if odd or not path.startswith("/") or path.startswith("//") or len(path) > 500 else path


def case_id_of(text: str) -> str:
    """A case number from an address. Raises NotFound for what cannot be one."""
    if not _CASE_ID.fullmatch(text):
        raise NotFound("There is no such case.")
    return text.lower()


def fits(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """A value that an address may carry. Raises InvalidInput."""
    if value not in allowed:
        raise InvalidInput([Fault(name, f"must be one of: {', '.join(allowed)}")])
    return value
