"""People, the teams that they belong to, and the queues that they own."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from surehand.core.calendars import Calendar, CalendarName
from surehand.core.duration import Duration
from surehand.core.grants import Delegation, Grant
from surehand.core.names import PersonName
from surehand.core.reach import Reach, SlackMember
from surehand.core.roles import Role

#: Stand-ins of stand-ins that are asked for, before somebody else gets it.
LINKS = 5

#: Absences and loans lie between these days: calendars end in the year 9999, and a day has to follow.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)

#: How well somebody knows a kind of work, from 1 (in training) to 5.
SkillLevel = Annotated[int, Field(ge=1, le=5)]


class Absence(BaseModel):
    """Some days on which a person is away.

    from      the first of them, where the person is
    until     the last of them
    stand_in  who gets meanwhile what would be theirs, as far as they may decide it
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    start: date = Field(alias="from")
    until: date
    stand_in: PersonName | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.until < self.start:
            raise ValueError("'until' comes before 'from'")
        return self

    def covers(self, day: date) -> bool:
        """The day is one of them."""
        return self.start <= day <= self.until

    def overlaps(self, other: "Absence") -> bool:
        """Some day is one of both."""
        return self.start <= other.until and other.start <= self.until


class Person(BaseModel):
    """One human, or one service that acts through an API key.

    name      as people read it
    email     where messages go
    slack     who they are at Slack, where messages go and buttons come from
    reach     over which channels, at once or gathered, and when not
    aliases   other names of the same human elsewhere; whatever carries one of them counts as theirs
    roles     what they are for
    team      the team that they belong to
    skills    how well they know kinds of work, 1 to 5
    capacity  how much of a queue they take, next to others; 0.5: half as much
    limit     the largest stake this person may decide alone, in the process's currency; None: no limit
    absences  when they are away
    zone      where their days begin and end
    calendar  when they work; at any time, if left out
    active    False once they have left
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    email: str | None = None
    slack: SlackMember | None = None
    reach: Reach = Field(default_factory=Reach)
    aliases: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    roles: tuple[Role, ...] = (Role.REVIEWER,)
    team: PersonName | None = None
    skills: Mapping[PersonName, SkillLevel] = Field(default_factory=dict)
    capacity: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 1.0
    limit: Annotated[Decimal, Field(ge=0)] | None = None
    absences: tuple[Absence, ...] = ()
    zone: str = "UTC"
    active: bool = True
    calendar: CalendarName | None = None

    def has(self, *roles: Role) -> bool:
        """Holds at least one of these roles."""
        return any(role in self.roles for role in roles)

    def absence(self, at: datetime) -> Absence | None:
        """The absence that a time falls into, if one does."""
        if not self.absences:
            return None
        day = self.day(at)
        return next((absence for absence in self.absences if absence.covers(day)), None)

    def day(self, at: datetime) -> date:
        """The day that it is where they are."""
        return at.astimezone(ZoneInfo(self.zone)).date()


class Team(BaseModel):
    """People who work together; authority may be given to all of them.

    about  what it does; the pages of its people say so
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = ""


#: How a queue chooses among those who may decide a case.
Strategy = Literal["least-loaded", "round-robin", "named"]


class Needed(BaseModel):
    """A skill that a queue asks for.

    level  the least level that is asked for
    relax  after so long with nobody of that level, one level less is enough; never, if left out
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: SkillLevel = 1
    relax: Duration | None = None


class Queue(BaseModel):
    """A kind of work with a named owner.

    owner     answers for the queue and receives what nobody else may decide
    backup    takes over when the owner cannot
    members   who decide day to day; the owner and the backup belong to it anyway
    teams     teams all of whose people are members
    strategy  whom a case goes to among those who may decide it: who has least for their capacity, each in
              turn, or the first of `members` who is here
    skills    what its people have to know
    reserve   for so long `claim next` passes over what somebody has opened
    due       deadline where the step sets none
    calendar  when it is open, where deadlines count working time
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: PersonName
    backup: PersonName | None = None
    members: tuple[PersonName, ...] = ()
    teams: tuple[PersonName, ...] = ()
    strategy: Strategy = "least-loaded"
    skills: Mapping[PersonName, Needed] = Field(default_factory=dict)
    reserve: Duration | None = None
    due: Duration | None = Field(default=None, description="deadline where the step sets none")
    calendar: CalendarName | None = None


