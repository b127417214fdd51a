"""The command `pilot`, as a user types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from surehand.app import running
from surehand.cli import app
from surehand.core.hearing import Answer
from surehand.errors import SurehandError
from surehand.flow.intake import Submission
from surehand.flow.review import submit_verdict
from surehand.flow.running import submit_now
from tests.pilot.place import STEPS, built, case, written

RUNNER = CliRunner()


@pytest.fixture
def asked(tmp_path: Path):
    place = built(tmp_path / "place")
    cases = written(
        tmp_path / "cases.jsonl", [case("billing", size=n) for n in range(4)] + [case(None, said="access")]
    )

    def run(*options: str, process: str = "tickets"):
        return RUNNER.invoke(app, ["pilot", str(place), process, "--cases", str(cases), *options])

    return run


def test_it_prints_one_object(asked) -> None:
    result = asked("--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert list(told) == ["process", "cases", "decision_points", "fields", "roi"]
    point = told["decision_points"]["category"]
    assert set(point) == {
        "cases", "automated", "automated_error", "reviewed", "spot_checked", "accuracy", "by_route",
        "ece_before", "ece_after", "guarantee",
    }  # fmt: skip
    assert set(point["guarantee"]) == {"error", "sure", "status", "certified_at", "alarms"}
    assert (told["process"], told["cases"], point["automated"], point["automated_error"]) == (
        "tickets",
        5,
        1.0,
        0.2,
    )


def test_it_tells_people_in_sentences(asked) -> None:
    result = asked()
    assert result.exit_code == 0, result.output
    assert "Category: 100.0 % ran alone, and 20.0 % of that was wrong." in result.stdout
    assert (
        "At 1,000 cases a month it saves 100 of 100 hours, worth 1,000 EUR after the cost of errors."
        in result.stdout
    )


def test_a_value_of_the_map_can_be_tried(asked) -> None:
    result = asked("--json", "--set", "steps.category.bands=null", "--set", "steps.category.level=review")
    assert json.loads(result.stdout)["decision_points"]["category"]["by_route"] == {"review": 5}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--reviewer-accuracy", "1.5"), "must be a share from 0 to 1"),
        (("--set", "steps.category.bands.5.from=1"), "there is no '5' in steps.category.bands"),
        (("--set", "steps.category.consequnce.customer=low"), "--set steps.category.consequnce.customer"),
        (("--set", "steps.category.guarantee.error=0.05"), "write one of 'bands'"),
    ],
)
def test_what_is_wrong_is_said(asked, options: tuple[str, ...], words: str) -> None:
    result = asked(*options)
    assert isinstance(result.exception, SurehandError)
    assert words in str(result.exception)


def test_what_people_decided_is_a_pilot_again(tmp_path: Path) -> None:
    place = built(tmp_path / "place")
    (place / "surehand.yaml").write_text("mode: development\n")
    (place / "tickets/steps.py").write_text(STEPS.replace("raise AssertionError", "print"))
    given = [
        case("billing"),
        case("access", sure=0.5),
        case("delivery", said="access", sure=0.5),
        case(None, said="access", sure=0.5),
    ]
    with running(place) as surehand:
        for number, (fields, truth) in enumerate(given):
            item = Submission(process="tickets", input=fields, key=str(number))
            waiting = submit_now(surehand.context, item, submitter="dev").case
            if waiting.state == "waiting":
                right = truth["category"]
                answer = Answer(kind="reject") if right is None else Answer(kind="approve", value=right)
                submit_verdict(surehand.context, waiting.owner, waiting.id, answer)
    out = tmp_path / "out.jsonl"
    result = RUNNER.invoke(app, ["export", str(place), "tickets", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "3 cases that people have decided" in result.stdout
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert lines == [{"input": fields, "truth": truth} for fields, truth in given[1:]]
    again = RUNNER.invoke(app, ["pilot", str(place), "tickets", "--cases", str(out), "--json"])
    assert json.loads(again.stdout)["decision_points"]["category"]["accuracy"] == 1.0
    wrong = RUNNER.invoke(app, ["export", str(place), "tickets", "--out", str(out), "--point", "categry"])
    assert "'categry' is none of category" in str(wrong.exception)
