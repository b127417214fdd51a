"""Views of what a person may do with a case that waits, other than decide it; who else looks at it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from surehand.core.formats import Manner
from surehand.core.precedence import of_rank
from surehand.flow import handling, looking
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.store.viewing import Viewing
from surehand.web.views import HandlingView, OptionView

#: So much of the time before the deadline is left for the work itself.
_LEFT = timedelta(minutes=5)

_SPANS = (
    ("in 15 minutes", timedelta(minutes=15)), ("in an hour", timedelta(hours=1)),
    ("in 4 hours", timedelta(hours=4)), ("in 3 days", timedelta(days=3)),
)  # fmt: skip

#: When a day's work begins, by the reader's clock.
_MORNING = 8


def handling_view(
    context: Context, standing: Standing, person: str, refused: str, manner: Manner
) -> HandlingView:  # fmt: skip
    """What the reader may do with it."""
    given, now = standing.assignment, context.clock()
    if given.kind == "answer" or given.pending is not None:
        return HandlingView()  # what is decided waits for nobody, unless that is undone
    mine = given.person == person
    answers = handling.answers_for(context, person, standing)
    watched = looking.open_to(standing, refused)
    of = f"?of={quote(given.id)}"
    return HandlingView(
        later=tuple(later(now, given.due_at, manner)) if mine else (),
        snoozed_until=given.snoozed_until if mine and _after(given.snoozed_until, now) else None,
        release=mine,
        receivers=handling.receivers(context, standing) if answers else (),
        precedence=of_rank(given.precedence).value,
        prioritise=answers or not refused,
        looking=sentence(looking.others(context, person, standing.case.id), now) if watched else "",
        live=f"/cases/{standing.case.id}/looking{of}" if watched else "",
    )  # fmt: skip


def _after(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def later(now: datetime, due: datetime, manner: Manner) -> Iterator[OptionView]:
    """Until when it can be put off, earliest first, by the reader's clock."""
    here = manner.local(now)
    tomorrow = (here + timedelta(days=1)).replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    times = [(label, now + span) for label, span in _SPANS]
    times.append(("tomorrow morning", tomorrow))
    for label, until in sorted(times, key=lambda one: one[1]):
        if until < due - _LEFT:
            told = manner.formats.moment(manner.local(until), here)
            yield OptionView(value=until.astimezone(UTC).isoformat(), label=f"{label}, {told}")


def sentence(found: Sequence[Viewing], now: datetime) -> str:
    """Who else looks at it, such as 'rita.reviewer is looking at this too, since 1 min.'"""
    if not found:
        return ""
    minutes = max(1, round((now - found[0].since) / timedelta(minutes=1)))
    names = [one.person for one in found[:3]]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    who = (
        f"{', '.join(names)}{more}"
        if more or len(names) == 1
        else " and ".join((", ".join(names[:-1]), names[-1]))
    )
    return f"{who} {'is' if len(found) == 1 else 'are'} looking at this too, since {minutes} min."
