"""Who may stop automation, who has it resume, and what is stopped by what."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from surehand.core.people import People, Person, Queue
from surehand.core.roles import Role
from surehand.core.stopping import (
    Drilled,
    InForce,
    Stop,
    agree_refused,
    answering,
    resume_refused,
    stop_refused,
)

AT = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)

PEOPLE = People(
    people={
        "owner": Person(roles=(Role.OWNER,)), "admin": Person(roles=(Role.ADMINISTRATOR,)),
        "ann": Person(roles=(Role.REVIEWER,)), "head": Person(roles=(Role.REVIEWER,)),
        "lead": Person(roles=(Role.SPECIALIST,)), "checks": Person(roles=(Role.AUDITOR,)),
        "robot": Person(roles=(Role.SERVICE, Role.ADMINISTRATOR)),
        "gone": Person(roles=(Role.OWNER,), active=False),
    },
    queues={"desk": Queue(owner="lead", backup="ann", members=("ann",))},
)  # fmt: skip

BY = frozenset({"head", "lead"})


def made(id: int = 1, process: str | None = "refunds", **more: Any) -> Stop:
    return Stop(id, process, "owner", "it answers twice", AT, **more)


@pytest.mark.parametrize(
    ("name", "process", "may"),
    [
        ("owner", None, True), ("admin", None, True), ("robot", None, True),
        ("owner", "refunds", True), ("admin", "refunds", True),
        # who answers for the process or for a queue of it stops this one, and no other
        ("head", "refunds", True), ("lead", "refunds", True), ("head", None, False), ("lead", None, False),
        ("ann", "refunds", False), ("ann", None, False),
        ("checks", None, False), ("checks", "refunds", False),
        ("gone", None, False), ("gone", "refunds", False), ("nobody", None, False),
    ],
)  # fmt: skip
def test_who_may_stop(name: str, process: str | None, may: bool) -> None:
    refusal = stop_refused(PEOPLE, name, process, by=BY if process else ())
    assert (refusal is None) == may
    assert refusal is None or name in refusal


def test_a_refusal_names_who_may() -> None:
    refusal = stop_refused(PEOPLE, "ann", "refunds", by=BY)
    assert refusal == (
        "ann may not stop refunds: that takes an owner, an administrator, or who answers for it (head, lead)"
    )


@pytest.mark.parametrize(
    ("name", "asks", "agrees"),
    [
        ("owner", True, True), ("admin", True, True),
        # who answers for the process may ask; that it goes on, somebody says who answers for more
        ("head", True, False), ("lead", True, False), ("ann", False, False),
        # a program may stop, and has nothing resume
        ("robot", False, False), ("gone", False, False),
    ],
)  # fmt: skip
def test_who_has_it_resume(name: str, asks: bool, agrees: bool) -> None:
    assert (resume_refused(PEOPLE, name, made(), by=BY) is None) == asks
    assert (agree_refused(PEOPLE, name, made(asked_by="another")) is None) == agrees


def test_whoever_asks_does_not_agree_and_whoever_stopped_may() -> None:
    assert agree_refused(PEOPLE, "admin", made(asked_by="admin")) is not None
    assert agree_refused(PEOPLE, "admin", made(asked_by="admin"), alone=True) is None
    assert agree_refused(PEOPLE, "owner", made(asked_by="admin")) is None


def test_another_name_of_the_same_human_is_no_second_person() -> None:
    admin = PEOPLE.people["admin"].model_copy(update={"aliases": ("root",)})
    people = PEOPLE.model_copy(update={"people": PEOPLE.people | {"admin": admin}})
    people = People.model_validate(people.model_dump(by_alias=True))
    assert agree_refused(people, "admin", made(asked_by="root")) is not None


def test_who_answers_for_a_process() -> None:
    process = SimpleNamespace(map=SimpleNamespace(owner="head", places=(("refund", "desk"), ("odd", "gone"))))
    assert answering(process, PEOPLE) == BY


@pytest.mark.parametrize(
    ("stops", "refunds", "bills"),
    [
        ((), None, None),
        ((made(1),), 1, None),
        ((made(1, None),), 1, 1),
        ((made(1, drill=True), made(2)), 2, None),
        ((made(1, None, drill=True), made(2)), 2, 1),
        ((made(1, "bills"), made(2)), 2, 1),
    ],
)
def test_what_stops_a_process(stops: tuple[Stop, ...], refunds: int | None, bills: int | None) -> None:
    found = InForce(stops)
    for process, expected in (("refunds", refunds), ("bills", bills)):
        one = found.of(process)
        assert (one.id if one else None) == expected


def test_the_same_is_stopped_once_by_somebodys_will() -> None:
    found = InForce((made(1, drill=True), made(2, None)))
    assert found.same("refunds") is None
    assert found.same(None) == made(2, None)
    assert found.everything
    assert found.processes == {"refunds"}


@pytest.mark.parametrize(
    ("drilled", "works", "sentence"),
    [
        (Drilled({"a": 0.41}), True, "refused by the worker after 0.4 s"),
        (Drilled({"a": 0.1, "b": 0.52}), True, "refused by all 2 workers after 0.5 s"),
        (Drilled({"a": 0.1}, began=["b"]), False, "NOT refused by b"),
        (Drilled({"a": 0.1}, silent=["c", "b"]), False, "refused by 1 after 0.1 s; no sign from b, c"),
        (Drilled(silent=["b"]), False, "refused by nobody; no sign from b"),
        (Drilled(), False, "it was cut off before anybody had answered"),
    ],
)
def test_what_a_drill_found(drilled: Drilled, works: bool, sentence: str) -> None:
    assert drilled.works is works
    assert drilled.sentence == sentence


def test_the_reason_that_a_person_reads() -> None:
    assert made().reason == "Automation is stopped: it answers twice"
    assert made(drill=True).reason == "A drill of the stop is under way"
    assert (made().scope, made(process=None).scope) == ("refunds", "everything")
