"""Many at once over HTTP: of several verdicts one wins, and one key is one request."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.served import OWNER, RITA, SHOP, Served, listening, served

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
    made = post(
        SHOP, "/cases/batch",
        {"submissions": [
            {"process": "refunds", "input": {"customer": str(n), "amount": "1 EUR"},
             "recommendation": {"value": "pay", "confidence": 0.8}} for n in range(races)
        ]},
    ).json()["results"]  # fmt: skip
    place.run()
    people = [OWNER, RITA, "sam.reviewer"]
    for item in made:
        case = item["case"]["id"]
        answers = together(
            [
                lambda n=n: (
                    people[n % 3],
                    post(people[n % 3], f"/cases/{case}/verdict",
                         {"verdict": ("approve", "reject")[n % 2], "reason": "damaged", "note": str(n)}),
                )  # fmt: skip
                for n in range(THREADS)
            ]
        )
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
        answers = together([lambda body=body: post(SHOP, "/cases", body)] * THREADS)
        assert Counter(one.status_code for one in answers) == {201: 1, 200: THREADS - 1}
        assert len({one.json()["id"] for one in answers}) == 1


def test_the_same_key_with_different_bodies_is_one_case(post: Any, together: Any) -> None:
    for number in range(20):
        calls = [
            lambda n=n: post(
                SHOP, "/cases", {"process": "refunds", "input": {"customer": str(n)}},
                **{"Idempotency-Key": f"order {number}"},
            )  # fmt: skip
            for n in range(THREADS)
        ]
        answers = together(calls)
        assert Counter(one.status_code for one in answers) == {201: 1, 409: THREADS - 1}


def test_a_verdict_repeated_at_once_is_given_once(place: Served, post: Any, together: Any) -> None:
    for number in range(30):
        case = place.refund()["id"]
        body = {"verdict": "approve", "reason": "damaged"}
        key = {"Idempotency-Key": f"verdict {number}"}
        answers = together([lambda case=case, key=key: post(RITA, f"/cases/{case}/verdict", body, **key)] * THREADS)
        assert {one.status_code for one in answers} == {200}, [one.text for one in answers]
        assert len({one.content for one in answers}) == 1
        assert len(place.get(RITA, f"/cases/{case}")["verdicts"]) == 1


def test_outcomes_at_once_are_all_kept(place: Served, post: Any, together: Any) -> None:
    case = place.refund(confidence=0.95)["id"]
    calls = [lambda n=n: post(SHOP, f"/cases/{case}/outcome", {"correct": True, "note": str(n)}) for n in range(4)]
    repeated = [lambda: post(SHOP, f"/cases/{case}/outcome", {"correct": False}, **{"Idempotency-Key": "one"})] * 4
    answers = together([*calls, *repeated])
    assert {one.status_code for one in answers} == {200}, [one.text for one in answers]
    outcomes = place.get(RITA, f"/cases/{case}")["outcomes"]
    assert [one["serial"] for one in outcomes] == [1, 2, 3, 4, 5]
    assert Counter(one["correct"] for one in outcomes) == {True: 4, False: 1}
