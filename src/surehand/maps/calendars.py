"""Calendars of `people.yaml` with what they name: time zones, and the public holidays of a country."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache, partial
from zoneinfo import ZoneInfo, available_timezones

from surehand.core.calendars import Calendar, Hours
from surehand.core.people import People
from surehand.maps.faults import Faults, nearest
from surehand.maps.source import DataPath


def hours_of(people: People) -> Mapping[str, Hours]:
    """The openings of every calendar by name. Zones and holidays are known: they were checked."""
    return {name: hours(calendar) for name, calendar in people.calendars.items()}


def hours(calendar: Calendar) -> Hours:
    """The openings of one calendar. Raises ZoneInfoNotFoundError or NotImplementedError for unknown names."""
    return _hours(calendar.model_dump_json())


@lru_cache(maxsize=64)
def _hours(calendar: str) -> Hours:
    """Openings of some years take a moment to list: a roster that changes elsewhere goes on with the list."""
    found = Calendar.model_validate_json(calendar)
    return Hours(ZoneInfo(found.zone), found.weekdays, days=found.days, holidays=_holidays(found.holidays))


def _holidays(place: str | None) -> Callable[[int], frozenset[date]]:
    if place is None:
        return lambda _year: frozenset()
    return partial(public_holidays, place)


@cache
def public_holidays(place: str, year: int) -> frozenset[date]:
    """The public holidays of a country, or of a part of it such as DE-BE. Raises NotImplementedError."""
    import holidays  # takes a while, and only some deployments need it

    country, _, part = place.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


@cache
def zones() -> frozenset[str]:
    """The names of all time zones. Reading them takes a moment, so that it is done once."""
    return frozenset(available_timezones())


def check_calendars(people: People, faults: Faults) -> None:
    """Zones and countries exist, and every calendar that is named is there."""
    for name, calendar in people.calendars.items():
        path: DataPath = ("calendars", name)
        if calendar.zone not in zones():
            faults.unknown((*path, "zone"), "The time zone", calendar.zone, zones())
        if calendar.holidays is not None:
            _check_place(calendar.holidays, (*path, "holidays"), faults)
    for part, named in (("people", people.people), ("queues", people.queues)):
        for name, one in named.items():
            if one.calendar is not None and one.calendar not in people.calendars:
                faults.unknown((part, name, "calendar"), "The calendar", one.calendar, people.calendars)


def _check_place(place: str, path: DataPath, faults: Faults) -> None:
    from holidays import list_supported_countries

    country, _, part = place.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    if parts is None:
        faults.add(
            path, f"No holidays are known of '{country}'; write a country by its two letters, as in DE."
        )
    elif part and part not in parts:
        known = ", ".join(parts) or "none"
        faults.add(
            path,
            f"No holidays are known of '{part}' in {country}; the parts are: {known}.",
            nearest(part, parts),
        )
