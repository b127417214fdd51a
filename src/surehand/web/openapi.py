"""The API's description, and problem documents for addresses and methods that it does not have."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route

from surehand.web.problems import MEDIA_TYPE, response_of

_ABOUT = """
The decision layer between AI and people. Submit cases; what can be vouched for is executed, the rest waits
for a named person; decide what waits, and say later how it turned out.

* **Keys.** `Authorization: Bearer sh_...`; a key acts as one person or service.
* **Repeating.** Every POST takes an `Idempotency-Key`: repeated with the same body, it happens once.
* **Errors** are problem documents (RFC 9457) with a `type`, a `detail` that says what to do, and `faults`.
* **Lists** have a `next` cursor.
"""

_TAGS = [
    {"name": "Cases", "description": "One item moving through a process."},
    {"name": "Files", "description": "Documents that cases bring, as files."},
    {"name": "Review", "description": "What waits for a person: verdicts, questions, outcomes."},
    {"name": "Actions", "description": "Side effects in other systems."},
    {"name": "Processes", "description": "The maps that run here."},
    {
        "name": "Guarantees",
        "description": "What runs alone, what may be claimed of it, and what it rests on.",
    },
    {"name": "People", "description": "Who may decide what, who is here, and who changes it."},
    {"name": "Server", "description": "Whether it works."},
]

_PROBLEMS = {
    "400": "The body cannot be read.",
    "401": "No valid key or session.",
    "403": "You may not do this; the problem says who may.",
    "404": "There is no such thing, or you may not see it.",
    "409": "Somebody was faster (`winner`), or the key came with another body before.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "Something in it does not fit; every fault is listed.",
    "503": "Not possible now; try again after `Retry-After` seconds.",
}
_ON_EVERY_POST = ("400", "401", "403", "404", "409", "413", "415", "422", "503")
_ON_EVERY_GET = ("401", "422", "503")
_OPEN = "/health"


def install(app: FastAPI, *, prefix: str, routes: Sequence[BaseRoute]) -> None:
    """Describe the API; answer everything else below the prefix with a problem document.

    routes  those of the API, to name the methods of an address
    """
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_tags, app.description = _TAGS, _ABOUT
            _complete(made(), prefix)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI documents it

    async def unknown(request: Request) -> Response:
        allowed = _allowed(routes, request)
        if allowed:
            return response_of(
                HTTPException(405, f"Use {' or '.join(allowed)} here", headers={"Allow": ", ".join(allowed)})
            )
        return response_of(HTTPException(404, "There is nothing at this address"))

    app.router.routes.append(Route(f"{prefix}/{{rest:path}}", _AnyMethod(unknown), include_in_schema=False))


class _AnyMethod:
    """An ASGI endpoint, which Starlette then offers every method."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)


def _allowed(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    methods: set[str] = set()
    for route in routes:
        found = getattr(route, "methods", None)
        if found and route.matches(dict(request.scope))[0] is Match.PARTIAL:
            methods |= found
    return sorted(methods)


def _complete(schema: dict[str, Any], prefix: str) -> None:
    """Problems are declared where they can occur, under their own media type."""
    schemas = schema["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            responses.pop("422", None)
            if path == prefix + _OPEN:
                continue
            statuses = _ON_EVERY_POST if method != "get" else _ON_EVERY_GET
            if "{" in path and method == "get":
                statuses = (*statuses, "404")
            if "{case_id}" in path and method == "get":  # a case that is beyond the caller
                statuses = (*statuses, "403")
            for status in sorted(statuses):
                content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                responses[status] = {"description": _PROBLEMS[status], "content": content}
