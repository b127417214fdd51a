"""The books of the made-up company in one SQLite file: what was answered survives the loss of the process."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from surehand.demo.books.entries import (
    Books,
    Budget,
    GoodsReceipt,
    Order,
    OrderFound,
    Payment,
    PaymentOrder,
    Supplier,
    SupplierFound,
)
from surehand.demo.books.likeness import likeness, plain_name, plain_number

_TABLES = """
create table if not exists supplier (name text primary key, body text not null);
create table if not exists supplier_name (
    plain text not null, name text not null, supplier text not null, primary key (plain, supplier)
);
create table if not exists purchase_order (plain text primary key, body text not null);
create table if not exists goods_receipt (
    number text primary key, plain_order text not null, body text not null
);
create index if not exists of_order on goods_receipt (plain_order);
create table if not exists budget (
    name text not null, year integer not null, body text not null, primary key (name, year)
);
create table if not exists payment (
    id integer primary key autoincrement,
    key text not null unique,
    digest text not null,
    state text not null check (state in ('paid', 'cancelled')),
    at text not null,
    supplier text not null,
    plain_supplier text not null,
    plain_invoice text,
    amount text not null,
    currency text not null,
    budget text,
    year integer,
    body text not null
);
create index if not exists of_supplier on payment (plain_supplier, plain_invoice);
create index if not exists of_budget on payment (budget, year);
create table if not exists payment_order (
    plain text not null, payment integer not null, primary key (plain, payment)
);
"""

_MOST_FOUND = 5


class Refused(Exception):
    """The books do not do it: `slug` says why in a word, the message in a sentence."""

    def __init__(self, slug: str, status: int, detail: str) -> None:
        super().__init__(detail)
        self.slug, self.status, self.detail = slug, status, detail


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to a payment order; `replayed` when the key had it already and nothing was paid now."""

    payment: Payment
    replayed: bool


