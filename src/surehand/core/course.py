"""What became of a guarantee, span by span: counts that pages and reports are made of.

A guard keeps what it needs to go on. What people want to look at, such as how often confidence was right or
how groups of cases fare, is counted beside it while it is told its evidence, in spans of so many judgements.
So a report costs the same however much evidence there is, and looking changes nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surehand.core.guarantee import COVERAGES, Judged, Turn
from surehand.core.guard import Guard
from surehand.stats.intervals import wilson

#: Judgements in a span.
LENGTH = 500

#: Scores are counted in parts that become narrower towards 1, where most of them lie.
EDGES = (
    *(step / 50 for step in range(45)),
    *(0.9 + step / 200 for step in range(18)),
    *(0.99 + step / 1000 for step in range(10)),
)

#: Values of a slice that are told apart within a span; the rest is counted together.
_VALUES = 40

#: How the rest, and a case without a value, are called.
OTHERS, NOTHING = "(others)", "(not known)"


@dataclass(slots=True)
class Count:
    """Blind answers. Each stands for all cases that might as well have been asked about.

    answers, wrong  how many, and of how many the AI was wrong
    weight          of all of them: one over the probability of being asked
    off             weight of those where the AI was wrong
    squares         of the weights
    """

    answers: int = 0
    wrong: int = 0
    weight: float = 0.0
    off: float = 0.0
    squares: float = 0.0

    def add(self, odds: float, *, right: bool) -> None:
        """An answer that was asked for with this probability."""
        self.answers += 1
        self.wrong += not right
        self.weight += 1 / odds
        self.off += 0.0 if right else 1 / odds
        self.squares += 1 / odds**2

    def merge(self, other: "Count") -> None:
        """Count in what another has counted."""
        self.answers += other.answers
        self.wrong += other.wrong
        self.weight += other.weight
        self.off += other.off
        self.squares += other.squares

    @property
    def share(self) -> float | None:
        """Of cases that were wrong; None without an answer."""
        return min(1.0, self.off / self.weight) if self.answers else None

    @property
    def interval(self) -> tuple[float, float]:
        """Of that share, 95 %."""
        return wilson(self.share or 0.0, self.weight**2 / self.squares if self.answers else 0.0)

    @property
    def plain(self) -> list[float]:
        """As JSON."""
        return [self.answers, self.wrong, self.weight, self.off, self.squares]

    @classmethod
    def of(cls, plain: Sequence[float]) -> "Count":
        """From its JSON."""
        answers, wrong, *rest = plain
        return cls(int(answers), int(wrong), *map(float, rest))


@dataclass(slots=True)
class Scores:
    """Cases of like confidence: how many, what people said of them, and the sum of what the AI had said."""

    cases: int = 0
    said: float = 0.0
    answers: Count = field(default_factory=Count)

    def merge(self, other: "Scores") -> None:
        """Count in what another has counted."""
        self.cases += other.cases
        self.said += other.said
        self.answers.merge(other.answers)


@dataclass(slots=True)
class Stated:
    """Blind answers about cases that have a confidence, with what it said: a sum, weighted as they are."""

    said: float = 0.0
    answers: Count = field(default_factory=Count)

    def add(self, score: float, odds: float, *, right: bool) -> None:
        """An answer about a case of this confidence."""
        self.said += score / odds
        self.answers.add(odds, right=right)

    def merge(self, other: "Stated") -> None:
        """Count in what another has counted."""
        self.said += other.said
        self.answers.merge(other.answers)


#: What is counted of a group: answers about what ran alone, all answers, and those where yes or no is true.
COUNTED = ("checks", "answers", "yes", "no")


@dataclass(slots=True)
class Group:
    """Cases of one value of a slice.

    yes, no  of a yes/no decision: answers by what was true, so that what is wrong there is a miss or a false
             alarm
    stated   what confidence said, with the answers
    """

    cases: int = 0
    alone: int = 0
    checks: Count = field(default_factory=Count)
    answers: Count = field(default_factory=Count)
    yes: Count = field(default_factory=Count)
    no: Count = field(default_factory=Count)
    stated: Stated = field(default_factory=Stated, kw_only=True)

    def answer(self, one: Judged, said: Any, *, right: bool) -> None:
        """A blind answer about one of them."""
        counts = [self.answers, self.checks] if one.alone else [self.answers]
        if isinstance(said, bool):
            counts.append(self.yes if said == right else self.no)
        for count in counts:
            count.add(one.odds, right=right)
        if one.score is not None:
            self.stated.add(one.score, one.odds, right=right)

    def merge(self, other: "Group") -> None:
        """Count in what another has counted."""
        self.cases += other.cases
        self.alone += other.alone
        for name in COUNTED:
            getattr(self, name).merge(getattr(other, name))
        self.stated.merge(other.stated)


@dataclass(slots=True)
class Span:
    """So many judgements, and the answers that came meanwhile.

    number    spans of this decision point before it
    first     judgements before it
    cases     judgements; alone: of those that ran alone
    drawn     of those that ran alone: a check was asked for; unseen: of the others, a blind answer was
    checks    answers about what ran alone; others: blind answers about what people decided
    epoch     at its end; coverage: share of cases whose score is certified then
    scores    by part of `EDGES`
    slices    fact -> value -> cases
    """

    number: int = 0
    first: int = 0
    cases: int = 0
    alone: int = 0
    drawn: int = 0
    unseen: int = 0
    epoch: int = 1
    coverage: float = 0.0
    checks: Count = field(default_factory=Count)
    others: Count = field(default_factory=Count)
    scores: dict[int, Scores] = field(default_factory=dict)
    slices: dict[str, dict[str, Group]] = field(default_factory=dict)

    def judge(self, one: Judged, body: Mapping[str, Any]) -> None:
        """A judgement was made; its evidence says which slices it belongs to."""
        self.cases += 1
        self.alone += one.alone
        self.drawn += one.alone and one.asked
        self.unseen += one.asked and not one.alone
        if one.score is not None:
            self._scores(one.score).cases += 1
        for group in self._groups(body):
            group.cases += 1
            group.alone += one.alone

    def answer(self, one: Judged, body: Mapping[str, Any], *, right: bool) -> None:
        """The blind answer about a judgement came."""
        (self.checks if one.alone else self.others).add(one.odds, right=right)
        if one.score is not None:
            scores = self._scores(one.score)
            scores.said += one.score
            scores.answers.add(one.odds, right=right)
        for group in self._groups(body):
            group.answer(one, body.get("said"), right=right)

    def _scores(self, score: float) -> Scores:
        return self.scores.setdefault(max(0, bisect_right(EDGES, score) - 1), Scores())

    def _groups(self, body: Mapping[str, Any]) -> Iterable[Group]:
        for name, value in (body.get("slices") or {}).items():
            groups = self.slices.setdefault(str(name), {})
            known = str(value) if str(value) in groups or len(groups) < _VALUES else OTHERS
            yield groups.setdefault(known, Group())

    def merge(self, other: "Span") -> None:
        """Count in a later span."""
        for name in ("cases", "alone", "drawn", "unseen"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.epoch, self.coverage = other.epoch, other.coverage
        self.checks.merge(other.checks)
        self.others.merge(other.others)
        for part, scores in other.scores.items():
            self.scores.setdefault(part, Scores()).merge(scores)
        for name, groups in other.slices.items():
            for value, group in groups.items():
                self.slices.setdefault(name, {}).setdefault(value, Group()).merge(group)

    @property
    def plain(self) -> dict[str, Any]:
        """Its counts as JSON, without what `detail` has."""
        return {
            **{name: getattr(self, name) for name in _SIMPLE}, "checks": self.checks.plain,
            "others": self.others.plain,
        }  # fmt: skip

    @property
    def detail(self) -> dict[str, Any]:
        """Its scores and slices as JSON, which are most of it and are looked at for late spans only."""
        return {
            "scores": [[part, one.cases, one.said, one.answers.plain] for part, one in self.scores.items()],
            "slices": {
                name: {value: _group_plain(group) for value, group in groups.items()}
                for name, groups in self.slices.items()
            },
            # beside them, as releases before this one take each of those apart into what they know
            "stated": {
                name: {
                    value: [group.stated.said, group.stated.answers.plain] for value, group in groups.items()
                }
                for name, groups in self.slices.items()
            },
        }

    @classmethod
    def of(cls, number: int, plain: Mapping[str, Any], detail: Mapping[str, Any] | None = None) -> "Span":
        """From its JSON; without `detail` it has no scores and no slices."""
        made = cls(
            number, **{name: plain[name] for name in _SIMPLE}, checks=Count.of(plain["checks"]),
            others=Count.of(plain["others"]),
        )  # fmt: skip
        for part, cases, said, count in detail["scores"] if detail else ():
            made.scores[part] = Scores(cases, said, Count.of(count))
        for name, groups in detail["slices"].items() if detail else ():
            made.slices[name] = {
                value: Group(cases, alone, *map(Count.of, counts))
                for value, (cases, alone, *counts) in groups.items()
            }
        for name, groups in detail.get("stated", {}).items() if detail else ():
            for value, (said, count) in groups.items():
                made.slices[name][value].stated = Stated(said, Count.of(count))
        return made


_SIMPLE = ("first", "cases", "alone", "drawn", "unseen", "epoch", "coverage")


def _group_plain(group: Group) -> list[Any]:
    return [group.cases, group.alone, *(getattr(group, name).plain for name in COUNTED)]


def merged(spans: Sequence[Span]) -> Span:
    """All of them as one; a new one of none."""
    whole = Span(spans[0].number, spans[0].first) if spans else Span()
    for span in spans:
        whole.merge(span)
    return whole


@dataclass(slots=True)
class Course:
    """A guard that is told its evidence, with what is counted meanwhile.

    spans  those that change: the last one of before, and what follows
    turns  what changed, each with the share of cases that is certified after it
    """

    guard: Guard
    spans: list[Span]
    turns: list[tuple[Turn, float]] = field(default_factory=list)

    def judge(self, one: Judged, body: Mapping[str, Any]) -> None:
        """See `Guard.judge`."""
        if self.spans[-1].cases >= LENGTH:
            self.anew(one.number)
        self.spans[-1].judge(one, body)
        self.turned(self.guard.judge(one))

    def answer(self, one: Judged, body: Mapping[str, Any], *, right: bool, rival: bool | None = None) -> None:
        """See `Guard.answer`."""
        self.spans[-1].answer(one, body, right=right)
        self.turned(self.guard.answer(one, right=right, rival=rival))

    def trust(self, levels: Sequence[float], level: int) -> None:
        """See `Guard.trust`."""
        self.turned(self.guard.trust(levels, level))

    def anew(self, first: int) -> None:
        """A span begins."""
        self.spans.append(Span(self.spans[-1].number + 1, first))

    def turned(self, turns: Iterable[Turn]) -> None:
        """The guard has changed so, or not at all."""
        certified = coverage(self.guard)
        self.spans[-1].epoch, self.spans[-1].coverage = self.guard.epoch, certified
        self.turns += [(turn, certified) for turn in turns]


def coverage(guard: Guard) -> float:
    """The share of cases whose score is certified, or runs provisionally."""
    return COVERAGES[guard.held] if guard.held >= 0 else 0.0
