"""`surehand init` writes a process that passes check and really runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from surehand.core.recommendation import Reading
from surehand.errors import InvalidInput
from surehand.maps import deployment, starter
from surehand.providers import function


@pytest.mark.parametrize("pattern", starter.patterns())
def test_every_pattern_passes_check(pattern: str, tmp_path: Path) -> None:
    starter.write(tmp_path / "new", pattern)
    assert deployment.check(tmp_path / "new") == []


def test_the_expense_process_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter.write(tmp_path, "extract-decide-route")
    monkeypatch.chdir(tmp_path)
    process = deployment.load(tmp_path).bind()["expenses"]
    told = []
    for number, line in enumerate((tmp_path / "sample.jsonl").read_text().splitlines()):
        told.append(_through(process, json.loads(line), key=f"exp-{number}"))
    assert ("approve", 0.96, [False, False], [False], True) in told  # a clear small one
    assert any(answer == "reject" for answer, *_ in told)
    assert any(None in rules for _, _, rules, _, _ in told)  # no rate for francs: a person
    assert any(exceptions == [True] for *_, exceptions, _ in told)  # no total at all


def _through(process: Any, case: dict[str, Any], *, key: str) -> tuple[Any, ...]:
    facts = {**dict.fromkeys(process.types), **case, "key": key}
    extract, lookup, decide, act = process.steps
    for step in (extract, lookup):
        returned = step.function(**{p.name: p.build(facts) for p in step.parameters})
        assert step is lookup or isinstance(returned, Reading)
        facts |= step.to_facts(returned)
    (recommended,) = function.recommend(decide, [facts], [None])
    assert not isinstance(recommended, Exception)
    booked = False
    if facts["total"] is not None and recommended.value == "approve":
        arguments = {p.name: p.build(facts) for p in act.parameters}
        assert act.confirm(**arguments) is False
        assert act.function(**arguments) == act.function(**arguments) == key
        booked = act.confirm(**arguments)
        act.undo(**arguments, result={"result": key})
        assert act.confirm(**arguments) is False
    rules = [rule(facts) for rule in decide.rules]
    return recommended.value, recommended.confidence, rules, [c(facts) for _, c in process.exceptions], booked


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("mine")
    with pytest.raises(InvalidInput, match=r"holds people.yaml already"):
        starter.write(tmp_path, "extract-decide-route")
    assert [path.name for path in tmp_path.iterdir()] == ["people.yaml"]
    assert (tmp_path / "people.yaml").read_text() == "mine"


def test_an_unknown_pattern_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        starter.write(tmp_path, "extract-decide-rout")
    assert caught.value.faults[0].suggestion == "extract-decide-route"
    assert "there is extract-decide-route" in caught.value.faults[0].message
