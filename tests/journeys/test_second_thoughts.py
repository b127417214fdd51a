"""What is decided on a page can be withdrawn, and what is half written is not lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from surehand.store import cases
from surehand.web import pages_verdict
from tests.desk import PASSWORD, Desk, Inputs, Visitor, desk_of, text_of
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

RITA, SAM, OWNER = "rita.reviewer", "sam.reviewer", "olga.owner"
SAME = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", database_url) as running:
        running.surehand.context.undo_for = timedelta(seconds=10)
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        running.surehand.context.undo_for = timedelta(seconds=10)
        yield running


def later(visitor: Visitor, case: str, path: str = "") -> str:
    return text_of(visitor.get(f"/cases/{case}{path}"))


def test_what_was_typed_is_what_counts_where_authority_was_given_meanwhile(
    sqlite: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look is by a roster that is a moment old, as on another host, and refuses."""
    desk, case = sqlite, sqlite.order()
    rita, looked = desk.person(RITA), pages_verdict.looked_at
    rita.get(f"/cases/{case}/brief")
    looks: list[str] = []

    def once(*given: Any, **named: Any) -> Any:
        found, refused = looked(*given, **named)
        looks.append(refused)
        return found, "above what you may decide" if len(looks) == 1 else refused

    monkeypatch.setattr(pages_verdict, "looked_at", once)
    sent = rita.send(f"/cases/{case}/verdict", verdict="reject", reason="price-list", note="an old list")
    assert sent.status_code == 303
    assert len(looks) == 2
    desk.wait(seconds=11)
    with desk.surehand.context.db.read() as connection:
        (verdict,) = cases.verdicts(connection, case)
    assert (verdict.kind, verdict.note) == ("reject", "an old list")


