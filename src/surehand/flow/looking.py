"""Who has a case open that they may decide: others who open it are told. It takes nothing from anybody."""

from collections.abc import Sequence
from datetime import timedelta

from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.store import viewing
from surehand.store.viewing import Viewing

#: For so long it is known who has opened a case, for those who ask whether anybody did.
_KEPT = timedelta(days=7)


def open_to(standing: Standing, refused: str) -> bool:
    """Whoever opens this counts as looking at it: they may decide it, and others may know of it."""
    given = standing.assignment
    return not refused and given.kind != "answer" and not (given.kind == "check" and given.blind)


def note(context: Context, person: str, case_id: str) -> None:
    """This person has the case open. Written after the page was sent, and seldom."""
    now = context.clock()
    if context.opened.due(case_id, person, now):
        context.db.write(lambda connection: viewing.renew(connection, [(case_id, person)], at=now))
        context.opened.told(case_id, person, now)


def others(context: Context, person: str, case_id: str) -> Sequence[Viewing]:
    """Who else has it open now, longest first."""
    with context.db.look() as connection:
        found = viewing.of_cases(connection, [case_id], since=context.clock() - viewing.LASTS)
    return [one for one in found.get(case_id, ()) if one.person != person]


def forget(context: Context) -> None:
    """Drop what nobody asks for any more, if there is any."""
    before = context.clock() - _KEPT
    with context.db.look() as connection:
        if not viewing.any_before(connection, before):
            return
    context.db.write(lambda connection: viewing.forget(connection, before=before))
