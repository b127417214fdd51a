"""The pages of messages, used as people use them; and the postman's threads with a real SMTP server."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from surehand.app import assembled
from surehand.errors import MapInvalid, SettingsInvalid
from surehand.flow import delivering
from surehand.flow import people as roster
from surehand.flow.intake import Submission, submit
from surehand.maps import deployment
from surehand.store import cases
from tests.channels.receivers import smtp
from tests.desk import Desk, desk_of, text_of
from tests.served import write_place

RITA, SAM, OLGA = "rita.reviewer", "sam.reviewer", "olga.owner"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/surehand.db") as running:
        yield running


def test_a_person_reads_their_messages(desk: Desk) -> None:
    case_id = desk.order()
    with desk.surehand.context.db.read() as connection:
        holder = cases.open_assignments(connection, [case_id])[case_id].person
    browser = desk.person(holder)
    assert "Messages 1 unread" in text_of(browser.get("/"))
    assert "New for you All messages To decide: Accept order N-1 over 610.00 EUR?" in text_of(
        browser.get("/")
    )
    page = browser.get("/messages")
    assert "1 message is unread" in text_of(page)
    assert f'href="/cases/{case_id}/brief"' in page
    assert browser.send("/messages/read").status_code == 303
    assert "You have read everything" in text_of(browser.get("/messages"))
    # nobody else is told, and what is decided is not told any more
    others = {RITA, SAM, OLGA} - {holder}
    for other in others:
        assert case_id not in desk.person(other).get("/messages")
    browser.verdict(case_id, "reject", reason="price-list")
    page = text_of(browser.get("/messages"))
    assert "Done, or with somebody else." in page
    assert "Accept order" not in page


def test_a_verdict_reads_what_it_answers(desk: Desk) -> None:
    case_id = desk.order()
    browser = desk.person(RITA)
    browser.post(f"/cases/{case_id}/claim", csrf="")
    browser.verdict(case_id, "reject", reason="price-list")
    for name in (RITA, SAM, OLGA):
        assert "Messages" in (page := text_of(desk.person(name).get("/inbox")))
        assert "unread" not in page


def test_a_person_says_how_they_are_reached(desk: Desk) -> None:
    browser = desk.person(RITA)
    browser.get("/me")
    answer = browser.send("/me", digest="daily", digest_at="07:15", quiet_from="20:00", quiet_to="06:30")
    assert answer.status_code == 303, answer.text
    reach = desk.surehand.context.people.people[RITA].reach
    assert (reach.digest, reach.digest_at, reach.quiet, reach.urgent) == (
        "daily", "07:15", "20:00-06:30", "as_others",
    )  # fmt: skip
    assert "This is how you are reached from now on." in text_of(browser.get("/me"))
    (revision, changes), *_ = roster.history(desk.surehand.context)
    assert revision.by == RITA
    assert {change.path[2] for change in changes} == {"reach"}
    browser.get("/me")
    for wrong in ({"quiet_from": "20:00", "quiet_to": ""}, {"digest_at": "25:00"}, {"digest": "weekly"}):
        assert browser.send("/me", **wrong).status_code == 422
    assert browser.post("/me", **{**browser.last, "channel": "carrier-pigeon"}).status_code == 422
    assert desk.surehand.context.people.people[RITA].reach == reach


def test_a_test_message_comes_at_most_once_a_minute(desk: Desk) -> None:
    browser = desk.person(RITA)
    browser.get("/me")
    for _ in range(3):
        assert browser.send("/me/test").status_code == 303
    assert text_of(browser.get("/messages")).count("You asked for it.") == 1


def test_only_who_answers_for_channels_sees_how_they_do(desk: Desk) -> None:
    assert "No channels" in text_of(desk.person(OLGA).get("/channels"))
    desk.person(RITA).get("/channels", 404)


MAILING = """\
channels:
  email: {{kind: email, host: 127.0.0.1, port: {port}, security: none, from: desk@example.com, timeout: 5}}
"""


def test_the_postman_goes_round_by_itself_and_holds_up_nobody(tmp_path: Path) -> None:
    """A server that takes two seconds for a mail, while cases are decided in a moment."""
    with smtp() as box:
        box.delay = 2
        with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/surehand.db"):
            pass
        place = tmp_path / "place"
        (place / "surehand.yaml").write_text(
            (place / "surehand.yaml").read_text() + MAILING.format(port=box.port)
        )
        people = (place / "people.yaml").read_text()
        for name in (RITA, SAM, OLGA):
            people = people.replace(f"{name}: {{", f"{name}: {{email: {name}@example.com, ")
        (place / "people.yaml").write_text(people)
        surehand = assembled(place)
        surehand.start()
        try:
            lines = ("total: 610.00 EUR", "number: N-1")
            rows = [{"text": text, "box": [0, 20 * n, 9, 20 * n + 9]} for n, text in enumerate(lines)]
            for n in range(3):
                given = {"document": {"pages": [{"lines": rows}]}}
                item = Submission(process="orders", input=given, key=str(n))
                submit(surehand.context, item, submitter="shop.service")
            until = time.monotonic() + 40
            while len(box.mails) < 3 and time.monotonic() < until:
                began = time.monotonic()
                surehand.context.db.write(lambda _: None)
                assert time.monotonic() - began < 1, "a mail holds up the database"
                time.sleep(0.1)
            assert len(box.mails) == 3
        finally:
            surehand.close()


def test_what_settings_lack_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write_place(tmp_path / "place", database=f"sqlite:///{tmp_path}/surehand.db")
    settings = (place / "surehand.yaml").read_text()
    hook = "{url: 'http://x', secrets_env: SHORT, events: [case.finished]}"
    for channels, words in (
        ("channels: {chat: {kind: slack, token_env: NO_SUCH_TOKEN}}\n", "NO_SUCH_TOKEN, and it is not set"),
        ("channels: {on-call: {kind: apprise, url_env: PAGER_URL}}\n", "PAGER_URL must hold one URL that"),
        (f"webhooks: {{erp: {hook}}}\n", "SHORT must be 'whsec_'"),
        ("channels: {pigeon: {kind: carrier-pigeon}}\n", "which nothing here brings"),
    ):  # fmt: skip
        monkeypatch.setenv("PAGER_URL", "nothing://of/the/kind")
        monkeypatch.setenv("SHORT", "whsec_c2hvcnQ=")
        (place / "surehand.yaml").write_text(settings + channels)
        with pytest.raises(SettingsInvalid, match=words.replace("'", ".")):
            assembled(place)
    (place / "surehand.yaml").write_text(settings)
    people = place / "people.yaml"
    people.write_text(people.read_text().replace("limit: 5000}", "limit: 5000, reach: {channels: [mail]}}"))
    with pytest.raises(MapInvalid, match="There is no channel 'mail' in"):
        assembled(place)
    assert any("channel 'mail'" in str(fault) for fault in deployment.check(place))


def test_what_answers_for_channels(desk: Desk) -> None:
    assert delivering.answerable(desk.surehand.context) == [OLGA]
