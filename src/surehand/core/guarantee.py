"""What is promised about decisions that run alone: the plan, the terms of the moment, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import pi
from typing import Any

#: Shares of all judgements that lie at or above a level's score, the strictest level first.
COVERAGES = tuple(step / 80 for step in range(8, 78))


def nearest(coverage: float) -> int:
    """Index of the level whose coverage is nearest."""
    return min(range(len(COVERAGES)), key=lambda i: abs(COVERAGES[i] - coverage))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is promised, and how it is earned and watched.

    error        share of wrong decisions among those that ran alone, at most
    sure         probability that no level is ever certified whose true share is above it
    alike        bound of the probability that a blind reviewer repeats the AI's wrong answer
    slips        bound of the share of answers that reviewers get wrong by themselves
    caught       probability with which an unseen answer finds what is wrong, if nobody errs: below 1 where
                 only some fields of a reading are entered
    taught       unseen answers that confidence is fitted on first; 0: it needs no fit
    waits        nothing is counted yet: as far as the model itself can tell it keeps the promise at no level
                 that a row begins with, and it goes on learning
    first        scores that say where the levels lie; nothing is counted before
    starts       coverages at which a row of certificates begins
    most, least  probability of a spot check at first and at last; it halves every `half` decisions alone
    blind        probability that a case which people see is shown blind, once something runs alone
    worth        coverage down to which an answer that differs from the AI's is worth a second opinion; what
                 lies below is hardly ever certified
    together     judgements made on the same terms, at most
    patience     judgements after which an answer that did not come stays wrong
    look_every   judgements after which the error lately is looked at
    lately, few  judgements of which the checks count as of lately, and how many checks there must be
    alarm        evidence of a risen share that stops everything: checks until a false alarm, on average
    overstated   evidence that confidence says more than comes true: answers until a false alarm, on average
    fallen       deviations by which the mean score falls that ask for more checks
    surge, calm  probability of a check then, and for how many judgements
    again        judgements after which it is tried again what was refused
    prompt, soon judgements after which a check, and any other blind answer, has come on average, half as long
                 again as what it was tried with; where it takes longer, nothing is claimed nor widened
    cluster      the fact by which cases are alike; None: each is taken by itself
    trial        first blind answers at a level that trusted history fixed, before it runs provisionally
    trial_wrong  of them that may be wrong
    confirm      probability of a check while it does
    admit        answers about a cluster, none of them wrong, before any of it runs alone
    of_each      judgements of one cluster that are evidence in an epoch, at most
    young        decisions of a cluster that ran alone, up to which a check is as probable as at first
    clusters     that are known at once, at most; the longest unseen are forgotten
    """

    error: float
    sure: float = 0.95
    alike: float = 0.10
    slips: float = 0.05
    caught: float = 1.0
    taught: int = 0
    waits: bool = False
    first: int = 200
    starts: tuple[float, ...] = (0.3, 0.5, 0.7)
    most: float = 0.3
    least: float = 0.05
    half: int = 1_500
    blind: float = 0.2
    worth: float = 0.9
    together: int = 50
    patience: int = 2_000
    look_every: int = 1_000
    lately: int = 4_000
    few: int = 60
    alarm: float = 2_000.0
    overstated: float = 50_000.0
    fallen: float = 3.0
    surge: float = 0.75
    calm: int = 3_000
    again: int = 5_000
    prompt: float = 75.0
    soon: float = 300.0
    trial: int = 150
    trial_wrong: int = 1
    confirm: float = 0.5
    cluster: str | None = None
    admit: int = 5
    of_each: int = 10
    young: int = 50
    clusters: int = 5_000

    @property
    def limit(self) -> float:
        """What the share of wrong *answers* must stay below, since some errors look right to people, too.

        A first reviewer repeats a wrong answer with probability `alike`; where one does not, two others have
        to agree, and one of them may slip. At .10 and .05 it is .883 of `error`. What is not even looked at
        cannot be found, so of a share of wrong decisions only `caught` shows.
        """
        repeated = self.alike
        slipped = 1 - (1 - repeated) * (1 - self.slips) ** 2
        return self.error * self.caught * (1 - (repeated + (1 - repeated) * slipped * repeated))

    def budget(self, epoch: int) -> float:
        """Probability of a false certificate in an epoch, counted from 1; all of them share 1 - `sure`."""
        return (1 - self.sure) * 6 / (pi**2 * epoch**2)

    @property
    def begun(self) -> tuple[int, ...]:
        """By row of certificates: index of the level that it begins with."""
        return tuple(map(nearest, self.starts))


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms judgements are made until further notice.

    block  of the evidence; None while nothing is counted
    cut    a score from which on decisions run alone; None: none does
    check  probability that such a decision is checked by a person who does not see it
    blind  probability that a person who has to decide does not see the recommendation
    worth  a score from which on a second opinion is asked about an answer that differs; None: nowhere
    """

    epoch: int
    block: int | None
    cut: float | None
    check: float
    blind: float
    worth: float | None = None

    def alone(self, score: float | None) -> bool:
        """A judgement of this score runs alone, as far as the guarantee is concerned."""
        return score is not None and self.cut is not None and score >= self.cut

    def again(self, score: float | None) -> bool:
        """An answer that differs about a judgement of this score leads to a second opinion."""
        return score is not None and self.worth is not None and score >= self.worth

    def odds(self, score: float | None) -> float:
        """Probability with which a person is asked blind about it."""
        return self.check if self.alone(score) else self.blind


@dataclass(frozen=True, slots=True)
class Said:
    """What a model that is not in use yet would have said of a case.

    hash   of the model
    score  its confidence; None: it cannot be told
    """

    hash: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement as the guard sees it.

    number    judgements of this decision point before it
    score     confidence; None: it cannot be told, and such cases lie outside of what is promised
    alone     it ran without a person
    odds      probability with which a blind answer was asked for, fixed before
    asked     one was asked for
    rival     what a model would have said that is not in use yet, if there is one
    cluster   of alike cases to which it belongs; None: they are not told apart, or it is missing
    admitted  its cluster was admitted, or they are not told apart; if not, it is outside of what is promised
    """

    number: int
    terms: Terms
    score: float | None
    alone: bool
    odds: float
    asked: bool
    rival: Said | None = None
    cluster: str | None = None
    admitted: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that a guard is to be told.

    kind   `planned`: {"plan", "basis", "ground"}, of no case, and so is `challenged`: {"hash"};
           `trusted`: {"basis", "levels", "level"}, of no case, see `core.history`;
           `judged`: {"terms", "score", "alone", "odds", "asked", "rival"}, and where alike cases are told
           apart {"cluster", "admitted"}; `answered`: {"right", "rival"}
    """

    process: str
    point: str
    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)
    case_id: str | None = None
    round: int | None = None


class Turning(StrEnum):
    """What may change."""

    LEVELS = "levels"
    TRUSTED = "trusted"
    PROVISIONAL = "provisional"
    CERTIFIED = "certified"
    TIGHTENED = "tightened"
    STOPPED = "stopped"
    SURGING = "surging"
    CALM = "calm"
    REFUSED = "refused"
    OVERSTATED = "overstated"
    CHALLENGED = "challenged"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of what the guarantee allows.

    at       judgements before it
    cut      from then on
    wealth   evidence that it rests on, where it rests on evidence
    model    hash of the model that takes over, where one does
    """

    kind: Turning
    at: int
    epoch: int
    cut: float | None
    wealth: float | None = None
    model: str | None = None


class Status(StrEnum):
    """Where a guarantee stands."""

    SHADOW = "shadow"
    PROVISIONAL = "provisional"
    HOLDING = "holding"
    SURGING = "surging"
    TIGHTENED = "tightened"
    STOPPED = "stopped"
    REFUSED = "refused"
    UNPROVEN = "unproven"
