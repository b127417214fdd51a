"""The clock: each rung once and in order, in either kind of time; what was left goes on after a question."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core import deadlines
from surehand.core.calendars import Calendar, Hours
from surehand.core.case import Assignment
from surehand.core.deadlines import (
    DEFAULT_DUE,
    LEAST,
    Clock,
    Rung,
    Stage,
    allowed,
    climbed,
    clock_of,
    hurried,
    resumed,
    started,
)
from surehand.core.oversight import Level
from surehand.core.people import Queue
from surehand.core.terms import PRESETS, Ask, Expire, Preset, Sla, TimeKind
from surehand.maps.calendars import hours
from tests.core.test_calendars import ZONES
from tests.core.walls import Wall, Week, walked

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
OFFICE = hours(Calendar(zone="UTC", week={"mon-fri": ["09:00-17:00"]}))

EVERY = Sla(
    due=8 * HOUR, remind=4 * HOUR, warn=5 * HOUR, share=6 * HOUR, expire=Expire(after=24 * HOUR, to="reject")
)


def given_at(clock: Clock) -> Assignment:
    return clock.on(
        Assignment(
            id="c.1", case_id="c", round=1, kind="decide", point="refund", queue="desk", person="ann",
            level=Level.REVIEW, because="", opened_at=NOW, due_at=clock.due_at, timer_at=None,
        )
    )  # fmt: skip


def played(
    sla: Sla, sweeps: Sequence[datetime], *, counted: Hours | None = None
) -> list[tuple[Rung, datetime]]:
    """The rungs with the sweep in which each was climbed, the clock kept in a row in between."""
    assignment, found = given_at(started(sla, queue_due=None, now=NOW, hours=counted)), []
    for now in sweeps:
        clock = clock_of(assignment)
        if clock.timer_at is not None and clock.timer_at <= now:
            fired, clock = climbed(clock, now=now, period=allowed(sla, None), hours=counted)
            found += [(rung, now) for rung in fired]
            assignment = clock.on(assignment)
            assert clock_of(assignment) == clock
    return found


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


@pytest.mark.parametrize(
    ("given", "due", "remind"),
    [
        ("urgent", 4, 3),
        ("standard", 24, 20),
        ("complex", 72, 48),
        ("policy-exception", 168, 120),
        ({"preset": "urgent", "due": "PT2H"}, 2, 1.5),  # the reminder moves along
        ({"preset": "urgent", "remind": "PT1H"}, 4, 1),
    ],
)
def test_presets_and_what_changes_them(given: Any, due: float, remind: float) -> None:
    sla = Sla.model_validate(given)
    assert (sla.due, sla.remind) == (due * HOUR, remind * HOUR)


def test_every_preset_reminds_before_it_is_due() -> None:
    assert set(PRESETS) == set(Preset)
    assert all(remind < due for due, remind in PRESETS.values())


def test_a_row_says_a_plain_clock_without_more() -> None:
    """So that rows of versions before mean what they meant, and new ones mean the same to them."""
    clock = started(Sla(due=4 * HOUR, remind=3 * HOUR), queue_due=None, now=NOW)
    assignment = given_at(clock)
    assert (assignment.timer_at, assignment.due_at, assignment.clock) == (
        NOW + 3 * HOUR,
        NOW + 4 * HOUR,
        None,
    )
    for now, stage, due, timer in (
        (3, Stage.REMINDED, 4, 4), (4, Stage.ESCALATED, 8, 8), (8, Stage.OVERDUE, 8, None),
    ):  # fmt: skip
        _, clock = climbed(clock_of(assignment), now=NOW + now * HOUR, period=4 * HOUR)
        assignment = clock.on(assignment)
        assert (assignment.stage, assignment.clock) == (stage, None)
        assert assignment.due_at == NOW + due * HOUR
        assert assignment.timer_at == (None if timer is None else NOW + timer * HOUR)


@pytest.mark.parametrize(
    ("sweeps", "climbs"),
    [
        # each at its time: escalated at 8 and due again after 8, overdue at 16, expired at 24
        (range(30), {"remind": 4, "warn": 5, "share": 6, "escalate": 8, "overdue": 16, "expire": 24}),
        # after an outage of two days: what was missed in order and at once, and then time for whoever has it
        (
            [1, *range(50, 90)],
            {"remind": 50, "warn": 50, "share": 50, "escalate": 50, "overdue": 58, "expire": 66},
        ),
        # an outage in the middle
        ([5, 7, *range(55, 90)],
         {"remind": 5, "warn": 5, "share": 7, "escalate": 55, "overdue": 63, "expire": 71}),
    ],
)  # fmt: skip
def test_every_rung_once_and_in_order(sweeps: Sequence[int], climbs: Mapping[str, int]) -> None:
    found = played(EVERY, [NOW + n * HOUR for n in sweeps])
    assert [(str(rung), (at - NOW) / HOUR) for rung, at in found] == list(climbs.items())


def test_the_second_deadline_is_not_after_the_end() -> None:
    sla = EVERY.model_copy(update={"expire": Expire(after=12 * HOUR, to="closed")})
    clock = started(sla, queue_due=None, now=NOW)
    _, clock = climbed(clock, now=NOW + 8 * HOUR, period=8 * HOUR)
    assert (clock.due_at, [one.rung for one in clock.ahead]) == (NOW + 12 * HOUR, [Rung.EXPIRE])


def test_rungs_count_in_the_same_time_as_the_deadline() -> None:
    found = played(EVERY, [NOW + n * HOUR for n in range(24 * 6)], counted=OFFICE)
    days = [(str(rung), at.isoformat()[8:13]) for rung, at in found]
    assert days == [
        ("remind", "05T13"), ("warn", "05T14"), ("share", "05T15"), ("escalate", "05T17"),
        ("overdue", "06T17"), ("expire", "07T17"),
    ]  # fmt: skip


@given(
    rungs=st.lists(st.integers(1, 200), min_size=5, max_size=5, unique=True).map(sorted),
    which=st.lists(st.booleans(), min_size=4, max_size=4),
    steps=st.lists(st.integers(0, 90), min_size=5, max_size=40),
    working=st.booleans(),
)
def test_no_rung_is_missed_doubled_early_or_out_of_order(
    rungs: list[int], which: list[bool], steps: list[int], working: bool
) -> None:
    remind, warn, share, due, expire = (n * HOUR for n in rungs)
    sla = Sla(
        due=due, remind=remind if which[0] else None, warn=warn if which[1] else None,
        share=share if which[2] else None, expire=Expire(after=expire, to="closed") if which[3] else None,
    )  # fmt: skip
    counted = OFFICE if working else None
    sweeps, now = [], NOW
    for step in steps:
        now += step * HOUR
        sweeps.append(now)
    sweeps += [now + timedelta(days=n) for n in range(1, 400)]
    found = played(sla, sweeps, counted=counted)
    wanted = [rung for rung, there in zip((Rung.REMIND, Rung.WARN, Rung.SHARE), which, strict=False) if there]
    names = [rung for rung, _ in found]
    assert names[: len(wanted) + 1] == [*wanted, Rung.ESCALATE]
    assert names[len(wanted) + 1 :] in (
        [[Rung.EXPIRE], [Rung.OVERDUE, Rung.EXPIRE]] if which[3] else [[Rung.OVERDUE]]
    )
    plan = {Rung.REMIND: remind, Rung.WARN: warn, Rung.SHARE: share, Rung.ESCALATE: due}
    for rung, at in found:
        if rung in plan:
            planned = deadlines.later(counted, NOW, plan[rung])
            assert at == next(sweep for sweep in sweeps if sweep >= planned)


# Questions


def test_a_reviewer_goes_on_with_what_was_left() -> None:
    assignment = given_at(started(EVERY, queue_due=None, now=NOW))
    asked = NOW + 5.5 * HOUR  # reminded and warned by then
    _, clock = climbed(clock_of(assignment), now=asked, period=8 * HOUR)
    held = closed_at(clock, asked)
    answered = asked + timedelta(days=9)
    after = resumed(held, now=answered, hours=None, runs=False)
    assert [(str(one.rung), (one.at - answered) / HOUR) for one in after.ahead] == [
        ("share", 0.5), ("escalate", 2.5), ("expire", 18.5),
    ]  # fmt: skip
    assert (after.due_at, after.stage) == (answered + 2.5 * HOUR, Stage.REMINDED)
    assert resumed(held, now=answered, hours=None, runs=True) == clock


def closed_at(clock: Clock, at: datetime) -> Assignment:
    closing = {"open": False, "closed_at": at, "clock": clock.kept(whole=True), "timer_at": None}
    return deadlines.replace(given_at(clock), **closing)


def test_what_was_left_of_working_time_is_working_time() -> None:
    clock = started(Sla(due=10 * HOUR), queue_due=None, now=NOW, hours=OFFICE)
    held = closed_at(clock, NOW + 5 * HOUR)  # Monday at 14: five hours are left
    after = resumed(held, now=datetime(2026, 1, 9, 16, tzinfo=UTC), hours=OFFICE, runs=False)
    assert after.due_at == datetime(2026, 1, 12, 13, tzinfo=UTC)


@pytest.mark.parametrize("left", [timedelta(minutes=3), timedelta(0), -5 * HOUR])
def test_there_is_a_little_time_left_at_least(left: timedelta) -> None:
    clock = started(Sla(due=4 * HOUR), queue_due=None, now=NOW)
    after = resumed(closed_at(clock, clock.due_at - left), now=NOW + 90 * HOUR, hours=None, runs=False)
    assert (after.due_at, after.timer_at) == (NOW + 90 * HOUR + LEAST, NOW + 90 * HOUR + LEAST)


def test_what_a_version_before_closed_goes_on_too() -> None:
    clock = started(Sla(due=4 * HOUR, remind=HOUR), queue_due=None, now=NOW)
    held = deadlines.replace(closed_at(clock, NOW + 2 * HOUR), clock=None)
    after = resumed(held, now=NOW + 50 * HOUR, hours=None, runs=False)
    assert (after.due_at, [one.rung for one in after.ahead]) == (NOW + 52 * HOUR, [Rung.ESCALATE])


def test_a_question_is_reminded_of_half_way_and_ends_with_a_running_clock() -> None:
    ask = Ask(within=8 * HOUR, time=TimeKind.WORKING)
    clock = deadlines.asking(ask, now=NOW + 4 * HOUR, hours=OFFICE, until=None)
    assert [one.at for one in clock.ahead] == [NOW + 8 * HOUR, NOW + 28 * HOUR]
    runs = Ask(within=8 * HOUR, clock="run")
    assert deadlines.asking(runs, now=NOW, hours=None, until=NOW + 2 * HOUR).due_at == NOW + 2 * HOUR
    assert deadlines.asking(runs, now=NOW, hours=None, until=NOW - HOUR).due_at == NOW + 8 * HOUR


def test_a_clock_stands_for_so_many_questions_in_one_go() -> None:
    clock, now = started(Sla(due=8 * HOUR), queue_due=None, now=NOW), NOW
    stood = []
    for _ in range(5):
        now += HOUR
        stood.append(deadlines.stands(None, clock))
        held = closed_at(clock, now)
        now += timedelta(days=1)
        clock = resumed(held, now=now, hours=None, runs=not stood[-1])
        assert clock_of(given_at(clock)) == clock
    assert stood == [True, True, True, False, False]
    assert clock.due_at == NOW + timedelta(days=3) + 8 * HOUR
    once = Ask(pauses=1)
    assert deadlines.stands(once, started(Sla(due=HOUR), queue_due=None, now=NOW))
    assert not deadlines.stands(once, clock)
    assert not deadlines.stands(Ask(clock="run"), started(Sla(due=HOUR), queue_due=None, now=NOW))


# A customer waits


def test_a_deadline_is_brought_forward_with_what_comes_before_it() -> None:
    clock = started(EVERY, queue_due=None, now=NOW)
    sooner = hurried(clock, by=NOW + 5 * HOUR)
    assert [(str(one.rung), (one.at - NOW) / HOUR) for one in sooner.ahead] == [
        ("remind", 4), ("warn", 5), ("share", 5), ("escalate", 5), ("expire", 24),
    ]  # fmt: skip
    assert hurried(clock, by=NOW + 9 * HOUR) == clock


# Which calendar


def test_working_time_is_that_of_the_step_or_of_the_queue() -> None:
    queue = Queue(owner="ann", calendar="berlin")
    of = {"berlin": OFFICE, "night": hours(Calendar(zone="UTC", week={"mon": ["20:00-21:00"]}))}
    assert deadlines.counted_in(Sla(), queue, of) is None
    assert deadlines.counted_in(Sla(time=TimeKind.WORKING), queue, of) is OFFICE
    assert deadlines.counted_in(Sla(time=TimeKind.WORKING, calendar="night"), queue, of) is of["night"]
    assert deadlines.counted_in(Sla(time=TimeKind.WORKING), Queue(owner="ann"), of) is None


# Against a walk along the clock on the wall

_WEEK: Week = {
    **dict.fromkeys(range(4), ("09:00-12:30", "13:30-17:00")), 4: ("08:15-14:45",), 5: ("22:00-06:00",),
}  # fmt: skip


def lives(zone: str, *, days: int, count: int, seed: int) -> None:
    """Cases whose rungs are climbed in sweeps at odd moments, one of them after an outage now and then."""
    first = datetime(2025, 9, 1, tzinfo=UTC)
    wall = walked(zone, _WEEK, first=first.date(), days=days)
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    counted = hours(Calendar(zone=zone, week={names[day]: spans for day, spans in _WEEK.items()}))
    chance = random.Random(seed)
    for _ in range(count):
        start = first + timedelta(seconds=chance.randrange(5 * 86400, (days - 90) * 86400))
        marks = sorted(chance.sample(range(60, 150_000), 4))
        remind, warn, share, due = (timedelta(seconds=mark) for mark in marks)
        sla = Sla(due=due, remind=remind, warn=warn, share=share)
        clock = started(sla, queue_due=None, now=start, hours=counted)
        _climbs(clock, start, marks, wall, counted, chance)


def _climbs(
    clock: Clock, start: datetime, marks: list[int], wall: Wall, counted: Hours, chance: random.Random
) -> None:
    expected = [wall.later(start, mark) for mark in marks]
    period, fired, now = timedelta(seconds=marks[-1]), [], start
    while Rung.ESCALATE not in [rung for rung, _ in fired]:
        outage = chance.random() < 0.1
        now += timedelta(seconds=chance.randrange(1, 300_000 if outage else 20_000))
        early = [at for at in expected[len(fired) :] if at <= now]
        new, clock = climbed(clock, now=now, period=period, hours=counted)
        assert len(new) == len(early), (start, marks, now)
        fired += [(rung, now) for rung in new]
    assert [rung for rung, _ in fired] == [Rung.REMIND, Rung.WARN, Rung.SHARE, Rung.ESCALATE]
    assert clock.due_at == wall.later(now, marks[-1])


@pytest.mark.parametrize("zone", ZONES)
def test_some_ladders_against_a_walk_along_the_wall(zone: str) -> None:
    lives(zone, days=240, count=200, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_100_000_rungs_against_a_walk_along_the_wall(zone: str) -> None:
    lives(zone, days=760, count=5_000, seed=2)
