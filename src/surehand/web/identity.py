"""Who is calling: a program with an API key, or a browser with a session."""

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from surehand.errors import Forbidden, Unauthenticated
from surehand.flow.access import session_of
from surehand.flow.context import Context
from surehand.store import access

SESSION_COOKIE = "surehand_session"

#: A browser's script sends the token of its session's forms in this header.
CSRF_HEADER = "X-CSRF-Token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_TOKEN = 200


def context_of(request: Request) -> Context:
    """The world of the verbs, as `create_app` put it there."""
    context: Context = request.app.state.context
    return context


def identified(request: Request) -> str:
    """Name of the active person who calls. Raises Unauthenticated, or Forbidden without the form's token."""
    context = context_of(request)
    sent = request.headers.get("Authorization")
    if sent is not None:
        return _by_key(context, sent)
    token = request.cookies.get(SESSION_COOKIE)
    session = session_of(context, token) if token and len(token) <= _LONGEST_TOKEN else None
    if session is None:
        raise Unauthenticated("Sign in, or send an API key: 'Authorization: Bearer sh_...'")
    if request.method not in _SAFE:
        csrf = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(csrf.encode("utf-8", "replace"), session.csrf.encode()):
            raise Forbidden(f"A request with a session needs the session's token in {CSRF_HEADER}")
    return session.person


def _by_key(context: Context, sent: str) -> str:
    scheme, _, key = sent.strip().partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key or len(key) > _LONGEST_TOKEN:
        raise Unauthenticated("Send the API key as 'Authorization: Bearer sh_...'")
    with context.db.read() as connection:
        person = access.key_person(connection, key)
    if person is None:
        raise Unauthenticated("This API key is not known, or was revoked")
    if not context.people.active(person):
        raise Unauthenticated("The person behind this API key is not active any more")
    return person


_bearer = HTTPBearer(auto_error=False, scheme_name="ApiKey", description="A key made with `surehand key`.")
_cookie = APIKeyCookie(
    name=SESSION_COOKIE, auto_error=False, scheme_name="Session",
    description=f"The session of a signed-in browser; changes need its token in `{CSRF_HEADER}`.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caller:
    """The person who calls, and the world."""

    person: str
    context: Context


def caller(
    request: Request,
    _key: Annotated[object, Security(_bearer)],
    _session: Annotated[object, Security(_cookie)],
) -> Caller:
    """Who calls, as the route found before it read the body."""
    return Caller(request.state.person, context_of(request))


Calling = Annotated[Caller, Depends(caller)]
