"""Views of messages, of how a person is reached, and of channels."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from surehand.core.people import Person
from surehand.core.reach import Reach
from surehand.flow import delivering, reaching
from surehand.flow.context import Context
from surehand.flow.manners import OFFERED, places
from surehand.flow.reaching import ChannelNow, Line
from surehand.store.outbox import IN_APP
from surehand.store.readers import Preference
from surehand.web.speech import said
from surehand.web.views import (
    ChannelRow,
    ChannelsView,
    MessageRow,
    MessagesView,
    MeView,
    OptionView,
    ReadingView,
    ShellView,
    StateView,
    WayView,
)

_STATES = {
    "up": (said("Works"), "ok"),
    "down": (said("Does not work"), "bad"),
    "off": (said("Refused for good"), "bad"),
}

_DIGESTS = (
    OptionView(value="off", label=said("At once")),
    OptionView(value="hourly", label=said("Each hour")),
    OptionView(value="daily", label=said("Once a day")),
)


def row_view(context: Context, one: Line) -> MessageRow:
    """One message; its link leads within the site."""
    message = one.message
    over = message.channel if message.channel not in (None, IN_APP) else ""
    way = {"sent": f"also over {over}", "ready": f"soon over {over}", "claimed": f"soon over {over}"}
    return MessageRow(
        text=one.item.text, note=one.item.note, href=one.item.link.removeprefix(context.post.url),
        at=message.at, way=way.get(message.state, "") if over else "", unread=message.read_at is None,
        urgent=message.urgent, done=one.done,
    )  # fmt: skip


def messages_view(
    context: Context, shell: ShellView, lines: Sequence[Line], *, cursor: int | None, later: bool
) -> MessagesView:
    """One page of messages."""
    return MessagesView(
        shell=shell, rows=tuple(row_view(context, one) for one in lines), later=later,
        channels=reaching.may_see_channels(context, shell.person or ""),
        up_to=max((one.message.id for one in lines), default=0),
        cursor=str(cursor) if cursor is not None else None,
    )  # fmt: skip


def me_view(
    context: Context, shell: ShellView, person: Person, reach: Reach, *, reading: Preference,
    problems: tuple[str, ...] = (),
) -> MeView:  # fmt: skip
    """How a person is reached, and how they read, as it is or as they had typed it."""
    chosen = reach.channels
    if chosen is None:
        chosen = delivering.ways(context, person)
    ways = tuple(
        WayView(
            name=name, about=str(getattr(context.post.settings.get(name), "kind", "")),
            chosen=name in chosen, lacks=_lacks(person, channel.needs),
        )
        for name, channel in context.post.channels.items()
    )  # fmt: skip
    begins, _, ends = (reach.quiet or "").partition("-")
    return MeView(
        shell=shell, email=person.email or "", slack=person.slack or "", zone=person.zone, ways=ways,
        digests=_DIGESTS, digest=reach.digest, digest_at=reach.digest_at, quiet_from=begins, quiet_to=ends,
        urgent=reach.urgent == "always", problems=problems, reading=_reading(context, shell, reading),
    )  # fmt: skip


def _reading(context: Context, shell: ShellView, chosen: Preference) -> ReadingView:
    house = context.house.formats.tag
    others = (
        said("As my browser says, else {form}").format(form=OFFERED[house])
        if house
        else said("As my browser says")
    )
    forms = [
        ("", others),
        ("en", said("English, no country")),
        *sorted(OFFERED.items(), key=lambda one: one[1]),
    ]
    return ReadingView(
        forms=tuple(OptionView(value=tag, label=label) for tag, label in forms), places=tuple(places()),
        amount=_AMOUNT, since=shell.now - timedelta(days=400), locale=chosen.locale or "",
        timezone=chosen.zone or "",
    )  # fmt: skip


#: It has every sign that forms differ in.
_AMOUNT = Decimal("-1234567.89")


def _lacks(person: Person, needs: str | None) -> str:
    if delivering.has(person, needs):
        return ""
    return _LACKING.get(needs or "", "")


_LACKING: dict[str, str] = {
    "email": said("no e-mail address is known of you"),
    "slack": said("no Slack member id is known of you"),
}


def channels_view(shell: ShellView, found: Sequence[ChannelNow]) -> ChannelsView:
    """How channels and webhooks are doing."""
    rows = []
    for one in found:
        label, tone = _STATES[one.state.state]
        if one.state.state == "up" and one.state.failures:
            label, tone = said("Failing"), "warn"
        kind = said("webhook for other software") if one.hook else one.kind
        rows.append(
            ChannelRow(
                name=one.name, kind=kind, state=StateView(label=label, tone=tone), since=one.state.since,
                note=one.state.error or "", waiting=one.waiting,
            )
        )  # fmt: skip
    return ChannelsView(shell=shell, rows=tuple(rows))
