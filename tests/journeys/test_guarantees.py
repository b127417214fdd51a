"""The pages of guarantees over HTTP: what they show, to whom, and what owners say that they have read."""

import json
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from surehand.cli import app as cli
from surehand.flow import access, reporting
from surehand.web.headers import POLICY
from tests.desk import Desk, text_of
from tests.loans import POINT, applications, loans_desk
from tests.pasts import Happening, told
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = "/guarantees/loans/grant_loan"
OWNER, RITA, AUDITOR, STRANGER = "olga.owner", "rita.reviewer", "anna.auditor", "otto.other"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with loans_desk(tmp_path / "place", database_url) as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    with loans_desk(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def lived(desk: Desk, count: int = 3_000, *, seed: int = 1, spoilt: float = 0.0, each: float = 15) -> None:
    """Cases come, each so many minutes after the one before."""
    cases = applications(count, seed=seed, spoilt=spoilt)
    told(
        desk.surehand.context, POINT, cases, seed=seed, passing=desk.clock.move, delay=20,
        each=timedelta(minutes=each),
    )  # fmt: skip


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


def test_before_the_first_case_the_page_says_what_will_be(desk: Desk) -> None:
    owner = desk.person(OWNER)
    said = text_of(owner.get(PAGE))
    assert "People decide everything, unseen; 200 more cases show how confidence is spread." in said
    assert "Nothing has been judged yet." in said
    assert "more blind answers until about 30 in 100 cases may run alone" in said
    assert "2,600 cases a month, as the map says" in said
    assert "1 decision point promises how much is wrong" in text_of(owner.get("/guarantees"))


def test_a_guarantee_that_holds_shows_what_it_rests_on(desk: Desk) -> None:
    lived(desk)
    response = desk.person(RITA).http.get(PAGE)
    html, said = response.text, text_of(response.text)
    assert response.headers["content-security-policy"] == POLICY
    assert "the level is certified for at most 2 % wrong." in said
    assert "Holding" in said
    assert html.count('<svg class="chart') == 3
    assert "cases a month, as they came" in said
    assert "With 95 % confidence no level was certified" in said
    # each chart says what it shows, and names its words
    for name in ("course", "curve", "reliability"):
        assert f'aria-labelledby="c-{name}-t c-{name}-d"' in html
    assert len(ids(html)) == len(set(ids(html)))
    assert "style=" not in html
    # a hostile name of a group stays a name
    assert "&lt;b&gt;new&lt;/b&gt;" in html
    assert "<b>new</b>" not in html
    assert "False positives" in said
    # the tables have the figures that the charts are drawn from
    assert html.count("<details><summary>") == 3
    # a reviewer does not acknowledge what is told to the owner
    assert "I have read it" not in said


def test_a_group_of_which_confidence_says_too_much_is_marked(sqlite: Desk, tmp_path: Path) -> None:
    drawn, cases = random.Random(5), []
    for number in range(2_400):
        group = "<b>new</b>" if number % 60 == 0 else "business" if number % 3 == 0 else "private"
        score = drawn.betavariate(8, 1)
        right = drawn.random() < score - (0.12 if group == "business" else 0.0)
        cases.append(Happening(score, right, {"customer_group": group}))
    told(sqlite.surehand.context, POINT, cases, passing=sqlite.clock.move, delay=20)
    page = text_of(sqlite.person(RITA).get(PAGE))
    words = CliRunner().invoke(cli, ["guarantees", str(tmp_path / "place")]).output.replace("\n", " ")
    for said in (page, words):
        assert "Confidence is overstated with business: it says 8" in said
        assert said.count("overstated with") == 1
    groups = {one.value: one for one in reporting.reported(sqlite.surehand.context, *POINT).slices[0].groups}
    assert groups["private"].stated == "fair"
    # too few answers are no figure
    assert groups["<b>new</b>"].stated is None


def test_it_says_so_when_it_is_stopped_and_when_it_is_refused(sqlite: Desk) -> None:
    lived(sqlite)
    lived(sqlite, 600, seed=2, spoilt=0.5)
    owner, context = sqlite.person(OWNER), sqlite.surehand.context
    assert "stopped" in [one.kind for one in reporting.reported(context, *POINT).alarms]
    said = text_of(owner.get(PAGE))
    assert "people decide every case" in said
    assert "Clearly more than 2 % were wrong" in said
    hopeless = [Happening(0.5 + n % 50 / 100, n % 4 > 0) for n in range(3_000)]
    told(context, POINT, hopeless, seed=3, delay=20, passing=sqlite.clock.move)
    said = text_of(owner.sign_in(OWNER).get(PAGE))
    assert "The evidence says that 2 % cannot be kept with this AI for the surest" in said
    assert "It is tried again after about" in said


def test_who_may_not_see_the_cases_sees_no_guarantee(desk: Desk) -> None:
    lived(desk, 300)
    stranger = desk.person(STRANGER)
    missing = stranger.get(PAGE, 404)
    assert "Shadow" not in missing
    assert "Nothing is promised here yet" in text_of(stranger.get("/guarantees"))
    assert desk.person(AUDITOR).get(PAGE)
    assert desk.person(OWNER).get("/guarantees/loans/no_such", 404)
    assert desk.visitor().http.get(PAGE, follow_redirects=False).status_code == 303


def test_the_owner_is_told_and_says_that_they_have_read_it(desk: Desk) -> None:
    lived(desk, 1_500)
    owner, rita = desk.person(OWNER), desk.person(RITA)
    home = owner.get("/")
    assert "1 guarantee of yours changed" in text_of(home)
    assert "guarantee of yours" not in text_of(rita.get("/"))
    # what came while the page was open stays unread
    sent = dict(owner.last)
    lived(desk, 800, seed=2, spoilt=0.6, each=0)
    response = owner.post(f"{PAGE}/read", **sent)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "1 guarantee of yours changed" in text_of(owner.get("/"))
    page = text_of(owner.get(PAGE))
    assert re.search(r"\d+ changes? that you have not read", page)
    response = owner.send(f"{PAGE}/read")
    assert (response.status_code, response.headers["location"]) == (303, PAGE)
    assert "that you have not read" not in text_of(owner.get(PAGE))
    assert "guarantee of yours" not in text_of(owner.get("/"))


def test_nobody_else_reads_for_the_owner_and_odd_forms_are_refused(sqlite: Desk) -> None:
    lived(sqlite, 600)
    owner, rita, stranger = sqlite.person(OWNER), sqlite.person(RITA), sqlite.person(STRANGER)
    for visitor, status in ((rita, 403), (stranger, 404)):
        visitor.get("/")
        assert visitor.send(f"{PAGE}/read", up_to="999").status_code == status
    owner.get("/")
    assert owner.post(f"{PAGE}/read", up_to="999").status_code == 403, "no token"
    for text in ("", "-1", "x", "9" * 40):
        owner.get(PAGE)
        assert owner.send(f"{PAGE}/read", up_to=text).status_code == 422
    assert reporting.count_news(sqlite.surehand.context, OWNER) == 1


def test_a_case_and_its_process_lead_to_the_guarantee(desk: Desk) -> None:
    given = {"customer_group": "private", "sum": "100 EUR", "sure": 0.97}
    case = desk.submit("loans", given)
    link = f'href="{PAGE}"'
    for person in (OWNER, RITA):
        visitor = desk.person(person)
        assert link in visitor.get(f"/cases/{case}")
        assert link in visitor.get("/processes")
    assert "alone where at most 2 in 100 are wrong" in text_of(desk.person(OWNER).get("/processes"))


def test_the_api_and_the_command_tell_the_same(desk: Desk, tmp_path: Path) -> None:
    lived(desk, 1_500)
    context = desk.surehand.context
    key, other = access.create_key(context, RITA, "test"), access.create_key(context, STRANGER, "test")
    http = desk.visitor().http
    bearer = {"Authorization": f"Bearer {key}"}
    whole = http.get("/api/v1/guarantees/loans/grant_loan", headers=bearer)
    assert whole.status_code == 200, whole.text
    found = whole.json()
    assert found == json.loads(json.dumps(reporting.plain(reporting.reported(context, *POINT))))
    assert found["status"] in ("holding", "shadow", "surging")
    listed = http.get("/api/v1/guarantees", headers=bearer).json()["guarantees"]
    assert [(one["process"], one["judged"]) for one in listed] == [("loans", 1_500)]
    # the rest is there as it is everywhere: hidden from strangers, problems in their form
    bearer = {"Authorization": f"Bearer {other}"}
    assert http.get("/api/v1/guarantees", headers=bearer).json() == {"guarantees": []}
    hidden = http.get("/api/v1/guarantees/loans/grant_loan", headers=bearer)
    assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/not-found")
    assert http.get("/api/v1/guarantees/loans/grant_loan").status_code == 401
    said = CliRunner().invoke(cli, ["guarantees", str(tmp_path / "place"), "--json"])
    assert said.exit_code == 0, said.output
    (there,) = json.loads(said.output)
    # these follow the clock, which stands still in the desk
    moves = ("volume", "measured", "outlook", "missing")
    assert {n: v for n, v in there.items() if n not in moves} == {
        name: value for name, value in found.items() if name not in moves
    }
    words = CliRunner().invoke(cli, ["guarantees", str(tmp_path / "place")])
    assert words.exit_code == 0, words.output
    assert "Spot checks:" in words.output or "shadow" in words.output
    assert found["claim"] in words.output.replace("\n  ", " ")


def test_the_page_in_a_browser(sqlite: Desk, browser_page: "Page") -> None:
    """Without a fault of accessibility, light and dark, wide and narrow, from a real past."""
    from axe_playwright_python.sync_playwright import Axe

    from tests.desk import PASSWORD

    lived(sqlite)
    lived(sqlite, 400, seed=2, spoilt=0.6)
    with listening(sqlite.app) as url:
        browser_page.goto(f"{url}/signin")
        browser_page.fill("[name=name]", OWNER)
        browser_page.fill("[name=password]", PASSWORD)
        browser_page.click("main button[type=submit]")
        for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
            browser_page.set_viewport_size({"width": width, "height": 900})
            browser_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            browser_page.goto(f"{url}{PAGE}")
            for summary in browser_page.locator("main summary").all():
                summary.click()
            found = Axe().run(browser_page).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
            assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
        browser_page.click("text=I have read it")
        assert browser_page.locator("text=that you have not read").count() == 0
