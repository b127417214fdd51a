"""People are in the database, several may have to agree, people stop what runs, and people are told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("rev", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("rev"),
    )
    op.add_column("judgement", sa.Column("eyes", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("assignment", sa.Column("eyes", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("verdict", sa.Column("behalf", sa.Text(), nullable=True))
    op.create_index("assignment_came", "assignment", ["opened_at", "queue", "kind"])
    for name, kind in (("backup", sa.Text()), ("clock", sa.JSON(none_as_null=True))):
        op.add_column("assignment", sa.Column(name, kind, nullable=True))
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "assignment_closed",
        "assignment",
        ["queue", "closed_at"],
        sqlite_where=closed,
        postgresql_where=closed,
    )
    op.create_table(
        "stop",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "stop_in_force",
        "stop",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "work_held",
        "work",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    _messages()
    _queues()


def _messages() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("of", sa.Text(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("gathered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event", "recipient", "kind", name="delivery_once"),
        sqlite_autoincrement=True,
    )
    for name, columns, condition in (
        ("delivery_due", ["channel", "due_at", "id"], "state = 'ready'"),
        ("delivery_lease", ["lease_until"], "state = 'claimed'"),
        ("delivery_of_person", ["recipient", "id"], None),
        ("delivery_unread", ["recipient", "of"], "read_at IS NULL"),
        ("delivery_old", ["at"], None),
    ):
        only = None if condition is None else sa.text(condition)
        op.create_index(name, "delivery", columns, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "channel",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("probe_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _queues() -> None:
    """What comes first, what is put off, whose turn it is; who has a case open, and who has gone away."""
    for table in ("case", "assignment"):
        op.add_column(table, sa.Column("precedence", sa.Integer(), nullable=False, server_default="0"))
    for name, kind in (
        ("snoozed_until", sa.BigInteger()),
        ("turn", sa.Integer()),
        ("relax_at", sa.BigInteger()),
    ):
        op.add_column("assignment", sa.Column(name, kind, nullable=True))
    for name, table, columns, condition, sqlite in _INDEXES:
        if name in _REPLACED:
            op.drop_index(name, table_name=table)
        op.create_index(
            name,
            table,
            columns,
            sqlite_where=sa.text(sqlite or condition),
            postgresql_where=sa.text(condition),
        )
    op.create_table(
        "viewing",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person"),
    )
    op.create_index("viewing_seen", "viewing", ["seen_at"])
    op.create_table(
        "absence_begun",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "start"),
    )


#: Indexes that are there already, and now begin with what comes first.
_REPLACED = ("assignment_person", "assignment_queue", "assignment_due", "case_due", "case_submitted")

_OPEN, _DUE = ("open", "open = 1"), ("due_at IS NOT NULL", "")

_INDEXES = (
    ("assignment_person", "assignment",
     ["person", "precedence", "due_at", "id", "open", "kind", "snoozed_until"], *_OPEN),
    ("assignment_queue", "assignment",
     ["queue", "precedence", "due_at", "id", "open", "kind", "person"], *_OPEN),
    ("assignment_due", "assignment",
     ["precedence", "due_at", "id", "open", "kind", "queue", "person"], *_OPEN),
    ("assignment_backup", "assignment", ["backup", "precedence", "due_at", "id", "open", "kind"],
     "open AND backup IS NOT NULL", "open = 1 AND backup IS NOT NULL"),
    ("assignment_snoozed", "assignment", ["person", "snoozed_until"],
     "open AND snoozed_until IS NOT NULL", "open = 1 AND snoozed_until IS NOT NULL"),
    ("assignment_turn", "assignment", ["queue", "person", "turn"], "turn IS NOT NULL", ""),
    ("assignment_relax", "assignment", ["relax_at"],
     "open AND relax_at IS NOT NULL", "open = 1 AND relax_at IS NOT NULL"),
    ("case_without_deadline", "case", ["id"],
     "due_at IS NULL AND state NOT IN ('running', 'acting', 'done', 'rejected')", ""),
    ("case_due", "case", ["process", "precedence", "due_at", "id"], *_DUE),
    ("case_submitted", "case", ["submitter", "precedence", "due_at", "id"], *_DUE),
)  # fmt: skip
