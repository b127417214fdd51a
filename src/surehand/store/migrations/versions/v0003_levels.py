"""All six levels: draws, endings of notices and checks, decisions that are being taken back."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BESIDE = "kind IN ('notice', 'check', 'finding')"
_HELD = f"open AND NOT ({_BESIDE})"
_ENDINGS = "('stood', 'prevented', 'undone', 'compensated', 'right', 'wrong')"


def _as_text_on_sqlite(table: str, column: str) -> None:
    """A bare number becomes text again: SQLite had made 95 of 95.0, which the audit trail then missed."""
    op.add_column(table, sa.Column("as_text", sa.Text(), nullable=True))
    rows, connection = sa.table(table, *map(sa.column, ("rowid", "as_text", column))), op.get_bind()
    kind = sa.func.typeof(rows.c[column])
    connection.execute(sa.update(rows).where(kind == "text").values(as_text=rows.c[column]))
    numbers = sa.select(rows.c.rowid, rows.c[column]).where(kind.in_(("integer", "real")))
    for row, number in connection.execute(numbers).all():
        # what people answer and report is a float, whole or not
        said = json.dumps(float(number))
        connection.execute(sa.update(rows).where(rows.c.rowid == row).values(as_text=said))
    op.drop_column(table, column)
    op.alter_column(table, "as_text", new_column_name=column)


def upgrade() -> None:
    op.add_column("case", sa.Column("revoking", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("judgement", sa.Column("draw", sa.JSON(none_as_null=True), nullable=True))
    if op.get_context().dialect.name == "sqlite":
        for table, column in (("verdict", "value"), ("outcome", "value"), ("action", "result")):
            _as_text_on_sqlite(table, column)
        # SQLite adds a constraint only together with its column
        check = f"CONSTRAINT assignment_ending CHECK (ending IN {_ENDINGS})"
        op.execute(f"ALTER TABLE assignment ADD COLUMN ending TEXT {check}")
    else:
        op.add_column("assignment", sa.Column("ending", sa.Text(), nullable=True))
        op.create_check_constraint("assignment_ending", "assignment", f"ending IN {_ENDINGS}")
    op.create_index(
        "assignment_one_held",
        "assignment",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text(_HELD),
        postgresql_where=sa.text(_HELD),
    )
    op.drop_index("assignment_one_open", "assignment")
    op.create_index(
        "assignment_beside",
        "assignment",
        ["case_id", "kind", "point", "round"],
        unique=True,
        sqlite_where=sa.text(_BESIDE),
        postgresql_where=sa.text(_BESIDE),
    )
