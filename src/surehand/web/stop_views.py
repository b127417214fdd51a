"""Views of stops."""

from surehand.core.stopping import Drilled, Stop
from surehand.flow.stopping import Overview, StopNow
from surehand.web.views import (
    EndedStop,
    OptionView,
    ShellView,
    StandingStop,
    StateView,
    StopConfirmView,
    StopsView,
)


def stops_view(
    shell: ShellView, found: Overview, *, process: str = "", because: str = "", error: str = ""
) -> StopsView:
    """What is stopped and was, and what the reader may do about it."""
    scopes = [OptionView(value=name, label=name) for name in found.processes]
    if found.everything:
        scopes.insert(0, OptionView(value="", label="Everything"))
    return StopsView(
        shell=shell, standing=tuple(map(_standing, found.in_force)), ended=tuple(map(_ended, found.ended)),
        scopes=tuple(scopes), process=process, because=because, error=error,
    )  # fmt: skip


def confirm_view(shell: ShellView, *, process: str, because: str) -> StopConfirmView:
    """What the stop does."""
    return StopConfirmView(shell=shell, what=process or "everything", process=process, because=because)


def _what(stop: Stop) -> str:
    return stop.process or "Everything"


def _standing(one: StopNow) -> StandingStop:
    stop = one.stop
    return StandingStop(
        id=stop.id, what=_what(stop), by=stop.by, because=stop.because, since=stop.at, drill=stop.drill,
        asked_by=stop.asked_by or "", asked_at=stop.asked_at, may_ask=one.may_ask, may_agree=one.may_agree,
        may_keep=one.may_keep, **one.counted,
    )  # fmt: skip


def _ended(stop: Stop) -> EndedStop:
    assert stop.ended_at is not None
    held = stop.counted.get("held", 0)
    if stop.drill:
        found = Drilled.of(stop.counted)
        told, tone = f"Drill: {found.sentence}", "ok" if found.works else "bad"
    elif stop.ended_by == stop.asked_by:
        told, tone = f"{stop.ended_by} had it resume, alone", ""
    else:
        told, tone = f"{stop.asked_by} asked, {stop.ended_by} agreed", ""
    if held:
        told += f"; {held:,} held {'action was' if held == 1 else 'actions were'} due again"
    return EndedStop(
        what=_what(stop), by=stop.by, because="" if stop.drill else stop.because, since=stop.at,
        until=stop.ended_at, ended=told, state=StateView(label="", tone=tone),
    )  # fmt: skip
