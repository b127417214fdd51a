"""Changes of the roster: what differs, in words, and who may make which change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surehand.core.grants import ANYTHING
from surehand.core.people import People
from surehand.core.roles import DECIDERS, SEES_ALL, Role
from surehand.core.values import shown

Path = tuple[str, ...]

#: What everybody may say of themselves.
_OWN = ("absences", "reach")


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; None where there is none.

    listed  the value is one of a list
    """

    path: Path
    before: Any
    after: Any
    listed: bool = False

    def __str__(self) -> str:
        where = ".".join(self.path)
        before, after = _said(self.before), _said(self.after)
        if self.before is None:
            return f"{where}: {after}"
        return f"{where}: {before} -> {after or 'taken out'}"


def written(people: People) -> dict[str, Any]:
    """People as JSON, without what is as it would be if it were left out."""
    return people.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def changes(before: People, after: People) -> list[Change]:
    """Every value that differs, in the order of the file. Rows of authority and delegations are compared
    as rows."""
    return list(_differing((), written(before), written(after)))


def _differing(path: Path, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping | None) and isinstance(after, Mapping | None) and len(path) < 4:
        named, renamed = before or {}, after or {}
        for name in dict.fromkeys([*named, *renamed]):
            yield from _differing((*path, str(name)), named.get(name), renamed.get(name))
        if not named and not renamed:
            yield Change(path, before, after)
    elif isinstance(before, list | None) and isinstance(after, list | None):
        old, new = before or [], after or []
        yield from (Change(path, one, None, listed=True) for one in old if one not in new)
        yield from (Change(path, None, one, listed=True) for one in new if one not in old)
        if sorted(map(repr, old)) == sorted(map(repr, new)):
            yield Change(path, before, after)
    else:
        yield Change(path, before, after)


def _said(value: Any) -> str:
    return "" if value is None else shown(value)[:300]


def refusal(people: People, by: str, made: list[Change], *, after: People | None = None) -> str | None:
    """Why this person may not make these changes, in words; None when they may.

    people  as they were before
    after   as they would be, where that is known

    Administrators change everything but what they are themselves. Owners of queues change who works there,
    and enter absences of those who do. Whoever decides may lend what is theirs. Everybody says when they are
    away and how they are reached. Authority over oneself is given by others.
    """
    who = people.people.get(by)
    if who is None or not who.active:
        return f"{by} is not an active person here"
    kept = _kept(made)
    for change in made:
        if why := _refused(people, by, change, kept):
            return why
    if after is not None and who.has(*DECIDERS) and (kind := _opened(people, after)):
        return (
            f"{by} cannot open {kind} to its whole queue, where they may decide: another administrator does"
        )
    return None


def _kept(made: list[Change]) -> list[Mapping[str, Any]]:
    """Rows of authority that say the same before and after, but for whom it goes to above them."""
    rows: tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]] = ([], [])
    for change in made:
        for found, row in zip(rows, (change.before, change.after), strict=True):
            if change.path[0] == "authority" and isinstance(row, Mapping):
                found.append(_but_above(row))
    return [row for row in rows[0] if row in rows[1]]


def _but_above(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name != "above"}


def _opened(people: People, after: People) -> str:
    """A decision of which rows of authority spoke and none does any more; '' where there is none."""
    rows = people.authority
    # what no row names stands for every other process and decision
    processes, kinds = {row.process or "" for row in rows}, {kind for row in rows for kind in row.decides}
    for process in sorted({*processes, ""}):
        for kind in sorted({*kinds, ""}):
            if people.grants(process, kind) and not after.grants(process, kind):
                return kind if kind not in ("", ANYTHING) else "what is decided"
    return ""


def may(people: People, by: str, *path: str, row: Mapping[str, Any] | None = None) -> bool:
    """This person may change what is there.

    row  of authority or of a delegation, as JSON
    """
    return refusal(people, by, [Change(path, None, row)]) is None


def sees_everyone(people: People, name: str) -> bool:
    """May see what others may decide, and what they were refused; anybody sees their own."""
    person = people.people.get(name)
    return person is not None and person.active and person.has(*SEES_ALL)


def touched(made: list[Change], since: list[Change]) -> list[Change]:
    """Which of the changes since somebody looked are about what they change now."""
    return [other for other in since if any(_same(one, other) for one in made)]


