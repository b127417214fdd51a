"""The tables of what reviewers say beside their answers."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from surehand.store.columns import Names, UtcTime
from surehand.store.tables.base import COUNTED, metadata

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

reason_aside = Table(
    "reason_aside",
    metadata,
    # a reason that was proposed from notes, and that the owner of the process does not want
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("process", Text, nullable=False),
    Column("point", Text, nullable=False),
    # what its notes had in common, as words are compared; and how many notes there were
    Column("words", Names, nullable=False),
    Column("notes", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("note", Text, nullable=False),
    Index("reason_aside_of", "process", "point"),
)
