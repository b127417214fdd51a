"""What the API takes and gives of people, queues, authority, delegations and absences."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from surehand.core.duration import Duration
from surehand.core.grants import Delegation, Grant
from surehand.core.names import PersonName
from surehand.core.people import Absence, Needed, Person, Queue, SkillLevel, Strategy
from surehand.core.roles import Role
from surehand.web.bodies import Taken

Because = Annotated[str, Field(min_length=1, max_length=500, description="Why, for the record.")]


class Reasoned(Taken):
    """A change with its reason."""

    because: Because


class PersonAdded(Reasoned):
    """Somebody new."""

    name: PersonName
    person: Person


class PersonChanged(Reasoned):
    """Some of what a person is; what is left out stays as it is."""

    name: str = ""
    email: str | None = None
    aliases: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    roles: tuple[Role, ...] = ()
    team: PersonName | None = None
    skills: Mapping[PersonName, SkillLevel] = Field(default_factory=dict)
    capacity: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 1.0
    limit: Annotated[Decimal, Field(ge=0)] | None = None
    zone: str = "UTC"
    slack: str | None = None
    calendar: str | None = None


class QueueAdded(Reasoned):
    """A new queue."""

    name: PersonName
    queue: Queue


class QueueChanged(Reasoned):
    """Some of what a queue is; what is left out stays as it is."""

    owner: PersonName = ""
    backup: PersonName | None = None
    members: tuple[PersonName, ...] = ()
    teams: tuple[PersonName, ...] = ()
    strategy: Strategy = "least-loaded"
    skills: Mapping[PersonName, Needed] = Field(default_factory=dict)
    due: Duration | None = None
    calendar: str | None = None


class RowGiven(Reasoned):
    """A row of authority."""

    row: Grant


class DelegationGiven(Reasoned):
    """Authority that you lend."""

    to: PersonName
    decides: tuple[str, ...] = ("*",)
    start: date = Field(alias="from")
    until: date

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class AbsenceGiven(Reasoned):
    """Some days on which a person is away."""

    person: PersonName
    absence: Absence


class RosterChange(BaseModel):
    """A change was made; nothing differs where `rev` is the one that you had."""

    rev: int = Field(description="Revision of the roster that is in force now.")


class PersonPrivate(BaseModel):
    """What only the person, owners, auditors and administrators see of somebody."""

    email: str | None
    aliases: tuple[str, ...]
    skills: Mapping[str, int]
    capacity: float
    limit: Decimal | None
    zone: str
    open: int = Field(description="How many assignments they have.")


class PersonShown(BaseModel):
    """A person, as you may see them."""

    id: str
    name: str
    roles: tuple[Role, ...]
    team: str | None
    queues: tuple[str, ...]
    active: bool
    here: bool
    private: PersonPrivate | None = Field(description="null where you may not see it.")


class PeopleShown(BaseModel):
    """Everyone."""

    rev: int
    people: list[PersonShown]


class AllowanceShown(BaseModel):
    """What somebody may decide alone at one decision, by one row."""

    limit: Decimal | None
    consequence: str | None
    row: Grant | None


class DecisionShown(BaseModel):
    """One kind of decision; nobody may decide it where `alone` is empty."""

    process: str
    point: str
    queue: str
    currency: str | None
    alone: list[AllowanceShown]


class PersonDetail(PersonShown):
    """A person with what they may decide."""

    rev: int
    decides: list[DecisionShown] | None
    absences: list["AbsenceShown"]


class QueueShown(BaseModel):
    """A queue."""

    id: str
    queue: Queue
    waiting: int | None = Field(description="null where you may not know.")
    here: list[str] = Field(description="Who of it is here.")


class QueuesShown(BaseModel):
    """Every queue."""

    rev: int
    queues: list[QueueShown]


class RowShown(BaseModel):
    """A row of authority, by its id."""

    id: str
    row: Grant


class AuthorityShown(BaseModel):
    """Rows of authority: all, or those about you."""

    rev: int
    rows: list[RowShown]


class DelegationShown(BaseModel):
    """Authority that is lent, by its id."""

    id: str
    delegation: Delegation


class DelegationsShown(BaseModel):
    """What is lent: all, or by and to you."""

    rev: int
    delegations: list[DelegationShown]


class AbsenceShown(BaseModel):
    """Some days away, by their id."""

    id: str
    person: str
    absence: Absence


class AbsencesShown(BaseModel):
    """Who is away from today on."""

    rev: int
    absences: list[AbsenceShown]
