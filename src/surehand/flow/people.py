"""The roster: taken from people.yaml once, changed by people since, each change recorded with its reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from surehand.core import rosters
from surehand.core.digest import digest
from surehand.core.edits import Edit
from surehand.core.people import People
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow.checking import made_undone, made_wrong
from surehand.flow.context import Context
from surehand.flow.escalate import passed_on
from surehand.flow.roster import of, refresh
from surehand.store import access, audit, roster
from surehand.store.database import alone
from surehand.store.roster import Revision
from surehand.store.saving import Stale

#: Called with the revision in force after a change, in its transaction.
Also = Callable[[Connection, Revision], None]

#: Who a roster is from that was taken from the deployment's folder.
FILE = "people.yaml"

_LONGEST_REASON = 500

#: How often a change that met another change of a case looks again.
_LOOKS = 10


def seed(context: Context, people: People) -> bool:
    """At start: take people.yaml in, if the database has no roster yet; in development whenever it changed.

    In production what people decided in the database stands. Returns whether the file says something else
    than was taken in last.
    """
    source = digest(rosters.written(people))
    with context.db.read() as connection:
        number, last = roster.number(connection), roster.last_source(connection)
    if number == 0 or (context.development and last != source):
        _put(context, lambda _: people, by=FILE, because="taken from the file", source=source, checked=False)
        return False
    refresh(context)
    return last != source


def change(
    context: Context, *, by: str, because: str, edit: Edit, leaves: bool = False, rev: int | None = None,
    also: Also | None = None, asked: Sequence[rosters.Change] = (),
) -> Revision | None:  # fmt: skip
    """Change the roster. Whatever those hold who are disabled by it goes to others in the same transaction.

    rev      of the roster that the change was made on: what was changed since is not overwritten unseen
    asked    what is to be changed, where that says it better than what differs: whoever may not change a
             value is refused as well when they name the one that is there, or they could guess it
    also     called with the revision in force afterwards, in the same transaction
    leaves   somebody leaves: neither maps that name them nor work that they alone could do stand in the way
    edit     the roster in force -> the one wanted; may raise ValueError, in words
    returns  the new revision; None where nothing differs
    raises   Forbidden in words (also recorded), InvalidInput with every fault, Conflict where the same was
             changed meanwhile
    """
    if not because.strip():
        raise InvalidInput([Fault("because", "write why, for the record")])
    if len(because) > _LONGEST_REASON:
        raise InvalidInput([Fault("because", f"must be at most {_LONGEST_REASON} characters")])
    with _denials_recorded(context, by):
        return _put(
            context, edit, by=by, because=because, source=None, leaves=leaves, rev=rev, also=also,
            asked=asked,
        )  # fmt: skip


def replace(context: Context, people: People, *, by: str, rev: int) -> Revision | None:
    """Take a whole people.yaml in, in place of what is in force. Raises as `change`.

    rev  of the roster that it was compared with: what was changed since is not undone unseen
    """
    source = digest(rosters.written(people))
    with _denials_recorded(context, by):
        return _put(context, lambda _: people, by=by, because=f"taken from {FILE}", source=source, rev=rev)


def disable(
    context: Context, name: str, *, by: str, because: str, rev: int | None = None, also: Also | None = None
) -> Revision | None:
    """A person has left: signed out, keys revoked, and what they hold is with others, in one transaction.

    Raises NotFound, and as `change`.
    """
    if name not in context.people.people:
        raise NotFound(f"There is no {name} here")
    return change(
        context, by=by, because=because, edit=lambda people: rosters.without(people, name), leaves=True,
        rev=rev, also=also,
    )  # fmt: skip


def history(context: Context, *, limit: int = 50) -> list[tuple[Revision, list[rosters.Change]]]:
    """The last revisions, newest first, each with what it changed."""
    with context.db.read() as connection:
        found = roster.revisions(connection, limit=limit + 1)
    everyone = [of(revision) for revision in found]
    told = [
        (newer, rosters.changes(before, after))
        for newer, after, before in zip(found, everyone, everyone[1:], strict=False)
    ]
    return told if len(found) > limit or not found else [*told, (found[-1], [])]


@contextmanager
def _denials_recorded(context: Context, by: str) -> Iterator[None]:
    """Who was refused a change of the roster is on record, with what they were told."""
    try:
        yield
    except Forbidden as refused:
        now, body = context.clock(), {"because": refused.detail}
        context.db.write(lambda connection: audit.record(connection, "denied", by, now, body))
        raise


def _put(
    context: Context, edit: Edit, *, by: str, because: str, source: str | None, checked: bool = True,
    leaves: bool = False, rev: int | None = None, also: Also | None = None,
    asked: Sequence[rosters.Change] = (),
) -> Revision | None:  # fmt: skip
    def transaction(connection: Connection) -> tuple[Revision, People] | None:
        alone(connection)
        newest = roster.newest(connection)
        before = of(newest) if newest is not None else People(people={})
        if asked and (refused := rosters.refusal(before, by, list(asked))):
            raise Forbidden(refused)
        after = _edited(edit, before)
        made = rosters.changes(before, after)
        if newest is not None and not made and source is None:
            if also is not None:
                also(connection, newest)
            return None
        if rev is not None and newest is not None and rev != newest.rev:
            _still_as_seen(connection, rev, newest, before, made)
        if checked:
            if refused := rosters.refusal(before, by, made, after=after):
                raise Forbidden(refused)
            _check(context, before, after, leaves=leaves)
        now = context.clock()
        added = roster.add(
            connection, rosters.written(after), at=now, by=by, because=because.strip(), source=source
        )
        said = [str(one) for one in made][:200] if newest is not None else []
        body: Mapping[str, Any] = {
            "rev": added.rev, "digest": added.digest, "because": because.strip(), "changes": said,
        }  # fmt: skip
        audit.record(connection, "people_changed", by, now, dict(body))
        _let_go(context, connection, before, after, by=by)
        if also is not None:
            also(connection, added)
        return added, after

    for _ in range(_LOOKS):
        try:
            found = context.db.write(transaction)
        except Stale:  # somebody decided a case meanwhile that is to be given to another
            continue
        if found is None:
            return None
        context.people, context.people_rev = found[1], found[0].rev
        return found[0]
    raise Conflict("Cases of these people change all the time; try again", state="changing")


def _still_as_seen(
    connection: Connection, rev: int, newest: Revision, before: People, made: list[rosters.Change]
) -> None:
    """Raises Conflict, with what is there now, where what is changed was changed since it was seen."""
    seen = roster.revision(connection, rev)
    if seen is None:
        raise Conflict(f"There is no revision {rev} of the roster", state="changed", rev=newest.rev)
    since = rosters.touched(made, rosters.changes(of(seen), before))
    if since:
        told = "; ".join(str(one) for one in since[:20])
        raise Conflict(
            f"Somebody changed the same since you saw it: {told}. Look at what differs now, and try again",
            state="changed", rev=newest.rev,
        )  # fmt: skip


def _edited(edit: Edit, before: People) -> People:
    try:
        # what was copied with changes is checked like what was read
        return People.model_validate(rosters.written(edit(before)))
    except ValidationError as error:
        faults = [
            Fault(".".join(str(part) for part in one["loc"]), one["msg"].removeprefix("Value error, "))
            for one in error.errors(include_url=False)
        ]
        raise InvalidInput(faults) from None
    except ValueError as error:
        raise InvalidInput([Fault("people", str(error))]) from None


def _check(context: Context, before: People, after: People, *, leaves: bool) -> None:
    """Raises InvalidInput with everything that a change would make wrong.

    leaves  whoever leaves is not kept by the work that nobody is left for
    """
    found = made_wrong(context, before, after)
    if not leaves:
        found += made_undone(context, before, after)
    if found:
        raise InvalidInput(found)


def _let_go(context: Context, connection: Connection, before: People, after: People, *, by: str) -> None:
    """Who was disabled is signed out, their keys stop, and what they hold is given to others."""
    gone = [name for name in before.people if before.active(name) and not after.active(name)]
    now = context.clock()
    for name in gone:
        access.end_sessions_of(connection, name)
        if count := access.revoke_keys(connection, name, at=now):
            audit.record(connection, "keys_revoked", by, now, {"person": name, "count": count})
    if gone:
        passed_on(context, connection, after, gone)
