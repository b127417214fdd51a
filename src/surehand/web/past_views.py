"""Views of other cases on a brief: of the same subject, near duplicates, precedents."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from surehand.core.likeness import IDENTITY_WITHIN, SUM, SUM_WITHIN
from surehand.core.phrases import together, words
from surehand.core.showing import answer_words
from surehand.errors import Forbidden, NotFound
from surehand.flow import consult, recalling
from surehand.flow.context import Context
from surehand.flow.recalling import Recalled, Twin
from surehand.flow.standing import Standing
from surehand.store.listing import Listed
from surehand.web.evidence import has_pages
from surehand.web.readers import Reader
from surehand.web.sources import address_of
from surehand.web.views import HistoryView, LookedView, PastCase, PrecedentsView, TwinView


def history_view(context: Context, standing: Standing, reader: Reader) -> HistoryView:
    """Part 5: the last cases of the same subject, here and elsewhere, and near duplicates."""
    found = recalling.recalled(context, reader.name, standing, decides=not reader.refused)
    blind, twins = standing.assignment.blind, {one.case.id for one in found.twins}
    # what is not told of a near duplicate in its own line is not told in a row either
    cases = [one for one in found.cases if not (blind and one.id in twins)]
    return HistoryView(
        subject=found.subject, currency=standing.process.map.currency,
        cases=tuple(_past(one, found.outcomes) for one in cases),
        elsewhere=tuple(
            _past(one, found.outcomes, process=_title(context, one.process)) for one in found.elsewhere
        ),
        twins=tuple(_twin(context, standing, reader, one, told=not blind) for one in found.twins),
        looked=_looked(found),
    )  # fmt: skip


def _twin(context: Context, standing: Standing, reader: Reader, one: Twin, *, told: bool) -> TwinView:
    """`told`: with its decision, which says too much to whoever decides alone what is probably the same."""
    href = f"{address_of(standing, reader, 'compare')}{urlencode({'compare': one.case.id})}"
    return TwinView(
        case_id=one.case.id, at=one.case.created_at, same=together([words(name) for name in one.same]),
        decision=_decision(one.case) if told else "",
        compare=href if _can_compare(context, reader.name, one.case.id) else "",
    )  # fmt: skip


def _can_compare(context: Context, person: str, case_id: str) -> bool:
    """Whoever decides hears of near duplicates, and sees documents only of cases that they may see."""
    try:
        return has_pages(consult.visible(context, person, case_id))
    except (Forbidden, NotFound):
        return False


def _looked(found: Recalled) -> LookedView | None:
    if not found.looked:
        return None
    return LookedView(
        days=IDENTITY_WITHIN.days, names=together([words(name) for name in found.looked if name != SUM]),
        sum_days=SUM_WITHIN.days if SUM in found.looked else 0, whole=found.whole,
    )  # fmt: skip


def precedents_view(context: Context, standing: Standing, reader: Reader) -> PrecedentsView:
    """Alike cases that people decided, with what came of them."""
    found = recalling.precedents(context, reader.name, standing)
    return PrecedentsView(
        cases=tuple(
            _past(replace(one.case, stake=one.stake), found.outcomes, _answer(one.answer))
            for one in found.cases
        ),
        flagged=found.flagged, currency=standing.process.map.currency,
        answers=tuple((_answer(answer), count) for answer, count in found.answers),
    )  # fmt: skip


def _answer(value: object) -> str:
    text = "turned away" if value is None else answer_words(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _past(one: Listed, outcomes: Mapping[str, bool], answer: str = "", *, process: str = "") -> PastCase:
    """A row. Of a precedent, `answer` is what a person said there, and what became of it may differ."""
    decision = _decision(one)
    became = decision if answer and decision.lower() != answer.lower() else ""
    if (right := outcomes.get(one.id)) is not None:
        became = "found right" if right else "found wrong"
    return PastCase(
        case_id=one.id, at=one.created_at, title=one.title, amount=one.stake, decision=answer or decision,
        outcome=became, process=process,
    )  # fmt: skip


def _decision(one: Listed) -> str:
    return (one.result or ("waits" if one.state.open else one.state)).replace("_", " ")


def _title(context: Context, name: str) -> str:
    found = context.processes.current.get(name)
    return (found.map.title if found is not None else "") or name.replace("-", " ").capitalize()
