"""Links resolve, words are the glossary's, examples are what they say, decision records are numbered."""

import ast
import json
import re
import shlex
import textwrap
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from surehand import plugins
from surehand.cli import app
from surehand.core.case import Case
from surehand.maps import deployment
from surehand.maps.starter import write
from surehand.store.tables import metadata
from surehand.testing import trial
from tests.docs.pages import PAGES, ROOT, Block, anchors, blocks, named, prose
from tests.language import answers, speaking

BLOCKS = [block for page in PAGES for block in blocks(page)]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
MAPPED = sorted({block.page for block in BLOCKS if (block.title or "").endswith("process.yaml")})

#: What must not stand in prose, and what to write.
WORDS = {
    r"\btickets?\b": "case",
    r"\btasks?\b": "case, step or work",
    r"\bwork items?\b": "work",
    r"\bitems?\b": "case",
    r"\bapprovers?\b": "reviewer",
    r"\bconfidence scores?\b": "confidence",
    r"\bdecision nodes?\b": "decision point",
    r"\b(seamless|powerful|cutting-edge|effortless|robust|simply)\b": "nothing",
    r"\b(leverage[sd]?|delightful|world-class)\b": "nothing",
    r"\w!(\s|$)": "a full stop",
}
#: What belongs to somebody's machine.
PRIVATE = re.compile(
    r"(?<!\w)/(?:home|mnt|opt|srv|tmp|var)/|shared/|DESIGN\.md|FEATURES\.md|STACK\.md|GUARD\.md|STYLE\.md"
)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{named(page)}: {target} does not exist"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{named(page)}: {target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_in_backticks_exist(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|docs|examples|benchmarks|tools)/[\w./-]+)`", prose(page)):
        assert (ROOT / path).exists(), f"{named(page)}: {path} does not exist"


@pytest.mark.parametrize(
    "page", [ROOT / "ARCHITECTURE.md", ROOT / "docs/glossary.md", ROOT / "docs/security.md"], ids=named
)
def test_names_of_the_code_exist_where_they_are_said_to_be(page: Path) -> None:
    import importlib

    known = {path.stem for path in (ROOT / "src/surehand").iterdir()}
    for dotted in re.findall(r"`(?:surehand\.)?([a-z]+(?:\.[A-Za-z_]+)+)(?:\(.*?\))?`", prose(page)):
        parts = dotted.split(".")
        if parts[0] not in known or dotted.endswith((".py", ".yaml", ".md")):
            continue
        found: Any = importlib.import_module(f"surehand.{parts[0]}")
        module = found.__name__
        for at, part in enumerate(parts[1:], start=2):
            if not hasattr(found, part):
                importlib.import_module(f"surehand.{'.'.join(parts[:at])}")
            found = getattr(found, part)
            module = found.__name__ if isinstance(found, ModuleType) else module
        # a name that was moved is often imported where it was
        assert getattr(found, "__module__", module) == module, f"{named(page)}: {dotted} is elsewhere"


def test_the_indexes_that_hold_what_must_hold_exist() -> None:
    known = {one.name for table in metadata.tables.values() for one in (*table.indexes, *table.constraints)}
    said = re.findall(r"unique (?:index )?`(\w+)`", prose(ROOT / "ARCHITECTURE.md"))
    assert said
    assert set(said) <= known


def test_the_glossary_defines_a_word_once() -> None:
    lines = prose(ROOT / "docs/glossary.md").splitlines()
    words = [line.split(" | ")[0] for line in lines if line.startswith("| ")]
    # each table begins with the one; the other is a hash, and several messages, and says so
    twice = {word for word in words if words.count(word) > 1}
    assert twice == {"| word", "| digest"}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_one_word_has_one_meaning(page: Path) -> None:
    said = re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose(page))
    for number, line in enumerate(said.splitlines(), start=1):
        if line.startswith("> "):
            continue  # what a page of the product says
        for pattern, right in WORDS.items():
            wrong = re.search(pattern, line, re.IGNORECASE)
            assert not wrong, f"{named(page)}:{number}: '{wrong[0]}'; write {right}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_nothing_of_a_machine_is_named(page: Path) -> None:
    found = PRIVATE.search(page.read_text("utf-8"))
    assert not found, f"{named(page)}: {found[0]}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_dashes_are_rare(page: Path) -> None:
    assert page.read_text("utf-8").count("\N{EM DASH}") <= 2


