"""One case's part of a transaction: the end of its work, what changed, what becomes due. Others share it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from surehand.core.case import Case
from surehand.core.passage import Change
from surehand.flow.context import Context
from surehand.store import cases, files, restores, saving, work
from surehand.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is kept together with others or not at all.

    change  None: only the work ends. Of a new case whose key is known already, nothing is written
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

    case     as saved, or the one that has the key already; None when the work was no longer ours, or nothing
             had changed
    written  the change was written
    work     claimed for the caller
    restored this database was restored from a backup once; told where the caller goes on
    """

    case: Case | None
    written: bool = False
    work: tuple[Work, ...] = ()
    restored: bool = False


def keep(context: Context, part: Part) -> Kept:
    """Commit one part, in a transaction with those of others who come at the same moment.

    raises  Stale when the case is not as it was read, and what `also` raises; nothing of it was written then
    """
    kept = context.sharing.run("keep", part, partial(_committed, context))
    _follow(context, part, kept)
    return kept


def keep_together(context: Context, parts: Sequence[Part]) -> list[Kept]:
    """Commit these in one transaction of their own, or none of them; in order. Raises as `keep`."""
    together = _committed(context, parts)
    for part, kept in zip(parts, together, strict=True):
        _follow(context, part, kept)
    return together


def _follow(context: Context, part: Part, kept: Kept) -> None:
    if context.following is not None and kept.written and kept.case is not None and part.change is not None:
        context.following.comes(kept.case, part.change, kept.work, restored=kept.restored)


def _committed(context: Context, parts: Sequence[Part]) -> list[Kept]:

    def transaction(connection: Connection) -> list[Kept]:
        ours = work.finish(connection, [part.item for part in parts if part.item is not None])
        there = _there(connection, parts)
        changes: dict[int, Change] = {}
        for place, part in enumerate(parts):
            if part.change is None or (part.item is not None and part.item.id not in ours):
                continue
            if part.change.before is None:
                if _key(part.change) in there:
                    continue
                there[_key(part.change)] = part.change.after
            changes[place] = part.change
        saved = dict(zip(changes, saving.save(connection, list(changes.values())), strict=True))
        _used(connection, [saved[place] for place, change in changes.items() if change.before is None])
        for place, case in saved.items():
            if (also := parts[place].also) is not None:
                also(connection, case)
        follows = [case.id for place, case in saved.items() if parts[place].goes_on and changes[place].due]
        due = context.claim(connection, follows)
        restored = any(item.kind == "act" for item in due) and restores.last(connection) is not None
        there |= {_key(change): saved[place] for place, change in changes.items() if change.before is None}
        return [
            Kept(saved[place], True, tuple(item for item in due if item.case_id == saved[place].id), restored)
            if place in saved
            else Kept(_known(part, there))
            for place, part in enumerate(parts)
        ]

    return context.db.write(transaction)


def _there(connection: Connection, parts: Sequence[Part]) -> dict[tuple[str, str], Case]:
    """The cases that have the keys of these new ones already."""
    keys = {_key(p.change) for p in parts if p.change is not None and p.change.before is None}
    return cases.by_key(connection, keys) if keys else {}


def _known(part: Part, there: dict[tuple[str, str], Case]) -> Case | None:
    new = part.change is not None and part.change.before is None
    return there[_key(part.change)] if new and part.change is not None else None


def _key(change: Change) -> tuple[str, str]:
    return change.after.process, change.after.key


def _used(connection: Connection, new: Sequence[Case]) -> None:
    """Files that cases were submitted with are kept."""
    files.use(connection, [case.file["file"] for case in new if case.file is not None])
