"""Where things lie in a chart, and what is said of it to those who do not see it."""

import pytest

from surehand.core.report import Calibration, CurvePoint, Part, Share, Stretch
from surehand.web.charts import (
    Chart,
    Plane,
    Shape,
    Sign,
    apart,
    course_chart,
    curve_chart,
    reliability_chart,
    steps,
)


def share(value: float, reach: float = 0.01, answers: int = 100) -> Share:
    return Share(value, max(0.0, value - reach), value + reach, answers, round(answers * value))


def of(chart: Chart, kind: str, tag: str = "path") -> list[Shape]:
    return [one for one in chart.shapes if (one.kind, one.tag) == (kind, tag)]


def texts(chart: Chart) -> list[str]:
    return [one.text for one in chart.shapes if one.tag == "text"]


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in path.removeprefix("M").removesuffix("Z").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize(
    ("most", "found"),
    [
        (0.04, [0, 0.01, 0.02, 0.03, 0.04]), (0.07, [0, 0.02, 0.04, 0.06, 0.08]),
        (1, [0, 0.25, 0.5, 0.75, 1]), (17_000, [0, 5_000, 10_000, 15_000, 20_000]),
        (0, [0, 1]), (3, [0, 1, 2, 3]),
    ],
)  # fmt: skip
def test_steps_are_round_and_reach_far_enough(most: float, found: list[float]) -> None:
    assert steps(most) == pytest.approx(found)


def test_labels_do_not_cover_each_other() -> None:
    assert apart([100, 101, 30]) == [100, 112, 30]
    assert apart([50, 50, 50], 10) == [50, 60, 70]


def test_a_value_outside_lies_on_the_edge() -> None:
    plane = Plane(0, 100, 50, 0, 0, 1, 0, 0.1)
    assert (plane.x(0.5), plane.y(0.05)) == (50, 25)
    assert (plane.x(-3), plane.x(9), plane.y(0.2)) == (0, 100, 0)


# The course


def test_lines_break_where_people_decide_all() -> None:
    found = share(0.01)
    parts = [
        Stretch(0, 500, 0.0, None), Stretch(500, 1_000, 0.5, found), Stretch(1_000, 1_500, 0.6, found),
        Stretch(1_500, 2_000, 0.0, found), Stretch(2_000, 2_500, 0.4, found),
        Stretch(2_500, 3_000, 0.4, found),
    ]  # fmt: skip
    chart = course_chart(parts, [Sign("stopped", 1_500)], error=0.02)
    main = of(chart, "main")
    assert [len(points(line.d)) for line in main] == [2, 2]
    assert len(of(chart, "hold", "rect")) == 4, "two stretches, in both planes"
    assert {"people decide all", "40 % now", "at most 2 %", "found 1 %", "up to 2 %"} <= set(texts(chart))
    (sign,) = of(chart, "alarm")
    # half way along
    assert sign.d.startswith("M397 ")
    assert "stopped" in texts(chart)
    assert chart.text == (
        "After 3,000 judgements 40 % of cases are certified, with 1 % error found; at most 2 % may be. "
        "Alarms: 1."
    )


def test_what_was_certified_is_a_stair() -> None:
    parts = [Stretch(0, 500, 0.25, None), Stretch(500, 1_000, 0.75, None)]
    (stair,) = of(course_chart(parts, [], error=0.02), "step")
    assert points(stair.d) == [(44, 301), (397, 301), (397, 267), (750, 267)]


def test_one_judgement_is_enough_for_a_chart() -> None:
    chart = course_chart([Stretch(0, 1, 0.0, None)], [], error=0.02)
    assert "people decide all" in chart.text
    assert "Alarms: none." in chart.text


def test_shapes_tell_kinds_of_alarms_apart() -> None:
    parts = [Stretch(0, 1_000, 0.5, None)]
    kinds = ("stopped", "tightened", "surging", "overstated", "refused", "unproven", "certified")
    chart = course_chart(parts, [Sign(kind, 100 * n) for n, kind in enumerate(kinds)], error=0.02)
    shapes = [one.d.partition(" ")[2].partition("202")[2] for one in of(chart, "alarm")]
    assert len(shapes) == len(set(shapes)) == 6


# Error against coverage


def test_the_curve_marks_where_it_is_and_where_it_may_go() -> None:
    line = [
        CurvePoint(0.9, 0.2, share(0.01)),
        CurvePoint(0.5, 0.6, share(0.03)),
        CurvePoint(0, 1, share(0.11)),
    ]
    chart = curve_chart(line, error=0.02, now=0.4, then=0.6)
    (dot,) = of(chart, "pt", "circle")
    assert float(dot.x) == pytest.approx(44 + 0.4 * 476, abs=0.1)
    assert {"now 40 %", "next 60 %"} <= set(texts(chart))
    assert chart.text == (
        "If all cases ran alone, 11 % would be wrong. At 40 %, now: 2 %. At 60 %, next: 3 %."
    )
    assert len(of(chart, "pt-o")) == 1


def test_the_curve_of_a_guarantee_that_lets_nothing_run_has_no_marks() -> None:
    chart = curve_chart([CurvePoint(0.0, 1.0, share(0.4))], error=0.02, now=0.0, then=None)
    assert of(chart, "pt-o") == []
    assert len(of(chart, "pt", "circle")) == 1, "the one point of the curve"


# Said against right


def test_honest_confidence_lies_on_the_diagonal() -> None:
    parts = tuple(Part(said, said, said - 0.04, said + 0.04, 50) for said in (0.55, 0.75, 0.95))
    chart = reliability_chart(Calibration(parts, 0.0, 0.0, 0.02, 150))
    for dot in of(chart, "pt", "circle"):
        across = (float(dot.x) - 44) / 476
        assert across == pytest.approx((190 - float(dot.y)) / 172, abs=0.002)
    assert "every interval crosses the diagonal" in chart.text


def test_what_is_off_is_said() -> None:
    parts = (Part(0.95, 0.83, 0.8, 0.86, 400), Part(0.6, 0.6, 0.5, 0.7, 40))
    chart = reliability_chart(Calibration(parts, 0.1, 0.08, 0.12, 440))
    assert chart.text == "Groups of cases by stated confidence: 2; off the diagonal: 1."
    sizes = [float(dot.r) for dot in of(chart, "pt", "circle")]
    assert sizes[0] > sizes[1]
