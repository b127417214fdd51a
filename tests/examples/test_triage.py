"""The triage example: it starts with nothing, learns from verdicts, and routes what it is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from examples.triage import steps
from surehand.demo.messages import messages
from surehand.demo.place import copied
from surehand.errors import PermanentFailure
from surehand.pilot.report import Report
from surehand.pilot.running import Setup, opened, run
from surehand.testing import trial

EXAMPLES = Path(__file__).parents[2] / "examples"


def tried(folder: Path, cases: list[tuple[str, str | None]], **more: Any) -> Report:
    path = folder / "cases.jsonl"
    rows = [{"input": {"text": text}, "truth": {"category": topic}} for text, topic in cases]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    deployment, process, lines = opened(EXAMPLES, "triage", path)
    return run(deployment, process, lines, Setup(**more))


def test_it_learns_from_the_first_verdicts_and_runs_nothing_alone_before_that_is_earned(
    tmp_path: Path,
) -> None:
    report = tried(tmp_path, list(messages(400)))
    point = report.points["category"]
    assert report.learned == 1
    assert (point.automated, point.guarantee.status) == (0.0, "shadow")
    assert (report.open, dict(report.refused)) == (0, {})


@pytest.mark.long
def test_it_learns_from_the_first_verdicts_and_then_runs_alone_as_promised(tmp_path: Path) -> None:
    report = tried(tmp_path, list(messages(2_600)))
    point = report.points["category"]
    assert report.learned == 2
    assert point.guarantee.status == "holding"
    assert point.guarantee.certified_at is not None
    assert point.automated is not None
    assert point.automated > 0.1
    assert point.automated_error is not None
    assert point.automated_error <= 0.02
    assert point.spot_checked is not None
    assert 0 < point.spot_checked < point.automated
    assert (report.open, dict(report.refused)) == (0, {})
    assert report.saving is not None
    assert report.saving.saved is not None
    assert report.saving.saved > 0


@pytest.mark.long
def test_with_a_poor_reviewer_nothing_is_ever_held(tmp_path: Path) -> None:
    # as many as a good one needs: with fewer nobody comes so far
    report = tried(tmp_path, list(messages(2_600)), accuracy=0.6)
    point = report.points["category"]
    assert (point.automated, point.guarantee.certified_at) == (0.0, None)
    assert point.guarantee.status != "holding"
    assert (report.open, dict(report.refused)) == (0, {})


def test_names_of_any_form_are_answers(tmp_path: Path) -> None:
    names = ("Refund not showing up", "reverted_card_payment?", "c++", None)
    report = tried(tmp_path, [(f"text {n}", names[n % 4]) for n in range(40)])
    assert report.points["category"].accuracy == 1.0
    assert (report.open, dict(report.refused)) == (0, {})


def test_a_message_goes_to_its_team_once(tmp_path: Path) -> None:
    with trial(copied(tmp_path)) as bench:
        case = bench.submit("triage", {"text": "where is my parcel"}, by="platform.dev")
        assert "The AI has no recommendation" in bench.assignment(case.id).because
        done = bench.verdict(case.id, "approve", value="delivery")
        (action,) = bench.actions(case.id)
        assert (done.state, action.state, steps.route_ticket("x", "delivery", action.key)) == (
            "done",
            "done",
            "delivery",
        )
    steps.call_back(action.key)
    steps.call_back(action.key)
    assert action.key not in steps.TEAMS
    with pytest.raises(PermanentFailure):
        steps.route_ticket(" ", "delivery", "key")
