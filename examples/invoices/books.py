"""The company's accounting system over HTTP, and what each of its answers means for a case.

LEDGER_URL says where it is; http://127.0.0.1:8421 otherwise, where `python -m surehand.demo.ledger` listens.

raises  TemporaryFailure: it did not happen, and may later. PermanentFailure: the books refuse it.
        OutcomeUnknown: it was asked for, and no answer came; only asking again under the same key can tell
"""

import datetime as dt
import os
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from surehand.errors import OutcomeUnknown, PermanentFailure, SurehandError, TemporaryFailure

from .records import Budget, Candidate, Order, Paid

ADDRESS = "http://127.0.0.1:8421"

#: Seconds to wait for a connection, and for an answer.
PATIENCE = (2.0, 5.0)

_CANDIDATES = TypeAdapter(list[Candidate])
_PAYMENTS = TypeAdapter(list[Paid])
_ORDER, _BUDGET, _PAYMENT = TypeAdapter(Order), TypeAdapter(Budget), TypeAdapter(Paid)

# Before anything was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def address() -> str:
    """Where the books are."""
    return os.environ.get("LEDGER_URL", "").rstrip("/") or ADDRESS


def suppliers(name: str) -> list[Candidate]:
    """Suppliers of that name or a like one, the likest first."""
    asked = _clean(name)
    found: list[Candidate] | None = _asked("/suppliers", _CANDIDATES, name=asked) if asked else None
    return found or []


def order(number: str) -> Order | None:
    """The purchase order of that number; None if there is none."""
    asked = _part(number)
    found: Order | None = _asked(f"/orders/{asked}", _ORDER) if asked else None
    return found


def budget(name: str, year: int | None) -> Budget | None:
    """A budget of a year, the latest without one; None if there is none."""
    asked = _part(name)
    found: Budget | None = _asked(f"/budgets/{asked}", _BUDGET, year=year) if asked else None
    return found


def payments(supplier: str, *, invoice: str | None = None, amount: Decimal | None = None) -> list[Paid]:
    """What this supplier was paid under an invoice number, or over an amount."""
    exact = None if amount is None else f"{amount:.2f}"
    number = _clean(invoice or "") or None
    found: list[Paid] | None = _asked(
        "/payments", _PAYMENTS, supplier=_clean(supplier), invoice=number, amount=exact, limit=1_000
    )
    return found or []


def pay(
    key: str,
    *,
    supplier: str,
    invoice: str | None,
    amount: Decimal,
    currency: str,
    date: dt.date | None,
    due: dt.date | None,
    net: Decimal | None,
    orders: list[str],
    budget: str | None,
    again: bool,
) -> Paid:
    """Pays once per key; the same key again is the same payment."""
    body = {
        "supplier": supplier,
        "invoice": _clean(invoice or "") or None,
        "amount": f"{amount:.2f}",
        "currency": currency,
        "date": date.isoformat() if date else None,
        "due": due.isoformat() if due else None,
        "net": None if net is None else f"{net:.2f}",
        "orders": orders,
        "budget": budget,
        "again": again,
    }
    paid: Paid = _told("/payments", _PAYMENT, json=body, headers={"Idempotency-Key": key})
    return paid


def cancel(key: str) -> Paid:
    """Takes the payment of a key back; again changes nothing."""
    cancelled: Paid = _told(f"/payments/{_part(key)}/cancel", _PAYMENT)
    return cancelled


def payment(key: str) -> Paid | None:
    """The payment of a key as it stands; None if there is none."""
    found: Paid | None = _asked(f"/payments/{_part(key)}", _PAYMENT)
    return found


def _asked(path: str, shape: TypeAdapter[Any], **query: Any) -> Any:
    """The answer to a question, None for nothing of that name. A question that fails has changed nothing."""
    given = {name: value for name, value in query.items() if value is not None}
    try:
        answer = _client(address()).get(path, params=given, timeout=_timeout())
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if not answer.is_success:
            raise _refusal(answer, TemporaryFailure)
        return shape.validate_json(answer.content)
    except (httpx.HTTPError, httpx.InvalidURL, ValidationError) as error:
        raise _silence(error, TemporaryFailure, "Nothing was changed.") from error


def _told(path: str, shape: TypeAdapter[Any], **sent: Any) -> Any:
    """The answer to something that is to be done."""
    try:
        answer = _client(address()).post(path, timeout=_timeout(), **sent)
        if not answer.is_success:
            raise _refusal(answer, OutcomeUnknown)
        return shape.validate_json(answer.content)
    except _NOT_SENT as error:
        raise _silence(error, TemporaryFailure, "Nothing was booked.") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise _silence(error, TemporaryFailure, "Nothing was booked.") from error
    except (httpx.HTTPError, ValidationError) as error:
        raise _silence(error, OutcomeUnknown, "It may have been booked.") from error


def _refusal(answer: httpx.Response, otherwise: type[SurehandError]) -> SurehandError:
    """What a status means: 4xx it will never do, 429 and 503 it did not do now; of the rest nobody knows."""
    detail = _detail(answer)
    if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        return TemporaryFailure(detail)
    if answer.is_client_error:
        return PermanentFailure(detail)
    return otherwise(detail)


def _detail(answer: httpx.Response) -> str:
    try:
        document = answer.json()
    except ValueError:
        document = None
    said = document.get("detail") if isinstance(document, Mapping) else None
    return str(said)[:500] if said else f"The ledger answered {answer.status_code}."


def _silence(error: Exception, kind: type[SurehandError], kept: str) -> SurehandError:
    """No answer, or none that can be understood."""
    where = address()
    if isinstance(error, _NOT_SENT):
        return kind(
            f"The ledger at {where} does not answer. {kept} Start it with: "
            f"python -m surehand.demo.ledger --database books.sqlite3 --port {_port(where)}"
        )
    if isinstance(error, httpx.TimeoutException):
        return kind(f"The ledger at {where} gave no answer within {PATIENCE[1]:g} seconds. {kept}")
    if isinstance(error, ValidationError):
        return kind(f"The ledger at {where} gave an answer that is none of its own. {kept}")
    return kind(f"The connection to the ledger at {where} was lost ({type(error).__name__}). {kept}")


def _port(where: str) -> int:
    try:
        return httpx.URL(where).port or 8421
    except httpx.InvalidURL:
        return 8421


def _part(text: str) -> str:
    return quote(_clean(text), safe="")


def _clean(text: str) -> str:
    """What was read, as one line that the books take: no line ends, nothing that cannot be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:200]


def _timeout() -> httpx.Timeout:
    connecting, answering = PATIENCE
    return httpx.Timeout(answering, connect=connecting)


@cache
def _client(where: str) -> httpx.Client:
    # no proxy of the environment stands between a company and its own books
    return httpx.Client(base_url=where, trust_env=False)
