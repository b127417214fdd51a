"""Indexes that a million waiting cases need; on SQLite, conditions in the words that its planner recognises.

SQLite uses a partial index only where a query repeats the index's condition. Queries say `open = 1`; an index
on `open` was never used for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

_OPEN = {
    "assignment_one_open": ["case_id"],
    "assignment_person": ["person", "due_at", "id"],
    "assignment_queue": ["queue", "due_at", "id"],
    "assignment_due": ["due_at", "id"],
}
_DUE = {
    "case_due": ["process", "due_at", "id"],
    "case_submitted": ["submitter", "due_at", "id"],
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, columns in _OPEN.items():
            op.drop_index(name, table_name="assignment")
            unique = name == "assignment_one_open"
            op.create_index(name, "assignment", columns, unique=unique, sqlite_where=sa.text("open = 1"))
    op.create_index("assignment_case", "assignment", ["case_id"], unique=False)
    op.create_index(
        "assignment_repair",
        "assignment",
        ["due_at"],
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
