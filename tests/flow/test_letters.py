"""What messages say, to who sees the AI's view and to who decides without it; and how fast they go."""

import json
import time
from collections.abc import Callable

import pytest

from surehand.channels.email import html
from surehand.channels.slack import blocks
from surehand.core.messages import as_json, plain
from surehand.core.telling import Tell
from surehand.flow import delivering, letters
from surehand.store import outbox
from tests.channels.receivers import smtp
from tests.flow.test_spot_check import checks
from tests.flow.world import World

CANARY = "refuse_the_canary"


def everything_told(world: World, person: str | None = None) -> str:
    """All messages of one person, or of everybody, in all forms that they have."""
    told = []
    for name in [person] if person else world.context.people.people:
        with world.context.db.read() as connection:
            rows = outbox.of_person(connection, name, limit=500)
        for row in rows:
            letter = letters.letter(world.context, row)
            if letter is not None:
                told += [plain(letter), html(letter), json.dumps(as_json(letter))]
                told.append(json.dumps(blocks(letter, decide_up_to="medium")))
        told += [repr(item) for item in letters.items(world.context, name, rows)]
    return "\n".join(told)


def with_canary(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The AI recommends a word that stands in nothing else, for a reason that stands in nothing else."""
    return (
        ("    choices: [pay, reject]\n", f"    choices: [pay, reject, {CANARY}]\n"),
        (
            'return Recommendation(value=answer or "pay", confidence=sure)',
            f'return Recommendation(value="{CANARY}", confidence=sure, reasons=("canary reason",), '
            'source="canary source")',
        ),
        *more,
    )


def test_who_sees_the_ais_view_is_told_it(a_world: Callable[..., World]) -> None:
    world = a_world(*with_canary())
    world.submit(sure=0.8)
    told = everything_told(world)
    assert "Refuse the canary (confidence 80)" in told
    assert "canary reason" in told


@pytest.mark.parametrize("later", [False, True])
def test_who_decides_unseen_is_told_nothing_of_it(a_world: Callable[..., World], later: bool) -> None:
    """Not when it is assigned, reminded or escalated, nor as whoever answers for it."""
    world = a_world(*with_canary())
    case_id = world.submit(sure=0.8, customer="watched")
    if later:
        world.wait(hours=6)
        world.wait(hours=2)
        world.wait(hours=8)
    assert world.case(case_id).state == "waiting"
    told = everything_told(world)
    assert "The customer is watched" in told
    for word in ("canary", "Canary", "RECOMMENDED", "Recommended", "(confidence"):
        assert word not in told, word


def test_a_spot_check_is_told_unseen(a_world: Callable[..., World]) -> None:
    world = a_world(*with_canary(checks(1.0)))
    world.submit(sure=0.99, total="5 EUR")
    told = everything_told(world)
    assert "A spot check" in told
    for word in ("canary", "Canary", "RECOMMENDED", "(confidence"):
        assert word not in told, word


def test_history_is_one_line(a_world: Callable[..., World]) -> None:
    about = "    subject: customer\n"
    world = a_world(
        ("    bands: review-flow\n", f"    bands: review-flow\n{about}"),
        ("    yes_no: true\n", f"    yes_no: true\n{about}"),
    )
    for n in range(3):
        world.submit(sure=0.99, total="5 EUR", key=str(n))
        world.wait(minutes=1)
    world.submit(sure=0.8)
    told = everything_told(world)
    assert "HISTORY\n  Acme, the last 3: yes, yes, yes" in told, told[:900]


@pytest.fixture
def many(a_world: Callable[..., World]) -> World:
    world = a_world()
    for n in range(6):
        world.submit(sure=0.8, key=str(n))
    return world


def test_thousands_of_messages_at_once(many: World) -> None:
    """They come to few people, so they are few mails; and each goes over one connection of some hundred."""
    from surehand.channels.email import Email
    from surehand.core.people import Person
    from surehand.flow.post import Post
    from surehand.reaching import EmailSettings

    world, count = many, 4_000
    people = {f"p{n}": Person(email=f"p{n}@example.com") for n in range(200)}
    world.hired(**people)
    world.context.db.write(lambda c: outbox.stay_here(c, at=world.context.clock()))
    with smtp() as box:
        settings = EmailSettings(
            kind="email", host="127.0.0.1", port=box.port, security="none", sender="desk@example.com"
        )
        world.context.post = Post(channels={"email": Email(settings)}, bases={"email": "x"}, url="http://x")
        delivering.prepare(world.context)
        told = [Tell(f"e{n}", f"p{n % 200}", "taken_over", body={"by": "ann"}) for n in range(count)]
        world.context.db.write(lambda c: outbox.tell(c, told, at=world.context.clock()))
        began = time.monotonic()
        sent = 0
        while due := delivering.plan(world.context):
            sent += sum(delivering.send(world.context, name) for name in due)
        took = time.monotonic() - began
        assert sent == count
        assert len(box.mails) <= 2 * len(people), "20 for each would be a flood"
        assert box.connections <= len(people) / 25
        assert {mail["To"] for mail in box.mails} == {one.email for one in people.values()}
        assert took < 60, f"{count / took:.0f} a second"
        print(f"{count / took:.0f} messages a second in {len(box.mails)} mails")  # noqa: T201 - shown by -s
