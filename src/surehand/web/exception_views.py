"""Views of a case that left its path, of an action that did not finish, and of a question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from surehand.core.case import Case
from surehand.core.hearing import FAILED, MISSING, UNREADABLE
from surehand.core.showing import names_of
from surehand.core.steps import Extract
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.web import fields
from surehand.web.desk_views import point_words, stake_view
from surehand.web.past_views import history_view
from surehand.web.readers import Reader, case_head
from surehand.web.sources import sources_of
from surehand.web.verdict_views import actions_view
from surehand.web.views import AnswerView, DocumentView, ExceptionView, FactView, FlagView

_KEY_IN = "If you cannot, reject the case, and ask the sender for another copy."
_FROM_PAGES = f"Fill in what the pages show. {_KEY_IN}"
_FROM_FILE = f"Open the file with a program of yours and fill in what it says. {_KEY_IN}"
_FROM_SENDER = f"Open the document where it came from and fill in what it says. {_KEY_IN}"


def exception_view(context: Context, standing: Standing, reader: Reader) -> ExceptionView:
    """The brief of a case that a person must put back on its way."""
    case, process, given = standing.case, standing.process, standing.assignment
    names = names_of(process, None)
    supply = [name for name in _supply(standing) if name in process.editable]
    rest = [name for name in names if name not in supply]
    read = [name for name in rest if name in process.editable and case.facts.get(name) is not None]
    source = sources_of(standing, reader, names, read=(*supply, *read))
    read, rest = ([name for name in some if name not in source.names] for some in (read, rest))
    heading, because = _trouble(standing)
    return ExceptionView(
        shell=reader.shell, head=case_head(context, standing, reader), name=point_words(given),
        heading=heading, because=because, todo=_todo(standing, source.document),
        stake=stake_view(context, case.process, case.stake, case.grade),
        supply=fields.plain_fields(case, process, supply, reader.typed, source.numbers),
        given=(*_known(case, read, source.numbers), *fields.given(case, process, rest)),
        tables=fields.tables(case, names),
        looked_up=fields.looked_up(case, process, rest),
        flags=(FlagView(text=given.because),), history=history_view(context, standing, reader),
        document=source.document, texts=source.texts, problems=reader.problems,
        actions=actions_view(
            context, standing, reader.name, doubtful=0, refused=reader.refused, written=reader.written
        ),
    )  # fmt: skip


def _known(case: Case, names: Sequence[str], numbers: Mapping[str, int]) -> list[FactView]:
    """What was read or given already, each with the number of its box on the document."""
    return [
        replace(fact, field=name, evidence=numbers[name]) if name in numbers else fact
        for name in names
        for fact in fields.fact_views(name, case.facts[name])
    ]


def _unread(standing: Standing) -> bool:
    """The case waits because it has no document that can be read."""
    return standing.assignment.point.startswith(UNREADABLE)


def _todo(standing: Standing, document: DocumentView | None) -> str:
    """What to do about a document that could not be read."""
    if not _unread(standing):
        return ""
    if document is None or not (document.pages or document.file):
        return _FROM_SENDER
    return _FROM_PAGES if document.pages else _FROM_FILE


def _supply(standing: Standing) -> list[str]:
    """The fields to fill in: those that let the case go on, then what else is empty of the document.

    A document that lacks one value mostly lacks more: whoever looks at it should look once.
    """
    if standing.assignment.kind != "exception":
        return []
    stops, facts = _stops(standing), standing.case.facts
    read = [name for b in standing.process.steps if isinstance(b.step, Extract) for name in b.facts]
    empty = [name for name in read if facts.get(name) is None and name not in stops]
    return [*stops, *sorted(empty, key=lambda name: name not in standing.process.required)]


def _stops(standing: Standing) -> list[str]:
    """What is missing, else what the exception looks at."""
    process, point, facts = standing.process, standing.assignment.point, standing.case.facts
    if point.startswith(MISSING):
        return [point.removeprefix(MISSING)]
    for path, (_, condition) in zip(process.map.exceptions, process.exceptions, strict=True):
        if path.name == point:
            names = sorted({name.split(".")[0] for name in condition.names} & process.editable)
            return [name for name in names if facts.get(name) is None] or names
    return []


def _trouble(standing: Standing) -> tuple[str, str]:
    """What is wrong, and why that stops the case."""
    given, words = standing.assignment, point_words(standing.assignment)
    if _unread(standing):
        file = standing.case.file is not None
        return "The document could not be read." if file else "There is no document.", given.because
    if given.kind == "repair":
        action = standing.action
        state = action.state if action else "failed"
        what = "may or may not have happened" if state == "unknown" else "did not happen"
        error = action.error if action and action.error else given.because
        return f"{words.capitalize()} {what}.", error
    if given.point.startswith(MISSING):
        name = fields.label(given.point.removeprefix(MISSING))
        return f"{name} is missing.", "A step needs it, so the case stopped before that step."
    if given.point.startswith(FAILED):
        return f"{words.capitalize()}.", "The step failed for good; a person decides how the case goes on."
    path = next((e for e in standing.process.map.exceptions if e.name == given.point), None)
    said = path.because if path and path.because else words.replace("-", " ").capitalize()
    return (
        f"{said.rstrip('.')}.",
        f"The map names this exception {given.point}; nothing is recommended for it.",
    )


def answer_view(
    context: Context, standing: Standing, reader: Reader, answer: str = "", kept_at: datetime | None = None
) -> AnswerView:  # fmt: skip
    """A question to the reader.

    answer  what they have written so far; kept_at: when it was kept as a draft
    """
    case, process, given = standing.case, standing.process, standing.assignment
    asked = [verdict for verdict in standing.verdicts if verdict.kind == "ask"]
    asker = asked[-1].person if asked else "Somebody"
    source = sources_of(standing, reader, names_of(process, None))
    known = [
        fact
        for name in names_of(process, None)
        if name in process.editable and name not in source.names and case.facts.get(name) is not None
        for fact in fields.fact_views(name, case.facts[name])
    ]
    return AnswerView(
        shell=reader.shell, head=case_head(context, standing, reader), asked_by=asker,
        asked_at=given.opened_at, question=given.question or "", then=f"{asker} decides afterwards.",
        given=tuple(known), answer=answer, kept_at=kept_at, problems=reader.problems,
        document=source.document, texts=source.texts,
    )  # fmt: skip