class Accounts:
    """One SQLite file; every method is one transaction, and returns when it is on disk."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def load(self, books: Books) -> dict[str, int]:
        """Fill the books; what has the same name or number is replaced. How many of each were given."""
        with self._transaction() as db:
            for supplier in books.suppliers:
                _put_supplier(db, supplier)
            db.executemany(
                "insert or replace into purchase_order (plain, body) values (?, ?)",
                [(plain_number(o.number), o.model_dump_json()) for o in books.orders],
            )
            db.executemany(
                "insert or replace into goods_receipt (number, plain_order, body) values (?, ?, ?)",
                [(r.number, plain_number(r.order), r.model_dump_json()) for r in books.receipts],
            )
            db.executemany(
                "insert or replace into budget (name, year, body) values (?, ?, ?)",
                [(b.name, b.year, b.model_dump_json()) for b in books.budgets],
            )
        return {name: len(getattr(books, name)) for name in Books.model_fields}

    def suppliers(self, name: str) -> list[SupplierFound]:
        """Suppliers of that name, else those with a like one, the likest first; at most five."""
        wanted = plain_name(name)
        with self._transaction() as db:
            rows = db.execute(
                "select 1.0, name, supplier from supplier_name where plain = ?", (wanted,)
            ).fetchall()
            if not rows and wanted:
                names = db.execute("select plain, name, supplier from supplier_name").fetchall()
                scored = ((likeness(wanted, plain), called, of) for plain, called, of in names)
                rows = sorted((row for row in scored if row[0]), key=lambda row: (-row[0], row[1]))
            best: dict[str, tuple[float, str]] = {}
            for score, called, of in rows:
                best.setdefault(of, (score, called))
            return [
                SupplierFound(supplier=_supplier(db, of), score=score, matched=called)
                for of, (score, called) in list(best.items())[:_MOST_FOUND]
            ]

    def order(self, number: str) -> OrderFound:
        """The purchase order of that number, however it is spelled. Raises Refused."""
        plain = plain_number(number)
        with self._transaction() as db:
            row = db.execute("select body from purchase_order where plain = ?", (plain,)).fetchone()
            if row is None:
                raise Refused("not-found", 404, f"There is no purchase order {number}.")
            receipts = db.execute(
                "select body from goods_receipt where plain_order = ? order by number", (plain,)
            )
            payments = db.execute(
                "select p.* from payment p join payment_order o on o.payment = p.id"
                " where o.plain = ? and p.state = 'paid' order by p.id",
                (plain,),
            )
            return OrderFound(
                **dict(Order.model_validate_json(row["body"])),
                receipts=tuple(GoodsReceipt.model_validate_json(r["body"]) for r in receipts),
                payments=tuple(_payment(p) for p in payments),
            )

    def budget(self, name: str, year: int | None) -> Budget:
        """The budget of a year, the latest if none is named, with what these books spent. Raises Refused.

        Payments in a currency that the budget has no rate for are not counted.
        """
        with self._transaction() as db:
            row = db.execute(
                "select body from budget where name = ?1 and (?2 is null or year = ?2)"
                " order by year desc limit 1",
                (name, year),
            ).fetchone()
            if row is None:
                of = f" of {year}" if year is not None else ""
                raise Refused("not-found", 404, f"There is no budget {name}{of}.")
            budget = Budget.model_validate_json(row["body"])
            paid = db.execute(
                "select * from payment where budget = ? and year = ? and state = 'paid'",
                (budget.name, budget.year),
            ).fetchall()
        rates = {**budget.rates, budget.currency: Decimal(1)}
        sums = (
            (p.amount if p.net is None else p.net) * rates[p.currency]
            for p in map(_payment, paid)
            if p.currency in rates
        )
        spent = budget.spent + sum(sums, Decimal(0)).quantize(Decimal("0.01"))
        return budget.model_copy(update={"spent": spent})

    def book(self, key: str, order: PaymentOrder) -> Booked:
        """Pay once per key. Raises Refused: the key has another body, or the invoice was paid before."""
        digest = hashlib.sha256(order.model_dump_json().encode()).hexdigest()
        with self._transaction() as db:
            row = db.execute("select * from payment where key = ?", (key,)).fetchone()
            if row is not None:
                if row["digest"] != digest:
                    raise Refused("key-reused", 409, f"The key {key} was used with another body.")
                return Booked(_payment(row, state="paid"), replayed=True)
            supplier, invoice = plain_name(order.supplier), plain_number(order.invoice or "") or None
            before = db.execute(
                "select id from payment where plain_supplier = ? and plain_invoice = ? and state = 'paid'",
                (supplier, invoice),
            ).fetchone()
            if before is not None and not order.again:
                raise Refused(
                    "already-paid",
                    422,
                    f"Invoice {order.invoice} of {order.supplier} was paid as {_number(before['id'])}.",
                )
            at = datetime.now(UTC)
            found = db.execute(
                "insert into payment (key, digest, state, at, supplier, plain_supplier, plain_invoice,"
                " amount, currency, budget, year, body)"
                " values (?, ?, 'paid', ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *",
                (
                    key, digest, at.isoformat(timespec="milliseconds"), order.supplier, supplier, invoice,
                    f"{order.amount:.2f}", order.currency, order.budget,
                    (order.date or at.date()).year, order.model_dump_json(),
                ),
            ).fetchone()  # fmt: skip
            db.executemany(
                "insert or ignore into payment_order (plain, payment) values (?, ?)",
                [(plain_number(number), found["id"]) for number in order.orders],
            )
        return Booked(_payment(found), replayed=False)

    def cancel(self, key: str) -> Payment:
        """Take the payment of a key back; again changes nothing. Raises Refused where there is none."""
        with self._transaction() as db:
            row = db.execute(
                "update payment set state = 'cancelled' where key = ? returning *", (key,)
            ).fetchone()
        return _there(row, key)

    def payment(self, key: str) -> Payment:
        """The payment of a key, as it stands now. Raises Refused where there is none."""
        with self._transaction() as db:
            row = db.execute("select * from payment where key = ?", (key,)).fetchone()
        return _there(row, key)

    def payments(
        self, *, supplier: str | None, invoice: str | None, amount: str | None, after: int, limit: int
    ) -> list[Payment]:
        """Payments with a number over `after`, oldest first, cancelled ones too.

        supplier  as its invoices spell it, or nearly
        invoice   however it is spelled
        amount    to two decimals
        """
        given = (
            plain_name(supplier) if supplier is not None else None,
            plain_number(invoice) if invoice is not None else None,
            amount,
        )
        with self._transaction() as db:
            rows = db.execute(
                "select * from payment where id > ?1 and (?2 is null or plain_supplier = ?2)"
                " and (?3 is null or plain_invoice = ?3) and (?4 is null or amount = ?4)"
                " order by id limit ?5",
                (after, *given, limit),
            ).fetchall()
        return [_payment(row) for row in rows]

    def count(self) -> int:
        """How many payments there are."""
        with self._transaction() as db:
            return int(db.execute("select count(*) from payment").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.row_factory = sqlite3.Row
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")


def _put_supplier(db: sqlite3.Connection, supplier: Supplier) -> None:
    db.execute(
        "insert or replace into supplier (name, body) values (?, ?)",
        (supplier.name, supplier.model_dump_json()),
    )
    db.execute("delete from supplier_name where supplier = ?", (supplier.name,))
    db.executemany(
        "insert or ignore into supplier_name (plain, name, supplier) values (?, ?, ?)",
        [(plain_name(name), name, supplier.name) for name in (supplier.name, *supplier.aliases)],
    )


def _supplier(db: sqlite3.Connection, name: str) -> Supplier:
    """As loaded, with the invoices that were paid since."""
    body = db.execute("select body from supplier where name = ?", (name,)).fetchone()["body"]
    supplier = Supplier.model_validate_json(body)
    paid = db.execute(
        "select count(*) from payment where plain_supplier = ? and state = 'paid'", (plain_name(name),)
    ).fetchone()[0]
    return supplier.model_copy(update={"invoices": supplier.invoices + paid})


def _payment(row: Any, *, state: str | None = None) -> Payment:
    return Payment.model_validate(
        json.loads(row["body"])
        | {"key": row["key"], "number": _number(row["id"]), "state": state or row["state"], "at": row["at"]}
    )


def _number(identifier: int) -> str:
    return f"P-{identifier:06d}"


def _there(row: Any, key: str) -> Payment:
    if row is None:
        raise Refused("not-found", 404, f"There is no payment with the key {key}.")
    return _payment(row)
