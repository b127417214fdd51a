"""The tables of messages: what people and other systems are told, and how channels are doing."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false

from surehand.store.columns import UtcTime, json_text
from surehand.store.tables.base import COUNTED, metadata, where

delivery = Table(
    "delivery",
    metadata,
    # one thing that one person, or a webhook, is told: inserted with what it tells, sent afterwards
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("event", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("process", Text),
    Column("case_id", Text, ForeignKey("case.id")),
    # the assignment that it is about
    Column("of", Text),
    Column("urgent", Boolean, nullable=False),
    Column("body", json_text(), nullable=False),
    Column("at", UtcTime, nullable=False),
    # ready, claimed, sent, failed, or dropped: there was nothing to be told any more
    Column("state", Text, nullable=False, server_default="ready"),
    # over which it goes, or went; none while nobody has looked where it goes
    Column("channel", Text),
    Column("due_at", UtcTime, nullable=False),
    # it is gathered with others; those of one batch go out together, under one identity
    Column("gathered", Boolean, nullable=False, server_default=false()),
    Column("batch", Text),
    # channels that were given up for it, with commas between them
    Column("tried", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("lease_until", UtcTime),
    Column("error", Text),
    Column("ended_at", UtcTime),
    Column("read_at", UtcTime),
    UniqueConstraint("event", "recipient", "kind", name="delivery_once"),
    Index("delivery_due", "channel", "due_at", "id", **where("state = 'ready'")),
    Index("delivery_lease", "lease_until", **where("state = 'claimed'")),
    Index("delivery_of_person", "recipient", "id"),
    Index("delivery_unread", "recipient", "of", **where("read_at IS NULL")),
    Index("delivery_old", "at"),
    sqlite_autoincrement=True,
)  # fmt: skip

channel = Table(
    "channel",
    metadata,
    # a channel or webhook of surehand.yaml: up, down (tried again at `probe_at`) or off (it refused for good)
    Column("name", Text, primary_key=True),
    # of what surehand.yaml says of it; another basis begins anew
    Column("basis", Text, nullable=False),
    Column("state", Text, nullable=False),
    # attempts that failed since the last that did not
    Column("failures", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("probe_at", UtcTime),
    Column("error", Text),
)
