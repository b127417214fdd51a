"""Indexes that a million waiting cases need; on SQLite, numbers of work that are never used again.

SQLite uses a partial index only where a query repeats the index's condition. Queries say `open = 1`; an index
on `open` was never used for them. And it gave the number of work that was done to the next: whoever held the
one then seemed to hold the other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPEN = {
    "assignment_person": ["person", "due_at", "id", "open", "kind"],
    "assignment_queue": ["queue", "due_at", "id", "open", "kind", "person"],
    "assignment_due": ["due_at", "id", "open", "kind", "queue", "person"],
}
_DUE = {
    "case_due": ["process", "due_at", "id"],
    "case_submitted": ["submitter", "due_at", "id"],
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _number_work_anew_on_sqlite()
    for name, columns in _OPEN.items():
        op.drop_index(name, table_name="assignment")
        op.create_index(
            name,
            "assignment",
            columns,
            unique=False,
            sqlite_where=sa.text("open = 1"),
            postgresql_where=sa.text("open"),
        )
    op.create_index("assignment_case", "assignment", ["case_id"], unique=False)
    op.create_index(
        "assignment_repair",
        "assignment",
        ["due_at", "open", "kind"],
        unique=False,
        sqlite_where=sa.text("open = 1 AND kind = 'repair'"),
        postgresql_where=sa.text("open AND kind = 'repair'"),
    )
    # those of a day and of a few levels: most of a day may be of others
    op.drop_index("judgement_at", table_name="judgement")
    op.create_index("judgement_level", "judgement", ["level", "at"], unique=False)
    for name, columns in _DUE.items():
        op.create_index(
            name,
            "case",
            columns,
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )


def _number_work_anew_on_sqlite() -> None:
    op.rename_table("work", "work_before")
    for name in ("work_case", "work_due", "work_lease"):
        op.drop_index(name, table_name="work_before")
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("kind", "ref", name="work_once"),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO work SELECT * FROM work_before")
    op.drop_table("work_before")
    op.create_index("work_case", "work", ["case_id"])
    ready, claimed = sa.text("state = 'ready'"), sa.text("state = 'claimed'")
    op.create_index("work_due", "work", ["kind", "due_at", "id"], sqlite_where=ready)
    op.create_index("work_lease", "work", ["lease_until"], sqlite_where=claimed)
