"""Consequence by functions and conditions, and limits, in a map: what is joined, and every fault."""

from pathlib import Path

import pytest

from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.errors import MapInvalid
from surehand.maps.bind import bind
from surehand.maps.diff import differences
from surehand.maps.routes import Effect

PEOPLE = People.model_validate(
    {
        "people": {"ann": {}, "dev": {"roles": ["builder"]}},
        "queues": {"desk": {"owner": "ann", "due": "PT1H"}},
    }
)
MAP = """\
process: claims
owner: ann
builder: dev
policies: {CL-1: Claims of new customers.}
input:
  fields:
    total: {type: money}
    tier: {type: text, trusted: true}
    note: {type: text, required: false}
models: {outside: {provider: external}}
steps:
  - decide: settle
    choices: [pay, reject]
    model: outside
    bands: two-by-two
    consequence:
      money: {by: exposure, at_least: 100}
      medium_from: 1000
      customer: [{when: "tier == 'key'", grade: high, because: A key account}]
      legal: {by: exposed}
      reversible: {by: undoable}
    limits:
      - {when: "tier == 'new'", below: 0.97, because: New customer}
      - {first: 20, policy: CL-1, because: The policy is new}
    queue: desk
"""
STEPS = """\
from decimal import Decimal
from typing import Literal

from surehand.core.money import Money
from surehand.core.policy import Grade


def exposure(total: Money, note: str | None) -> Money | None:
    return total


def exposed(tier: list[str]) -> list[Grade | None]:
    return [Grade.LOW for _ in tier]


def undoable(note: str | None) -> bool:
    return True
"""


def bound(folder: Path, *edits: tuple[str, str]) -> BoundProcess:
    process, steps = MAP, STEPS
    for old, new in edits:
        assert (old in process) != (old in steps), old
        process, steps = process.replace(old, new, 1), steps.replace(old, new, 1)
    (folder / "process.yaml").write_text(process)
    (folder / "steps.py").write_text(steps)
    return bind(folder, PEOPLE, label="claims")


def faults(folder: Path, *edits: tuple[str, str]) -> list[str]:
    with pytest.raises(MapInvalid) as caught:
        bound(folder, *edits)
    return [f"{fault.message} [{fault.suggestion or ''}]" for fault in caught.value.faults]


def test_parts_are_joined_to_their_functions_and_conditions(tmp_path: Path) -> None:
    step = bound(tmp_path).steps[0]
    assert {part: grader.many for part, grader in step.graders.items()} == {
        "money": False, "legal": True, "reversible": False,
    }  # fmt: skip
    # a row of the customer's harm, then the only limit that has a condition
    assert step.conditions is not None
    assert [list(step.conditions({"tier": tier})) for tier in ("key", "new")] == [
        [True, False], [False, True],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("{by: exposure, at_least: 100}", "{by: exposure}"), "'exposure' takes note and total, which no"),
        (("{by: exposed}", "{by: exposd}"), "There is no function 'exposd'"),
        (("list[Grade | None]", "list[str]"), "'exposed' says the part 'legal', so it must return Grade"),
        (("tier: list[str]", "tier: list[int]"), "'exposed': 'tier' is str here"),
        (("exposed(tier: list[str])", "exposed(teir: list[str])"), "'teir' (str) is no fact known"),
        (("-> Money | None", "-> bool"), "'exposure' says the part 'money', so it must return Money"),
        (("-> Money | None", ""), "so it must return Money, and its annotation says nothing"),
        (("-> bool", "-> int"), "'undoable' says the part 'reversible', so it must return bool"),
        (("exposed(tier: list[str])", "exposed(note: list[str | None])"), "so it may only raise"),
        (("tier == 'key'", "teir == 'key'"), "'teir' is not known here. [tier]"),
        (("grade: high", "grade: hihg"), "'grade' must be low, medium, high or critical, not 'hihg'. [high]"),
        (("tier == 'new'", "tier > 3"), "'>' cannot be used with"),
        (("policy: CL-1", "policy: CL-2"), "The policy 'CL-2' is not known"),
        (("below: 0.97, ", ""), "write 'below' or 'first'"),
        (("{by: undoable}", "sometimes"), "'reversible' must be true or false, or a function as {by: name}"),
        (("customer: [{", "customer: [] #"), "'customer': needs at least 1"),
        (("first: 20,", "first: 20, route: notify,"), "nothing says for how long a person may override"),
    ],
)
def test_every_fault_is_named(tmp_path: Path, edit: tuple[str, str], said: str) -> None:
    assert any(said in fault for fault in faults(tmp_path, edit)), faults(tmp_path, edit)


def test_words_may_stand_for_grades(tmp_path: Path) -> None:
    bound(tmp_path, ("list[Grade | None]", 'list[Literal["low", "high"] | None]'))
    assert faults(tmp_path, ("list[Grade | None]", 'list[Literal["low", "huge"] | None]'))


def test_under_a_guarantee_a_limit_that_ends_has_no_condition(tmp_path: Path) -> None:
    promised = ("bands: two-by-two", "guarantee: {error: 0.02}")
    bound(tmp_path, promised)
    for edit in (
        ("first: 20,", "first: 20, when: \"tier == 'new'\","),
        ("below: 0.97,", "below: 0.97, peak: [{from: 2026-12-01, until: 2026-12-24}],"),
    ):
        (said,) = faults(tmp_path, promised, edit)
        assert "a limit with a condition cannot end or rest" in said


def test_what_a_change_of_them_does_to_the_oversight(tmp_path: Path) -> None:
    old = bound(tmp_path).map

    def effect(*edits: tuple[str, str]) -> dict[str, Effect]:
        return {one.text: one.effect for one in differences(old, bound(tmp_path, *edits).map)}

    less = effect(("      - {first: 20, policy: CL-1, because: The policy is new}\n", ""))
    assert less == {
        "A limit was removed: The policy is new, the first 20 cases of CL-1: review.": Effect.LOOSENS
    }
    more = effect(("    queue", "      - {below: 0.99, because: Careful}\n    queue"))
    assert more == {"A limit was added: Careful, below 0.99: review.": Effect.TIGHTENS}
    assert Effect.LOOSENS in effect(("below: 0.97", "below: 0.96")).values()
    by_hand = effect(("legal: {by: exposed}", "legal: critical"))
    assert by_hand == {"'legal' was what exposed says, and became 'critical'.": Effect.LOOSENS}
    assert set(effect(("at_least: 100", "at_least: 200")).values()) == {Effect.LOOSENS}
    assert set(effect(("reversible: {by: undoable}", "reversible: false")).values()) == {Effect.TIGHTENS}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("tolerance: 0.01", "tolerance: 0.02", Effect.LOOSENS),
        ("tolerance: 0.02", "tolerance: 0.01", Effect.TIGHTENS),
        ("tolerance_units: 5", "tolerance_units: 6", Effect.LOOSENS),
        ("tolerance: 0.01, tolerance_units: 5", "tolerance: 0.02, tolerance_units: 4", Effect.LOOSENS),
        ("tolerance: 0.01, unit: EUR", "tolerance: 0.01, unit: USD", Effect.NEITHER),
    ],
)
def test_a_wider_tolerance_loosens(tmp_path: Path, before: str, after: str, effect: Effect) -> None:
    old, new = (
        bound(tmp_path, ("choices: [pay, reject]", f"number: {{{one}}}")).map for one in (before, after)
    )
    assert [one.effect for one in differences(old, new)] == [effect]
