"""Dataclasses to rows and back, and the digest of a row that the audit trail remembers."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Table

from surehand.core.case import (
    Action,
    Assignment,
    Case,
    CaseState,
    Elsewhere,
    Judgement,
    Outcome,
    Record,
    Verdict,
)
from surehand.core.encoding import json_encoder
from surehand.core.guarantee import Evidence
from surehand.core.oversight import Level
from surehand.core.policy import Grade
from surehand.store import tables
from surehand.store.columns import in_json

TABLES: dict[type, Table] = {
    Judgement: tables.judgement,
    Assignment: tables.assignment,
    Verdict: tables.verdict,
    Action: tables.action,
    Outcome: tables.outcome,
    Elsewhere: tables.elsewhere,
}

_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in (Case, Evidence, *TABLES)}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}

#: What the name of a piece of evidence begins with. The same is kept once: what was said first counts.
EVIDENCE = "evidence "

#: Columns that do not say what a case is, only where its chain stands.
_BOOKKEEPING = frozenset({"rev", "updated_at", "audit_seq", "audit_hash"})

#: Columns that were added later: where they are empty, digests that were written before still hold.
_LATER: Mapping[type, tuple[str, ...]] = {
    Case: ("document", "revoking", "precedence"), Judgement: ("draw", "eyes"),
    Assignment: (
        "ending", "eyes", "backup", "clock", "precedence", "snoozed_until", "turn", "relax_at",
        "pending", "pending_by", "pending_until",
    ),
    Verdict: ("behalf", "tags"),
}  # fmt: skip


def row_of(record: Case | Record | Evidence) -> dict[str, Any]:
    """Column -> value."""
    kind = type(record)
    return dict(zip(_NAMES[kind], _VALUES[kind](record), strict=True))


_EMPTY: Mapping[str, Any] = {"input": {}, "facts": {}, "readings": {}, "brought": {}, "document": None}


def case_of(row: Mapping[Any, Any]) -> Case:
    """A case from its row; what was not asked for is empty."""
    values = {**_EMPTY, **row}
    values.pop("sealed_seq", None)
    values["state"] = CaseState(values["state"])
    values["grade"] = None if values["grade"] is None else Grade(values["grade"])
    values["passed"] = tuple(values["passed"])
    values["exchange"] = tuple(values["exchange"])
    return Case(**values)


def judgement_of(row: Mapping[Any, Any]) -> Judgement:
    """A judgement from its row."""
    values = dict(row)
    values.update(
        grade=Grade(values["grade"]), level=Level(values["level"]), reasons=tuple(values["reasons"])
    )
    return Judgement(**values)


def assignment_of(row: Mapping[Any, Any]) -> Assignment:
    """An assignment from its row."""
    values = dict(row)
    return Assignment(**{**values, "level": Level(values["level"])})


#: The columns of an assignment in the order of its fields.
ASSIGNMENT = tuple(tables.assignment.c[name] for name in _NAMES[Assignment])
_LEVEL = _NAMES[Assignment].index("level")


def assignment_in_order(values: list[Any]) -> Assignment:
    """An assignment from the values of `ASSIGNMENT`: of a list's many rows, quicker than by name."""
    values[_LEVEL] = Level(values[_LEVEL])
    return Assignment(*values)


def verdict_of(row: Mapping[Any, Any]) -> Verdict:
    """A verdict from its row."""
    return Verdict(**row)


def action_of(row: Mapping[Any, Any]) -> Action:
    """An action from its row."""
    return Action(**row)


def outcome_of(row: Mapping[Any, Any]) -> Outcome:
    """An outcome from its row."""
    return Outcome(**row)


def elsewhere_of(row: Mapping[Any, Any]) -> Elsewhere:
    """What somebody said that a brief lacked, from its row."""
    return Elsewhere(**row)


def record_name(record: Case | Record | Evidence) -> str:
    """How the audit trail calls a row of a case."""
    match record:
        case Evidence():
            return f"{EVIDENCE}{record.point} {record.round} {record.kind}"
        case Case():
            return "case"
        case Judgement():
            return f"judgement {record.point} {record.round}"
        case Assignment():
            return f"assignment {record.id}"
        case Verdict():
            return f"verdict {record.point} {record.round} {record.serial}"
        case Action():
            return f"action {record.key}"
        case Outcome():
            return f"outcome {record.serial}"
        case Elsewhere():
            return f"elsewhere {record.point} {record.round} {record.person}"


def record_digest(record: Case | Record | Evidence) -> str:
    """Digest of everything that a row says."""
    row = row_of(record)
    for name in _LATER.get(type(record), ()):
        if not row[name]:
            del row[name]
    if isinstance(record, Case):
        row = {name: value for name, value in row.items() if name not in _BOOKKEEPING}
    return hashlib.sha256(_encode(row).encode("ascii")).hexdigest()


_encode = json_encoder(ascii=True, sort_keys=True, default=in_json)
