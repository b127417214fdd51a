"""A model beside the one in use, in simulated worlds: it takes over once it has earned as much."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from surehand.core.guarantee import Judged, Plan, Said, Status, Turn, Turning
from surehand.core.guard import Guard
from surehand.core.rivals import ODDS
from tests.guarantees.worlds import Floats, steady

HASH = "b" * 64


@dataclass
class Life:
    guard: Guard
    turns: list[Turn] = field(default_factory=list)
    alone: int = 0

    def turn(self, kind: Turning) -> Turn | None:
        return next((turn for turn in self.turns if turn.kind is kind), None)


def lived(
    plan: Plan, scores: Floats, right: np.ndarray, rival: Floats, rival_right: np.ndarray, *, start: int,
    seed: int, kept: bool = False,
) -> Life:  # fmt: skip
    """From `start` on a rival is scored on the same cases. `kept`: the guard is kept and read again often."""
    drawn, guard = np.random.default_rng(seed), Guard(plan)
    life, due = Life(guard), list[tuple[float, int, Judged]]()
    for place, score in enumerate(scores.tolist()):
        if kept and place % 97 == 0:
            guard = Guard.of(guard.plan, guard.plain)
        if place == start:
            life.turns += guard.challenge(HASH)
        while due and due[0][0] <= place:
            _, number, one = heapq.heappop(due)
            life.turns += guard.answer(one, right=bool(right[number]), rival=bool(rival_right[number]))
        terms = guard.terms
        said = Said(HASH, float(rival[place])) if guard.rival is not None else None
        alone, odds = terms.alone(score), terms.odds(score)
        if said is not None:
            assert odds >= ODDS
        one = Judged(guard.judged, terms, score, alone, odds, bool(drawn.random() < odds), rival=said)
        life.turns += guard.judge(one)
        life.alone += alone
        if one.asked:
            heapq.heappush(due, (place + 1 + drawn.exponential(50 if alone else 200), place, one))
        if life.turns and life.turns[-1].kind is Turning.PROMOTED:
            break  # from here on the other model decides
    life.guard = guard
    return life


def test_a_rival_that_is_as_good_takes_over_and_goes_on_with_what_it_earned() -> None:
    for seed in range(3):
        drawn = np.random.default_rng(seed)
        scores, right = steady(16_000, drawn)
        better, better_right = np.sqrt(scores), right | (drawn.random(16_000) < 0.5)
        life = lived(Plan(0.02), scores, right, better, better_right, start=6_000, seed=seed)
        promoted = life.turn(Turning.PROMOTED)
        assert promoted is not None, "it earns as much"
        assert promoted.model == HASH
        assert promoted.at - 6_000 < 6_000
        assert life.guard.status is Status.HOLDING
        assert life.guard.rival is None
        # the risk of each is its own part
        assert life.guard.epoch > 1
        assert life.guard.terms.cut is not None


def test_a_rival_that_is_worse_does_not() -> None:
    for seed in range(3):
        drawn = np.random.default_rng(seed)
        scores, right = steady(14_000, drawn)
        worse = right & (drawn.random(14_000) > 0.06)
        life = lived(Plan(0.02), scores, right, scores, worse, start=6_000, seed=seed)
        assert life.turn(Turning.PROMOTED) is None
        assert life.turn(Turning.CHALLENGED) is not None
        assert life.guard.held >= 0, "the one in use goes on"


def test_with_a_rival_the_state_is_the_same_after_it_was_kept() -> None:
    scores, right = steady(9_000, np.random.default_rng(1))
    once, often = (
        lived(Plan(0.02), scores, right, scores, right, start=4_000, seed=1, kept=kept)
        for kept in (False, True)
    )
    assert once.guard.plain == often.guard.plain
    assert once.turns == often.turns


def test_what_is_given_up_is_forgotten_and_its_part_of_the_risk_is_spent() -> None:
    scores, right = steady(5_000, np.random.default_rng(2))
    guard = lived(Plan(0.02), scores, right, scores, right, start=4_000, seed=2).guard
    spent = guard.spent
    guard.challenge(None)
    assert guard.rival is None
    guard.challenge("c" * 64)
    assert guard.rival is not None
    assert guard.rival.epoch == guard.spent == spent + 1
    assert guard.anew(Plan(0.02)).epoch == spent + 2
