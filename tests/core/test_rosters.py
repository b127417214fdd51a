"""Changes of the roster: who may make which, and which of them are about the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from surehand.core import edits, rosters
from surehand.core.edits import Edit
from surehand.core.grants import Delegation, Grant
from surehand.core.people import Absence, People, Person, Queue, Team
from surehand.core.roles import Role
from surehand.errors import Conflict, NotFound

BOTH = (Role.ADMINISTRATOR, Role.REVIEWER)
PEOPLE = People(
    people={
        "ann": Person(), "bo": Person(team="crew"), "lead": Person(roles=(Role.OWNER,)),
        "admin": Person(roles=(Role.ADMINISTRATOR,)), "chief": Person(roles=BOTH, team="crew"),
    },
    teams={"crew": Team()},
    queues={"desk": Queue(owner="lead", members=("ann", "bo")), "other": Queue(owner="lead")},
)  # fmt: skip
LOAN = Delegation(by="lead", to="chief", start=date(2026, 1, 5), until=date(2026, 1, 9))


def refused(by: str, edit: Edit) -> str | None:
    return rosters.refusal(PEOPLE, by, rosters.changes(PEOPLE, edit(PEOPLE)))


def grant(**row: Any) -> Edit:
    return edits.granted(Grant.model_validate({"decides": ["*"], **row}))


@pytest.mark.parametrize(
    "edit",
    [
        grant(person="chief"), grant(role="reviewer"), grant(team="crew"),
        edits.lent(LOAN),
        edits.queue_changed("desk", {"members": ("ann", "bo", "chief")}),
        edits.queue_changed("desk", {"owner": "chief"}),
        edits.queue_changed("desk", {"backup": "chief"}),
        edits.queue_changed("desk", {"teams": ("crew",)}),
        edits.queue_added("mine", Queue(owner="chief")),
        edits.person_changed("chief", {"limit": None, "team": None}),
    ],
)  # fmt: skip
def test_nobody_gives_themselves_authority(edit: Edit) -> None:
    assert "chief cannot change their own" in (refused("chief", edit) or "")
    # somebody else does
    assert refused("admin", edit) is None


@pytest.mark.parametrize(
    "edit",
    [
        grant(person="ann"), grant(role="specialist"), grant(team="other"),
        edits.queue_changed("desk", {"members": ("ann",)}),
        edits.queue_added("theirs", Queue(owner="lead", members=("ann",))),
    ],
)  # fmt: skip
def test_whoever_administers_and_decides_gives_others_authority(edit: Edit) -> None:
    assert refused("chief", edit) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (edits.person_changed("ann", {"name": "A"}), edits.person_changed("ann", {"name": "B"}), True),
        (edits.person_changed("ann", {"name": "A"}), edits.person_changed("ann", {"zone": "X"}), False),
        (edits.person_changed("ann", {"name": "A"}), edits.person_changed("bo", {"name": "A"}), False),
        (edits.queue_changed("desk", {"members": ("ann",)}), edits.queue_changed("desk", {"members": ()}),
         True),
        (edits.queue_changed("desk", {"members": ("ann",)}),
         edits.queue_changed("desk", {"members": ("ann", "bo", "chief")}), False),
        (grant(person="ann"), grant(person="bo"), False),
        (grant(person="ann"), grant(person="ann"), True),
    ],
)  # fmt: skip
def test_what_touches_what(one: Edit, other: Edit, same: bool) -> None:
    made, since = (rosters.changes(PEOPLE, edit(PEOPLE)) for edit in (one, other))
    assert bool(rosters.touched(made, since)) == same


def test_an_absence_ends_yesterday_or_is_taken_out() -> None:
    away = Absence(start=date(2026, 3, 2), until=date(2026, 3, 9))
    there = edits.absence_entered("ann", away)(PEOPLE)
    row = edits.row_id(away)
    today = date(2026, 3, 4)
    (ended,) = edits.absence_ended("ann", row, today=today)(there).people["ann"].absences
    assert (ended.start, ended.until) == (away.start, date(2026, 3, 3))
    for early in (date(2026, 3, 2), date(2026, 2, 1)):
        assert edits.absence_ended("ann", row, today=early)(there).people["ann"].absences == ()
    with pytest.raises(Conflict):
        edits.absence_ended("ann", row, today=today)(PEOPLE)


def test_what_is_lent_is_taken_back() -> None:
    there = edits.lent(LOAN)(PEOPLE)
    row = edits.row_id(LOAN)
    (ended,) = edits.taken_back(row, today=date(2026, 1, 8))(there).delegations
    assert ended.until == date(2026, 1, 7)
    assert edits.taken_back(row, today=date(2026, 1, 5))(there).delegations == ()


@pytest.mark.parametrize(
    "edit",
    [edits.person_changed("nobody", {}), edits.queue_changed("nothing", {})],
)
def test_what_is_not_there_cannot_be_changed(edit: Edit) -> None:
    with pytest.raises(NotFound):
        edit(PEOPLE)


def test_whom_a_row_may_be_shown_to() -> None:
    row: Mapping[str, Any] = {"person": "ann", "decides": ["*"]}
    assert rosters.may(PEOPLE, "admin", "authority", row=row)
    assert not rosters.may(PEOPLE, "ann", "authority", row=row)
    assert [name for name in PEOPLE.people if rosters.sees_everyone(PEOPLE, name)] == [
        "lead",
        "admin",
        "chief",
    ]


def test_a_queue_goes_to_a_human_when_its_owner_leaves() -> None:
    people = People(
        people={
            "robot": Person(roles=(Role.SERVICE,), team="crew"),
            "ann": Person(team="crew"),
            "lead": Person(),
        },
        teams={"crew": Team()},
        queues={"desk": Queue(owner="lead", teams=("crew",))},
    )
    assert people.members("desk") == ("robot", "ann")
    assert rosters.without(people, "lead").queues["desk"].owner == "ann"
    with pytest.raises(ValueError, match="nobody else is in it: name another owner first"):
        rosters.without(rosters.without(people, "ann"), "lead")
