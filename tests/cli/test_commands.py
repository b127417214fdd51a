"""The commands as a user types them, on a process that `surehand init` wrote."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from surehand.cli import app
from surehand.cli.screen import printable
from surehand.errors import Conflict, SurehandError
from surehand.flow import people
from tests.papers import pdf

RUNNER = CliRunner()


def run(*arguments: object, input: str | None = None, env: dict[str, str] | None = None):
    return RUNNER.invoke(app, [str(a) for a in arguments], input=input, env=env)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    result = run("init", made, "--pattern", "extract-decide-route")
    assert result.exit_code == 0, result.output
    return made


def process_of(folder: Path) -> tuple[str, Path]:
    """Name and folder of the one process."""
    (map_file,) = folder.glob("*/process.yaml")
    return map_file.parent.name, map_file


def test_init_check_submit_explain_verify(folder):
    assert run("check", folder).exit_code == 0
    name, _ = process_of(folder)
    (sample,) = list(folder.rglob("sample.csv")) or list(folder.rglob("*.jsonl"))
    result = run("submit", folder, name, sample)
    assert result.exit_code == 0, result.output
    assert " new, 0 known already, 0 refused." in result.output
    again = run("submit", folder, name, sample)
    assert again.output.splitlines()[-2].startswith("0 new, "), again.output
    from surehand.app import looking
    from surehand.store.figures import state_counts

    with looking(folder) as context, context.db.read() as connection:
        counts = state_counts(connection, None)
        case = next(iter(connection.exec_driver_sql('SELECT id FROM "case"').scalars()))
    assert counts.get("done"), "nothing ran alone"
    assert counts.get("waiting"), "nobody has anything to decide"
    told = run("explain", folder, case)
    assert told.exit_code == 0, told.output
    assert case.upper() in told.output.upper()
    proof = run("verify-audit", folder, "--json")
    assert proof.exit_code == 0, proof.output
    assert json.loads(proof.output)["findings"] == []


def test_verify_audit_names_a_changed_cent_and_fails(folder):
    name, _ = process_of(folder)
    (sample,) = list(folder.rglob("sample.csv")) or list(folder.rglob("*.jsonl"))
    run("submit", folder, name, sample)
    (database,) = folder.glob("*.db")
    import sqlite3

    with sqlite3.connect(database) as connection:
        case, facts = connection.execute(
            'SELECT id, facts FROM "case" WHERE state = ? LIMIT 1', ("done",)
        ).fetchone()
        changed = facts.replace('"amount":"', '"amount":"1', 1)
        assert changed != facts
        connection.execute('UPDATE "case" SET facts = ? WHERE id = ?', (changed, case))
    result = run("verify-audit", folder)
    assert result.exit_code == 1
    assert f"{case}: the stored case is not what event" in result.output


def test_check_lists_every_fault_and_exits_1(folder):
    _, map_file = process_of(folder)
    text = map_file.read_text()
    map_file.write_text(text.replace("owner:", "ownr:", 1) + "\nnonsense: 1\n")
    result = run("check", folder, "--json")
    assert result.exit_code == 1
    faults = json.loads(result.output)
    assert {"owner"} <= {fault["suggestion"] for fault in faults}
    assert len(faults) >= 2
    assert all(":" in fault["where"] for fault in faults)


def test_what_briefs_will_lack_is_a_warning_and_fails_only_where_that_is_asked(folder):
    assert run("check", folder, "--strict").exit_code == 0
    _, map_file = process_of(folder)
    text = map_file.read_text()
    map_file.write_text(text.replace("    subject: employee\n", "", 1))
    result = run("check", folder)
    assert result.exit_code == 0
    assert "process.yaml:27: warning: Briefs of 'approve_expense' have no history" in printable(result.output)
    assert "is sound, with 1 warning." in result.output
    assert run("check", folder, "--strict").exit_code == 1
    (row,) = json.loads(run("check", folder, "--json").output)
    assert row["severity"] == "warning"


def test_briefs_tells_how_many_are_complete(folder):
    (sample,) = [path for path in folder.iterdir() if path.suffix == ".csv"]
    assert run("submit", folder, "expenses", sample).exit_code == 0
    result = run("briefs", folder)
    assert result.exit_code == 0, result.output
    assert "expenses, approve_expense:" in result.output
    (found,) = json.loads(run("briefs", folder, "expenses", "--json").output)
    assert found["briefs"] >= found["complete"] >= 0
    assert found["briefs"] > 0


@pytest.mark.parametrize("kind", ["process", "people", "surehand"])
def test_schema_is_json(kind):
    assert json.loads(run("schema", kind).output)["$schema"].startswith("https://json-schema.org/")


def test_diff_says_what_loosens(folder, tmp_path):
    _, map_file = process_of(folder)
    text = map_file.read_text()
    other = tmp_path / "process.yaml"
    assert "PT24H" in text or "P" in text
    other.write_text(text.replace("currency: EUR", "currency: USD"))
    assert "USD" in run("diff", map_file, other).output
    assert run("diff", map_file, map_file).output.strip() == "Nothing changed."


def test_production_needs_a_second_person_who_proves_who_they_are(folder):
    name, map_file = process_of(folder)
    settings = folder / "surehand.yaml"
    settings.write_text(settings.read_text().replace("development", "production"))
    env = {"SUREHAND_SECRET": "s" * 40}
    import ruamel.yaml

    people = ruamel.yaml.YAML(typ="safe").load((folder / "people.yaml").read_text())["people"]
    owner = ruamel.yaml.YAML(typ="safe").load(map_file.read_text())["owner"]
    builder = ruamel.yaml.YAML(typ="safe").load(map_file.read_text())["builder"]
    assert builder in people
    for person in (owner, builder):
        made = run("passwd", folder, person, "--stdin", input=f"password of {person}\n", env=env)
        assert made.exit_code == 0, made.output
    proposed = run("publish", folder, name, "--by", builder, input=f"password of {builder}\n", env=env)
    assert "Proposed version" in proposed.output, proposed.output
    alone = run("publish", folder, name, "--by", builder, input=f"password of {builder}\n", env=env)
    assert isinstance(alone.exception, SurehandError)
    wrong = run("publish", folder, name, "--by", owner, input="guess\n", env=env)
    assert isinstance(wrong.exception, SurehandError)
    published = run("publish", folder, name, "--by", owner, input=f"password of {owner}\n", env=env)
    assert "Published version" in published.output, published.output


def test_a_worker_refuses_sqlite(folder):
    result = run("worker", folder)
    assert "SQLite takes one process" in str(result.exception)


def test_demo_shows_the_main_job_and_ends(tmp_path):
    result = run("demo", tmp_path / "company", "--no-serve", "--bills", 12, "--slips", 12)
    assert result.exit_code == 0, result.output
    assert "of 24 papers were paid without a person" in result.output
    assert "every one holds" in result.output


def test_faults_are_sentences_on_the_real_command_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "surehand.cli", "check", str(tmp_path / "nowhere")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "nowhere" in done.stderr + done.stdout


def test_output_cannot_steer_the_terminal():
    assert "\x1b" not in printable("a\x1b[2Jb\x07")


def test_documents_are_submitted_and_a_model_is_trained(tmp_path):
    home, bills = tmp_path / "desk", tmp_path / "bills"
    run("init", home, "--pattern", "documents")
    bills.mkdir()
    rows = ["file,supplier,number,total"]
    for number in range(6):
        body = pdf("Specimen Paper Ltd", f"Invoice No. SP-{700 + number}", f"Total {10 + number}.50 EUR")
        (bills / f"{number}.pdf").write_bytes(body)
        (home / "bills" / f"{number}.pdf").write_bytes(body)
        rows.append(f"{number}.pdf,Specimen Paper Ltd,SP-{700 + number},{10 + number}.50")
    (bills / "empty.pdf").write_bytes(b"")
    early = run("train", home, "bills")
    assert "has nothing to learn from" in str(early.exception)
    first = run("submit", home, "bills", bills)
    assert "7 new, 0 known already, 0 refused" in first.output, first.output
    assert "7 waiting" in first.output
    assert "0 new, 7 known already" in run("submit", home, "bills", bills).output
    (home / "bills/examples.csv").write_text("\n".join(rows) + "\n")
    trained = run("train", home, "bills", "--json")
    report = json.loads(trained.stdout)
    assert (report["model"], report["report"]["examples"], report["changed"]) == ("bill-fields", 6, True)
    again = run("train", home, "bills")
    assert "learned nothing new" in again.output
    refused = run("train", home, "bills", "--by", "ben.reviewer")
    assert "trained by its owner, its builder or an administrator" in str(refused.exception)


def test_what_a_classifier_learned_is_told(capsys):
    from surehand.cli.learn import _say

    report = {
        "examples": 40, "cases": 2, "answers": {"a": 20, "b": 20}, "right": 0.93, "confident": 0.5,
        "confident_and_right": 0.985, "out_of_scope": 3, "not_learned": ["c"], "contradictory": 1,
    }  # fmt: skip
    _say({"model": "topics", "hash": "f" * 64, "changed": True, "rival": False, "report": report})
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "2 answers; right about 93 % of the cases left out", "above 90: 50 % of it, right about 98.5 %",
        "Out of scope: 3 examples", "want of a second example: c", "different answers: 1",
    ):  # fmt: skip
        assert words in told


def test_people_are_shown_exported_changed_and_taken_in(folder):
    file = folder / "people.yaml"
    assert run("people", "disable", folder, "nobody", "--by", "x", "--because", "x").exit_code == 1
    told = run("people", "show", folder)
    assert told.exit_code == 0, told.output
    assert "Revision 1 of the roster." in told.output
    everybody = json.loads(run("people", "show", folder, "--json").output)["people"]
    reviewer = next(
        name for name, one in everybody.items() if "roles" not in one or "reviewer" in one["roles"]
    )
    one = json.loads(run("people", "show", folder, reviewer, "--json").output)
    assert one["name"] == reviewer
    assert [line["alone"] for line in one["decides"]]
    assert "alone, up to" in run("people", "show", folder, reviewer).output
    assert run("people", "show", folder, "nobody").exit_code == 1
    written = run("people", "export", folder)
    assert written.exit_code == 0, written.output
    file.write_text(written.output.replace("people:\n", "people:\n  chief: {roles: [administrator]}\n"))
    # in development a changed file is taken in at once
    result = run("people", "import", folder, "--by", "chief", "--yes")
    assert "Nothing differs from what is in force." in result.output, result.output


def test_in_production_the_file_is_taken_in_by_an_administrator_with_a_password(folder):
    file, env = folder / "people.yaml", {"SUREHAND_SECRET": "s" * 40}
    file.write_text(file.read_text().replace("people:\n", "people:\n  chief: {roles: [administrator]}\n"))
    assert run("key", folder, "chief").exit_code == 0
    (folder / "surehand.yaml").write_text("mode: production\n")
    password = "a long enough password\n"
    assert run("passwd", folder, "chief", "--stdin", input=password, env=env).exit_code == 0
    file.write_text(file.read_text().replace("people:\n", "people:\n  new.one: {roles: [reviewer]}\n"))
    assert "new.one" not in run("people", "show", folder, env=env).output
    wrong = run("people", "import", folder, "--by", "chief", "--yes", input="something else\n", env=env)
    assert wrong.exit_code == 1
    no = run("people", "import", folder, "--by", "chief", input=f"{password}n\n", env=env)
    assert no.exit_code == 1
    assert "people.new.one" in no.output
    taken = run("people", "import", folder, "--by", "chief", "--yes", input=password, env=env)
    assert "Revision 2 of the roster is in force." in taken.output, taken.output
    left = run(
        "people", "disable", folder, "new.one", "--by", "chief", "--because", "left", input=password, env=env
    )
    assert "new.one is disabled." in left.output, left.output
    told = [line for line in run("people", "show", folder, env=env).output.splitlines() if "new.one" in line]
    assert told
    assert "left" in told[0]


def test_whoever_is_disabled_leaves_behind_what_is_to_be_put_right(folder):
    name, _ = process_of(folder)
    file = folder / "people.yaml"
    file.write_text(file.read_text().replace("people:\n", "people:\n  chief: {roles: [administrator]}\n"))
    left = run("people", "disable", folder, "anna.owner", "--by", "chief", "--because", "left")
    assert f"To be put right now, at {name}.owner: The owner, 'anna.owner', is no longer" in left.output
    assert "anna.owner is disabled." in left.output


def test_a_file_is_not_taken_in_over_what_was_changed_while_it_was_asked(folder, monkeypatch):
    file, env = folder / "people.yaml", {"SUREHAND_SECRET": "s" * 40}
    file.write_text(file.read_text().replace("people:\n", "people:\n  chief: {roles: [administrator]}\n"))
    assert run("key", folder, "chief").exit_code == 0
    (folder / "surehand.yaml").write_text("mode: production\n")
    file.write_text(file.read_text().replace("people:\n", "people:\n  new.one: {roles: [reviewer]}\n"))

    def meanwhile(surehand, person):
        """While a password is typed, another process changes the roster."""
        people.disable(replace(surehand.context), "ben.reviewer", by=person, because="has left")

    monkeypatch.setattr("surehand.cli.people.proven", meanwhile)
    found = run("people", "import", folder, "--by", "chief", "--yes", env=env)
    assert isinstance(found.exception, Conflict)
    assert "people.ben.reviewer.active: no; " in str(found.exception)
    monkeypatch.setattr("surehand.cli.people.proven", lambda surehand, person: None)
    # who looks again sees what the file would undo
    again = run("people", "import", folder, "--by", "chief", input="n\n", env=env)
    assert "people.ben.reviewer.active: no -> taken out" in again.output
