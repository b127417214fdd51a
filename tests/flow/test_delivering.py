"""Messages on their way: to real servers, once, in time, over another channel where one fails."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surehand.channels.protocol import Outcome, Receipt
from surehand.core.deadlines import Waiter
from surehand.core.people import Person
from surehand.core.reach import Reach
from surehand.core.telling import Tell
from surehand.flow import delivering, review, urgency
from surehand.flow.post import Post
from surehand.store import channels, outbox, tables
from tests.channels.receivers import Mailbox, Receiver, http, smtp
from tests.flow import world as worlds
from tests.flow.world import World, opened_world

SECRET = "whsec_" + "c2VjcmV0LW9mLWEtdGVzdC10aGF0LWlzLTMyLWJ5dGVz"

PEOPLE = """\
people:
  ann: {roles: [reviewer], email: ann@example.com}
  bo: {roles: [reviewer], limit: 500, email: bo@example.com, reach: {digest: hourly}}
  spec: {roles: [specialist], email: spec@example.com}
  deputy: {roles: [reviewer], email: deputy@example.com}
  lead: {roles: [owner, reviewer], email: lead@example.com}
  boss: {roles: [owner], email: boss@example.com}
  root: {roles: [administrator], email: root@example.com}
  dev: {roles: [builder]}
  robot: {roles: [service]}
queues:
  desk: {owner: lead, backup: deputy, members: [ann, bo, spec], due: PT24H}
"""


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with smtp() as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http() as found:
        yield found


Opening = Callable[..., World]


@pytest.fixture
def place(
    fresh_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, box: Mailbox, receiver: Receiver
) -> Iterator[Opening]:
    """Opens the world with channels: e-mail, a pager by webhook, and a system that listens."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with ExitStack() as stack:

        def opened(
            *,
            people: str = PEOPLE,
            settings: str = "",
            events: str = "[case.finished]",
            hook: str = "",
            edits: tuple[tuple[str, str], ...] = (),
        ) -> World:
            hook = f"{{url: '{receiver.url}/erp', secrets_env: HOOK_SECRET, events: {events}{hook}}}"
            monkeypatch.setattr(worlds, "PEOPLE", people)
            monkeypatch.setattr(
                worlds, "SETTINGS",
                "mode: development\npublic_url: https://desk.example.com\n"
                f"{settings or _channels(box, receiver)}webhooks:\n  erp: {hook}\n",
            )  # fmt: skip
            return stack.enter_context(opened_world(tmp_path / "deployment", fresh_url, *edits))

        yield opened


def _channels(box: Mailbox, receiver: Receiver) -> str:
    return (
        "channels:\n"
        f"  email: {{kind: email, host: 127.0.0.1, port: {box.port}, security: none, timeout: 3,\n"
        "    from: Desk <desk@example.com>}\n"
        f"  pager: {{kind: webhook, url: '{receiver.url}/pager', secrets_env: [HOOK_SECRET]}}\n"
    )


def post(world: World) -> int:
    """What the postman does, until nothing is due. How many messages."""
    count = 0
    for _ in range(40):
        due = delivering.plan(world.context)
        sent = sum(delivering.send(world.context, name) for name in due)
        count += sent
        if not sent:
            return count
    raise AssertionError("it never comes to rest")


def rows(world: World, **where: Any) -> list[Any]:
    with world.context.db.read() as connection:
        found = select(tables.delivery).order_by(tables.delivery.c.id)
        for name, value in where.items():
            found = found.where(tables.delivery.c[name] == value)
        return list(connection.execute(found))


