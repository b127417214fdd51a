"""The made-up company's accounting system: a small HTTP service with a database of its own.

    python -m surehand.demo.ledger --database books.sqlite3 --port 8421

It listens on this machine alone and knows no users. It can be told to be slow, to fail, to refuse, or to book
a payment and not answer (`PUT /mode`), so that anybody can see what Surehand does then. The mode is forgotten
when the service stops; the books are not.
"""

import argparse
import asyncio
import ipaddress
import json
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from surehand.demo.books.bookkeeping import Accounts, Refused
from surehand.demo.books.entries import (
    Amount,
    Books,
    Budget,
    Entry,
    Key,
    OrderFound,
    Payment,
    PaymentOrder,
    SupplierFound,
    Text,
)

PORT = 8421

_LARGEST_BODY = 20 * 2**20


class Mood(Entry):
    """How the ledger answers when it is asked to pay or to cancel.

    mode     `slow`: it takes `seconds`, before or after the effect as `when` says. `fail`: 503, nothing
             happened. `refuse`: 422, nothing happened. `timeout_after_effect`: it does it, and then says
             nothing for `seconds`
    times    for how many requests; None: until it is told otherwise
    """

    mode: Literal["ok", "slow", "fail", "refuse", "timeout_after_effect"] = "ok"
    seconds: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 0.0
    when: Literal["before", "after"] = "before"
    times: Annotated[int, Field(ge=1, le=10**6)] | None = None


class Temper:
    """The mood, counted down with each request. Only the event loop's thread touches it."""

    def __init__(self) -> None:
        self.mood = Mood()

    def take(self) -> Mood:
        """The mood for one request."""
        mood = self.mood
        if mood.times is not None:
            left = mood.times - 1
            self.mood = mood.model_copy(update={"times": left}) if left else Mood()
        return mood

    async def around(self, effect: Callable[[], Any]) -> Any:
        """Does it in the present mood. Raises Refused where the mood is against it."""
        mood = self.take()
        if mood.mode == "fail":
            raise Refused(
                "unavailable", 503, "The ledger was told to fail. Nothing was booked; try again later."
            )
        if mood.mode == "refuse":
            raise Refused("refused", 422, "The ledger was told to refuse. Nothing was booked.")
        if mood.mode == "slow" and mood.when == "before":
            await asyncio.sleep(mood.seconds)
        done = await run_in_threadpool(effect)
        if mood.mode == "timeout_after_effect" or (mood.mode == "slow" and mood.when == "after"):
            await asyncio.sleep(mood.seconds)
        return done


def create_ledger(database: Path, *, host: str = "127.0.0.1") -> FastAPI:
    """The service over one file, which is made if it is not there; it answers to `host` and usual names."""
    accounts, temper = Accounts(database), Temper()

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        accounts.close()

    app = FastAPI(title="The made-up company's books", lifespan=life, docs_url=None, redoc_url=None)
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=[host, "127.0.0.1", "localhost"], www_redirect=False
    )
    app.middleware("http")(_only_programs)
    for fault in (Refused, RequestValidationError, HTTPException, sqlite3.Error):
        app.add_exception_handler(fault, _answered)
    _lookups(app, accounts)
    _payments(app, accounts, temper)
    _steering(app, accounts, temper)
    return app


def _lookups(app: FastAPI, accounts: Accounts) -> None:
    @app.get("/suppliers")
    def suppliers(name: Text) -> list[SupplierFound]:
        return accounts.suppliers(name)

    @app.get("/orders/{number:path}")
    def order(number: Text) -> OrderFound:
        return accounts.order(number)

    @app.get("/budgets/{name:path}")
    def budget(name: Text, year: Annotated[int | None, Query(ge=1900, le=2999)] = None) -> Budget:
        return accounts.budget(name, year)