def _same(one: Change, other: Change) -> bool:
    length = min(len(one.path), len(other.path))
    if one.path[:length] != other.path[:length]:
        return False
    # of a list, rows are compared
    rows = [row for row in (one.before, one.after) if row is not None]
    others = [row for row in (other.before, other.after) if row is not None]
    if one.path == other.path and one.listed and other.listed:
        return any(row in others for row in rows)
    return True


def _refused(people: People, by: str, change: Change, kept: list[Mapping[str, Any]]) -> str | None:
    part, name = change.path[0], change.path[1] if len(change.path) > 1 else ""
    field = change.path[2] if len(change.path) > 2 else ""
    row = change.after or change.before
    if part == "people" and name == by:
        own = field in _OWN
        return None if own else f"{by} cannot change their own {field or 'entry'}: an administrator does"
    if _theirs(people, by, change, kept):
        return f"{by} cannot change their own authority: another administrator does"
    if people.people[by].has(Role.ADMINISTRATOR):
        return None
    if part == "delegations" and isinstance(row, Mapping) and row.get("by") == by:
        return None
    theirs = [queue for queue, found in people.queues.items() if by in (found.owner, found.backup)]
    if part == "queues" and name in theirs and field in ("members", "teams", "backup", "strategy", "skills"):
        return None
    works_there = any(people.belongs(name, queue) for queue in theirs)
    if part == "people" and field in ("absences", "skills", "capacity") and works_there:
        return None
    return f"{by} may not change {'.'.join(change.path)}: an administrator does"


def _theirs(people: People, by: str, change: Change, kept: list[Mapping[str, Any]]) -> bool:
    """It gives the person who makes it authority, or takes some of it away."""
    who, part = people.people[by], change.path[0]
    rows = [row for row in (change.before, change.after) if isinstance(row, Mapping)]
    if part == "authority":
        mine = [("person", by), *(("role", role) for role in who.roles)]
        mine += [("team", who.team)] if who.team is not None else []
        rows = [row for row in rows if _but_above(row) not in kept]
        return any(row.get(key) == value for row in rows for key, value in mine)
    if part == "delegations":
        return change.after is not None and any(row.get("to") == by for row in rows)
    if part != "queues" or not who.has(*DECIDERS) or people.belongs(by, change.path[1]):
        return False
    field = change.path[2] if len(change.path) > 2 else ""
    joins = {"owner": by, "backup": by, "members": by, "teams": who.team}
    given = change.after if isinstance(change.after, list | tuple) else [change.after]
    return field in joins and joins[field] is not None and joins[field] in given


def without(people: People, name: str) -> People:
    """The roster once a person has left: disabled, out of every queue, and nothing is lent by or to them.

    Rows of authority that name them stay: without any row a decision would be open to its whole queue.

    A queue of theirs goes to its backup, else to a member who is an active person. Raises ValueError, in
    words, where there is nobody.
    """
    queues = {}
    for queue, found in people.queues.items():
        holders = [found.backup, *people.members(queue)]
        others = [one for one in holders if one and one != name and _answers(people, one)]
        if found.owner == name and not others:
            raise ValueError(
                f"{name} owns the queue {queue}, and nobody else is in it: name another owner first"
            )
        owner = others[0] if found.owner == name else found.owner
        backup = None if found.backup in (name, owner) else found.backup
        members = tuple(one for one in found.members if one != name)
        queues[queue] = found.model_copy(update={"owner": owner, "backup": backup, "members": members})
    everyone = {one: _without_stand_in(person, name) for one, person in people.people.items()}
    everyone[name] = people.people[name].model_copy(update={"active": False})
    return people.model_copy(
        update={
            "people": everyone,
            "queues": queues,
            "authority": tuple(
                grant.model_copy(update={"above": None}) if grant.above == name else grant
                for grant in people.authority
            ),
            "delegations": tuple(one for one in people.delegations if name not in (one.by, one.to)),
        }
    )


def _answers(people: People, name: str) -> bool:
    """An active human, who can own a queue."""
    return people.active(name) and not people.people[name].has(Role.SERVICE)


def _without_stand_in(person: Any, name: str) -> Any:
    if all(absence.stand_in != name for absence in person.absences):
        return person
    absences = tuple(
        absence.model_copy(update={"stand_in": None}) if absence.stand_in == name else absence
        for absence in person.absences
    )
    return person.model_copy(update={"absences": absences})