def to(box: Mailbox, person: str) -> list[Any]:
    return [mail for mail in box.mails if f"{person}@example.com" in mail["To"]]


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def test_whoever_gets_a_case_gets_its_brief(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    held = world.held(case_id)
    assert post(world) == 1
    (mail,) = box.mails
    assert mail["To"] == f"{held.person}@example.com"
    assert mail["Subject"].startswith("To decide: ")
    assert mail["Reply-To"] is None
    assert mail["List-Unsubscribe"] is None
    text = text_of(mail)
    assert f"https://desk.example.com/cases/{case_id}/brief" in text
    for part in (
        "TO DECIDE",
        "RECOMMENDED",
        "Pay (confidence 80)",
        "KEY FACTS",
        "Total: 100.00 EUR",
        "WHY IT IS HERE",
    ):
        assert part in text, part
    html = str(mail.get_body(("html",)).get_content())
    assert f'href="https://desk.example.com/cases/{case_id}/brief"' in html
    assert [row.state for row in rows(world)] == ["sent"]
    assert post(world) == 0


def test_what_was_done_meanwhile_is_not_told(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "approve")
    post(world)
    assert box.mails == []
    assert rows(world, case_id=case_id)[0].state == "dropped"


def test_who_did_it_is_told_nothing(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    assert world.held(case_id).person == "ann"
    post(world)
    review.claim(world.context, "lead", case_id)
    post(world)
    assert len(to(box, "lead")) == 0
    assert [mail["Subject"] for mail in to(box, "ann")][1:] == [f"No longer with you: {case_id.upper()}"]
    assert "lead has it now." in text_of(to(box, "ann")[-1])


def test_reminders_and_escalations(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    post(world)
    world.wait(hours=6)
    post(world)
    assert [mail["Subject"].partition(":")[0] for mail in to(box, "ann")] == ["To decide", "Still to decide"]
    world.wait(hours=2)
    post(world)
    assert to(box, "lead")[-1]["Subject"].startswith("Escalated to you: ")
    assert to(box, "lead")[-1]["Importance"] == "high"
    assert to(box, "ann")[-1]["Subject"] == f"No longer with you: {case_id.upper()}"
    world.wait(hours=8)
    post(world)
    assert to(box, "boss")[-1]["Subject"].startswith("Escalated to you: ")


def test_whoever_has_a_case_is_told_once_that_somebody_waits(place: Opening, box: Mailbox) -> None:
    """Also without a reminder to come, for the second who waits as for the first, and by their own words."""
    world = place()
    case_id = world.submit(sure=0.8)
    post(world)
    world.wait(hours=6)
    post(world)
    for who, by in ((Waiter.CUSTOMER, "lead"), (Waiter.PROCESS, "robot")):
        urgency.waits(world.context, by, case_id, "Called twice", who=who)
        post(world)
    mails = to(box, "ann")
    assert [mail["Subject"].partition(":")[0] for mail in mails[2:]] == [
        "A customer waits", "Another process cannot go on",
    ]  # fmt: skip
    assert {mail["Importance"] for mail in mails[2:]} == {"high"}
    assert "lead says that a customer waits for it." in text_of(mails[2])
    assert "robot says that another process cannot go on before it is decided." in text_of(mails[3])


def test_a_reminder_that_comes_with_who_waits_is_no_second_message(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    post(world)
    urgency.waits(world.context, "lead", case_id, "Called twice")
    assert world.kinds(case_id)[-2:] == ["customer_waits", "reminded"]
    assert post(world) == 1
    assert to(box, "ann")[-1]["Subject"].startswith("A customer waits: ")


def test_both_who_have_a_case_are_told_that_somebody_waits(place: Opening, box: Mailbox) -> None:
    """And whoever had it, and has not any more, is told no more of it."""
    world = place(edits=(("sla: {due: PT8H, remind: PT6H,", "sla: {due: PT8H, share: PT6H,"),))
    case_id = world.submit(sure=0.8)
    world.wait(hours=6)
    post(world)
    urgency.waits(world.context, "lead", case_id, "Called twice")
    post(world)
    told = [mail["To"] for mail in box.mails if mail["Subject"].startswith("A customer waits: ")]
    assert told == ["ann@example.com", "deputy@example.com"]
    urgency.waits(world.context, "lead", case_id, "Order 7 cannot ship", who=Waiter.PROCESS)
    review.claim(world.context, "deputy", case_id)
    post(world)
    blocked = [mail for mail in box.mails if mail["Subject"].startswith("Another process cannot go on: ")]
    assert [mail["To"] for mail in blocked] == ["deputy@example.com"]


def test_a_question_and_its_answer(place: Opening, box: Mailbox) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "ask", question="Is http://evil.example/x right?", to="deputy")
    post(world)
    (mail,) = to(box, "deputy")
    assert "Is http[:]//evil[.]example/x right?" in text_of(mail)
    review.answer_question(world.context, "deputy", case_id, "Yes.")
    post(world)
    assert to(box, "ann")[-1]["Subject"].startswith("Answered: ")


def test_a_crash_between_sending_and_recording(
    place: Opening, box: Mailbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again, and whoever gets it can tell that it is the same."""
    world = place(events="[case.waiting]")
    world.submit(sure=0.8)
    with monkeypatch.context() as patch:

        def dies(*_: Any) -> None:
            raise RuntimeError("the process died")

        patch.setattr(delivering, "_record", dies)
        for name in delivering.plan(world.context):
            with pytest.raises(RuntimeError, match="died"):
                delivering.send(world.context, name)
    assert post(world) == 0
    world.wait(seconds=61)
    assert post(world) == 2
    first, again = box.mails
    assert first["Message-ID"] == again["Message-ID"]
    numbers = [one.headers["webhook-id"] for one in receiver.requests]
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert {row.state for row in rows(world)} == {"sent"}


def test_a_digest_is_one_message(place: Opening, box: Mailbox) -> None:
    people = PEOPLE.replace("ann@example.com}", "ann@example.com, reach: {digest: hourly}}")
    world = place(people=people)
    world.away("bo", "spec")
    world.wait(minutes=5)
    numbers = [world.submit(sure=0.8, key=str(n)) for n in range(3)]
    assert post(world) == 0
    world.wait(minutes=54)
    assert post(world) == 0
    world.wait(minutes=1)
    assert post(world) == 3
    (mail,) = box.mails
    assert mail["Subject"] == "3 messages for you"
    for number in numbers:
        assert f"https://desk.example.com/cases/{number}/brief" in text_of(mail)
    # what was decided meanwhile is not in the next one, and one alone comes as itself
    later = [world.submit(sure=0.8, key=f"later{n}") for n in range(2)]
    world.verdict(later[0], "approve")
    world.wait(hours=1)
    post(world)
    assert box.mails[-1]["Subject"].startswith("To decide: ")
    assert later[1] in text_of(box.mails[-1])


def test_a_flood_comes_as_one(place: Opening, box: Mailbox) -> None:
    world = place()
    world.away("bo", "spec")
    for n in range(8):
        world.submit(sure=0.8, key=str(n))
    post(world)
    assert [mail["Subject"] for mail in box.mails] == ["8 messages for you"]


def test_quiet_hours_hold_back_all_but_what_is_urgent(place: Opening, box: Mailbox) -> None:
    quiet = "zone: Asia/Kolkata, reach: {quiet: '08:00-12:00'}"  # 09:00 UTC is 14:30 there
    people = PEOPLE.replace("ann@example.com}", f"ann@example.com, {quiet}}}")
    people = people.replace("lead@example.com}", "lead@example.com, reach: {quiet: '00:00-23:59'}}")
    world = place(people=people)
    world.away("bo", "spec")
    world.wait(hours=20)  # 05:00 UTC: 10:30 in Kolkata
    case_id = world.submit(sure=0.8)
    post(world)
    assert box.mails == []
    world.wait(minutes=89)
    assert post(world) == 0
    world.wait(minutes=1)
    assert post(world) == 1
    world.wait(hours=8)
    post(world)
    assert to(box, "lead")[-1]["Subject"].startswith("Escalated to you: "), "urgent, whatever the hour"
    assert world.held(case_id).person == "lead"


def test_a_dead_channel_falls_back_and_its_owner_is_told_once(
    place: Opening, box: Mailbox, receiver: Receiver
) -> None:
    people = PEOPLE.replace("ann@example.com}", "ann@example.com, reach: {channels: [email, pager]}}")
    people = people.replace("root@example.com}", "root@example.com, reach: {channels: [pager]}}")
    dead = _channels(box, receiver).replace(f"port: {box.port}", "port: 1")
    world = place(people=people, settings=dead)
    world.away("bo", "spec")
    world.submit(sure=0.8)
    for _ in range(12):
        post(world)
        world.wait(seconds=10)
    paged = [one["data"] for one in receiver.bodies]
    assert [one["kind"] for one in paged if one["person"] == "ann"] == ["assigned"]
    assert [one["subject"] for one in paged if one["person"] == "root"] == ["The channel email does not work"]
    with world.context.db.read() as connection:
        assert channels.states(connection)["email"].state == "down"
    # whoever has nothing else finds it on the page
    world.submit(sure=None, total="9000 EUR")
    for _ in range(4):
        post(world)
        world.wait(seconds=10)
    assert {row.channel for row in rows(world, recipient="lead")} <= {"in_app"}


def test_a_channel_that_works_again(place: Opening, box: Mailbox, receiver: Receiver) -> None:
    people = PEOPLE.replace("root@example.com}", "root@example.com, reach: {channels: [pager]}}")
    world = place(people=people)
    world.away("bo", "spec")
    box.replies = ["451 4.3.0 try later"] * 3
    world.submit(sure=0.8)
    for _ in range(4):
        post(world)
        world.wait(seconds=10)
    kinds = [one["data"]["kind"] for one in receiver.bodies if one["data"]["person"] == "root"]
    assert kinds == ["channel_failed"]
    world.submit(sure=0.8, key="meanwhile")
    post(world)
    assert box.mails == []
    world.wait(minutes=5)
    world.submit(sure=0.8, key="again")
    post(world)
    assert len(to(box, "ann")) == 1
    post(world)
    kinds = [one["data"]["kind"] for one in receiver.bodies if one["data"]["person"] == "root"]
    assert kinds == ["channel_failed", "channel_works"]


def test_one_address_that_is_refused_is_not_the_channels_fault(
    place: Opening, box: Mailbox, receiver: Receiver
) -> None:
    people = PEOPLE.replace("ann@example.com}", "nobody@example.com, reach: {channels: [email, pager]}}")
    world = place(people=people)
    world.away("bo", "spec")
    world.submit(sure=0.8)
    post(world)
    assert [one["data"]["person"] for one in receiver.bodies] == ["ann"]
    with world.context.db.read() as connection:
        assert channels.states(connection)["email"].state == "up"


def test_a_webhook_hears_what_it_wants_and_no_facts(place: Opening, receiver: Receiver) -> None:
    world = place(events="[case.received, case.decided, case.finished, action.done, case.waiting]")
    case_id = world.submit(sure=0.99, total="5 EUR")
    post(world)
    told = list(receiver.bodies)
    assert sorted({one["type"] for one in told}) == [
        "surehand.action.done", "surehand.case.decided", "surehand.case.finished", "surehand.case.received",
    ]  # fmt: skip
    for one in told:
        assert one["specversion"] == "1.0"
        assert one["source"] == "https://desk.example.com"
        assert one["subject"] == case_id
        assert "facts" not in one["data"]
        assert "Acme" not in str(one)
    assert len({one["id"] for one in told}) == len(told)


def test_a_webhook_is_tried_for_days_and_then_given_up(place: Opening, receiver: Receiver) -> None:
    world = place(hook=", facts: true")
    receiver.default = (500, {}, b"")
    world.submit(sure=0.99, total="5 EUR")
    for _ in range(400):
        post(world)
        world.wait(minutes=30)
    (row,) = rows(world, recipient="hook:erp")
    assert row.state == "failed"
    assert row.error == "the receiver answered 500"
    assert len({one.headers["webhook-id"] for one in receiver.requests}) == 1
    assert len(receiver.requests) == 11
    assert receiver.bodies[0]["data"]["facts"]["customer"] == "Acme"


def test_a_webhook_that_is_gone_is_told_nothing_more(place: Opening, receiver: Receiver) -> None:
    world = place()
    receiver.answers = [(410, {}, b"")]
    for n in range(3):
        world.submit(sure=0.99, total="5 EUR", key=str(n))
        post(world)
    assert len(receiver.requests) == 1
    with world.context.db.read() as connection:
        assert channels.states(connection)["hook:erp"].state == "off"
    delivering.prepare(world.context)
    assert len(receiver.requests) == 1


def test_what_a_webhook_that_is_gone_was_to_be_told_has_failed(place: Opening, receiver: Receiver) -> None:
    """So it does not gather, and is not told when surehand.yaml says something else of the webhook."""
    world = place()
    receiver.answers = [(500, {}, b""), (410, {}, b"")]
    for n in range(4):
        world.submit(sure=0.99, total="5 EUR", key=str(n))
        post(world)
    told = rows(world, recipient="hook:erp")
    # the first one was to be tried again a while later
    assert [(row.state, row.error is None) for row in told] == [("failed", False)] * 4
    assert "surehand.yaml" in told[-1].error
    world.context.post = replace(world.context.post, bases={**world.context.post.bases, "hook:erp": "other"})
    delivering.prepare(world.context)
    world.submit(sure=0.99, total="5 EUR", key="since")
    world.wait(minutes=10)
    post(world)
    assert len(receiver.requests) == 3
    assert [row.state for row in rows(world, recipient="hook:erp")] == ["failed"] * 4 + ["sent"]
    world.wait(days=91)
    delivering.forget(world.context)
    assert rows(world, recipient="hook:erp") == []


def test_what_a_webhook_has_not_taken_for_days_it_is_not_told_late(
    place: Opening, receiver: Receiver
) -> None:
    """Nobody was there to send it meanwhile; one row was tried before, and one never was."""
    world = place()
    receiver.answers = [(500, {}, b"")]
    world.submit(sure=0.99, total="5 EUR", key="tried")
    post(world)
    world.submit(sure=0.99, total="5 EUR", key="never")
    world.wait(days=3)
    world.submit(sure=0.99, total="5 EUR", key="late")
    world.wait(days=1, minutes=1)
    post(world)
    assert [row.state for row in rows(world, recipient="hook:erp")] == ["failed", "failed", "sent"]
    assert len(receiver.requests) == 2


def test_messages_of_people_are_never_too_old(place: Opening, box: Mailbox) -> None:
    world = place(edits=(("sla: {due: PT8H, remind: PT6H,", "sla: {due: PT800H,"),))
    world.submit(sure=0.8)
    delivering.plan(world.context)
    world.wait(days=5)
    post(world)
    assert [mail["Subject"].partition(":")[0] for mail in to(box, "ann")] == ["To decide"]


def test_retry_after_is_honoured_and_redirects_are_not_followed(place: Opening, receiver: Receiver) -> None:
    world = place()
    receiver.answers = [(503, {"retry-after": "600"}, b""), (307, {"location": f"{receiver.url}/other"}, b"")]
    world.submit(sure=0.99, total="5 EUR")
    post(world)
    world.wait(minutes=9)
    assert post(world) == 0
    world.wait(minutes=1)
    post(world)
    assert [one.path for one in receiver.requests] == ["/erp", "/erp"]
    world.wait(hours=1)
    post(world)
    assert [row.state for row in rows(world, recipient="hook:erp")] == ["sent"]


def test_what_is_left_alone_has_not_failed(place: Opening, box: Mailbox) -> None:
    """A chat that takes one message a second: the others wait, and nothing of them is given up."""
    world = place()
    world.away("bo", "spec")
    world.submit(sure=0.8)

    class Limited:
        needs = None

        def __init__(self) -> None:
            self.taken: list[str] = []

        def send(self, parcels: Any, *, now: Any) -> list[Receipt]:
            self.taken.append(parcels[0].to.person)
            wait = Receipt(Outcome.LATER, "ratelimited", timedelta(seconds=30), tried=False)
            return [Receipt(Outcome.SENT), *(wait for _ in parcels[1:])]

    people = {f"p{n}": Person(reach=Reach(channels=("chat",))) for n in range(8)}
    world.hired(**people)
    chat = Limited()
    world.context.post = Post(channels={"chat": chat}, bases={"chat": "x"})
    delivering.prepare(world.context)
    told = [Tell("e", name, "taken_over", body={"by": "ann"}) for name in people]
    world.context.db.write(lambda c: outbox.tell(c, told, at=world.context.clock()))
    for _ in range(10):
        post(world)
        world.wait(seconds=31)
    assert set(chat.taken) == set(people)
    assert {row.channel for row in rows(world) if row.recipient in people} == {"chat"}


def test_nobody_is_told_of_what_ran_alone(place: Opening) -> None:
    world = place(events="[case.waiting]")
    world.submit(sure=0.99, total="5 EUR")
    assert rows(world) == []


def test_old_messages_are_forgotten(place: Opening) -> None:
    world = place()
    case_id = world.submit(sure=0.8)
    post(world)
    world.wait(days=91)
    delivering.forget(world.context)
    assert {row.case_id for row in rows(world)} <= {case_id}
    assert all(row.at > world.context.clock() - outbox.KEPT for row in rows(world))


def test_the_same_is_told_once(place: Opening) -> None:
    world = place()
    world.submit(sure=0.8)
    (row,) = rows(world)
    told = Tell(row.event, row.recipient, row.kind)
    world.context.db.write(lambda c: outbox.tell(c, [told, told], at=world.context.clock()))
    assert len(rows(world)) == 1
    assert timedelta(0) <= world.context.clock() - row.at
