"""What a function returns may be odd; the case goes on or to a person, and what has run stays on record."""

from collections.abc import Callable

import pytest

from surehand.core.case import CaseState
from tests.flow.world import World

ODD = {"nul": "a\\x00b", "half a character": "a\\ud800b"}
CLEAN = "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("tone=letter or \"calm\")", "tone=\"%s\")", id="read"),
        pytest.param("{\"tone\": 0.99}", "{\"tone\": 0.99}, source=\"%s\"", id="source"),
        pytest.param(
            "Recommendation(value=answer or \"pay\", confidence=sure)",
            "Recommendation(value=\"pay\", confidence=sure, reasons=(\"%s\",))", id="reason",
        ),
        pytest.param("return f\"paid {total}\"", "return \"%s\"", id="result"),
        pytest.param("return f\"paid {total}\"", "return {\"%s\": 1}", id="name in a result"),
    ],
)  # fmt: skip
def test_characters_that_cannot_be_stored_are_replaced(
    a_world: Callable[..., World], odd: str, old: str, new: str
) -> None:
    world = a_world((old, new % odd))
    case_id = world.submit()
    assert world.case(case_id).state is CaseState.DONE
    assert world.keys("pay") == [f"{case_id}:pay:1"]
    kept = [link.body for link in world.events(case_id)], world.judgements(case_id)
    assert CLEAN in str(kept)
    world.check()


@pytest.mark.parametrize(
    "returned",
    ["object()", "{(1, 2): object()}", "[[[[]]]] * 3", "float('nan')", "{1, 2}", "LOOP", "DEEP", "BROKEN"],
)
def test_whatever_an_action_returns_it_has_run(a_world: Callable[..., World], returned: str) -> None:
    odd = (
        "LOOP = []\nLOOP.append(LOOP)\nDEEP = []\nfor _ in range(5_000):\n    DEEP = [DEEP]\n\n\n"
        "class Broken:\n    def __str__(self):\n        raise RuntimeError\n\n\nBROKEN = Broken()\n\n\n"
    )
    world = a_world(("class Letter", f"{odd}class Letter"), ('return f"paid {total}"', f"return {returned}"))
    case_id = world.submit()
    assert (world.case(case_id).state, world.action(case_id).state) == (CaseState.DONE, "done")
    assert len(world.calls("pay")) == 1
    world.check()


@pytest.mark.parametrize(
    "returned", ['"a text"', "[1]", "7", "Reading(7)", "Reading(None, confidence={'tone': 'much'})"]
)
def test_a_step_that_returns_something_else_than_it_says_goes_to_a_person(
    a_world: Callable[..., World], returned: str
) -> None:
    world = a_world(
        ('return Reading(Letter(tone=letter or "calm"), confidence={"tone": 0.99})', f"return {returned}")
    )
    case_id = world.submit()
    held = world.held(case_id)
    assert held.kind in ("exception", "decide")
    assert held.because
    world.check()


def test_one_that_returns_something_else_does_not_hold_up_its_chunk(a_world: Callable[..., World]) -> None:
    world = a_world(("return Customer(watched=", 'return 7 if customer == "odd" else Customer(watched='))
    odd, sound = world.submit(customer="odd"), world.submit()
    assert world.case(sound).state is CaseState.DONE
    assert "find customer failed" in world.held(odd).because
    world.check()


@pytest.mark.parametrize("at", ["find_customer", "refund", "send"])
def test_an_error_may_have_any_characters(a_world: Callable[..., World], at: str) -> None:
    before = {"find_customer": '    does("find_customer")\n', "refund": '    does("refund")\n'}.get(
        at, '    does("send", key=key)\n'
    )
    world = a_world((before, f"{before}    raise PermanentFailure('a\\udcffb')\n"))
    case_id = world.submit()
    assert world.case(case_id).state is CaseState.WAITING
    assert len(world.calls(at)) == 1
    world.check()


@pytest.mark.parametrize(
    "odd",
    ["{1, 2}", "[__import__('decimal').Decimal('1.5')]", "Letter(tone='x')", "b'x'", "{1: 'a', 'b': 2}"],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('{"tone": 0.99}', '{"tone": 0.99}, others={"tone": Alternative(value=%s)}', id="other"),
        pytest.param('{"tone": 0.99}', '{"tone": 0.99}, evidence={"tone": Evidence(quote=%s)}', id="quote"),
        pytest.param(
            "confidence=sure)", 'confidence=sure, evidence=(Evidence(quote="q", page=%s),))', id="page"
        ),
        pytest.param(
            "confidence=sure)",
            'confidence=sure, alternatives=(Alternative(value="reject", because=%s),))', id="because",
        ),
    ],
)  # fmt: skip
def test_what_is_told_beside_an_answer_may_be_no_json(
    a_world: Callable[..., World], old: str, new: str, odd: str
) -> None:
    imports = ("import Reading, Recommendation", "import Alternative, Evidence, Reading, Recommendation")
    world = a_world(imports, (old, new % odd))
    assert world.case(world.submit()).state is CaseState.DONE
    world.check()
