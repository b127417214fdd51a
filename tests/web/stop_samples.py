"""The pages of stops in their states."""

from dataclasses import replace
from datetime import timedelta

from surehand.web.views import (
    EndedStop,
    OptionView,
    PageView,
    ShellView,
    StandingStop,
    StateView,
    StopConfirmView,
    StoppedView,
    StopsView,
)


def stop_pages(shell: ShellView, stopped: StoppedView) -> dict[str, PageView]:
    """By name."""
    shell = replace(shell, current="stop")
    halted = replace(shell, stopped=(stopped,))
    since = stopped.since
    scopes = (
        OptionView(value="", label="Everything"), OptionView(value="support-triage", label="support-triage"),
        OptionView(value="supplier-invoices", label="supplier-invoices"),
    )  # fmt: skip
    ended = (
        EndedStop(
            what="supplier-invoices", by="ap.lead", because="", since=since - timedelta(days=1),
            until=since - timedelta(days=1, seconds=-1), state=StateView(label="", tone="ok"),
            ended="Drill: refused by all 3 workers after 0.4 s",
        ),
        EndedStop(
            what="Everything", by="ap.lead", because="", since=since - timedelta(days=2),
            until=since - timedelta(days=2, seconds=-5), state=StateView(label="", tone="bad"),
            ended="Drill: refused by 2 after 0.3 s; no sign from host-3:411:9a0b1c",
        ),
        EndedStop(
            what="support-triage", by="finance.lead", because="The router answers in another language",
            since=since - timedelta(days=9), until=since - timedelta(days=8), state=StateView(label=""),
            ended="finance.lead asked, ap.lead agreed; 1,204 held actions were due again",
        ),
    )  # fmt: skip
    one = StandingStop(
        id=4, what="Everything", by=stopped.by, because=stopped.because, since=since, held=38, under_way=0,
        waiting=63, may_ask=True,
    )  # fmt: skip
    asked = replace(one, asked_by="finance.lead", asked_at=since, may_ask=False)
    on = StopsView(shell=shell, ended=ended, scopes=scopes)
    return {
        "stop": on,
        "stop-first": replace(on, ended=()),
        "stop-refused": replace(on, error="Is needed: say why.", process="support-triage"),
        "stopped": replace(on, shell=halted, standing=(one,)),
        "stopped-asked": replace(
            on, shell=halted, standing=(replace(asked, may_agree=True, may_keep=True, held=1_001),)
        ),
        "stopped-twice": replace(
            on,
            shell=replace(shell, stopped=(stopped, replace(stopped, what="support-triage", drill=True))),
            standing=(asked, replace(one, id=5, what="support-triage", drill=True, may_ask=False)),
            scopes=(),
        ),
        "stop-confirm": StopConfirmView(
            shell=shell, what="everything", process="", because="the ledger answers twice"
        ),
    }  # fmt: skip
