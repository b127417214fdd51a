"""What a person does with messages: read them, say how they want to be reached, try whether it works."""

from dataclasses import dataclass
from datetime import datetime

from surehand.core.messages import KINDS, Item, subject
from surehand.core.people import People
from surehand.core.reach import Reach
from surehand.core.roles import Role
from surehand.core.telling import Tell
from surehand.errors import Fault, InvalidInput, NotFound
from surehand.flow import letters, people
from surehand.flow.context import Context
from surehand.store import channels, outbox
from surehand.store.channels import ChannelState
from surehand.store.outbox import Delivery

#: Messages of one page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A message as its page shows it.

    done  what it asks for is done, or with somebody else; then it says no more than that
    """

    message: Delivery
    item: Item
    done: bool


def told(
    context: Context, person: str, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Line], int | None]:
    """One page of a person's messages, the latest first, and the number before which the next one begins."""
    with context.db.read() as connection:
        rows = outbox.of_person(connection, person, limit=limit + 1, before=before)
    page = rows[:limit]
    found = letters.items(context, person, page)
    lines = [
        Line(row, item or _over(row), item is None)
        for row, item in zip(page, found, strict=True)
        if row.kind in KINDS
    ]
    return lines, page[-1].id if len(rows) > limit else None


def newest(context: Context, person: str, *, limit: int = 5) -> list[Line]:
    """The last messages that a person has not read and that still ask for something."""
    lines, _ = told(context, person, limit=4 * limit)
    return [one for one in lines if one.message.read_at is None and not one.done][:limit]


def _over(row: Delivery) -> Item:
    number = (row.case_id or "").upper()
    link = f"/cases/{row.case_id}" if row.case_id else "/messages"
    return Item(subject(row.kind, number), "Done, or with somebody else.", link)


def read(context: Context, person: str, *, up_to: int) -> int:
    """A person has read their messages, up to the newest that they saw. Returns how many that were."""
    now = context.clock()
    return context.db.write(lambda connection: outbox.mark_read(connection, person, up_to=up_to, at=now))


def test(context: Context, person: str) -> None:
    """Send a person a message, as every other is sent; at most one each minute."""
    now = context.clock()
    message = Tell(f"test:{now:%Y-%m-%dT%H:%M}", person, "test", urgent=True)
    context.db.write(lambda connection: outbox.tell(connection, [message], at=now))


def change(context: Context, person: str, reach: Reach) -> None:
    """A person says how they want to be reached. Raises InvalidInput."""
    unknown = [name for name in reach.channels or () if name not in context.post.channels]
    if unknown:
        raise InvalidInput([Fault("channels", f"there is no channel {unknown[0]}")])

    def edit(everyone: People) -> People:
        mine = everyone.people[person].model_copy(update={"reach": reach})
        return everyone.model_copy(update={"people": {**everyone.people, person: mine}})

    people.change(context, by=person, because="how I am reached", edit=edit)


# How the channels are doing


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """One channel or webhook. waiting: messages that are to be sent over it; kind: what it is."""

    name: str
    kind: str
    hook: bool
    state: ChannelState
    waiting: int


def may_see_channels(context: Context, person: str) -> bool:
    """Administrators, auditors, and owners, who answer for what goes over them."""
    who = context.people.people.get(person)
    return who is not None and who.has(Role.ADMINISTRATOR, Role.AUDITOR, Role.OWNER)


def channels_now(context: Context, person: str) -> list[ChannelNow]:
    """How every channel and webhook is doing. Raises NotFound."""
    if not may_see_channels(context, person):
        raise NotFound("How channels are doing is for administrators, auditors and owners")
    with context.db.read() as connection:
        states, waiting = channels.states(connection), outbox.backlog(connection)
    return [
        ChannelNow(
            name.removeprefix("hook:"), _kind(context, name), outbox.is_hook(name), states[name],
            waiting.get(name, 0),
        )
        for name in context.post.bases
        if name in states
    ]  # fmt: skip


def _kind(context: Context, name: str) -> str:
    settings = context.post.settings.get(name)
    return str(getattr(settings, "kind", "webhook"))


def down(context: Context) -> dict[str, datetime]:
    """Channels and webhooks that take nothing now, and since when."""
    with context.db.read() as connection:
        found = channels.states(connection)
    return {name: one.since for name, one in found.items() if one.state != "up"}
