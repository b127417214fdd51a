"""The tables of cases, of what is due of them, and of what proves it."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from surehand.store.columns import Exact, Names, Scalar, UtcTime, json_text
from surehand.store.tables.base import COUNTED, metadata, where

version = Table(
    "version",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("map", json_text(), nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    Column("published_by", Text),
    Column("published_at", UtcTime),
    Index("version_process", "process", "published_at"),
)

#: A case in which somebody or a window is waited for without an end; written so into each statement.
WITHOUT_DEADLINE = "due_at IS NULL AND state NOT IN ('running', 'acting', 'done', 'rejected')"

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
    Column("input", json_text(), nullable=False),
    Column("facts", json_text(), nullable=False),
    Column("readings", json_text(), nullable=False),
    Column("brought", json_text(), nullable=False),
    Column("answers", json_text(), nullable=False),
    Column("passed", json_text(), nullable=False),
    Column("exchange", json_text(), nullable=False),
    Column("document", json_text()),
    Column("revoking", json_text()),
    Column("precedence", Integer, nullable=False, server_default="0"),
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
    Index("case_due", "process", "precedence", "due_at", "id", **where("due_at IS NOT NULL")),
    Index("case_submitted", "submitter", "precedence", "due_at", "id", **where("due_at IS NOT NULL")),
    # none: whoever waits has a deadline
    Index("case_without_deadline", "id", **where(WITHOUT_DEADLINE)),
    Index("case_unsealed", "id", **where("sealed_seq <> audit_seq")),
)  # fmt: skip

judgement = Table(
    "judgement",
    metadata,
    Column("case_id", Text, ForeignKey("case.id"), primary_key=True),
    Column("point", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("version", Text, nullable=False),
    Column("recommendation", json_text(), nullable=False),
    Column("signals", json_text(), nullable=False),
    Column("confidence", Float),
    Column("grade", Text, nullable=False),
    Column("stake", Exact),
    Column("level", Text, nullable=False),
    Column("reasons", json_text(), nullable=False),
    Column("limit", Float),
    Column("shown", Text, nullable=False),
    Column("approves", json_text(), nullable=False),
    Column("draw", json_text()),
    Column("eyes", json_text()),
    Index("judgement_level", "level", "at"),
)

_BESIDE = "kind IN ('notice', 'check', 'finding')"
#: An assignment that a case waits for, as its index has it.
HELD = f"open AND NOT ({_BESIDE})"
ENDINGS = "('stood', 'prevented', 'undone', 'compensated', 'right', 'wrong')"

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
    Column("ending", Text),
    Column("eyes", json_text()),
    Column("backup", Text),
    Column("clock", json_text()),
    Column("precedence", Integer, nullable=False, server_default="0"),
    Column("snoozed_until", UtcTime),
    Column("turn", Integer),
    Column("relax_at", UtcTime),
    Column("pending", json_text()),
    Column("pending_by", Text),
    Column("pending_until", UtcTime),
    # taking a decision back ends in exactly one way
    CheckConstraint(f"ending IN {ENDINGS}", name="assignment_ending"),
    # at most one person has a case at a time; who is told of it or checks it stands beside its way
    Index("assignment_one_held", "case_id", unique=True, **where(HELD)),
    # a decision is told of once, and checked once
    Index("assignment_beside", "case_id", "kind", "point", "round", unique=True, **where(_BESIDE)),
    # SQLite uses a partial index only where a query repeats its condition, and SQLAlchemy writes `open = 1`
    # there. The last columns are those that counts ask for, so that they look at nothing but the index
    Index(
        "assignment_person", "person", "precedence", "due_at", "id", "open", "kind", "snoozed_until",
        **where("open", sqlite="open = 1")),
    Index(
        "assignment_queue", "queue", "precedence", "due_at", "id", "open", "kind", "person",
        **where("open", sqlite="open = 1")),
    Index(
        "assignment_due", "precedence", "due_at", "id", "open", "kind", "queue", "person",
        **where("open", sqlite="open = 1")),
    Index(
        "assignment_backup", "backup", "precedence", "due_at", "id", "open", "kind",
        **where("open AND backup IS NOT NULL", sqlite="open = 1 AND backup IS NOT NULL")),
    Index("assignment_closed", "queue", "closed_at", **where("closed_at IS NOT NULL")),
    Index("assignment_case", "case_id"),
    Index(
        "assignment_repair", "due_at", "open", "kind",
        **where("open AND kind = 'repair'", sqlite="open = 1 AND kind = 'repair'")),
    Index(
        "assignment_check", "person", "case_id", "level", "open", "kind",
        **where("open AND kind = 'check'", sqlite="open = 1 AND kind = 'check'")),
    Index("assignment_timer", "timer_at", **where("timer_at IS NOT NULL")),
    # when reviews come, for planning who is there: counting looks at nothing but the index
    Index("assignment_came", "opened_at", "queue", "kind"),
    # what people have put off: few of what they have
    Index(
        "assignment_snoozed", "person", "snoozed_until",
        **where("open AND snoozed_until IS NOT NULL", sqlite="open = 1 AND snoozed_until IS NOT NULL")),
    # whose turn it is: the last of each person of a queue
    Index("assignment_turn", "queue", "person", "turn", **where("turn IS NOT NULL")),
    Index(
        "assignment_relax", "relax_at",
        **where("open AND relax_at IS NOT NULL", sqlite="open = 1 AND relax_at IS NOT NULL")),
    # verdicts that are not in effect yet: those of some seconds
    Index(
        "assignment_pending", "pending_until", "pending_by",
        **where("open AND pending_until IS NOT NULL", sqlite="open = 1 AND pending_until IS NOT NULL")),
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
    Column("value", Scalar),
    Column("fields", json_text(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("question", Text),
    Column("shown", Text, nullable=False),
    Column("approves", json_text(), nullable=False),
    Column("behalf", Text),
    Column("tags", Names, nullable=False, server_default="[]"),
    Index("verdict_person", "person", "at"),
    Index("verdict_other", "at", **where("reason = 'other'")),
    Index("verdict_tagged", "case_id", **where("tags <> '[]'")),
    Index("verdict_at", "at"),
    # at most one final verdict per case, point and round
    Index("verdict_one_final", "case_id", "point", "round", unique=True, **where("final")),
)  # fmt: skip

action = Table(
    "action",
    metadata,
    Column("key", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("case.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("args", json_text(), nullable=False),
    Column("digest", Text, nullable=False),
    Column("authority", json_text(), nullable=False),
    Column("repeatable", Boolean, nullable=False),
    Column("planned_at", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("result", Scalar),
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
    Column("value", Scalar),
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
    Index("file_unused", "at", **where("NOT used")),
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
    Column("report", json_text(), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("model_one_active", "process", "name", unique=True, **where("active")),
)  # fmt: skip

evidence = Table(
    "evidence",
    metadata,
    # what a guard is told. When it is, it gets its `number` in that order and its `place` among judgements
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("process", Text, nullable=False),
    Column("point", Text, nullable=False),
    # planned: what is promised; judged: on what terms, with what score; answered: whether that was right
    Column("kind", Text, nullable=False),
    Column("case_id", Text, ForeignKey("case.id")),
    Column("round", Integer),
    Column("body", json_text(), nullable=False),
    Column("number", Integer),
    Column("place", Integer),
    UniqueConstraint("case_id", "point", "round", "kind", name="evidence_once"),
    Index("evidence_order", "process", "point", "number", unique=True),
    Index("evidence_new", "process", "point", "id", **where("number IS NULL")),
)  # fmt: skip

guarantee = Table(
    "guarantee",
    metadata,
    # of one decision point; all of it follows from its evidence
    Column("process", Text, primary_key=True),
    Column("point", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    # what it holds for: the plan, the signals, the models; told of so much evidence
    Column("basis", Text, nullable=False),
    Column("told", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("terms", json_text(), nullable=False),
    Column("body", json_text(), nullable=False),
    Column("at", UtcTime, nullable=False),
)

guarantee_span = Table(
    "guarantee_span",
    metadata,
    # what was counted while a guard was told some hundred judgements; reports are made of it
    Column("process", Text, primary_key=True), Column("point", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("basis", Text, nullable=False),
    Column("body", json_text(), nullable=False), Column("detail", json_text(), nullable=False),
    Column("begun_at", UtcTime, nullable=False), Column("at", UtcTime, nullable=False),
)  # fmt: skip

message = Table(
    "message",
    metadata,
    # what the owner of a process is told of a guarantee, until they say that they have read it
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("process", Text, nullable=False), Column("point", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("body", json_text(), nullable=False),
    Column("at", UtcTime, nullable=False), Column("read_at", UtcTime), Column("read_by", Text),
    Index("message_of", "process", "point", "id"),
    Index("message_unread", "process", "id", **where("read_at IS NULL")),
)  # fmt: skip

work = Table(
    "work",
    metadata,
    # a plain increasing number, never used again: what came first is done first, and fences hold
    Column("id", COUNTED, primary_key=True, autoincrement=True),
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
    Index("work_due", "kind", "due_at", "id", **where("state = 'ready'")),
    Index("work_lease", "lease_until", **where("state = 'claimed'")),
    Index("work_held", "case_id", **where("state = 'held'")),
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
    Column("body", json_text()),
)

mark = Table(
    "mark",
    metadata,
    # what this database is for, such as mode = production; what a language model has used today
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