class People(BaseModel):
    """`people.yaml`: everyone who may act here, what they may decide, and the queues.

    people       everyone by name, such as ap.lead
    teams        teams by name
    queues       kinds of work by name, each with an owner
    authority    who may decide what alone; a decision that no row names is open to its queue
    delegations  authority that somebody lends to somebody else for a while
    calendars    working hours by name, which people and queues then name
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: dict[PersonName, Person]
    teams: dict[PersonName, Team] = Field(default_factory=dict)
    queues: dict[PersonName, Queue] = Field(default_factory=dict)
    authority: tuple[Grant, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    calendars: dict[CalendarName, Calendar] = Field(default_factory=dict)

    def __copy__(self) -> Self:
        """A copy, which may be given other people, works out for itself what follows from them."""
        copied = super().__copy__()
        for worked_out in copied.__dict__.keys() - type(self).model_fields:
            del copied.__dict__[worked_out]
        return copied

    def active(self, name: str) -> bool:
        """Exists and has not left."""
        person = self.people.get(name)
        return person is not None and person.active

    def here(self, name: str, at: datetime) -> bool:
        """Is active and not away at this time. What else keeps people away is asked here, and in `back`."""
        person = self.people.get(name)
        return person is not None and person.active and person.absence(at) is None

    def stand_in(self, name: str, at: datetime) -> str | None:
        """Who is here and gets what would be an absent person's: their stand-in, or the stand-in of that one.

        None where nobody was named, or nobody within `LINKS` is here.
        """
        met = {name}
        for _ in range(LINKS):
            person = self.people.get(name)
            absence = person.absence(at) if person is not None else None
            if absence is None or absence.stand_in is None or absence.stand_in in met:
                return None
            name = absence.stand_in
            if self.here(name, at):
                return name
            met.add(name)
        return None

    def back(self, name: str, at: datetime) -> datetime:
        """When somebody who is away is here again; now, if they are. Nobody is later than `LAST_DAY`."""
        person, back = self.people[name], at
        while (absence := person.absence(back)) is not None:
            if absence.until >= LAST_DAY:
                return datetime.combine(LAST_DAY, time(), UTC)
            next_day = datetime.combine(absence.until, time(), ZoneInfo(person.zone)) + timedelta(days=1)
            back = next_day.astimezone(UTC)
        return back

    def principal(self, name: str) -> str | None:
        """The one human (or service) behind a name, an alias or an e-mail address; None: nobody here."""
        return name if name in self.people else self._known_as.get(name.strip().casefold())

    def members(self, queue: str) -> tuple[str, ...]:
        """Everybody who decides day to day in a queue, by name or by team, and has not left.

        None where there is no queue.
        """
        return self._members.get(queue, ())

    def everybody(self, queue: str) -> tuple[str, ...]:
        """Members first, then backup and owner; each once. None where there is no such queue."""
        found = self.queues.get(queue)
        if found is None:
            return ()
        above = (*([found.backup] if found.backup else ()), found.owner)
        return tuple(dict.fromkeys([*self.members(queue), *above]))

    def belongs(self, name: str, queue: str) -> bool:
        """A member of a queue, its owner or its backup."""
        found = self.queues.get(queue)
        return found is not None and (
            name in (found.owner, found.backup) or name in self._members.get(queue, ())
        )

    def queues_of(self, name: str, *, at: datetime | None = None) -> tuple[str, ...]:
        """The queues that a person belongs to; with a time, those too whose work was lent to them then."""
        names = {name} if at is None else {name, *self.lenders(name, at)}
        return tuple(queue for queue in self.queues if any(self.belongs(one, queue) for one in names))

    def lenders(self, name: str, at: datetime) -> frozenset[str]:
        """Who lends authority to a person at a time."""
        return frozenset(
            one.by
            for one in self.delegations
            if one.to == name and one.by in self.people and one.covers(self.people[one.by].day(at))
        )

    def grants(self, process: str, kind: str) -> tuple[Grant, ...]:
        """The rows of authority about a kind of decision."""
        if not self.authority:
            return ()
        found = self._grants.get((process, kind))
        if found is None:
            found = tuple(grant for grant in self.authority if grant.about(process, kind))
            self._grants[process, kind] = found
        return found

    @cached_property
    def _grants(self) -> dict[tuple[str, str], tuple[Grant, ...]]:
        return {}

    @cached_property
    def _known_as(self) -> dict[str, str]:
        known = {}
        for name, person in self.people.items():
            for alias in (*person.aliases, *([person.email] if person.email else ()), name):
                known[alias.strip().casefold()] = name
        return known

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        of_team: dict[str, list[str]] = {}
        for name, person in self.people.items():
            if person.team is not None and person.active:
                of_team.setdefault(person.team, []).append(name)
        found = {}
        for name, queue in self.queues.items():
            of_teams = [one for team in queue.teams for one in of_team.get(team, ())]
            found[name] = tuple(dict.fromkeys([*filter(self.active, queue.members), *of_teams]))
        return found
