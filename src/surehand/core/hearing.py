"""What a person sends, everything it is measured against, and the form of an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from surehand.core.authority import Warrant
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Judgement, Verdict
from surehand.core.lifecycle import Office
from surehand.core.passage import Passage
from surehand.core.process import ExceptionPath
from surehand.core.steps import DecisionPoint
from surehand.core.terms import Sla

#: Points of unmapped exceptions: a step lacks a field, failed for good, or has no document that can be read.
MISSING, FAILED, UNREADABLE = "missing:", "failed:", "document:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person sends.

    kind    the name of an answer that the assignment takes
    value   the decision, where it is not the recommendation
    fields  corrected facts by name, as typed
    to      who is asked, for `ask`
    shown   digest of the brief that this was decided on
    tags    of `remarks.TAGS`; they decide nothing
    """

    kind: str
    value: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    question: str = ""
    to: str | None = None
    shown: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What else there is about a case, where a decision may have to be taken back.

    actions    all of the case
    holder     the assignment that the case waits for, if it waits
    withdrawn  keys of actions whose work was taken off before anybody had begun it
    watch      the assignment that a revocation under way ends
    outcomes   how many were reported so far
    beside     open notices, checks and findings
    """

    actions: tuple[Action, ...] = ()
    holder: Assignment | None = None
    withdrawn: frozenset[str] = frozenset()
    watch: Assignment | None = None
    outcomes: int = 0
    beside: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything that a verdict needs.

    judgement  what was recommended; None for an exception or a repair
    action     what went wrong, for a repair
    original   the action that it takes back, if it is taking back that went wrong
    verdicts   those given so far
    warrant    what lets the person decide it; None where they answer as the one who was given it
    people     how many have to agree to it
    given_at   when it was given, where it did not take effect at once
    """

    passage: Passage
    process: BoundProcess
    office: Office
    assignment: Assignment
    judgement: Judgement | None
    action: Action | None
    person: str
    answer: Answer
    verdicts: tuple[Verdict, ...] = ()
    original: Action | None = None
    around: Around = Around()
    warrant: Warrant | None = None
    people: int = 1
    given_at: datetime | None = None

    @property
    def point(self) -> DecisionPoint | None:
        """The decision point; None for an exception or a repair."""
        return point_of(self.process, self.assignment)

    @property
    def place(self) -> int:
        """Of the decision point in the map."""
        name = self.assignment.about
        return next(i for i, bound in enumerate(self.process.steps) if bound.step.name == name)

    @property
    def recommended(self) -> Any:
        """The value that the AI recommended or decided; None if there is none."""
        return self.judgement.recommendation.get("value") if self.judgement else None

    @property
    def exception(self) -> ExceptionPath | None:
        """The mapped exception that stopped the case, if one did."""
        return next((e for e in self.process.map.exceptions if e.name == self.assignment.point), None)

    @property
    def sla(self) -> Sla:
        """The clock of this kind of work."""
        return sla_of(self.process, self.assignment)


def sla_of(process: BoundProcess, assignment: Assignment) -> Sla:
    """The clock of what an assignment is about; of a question, the clock of whoever asked."""
    step = next((step for step in process.map.steps if step.name == assignment.about), None)
    if isinstance(step, DecisionPoint) and assignment.kind != "exception":
        return step.sla
    exception = next((e for e in process.map.exceptions if e.name == assignment.point), None)
    return exception.sla if exception else Sla()


def point_of(process: BoundProcess, assignment: Assignment) -> DecisionPoint | None:
    """The decision point that an assignment is about; None for an exception, a repair or a question."""
    if assignment.kind not in ("decide", "notice", "check", "finding"):
        return None
    step = next((step for step in process.map.steps if step.name == assignment.about), None)
    return step if isinstance(step, DecisionPoint) else None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer came to.

    value     what was decided, if anything
    approves  step -> digest of what it lets run
    override  it differs from what the AI recommended or decided
    final     False where others have to agree before it stands
    point, round  what the verdict is recorded under, where not under those of the assignment
    """

    value: Any = None
    approves: Mapping[str, str] = field(default_factory=dict)
    override: bool = False
    final: bool = True
    point: str | None = None
    round: int | None = None


class NextState(Protocol):
    """What an answer leads to, in words for its button."""

    def __call__(self, process: BoundProcess, assignment: Assignment, recommended: Any = None, /) -> str:
        """A few words. `recommended` is the value that an approval takes, where it is known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One answer.

    key        the single key on the keyboard
    final      settles the matter: at most one per point and round (to try again settles nothing)
    apply      moves the case
    next_state what happens then, in words, for the button
    """

    name: str
    label: str
    key: str
    final: bool
    apply: Callable[[Hearing], Effect]
    next_state: NextState


def always(words: str) -> NextState:
    """The same words whatever the case."""

    def next_state(_process: BoundProcess, _assignment: Assignment, _recommended: Any = None, /) -> str:
        return words

    return next_state


def named(*kinds: Kind) -> Mapping[str, Kind]:
    """Answers by name."""
    return {kind.name: kind for kind in kinds}
