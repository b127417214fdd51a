"""Stopping automation and having it resume."""

from dataclasses import dataclass
from datetime import datetime

from surehand.web.views.shell import OptionView, ShellView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingStop:
    """A stop in force, with what it holds back.

    what                       'Everything', or the process
    held, under_way, waiting   actions held back, actions that had begun and run still, cases with people
    asked_by                   who asks to resume; '' when nobody does
    may_ask, may_agree, may_keep  what the reader may do about it
    """

    id: int
    what: str
    by: str
    because: str
    since: datetime
    held: int
    under_way: int
    waiting: int
    drill: bool = False
    asked_by: str = ""
    asked_at: datetime | None = None
    may_ask: bool = False
    may_agree: bool = False
    may_keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedStop:
    """A stop or a drill of before, with how it ended in a sentence."""

    what: str
    by: str
    because: str
    since: datetime
    until: datetime
    ended: str
    state: StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsView:
    """What is stopped and was. GET /stop

    POST /stop: csrf, process ('' is everything), because, confirmed; POST /stop/drill: csrf, process;
    POST /stop/ID/resume, /agree, /keep: csrf

    scopes   what the reader may stop; none: nothing
    error    why what was sent cannot be done
    """

    shell: ShellView
    standing: tuple[StandingStop, ...] = ()
    ended: tuple[EndedStop, ...] = ()
    scopes: tuple[OptionView, ...] = ()
    process: str = ""
    because: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopConfirmView:
    """What a stop does, before it does it. POST /stop without `confirmed`

    what  'everything', or the process
    """

    shell: ShellView
    what: str
    process: str
    because: str
