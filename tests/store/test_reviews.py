"""The record that capacity is planned from: what each question counts, and what it looks at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from surehand.store import reviews
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate
from surehand.store.tables import assignment, case, judgement, verdict
from tests.store.test_plans import planned, scans

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = {"since": NOON - timedelta(weeks=12), "until": NOON}
QUESTIONS = {
    "came": reviews.came, "decided": reviews.decided, "judged": reviews.judged, "received": reviews.received,
}  # fmt: skip


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = opened(database_url)
    migrate(made)
    yield made
    made.close()


def add(connection: Connection, number: int, at: datetime, **more: object) -> None:
    """A case that is judged and comes to a queue at once, and the verdict on it three minutes later."""
    texts = {
        "process": "orders",
        "version": "v",
        "key": f"{number}",
        "digest": "",
        "submitter": "s",
        "title": "",
    }
    lists = ("input", "facts", "readings", "brought", "answers", "passed", "exchange")
    connection.execute(
        insert(case).values(
            id=f"c{number}",
            **texts,
            state="done",
            place=0,
            round=1,
            rev=1,
            owner="engine",
            audit_seq=1,
            audit_hash="",
            created_at=at,
            updated_at=at,
            **{key: {} for key in lists},
        )
    )
    connection.execute(
        insert(judgement).values(
            case_id=f"c{number}",
            point="accept",
            round=1,
            at=at,
            version="v",
            recommendation={},
            signals={},
            grade="low",
            level=more.get("level", "review"),
            reasons=[],
            shown="",
            approves={},
        )
    )
    decided_at = at + timedelta(minutes=3)
    connection.execute(
        insert(assignment).values(
            id=f"a{number}",
            case_id=f"c{number}",
            round=1,
            kind=more.get("kind", "decide"),
            point="accept",
            queue=more.get("queue", "refunds"),
            person="rita",
            level="review",
            because="",
            opened_at=at,
            due_at=at,
            stage=0,
            open=False,
            closed_at=decided_at,
        )
    )
    connection.execute(
        insert(verdict).values(
            case_id=f"c{number}",
            point="accept",
            round=1,
            serial=1,
            kind="approve",
            person="rita",
            at=decided_at,
            final=True,
            override=False,
            fields={},
            reason="",
            note="",
            shown="",
            approves={},
        )
    )


def test_what_is_counted(database: Database) -> None:
    hour = NOON - timedelta(hours=2)

    def fill(connection: Connection) -> None:
        for number, (minutes, more) in enumerate(
            [
                (0, {}), (59, {}), (60, {}), (30, {"queue": "other"}), (30, {"kind": "notice"}),
                (-3, {"level": "automate"}), (120, {}), (-60 * 24 * 7 * 12, {}),
            ]
        ):  # fmt: skip
            add(connection, number, hour + timedelta(minutes=minutes), **more)

    database.write(fill)
    with database.read() as connection:
        found = {(one.queue, one.hour): one.count for one in reviews.came(connection, **SPAN)}
        # what is only told of does not count, nor does what came before or after
        assert found == {
            ("refunds", hour - timedelta(hours=1)): 1, ("refunds", hour): 2, ("other", hour): 1,
            ("refunds", hour + timedelta(hours=1)): 1,
        }  # fmt: skip
        decided = reviews.decided(connection, **SPAN)
        assert [one.at for one in decided] == sorted(one.at for one in decided)
        assert all(one.at - one.opened_at == timedelta(minutes=3) for one in decided)
        assert {one.queue for one in decided} == {"refunds", "other"}
        judged = {(one.point, one.level): one.count for one in reviews.judged(connection, **SPAN)}
        assert judged == {("accept", "automate"): 1, ("accept", "review"): 5}
        (received,) = reviews.received(connection, **SPAN)
        assert (received.process, received.count) == ("orders", 6)
        assert received.first == hour - timedelta(minutes=3)


def test_only_the_latest_are_looked_at(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "LATEST", 3)

    def fill(connection: Connection) -> None:
        for number in range(9):
            add(connection, number, NOON - timedelta(hours=10 - number))

    database.write(fill)
    with database.read() as connection:
        assert len(reviews.decided(connection, **SPAN)) == 3
        assert sum(one.count for one in reviews.judged(connection, **SPAN)) == 3
        (received,) = reviews.received(connection, **SPAN)
        assert (received.count, received.first) == (3, NOON - timedelta(hours=4))
        assert sum(one.count for one in reviews.came(connection, **SPAN)) == 9


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_has_an_index(migrated_file: Path, name: str) -> None:
    database = opened(f"sqlite:///{migrated_file}")
    migrate(database)
    with database.read() as connection, planned(connection) as plans:
        QUESTIONS[name](connection, **SPAN)
    assert plans
    assert scans(plans) == []
    # reviews are counted in the index alone
    assert name != "came" or any("USING COVERING INDEX assignment_came (opened_at>" in plan for plan in plans)
    database.close()
