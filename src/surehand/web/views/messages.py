"""Messages, how a person is reached, and how the channels are doing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from surehand.web.views.shell import OptionView, ShellView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message.

    note  more about it, a sentence
    way   how else it came: 'also by e-mail'; '' where only this page has it
    done  what it asks for is done, or with somebody else
    """

    text: str
    href: str
    at: datetime
    note: str = ""
    way: str = ""
    unread: bool = False
    urgent: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    """What a person was told, the latest first. GET /messages?cursor=; POST /messages/read: csrf, up_to

    up_to   number of the newest message of this page, which the form sends
    cursor  of the next page, None: this is the last; later: it is not the first
    channels  the reader may see how channels are doing
    """

    shell: ShellView
    rows: tuple[MessageRow, ...]
    up_to: int = 0
    cursor: str | None = None
    later: bool = False
    channels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """A channel that a person may choose. lacks: what has to be known of them first; '' if nothing."""

    name: str
    about: str
    chosen: bool = False
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """How numbers, dates and times are written for the reader, and what else they may choose.

    locale, timezone  what they chose, or had typed; '' where others decide
    forms             of numbers and dates, to choose among
    places            time zones, to choose among
    amount, since     made up, to show what they look like
    """

    forms: tuple[OptionView, ...]
    places: tuple[str, ...]
    amount: Decimal
    since: datetime
    locale: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeView:
    """How the reader is reached, and how they read. GET /me; POST /me/test: csrf

    POST /me: csrf, channel, digest, digest_at, quiet_from, quiet_to, urgent
    POST /me/reading: csrf, locale, timezone

    zone      in which quiet hours and digests are
    reading   how numbers, dates and times are written
    problems  why the last change was refused
    """

    shell: ShellView
    email: str
    slack: str
    zone: str
    ways: tuple[WayView, ...]
    digests: tuple[OptionView, ...]
    digest: str = "off"
    digest_at: str = "08:00"
    quiet_from: str = ""
    quiet_to: str = ""
    urgent: bool = True
    reading: ReadingView
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel or webhook. note: what was wrong last; waiting: messages that are to go over it."""

    name: str
    kind: str
    state: StateView
    since: datetime
    note: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsView:
    """How channels and webhooks are doing. GET /channels"""

    shell: ShellView
    rows: tuple[ChannelRow, ...]
