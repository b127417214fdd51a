"""Every recorded event reads as a sentence, and nothing of a model is told where a person decides alone."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from surehand.core import story
from surehand.core.audit import Link
from surehand.core.entries import Edit
from surehand.core.story import told

SOURCE = Path(story.__file__).parents[1]
AT = datetime(2026, 11, 20, 14, tzinfo=UTC)


def link(kind: str, actor: str, body: Any, seq: int = 1) -> Link:
    return Link("c-1", seq, AT, kind, actor, "", "", "ab" * 32, "salt", body)


def one(kind: str, actor: str, **body: Any) -> str:
    return told([link(kind, actor, body)])[0].sentence


def written_kinds() -> Iterator[tuple[str, str]]:
    """(kind, file) of every event that the program records."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            target.id: [c.value for c in ast.walk(node.value) if isinstance(c, ast.Constant)]
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            place = _place_of_kind(call)
            if isinstance(call, ast.Call) and place is not None:
                given = call.args[place]
                found = [given.value] if isinstance(given, ast.Constant) else names[ast.unparse(given)]
                for kind in found:
                    if isinstance(kind, str) and kind not in ("extract",):
                        yield kind, path.name


def _place_of_kind(call: ast.AST) -> int | None:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr == "note" and len(call.args) >= 2:
        return 0
    return 1 if ast.unparse(call.func) == "audit.record" else None


def test_every_kind_that_is_recorded_can_be_told() -> None:
    found = set(written_kinds())
    assert {"received", "read", "looked_up", "verdict", "finished", "signed_in"} <= {
        kind for kind, _ in found
    }
    assert [(kind, file) for kind, file in sorted(found) if kind not in story.KINDS] == []
    assert set(story.KINDS) <= {kind for kind, _ in found}


@pytest.mark.parametrize(
    ("kind", "actor", "body", "sentence"),
    [
        (
            "reconciled", "boss", {"behind": 3, "missing": 1},
            "boss declared a restore from a backup: 3 cases had moved on since, 1 are gone.",
        ),
        (
            "guarantee", "engine",
            {"point": "pay_it", "what": "certified", "cut": 0.9512, "judged": 1950},
            "Guarantee of pay it, certified: from confidence 95.1 on decisions run alone. "
            "(1950 decisions so far)",
        ),
        (
            "received", "shop", {"process": "orders", "key": "k-1", "version": "39a75993f0"},
            "Received from shop for orders, under the key k-1. (Version 39a75993 pinned)",
        ),
        (
            "read", "ai",
            {
                "step": "read_it", "facts": {"due_date": "2026-01-02", "total": None},
                "sure": {"due_date": 0.584},
            },
            "Read due date 2026-01-02; nothing for total. (read it; least sure of due date, 58 in 100)",
        ),
        (
            "recommended", "ai", {"value": "pay_all", "confidence": None, "source": "table-2"},
            "Recommends: pay_all. No confidence. (table-2)",
        ),
        ("outcome", "shop", {"correct": False, "value": "reject", "note": "charged back"},
         "shop reported the outcome: it was wrong; the answer was reject. (charged back)"),
        ("recommended", "ai", {"value": None, "source": "failed"}, "Has no recommendation. (failed)"),
        (
            "routed", "engine", {"level": "review", "grade": "low", "reasons": ["A", "B"]},
            "Routed to review: A; B. (Low consequence)",
        ),
        (
            "routed", "engine",
            {
                "level": "spot_check", "grade": "low", "reasons": ["A"],
                "draw": {"share": 0.1, "draw": 0.43217, "checked": False},
            },
            "Runs without a person: A. "
            "(Low consequence; drew 0.4322 where below 0.1 is checked: not checked)",
        ),
        (
            "verdict", "ap.lead",
            {"verdict": "approve", "value": "pay", "reason": "as-ordered", "note": "fine"},
            "ap.lead approved: pay. (Reason: as ordered. fine)",
        ),
        ("verdict", "ap.lead", {"verdict": "approve", "value": False, "override": True},
         "ap.lead decided otherwise: no."),
        ("verdict", "ap.lead", {"verdict": "ask", "question": "Why?"}, "ap.lead asked: “Why?”"),
        ("verdict", "ap.lead", {"verdict": "approve", "value": "retry"}, "ap.lead settled it: run it again."),
        (
            "action_failed", "engine",
            {"step": "pay", "key": "c:pay:1", "error": "it is shut", "final": True},
            "Pay failed: it is shut. A person takes over. (Key c:pay:1)",
        ),
        ("escalated", "engine", {"taken_from": "a", "to": "b", "due_at": "2026-01-02T03:04:00+00:00"},
         "Escalated to b, because a did not answer in time; now due 2026-01-02 03:04 UTC."),
        ("denied", "ap.lead", {"because": "over the limit"}, "ap.lead was refused: over the limit."),
        ("moon_landing", "engine", {"crew": 3}, "Moon landing crew 3."),
        ("moon_landing", "ap.lead", {}, "ap.lead moon landing nothing"),
    ],
)  # fmt: skip
def test_sentences(kind: str, actor: str, body: dict[str, Any], sentence: str) -> None:
    assert one(kind, actor, **body).rstrip(".") == sentence.rstrip(".")


@pytest.mark.parametrize("kind", story.KINDS)
def test_events_that_lack_everything_or_were_erased_are_told(kind: str) -> None:
    assert told([link(kind, "engine", {})])[0].what
    assert "erased" in told([link(kind, "engine", None)])[0].sentence


def test_an_edit_says_what_was_there_before() -> None:
    entries = told(
        [
            link("read", "ai", {"facts": {"total": {"amount": "61.00", "currency": "EUR"}}}),
            link("verdict", "ap.lead", {"verdict": "edit", "fields": {"total": "16.00", "buyer": "B"}}),
            link("verdict", "ap.lead", {"verdict": "edit", "fields": {"total": "17.00"}}),
        ],
        given={"buyer": "A"},
    )
    assert entries[1].changes == (Edit("total", "61.00 EUR", "16.00"), Edit("buyer", "A", "B"))
    assert entries[2].changes == (Edit("total", "16.00", "17.00"),)


def test_why_there_is_no_recommendation_is_told() -> None:
    judgement: Any = SimpleNamespace(
        point="pay_it", round=1, recommendation={"reasons": ["The letter is empty"]}
    )
    event = link("recommended", "ai", {"point": "pay_it", "round": 1, "value": None, "source": "m"})
    assert told([event], judgements=[judgement])[0].sentence == (
        "Has no recommendation. The letter is empty. (m)"
    )
    assert "empty" not in told([event], judgements=[judgement], blind=True)[0].sentence


def test_nothing_of_a_model_is_told_to_who_decides_alone() -> None:
    links = [
        link("read", "ai", {"facts": {"total": "5"}, "sure": {"total": 0.1234}}),
        link("recommended", "ai", {"value": "pay", "confidence": 0.7766, "source": "model-9"}),
        link("routed", "engine", {"level": "human", "grade": "high", "reasons": ["Confidence 77 is low"]}),
        link("assigned", "engine", {"person": "a", "queue": "q", "because": "Confidence 77 is low"}),
    ]
    text = " ".join(entry.sentence for entry in told(links, blind=True))
    for trace in ("12", "77", "pay", "model-9", "Confidence"):
        assert trace not in text
