"""Deciding from a chat, over HTTP as Slack does it, and links that decide nothing."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import select

from surehand.app import create_app
from surehand.store import tables
from tests.channels.receivers import Receiver, http
from tests.client import Client
from tests.flow import world as worlds
from tests.flow.test_delivering import post
from tests.flow.world import World, opened_world

SIGNING = "the signing secret of a test"
TOKEN = "xoxb-the-token-of-a-test"

PEOPLE = """\
people:
  ann: {roles: [reviewer], slack: U0ANN, reach: {channels: [chat]}}
  bo: {roles: [reviewer], limit: 500, slack: U0BO, reach: {channels: [chat]}}
  spec: {roles: [specialist], slack: U0SPEC, reach: {channels: [chat]}}
  lead: {roles: [owner, reviewer], slack: U0LEAD, reach: {channels: [chat]}}
  boss: {roles: [owner]}
  dev: {roles: [builder]}
  robot: {roles: [service]}
  gone: {active: false, slack: U0GONE}
queues:
  desk: {owner: lead, members: [ann, bo], due: PT24H}
"""


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with http() as found:
        found.default = (200, {"content-type": "application/json"}, b'{"ok": true, "ts": "1"}')
        yield found


@pytest.fixture
def place(
    fresh_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slack: Receiver
) -> Iterator[Callable[..., World]]:
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_SIGNING", SIGNING)
    with ExitStack() as stack:

        def opened(*edits: tuple[str, str], up_to: str = "medium") -> World:
            chat = (
                f"{{kind: slack, token_env: SLACK_TOKEN, signing_env: SLACK_SIGNING,\n"
                f"    api: '{slack.url}/api/', hooks: '{slack.url}/hooks/', decide_up_to: {up_to}}}"
            )
            monkeypatch.setattr(worlds, "PEOPLE", PEOPLE)
            monkeypatch.setattr(worlds, "SETTINGS", f"mode: development\nchannels:\n  chat: {chat}\n")
            return stack.enter_context(opened_world(tmp_path / "deployment", fresh_url, *edits))

        yield opened


def client(world: World) -> Client:
    return Client(create_app(world.bench.surehand), raise_server_exceptions=False)


def sent(slack: Receiver) -> list[Any]:
    return [one.json for one in slack.requests if one.path.startswith("/api/")]


def buttons(message: Any) -> dict[str, Any]:
    found = [e for block in message["blocks"] for e in block.get("elements", ()) if e["type"] == "button"]
    return {one["action_id"]: one for one in found}


def press(
    world: World, button: Any, *, user: str, slack: Receiver, at: timedelta = timedelta(0),
    secret: str = SIGNING, http: Client | None = None, answer_to: str = "", stamp: str = "",
) -> Any:  # fmt: skip
    payload = {
        "type": "block_actions", "user": {"id": user},
        "response_url": answer_to or f"{slack.url}/hooks/one",
        "actions": [{"action_id": button["action_id"], "value": button.get("value")}],
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = stamp or str(int((world.context.clock() + at).timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return (http or client(world)).post(
        "/slack/chat", content=body,
        headers={"x-slack-request-timestamp": stamp, "x-slack-signature": signature or "",
                 "content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip


def said(slack: Receiver) -> Any:
    return [one.json for one in slack.requests if one.path.startswith("/hooks/")][-1]


def offered(world: World, slack: Receiver, **given: Any) -> tuple[str, dict[str, Any]]:
    case_id = world.submit(sure=0.8, **given)
    post(world)
    return case_id, buttons(sent(slack)[-1])


def test_a_button_gives_the_same_verdict_as_a_page(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    holder = world.held(case_id).person
    assert press(world, pressed["approve"], user=f"U0{holder.upper()}", slack=slack).status_code == 200
    (verdict,) = world.verdicts(case_id)
    assert (verdict.kind, verdict.person, verdict.value) == ("approve", holder, "pay")
    assert verdict.shown == world.judgements(case_id)[0].shown
    assert said(slack) == {
        "text": f"{holder} approved this: Pay.", "replace_original": True, "response_type": "ephemeral",
    }  # fmt: skip
    world.run()
    assert len(world.calls("pay")) == 1


def test_the_same_press_again_changes_nothing(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    user, http = f"U0{world.held(case_id).person.upper()}", client(world)
    for _ in range(3):
        press(world, pressed["reject"], user=user, slack=slack, http=http)
    assert len(world.verdicts(case_id)) == 1
    assert "rejected this" in said(slack)["text"]


def test_who_comes_too_late_is_told_who_decided(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    holder = world.held(case_id).person
    world.verdict(case_id, "approve", by="lead")
    press(world, pressed["reject"], user=f"U0{holder.upper()}", slack=slack)
    assert [one.person for one in world.verdicts(case_id)] == ["lead"]
    assert said(slack)["text"].startswith("lead decided this (approve)")


@pytest.mark.parametrize("user", ["U0NOBODY", "U0GONE", "U0SPEC"])
def test_nobody_decides_beyond_their_authority(
    user: str, place: Callable[..., World], slack: Receiver
) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    press(world, pressed["approve"], user=user, slack=slack)
    assert world.verdicts(case_id) == []
    assert world.calls("pay") == []
    assert said(slack)["replace_original"] is False


def test_a_limit_holds_at_the_press(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    case_id, pressed = offered(world, slack, total="900 EUR")
    press(world, pressed["approve"], user="U0BO", slack=slack)
    assert world.verdicts(case_id) == []
    assert "beyond what bo may decide" in said(slack)["text"]


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "another"}, {"at": timedelta(minutes=-6)}, {"at": timedelta(minutes=6)}, {"stamp": "x"}],
)
def test_what_slack_did_not_sign_is_nothing(
    wrong: dict[str, Any], place: Callable[..., World], slack: Receiver
) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    user = f"U0{world.held(case_id).person.upper()}"
    assert press(world, pressed["approve"], user=user, slack=slack, **wrong).status_code == 401
    assert world.verdicts(case_id) == []
    assert not [one for one in slack.requests if one.path.startswith("/hooks/")]


def test_what_came_of_it_is_told_to_slack_alone(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    with http() as elsewhere:
        for url in (f"{elsewhere.url}/x", f"{slack.url}.evil.example/hooks/", "http://169.254.169.254/", ""):
            _, pressed = offered(world, slack, key=url or "none")
            press(world, pressed["approve"], user="U0LEAD", slack=slack, answer_to=url or "x")
        assert elsewhere.requests == []


def test_an_edit_voids_what_a_message_showed(place: Callable[..., World], slack: Receiver) -> None:
    world = place()
    case_id, pressed = offered(world, slack)
    world.verdict(case_id, "edit", fields={"total": "200 EUR"})
    assert world.case(case_id).round == 2
    press(world, pressed["approve"], user="U0LEAD", slack=slack)
    assert [one.kind for one in world.verdicts(case_id)] == ["edit"]
    assert world.calls("pay") == []


@pytest.mark.parametrize(
    ("edits", "given", "up_to"),
    [
        ((), {"total": "2000 EUR"}, "low"),  # more than settings allow
        ((), {"total": "20000 EUR"}, "medium"),
        ((), {"customer": "watched"}, "medium"),  # decided unseen
        ((("    answer_within: PT4H\n", "    answer_within: PT4H\n    reasons: [price]\n"),), {}, "medium"),
        ((), {"letter": "angry"}, "medium"),  # an exception
    ],
)  # fmt: skip
def test_what_has_no_buttons(
    edits: Any, given: dict[str, Any], up_to: str, place: Callable[..., World], slack: Receiver
) -> None:
    world = place(*edits, up_to=up_to)
    _, pressed = offered(world, slack, **given)
    assert set(pressed) == {"open-0"}


def test_who_decides_unseen_is_told_nothing_of_the_ais_view(
    place: Callable[..., World], slack: Receiver
) -> None:
    world = place()
    case_id = world.submit(sure=0.8765, customer="watched", answer="pay")
    post(world)
    told = json.dumps(sent(slack))
    assert case_id in told
    assert "The customer is watched" in told
    for word in ("RECOMMENDED", "(confidence", "Pay (", world.judgements(case_id)[0].shown):
        assert word not in told, word


#: Sessions, and who looks at a case: both say that somebody was there, and nothing of the case.
_THERE = ("session", "viewing")


def everything(world: World) -> str:
    with world.context.db.read() as connection:
        return repr({
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables if table.name not in _THERE
        })  # fmt: skip


def test_following_every_link_of_every_message_changes_nothing(
    place: Callable[..., World], slack: Receiver
) -> None:
    """As a mail scanner or the preview of a chat does, also with the session of whoever is signed in."""
    from surehand.flow import access

    world = place()
    world.submit(sure=0.8)
    world.submit(sure=0.8, letter="angry", key="b")
    world.submit(sure=None, total=None, key="c")
    post(world)
    world.wait(hours=8)
    post(world)
    links = set(re.findall(r"https?://[^\s\"]+/(?:cases|messages)[^\s\"\\]*", json.dumps(sent(slack))))
    assert len(links) >= 3
    access.set_password(world.context, "lead", "a long enough password", by="lead")
    http = client(world)
    for signed_in in (False, True):
        if signed_in:
            page = http.get("/signin").text
            token = re.search(r'name="csrf" value="([^"]+)"', page)
            assert token is not None
            http.post(
                "/signin", data={"csrf": token[1], "name": "lead", "password": "a long enough password"}
            )
        before = everything(world)
        for link in links:
            path = link.partition("://")[2].partition("/")[2]
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = http.request(method, f"/{path}", follow_redirects=True)
                assert answer.status_code < 500
        assert everything(world) == before
