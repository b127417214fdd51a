"""Errors for people: every route of the desk answers with a page, whatever goes wrong."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse

from surehand.errors import Unauthenticated
from surehand.web import session
from surehand.web.problems import problem_of, response_of
from surehand.web.views import ErrorView, FaultView

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route of the desk."""

    def get_route_handler(self) -> Handler:
        """See FastAPI."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except Exception as error:  # noqa: BLE001 - rendered, and logged where it is not ours
                return await run_in_threadpool(error_page, request, error)

        return handle


def error_page(request: Request, error: Exception) -> Response:
    """What happened, what is kept and what to do. Who is not signed in is sent to do so, and back."""
    if isinstance(error, Unauthenticated) and request.method in ("GET", "HEAD"):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        there = f"/signin?next={quote(session.local_path(back), safe='')}"
        if "hx-request" in request.headers:
            # part of a page was asked for: the page goes, and not the part alone
            return Response(status_code=401, headers={"HX-Redirect": there})
        return RedirectResponse(there, status_code=303)
    problem = problem_of(error)
    status = int(problem["status"])
    faults = tuple(
        FaultView(where=f["where"], message=f["message"], suggestion=f["suggestion"] or "")
        for f in problem["faults"]
    )
    said_by_status = isinstance(error, HTTPException) and status != 413
    try:
        view = ErrorView(
            shell=session.shell(request), status=status, slug=problem["type"].rpartition("/")[2],
            detail="" if faults or said_by_status else problem["detail"],
            faults=faults,
            retry=request.url.path if status >= 500 and request.method == "GET" else "",
        )  # fmt: skip
        response = session.page(request, view, status)
    except Exception:  # noqa: BLE001 - the page around the error failed too: say it in plain text
        response = PlainTextResponse(f"{problem['title']}. {problem['detail']}", status_code=status)
    for name, value in (getattr(error, "headers", None) or {}).items():
        response.headers.setdefault(name, value)
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response


def install(app: FastAPI) -> None:
    """Addresses that no route has: a page for people, a problem document below /api."""

    def not_routed(request: Request, error: Exception) -> Response:
        if request.url.path == "/api" or request.url.path.startswith("/api/"):
            return response_of(error)
        return error_page(request, error)

    app.add_exception_handler(HTTPException, not_routed)
