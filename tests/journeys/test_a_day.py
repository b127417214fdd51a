"""A day of one queue, with a real mail server between people and their desk.

Each learns by mail what there is to do, follows the link, signs in, and does it on the page without a script.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from surehand.core.people import Absence
from surehand.flow import people
from surehand.store import stops
from tests.channels.receivers import Mailbox, smtp
from tests.desk import Desk, Visitor, desk_on, text_of
from tests.flow import world as worlds
from tests.flow.test_delivering import post, to
from tests.flow.test_delivering import text_of as words_of
from tests.flow.test_four_eyes import ABOVE
from tests.flow.world import World, opened_world

PEOPLE = """\
people:
  ann: {roles: [reviewer], email: ann@example.com}
  spec: {roles: [specialist], email: spec@example.com}
  deputy: {roles: [reviewer], email: deputy@example.com}
  lead: {roles: [owner, reviewer], email: lead@example.com}
  boss: {roles: [owner], email: boss@example.com}
  clerk: {roles: [reviewer], email: clerk@example.com}
  admin: {roles: [administrator], email: admin@example.com}
  dev: {roles: [builder]}
  robot: {roles: [service]}
queues:
  desk: {owner: lead, backup: deputy, members: [ann, spec], due: PT24H}
"""

EVERYONE = ("ann", "spec", "deputy", "lead", "boss", "clerk", "admin")


class Day:
    """The desk, its mails, and the time."""

    def __init__(self, desk: Desk, world: World, box: Mailbox) -> None:
        self.desk, self.world, self.box = desk, world, box

    def mail(self, person: str, subject: str) -> Any:
        """The newest mail of a person that begins so; there has to be one."""
        post(self.world)
        found = [one for one in to(self.box, person) if one["Subject"].startswith(subject)]
        assert found, [(one["To"], one["Subject"]) for one in self.box.mails]
        return found[-1]

    def follow(self, person: str, mail: Any) -> tuple[Visitor, str]:
        """Sign in and open where the link of a mail leads. Returns the browser, and the page's path."""
        (link,) = set(re.findall(r"https://desk\.example\.com(/[^\s>]+)", words_of(mail)))
        browser = self.desk.person(person)
        browser.get(link)
        return browser, link

    def decide(self, person: str, mail: Any, verdict: str, **given: Any) -> None:
        browser, link = self.follow(person, mail)
        case = link.split("/")[2]
        answer = browser.send(f"/cases/{case}/verdict", verdict=verdict, **given)
        assert answer.status_code == 303, text_of(answer.text)[:600]
        self.world.run()


