"""Stopping automation as people do it: without a script, in a browser, by the API and by command."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from surehand.cli import app as cli
from surehand.connect.client import Client
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, InvalidInput
from surehand.flow import access
from surehand.flow.verify import verify
from surehand.store import stops
from tests.desk import PASSWORD, Desk, desk_of, text_of
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWNER, ADMIN, RITA, AUDITOR = "olga.owner", "sam.reviewer", "rita.reviewer", "anna.auditor"
WHY = "the ledger answers twice"


def staffed(desk: Desk) -> Desk:
    """Sam is an administrator, and nobody may do everything alone."""
    context = desk.surehand.context
    admin = context.people.people[ADMIN].model_copy(update={"roles": (Role.ADMINISTRATOR, Role.REVIEWER)})
    context.people = context.people.model_copy(update={"people": context.people.people | {ADMIN: admin}})
    context.development = False
    return desk


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", database_url) as running:
        yield staffed(running)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield staffed(running)


def test_a_stop_from_its_reason_to_its_end(desk: Desk) -> None:
    order = desk.order()
    owner, rita = desk.person(OWNER), desk.person(RITA)
    assert "Automation on" in text_of(rita.get("/inbox"))
    assert "Nothing was ever stopped here" in text_of(owner.get("/stop"))
    asked_back = owner.send("/stop", process="orders", because=f"  {WHY}\n")
    assert asked_back.status_code == 200
    said = text_of(asked_back.text)
    assert f"Stop orders? Because: “{WHY}”" in said
    assert "None of it is lost, and none runs twice." in said
    assert not desk.surehand.context.gate.lately(desk.surehand.context.db), "it asks before it stops"
    done = owner.send("/stop", process="orders", because=WHY, confirmed="yes")
    assert (done.status_code, done.headers["location"]) == (303, "/stop")
    said = text_of(owner.get("/stop"))
    assert "Nothing new begins until two people have it resume." in said
    assert f"by olga.owner: “{WHY}”" in said
    # a reviewer reads it on every page, decides, and sees what became of it
    assert f"by olga.owner: “{WHY}”. Cases still arrive and go to people." in text_of(rita.get("/inbox"))
    assert "What you let run is held until automation resumes." in text_of(rita.get(f"/cases/{order}/brief"))
    assert (
        rita.send(
            f"/cases/{order}/verdict", verdict="approve", value="accept", reason="price-list"
        ).status_code
        == 303
    )
    desk.run()
    assert "Held: automation is stopped" in text_of(rita.get(f"/cases/{order}"))
    assert desk.actions(order)[0].state == "planned"
    said = text_of(owner.get("/stop"))
    assert "Actions held back 1, none lost" in said
    # two people
    assert owner.send("/stop/1/agree").status_code == 409
    assert owner.send("/stop/1/resume").status_code == 303
    page = owner.get("/stop")
    assert "olga.owner asks to resume." in text_of(page)
    assert "/stop/1/agree" not in page
    refused = owner.send("/stop/1/agree")
    assert refused.status_code == 403
    assert "olga.owner asked to resume; a second person agrees" in text_of(refused.text)
    admin = desk.person(ADMIN)
    assert "/stop/1/agree" in admin.get("/stop")
    assert admin.send("/stop/1/keep").status_code == 303
    assert "It stays stopped." in text_of(admin.get("/stop"))
    assert admin.send("/stop/1/resume").status_code == 303
    owner.get("/stop")
    assert owner.send("/stop/1/agree").status_code == 303
    desk.run()
    assert desk.actions(order)[0].state == "done"
    said = text_of(rita.get("/stop"))
    assert "Automation is on" in said
    assert "sam.reviewer asked, olga.owner agreed; 1 held action was due again." in said
    assert verify(desk.surehand.context).holds


def test_who_may_not_stop_reads_who_may(sqlite: Desk) -> None:
    for name in (RITA, AUDITOR):
        visitor = sqlite.person(name)
        page = visitor.get("/stop")
        assert "Owners and administrators stop everything or a process" in text_of(page)
        assert 'name="because"' not in page
        csrf = visitor.last["csrf"]
        for path in ("/stop", "/stop/drill"):
            refused = visitor.post(path, csrf=csrf, process="orders", because=WHY, confirmed="yes")
            assert refused.status_code == 403
            assert f"{name} may not" in text_of(refused.text)
    assert not sqlite.surehand.context.gate.lately(sqlite.surehand.context.db)
    assert (
        sqlite.visitor().http.get("/stop", follow_redirects=False).headers["location"].startswith("/signin")
    )


def test_a_stop_without_a_reason_keeps_what_was_chosen(sqlite: Desk) -> None:
    owner = sqlite.person(OWNER)
    owner.get("/stop")
    refused = owner.send("/stop", process="orders", because=" ", confirmed="yes")
    assert refused.status_code == 422
    assert "say why, everybody reads it" in text_of(refused.text)
    assert '<option value="orders" selected>' in refused.text
    owner.get("/stop")
    assert owner.send("/stop/99/resume").status_code == 404
    assert owner.send("/stop/one/resume").status_code == 404


def test_a_drill_is_on_the_page(desk: Desk) -> None:
    owner = desk.person(OWNER)
    owner.get("/stop")
    assert owner.send("/stop/drill", process="orders").status_code == 303
    said = text_of(owner.get("/stop"))
    assert "Automation is on" in said
    assert "Drill: refused by the worker after 0." in said


# In a browser


def test_by_keyboard_and_by_pointer(sqlite: Desk, browser_page: "Page") -> None:
    from axe_playwright_python.sync_playwright import Axe

    order, page = sqlite.order(), browser_page
    with listening(sqlite.app) as url:
        page.goto(f"{url}/signin")
        page.get_by_label("Name or e-mail").fill(OWNER)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Automation on").click()
        page.get_by_label("Why, as everybody reads it").fill(WHY)
        page.get_by_role("button", name="Stop automation").click()
        assert Axe().run(page).violations_count == 0
        page.get_by_role("button", name="Stop everything now").press("Enter")
        page.get_by_role("heading", name="Automation is stopped").wait_for()
        assert Axe().run(page).violations_count == 0
        page.goto(f"{url}/cases/{order}")
        page.get_by_role("link", name="Details").click()
        page.get_by_role("button", name="Ask to resume").click()
        page.get_by_text("olga.owner asks to resume.").wait_for()
        assert page.get_by_role("button", name="Agree to resume").count() == 0
        assert Axe().run(page).violations_count == 0


# By the API, and by command


@pytest.fixture
def keys(desk: Desk) -> dict[str, str]:
    context = desk.surehand.context
    return {name: access.create_key(context, name, "test") for name in (OWNER, ADMIN, RITA)}


def test_programs_stop_and_have_it_resume(desk: Desk, keys: dict[str, str]) -> None:
    with listening(desk.app) as url:
        owner, admin, rita = (Client(url, keys[name]) for name in (OWNER, ADMIN, RITA))
        assert owner.health()["stopped"] is False
        with pytest.raises(Forbidden, match=r"rita\.reviewer may not stop everything"):
            rita.stop(because=WHY)
        with pytest.raises(InvalidInput, match="say why"):
            owner.stop(because="")
        made = owner.stop("orders", because=WHY)
        assert (made["process"], made["by"], made["ended_at"]) == ("orders", OWNER, None)
        with pytest.raises(Conflict, match=r"olga\.owner has stopped orders already"):
            admin.stop("orders", because=WHY)
        assert owner.health()["stopped"] is True
        order = desk.order()
        rita.verdict(order, "approve", value="accept", reason="price-list")
        desk.run()
        seen = rita.case(order)
        assert seen["held"] == [seen["actions"][0]["key"]]
        (one,) = rita.stops()["in_force"]
        assert (one["held"], one["because"]) == (1, WHY)
        assert owner.resume(made["id"])["asked_by"] == OWNER
        with pytest.raises(Forbidden, match="a second person agrees"):
            owner.agree(made["id"])
        assert admin.keep_stopped(made["id"])["asked_by"] is None
        admin.resume(made["id"])
        assert owner.agree(made["id"])["counted"]["held"] == 1
        desk.run()
        assert rita.case(order)["held"] == []
        assert owner.stops()["ended"][0]["ended_by"] == OWNER
        assert owner.drill("orders")["counted"]["silent"] == []
        for client in (owner, admin, rita):
            client.close()


def test_the_same_request_stops_once(desk: Desk, keys: dict[str, str]) -> None:
    with listening(desk.app) as url:
        import httpx

        sent: dict[str, Any] = {
            "headers": {"Authorization": f"Bearer {keys[OWNER]}", "Idempotency-Key": "one"},
            "json": {"process": "orders", "because": WHY},
        }
        first, again = (httpx.post(f"{url}/api/v1/stops", **sent) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    with desk.surehand.context.db.read() as connection:
        assert len(stops.every(connection)) == 1


def run(*arguments: object, **more: Any) -> Any:
    return CliRunner().invoke(cli, [str(one) for one in arguments], **more)


def test_commands_go_through_the_server_that_has_the_file_open(sqlite: Desk) -> None:
    context, folder = sqlite.surehand.context, sqlite.surehand.deployment.folder
    owner, admin = (access.create_key(context, name, "test") for name in (OWNER, ADMIN))
    without = run("stop", folder, "orders", "--because", WHY, "--by", OWNER)
    assert without.exit_code == 1
    assert "SQLite takes one process at a time. Go through its server" in str(without.exception)
    with listening(sqlite.app) as url:
        reached = ("--url", url, "--api-key")
        made = run("stop", folder, "orders", "--because", WHY, *reached, owner)
        assert made.exit_code == 0, made.output
        assert "Stopped: orders." in made.output
        assert "olga.owner" in run("resume", folder, *reached, owner).output
        assert "olga.owner asks to resume" in run("resume", folder, 1, *reached, owner).output
        assert "It stays stopped." in run("resume", folder, 1, "--keep", *reached, admin).output
        run("resume", folder, 1, *reached, owner)
        assert (
            "as olga.owner asked and sam.reviewer agreed" in run("resume", folder, 1, *reached, admin).output
        )
        assert "Nothing is stopped." in run("resume", folder, *reached, owner).output
        drilled = run("stop", folder, "--drill", *reached, owner)
        assert drilled.exit_code == 0
        assert "Drill of everything: refused by the worker after" in drilled.output


def test_commands_write_into_a_database_that_is_free(tmp_path: Path) -> None:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db"):
        pass
    folder = tmp_path / "place"
    made = run("stop", folder, "--because", WHY, "--by", OWNER)
    assert made.exit_code == 0, made.output
    listed = run("resume", folder, "--by", OWNER, "--json")
    (one,) = json.loads(listed.output)
    assert (one["process"], one["because"]) == (None, WHY)
    refused = run("stop", folder, "orders", "--because", WHY, "--by", RITA)
    assert refused.exit_code == 1
    assert "rita.reviewer may not stop orders" in str(refused.exception)
    assert run("resume", folder, 1, "--by", OWNER).exit_code == 0
    assert "alone" not in run("resume", folder, 1, "--by", OWNER).output
    assert "Nothing is stopped." in run("resume", folder, "--by", OWNER).output
