"""The tables of people: who they are, what lets them in, and what they asked for."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Table,
    Text,
)

from surehand.store.columns import UtcTime, json_text
from surehand.store.tables.base import COUNTED, metadata

credential = Table(
    "credential", metadata,
    Column("person", Text, primary_key=True), Column("password_hash", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)  # fmt: skip

api_key = Table(
    "api_key", metadata,
    Column("hash", Text, primary_key=True), Column("person", Text, nullable=False),
    Column("label", Text, nullable=False), Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("hash", Text, primary_key=True), Column("person", Text, nullable=False),
    Column("csrf", Text, nullable=False), Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False), Column("expires_at", UtcTime, nullable=False),
    # when the person was last here before it began
    Column("before", UtcTime),
    Index("session_expires", "expires_at"),
)  # fmt: skip

sign_in_failure = Table(
    "sign_in_failure", metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False), Column("at", UtcTime, nullable=False),
    Index("sign_in_failure_person", "person", "at"),
)  # fmt: skip

idempotency = Table(
    "idempotency",
    metadata,
    # of person, route and key: one key of one person means one request of one kind
    Column("hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", json_text(), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("idempotency_at", "at"),
)

draft = Table(
    "draft",
    metadata,
    # what a person has written in a brief and not sent: theirs, and no part of the case
    Column("assignment_id", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("round", Integer, nullable=False),
    Column("body", json_text(), nullable=False),
    Index("draft_at", "at"),
)

roster = Table(
    "roster",
    metadata,
    # everyone, their authority and the queues, whole: the newest is in force, the others say what was
    Column("rev", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("because", Text, nullable=False),
    # what of `people.yaml` it was made of, if it was
    Column("source", Text),
    Column("digest", Text, nullable=False),
    Column("body", json_text(), nullable=False),
)

viewing = Table(
    "viewing", metadata,
    # who has a case open that they may decide; what is no longer renewed is over
    Column("case_id", Text, primary_key=True), Column("person", Text, primary_key=True),
    Column("since", UtcTime, nullable=False), Column("seen_at", UtcTime, nullable=False),
    Index("viewing_seen", "seen_at"),
)  # fmt: skip

saved_view = Table(
    "saved_view", metadata,
    # a list that somebody looks at again and again, by the parameters that ask for it
    Column("person", Text, primary_key=True), Column("name", Text, primary_key=True),
    Column("query", Text, nullable=False), Column("at", UtcTime, nullable=False),
)  # fmt: skip

handled = Table(
    "handled", metadata,
    # what somebody just did with work other than decide it, and how that was before, until it is put back
    Column("id", Text, primary_key=True), Column("person", Text, nullable=False),
    Column("at", UtcTime, nullable=False), Column("what", Text, nullable=False),
    Column("body", json_text(), nullable=False),
    Index("handled_of", "person", "at"), Index("handled_at", "at"),
)  # fmt: skip

absence_begun = Table(
    "absence_begun", metadata,
    # an absence whose person's work was passed on, which happens once
    Column("person", Text, primary_key=True), Column("start", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
)  # fmt: skip

reader = Table(
    "reader", metadata,
    # how a person wants to read, none where they chose nothing, and when they were last here
    Column("person", Text, primary_key=True), Column("locale", Text), Column("zone", Text),
    Column("here_at", UtcTime),
)  # fmt: skip
