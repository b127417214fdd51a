"""What a change of the roster would make wrong, beside the processes that run here."""

from datetime import date

from surehand.core.people import People
from surehand.errors import Fault
from surehand.flow.context import Context
from surehand.maps.authority import check_authority, decisions
from surehand.maps.calendars import check_calendars
from surehand.maps.checks import people_faults
from surehand.maps.faults import Faults, new_among
from surehand.maps.roster import check_roster
from surehand.maps.source import PathPlaces
from surehand.maps.staffing import check_staffing


def made_wrong(context: Context, before: People, after: People) -> list[Fault]:
    """What is wrong with people and was not before: what others left behind is no reason to refuse."""
    return new_among(_of_people(context, after), _of_people(context, before))


def made_undone(context: Context, before: People, after: People) -> list[Fault]:
    """Work that nobody could do any more, and maps that people do not fit any more."""
    return new_among(_of_work(context, after), _of_work(context, before))


def _of_people(context: Context, people: People) -> list[Fault]:
    faults = Faults(PathPlaces("roster"))
    check_roster(people, faults, today=_today(context))
    check_calendars(people, faults)
    check_authority(people, decisions(context.processes.current.values()), faults)
    return faults.found


def _of_work(context: Context, people: People) -> list[Fault]:
    faults = Faults(PathPlaces("roster"))
    check_staffing(people, faults, today=_today(context))
    of_maps = [
        fault
        for name, process in context.processes.current.items()
        for fault in people_faults(process.map, people, PathPlaces(name))
    ]
    return [*faults.found, *of_maps]


def _today(context: Context) -> date:
    return context.clock().date()
