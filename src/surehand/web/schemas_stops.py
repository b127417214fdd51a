"""What the API shows of stops, as OpenAPI shows it."""

from datetime import datetime

from pydantic import Field

from surehand.web.schemas import Fields, Given


class StopRecorded(Given):
    """A stop or a drill."""

    id: int
    process: str | None = Field(description="What is stopped; null: everything.")
    by: str
    because: str
    at: datetime
    drill: bool
    asked_by: str | None = Field(description="Who asks to resume.")
    asked_at: datetime | None
    ended_by: str | None = Field(description="Who agreed; null of a drill, which ends by itself.")
    ended_at: datetime | None = Field(description="Null while it is in force.")
    counted: Fields = Field(
        description="`under_way` when it began, `held` when it ended; of a drill `refused` (worker -> "
        "seconds), `began` and `silent`."
    )


class StopInForce(StopRecorded):
    """A stop in force, with what it is about now; counts end at 1,001."""

    held: int = Field(description="Actions held back.")
    under_way: int = Field(description="Actions that began before and have not ended.")
    waiting: int = Field(description="Cases that wait for people.")


class Stops(Given):
    """What is stopped and was."""

    in_force: list[StopInForce]
    ended: list[StopRecorded]
