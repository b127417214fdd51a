"""What a record says of a usual week, and what the map says where the record is little."""

import pytest

from surehand.core.demand import ENOUGH, OFFICE, WEEK, Past, Volume, demanded, timed

NONE = (0.0,) * WEEK
MAP = Volume(by_map=4_348.2143, by_hand=6)


def record(*, reviews: float = 600, weeks: int = 4, verdicts: float = 400, seconds: float = 90) -> Past:
    """Reviews and verdicts from 8 to 12 on Tuesdays, one verdict at night."""
    hours = [24 + hour for hour in range(8, 12)]
    came = tuple(reviews / 4 if hour in hours else 0.0 for hour in range(WEEK))
    decided = tuple(verdicts / 4 if hour in hours else float(hour == 3) for hour in range(WEEK))
    return Past(weeks, came, decided, [seconds] * 50)


def test_a_record_that_is_long_enough() -> None:
    demand, missing = demanded(record(), Volume())
    assert missing == []
    assert demand is not None
    assert demand.rates[24 + 8] == 600 / 4 / 4
    assert [hour for hour, there in enumerate(demand.open) if there] == [32, 33, 34, 35]
    assert (demand.a_week, demand.days, demand.hours) == (150, 1, 4)
    assert demand.work == pytest.approx(150 * 90 / 3600)
    assert (demand.reviews, demand.weeks, demand.watched) == (600, 4, True)


@pytest.mark.parametrize("past", [record(reviews=ENOUGH - 4), record(weeks=0)])
def test_a_record_that_is_too_short_gives_way_to_the_map(past: Past) -> None:
    demand, _ = demanded(past, MAP)
    assert demand is not None
    assert (demand.reviews, demand.weeks) == (0, 0)
    # 4,348 a month are 1,000 a week, spread over the hours in which verdicts were given
    assert demand.a_week == pytest.approx(1_000, rel=1e-4)
    assert {round(rate, 1) for rate in demand.rates} == {0, 250}


def test_what_runs_alone_asks_for_nobody() -> None:
    demand, _ = demanded(record(reviews=0, verdicts=0), Volume(4_348.2143, 6, automated=0.75))
    assert demand is not None
    assert demand.a_week == pytest.approx(250, rel=1e-4)
    assert demand.open == OFFICE


def test_another_volume_is_more_of_the_same() -> None:
    demand, _ = demanded(record(), Volume(measured=2_000), per_month=3_000)
    assert demand is not None
    assert demand.a_week == pytest.approx(150 * 1.5)
    # what it would be more than is not known
    assert demanded(record(), Volume(), per_month=4_348.2143)[0].a_week == pytest.approx(1_000, rel=1e-4)  # type: ignore[union-attr]


def test_what_is_missing_is_said() -> None:
    demand, missing = demanded(Past(0, NONE, NONE, [30.0] * 29), Volume())
    assert demand is None
    assert [text.split(":")[0] for text in missing] == [
        "Nobody knows how long a review takes", "Nobody knows how much comes",
    ]  # fmt: skip
    assert "29 of 30 verdicts" in missing[0]


@pytest.mark.parametrize("volume", [0.0, -1.0, float("inf"), float("nan")])
def test_no_volume_is_refused(volume: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        demanded(record(), MAP, per_month=volume)


def test_pauses_and_clicks_do_not_say_how_long_a_review_takes() -> None:
    service = timed([60.0] * 90 + [3600.0 * 12] * 40 + [0.0, -5.0], 9)
    assert service is not None
    assert (service.mean, service.median, service.count) == (60, 60, 90)
    # one hour is long for what takes six minutes, and not for what takes half of one
    assert timed([3_600.0] * 60, 6).count == 0  # type: ignore[union-attr]
    assert timed([3_600.0] * 60, 30).mean == 3_600  # type: ignore[union-attr]


def test_one_slow_review_in_a_hundred_is_left_out() -> None:
    service = timed([30.0] * 99 + [800.0], None)
    assert service is not None
    assert service.mean == 30
    assert set(service.values) == {30.0}
