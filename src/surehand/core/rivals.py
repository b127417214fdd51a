"""A model that is scored silently beside the one in use, until it has earned as much.

What was earned was earned for one model. If it were thrown away with every training, nothing would ever run
alone for long. So a new model decides nothing at first: of every case it is only kept what it would have
said, and what people say who see neither is evidence about both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surehand.core.clusters import Clusters
from surehand.core.guarantee import Judged, Plan, nearest
from surehand.core.levels import climbed, level_of, levels_of
from surehand.stats.betting import Wealth

#: While there is a rival, people are asked unseen about every case with at least this probability: what the
#: one in use lets run would else be checked too seldom to tell about the other.
ODDS = 0.3


@dataclass(slots=True)
class Rival:
    """What a rival has earned so far.

    hash     of the model
    epoch    whose part of the risk it spends
    judged   judgements since it began
    levels   its own; empty while its first scores are gathered
    reached, held  as those of `Guard`
    first    scores that will say where its levels lie
    wealth   evidence; None before there are levels
    begun    judgements before the block of now
    block    of now
    waiting  by number of a judgement that people were asked about: its block, level and odds
    clusters that it is right about, whatever the one in use is right about
    """

    plan: Plan
    hash: str
    epoch: int
    judged: int = 0
    levels: tuple[float, ...] = ()
    reached: list[int] = field(default_factory=list)
    held: int = -1
    first: list[float] = field(default_factory=list)
    wealth: Wealth | None = None
    begun: int = 0
    block: int = 0
    waiting: dict[int, tuple[int, int, float]] = field(default_factory=dict)
    clusters: Clusters = field(default_factory=Clusters)

    def judge(self, one: Judged) -> None:
        """A judgement was made, and it may be known what the rival would have said."""
        if one.rival is None or one.rival.hash != self.hash:
            return
        self.judged += 1
        score = one.rival.score
        self.clusters.judge(replace(one, alone=False), self.plan)
        if self.wealth is None:
            self._gather(score)
        elif score is not None and score >= self.levels[-1] and self._counts(one):
            level = level_of(self.levels, score)
            self.wealth.observe(self.block, level, one.odds)
            self.waiting[one.number] = (self.block, level, one.odds)
        if self.wealth is not None and self.judged - self.begun >= self.plan.together:
            self._look(self.wealth, one.number)

    def answer(self, one: Judged, *, right: bool) -> None:
        """The unseen answer about a judgement came: what the rival would have said is right, or not."""
        if one.rival is not None and one.rival.hash == self.hash and self._worth(one.rival.score):
            # as if each were asked about before it was admitted: any wrong one puts it out
            asked = replace(one, alone=False, admitted=False)
            self.clusters.answer(asked, self.plan, right=right, fresh=True)
        found = self.waiting.pop(one.number, None)
        if found is not None and self.wealth is not None:
            block, level, odds = found
            self.wealth.settle(block, level, odds, right=right)

    def _counts(self, one: Judged) -> bool:
        if not one.asked or one.odds < ODDS:
            return False
        if one.cluster is None:
            return one.admitted
        admitted = self.clusters.least(one.cluster, self.plan) is not None
        return admitted and self.clusters.counts(one, self.plan)

    def _worth(self, score: float | None) -> bool:
        """It may ever run alone, as far as that is known."""
        return score is not None and (not self.levels or score >= self.levels[nearest(self.plan.worth)])

    def _gather(self, score: float | None) -> None:
        if score is not None:
            self.first.append(score)
        if len(self.first) < self.plan.first:
            return
        self.levels, self.first = levels_of(self.first), []
        self.reached = list(self.plan.begun)
        self.wealth = Wealth(self.plan.limit, len(self.levels))
        self._begin(self.wealth)

    def _look(self, wealth: Wealth, number: int) -> None:
        enough = len(self.plan.begun) / self.plan.budget(self.epoch)
        certified = climbed(self.reached, self.plan.begun, wealth.below().tolist(), enough)
        self.held = max(self.held, certified)
        oldest = number - self.plan.patience
        self.waiting = {place: one for place, one in self.waiting.items() if place > oldest}
        self._begin(wealth)

    def _begin(self, wealth: Wealth) -> None:
        self.begun = self.judged
        self.block = wealth.begin([ODDS] * len(self.levels))
        wealth.finish(self.block - self.plan.patience // self.plan.together)

    @property
    def plain(self) -> dict[str, Any]:
        """The whole state as JSON; the same plan and this give it back."""
        return {
            **{name: getattr(self, name) for name in _SIMPLE}, "levels": list(self.levels),
            "wealth": None if self.wealth is None else self.wealth.plain,
            "clusters": self.clusters.plain,
            "waiting": [[number, *one] for number, one in self.waiting.items()],
        }  # fmt: skip

    @classmethod
    def of(cls, plan: Plan, plain: Mapping[str, Any]) -> "Rival":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        levels = tuple(map(float, plain["levels"]))
        made = cls(plan, levels=levels, **{name: plain[name] for name in _SIMPLE})
        if plain["wealth"] is not None:
            made.wealth = Wealth.of(plan.limit, len(levels), plain["wealth"])
        made.clusters = Clusters.of(plain["clusters"])
        waiting = {
            int(n): (int(block), int(level), float(odds)) for n, block, level, odds in plain["waiting"]
        }
        made.waiting = waiting
        return made


_SIMPLE = ("hash", "epoch", "judged", "reached", "held", "first", "begun", "block")
