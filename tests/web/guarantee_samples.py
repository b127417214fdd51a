"""Guarantees in every state, for the pages in tests. All figures are made up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from surehand.core.guarantee import Status
from surehand.core.outlook import Next, Outlook
from surehand.core.report import (
    Calibration,
    Cost,
    CurvePoint,
    Gap,
    GroupReport,
    Part,
    Share,
    SliceReport,
    Stretch,
)
from surehand.flow.reporting import Change, Checks, GuaranteeReport, GuaranteeSummary
from surehand.web.guarantee_views import guarantee_view, guarantees_view
from surehand.web.views import NewsView, PageView, ShellView


def _share(share: float, reach: float = 0.006, answers: int = 420) -> Share:
    return Share(share, max(0.0, share - reach), min(1.0, share + reach), answers, round(answers * share))


def _reports(shell: ShellView) -> dict[str, GuaranteeReport]:
    now = shell.now
    changes = tuple(
        Change(
            number, kind, text, tone, now - timedelta(days=40 - number), 900 * number, 1 + number // 5,
            coverage, 0.91 if coverage else None, read=number < 5,
        )
        for number, kind, text, tone, coverage in (
            (7, "certified", "A level is certified for at most 2 % wrong.", "ok", 0.61),
            (6, "levels", "The first scores show how confidence is spread.", "info", 0.0),
            (5, "stopped", "Clearly more than 2 % were wrong. Everything goes to people.", "bad", 0.0),
            (4, "tightened", "Lately more than 2 % were wrong.", "warn", 0.5),
            (3, "surging", "Scores fell, so more is checked.", "warn", 0.6),
            (2, "certified", "A level is certified for at most 2 % wrong.", "ok", 0.6),
        )
    )  # fmt: skip
    empty = GuaranteeReport(
        "supplier-invoices", "approve_payment", "ap.lead", 0.02, 0.95, Status.SHADOW,
        "People decide everything, unseen; 200 more cases show how confidence is spread.",
        1, 0, 0, None, 0.0, None, True, None,
        claim="With 95 % confidence no level was certified while its true error exceeded 2 %.",
        missing="About 2,200 more blind answers until about 30 in 100 cases may run alone; at 5 % about 280 "
        "in all.",
        outlook=Outlook(Next.LEVELS, 2_200, 7_500, None, 0.3, 280), borne=0.02, anew=False,
        volume=None, measured=False, span=0, checks=Checks(0, 0, 0, 0, 1.0, None), cost=None,
        calibration=None, curve=(), slices=(), course=(), changes=(),
    )  # fmt: skip
    group = GroupReport(
        "private", 4_902, 3_600, 812, _share(0.09), _share(0.008), _share(0.12, 0.03), _share(0.07, 0.02),
        Part(0.902, 0.91, 0.904, 0.916, 812), "understated",
    )  # fmt: skip
    business = replace(
        group, value="business", calibration=Part(0.96, 0.91, 0.88, 0.93, 420), stated="overstated"
    )
    small = GroupReport(
        "<b>new</b> & a very long name of a group", 12, None, 9, None, None, None, None, None, None
    )
    gap = Gap("false positives", "business", "private", _share(0.22, 0.03), _share(0.12, 0.03))
    holding = replace(
        empty, status=Status.HOLDING, coverage=0.6125, cut=0.912, epoch=2, judged=6_300, told=8_412, at=now,
        sentence="Cases from confidence 91.2 on run alone, about 61 in 100; this is certified for at most "
        "2 % wrong.",
        missing="About 210 more blind answers until about 66 in 100 cases may run alone.",
        outlook=Outlook(Next.STEP, 210, 2_900, 0.7, 0.66), volume=4_200.0, measured=True, span=6_300,
        checks=Checks(640, 612, 6, 28, 0.07, _share(0.009)), cost=Cost(38.75, 8.1, 4.3),
        calibration=Calibration(
            tuple(Part(said, said - 0.01, said - 0.05, min(1.0, said + 0.03), 90)
                  for said in (0.55, 0.72, 0.85, 0.93, 0.98)), 0.011, 0.006, 0.019, 450,
        ),
        curve=tuple(
            CurvePoint(1 - c * 0.9, c, _share(0.004 + 0.04 * c**3)) for c in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
        ),
        slices=(
            SliceReport("customer_group", (group, business, small), True, (gap,)),
            SliceReport("country", (replace(group, value="DE"),), False, ()),
        ),
        course=tuple(
            Stretch(500 * n, 500 * (n + 1), 0.0 if n in (0, 1, 8, 9) else 0.6,
                    None if n < 3 else _share(0.004 + n * 0.0015)) for n in range(13)
        ),
        changes=changes,
    )  # fmt: skip
    people: dict[str, Any] = {"coverage": 0.0, "cut": None}
    return {
        "empty": empty,
        "holding": holding,
        "stopped": replace(holding, **people, status=Status.STOPPED, sentence="Clearly too many were wrong."),
        "refused": replace(
            holding, **people, status=Status.REFUSED, sentence="2 % cannot be kept with this AI.",
            outlook=Outlook(Next.AGAIN, cases=4_000, months=0.9), curve=holding.curve[-1:],
        ),
        "unproven": replace(
            holding, status=Status.UNPROVEN, sentence="Answers take so long that nothing can be claimed.",
            outlook=Outlook(Next.PROMPT), anew=True,
        ),
        "keyed": replace(holding, borne=0.0067, slices=()),
        "gone": replace(holding, promised=False, owner=""),
    }  # fmt: skip


def endless_guarantee(shell: ShellView) -> PageView:
    """With names that no line can hold."""
    holding, endless = _reports(shell)["holding"], "x" * 300
    slices = tuple(
        replace(one, groups=tuple(replace(group, value=endless) for group in one.groups))
        for one in holding.slices
    )
    return guarantee_view(
        shell, replace(holding, sentence=f"{endless} {endless}", claim=endless, slices=slices)
    )


def guarantee_pages(shell: ShellView) -> dict[str, PageView]:
    """The page of a guarantee in every state, and the list."""
    reports = _reports(shell)
    brief = [
        GuaranteeSummary(**{name: getattr(one, name) for name in GuaranteeSummary.__slots__})
        for one in reports.values()
    ]
    changed = {("supplier-invoices", "approve_payment")}
    pages: dict[str, PageView] = {
        f"guarantee-{name}": guarantee_view(shell, one) for name, one in reports.items()
    }
    return pages | {
        "guarantees": guarantees_view(shell, brief, changed),
        "guarantees-none": guarantees_view(shell, [], set()),
    }


def news(shell: ShellView) -> tuple[NewsView, ...]:
    """What an owner has not read."""
    text = "Clearly more than 2 % were wrong. Everything goes to people until it is earned anew."
    return (
        NewsView(
            process="supplier-invoices", point="approve_payment", text=text, tone="bad", at=shell.now,
            before=3, up_to=12,
        ),
    )  # fmt: skip
