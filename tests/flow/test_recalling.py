"""Other cases on a brief: of the subject, elsewhere, near duplicates and precedents; and who sees which."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surehand.flow import recalling
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.recalling import Precedents, Recalled
from surehand.flow.remembered import Remembered
from surehand.flow.searching import numbered
from surehand.flow.standing import looked_at
from surehand.store import tables
from surehand.web.past_views import history_view
from surehand.web.readers import Reader
from surehand.web.views import ShellView
from tests.flow import world
from tests.flow.test_sight import OTHERS, granted
from tests.flow.test_spot_check import beside
from tests.flow.world import World, opened_world, write_process

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both

ABOUT = (
    "    signals: [model_probability]\n",
    "    subject: customer\n    identified_by: [letter]\n    signals: [model_probability]\n",
)
#: Nobody who decides sees the AI's view.
BLIND = ("    bands: review-flow\n", "    level: human\n")
#: All that runs alone is checked unseen.
CHECKED = (
    "    bands: review-flow\n",
    "    bands: [{from: 0.9, route: spot_check}, {from: 0, route: review}]\n"
    "    spot_check: {share: 1.0, within: P2D}\n",
)

#: Nothing comes after the refund.
LAST = (
    """\
  - decide: thank
    yes_no: true
    level: automate
    queue: desk
    sla: {due: PT8H}
  - act: send
    after: true
    repeatable: true
    attempts: 3
""",
    "",
)

PLEDGES = """\
process: pledges
currency: EUR
owner: boss
builder: dev
input: {fields: {donor: {type: text}}}
steps:
  - {decide: thank_donor, yes_no: true, level: review, subject: donor, queue: QUEUE, sla: {due: P1D}}
"""
THANKS = """\
from surehand.core.recommendation import Recommendation


def thank_donor(donor: str) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=0.9)
"""


@pytest.fixture
def told(a_world: Callable[..., World]) -> World:
    return a_world(ABOUT)


def of(world: World, case_id: str, person: str | None = None) -> Recalled:
    """What this case's brief tells of others."""
    person = person or world.held(case_id).person
    found, refused = looked_at(world.context, person, case_id)
    return recalling.recalled(world.context, person, found, decides=not refused)


def precedents(world: World, case_id: str, person: str | None = None) -> Precedents:
    world.context.witnesses = Remembered()  # else it would not know what was decided a moment ago
    person = person or world.held(case_id).person
    found, _ = looked_at(world.context, person, case_id)
    return recalling.precedents(world.context, person, found)


def ids(rows: Any) -> list[str]:
    return [getattr(row, "case", row).id for row in rows]


def decided(
    world: World, kind: str = "approve", total: str = "100 EUR", sure: float = 0.7, **more: Any
) -> str:
    """A case that a person decided."""
    case_id = world.submit(total, sure, **more)
    world.wait(minutes=1)
    world.verdict(case_id, kind, by="lead", reason="other", note="so it is")
    world.run()
    return case_id


def test_near_duplicates_agree_in_what_identifies_them_or_in_the_sum(told: World) -> None:
    same = decided(told, total="100 EUR", letter="L-1")
    other = decided(told, total="90 EUR", letter="L-1")
    sum_ = decided(told, total="100 EUR", letter="L-2")
    decided(told, total="50 EUR", letter="L-3")
    decided(told, total="100 EUR", letter="L-1", customer="Else Ltd")
    case_id = told.submit("100 EUR", 0.7, letter="L-1")
    later = told.submit("100.00 EUR", 0.7, letter="L-9")
    found = of(told, case_id)
    assert found.twins[0].same == ("letter", "sum")
    assert {one.case.id: one.same for one in found.twins[1:]}.items() <= {
        (other, ("letter",)), (later, ("sum",)), (sum_, ("sum",))
    }  # fmt: skip
    assert found.twins[0].case.id == same
    assert found.looked == ("letter", "sum")
    assert found.whole
    told.wait(days=31)
    found = of(told, told.submit("100 EUR", 0.7, letter="L-1"))
    assert all("letter" in one.same for one in found.twins)
    assert {one.case.id for one in found.twins} == {same, other, case_id}
    told.check()