def test_a_verdict_waits_and_is_undone_with_what_was_written(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    assert "Undo for 10 s before anything runs." in later(rita, case, "/brief")
    assert rita.verdict(case, "reject", reason="price-list", note="an old list").status_code == 303
    page = text_of(rita.get("/inbox"))
    assert f"{case.upper()}: Reject." in page
    assert "Nothing waits for you" in page
    brief = later(rita, case, "/brief")
    assert "You decided this a moment ago. To decide anew, undo that first." in brief
    for offered in ("Later", "Hand on", "It is put off until", "I had to look elsewhere"):
        assert offered not in brief
    desk.run()
    assert desk.case(case).state == "waiting"
    response = rita.send(f"/cases/{case}/withdraw")
    assert response.headers["location"].endswith(f"/cases/{case}/brief")
    html = rita.get(response.headers["location"])
    assert "your verdict is withdrawn, and nothing ran" in text_of(html)
    assert (rita.last["reason"], rita.last["note"]) == ("price-list", "an old list")
    desk.wait(seconds=30)
    assert desk.case(case).state == "waiting"
    assert rita.send(f"/cases/{case}/verdict", verdict="approve").status_code == 303
    desk.wait(seconds=11)
    assert desk.case(case).answers["accept"]["by"] == RITA
    response = rita.post(f"/cases/{case}/withdraw", csrf=rita.last["csrf"])
    assert "has taken effect, or was withdrawn" in text_of(rita.get(response.headers["location"]))


def test_others_are_told_who_decides_it(desk: Desk) -> None:
    case = desk.order()
    rita, owner = desk.person(RITA), desk.person(OWNER)
    owner.get(f"/cases/{case}/brief")
    rita.verdict(case, "approve", reason="price-list")
    response = owner.send(f"/cases/{case}/verdict", verdict="reject", reason="price-list", note="mine")
    assert response.status_code == 409
    told = text_of(response.text)
    assert "rita.reviewer decided this a moment ago" in told
    assert "mine" in told
    assert "rita.reviewer decided this a moment ago. If they undo it, it waits again." in later(
        owner, case, "/brief"
    )
    assert owner.post(f"/cases/{case}/withdraw", csrf=owner.last["csrf"]).status_code == 303
    desk.wait(seconds=11)
    assert desk.case(case).answers["accept"]["value"] == "accept"


def test_a_draft_is_there_after_a_reload_and_can_be_discarded(desk: Desk) -> None:
    case = desk.order(total="61.00 EUR?")
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    path = f"/cases/{case}/draft"
    kept = rita.send(
        path, note="asked the buyer", reason="checked-with-buyer", field_total="62.00", field_number="N-1"
    )
    assert kept.json() == {"kept": True}
    html = rita.get(f"/cases/{case}/brief")
    assert "Draft kept just now" in text_of(html)
    assert (rita.last["note"], rita.last["field.total"]) == ("asked the buyer", "62.00")
    sam = desk.person(OWNER)
    sam.get(f"/cases/{case}/brief")
    assert sam.last["note"] == ""
    rita.get(f"/cases/{case}/brief")
    rita.send(path, discard="1")
    rita.get(f"/cases/{case}/brief")
    assert (rita.last["note"], rita.last["field.total"]) == ("", "61.00")


def test_nobody_keeps_drafts_of_what_they_may_not_see(desk: Desk) -> None:
    case = desk.order()
    otto = desk.person("otto.other")
    otto.get("/inbox")
    assert otto.send(f"/cases/{case}/draft", note="x").status_code == 404
    assert otto.send(f"/cases/{case}/draft", discard="1").status_code == 404


def test_who_is_signed_out_while_they_write_finds_it_again(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    desk.clock.move(timedelta(hours=13))
    response = rita.send(
        f"/cases/{case}/verdict", verdict="approve", reason="price-list", note="half <b>done"
    )
    assert response.status_code == 401
    assert "You were signed out while you wrote." in response.text
    sent = Inputs(response.text).values
    wrong = rita.post("/signin", **{**sent, "name": RITA, "password": "no"})
    assert "half &lt;b&gt;done" in wrong.text
    sent = Inputs(wrong.text).values
    back = rita.post("/signin", **{**sent, "name": RITA, "password": PASSWORD})
    assert back.status_code == 303
    page = rita.get(back.headers["location"])
    assert "you are signed in again, and what you wrote is here" in text_of(page)
    assert (rita.last["reason"], rita.last["note"]) == ("price-list", "half <b>done")
    assert desk.case(case).state == "waiting"


def test_what_one_person_wrote_never_becomes_anothers_draft(sqlite: Desk) -> None:
    desk, case = sqlite, sqlite.order()
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    old = dict(rita.last)
    # another signs in in the same browser, and the page that was open before is sent
    rita.http.cookies.clear()
    desk.person(OWNER)
    rita.sign_in(OWNER)
    sent = rita.post(
        f"/cases/{case}/verdict", **{**old, "verdict": "reject", "note": "by rita"},
    )  # fmt: skip
    assert sent.status_code in (303, 403)
    rita.http.headers.update(SAME)
    sent = rita.post(f"/cases/{case}/verdict", **{**old, "verdict": "reject", "note": "by rita"})
    page = rita.get(sent.headers["location"])
    assert "somebody else had written that" in text_of(page)
    assert rita.last["note"] == ""
    # and so does what the form to sign in carries
    desk.clock.move(timedelta(hours=13))
    del rita.http.headers["sec-fetch-site"]
    carried = rita.post(f"/cases/{case}/verdict", **{**old, "verdict": "reject", "note": "by rita"})
    assert carried.status_code == 401
    back = rita.post("/signin", **{**Inputs(carried.text).values, "name": OWNER, "password": PASSWORD})
    rita.get(back.headers["location"])
    assert rita.last.get("note", "") == ""


def test_a_page_of_an_earlier_session_decides_nothing_and_loses_nothing(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    old = rita.last
    rita.get("/inbox")
    rita.send("/signout")
    rita.sign_in(RITA)
    before = desk.case(case).rev
    refused = rita.http.post(
        f"/cases/{case}/verdict", data={**old, "verdict": "reject"}, follow_redirects=False
    )
    assert refused.status_code == 403
    form = {**old, "verdict": "reject", "reason": "price-list", "note": "from before"}
    response = rita.http.post(f"/cases/{case}/verdict", data=form, headers=SAME, follow_redirects=False)
    assert response.status_code == 303
    assert "you signed in anew since you wrote this" in text_of(rita.get(response.headers["location"]))
    assert rita.last["note"] == "from before"
    assert desk.case(case).rev == before


def test_undo_and_drafts_in_a_browser(sqlite: Desk, browser_page: "Page") -> None:
    case, other = sqlite.order(), sqlite.order(number="N-2")
    page = browser_page
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    with listening(sqlite.app) as url:
        page.goto(f"{url}/cases/{case}/brief")
        page.fill("#u", RITA)
        page.fill("#p", PASSWORD)
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(f"**/cases/{case}/brief")
        page.wait_for_load_state("networkidle")
        page.select_option("#why", "price-list")
        with page.expect_response(f"**/cases/{case}/draft"):
            page.fill("#note", "a word")
        page.locator("#draft", has_text="Draft kept").wait_for()
        page.reload(wait_until="networkidle")
        assert page.input_value("#note") == "a word"
        page.locator("#discard").wait_for()
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("a")
        bar = page.locator(".notice.undo")
        bar.wait_for()
        assert other in page.url
        assert "It takes effect in" in bar.inner_text()
        page.wait_for_load_state("networkidle")
        page.keyboard.press("z")
        page.wait_for_url(f"**/cases/{case}/brief")
        assert page.input_value("#note") == "a word"
        assert sqlite.case(case).state == "waiting"
    assert problems == []


def test_a_half_written_answer_is_kept_too(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    rita.verdict(case, "ask", question="Which list?", reason="price-list")
    desk.wait(seconds=11)
    (asked,) = (one for one in (OWNER, SAM) if one == desk.case(case).owner)
    asker = desk.person(asked)
    asker.get(f"/cases/{case}/brief")
    assert asker.send(f"/cases/{case}/draft", answer="the old one, b").json() == {"kept": True}
    asker.get(f"/cases/{case}/brief")
    assert asker.last["answer"] == "the old one, b"
    desk.clock.move(timedelta(hours=13))
    response = asker.send(f"/cases/{case}/answer", answer="the old one, but signed")
    assert response.status_code == 401
    back = asker.post("/signin", **{**Inputs(response.text).values, "name": asked, "password": PASSWORD})
    asker.get(back.headers["location"])
    assert asker.last["answer"] == "the old one, but signed"


def test_the_next_case_is_made_ready_and_shown_at_once(sqlite: Desk, browser_page: "Page") -> None:
    first, second = sqlite.order(), sqlite.order(number="N-2")
    page = browser_page
    with listening(sqlite.app) as url:
        page.goto(f"{url}/cases/{first}/brief")
        page.fill("#u", RITA)
        page.fill("#p", PASSWORD)
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(f"**/cases/{first}/brief")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1_500)  # for the browser, which tells nobody that it is ready
        page.select_option("#why", "price-list")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("a")
        page.wait_for_url(f"**/cases/{second}/brief")
        page.locator(".notice.undo").wait_for()  # also on a page that knew nothing of the verdict
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.body.dataset.ahead !== undefined")
        page.keyboard.press("z")
        page.wait_for_url(f"**/cases/{first}/brief")


def test_a_verdict_for_a_script_says_where_to_go(desk: Desk) -> None:
    first, second = desk.order(), desk.order(number="N-2")
    rita = desk.person(RITA)
    rita.get(f"/cases/{first}/brief")
    scripted = {"Accept": "application/json"}
    form = {**rita.last, "verdict": "approve", "reason": "price-list"}
    answer = rita.http.post(f"/cases/{first}/verdict", data=form, headers=scripted)
    assert answer.json() == {"to": f"/cases/{second}/brief"}
    assert f"{first.upper()}: Approve." in text_of(rita.get("/above"))
    refused = rita.http.post(f"/cases/{first}/verdict", data=form, headers=scripted)
    assert refused.status_code == 409
    assert "text/html" in refused.headers["content-type"]
    # what is made ready is nobody's look at it, and takes no notice away
    ahead = rita.http.get(f"/cases/{second}/brief", headers={"Sec-Purpose": "prefetch;prerender"})
    assert "data-ahead" in ahead.text
    assert 'class="notice undo"' in ahead.text
    assert "data-ahead" not in rita.get(f"/cases/{second}/brief")
