"""How many people, when, what binds, and what is said of it."""

from datetime import timedelta

import pytest

from surehand.core import capacity_words as told
from surehand.core.capacity import Aim, Binds, Capacity, Peak, capacity
from surehand.core.demand import WEEK, Demand, Service

MINUTES, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24)
OPEN = tuple(8 <= hour % 24 < 18 and hour < 120 for hour in range(WEEK))


def demand(
    monday: tuple[float, ...] = (9, 19, 21, 17, 8, 9, 12, 9, 5, 3),
    other: tuple[float, ...] = (6, 9, 10, 8, 5, 6, 7, 5, 3, 2),
    *,
    seconds: float = 450,
    night: float = 0,
    more: float = 1,
) -> Demand:
    rates = [night] * WEEK
    for day in range(5):
        for hour, count in enumerate(other if day else monday, 8):
            rates[24 * day + hour] = count * more
    service = Service(seconds, seconds, 300, tuple(seconds * (0.4 + 0.15 * place) for place in range(9)))
    return Demand(tuple(rates), OPEN, service, 4_000, 12, True)


def planned(people: int = 4, within: timedelta = MINUTES, **more: float) -> Capacity:
    return capacity(demand(**more), Aim(within), people=people)  # type: ignore[arg-type]


def test_a_short_deadline_needs_more_on_a_crowded_morning() -> None:
    found = planned(people=5)
    assert (found.enough, found.base, found.peak) == (4, 3, Peak(0, 10, 11, 1))
    assert found.binds is Binds.DEADLINE
    assert told.needed(found) == "For 95 in 100 on time: 3 people on most days, 4 on Mondays 10–11."
    assert found.at_peak > found.base


def test_each_number_of_people_is_the_smallest_that_does() -> None:
    for within in (MINUTES, HOUR, DAY):
        found = planned(within=within)
        shares = {one.people: one.on_time for one in found.options}
        assert found.enough is not None
        assert shares[found.enough] >= found.aim_share
        fewer = shares.get(found.enough - 1)
        too_busy = found.demand.work > found.demand.hours * (found.enough - 1) * found.aim.busy
        assert too_busy or fewer is None or fewer < found.aim_share


def test_with_a_day_it_is_the_work_that_decides() -> None:
    # 45 hours of work in a week of 50, so that one person is busy nine tenths of the time
    found = planned(people=1, within=DAY, seconds=455)
    assert (found.enough, found.by_work, found.binds) == (2, 2, Binds.WORK)
    assert found.now.on_time > 0.95
    assert found.headroom < 0
    assert "they are busy 90 % of the time" in told.at_present(found)
    assert "The work decides" in told.binding(found)[0]
    # with a limit at which nobody is idle the same person is enough
    assert capacity(found.demand, Aim(DAY, busy=1.0), people=1).enough == 1


def test_two_on_holiday() -> None:
    found = planned(people=5)
    assert found.away.people == 3
    assert found.away.on_time < found.now.on_time
    assert told.on_holiday(found) == (
        f"With two on holiday, {round(100 * found.away.on_time)} in 100 would be on time."
    )


def test_who_is_too_few_falls_behind_and_it_is_said() -> None:
    found = planned(people=3, within=DAY, seconds=900)
    assert found.away.busy > 1
    said = told.on_holiday(found)
    # 356 reviews a week, of which one person decides 200 in 50 hours
    assert "and 156 more would wait each week" in said
    assert planned(people=1, within=DAY, seconds=900).now.busy > 1


@pytest.mark.parametrize("people", [0, 1, 2])
def test_nobody_is_left(people: int) -> None:
    found = planned(people=people)
    assert found.away.on_time == 0
    assert "nobody" in told.on_holiday(found).lower()
    assert told.ways_out(found, None)


def test_what_comes_at_night_is_late_whoever_is_there() -> None:
    found = planned(people=9, night=0.5)
    assert found.reachable < 0.9
    assert "of those that can be on time" in told.needed(found)
    assert "are late whoever is there" in " ".join(told.binding(found))
    assert found.enough is not None
    # in working time nothing is due at night
    aim = Aim(MINUTES, working=True)
    assert capacity(found.demand, aim, people=9).reachable > found.reachable + 0.1


def test_what_takes_longer_than_there_is_time() -> None:
    found = planned(seconds=3_600)
    assert found.reachable == 0
    assert found.options
    assert told.binding(found)


def test_the_chart_adds_up() -> None:
    found = planned(people=2)
    day = found.day
    assert (day.weekday, day.line, [bar.hour for bar in day.bars]) == (0, 2, list(range(8, 18)))
    able = 2 * 3_600 / 450 * 0.85
    assert day.each == pytest.approx(able / 2)
    assert [bar.over for bar in day.bars][:3] == pytest.approx([0, 19 - able, 21 - able])
    # what waits at noon: all that came since nine, and was not decided
    assert day.waits == pytest.approx(19 + 21 + 17 - 3 * able)
    assert day.until == 15


def test_ways_out_name_what_is_lacking() -> None:
    found = planned(people=3)
    assert told.ways_out(found, ("accept_receipt", 22.4)) == [
        "1 person more on Mondays 10–11",
        "let accept receipt run with spot checks, which frees up to 22 reviews a day",
    ]
    assert told.ways_out(planned(people=1), None) == ["2 people more, and 1 person more on Mondays 10–11"]
    assert told.ways_out(planned(people=9), ("accept_receipt", 22.4)) == []
    assert told.ways_out(planned(people=5), None) == ["somebody from another queue while two are away"]


@pytest.mark.long
def test_a_hundred_people() -> None:
    found = capacity(demand(more=60), Aim(HOUR), people=60)
    assert found.enough is not None
    assert found.base is not None
    assert found.peak is not None
    assert found.by_work <= found.base < found.enough <= found.base + found.peak.more


@pytest.mark.parametrize("bad", [{"on_time": 0}, {"on_time": 1}, {"busy": 0}, {"busy": 1.1}])
def test_no_aim(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Aim(DAY, **bad)  # type: ignore[arg-type]


def test_fewer_than_nobody() -> None:
    with pytest.raises(ValueError, match="no fewer"):
        planned(people=-1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(41, "41 s"), (99, "99 s"), (100, "1.7 min"), (540, "9 min"), (3_100, "52 min"), (7_200, "2 h")],
)
def test_times_as_they_are_said(seconds: float, words: str) -> None:
    assert told.spoken(seconds) == words
