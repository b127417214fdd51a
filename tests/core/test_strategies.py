"""How a queue chooses: in turn, by load and capacity, by name, by skill; and who gets it meanwhile."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.assignment import Pick, pick
from surehand.core.authority import Matter, denial
from surehand.core.calendars import Calendar, Hours
from surehand.core.case import Assignment
from surehand.core.grants import Grant
from surehand.core.oversight import Level
from surehand.core.people import LINKS, Absence, Needed, People, Person, Queue
from surehand.core.policy import Grade
from surehand.core.roles import Role
from surehand.flow.workload import Turns
from tests.core.made import NOW, an_assignment

TODAY = NOW.date()
OWNER = Person(roles=(Role.OWNER,))


def away(stand_in: str | None = None, *, days: int = 3, **more: Any) -> Person:
    absence = Absence(**{"from": TODAY, "until": TODAY + timedelta(days=days), "stand_in": stand_in})
    return Person(absences=(absence,), **more)


def office(
    *, authority: tuple[Grant, ...] = (), queue: Mapping[str, Any] | None = None, **people: Person
) -> People:
    everyone = {
        "amy": Person(), "ben": Person(), "cat": Person(), "deputy": Person(), "lead": OWNER, "boss": OWNER,
        "eve": Person(), "robot": Person(roles=(Role.SERVICE,)),
    } | people  # fmt: skip
    desk = Queue(owner="lead", backup="deputy", members=("ben", "amy", "cat"), **queue or {})
    return People(people=everyone, queues={"desk": desk}, authority=authority)


def matter(**changes: Any) -> Matter:
    base = {
        "process": "payments", "point": "check", "at": NOW, "queue": "desk", "grade": Grade.LOW,
        "stake": Decimal(50), "money": True, "submitter": "robot", "owner": "boss", "currency": "EUR",
    }  # fmt: skip
    return Matter(**base | changes)


def given_to(people: People, *, waited: float = 0, **more: Any) -> Pick:
    loads = more.pop("loads", {})
    asked = matter(**more.pop("about", {}))
    return pick(
        people, asked, level=Level.REVIEW, loads=loads, waited=timedelta(hours=waited), **more
    )  # fmt: skip


# Strategies


def test_named_is_the_first_of_the_queue_who_is_here() -> None:
    named = {"strategy": "named"}
    assert given_to(office(queue=named), loads={"ben": 99}).person == "ben"
    assert given_to(office(queue=named, ben=away())).person == "amy"
    assert given_to(office(queue=named, ben=away("eve"))).person == "eve"
    assert given_to(office(queue=named), about={"submitter": "ben"}).person == "amy"


@pytest.mark.parametrize(
    ("capacities", "loads", "person"),
    [
        ({}, {"amy": 1, "ben": 1}, "cat"),
        ({"amy": 2.0}, {"amy": 1, "ben": 1, "cat": 1}, "amy"),
        ({"amy": 2.0}, {"amy": 3, "ben": 1, "cat": 1}, "amy"),
        ({"amy": 2.0}, {"amy": 4, "ben": 1, "cat": 1}, "ben"),
        ({"amy": 0.5, "ben": 0.5}, {"cat": 1}, "amy"),
        ({"amy": 0.5, "ben": 0.5}, {"amy": 1, "ben": 1, "cat": 2}, "cat"),
    ],
)
def test_least_loaded_is_for_their_capacity(
    capacities: dict[str, float], loads: dict[str, int], person: str
) -> None:
    people = office(**{name: Person(capacity=capacity) for name, capacity in capacities.items()})
    assert given_to(people, loads=loads).person == person


def test_who_takes_half_gets_half() -> None:
    people, loads = office(amy=Person(capacity=0.5)), Counter[str]()
    for _ in range(500):
        loads[given_to(people, loads=loads).person] += 1
    assert loads == {"amy": 100, "ben": 200, "cat": 200}


def played(people: People, turns: Turns, count: int) -> list[str]:
    """A batch of cases, each told to the same `turns`."""
    found = []
    for _ in range(count):
        to = given_to(people, turns=lambda names: turns("desk", names))
        turns.took([an_assignment(queue="desk", person=to.person, turn=to.turn)])
        found.append(to.person)
    return found


def read(kept: Mapping[str, int], _queue: str, names: Sequence[str]) -> dict[str, int]:
    return {name: kept[name] for name in names if name in kept}


@given(batches=st.lists(st.integers(1, 40), max_size=8))
def test_each_gets_one_in_turn_whatever_the_batches(batches: list[int]) -> None:
    people, kept = office(queue={"strategy": "round-robin"}), dict[str, int]()
    everything: list[str] = []
    for count in batches:
        # another worker, or the same one later: it reads what was kept
        turns = Turns(partial(read, kept))
        found = played(people, turns, count)
        kept |= turns("desk", ["amy", "ben", "cat"])
        everything += found
    assert everything == [("ben", "amy", "cat")[place % 3] for place in range(len(everything))]


def test_who_comes_back_gets_one_and_not_all_that_they_missed() -> None:
    robin = {"strategy": "round-robin"}
    turns = Turns(lambda _queue, _names: {})
    assert set(played(office(queue=robin, amy=away()), turns, 10)) == {"ben", "cat"}
    back = played(office(queue=robin), turns, 7)
    assert back[0] == "amy"
    assert Counter(back) == {"amy": 3, "ben": 2, "cat": 2}


def test_a_stand_in_has_a_turn_of_their_own() -> None:
    people = office(queue={"strategy": "round-robin"}, amy=away("eve"))
    found = played(people, Turns(lambda _queue, _names: {}), 6)
    assert Counter(found) == {"ben": 2, "eve": 2, "cat": 2}


def test_two_who_look_at_the_same_moment_differ_by_one_at_most() -> None:
    people, kept = office(queue={"strategy": "round-robin"}), dict[str, int]()
    total = Counter[str]()
    for _ in range(6):
        workers = [Turns(partial(read, kept)) for _ in range(2)]
        for turns in workers:
            total.update(played(people, turns, 5))
        for turns in workers:
            for name, turn in turns("desk", ["amy", "ben", "cat"]).items():
                kept[name] = max(kept.get(name, 0), turn)
    assert max(total.values()) - min(total.values()) <= 2


# Skills


SKILLS = {"skills": {"german": Needed(level=3, relax=timedelta(hours=2))}}


def knows(level: int) -> Person:
    return Person(skills={"german": level} if level else {})


@pytest.mark.parametrize(
    ("levels", "waited", "loads", "person", "relax"),
    [
        ((3, 4, 1), 0, {"ben": 5}, "amy", None),  # ben 3, amy 4, cat 1
        ((2, 1, 1), 0, {"ben": 9}, "ben", 2),  # the best who may has it
        ((2, 2, 1), 0, {"ben": 9}, "amy", 2),
        ((2, 1, 1), 2, {"ben": 9}, "ben", None),  # level 2 is enough, and only ben has it
        ((2, 2, 1), 2.5, {"ben": 9}, "amy", None),
        ((1, 1, 1), 2, {"ben": 9}, "amy", 4),
        ((1, 1, 1), 4, {"ben": 9}, "amy", None),
        ((0, 0, 0), 99, {"ben": 9, "amy": 8}, "cat", None),
    ],
)
def test_who_knows_how_gets_it_and_less_is_enough_after_a_time(
    levels: tuple[int, ...], waited: float, loads: dict[str, int], person: str, relax: float | None
) -> None:
    people = office(queue=SKILLS, **{n: knows(x) for n, x in zip(("ben", "amy", "cat"), levels, strict=True)})
    found = given_to(people, waited=waited, loads=loads)
    assert found.person == person
    assert found.relax == (None if relax is None else timedelta(hours=relax))


def test_skills_are_said_in_words() -> None:
    people = office(queue=SKILLS, ben=knows(3), amy=knows(2))
    assert given_to(people).because == "least loaded who may decide and knows german"
    lacking = office(queue=SKILLS, ben=knows(2))
    assert "nobody here who may decide knows german at level 3" in given_to(lacking).because
    assert "german at level 2 is enough" in given_to(lacking, waited=2).because


@given(
    levels=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    waited=st.floats(0, 20),
    wanted=st.integers(1, 5),
)
def test_skills_never_leave_a_case_unowned(levels: list[int], waited: float, wanted: int) -> None:
    skills = {"skills": {"german": Needed(level=wanted, relax=timedelta(hours=2))}}
    people = office(
        queue=skills,
        **{n: knows(x) for n, x in zip(("ben", "amy", "cat"), levels, strict=True)},
    )
    found = given_to(people, waited=waited)
    has = people.people[found.person].skills.get("german", 0)
    enough = wanted - int(waited / 2)
    assert has == max(levels) or has >= enough
    assert (found.relax is None) == (has >= enough)


# Presence


CHAIN = {
    "amy": away("eve"), "ben": away("amy"), "cat": away("nobody"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("people", "about", "person", "because"),
    [
        ({"ben": away("eve"), "amy": away(), "cat": away()}, {}, "eve", "stands in for ben, who is away"),
        ({"ben": away("amy"), "amy": away("eve"), "cat": away()}, {}, "eve", "stands in for ben"),
        ({"ben": away("amy"), "amy": away("ben"), "cat": away()}, {}, "deputy", "who may decide this is"),
        (
            {"ben": away("eve"), "amy": away(), "cat": away(), "eve": Person(roles=(Role.AUDITOR,))},
            {}, "deputy", "everybody of the queue who may decide this is away",
        ),
        (dict.fromkeys(("ben", "amy", "cat", "deputy"), away()), {}, "lead", "is away"),
        (dict.fromkeys(("ben", "amy", "cat", "deputy"), away()) | {"lead": away("eve", roles=(Role.OWNER,))},
         {}, "eve", "stands in for lead"),
        (dict.fromkeys(("ben", "amy", "cat", "deputy"), away()) | {"lead": away(roles=(Role.OWNER,))},
         {}, "boss", "is away"),
        (
            {name: away(days=9) for name in ("ben", "amy", "deputy")}
            | {name: away(days=9, roles=(Role.OWNER,)) for name in ("lead", "boss")} | {"cat": away(days=2)},
            {}, "cat", "nobody who may decide this is here, and cat is back first",
        ),
        ({"ben": away("eve"), "amy": away(), "cat": away()}, {"submitter": "ben"}, "deputy", "is away"),
    ],
)  # fmt: skip
def test_who_gets_it_while_people_are_away(
    people: dict[str, Person], about: dict[str, Any], person: str, because: str
) -> None:
    found = given_to(office(**people), about=about)
    assert (found.person, because in found.because) == (person, True), found


def test_who_knows_the_case_and_is_away_does_not_get_it() -> None:
    assert given_to(office(ben=away()), stay_with="ben").person == "amy"


def test_a_long_chain_of_stand_ins_ends() -> None:
    names = [f"p{number}" for number in range(LINKS + 2)]
    chain = {name: away(to) for name, to in pairwise(names)} | {names[-1]: Person()}
    everyone = office(ben=away(names[0]), amy=away(), cat=away(), **chain)
    assert everyone.stand_in(names[1], NOW) == names[-1]
    assert everyone.stand_in("ben", NOW) is None
    assert given_to(everyone).person == "deputy"


def test_days_are_those_of_the_person() -> None:
    auckland = away(zone="Pacific/Auckland").model_copy(
        update={"absences": (Absence(**{"from": date(2026, 4, 2), "until": date(2026, 4, 2)}),)}
    )
    people = office(ben=auckland)
    early = NOW.replace(year=2026, month=4, day=1, hour=10, minute=59)
    # 13 hours ahead there, until clocks go back on 5 April
    assert people.here("ben", early)
    assert not people.here("ben", early + timedelta(minutes=1))
    assert people.back("ben", early + timedelta(hours=1)) == early + timedelta(days=1, minutes=1)


# Authority


def grants(**limits: tuple[str, str | None]) -> tuple[Grant, ...]:
    return tuple(
        Grant(person=name, decides=("check",), limit=limit, above=above)
        for name, (limit, above) in limits.items()
    )


def test_what_is_beyond_the_members_goes_to_whom_authority_names() -> None:
    rows = grants(
        ben=("100 EUR", "eve"), amy=("100 EUR", None), cat=("100 EUR", None), eve=("1000 EUR", "boss"),
        deputy=("5000 EUR", None), boss=("9000 EUR", None),
    )  # fmt: skip
    people = office(authority=rows)
    assert given_to(people, about={"stake": Decimal(50)}).person in ("amy", "ben", "cat")
    first = given_to(people, about={"stake": Decimal(500)})
    assert (first.person, "authority names who may" in first.because) == ("eve", True)
    assert given_to(people, about={"stake": Decimal(2000)}).person == "boss"
    assert given_to(office(authority=rows, eve=away()), about={"stake": Decimal(500)}).person == "deputy"
    stands_in = given_to(office(authority=rows, eve=away("boss")), about={"stake": Decimal(500)})
    assert (stands_in.person, "stands in for eve" in stands_in.because) == ("boss", True)


# Whatever happens


NAMES = ("amy", "ben", "cat", "deputy", "lead", "boss", "eve")


@given(
    gone=st.sets(st.sampled_from(NAMES)),
    absent=st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), st.sampled_from(NAMES))),
    strategy=st.sampled_from(["least-loaded", "round-robin", "named"]),
    level=st.sampled_from([Level.REVIEW, Level.ASSIST]),
    submitter=st.sampled_from([*NAMES, "robot"]),
    besides=st.sets(st.sampled_from(NAMES)),
)
def test_somebody_active_always_has_it_and_who_is_here_and_may_comes_first(
    gone: set[str],
    absent: dict[str, str | None],
    strategy: str,
    level: Level,
    submitter: str,
    besides: set[str],
) -> None:
    owners = ("lead", "boss")
    people = office(
        queue={"strategy": strategy},
        **{
            name: (away(absent[name]) if name in absent else Person()).model_copy(
                update={
                    "active": name not in gone,
                    "roles": (Role.OWNER,) if name in owners else (Role.REVIEWER,),
                }
            )
            for name in NAMES
        },
    )
    about = matter(submitter=submitter)
    found = pick(people, about, level=level, loads={}, besides=besides)
    reach = [n for n in ("ben", "amy", "cat", "deputy", "lead", "boss") if denial(people, n, about) is None]
    here = [name for name in reach if people.here(name, NOW)]
    if set(here) - besides:
        assert people.here(found.person, NOW)
        assert found.person not in besides
    if reach:
        assert denial(people, found.person, replace(about, assignee=found.person)) is None
    if not {"lead", "boss", "deputy"} <= gone:
        assert people.active(found.person)


def test_an_assignment_that_changes_hands_is_not_put_off_any_more() -> None:
    before: Assignment = an_assignment(snoozed_until=NOW, relax_at=NOW, turn=4)
    after = before.given_to("cat")
    assert (after.person, after.snoozed_until, after.relax_at, after.turn) == ("cat", None, None, 4)
    assert after.due_at == before.due_at


# Working hours


def test_whose_working_hours_it_is_comes_first_and_at_night_the_strategy_alone_chooses() -> None:
    shift = Calendar.model_validate({"zone": "UTC", "week": {"mon-sun": ["08:00-10:00"]}})
    late = Calendar.model_validate({"zone": "UTC", "week": {"mon-sun": ["22:00-06:00"]}})
    hours = {
        name: Hours(UTC, one.weekdays, days=one.days) for name, one in (("early", shift), ("late", late))
    }
    people = office(queue={"strategy": "named"}, ben=Person(calendar="late"), amy=Person(calendar="early"))
    assert NOW.hour == 9
    assert given_to(people, hours=hours).person == "amy"
    assert given_to(people, hours=hours, about={"at": NOW + timedelta(hours=14)}).person == "ben"
    # cat has no hours of her own, and so is always there; without her the night is nobody's
    assert given_to(people, hours=hours, about={"at": NOW + timedelta(hours=8)}).person == "cat"
    two = office(
        queue={"strategy": "named"}, ben=Person(calendar="late"), amy=Person(calendar="early"), cat=away()
    )
    assert given_to(two, hours=hours, about={"at": NOW + timedelta(hours=8)}).person == "ben"
