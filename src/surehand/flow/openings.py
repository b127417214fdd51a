"""The openings of the calendars that people.yaml names, worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surehand.core.calendars import Hours
from surehand.core.people import People
from surehand.maps.calendars import hours_of


@dataclass(slots=True)
class Openings:
    """Those of the people that were asked about last: they change seldom, and a calendar is worth keeping."""

    _of: People | None = None
    _hours: Mapping[str, Hours] = field(default_factory=dict)

    def of(self, people: People) -> Mapping[str, Hours]:
        """Calendar -> its openings."""
        if self._of is None or self._of.calendars is not people.calendars:
            found = hours_of(people)
            self._hours, self._of = found, people
        return self._hours
