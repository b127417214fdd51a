"""What changed around a person since they were last here: each thing once, and only what they may know."""

from datetime import datetime, timedelta
from typing import Any

from surehand.flow import stopping
from surehand.flow.changes import changes, lately
from surehand.store import course, versions
from surehand.store.tables import version
from tests.flow.world import World

HOUR = timedelta(hours=1)


def kinds(world: World, person: str, before: datetime | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.of) for one in changes(world.context, person, before=before).found]


def published(world: World, policies: dict[str, str], *, at: datetime, hash: str) -> None:
    """Another version of the process, with these passages."""
    with world.context.db.read() as connection:
        now = versions.current(connection)["refunds"]
    body = {**now.map, "policies": policies}

    def transaction(connection: Any) -> None:
        versions.propose(connection, hash, "refunds", body, by="dev", at=at)
        versions.publish(connection, hash, by="boss", at=at)

    world.context.db.write(transaction)


def long_ago(world: World) -> None:
    """The version that the world began with was published a month ago."""
    at = world.context.clock() - timedelta(days=30)
    world.context.db.write(lambda connection: connection.execute(version.update().values(published_at=at)))


def test_a_version_and_its_policy(world: World) -> None:
    long_ago(world)
    assert kinds(world, "ann") == []
    now = world.context.clock()
    published(world, {"P-1": "At most 100.", "P-2": "Ask twice."}, at=now - 2 * HOUR, hash="a")
    published(world, {"P-1": "At most 90.", "P-3": "Be kind."}, at=now - HOUR, hash="b")
    found = changes(world.context, "ann", before=None).found
    assert [(one.kind, one.of) for one in found] == [("published", "refunds"), ("policy", "refunds")]
    assert found[0].by == "boss"
    # against what held before the time that is asked about, and not against each version in between
    assert found[1].names == ("P-1", "P-3")
    # who does not work there is told nothing of it
    assert kinds(world, "clerk") == []


def test_a_page_that_is_open_all_day_lags_a_little_and_never_behind_who_may_know(world: World) -> None:
    long_ago(world)
    now = world.context.clock()

    def told() -> list[str]:
        return [one.kind for one in lately(world.context, "ann", before=None).found]

    assert told() == []
    published(world, {}, at=now - HOUR, hash="a")
    assert (told(), kinds(world, "ann")) == ([], [("published", "refunds")])
    world.context.people_rev += 1
    assert told() == ["published"]


def test_it_goes_back_to_when_they_were_here_but_not_for_ever(world: World) -> None:
    long_ago(world)
    now = world.context.clock()
    published(world, {}, at=now - timedelta(days=5), hash="a")
    assert kinds(world, "ann") == []
    told = changes(world.context, "ann", before=now - timedelta(days=6))
    assert told.last_here
    assert [one.kind for one in told.found] == ["published"]
    # somebody who was here an hour ago hears of yesterday all the same
    assert not changes(world.context, "ann", before=now - HOUR).last_here
    assert changes(world.context, "ann", before=now - timedelta(days=300)).since == now - timedelta(days=14)


def test_a_guarantee_says_its_last_change_once(world: World) -> None:
    long_ago(world)
    now = world.context.clock()
    body = {"error": 0.02, "coverage": 0.5, "cut": 0.9}
    for kind, hours in (("certified", 5), ("stopped", 2)):
        world.context.db.write(
            lambda connection, kind=kind, hours=hours: course.tell(
                connection, ("refunds", "refund"), kind, body, at=now - hours * HOUR
            )
        )
    (one,) = changes(world.context, "ann", before=None).found
    assert (one.kind, one.point, one.tone) == ("guarantee", "refund", "bad")
    assert one.text.startswith("Clearly more than 2 % were wrong")
    assert kinds(world, "clerk") == []


def test_a_stop_that_ended(world: World) -> None:
    long_ago(world)
    context = world.context
    stop = stopping.stop(context, "boss", "refunds", because="odd sums")
    assert kinds(world, "ann") == []
    stopping.ask_to_resume(context, "boss", stop.id)
    stopping.agree(context, "lead", stop.id)
    (one,) = changes(context, "ann", before=None).found
    assert (one.kind, one.of, one.by, one.text) == ("resumed", "refunds", "lead", "odd sums")


def test_who_is_away_and_who_stands_in(world: World) -> None:
    long_ago(world)
    world.absent("bo", days=2, stand_in="ann")
    (one,) = changes(world.context, "ann", before=None).found
    assert (one.kind, one.of, one.by, one.tone) == ("away", "bo", "ann", "warn")
    assert one.until == world.context.people.back("bo", world.context.clock())
    # one does not tell people that they are away themselves
    assert kinds(world, "bo") == []


def test_it_is_bounded(world: World) -> None:
    long_ago(world)
    now = world.context.clock()
    body = {"error": 0.02, "coverage": 0, "cut": None}

    def transaction(connection: Any) -> None:
        for number in range(60):
            course.tell(connection, ("refunds", f"p{number}"), "certified", body, at=now - HOUR)

    world.context.db.write(transaction)
    found = changes(world.context, "ann", before=None)
    assert len(found.found) == 5
    assert found.more == 35
