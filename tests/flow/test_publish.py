"""Only published versions run; in production two people publish them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from surehand.core.people import Person
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, NotFound
from surehand.flow.publish import propose, publish
from tests.flow.world import World


@pytest.fixture
def production(world: World) -> World:
    world.context.development = False
    world.bench.clock.move(timedelta(days=3650))  # it was published a moment ago, by the real clock
    world.hired(two=Person(roles=(Role.OWNER,)), admin=Person(roles=(Role.ADMINISTRATOR,)))
    return world


def other_version(world: World):
    return replace(world.context.processes.current["refunds"], version="c" * 64)


def test_a_second_person_publishes(production: World) -> None:
    process = other_version(production)
    found = propose(production.context, process, by="dev")
    assert (found.state, found.proposed_by) == ("proposed", "dev")
    done = publish(production.context, process.version, by="two")
    assert (done.state, done.published_by) == ("published", "two")
    body = production.events("system")[-1].body
    assert (body["alone"], body["development"], body["proposed_by"]) == (False, False, "dev")
    production.check()


@pytest.mark.parametrize(
    ("proposer", "publisher", "why"),
    [
        ("two", "two", "proposed this version"),
        ("dev", "dev", "no role that publishes"),
        ("two", "dev", "no role that publishes"),
        ("dev", "ann", "no role that publishes"),
        ("dev", "robot", "no role that publishes"),
        ("dev", "gone", "not an active person"),
        ("dev", "nobody", "not an active person"),
    ],
)
def test_who_may_not_publish(production: World, proposer: str, publisher: str, why: str) -> None:
    process = other_version(production)
    propose(production.context, process, by=proposer)
    with pytest.raises(Forbidden, match=why):
        publish(production.context, process.version, by=publisher)
    kinds = [link.kind for link in production.events("system")]
    assert kinds.count("version_published") == 1
    production.check()


def test_the_builder_does_not_publish_even_as_an_owner(production: World) -> None:
    production.hired(dev=Person(roles=(Role.OWNER, Role.BUILDER)))
    process = other_version(production)
    propose(production.context, process, by="two")
    with pytest.raises(Forbidden, match="built this process"):
        publish(production.context, process.version, by="dev")
    assert publish(production.context, process.version, by="admin").state == "published"


def test_proposing_again_does_not_change_who_proposed(production: World) -> None:
    process = other_version(production)
    propose(production.context, process, by="two")
    assert propose(production.context, process, by="admin").proposed_by == "two"
    with pytest.raises(Forbidden):
        publish(production.context, process.version, by="two")


def test_what_was_not_proposed_or_is_current_is_not_published(production: World) -> None:
    with pytest.raises(NotFound):
        publish(production.context, "d" * 64, by="two")
    with pytest.raises(Forbidden):
        propose(production.context, other_version(production), by="gone")
    process = other_version(production)
    propose(production.context, process, by="dev")
    publish(production.context, process.version, by="two")
    with pytest.raises(Conflict, match="published already"):
        publish(production.context, process.version, by="two")


def test_in_development_one_person_may_and_the_record_says_so(world: World) -> None:
    process = other_version(world)
    propose(world.context, process, by="dev")
    publish(world.context, process.version, by="dev")
    body = world.events("system")[-1].body
    assert (body["alone"], body["development"]) == (True, True)
    world.check()
