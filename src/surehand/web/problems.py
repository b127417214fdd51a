"""Errors as RFC 9457 problem documents. Nothing secret, and no stack, ever leaves through here."""

import json
import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from surehand.discretion import trace
from surehand.errors import Fault, InvalidInput, MapInvalid, Stopped, SurehandError, Unauthenticated

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger("surehand.web")

_LONGEST_DETAIL = 2_000
_MOST_FAULTS = 50

#: Status -> (slug, title) of errors that the web framework finds.
_FOUND = {
    400: ("malformed", "The request cannot be read"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "This address does not take this method"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body must be JSON"),
}

#: Members of a problem that an error's own details never replace.
_RESERVED = frozenset({"type", "title", "status", "detail", "faults"})

#: What somebody wrote or decided about a case is read in the case: whoever gets an answer that says what went
#: wrong writes it to a log.
_OF_THE_CASE = frozenset({"note", "value"})


def problem_of(error: Exception) -> dict[str, Any]:
    """The problem document of an error. Of faults of ours it says only a number to find them in the log."""
    match error:
        case InvalidInput() | MapInvalid():
            return _document(error.slug, error.title, error.status, error.detail, error.faults)
        case SurehandError():
            return _document(error.slug, error.title, error.status, error.detail, extra=error.extra)
        case RequestValidationError():
            return _invalid(error.errors())
        case HTTPException():
            slug, title = _FOUND.get(error.status_code, ("error", "The request was refused"))
            return _document(slug, title, error.status_code, str(error.detail))
        case OperationalError() | PoolTimeout():
            _log.error("the database does not answer\n%s", trace(error))
            return _document(
                Stopped.slug, Stopped.title, 503, "The database does not answer; try again shortly"
            )
        case _:
            number = secrets.token_hex(6)
            _log.error("unexpected fault %s\n%s", number, trace(error))
            return _document(
                "unexpected",
                "A fault of ours",
                500,
                f"This should not happen; in the log it is fault {number}",
            )


def response_of(error: Exception) -> Response:
    """An error as an HTTP response."""
    headers = dict(getattr(error, "headers", None) or {})
    document = problem_of(error)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="surehand"'
    if document["status"] == 503:
        headers.setdefault("Retry-After", "1")
    return Response(
        _encoded(document), status_code=document["status"], media_type=MEDIA_TYPE, headers=headers
    )


def _document(
    slug: str,
    title: str,
    status: int,
    detail: str,
    faults: Iterable[Fault] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    listed = [
        {
            "where": printable(f.where),
            "message": printable(f.message),
            "suggestion": f.suggestion and printable(f.suggestion),
        }
        for f in list(faults)[:_MOST_FAULTS]
    ]
    own = {name: value for name, value in (extra or {}).items() if name not in _RESERVED | _OF_THE_CASE}
    return {
        "type": f"/problems/{slug}", "title": title, "status": status, "detail": printable(detail),
        "faults": listed, **own,
    }  # fmt: skip


def _invalid(errors: Iterable[Any]) -> dict[str, Any]:
    faults = [Fault(_where(error["loc"]), _message(error)) for error in list(errors)[:_MOST_FAULTS]]
    if len(faults) == 1 and faults[0].where == "the body" and "JSON" in faults[0].message:
        slug, title = _FOUND[400]
        return _document(slug, title, 400, faults[0].message)
    detail = "; ".join(str(fault) for fault in faults)
    return _document(InvalidInput.slug, InvalidInput.title, InvalidInput.status, detail, faults)


def _where(place: tuple[Any, ...]) -> str:
    parts = [str(part) for part in place if part not in ("body", "query", "header", "path")]
    return ".".join(parts) or "the body"


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "is not known here"
    if error["type"] == "missing":
        return "is required"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:] if message.startswith(("Input ", "String ")) else message


def printable(text: str) -> str:
    """Text that can be sent: short, and without half characters or NUL."""
    clean = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= _LONGEST_DETAIL else clean[:_LONGEST_DETAIL] + "..."


def _encoded(document: Mapping[str, Any]) -> bytes:
    # ASCII, so that whatever an error brought along can be sent
    return json.dumps(document, default=str).encode("ascii")
