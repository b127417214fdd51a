"""What is wrong with people.yaml as a whole, each on its line and in words."""

# ruff: noqa: E501 (a row of a table is one line)

from datetime import date
from pathlib import Path

import pytest

from surehand.core.people import People
from surehand.maps.faults import Faults
from surehand.maps.parse import people_as_far_as_possible
from surehand.maps.roster import check_roster
from surehand.maps.source import PathPlaces, read

GOOD = """\
people:
  ann: {roles: [owner, reviewer], team: ap, email: ann@example.com, skills: {iban: 3}}
  bo: {team: ap, aliases: [bob]}
  cy: {roles: [specialist]}
  dev: {roles: [builder]}
  robot: {roles: [service]}
  gone: {active: false}
teams:
  ap: {about: Pays suppliers}
queues:
  desk: {owner: ann, members: [bo], teams: [ap], skills: {iban: {level: 2}}}
authority:
  - {person: bo, decides: [pay], limit: 100 EUR, above: ann, delegate: P7D}
  - {person: ann, decides: [pay], delegate: P30D}
delegations:
  - {by: ann, to: cy, from: 2099-11-01, until: 2099-11-09, decides: [pay]}
"""

TODAY = date(2026, 11, 5)


def faults_of(text: str, tmp_path: Path) -> list[tuple[int, str]]:
    file = tmp_path / "people.yaml"
    file.write_text(text)
    source = read(file)
    _, parsed = people_as_far_as_possible(source)
    if parsed:
        return [(int(one.where.split(":")[1]), one.message) for one in parsed]
    return []


def test_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    assert faults_of(GOOD, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("bo: {team: ap", "bo: {team: pa", "bo: {", "The team 'pa' is not known"),
        ("teams: [ap]", "teams: [op]", "desk:", "The team 'op' is not known"),
        ("aliases: [bob]", "aliases: [ANN]", "bo: {", "'ANN' is ann already: one name, one human"),
        ("aliases: [bob]", "aliases: [Ann@example.com]", "bo: {", "is ann already"),
        ("bo: {team: ap", "bo: {zone: Mars/One, team: ap", "bo: {", "'Mars/One' is no time zone"),
        ("level: 2", "level: 4", "desk:", "Nobody of queue 'desk' knows iban at level 4: the best is 3"),
        ("{iban: {level: 2}}", "{vat: {}}", "desk:", "knows vat at level 1: the best is none"),
        ("bo: {team: ap", "bo: {absences: [{from: 2099-01-02, until: 2099-01-09}, {from: 2099-01-09, "
         "until: 2099-02-01}], team: ap", "bo: {", "bo is away twice"),
        ("bo: {team: ap", "bo: {absences: [{from: 2099-01-02, until: 2099-01-01}], team: ap", "bo: {", "'until' comes before"),
        ("bo: {team: ap", "bo: {absences: [{from: 2099-01-02, until: 2099-01-09, stand_in: bo}], team: ap", "bo: {",
         "bo cannot stand in for themselves"),
        ("bo: {team: ap", "bo: {absences: [{from: 2099-01-02, until: 2099-01-09, stand_in: gone}], team: ap", "bo: {",
         "'gone', is no longer active"),
        ("bo: {team: ap", "bo: {absences: [{from: 2026-01-02, until: 9999-12-31}], team: ap", "bo: {",
         "'until' is 9999-12-31: write a day from 2000-01-01 to 2199-12-31. Who does not come back is disabled."),
        ("bo: {team: ap", "bo: {absences: [{from: 0001-01-01, until: 2001-01-01}], team: ap", "bo: {",
         "'from' is 0001-01-01: write a day from 2000-01-01 to 2199-12-31."),
        ("until: 2099-11-09", "until: 9999-12-31", "by: ann", "'until' is 9999-12-31: write a day from 2000-01-01"),
        ("from: 2099-11-01, until: 2099-11-09", "from: 0001-01-01, until: 2001-01-01", "by: ann",
         "'from' is 0001-01-01: write a day from 2000-01-01"),
        ("above: ann", "above: robot", "person: bo", "is a service: name a person who can answer for it"),
        ("person: bo", "person: ob", "person: ob", "The person 'ob' is not known"),
        ("{person: ann, decides", "{role: builder, decides", "role: builder", "A builder decides nothing"),
        ("{person: ann, decides: [pay]", "{person: ann, above: bo, decides: [pay]", "person: bo", "goes in a circle: bo -> ann -> bo"),
        ("limit: 100 EUR", "limit: 100 EUR, split: {limit: 50 EUR, within: P7D}", "person: bo", "no more than 50.00 EUR"),
        ("decides: [pay]}\n", "decides: [pay]}\n  - {by: ann, to: bo, from: 2099-11-10, until: 2099-12-01, decides: ['*']}\n",
         "by: ann, to: bo", "for pay for 30 d, and this is 31 d with what is lent before it"),
        ("by: ann, to: cy", "by: ann, to: dev", "by: ann", "dev has no role that decides"),
        ("by: ann, to: cy", "by: gone, to: cy", "by: gone", "'gone', is no longer active"),
        ("until: 2099-11-09", "until: 2100-11-09", "by: ann", "for pay for 30 d, and this is 374 d"),
        ("delegate: P30D", "second: always", "by: ann", "ann may not lend their authority for pay"),
        ("decides: [pay]}\n", "decides: [pay]}\n  - {by: cy, to: ann, from: 2099-11-09, until: 2099-11-20}\n", "by: cy",
         "in a circle at one time: cy -> ann -> cy"),
        ("decides: [pay]}\n", "decides: [pay]}\n  - {by: cy, to: bo, from: 2099-11-01, until: 2099-11-20}\n"
         "  - {by: bo, to: ann, from: 2099-11-08, until: 2099-11-09}\n", "by: bo", "bo -> ann -> cy -> bo"),
    ],
)  # fmt: skip
def test_what_is_wrong(tmp_path: Path, old: str, new: str, line: str, says: str) -> None:
    before, _, after = GOOD.rpartition(old)
    assert before + after, old
    text = before + new + after
    expected = next(number for number, row in enumerate(text.splitlines(), start=1) if line in row)
    found = faults_of(text, tmp_path)
    assert any(where == expected and says in message for where, message in found), found


