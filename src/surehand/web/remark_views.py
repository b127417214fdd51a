"""Views of what reviewers say beside their answers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

from surehand.core.remarks import LACKS, TAGS
from surehand.flow.context import Context
from surehand.flow.elsewhere import said_before
from surehand.flow.remarks import PointRemarks, ProcessRemarks
from surehand.flow.standing import Standing
from surehand.flow.wording import Proposal
from surehand.web.views import LacksRow, LackView, OptionView, ProposalView, QuoteView, RemarksView, ShellView


def tag_views() -> tuple[OptionView, ...]:
    """What an answer may be marked as."""
    return tuple(OptionView(value=name, label=label) for name, label in TAGS.items())


def lack_words(what: str) -> str:
    """That it is recorded, in words."""
    lack = LACKS.get(what, what)
    return f"Missing here, you said: {lack[:1].lower()}{lack[1:]}."


def lack_view(context: Context, standing: Standing, person: str, what: str, words: str) -> LackView:
    """What the reader says that the brief lacks: what they typed, else what they have said before."""
    said = said_before(context, person, standing)
    if said is not None and not (what or words):
        what, words = said.what, said.words
    return LackView(
        options=tuple(OptionView(value=name, label=label) for name, label in LACKS.items()),
        what=what, words=words, said=lack_words(said.what) if said is not None else "",
    )  # fmt: skip


def remarks_view(
    shell: ShellView, found: ProcessRemarks, proposed: Sequence[Proposal] = ()
) -> RemarksView:  # fmt: skip
    """What all reviewers of a process say."""
    quotes = tuple(
        QuoteView(
            case_id=one.case_id, point=one.point.replace(":", ": "), who=one.person, at=one.at,
            what=LACKS.get(one.what, one.what), words=one.words,
        )
        for one in found.quotes
    )  # fmt: skip
    return RemarksView(
        shell=shell, process=found.process, owner=found.owner, heading=_heading(found),
        rows=tuple(map(_row, found.points)), quotes=quotes,
        proposals=tuple(ProposalView(**asdict(one)) for one in proposed), mine=shell.person == found.owner,
    )  # fmt: skip


def _row(one: PointRemarks) -> LacksRow:
    row = LacksRow(
        point=one.point.replace(":", ": "), decided=one.decided, lacking=one.lacking,
        lacks=tuple((LACKS.get(what, what), count) for what, count in one.lacks.items()),
    )  # fmt: skip
    if one.rate is None:
        return row
    return replace(row, share=one.rate.share, low=one.rate.low, high=one.rate.high)


def _heading(found: ProcessRemarks) -> str:
    """The finding: how often, and what most."""
    decided, lacking = (sum(getattr(one, name) for one in found.points) for name in ("decided", "lacking"))
    said: Counter[str] = Counter()
    for one in found.points:
        said.update(one.lacks)
    if not said:
        none = "No reviewer had to look elsewhere" if decided else "Nobody has decided a brief"
        return f"{none} in the last 30 days"
    most = LACKS.get(what := said.most_common(1)[0][0], what)
    mostly = f"most often for {most[:1].lower()}{most[1:]}"
    if not decided:
        return f"Reviewers had to look elsewhere, {mostly}"
    briefs = f"{lacking:,} of {decided:,} {'brief' if decided == 1 else 'briefs'}"
    return f"For {briefs} reviewers had to look elsewhere, {mostly}"
