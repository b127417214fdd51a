"""Requests that a person did not mean, at every route that changes something, as the application has them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from surehand.flow import access
from surehand.store import tables
from surehand.web.identity import CSRF_HEADER, SESSION_COOKIE
from tests.client import Client
from tests.desk import Desk, Visitor
from tests.security.routes import SAFE, Address, addresses

RITA, STRANGER = "rita.reviewer", "otto.other"

#: What a reviewer's forms and programs would send to each route.
FORM = {
    "verdict": "reject", "reason": "price-list", "note": "x", "answer": "yes", "step": "book", "round": "1",
    "name": RITA, "password": "a long enough password", "as": RITA, "because": "x", "confirmed": "yes",
}  # fmt: skip
BODY = {
    "process": "orders", "input": {"shop": "A"}, "verdict": "reject", "reason": "price-list", "answer": "yes",
    "correct": True, "submissions": [{"process": "orders", "input": {}}],
}  # fmt: skip

_IGNORED = {"session", "sign_in_failure", "alembic_version"}


class Tour:
    """The demo's first screen; what its forms do is counted."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def shown(self, shell: Any, people: Any) -> Any:
        raise AssertionError

    def busy(self) -> bool:
        return False

    def learn(self) -> None:
        self.done.append("learn")

    def change_a_cent(self) -> None:
        self.done.append("cent")

    def put_back(self) -> None:
        self.done.append("back")


@pytest.fixture(scope="module")
def tour(desk: Desk) -> Iterator[Tour]:
    """The demo's door stands open, so that its forms are there as well."""
    desk.app.state.demo_token, desk.app.state.tour = "t" * 40, Tour()
    yield desk.app.state.tour
    desk.app.state.demo_token = desk.app.state.tour = None


@pytest.fixture(scope="module")
def case(desk: Desk) -> str:
    """A case that Rita has open."""
    number = desk.order()
    desk.person(RITA).post(f"/cases/{number}/claim")
    return number


def stored(desk: Desk) -> str:
    """All that a request may change, but not that somebody is there or failed to sign in."""
    with desk.surehand.context.db.read() as connection:
        kept = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
            if table.name not in _IGNORED
        }
    kept["audit_event"] = [e for e in kept["audit_event"] if e[3] not in ("sign_in_failed", "signed_in")]
    return repr(kept)


def mutating(desk: Desk) -> list[Address]:
    found = [one for one in addresses(desk.app) if one.changes]
    assert len([one for one in found if not one.api]) >= 9
    assert len([one for one in found if one.api]) >= 9
    return found


def browser(desk: Desk, name: str = RITA) -> Visitor:
    visitor = Visitor(Client(desk.app, raise_server_exceptions=False, client=("127.0.0.1", 50_000)))
    visitor.sign_in(name)
    visitor.http.cookies.set("surehand_demo", "t" * 40)
    return visitor


def csrf_of(desk: Desk, visitor: Visitor) -> str:
    found = access.session_of(desk.surehand.context, visitor.http.cookies[SESSION_COOKIE])
    assert found is not None
    return found.csrf


def sent(
    visitor: Visitor, address: Address, case: str, *, headers: Any = None, method: str = "", **form: str
) -> Any:
    path = address.filled(case_id=case, step="book", process="orders", rest="nothing")
    given: dict[str, Any] = {"json": BODY} if address.api else {"data": {**FORM, **form}}
    if method in SAFE:
        given = {"params": {**FORM, **form}}
    return visitor.http.request(
        method or address.method, path, headers=headers, follow_redirects=False, **given
    )


def test_without_the_token_of_a_form(desk: Desk, tour: Tour, case: str) -> None:
    before, visitor = stored(desk), browser(desk)
    for address in mutating(desk):
        for form in ({}, {"csrf": ""}, {"csrf": "0" * 43}):
            response = sent(visitor, address, case, **form)
            assert response.status_code in (401, 403, 404, 405), (address, response.text[:200])
            assert stored(desk) == before, address
    assert tour.done == []


def test_with_the_token_of_somebody_elses_session(desk: Desk, tour: Tour, case: str) -> None:
    visitor, other = browser(desk), browser(desk, STRANGER)
    another = browser(desk)  # the same person's, in another browser
    before = stored(desk)
    for token in (csrf_of(desk, other), csrf_of(desk, another)):
        for address in mutating(desk):
            response = sent(visitor, address, case, headers={CSRF_HEADER: token}, csrf=token)
            assert response.status_code in (401, 403, 404, 405), (address, response.text[:200])
            assert stored(desk) == before, address
    assert tour.done == []


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8080"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example", "Host": "testserver"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_from_another_site_even_with_the_right_token(
    desk: Desk, tour: Tour, case: str, headers: dict[str, str]
) -> None:
    before, visitor = stored(desk), browser(desk)
    token = csrf_of(desk, visitor)
    for address in mutating(desk):
        if address.api:
            continue  # no other site can send its header; see the next test for what it can send
        if address.path.startswith("/slack/"):
            continue  # knows no session, but Slack's signature; see tests/flow/test_chat.py
        response = sent(visitor, address, case, headers=headers, csrf=token)
        assert response.status_code == 403, (address, response.text[:200])
        assert stored(desk) == before, address
    assert tour.done == []


