"""What a decision point may decide alone, and what has to be known for it: the guard of a guarantee.

The guard is a fold. It is told of every judgement in the order in which they were made, and of every blind
answer in the order in which they come, and it says on what terms the next judgements are made: from which
score on they run alone, and with what probability a person is asked blind. It knows no clock and draws
nothing. The same judgements and answers give the same state to the last bit.

Answers count for a judgement as it was made: with its probability of being asked, and as wrong until they
come. That is why late answers, or wrong ones that take longest, cannot make it look better than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from surehand.core.clusters import Clusters
from surehand.core.guarantee import Judged, Plan, Status, Terms, Turn, Turning, nearest
from surehand.core.history import Trial
from surehand.core.levels import climbed, level_of, levels_of
from surehand.core.rivals import ODDS, Rival
from surehand.core.watch import Watch
from surehand.stats.betting import Wealth
from surehand.stats.waits import Waits


@dataclass(slots=True)
class Guard:
    """The state after some judgements and answers.

    judged   judgements so far, in all epochs
    spent    the last epoch that was given its part of the risk: of a rival, it may be a later one
    alone    decisions that ran alone in this epoch
    levels   score of each level, the strictest first; empty while the first scores are gathered
    reached  by row: index of the level that is to be certified next
    held     index of the widest level that runs alone; -1: none
    first    scores that will say where the levels lie
    wealth   evidence of this epoch; None before there are levels
    watch    what may change is watched
    heard    unseen answers so far, for this promise and what it is about
    unfitted confidence is to be fitted anew before anything else, see `fits`
    surging  judgements for which more is checked
    last     how the held level came about
    refused  judgements before it was refused last
    rival    a model that has to earn as much before it takes over
    begun    judgements before the terms of now
    clusters of alike cases, where the plan tells them apart
    trial    of a level that trusted history fixed
    """

    plan: Plan
    epoch: int = 1
    judged: int = 0
    spent: int = 1
    alone: int = 0
    levels: tuple[float, ...] = ()
    reached: list[int] = field(default_factory=list)
    held: int = -1
    first: list[float] = field(default_factory=list)
    wealth: Wealth | None = None
    watch: Watch = field(init=False)
    heard: int = 0
    unfitted: bool = False
    checks: Waits = field(default_factory=Waits)
    others: Waits = field(default_factory=Waits)
    surging: int = 0
    last: Turning | None = None
    refused: int = 0
    begun: int = 0
    rival: Rival | None = None
    clusters: Clusters = field(default_factory=Clusters)
    trial: Trial = field(default_factory=Trial)
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.plan.limit)
        self.unfitted = self.plan.taught > 0
        self.spent = max(self.spent, self.epoch)
        self.terms = self._terms(None)

    # What it is told

    def judge(self, one: Judged) -> list[Turn]:
        """A judgement was made. Returns what changed."""
        self.judged += 1
        self.alone += one.alone
        self.clusters.judge(one, self.plan)
        turns = [] if one.score is None else self._scored(one, one.score)
        if one.asked and one.score is not None:
            (self.checks if one.alone else self.others).ask(one.number)
        if self.surging:
            self.surging -= 1
            if not self.surging:
                turns.append(self._turn(Turning.CALM))
                self._begin()
        if self.judged % self.plan.look_every == 0:
            share = self.watch.lately.share(self.judged - self.plan.lately, few=self.plan.few)
            turns += [self._tighten()] if share > self.plan.limit else []
        if self.rival is not None:
            self.rival.judge(one)
        if self.wealth is not None and self.judged - self.begun >= self.plan.together:
            turns += self.look()
        if self.last is Turning.REFUSED and self.judged >= self.refused + self.plan.again:
            self._to_shadow()
        return turns

    def _scored(self, one: Judged, score: float) -> list[Turn]:
        turns = []
        fell = one.admitted and self.watch.mean.add(score) < -self.plan.fallen
        if fell and not self.surging and self.held >= 0:
            self.surging = self.plan.calm
            turns.append(self._turn(Turning.SURGING))
            self._begin()
        block = self._block(one)
        if self.wealth is not None and block is not None and self.clusters.counts(one, self.plan):
            self.wealth.observe(block, self._level(score), one.odds)
            self.trial.judge(one, self._level(score), self.plan)
        if not (self.levels or self.plan.waits or (self.unfitted and self.plan.taught)):
            self.first.append(score)
            if len(self.first) >= self.plan.first:
                self._set_levels()
                turns.append(self._turn(Turning.LEVELS))
        return turns

    def answer(self, one: Judged, *, right: bool, rival: bool | None = None) -> list[Turn]:
        """The blind answer about a judgement came. Returns what changed at once.

        rival  whether what the rival would have said is right
        """
        if self.rival is not None and rival is not None:
            self.rival.answer(one, right=rival)
        if one.score is None:
            return []
        self.heard += 1
        (self.checks if one.alone else self.others).answer(one.number, now=self.judged)
        turns = self._compared(one, one.score, right=right)
        if one.terms.worth is None or one.terms.again(one.score):
            fresh = one.terms.epoch == self.epoch
            self.clusters.answer(one, self.plan, right=right, fresh=fresh)
        self.trial.answer(one, right=right)
        block = self._block(one)
        if self.wealth is not None and block is not None and self.clusters.settles(one):
            self.wealth.settle(block, self._level(one.score), one.odds, right=right)
        # decisions of before still tell of those that run now, if they would run now
        if not (one.alone and self.terms.alone(one.score)):
            return turns
        self.watch.lately.add(self.judged, one.odds, wrong=not right)
        if self.watch.share.add(not right) >= self.plan.alarm:
            return [*turns, self._stop()]
        return turns

    def trust(self, levels: Sequence[float], level: int) -> list[Turn]:
        """Trusted history says where levels lie, and which to try first. Returns what changed.

        Nothing does while something runs alone, which rests on evidence, or while the model or its confidence
        is to learn first, as levels are scores.
        """
        same = self.trial.level == level and self.levels == tuple(levels)
        if same or self.held >= 0 or self.plan.waits or (self.plan.taught and self.unfitted):
            return []
        if self.wealth is not None:
            self._new_epoch()
        self.levels, self.first, self.trial, self.last = tuple(levels), [], Trial(level), Turning.TRUSTED
        self._new_evidence()
        return [self._turn(Turning.TRUSTED)]

    def _compared(self, one: Judged, score: float, *, right: bool) -> list[Turn]:
        """What was said against what came true, where slips of people do not count as errors."""
        counts = one.admitted and one.terms.again(score)
        if not counts or self.watch.said.add(score, right=right) < self.plan.overstated:
            return []
        self.watch.forget_said()
        self.unfitted = True
        return [self._turn(Turning.OVERSTATED)]

    def look(self) -> list[Turn]:
        """Whether the evidence certifies more; the terms are renewed. Returns what changed."""
        turns = [] if self.wealth is None or self.slow else self._certified(self.wealth)
        if self.rival is not None and 0 <= self.held <= self.rival.held:
            turns.append(self._promote(self.rival))
        self._begin()
        return turns

    def challenge(self, hash: str | None) -> list[Turn]:
        """Another model is to earn as much as the one in use; None: there is none any more."""
        if hash is None:
            self.rival = None
            return []
        self.spent += 1
        self.rival = Rival(self.plan, hash, self.spent, clusters=Clusters(self.judged))
        self._begin()
        return [self._turn(Turning.CHALLENGED)]

    # What it says

    @property
    def slow(self) -> bool:
        """Something runs alone, and answers take so long that a change would be noticed too late."""
        checks, others = self.checks.mean(self.judged), self.others.mean(self.judged)
        return self.held >= 0 and (checks > self.plan.prompt or others > self.plan.soon)

    @property
    def fits(self) -> bool:
        """Confidence can be fitted anew: it is due, nothing rests on it, and there are answers enough."""
        due = self.unfitted and self.held < 0 and not self.plan.waits
        return due and self.heard >= (self.plan.taught or self.plan.first)

    @property
    def status(self) -> Status:
        """Where the guarantee stands, as far as the guard knows."""
        if self.held >= 0:
            if self.slow:
                return Status.UNPROVEN
            if self.trial.running:
                return Status.PROVISIONAL
            if self.surging:
                return Status.SURGING
            return Status.TIGHTENED if self.last is Turning.TIGHTENED else Status.HOLDING
        if self.last in (Turning.STOPPED, Turning.REFUSED):
            return Status(self.last.value)
        return Status.SHADOW

    @property
    def distinct(self) -> int | None:
        """How many different clusters are admitted; None where they are not told apart."""
        return len(self.clusters.admitted(self.plan)) if self.plan.cluster is not None else None

    # How it goes on

    def _certified(self, wealth: Wealth) -> list[Turn]:
        below, rows = wealth.below(), self.plan.begun
        enough = len(rows) * self.enough
        held = climbed(self.reached, rows, below.tolist(), enough)
        if self.trial.level >= 0 and below[self.trial.level] >= self.enough:
            held = max(held, self.trial.level)
        if held > self.held or (self.trial.running and held == self.held):
            self.held, self.last, self.trial.running = held, Turning.CERTIFIED, False
            return [self._turn(Turning.CERTIFIED, float(below[held]))]
        if self.held < 0 and self.trial.passed(self.plan, self.judged):
            self.held, self.last, self.trial.running = self.trial.level, Turning.PROVISIONAL, True
            return [self._turn(Turning.PROVISIONAL)]
        if self.held < 0 and self.last is not Turning.REFUSED:
            above = wealth.above()
            if min(above[begun] for begun in rows) >= enough:
                self.last, self.refused = Turning.REFUSED, self.judged
                return [self._turn(Turning.REFUSED, float(min(above[begun] for begun in rows)))]
        return []

    @property
    def enough(self) -> float:
        """Wealth that certifies a level if one row alone began; a level of history takes half of the risk."""
        return (2 if self.trial.level >= 0 else 1) / self.plan.budget(self.epoch)

    def _set_levels(self) -> None:
        self.levels, self.first = levels_of(self.first), []
        self._new_evidence()

    def _new_evidence(self) -> None:
        self.reached = list(self.plan.begun)
        self.wealth = Wealth(self.plan.limit, len(self.levels))
        self._begin()

    def _begin(self) -> None:
        """From now on judgements are made on these terms, in a block of their own."""
        self.begun = self.judged
        block = None
        if self.wealth is not None:
            check, blind = self._odds()
            least = [check if level <= self.held else min(check, blind) for level in range(len(self.levels))]
            block = self.wealth.begin(least)
            self.wealth.finish(block - self.plan.patience // self.plan.together)
        self.terms = self._terms(block)

    def _odds(self) -> tuple[float, float]:
        """Probabilities of a check, and of a blind answer before a decision."""
        if self.held < 0:
            return 1.0, 1.0
        check = max(self.plan.least, self.plan.most * 0.5 ** (self.alone / self.plan.half))
        if self.surging:
            check = self.plan.surge
        elif self.trial.running:
            check = self.plan.confirm
        least = 0.0 if self.rival is None else ODDS
        return max(check, least), max(self.plan.blind, least)

    def _terms(self, block: int | None) -> Terms:
        check, blind = self._odds()
        worth = None if block is None else self.levels[nearest(self.plan.worth)]
        return Terms(self.epoch, block, self._cut, check, blind, worth)

    @property
    def _cut(self) -> float | None:
        return self.levels[self.held] if self.held >= 0 else None

    def _level(self, score: float) -> int:
        return level_of(self.levels, score)

    def _block(self, one: Judged) -> int | None:
        """The block of evidence that it belongs to: of this epoch, asked about, above the widest level."""
        block = one.terms.block
        if one.terms.epoch != self.epoch or not one.asked or one.score is None or block is None:
            return None
        # a worker that was held up for very long may tell of a judgement whose block is final by now
        late = self.wealth is None or self.wealth.is_final(block)
        return None if late or not one.admitted or one.score < self.levels[-1] else block

    def _tighten(self) -> Turn:
        if self.held <= 0 or self.trial.running:
            return self._stop()
        self.held -= 1
        self.last = Turning.TIGHTENED
        self._new_epoch()
        self._new_evidence()
        return self._turn(Turning.TIGHTENED)

    def _stop(self) -> Turn:
        self._to_shadow()
        self.last = Turning.STOPPED
        return self._turn(Turning.STOPPED)

    def _to_shadow(self) -> None:
        """Everything to people again, until it is earned anew."""
        self.held, self.levels, self.reached, self.first = -1, (), [], []
        self.last = None
        self.wealth = None
        self.surging = 0
        self.watch = Watch(self.plan.limit)
        self.unfitted = True
        self.rival = None
        self._new_epoch()
        self._begin()

    def _promote(self, rival: Rival) -> Turn:
        """It has earned as much, and goes on with what it earned. Nothing of the other is kept."""
        self.epoch, self.alone, self.levels = rival.epoch, 0, rival.levels
        self.reached, self.held, self.wealth = rival.reached, rival.held, rival.wealth
        self.rival, self.last, self.surging = None, Turning.CERTIFIED, 0
        self.clusters, self.trial = rival.clusters, Trial()
        self.watch = Watch(self.plan.limit)
        return replace(self._turn(Turning.PROMOTED), model=rival.hash)

    def _new_epoch(self) -> None:
        self.epoch = self.spent = self.spent + 1
        self.alone = 0
        self.watch.begin()
        self.clusters.begin()
        self.trial = Trial()

    def _turn(self, kind: Turning, wealth: float | None = None) -> Turn:
        return Turn(kind, self.judged, self.epoch, self._cut, wealth)

    def anew(self, plan: Plan, *, refitted: bool = False) -> "Guard":
        """Another promise, or another model to make it about: everything is to be earned again.

        An epoch in which nothing was counted yet could certify nothing, so it goes on.

        refitted  only what scores are fitted to is another, so why everything went to people is still true,
                  and so is which clusters are right
        """
        epoch = self.epoch if self.wealth is None else self.spent + 1
        made = Guard(plan, epoch=epoch, judged=self.judged, spent=max(self.spent, epoch))
        made.clusters = self.clusters if refitted else Clusters(self.judged)
        made.clusters.begin()
        if refitted and self.held < 0:
            made.last, made.refused = self.last, self.refused
        return made

    # As JSON

    @property
    def plain(self) -> dict[str, Any]:
        """The whole state as JSON; the same plan and this give it back."""
        whole = {name: getattr(getattr(self, name), "plain", None) for name in _WHOLE}
        return {
            **{name: getattr(self, name) for name in (*_SIMPLE, "last", "unfitted")}, **whole,
            **self.watch.plain, "levels": list(self.levels), "terms": asdict(self.terms),
        }  # fmt: skip

    @classmethod
    def of(cls, plan: Plan, plain: Mapping[str, Any]) -> "Guard":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        levels = tuple(map(float, plain["levels"]))
        made = cls(plan, levels=levels, **{name: plain[name] for name in _SIMPLE})
        made.last = None if plain["last"] is None else Turning(plain["last"])
        if plain["wealth"] is not None:
            made.wealth = Wealth.of(plan.limit, len(levels), plain["wealth"])
        made.watch, made.unfitted = Watch.of(plan.limit, plain), bool(plain["unfitted"])
        made.checks, made.others = Waits.of(plain["checks"]), Waits.of(plain["others"])
        if plain["rival"] is not None:
            made.rival = Rival.of(plan, plain["rival"])
        made.clusters, made.trial = Clusters.of(plain["clusters"]), Trial.of(plain["trial"])
        made.terms = Terms(**plain["terms"])
        return made


_SIMPLE = (
    "epoch", "judged", "spent", "alone", "reached", "held", "first", "surging", "refused", "begun", "heard",
)  # fmt: skip
_WHOLE = ("wealth", "rival", "clusters", "trial", "checks", "others")
