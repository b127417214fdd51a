"""People, their limits, and the queues that they own."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from surehand.core.duration import Duration

PersonName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", max_length=64, description="such as ap.lead")
]


class Role(StrEnum):
    """What a person is for."""

    REVIEWER = "reviewer"
    SPECIALIST = "specialist"
    OWNER = "owner"
    BUILDER = "builder"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


class Person(BaseModel):
    """One human, or one service that acts through an API key.

    name    as people read it
    email   where messages go
    roles   what they are for
    limit   the largest stake this person may decide alone, in the process's currency; None: no limit
    active  False once they have left
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    email: str | None = None
    roles: tuple[Role, ...] = (Role.REVIEWER,)
    limit: Annotated[Decimal, Field(ge=0)] | None = None
    active: bool = True

    def has(self, *roles: Role) -> bool:
        """Holds at least one of these roles."""
        return any(role in self.roles for role in roles)


class Queue(BaseModel):
    """A kind of work with a named owner.

    owner    answers for the queue and receives what nobody else may decide
    backup   takes over when the owner cannot
    members  who decide day to day; the owner and the backup belong to it anyway
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: PersonName
    backup: PersonName | None = None
    members: tuple[PersonName, ...] = ()
    due: Duration | None = Field(default=None, description="deadline where the step sets none")

    @property
    def people(self) -> tuple[str, ...]:
        """Members first, then backup and owner; each once."""
        named = (*self.members, *([self.backup] if self.backup else ()), self.owner)
        return tuple(dict.fromkeys(named))


class People(BaseModel):
    """`people.yaml`: everyone who may act here, and the queues.

    people  everyone by name, such as ap.lead
    queues  kinds of work by name, each with an owner
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: dict[PersonName, Person]
    queues: dict[PersonName, Queue] = Field(default_factory=dict)

    def active(self, name: str) -> bool:
        """Exists and has not left."""
        person = self.people.get(name)
        return person is not None and person.active
