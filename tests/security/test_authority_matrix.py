"""Role x team x amount x state x channel: who may see and decide, against an oracle written from the words.

The oracle below knows nothing of `core.authority`. It says what docs/reference/people-yaml.md says: who
decides is active, has a role that decides, belongs to the work, has no part in the case, and stays within
their own limit and within one of the nearest rows of authority. Nobody may do what the oracle refuses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from surehand.app import create_app
from surehand.core.authority import Matter, beyond, denial
from surehand.core.edits import Edit
from surehand.core.grants import Grant
from surehand.core.hearing import Answer
from surehand.core.people import People, Person, Queue, Team
from surehand.core.policy import Grade
from surehand.core.roles import Role
from surehand.errors import SurehandError
from surehand.flow import access, people
from surehand.flow.review import submit_verdict
from surehand.flow.standing import looked_at
from tests.client import Client
from tests.desk import Desk, desk_on
from tests.flow.world import World, opened_world

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

ROLES: tuple[tuple[str, ...], ...] = (
    ("reviewer",), ("specialist",), ("owner",), ("builder",), ("auditor",), ("administrator",), ("service",),
    ("administrator", "reviewer"), (),
)  # fmt: skip
PLACES = ("member", "team", "backup", "stranger", "given", "process owner")
LIMITS = (None, 100)
ROWS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "other decision": [{"role": "reviewer", "decides": ["other"], "limit": "1 EUR"}],
    "role": [{"role": "reviewer", "decides": ["pay"], "limit": "200 EUR", "consequence": "medium"}],
    "team": [
        {"team": "crew", "decides": ["pay"], "limit": "150 EUR"},
        {"role": "reviewer", "decides": ["*"]},
    ],
    "person": [
        {"person": "who", "decides": ["*"], "limit": "120 EUR"},
        {"team": "crew", "decides": ["pay"]},
        {"role": "reviewer", "decides": ["pay"], "limit": "9000 EUR"},
    ],
    "two": [
        {"person": "who", "decides": ["pay"], "limit": "50 EUR", "consequence": "critical"},
        {"person": "who", "decides": ["pay"], "limit": "500 EUR", "consequence": "low"},
    ],
}
AMOUNTS = (None, 50, 100, 130, 180, 1_000)
STATES = ("clear", "sent it", "benefits", "agreed already", "edited what two decide", "left")
GRADES = {None: "high", 50: "low", 100: "low", 130: "medium", 180: "medium", 1_000: "high"}
RANK = {"low": 1, "medium": 2, "high": 3, "critical": 4}


@dataclass(frozen=True)
class Cell:
    """One person before one case."""

    roles: tuple[str, ...]
    place: str
    limit: int | None
    rows: str
    amount: int | None
    state: str


CELLS = [Cell(*values) for values in product(ROLES, PLACES, LIMITS, ROWS, AMOUNTS, STATES)]


# The oracle


def nearest(cell: Cell) -> list[dict[str, Any]]:
    """The rows about the decision that fit the person: by name, else by team, else by role."""
    about = [row for row in ROWS[cell.rows] if "pay" in row["decides"] or "*" in row["decides"]]
    fitting = {
        "person": [row for row in about if "person" in row],
        "team": [row for row in about if "team" in row and cell.place == "team"],
        "role": [row for row in about if "role" in row and row["role"] in cell.roles],
    }
    return fitting["person"] or fitting["team"] or fitting["role"]


def covers(row: dict[str, Any], cell: Cell) -> bool:
    if "consequence" in row and RANK[GRADES[cell.amount]] > RANK[row["consequence"]]:
        return False
    if "limit" not in row:
        return True
    return cell.amount is not None and cell.amount <= int(row["limit"].split()[0])


def within(cell: Cell) -> bool:
    """Not more than they may decide, whatever queue they are in."""
    if cell.limit is not None and (cell.amount is None or cell.amount > cell.limit):
        return False
    mine = nearest(cell)
    return not mine or any(covers(row, cell) for row in mine)


def may_decide(cell: Cell) -> bool:
    spoken_of = any("pay" in row["decides"] or "*" in row["decides"] for row in ROWS[cell.rows])
    return (
        cell.state == "clear"
        and bool({"reviewer", "specialist", "owner"} & set(cell.roles))
        and cell.place != "stranger"
        and (not spoken_of or bool(nearest(cell)))
        and within(cell)
    )


# The program


def office(cell: Cell) -> People:
    members = ("who", "else") if cell.place == "member" else ("else",)
    return People(
        people={
            "who": Person(
                roles=tuple(Role(role) for role in cell.roles), team="crew" if cell.place == "team" else None,
                limit=None if cell.limit is None else Decimal(cell.limit), active=cell.state != "left",
                aliases=("also who",),
            ),
            "else": Person(), "boss": Person(roles=(Role.OWNER,)),
        },
        teams={"crew": Team()},
        queues={
            "desk": Queue(owner="boss", backup="who" if cell.place == "backup" else None, members=members,
                          teams=("crew",))
        },
        authority=tuple(Grant.model_validate(row) for row in ROWS[cell.rows]),
    )  # fmt: skip


def matter(cell: Cell) -> Matter:
    return Matter(
        process="payments", point="pay", queue="desk", grade=Grade(GRADES[cell.amount]), money=True,
        stake=None if cell.amount is None else Decimal(cell.amount),
        submitter="Also Who" if cell.state == "sent it" else "robot",
        owner="who" if cell.place == "process owner" else "boss",
        assignee="who" if cell.place == "given" else "else", at=NOW, currency="EUR",
        interested=("also who",) if cell.state == "benefits" else (),
        agreed=frozenset({"who"} if cell.state == "agreed already" else ()),
        people=2 if cell.state == "edited what two decide" else 1,
        editors=frozenset({"who"} if cell.state == "edited what two decide" else ()),
    )  # fmt: skip


def test_the_grid_is_large() -> None:
    assert len(CELLS) == 23_328
    allowed = sum(may_decide(cell) for cell in CELLS)
    assert 500 < allowed < len(CELLS) / 4


@pytest.mark.parametrize("roles", ROLES, ids="+".join)
def test_nobody_decides_what_the_words_do_not_allow(roles: tuple[str, ...]) -> None:
    for cell in (one for one in CELLS if one.roles == roles):
        refused = denial(office(cell), "who", matter(cell))
        assert (refused is None) == may_decide(cell), (cell, refused)


@pytest.mark.parametrize("roles", ROLES, ids="+".join)
def test_what_is_beyond_somebody_is_what_they_may_not_see(roles: tuple[str, ...]) -> None:
    for cell in (one for one in CELLS if one.roles == roles and one.state == "clear"):
        found = beyond(office(cell), "who", matter(cell))
        assert (found is None) == within(cell), (cell, found)
        # what somebody may decide they may see
        if may_decide(cell):
            assert found is None, cell


# The same through the verbs and over HTTP

#: name -> (roles, limit, in the queue); rows of authority are added below.
CROWD: dict[str, tuple[tuple[str, ...], int | None, bool]] = {
    "m.reviewer": (("reviewer",), None, True),
    "m.small": (("reviewer",), 100, True),
    "m.specialist": (("specialist",), None, True),
    "m.builder": (("builder",), None, True),
    "m.auditor": (("auditor",), None, True),
    "m.admin": (("administrator",), None, True),
    "m.row": (("reviewer",), None, True),
    "s.reviewer": (("reviewer",), None, False),
    "s.owner": (("owner",), None, False),
    "s.auditor": (("auditor",), None, False),
    "s.admin": (("administrator",), None, False),
    "s.builder": (("builder",), None, False),
}
TOTALS = (None, 50, 100, 101, 900)
#: m.row decides up to 90 alone, whatever it is; the others what they may by themselves.
GIVEN = (
    {"person": "m.row", "decides": ["*"], "limit": "90 EUR"},
    {"role": "reviewer", "decides": ["*"]},
    {"role": "specialist", "decides": ["*"]},
)


def crowd_within(name: str, total: int | None) -> bool:
    most = 90 if name == "m.row" else CROWD[name][1]
    return most is None or (total is not None and total <= most)


def crowd_decides(name: str, total: int | None, *, sent: bool) -> bool:
    roles, _, inside = CROWD[name]
    return inside and bool({"reviewer", "specialist"} & set(roles)) and crowd_within(name, total) and not sent


def crowd_sees(name: str, total: int | None, *, sent: bool) -> bool:
    roles, _, inside = CROWD[name]
    everything = bool({"owner", "auditor", "administrator"} & set(roles))
    return everything or sent or (inside and crowd_within(name, total))


def hired(before: People) -> People:
    everyone = {
        name: Person(
            roles=tuple(Role(role) for role in roles), limit=None if limit is None else Decimal(limit)
        )
        for name, (roles, limit, _) in CROWD.items()
    }
    desk = before.queues["desk"]
    members = (*desk.members, *(name for name, (*_, inside) in CROWD.items() if inside))
    return before.model_copy(
        update={
            "people": before.people | everyone,
            "queues": before.queues | {"desk": desk.model_copy(update={"members": members})},
            "authority": tuple(Grant.model_validate(row) for row in GIVEN),
        }
    )


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    with opened_world(tmp_path, database_url) as opened:
        edit: Edit = hired
        people.change(opened.context, by="admin", because="a crowd", edit=edit)
        yield opened


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    with desk_on(world.bench, *CROWD, by="admin") as running:
        yield running


def put_in(world: World, total: int | None, by: str) -> str:
    return world.submit(None if total is None else f"{total} EUR", 0.8, by=by)


def test_the_same_through_verbs_pages_and_api(desk: Desk, world: World) -> None:
    """Each person before each case, by three ways in; a refused verdict changes nothing and is recorded."""
    browsers = {name: desk.person(name) for name in CROWD}
    program = Client(create_app(world.bench.surehand), raise_server_exceptions=False)
    keys = {
        name: {"Authorization": f"Bearer {access.create_key(world.context, name, 'x', by=name)}"}
        for name in CROWD
    }
    cells = 0
    for total, sender in product(TOTALS, ("robot", "m.reviewer", "s.builder")):
        case_id = put_in(world, total, sender)
        holder = world.held(case_id).person
        for name in CROWD:
            sent = name == sender
            sees = crowd_sees(name, total, sent=sent) or name == holder
            decides = crowd_decides(name, total, sent=sent)
            try:
                _, refused = looked_at(world.context, name, case_id)
                assert sees, (name, total, sender)
                assert (refused == "") == decides, (name, total, sender, refused)
            except SurehandError:
                assert not sees, (name, total, sender)
            page = browsers[name].http.get(f"/cases/{case_id}/brief", follow_redirects=False)
            answer = program.get(f"/api/v1/cases/{case_id}", headers=keys[name])
            assert (page.status_code == 200) == sees, (name, total, sender, page.status_code)
            assert (answer.status_code == 200) == sees, (name, total, sender, answer.status_code)
            cells += 3
            if decides:
                continue
            before = world.case(case_id).rev
            with pytest.raises(SurehandError):
                submit_verdict(world.context, name, case_id, Answer(kind="approve"))
            browsers[name].get("/people")
            csrf = browsers[name].last["csrf"]
            refused_page = browsers[name].post(f"/cases/{case_id}/verdict", csrf=csrf, verdict="approve")
            verdict = {"verdict": "approve"}
            refused_answer = program.post(
                f"/api/v1/cases/{case_id}/verdict", headers=keys[name], json=verdict
            )
            # a page of before is told that it is old, whoever sends it
            assert refused_page.status_code in (403, 404, 409), refused_page.status_code
            assert refused_answer.status_code in (403, 404), refused_answer.text
            assert world.case(case_id).rev == before
            cells += 3
    assert cells >= 700
    denials = [event for event in world.events("system") if event.kind == "denied"]
    assert len(denials) >= 200
    # and whom the words allow it may
    for name, total in product(CROWD, TOTALS):
        if crowd_decides(name, total, sent=False):
            case_id = put_in(world, total, "robot")
            world.verdict(case_id, "approve", by=name)
            assert [one.person for one in world.verdicts(case_id)] == [name], (name, total)
    world.check()
