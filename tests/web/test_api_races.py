"""Many at once over HTTP: of several verdicts one wins, and one key is one request."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.served import OWNER, RITA, SAM, SHOP, Served, listening, served

THREADS = 8


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        yield found


@pytest.fixture
def together() -> Iterator[Callable[[list[Callable[[], Any]]], list[Any]]]:
    """Runs functions at the same moment."""
    with ThreadPoolExecutor(THREADS) as pool:

        def run(calls: list[Callable[[], Any]]) -> list[Any]:
            start = threading.Barrier(len(calls))
            return list(pool.map(lambda call: (start.wait(), call())[1], calls))

        yield run


@pytest.fixture
def post(place: Served) -> Iterator[Callable[..., httpx.Response]]:
    with listening(place.app) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=60) as http:

        def send(person: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
            signed = {"Authorization": f"Bearer {place.keys[person]}", **headers}
            return http.post(path, json=body, headers=signed)

        yield send


@pytest.mark.parametrize("races", [40, pytest.param(150, marks=pytest.mark.long)])
def test_exactly_one_verdict_wins(place: Served, post: Any, together: Any, races: int) -> None:
    brought = {"value": "pay", "confidence": 0.8}
    items = [
        {"process": "refunds", "input": {"customer": str(n), "amount": "1 EUR"}, "recommendation": brought}
        for n in range(races)
    ]
    made = post(SHOP, "/cases/batch", {"submissions": items}).json()["results"]
    place.run()
    people = [OWNER, RITA, SAM]

    def decide(case: str, number: int) -> tuple[str, httpx.Response]:
        body = {"verdict": ("approve", "reject")[number % 2], "reason": "damaged", "note": str(number)}
        return people[number % 3], post(people[number % 3], f"/cases/{case}/verdict", body)

    for item in made:
        answers = together([partial(decide, item["case"]["id"], number) for number in range(THREADS)])
        statuses = Counter(response.status_code for _, response in answers)
        assert statuses == {200: 1, 409: THREADS - 1}, [response.text for _, response in answers]
        (winner,) = [person for person, response in answers if response.status_code == 200]
        assert {r.json()["winner"] for _, r in answers if r.status_code == 409} == {winner}
    place.run()
    for item in made:
        shown = place.get(OWNER, f"/cases/{item['case']['id']}")
        assert shown["state"] == "done"
        assert len(shown["verdicts"]) == 1
        assert len(shown["actions"]) == (1 if shown["verdicts"][0]["kind"] == "approve" else 0)


def test_the_same_key_at_once_is_one_case(post: Any, together: Any) -> None:
    for number in range(30):
        body = {"process": "refunds", "input": {"customer": "C", "amount": "1 EUR"}, "key": f"order {number}"}
        answers = together([partial(post, SHOP, "/cases", body)] * THREADS)
        assert Counter(one.status_code for one in answers) == {201: 1, 200: THREADS - 1}
        assert len({one.json()["id"] for one in answers}) == 1


def test_the_same_key_with_different_bodies_is_one_case(post: Any, together: Any) -> None:
    for number in range(20):
        key = {"Idempotency-Key": f"order {number}"}
        bodies = [{"process": "refunds", "input": {"customer": str(n)}} for n in range(THREADS)]
        answers = together([partial(post, SHOP, "/cases", body, **key) for body in bodies])
        assert Counter(one.status_code for one in answers) == {201: 1, 409: THREADS - 1}


def test_a_verdict_repeated_at_once_is_given_once(place: Served, post: Any, together: Any) -> None:
    body = {"verdict": "approve", "reason": "damaged"}
    for number in range(30):
        case, key = place.refund()["id"], {"Idempotency-Key": f"verdict {number}"}
        answers = together([partial(post, RITA, f"/cases/{case}/verdict", body, **key)] * THREADS)
        assert {one.status_code for one in answers} == {200}, [one.text for one in answers]
        assert len({one.content for one in answers}) == 1
        assert len(place.get(RITA, f"/cases/{case}")["verdicts"]) == 1


def test_outcomes_at_once_are_all_kept(place: Served, post: Any, together: Any) -> None:
    path = f"/cases/{place.refund(confidence=0.95)['id']}"
    say = partial(post, SHOP, f"{path}/outcome")
    calls = [partial(say, {"correct": True, "note": str(n)}) for n in range(4)]
    repeated = [partial(say, {"correct": False}, **{"Idempotency-Key": "one"})] * 4
    answers = together([*calls, *repeated])
    assert {one.status_code for one in answers} == {200}, [one.text for one in answers]
    outcomes = place.get(RITA, path)["outcomes"]
    assert [one["serial"] for one in outcomes] == [1, 2, 3, 4, 5]
    assert Counter(one["correct"] for one in outcomes) == {True: 4, False: 1}
