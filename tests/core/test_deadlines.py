"""The ladder: each rung fires once, in order, and the top is the process owner, never an approval."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.deadlines import DEFAULT_DUE, Clock, Stage, allowed, climbed, started
from surehand.core.policy import Sla

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("sla", "queue_due", "expected"),
    [
        (Sla(due=2 * HOUR), 9 * HOUR, 2 * HOUR),
        (Sla(), 9 * HOUR, 9 * HOUR),
        (Sla(), None, DEFAULT_DUE),
    ],
)
def test_there_is_always_a_deadline(sla: Sla, queue_due: timedelta | None, expected: timedelta) -> None:
    assert allowed(sla, queue_due) == expected
    assert started(sla, queue_due=queue_due, now=NOW).due_at == NOW + expected


def test_the_first_timer_is_the_reminder_or_else_the_deadline() -> None:
    assert started(Sla(due=4 * HOUR, remind=3 * HOUR), queue_due=None, now=NOW) == Clock(
        NOW + 4 * HOUR, NOW + 3 * HOUR
    )
    assert started(Sla(due=4 * HOUR), queue_due=None, now=NOW) == Clock(NOW + 4 * HOUR, NOW + 4 * HOUR)


DUE = NOW + 4 * HOUR


@pytest.mark.parametrize(
    ("stage", "now", "then", "clock"),
    [
        (Stage.WAITING, DUE - HOUR, Stage.REMINDED, Clock(DUE, DUE)),
        (Stage.WAITING, DUE, Stage.ESCALATED, Clock(DUE + 2 * HOUR, DUE + 2 * HOUR)),
        (Stage.WAITING, DUE + HOUR, Stage.ESCALATED, Clock(DUE + 3 * HOUR, DUE + 3 * HOUR)),
        (Stage.REMINDED, DUE, Stage.ESCALATED, Clock(DUE + 2 * HOUR, DUE + 2 * HOUR)),
        (Stage.ESCALATED, DUE, Stage.OVERDUE, Clock(DUE, None)),
        (Stage.OVERDUE, DUE, Stage.OVERDUE, Clock(DUE, None)),
    ],
)
def test_each_rung(stage: Stage, now: datetime, then: Stage, clock: Clock) -> None:
    assert climbed(stage, due_at=DUE, period=2 * HOUR, now=now) == (then, clock)


@given(
    due=st.integers(1, 100),
    remind=st.one_of(st.none(), st.integers(1, 120)),
    late=st.lists(st.integers(0, 50), min_size=8, max_size=8),
)
def test_each_rung_fires_once_and_then_nothing(due: int, remind: int | None, late: list[int]) -> None:
    sla = Sla(due=due * HOUR, remind=remind * HOUR if remind else None)
    clock, stage, fired = started(sla, queue_due=None, now=NOW), Stage.WAITING, []
    for wait in late:
        if clock.timer_at is None:
            break
        now = clock.timer_at + wait * HOUR
        stage, clock = climbed(stage, due_at=clock.due_at, period=due * HOUR, now=now)
        fired.append(stage)
    assert fired == sorted(set(fired))
    assert fired[-2:] == [Stage.ESCALATED, Stage.OVERDUE]
    assert clock.timer_at is None