def _payments(app: FastAPI, accounts: Accounts, temper: Temper) -> None:
    @app.get("/payments")
    def payments(
        supplier: Text | None = None,
        invoice: Text | None = None,
        amount: Amount | None = None,
        after: Annotated[int, Query(ge=0, le=2**62)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ) -> list[Payment]:
        exact = None if amount is None else f"{amount:.2f}"
        return accounts.payments(supplier=supplier, invoice=invoice, amount=exact, after=after, limit=limit)

    @app.post("/payments", status_code=201)
    async def pay(
        order: PaymentOrder, response: Response, idempotency_key: Annotated[Key, Header()]
    ) -> Payment:
        booked = await temper.around(lambda: accounts.book(idempotency_key, order))
        if booked.replayed:
            response.headers["Idempotent-Replay"] = "true"
        found: Payment = booked.payment
        return found

    @app.post("/payments/{key}/cancel")
    async def cancel(key: Annotated[Key, InPath()]) -> Payment:
        found: Payment = await temper.around(lambda: accounts.cancel(key))
        return found

    @app.get("/payments/{key}")
    def payment(key: Annotated[Key, InPath()]) -> Payment:
        return accounts.payment(key)


def _steering(app: FastAPI, accounts: Accounts, temper: Temper) -> None:
    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"ok": True, "payments": accounts.count()}

    @app.get("/mode")
    async def mode() -> Mood:
        return temper.mood

    @app.put("/mode")
    async def set_mode(mood: Mood) -> Mood:
        temper.mood = mood
        return mood

    @app.post("/load")
    def load(books: Books) -> dict[str, int]:
        return accounts.load(books)


async def _only_programs(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """A page that is open in a browser must not pay; a body that is too large is not read."""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") not in (
        "none",
        "same-origin",
    ):
        return _problem("forbidden", 403, "The ledger takes no requests from web pages.")
    if "transfer-encoding" in request.headers:
        return _problem("length-required", 411, "Send a Content-Length.")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length[:20]) > _LARGEST_BODY:
        return _problem("too-large", 413, f"A body is at most {_LARGEST_BODY // 2**20} MiB.")
    return await call_next(request)


async def _answered(_: Request, error: Exception) -> Response:
    """An error as a problem document; of a wrong body it names the places, not what stood there."""
    match error:
        case Refused():
            return _problem(error.slug, error.status, error.detail)
        case RequestValidationError():
            said = [f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors()[:20]]
            return _problem("invalid-input", 422, "; ".join(said)[:2_000])
        case HTTPException():
            return _problem("error", error.status_code, str(error.detail))
        case _:
            return _problem(
                "unavailable", 500, f"The books cannot be used: {error}. It may not have been kept."
            )


def _place(path: Sequence[Any]) -> str:
    return ".".join(str(part)[:60] for part in path[1:] or path)


def _problem(slug: str, status: int, detail: str) -> Response:
    document = {"type": f"/problems/{slug}", "title": slug.replace("-", " ").capitalize(), "status": status}
    content = json.dumps(document | {"detail": detail})
    return Response(content, status, media_type="application/problem+json")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m surehand.demo.ledger", description="The made-up company's books."
    )
    parser.add_argument("--database", type=Path, required=True, help="SQLite file; made if it is not there")
    parser.add_argument("--port", type=int, default=PORT, help=f"{PORT} by default; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine alone")
    given = parser.parse_args(arguments)
    if not _is_loopback(given.host):
        parser.error(f"{given.host} can be reached from outside, and the ledger has no users: take 127.0.0.1")
    try:
        listener = _listening(given.host, given.port)
        app = create_ledger(given.database, host=given.host)
    except (OSError, OverflowError) as error:
        parser.error(f"{given.host}:{given.port} cannot be used: {error}")
    except sqlite3.Error as error:
        parser.error(f"{given.database} cannot be opened: {error}")
    host, port = listener.getsockname()
    sys.stdout.write(f"The books are open at http://{host}:{port}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):  # stopped by hand
        uvicorn.Server(config).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    # with the protocol named, asyncio turns off the waiting for more to send (40 ms an answer)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener


if __name__ == "__main__":
    main()
