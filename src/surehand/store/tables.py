"""The tables, one definition for SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, stored as whole microseconds since 1970: exact, ordered, the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuses naive times."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Back to an aware time."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Exact(TypeDecorator[Decimal]):
    """A decimal as text, so that no digit is lost."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Back to a decimal."""
        return None if value is None else Decimal(value)


def _json() -> Any:
    """JSON kept as it was written: JSONB would turn 1e16 into an integer, and digests would not match."""
    return JSON(none_as_null=True)


def encoded(value: Any) -> str:
    """JSON as the tables hold it: compact, nothing that is not JSON."""
    # most columns of most rows are empty, and writing a row is on the hottest path
    if not value and type(value) in _EMPTY:
        return _EMPTY[type(value)]
    return _encode(value)


_EMPTY: dict[Any, str] = {dict: "{}", list: "[]", tuple: "[]"}


def decoded(text: str | bytes) -> Any:
    """What `encoded` wrote."""
    if len(text) == len("{}"):
        if text in ("{}", b"{}"):
            return {}
        if text in ("[]", b"[]"):
            return []
    return json.loads(text)


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


version = Table(
    "version",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("map", _json(), nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("published_by", Text),
    Column("published_at", UtcTime),
    Index("version_process", "process", "published_at"),
)

case = Table(
    "case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("submitter", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", UtcTime),
    Column("title", Text, nullable=False),
    Column("subject", Text),
    Column("stake", Exact),
    Column("grade", Text),
    Column("result", Text),
    Column("input", _json(), nullable=False),
    Column("facts", _json(), nullable=False),
    Column("readings", _json(), nullable=False),
    Column("brought", _json(), nullable=False),
    Column("answers", _json(), nullable=False),
    Column("passed", _json(), nullable=False),
    Column("exchange", _json(), nullable=False),
    Column("document", _json()),
    Column("audit_seq", Integer, nullable=False),
    Column("audit_hash", Text, nullable=False),
    Column("sealed_seq", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("process", "key", name="case_key"),
    Index("case_list", "created_at", "id"),
    Index("case_state", "state", "process"),
    Index("case_subject", "process", "subject", "created_at"),
    # what waits, per process and per submitter
    Index(
        "case_due",
        "process",
        "due_at",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "case_submitted",
        "submitter",
        "due_at",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "case_unsealed",
        "id",
        sqlite_where=text("sealed_seq <> audit_seq"),
        postgresql_where=text("sealed_seq <> audit_seq"),
    ),
)

judgement = Table(
    "judgement",
    metadata,
    Column("case_id", Text, ForeignKey("case.id"), primary_key=True),
    Column("point", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("version", Text, nullable=False),
    Column("recommendation", _json(), nullable=False),
    Column("signals", _json(), nullable=False),
    Column("confidence", Float),
    Column("grade", Text, nullable=False),
    Column("stake", Exact),
    Column("level", Text, nullable=False),
    Column("reasons", _json(), nullable=False),
    Column("limit", Float),
    Column("shown", Text, nullable=False),
    Column("approves", _json(), nullable=False),
    Index("judgement_level", "level", "at"),
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("point", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("timer_at", UtcTime),
    Column("stage", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("closed_at", UtcTime),
    Column("question", Text),
    # at most one person has a case at a time. SQLite uses a partial index only where a query repeats its
    # condition, and SQLAlchemy writes `open = 1` there
    Index(
        "assignment_one_open", "case_id", unique=True,
        sqlite_where=text("open = 1"), postgresql_where=text("open"),
    ),
    # the last columns are those that counts ask for, so that they look at nothing but the index
    Index(
        "assignment_person", "person", "due_at", "id", "open", "kind",
        sqlite_where=text("open = 1"), postgresql_where=text("open"),
    ),
    Index(
        "assignment_queue", "queue", "due_at", "id", "open", "kind", "person",
        sqlite_where=text("open = 1"), postgresql_where=text("open"),
    ),
    Index(
        "assignment_due", "due_at", "id", "open", "kind", "queue", "person",
        sqlite_where=text("open = 1"), postgresql_where=text("open"),
    ),
    Index("assignment_case", "case_id"),
    Index(
        "assignment_repair", "due_at", "open", "kind",
        sqlite_where=text("open = 1 AND kind = 'repair'"), postgresql_where=text("open AND kind = 'repair'"),
    ),
    Index(
        "assignment_timer", "timer_at",
        sqlite_where=text("timer_at IS NOT NULL"), postgresql_where=text("timer_at IS NOT NULL"),
    ),
)  # fmt: skip

verdict = Table(
    "verdict",
    metadata,
    Column("case_id", Text, ForeignKey("case.id"), primary_key=True),
    Column("point", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("override", Boolean, nullable=False),
    Column("value", _json()),
    Column("fields", _json(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("question", Text),
    Column("shown", Text, nullable=False),
    Column("approves", _json(), nullable=False),
    Index("verdict_person", "person", "at"),
    Index("verdict_at", "at"),
    # at most one final verdict per case, point and round
    Index(
        "verdict_one_final", "case_id", "point", "round", unique=True,
        sqlite_where=text("final"), postgresql_where=text("final"),
    ),
)  # fmt: skip

action = Table(
    "action",
    metadata,
    Column("key", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("args", _json(), nullable=False),
    Column("digest", Text, nullable=False),
    Column("authority", _json(), nullable=False),
    Column("repeatable", Boolean, nullable=False),
    Column("planned_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("result", _json()),
    Column("error", Text),
    Column("finished_at", UtcTime),
    Index("action_case", "case_id"),
)

outcome = Table(
    "outcome",
    metadata,
    Column("case_id", Text, ForeignKey("case.id"), primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("correct", Boolean),
    Column("value", _json()),
    Column("note", Text, nullable=False),
)

file = Table(
    "file",
    metadata,
    # SHA-256 of its bytes: the same file twice is one row
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    # a case was submitted with it; what nobody used is dropped after a while
    Column("used", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("file_unused", "at", sqlite_where=text("NOT used"), postgresql_where=text("NOT used")),
)

model = Table(
    "model",
    metadata,
    # hash of its body, which is arrays and JSON
    Column("process", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    # what it learned from and how well it read what it had not seen
    Column("report", _json(), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(
        "model_one_active", "process", "name", unique=True,
        sqlite_where=text("active"), postgresql_where=text("active"),
    ),
)  # fmt: skip

work = Table(
    "work",
    metadata,
    # a plain increasing number, never used again: what came first is done first, and fences hold
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("repeatable", Boolean, nullable=False),
    Column("state", Text, nullable=False, server_default="ready"),
    Column("due_at", UtcTime, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("lease_until", UtcTime),
    UniqueConstraint("kind", "ref", name="work_once"),
    Index("work_case", "case_id"),
    Index("work_due", "kind", "due_at", "id", sqlite_where=text("state = 'ready'"),
          postgresql_where=text("state = 'ready'")),
    Index("work_lease", "lease_until", sqlite_where=text("state = 'claimed'"),
          postgresql_where=text("state = 'claimed'")),
    sqlite_autoincrement=True,
)  # fmt: skip

audit_event = Table(
    "audit_event",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("salt", Text),
    Column("body", _json()),
)

mark = Table(
    "mark",
    metadata,
    # what this database is for, such as mode = production
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

credential = Table(
    "credential",
    metadata,
    Column("person", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

session = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index("session_expires", "expires_at"),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("sign_in_failure_person", "person", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    # of person, route and key: one key of one person means one request of one kind
    Column("hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", _json(), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("idempotency_at", "at"),
)
