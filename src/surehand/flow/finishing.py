"""The end of claimed work: what came of it is saved with it, or somebody looks again."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from surehand.core.passage import Passage
from surehand.flow.context import Context
from surehand.flow.parts import Kept, Part, keep, keep_together
from surehand.store import work
from surehand.store.saving import Stale
from surehand.store.work import Work

#: How often what came of an action is told anew of a case that keeps moving.
_LOOKS = 10


def save(
    context: Context,
    pairs: Sequence[tuple[Work, Passage]],
    *,
    again: Callable[[Work], Passage | None] = lambda _: None,
) -> None:
    """Finish work and save its cases in one transaction; work that is no longer ours writes nothing.

    again  what came of a piece of work, told anew of a case that moved on meanwhile; None where the work has
           to be looked at again
    """
    if not pairs:
        return
    part = partial(_part, goes_on=context.following is not None)
    if len(pairs) == 1:
        woken = _kept_alone(context, *pairs[0], part, again)
    else:
        parts = [part(item, passage) for item, passage in pairs]
        try:
            woken = _due(context, parts, keep_together(context, parts))
        except Stale:
            # one case of the chunk moved on meanwhile: save the others one by one
            alone = [_kept_alone(context, item, passage, part, again) for item, passage in pairs]
            woken = frozenset().union(*alone)
    if woken:
        context.wake(woken)


def _part(item: Work, passage: Passage, *, goes_on: bool) -> Part:
    return Part(change=passage.change() if passage.changed else None, item=item, goes_on=goes_on)


def _kept_alone(
    context: Context, item: Work, passage: Passage, part: Callable[[Work, Passage], Part],
    again: Callable[[Work], Passage | None],
) -> frozenset[str]:  # fmt: skip
    told: Passage | None = passage
    for _ in range(_LOOKS):
        if told is None:
            break
        one = part(item, told)
        try:
            return _due(context, [one], [keep(context, one)])
        except Stale:
            told = again(item)
    drop(context, item)
    return frozenset()


def _due(context: Context, parts: Sequence[Part], kept: Sequence[Kept]) -> frozenset[str]:
    """Kinds of work that became due and that nobody was given yet."""
    now = context.clock()
    return frozenset(
        due.kind
        for part, one in zip(parts, kept, strict=True)
        if part.change is not None and one.case is not None and not part.goes_on
        for due in part.change.due
        if due.at is None or due.at <= now
    )


def drop(context: Context, item: Work) -> None:
    """The case moved on without this work: give it back, the next look will see the new state."""
    at = context.clock() + timedelta(seconds=1)
    context.db.write(lambda connection: work.release(connection, [item], due_at=at))
