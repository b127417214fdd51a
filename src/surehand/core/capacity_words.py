"""What a queue needs and has, in sentences that its owner understands."""

from surehand.core.capacity import Binds, Capacity, Peak
from surehand.core.duration import in_words
from surehand.core.phrases import hundred, words

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def persons(number: int) -> str:
    """'1 person', '2 people'."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def at(found: Capacity, peak: Peak) -> str:
    """'on Mondays 9–12'; 'on Mondays' where that is all day."""
    day = "every working day" if peak.weekday is None else f"on {DAYS[peak.weekday]}"
    bars = found.day.bars
    whole = peak.weekday is not None and (peak.first, peak.until) == (bars[0].hour, bars[-1].hour + 1)
    return day if whole else f"{day} {peak.first}–{peak.until}"


def needed(found: Capacity) -> str:
    """How many people, and when."""
    share = f"{hundred(found.aim.on_time)} in 100"
    if found.enough is None:
        return f"No number of people decides {share} within {in_words(found.aim.within)}."
    whom = f"For {share} on time"
    if found.reachable < found.aim.on_time:
        whom = f"For {share} of those that can be on time"
    if found.peak is None or found.base is None:
        return f"{whom}: {persons(found.enough)}."
    more, usual = found.base + found.peak.more, persons(found.base)
    mostly = "" if found.peak.weekday is None else " on most days"
    return f"{whom}: {usual}{mostly}, {more:,} {at(found, found.peak)}."


def on_holiday(found: Capacity) -> str:
    """What holds with two fewer."""
    if not found.people:
        return "Nobody of the queue is here: nothing is decided."
    if not found.away.people:
        return "With two on holiday nobody would be here."
    share = f"With two on holiday, {hundred(found.away.on_time)} in 100 would be on time"
    if found.away.busy < 1:
        return f"{share}."
    return f"{share} in the first two weeks, and {_left(found, found.away.people)} more would wait each week."


def at_present(found: Capacity) -> str:
    """What holds with those who are there."""
    if not found.people:
        return "Somebody has to be a member of the queue, and active."
    who = f"With the {persons(found.people)} of the queue" if found.people > 1 else "With the one person"
    share = f"{who}, {hundred(found.now.on_time)} in 100 are on time"
    if found.now.busy >= 1:
        return f"{share} in the second week, and {_left(found, found.people)} more wait each week."
    if found.headroom < 0:
        return f"{share}, but they are busy {found.now.busy:.0%} of the time.".replace("%", " %")
    return f"{share}; {found.headroom:.0%} of the time they have for it is left.".replace("%", " %")


def _left(found: Capacity, people: int) -> str:
    demand = found.demand
    return f"{demand.a_week * (1 - demand.hours * people / demand.work):,.0f}"


def binding(found: Capacity) -> list[str]:
    """What the number follows from, and what no number helps against."""
    demand, within = found.demand, in_words(found.aim.within)
    busy = f"{100 * found.aim.busy:.0f}"
    told = []
    work = f"{demand.work:,.1f} hours in a week of {demand.hours} working hours"
    if found.binds is Binds.DEADLINE:
        alone = f"For the work alone, {work}, {persons(found.by_work)} would do."
        told.append(f"The deadline of {within} decides. {alone}")
    elif found.binds is Binds.WORK:
        told.append(
            f"The work decides, {work}, and not the deadline of {within}: nobody decides cases more than "
            f"{busy} % of the time."
        )
    else:
        told.append(f"The work, {work}, asks for as many as the deadline of {within}.")
    told.append(
        f"Were the busiest hour to last, it would take {persons(found.at_peak)}, and a case would wait "
        f"{spoken(found.wait.total_seconds())} on average (Erlang C)."
    )
    if found.reachable < 0.995:
        told.append(
            f"{hundred(1 - found.reachable)} in 100 are late whoever is there: they come when nobody works "
            "and are due before anybody does, or take longer than there is time."
        )
    return told


def resting_on(found: Capacity) -> list[str]:
    """Where the figures are from."""
    demand, service = found.demand, found.demand.service
    if demand.reviews:
        weeks = "a week" if demand.weeks == 1 else f"{demand.weeks} weeks"
        told = [f"What comes is from {demand.reviews:,} reviews of {weeks}."]
    else:
        told = [
            "What comes is what the map says of the volume, spread evenly over working time: too few reviews "
            "were recorded to show when they come."
        ]
    if service.count:
        told.append(
            f"A review takes {spoken(service.mean)} (half of them up to {spoken(service.median)}), from "
            f"{service.count:,} verdicts: at most the time since the person's verdict before it, or since "
            "the case came. Pauses are left out."
        )
    else:
        told.append(f"A review takes {spoken(service.mean)}, as the map says of the work by hand.")
    if not demand.watched:
        told.append(
            "Working time is taken to be Monday to Friday, 9 to 17: too few verdicts show when it is."
        )
    return told


def spoken(seconds: float) -> str:
    """41 -> '41 s', 540 -> '9 min', 7300 -> '2 h'."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 100 * size / 60:
            many = seconds / size
            return f"{many:.1f} {unit}".replace(".0 ", " ") if many < 10 else f"{many:.0f} {unit}"
    return f"{seconds:.0f} s"


def crowded(found: Capacity) -> str:
    """What the busiest day shows."""
    day, name = found.day, DAYS[found.day.weekday]
    if day.waits < 0.5:
        return f"{_busiest(found)}, and {persons(day.line)} can do what comes"
    until = "overnight" if day.until is None else f"until {day.until}:00"
    return f"On {name} up to {day.waits:,.0f} wait {until} with {persons(day.line)}"


def _busiest(found: Capacity) -> str:
    rates, open_ = found.demand.rates, found.demand.open
    days = [range(day * 24, day * 24 + 24) for day in range(7)]
    sums = [sum(rates[hour] for hour in day) for day in days if any(open_[hour] for hour in day)]
    alike = max(sums) <= 1.05 * min(sums)
    return "All working days are alike" if alike else f"{DAYS[found.day.weekday]} are the busiest days"


def ways_out(found: Capacity, freed: tuple[str, float] | None) -> list[str]:
    """What would help, where something is lacking.

    freed  a decision point, and reviews a day that would not come if it ran alone with spot checks
    """
    told, enough, peak = [], found.enough, found.peak
    short = (found.base or 0) - found.people
    top = f"{persons(peak.more + min(short, 0))} more {at(found, peak)}" if peak else ""
    if enough is not None and short > 0:
        told.append(f"{persons(short)} more" + (f", and {top}" if peak else ""))
    elif peak is not None and peak.more > -short:
        told.append(top)
    elif enough is not None and found.away.on_time < found.aim_share:
        told.append("somebody from another queue while two are away")
    if (told or enough is None) and freed is not None and freed[1] >= 0.5:
        told.append(
            f"let {words(freed[0])} run with spot checks, which frees up to {freed[1]:,.0f} reviews a day"
        )
    return told
