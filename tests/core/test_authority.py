"""Who may decide what: role, team, limit, and never one's own case."""

from decimal import Decimal
from typing import Any

import pytest

from surehand.core.authority import Matter, denial
from surehand.core.policy import Grade
from tests.core.made import NOW, PEOPLE


def matter(**changes: Any) -> Matter:
    base = {
        "process": "payments", "point": "check", "at": NOW, "queue": "desk",
        "grade": Grade.LOW, "stake": Decimal("500.00"), "money": True,
        "submitter": "robot", "owner": "boss",
    }  # fmt: skip
    return Matter(**base | changes)


@pytest.mark.parametrize(
    ("person", "changes", "refusal"),
    [
        ("ann", {}, None),
        ("bo", {}, None),
        ("lead", {}, None),
        ("boss", {}, None),
        ("lim", {}, None),
        ("lim", {"stake": Decimal("-500.00")}, None),
        ("lim", {"stake": Decimal("500.01")}, "lim may decide up to 500.00, and 500.01 is at stake"),
        ("lim", {"stake": Decimal("-500.01")}, "up to 500.00, and 500.01 is at stake"),
        ("lim", {"stake": None}, "the sum at stake is not known"),
        ("lim", {"stake": None, "money": False}, None),
        ("lim", {"stake": Decimal(9000), "money": False}, None),
        ("ann", {"stake": None}, None),
        ("ann", {"submitter": "ann"}, "nobody decides their own"),
        ("boss", {"submitter": "boss"}, "nobody decides their own"),
        ("ann", {"submitter": "ann", "assignee": "ann"}, "nobody decides their own"),
        ("spec", {}, "spec does not belong to the queue desk"),
        ("spec", {"assignee": "spec"}, None),
        ("spec", {"assignee": "ann"}, "does not belong"),
        ("ann", {"queue": "other"}, "does not belong to the queue other"),
        ("boss", {"queue": "other"}, None),
        ("dev", {"assignee": "dev"}, "no role that decides"),
        ("robot", {"assignee": "robot", "submitter": "x"}, "no role that decides"),
        ("gone", {"assignee": "gone"}, "not an active person"),
        ("nobody", {"assignee": "nobody"}, "not an active person"),
        ("", {"assignee": ""}, "not an active person"),
        ("engine", {"assignee": "engine"}, "not an active person"),
    ],
)
def test_who_may_decide(person: str, changes: dict[str, Any], refusal: str | None) -> None:
    found = denial(PEOPLE, person, matter(**changes))
    if refusal is None:
        assert found is None
    else:
        assert found is not None
        assert refusal in found
