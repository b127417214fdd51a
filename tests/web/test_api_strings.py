"""Every hostile string in every field gives a clear 4xx or a case, never a fault of ours."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.served import OWNER, RITA, SHOP, Served, served

#: Strings that the data set leaves out, because a JSON file cannot hold them or a database may not.
_MORE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\ufffe",
    "\U0010ffff",
    "x" * 30_000,
    "\r\n",
    " ",
    "\u202e",
]

_FIELDS = ("customer", "amount", "note", "count", "share", "vip", "bought", "at", "tags", "colour")


@pytest.fixture
def strings(shared_data: Callable[[str], Path]) -> list[str]:
    found: list[str] = json.loads((shared_data("naughty_strings") / "blns.json").read_text("utf-8"))
    assert len(found) > 300
    return [*found, *_MORE]


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        yield found


def clear(answer: Any, status: int) -> bool:
    """Taken, or refused with a reason; True when taken."""
    if status < 400:
        return True
    assert 400 <= status < 500, answer
    assert answer["detail"], answer
    assert answer["type"].startswith("/problems/")
    return False


def test_in_every_field_of_a_submission(place: Served, strings: list[str]) -> None:
    items: list[dict[str, Any]] = []
    for text in strings:
        items += [
            {"process": "refunds", "input": {"customer": "C", "amount": "1 EUR", field: text}}
            for field in _FIELDS
        ]
        lines = [{"text": text, "box": [0, 0, 1, 1]}]
        items += [
            {"process": text, "input": {}},
            {"process": "refunds", "input": {text: "x"}},
            {"process": "refunds", "input": {"customer": "K"}, "key": text},
            {"process": "refunds", "input": {}, "recommendation": {"value": text, "confidence": 0.8}},
            {"process": "refunds", "input": {}, "recommendation": {"value": "pay", "reasons": [text]}},
            {"process": "refunds", "input": {}, "recommendation": {"value": "pay", "source": text}},
            {"process": "refunds", "input": {}, "recommendation": {"value": "pay", "signals": {text: 0.5}}},
            {"process": "refunds", "input": {}, "recommendations": {text: {"value": "pay"}}},
            {"process": "refunds", "input": {"document": {"pages": [{"lines": lines}]}}},
            {"process": "refunds", "input": {"document": text}},
            {"process": "refunds", "input": text},
            {"process": "refunds", text: 1},
            text,  # type: ignore[list-item]  # not an object at all
        ]  # fmt: skip
    taken = 0
    for start in range(0, len(items), 1_000):
        response = place.call(
            SHOP, "POST", "/cases/batch", json={"submissions": items[start : start + 1_000]}
        )
        assert response.status_code == 200, response.text[:2_000]
        for result in response.json()["results"]:
            taken += clear(result["problem"], result["status"])
    assert taken > 3 * len(strings)
    place.run()
    listed: dict[str, int] = {}
    for case in place.get(OWNER, "/cases", params={"limit": "200"})["cases"]:
        listed[case["state"]] = listed.get(case["state"], 0) + 1
    assert listed == {"waiting": 200}


def test_alone_and_in_headers_and_addresses(place: Served, strings: list[str]) -> None:
    for text in strings[::7] + _MORE:
        body = {"process": "refunds", "input": {"customer": text}, "wait": True}
        response = place.call(SHOP, "POST", "/cases", json=body)
        if clear(response.json(), response.status_code):
            assert place.get(OWNER, f"/cases/{response.json()['id']}")["facts"]["customer"] in (text, None)
        raw = text.replace("\r", "").replace("\n", "").encode("utf-8", "replace")
        if b"\x00" not in raw:
            for name in ("Idempotency-Key", "If-Match", "If-None-Match", "Authorization"):
                path = "/cases/ref-1/verdict" if name == "If-Match" else "/cases"
                method = "GET" if name == "If-None-Match" else "POST"
                headers = {"Authorization": f"Bearer {place.keys[SHOP]}", name: raw}
                sent = place.http.request(
                    method,
                    f"/api/v1{path}",
                    headers=headers,
                    json=None if method == "GET" else {"process": "x"},
                )
                assert sent.status_code < 500, sent.text
        for params in ({"cursor": text}, {"process": text}, {"state": text}):
            printable = {name: value.encode("utf-8", "replace") for name, value in params.items()}
            assert place.http.get(
                "/api/v1/cases", params=printable, headers={"Authorization": f"Bearer {place.keys[RITA]}"}
            ).status_code in (200, 422)  # fmt: skip


def test_in_every_field_of_a_verdict(place: Served, strings: list[str]) -> None:
    case = place.refund()["id"]
    for text in strings + _MORE:
        for given in (
            {"verdict": text}, {"value": text}, {"reason": text}, {"shown": text or "-"},
            {"fields": {text: "x"}}, {"verdict": "edit", "fields": {text: "x"}},
            {"verdict": "edit", "fields": {"count": text}},
            {"verdict": "ask", "question": "?", "to": text}, {text: "x"}, {"round": text},
        ):  # fmt: skip
            response = place.verdict(RITA, case, **{"verdict": "approve", **given})
            if clear(response.json(), response.status_code):
                case = place.refund()["id"]


def test_in_every_text_of_a_reviewer(place: Served, strings: list[str]) -> None:
    for start in range(0, len(strings), 25):
        case = place.refund()["id"]
        for text in strings[start : start + 25]:
            asked = place.verdict(RITA, case, "ask", question=text, note=text, to=OWNER)
            if clear(asked.json(), asked.status_code):
                told = place.call(OWNER, "POST", f"/cases/{case}/answer", json={"answer": text})
                assert clear(told.json(), told.status_code), text
                shown = place.get(RITA, f"/cases/{case}")
                assert shown["exchange"][-1]["question"] == shown["exchange"][-1]["answer"] == text
        noted = place.verdict(RITA, case, "reject", note=strings[start])
        assert clear(noted.json(), noted.status_code)
        for text in strings[start : start + 25]:
            for report in ({"correct": True, "note": text}, {"value": text}):
                said = place.call(SHOP, "POST", f"/cases/{case}/outcome", json=report)
                clear(said.json(), said.status_code)
