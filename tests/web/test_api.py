"""The HTTP API: what it takes, what it answers, and how it refuses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from surehand.core.case import CaseState
from surehand.flow import access
from surehand.web.identity import CSRF_HEADER, SESSION_COOKIE
from surehand.web.requests import LARGEST_BODY, strict_json
from tests.served import AUDITOR, OWNER, RITA, SAM, SHOP, STRANGER, Served, served


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        yield found


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Served]:
    """For what no database has a part in."""
    with served(tmp_path / "place", f"sqlite:///{tmp_path / 'surehand.db'}") as found:
        yield found


def refused(response: Any, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a refusal, complete and of its own media type."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert isinstance(problem["faults"], list)
    return problem


REFUND: dict[str, Any] = {"process": "refunds", "input": {"customer": "C-1", "amount": "40 EUR"}}


# Submitting


def test_the_same_key_is_the_same_case(place: Served) -> None:
    first = place.call(SHOP, "POST", "/cases", json={**REFUND, "key": "order 1"})
    assert first.status_code == 201
    assert first.json()["created"] is True
    assert first.headers["location"] == f"/api/v1/cases/{first.json()['id']}"
    again = place.call(SHOP, "POST", "/cases", json=REFUND, headers={"Idempotency-Key": "order 1"})
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["created"]) == (first.json()["id"], False)
    other = {**REFUND, "key": "order 1", "input": {"customer": "C-2", "amount": "40 EUR"}}
    problem = refused(place.call(SHOP, "POST", "/cases", json=other), 409, "key-reused")
    assert problem["case"] == first.json()["id"]


def test_a_key_of_somebody_else_tells_nothing(place: Served) -> None:
    body = {**REFUND, "key": "order 1"}
    first = place.call(SHOP, "POST", "/cases", json=body).json()
    for params in ({}, {"wait": "true"}):
        problem = refused(place.call(STRANGER, "POST", "/cases", json=body, params=params), 409, "key-reused")
        assert first["id"] not in str(problem)
    batch = place.call(STRANGER, "POST", "/cases/batch", json={"submissions": [body]}).json()["results"][0]
    assert (batch["status"], batch["case"]) == (409, None)


def test_two_different_keys_are_refused(sqlite: Served) -> None:
    both = sqlite.call(SHOP, "POST", "/cases", json={**REFUND, "key": "a"}, headers={"Idempotency-Key": "b"})
    assert refused(both, 422, "invalid-input")["faults"][0]["where"] == "key"


@pytest.mark.parametrize("where", ["query", "body"])
def test_waiting_for_the_result(place: Served, where: str) -> None:
    body = {**REFUND, "recommendation": {"value": "pay", "confidence": 0.97}}
    params = {"wait": "true"} if where == "query" else None
    if where == "body":
        body["wait"] = True
    case = place.call(SHOP, "POST", "/cases", json=body, params=params).json()
    assert case["state"] == "done"
    assert case["answers"]["approve_refund"] == {"value": "pay", "by": "policy", "round": 1}
    assert case["route"]["level"] == "automate"
    assert case["route"]["reasons"]


def test_without_waiting_nothing_runs_yet(sqlite: Served) -> None:
    case = sqlite.call(SHOP, "POST", "/cases", json=REFUND).json()
    assert (case["state"], case["route"], case["answers"]) == ("running", None, {})


def test_a_batch_answers_item_by_item(place: Served) -> None:
    items = [
        REFUND,
        {"process": "refunds", "input": {"customr": "C-2"}},
        {"process": "nowhere", "input": {}},
        {"process": "refunds", "input": {"customer": "\ud800"}},
        {**REFUND, "colour": "red"},
        "not an object",
        {**REFUND, "input": {"customer": "C-3", "amount": "1 EUR"}},
    ]
    answer = place.call(SHOP, "POST", "/cases/batch", json={"submissions": items}).json()["results"]
    assert [one["status"] for one in answer] == [201, 422, 404, 422, 422, 422, 201]
    assert answer[1]["problem"]["faults"][0]["suggestion"] == "customer"
    assert answer[6]["case"]["state"] == "running"


def test_a_repeated_batch_takes_nothing_in_twice(place: Served) -> None:
    sent = {"json": {"submissions": [REFUND, REFUND]}, "headers": {"Idempotency-Key": "monday"}}
    first = place.call(SHOP, "POST", "/cases/batch", **sent).json()["results"]
    again = place.call(SHOP, "POST", "/cases/batch", **sent).json()["results"]
    assert [one["created"] for one in first] == [True, True]
    assert [one["created"] for one in again] == [False, False]
    assert [one["case"]["id"] for one in again] == [one["case"]["id"] for one in first]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"process": "refunds"}, "input"),
        ({"process": "refunds", "input": []}, "input"),
        ({"process": "refunds", "input": {}, "extra": 1}, "extra"),
        ({"process": "refunds", "input": {"amount": "12 FURLONGS"}}, "amount"),
        ({"process": "refunds", "input": {"colour": "green"}}, "colour"),
        ({"process": "refunds", "input": {"at": "2026-01-01T00:00:00"}}, "at"),
        ({"process": "refunds", "input": {}, "recommendation": {"value": "pay", "confidence": 97}},
         "recommendation.confidence"),
        ({"process": "refunds", "input": {}, "recommendations": {"approve": {"value": "pay"}}},
         "recommendations.approve"),
        ({"process": "posts", "input": {"text": "x"}, "recommendation": {"value": True}}, "recommendation"),
        ({"process": "refunds", "input": {}, "key": ""}, "key"),
        ({"process": "refunds", "input": {}, "key": "k" * 201}, "key"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(sqlite: Served, body: dict[str, Any], where: str) -> None:
    problem = refused(sqlite.call(SHOP, "POST", "/cases", json=body), 422, "invalid-input")
    assert where in [fault["where"] for fault in problem["faults"]]


# Reading


def test_a_case_tells_everything(place: Served) -> None:
    made = place.refund(recommendation={
        "value": "pay", "confidence": 0.8, "reasons": ["the parcel was lost"],
        "alternatives": [{"value": "reject", "because": "bought long ago", "confidence": 0.1}],
    })  # fmt: skip
    response = place.call(RITA, "GET", f"/cases/{made['id']}")
    case = response.json()
    assert response.headers["etag"] == f'"{case["rev"]}"'
    assert case["facts"]["amount"] == {"amount": "40", "currency": "EUR"}
    waiting = case["waiting"]
    assert (waiting["person"], waiting["level"], waiting["kind"]) == (RITA, "review", "decide")
    assert waiting["recommendation"]["reasons"] == ["the parcel was lost"]
    assert waiting["values"] == ["pay", "reject"]
    assert waiting["reason_categories"] == ["damaged", "never-arrived", "other"]
    assert {one["verdict"] for one in waiting["verdicts"]} == {"approve", "reject", "edit", "ask", "escalate"}
    assert waiting["editable"]["amount"] == "money"
    unchanged = place.call(
        RITA, "GET", f"/cases/{made['id']}", headers={"If-None-Match": response.headers["etag"]}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_who_may_not_see_a_case_learns_nothing(place: Served) -> None:
    case = place.refund()["id"]
    for path in (f"/cases/{case}", f"/cases/{case}/events"):
        refused(place.call(STRANGER, "GET", path), 404, "not-found")
        assert place.call(SHOP, "GET", path).status_code == 200
        assert place.call(AUDITOR, "GET", path).status_code == 200
    refused(place.verdict(STRANGER, case), 404, "not-found")
    refused(place.call(STRANGER, "POST", f"/cases/{case}/claim"), 404, "not-found")
    refused(place.call(STRANGER, "POST", f"/cases/{case}/outcome", json={"correct": True}), 404, "not-found")
    refused(place.call(STRANGER, "POST", f"/cases/{case}/answer", json={"answer": "x"}), 404, "not-found")
    refused(place.call(STRANGER, "POST", f"/cases/{case}/actions/pay_back/undo"), 404, "not-found")
    assert place.get(STRANGER, "/cases")["cases"] == []


def test_a_person_who_decides_alone_does_not_see_the_answer_of_the_ai(place: Served) -> None:
    brought = {"is_spam": {"value": True, "confidence": 0.9}, "stars": {"value": 4, "confidence": 0.6}}
    body = {"process": "posts", "input": {"text": "buy now"}, "recommendations": brought}
    case = place.call(SHOP, "POST", "/cases", json=body, params={"wait": "true"}).json()
    assert case["route"]["level"] == "human"
    shown = place.get(STRANGER, f"/cases/{case['id']}")
    assert shown["waiting"]["values"] == [True, False]
    assert not shown["waiting"]["recommendation"]
    assert shown["judgements"][0]["recommendation"] == {}
    recommended = [
        event
        for event in place.get(STRANGER, f"/cases/{case['id']}/events")["events"]
        if event["kind"] == "recommended"
    ]
    assert recommended[0]["body"] == {"point": "is_spam", "round": 1, "withheld": True}
    # an edit opens a round in which it is decided alone again: what was said before it stays hidden, too
    place.verdict(STRANGER, case["id"], "edit", reason="", fields={"text": "buy later"})
    place.run()
    shown = place.get(STRANGER, f"/cases/{case['id']}")
    assert (shown["round"], shown["route"]["level"]) == (2, "human")
    hidden = [one for one in shown["judgements"] if one["point"] == "is_spam"]
    assert [one["recommendation"] for one in hidden] == [{}, {}]
    events = place.get(STRANGER, f"/cases/{case['id']}/events")["events"]
    assert all(e["body"].get("withheld") for e in events if e["kind"] == "recommended")
    place.verdict(STRANGER, case["id"], reason="", value=False)
    place.run()
    shown = place.get(STRANGER, f"/cases/{case['id']}")
    assert shown["waiting"]["recommendation"]["value"] == 4.0
    assert shown["waiting"]["values"] is None


def test_lists_go_page_by_page(place: Served) -> None:
    ids = [place.refund(amount=f"{n} EUR")["id"] for n in range(1, 8)]
    ids += [place.refund(confidence=0.95)["id"]]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = place.get(RITA, "/cases", params={"limit": "3", **cursor})
        seen += [case["id"] for case in page["cases"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ids[::-1]
    done = place.get(RITA, "/cases", params={"state": "done", "process": "refunds"})
    assert [case["id"] for case in done["cases"]] == ids[-1:]
    first = place.get(RITA, "/inbox", params={"limit": "2"})
    rest = place.get(RITA, "/inbox", params={"cursor": first["next"]})
    mine = [item["case"]["id"] for item in first["items"] + rest["items"]]
    sams = [item["case"]["id"] for item in place.get(SAM, "/inbox")["items"]]
    assert sorted(mine + sams) == sorted(ids[:-1])


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "x"}, {"cursor": "AAAA"}, {"cursor": "W10"}, {"cursor": "e" * 400}, {"limit": "0"},
        {"limit": "many"}, {"state": "lost"}, {"proces": "refunds"}, {"process": "Refunds\x00"},
    ],
)  # fmt: skip
def test_a_list_asked_wrongly(sqlite: Served, params: dict[str, str]) -> None:
    refused(sqlite.call(RITA, "GET", "/cases", params=params), 422, "invalid-input")


# Deciding


def test_the_loser_learns_who_won(place: Served) -> None:
    case = place.refund()
    seen = place.call(RITA, "GET", f"/cases/{case['id']}").headers["etag"]
    won = place.verdict(RITA, case["id"], headers={"If-Match": seen})
    assert won.status_code == 200, won.text
    assert won.json()["verdict"]["override"] is False
    assert won.headers["etag"] != seen
    problem = refused(place.verdict(SAM, case["id"], headers={"If-Match": seen}), 409, "conflict")
    assert (problem["winner"], problem["verdict"]) == (RITA, "approve")


def test_a_stale_page_is_a_conflict_without_a_winner(place: Served) -> None:
    case = place.refund()
    stale = f'"{case["rev"]}"'
    assert place.call(SAM, "POST", f"/cases/{case['id']}/claim").json()["case"]["owner"] == SAM
    problem = refused(place.verdict(RITA, case["id"], headers={"If-Match": stale}), 409, "conflict")
    assert "winner" not in problem
    assert "changed" in problem["detail"]
    refused(place.verdict(RITA, case["id"], round=2), 409, "conflict")
    refused(place.verdict(RITA, case["id"], shown="0" * 64), 409, "conflict")
    refused(place.verdict(RITA, case["id"], headers={"If-Match": "soon"}), 422, "invalid-input")
    assert place.verdict(RITA, case["id"], headers={"If-Match": "*"}).status_code == 200


def test_authority_is_checked(place: Served) -> None:
    case = place.refund(amount="600 EUR")
    problem = refused(place.verdict(SAM, case["id"]), 403, "forbidden")
    assert problem["detail"] == f"This case is beyond what {SAM} may decide, and {RITA} has it"
    address = f"/cases/{case['id']}"
    assert refused(place.call(SAM, "GET", address), 403, "forbidden")["detail"] == problem["detail"]
    described = place.call(None, "GET", "/openapi.json").json()["paths"]["/api/v1/cases/{case_id}"]["get"]
    assert "403" in described["responses"]
    refused(place.verdict(AUDITOR, case["id"]), 403, "forbidden")
    refused(place.verdict(SHOP, case["id"]), 403, "forbidden")
    assert place.get(OWNER, f"/cases/{case['id']}")["state"] == "waiting"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"verdict": "maybe"}, "verdict"),
        ({"reason": "because"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"value": "perhaps"}, "value"),
        ({"verdict": "edit"}, "fields"),
        ({"verdict": "edit", "fields": {"colour": 7}}, "colour"),
        ({"verdict": "edit", "fields": {"title": "x"}}, "title"),
        ({"verdict": "ask"}, "question"),
        ({"verdict": "ask", "question": "?", "to": "nobody"}, "to"),
        ({"vlaue": "pay"}, "vlaue"),
        ({"note": "x" * 20_001}, "note"),
        ({"note": "\x00"}, "the body"),
    ],
)
def test_a_verdict_that_does_not_fit(sqlite: Served, given: dict[str, Any], where: str) -> None:
    case = sqlite.refund()["id"]
    problem = refused(sqlite.verdict(RITA, case, **{"verdict": "approve", **given}), 422, "invalid-input")
    assert [fault["where"] for fault in problem["faults"]] == [where]
    assert sqlite.get(RITA, f"/cases/{case}")["state"] == "waiting"


def test_a_question_and_its_answer(place: Served) -> None:
    case = place.refund()["id"]
    path = f"/cases/{case}/answer"
    asked = place.verdict(RITA, case, "ask", question="Which parcel?").json()
    assert (asked["case"]["state"], asked["case"]["owner"]) == ("asking", OWNER)
    assert [item["waiting"]["question"] for item in place.get(OWNER, "/inbox")["items"]] == ["Which parcel?"]
    refused(place.verdict(RITA, case), 409, "conflict")
    refused(place.call(SAM, "POST", path, json={"answer": "x"}), 403, "forbidden")
    refused(place.call(OWNER, "POST", path, json={"answer": " "}), 422, "invalid-input")
    key = {"Idempotency-Key": "told"}
    told = place.call(OWNER, "POST", path, json={"answer": "The blue one"}, headers=key)
    assert (told.json()["case"]["state"], told.json()["case"]["owner"]) == ("waiting", RITA)
    again = place.call(OWNER, "POST", path, json={"answer": "The blue one"}, headers=key)
    assert again.content == told.content
    assert [one["answer"] for one in place.get(RITA, f"/cases/{case}")["exchange"]] == ["The blue one"]


def test_taking_an_action_back(place: Served) -> None:
    case = place.refund(confidence=0.95)["id"]
    undone = place.call(RITA, "POST", f"/cases/{case}/actions/pay_back/undo")
    assert undone.json()["action"]["state"] == "planned", undone.text
    place.run()
    states = {one["key"]: one["state"] for one in place.get(RITA, f"/cases/{case}")["actions"]}
    assert states == {f"{case}:pay_back:1": "undone", f"{case}:pay_back:1:undo": "done"}
    refused(place.call(RITA, "POST", f"/cases/{case}/actions/pay_back/undo"), 409, "conflict")
    refused(place.call(RITA, "POST", f"/cases/{case}/actions/fly/undo"), 404, "not-found")


@pytest.mark.parametrize(
    ("given", "correct", "value"),
    [
        ({"correct": True}, True, None),
        ({"value": "pay"}, True, "pay"),
        ({"value": "reject", "note": "it was fraud"}, False, "reject"),
        ({"value": "reject", "correct": False}, False, "reject"),
    ],
)
def test_outcomes_are_added(place: Served, given: dict[str, Any], correct: bool, value: Any) -> None:
    case = place.refund(confidence=0.95)["id"]
    answer = place.call(SHOP, "POST", f"/cases/{case}/outcome", json=given).json()
    assert (answer["outcome"]["correct"], answer["outcome"]["value"]) == (correct, value)
    second = place.call(OWNER, "POST", f"/cases/{case}/outcome", json={"correct": False}).json()
    assert second["outcome"]["serial"] == 2
    assert [one["by"] for one in place.get(OWNER, f"/cases/{case}")["outcomes"]] == [SHOP, OWNER]
    assert [e["kind"] for e in place.get(OWNER, f"/cases/{case}/events")["events"]][-2:] == ["outcome"] * 2


def test_an_outcome_that_does_not_fit(place: Served) -> None:
    open_case, done = place.refund()["id"], place.refund(confidence=0.95)["id"]
    path = f"/cases/{done}/outcome"
    refused(place.call(SHOP, "POST", f"/cases/{open_case}/outcome", json={"correct": True}), 409, "conflict")
    refused(place.call(SHOP, "POST", path, json={}), 422, "invalid-input")
    refused(place.call(SHOP, "POST", path, json={"value": "maybe"}), 422, "invalid-input")
    refused(place.call(SHOP, "POST", path, json={"value": "pay", "correct": False}), 422, "invalid-input")
    refused(place.call(AUDITOR, "POST", path, json={"correct": True}), 403, "forbidden")


@pytest.mark.parametrize("what", ["verdict", "claim", "outcome", "undo", "reassign", "priority"])
def test_a_repeated_request_gets_the_same_answer(place: Served, what: str) -> None:
    case = place.refund(confidence=0.95 if what in ("outcome", "undo") else 0.8)["id"]
    path, body = {
        "verdict": (f"/cases/{case}/verdict", {"verdict": "approve", "reason": "damaged"}),
        "claim": (f"/cases/{case}/claim", None),
        "reassign": (f"/cases/{case}/reassign", {"to": SAM}),
        "priority": (f"/cases/{case}/priority", {"priority": "urgent", "note": "they wait"}),
        "outcome": (f"/cases/{case}/outcome", {"correct": True}),
        "undo": (f"/cases/{case}/actions/pay_back/undo", None),
    }[what]
    key = {"Idempotency-Key": "only once"}
    first = place.call(OWNER, "POST", path, json=body, headers=key)
    place.run()
    again = place.call(OWNER, "POST", path, json=body, headers=key)
    assert first.status_code == again.status_code == 200, first.text + again.text
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (
        None,
        "true",
    )
    events = place.get(OWNER, f"/cases/{case}/events")["events"]
    told = {
        "claim": "claimed",
        "undo": "undo_requested",
        "reassign": "reassigned",
        "priority": "prioritised",
    }
    kind = told.get(what, what)
    assert [event["kind"] for event in events].count(kind) == (0 if what == "claim" and not events else 1)
    if body is not None:
        other = place.call(OWNER, "POST", path, json={**body, "note": "more"}, headers=key)
        refused(other, 409, "key-reused")


def test_a_key_belongs_to_a_person_and_a_route(place: Served) -> None:
    one, two = place.refund()["id"], place.refund()["id"]
    key = {"Idempotency-Key": "same words"}
    assert place.verdict(RITA, one, headers=key).status_code == 200
    assert place.verdict(RITA, two, headers=key).status_code == 200
    refused(place.verdict(SAM, one, headers=key), 409, "conflict")


@pytest.mark.parametrize("key", ["", "k" * 201, "caf\xe9", "tab\there"])
def test_a_key_that_cannot_be_used(sqlite: Served, key: str) -> None:
    sent = sqlite.call(
        SHOP, "POST", "/cases", json=REFUND, headers={"Idempotency-Key": key.encode("latin-1")}
    )
    refused(sent, 422, "invalid-input")


# Who calls


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer sh_wrong", "Basic dTpw", "Bearer " + "x" * 999]
)
def test_an_unknown_caller_is_told_how_to_call(sqlite: Served, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    for method, path in (("GET", "/cases"), ("POST", "/cases"), ("GET", "/processes")):
        response = sqlite.call(None, method, path, headers=headers)
        assert refused(response, 401, "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_the_caller_is_looked_up_before_the_body_is_read(sqlite: Served) -> None:
    response = sqlite.call(None, "POST", "/cases", content=b"{" * 1_000_000)
    refused(response, 401, "unauthenticated")


def test_keys_end(place: Served) -> None:
    refused(place.call("gone.reviewer", "GET", "/cases"), 401, "unauthenticated")
    assert place.call(RITA, "GET", "/cases").status_code == 200
    access.revoke_keys(place.surehand.context, RITA, by="bo.builder")
    refused(place.call(RITA, "GET", "/cases"), 401, "unauthenticated")


def test_a_browser_calls_with_its_session(place: Served) -> None:
    token, session = access.sign_in_as(place.surehand.context, RITA)
    cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
    case = place.refund()["id"]
    assert place.call(None, "GET", f"/cases/{case}", headers=cookie).status_code == 200
    refused(place.call(None, "POST", f"/cases/{case}/claim", headers=cookie), 403, "forbidden")
    wrong = {**cookie, CSRF_HEADER: "0" * len(session.csrf)}
    refused(place.call(None, "POST", f"/cases/{case}/claim", headers=wrong), 403, "forbidden")
    right = {**cookie, CSRF_HEADER: session.csrf}
    assert place.call(None, "POST", f"/cases/{case}/claim", headers=right).status_code == 200


# Requests that are none


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nope", b'{"process": NaN}', b'{"process": Infinity}', b"\xff\xfe{}", b"[" * 200_000,
        b'{"a":' * 50_000, b'{"n": ' + b"9" * 5_000 + b"}", b"\x00", b'"text"', b"[]", b"null",
    ],
)  # fmt: skip
def test_a_body_that_is_none_of_ours(sqlite: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/cases", "/cases/batch"):
        response = sqlite.call(SHOP, "POST", path, content=body, headers=headers)
        assert response.status_code in (400, 422), response.text
        assert response.json()["detail"]
        assert len(response.content) < 2_000


def test_deep_input_is_refused(sqlite: Served) -> None:
    deep: Any = "x"
    for _ in range(80):
        deep = [deep]
    refused(
        sqlite.call(SHOP, "POST", "/cases", json={"process": "refunds", "input": {"note": deep}}),
        422,
        "invalid-input",
    )


def test_only_json_is_taken(sqlite: Served) -> None:
    form = sqlite.call(SHOP, "POST", "/cases", data={"process": "refunds"})
    refused(form, 415, "unsupported-media-type")


def test_a_large_body_is_refused_before_it_is_read(sqlite: Served) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(LARGEST_BODY + 1)}
    refused(sqlite.call(SHOP, "POST", "/cases", content=b"{}", headers=headers), 413, "too-large")

    def endless() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 1_000_000 + 2):
            yield b" " * 1_000_000

    streamed = sqlite.call(
        SHOP, "POST", "/cases", content=endless(), headers={"Content-Type": "application/json"}
    )
    refused(streamed, 413, "too-large")


def test_a_large_case_below_the_limit(sqlite: Served) -> None:
    lines = [{"text": "x" * 1_000, "box": [0, n, 10, n + 1]} for n in range(400)]
    body = {"process": "refunds", "input": {"customer": "C", "document": {"pages": [{"lines": lines}]}}}
    made = sqlite.call(SHOP, "POST", "/cases", json=body)
    assert made.status_code == 201, made.text[:500]
    assert sqlite.get(SHOP, f"/cases/{made.json()['id']}")["has_document"] is True


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/nowhere", "/cases/", "/cases/ref-1/nothing", "/%00", "/cases/%00"])
def test_addresses_that_are_none(sqlite: Served, method: str, path: str) -> None:
    response = sqlite.call(RITA, method, path)
    assert response.status_code in (404, 405), response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_methods_that_are_none(sqlite: Served) -> None:
    response = sqlite.call(RITA, "DELETE", "/cases")
    refused(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET, POST"
    head = sqlite.call(RITA, "HEAD", "/cases")
    assert (head.status_code, head.headers["allow"], head.content) == (405, "GET, POST", b"")


def test_a_fault_of_ours_says_nothing_but_its_number(
    sqlite: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("password is hunter2")

    monkeypatch.setattr("surehand.web.api.consult.newest", broken)
    problem = refused(sqlite.call(RITA, "GET", "/cases"), 500, "unexpected")
    assert "hunter2" not in str(problem)
    number = problem["detail"].rpartition(" ")[2]
    assert number in caplog.text


def test_a_database_that_is_gone(sqlite: Served) -> None:
    key = sqlite.keys[RITA]
    sqlite.surehand.context.db.close()
    response = sqlite.http.post("/api/v1/cases", json=REFUND, headers={"Authorization": f"Bearer {key}"})
    refused(response, 503, "stopped")
    assert response.headers["retry-after"] == "1"


# The server itself


def test_health(place: Served) -> None:
    place.call(SHOP, "POST", "/cases", json=REFUND)
    idle = place.call(None, "GET", "/health")
    assert idle.status_code == 503
    assert idle.json()["database"] is True
    assert idle.json()["oldest_due_seconds"] >= 0
    assert idle.json()["dispatcher"]["running"] is False
    place.surehand.start()
    running = place.call(None, "GET", "/health")
    assert (running.status_code, running.json()["status"]) == (200, "ok")


def test_processes_describe_their_forms(sqlite: Served) -> None:
    posts, refunds = sqlite.get(SHOP, "/processes")["processes"]
    assert refunds["fields"]["colour"] == {
        "type": "text", "required": False, "choices": ["red", "blue"], "about": "",
    }  # fmt: skip
    assert refunds["points"][0]["provider"] == "external"
    assert [point["kind"] for point in posts["points"]] == ["yes_no", "number"]
    assert refunds["actions"] == ["pay_back"]


def test_the_description(sqlite: Served) -> None:
    described = sqlite.http.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert len({op["operationId"] for op in operations}) == len(operations) == 50
    for operation in operations:
        assert operation["tags"]
        assert operation["description"]
    verdict = described["paths"]["/api/v1/cases/{case_id}/verdict"]["post"]
    assert {"400", "401", "403", "404", "409", "413", "415", "422"} <= set(verdict["responses"])
    assert list(verdict["responses"]["409"]["content"]) == ["application/problem+json"]
    assert {"Idempotency-Key", "If-Match"} <= {one["name"] for one in verdict["parameters"]}
    assert verdict["security"]
    for names in described["components"].values():
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


def test_answers_fit_the_description(sqlite: Served) -> None:
    described = sqlite.http.get("/api/v1/openapi.json").json()
    case = sqlite.refund()["id"]
    sqlite.verdict(RITA, case, "reject")
    sqlite.run()
    for path, name in (("", "CaseDetail"), ("/events", "Events")):
        answer = sqlite.get(RITA, f"/cases/{case}{path}")
        Draft202012Validator({**described, "$ref": f"#/components/schemas/{name}"}).validate(answer)
    problem = sqlite.verdict(SAM, case).json()
    Draft202012Validator({**described, "$ref": "#/components/schemas/Problem"}).validate(problem)


def test_every_state_can_be_asked_for(sqlite: Served) -> None:
    for state in CaseState:
        assert sqlite.get(RITA, "/cases", params={"state": state})["cases"] == []


def test_json_is_strict() -> None:
    assert strict_json(b'{"a": [1, 2.5, "\\u00e9", null]}') == {"a": [1, 2.5, "é", None]}
    for bad in (b"NaN", b"[-Infinity]", b"\xc3", b"{'a': 1}", b"[1,]", b"\xef\xbb\xbf{}"):
        with pytest.raises(ValueError, match="The body is not"):
            strict_json(bad)
