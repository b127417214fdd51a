"""How complete a brief is: part by part, and what a map can never give."""

from dataclasses import replace
from typing import Any

import pytest

from surehand.core.completeness import (
    Completeness,
    Contents,
    Lack,
    argued,
    completeness,
    never,
    passages,
    share,
)
from surehand.core.process import Process

WHOLE = Contents(
    effect=True, recommended=True, reasoned=True, facts=True, flagged=True, named=True, known=True,
    quoted=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({}, ()),
        ({"effect": False}, (Lack.NO_EFFECT,)),
        ({"recommended": False}, (Lack.NO_RECOMMENDATION,)),
        ({"recommended": False, "reasoned": False}, (Lack.NO_RECOMMENDATION,)),
        ({"reasoned": False}, (Lack.NO_REASON,)),
        ({"facts": False}, (Lack.NO_FACTS,)),
        ({"flagged": False}, (Lack.NO_FLAG,)),
        ({"named": False, "known": False}, (Lack.NO_SUBJECT,)),
        ({"known": False}, (Lack.SUBJECT_UNKNOWN,)),
        ({"quoted": False, "actions": False}, (Lack.NO_POLICY, Lack.NO_ACTION)),
    ],
)
def test_each_part_is_there_or_lacking_once(changes: dict[str, bool], lacks: tuple[Lack, ...]) -> None:
    found = completeness(replace(WHOLE, **changes))  # type: ignore[arg-type]
    assert (found.of, found.there, found.lacks) == (7, 7 - len(lacks), lacks)


@pytest.mark.parametrize("reasoned", [True, False])
def test_a_blind_brief_is_counted_without_the_recommendation(reasoned: bool) -> None:
    found = completeness(replace(WHOLE, recommended=None, reasoned=reasoned))
    assert (found.of, found.there, found.lacks) == (6, 6, ())


def test_every_lack_has_its_words() -> None:
    assert len({lack.words for lack in Lack}) == len(Lack)


def mapped(**point: Any) -> Process:
    step = {
        "decide": "refund",
        "choices": ["pay", "reject"],
        "bands": "review-flow",
        "queue": "desk",
        **point,
    }
    return Process.model_validate(
        {"process": "refunds", "owner": "a", "builder": "b", "policies": {"R-1": "Once."}, "steps": [step]}
    )


WRITTEN = {"about": "Paying pays.", "subject": "customer", "policy": ["R-1"]}


@pytest.mark.parametrize(
    ("point", "lacks"),
    [
        (WRITTEN, ()),
        ({}, (Lack.NO_EFFECT, Lack.NO_SUBJECT, Lack.NO_POLICY)),
        ({**WRITTEN, "about": " "}, (Lack.NO_EFFECT,)),
        ({**WRITTEN, "policy": []}, (Lack.NO_POLICY,)),
        ({**WRITTEN, "policy": ["R-2"]}, (Lack.NO_POLICY,)),
        ({**WRITTEN, "policy": [], "rules": [{"when": "true", "because": "x", "policy": "R-1"}]}, ()),
        ({**WRITTEN, "bands": None, "level": "human", "about": ""}, (Lack.NO_EFFECT,)),
    ],
)
def test_what_no_brief_of_a_point_can_have(point: dict[str, Any], lacks: tuple[Lack, ...]) -> None:
    process = mapped(**point)
    assert never(process, process.steps[0]) == lacks  # type: ignore[arg-type]


def test_passages_are_those_of_the_reasons_then_those_of_every_case() -> None:
    process = mapped(**WRITTEN)
    more = process.model_copy(update={"policies": {"R-1": "Once.", "R-2": "Twice."}})
    step: Any = more.steps[0]
    assert passages(more, step, [{"policy": "R-2"}, {"policy": None}, {"policy": "R-9"}]) == ("R-2", "R-1")


def test_a_recommendation_says_why_with_a_reason_in_words() -> None:
    step: Any = mapped().steps[0]
    assert argued(step, {"reasons": ["", "It fits."]})
    assert not argued(step, {"reasons": [" "]})
    assert not argued(step, {})


def test_shares_count_what_is_lacking() -> None:
    policy, subject = Completeness(7, (Lack.NO_POLICY,)), Completeness(7, (Lack.NO_SUBJECT, Lack.NO_POLICY))
    found = share("refunds", "refund", [policy, subject, Completeness(7, ()), policy])
    assert (found.briefs, found.complete) == (4, 1)
    assert list(found.lacks.items()) == [(Lack.NO_POLICY, 3), (Lack.NO_SUBJECT, 1)]
    assert share("refunds", "refund", []).lacks == {}
