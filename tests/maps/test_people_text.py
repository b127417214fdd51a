"""What is exported reads back as the same people, whatever they are called."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surehand.core.grants import Delegation, Grant
from surehand.core.people import Absence, Needed, People, Person, Queue, Team
from surehand.core.roles import Role
from surehand.maps.parse import people as parsed
from surehand.maps.people_text import _ABOUT, people_text
from surehand.maps.source import parse

ROOT = Path(__file__).parents[2]

NAMES = st.from_regex(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*", fullmatch=True).filter(
    lambda n: len(n) <= 64
) | st.sampled_from(["null", "true", "yes", "no", "on", "off", "y", "n", "e1", "x0.1"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1))
SUMS = st.decimals(0, 10**9, places=2).map(lambda d: f"{d} EUR")
SPANS = st.integers(1, 10**6).map(lambda s: timedelta(seconds=s))

ABSENCES = st.builds(
    lambda start, days, to: Absence(start=start, until=start + timedelta(days=days), stand_in=to),
    DAYS,
    st.integers(0, 30),
    st.none() | NAMES,
)
PERSONS = st.builds(
    Person,
    name=TEXTS,
    email=st.none() | TEXTS,
    aliases=st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
    roles=st.lists(st.sampled_from(Role), max_size=3).map(tuple),
    team=st.none() | NAMES,
    skills=st.dictionaries(NAMES, st.integers(1, 5), max_size=3),
    capacity=st.floats(0.01, 10),
    limit=st.none() | st.decimals(0, 10**12, allow_nan=False, allow_infinity=False),
    absences=st.lists(ABSENCES, max_size=2).map(tuple),
    zone=TEXTS,
    active=st.booleans(),
)
QUEUES = st.builds(
    Queue,
    owner=NAMES,
    backup=st.none() | NAMES,
    members=st.lists(NAMES, max_size=3).map(tuple),
    strategy=st.sampled_from(["least-loaded", "round-robin", "named"]),
    due=st.none() | SPANS,
    skills=st.dictionaries(
        NAMES, st.builds(Needed, level=st.integers(1, 5), relax=st.none() | SPANS), max_size=2
    ),
)
GRANTS = st.builds(
    lambda who, **more: Grant.model_validate({**who, **more}),
    who=st.one_of(
        NAMES.map(lambda n: {"person": n}), NAMES.map(lambda n: {"team": n}), st.just({"role": "owner"})
    ),
    decides=st.lists(st.sampled_from(["*", "pay", "missing-po"]), min_size=1, max_size=3).map(tuple),
    limit=st.none() | SUMS,
    consequence=st.sampled_from([None, "low", "critical"]),
    only=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        st.lists(TEXTS, min_size=1, max_size=2),
        max_size=2,
    ),
    second=st.sampled_from(["never", "always"]) | SUMS,
    write=st.sampled_from([(), ("reason", "note")]),
    delegate=st.none() | SPANS,
)
LOANS = st.builds(
    lambda two, start, days, because: Delegation(
        by=two[0], to=two[1], start=start, until=start + timedelta(days=days), because=because
    ),
    st.lists(NAMES, min_size=2, max_size=2, unique=True),
    DAYS,
    st.integers(0, 30),
    TEXTS,
)
PEOPLE = st.builds(
    People,
    people=st.dictionaries(NAMES, PERSONS, max_size=4),
    teams=st.dictionaries(NAMES, st.builds(Team, about=TEXTS), max_size=2),
    queues=st.dictionaries(NAMES, QUEUES, max_size=2),
    authority=st.lists(GRANTS, max_size=3).map(tuple),
    delegations=st.lists(LOANS, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_what_is_written_reads_back_the_same(people: People) -> None:
    text = people_text(people)
    assert People.model_validate(parse(text, label="people.yaml").data) == people
    assert text.encode().decode() == text


def test_the_examples_read_back_the_same(tmp_path: Path) -> None:
    people = parsed(ROOT / "examples" / "people.yaml")
    (tmp_path / "people.yaml").write_text(people_text(people), encoding="utf-8")
    assert parsed(tmp_path / "people.yaml") == people


@pytest.mark.parametrize("limit", ["500", "0.10", "1E+3"])
def test_a_limit_is_exact(limit: str) -> None:
    people = People(people={"ann": Person(limit=Decimal(limit))})
    assert f"{{limit: {limit if limit == '500' else repr(limit).replace(chr(39), chr(34))}}}" in people_text(
        people
    )
    read = People.model_validate(parse(people_text(people), label="x").data)
    assert read.people["ann"].limit == Decimal(limit)


def test_every_part_of_the_file_is_written(tmp_path: Path) -> None:
    assert set(_ABOUT) == set(People.model_fields)
    week = {"mon-thu": ["09:00-12:30", "13:30-17:00"], "fri": ["09:00-14:00"]}
    calendar = {"zone": "Europe/Berlin", "week": week, "holidays": "DE-BE", "closed": ["2026-12-24"],
                "open": {"2026-12-05": ["10:00-14:00"]}}  # fmt: skip
    people = People.model_validate(
        {
            "people": {"ann": {"calendar": "berlin", "reach": {"digest": "daily", "quiet": "20:00-07:00"}}},
            "calendars": {"berlin": calendar},
        }
    )
    (tmp_path / "people.yaml").write_text(people_text(people), encoding="utf-8")
    assert parsed(tmp_path / "people.yaml") == people
