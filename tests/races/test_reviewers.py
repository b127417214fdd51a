"""Thirty-two reviewers at one case at one moment, on pages, through the API and in a chat: one decides it."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from surehand.flow import access
from surehand.store import cases
from tests.channels.receivers import Receiver, http
from tests.client import Client
from tests.desk import Desk, Inputs, Visitor, desk_on
from tests.flow import world as worlds
from tests.flow.test_chat import SIGNING, TOKEN, buttons, press, sent
from tests.flow.test_delivering import post
from tests.flow.world import World, opened_world
from tests.races.test_verdicts import together

NAMES = tuple(f"r{number}" for number in range(32))

#: Long: as many as are played each night.
LONG = (pytest.mark.long, pytest.mark.timeout(12_000))

PEOPLE = f"""\
people:
{"".join(f"  {name}: {{slack: U0{name.upper()}, reach: {{channels: [chat]}}}}" + chr(10) for name in NAMES)}
  lead: {{roles: [owner, reviewer]}}
  boss: {{roles: [owner]}}
  dev: {{roles: [builder]}}
  robot: {{roles: [service]}}
queues:
  desk: {{owner: lead, members: [{", ".join(NAMES)}], due: PT24H}}
"""

WAYS = ("page", "api", "chat")


class Crowd:
    """Everybody with a browser that is signed in, with a key, and with an account of the chat."""

    def __init__(self, desk: Desk, world: World, slack: Receiver) -> None:
        self.world, self.slack = world, slack
        self.http = Client(desk.app, raise_server_exceptions=False)
        self.browsers: dict[str, Visitor] = {}
        self.keys: dict[str, str] = {}
        for name in NAMES:
            browser = desk.visitor()
            token, session = access.sign_in_as(world.context, name)
            browser.http.cookies.set("surehand_session", token)
            browser.last = {"csrf": session.csrf}
            self.browsers[name] = browser
            self.keys[name] = access.create_key(world.context, name, "race", by="dev")

    def decide(self, way: str, name: str, case: str, shown: Any, verdict: str, *, late: float) -> int:
        """As one of them does it, so many seconds late; the status that they hear."""
        time.sleep(late)
        page, pressed = shown
        if way == "page":
            sent_form = page | {"csrf": self.browsers[name].last["csrf"], "verdict": verdict}
            answer = self.browsers[name].post(f"/cases/{case}/verdict", **sent_form)
        elif way == "api":
            answer = self.http.post(
                f"/api/v1/cases/{case}/verdict", json={"verdict": verdict},
                headers={"Authorization": f"Bearer {self.keys[name]}"},
            )  # fmt: skip
        else:
            user = f"U0{name.upper()}"
            answer = press(self.world, pressed[verdict], user=user, slack=self.slack, http=self.http)
        return int(answer.status_code)

    def offered(self) -> tuple[str, Any]:
        """A case that waits, with the form of its page and the buttons of its message."""
        case = self.world.submit(sure=0.8)
        post(self.world)
        reader = self.browsers[self.world.held(case).person]
        page = Inputs(reader.http.get(f"/cases/{case}/brief", follow_redirects=True).text).values
        return case, (page, buttons(sent(self.slack)[-1]))


@pytest.fixture
def crowd(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_SIGNING", SIGNING)
    with http() as slack:
        slack.default = (200, {"content-type": "application/json"}, b'{"ok": true, "ts": "1"}')
        chat = (
            f"{{kind: slack, token_env: SLACK_TOKEN, signing_env: SLACK_SIGNING,\n"
            f"    api: '{slack.url}/api/', hooks: '{slack.url}/hooks/', decide_up_to: medium}}"
        )
        monkeypatch.setattr(worlds, "PEOPLE", PEOPLE)
        monkeypatch.setattr(worlds, "SETTINGS", f"mode: development\nchannels:\n  chat: {chat}\n")
        edit = (", escalate_to: lead", "")
        with (
            opened_world(tmp_path / "place", database_url, edit) as world,
            desk_on(world.bench, by="dev") as desk,
        ):
            yield Crowd(desk, world, slack)


#: So many at most, until each way has won one.
MOST = 100


@pytest.mark.parametrize("races", [pytest.param(6, id="short"), pytest.param(5_000, id="all", marks=LONG)])
def test_exactly_one_of_thirty_two_decides(crowd: Crowd, races: int) -> None:
    draws, won_by = random.Random(races), Counter[str]()
    for number in range(max(races, MOST)):
        more = number - races
        if more >= 0 and set(won_by) == set(WAYS):
            break
        # ways that have won wait a little longer each time, until each of the others has
        late = dict.fromkeys(won_by, 0.002 * (more + 1)) if more >= 0 else {}
        case, shown = crowd.offered()
        ways = [draws.choice(WAYS) for _ in NAMES]
        kinds = [draws.choice(("approve", "reject")) for _ in NAMES]
        calls: list[Callable[[], Any]] = [
            partial(crowd.decide, way, name, case, shown, kind, late=late.get(way, 0.0))
            for name, way, kind in zip(NAMES, ways, kinds, strict=True)
        ]
        heard = together(*calls)
        with crowd.world.context.db.read() as connection:
            (verdict,) = cases.verdicts(connection, case)
        winner = NAMES.index(verdict.person)
        assert (verdict.final, verdict.kind) == (True, kinds[winner])
        for place, (way, status) in enumerate(zip(ways, heard, strict=True)):
            won = {"page": 303, "api": 200, "chat": 200}[way]
            lost = {"page": 409, "api": 409, "chat": 200}[way]
            assert status == (won if place == winner else lost), (way, status, place == winner)
        won_by[ways[winner]] += 1
        crowd.world.run()
    assert set(won_by) == set(WAYS)
    crowd.world.check()
