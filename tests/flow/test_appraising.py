"""Consequence from functions and conditions, and limits, as cases meet them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.case import CaseState
from surehand.core.oversight import Level
from surehand.flow import consult
from surehand.flow.explain import explain, plain, told
from surehand.flow.intake import Submission, submit
from surehand.flow.publish import propose, publish
from surehand.store import tables
from tests.flow.world import World

GRADED = (
    (
        "    consequence: {money: total, medium_from: 1000, high_from: 10000}\n",
        """\
    consequence:
      money: {by: exposure, at_least: 50}
      medium_from: 1000
      high_from: 10000
      customer: [{when: "watched", grade: medium, because: Watched by the press}]
      legal: {by: exposed, at_least: low}
""",
    ),
    (
        "def pay(",
        '''\
def exposure(total: Money | None) -> Money | None:
    return total


def exposed(tone: list[str]) -> list["Grade | None"]:
    does("exposed", cases=len(tone))
    return [{"calm": Grade.LOW, "legal": Grade.HIGH, "odd": None}.get(one, one) for one in tone]


def pay(''',
    ),
    ("from surehand.errors import", "from surehand.core.policy import Grade\nfrom surehand.errors import"),
)  # fmt: skip


def limited(*limits: str) -> tuple[str, str]:
    rows = "".join(f"      - {limit}\n" for limit in limits)
    return "    bands: review-flow\n", f"    bands: review-flow\n    limits:\n{rows}"


def later(world: World) -> World:
    world.bench.clock.move(timedelta(days=3650))  # it was published a moment ago, by the real clock
    return world


def routed(world: World, case_id: str) -> Mapping[str, Any]:
    body = next(link.body for link in world.events(case_id) if link.kind == "routed")
    assert isinstance(body, Mapping)
    return body


@pytest.mark.parametrize(
    ("given", "grade", "waits", "said"),
    [
        ({}, "low", False, "Confidence 95"),
        ({"total": "2000 EUR"}, "medium", False, "Confidence 95"),
        ({"total": None}, "high", True, "The stake cannot be told: exposure: it does not know"),
        ({"total": "1 JPY"}, "high", True, "The stake cannot be told: no rate from JPY to EUR"),
        ({"letter": "legal"}, "high", True, "High consequence: legal consequence, says exposed"),
        ({"letter": "odd"}, "high", True, "Legal consequence cannot be told: exposed: it does not know"),
        ({"letter": "strange"}, "high", True, "Legal consequence cannot be told: exposed: it returned str"),
    ],
)
def test_a_grade_by_functions(
    a_world: Callable[..., World], given: dict[str, Any], grade: str, waits: bool, said: str
) -> None:
    world = a_world(*GRADED)
    case_id = world.submit(**given)
    (judged,) = [one for one in world.judgements(case_id) if one.point == "refund"]
    assert (judged.grade, judged.level.waits) == (grade, waits)
    assert any(said in str(reason["text"]) for reason in judged.reasons), judged.reasons
    assert {"legal", "money", "customer"} >= {part["name"] for part in routed(world, case_id)["parts"]}
    world.check()


def test_a_function_that_fails_counts_as_high_and_never_loses_the_case(a_world: Callable[..., World]) -> None:
    world = a_world(*GRADED)
    world.plan(exposed=["bug"])
    case_id = world.submit()
    (judged,) = world.judgements(case_id)
    assert (judged.grade, judged.level) == ("high", "review")
    assert "Legal consequence cannot be told: exposed: KeyError" in str(judged.reasons)
    assert world.case(case_id).state is CaseState.WAITING
    world.check()


def test_a_chunk_is_graded_at_once(a_world: Callable[..., World]) -> None:
    world = a_world(*GRADED)
    for number in range(5):
        given = {"total": "5 EUR", "sure": 0.95, "customer": f"c{number}"}
        submit(world.context, Submission(process="refunds", input=given), submitter="robot")
    world.run()
    assert [call["cases"] for call in world.calls("exposed")] == [5]


def test_a_new_customer_needs_more_confidence(a_world: Callable[..., World]) -> None:
    world = a_world(
        limited('{when: "watched", below: 0.97, because: Watched}'),
        ('      - {when: "watched", route: human,', '      - {when: "watched && false", route: human,'),
    )  # fmt: skip
    assert [world.judgements(world.submit(sure=sure))[0].level for sure in (0.95, 0.89)] == [
        "automate", "review",
    ]  # fmt: skip
    watched = world.judgements(world.submit(sure=0.95, customer="watched"))[0]
    assert (watched.level, watched.limit) == ("review", 0.97)
    assert [one["text"] for one in watched.reasons] == ["Watched: confidence 95 is below 97"]
    assert world.judgements(world.submit(sure=0.98, customer="watched"))[0].level == "automate"
    world.check()


def test_the_first_cases_of_a_version_go_to_people(a_world: Callable[..., World]) -> None:
    world = later(a_world(limited("{first: 3, because: The map is new}")))
    ids = [world.submit() for _ in range(5)]
    assert [world.judgements(one)[0].level for one in ids] == ["review"] * 3 + ["automate"] * 2
    assert [one["text"] for one in world.judgements(ids[1])[0].reasons] == [
        "The map is new: case 2 of the first 3 since the process changed"
    ]
    world.check()


def test_cases_of_one_chunk_are_counted_one_by_one(a_world: Callable[..., World]) -> None:
    world = later(a_world(limited("{first: 3, because: The map is new}")))
    ids = []
    for number in range(5):
        given = {"total": "5 EUR", "sure": 0.95, "customer": f"c{number}"}
        ids.append(
            submit(world.context, Submission(process="refunds", input=given), submitter="robot").case.id
        )
    world.run()
    levels = sorted(world.judgements(one)[0].level.rank for one in ids)
    assert levels == [Level.AUTOMATE.rank] * 2 + [Level.REVIEW.rank] * 3


def test_a_version_that_is_published_again_counts_anew(a_world: Callable[..., World]) -> None:
    world = later(a_world(limited("{first: 2, because: The map is new}")))
    ids = [world.submit(sure=0.99) for _ in range(3)]
    levels = [str(world.judgements(case_id)[0].level) for case_id in ids]
    assert levels[-1] == "automate"
    # another one was published meanwhile, and this one again: the worker lives on
    world.wait(hours=1)
    at = world.context.clock()
    world.tamper(tables.version, {"state": "published"}, published_at=at)
    world.wait(minutes=1)
    assert str(world.judgements(world.submit(sure=0.99))[0].level) != "automate"


def test_a_case_that_is_edited_keeps_its_place_among_the_first(a_world: Callable[..., World]) -> None:
    world = later(a_world(limited("{first: 1, because: The map is new}")))
    case_id = world.submit()
    world.verdict(case_id, "edit", fields={"total": "90 EUR"})
    assert [judged.level for judged in world.judgements(case_id)] == ["review", "review"]


def test_a_passage_is_counted_from_the_version_in_which_it_changed(a_world: Callable[..., World]) -> None:
    policies = ("exceptions:\n", "policies: {RF-1: Small refunds at once.}\nexceptions:\n")
    world = later(a_world(policies, limited("{first: 2, policy: RF-1, because: The passage is new}")))
    context = world.context
    first = context.processes.current["refunds"]

    def published(version: str, text: str) -> None:
        world.bench.clock.move(timedelta(days=1))
        new = replace(first, version=version, map=first.map.model_copy(update={"policies": {"RF-1": text}}))
        propose(context, new, by="dev")
        publish(context, version, by="boss")
        context.processes.current["refunds"] = new

    published("1" * 64, "Small refunds at once.")
    levels = [world.judgements(world.submit())[0].level for _ in range(2)]
    published("2" * 64, "Small refunds at once.")
    levels += [world.judgements(world.submit())[0].level for _ in range(2)]
    published("3" * 64, "Small refunds after a day.")
    levels += [world.judgements(world.submit())[0].level for _ in range(3)]
    assert levels == ["review"] * 2 + ["automate"] * 2 + ["review"] * 2 + ["automate"]


def test_in_a_peak_a_limit_rests(a_world: Callable[..., World]) -> None:
    world = a_world(
        limited("{below: 0.97, because: We are careful, peak: [{from: 2030-12-01, until: 2030-12-24}]}")
    )
    assert world.judgements(world.submit())[0].level == "review"
    now = world.context.clock()
    world.bench.clock.move(now.replace(year=2030, month=12, day=10) - now)
    assert world.judgements(world.submit())[0].level == "automate"
    assert world.judgements(world.submit(sure=0.89))[0].level == "review"
    world.check()


def test_who_decides_alone_is_told_no_part_and_no_limit(a_world: Callable[..., World]) -> None:
    world = a_world(limited("{below: 0.97, because: We are careful}"))
    # a key of chance might hold the digits that are looked for
    case_id = world.submit(sure=0.9123, customer="watched", key="one")
    held = world.held(case_id)
    assert held.level == "human"
    seen = str([link.body for link in consult.events(world.context, held.person, case_id)]) + held.because
    for trace in ("careful", "parts", "0.97", "91", "97"):
        assert trace not in seen.replace(world.context.processes.current["refunds"].version, ""), trace
    story = explain(world.context, case_id, person=held.person)
    assert (story.blind, story.axes) == (True, ())
    assert "careful" not in told(story)
    world.verdict(case_id, "approve", value="pay")
    (refund, _) = explain(world.context, case_id, person=held.person).axes
    assert refund.confidence == 0.9123


def test_the_story_says_which_number_led_where(a_world: Callable[..., World]) -> None:
    world = a_world(*GRADED, limited("{below: 0.97, because: We are careful}"))
    story = explain(world.context, world.submit(sure=0.9123))
    (axes,) = story.axes
    assert [(part.name, part.grade) for part in axes.parts] == [
        ("customer", "low"), ("legal", "low"), ("money", "low"),
    ]  # fmt: skip
    lines = told(story)
    for line in (
        "Why review at refund, round 1:",
        "Low consequence and confidence 91.2: review. We are careful: confidence 91.2 is below 97.",
        "money               low       100.00 EUR at stake",
        "model probability   91.2      sets the confidence",
        "The bands let cases like this run alone above 90.",
        "We are careful: at least review below 97.",
        "consequence   none      below 70    from 70    above 90    from 97",
        "low           assist    assist      review    [review]     automate",
    ):
        assert line in lines, lines
    assert plain(story)["axes"][0]["sentence"] == axes.sentence