def test_decision_records_are_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "adr"
    records = sorted(path for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text("utf-8")
    for number, path in enumerate(records, start=1):
        assert path.name.startswith(f"{number:04}-"), f"{path.name} is not number {number}"
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number:04}: ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert f"({path.name})" in index


def test_the_floors_are_those_of_the_contract() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    wanted = [set(re.findall(r"\w+", floor)) for floor in contracts[0]["layers"]]
    reserved = {name for floor in contracts[0]["layers"] for name in re.findall(r"\((\w+)\)", floor)}
    (picture,) = (block.text for block in blocks(ROOT / "ARCHITECTURE.md") if block.language == "text")
    floors = [line.split("  ")[0] for line in picture.splitlines() if re.match(r"[a-z]", line)]
    assert [set(re.findall(r"\w+", floor)) for floor in floors] == wanted
    assert {name for floor in floors for name in re.findall(r"(\w+)\*", floor)} == reserved


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language in ("yaml", "python", "json")], ids=str)
def test_a_block_is_what_it_says(block: Block) -> None:
    match block.language:
        case "yaml":
            YAML(typ="safe", pure=True).load(StringIO(block.text))
        case "json":
            json.loads(block.text)
        case _:
            ast.parse(block.text)


@pytest.mark.parametrize("page", MAPPED, ids=named)
def test_a_process_that_is_shown_is_sound(page: Path, tmp_path: Path) -> None:
    assert deployment.check(laid_out(page, tmp_path), names=plugins.load().names) == []


def laid_out(page: Path, folder: Path) -> Path:
    """The deployment that a page shows; with the people of another page where it shows none of its own."""
    other = ROOT / "docs/how-to/write-a-process.md"
    people = next(block.text for block in blocks(other) if block.title == "people.yaml")
    files = {"people.yaml": people, "surehand.yaml": "mode: development\n"}
    files |= {block.title: block.text for block in blocks(page) if block.title}
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def test_the_readme_says_what_happens(tmp_path: Path) -> None:
    with trial(laid_out(ROOT / "README.md", tmp_path)) as bench:
        small = bench.submit("refunds", {"customer": "ada", "amount": "40 EUR"})
        large = bench.submit("refunds", {"customer": "ada", "amount": "600 EUR"})
        assert (small.state, small.result) == ("done", "pay")
        assert large.state == "waiting"
        assert "High consequence" in bench.assignment(large.id).because
        assert bench.verdict(large.id, "approve").state == "done"


def test_the_rules_table_says_what_happens(tmp_path: Path) -> None:
    with trial(laid_out(ROOT / "docs/how-to/use-a-rules-table.md", tmp_path)) as bench:

        def trip(price: str, days: int) -> Case:
            return bench.submit("trips", {"traveller": "ada", "price": price, "days_ahead": days})

        assert trip("300 EUR", 10).result == "book"
        two_rows = bench.assignment(trip("300 EUR", 2).id)
        assert two_rows.because == "Confidence 50 is not above 90, so assist"
        none = bench.assignment(trip("900 EUR", 7).id)
        assert none.level == "assist"
        assert "The AI has no recommendation" in none.because
        unknown = bench.assignment(trip("300 USD", 7).id)
        assert "The AI has no recommendation" in unknown.because


def test_the_classifier_that_has_learned_nothing_asks_people(tmp_path: Path) -> None:
    with trial(laid_out(ROOT / "docs/how-to/train-a-classifier.md", tmp_path)) as bench:
        case = bench.submit("support", {"subject": "Double payment", "message": "Charged twice for one box"})
        assert "The AI has no recommendation" in bench.assignment(case.id).because
        assert bench.verdict(case.id, "approve", value="billing").result == "billing"


