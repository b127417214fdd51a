"""Where bars and lines of a busy day lie, and what is said of it to those who do not see it."""

import itertools
from datetime import timedelta

import pytest

from surehand.core.capacity import Aim, Capacity, capacity
from surehand.core.demand import Volume, demanded
from surehand.web.capacity_chart import day_chart
from surehand.web.charts import Chart
from tests.web.capacity_samples import past


def planned(people: int, *, seconds: float = 450, factor: float = 1) -> Capacity:
    demand, _ = demanded(past(seconds=seconds, factor=factor), Volume())
    assert demand is not None
    return capacity(demand, Aim(timedelta(minutes=15)), people=people)


def rects(chart: Chart, kind: str) -> list[tuple[float, float]]:
    return [(float(one.y), float(one.h)) for one in chart.shapes if (one.kind, one.tag) == (kind, "rect")]


def texts(chart: Chart) -> list[str]:
    return [one.text for one in chart.shapes if one.tag == "text"]


def test_what_is_too_much_lies_above_the_line() -> None:
    found = planned(2)
    chart = day_chart("d", "refunds", found)
    bars, over = rects(chart, "bar"), rects(chart, "over")
    assert len(bars) == len(found.day.bars)
    assert len(over) == sum(bar.over > 0 for bar in found.day.bars) == 3
    (line,) = [one.d for one in chart.shapes if one.kind == "step"]
    height = float(line.split()[1])
    for top, high in over:
        assert top + high == pytest.approx(height, abs=0.11)
    assert "2 people: 13.6" in texts(chart)
    assert "16 wait until 15:00" in texts(chart)
    assert "Most come at 10:00, 21 an hour; 2 people can decide 13.6." in chart.text
    assert "On Mondays up to 16 wait until 15:00 with 2 people." in chart.text
    assert chart.title == "Cases an hour on Mondays, refunds"


@pytest.mark.parametrize("people", [0, 1, 4, 40])
@pytest.mark.parametrize("factor", [0.05, 1, 2, pytest.param(20, marks=pytest.mark.long)])
def test_everything_lies_inside(people: int, factor: float) -> None:
    chart = day_chart("d", "refunds", planned(people, factor=factor))
    for one in chart.shapes:
        for place, most in ((one.x, chart.width), (one.y, chart.height)):
            assert not place or 0 <= float(place) <= most
        assert not one.h or float(one.h) >= 0
        assert "nan" not in one.d + one.text


def test_labels_of_lines_do_not_cover_each_other() -> None:
    chart = day_chart("d", "refunds", planned(40, factor=20))
    places = sorted(float(one.y) for one in chart.shapes if one.tag == "text" and one.x == "542")
    assert all(later - before >= 12 for before, later in itertools.pairwise(places))
