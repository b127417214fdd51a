"""The first screen of the demo: what just happened, and three things to try."""

from dataclasses import dataclass

from surehand.web.views.shell import PersonView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One thing that just happened: a sentence, what it means, and where to look."""

    said: str
    more: str = ""
    href: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedField:
    """A field on fresh papers: how many were right with the model before and the one after, and how surely.

    sure  mean confidence of the right ones before and after, in [0, 1]; None where none was right
    """

    label: str
    before: int
    after: int
    sure: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonView:
    """What came of a training.

    fresh     papers that came in afterwards, from the suppliers whose papers were corrected
    alone     how many of them ran without a person
    case_ids  theirs
    """

    seconds: float
    cases: int
    corrected: int
    suppliers: tuple[str, ...]
    fresh: int
    alone: int
    fields: tuple[LearnedField, ...]
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CentView:
    """A sum that was changed behind the program's back, and what the audit says of it."""

    case_id: str
    before: str
    after: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TourView:
    """The demo. GET /tour, and / for who is not signed in; POST /tour/learn, /tour/cent, /tour/back: csrf

    reviewer  whom the visitor may be to decide cases; first: the case to begin with, and whether the AI
              misread something there
    decided   how many invoices people have decided since the start; corrected: with a field changed
    learning  (what is being done, share done) while a training runs
    trouble   why the last thing could not be done
    plug      the line to type for the second thing
    """

    shell: ShellView
    findings: tuple[FindingView, ...]
    reviewer: str
    first: str | None
    misread: bool
    decided: int
    corrected: int
    plug: str
    seed: int
    lesson: LessonView | None = None
    learning: tuple[str, float] | None = None
    cent: CentView | None = None
    trouble: str = ""
    people: tuple[PersonView, ...] = ()
