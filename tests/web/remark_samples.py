"""Instances of the views of what reviewers say beside their answers."""

from dataclasses import replace
from datetime import timedelta

from surehand.core.remarks import LACKS, TAGS
from surehand.web.views import (
    LacksRow,
    LackView,
    OptionView,
    PageView,
    ProposalView,
    QuoteView,
    RemarksView,
    ShellView,
)

LACK = LackView(options=tuple(OptionView(value=name, label=label) for name, label in LACKS.items()))
TICKS = tuple(OptionView(value=name, label=label) for name, label in TAGS.items())
SAID = replace(
    LACK, what="person", words="Whether the carrier rounds up",
    said="Missing here, you said: what a person knows.",
)  # fmt: skip


def remark_pages(shell: ShellView, naughty: str) -> dict[str, PageView]:
    """The page of a process, with everything on it and with nothing."""
    quotes = tuple(
        QuoteView(
            case_id=f"inv-2094{n}", point="approve_payment", who="ap.second",
            at=shell.now - timedelta(hours=n), what="A document", words=words,
        )
        for n, words in enumerate(("The delivery note was with the driver", naughty, "x" * 300))
    )  # fmt: skip
    rows = (
        LacksRow(
            point="approve_payment", decided=412, lacking=31, share=0.0752, low=0.0535, high=0.1049,
            lacks=(("A document", 19), ("What a person knows", 9), ("Something else", 5)),
        ),
        LacksRow(point="missing-po", decided=0, lacking=0, lacks=()),
    )  # fmt: skip
    proposals = tuple(
        ProposalView(
            id=f"9f2c41d807a{n}", point="approve_payment", name=name, notes=notes, people=3,
            shared=("freight", "agreed", "telephone"), yaml=f"reasons: [checked, {name}]",
            quotes=tuple((f"inv-2091{i}", "ap.second", text) for i, text in enumerate(texts)),
        )
        for n, (name, notes, texts) in enumerate((
            ("freight-agreed-telephone", 41, ("Freight was agreed by telephone", naughty)),
            ("x" * 40, 3, ("x" * 400, "y", "z")),
        ))
    )  # fmt: skip
    view = RemarksView(
        shell=shell, process="supplier-invoices", owner="ap.lead", rows=rows, quotes=quotes,
        proposals=proposals, mine=True,
        heading="For 31 of 412 briefs reviewers had to look elsewhere, most often for a document",
    )  # fmt: skip
    none = "Nobody has decided a brief in the last 30 days"
    return {
        "remarks": view,
        "remarks-none": replace(view, heading=none, quotes=(), rows=(rows[1],), proposals=()),
    }
