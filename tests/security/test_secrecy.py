"""What a person may not see yet, or at all: the machine's view where they decide alone, and others' cases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surehand.core.hearing import Answer
from surehand.errors import Forbidden, NotFound
from surehand.flow import consult
from surehand.flow.explain import explain, told
from surehand.flow.review import submit_verdict
from surehand.flow.undo import undo
from tests.desk import Desk, text_of
from tests.flow.world import World, opened_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with opened_world(tmp_path / "deployment", f"sqlite:///{tmp_path}/surehand.db") as found:
        yield found


def tells(world: World, case_id: str, person: str) -> list[str]:
    """What of a machine's view a person is shown of a case, by any way."""
    file = consult.consult(world.context, person, case_id)
    found = [f"judgement {j.point}" for j in file.judgements if j.confidence or j.recommendation or j.signals]
    found += [f"reading of {name}" for name, one in file.case.readings.items() if "confidence" in one]
    for link in consult.events(world.context, person, case_id):
        if link.kind in ("recommended", "read") and ("value" in link.body or "sure" in link.body):
            found.append(f"event {link.seq} {link.kind}")
    story = told(explain(world.context, case_id))
    found += [words for words in ("in 100", "Recommends", "Confidence") if words in story]
    return found


def test_whoever_decides_alone_is_told_nothing_at_any_moment(world: World) -> None:
    case_id = world.submit(sure=0.8317, customer="watched")
    person = world.held(case_id).person
    assert world.held(case_id).level == "human"
    assert tells(world, case_id, person) == []

    # an edit begins another round: for a moment nobody has the case, and the last round tells of the next
    submit_verdict(world.context, person, case_id, Answer(kind="edit", fields={"total": "90 EUR"}))
    assert world.case(case_id).state == "running"
    assert tells(world, case_id, person) == []
    world.run()
    assert world.held(case_id).level == "human"
    assert tells(world, case_id, person) == []

    # a question to another, who is told no more
    world.verdict(case_id, "ask", by=person, question="Why?", to="lead")
    for name in (person, "lead", "boss"):
        assert tells(world, case_id, name) == []


def test_an_exception_in_between_tells_nothing_either(world: World) -> None:
    case_id = world.submit(sure=0.8317, customer="watched")
    person = world.held(case_id).person
    world.verdict(case_id, "edit", by=person, fields={"letter": "angry"})
    assert (world.held(case_id).kind, world.held(case_id).level) == ("exception", "assist")
    assert tells(world, case_id, person) == []


def test_once_it_is_decided_all_of_it_is_told(world: World) -> None:
    case_id = world.submit(sure=0.8317, customer="watched")
    person = world.held(case_id).person
    world.verdict(case_id, "approve", by=person, value="pay", note="seen")
    assert len(tells(world, case_id, person)) >= 5


def test_taking_back_asks_for_authority_again_when_it_runs(world: World) -> None:
    case_id = world.submit(sure=0.95)
    undo(world.context, "lead", case_id, "pay")
    people = world.context.people
    lead = people.people["lead"].model_copy(update={"roles": frozenset()})
    world.context.people = people.model_copy(update={"people": people.people | {"lead": lead}})
    world.run()
    assert world.keys("take_back") == []
    assert "no role that decides" in world.held(case_id).because


def test_who_only_sent_a_case_sees_no_others_of_its_subject(desk: Desk) -> None:
    """Whoever submits chooses the subject, and so could ask for anybody's history."""
    earlier = desk.order(total="777.00 EUR", buyer="Mrs Private")
    desk.person("rita.reviewer").verdict(earlier, "reject", reason="other", note="x")
    desk.run()
    case_id = desk.order(total="10.00 EUR", buyer="Mrs Private")
    sender = _as_sender(desk, case_id)
    page = text_of(sender.get(f"/cases/{case_id}/brief"))
    assert "777" not in page
    assert earlier not in page
    assert "777" in text_of(desk.person("rita.reviewer").get(f"/cases/{case_id}/brief"))


def _as_sender(desk: Desk, case_id: str) -> Any:
    """Otto, of another queue, as the one who sent it."""
    from sqlalchemy import update

    from surehand.store.tables import case

    def sent(connection: Any) -> None:
        connection.execute(update(case).where(case.c.id == case_id).values(submitter="otto.other"))

    desk.surehand.context.db.write(sent)
    return desk.person("otto.other")


@pytest.mark.parametrize("path", ["", "/brief", "/file", "/pages/1.png"])
def test_a_strangers_page_is_no_page(desk: Desk, path: str) -> None:
    case_id = desk.order()
    answers = [
        desk.person("otto.other").http.get(f"/cases/{name}{path}", follow_redirects=False)
        for name in (case_id, "ord-000000000000000")
    ]
    texts = {a.text.replace(case_id, "").replace("ord-000000000000000", "") for a in answers}
    assert {a.status_code for a in answers} == {404}
    assert len({text.split("csrf")[0] for text in texts}) == 1


def test_a_verdict_by_a_stranger_is_refused_and_recorded(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for name in ("clerk", "robot", "dev", "gone", "nobody.here"):
        with pytest.raises((Forbidden, NotFound)):
            submit_verdict(world.context, name, case_id, Answer(kind="approve"))
    denied = [link for link in world.events("system") if link.kind == "denied"]
    assert [link.actor for link in denied] == ["clerk", "robot", "dev", "gone", "nobody.here"]
