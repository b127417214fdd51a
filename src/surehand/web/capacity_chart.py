"""The busiest day of a queue: what comes in each hour, and what people can do."""

from surehand.core.capacity import Capacity
from surehand.core.capacity_words import DAYS, crowded, persons
from surehand.web.charts import Chart, Plane, apart, steps

#: Between two bars, as a share of an hour.
_GAP = 0.14


def day_chart(name: str, queue: str, found: Capacity) -> Chart:
    """Bars of cases an hour, a line of what people can do, and one of what they could if there were more.

    name  of its elements' ids
    """
    day = found.day
    more = max(day.line + 1, (found.base or 0) + found.peak.more if found.peak else found.enough or 0)
    able, could = day.each * day.line, day.each * more
    most = max(bar.cases for bar in day.bars)
    top = max(most, able) * 1.05
    rows = steps(could if could <= 2.2 * top else top)
    first, last = day.bars[0].hour, day.bars[-1].hour + 1
    plane = Plane(44, 534, 170, 26, first, last, 0, rows[-1])
    plane.text(f"Cases an hour, {DAYS[day.weekday]}", 44, 14)
    plane.rows(rows, "{:g}", times=1)
    for bar in day.bars:
        left, right = bar.hour + _GAP, bar.hour + 1 - _GAP
        plane.rect("bar", left, right, plane.y(bar.cases - bar.over), 170)
        if bar.over:
            plane.rect("over", left, right, plane.y(bar.cases), plane.y(bar.cases - bar.over))
        plane.text(str(bar.hour), (plane.x(bar.hour) + plane.x(bar.hour + 1)) / 2, 186, anchor="middle")
    lines = [("step", able, day.line, "l")] if day.line else []
    if could <= rows[-1]:
        lines.append(("bound", could, more, ""))
    places = apart([plane.y(value) + 4 for _, value, _, _ in lines])
    for (kind, value, people, words), y in zip(lines, places, strict=True):
        plane.line(kind, [(first, value), (last, value)])
        plane.text(f"{persons(people)}: {value:.3g}", 542, y, kind=words)
    if day.waits >= 0.5:
        until = "overnight" if day.until is None else f"until {day.until}:00"
        plane.text(f"{day.waits:,.0f} wait {until}", 534, 14, anchor="end", kind="limit-t")
    return Chart(
        name=name, title=f"Cases an hour on {DAYS[day.weekday]}, {queue}", text=_words(found), width=640,
        height=192, shapes=tuple(plane.shapes),
    )  # fmt: skip


def _words(found: Capacity) -> str:
    day = found.day
    most = max(day.bars, key=lambda bar: bar.cases)
    return (
        f"Most come at {most.hour}:00, {most.cases:.3g} an hour; {persons(day.line)} can decide "
        f"{day.each * day.line:.3g}. {crowded(found)}."
    )
