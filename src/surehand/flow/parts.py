"""One case's part of a transaction: the end of its work, what changed, what becomes due. Others share it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from surehand.core.case import Case, Change
from surehand.flow.context import Context
from surehand.store import saving, work
from surehand.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is kept together with others or not at all.

    change  None: only the work ends
    item    the work that ends with it; if it is no longer ours, nothing of this part is written
    goes_on the caller runs at once what becomes due of the case, so it is claimed for it
    also    called with the saved case, in the transaction
    """

    change: Change | None
    item: Work | None = None
    goes_on: bool = False
    also: Callable[[Connection, Case], None] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A part that was committed.

    case  as saved; None when the work was no longer ours, or nothing had changed
    work  claimed for the caller
    """

    case: Case | None
    work: tuple[Work, ...] = ()


def keep(context: Context, part: Part) -> Kept:
    """Commit one part, in a transaction with those of others who come at the same moment.

    raises  Stale when the case is not as it was read, and what `also` raises; nothing of it was written then
    """
    kept = context.sharing.run("keep", part, partial(_committed, context))
    _follow(context, kept)
    return kept


def keep_together(context: Context, parts: Sequence[Part]) -> list[Kept]:
    """Commit these in one transaction of their own, or none of them; in order. Raises as `keep`."""
    together = _committed(context, parts)
    for kept in together:
        _follow(context, kept)
    return together


def _follow(context: Context, kept: Kept) -> None:
    if context.following is not None and kept.case is not None:
        context.following.comes(kept.case, kept.work)


def _committed(context: Context, parts: Sequence[Part]) -> list[Kept]:

    def transaction(connection: Connection) -> list[Kept]:
        ending = [part.item for part in parts if part.item is not None]
        ours = work.finish(connection, ending)
        written = [part.change if part.item is None or part.item.id in ours else None for part in parts]
        saved = iter(saving.save(connection, [change for change in written if change is not None]))
        cases = [None if change is None else next(saved) for change in written]
        for part, case in zip(parts, cases, strict=True):
            if part.also is not None and case is not None:
                part.also(connection, case)
        waited = [
            case.id for part, case in zip(parts, cases, strict=True) if part.goes_on and case is not None
        ]
        due = context.claim(connection, waited)
        return [
            Kept(case, tuple(item for item in due if case is not None and item.case_id == case.id))
            for case in cases
        ]

    return context.db.write(transaction)
