"""The desk over HTTP and in a real browser: from sign-in to a decision that runs, and what may go wrong."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from surehand.store.tables import metadata
from surehand.web.headers import POLICY
from tests.desk import PASSWORD, Desk, desk_of, text_of
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

RITA, SAM, OWNER, AUDITOR, STRANGER = (
    *("rita.reviewer", "sam.reviewer"),
    *("olga.owner", "anna.auditor", "otto.other"),
)
ROUTES = (
    "/",
    "/inbox",
    "/inbox?view=queues",
    "/inbox?view=all",
    "/inbox/live",
    "/cases",
    "/processes",
    "/guarantees",
    "/people",
    "/people/sam.reviewer",
    "/queues",
    "/absences",
    "/authority",
)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", database_url) as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def without_chance(page: str) -> str:
    """A page without what is drawn or counted: tokens, hashes, numbers of cases, versions and times."""
    chance = r'name="(csrf|digest)" value="[^"]*"|[0-9a-f]{4}\b|ORD-\w+|POS-\w+|pos-\w+|v=\w+|since=\d+'
    times = r'\d\d:\d\d(:\d\d)?|datetime="[^"]*"|data-(now|since|due)="[^"]*"'
    return re.sub(f"{chance}|{times}", "", page)


def everything(desk: Desk) -> str:
    """A digest of every row of every table, but of who looks at what: others are told of that."""
    with desk.surehand.context.db.read() as connection:
        rows = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name != "viewing"
        }
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


# The main path


def test_an_edit_comes_back_is_approved_and_runs(desk: Desk) -> None:
    case = desk.order(total="610.00 EUR?")
    rita = desk.person(RITA)
    assert case in rita.get("/inbox")
    brief = rita.get(f"/cases/{case}/brief")
    for part in (
        "Accept order N-1 over 610.00 EUR?",
        "It is on the price list.",
        "OR-1",
        "Mr Test",
        "check 55",
    ):
        assert part in text_of(brief), part
    response = rita.send(
        f"/cases/{case}/verdict", verdict="edit", field_total="61.00", reason="price-list", note="a stain"
    )
    assert response.status_code == 303
    desk.run()
    assert desk.case(case).round == 2
    assert "your values are saved" in rita.get(response.headers["location"])

    response = rita.verdict(case, "approve", reason="checked-with-buyer")
    assert (response.status_code, response.headers["location"]) == (303, "/inbox")
    desk.run()
    assert desk.case(case).state == "done"
    (action,) = desk.actions(case)
    assert (action.state, action.key) == ("done", f"{case}:book:2")
    assert "61.00 EUR" in str(action.result)
    story = text_of(rita.get(f"/cases/{case}"))
    for told in (
        *(
            "Received from shop.service",
            "Recommends: accept.",
            "rita.reviewer corrected total 610.00 EUR 61.00",
        ),
        *("Reason: price list. a stain", "rita.reviewer approved: accept.", "Ran book.", "Verified"),
    ):
        assert told in story, told


def test_an_action_is_taken_back_from_the_case_page(desk: Desk) -> None:
    case = desk.order(total="61.00 EUR")
    rita = desk.person(RITA)
    assert "Take back" not in text_of(rita.get(f"/cases/{case}")), "it has not ended yet"
    rita.verdict(case, "approve", reason="checked-with-buyer")
    desk.run()
    assert "Take back: book" in text_of(rita.get(f"/cases/{case}"))
    response = rita.send(f"/cases/{case}/undo", step="book")
    assert response.status_code == 303
    desk.run()
    assert desk.case(case).result == "undone"
    assert sorted((a.key, a.state) for a in desk.actions(case)) == [
        (f"{case}:book:1", "undone"), (f"{case}:book:1:undo", "done"),
    ]  # fmt: skip
    page = text_of(rita.get(f"/cases/{case}"))
    assert "Take back" not in page
    assert "Verified" in page
    again = rita.send(f"/cases/{case}/undo", step="book")
    assert "nothing to take back any more" in text_of(rita.get(again.headers["location"]))


def test_the_next_case_follows(sqlite: Desk) -> None:
    first, second = sqlite.order(), sqlite.order(number="N-2")
    owner = sqlite.person(OWNER)
    for case in (first, second):
        owner.get("/inbox?view=queues")
        owner.post(f"/cases/{case}/claim", csrf=owner.last["csrf"])
    response = owner.verdict(first, "approve", reason="price-list")
    assert response.headers["location"] == f"/cases/{second}/brief"
    page = text_of(owner.get(response.headers["location"]))
    assert f"{first.upper()}: your decision stands" in page
    assert "your decision stands" not in owner.get("/inbox")


def test_a_question_goes_out_and_comes_back(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    assert rita.verdict(case, "ask", question="Which <b>list</b>?").status_code == 303
    owner = desk.person(OWNER)
    story = text_of(rita.get(f"/cases/{case}"))
    assert f"{OWNER} is asked; the clock of {RITA} stands, with 1 d left." in story
    assert "Which &lt;b&gt;list&lt;/b&gt;?" in owner.get(f"/cases/{case}/brief")
    response = owner.send(f"/cases/{case}/answer", answer="")
    assert response.status_code == 422
    assert owner.send(f"/cases/{case}/answer", answer="October's").status_code == 303
    brief = text_of(rita.get(f"/cases/{case}/brief"))
    assert "Asked: Which <b>list</b>?" in brief
    assert "October's by olga.owner" in brief


def test_an_exception_goes_on_with_what_was_missing(desk: Desk) -> None:
    case = desk.order(number="")
    rita = desk.person(RITA)
    page = text_of(rita.get(f"/cases/{case}/brief"))
    assert "The order has no number." in page
    assert "1 field would let it continue" in page
    assert rita.send(f"/cases/{case}/verdict", verdict="edit").status_code == 422
    assert rita.verdict(case, "edit", field_number="N-9").status_code == 303
    desk.run()
    assert "Accept order N-9" in text_of(rita.get(f"/cases/{case}/brief"))


def test_an_exception_that_is_let_pass_goes_on_as_it_is(desk: Desk) -> None:
    case = desk.order(number="")
    rita = desk.person(RITA)
    assert rita.verdict(case, "approve").status_code == 303
    assert f"{case.upper()} goes on as it is." in text_of(rita.get("/inbox"))
    assert desk.case(case).facts["number"] in (None, "")


# Refusals keep what was typed


def test_a_refused_verdict_keeps_everything(desk: Desk) -> None:
    case = desk.order(total="610.00 EUR?")
    rita = desk.person(RITA)
    response = rita.verdict(case, "edit", field_total="much", note="my note", question="my question")
    assert response.status_code == 422
    page = text_of(response.text)
    assert "Not recorded." in page
    assert "reason must be one of" in page.lower()
    edit = re.findall(r'<button[^>]*value="edit"[^>]*>', response.text)[0]
    assert 'data-needs="reason"' in edit
    for kept in ('value="much"', 'value="my note"', 'value="my question"'):
        assert kept in response.text
    response = rita.verdict(case, "edit", field_total="much", reason="price-list")
    assert "Must be a sum, such as 12.50." in text_of(response.text)
    assert 'aria-invalid="true"' in response.text
    assert desk.case(case).round == 1


def test_approving_waits_for_doubtful_fields_and_never_drops_an_edit(sqlite: Desk) -> None:
    case = sqlite.order(total="610.00 EUR?")
    rita = sqlite.person(RITA)
    response = rita.verdict(case, "approve", reason="price-list")
    assert response.status_code == 422
    assert "Total is to be checked first" in text_of(response.text)
    response = rita.verdict(case, "approve", reason="price-list", checked="total", field_number="N-7")
    assert response.status_code == 422
    assert "save the edits first" in text_of(response.text)
    assert rita.verdict(case, "approve", reason="price-list", checked="total").status_code == 303
    assert sqlite.case(case).state in ("acting", "done")


# Races


def test_the_loser_sees_both_verdicts_and_loses_nothing(desk: Desk) -> None:
    case = desk.order()
    rita, owner = desk.person(RITA), desk.person(OWNER)
    for one in (rita, owner):
        one.get(f"/cases/{case}/brief")
    path = f"/cases/{case}/verdict"
    assert owner.send(path, verdict="reject", reason="price-list", note="old list").status_code == 303
    response = rita.send(path, verdict="approve", reason="checked-with-buyer", note="all good")
    assert response.status_code == 409
    page = text_of(response.text)
    assert "You differ on the verdict and on the reason." in page
    for told in ("olga.owner decided this", "old list", "rita.reviewer", "all good", "not recorded"):
        assert told in page, told
    desk.run()
    assert desk.case(case).answers["accept"]["by"] == OWNER


def test_a_case_that_moved_on_is_a_conflict_too(desk: Desk) -> None:
    case = desk.order()
    rita, owner = desk.person(RITA), desk.person(OWNER)
    rita.get(f"/cases/{case}/brief")
    owner.verdict(case, "ask", question="Which list?")
    response = rita.send(f"/cases/{case}/verdict", verdict="approve", reason="price-list")
    assert response.status_code == 409
    assert "This case moved on" in text_of(response.text)


def test_a_reminder_or_a_claim_does_not_cost_a_verdict(desk: Desk) -> None:
    case = desk.order()
    rita, owner = desk.person(RITA), desk.person(OWNER)
    rita.get(f"/cases/{case}/brief")
    owner.get("/inbox?view=queues")
    assert owner.post(f"/cases/{case}/claim", csrf=owner.last["csrf"]).status_code == 303
    rev = desk.case(case).rev
    desk.wait(hours=2)
    assert rita.send(f"/cases/{case}/verdict", verdict="approve", reason="price-list").status_code == 303
    assert desk.case(case).rev > rev


# Who may


def test_who_may_see_but_not_decide_is_told_who_may(desk: Desk) -> None:
    case = desk.order(total="900.00 EUR")
    page = text_of(desk.person(AUDITOR).get(f"/cases/{case}/brief"))
    assert "has no role that decides" in page
    sam = desk.person(SAM)
    page = text_of(sam.get(f"/cases/{case}/brief", status=403))
    assert f"This case is beyond what {SAM} may decide, and {desk.case(case).owner} has it" in page
    assert "900" not in page
    sam.get("/inbox")
    sent = sam.post(f"/cases/{case}/verdict", **{**sam.last, "verdict": "approve", "digest": "x"})
    assert sent.status_code == 403
    assert desk.case(case).state == "waiting"


def test_a_stranger_learns_nothing(desk: Desk) -> None:
    case = desk.order()
    stranger = desk.person(STRANGER)
    for path in (f"/cases/{case}", f"/cases/{case}/brief", "/cases/ord-0000000000000000"):
        page = text_of(stranger.get(path, 404))
        assert "Mr Test" not in page
        assert "There is nothing here that you may see." in page
    for path in ("/cases", "/cases?q=Mr", "/inbox?view=all"):
        assert case not in stranger.get(path)


@pytest.mark.parametrize("ended", [False, True], ids=["waiting", "ended"])
@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("verdict", {"verdict": "approve", "digest": "x", "round": "1", "reason": "price-list"}),
        ("verdict", {"verdict": "ask", "digest": "x", "round": "9", "question": "Who is it?"}),
        ("answer", {"answer": "it is me", "round": "9"}),
        ("answer", {"answer": "", "round": "1"}),
        ("claim", {}),
        ("undo", {"step": "book"}),
    ],
)
def test_no_form_tells_a_stranger_that_a_case_is_there(
    sqlite: Desk, verb: str, given: dict[str, str], ended: bool
) -> None:
    case = sqlite.order()
    if ended:
        sqlite.person(RITA).verdict(case, "approve", reason="price-list")
        sqlite.run()
        assert sqlite.case(case).state == "done"
    stranger = sqlite.person(STRANGER)
    stranger.get("/inbox")
    csrf = stranger.last["csrf"]
    there = stranger.post(f"/cases/{case}/{verb}", csrf=csrf, **given)
    nowhere = stranger.post(f"/cases/ord-0000000000000000/{verb}", csrf=csrf, **given)
    assert there.status_code == nowhere.status_code
    assert there.status_code in (404, 422)
    told = text_of(there.text).replace(case, "")  # a number may hold any digits
    for secret in ("Mr Test", "610", RITA, "accept", "price"):
        assert secret not in told, secret


def test_at_the_human_level_not_a_byte_tells_what_the_ai_said(desk: Desk) -> None:
    case = desk.submit(
        "posts",
        {"text": "a post"},
        recommendations={"is_spam": {"value": True, "confidence": 0.8125, "reasons": ["it shouts"]}},
    )
    otto, owner = desk.person(STRANGER), desk.person(OWNER)
    pages = [otto.get(path) for path in (f"/cases/{case}/brief", f"/cases/{case}", "/inbox", "/cases")]
    pages += [owner.get("/inbox?view=all"), owner.get(f"/cases/{case}")]
    for page in pages:
        for trace in ("0.81", "81", "it shouts", "Recommends", "in 100"):
            assert trace not in without_chance(page), trace
    assert "A person decides" in text_of(pages[0])
    assert otto.verdict(case, "approve").status_code == 422
    assert otto.verdict(case, "approve", value="no").status_code == 303
    desk.run()
    assert desk.case(case).answers["is_spam"]["value"] is False


# Sessions and forms


def test_sign_in_says_only_that_it_did_not_match(desk: Desk) -> None:
    browser = desk.visitor()
    answers = []
    for name in (RITA, "nobody.here", "bo.builder", "gone.reviewer", "", "\x00", "x" * 5_000):
        browser.get("/signin")
        response = browser.send("/signin", name=name, password="wrong")
        answers.append((response.status_code, re.findall(r'id="perr">.*?</p>', response.text)))
    assert answers[0][0] == 401
    assert all(answer in (answers[0], (422, [])) for answer in answers)
    assert "do not match" in str(answers[0][1])


def test_too_many_attempts_wait(desk: Desk) -> None:
    browser = desk.visitor()
    browser.get("/signin")
    codes = [browser.send("/signin", name=RITA, password="wrong").status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert browser.send("/signin", name=RITA, password=PASSWORD).status_code == 429
    assert desk.person(SAM)
    desk.clock.move(timedelta(minutes=16))
    assert browser.send("/signin", name=RITA, password=PASSWORD).status_code == 303


def test_sessions_turn_over_and_end(desk: Desk) -> None:
    browser = desk.person(RITA)
    first = browser.http.cookies["surehand_session"]
    browser.http.cookies.delete("surehand_session")
    planted = desk.visitor()
    planted.http.cookies.set("surehand_session", first)
    planted.http.cookies.set("surehand_visitor", "planted-by-somebody-else-12345")
    assert "rita.reviewer" in planted.get("/inbox")
    page = planted.http.get("/signin", follow_redirects=False)
    assert page.headers["location"] == "/"
    planted.get("/inbox")
    out = planted.post("/signout", csrf=planted.last["csrf"])
    assert out.headers["location"] == "/signin"
    again = desk.visitor()
    again.http.cookies.set("surehand_session", first)
    assert again.http.get("/inbox", follow_redirects=False).headers["location"] == "/signin?next=%2Finbox"
    assert desk.person(RITA).http.cookies["surehand_session"] != first


def test_cookies_are_kept_from_scripts_and_other_sites(sqlite: Desk) -> None:
    browser = sqlite.visitor()
    browser.get("/signin")
    response = browser.send("/signin", name=RITA, password=PASSWORD)
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("surehand_session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Path=/" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_sign_in_goes_on_only_within_this_site(sqlite: Desk, target: str) -> None:
    browser = sqlite.visitor()
    browser.get(f"/signin?next={target}")
    assert browser.last["next"] == "/"
    response = browser.send("/signin", name=RITA, password=PASSWORD, next=target)
    assert response.headers["location"] == "/"


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("wrong", {}),
        ("\N{SNOWMAN}", {}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
    ],
)
def test_forms_from_elsewhere_change_nothing(
    sqlite: Desk, token: str | None, headers: dict[str, str]
) -> None:
    case = sqlite.order()
    rita = sqlite.person(RITA)
    rita.get(f"/cases/{case}/brief")
    form = {**rita.last, "verdict": "approve", "reason": "price-list", "answer": "x"}
    if token is not None:
        form["csrf"] = token
    before = everything(sqlite)
    for path in (f"/cases/{case}/verdict", f"/cases/{case}/claim", f"/cases/{case}/answer", "/signout"):
        assert rita.http.post(path, data=form, headers=headers, follow_redirects=False).status_code == 403
    fresh = sqlite.visitor()
    fresh.get("/signin")
    login = {**fresh.last, "name": RITA, "password": PASSWORD}
    if token is not None:
        login["csrf"] = token
    assert fresh.http.post("/signin", data=login, headers=headers, follow_redirects=False).status_code == 403
    assert everything(sqlite) == before


def test_a_form_after_the_session_ended_says_so(sqlite: Desk) -> None:
    case = sqlite.order()
    rita = sqlite.person(RITA)
    rita.get(f"/cases/{case}/brief")
    sqlite.clock.move(timedelta(hours=13))
    response = rita.send(f"/cases/{case}/verdict", verdict="approve", reason="price-list")
    assert response.status_code == 401
    assert "You were signed out while you wrote." in response.text
    assert sqlite.case(case).state == "waiting"


def test_no_get_changes_anything(desk: Desk) -> None:
    waiting, human = desk.order(), desk.submit("posts", {"text": "x"})
    people = [desk.person(name) for name in (RITA, OWNER, AUDITOR, STRANGER)]
    before = everything(desk)
    paths = [*ROUTES, f"/cases/{waiting}", f"/cases/{waiting}/brief", f"/cases/{human}/brief", "/signin"]
    for person in [*people, desk.visitor()]:
        for path in [*paths, f"/cases/{waiting}/verdict", f"/cases/{waiting}/claim", "/signout"]:
            assert person.http.get(path, follow_redirects=False).status_code < 500
    assert everything(desk) == before


# Odd input


ODD = (
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "<script>alert(1)</script>",
    "é\u202e\U0001f44d",
    "{{ 7*7 }}",
    "%(x)s",
    "\x00",
    "a" * 5_000,
)


@pytest.mark.parametrize("text", ODD)
def test_searching_for_anything(desk: Desk, text: str) -> None:
    case = desk.order(buyer="Mr 100% Test_1")
    rita = desk.person(RITA)
    response = rita.http.get("/cases", params={"q": text})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert (case in response.text) == (text in ("%", "_", "\x00"))


def test_search_filters_and_pages(desk: Desk) -> None:
    found = [desk.order(number=f"N-{number}") for number in range(53)]
    rita = desk.person(RITA)
    first = rita.get("/cases?process=orders&state=waiting")
    (cursor,) = re.findall(r"cursor=([\w-]+)", first)
    second = rita.get(f"/cases?process=orders&state=waiting&cursor={cursor}")
    ids = [re.findall(r'href="/cases/(ord-\w+)"', page) for page in (first, second)]
    assert ids[0] + ids[1] == list(reversed(found))
    assert "No case fits" in rita.get("/cases?state=done")
    rows = re.findall(r'data-case="(ord-\w+)"', rita.get("/inbox?view=all"))
    assert len(rows) == 50
    for odd in ("state=x", "process=x", "cursor=x", "cursor=%00"):
        assert rita.http.get(f"/cases?{odd}").status_code == 422
    for odd in ("view=x", "cursor=eA"):
        assert rita.http.get(f"/inbox?{odd}").status_code == 422
    assert rita.http.get("/inbox?view=queues&queue=posts").status_code == 404


def test_what_is_new_is_counted(desk: Desk) -> None:
    rita = desk.person(RITA)
    (live,) = re.findall(r'data-live="([^"]+)"', rita.get("/inbox?view=queues"))
    live = live.replace("&amp;", "&")
    response = rita.http.get(live)
    assert response.json()["new"] == 0
    assert rita.http.get(live, headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    desk.clock.move(timedelta(seconds=1))
    desk.order()
    assert rita.http.get(live).json()["new"] == 1


def test_naughty_strings_are_shown_escaped(desk: Desk, shared_data: Callable[[str], Path]) -> None:
    strings = json.loads((shared_data("naughty_strings") / "blns.json").read_text("utf-8"))
    rita = desk.person(RITA)
    case = desk.order()
    for text in strings:
        rita.get(f"/cases/{case}/brief")
        response = rita.send(
            f"/cases/{case}/verdict", verdict="approve", note=text, field_buyer=text, value=text
        )
        assert response.status_code in (409, 422), (text, response.status_code)
        assert "<script>alert" not in response.text
        assert "onerror=" not in re.sub(
            r'(value|placeholder)="[^"]*"', "", re.sub(r">[^<]*<", "><", response.text)
        )
    hostile = [t for t in strings if "<" in t][:40]
    for text in hostile:
        case = desk.order(buyer=text.replace("\n", " "), number=text.replace("\n", " "))
        for path in (f"/cases/{case}", f"/cases/{case}/brief", "/inbox?view=all", "/cases"):
            page = rita.get(path)
            assert "<script>alert" not in page
            assert "<img src" not in page.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/cases/%00",
        "/cases/%F0%9F%91%8D",
        "/cases/..%2f..%2fetc",
        "/cases/x/brief",
        "/static/../pages.py",
    ],
)
def test_addresses_that_are_none(sqlite: Desk, path: str) -> None:
    response = sqlite.person(RITA).http.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "Problem 404" in response.text


def test_errors_speak_html_to_people_and_json_to_programs(sqlite: Desk) -> None:
    http = sqlite.visitor().http
    assert http.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"
    response = http.delete("/inbox")
    assert response.status_code == 405
    assert response.headers["content-type"].startswith("text/html")
    body: Any = b"\xff=1"
    odd = http.post("/signin", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert odd.status_code == 422
    assert http.post("/signin", json={"a": 1}).status_code == 415
    assert http.post("/signin", data={"a": "x" * 2_000_000}).status_code == 413


def test_every_answer_carries_the_headers(sqlite: Desk) -> None:
    rita = sqlite.person(RITA)
    page = rita.get("/inbox")
    style = re.findall(r'href="(/static/surehand.css\?v=\w+)"', page)[0]
    for path in (*ROUTES, style, "/static/none.css", "/nothing", "/api/v1/health", "/cases/x"):
        headers = rita.http.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == (
            "public, max-age=31536000, immutable" if path == style else "no-store"
        ), path


# A real browser


def test_a_day_at_the_desk(sqlite: Desk, browser_page: "Page") -> None:
    case = sqlite.order(total="610.00 EUR?")
    page = browser_page
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    with listening(sqlite.app) as url:
        page.goto(f"{url}/inbox")
        page.fill("#u", RITA)
        page.fill("#p", PASSWORD)
        page.get_by_role("button", name="Sign in").first.click()
        page.locator(f'.row[data-case="{case}"]').wait_for()
        page.wait_for_load_state("networkidle")  # the keys are there
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{case}/brief")
        assert page.evaluate("document.activeElement.id") == "i-total"
        assert page.locator(".box.lit").get_attribute("href") == "#f-total"
        page.fill("#i-total", "61.00")
        page.select_option("#why", "price-list")
        edit = page.locator("button[value=edit]")
        assert edit.get_attribute("aria-disabled") is None
        edit.click()
        page.wait_for_url(f"{url}/inbox")
        assert "your values are saved" in page.locator("[role=status]").first.inner_text()
        sqlite.run()
        page.goto(f"{url}/cases/{case}/brief", wait_until="networkidle")
        page.select_option("#why", "checked-with-buyer")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("a")
        page.wait_for_url(f"{url}/inbox")
        sqlite.run()
        page.goto(f"{url}/cases/{case}")
        told = page.locator("ol.tl").inner_text()
        assert "rita.reviewer corrected" in told
        assert "Ran book." in told
        page.click(".me")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{url}/signin")
    assert problems == []