def test_without_a_near_duplicate_it_is_said_what_was_looked_for(told: World) -> None:
    case_id = told.submit("100 EUR", 0.7)
    found = of(told, case_id)
    assert (found.twins, found.looked) == ((), ("sum",))
    nothing = of(told, told.submit("0 EUR", 0.7))
    assert (nothing.twins, nothing.looked) == ((), ())


def test_precedents_are_alike_cases_that_people_decided(told: World) -> None:
    paid = [decided(told, customer=f"c{n}") for n in range(2)]
    refused = decided(told, "reject", customer="c3")
    told.submit("100 EUR", 0.99, customer="c4")  # ran alone
    decided(told, total="900 EUR", customer="c5")  # another size
    record_outcome(told.context, "lead", refused, Report(correct=False))
    case_id = told.submit("120 EUR", 0.7, customer="c6")
    found = precedents(told, case_id, "lead")
    assert set(ids(found.cases)) == {*paid, refused}
    assert found.answers == (("pay", 2), ("reject", 1))
    assert found.outcomes == {refused: False}
    assert not found.flagged
    told.check()


def test_precedents_of_a_flagged_case_have_its_flags(a_world: Callable[..., World]) -> None:
    world = a_world(ABOUT, ("route: human, because", "route: assist, because"))
    flagged = decided(world, customer="watched", sure=0.9)
    decided(world, customer="calm")
    found = precedents(world, world.submit("100 EUR", 0.8, customer="watched"), "lead")
    assert (ids(found.cases), found.flagged) == ([flagged], True)


def test_a_case_that_is_decided_anew_is_no_precedent_at_once(told: World) -> None:
    past, case_id = decided(told), told.submit(sure=0.7)
    assert ids(precedents(told, case_id, "lead").cases) == [past]
    known = told.context.witnesses
    told.tamper(tables.case, {"id": past}, round=2)
    found, _ = looked_at(told.context, "lead", case_id)
    assert recalling.precedents(told.context, "lead", found) == Precedents()
    assert told.context.witnesses is known
    told.lenient.add("records")


def test_who_decides_alone_gets_no_precedents(a_world: Callable[..., World]) -> None:
    world = a_world(ABOUT, BLIND)
    case_id = world.submit("100 EUR", 0.7)
    world.verdict(case_id, "approve", by="lead", value="pay", reason="other", note="x")
    assert precedents(world, world.submit("100 EUR", 0.7)) == Precedents()


def test_who_checks_unseen_gets_no_precedents_nor_what_came_later(a_world: Callable[..., World]) -> None:
    world = a_world(ABOUT, CHECKED)
    case_id = world.submit("100 EUR", 0.95, letter="L-1")
    holder = _checker(world, case_id)
    world.wait(minutes=1)
    world.submit("100 EUR", 0.7, letter="L-1")
    assert precedents(world, case_id, holder) == Precedents()
    assert of(world, case_id, holder).twins == ()


def _checker(world: World, case_id: str) -> str:
    return beside(world, case_id).person


def test_a_case_that_they_check_unseen_is_no_near_duplicate_or_precedent(
    a_world: Callable[..., World],
) -> None:
    world = a_world(ABOUT, CHECKED)
    checked = world.submit("100 EUR", 0.95, letter="L-1")
    holder = _checker(world, checked)
    case_id = world.submit("100 EUR", 0.7, letter="L-1")
    others = {"ann", "lead", "deputy"} - {holder}
    assert ids(of(world, case_id, holder).twins) == []
    for person in others:
        assert ids(of(world, case_id, person).twins) == [checked], person
    world.verdict(checked, "approve", by=holder, value="reject")
    assert ids(of(world, case_id, holder).twins) == [checked]
    assert ids(precedents(world, case_id, holder).cases) == [checked]


def test_what_is_beyond_a_person_is_in_no_list_and_no_count(a_world: Callable[..., World]) -> None:
    told = a_world(ABOUT, LAST)
    granted(told, {"person": "ann", "limit": "50 EUR"}, OTHERS)
    large, small = decided(told, total="60 EUR"), decided(told, total="40 EUR")
    same = decided(told, total="60 EUR", letter="L-1")
    case_id = told.submit("45 EUR", 0.7, letter="L-1")
    mine, leads = precedents(told, case_id, "ann"), precedents(told, case_id, "lead")
    assert ids(mine.cases) == [small]
    assert mine.answers == (("pay", 1),)
    assert set(ids(leads.cases)) == {large, small, same}
    assert of(told, case_id, "ann").twins == ()
    assert ids(of(told, case_id, "lead").twins) == [same]


