"""Saving new cases: the same key is the same case. Callers of the same moment share the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from surehand.core.case import Case, Passage
from surehand.errors import KeyReused, Stopped, SurehandError
from surehand.flow.context import Context
from surehand.store import cases, files, saving
from surehand.store.saving import Stale
from surehand.store.work import Work

#: How often a submission that met others with the same keys looks again.
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acknowledged case; `created` is False when the key was known already."""

    case: Case
    created: bool


Results = dict[int, Accepted | SurehandError]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """New cases of one caller, by place. goes_on: it runs at once what becomes due of them."""

    passages: Mapping[int, Passage]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of one caller's cases, by place, and the work that was claimed for it."""

    results: Results
    work: Sequence[Work] = ()


def admit(context: Context, passages: Mapping[int, Passage]) -> Results:
    """Save new cases, by place; a key that is known already gives the case that has it, or KeyReused."""
    following = context.following
    fresh = _Fresh(passages, goes_on=following is not None)
    serve = partial(_inserted, context)
    for _ in range(_LOOKS):
        try:
            # a batch is large enough for a transaction of its own
            alone = len(passages) == 1
            taken = context.sharing.run("admit", fresh, serve) if alone else serve([fresh])[0]
        except Stale:
            # another process inserted one of these keys between our look and our insert
            continue
        if following is not None:
            for result in taken.results.values():
                if isinstance(result, Accepted) and result.created:
                    theirs = [item for item in taken.work if item.case_id == result.case.id]
                    following.comes(result.case, theirs)
        return taken.results
    raise Stopped("Others submit the same keys again and again; send the items once more")


def known(context: Context, process: str, key: str) -> Case | None:
    """The case that has this key already."""

    def look(keys: Sequence[tuple[str, str]]) -> list[Case | None]:
        with context.db.read() as connection:
            found = cases.by_key(connection, set(keys))
        return [found.get(wanted) for wanted in keys]

    return context.sharing.run("known", (process, key), look)


def same_again(case: Case, there: Case) -> Accepted | KeyReused:
    """What a second submission under the key of a case gets."""
    if there.digest == case.digest:
        return Accepted(there, created=False)
    # which case has the key is told only to whoever submitted that
    if there.submitter != case.submitter:
        return KeyReused(in_use(case.key))
    return KeyReused(
        f"Key '{case.key}' was used for {there.id} with another body; send a new key for a new item",
        case=there.id,
    )


def in_use(key: str) -> str:
    """What somebody is told of a key that somebody else's case has."""
    return f"Key '{key}' is in use; send a new key for a new item"


def _inserted(context: Context, several: Sequence[_Fresh]) -> list[_Taken]:
    """Take in the cases of several callers in one transaction."""

    def transaction(connection: Connection) -> list[_Taken]:
        places = [(caller, place) for caller, fresh in enumerate(several) for place in fresh.passages]
        inserted = _insert(connection, [several[caller].passages[place] for caller, place in places])
        results: list[Results] = [{} for _ in several]
        for (caller, place), result in zip(places, inserted, strict=True):
            results[caller][place] = result
        waited = [
            one.case.id
            for fresh, theirs in zip(several, results, strict=True)
            for one in theirs.values()
            if fresh.goes_on and isinstance(one, Accepted) and one.created
        ]
        due = context.claim(connection, waited)
        return [
            _Taken(theirs, due if fresh.goes_on else ())
            for fresh, theirs in zip(several, results, strict=True)
        ]

    return context.db.write(transaction)


def _insert(connection: Connection, passages: Sequence[Passage]) -> list[Accepted | SurehandError]:
    """Save those whose key is new, the first of several with the same one; results in order."""
    found = cases.by_key(connection, {_key(passage.case) for passage in passages})
    firsts: dict[tuple[str, str], Passage] = {}
    for passage in passages:
        if _key(passage.case) not in found:
            firsts.setdefault(_key(passage.case), passage)
    saved = saving.save(connection, [passage.change() for passage in firsts.values()])
    files.use(connection, [case.file["file"] for case in saved if case.file is not None])
    found |= {_key(case): case for case in saved}
    return [
        Accepted(found[_key(passage.case)], created=True)
        if firsts.get(_key(passage.case)) is passage
        else same_again(passage.case, found[_key(passage.case)])
        for passage in passages
    ]


def _key(case: Case) -> tuple[str, str]:
    return case.process, case.key
