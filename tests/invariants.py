"""What must hold of a whole database at any moment at which nothing is in the middle of a transaction."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from surehand.core.actions import UNDO
from surehand.core.audit import SYSTEM_CHAIN, first_break
from surehand.core.case import BESIDE, ENGINE
from surehand.flow.context import Context
from surehand.flow.verify import verify
from surehand.store import audit, evidence, tables
from surehand.store.orphans import orphans


def check(context: Context, *, lenient: frozenset[str] = frozenset()) -> None:
    """Assert it over every row.

    lenient  cases whose holder was deactivated a moment ago, which the next sweep or rung puts right
    """
    with context.db.read() as connection:
        every = {name: rows(connection, getattr(tables, name)) for name in _READ}
        chains = {name: audit.chain(connection, name) for name in audit.chain_names(connection)}
    _owned(context, every, lenient)
    active = [name for name in context.people.people if context.people.active(name)]
    with context.db.read() as connection:
        alone = orphans(connection, [*active, *_held(every, lenient)], limit=9)
    assert [one for one in alone if one.case_id not in lenient] == []
    _once(every)
    _authorised(every)
    for name, links in chains.items():
        assert first_break(links, chain=name) is None, name
    heads = {case["id"]: (case["audit_seq"], case["audit_hash"]) for case in every["case"]}
    assert heads == {
        name: (links[-1].seq, links[-1].hash) for name, links in chains.items() if name != SYSTEM_CHAIN
    }, "a case and its chain disagree"
    proof = verify(context)
    assert proof.holds, proof.findings
    _evident(context)


def _held(every: dict[str, list[dict[str, Any]]], lenient: frozenset[str]) -> set[str]:
    """Who has these cases."""
    return {one["person"] for one in every["assignment"] if one["case_id"] in lenient}


_READ = ("case", "assignment", "judgement", "verdict", "action", "work")


def rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _evident(context: Context) -> None:
    """What guards were told is numbered without gaps; that guarantees follow from it, `verify` says."""
    with context.db.read() as connection:
        for one in evidence.standings(connection):
            told = evidence.told(connection, (one.process, one.point), limit=100_000)
            assert [piece.number for piece in told] == list(range(one.told)), f"{one.point} has gaps"


def _owned(context: Context, every: dict[str, list[dict[str, Any]]], lenient: frozenset[str]) -> None:
    """Every open case has exactly one owner: the engine with work to do, or a person with a deadline."""
    held: dict[str, list[dict[str, Any]]] = {}
    told: dict[str, list[dict[str, Any]]] = {}
    for assignment in every["assignment"]:
        if assignment["open"] and assignment["kind"] in BESIDE:
            told.setdefault(assignment["case_id"], []).append(assignment)
            active = context.people.active(assignment["person"]) or assignment["case_id"] in lenient
            assert active, f"{assignment['id']} is with somebody who is not active"
            assert assignment["ending"] is None, assignment["id"]
        elif assignment["open"]:
            held.setdefault(assignment["case_id"], []).append(assignment)
        else:
            assert assignment["closed_at"] is not None, assignment["id"]
            assert assignment["timer_at"] is None, assignment["id"]
    of_cases = [work for work in every["work"] if work["kind"] != "learn"]
    queued = {work["case_id"]: work for work in of_cases}
    assert len(queued) == len(of_cases), "two pieces of work for one case"
    for assignment in every["assignment"]:
        if assignment["kind"] in BESIDE and not assignment["open"]:
            (case,) = [case for case in every["case"] if case["id"] == assignment["case_id"]]
            pending = (case["revoking"] or {}).get("watch") == assignment["id"]
            if assignment["ending"] is not None:
                assert not pending, f"{assignment['id']} ended early"
            elif not pending:
                assert assignment["kind"] != "check", f"{assignment['id']} ended in no way"
                answer = case["answers"].get(assignment["point"].rpartition(":")[2], {})
                stands = (answer.get("by"), answer.get("round")) == ("policy", assignment["round"])
                assert not stands, f"{assignment['id']} ended in no way, and what it was about stands"
    known = {case["id"] for case in every["case"]}
    assert held.keys() | queued.keys() <= known, "something belongs to no case"
    for case in every["case"]:
        mine, due = held.get(case["id"], []), queued.get(case["id"])
        about = f"{case['id']} is {case['state']}, has {case['owner']}"
        if case["state"] in ("waiting", "asking"):
            assert len(mine) == 1, f"{about}: {len(mine)} open assignments"
            (given,) = mine
            assert case["owner"] == given["person"], about
            assert context.people.active(given["person"]) or case["id"] in lenient, f"{about}, not active"
            assert case["due_at"] == given["due_at"] is not None, f"{about}, with no deadline"
            assert (given["kind"] == "answer") == (case["state"] == "asking"), about
            assert given["round"] == case["round"], about
            assert due is None, f"{about}: work is queued as well"
        else:
            assert not mine, f"{about}: an assignment is open"
            assert case["owner"] == ENGINE, about
            if case["state"] == "holding":
                due_at = [t["due_at"] for t in told.get(case["id"], []) if t["kind"] == "notice"]
                assert case["due_at"] in due_at, f"{about}: no window is open, it is lost"
                assert due is None, f"{about}: work is queued as well"
                continue
            assert case["due_at"] is None, about
            if case["state"] in ("done", "rejected"):
                assert due is None, f"{about}: it ended and work is queued"
                assert case["result"], about
            else:
                assert due is not None, f"{about}: nothing is queued, it is lost"
                assert due["kind"] == ("act" if case["state"] == "acting" else "advance"), about
                limit = case["updated_at"] + timedelta(hours=6)
                assert due["due_at"] <= limit, f"{about}: it comes back in the far future"


def _once(every: dict[str, list[dict[str, Any]]]) -> None:
    """One final verdict per matter and round; one action per key and one effect per step and round."""
    final = Counter((v["case_id"], v["point"], v["round"]) for v in every["verdict"] if v["final"])
    assert not [matter for matter, count in final.items() if count > 1]
    keys = Counter((case["process"], case["key"]) for case in every["case"])
    assert not [key for key, count in keys.items() if count > 1]
    for action in every["action"]:
        assert action["key"].removesuffix(UNDO) == f"{action['case_id']}:{action['step']}:{action['round']}"
    case_of = {case["id"]: case for case in every["case"]}
    for action in every["action"]:
        if action["state"] in ("planned", "running"):
            # of a decision that is being taken back, too, it is first found out what happened
            assert case_of[action["case_id"]]["state"] in ("acting", "waiting", "asking"), action["key"]


def _agreed(
    every: dict[str, list[dict[str, Any]]], action: dict[str, Any], judged: dict[str, Any] | None,
    last: dict[str, Any],
) -> None:  # fmt: skip
    """As many different humans approved exactly this as were asked for, and none of them sent the case."""
    people = {last["person"], last["behalf"]} - {None}
    for name in action["authority"].get("with", ()):
        (other,) = [
            v for v in every["verdict"]
            if (v["case_id"], v["point"], v["round"], v["person"], v["final"])
            == (action["case_id"], last["point"], last["round"], name, False)
            and v["kind"] in ("approve", "reject", "edit")
        ]  # fmt: skip
        assert other["approves"].get(action["step"]) == action["digest"], action["key"]
        behind = {other["person"], other["behalf"]} - {None}
        assert not behind & people, f"{action['key']} was agreed to twice by one human"
        people |= behind
    asked = (judged or {}).get("eyes") or {"people": 1}
    assert 1 + len(action["authority"].get("with", ())) >= asked["people"], action["key"]
    (case,) = [case for case in every["case"] if case["id"] == action["case_id"]]
    assert case["submitter"] not in people, action["key"]


def _authorised(every: dict[str, list[dict[str, Any]]]) -> None:
    """Every action that was begun has an earlier judgement or final verdict for exactly its digest."""
    judged = {(j["case_id"], j["point"], j["round"]): j for j in every["judgement"]}
    for action in every["action"]:
        if action["attempt"] == 0 and action["state"] not in ("done", "undone"):
            continue
        by, point = action["authority"]["by"], action["authority"]["point"]
        if action["key"].endswith(UNDO):
            assert by not in (ENGINE, "policy", "ai"), action["key"]
            continue
        if point is None:
            continue
        if by == "policy":
            given = [judged[(action["case_id"], point, action["round"])]]
            assert given[0]["level"] in ("automate", "spot_check", "notify"), action["key"]
        else:
            given = [
                v for v in every["verdict"]
                if (v["case_id"], v["point"], v["round"], v["person"], v["final"])
                == (action["case_id"], point, action["round"], by, True)
            ]  # fmt: skip
            _agreed(every, action, judged.get((action["case_id"], point, action["round"])), given[0])
        digests = [one["approves"].get(action["step"]) for one in given]
        assert action["digest"] in digests, f"{action['key']} ran without authority"
        assert all(one["at"] <= action["planned_at"] for one in given), action["key"]