def test_what_is_beyond_a_person_is_not_seen_from_places_of_other_queues(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = world.PEOPLE.replace("  desk:", "  vault: {owner: boss, members: [boss], due: PT24H}\n  desk:")
    monkeypatch.setattr(world, "PEOPLE", people)
    ways = (
        ("tone == 'angry'\", queue: desk", "tone == 'angry'\", queue: vault"),
        ('> 5000.0", queue: desk', '> 5000.0", queue: vault'),
    )
    told = a_world(ABOUT, LAST, *ways)
    granted(told, {"person": "ann", "decides": ["refund"], "limit": "50 EUR"}, OTHERS)
    same = decided(told, total="60 EUR", letter="L-1")
    case_id = told.submit("45 EUR", 0.7, letter="L-1")
    assert (of(told, case_id, "ann").twins, of(told, case_id, "ann").cases) == ((), ())
    assert ids(of(told, case_id, "lead").twins) == [same]
    found, _ = looked_at(told.context, "ann", case_id)
    reader = Reader(ShellView(now=told.context.clock(), person="ann"))
    assert history_view(told.context, found, reader).twins == ()
    assert numbered(told.context, "ann", same) is None


def test_a_blind_page_tells_a_near_duplicates_decision_nowhere(a_world: Callable[..., World]) -> None:
    told = a_world(ABOUT, BLIND)
    same = told.submit("100 EUR", 0.7, letter="L-1")
    told.verdict(same, "approve", by="lead", value="pay", reason="other", note="x")
    told.run()
    case_id = told.submit("100 EUR", 0.7, letter="L-1")
    holder = told.held(case_id).person
    found, _ = looked_at(told.context, holder, case_id)
    shown = history_view(told.context, found, Reader(ShellView(now=told.context.clock(), person=holder)))
    assert [(one.case_id, one.decision) for one in shown.twins] == [(same, "")]
    assert shown.cases == ()


def test_who_may_not_decide_sees_only_what_they_may_see_anyway(told: World) -> None:
    decided(told, letter="L-1", sure=0.7)
    case_id = told.submit("100 EUR", 0.7, letter="L-1", by="clerk")
    found = of(told, case_id, "clerk")
    assert (found.cases, found.twins) == ((), ())
    assert precedents(told, case_id, "clerk").cases == ()


@pytest.mark.parametrize(("queue", "sees"), [("desk", True), ("vault", False)])
def test_other_processes_are_told_of_as_far_as_they_may_be_seen(
    fresh_url: str, tmp_path: Path, queue: str, sees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = world.PEOPLE.replace("  desk:", "  vault: {owner: boss, members: [boss], due: PT24H}\n  desk:")
    monkeypatch.setattr(world, "PEOPLE", people)
    folder = tmp_path / "deployment"
    write_process(folder, "pledges", PLEDGES.replace("QUEUE", queue), THANKS)
    with opened_world(folder, fresh_url, ABOUT) as told:
        earlier = told.bench.submit("pledges", {"donor": "Acme"}, by="robot").id
        other = told.bench.submit("pledges", {"donor": "Else Ltd"}, by="robot").id
        told.wait(minutes=1)
        case_id = told.submit("100 EUR", 0.7)
        assert ids(of(told, case_id, "ann").elsewhere) == ([earlier] if sees else [])
        assert other not in ids(of(told, case_id, "ann").elsewhere)
        found = of(told, case_id, "boss")
        assert (found.cases, ids(found.elsewhere)) == ((), [earlier])


def test_of_a_subject_with_many_cases_the_latest_are_looked_at(told: World) -> None:
    case_id = told.submit("100 EUR", 0.7)
    assert of(told, case_id).whole

    def many(connection: Any) -> None:
        one = connection.execute(tables.case.select().where(tables.case.c.id == case_id)).mappings().one()
        over = {**one, "due_at": None, "state": "done", "result": "pay"}
        rows = [{**over, "id": f"{case_id}-{n}", "key": f"{n}"} for n in range(250)]
        connection.execute(tables.case.insert(), rows)

    told.context.db.write(many)
    told.wait(minutes=1)
    latest = told.submit("100 EUR", 0.7, letter="L-1")
    assert not of(told, latest).whole
