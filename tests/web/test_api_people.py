"""People through the API: the same sight and the same changes as on the pages, once for each key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surehand.app import create_app
from surehand.core import edits
from surehand.core.people import LAST_DAY, Absence
from surehand.flow import access, people
from surehand.flow.verify import verify
from tests.client import Client
from tests.flow.world import World, opened_world

WHY = {"because": "as agreed"}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    with opened_world(tmp_path, database_url) as opened:
        yield opened


class Api:
    """A program of somebody."""

    def __init__(self, world: World, name: str) -> None:
        self.http = Client(create_app(world.bench.surehand), raise_server_exceptions=False)
        key = access.create_key(world.context, name, "test", by=name)
        self.http.headers["Authorization"] = f"Bearer {key}"

    def __call__(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = self.http.request(method, f"/api/v1{path}", **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, status: int = 200) -> Any:
        return self("GET", path, status)


def test_what_is_shown_is_what_may_be_seen(world: World) -> None:
    people.change(
        world.context, by="admin", because="x", edit=edits.person_changed("bo", {"email": "bo@example.com"})
    )
    ann, boss, bo = Api(world, "ann"), Api(world, "boss"), Api(world, "bo")
    for path in ("/people", "/people/bo", "/authority", "/delegations", "/absences", "/queues"):
        text = str(ann.get(path))
        assert "bo@example.com" not in text
        assert "500" not in text
    assert ann.get("/people/bo")["private"] is None
    assert ann.get("/people/bo")["decides"] is None
    for who in (boss, bo):
        found = who.get("/people/bo")
        assert found["private"]["limit"] == "500"
        assert [one["alone"][0]["limit"] for one in found["decides"] if one["point"] == "refund"] == ["500"]
    assert ann.get("/queues")["queues"][0]["waiting"] == 0
    assert Api(world, "dev").get("/queues")["queues"][0]["waiting"] is None
    ann.get("/people/nobody", 404)


def test_people_queues_and_absences_are_changed(world: World) -> None:
    admin, ann, lead = Api(world, "admin"), Api(world, "ann"), Api(world, "lead")
    admin("POST", "/people", json={"name": "new.one", "person": {"roles": ["reviewer"]}, **WHY})
    admin("POST", "/people", 422, json={"name": "new.one", "person": {}, **WHY})
    admin("PUT", "/people/new.one", json={"limit": "70.50", **WHY})
    found = admin.get("/people/new.one")
    assert (found["private"]["limit"], found["roles"]) == ("70.50", ["reviewer"])
    for guess in ("9", "70.50"):  # the right one is refused as well: nobody can try limits out
        ann("PUT", "/people/new.one", 403, json={"limit": guess, **WHY})
    lead("PUT", "/queues/desk", json={"members": ["ann", "bo", "new.one"], **WHY})
    assert lead.get("/queues")["queues"][0]["queue"]["owner"] == "lead"
    lead("PUT", "/queues/desk", 403, json={"owner": "ann", **WHY})
    lead("PUT", "/people/new.one", json={"skills": {"vat": 3}, **WHY})
    admin("POST", "/queues", json={"name": "night", "queue": {"owner": "lead"}, **WHY})
    day = world.context.clock().date().isoformat()
    ann("POST", "/absences", json={"person": "ann", "absence": {"from": day, "until": day}, **WHY})
    ann("POST", "/absences", 403, json={"person": "bo", "absence": {"from": day, "until": day}, **WHY})
    (away,) = ann.get("/absences")["absences"]
    assert (away["person"], ann.get("/people/ann")["here"]) == ("ann", False)
    lead("DELETE", f"/absences/ann/{away['id']}", params=WHY)
    lead("DELETE", f"/absences/ann/{away['id']}", 409, params=WHY)
    admin("POST", "/people/new.one/disable", json=WHY)
    assert not admin.get("/people/new.one")["active"]
    admin("POST", "/people/new.one/enable", json=WHY)
    assert not verify(world.context).findings
    world.check()


def test_authority_and_what_is_lent(world: World) -> None:
    admin, ann, bo = Api(world, "admin"), Api(world, "ann"), Api(world, "bo")
    row = {"person": "ann", "decides": ["refund"], "limit": "31337 EUR", "delegate": "P14D"}
    admin("POST", "/authority", json={"row": row, **WHY})
    admin("POST", "/authority", json={"row": {"role": "reviewer", "decides": ["refund"]}, **WHY})
    admin("POST", "/authority", 422, json={"row": {**row, "decides": ["refnud"]}, **WHY})
    ann("POST", "/authority", 403, json={"row": row, **WHY})
    assert len(ann.get("/authority")["rows"]) == 2
    assert "31337" not in str(bo.get("/authority"))
    anns = next(one["id"] for one in admin.get("/authority")["rows"] if one["row"]["person"] == "ann")
    # a row that somebody may not see is not there for them: its id would tell what it says
    bo("DELETE", f"/authority/{anns}", 404, params=WHY)
    bo("PUT", f"/authority/{anns}", 403, json={"row": row, **WHY})
    ann("DELETE", f"/authority/{anns}", 403, params=WHY)
    admin("PUT", f"/authority/{anns}", json={"row": {**row, "limit": "90 EUR"}, **WHY})
    admin("DELETE", f"/authority/{anns}", 404, params=WHY)
    days = {"from": "2026-01-05", "until": "2026-01-06"}
    ann("POST", "/delegations", json={"to": "bo", "decides": ["refund"], **days, **WHY})
    ann("POST", "/delegations", 422, json={"to": "ann", **days, **WHY})
    (loan,) = bo.get("/delegations")["delegations"]
    assert Api(world, "spec").get("/delegations")["delegations"] == []
    Api(world, "spec")("DELETE", f"/delegations/{loan['id']}", 404, params=WHY)
    bo("DELETE", f"/delegations/{loan['id']}", 403, params=WHY)
    ann("DELETE", f"/delegations/{loan['id']}", params=WHY)
    world.check()


def test_a_change_happens_once_for_a_key_and_not_over_what_changed_meanwhile(world: World) -> None:
    admin = Api(world, "admin")
    tag = f'"{admin.get("/people")["rev"]}"'
    asked: Any = {"json": {"limit": "600", **WHY}, "headers": {"Idempotency-Key": "k-1", "If-Match": tag}}
    first = admin("PUT", "/people/bo", **asked)
    assert admin("PUT", "/people/bo", **asked) == first
    assert len(people.history(world.context)) == 2
    admin("PUT", "/people/bo", 409, json={"limit": "7", **WHY}, headers=asked["headers"])
    problem = admin("PUT", "/people/bo", 409, json={"limit": "7", **WHY}, headers={"If-Match": tag})
    assert "people.bo.limit: 500 -> 600" in problem["detail"]
    assert problem["rev"] == first["rev"]
    # something else is changed on the old revision, and nothing that does not differ makes a new one
    second = admin("PUT", "/people/bo", json={"name": "Bo", **WHY}, headers={"If-Match": tag})
    assert second["rev"] == first["rev"] + 1
    assert admin("PUT", "/people/bo", json={"name": "Bo", **WHY}) == second
    admin("PUT", "/people/bo", 422, json={"name": "Bo", **WHY}, headers={"If-Match": "x"})
    admin("PUT", "/people/bo", 422, json={"name": "Bo"})


@pytest.mark.parametrize("row", ["authority/{}", "delegations/{}", "absences/ann/{}"])
def test_a_reason_that_cannot_be_stored_is_refused_in_words(world: World, row: str) -> None:
    for because in ("\0", "as\0agreed"):
        problem = Api(world, "ann")("DELETE", f"/{row.format('0' * 16)}", 422, params={"because": because})
        assert problem["type"].endswith("invalid-input")
        (fault,) = problem["faults"]
        assert fault["where"] == "the query"
        assert fault["message"].startswith("because holds a character that cannot be stored (NUL")


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (("2026-01-05", "9999-12-31"), "'until' is 9999-12-31: write a day from 2000-01-01 to 2199-12-31"),
        (("0001-01-01", "2026-01-05"), "'from' is 0001-01-01: write a day from 2000-01-01 to 2199-12-31"),
        (("0001-01-01", "0001-01-01"), "'until' is 0001-01-01: write a day from 2000-01-01 to 2199-12-31"),
        (("2026-01-05", "2026-01-04"), "'until' comes before 'from'"),
    ],
)
def test_days_that_nobody_can_mean_are_refused_in_words(
    world: World, days: tuple[str, str], says: str
) -> None:
    ann, span = Api(world, "ann"), dict(zip(("from", "until"), days, strict=True))
    absence = ann("POST", "/absences", 422, json={"person": "ann", "absence": span, **WHY})
    loan = ann("POST", "/delegations", 422, json={"to": "bo", **span, **WHY})
    assert says in absence["detail"]
    assert says in loan["detail"]


def test_an_absence_without_end_that_was_entered_before_holds_nothing_up(world: World) -> None:
    away = Absence.model_validate({"from": "2026-01-01", "until": "9999-12-31"})
    for name in ("ann", "bo", "spec", "deputy", "lead", "boss", "dev.two"):
        people._put(
            world.context, edits.absence_entered(name, away), by="people.yaml", because="before",
            source="x", checked=False,
        )  # fmt: skip
    case_id = world.submit(sure=0.8)
    assert world.held(case_id).person == "ann"
    assert world.context.people.back("bo", world.context.clock()).date() == LAST_DAY
    boss = Api(world, "boss")("POST", f"/cases/{case_id}/reassign", 422, json={"to": "bo"})
    assert "bo is away until 2199-12-31" in boss["detail"]
    # each of them ends their own, though the others' are still wrong
    ann = Api(world, "ann")
    (mine,) = [one for one in ann.get("/absences")["absences"] if one["person"] == "ann"]
    ann("DELETE", f"/absences/ann/{mine['id']}", params=WHY)
    assert ann.get("/people/ann")["here"]
