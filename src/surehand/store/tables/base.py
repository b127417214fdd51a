"""What all tables share: the list of them, counted numbers, and indexes of some of the rows."""

from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, text

metadata = MetaData()

#: A number that the database gives; SQLite does that for INTEGER alone.
COUNTED = BigInteger().with_variant(Integer, "sqlite")


def where(condition: str, *, sqlite: str | None = None) -> dict[str, Any]:
    """An index has only the rows for which this holds; `sqlite`: as SQLite's queries say it."""
    return {"sqlite_where": text(sqlite or condition), "postgresql_where": text(condition)}
