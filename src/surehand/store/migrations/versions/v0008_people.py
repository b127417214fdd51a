"""People are in the database, several may have to agree, clocks have more rungs, people stop what runs."""

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
    shared = "open{} AND backup IS NOT NULL"
    op.create_index(
        "assignment_backup", "assignment", ["backup", "due_at", "id", "open", "kind"],
        sqlite_where=sa.text(shared.format(" = 1")), postgresql_where=sa.text(shared.format("")),
    )  # fmt: skip
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
