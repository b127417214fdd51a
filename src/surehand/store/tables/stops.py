"""The table of what is stopped and was."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from surehand.store.columns import UtcTime, json_text
from surehand.store.tables.base import COUNTED, metadata, where

stop = Table(
    "stop",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    # empty where it is everything
    Column("process", Text),
    Column("by", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("drill", Boolean, nullable=False),
    # who asks to resume, until somebody agrees or has it kept stopped
    Column("asked_by", Text),
    Column("asked_at", UtcTime),
    # who agreed; nobody to a drill, which ends by itself. In force until then, whatever else is stopped
    Column("ended_by", Text),
    Column("ended_at", UtcTime),
    Column("counted", json_text(), nullable=False),
    Index("stop_in_force", "id", **where("ended_at IS NULL")),
    sqlite_autoincrement=True,
)
