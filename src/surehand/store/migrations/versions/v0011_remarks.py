"""What reviewers say beside their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "elsewhere",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("case_id", "point", "round", "person"),
    )
    op.create_index("elsewhere_at", "elsewhere", ["at"])
    op.add_column("verdict", sa.Column("tags", sa.Text(), nullable=False, server_default="[]"))
    for name, column, condition in (
        ("verdict_tagged", "case_id", "tags <> '[]'"),
        ("verdict_other", "at", "reason = 'other'"),
    ):
        only = sa.text(condition)
        op.create_index(name, "verdict", [column], sqlite_where=only, postgresql_where=only)
    op.create_table(
        "reason_aside",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reason_aside_of", "reason_aside", ["process", "point"])
