"""The HTTP client against a real server, and against one that fails."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from surehand import Alternative, Client, Money, Recommendation, SurehandError, TemporaryFailure
from surehand.connect.problems import Refused
from surehand.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotFound,
    SettingsInvalid,
    Unauthenticated,
)
from tests.served import OWNER, RITA, SAM, SHOP, STRANGER, Served, listening, served

REFUND = {"customer": "C-1", "amount": "40 EUR"}


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        found.surehand.start()
        yield found


@pytest.fixture
def client(place: Served) -> Iterator[Callable[[str], Client]]:
    """Clients of people."""
    with listening(place.app) as url:
        made: list[Client] = []

        def of(person: str) -> Client:
            made.append(Client(url, place.keys[person]))
            return made[-1]

        yield of
        for one in made:
            one.close()


def test_the_whole_way(client: Callable[[str], Client]) -> None:
    shop, rita = client(SHOP), client(RITA)
    submitted = shop.submit(
        "refunds", REFUND, key="order 7", wait=True,
        recommendations={"approve_refund": Recommendation(
            value="pay", confidence=0.8, reasons=("lost on the way",),
            alternatives=(Alternative("reject", "no photo", 0.2),),
        )},
    )  # fmt: skip
    assert (submitted.created, submitted.state) == (True, "waiting")
    assert not shop.submit("refunds", REFUND, key="order 7", recommendations={
        "approve_refund": {"value": "pay", "confidence": 0.8, "reasons": ["lost on the way"],
                           "alternatives": [{"value": "reject", "because": "no photo", "confidence": 0.2}]},
    }).created  # fmt: skip
    case = rita.case(submitted.id)
    assert [item["case"]["id"] for item in rita.inbox()] == [submitted.id]
    rita.claim(submitted.id)
    asked = rita.verdict(submitted.id, "ask", question="Which one?", to=SAM, shown=case["waiting"]["shown"])
    assert asked["case"]["state"] == "asking"
    client(SAM).answer(submitted.id, "The blue one")
    case = rita.case(submitted.id)
    given = rita.verdict(submitted.id, "approve", reason="never-arrived", rev=case["rev"])
    assert given["verdict"]["override"] is False
    with pytest.raises(Conflict, match="rita") as lost:
        client(OWNER).verdict(submitted.id, "reject", reason="damaged")
    assert lost.value.extra["winner"] == RITA
    assert "verdict" in [event["kind"] for event in rita.events(submitted.id)]
    assert rita.health()["status"] == "ok"
    assert [one["process"] for one in rita.processes()] == ["posts", "refunds"]


def test_outcome_and_undo(client: Callable[[str], Client]) -> None:
    shop = client(SHOP)
    decision = shop.decide("refunds", REFUND, recommendation="pay", confidence=0.97).wait(20)
    assert (decision.status, decision.value, decision.by, decision.level) == (
        "decided",
        "pay",
        "policy",
        "automate",
    )
    assert shop.outcome(decision.case_id, value="reject", note="fraud")["outcome"]["correct"] is False
    assert client(OWNER).undo(decision.case_id, "pay_back")["action"]["step"] == "pay_back"


def test_a_decision_that_a_person_takes(client: Callable[[str], Client]) -> None:
    shop = client(SHOP)
    decision = shop.decide("refunds", REFUND, recommendation="pay", confidence=0.5, key="k")
    assert (decision.status, decision.value, decision.decided) == ("waiting", None, False)
    assert decision.level == "assist"
    assert decision.reasons
    assert decision.url.endswith(f"/cases/{decision.case_id}")
    assert decision.wait(0.2).status == "waiting"
    client(RITA).verdict(decision.case_id, "reject", reason="other", note="no photo")
    decided = decision.wait(20)
    assert (decided.status, decided.value, decided.by) == ("decided", "reject", RITA)
    same = shop.decide("refunds", REFUND, recommendation="pay", confidence=0.5, key="k")
    assert (same.case_id, same.value) == (decision.case_id, "reject")


def test_many_at_once_with_progress(client: Callable[[str], Client]) -> None:
    shop, seen = client(SHOP), []
    items: list[dict[str, Any]] = [
        {"process": "refunds", "key": f"n{n}", "input": {"customer": str(n)}, "recommendations": {}}
        for n in range(450)
    ]
    items[3]["input"] = {"custmer": "x"}
    items[401]["process"] = "nothing"
    results = shop.submit_many(items, progress=seen.append)
    assert seen == [200, 400, 450]
    assert isinstance(results[3], InvalidInput)
    assert results[3].faults[0].suggestion == "customer"
    assert isinstance(results[401], NotFound)
    assert sum(getattr(result, "created", False) for result in results) == 448
    again = shop.submit_many(items[:10])
    assert [getattr(result, "created", None) for result in again].count(False) == 9
    assert sum(1 for _ in shop.cases(process="refunds")) == 448


def test_errors_are_what_they_were(client: Callable[[str], Client], place: Served) -> None:
    shop = client(SHOP)
    for call, kind in (
        (lambda: shop.case("ref-none"), NotFound),
        (lambda: shop.case("../processes"), NotFound),
        (lambda: shop.submit("refunds", {"customer": "C", "amount": "much"}), InvalidInput),
        (lambda: shop.submit("refunds", {"share": float("nan")}), InvalidInput),
        (lambda: shop.submit("refunds", {"customer": "\ud800"}), InvalidInput),
    ):
        with pytest.raises(kind):
            call()
    made = shop.submit("refunds", REFUND, key="cl\xe9", wait=True)
    with pytest.raises(KeyReused):
        shop.submit("refunds", {"customer": "D"}, key="cl\xe9")
    with pytest.raises(Forbidden):
        shop.verdict(made.id, "approve", reason="damaged")
    with pytest.raises(NotFound):
        client(STRANGER).case(made.id)
    place.keys["wrong"] = "sh_wrong"
    with pytest.raises(Unauthenticated):
        client("wrong").case(made.id)


@pytest.mark.parametrize(
    ("url", "key"), [("surehand.example", "sh_x"), ("http://x", ""), ("http://x", "sh_\n")]
)
def test_settings_are_checked(url: str, key: str) -> None:
    with pytest.raises(SettingsInvalid):
        Client(url, key)


class Failing(httpx.BaseTransport):
    """Answers from a list: a status, or an error to raise."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        case = {"id": "ref-1", "state": "running", "created": True}
        return httpx.Response(answer, json=case if answer < 300 else {}, headers={"Retry-After": "0"})


