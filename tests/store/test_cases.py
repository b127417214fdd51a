"""Saving: together or not at all, by compare-and-set, with what may be there once guarded by the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from surehand.core.audit import first_break
from surehand.core.case import Case, CaseState, Outcome, Verdict
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.policy import Grade
from surehand.store import audit, cases, figures, tables
from surehand.store.database import Database
from surehand.store.plans import plans
from surehand.store.records import record_digest, row_of
from surehand.store.saving import Stale, save
from tests.core.made import NOW, a_case, a_judgement, an_action, an_assignment


def passage(case: Case | None = None, **changes: Any) -> Passage:
    new = case is None
    begun = Passage(case or replace(a_case(audit_seq=0, audit_hash="", rev=1), **changes), at=NOW, new=new)
    begun.note("noted", "ann", n=1)
    return begun


def stored(database: Database, *passages: Passage) -> list[Case]:
    return database.write(lambda connection: save(connection, [one.change() for one in passages]))


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def loaded(database: Database, name: str = "pay-1") -> Case:
    with database.read() as connection:
        return cases.load(connection, [name])[name]


def a_verdict(**changes: Any) -> Verdict:
    given = Verdict(
        case_id="pay-1",
        point="check",
        round=1,
        serial=1,
        kind="approve",
        person="ann",
        at=NOW,
        final=True,
        override=False,
        value="pay",
        fields={"a": [1, None]},
        reason="",
        note="é\U0001f600",
        question=None,
        shown="s",
        approves={"pay": "x"},
    )
    return replace(given, **changes)


EVERYTHING = {
    "state": CaseState.WAITING,
    "stake": Decimal("0.10"),
    "grade": Grade.HIGH,
    "subject": "S",
    "due_at": NOW + timedelta(microseconds=1),
    "facts": {"n": 1e16, "x": 0.1, "t": "é\U0001f600", "none": None, "l": [True]},
    "passed": ("a", "b"),
    "exchange": ({"question": "q"},),
    "answers": {"check": {"value": None}},
}


def test_everything_comes_back_exactly_and_with_the_digest_that_was_recorded(database: Database) -> None:
    begun = passage(**EVERYTHING)
    records = [
        an_assignment(),
        a_judgement(confidence=0.1, signals={"a": None, "b": 1e-9}),
        a_verdict(),
        an_action(result={"deep": [1.5]}),
        Outcome("pay-1", 1, NOW, "ann", None, 3, "n"),
    ]
    for record in records:
        begun.add(record)
    (saved,) = stored(database, begun)
    assert loaded(database) == saved
    assert saved.rev == 1
    with database.read() as connection:
        assert cases.open_assignments(connection, ["pay-1"]) == {"pay-1": records[0]}
        assert cases.judgements(connection, "pay-1") == [records[1]]
        assert cases.verdicts(connection, "pay-1") == [records[2]]
        assert cases.actions(connection, ["pay-1:pay:1"]) == {"pay-1:pay:1": records[3]}
        assert cases.outcomes(connection, "pay-1") == [records[4]]
        (link,) = audit.chain(connection, "pay-1")
        assert link.body["records"] == cases.records_of(connection, "pay-1")
    assert len(link.body["records"]) == 6
    assert first_break([link], chain="pay-1") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"a": 1.0}},
        {"facts": {"a": 1}},
        {"stake": Decimal("1.0")},
        {"owner": "bo"},
        {"passed": ("x",)},
        {"due_at": NOW + timedelta(microseconds=1)},
        {"submitter": "x"},
        {"place": 2},
        {"input": {"x": 1}},
    ],
)
def test_a_digest_covers_every_column_that_says_something(changes: dict[str, Any]) -> None:
    assert record_digest(a_case(**changes)) != record_digest(a_case())


def test_a_digest_leaves_bookkeeping_out_and_covers_every_other_column() -> None:
    assert record_digest(
        a_case(rev=9, audit_seq=9, audit_hash="x", updated_at=NOW + timedelta(1))
    ) == record_digest(a_case())
    assert {c.name for c in tables.case.columns} - {"sealed_seq"} == set(row_of(a_case()))


def test_one_of_two_that_read_the_same_revision_is_stale(database: Database) -> None:
    stored(database, passage())
    read = loaded(database)
    first, second = passage(read), passage(read)
    first.move(owner="ann")
    second.move(owner="bo")
    second.add(an_assignment())
    (now,) = stored(database, first)
    assert now.rev == 2
    with pytest.raises(Stale):
        stored(database, second)
    assert loaded(database) == now
    assert (count(database, tables.assignment), count(database, tables.audit_event)) == (0, 2)
    assert stored(database, passage(now))[0].rev == 3


def test_a_stale_case_takes_the_whole_transaction_with_it(database: Database) -> None:
    stored(database, passage(), passage(id="pay-2", key="k2"))
    one, two = loaded(database), loaded(database, "pay-2")
    stored(database, passage(one))
    with pytest.raises(Stale):
        stored(database, passage(two), passage(one))
    assert loaded(database, "pay-2").rev == 1


def test_a_case_that_is_gone_is_stale(database: Database) -> None:
    with pytest.raises(Stale):
        stored(database, passage(a_case(audit_seq=0)))


def _again(case_changes: dict[str, Any] | None, *records: Any) -> Passage:
    begun = (
        passage(**case_changes)
        if case_changes is not None
        else passage(a_case(rev=1, audit_seq=1, audit_hash="h"))
    )
    for record in records:
        begun.add(record)
    return begun


@pytest.mark.parametrize(
    "second",
    [
        _again({"id": "pay-2"}),  # the same process and key
        _again({"key": "other"}),  # the same number
        _again(None, an_assignment(id="another")),
        _again(None, a_verdict(serial=2)),
        _again(None, a_verdict(final=False)),
        _again(None, an_action(digest="other")),
        _again(None, a_judgement("reject")),
    ],
    ids=["key", "number", "open assignment", "final verdict", "serial", "action key", "judgement"],
)
def test_what_there_is_once_cannot_be_saved_twice(database: Database, second: Passage) -> None:
    first = passage()
    for record in (an_assignment(), a_verdict(), an_action(), a_judgement()):
        first.add(record)
    stored(database, first)
    events = count(database, tables.audit_event)
    with pytest.raises(Stale):
        stored(database, second)
    assert count(database, tables.case) == 1
    assert count(database, tables.audit_event) == events


@pytest.mark.parametrize(
    "record",
    [
        an_assignment(id="x", open=False),
        a_verdict(serial=2, final=False),
        a_verdict(round=2),
        a_verdict(point="tell"),
        an_action(key="pay-1:pay:2"),
        a_judgement(round=2),
    ],
)
def test_what_may_be_there_several_times_can_be_saved(database: Database, record: Any) -> None:
    first = passage()
    for one in (an_assignment(), a_verdict(), an_action(), a_judgement()):
        first.add(one)
    (case,) = stored(database, first)
    more = passage(case)
    more.add(record)
    stored(database, more)


def test_closing_one_assignment_makes_room_for_the_next_in_one_change(database: Database) -> None:
    first = passage()
    first.add(an_assignment())
    (case,) = stored(database, first)
    change = passage(case)
    change.update(an_assignment(open=False, closed_at=NOW, timer_at=None))
    change.add(an_assignment(id="pay-1.9", person="bo"))
    stored(database, change)
    with database.read() as connection:
        assert cases.open_assignments(connection, ["pay-1"])["pay-1"].person == "bo"
        assert figures.loads(connection) == {"bo": 1}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (tables.assignment, row_of(an_assignment(id="x"))),
        (tables.verdict, row_of(a_verdict(serial=7))),
        (tables.action, row_of(an_action())),
        (tables.case, {**row_of(a_case(id="pay-2"))}),
        (
            tables.audit_event,
            {
                "chain": "pay-1",
                "seq": 1,
                "at": NOW,
                "kind": "k",
                "actor": "a",
                "commitment": "c",
                "before": "b",
                "hash": "h",
            },
        ),
        (
            tables.work,
            {"kind": "advance", "ref": "pay-1", "case_id": "pay-1", "repeatable": True, "due_at": NOW},
        ),
    ],
    ids=["open assignment", "final verdict", "action", "case key", "event", "work"],
)
def test_the_database_itself_refuses_a_second_one(
    database: Database, table: Any, values: dict[str, Any]
) -> None:
    first = passage()
    for record in (an_assignment(), a_verdict(), an_action()):
        first.add(record)
    first.queue("advance", "pay-1")
    stored(database, first)
    with pytest.raises(IntegrityError):
        database.write(lambda connection: connection.execute(insert(table).values(values)))


def test_a_chain_continues_where_it_stood(database: Database) -> None:
    (case,) = stored(database, passage())
    for _ in range(3):
        (case,) = stored(database, passage(case))
    with database.read() as connection:
        links = audit.chain(connection, "pay-1")
    assert first_break(links, chain="pay-1") is None
    assert [link.seq for link in links] == [1, 2, 3, 4]
    assert (case.audit_seq, case.audit_hash) == (4, links[-1].hash)
    assert len({link.salt for link in links}) == 4


def test_many_cases_are_saved_in_the_order_they_came(database: Database) -> None:
    names = ["pay-3", "pay-1", "pay-2"]
    saved = stored(database, *[passage(id=name, key=name) for name in names])
    assert [case.id for case in saved] == names
    with database.read() as connection:
        assert set(cases.load(connection, [*names, "none"])) == set(names)
        assert set(cases.by_key(connection, [("payments", "pay-2"), ("other", "pay-1")])) == {
            ("payments", "pay-2")
        }
    assert database.write(lambda connection: save(connection, [])) == []


def test_approvals_are_of_policy_and_of_people_who_decided_or_agreed(database: Database) -> None:
    first = passage()
    first.add(a_judgement(approves={"pay": "p"}, level=Level.AUTOMATE))
    first.add(a_verdict(approves={"pay": "v"}))
    first.add(a_verdict(serial=2, final=False, person="bo", approves={"pay": "a"}))
    first.add(a_verdict(serial=3, final=False, kind="ask", approves={"pay": "no"}))
    stored(database, first)
    with database.read() as connection:
        found = plans(connection, keys=[], of=["pay-1", "none"])
    assert {(one.by, one.final, one.approves["pay"]) for one in found.approvals["pay-1"]} == {
        ("policy", True, "p"),
        ("ann", True, "v"),
        ("bo", False, "a"),
    }


def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(TypeError, match="offset-naive"):
        stored(database, passage(due_at=NOW.replace(tzinfo=None)))
    naive = (
        insert(tables.mark).values(name="x", value="y"),
        insert(tables.credential).values(
            person="ann", password_hash="h", changed_at=NOW.replace(tzinfo=None)
        ),
    )
    with pytest.raises(StatementError, match="without its zone"):
        database.write(lambda connection: [connection.execute(one) for one in naive] and None)
    assert (count(database, tables.case), count(database, tables.mark)) == (0, 0)


def test_due_timers_are_the_open_ones_whose_time_has_come(database: Database) -> None:
    when: Sequence[timedelta] = [timedelta(hours=-1), timedelta(0), timedelta(hours=1)]
    for number, wait in enumerate(when):
        begun = passage(id=f"pay-{number}", key=str(number))
        begun.add(an_assignment(id=f"a{number}", case_id=f"pay-{number}", timer_at=NOW + wait))
        stored(database, begun)
    with database.read() as connection:
        assert [one.id for one in cases.due_timers(connection, now=NOW, limit=9)] == ["a0", "a1"]
        assert [one.id for one in cases.due_timers(connection, now=NOW, limit=1)] == ["a0"]
