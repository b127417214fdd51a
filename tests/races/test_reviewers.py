"""Thirty-two reviewers at one case at one moment, on pages and through the API: one of them decides it."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from surehand.core.people import People, Person
from surehand.flow import access, people
from surehand.store import cases
from tests.desk import Desk, Inputs, Visitor, desk_on
from tests.flow.world import World, opened_world
from tests.races.test_verdicts import together

MANY = 32
NAMES = tuple(f"r{number}" for number in range(MANY))

#: Long: as many as the issue of this wanted to see.
LONG = (pytest.mark.long, pytest.mark.timeout(6_000))


def hired(now: People) -> People:
    """Thirty-two more reviewers in the queue."""
    desk = now.queues["desk"]
    return now.model_copy(update={
        "people": now.people | {name: Person() for name in NAMES},
        "queues": now.queues | {"desk": desk.model_copy(update={"members": (*desk.members, *NAMES)})},
    })  # fmt: skip


class Crowd:
    """Everybody with a browser that is signed in, and with a key."""

    def __init__(self, desk: Desk, world: World) -> None:
        self.desk, self.world = desk, world
        self.browsers: dict[str, Visitor] = {}
        self.keys: dict[str, str] = {}
        self.http = TestClient(desk.app, raise_server_exceptions=False)
        for name in NAMES:
            browser = desk.visitor()
            token, session = access.sign_in_as(world.context, name)
            browser.http.cookies.set("surehand_session", token)
            browser.last = {"csrf": session.csrf}
            self.browsers[name] = browser
            self.keys[name] = access.create_key(world.context, name, "race", by="dev")

    def on_page(self, name: str, case: str, page: dict[str, str], verdict: str) -> int:
        """The form of a page, as this person's browser sends it. Returns the status."""
        sent = page | {"csrf": self.browsers[name].last["csrf"], "verdict": verdict}
        return int(self.browsers[name].post(f"/cases/{case}/verdict", **sent).status_code)

    def through_api(self, name: str, case: str, verdict: str) -> int:
        answer = self.http.post(
            f"/api/v1/cases/{case}/verdict", json={"verdict": verdict},
            headers={"Authorization": f"Bearer {self.keys[name]}"},
        )  # fmt: skip
        return answer.status_code


@pytest.fixture
def crowd(tmp_path: Path, database_url: str) -> Iterator[Crowd]:
    with opened_world(tmp_path / "place", database_url) as world:
        people.change(world.context, by="admin", because="a race", edit=hired)
        with desk_on(world.bench, by="dev") as desk:
            yield Crowd(desk, world)


#: What a winner hears on a page, and what losers hear: the case moved on, or was never theirs.
WON = {"page": 303, "api": 200}
LOST = {"page": {409}, "api": {409}}


@pytest.mark.parametrize("races", [pytest.param(100, id="short"), pytest.param(5_000, id="all", marks=LONG)])
def test_exactly_one_of_thirty_two_decides(crowd: Crowd, races: int) -> None:
    draws, won_by = random.Random(races), Counter[str]()
    for _ in range(races):
        case = crowd.world.submit(sure=0.8)
        holder = crowd.world.held(case).person
        reader = crowd.browsers.get(holder) or crowd.browsers["r0"]
        page = Inputs(reader.http.get(f"/cases/{case}/brief", follow_redirects=True).text).values
        ways = [draws.choice(("page", "api")) for _ in NAMES]
        kinds = [draws.choice(("approve", "reject")) for _ in NAMES]
        calls: list[Callable[[], Any]] = [
            partial(crowd.on_page, name, case, page, kind) if way == "page"
            else partial(crowd.through_api, name, case, kind)
            for name, way, kind in zip(NAMES, ways, kinds, strict=True)
        ]  # fmt: skip
        heard = together(*calls)
        won = [place for place, status in enumerate(heard) if status == WON[ways[place]]]
        assert len(won) == 1, Counter(zip(ways, map(str, heard), strict=True))
        for place, status in enumerate(heard):
            if place not in won:
                assert status in LOST[ways[place]], (ways[place], status)
        with crowd.world.context.db.read() as connection:
            (verdict,) = [one for one in cases.verdicts(connection, case) if one.final]
        assert (verdict.person, verdict.kind) == (NAMES[won[0]], kinds[won[0]])
        won_by[ways[won[0]]] += 1
        crowd.world.run()
    assert set(won_by) == {"page", "api"}
    crowd.world.check()
