"""What every provider must do, whatever kind of AI it is."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from surehand.core.bound import BoundStep, Parameter
from surehand.core.classification import Readings
from surehand.core.process import Masking, Model, TableRow
from surehand.core.recommendation import Alternative, Recommendation
from surehand.core.steps import Decide, DecisionPoint, Draft, Number
from surehand.providers import Provider, external, function, llm, rules
from surehand.providers.classifier import answering
from tests import language

COMMON: dict[str, Any] = {"level": "review", "queue": "desk"}
CHOICE = Decide(decide="it", choices=("a", "b"), **COMMON)
YES_NO = Decide(decide="it", yes_no=True, **COMMON)
NUMBER = Decide(decide="it", number=Number(least=0, most=100), **COMMON)
DRAFT = Draft(draft="it", **COMMON)


class Hits:
    """A table whose conditions are facts themselves."""

    def __init__(self, *facts: str) -> None:
        self.facts = facts
        self.names = tuple(frozenset({fact}) for fact in facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __call__(self, facts: Mapping[str, Any]) -> list[bool | None]:
        return [facts[name] for name in self.facts]


def of_function(answer: Callable[[Any], Any], point: DecisionPoint) -> BoundStep:
    parameter = Parameter("case", "fact", ("case",), lambda facts: facts["case"])
    return BoundStep(point, answer, (parameter,))


def by_function(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    step = of_function(lambda case: answers[case], point)
    return function.recommend(step, [{"case": n} for n in range(len(answers))], [None] * len(answers))


def by_function_of_a_chunk(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    step = replace(of_function(lambda case: [answers[n] for n in case], point), many=True)
    return function.recommend(step, [{"case": n} for n in range(len(answers))], [None] * len(answers))


def by_caller(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    return external.recommend(
        BoundStep(point), [{}] * len(answers), [None if one is None else {"value": one} for one in answers]
    )


def by_table(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for one in answers:
        if one is None:
            found += rules.recommend(_table(point, "x"), [{"hit": False}], [None])
        else:
            found += rules.recommend(_table(point, one), [{"hit": True}], [None])
    return found


def _table(point: DecisionPoint, value: Any) -> BoundStep:
    row = TableRow.model_construct(when="hit", recommend=value, because="so")
    return BoundStep(point, table=Hits("hit"), model=Model.model_construct(provider="rules", table=(row,)))


class Learned:
    """A classifier that says what it is told, such as answers of an older version of the map."""

    version = "0" * 64

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers = answers

    def readings(self, cases: Sequence[Mapping[str, Any]]) -> Readings:
        n = len(self.answers)
        best = np.array([-1 if one is None else at for at, one in enumerate(self.answers)], dtype=np.int64)
        shares = (np.full(n, share) for share in (0.9, 0.8, 0.1, 0.7, 0.6, 1.0))
        return Readings(tuple(self.answers), best, np.full(n, -1), *shares)

    def because(self, cases: Sequence[Mapping[str, Any]], best: Any) -> list[tuple[str, ...]]:
        return [("so",)] * len(cases)


def by_classifier(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    step = BoundStep(point, model=Model(provider="text-classifier"))
    return answering.recommend(Learned(answers), step, [{}] * len(answers))


class Bottomless:
    """A purse with room for every call."""

    def take(self) -> str | None:
        return None

    def used(self, sent: int, received: int) -> None:
        """Nobody counts."""


def by_language_model(point: DecisionPoint, answers: Sequence[Any]) -> list[Any]:
    """Over a real connection, one case at a time, in order."""
    with language.speaking(*(language.answers(one) for one in answers)) as speaker:
        model = Model(
            provider="llm", model="openai:loop", base_url=speaker.url, at_once=1, retries=0,
            masking=Masking(off_because="there is nothing in these cases"),
        )  # fmt: skip
        step = BoundStep(point, model=model, reads={"case": "integer"})
        cases = [{"case": number} for number in range(len(answers))]
        return llm.ask(step, cases, purse=Bottomless(), draw=lambda: 0.0, patience=60)


ALL = [by_function, by_function_of_a_chunk, by_caller, by_table, by_classifier, by_language_model]


@pytest.mark.parametrize("by", ALL)
@pytest.mark.parametrize(
    ("point", "given", "taken"),
    [
        (CHOICE, "a", "a"), (CHOICE, "c", None), (CHOICE, 3, None), (CHOICE, True, None), (CHOICE, "", None),
        (CHOICE, None, None), (CHOICE, ["a"], None),
        (YES_NO, True, True), (YES_NO, False, False), (YES_NO, "yes", None), (YES_NO, 1, None),
        (NUMBER, 12.5, 12.5), (NUMBER, 12, 12), (NUMBER, math.nan, None), (NUMBER, math.inf, None),
        (NUMBER, 10**400, None),
        (NUMBER, -1, None), (NUMBER, 101, None), (NUMBER, True, None), (NUMBER, "12", None), (NUMBER, 0, 0),
        (DRAFT, "Dear", "Dear"), (DRAFT, " ", None), (DRAFT, 3, None),
    ],
)  # fmt: skip
def test_an_answer_is_one_that_the_point_knows_or_none_with_the_reason(
    by: Callable[..., list[Any]], point: DecisionPoint, given: Any, taken: Any
) -> None:
    (recommended,) = by(point, [given])
    assert isinstance(recommended, Recommendation)
    assert recommended.value == taken
    assert type(recommended.value) is type(taken)
    if taken is None:
        assert recommended.confidence is None
        assert recommended.reasons or given is None


@pytest.mark.parametrize("by", ALL)
def test_one_recommendation_per_case_in_order(by: Callable[..., list[Any]]) -> None:
    answers = ["a", "zzz", None, "b"]
    assert [one.value for one in by(CHOICE, answers)] == ["a", None, None, "b"]
    assert by(CHOICE, []) == []


@pytest.mark.parametrize("provider", [function, rules, external])
def test_the_modules_meet_the_protocol(provider: Provider) -> None:
    assert provider.recommend(BoundStep(CHOICE), [], []) == []


def test_an_error_of_one_case_does_not_fail_the_others() -> None:
    def answer(case: Any) -> str:
        if case == 1:
            raise RuntimeError("no")
        return "a"

    cases = [{"case": n} for n in range(3)]
    for step in (
        of_function(answer, CHOICE),
        replace(of_function(lambda case: [answer(one) for one in case], CHOICE), many=True),
    ):
        first, second, third = function.recommend(step, cases, [None] * 3)
        assert isinstance(second, RuntimeError)
        assert isinstance(first, Recommendation)
        assert isinstance(third, Recommendation)


def test_a_chunk_is_one_call() -> None:
    calls = []

    def answer(case: list[int]) -> list[str]:
        calls.append(len(case))
        return ["a"] * len(case)

    step = replace(of_function(answer, CHOICE), many=True)
    assert len(function.recommend(step, [{"case": n} for n in range(9)], [None] * 9)) == 9
    assert calls == [9]


def test_a_chunk_that_comes_back_short_is_asked_one_by_one() -> None:
    step = replace(of_function(lambda case: ["a"] * min(len(case), 1), CHOICE), many=True)
    assert [one.value for one in function.recommend(step, [{"case": n} for n in range(3)], [None] * 3)] == [
        "a"
    ] * 3  # type: ignore[union-attr]


@pytest.mark.parametrize("confidence", [math.nan, 1.7, -0.1, 10**400, True, "high"])
def test_an_impossible_confidence_is_none(confidence: Any) -> None:
    given = Recommendation(value="a", confidence=confidence)
    assert by_function(CHOICE, [given])[0].confidence is None
    brought = {"value": "a", "confidence": confidence}
    assert external.recommend(BoundStep(CHOICE), [{}], [brought])[0].confidence is None  # type: ignore[union-attr]


def test_what_else_a_recommendation_holds_is_made_fit() -> None:
    given = Recommendation[Any](
        value="a",
        confidence=0.9,
        reasons="one sentence",  # type: ignore[arg-type]
        alternatives=(Alternative("b", "because", 3.0), Alternative("zzz")),
        signals={"consensus": 0.5, "broken": math.nan},
    )
    (made,) = by_function(CHOICE, [given])
    assert made.reasons == ("one sentence",)
    assert made.alternatives == (Alternative("b", "because", None),)
    assert made.signals == {"consensus": 0.5, "broken": None}


def test_decimals_become_numbers() -> None:
    assert by_function(NUMBER, [Decimal("1.5")])[0].value == 1.5


@pytest.mark.parametrize(
    ("hits", "value", "clarity"),
    [
        ((True, False, False), "a", 1.0),
        ((True, True, False), "a", 1.0),
        ((True, True, True), "a", 2 / 3),
        ((False, True, True), "a", 0.5),
        ((False, False, True), "b", 1.0),
        ((False, False, False), None, 0.0),
        ((True, None, False), None, 0.0),
        ((None, True, False), None, 0.0),
    ],
)
def test_the_first_row_that_hits_answers(hits: tuple[Any, ...], value: Any, clarity: float) -> None:
    rows = tuple(TableRow(when=f"h{n}", recommend=v, because=f"row {n}") for n, v in enumerate("aab"))
    step = BoundStep(CHOICE, table=Hits("h0", "h1", "h2"), model=Model(provider="rules", table=rows))
    (made,) = rules.recommend(step, [{f"h{n}": hit for n, hit in enumerate(hits)}], [None])
    assert isinstance(made, Recommendation)
    assert (made.value, made.signals["rule_clarity"]) == (value, clarity)
    assert made.reasons
    if value == "a" and clarity < 1:
        assert made.alternatives == (Alternative("b", "row 2"),)


@pytest.mark.parametrize(
    ("brought", "value", "reasons"),
    [
        (None, None, ("The caller brought no recommendation",)),
        ({}, None, ("The caller brought no recommendation",)),
        ({"value": "a", "reasons": "clear"}, "a", ("clear",)),
        ({"value": "a", "reasons": ["x", 3, "y"], "alternatives": "b", "signals": [1]}, "a", ("x", "y")),
        ({"value": "a", "reasons": {"x": 1}, "alternatives": [1, {}, {"value": "b"}], "source": 7}, "a", ()),
        ("a", None, ("The caller brought no recommendation",)),
    ],
)
def test_what_a_caller_brings_may_have_any_shape(brought: Any, value: Any, reasons: tuple[str, ...]) -> None:
    (made,) = external.recommend(BoundStep(CHOICE), [{}], [brought])
    assert isinstance(made, Recommendation)
    assert (made.value, made.reasons) == (value, reasons)


def test_a_classifier_that_has_learned_nothing_says_so() -> None:
    step = BoundStep(CHOICE, model=Model(provider="text-classifier"))
    (made,) = answering.recommend(None, step, [{}])
    assert isinstance(made, Recommendation)
    assert (made.value, made.confidence, made.reasons) == (None, None, ("Nothing was learned here yet",))


def test_a_classifier_gives_every_reading_by_name() -> None:
    (made,) = by_classifier(CHOICE, ["a"])
    assert made.signals == {"probability": 0.8, "margin": 0.7, "input_similarity": 0.6, "consensus": 1.0}
    (blank,) = by_classifier(CHOICE, [None])
    assert blank.reasons == ("There is nothing to read",)
    assert set(blank.signals.values()) == {None}  # missing is None, and never 1


@pytest.mark.parametrize(
    ("said", "words"),
    [(("'card' speaks for it.",), "'card' speaks for it."), ((), "It is the next most likely by what was")],
)
def test_the_second_answer_of_a_classifier_says_what_speaks_for_it(said: tuple[str, ...], words: str) -> None:
    class Two(Learned):
        def readings(self, cases: Sequence[Mapping[str, Any]]) -> Readings:
            return replace(super().readings(cases), best=np.array([0]), second=np.array([1]))

        def because(self, cases: Sequence[Mapping[str, Any]], best: Any) -> list[tuple[str, ...]]:
            return [said if best[0] == 1 else ("so",)]

    step = BoundStep(CHOICE, model=Model(provider="text-classifier"))
    (made,) = answering.recommend(Two(["a", "b"]), step, [{}])
    assert isinstance(made, Recommendation)
    (second,) = made.alternatives
    assert (second.value, made.reasons) == ("b", ("so",))
    assert second.because.startswith(words)
