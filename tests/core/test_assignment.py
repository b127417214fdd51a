"""Somebody always gets it: the least loaded who may decide, and up the ladder when nobody may."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.assignment import pick
from surehand.core.authority import Matter, denial
from surehand.core.oversight import Level
from surehand.core.people import People, Person, Queue
from surehand.core.policy import Grade
from surehand.core.roles import Role
from tests.core.made import NOW


def office(**people: Person) -> People:
    everyone = {
        "amy": Person(limit=Decimal(100)),
        "ben": Person(),
        "cat": Person(roles=(Role.SPECIALIST,)),
        "deputy": Person(),
        "lead": Person(roles=(Role.OWNER,)),
        "boss": Person(roles=(Role.OWNER,)),
        "robot": Person(roles=(Role.SERVICE,)),
    } | people
    queue = Queue(owner="lead", backup="deputy", members=("amy", "ben", "cat"))
    return People(people=everyone, queues={"desk": queue})


def matter(**changes: Any) -> Matter:
    base = {
        "process": "payments", "point": "check", "at": NOW, "queue": "desk",
        "grade": Grade.LOW, "stake": Decimal(50), "money": True,
        "submitter": "robot", "owner": "boss",
    }  # fmt: skip
    return Matter(**base | changes)


GONE = Person(active=False)
NO_MEMBER = {"amy": GONE, "ben": GONE, "cat": GONE}


@pytest.mark.parametrize(
    ("people", "changes", "level", "loads", "stay", "person", "because"),
    [
        ({}, {}, Level.REVIEW, {}, None, "amy", "least loaded who may decide"),
        ({}, {}, Level.REVIEW, {"amy": 1}, None, "ben", "least loaded who may decide"),
        ({}, {}, Level.REVIEW, {"amy": 2, "ben": 2, "cat": 1}, None, "cat", "least loaded who may decide"),
        ({}, {"stake": Decimal(101)}, Level.REVIEW, {}, None, "ben", "least loaded who may decide"),
        ({}, {"stake": None}, Level.REVIEW, {}, None, "ben", "least loaded who may decide"),
        ({}, {"submitter": "amy"}, Level.REVIEW, {}, None, "ben", "least loaded who may decide"),
        ({}, {}, Level.ASSIST, {"cat": 9}, None, "cat", "least loaded who may decide"),
        ({"cat": GONE}, {}, Level.ASSIST, {}, None, "amy", "least loaded who may decide"),
        ({}, {}, Level.HUMAN, {"amy": 1, "ben": 1}, None, "cat", "least loaded who may decide"),
        ({}, {}, Level.REVIEW, {"ben": 9}, "ben", "ben", "ben knows the case"),
        ({}, {"submitter": "ben"}, Level.REVIEW, {}, "ben", "amy", "least loaded who may decide"),
        ({"ben": GONE}, {}, Level.REVIEW, {}, "ben", "amy", "least loaded who may decide"),
        (NO_MEMBER, {}, Level.REVIEW, {}, None, "deputy", "no member of the queue may decide this"),
        (NO_MEMBER | {"deputy": GONE}, {}, Level.REVIEW, {}, None, "lead", "no member of the queue"),
        (NO_MEMBER | {"deputy": GONE, "lead": GONE}, {}, Level.REVIEW, {}, None, "boss", "no member"),
        ({}, {"queue": "unknown"}, Level.REVIEW, {}, None, "boss", "no member"),
        (NO_MEMBER, {"submitter": "deputy"}, Level.REVIEW, {}, None, "lead", "no member"),
        (
            dict.fromkeys(("amy", "ben", "cat", "deputy", "lead"), GONE),
            {"submitter": "boss"},
            Level.REVIEW,
            {},
            None,
            "boss",
            "nobody within reach may decide this alone",
        ),
        (
            dict.fromkeys(("amy", "ben", "cat", "deputy", "lead", "boss"), GONE)
            | {"zoe": Person(roles=(Role.ADMINISTRATOR,)), "yan": Person(roles=(Role.OWNER,))},
            {},
            Level.REVIEW,
            {},
            None,
            "yan",
            "its own owners may not decide this",
        ),
        (
            dict.fromkeys(("amy", "ben", "cat", "deputy", "lead", "boss"), GONE)
            | {"zoe": Person(roles=(Role.ADMINISTRATOR,))},
            {},
            Level.REVIEW,
            {},
            None,
            "zoe",
            "the owners of this work are not active",
        ),
    ],
)
def test_who_gets_it(
    people: dict[str, Person],
    changes: dict[str, Any],
    level: Level,
    loads: dict[str, int],
    stay: str | None,
    person: str,
    because: str,
) -> None:
    found = pick(office(**people), matter(**changes), level=level, loads=loads, stay_with=stay)
    assert found.person == person
    assert because in found.because


NAMES = ("amy", "ben", "cat", "deputy", "lead", "boss")


@given(
    away=st.sets(st.sampled_from(NAMES)),
    loads=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5)),
    level=st.sampled_from([Level.REVIEW, Level.ASSIST, Level.HUMAN]),
    submitter=st.sampled_from([*NAMES, "robot"]),
    stake=st.one_of(st.none(), st.decimals(-200, 200, places=2)),
)
def test_somebody_always_has_it_and_may_decide_whenever_anybody_in_reach_may(
    away: set[str], loads: dict[str, int], level: Level, submitter: str, stake: Decimal | None
) -> None:
    people = office(**dict.fromkeys(away, GONE))
    about = matter(submitter=submitter, stake=stake)
    found = pick(people, about, level=level, loads=loads)
    able = [name for name in NAMES if denial(people, name, about) is None]
    if able:
        assert found.person in able
    elif away < {"deputy", "lead", "boss"}:
        assert people.active(found.person)
    assert found.person
