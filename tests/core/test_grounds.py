"""What throws evidence away: other scores or other cases, and no sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.bound import BoundProcess
from surehand.core.grounds import ground
from surehand.core.policy import Consequence, Rule
from surehand.core.process import Model, UnreadablePath
from surehand.core.sensitive import FourEyes
from surehand.core.steps import DecisionPoint
from surehand.core.terms import Ask, Sla
from tests.core.made import BOUND


def the_point(process: BoundProcess = BOUND) -> DecisionPoint:
    return next(b.step for b in process.steps if isinstance(b.step, DecisionPoint))


def with_point(**changes: Any) -> BoundProcess:
    changed = the_point().model_copy(update=changes)
    steps = tuple(
        replace(bound, step=changed) if bound.step.name == changed.name else bound for bound in BOUND.steps
    )
    return replace(BOUND, steps=steps)


def with_map(**changes: Any) -> BoundProcess:
    return replace(BOUND, map=BOUND.map.model_copy(update=changes))


def of(process: BoundProcess, **models: str) -> str:
    return ground(process, the_point(process), models)


RULE = Rule(when="total.base > 5.0", because="Large")


@pytest.mark.parametrize(
    "process",
    [
        replace(BOUND, version="another"),
        with_point(question="What now?", reasons=("a",), subject="supplier", facts=("total",)),
        with_point(queue="others", sla=Sla(due=timedelta(hours=1)), about="This and that"),
        with_point(ask=Ask(within=timedelta(hours=1)), interested=("supplier",)),
        with_map(title="Another", owner="somebody"),
    ],
)
def test_sentences_people_and_deadlines_do_not_matter(process: BoundProcess) -> None:
    assert of(process) == of(BOUND)


def test_the_words_of_a_rule_do_not_matter_and_its_condition_does() -> None:
    reworded = RULE.model_copy(update={"because": "A large sum", "policy": None})
    other = RULE.model_copy(update={"when": "total.base > 6.0"})
    assert of(with_point(rules=(RULE,))) == of(with_point(rules=(reworded,)))
    assert of(with_point(rules=(RULE,))) != of(with_point(rules=(other,)))
    eyes = FourEyes(when=RULE.when, because="Large")
    reworded_eyes = eyes.model_copy(update={"because": "A large sum", "people": 3})
    others = eyes.model_copy(update={"when": other.when})
    assert of(with_point(four_eyes=(eyes,))) == of(with_point(four_eyes=(reworded_eyes,)))
    assert of(with_point(four_eyes=(eyes,))) != of(with_point(four_eyes=(others,)))


@pytest.mark.parametrize(
    "process",
    [
        replace(BOUND, code="another"),
        with_point(signals=("margin",)),
        with_point(consequence=Consequence(customer="high")),
        with_point(rules=(RULE,)),
        with_point(four_eyes=(FourEyes(people=2, because="Large"),)),
        with_map(currency="USD"),
        with_map(exceptions=()),
    ],
)
def test_what_moves_scores_or_chooses_cases_does(process: BoundProcess) -> None:
    assert of(process) != of(BOUND)


ASKED = {"provider": "llm", "model": "openai:small", "base_url": "http://127.0.0.1:9/v1"}
PRICES = {"currency": "EUR", "sent": 1, "received": 2}


def with_model(**more: Any) -> BoundProcess:
    return with_map(models={"reader": Model.model_validate({**ASKED, **more})})


def test_what_a_language_model_may_cost_does_not_matter_and_what_it_is_asked_does() -> None:
    """Prices change elsewhere, and must not throw away what was earned."""
    same = of(with_model())
    assert of(with_model(budget={"calls": 5})) == same
    assert of(with_model(budget={"money": 5}, prices=PRICES)) == same
    assert of(with_model(logprobs=False)) == same
    assert of(with_model(logprobs=True)) != same
    assert of(with_model(samples=3)) != same


def test_what_was_earned_with_a_version_before_still_holds() -> None:
    """As that version named it: a key that a new version brings throws nothing away where it is not used."""
    unreadable = UnreadablePath(queue="desk", sla=Sla(due=timedelta(hours=8)))
    with_it = with_map(input=BOUND.map.input.model_copy(update={"unreadable": unreadable}))
    assert (of(BOUND), of(with_it)) == ("50680cf1f3965bdd", "44e409f14eff5ad4")


def test_another_model_is_another_ground() -> None:
    assert of(BOUND, intents="a") != of(BOUND, intents="b")
