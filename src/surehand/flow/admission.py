"""Saving new cases: the same key is the same case. Callers of the same moment share the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surehand.core.case import Case
from surehand.core.passage import Passage
from surehand.errors import KeyReused, Stopped, SurehandError
from surehand.flow.context import Context
from surehand.flow.parts import Kept, Part, keep, keep_together
from surehand.store import cases
from surehand.store.saving import Stale

#: How often a submission that met others with the same keys looks again.
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acknowledged case; `created` is False when the key was known already."""

    case: Case
    created: bool


Results = dict[int, Accepted | SurehandError]


def admit(context: Context, passages: Mapping[int, Passage]) -> Results:
    """Save new cases, by place; a key that is known already gives the case that has it, or KeyReused."""
    goes_on = context.following is not None
    parts = [Part(change=passage.change(), goes_on=goes_on) for passage in passages.values()]
    for _ in range(_LOOKS):
        try:
            # a batch is large enough for a transaction of its own
            kept = [keep(context, parts[0])] if len(parts) == 1 else keep_together(context, parts)
        except Stale:
            # another process inserted one of these keys between our look and our insert
            continue
        return {
            place: _accepted(passage.case, one)
            for (place, passage), one in zip(passages.items(), kept, strict=True)
        }
    raise Stopped("Others submit the same keys again and again; send the items once more")


def _accepted(case: Case, kept: Kept) -> Accepted | SurehandError:
    assert kept.case is not None
    return Accepted(kept.case, created=True) if kept.written else same_again(case, kept.case)


def known(context: Context, process: str, key: str) -> Case | None:
    """The case that has this key already."""

    def look(keys: Sequence[tuple[str, str]]) -> list[Case | None]:
        with context.db.look() as connection:
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
