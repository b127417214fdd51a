"""How many people a queue needs: what is recorded, what the command and the page say of it, to whom."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from surehand.cli import app as cli
from surehand.core.hearing import Answer
from surehand.core.people import Absence
from surehand.flow.capacity import QueueCapacity, Wish, capacities
from surehand.flow.review import submit_verdict
from surehand.web.headers import POLICY
from tests.desk import PASSWORD, Desk, desk_of, text_of
from tests.loans import loans_desk
from tests.served import listening

if TYPE_CHECKING:
    from playwright.sync_api import Page

RITA, OWNER, AUDITOR, STRANGER = "rita.reviewer", "olga.owner", "anna.auditor", "otto.other"

#: Reviews that come in each hour from 8 to 14 on a Monday, and on other days; what one takes.
MONDAY, OTHER, MINUTES = (2, 9, 9, 9, 2, 2), (1, 3, 3, 1, 1, 1), 5


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", database_url) as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def worked(desk: Desk, weeks: int) -> None:
    """So many weeks, Monday to Friday, ending on a Monday morning. Whoever has a case decides it."""
    to(desk, 0)
    for day in range(7 * weeks):
        begun = desk.clock()
        for hour, count in enumerate(() if day % 7 > 4 else OTHER if day % 7 else MONDAY):
            to(desk, begun.hour + 8 + hour, begun)
            waiting = [desk.order(number=f"N-{day}-{hour}-{one}") for one in range(count)]
            for case in waiting:
                desk.clock.move(timedelta(minutes=MINUTES))
                context = desk.surehand.context
                submit_verdict(
                    context, desk.case(case).owner, case, Answer(kind="approve", reason="price-list")
                )
        to(desk, 24, begun)
    desk.run()


def to(desk: Desk, hour: int, day: datetime | None = None) -> None:
    """Let time pass until then, on a Monday if no day is named."""
    now = desk.clock()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    then = (day or monday) + timedelta(hours=hour)
    if then > now:
        desk.clock.move(then - now)


def told(desk: Desk, **more: object) -> QueueCapacity:
    (found,) = capacities(desk.surehand.context, queue="refunds", **more)  # type: ignore[arg-type]
    return found


def test_what_was_recorded_says_how_many_people_are_needed(desk: Desk) -> None:
    worked(desk, 3)
    found = told(desk)
    capacity = found.found
    assert capacity is not None
    demand = capacity.demand
    assert (demand.reviews, demand.weeks, demand.watched) == (3 * (sum(MONDAY) + 4 * sum(OTHER)), 3, True)
    assert [demand.rates[hour] for hour in range(8, 14)] == list(MONDAY)
    assert [demand.rates[96 + hour] for hour in range(8, 14)] == list(OTHER)
    # a verdict is an override of nobody's time: since the one before it, or since the case came
    assert demand.service.count > 200
    assert demand.service.mean == pytest.approx(60 * MINUTES, abs=10)
    assert found.within == timedelta(hours=24)
    assert found.volume.automated == 0
    # every case waits for a person here: as many reviews as cases
    assert found.volume.measured == pytest.approx(demand.a_week * 365.25 / 12 / 7, rel=0.05)
    assert "For 95 in 100 " in found.heading
    # the same all day, although more came meanwhile
    desk.order()
    assert told(desk).found is capacity


def test_twice_the_volume_and_a_deadline_that_is_too_short_for_anybody(sqlite: Desk) -> None:
    worked(sqlite, 3)
    one = told(sqlite)
    assert one.found is not None
    assert one.volume.measured is not None
    twice = told(sqlite, wish=Wish(volume=2 * one.volume.measured)).found
    assert twice is not None
    assert twice.demand.work == pytest.approx(2 * one.found.demand.work)
    folder = next(iter(sqlite.surehand.deployment.processes)).parent
    map_ = folder / "orders" / "process.yaml"
    map_.write_text(map_.read_text().replace("due: PT24H, remind: PT20H", "due: PT1M"))
    process = sqlite.surehand.deployment.bind()["orders"]
    sqlite.surehand.context.processes.current["orders"] = process
    found = told(sqlite)
    assert found.found is not None
    assert found.found.reachable < 0.05
    assert "are late whoever is there" in " ".join(found.binding)


def test_before_there_is_a_record_the_map_says_the_volume(tmp_path: Path) -> None:
    url, by_hand = f"sqlite:///{tmp_path}/desk.db", "{per_month: 2600, minutes_by_hand: 6}"
    with loans_desk(tmp_path / "place", url, ("{per_month: 2600}", by_hand)) as desk:
        found = told(desk)
        assert found.found is not None
        assert found.found.demand.a_week == pytest.approx(2600 / (365.25 / 12 / 7))
        assert "what the map says of the volume" in " ".join(found.rests)
        page = text_of(desk.person(RITA).get("/capacity"))
        assert "as the map says of the work by hand" in page


def test_with_nothing_it_says_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    desk.order()
    found = told(desk)
    assert found.found is None
    page = text_of(desk.person(RITA).get("/capacity/refunds"))
    for said in (*found.missing, found.heading):
        assert said in page
    assert "the map has no 'volume.minutes_by_hand'" in page
    assert "the map has no 'volume.per_month'" in page


def test_pages_are_shown_to_whom_they_concern(desk: Desk) -> None:
    names = sorted(desk.surehand.context.people.queues)
    everything = text_of(desk.person(AUDITOR).get("/capacity"))
    assert all(name in everything for name in names)
    stranger = desk.person(STRANGER)
    mine = desk.surehand.context.people.queues_of(STRANGER)
    said = text_of(stranger.get("/capacity"))
    assert all((f" {name} " in said) == (name in mine) for name in names)
    hidden = next(name for name in names if name not in mine)
    assert "There is no queue" in text_of(stranger.get(f"/capacity/{hidden}", 404))
    assert "There is no queue" in text_of(desk.person(AUDITOR).get("/capacity/%3Cscript%3E", 404))
    assert desk.visitor().http.get("/capacity", follow_redirects=False).status_code == 303


def test_page_and_command_say_the_same(sqlite: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(sqlite, 3)
    monkeypatch.setattr("surehand.app.parts._now", sqlite.clock)
    response = sqlite.person(RITA).http.get("/capacity")
    page = text_of(response.text)
    assert response.headers["content-security-policy"] == POLICY
    assert "style=" not in response.text
    words = CliRunner().invoke(cli, ["capacity", str(tmp_path / "place")])
    assert words.exit_code == 0, words.output
    found = told(sqlite)
    for said in (found.heading, found.holiday, found.present, found.crowded, *found.binding, *found.rests):
        assert said in page
        assert said in " ".join(words.output.split())
    assert len(re.findall(r'<svg class="chart', response.text)) == 1
    assert "The same as a table" in page


def command(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["capacity", *map(str, arguments)])
    error = "" if result.exception is None else str(result.exception)
    return result.exit_code, result.output + error


def test_the_command_refuses_what_cannot_be(sqlite: Desk, tmp_path: Path) -> None:
    place = tmp_path / "place"
    for option, value in (
        ("--people", -1), ("--people", 10**9), ("--volume", 0), ("--volume", -3), ("--volume", "nan"),
        ("--volume", "inf"), ("--volume", 1e12), ("--on-time", 0), ("--on-time", 1), ("--on-time", "nan"),
    ):  # fmt: skip
        code, said = command(place, option, value)
        assert code == 1, (option, value, said)
        assert "must be" in said, said
    code, said = command(place, "nowhere")
    assert code == 1
    assert "There is no queue nowhere; there are: " in said
    code, said = command(place, "refunds", "--json")
    assert code == 0
    assert json.loads(said)[0]["found"] is None


def test_who_is_away_or_has_left_is_not_counted(sqlite: Desk) -> None:
    worked(sqlite, 3)
    context, today = sqlite.surehand.context, sqlite.clock().date()
    before = told(sqlite)
    away = Absence.model_validate({"from": today, "until": today})
    everyone = dict(context.people.people)
    everyone[RITA] = everyone[RITA].model_copy(update={"absences": (away,)})
    context.people = context.people.model_copy(update={"people": everyone})
    found = told(sqlite)
    assert found.away == (RITA,)
    assert set(found.members) == set(before.members) - {RITA}
    assert f"Away today, and not counted: {RITA}." in text_of(sqlite.person(AUDITOR).get("/capacity/refunds"))
    gone = {name: one.model_copy(update={"active": False}) for name, one in everyone.items()}
    context.people = context.people.model_copy(update={"people": gone})
    found = told(sqlite)
    assert (found.members, found.away) == ((), ())
    assert found.holiday == "Nobody of the queue is here: nothing is decided."
    assert found.found is not None
    assert found.found.now.on_time == 0


def test_the_page_in_a_browser(sqlite: Desk, browser_page: "Page") -> None:
    """Without a fault of accessibility, light and dark, wide and narrow, from a real past."""
    from axe_playwright_python.sync_playwright import Axe

    worked(sqlite, 3)
    with listening(sqlite.app) as url:
        browser_page.goto(f"{url}/signin")
        browser_page.fill("[name=name]", RITA)
        browser_page.fill("[name=password]", PASSWORD)
        browser_page.click("main button[type=submit]")
        for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
            browser_page.set_viewport_size({"width": width, "height": 900})
            browser_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            browser_page.goto(f"{url}/capacity")
            for summary in browser_page.locator("main summary").all():
                summary.click()
            found = Axe().run(browser_page).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
            assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
        browser_page.click("main h2 a")
        assert browser_page.url.endswith("/capacity/refunds")