@pytest.fixture(autouse=True)
def _without_pauses(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "place" not in request.fixturenames:
        monkeypatch.setattr("surehand.connect.client.time.sleep", lambda _: None)


def failing(*answers: int | Exception) -> tuple[Client, Failing]:
    transport = Failing(*answers)
    return Client("http://server", "sh_key", transport=transport), transport


def test_a_repeat_carries_the_same_key() -> None:
    client, server = failing(httpx.ConnectError("no"), 503, httpx.ReadTimeout("slow"), 201)
    assert client.submit("refunds", {}).id == "ref-1"
    assert len({request.headers["Idempotency-Key"] for request in server.seen}) == 1
    assert len({request.content for request in server.seen}) == 1
    client, other = failing(201)
    client.submit("refunds", {})
    assert other.seen[0].headers["Idempotency-Key"] != server.seen[0].headers["Idempotency-Key"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    client, server = failing(status, status, 200)
    client.case("ref-1")
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 404, 409, 418, 500])
def test_what_will_not_change_is_not_asked_again(status: int) -> None:
    client, server = failing(status)
    with pytest.raises(Refused) as refused:
        client.case("ref-1")
    assert refused.value.extra["http_status"] == status
    assert len(server.seen) == 1


def test_a_server_that_never_answers() -> None:
    client, server = failing(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(TemporaryFailure, match="http://server does not answer"):
        client.case("ref-1")
    assert len(server.seen) == 4


def test_the_key_is_never_shown() -> None:
    client, _ = failing(*[httpx.ConnectError("refused")] * 4)
    assert "sh_key" not in repr(client)
    with pytest.raises(SurehandError) as error:
        client.case("ref-1")
    assert "sh_key" not in str(error.value)


def test_values_become_json() -> None:
    client, server = failing(201)
    client.submit("refunds", {"amount": "1 EUR"}, recommendations={
        "p": Recommendation(value=Money(amount=Decimal("1.50"), currency="EUR"), confidence=7.0),
    })  # fmt: skip
    assert b'"value": {"amount": "1.50", "currency": "EUR"}, "confidence": null' in server.seen[0].content


def test_a_file_is_sent_and_a_process_without_files_says_so(
    client: Callable[[str], Client], tmp_path: Path
) -> None:
    shop = client(SHOP)
    (tmp_path / "bill.pdf").write_bytes(b"%PDF-1.7 hello")
    sent = shop.send_file(tmp_path / "bill.pdf")
    assert sent == shop.send_file(b"%PDF-1.7 hello", name="bill.pdf")
    assert sent["name"] == "bill.pdf"
    with pytest.raises(InvalidInput, match="send recognised lines"):
        shop.submit("refunds", {**REFUND, "document": sent})
    with pytest.raises(NotFound, match="no model that learns"):
        client(OWNER).train("refunds")
    with pytest.raises(Forbidden):
        shop.train("refunds")
