"""A decision from an open list on the desk: answers of before are offered, and another may be written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from surehand.core.hearing import Answer
from surehand.errors import InvalidInput
from surehand.flow.review import submit_verdict
from surehand.flow.standing import looked_at
from surehand.store import cases
from surehand.testing import Trial, trial
from surehand.web.brief_views import brief_view
from surehand.web.readers import Reader
from surehand.web.rendering import english, render
from surehand.web.resources import process_shown
from tests.web.samples import SHELL

MAP = """\
process: letters
owner: olga
builder: dev
input: {fields: {text: {type: text}, said: {type: text, required: false}}}
models: {outside: {provider: external}}
steps:
  - decide: kind
    open_choices: true
    model: outside
    bands: [{above: 0.9, route: spot_check}, {from: 0.0, route: review}]
    spot_check: {share: 1.0}
    queue: desk
"""
PEOPLE = """\
people: {ann: {}, ben: {}, olga: {roles: [owner]}, dev: {roles: [builder]}, robot: {roles: [service]}}
queues: {desk: {owner: olga, members: [ann, ben], due: PT24H}}
"""
ENV = english()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Trial]:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/process.yaml").write_text(MAP)
    (tmp_path / "people.yaml").write_text(PEOPLE)
    (tmp_path / "surehand.yaml").write_text("mode: development\n")
    with trial(tmp_path) as bench:
        yield bench


def page(bench: Trial, case_id: str, of: str | None = None) -> str:
    context = bench.surehand.context
    with context.db.read() as connection:
        held = [one for one in cases.open_of(connection, case_id) if of in (None, one.id)]
    person = held[0].person
    standing, refused = looked_at(context, person, case_id, of=of)
    assert refused == ""
    return render(ENV, brief_view(context, standing, Reader(replace(SHELL, person=person))))


def test_answers_that_people_gave_are_offered_and_no_other(bench: Trial) -> None:
    first = bench.submit("letters", {"text": "a"}, by="robot")
    assert '<datalist id="known"></datalist>' in page(bench, first.id)
    bench.verdict(first.id, "approve", value="Late  parcel")
    said = {"kind": {"value": "a guess", "confidence": 0.5}}
    second = bench.submit("letters", {"text": "b"}, by="robot", recommendations=said)
    shown = page(bench, second.id)
    assert '<datalist id="known"><option value="Late parcel"></option></datalist>' in shown
    assert 'list="known"' in shown
    with pytest.raises(InvalidInput, match="1 to 100 letters"):
        bench.verdict(second.id, "approve", value=" ")
    assert bench.verdict(second.id, "approve", value="a guess").result == "a guess"
    (point,) = process_shown(bench.surehand.context.processes.current["letters"]).points
    assert (point.kind, point.choices) == ("choice", None)


def test_whoever_checks_may_say_that_none_fits(bench: Trial) -> None:
    said = {"kind": {"value": "a guess", "confidence": 0.99}}
    case = bench.submit("letters", {"text": "b"}, by="robot", recommendations=said)
    assert case.result == "a guess"
    with bench.surehand.context.db.read() as connection:
        (check,) = cases.beside(connection, [case.id])[case.id]
    shown = page(bench, case.id, check.id)
    assert "None of them" in shown
    assert "a guess" not in shown
    submit_verdict(bench.surehand.context, check.person, case.id, Answer(kind="reject"), of=check.id)
    with bench.surehand.context.db.read() as connection:
        (outcome,) = cases.outcomes(connection, case.id)
        (finding,) = cases.beside(connection, [case.id])[case.id]
    assert (outcome.correct, outcome.value) == (False, None)
    # the owner takes it back, and the case ends with no answer
    submit_verdict(bench.surehand.context, finding.person, case.id, Answer(kind="approve"), of=finding.id)
    bench.run()
    ended = bench.case(case.id)
    assert (ended.state, ended.answers) == ("rejected", {})


def test_a_number_and_a_yes_or_no_always_have_an_answer(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/process.yaml").write_text(MAP.replace("open_choices: true", "yes_no: true"))
    (tmp_path / "people.yaml").write_text(PEOPLE)
    (tmp_path / "surehand.yaml").write_text("mode: development\n")
    with trial(tmp_path) as bench:
        said = {"kind": {"value": True, "confidence": 0.99}}
        case = bench.submit("letters", {"text": "b"}, by="robot", recommendations=said)
        with bench.surehand.context.db.read() as connection:
            (check,) = cases.beside(connection, [case.id])[case.id]
        assert "None of them" not in page(bench, case.id, check.id)
        with pytest.raises(InvalidInput, match="give the answer that is right"):
            submit_verdict(bench.surehand.context, check.person, case.id, Answer(kind="reject"), of=check.id)