def test_everybody_away_without_a_stand_in_outside(tmp_path: Path) -> None:
    text = GOOD.replace("bo: {team: ap", "bo: {absences: [{from: 2099-01-02, until: 2099-01-09}], team: ap")
    text = text.replace("ann: {roles", "ann: {absences: [{from: 2099-01-05, until: 2099-02-09}], roles")
    ((_, says),) = faults_of(text, tmp_path)
    assert says == (
        "Everybody of queue 'desk' is away from 2099-01-05 to 2099-01-09: name a stand-in outside it."
    )
    covered = text.replace("until: 2099-02-09}", "until: 2099-02-09, stand_in: cy}")
    assert faults_of(covered, tmp_path) == []


def test_what_is_over_is_not_worth_a_word() -> None:
    people = People.model_validate(
        {
            "people": {"ann": {"absences": [{"from": "2026-10-01", "until": "2026-10-09", "stand_in": "bo"}]},
                       "bo": {"absences": [{"from": "2026-10-01", "until": "2026-10-09"}]}},
            "queues": {"desk": {"owner": "ann", "members": ["bo"]}},
        }
    )  # fmt: skip
    faults = Faults(PathPlaces("roster"))
    check_roster(people, faults, today=TODAY)
    assert faults.found == []
    check_roster(people, faults, today=date(2026, 10, 1))
    assert [one.message for one in faults.found] == [
        "bo stands in for ann, and is away too: 2026-10-01 to 2026-10-09. Name another."
    ]


def test_loans_with_a_day_between_are_two_and_what_is_over_counts_with_what_follows() -> None:
    def faults_on(day: date, *loans: tuple[str, str]) -> list[str]:
        people = People.model_validate(
            {
                "people": {"ann": {}, "bo": {}},
                "authority": [{"person": "ann", "decides": ["pay"], "delegate": "P7D"}],
                "delegations": [
                    {"by": "ann", "to": "bo", "from": a, "until": b, "decides": ["pay"]} for a, b in loans
                ],
            }
        )
        faults = Faults(PathPlaces("roster"))
        check_roster(people, faults, today=day)
        return [one.message for one in faults.found]

    first = ("2026-11-01", "2026-11-05")
    assert faults_on(TODAY, first, ("2026-11-07", "2026-11-11")) == []
    assert faults_on(TODAY, first, ("2026-11-06", "2026-11-07")) == []
    too_long = ["ann may lend their authority for pay for 7 d, and this is 8 d with what is lent before it."]
    assert faults_on(date(2026, 11, 8), first, ("2026-11-06", "2026-11-08")) == too_long
    assert faults_on(date(2026, 11, 8), ("2026-11-06", "2026-11-08"), first) == too_long
    assert faults_on(date(2026, 11, 9), first, ("2026-11-06", "2026-11-08")) == []
    assert faults_on(TODAY, ("2026-10-01", "2026-10-30")) == []
    # whatever was entered once, what is lent after it can be reckoned
    long_ago = faults_on(TODAY, ("0001-01-01", "2026-11-05"), ("2026-11-06", "2026-11-08"))
    assert long_ago[1].endswith("and this is 739928 d with what is lent before it.")
