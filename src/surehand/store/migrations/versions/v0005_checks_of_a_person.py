"""An index for the spot checks that a person has: each list and count of theirs asks if there are any."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index(
        "assignment_check",
        "assignment",
        ["person", "case_id", "level", "open", "kind"],
        unique=False,
        sqlite_where=sa.text("open = 1 AND kind = 'check'"),
        postgresql_where=sa.text("open AND kind = 'check'"),
    )
