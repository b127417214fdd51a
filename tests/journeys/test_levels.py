"""All six levels in one process, as the how-to shows it: over HTTP, on the desk, and in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from surehand.app import assembled, create_app
from surehand.flow import access
from surehand.store.database import opened
from surehand.testing import Clock
from tests import invariants
from tests.client import Client
from tests.desk import PASSWORD, Desk, text_of
from tests.docs.pages import ROOT, blocks
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOW_TO = ROOT / "docs/how-to/choose-an-oversight-level.md"
#: Confidence, sum, what else arrives -> the level that the how-to's table gives.
CASES = {
    "automate": (0.98, "15 EUR", {}),
    "spot_check": (0.96, "80 EUR", {}),
    "notify": (0.93, "80 EUR", {}),
    "review": (0.80, "80 EUR", {}),
    "assist": (0.40, "80 EUR", {}),
    "human": (0.98, "15 EUR", {"letter": "lawyer"}),
}


@contextmanager
def levels(folder: Path, database_url: str, *, share: str = "1.0") -> Iterator[Desk]:
    """The deployment of the how-to; `share` of what is spot-checked."""
    for block in blocks(HOW_TO):
        if block.title:
            place = folder / block.title
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.text.replace("share: 0.1", f"share: {share}"))
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {database_url}\n")
    surehand = assembled(folder, database=opened(database_url))
    try:
        clock = Clock(datetime.now(UTC))
        surehand.context.clock = clock
        for name in ("ap.lead", "rita", "sam"):
            access.set_password(surehand.context, name, PASSWORD, by="platform.dev")
        yield Desk(surehand, create_app(surehand), clock)
    finally:
        surehand.close()


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with levels(tmp_path / "place", database_url) as running:
        yield running


class Api:
    """Calls the API as people."""

    def __init__(self, desk: Desk) -> None:
        self._http = Client(desk.app, raise_server_exceptions=False)
        people = ("ap.lead", "rita", "sam", "shop")
        context = desk.surehand.context
        self._keys = {name: access.create_key(context, name, "test", by="platform.dev") for name in people}

    def call(self, person: str, method: str, path: str, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._keys[person]}"}
        response = self._http.request(method, f"/api/v1{path}", headers=headers, **sent)
        assert response.status_code < 300, (response.status_code, response.text)
        return response.json()

    def refund(self, level: str) -> dict[str, Any]:
        sure, amount, more = CASES[level]
        given = {"customer": "Acme", "amount": amount, "sure": sure, **more}
        body = {"process": "refunds", "input": given, "wait": True}
        return self.call("shop", "POST", "/cases", json=body)

    def case(self, person: str, case: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call(person, "GET", f"/cases/{case}")
        return found

    def verdict(self, person: str, case: str, verdict: str, **given: Any) -> Any:
        return self.call(person, "POST", f"/cases/{case}/verdict", json={"verdict": verdict, **given})


def test_each_case_takes_the_level_that_fits_it(desk: Desk) -> None:
    api = Api(desk)
    found = {level: api.refund(level) for level in CASES}
    assert {level: case["route"]["level"] for level, case in found.items()} == {name: name for name in CASES}
    assert {level: case["state"] for level, case in found.items()} == {
        "automate": "done", "spot_check": "done", "notify": "done",
        "review": "waiting", "assist": "waiting", "human": "waiting",
    }  # fmt: skip
    held = {level: api.case("ap.lead", case["id"])["waiting"] for level, case in found.items()}
    assert held["assist"]["person"] == "sam"
    assert held["human"]["recommendation"] is None
    for level in ("review", "assist", "human"):
        case = found[level]["id"]
        api.verdict(held[level]["person"], case, "approve", value="pay")
    desk.run()
    assert {api.case("ap.lead", case["id"])["state"] for case in found.values()} == {"done"}
    invariants.check(desk.surehand.context)


def test_an_override_through_the_api(desk: Desk) -> None:
    api = Api(desk)
    case = api.refund("notify")["id"]
    (notice,) = api.case("ap.lead", case)["beside"]
    assert (notice["kind"], notice["recommendation"]["value"]) == ("notice", "pay")
    assert [one["verdict"] for one in notice["verdicts"]] == ["approve", "reject", "edit"]
    answer = api.verdict(notice["person"], case, "reject", assignment=notice["id"], note="Wrong customer")
    assert answer["verdict"]["override"] is True
    desk.run()
    after = api.case("ap.lead", case)
    assert (after["state"], after["answers"]["refund"]["value"]) == ("done", "reject")
    assert {action["state"] for action in after["actions"]} == {"undone", "done"}
    assert after["beside"] == []
    invariants.check(desk.surehand.context)


def test_a_spot_check_through_the_api_is_blind_until_it_is_answered(desk: Desk) -> None:
    api = Api(desk)
    case = api.refund("spot_check")["id"]
    (check,) = api.case("ap.lead", case)["beside"]
    holder = check["person"]
    assert check["kind"] == "check"
    for path in (f"/cases/{case}", f"/cases/{case}/events", "/cases", "/inbox"):
        said = str(api.call(holder, "GET", path))
        assert "'pay'" not in said.replace("'values': ['pay', 'reject']", ""), path
        assert "paid" not in said, path
        assert "unopened" not in said, path
    seen = api.case(holder, case)
    assert (seen["answers"], seen["result"], seen["actions"], seen["beside"][0]["values"]) == (
        {}, None, [], ["pay", "reject"],
    )  # fmt: skip
    other = next(name for name in ("rita", "ap.lead") if name != holder)
    assert api.case(other, case)["answers"]["refund"]["value"] == "pay"
    api.verdict(holder, case, "approve", value="reject", assignment=check["id"])
    after = api.case(holder, case)
    assert after["answers"]["refund"]["value"] == "pay"
    assert [(one["correct"], one["value"]) for one in after["outcomes"]] == [(False, "reject")]
    (finding,) = after["beside"]
    assert (finding["kind"], finding["person"]) == ("finding", "ap.lead")
    invariants.check(desk.surehand.context)


def test_a_notice_on_the_desk(desk: Desk) -> None:
    api = Api(desk)
    case = api.refund("notify")["id"]
    (notice,) = api.case("ap.lead", case)["beside"]
    person = desk.person(notice["person"])
    inbox = person.get("/inbox")
    assert "You may override" in inbox
    path = f"/cases/{case}/brief?of={notice['id']}"
    assert path in inbox
    said = text_of(person.get(path))
    for part in ("Decided without a person: Pay.", "The window is open until", "Let it stand", "Override"):
        assert part in said, part
    response = person.send(f"/cases/{case}/verdict", verdict="reject", note="Wrong customer")
    assert response.status_code == 303, text_of(response.text)
    assert "your override is recorded" in text_of(person.get(response.headers["location"]))
    desk.run()
    story = text_of(person.get(f"/cases/{case}"))
    for part in ("overrode it: reject.", "Took back pay.", "all that had happened was undone"):
        assert part in story, part
    invariants.check(desk.surehand.context)


def test_a_spot_check_on_the_desk(desk: Desk) -> None:
    api = Api(desk)
    case = api.refund("spot_check")["id"]
    (check,) = api.case("ap.lead", case)["beside"]
    person = desk.person(check["person"])
    assert "Spot check" in person.get("/inbox")
    for path in (f"/cases/{case}", "/cases", "/inbox", f"/cases/{case}/brief?of={check['id']}"):
        said = text_of(person.get(path))
        assert "unopened" not in said, path
        assert "Paid" not in said, path
        assert "Done: pay" not in said, path
    said = text_of(person.get(f"/cases/{case}/brief?of={check['id']}"))
    assert "decide it as if you were the first" in said
    assert "Save edits" not in said
    refused = person.send(f"/cases/{case}/verdict", verdict="approve")
    assert refused.status_code == 422
    assert "without a recommendation" in text_of(refused.text)
    response = person.send(f"/cases/{case}/verdict", verdict="approve", value="reject")
    assert response.status_code == 303, text_of(response.text)
    story = text_of(person.get(f"/cases/{case}"))
    assert "it was wrong, decided as pay" in story
    lead = desk.person("ap.lead")
    (finding,) = api.case("ap.lead", case)["beside"]
    said = text_of(lead.get(f"/cases/{case}/brief?of={finding['id']}"))
    assert "found it wrong: reject would be right" in said
    response = lead.send(f"/cases/{case}/verdict", verdict="approve")
    assert response.status_code == 303, text_of(response.text)
    desk.run()
    assert desk.case(case).answers["refund"]["value"] == "reject"
    invariants.check(desk.surehand.context)


def test_a_window_that_closed_meanwhile_says_so(desk: Desk) -> None:
    api = Api(desk)
    case = api.refund("notify")["id"]
    (notice,) = api.case("ap.lead", case)["beside"]
    person = desk.person(notice["person"])
    person.get(f"/cases/{case}/brief?of={notice['id']}")
    desk.clock.move(timedelta(hours=3))
    response = person.send(f"/cases/{case}/verdict", verdict="reject")
    assert response.status_code == 409
    assert "The window closed at" in text_of(response.text)
    desk.run()
    assert desk.case(case).answers["refund"]["by"] == "policy"
    invariants.check(desk.surehand.context)


def test_an_override_in_a_browser(tmp_path: Path, browser_page: "Page") -> None:
    with levels(tmp_path / "place", f"sqlite:///{tmp_path}/levels.db") as desk:
        api = Api(desk)
        case = api.refund("notify")["id"]
        (notice,) = api.case("ap.lead", case)["beside"]
        with listening(desk.app) as url:
            browser_page.goto(f"{url}/signin")
            browser_page.fill("[name=name]", notice["person"])
            browser_page.fill("[name=password]", PASSWORD)
            browser_page.keyboard.press("Enter")
            browser_page.wait_for_url(f"{url}/")
            browser_page.goto(f"{url}/inbox")
            browser_page.keyboard.press("j")
            browser_page.keyboard.press("Enter")
            browser_page.wait_for_url("**/brief?of=*")
            browser_page.locator("h2.ask").click()
            browser_page.keyboard.press("r")
            browser_page.wait_for_url("**/inbox")
            assert "your override is recorded" in browser_page.inner_text("body")
        desk.run()
        assert desk.case(case).answers["refund"]["value"] == "reject"
