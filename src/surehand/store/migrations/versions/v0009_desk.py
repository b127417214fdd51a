"""A verdict from a page takes effect after some seconds; what was half written is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("assignment", sa.Column("pending", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("assignment", sa.Column("pending_by", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("pending_until", sa.BigInteger(), nullable=True))
    op.create_index(
        "assignment_pending",
        "assignment",
        ["pending_until", "pending_by"],
        sqlite_where=sa.text("open = 1 AND pending_until IS NOT NULL"),
        postgresql_where=sa.text("open AND pending_until IS NOT NULL"),
    )
    op.create_table(
        "draft",
        sa.Column("assignment_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", "person"),
    )
    op.create_index("draft_at", "draft", ["at"])
