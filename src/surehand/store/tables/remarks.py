"""The tables of what reviewers say beside their answers."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from surehand.store.columns import UtcTime
from surehand.store.tables.base import metadata

elsewhere = Table(
    "elsewhere",
    metadata,
    # somebody who decides on a case had to look for something that its brief lacked
    Column("case_id", Text, ForeignKey("case.id"), primary_key=True),
    Column("point", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("what", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index("elsewhere_at", "at"),
)
