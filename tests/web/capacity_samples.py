"""Queues with enough people, with too few, and without a record, for pages in tests. All is made up."""

from datetime import timedelta

from surehand.core import capacity_words
from surehand.core.capacity import Aim, capacity
from surehand.core.demand import WEEK, Past, Volume, demanded
from surehand.flow.capacity import Freed, QueueCapacity
from surehand.web.capacity_views import capacity_view
from surehand.web.views import CapacityView, PageView, ShellView

#: Reviews an hour from 8 to 18.
_MONDAY, _OTHER = (9, 19, 21, 17, 8, 9, 12, 9, 5, 3), (6, 9, 10, 8, 5, 6, 7, 5, 3, 2)


def past(weeks: int = 12, *, seconds: float = 450, factor: float = 1.0) -> Past:
    """A record in which Monday mornings are crowded."""
    came, decided = [0.0] * WEEK, [0.0] * WEEK
    for day in range(5):
        for hour, count in enumerate(_OTHER if day else _MONDAY, 8):
            came[24 * day + hour], decided[24 * day + hour] = weeks * count * factor, 40
    return Past(weeks, came, decided, [seconds * (0.4 + 1.2 * place / 400) for place in range(400)])


def told(
    queue: str,
    members: tuple[str, ...],
    within: timedelta,
    record: Past,
    volume: Volume,
    *,
    spared: float = 0,
) -> QueueCapacity:
    """As `flow.capacity` tells it."""
    demand, missing = demanded(record, volume)
    if demand is None:
        heading = "It cannot be told yet how many people this queue needs."
        return QueueCapacity(queue, members, (), (), within, 0, volume, None, tuple(missing), heading)
    found = capacity(demand, Aim(within), people=len(members))
    freed = Freed("expense-claims", "accept_receipt", spared) if spared else None
    return QueueCapacity(
        queue, members, ("ap.third",) if members else (), ("purchasing",) if members else (),
        within, record.weeks, volume, found, (),
        capacity_words.needed(found), capacity_words.on_holiday(found), capacity_words.at_present(found),
        tuple(capacity_words.binding(found)), tuple(capacity_words.resting_on(found)),
        capacity_words.crowded(found), freed,
        tuple(capacity_words.ways_out(found, (freed.point, freed.a_day) if freed else None)),
    )  # fmt: skip


def capacity_pages(shell: ShellView) -> dict[str, PageView]:
    """The page of all queues, of one, and of none."""
    nothing = Past(0, [0.0] * WEEK, [0.0] * WEEK, [])
    measured = Volume(4_200, 9, 4_380, 0.62, 20_000)
    quick, slow = timedelta(hours=1), timedelta(hours=24)
    crowded = told("accounts-payable", ("ap.lead", "ap.second"), quick, past(), measured, spared=22.4)
    queues = (
        crowded,
        told("expenses", ("exp.lead", "exp.reviewer", "exp.third", "exp.fourth"), slow, past(), measured),
        told("purchasing", (), timedelta(minutes=15), past(seconds=900), Volume()),
        told("support-triage", ("support.lead",), slow, nothing, Volume(2_600, 4)),
        told("billing-disputes", ("billing.lead",), slow, nothing, Volume()),
    )
    return {
        "capacity": capacity_view(shell, queues),
        "capacity-queue": capacity_view(shell, queues[:1], queue="accounts-payable"),
        "capacity-none": CapacityView(shell=shell, heading="You belong to no queue.", queues=()),
    }
