"""What reviewers say beside their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"


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
    tagged = sa.text("tags <> '[]'")
    op.create_index(
        "verdict_tagged", "verdict", ["case_id"], sqlite_where=tagged, postgresql_where=tagged
    )  # fmt: skip
