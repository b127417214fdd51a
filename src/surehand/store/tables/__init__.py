"""The tables, one definition for SQLite and PostgreSQL."""

from surehand.store.tables.base import metadata
from surehand.store.tables.cases import (
    ENDINGS,
    action,
    assignment,
    audit_event,
    case,
    evidence,
    file,
    guarantee,
    guarantee_span,
    judgement,
    mark,
    message,
    model,
    outcome,
    verdict,
    version,
    work,
)
from surehand.store.tables.messages import channel, delivery
from surehand.store.tables.people import (
    api_key,
    credential,
    idempotency,
    roster,
    session,
    sign_in_failure,
)
from surehand.store.tables.stops import stop

__all__ = [
    "ENDINGS",
    "action",
    "api_key",
    "assignment",
    "audit_event",
    "case",
    "channel",
    "credential",
    "delivery",
    "evidence",
    "file",
    "guarantee",
    "guarantee_span",
    "idempotency",
    "judgement",
    "mark",
    "message",
    "metadata",
    "model",
    "outcome",
    "roster",
    "session",
    "sign_in_failure",
    "stop",
    "verdict",
    "version",
    "work",
]
