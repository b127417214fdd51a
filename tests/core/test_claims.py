"""What may be said of a guarantee, at every state."""

import pytest

from surehand.core.claims import claim, sentence
from surehand.core.guarantee import COVERAGES, Plan, Status, Turning
from surehand.core.guard import Guard

LEVELS = tuple(1 - step / 1_000 for step in range(89))


def guard(status: Status) -> Guard:
    made = Guard(Plan(0.02))
    if status in (Status.STOPPED, Status.REFUSED):
        made.last = Turning(status.value)
    if status in (Status.HOLDING, Status.SURGING, Status.TIGHTENED, Status.UNPROVEN):
        made.levels, made.held = LEVELS, 9
        made.last = Turning.TIGHTENED if status is Status.TIGHTENED else Turning.CERTIFIED
    if status is Status.SURGING:
        made.surging = 1_200
    if status is Status.UNPROVEN:
        made.checks.ask(0)
        made.judged = 5_000
    assert made.status is status
    return made


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.SHADOW, "200 more cases"), (Status.HOLDING, "run alone, about"),
        (Status.SURGING, "75 % are checked for 1,200 more cases"), (Status.TIGHTENED, "so less runs alone"),
        (Status.STOPPED, "until it is earned anew"), (Status.REFUSED, "cannot be kept"),
        (Status.UNPROVEN, "nothing can be claimed"),
    ],
)  # fmt: skip
def test_every_state_has_its_sentence(status: Status, words: str) -> None:
    said = sentence(guard(status))
    assert words in said
    assert said.endswith(".")
    assert ".." not in said


def test_what_learns_still_says_so() -> None:
    made = Guard(Plan(0.02, waits=True))
    assert "it cannot keep 2 % yet" in sentence(made)


def test_after_the_first_scores_no_count_is_promised() -> None:
    made = guard(Status.SHADOW)
    made.levels = LEVELS
    assert "until a level is certified at 2 % error" in sentence(made)


def test_the_claim_says_what_it_rests_on() -> None:
    said = claim(Plan(0.02))
    assert "With 95 % confidence" in said
    assert "exceeded 2 %" in said
    assert "at most 10 %" in said


def test_the_claim_says_of_how_many_different_ones_it_speaks() -> None:
    said = claim(Plan(0.02, cluster="vendor_name"), 1_234)
    assert "alike by vendor name: 1,234 different ones are admitted" in said
    assert "of each at most 10 answers count in an epoch" in said
    assert "1 different one is admitted" in claim(Plan(0.02, cluster="vendor"), 1)
    assert "alike by" not in claim(Plan(0.02))


def test_what_runs_provisionally_says_what_it_rests_on_and_what_is_missing() -> None:
    made = Guard(Plan(0.02))
    made.trust(LEVELS[: len(COVERAGES)], 30)
    assert "150 more answers at the level of trusted history" in sentence(made)
    made.held, made.trial.running = 30, True
    assert made.status is Status.PROVISIONAL
    said = sentence(made)
    assert "this is not certified yet: it rests on trusted history" in said
    assert "50 % are checked, and the evidence is 0 % of the way." in said
