"""Cases whose fields a person has looked at, for those who learn from them."""

from collections.abc import Iterator

from sqlalchemy import Connection, exists, select

from surehand.core.case import Case
from surehand.store.records import case_of
from surehand.store.tables import case, verdict

#: Verdicts whose giver stands behind the fields of the case.
_STANDS_BEHIND = ("approve", "edit")


def decided(connection: Connection, process: str, *, limit: int) -> Iterator[Case]:
    """The newest cases of a process whose fields a person approved or corrected, oldest first.

    A case that was only rejected is left out: that says nothing about what was read from its document.
    """
    looked = exists().where(
        verdict.c.case_id == case.c.id, verdict.c.final, verdict.c.kind.in_(_STANDS_BEHIND)
    )
    columns = [column for column in case.c if column.name != "sealed_seq"]
    rows = connection.execute(
        select(*columns)
        .where(case.c.process == process, looked)
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    yield from reversed([case_of(row) for row in rows])
