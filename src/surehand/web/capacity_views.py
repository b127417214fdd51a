"""Views of how many people queues need."""

from collections.abc import Sequence

from surehand.flow.capacity import QueueCapacity
from surehand.web.capacity_chart import day_chart
from surehand.web.views import CapacityView, QueueView, ShellView


def capacity_view(shell: ShellView, told: Sequence[QueueCapacity], *, queue: str = "") -> CapacityView:
    """All queues, or one."""
    queues = tuple(
        QueueView(
            told=one, chart=None if one.found is None else day_chart(f"day-{number}", one.queue, one.found)
        )
        for number, one in enumerate(told, 1)
    )
    heading = told[0].heading if queue else _heading(told)
    return CapacityView(shell=shell, heading=heading, queues=queues, queue=queue)


def _heading(told: Sequence[QueueCapacity]) -> str:
    if not told:
        return "You belong to no queue."
    known = [one.found for one in told if one.found is not None]
    if not known:
        return "It cannot be told yet how many people are needed."
    short = [one for one in known if one.enough is None or one.people < (one.base or one.enough)]
    peaks = [one for one in known if one.peak and one.people < (one.base or 0) + one.peak.more]
    away = [one for one in known if one.away.on_time < one.aim_share]
    if short:
        return f"{_queues(len(short))} too few people."
    if peaks:
        return f"{_queues(len(peaks))} too few people in the busiest hours."
    if away:
        return f"Every queue has enough people. {_queues(len(away))} too few while two are on holiday."
    return "Every queue has enough people, also while two are on holiday."


def _queues(count: int) -> str:
    return "One queue has" if count == 1 else f"{count} queues have"
