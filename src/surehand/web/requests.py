"""How requests to the API are read: who calls before what is sent, strict JSON, bounded bodies."""

import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import anyio
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from surehand.errors import Stopped
from surehand.web.identity import identified
from surehand.web.problems import response_of

#: Bytes that a body may have.
LARGEST_BODY = 16 * 1024 * 1024

#: Bodies above this are parsed off the event loop.
_QUICK = 64 * 1024

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OpenRoute(APIRoute):
    """A route of the API that anybody may call; every error leaves it as a problem document."""

    def get_route_handler(self) -> Handler:
        """See FastAPI."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                await self._admit(request)
                if not _may_be_large(request):
                    return await inner(_StrictRequest(request.scope, request.receive))
                async with _turn():
                    return await inner(_StrictRequest(request.scope, _in_time(request.receive)))
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it
            except HTTPException as error:
                # what the framework made of a body that could not be read says less than its cause
                unread = isinstance(error.__cause__, ValueError | RecursionError)
                return response_of(HTTPException(400, str(error.__cause__)) if unread else error)
            except Exception as error:  # noqa: BLE001 - rendered, and logged where it is not ours
                return response_of(error)

        return handle

    async def _admit(self, request: Request) -> None:
        """Anybody."""


class SignedRoute(OpenRoute):
    """A route for people and programs that we know, looked up before the body is read."""

    async def _admit(self, request: Request) -> None:
        request.state.person = await run_in_threadpool(identified, request)
        if self.body_field is not None and not _is_json(request):
            raise HTTPException(415, "Send the body as 'Content-Type: application/json'")


#: Bodies above this take turns: what is made of one may need a hundred times its size.
_LARGE = 1024 * 1024
_TURNS = threading.BoundedSemaphore(3)

#: Seconds that a request waits for its turn, and that its body may then take to arrive.
_PATIENCE, _ARRIVING = 60.0, 120.0


def _may_be_large(request: Request) -> bool:
    announced = request.headers.get("content-length", "")
    if not announced:
        return "transfer-encoding" in request.headers
    return not announced.isdigit() or int(announced) > _LARGE


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One of a few turns. Whoever waits has not been read yet: its bytes are still with its sender."""
    until = time.monotonic() + _PATIENCE
    while not _TURNS.acquire(blocking=False):
        if time.monotonic() > until:
            raise Stopped(
                "Too many large requests are being taken in; nothing of this one was kept. Send it again."
            )
        await anyio.sleep(0.02)
    try:
        yield
    finally:
        _TURNS.release()


def _in_time(receive: Receive) -> Receive:
    """A sender that is too slow gives its turn back."""
    until = time.monotonic() + _ARRIVING

    async def received() -> Message:
        try:
            with anyio.fail_after(max(until - time.monotonic(), 0)):
                return await receive()
        except TimeoutError:
            raise HTTPException(408, f"The body did not arrive within {_ARRIVING:g} seconds") from None

    return received


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


#: Digits of a whole number; what is longer is no quantity.
_LONGEST_NUMBER = 100

#: Values of a body, and names of one object in it: three bytes of a list of lists become a hundred in memory,
#: and each name that is not known here becomes a fault with its own text.
_MOST_VALUES, _MOST_NAMES = 500_000, 10_000


class _StrictRequest(Request):
    """A request whose JSON is JSON."""

    async def json(self) -> Any:
        body = await self.body()
        return strict_json(body) if len(body) <= _QUICK else await run_in_threadpool(strict_json, body)


def strict_json(body: bytes) -> Any:
    """A JSON value. Raises ValueError for what is none, NaN and endless nesting included."""
    if sum(map(body.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise ValueError(f"The body holds more than {_MOST_VALUES:,} values; send it in parts")
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refused, parse_int=_whole, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise ValueError("The body is not UTF-8") from None
    except json.JSONDecodeError as error:
        # a plain ValueError: the framework would answer this one itself, with the whole body attached
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"The body is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise ValueError("The body is not usable JSON: it is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_NAMES:
        raise ValueError(f"The body holds an object with more than {_MOST_NAMES:,} names")
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The body says '{twice[:60]}' twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("The body holds a number that is too large")
    return int(digits)


def _refused(word: str) -> NoReturn:
    raise ValueError(f"The body is not JSON: {word} is not a number there")


class BodyLimit:
    """ASGI middleware that refuses bodies of the API above a size, before or while they arrive.

    Forms of pages have a smaller limit of their own, whose answer is a page.

    larger  path -> the size that is allowed there
    """

    def __init__(
        self, app: ASGIApp, *, largest: int = LARGEST_BODY, larger: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._largest = largest
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        largest = self._larger.get(scope["path"], self._largest)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > largest:
            await self._refuse(scope, receive, send, largest)
            return
        seen, over = 0, False

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b"") or b"")
            if seen > largest:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def answered(message: Message) -> None:
            if not over:
                await send(message)

        try:
            await self._app(scope, counted, answered)
        except Exception:
            if not over:
                raise
        if over:
            await self._refuse(scope, receive, send, largest)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        limit = f"{largest / 1024 / 1024:g} MiB"
        response = response_of(HTTPException(413, f"A body may have {limit}; send large batches in parts"))
        await response(scope, receive, send)
