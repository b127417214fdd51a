"""Views of how complete briefs are."""

from surehand.core.completeness import Contents, Share, completeness
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import lacking
from surehand.flow.context import Context
from surehand.web.views import BriefView, CompletenessView, HumanBriefView, ShareView


def completeness_view(point: DecisionPoint, brief: BriefView | HumanBriefView) -> CompletenessView:
    """What a brief has of its parts, by what stands on it: so it tells nothing else."""
    said = brief.recommendation if isinstance(brief, BriefView) else None
    facts = brief.facts if isinstance(brief, BriefView) else brief
    found = completeness(
        Contents(
            effect=bool(brief.decision.effect.strip()), recommended=bool(said.label) if said else None,
            # what was read has its source beside it
            reasoned=said is not None and (bool(said.reasons) or point.kind == "verify"),
            facts=bool(
                facts.fields or facts.tables or facts.given or facts.looked_up or brief.document
            ),
            flagged=bool(brief.flags), named=point.subject is not None or bool(brief.history.subject),
            known=bool(brief.history.subject), quoted=bool(brief.policy),
            actions=bool(brief.actions.actions or brief.actions.refused),
        )
    )  # fmt: skip
    return CompletenessView(
        there=found.there, of=found.of, lacks=tuple(str(lack) for lack in found.lacks)
    )  # fmt: skip


def shares_view(context: Context, process: str, person: str) -> dict[str, ShareView]:
    """Decision point -> how complete its latest briefs are; none of whose cases the reader may not see."""
    try:
        found = lacking.shares(context, process, person=person)
    except NotFound:
        return {}
    return {one.point: _share_view(one) for one in found if one.briefs}


def _share_view(one: Share) -> ShareView:
    lacks = tuple((str(lack), count) for lack, count in one.lacks.items())
    return ShareView(briefs=one.briefs, complete=one.complete, lacks=lacks)
