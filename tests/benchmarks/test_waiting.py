"""The multiplied cases look as the product's, and the command measures all that it says."""

import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks import crowd, waiting
from benchmarks.refunds import place
from surehand.store import tables

MEASURED = {*waiting.PAGES, "claim_next", "verdict"}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_figures_and_their_ratios(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crowd, "TEMPLATES", 30)
    monkeypatch.setattr(waiting, "SMALL", 60)
    monkeypatch.setattr(waiting, "DUE", 20)
    arguments = ["--count", "300", "--repeats", "2", "--database", kind, "--json"]
    monkeypatch.setattr(sys, "argv", ["waiting", *arguments])
    waiting.main()
    figures = json.loads(capsys.readouterr().out)
    found = figures[kind]
    assert found.keys() == {*MEASURED, "restart_s", "sweep_s", "fill_s"}
    for name in MEASURED:
        ratio = found[name]["large_ms"] / found[name]["small_ms"]
        # both are rounded to two digits behind the point
        assert found[name]["ratio"] == pytest.approx(ratio, rel=0.05, abs=0.01)


def test_copies_wait_as_the_templates_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "TEMPLATES", 4)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    crowd.fill(url, 400)
    with place(url, people=crowd.PEOPLE) as surehand, surehand.context.db.read() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (tables.case, tables.judgement, tables.assignment)
        }
        assert set(counts.values()) == {400}
        events = select(tables.audit_event.c.chain, func.count()).group_by(tables.audit_event.c.chain)
        chains = {row[0]: row[1] for row in connection.execute(events)}
        sequences = dict(connection.execute(select(tables.case.c.id, tables.case.c.audit_seq)).all())
        assert {name: count for name, count in chains.items() if name != "system"} == sequences
        same = tables.case.c.due_at == tables.assignment.c.due_at
        joined = tables.case.join(tables.assignment, tables.case.c.id == tables.assignment.c.case_id)
        assert connection.execute(select(func.count()).select_from(joined).where(same)).scalar_one() == 400
        overdue = tables.assignment.c.due_at < surehand.context.clock()
        late = select(func.count()).select_from(tables.assignment).where(overdue)
        assert connection.execute(late).scalar_one() == 4
