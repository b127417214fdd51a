"""Channels against real servers: what each takes for sent, later, refused, down and off."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from surehand.channels import apprise
from surehand.channels.email import Email
from surehand.channels.protocol import Address, Channel, Outcome, Parcel
from surehand.channels.slack import Slack, blocks, pressed, verified
from surehand.channels.webhook import Webhook
from surehand.core.messages import Choice, Item, Letter, Part
from surehand.core.policy import Grade
from surehand.errors import SettingsInvalid
from surehand.reaching import EmailSettings, SlackSettings
from tests.channels.receivers import Mailbox, Receiver, certificate, http, smtp

NOW = datetime.now(UTC)
SECRET = "whsec_" + "c2VjcmV0LW9mLWEtdGVzdC10aGF0LWlzLTMyLWJ5dGVz"
OLD = "whsec_" + "YW5vdGhlci1zZWNyZXQtdGhhdC13YXMtdXNlZC1iZWZvcmU="
LETTER = Letter(
    "assigned", "To decide: Pay?", "It was given to you.", "https://desk.example/cases/a-1/brief",
    case_id="a-1", parts=(Part("To decide", ("Pay?",)), Part("Recommended", ("Pay",))),
)  # fmt: skip
PARCEL = Parcel("msg_1", Address("ann", "Ann", "ann@example.com", "U024BE7LH"), LETTER, NOW)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with smtp() as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http() as found:
        yield found


def email(box: Mailbox, **more: Any) -> Email:
    given = {"security": "none", "timeout": 3, **more}
    settings = EmailSettings(
        kind="email", host="127.0.0.1", port=box.port, sender="Desk <desk@example.com>", **given
    )
    return Email(settings, "open sesame, please" if more.get("user") else None)


def slack(receiver: Receiver, **more: Any) -> Slack:
    settings = SlackSettings(
        kind="slack", token_env="T", signing_env="S", api=f"{receiver.url}/api/", timeout=3, **more
    )
    return Slack(settings, "xoxb-secret-token")


def outcomes(channel: Channel, *parcels: Parcel) -> list[Outcome]:
    return [receipt.outcome for receipt in channel.send(parcels or [PARCEL], now=NOW)]


# The contract


@pytest.fixture(params=["email", "webhook", "slack", "apprise"])
def channel(request: pytest.FixtureRequest, box: Mailbox, receiver: Receiver) -> Channel:
    receiver.default = (200, {"content-type": "application/json"}, b'{"ok": true}')
    match request.param:
        case "email":
            return email(box)
        case "webhook":
            return Webhook(receiver.url, "https://desk.example", (SECRET,), timeout=3)
        case "slack":
            return slack(receiver)
        case _:
            return apprise.opened(f"json://{receiver.url.removeprefix('http://')}/x", variable="X")


def test_each_parcel_has_a_receipt_in_order(channel: Channel, box: Mailbox, receiver: Receiver) -> None:
    parcels = [replace(PARCEL, id=f"msg_{n}") for n in range(4)]
    assert outcomes(channel, *parcels) == [Outcome.SENT] * 4
    assert len(box.mails) + len(receiver.requests) == 4
    assert list(channel.send([], now=NOW)) == []


def test_nobody_there_is_no_fault_of_ours(
    request: pytest.FixtureRequest, receiver: Receiver, box: Mailbox
) -> None:
    box.port = 1
    receiver.url = "http://127.0.0.1:1"
    for found in (
        email(box), Webhook(receiver.url, "x", (SECRET,), timeout=1), slack(receiver),
        apprise.opened("json://127.0.0.1:1/x", variable="X"),
    ):  # fmt: skip
        receipts = found.send([PARCEL, PARCEL], now=NOW)
        assert {one.outcome for one in receipts} <= {Outcome.DOWN, Outcome.LATER}
        assert len(receipts) == 2
        assert all(one.detail for one in receipts)


def test_no_secret_is_in_what_a_channel_says_of_itself(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel.send([PARCEL], now=NOW)
    for secret in ("xoxb-secret-token", SECRET, "open sesame"):
        assert secret not in repr(channel)
        assert secret not in caplog.text


# E-mail


def test_starttls_and_a_password(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    with smtp(tls=context, signing_in=True) as box:
        settings = {"security": "starttls", "user": "desk", "password_env": "P", "ca": str(pem)}
        assert outcomes(email(box, **settings)) == [Outcome.SENT]
        assert box.users == ["desk"]
        wrong = replace(email(box, **settings), password="not that one")
        (receipt,) = wrong.send([PARCEL], now=NOW)
        assert receipt.outcome is Outcome.DOWN
        assert "password" in receipt.detail
        # a certificate that nobody vouches for
        (receipt,) = email(box, **{**settings, "ca": None}).send([PARCEL], now=NOW)
        assert receipt.outcome is Outcome.DOWN
        assert "SSLCertVerificationError" in receipt.detail
        assert len(box.mails) == 1


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    with smtp(tls=context, implicit=True) as box:
        assert outcomes(email(box, security="tls", ca=str(pem))) == [Outcome.SENT]


def test_a_server_without_encryption_gets_nothing(box: Mailbox) -> None:
    (receipt,) = email(box, security="starttls").send([PARCEL], now=NOW)
    assert receipt.outcome is Outcome.DOWN
    assert "offers no encryption" in receipt.detail
    assert box.mails == []


def test_what_a_server_says_of_one_message(box: Mailbox) -> None:
    box.replies = ["451 4.3.0 later", "554 5.7.1 spam", "250", "close", "250"]
    parcels = [replace(PARCEL, id=f"msg_{n}") for n in range(5)]
    assert outcomes(email(box), *parcels) == [
        Outcome.LATER, Outcome.REFUSED, Outcome.SENT, Outcome.LATER, Outcome.SENT,
    ]  # fmt: skip
    assert box.connections == 2


def test_many_go_over_one_connection(box: Mailbox) -> None:
    parcels = [replace(PARCEL, id=f"msg_{n}") for n in range(500)]
    assert set(outcomes(email(box), *parcels)) == {Outcome.SENT}
    assert box.connections == 1
    assert len({mail["Message-ID"] for mail in box.mails}) == 500


def test_a_slow_server_is_given_up(box: Mailbox) -> None:
    box.delay = 2
    (receipt,) = email(box, timeout=0.5).send([PARCEL], now=NOW)
    assert receipt.outcome is Outcome.LATER


NAUGHTY = (
    "x\r\nBcc: eve@evil.example", "x\n\n<script>alert(1)</script>", "=?utf-8?q?=0d=0aBcc:_eve@evil.example?=",
    "\u202egnp.exe", "a" * 5_000, "</p><a href='https://evil.example'>Approve</a>", "https://evil.example/approve",
    "\x00\x07", "🧾" * 300, ".\r\n.\r\nMAIL FROM:<eve@evil.example>", "<!channel> <https://evil.example|Approve>",
)  # fmt: skip


@pytest.mark.parametrize("text", NAUGHTY)
def test_hostile_words_stay_words(text: str, box: Mailbox, receiver: Receiver) -> None:
    from surehand.core.messages import part, subject

    found = part("Key facts", [text])
    parts = (found,) if found else ()
    letter = replace(
        LETTER, subject=subject("assigned", text), parts=parts,
        items=(Item(subject("assigned", text), "", "https://desk.example/cases/a-1/brief"),),
    )  # fmt: skip
    parcel = replace(PARCEL, letter=letter, to=replace(PARCEL.to, name=text))
    assert outcomes(email(box), parcel) == [Outcome.SENT]
    (mail,) = box.mails
    assert mail.keys() == [
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        *(["X-Peer"] if "X-Peer" in mail else []),
    ]  # fmt: skip
    assert [one.addr_spec for one in mail["To"].addresses] == ["ann@example.com"]
    html = str(mail.get_body(("html",)).get_content())
    assert "<script" not in html
    assert {one.split('"')[0] for one in html.split('href="')[1:]} == {"https://desk.example/cases/a-1/brief"}
    for body in (html, str(mail.get_body(("plain",)).get_content())):
        assert "https://evil.example" not in body
        assert "evil.example" not in body
    receiver.default = (200, {}, b'{"ok": true}')
    slack(receiver).send([parcel], now=NOW)
    sent = (
        receiver.requests[-1].form if receiver.requests[-1].body[:1] != b"{" else receiver.requests[-1].json
    )
    assert "<!channel>" not in sent["text"]
    assert "mrkdwn" not in str(sent["blocks"])
    assert "evil.example" not in str(sent["blocks"])


# Webhooks


def test_signatures_of_old_and_new_secrets(receiver: Receiver) -> None:
    Webhook(receiver.url, "https://desk.example", (SECRET, OLD), timeout=3).send(
        [PARCEL], now=datetime.now(UTC)
    )
    (request,) = receiver.requests
    for secret in (SECRET, OLD):
        event = Verifier(secret).verify(request.body, request.headers)
        assert event["type"] == "surehand.message.assigned"
        assert event["id"] == request.headers["webhook-id"] == "msg_1"
        assert event["data"]["person"] == "ann"
    assert request.headers["content-type"].startswith("application/cloudevents+json")


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "after"),
    [
        (200, {}, Outcome.SENT, None), (204, {}, Outcome.SENT, None), (410, {}, Outcome.OFF, None),
        (500, {}, Outcome.LATER, None), (404, {}, Outcome.LATER, None),
        (302, {"location": "http://127.0.0.1:1/"}, Outcome.LATER, None),
        (503, {"retry-after": "120"}, Outcome.LATER, timedelta(minutes=2)),
        (429, {"retry-after": "999999"}, Outcome.LATER, timedelta(days=1)),
        (503, {"retry-after": "soon"}, Outcome.LATER, None),
    ],
)  # fmt: skip
def test_what_a_receiver_answers(
    status: int, headers: dict[str, str], outcome: Outcome, after: timedelta | None, receiver: Receiver
) -> None:
    receiver.default = (status, headers, b"x" * 100_000 if status == 500 else b"")
    (receipt,) = Webhook(receiver.url, "x", (SECRET,), timeout=3).send([PARCEL], now=NOW)
    assert (receipt.outcome, receipt.after) == (outcome, after)
    assert len(receiver.requests) == 1


def test_a_slow_receiver_is_given_up(receiver: Receiver) -> None:
    receiver.delay = 2
    receipts = Webhook(receiver.url, "x", (SECRET,), timeout=0.4).send([PARCEL, PARCEL, PARCEL], now=NOW)
    assert {one.outcome for one in receipts} == {Outcome.DOWN}
    assert len(receiver.requests) == 1


# Slack


CHOICE = Choice("a-1", "a-1.4", 1, "d" * 64, "Pay", Grade.MEDIUM)


def test_buttons_only_up_to_what_settings_allow() -> None:
    letter = replace(LETTER, choice=CHOICE)

    def buttons(up_to: str | None) -> list[str]:
        elements = [e for block in blocks(letter, decide_up_to=up_to) for e in block.get("elements", ())]
        return [one["action_id"] for one in elements if one["type"] == "button"]

    assert buttons(None) == ["open-0"]
    assert buttons("low") == ["open-0"]
    assert buttons("medium") == ["approve", "reject", "open-0"]


@pytest.mark.parametrize(
    ("answer", "outcome", "after"),
    [
        ({"ok": False, "error": "invalid_auth"}, Outcome.DOWN, None),
        ({"ok": False, "error": "channel_not_found"}, Outcome.REFUSED, None),
        ({"ok": False, "error": "fatal_error"}, Outcome.LATER, None),
        ({"ok": False, "error": "ratelimited"}, Outcome.LATER, timedelta(seconds=30)),
    ],
)
def test_what_slack_answers(
    answer: dict[str, Any], outcome: Outcome, after: timedelta | None, receiver: Receiver
) -> None:
    import json

    limited = answer["error"] == "ratelimited"
    headers = {"content-type": "application/json"} | ({"Retry-After": "30"} if limited else {})
    receiver.default = (429 if limited else 200, headers, json.dumps(answer).encode())
    (receipt,) = slack(receiver).send([PARCEL], now=NOW)
    assert (receipt.outcome, receipt.after) == (outcome, after)
    assert receiver.requests[0].headers["authorization"] == "Bearer xoxb-secret-token"


def test_what_is_pressed() -> None:
    import json
    from dataclasses import asdict

    value = json.dumps(asdict(CHOICE))
    payload = {
        "type": "block_actions", "user": {"id": "U1"}, "response_url": "https://hooks.slack.com/x",
        "actions": [{"action_id": "approve", "value": value}],
    }  # fmt: skip
    found = pressed(payload)
    assert found is not None
    assert (found.user, found.action, found.choice.case_id) == ("U1", "approve", "a-1")
    for wrong in (None, [], {}, "x", {**payload, "actions": []}, {**payload, "type": "view_submission"},
                  {**payload, "actions": [{"action_id": "edit", "value": value}]},
                  {**payload, "actions": [{"action_id": "approve", "value": "{}"}]},
                  {**payload, "user": None}):  # fmt: skip
        assert pressed(wrong) is None


def test_signatures_of_slack() -> None:
    from slack_sdk.signature import SignatureVerifier

    stamp = str(int(NOW.timestamp()))
    good = SignatureVerifier("a signing secret").generate_signature(timestamp=stamp, body=b"payload=x")
    assert good is not None
    assert verified("a signing secret", b"payload=x", stamp, good, now=NOW)
    assert verified("a signing secret", b"payload=x", stamp, good, now=NOW + timedelta(minutes=4))
    assert not verified("a signing secret", b"payload=x", stamp, good, now=NOW + timedelta(minutes=6))
    assert not verified("a signing secret", b"payload=x", stamp, good, now=NOW - timedelta(minutes=6))
    assert not verified("another secret", b"payload=x", stamp, good, now=NOW)
    for body, time, signature in (
        (b"payload=y", stamp, good), (b"payload=x", "", good), (b"payload=x", "1e9", good),
        (b"payload=x", "9" * 20, good), (b"payload=x", stamp, ""), (b"payload=x", stamp, "v0=ü"),
        (b"\xff", stamp, good),
    ):  # fmt: skip
        assert not verified("a signing secret", body, time, signature, now=NOW)


# apprise


@pytest.mark.parametrize("url", ["nothing://of/the/kind", "", "http", "json://"])
def test_an_address_that_apprise_does_not_know_is_refused_at_once(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="PAGER"):
        apprise.opened(url, variable="PAGER")