def test_the_api_takes_nothing_that_a_form_of_another_site_can_send(
    desk: Desk, tour: Tour, case: str
) -> None:
    """Without a script that the browser would have asked about first, there are three content types."""
    before, visitor = stored(desk), browser(desk)
    token = csrf_of(desk, visitor)
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
    for address in (one for one in mutating(desk) if one.api):
        path = address.filled(case_id=case, step="book", process="orders", rest="nothing")
        for kind in kinds:
            body = f'{{"verdict":"reject","csrf":"{token}","x":"=y"}}'
            response = visitor.http.request(
                address.method, path, content=body, headers={"Content-Type": kind}, params={"csrf": token}
            )
            assert response.status_code in (403, 404, 405), (address, response.text[:200])
            assert stored(desk) == before, address


def test_the_api_answers_no_other_site(desk: Desk, case: str) -> None:
    """No CORS: another site's script may neither ask with our cookie nor read an answer."""
    visitor = browser(desk)
    for address in addresses(desk.app):
        path = address.filled(case_id=case, step="book", process="orders", rest="nothing", name="desk.js")
        for method in ("OPTIONS", "GET"):
            response = visitor.http.request(
                method, path, follow_redirects=False,
                headers={"Origin": "https://evil.example", "Access-Control-Request-Method": address.method,
                         "Access-Control-Request-Headers": CSRF_HEADER},
            )  # fmt: skip
            allowed = [name for name in response.headers if name.lower().startswith("access-control-")]
            assert allowed == [], address


def test_asked_for_in_place_of_sent(desk: Desk, tour: Tour, case: str) -> None:
    """A link, a picture, a prefetch: nothing that only asks changes anything."""
    before, visitor = stored(desk), browser(desk)
    token = csrf_of(desk, visitor)
    for address in addresses(desk.app):
        if address.path in ("/tour", "/", "/api/v1/health"):
            continue  # drawn by the demo, whose forms are here; and failing, for no work is run
        for method in ("GET", "HEAD", "OPTIONS"):
            headers = {CSRF_HEADER: token, "X-HTTP-Method-Override": "POST"}
            response = sent(
                visitor, address, case, method=method, headers=headers, csrf=token, _method="POST"
            )
            assert response.status_code < 500, (address, response.text[:200])
            assert stored(desk) == before, address
    assert tour.done == []


def test_the_right_token_from_our_own_page_does_it(desk: Desk, tour: Tour) -> None:
    """So that all of the above was refused for its reason and not for another."""
    number = desk.order()
    visitor = browser(desk)
    token = csrf_of(desk, visitor)
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    for path in ("/tour/learn", "/tour/cent", "/tour/back"):
        assert (
            visitor.http.post(path, data={"csrf": token}, headers=own, follow_redirects=False).status_code
            == 303
        )
    assert tour.done == ["learn", "cent", "back"]
    claimed = visitor.http.post(
        f"/cases/{number}/claim", data={"csrf": token}, headers=own, follow_redirects=False
    )
    assert claimed.headers["location"] == f"/cases/{number}/brief"
    visitor.get(f"/cases/{number}/brief")
    decided = visitor.http.post(
        f"/cases/{number}/verdict", headers=own, follow_redirects=False,
        data={**visitor.last, "verdict": "reject", "reason": "price-list", "note": "x"},
    )  # fmt: skip
    assert decided.status_code == 303
    assert desk.case(number).answers["accept"]["value"] == "reject"
    again = desk.order()
    taken = visitor.http.post(f"/api/v1/cases/{again}/claim", headers={CSRF_HEADER: token})
    assert taken.status_code == 200
    assert desk.case(again).owner == RITA


def test_every_form_of_every_page_carries_the_token_or_only_asks(desk: Desk, case: str) -> None:
    visitor = browser(desk)
    pages = [
        "/inbox",
        "/inbox?view=all",
        "/cases",
        "/processes",
        f"/cases/{case}",
        f"/cases/{case}/brief",
        "/nothing",
    ]
    for path in pages:
        html = visitor.http.get(path).text
        for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", html, re.S):
            if 'method="post"' in attributes:
                assert f'name="csrf" value="{csrf_of(desk, visitor)}"' in inside, path
            else:
                assert 'name="csrf"' not in inside, path  # it would end in an address, and so in logs
