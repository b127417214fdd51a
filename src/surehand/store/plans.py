"""What an action is judged by before it runs, read in one question."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, literal, or_, select, union_all

from surehand.core.case import Action, Case, Judgement, Verdict
from surehand.core.four_eyes import ANSWERS
from surehand.store import cases, restores, roster
from surehand.store.among import among
from surehand.store.questions import Questions
from surehand.store.records import action_of, case_of
from surehand.store.restores import Restore
from surehand.store.tables import judgement, verdict


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody let run: `policy`, or a person, alone or with others who have to agree.

    approves  step -> digest of the action
    final     it decided; else others have to agree, and one of them decides
    """

    point: str
    round: int
    by: str
    approves: Mapping[str, str]
    final: bool = True

    @classmethod
    def of(cls, record: Judgement | Verdict) -> "Approval | None":
        """What a record lets run; None of a verdict that approves nothing."""
        if isinstance(record, Judgement):
            return cls(record.point, record.round, "policy", record.approves)
        return (
            cls(record.point, record.round, record.person, record.approves, record.final)
            if _lets_run(record)
            else None
        )


def _lets_run(verdict: Verdict) -> bool:
    return verdict.final or verdict.kind in ANSWERS


@dataclass(frozen=True, slots=True)
class Plans:
    """What there is of some actions: those that exist by key, their cases and approvals by case id.

    people_rev  of the roster that is in force; 0: nobody looked
    """

    actions: Mapping[str, Action]
    cases: Mapping[str, Case]
    approvals: Mapping[str, list[Approval]]
    restore: Restore | None
    people_rev: int = 0


def plans(connection: Connection, *, keys: Collection[str], of: Collection[str]) -> Plans:
    """Actions by key, and everything that lets actions of these cases run, all of one moment."""
    found = _PLANS.ask(connection, keys=list(keys), ids=list(of))
    approvals: dict[str, list[Approval]] = {}
    for row in found["approvals"]:
        given = Approval(row["point"], row["round"], row["by"], row["approves"], bool(row["final"]))
        approvals.setdefault(row["case_id"], []).append(given)
    return Plans(
        {one.key: one for one in map(action_of, found["actions"])},
        {one.id: one for one in map(case_of, found["cases"])}, approvals,
        restores.restored(row["value"] for row in found["restore"]),
        next((row["rev"] or 0 for row in found["people"]), 0),
    )  # fmt: skip


def _approvals(table: Any, by: Any, final: Any, *where: Any) -> Any:
    columns = (
        table.c.case_id, table.c.point, table.c.round, by.label("by"), table.c.approves,
        final.label("final"),
    )  # fmt: skip
    return select(*columns).where(among(table.c.case_id, "ids"), *where)


_PLANS = Questions(
    actions=cases.ACTIONS,
    cases=cases.LOAD,
    approvals=union_all(
        _approvals(judgement, literal("policy"), literal(True)),
        _approvals(
            verdict, verdict.c.person, verdict.c.final, or_(verdict.c.final, verdict.c.kind.in_(ANSWERS))
        ),
    ),
    restore=restores.LAST,
    people=roster.NUMBER,
)
