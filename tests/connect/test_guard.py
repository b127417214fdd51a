"""A guard around a function."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pydantic import BaseModel

from surehand import Client, Money, Recommendation, guard
from surehand.errors import InvalidInput, SettingsInvalid
from tests.served import SHOP, listening, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("guard")
    with (
        served(folder / "place", f"sqlite:///{folder / 'surehand.db'}") as place,
        listening(place.app) as url,
    ):
        yield url, place.keys[SHOP]


@pytest.fixture
def client(server: tuple[str, str]) -> Iterator[Client]:
    with Client(*server) as client:
        yield client


def sure(customer: str, amount: Money, bought: dt.date | None = None) -> tuple[str, float]:
    """Pay small sums."""
    return ("pay", 0.99) if amount.amount < 100 else ("reject", 0.6)


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_a_pair_is_a_recommendation_with_its_confidence(client: Client) -> None:
    guarded = guard(sure, process="refunds", client=client)
    decision = guarded("C-1", euros("12.50"), bought=dt.date(2026, 3, 1))
    assert (decision.status, decision.value, decision.level) == ("decided", "pay", "automate")
    case = client.case(decision.case_id)
    assert case["facts"]["amount"] == {"amount": "12.50", "currency": "EUR"}
    assert case["facts"]["bought"] == "2026-03-01"
    assert guarded("C-1", euros("900")).status == "waiting"
    assert (guarded.__name__, guarded.__doc__, guarded.function) == ("sure", "Pay small sums.", sure)


def test_a_value_alone_goes_to_a_person(client: Client) -> None:
    decision = guard(lambda customer: "pay", process="refunds", client=client)("C-1")
    assert (decision.status, decision.level) == ("waiting", "assist")
    shown = client.case(decision.case_id)["waiting"]["recommendation"]
    assert (shown["value"], shown["confidence"]) == ("pay", None)


@pytest.mark.parametrize("confidence", [float("nan"), float("inf"), -1, 97, None, "high"])
def test_an_impossible_confidence_counts_as_none(client: Client, confidence: object) -> None:
    decision = guard(lambda customer: ("pay", confidence), process="refunds", client=client)("C-1")
    assert decision.status == "waiting"


def test_a_recommendation_brings_its_reasons(client: Client) -> None:
    @guard(process="refunds", client=client)
    def careful(customer: str) -> Recommendation[str]:
        return Recommendation(value="pay", confidence=0.8, reasons=("a good customer",))

    shown = client.case(careful("C-1").case_id)["waiting"]["recommendation"]
    assert shown["reasons"] == ["a good customer"]


def test_models_and_dataclasses_bring_their_fields(client: Client) -> None:
    class Order(BaseModel):
        customer: str
        count: int

    @dataclass
    class Visit:
        tags: list[str]
        vip: bool

    def of_models(order: Order, visit: Visit) -> tuple[str, float]:
        return "pay", 0.5

    decision = guard(of_models, process="refunds", client=client)(
        Order(customer="C", count=2), Visit(["a"], True)
    )
    facts = client.case(decision.case_id)["facts"]
    assert (facts["customer"], facts["count"], facts["tags"], facts["vip"]) == ("C", 2, ["a"], True)


def test_the_same_key_is_the_same_decision(client: Client) -> None:
    calls: list[str] = []

    def counted(customer: str) -> tuple[str, float]:
        calls.append(customer)
        return "pay", 0.95

    guarded = guard(counted, process="refunds", client=client, key=lambda customer: f"guard {customer}")
    assert guarded("A").case_id == guarded("A").case_id != guarded("B").case_id
    assert calls == ["A", "A", "B"]


def test_what_the_function_raises_is_raised_and_nothing_sent(client: Client) -> None:
    def broken(customer: str) -> str:
        raise KeyError(customer)

    before = sum(1 for _ in client.cases())
    with pytest.raises(KeyError):
        guard(broken, process="refunds", client=client)("C-1")
    with pytest.raises(TypeError):
        guard(sure, process="refunds", client=client)("C-1")
    assert sum(1 for _ in client.cases()) == before


def test_arguments_that_are_no_fields_are_named(client: Client) -> None:
    with pytest.raises(InvalidInput) as error:
        guard(lambda custmer: "pay", process="refunds", client=client)("C")
    assert error.value.faults[0].suggestion == "customer"


def test_a_client_of_its_own(server: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = guard(sure, process="refunds")
    monkeypatch.delenv("SUREHAND_URL", raising=False)
    with pytest.raises(SettingsInvalid, match="SUREHAND_URL"):
        guarded("C", euros("1"))
    monkeypatch.setenv("SUREHAND_URL", server[0])
    monkeypatch.setenv("SUREHAND_API_KEY", server[1])
    with guarded as opened:
        assert opened("C", euros("1")).value == "pay"
