"""Reports of guarantees, who may read them, and what owners are told."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from surehand.core.course import LENGTH, Span
from surehand.core.guarantee import Plan, Status, Turning
from surehand.core.outlook import Next
from surehand.errors import Forbidden, NotFound
from surehand.flow import bases, reporting
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.verify import verify
from surehand.store import audit, course
from tests.flow.test_guarding import PROMISE, decided, lived
from tests.flow.world import World
from tests.pasts import Happening, told

POINT = ("refunds", "refund")
SLICED = (
    "    bands: review-flow\n",
    "    guarantee: {error: 0.2, sure: 0.9, on_error: record}\n    slices: [customer, tone]\n",
)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels are set and looked at after few cases."""
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        return replace(found, plan=replace(found.plan, taught=0, first=30, together=10))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def easy(count: int, *, seed: int = 1, wrong: float = 0.0) -> list[Happening]:
    drawn = random.Random(seed)
    return [Happening(drawn.random(), drawn.random() >= wrong) for _ in range(count)]


def kinds(world: World) -> list[str]:
    """What was told to the owner, the first first."""
    with world.context.db.read() as connection:
        return [one.kind for one in reversed(course.messages(connection, POINT, limit=1_000))]


# What a report says


def test_before_anything_was_judged(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    found = reporting.reported(world.context, *POINT)
    assert (found.status, found.judged, found.told, found.at) == (Status.SHADOW, 0, 0, None)
    assert (found.checks.drawn, found.cost, found.calibration, found.curve) == (0, None, None, ())
    assert (found.course, found.changes, found.slices) == ((), (), ())
    assert found.outlook.next is Next.LEVELS
    assert [one.point for one in reporting.summaries(world.context)] == ["refund"]


def test_a_process_that_promises_nothing_has_no_report(world: World) -> None:
    assert reporting.summaries(world.context) == []
    with pytest.raises(NotFound):
        reporting.reported(world.context, *POINT)


def test_real_cases_are_counted_with_their_slices(a_world: Callable[..., World]) -> None:
    world = a_world(SLICED)
    lived(world, 120, right=lambda sure: sure > 0.2)
    found = reporting.reported(world.context, *POINT)
    assert found.judged == found.span == 120
    assert found.status == Status.HOLDING
    assert 0 < found.coverage <= 1
    # answers come at once here
    assert found.checks.drawn == found.checks.answered > 0
    assert found.checks.waiting == 0
    assert [slice_.name for slice_ in found.slices] == ["customer", "tone"]
    assert [(group.value, group.cases) for group in found.slices[0].groups] == [("Acme", 120)]
    assert [group.value for group in found.slices[1].groups] == ["calm"]
    assert found.calibration is not None
    assert found.calibration.answers == found.slices[0].groups[0].answers
    assert found.slices[0].groups[0].calibration is not None
    assert found.slices[0].groups[0].calibration.answers == found.calibration.answers
    assert found.cost is not None
    assert found.cost.decided == pytest.approx(100 * (1 - found.slices[0].groups[0].alone / 120))
    assert not found.slices[0].yes_no
    # whoever sees no cases sees no names from them
    assert reporting.reported(world.context, *POINT, person="ann").slices == found.slices
    assert reporting.reported(world.context, *POINT, person="dev").slices == ()
    world.check()


def test_figures_of_another_model_are_left_out_and_its_course_is_kept(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(PROMISE)
    told(world.context, POINT, easy(700), passing=world.bench.clock.move)
    before = reporting.reported(world.context, *POINT)
    another = Basis("another", "other ground", Plan(0.1, first=30, together=10))
    monkeypatch.setattr(bases, "basis_of", lambda *_: another)
    waiting = reporting.reported(world.context, *POINT)
    # nothing was judged since, but what was earned does not count any more
    assert (waiting.anew, waiting.coverage, waiting.span, waiting.status) == (True, 0.0, 0, Status.SHADOW)
    told(world.context, POINT, easy(60, seed=2), seed=2, passing=world.bench.clock.move)
    after = reporting.reported(world.context, *POINT)
    assert (before.span, after.span, after.judged) == (700, 60, 760)
    assert after.course[-1].last == 760
    assert "anew" in kinds(world)
    assert after.error == 0.1


def test_the_volume_is_measured_once_there_are_some_days(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    told(world.context, POINT, easy(100), passing=world.bench.clock.move, each=timedelta(minutes=1))
    assert reporting.reported(world.context, *POINT).volume is None
    more = easy(1_000, seed=2)
    told(world.context, POINT, more, seed=2, passing=world.bench.clock.move, each=timedelta(hours=1))
    found = reporting.reported(world.context, *POINT)
    assert found.measured
    assert found.volume == pytest.approx(720, rel=0.2)


def test_a_report_reads_as_much_however_much_evidence_there_is(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, counted = a_world(PROMISE), Counter[str]()
    monkeypatch.setattr(reporting, "_BACK", 4)
    monkeypatch.setattr(reporting, "_LATELY", 2)
    usual = Span.of

    def of(number: int, plain: Any, detail: Any = None) -> Span:
        counted.update(("spans", *(["whole"] if detail else [])))
        return usual(number, plain, detail)

    def asked(*given: Any) -> None:
        counted["statements"] += 1
        counted["evidence"] += "FROM evidence" in given[2]

    monkeypatch.setattr(Span, "of", of)
    reads = []
    for seed in (1, 2):
        told(world.context, POINT, easy(2_500, seed=seed, wrong=0.05), seed=seed, together=500)
        counted.clear()
        event.listen(Engine, "before_cursor_execute", asked)
        found = reporting.reported(world.context, *POINT)
        event.remove(Engine, "before_cursor_execute", asked)
        reads.append(dict(counted))
        assert found.judged == 2_500 * seed
        assert found.span <= 2 * LENGTH
    assert reads[0] == reads[1]
    assert (reads[0]["spans"], reads[0]["whole"], reads[0]["evidence"]) == (4, 2, 0)


# Who may read it


@pytest.mark.parametrize(
    ("person", "may"),
    [("boss", True), ("dev", True), ("ann", True), ("lead", True), ("clerk", False), ("gone", False)],
)
def test_who_sees_its_cases_sees_the_report(person: str, may: bool, a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    assert [one.point for one in reporting.summaries(world.context, person)] == (["refund"] if may else [])
    if may:
        assert reporting.reported(world.context, *POINT, person=person).process == "refunds"
    else:
        with pytest.raises(NotFound):
            reporting.reported(world.context, *POINT, person=person)


# What owners are told


def test_every_change_is_told_with_its_audit_event(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    told(world.context, POINT, easy(400), passing=world.bench.clock.move, delay=20)
    told(world.context, POINT, easy(400, seed=2, wrong=0.9), seed=2, passing=world.bench.clock.move, delay=20)
    with world.context.db.read() as connection:
        turns = [str((link.body or {}).get("what")) for link in audit.recorded(connection, "guarantee")]
    assert kinds(world) == turns
    assert {Turning.LEVELS, Turning.CERTIFIED, Turning.STOPPED} <= set(turns)
    (news,) = reporting.news_of(world.context, "boss")
    assert news.before == len(turns) - 1
    assert reporting.count_news(world.context, "boss") == 1
    assert reporting.news_of(world.context, "lead") == []
    found = reporting.reported(world.context, *POINT)
    assert Turning.STOPPED in [one.kind for one in found.alarms]


def test_slow_answers_are_told_though_nothing_else_changed(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    told(world.context, POINT, easy(400), passing=world.bench.clock.move, delay=20)
    assert reporting.reported(world.context, *POINT).status == Status.HOLDING
    told(world.context, POINT, easy(1_200, seed=3), seed=3, passing=world.bench.clock.move, delay=1e9)
    assert reporting.reported(world.context, *POINT).status == Status.UNPROVEN
    assert Status.UNPROVEN in kinds(world)


def test_the_owner_says_that_it_was_read(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    told(world.context, POINT, easy(600), passing=world.bench.clock.move, delay=20)
    found = reporting.reported(world.context, *POINT)
    last = found.changes[0].id
    assert len(found.unread) == len(found.changes) > 1
    for person, refusal in (("lead", Forbidden), ("dev", Forbidden), ("clerk", NotFound)):
        with pytest.raises(refusal):
            reporting.read(world.context, person, *POINT, up_to=last)
    # what came since the page was shown stays unread
    assert reporting.read(world.context, "boss", *POINT, up_to=last - 1) == len(found.changes) - 1
    assert [one.id for one in reporting.reported(world.context, *POINT).unread] == [last]
    assert reporting.read(world.context, "boss", *POINT, up_to=last) == 1
    assert reporting.read(world.context, "boss", *POINT, up_to=last) == 0
    assert reporting.count_news(world.context, "boss") == 0
    with world.context.db.read() as connection:
        links = audit.recorded(connection, "guarantee_read")
    assert [(link.actor, (link.body or {}).get("count")) for link in links] == [
        ("boss", len(found.changes) - 1), ("boss", 1),
    ]  # fmt: skip


def test_one_case_is_told_of_in_words(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    decided(world, 0.9)
    fold(world.context)
    (found,) = reporting.summaries(world.context)
    assert (found.status, found.judged, found.told) == ("shadow", 1, 3)
    assert found.sentence == "People decide everything, unseen; 29 more cases show how confidence is spread."
    assert "exceeded 20 %" in reporting.reported(world.context, *POINT).claim
    assert verify(world.context).holds
