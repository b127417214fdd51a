"""What is due: claimed once, fenced by the attempt, given back, never lost."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from surehand.store import work
from surehand.store.database import Database
from surehand.store.work import NewWork, Work
from tests.core.made import NOW

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


def due(database: Database, *refs: str, at: Any = NOW, kind: str = "act") -> None:
    database.write(lambda c: work.add(c, [NewWork(kind, ref, f"case-{ref}", True, at) for ref in refs]))


def claimed(
    database: Database, *, kind: str = "act", limit: int = 100, now: Any = NOW, worker: str = "w"
) -> list[Work]:
    return database.write(lambda c: work.claim(c, kind, worker=worker, limit=limit, now=now, lease=LEASE))


def finished(database: Database, items: list[Work]) -> set[int]:
    return database.write(lambda c: work.finish(c, items))


def lost(database: Database, now: Any) -> list[Work]:
    with database.read() as connection:
        return [item for item, _ in work.expired(connection, now=now)]


def test_what_is_due_is_claimed_oldest_first_and_once(database: Database) -> None:
    due(database, "b", at=NOW)
    due(database, "a", at=NOW - SECOND)
    due(database, "late", at=NOW + SECOND)
    due(database, "other", kind="advance")
    assert [item.ref for item in claimed(database, limit=1)] == ["a"]
    assert [item.ref for item in claimed(database)] == ["b"]
    assert claimed(database) == []
    assert [item.ref for item in claimed(database, now=NOW + SECOND)] == ["late"]
    with database.read() as connection:
        assert work.due_kinds(connection, now=NOW) == {"advance"}
        assert work.counts(connection) == {"claimed": 3, "ready": 1}
        assert work.oldest_due(connection, now=NOW) == NOW
        assert work.oldest_due(connection, now=NOW - SECOND) is None


def test_one_case_can_be_claimed_alone(database: Database) -> None:
    due(database, "a", "b")
    (item,) = database.write(lambda c: work.claim_cases(c, ["case-b"], worker="w", now=NOW, lease=LEASE))
    assert (item.ref, item.attempt) == ("b", 1)
    assert [one.ref for one in claimed(database)] == ["a"]


def test_finished_work_is_gone_and_only_once(database: Database) -> None:
    due(database, "a", "b")
    items = claimed(database)
    assert finished(database, items) == {item.id for item in items}
    assert finished(database, items) == set()
    assert finished(database, []) == set()


def test_nothing_is_finished_that_was_not_claimed_or_given_back(database: Database) -> None:
    due(database, "a")
    (item,) = claimed(database)
    database.write(lambda c: work.release(c, [item], due_at=NOW))
    assert finished(database, [item]) == set()
    assert not database.write(lambda c: work.retry(c, item, due_at=NOW))
    assert not database.write(lambda c: work.holds(c, item))
    (again,) = claimed(database)
    assert (again.attempt, again.failures) == (2, 0)


def test_a_lease_that_ended_gives_the_work_to_the_next_and_fences_the_late_one(database: Database) -> None:
    due(database, "a", "b")
    late = claimed(database)
    assert lost(database, NOW + LEASE) == []
    assert lost(database, NOW + LEASE + SECOND) == late
    database.write(lambda c: work.release(c, late[:1], due_at=NOW))
    (now,) = claimed(database, worker="next")
    assert now.attempt == 2
    assert database.write(lambda c: work.extend(c, late, until=NOW + 2 * LEASE)) == {late[1].id}
    assert finished(database, late) == {late[1].id}
    assert not database.write(lambda c: work.holds(c, late[0]))
    assert not database.write(lambda c: work.retry(c, late[0], due_at=NOW))
    database.write(lambda c: work.release(c, [late[0]], due_at=NOW))
    assert claimed(database) == [], "the late worker gave back what another has"
    assert database.write(lambda c: work.holds(c, now))
    assert finished(database, [now]) == {now.id}


def test_pieces_of_different_attempts_are_fenced_each_by_its_own(database: Database) -> None:
    due(database, "a", "b", "c")
    first = claimed(database)
    database.write(lambda c: work.release(c, first[:2], due_at=NOW))
    second = claimed(database)
    assert [item.attempt for item in second] == [2, 2]
    crossed = [
        Work(**{n: getattr(i, n) for n in Work.__slots__} | {"attempt": 3 - i.attempt})
        for i in [*second, first[2]]
    ]
    assert finished(database, crossed) == set()
    assert finished(database, [*second, first[2]]) == {item.id for item in first}


def test_an_extended_lease_lasts_longer(database: Database) -> None:
    due(database, "a")
    (item,) = claimed(database)
    database.write(lambda c: work.extend(c, [item], until=NOW + 3 * LEASE))
    assert lost(database, NOW + 2 * LEASE) == []
    assert lost(database, NOW + 3 * LEASE + SECOND) == [item]


def test_a_retry_counts_a_failure_and_waits(database: Database) -> None:
    due(database, "a")
    (item,) = claimed(database)
    assert database.write(lambda c: work.retry(c, item, due_at=NOW + SECOND))
    assert claimed(database) == []
    (again,) = claimed(database, now=NOW + SECOND)
    assert (again.id, again.attempt, again.failures) == (item.id, 2, 1)


@pytest.mark.parametrize("limit", [1, 7])
def test_many_workers_claim_each_piece_once(database: Database, limit: int) -> None:
    refs = [f"r{number}" for number in range(60)]
    due(database, *refs)
    found: list[str] = []
    start = threading.Barrier(4)

    def worker(name: str) -> None:
        start.wait()
        while items := claimed(database, limit=limit, worker=name):
            assert len(items) <= limit
            found.extend(item.ref for item in items)

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(refs)


def test_adding_nothing_adds_nothing(database: Database) -> None:
    database.write(lambda c: work.add(c, []))
    with database.read() as connection:
        assert work.counts(connection) == {}
