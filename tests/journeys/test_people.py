"""People's pages over HTTP: who sees what, what may be changed by whom, and what is refused in words."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from surehand.core import edits
from surehand.core.grants import Grant
from surehand.errors import Forbidden
from surehand.flow import access, people
from tests.desk import PASSWORD, Desk, Visitor, desk_on, text_of
from tests.flow.world import World, opened_world
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIGNED_IN = ("ann", "bo", "spec", "lead", "boss", "dev", "admin")
WHY = "as agreed on Monday"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    with opened_world(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    with desk_on(world.bench, *SIGNED_IN, by="admin") as running:
        yield running


def fill(visitor: Visitor, path: str, **given: Any) -> Any:
    """Open a form, fill some fields in, send it."""
    page = visitor.get(path)
    action = re.search(r'class="in edit" method="post" action="([^"]*)"', page)
    assert action, page[:2000]
    renamed = {name.rstrip("_"): value for name, value in given.items()}
    # a browser sends the boxes that are ticked
    for tag in re.findall(r'<input type="checkbox" name="[^"]*" value="[^"]*" checked>', page):
        name, value = re.findall(r'name="([^"]*)" value="([^"]*)"', tag)[0]
        if name not in renamed:
            visitor.last[name] = [*visitor.last.get(name, []), unescape(value)]  # type: ignore[assignment]
    visitor.last.pop("q", None)
    return visitor.send(unescape(action[1]), **renamed)


def changed(response: Any) -> None:
    assert response.status_code == 303, text_of(response.text)


def row_of(visitor: Visitor, path: str, link: str) -> str:
    """The address of the first link that leads there."""
    found = re.search(rf'href="({link}[^"]*)"', visitor.get(path))
    assert found, visitor.get(path)
    return unescape(found[1])


def test_the_pages_say_what_is(desk: Desk, world: World) -> None:
    boss = desk.person("boss")
    assert "All 11 people are here" in text_of(boss.get("/people"))
    page = text_of(boss.get("/people/bo"))
    assert "What bo may decide" in page
    assert "500.00 EUR" in page
    assert "Nothing waits for bo" in page
    assert "ann" in text_of(boss.get("/people?q=desk"))
    assert "Nobody fits" in text_of(boss.get("/people?q=no-such-thing"))
    assert "The queue has an owner, who is here" in text_of(boss.get("/queues"))
    assert "Nobody is going to be away" in text_of(boss.get("/absences"))
    assert "4 decisions have no row" in text_of(boss.get("/authority"))
    assert "taken from the file" in text_of(boss.get("/roster"))
    assert "/people" in boss.get("/")
    boss.get("/people/nobody", 404)
    boss.get("/people/bo/nothing", 404)


def test_what_a_person_holds_and_who_would_follow(desk: Desk, world: World) -> None:
    held = [world.submit(sure=0.8) for _ in range(5)]
    anns = [case_id for case_id in held if world.held(case_id).person == "ann"]
    page = text_of(desk.person("boss").get("/people/ann"))
    assert f"Has {len(anns)} cases open, none late" in page
    for case_id in anns:
        assert case_id.upper() in page
    told = people_after(page)
    admin = desk.person("admin")
    asked = text_of(admin.get("/people/ann/disable"))
    changed(fill(admin, "/people/ann/disable", because=WHY))
    came: dict[str, int] = {}
    for case_id in anns:
        came[world.held(case_id).person] = came.get(world.held(case_id).person, 0) + 1
    assert came == told
    for name, count in came.items():
        assert f"{'1 case goes' if count == 1 else f'{count} cases go'} to {name}" in asked
    assert "Left" in text_of(admin.get("/people/ann"))
    changed(fill(admin, "/people/ann/enable", because=WHY))
    assert world.context.people.active("ann")
    world.check()


def test_who_is_named_by_a_map_leaves_and_the_page_says_what_is_to_be_put_right(
    desk: Desk, world: World
) -> None:
    lead, admin = desk.person("lead"), desk.person("admin")
    changed(fill(lead, "/people/bo/edit", skills="french 3", because=WHY))
    changed(fill(lead, "/queues/desk/edit", skills="french 3", members="ann\nbo\nspec", because=WHY))
    for name, told in (
        ("boss", "To be put right then, at refunds.owner: The owner, 'boss', is no longer active."),
        ("bo", "at roster.queues.desk.skills.french: Nobody of queue 'desk' knows french at level 3"),
    ):
        page = admin.get(f"/people/{name}/disable")
        assert told in text_of(page)
        changed(fill(admin, f"/people/{name}/disable", because=WHY))
        assert not world.context.people.active(name)
    # it is nobody else's fault
    changed(fill(desk.person("ann"), "/people/ann/absence", from_="2030-01-05", because=WHY))
    world.check()


def people_after(page: str) -> dict[str, int]:
    part = page.partition("If disabled today")[2].partition("In one step")[0]
    return {name: int(count) for count, name in re.findall(r"(\d+) to (\S+)", part)}


def test_juniors_see_names_and_not_what_others_may(desk: Desk, world: World) -> None:
    people.change(
        world.context, by="admin", because="limits",
        edit=lambda before: before.model_copy(
            update={
                "authority": (
                    Grant.model_validate({"person": "spec", "decides": ["refund"], "limit": "31337 EUR"}),
                    Grant.model_validate({"role": "reviewer", "decides": ["*"], "limit": "900 EUR"}),
                )
            }
        ),
    )  # fmt: skip
    world.submit(sure=0.8)
    ann = desk.person("ann")
    pages = ["/people", "/people/bo", "/people/spec", "/queues", "/absences", "/authority", "/people/ann"]
    for path in pages:
        page = text_of(ann.get(path)).replace(",", "")
        assert "31337" not in page, path
        assert "500.00" not in page, path
        assert "ann" in page
    assert "900.00 EUR" in ann.get("/authority")
    assert "900.00 EUR" in ann.get("/people/ann")
    ann.get("/roster", 403)
    for path in ("/people/bo/edit", "/people/bo/absence", "/people/bo/disable", "/people/bo/delegate",
                 "/roster/person", "/roster/queue", "/queues/desk/edit", "/authority/row"):  # fmt: skip
        assert "31337" not in ann.get(path, 403), path
    everything = text_of(desk.person("boss").get("/authority"))
    assert "31,337.00 EUR" in everything


def test_an_absence_is_entered_and_ended(desk: Desk, world: World) -> None:
    ann = desk.person("ann")
    today = world.context.clock().date().isoformat()
    changed(fill(ann, "/people/ann/absence", from_=today, stand_in="bo", because=WHY))
    (absence,) = world.context.people.people["ann"].absences
    assert (str(absence.start), str(absence.until), absence.stand_in) == (today, today, "bo")
    assert "Away until" in text_of(ann.get("/people/ann"))
    assert "1 person is away today" in text_of(ann.get("/absences"))
    # somebody else's: the owner of the queue may, a colleague not
    bo = desk.person("bo")
    assert "absence/end" not in bo.get("/absences")
    lead = desk.person("lead")
    changed(fill(lead, row_of(lead, "/absences", "/people/ann/absence/end"), because=WHY))
    assert world.context.people.people["ann"].absences == ()
    # what was ended cannot be ended again
    lead.get("/people/ann/absence/end?row=0123456789abcdef", 409)


def test_authority_is_lent_and_taken_back(desk: Desk, world: World) -> None:
    ann = desk.person("ann")
    answer = fill(ann, "/people/ann/delegate", to="spec", from_="2030-01-05", until="2030-01-03", because=WHY)
    assert answer.status_code == 422
    assert "'until' comes before 'from'" in unescape(answer.text)
    assert 'value="2030-01-05"' in answer.text
    changed(fill(ann, "/people/ann/delegate", to="spec", from_="2030-01-05", decides="refund", because=WHY))
    (loan,) = world.context.people.delegations
    assert (loan.by, loan.to, loan.decides, loan.because) == ("ann", "spec", ("refund",), WHY)
    desk.person("boss").get("/people/ann/delegate", 403)
    spec = desk.person("spec")
    assert "is lent" not in text_of(desk.person("bo").get("/people/spec"))
    assert "ann" in text_of(spec.get("/authority"))
    assert "/delegations/end" not in spec.get("/authority")
    changed(fill(ann, row_of(ann, "/authority", "/delegations/end"), because=WHY))
    assert world.context.people.delegations == ()


def test_a_person_is_changed_and_added(desk: Desk, world: World) -> None:
    admin = desk.person("admin")
    answer = fill(admin, "/people/bo/edit", zone="Mars/Olympus", name='Bo "<b>', because=WHY)
    assert answer.status_code == 422
    assert "is no time zone" in answer.text
    assert "Bo &#34;&lt;b&gt;" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert fill(admin, "/people/bo/edit", because="").status_code == 422
    given = {
        "limit": "700.50",
        "skills": "vat 3\nforeign-currency 2",
        "aliases": "b.o\nBO Jr",
        "zone": "Europe/Berlin",
    }
    changed(fill(admin, "/people/bo/edit", because=WHY, roles=["reviewer", "specialist"], **given))
    bo = world.context.people.people["bo"]
    assert (str(bo.limit), dict(bo.skills), bo.aliases) == (
        "700.50", {"vat": 3, "foreign-currency": 2}, ("b.o", "BO Jr"),
    )  # fmt: skip
    assert [str(role) for role in bo.roles] == ["reviewer", "specialist"]
    answer = fill(admin, "/people/bo/edit", skills="vat", because=WHY)
    assert "write a name and what it needs" in text_of(answer.text)
    answer = fill(admin, "/roster/person", called="Bo Two", roles="reviewer", because=WHY)
    assert "write a name such as ap.clerk" in text_of(answer.text)
    assert fill(admin, "/roster/person", called="bo", roles="reviewer", because=WHY).status_code == 422
    changed(fill(admin, "/roster/person", called="bo.two", roles="reviewer", because=WHY))
    assert "bo.two" in world.context.people.people
    # nobody changes what they are themselves
    admin.get("/people/admin/edit", 403)
    world.check()


def test_a_queue_is_changed_by_its_owner(desk: Desk, world: World) -> None:
    lead = desk.person("lead")
    changed(
        fill(lead, "/queues/desk/edit", members="ann\nbo\nspec\nclerk", strategy="round-robin", because=WHY)
    )
    queue = world.context.people.queues["desk"]
    assert (queue.members[-1], queue.strategy, queue.owner) == ("clerk", "round-robin", "lead")
    assert "owner" not in lead.last or not re.search(r'name="owner"', lead.get("/queues/desk/edit"))
    answer = fill(lead, "/queues/desk/edit", members="ann\nbob", because=WHY)
    assert answer.status_code == 422
    assert "is not in people.yaml" in text_of(answer.text)
    assert "ann bob" in text_of(answer.text)
    admin = desk.person("admin")
    changed(fill(admin, "/roster/queue", called="night", owner="lead", members="ann", skills="", due="PT8H",
                 because=WHY))  # fmt: skip
    assert world.context.people.queues["night"].owner == "lead"
    assert (
        fill(admin, "/roster/queue", called="late", owner="lead", due="8 h", because=WHY).status_code == 422
    )


def test_rows_of_authority_are_given_changed_and_taken(desk: Desk, world: World) -> None:
    admin = desk.person("admin")
    given: dict[str, Any] = {
        "for": "role:reviewer", "process": "refunds", "decides": ["refund"], "limit": "800 EUR",
        "only": 'customer = Acme\ncustomer = "two\\nlines"', "write": ["note"], "delegate": "P14D",
        "because": WHY,
    }  # fmt: skip
    changed(fill(admin, "/authority/row", **given))
    (grant,) = world.context.people.authority
    assert grant == Grant.model_validate(
        {
            "role": "reviewer", "process": "refunds", "decides": ["refund"], "limit": "800 EUR",
            "only": {"customer": ["Acme", "two\nlines"]}, "write": ["note"], "delegate": "P14D",
        }
    )  # fmt: skip
    # the form says the same again
    change = row_of(admin, "/authority", "/authority/row\\?row=")
    changed(fill(admin, change, limit="900 EUR", because=WHY))
    (grant,) = world.context.people.authority
    assert str(grant.limit) == "900.00 EUR"
    assert grant.only["customer"] == ("Acme", "two\nlines")
    answer = fill(admin, row_of(admin, "/authority", "/authority/row\\?row="), limit="much", because=WHY)
    assert answer.status_code == 422
    assert 'value="much"' in answer.text
    answer = fill(admin, "/authority/row", **{**given, "decides": []})
    assert answer.status_code == 422
    # who saw another row is told so
    stale = row_of(admin, "/authority", "/authority/remove")
    changed(fill(admin, row_of(admin, "/authority", "/authority/row\\?row="), limit="950 EUR", because=WHY))
    admin.get(stale, 409)
    changed(fill(admin, row_of(admin, "/authority", "/authority/remove"), because=WHY))
    assert world.context.people.authority == ()
    world.check()


def test_what_was_changed_meanwhile_is_not_overwritten_unseen(desk: Desk, world: World) -> None:
    admin = desk.person("admin")
    admin.get("/people/bo/edit")
    form = dict(admin.last)
    people.change(
        world.context, by="admin", because="raise",
        edit=edits.person_changed("bo", {"limit": Decimal(650)}),
    )  # fmt: skip
    answer = admin.post("/people/bo/edit", **{**form, "name": "Bo", "roles": "reviewer", "because": WHY})
    assert answer.status_code == 409
    assert "people.bo.limit: 500 -> 650" in unescape(answer.text)
    assert 'value="Bo"' in answer.text
    assert world.context.people.people["bo"].limit == 650
    # something else of the same person can be changed on the old page
    people.change(
        world.context, by="admin", because="back",
        edit=edits.person_changed("bo", {"limit": Decimal(500)}),
    )  # fmt: skip
    changed(admin.post("/people/bo/edit", **{**form, "name": "Bo", "roles": "reviewer", "because": WHY}))
    assert (world.context.people.people["bo"].name, world.context.people.people["bo"].limit) == (
        "Bo",
        Decimal(500),
    )


def test_keys_are_shown_once_and_revoked_one_by_one(desk: Desk, world: World) -> None:
    ann = desk.person("ann")
    ann.get("/people/ann")
    csrf = ann.last["csrf"]
    answer = ann.post("/people/ann/keys", csrf=csrf, label="laptop")
    key = re.search(r"sh_[\w-]+", answer.text)
    assert answer.status_code == 200
    assert key
    assert answer.headers["cache-control"] == "no-store"
    page = ann.get("/people/ann")
    assert key[0] not in page
    assert "laptop" in page
    other = access.create_key(world.context, "ann", "phone", by="ann")
    row = re.findall(r'name="row" value="(\w{16})"><span>laptop', ann.get("/people/ann"))[0]
    # a colleague neither makes nor revokes them; an administrator revokes, and makes those of services alone
    bo, admin = desk.person("bo"), desk.person("admin")
    bo.get("/people/bo")
    assert bo.post("/people/ann/keys", csrf=bo.last["csrf"], label="x").status_code == 403
    assert bo.post("/people/ann/keys/revoke", csrf=bo.last["csrf"], row=row).status_code == 403
    admin.get("/people/admin")
    assert admin.post("/people/ann/keys", csrf=admin.last["csrf"], label="x").status_code == 403
    assert admin.post("/people/robot/keys", csrf=admin.last["csrf"], label="x").status_code == 200
    assert admin.post("/people/ann/keys/revoke", csrf=admin.last["csrf"], row=row).status_code == 303
    assert admin.post("/people/ann/keys/revoke", csrf=admin.last["csrf"], row=row).status_code == 404
    works = {"Authorization": f"Bearer {other}"}
    assert desk.visitor().http.get("/api/v1/cases", headers=works).status_code == 200
    world.check()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_administrator_works_in_the_browser(width: int, desk: Desk, browser_page: "Page") -> None:
    """By keyboard, from the list to a change and its history; no page is hard to reach or grows sideways."""
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    with listening(desk.app) as url:
        page.goto(f"{url}/signin")
        page.fill("[name=name]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.goto(f"{url}/people?q=desk")
        reachable(page)
        page.get_by_role("link", name="bo", exact=True).press("Enter")
        reachable(page)
        page.get_by_role("link", name="Change", exact=True).press("Enter")
        page.get_by_label("Time zone").fill("Mars/Olympus")
        page.get_by_label("Why, for the record").fill(WHY)
        page.get_by_label("Why, for the record").press("Enter")
        assert "is no time zone" in page.inner_text("main")
        reachable(page)
        page.get_by_label("Time zone").fill("Asia/Kolkata")
        page.get_by_role("button", name="Save").press("Enter")
        assert "counts from now on" in page.inner_text("body")
        assert desk.surehand.context.people.people["bo"].zone == "Asia/Kolkata"
        for path in (
            "/roster",
            "/authority/row",
            "/queues/desk/edit",
            "/people/bo/disable",
            "/people/ann/absence",
        ):
            page.goto(f"{url}{path}")
            reachable(page)


def reachable(page: "Page") -> None:
    """Nothing that axe finds, nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    broken = Axe().run(page).response["violations"]
    assert broken == [], [(one["id"], one["nodes"][0]["html"][:200]) for one in broken]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_refused_is_on_the_page_of_who_was(desk: Desk, world: World) -> None:
    case_id = world.submit("700 EUR", sure=0.8)
    with pytest.raises(Forbidden, match="beyond what bo may decide"):
        world.verdict(case_id, "approve", by="bo")
    assert "beyond what bo may decide" in text_of(desk.person("boss").get("/people/bo"))
    assert "beyond what bo may decide" in text_of(desk.person("bo").get("/people/bo"))
    assert "beyond what bo may decide" not in text_of(desk.person("ann").get("/people/bo"))


def test_a_queue_says_who_is_here_what_will_be_late_and_what_happens_then(desk: Desk, world: World) -> None:
    case = world.submit(sure=0.8)
    for _ in range(3):
        world.wait(hours=9)
    lead = desk.person("lead")
    said = text_of(lead.get("/queues"))
    assert "Without an owner" in said
    page = lead.get("/queues/desk")
    said = text_of(page)
    for part in ("lead answers for it", "Who is here", "Likely to be late", "What happens when nobody acts"):
        assert part in said, part
    for part in (
        "refunds, refund 6 h the holder is reminded",
        "8 h lead gets it, with as much time again; then boss",
    ):
        assert part in said, part
    assert f'href="/cases/{case}"' in page
    assert 'href="/capacity/desk"' in page
    # who works there sees how it stands, and not which cases of others are late
    bo = desk.person("bo")
    assert case not in bo.get("/queues/desk")
    assert "Whoever answers for the queue sees" in text_of(bo.get("/queues/desk"))
    desk.person("dev").get("/queues/desk", status=404)
    lead.get("/queues/nowhere", status=404)