def test_grade_a_consequence_says_what_happens(tmp_path: Path) -> None:
    page = ROOT / "docs/how-to/grade-a-consequence.md"
    folder = laid_out(page, tmp_path)
    with trial(folder) as bench:
        bench.clock.move(timedelta(days=3650))  # it was published a moment ago, by the real clock
        for number in range(20):
            case = bench.submit("claims", {"customer": "Ada", "amount": f"{number} EUR", "sure": 0.99})
            assert "The policy on new customers changed" in bench.assignment(case.id).because
        given = {"customer": "Ada", "amount": "100 EUR", "sure": 0.95}
        assert bench.submit("claims", given).result == "settle"
        new = bench.submit("claims", given | {"customer": "New Bob"})
        assert "New customer: confidence 95 is below 97" in bench.assignment(new.id).because
        sued = bench.submit("claims", given | {"letter": "from my lawyer"})
        assert "legal consequence, says legal_weight" in bench.assignment(sued.id).because
    map_ = folder / "claims/process.yaml"
    map_.write_text(map_.read_text().replace("{by: legal_weight, at_least: low}", "{by: legal_weight}"))
    (shown,) = (block.text for block in blocks(page) if block.language == "text")
    assert [str(fault) for fault in deployment.check(folder, names=plugins.load().names)] == [shown.strip()]


def test_the_language_model_that_is_not_sure_of_itself_asks_people(tmp_path: Path) -> None:
    """The example of the page, with a server that gives two answers of three."""
    page = ROOT / "docs/how-to/ask-a-language-model.md"
    with speaking(answers("billing", 0.99), answers("access", 0.99), answers("billing", 0.99)) as speaker:
        folder = laid_out(page, tmp_path)
        place = folder / "support/process.yaml"
        place.write_text(place.read_text("utf-8").replace("http://localhost:11434/v1", speaker.url), "utf-8")
        with trial(folder) as bench:
            case = bench.submit("support", {"customer": "Ada Lovelace", "message": "Ada was charged twice"})
            assert "not above 90" in bench.assignment(case.id).because
        assert len(speaker.heard) == 3
        assert "Ada" not in speaker.everything


def test_the_way_out_of_write_a_process(tmp_path: Path) -> None:
    page = ROOT / "docs/how-to/write-a-process.md"
    with trial(laid_out(page, tmp_path)) as bench:
        shown = next(b.text for b in blocks(page) if b.language == "python" and not b.title)
        names: dict[str, Any] = {"bench": bench}
        body = shown.split("as bench:\n")[1]
        exec(compile(textwrap.dedent(body), "write-a-process.md", "exec"), names)


def test_the_fault_that_is_shown_is_found(tmp_path: Path) -> None:
    page = ROOT / "docs/how-to/write-a-process.md"
    for block in blocks(page):
        if block.title:
            place = tmp_path / block.title
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block.text.replace("record.open_claims", "record.open_clams"), "utf-8")
    found = [str(fault) for fault in deployment.check(tmp_path)]
    assert "\n".join(found) + "\n" in [block.text for block in blocks(page) if block.language == "text"]


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "console"], ids=str)
def test_commands_exist(block: Block) -> None:
    for line in block.text.splitlines():
        if not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[0] != "surehand":
            continue
        name, *rest = words[1:]
        assert name in COMMANDS, f"{block}: there is no command {name}"
        command = COMMANDS[name]
        if hasattr(command, "commands"):  # a group
            assert rest[0] in command.commands, f"{block}: there is no command {name} {rest[0]}"
            command = command.commands[rest[0]]
        options = {opt for p in command.params for opt in (*p.opts, *p.secondary_opts)}
        for word in rest:
            if word.startswith("--"):
                assert word.partition("=")[0] in {*options, "--help"}, f"{block}: {name} has no {word}"


def test_the_quickstart_names_files_that_init_writes(tmp_path: Path) -> None:
    written = {
        path.relative_to(tmp_path / "my-desk").as_posix()
        for path in write(tmp_path / "my-desk", "extract-decide-route")
    }
    said = (ROOT / "docs/quickstart.md").read_text("utf-8")
    named_there = set(re.findall(r"my-desk/([\w/-]+\.(?:yaml|csv|jsonl|py))", said))
    assert named_there
    assert named_there <= written
