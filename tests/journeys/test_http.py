"""The main job over HTTP, as a program meets it: cases come in, people decide, actions run once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surehand import Client
from surehand.errors import Conflict
from surehand.flow.verify import verify
from tests.served import OWNER, RITA, SAM, SHOP, Served, listening, served


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        found.surehand.start()
        yield found


@pytest.fixture
def client(place: Served) -> Iterator[Callable[[str], Client]]:
    with listening(place.app) as url:
        clients = {person: Client(url, key) for person, key in place.keys.items()}
        yield clients.__getitem__
        for one in clients.values():
            one.close()


def settled(client: Client, case_id: str, *, within: float = 30.0) -> dict[str, Any]:
    """The case once nothing of it is under way."""
    until = time.monotonic() + within
    while (case := client.case(case_id))["state"] in ("running", "acting"):
        assert time.monotonic() < until, case
        time.sleep(0.02)
    return case


def proved(place: Served) -> None:
    """Nothing was changed behind the program's back."""
    context = place.surehand.context
    context.checkpoints.seal(context.db, now=context.clock())
    assert verify(context).findings == ()


def submitted(client: Client, *, confidence: float, amount: str = "40 EUR") -> str:
    brought = {"approve_refund": {"value": "pay", "confidence": confidence}}
    return client.submit("refunds", {"customer": "C-1", "amount": amount}, recommendations=brought).id


def test_a_day_at_the_desk(place: Served, client: Callable[[str], Client]) -> None:
    shop, rita, sam, owner = client(SHOP), client(RITA), client(SAM), client(OWNER)
    sure = [submitted(shop, confidence=0.97) for _ in range(5)]
    unsure = [submitted(shop, confidence=0.8) for _ in range(4)]
    large = submitted(shop, confidence=0.97, amount="8000 EUR")
    for case_id in sure:
        case = settled(shop, case_id)
        assert case["state"] == "done"
        assert [action["state"] for action in case["actions"]] == ["done"]
        assert case["actions"][0]["authority"]["by"] == "policy"
    for case_id in (*unsure, large):
        case = settled(shop, case_id)
        assert case["state"] == "waiting"
        assert case["actions"] == []
    waiting = {item["case"]["id"] for person in (rita, sam) for item in person.inbox()}
    assert waiting == set(unsure)
    assert large in [item["case"]["id"] for item in owner.inbox()]  # beyond the limits of both
    rita.verdict(unsure[0], "approve", reason="damaged", shown=rita.case(unsure[0])["waiting"]["shown"])
    sam.verdict(unsure[1], "reject", reason="other", note="no photo")
    assert settled(shop, unsure[0])["actions"][0]["authority"]["by"] == RITA
    rejected = settled(shop, unsure[1])
    assert (rejected["result"], rejected["actions"]) == ("reject", [])
    with pytest.raises(Conflict) as lost:
        owner.verdict(unsure[0], "reject", reason="damaged")
    assert lost.value.extra["winner"] == RITA
    proved(place)


def test_an_edit_asks_again_and_voids_what_was_approved(
    place: Served, client: Callable[[str], Client]
) -> None:
    shop, rita, owner = client(SHOP), client(RITA), client(OWNER)
    case_id = submitted(shop, confidence=0.8)
    before = settled(shop, case_id)
    rita.verdict(case_id, "edit", reason="damaged", fields={"amount": "6000 EUR"})
    after = settled(owner, case_id)
    assert (after["round"], after["state"]) == (2, "waiting")
    assert after["waiting"]["shown"] != before["waiting"]["shown"]
    with pytest.raises(Conflict):
        owner.verdict(case_id, "approve", reason="damaged", shown=before["waiting"]["shown"])
    owner.verdict(case_id, "approve", reason="damaged", shown=after["waiting"]["shown"])
    done = settled(owner, case_id)
    assert [(one["round"], one["args"]["amount"]["amount"]["amount"]) for one in done["actions"]] == [
        (2, "6000")
    ]
    assert [verdict["kind"] for verdict in done["verdicts"]] == ["edit", "approve"]
    proved(place)


def test_a_question_an_escalation_and_an_undo(place: Served, client: Callable[[str], Client]) -> None:
    shop, rita, sam, owner = client(SHOP), client(RITA), client(SAM), client(OWNER)
    case_id = submitted(shop, confidence=0.8)
    holder = {RITA: rita, SAM: sam}[settled(shop, case_id)["waiting"]["person"]]
    holder.verdict(case_id, "ask", question="Which parcel?", to=OWNER)
    owner.answer(case_id, "The blue one")
    assert shop.case(case_id)["exchange"][0]["answer"] == "The blue one"
    holder.verdict(case_id, "escalate", note="above my head")
    assert owner.case(case_id)["waiting"]["person"] == OWNER
    owner.verdict(case_id, "approve", reason="damaged")
    settled(owner, case_id)
    owner.undo(case_id, "pay_back")
    undone = settled(owner, case_id)
    assert {action["state"] for action in undone["actions"]} == {"undone", "done"}
    shop.outcome(case_id, correct=False, note="it was fraud")
    kinds = [event["kind"] for event in owner.events(case_id)]
    wanted = [
        "received",
        "routed",
        "assigned",
        "verdict",
        "answered",
        "action_done",
        "action_undone",
        "outcome",
    ]
    assert [kind for kind in wanted if kind in kinds] == wanted
    proved(place)


def test_the_server_may_stop_in_between(tmp_path: Path, database_url: str) -> None:
    with served(tmp_path / "place", database_url) as first:
        case_id = first.refund()["id"]
        assert (
            first.call(
                SHOP, "POST", "/cases", json={"process": "refunds", "input": {}, "key": "k"}
            ).status_code
            == 201
        )
        folder = first.surehand.deployment.folder
    from surehand.app import running

    with running(folder) as again:
        context = again.context
        from surehand.store import cases

        with context.db.read() as connection:
            assert cases.load(connection, [case_id])[case_id].state == "waiting"
            known = cases.by_key(connection, [("refunds", "k")])
        until = time.monotonic() + 20
        while True:
            with context.db.read() as connection:
                (case,) = cases.load(connection, [one.id for one in known.values()]).values()
            if case.state == "waiting":
                break
            assert time.monotonic() < until
            time.sleep(0.05)
        assert verify(context).findings == ()