@pytest.fixture
def day(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    @contextmanager
    def opened(*edits: tuple[str, str]) -> Iterator[Day]:
        with smtp() as box:
            monkeypatch.setattr(worlds, "PEOPLE", PEOPLE)
            monkeypatch.setattr(
                worlds, "SETTINGS",
                "mode: development\npublic_url: https://desk.example.com\nchannels:\n"
                f"  email: {{kind: email, host: 127.0.0.1, port: {box.port}, security: none, timeout: 3,\n"
                "    from: Desk <desk@example.com>}\n",
            )  # fmt: skip
            with (
                opened_world(tmp_path / "place", database_url, *edits) as world,
                desk_on(world.bench, *EVERYONE, by="dev") as desk,
            ):
                yield Day(desk, world, box)

    return opened


def test_two_agree_by_mail(day: Callable[..., Any]) -> None:
    with day(ABOVE) as today:
        case = today.world.submit("200 EUR", 0.99)
        first = today.world.held(case).person
        today.decide(first, today.mail(first, "To decide"), "approve")
        second = today.world.held(case).person
        mail = today.mail(second, "To decide")
        assert f"{first} agreed" in words_of(mail)
        assert today.world.calls("pay") == []
        today.decide(second, mail, "approve")
        assert len(today.world.calls("pay")) == 1


def test_nobody_answers_and_it_comes_to_somebody_above(day: Callable[..., Any]) -> None:
    with day() as today:
        case = today.world.submit(sure=0.8)
        holder = today.world.held(case).person
        today.mail(holder, "To decide")
        today.world.wait(hours=6)
        today.mail(holder, "Still to decide")
        today.world.wait(hours=2)
        mail = today.mail("lead", "Escalated to you")
        assert today.mail(holder, "No longer with you")
        today.decide("lead", mail, "approve")
        assert today.world.case(case).state == "done"


def test_a_question_is_answered_by_mail_and_comes_back(day: Callable[..., Any]) -> None:
    with day() as today:
        case = today.world.submit(sure=0.8)
        holder = today.world.held(case).person
        today.mail(holder, "To decide")
        today.world.verdict(case, "ask", question="Is it damaged?", to="clerk")
        mail = today.mail("clerk", "A question to you")
        assert "Is it damaged?" in words_of(mail)
        browser, _ = today.follow("clerk", mail)
        today.world.wait(hours=1)
        assert browser.send(f"/cases/{case}/answer", answer="Yes, on one side.").status_code == 303
        mail = today.mail(holder, "Answered")
        browser, _ = today.follow(holder, mail)
        assert "Yes, on one side." in text_of(browser.get(f"/cases/{case}/brief"))
        today.decide(holder, mail, "approve")
        assert today.world.case(case).state == "done"


def test_who_leaves_has_nothing_any_more_and_others_hear_of_it(day: Callable[..., Any]) -> None:
    with day() as today:
        case = today.world.submit(sure=0.8)
        holder = today.world.held(case).person
        old = today.mail(holder, "To decide")
        people.disable(today.world.context, holder, by="admin", because="has left")
        other = today.world.held(case).person
        assert other != holder
        mail = today.mail(other, "To decide")
        visitor = today.desk.visitor()
        visitor.get("/signin")
        refused = visitor.send("/signin", name=holder, password="a long enough password")
        assert refused.status_code == 401, words_of(old)
        today.decide(other, mail, "approve")


def test_whoever_is_away_gets_nothing_and_their_stand_in_does(day: Callable[..., Any]) -> None:
    with day() as today:
        now = today.world.context.clock().astimezone(UTC)
        away = Absence(start=now.date(), until=(now + timedelta(days=3)).date(), stand_in="clerk")

        def leave(before: Any) -> Any:
            gone = {"absences": (away,)}
            both = {one: before.people[one].model_copy(update=gone) for one in ("ann", "spec")}
            desk = before.queues["desk"].model_copy(update={"members": ("ann", "spec", "clerk")})
            return before.model_copy(update={"people": before.people | both, "queues": {"desk": desk}})

        people.change(today.world.context, by="admin", because="holidays", edit=leave)
        case = today.world.submit(sure=0.8)
        assert today.world.held(case).person == "clerk"
        today.decide("clerk", today.mail("clerk", "To decide"), "approve")
        assert to(today.box, "ann") == []


def test_it_is_stopped_by_one_and_goes_on_by_two(day: Callable[..., Any]) -> None:
    with day() as today:
        case = today.world.submit(sure=0.8)
        holder = today.world.held(case).person
        lead = today.desk.person("lead")
        lead.get("/stop")
        answer = lead.send("/stop", process="refunds", because="The bank answers twice.", confirmed="yes")
        assert answer.status_code in (200, 303), text_of(answer.text)[:300]
        mail = today.mail("boss", "Stopped: refunds")
        assert "The bank answers twice" in words_of(mail)
        today.decide(holder, today.mail(holder, "To decide"), "approve")
        assert today.world.calls("pay") == []
        with today.world.context.db.read() as connection:
            (stop,) = stops.in_force(connection)
        lead.get("/stop")
        assert lead.send(f"/stop/{stop.id}/resume").status_code == 303
        boss, _ = today.follow("boss", today.mail("boss", "Asked to resume: refunds"))
        assert boss.send(f"/stop/{stop.id}/agree").status_code == 303
        today.world.run()
        assert len(today.world.calls("pay")) == 1
        assert today.mail("lead", "Goes on: refunds")


def test_a_scanner_that_follows_every_link_decides_nothing(day: Callable[..., Any]) -> None:
    with day() as today:
        case = today.world.submit(sure=0.8)
        holder = today.world.held(case).person
        today.mail(holder, "To decide")
        for mail in today.box.mails:
            for link in re.findall(r"https://desk\.example\.com(/[^\s>]+)", words_of(mail)):
                today.desk.visitor().get(link)
                today.desk.person(holder).get(link)
        today.world.run()
        assert today.world.case(case).state == "waiting"
