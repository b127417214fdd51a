"""The JSON Schemas accept what the parser accepts, and refuse what editors should mark."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from surehand.maps import schema
from surehand.maps.source import parse
from tests.maps.deployments import PEOPLE, PROCESS, SETTINGS

VALID = {"process.yaml": PROCESS, "people.yaml": PEOPLE, "surehand.yaml": SETTINGS}


def errors(name: str, text: str) -> list[str]:
    data: Any = parse(text, label=name).data
    return [one.message for one in jsonschema.Draft202012Validator(schema.FILES[name]()).iter_errors(data)]


@pytest.mark.parametrize("name", schema.FILES)
def test_the_schemas_are_schemas(name: str) -> None:
    made = schema.FILES[name]()
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", VALID)
def test_valid_files(name: str) -> None:
    assert errors(name, VALID[name]) == []


def test_the_starters_are_valid() -> None:
    folder = Path(schema.__file__).parent.parent / "patterns"
    for name in VALID:
        found = list(folder.rglob(name))
        assert found
        for path in found:
            assert errors(name, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("process.yaml", "sla: {due: PT24H, remind: PT20H, escalate_to: ap.lead}", "sla: urgent"),
        ("process.yaml", "due: PT24H, remind", "preset: complex, remind"),
        ("process.yaml", "remind: PT20H", "time: working, expire: {after: P3D, to: closed}"),
        (
            "process.yaml",
            "    queue: payables\n",
            "    queue: payables\n    ask: {within: PT8H, clock: run}\n",
        ),
        ("people.yaml", "queues:", "calendars: {a: {zone: UTC, week: {mon-fri: ['09:00-24:00']}}}\nqueues:"),
    ],
)
def test_what_else_is_valid(name: str, old: str, new: str) -> None:
    assert old in VALID[name]
    assert errors(name, VALID[name].replace(old, new, 1)) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("process.yaml", "sla: {due: PT24H, remind: PT20H, escalate_to: ap.lead}", "sla: urgnt"),
        ("process.yaml", "remind: PT20H", "expire: {after: P3D, to: pay}"),
        ("people.yaml", "queues:", "calendars: {a: {zone: UTC, week: {mon-fri: ['9-24']}}}\nqueues:"),
        ("process.yaml", "owner:", "ownr: x\nowner:"),
        ("process.yaml", "    queue: payables", "    quee: x\n    queue: payables"),
        ("process.yaml", "    undo: cancel", "    undu: cancel"),
        ("process.yaml", "P90D", "90 days"),
        ("process.yaml", "lookup: find_vendor", "lookp: find_vendor"),
        ("process.yaml", "route: assist", "route: assit"),
        ("process.yaml", "bands: review-flow", "bands: review-flo"),
        ("process.yaml", "builder: dev.one\n", ""),
        ("people.yaml", "owner: ap.lead,", "ownr: ap.lead,"),
        ("surehand.yaml", "mode: development", "mode: develop"),
        ("surehand.yaml", "port", "prot"),
        ("surehand.yaml", "port", "folder"),
    ],
)
def test_wrong_files(name: str, old: str, new: str) -> None:
    assert old in VALID[name]
    assert errors(name, VALID[name].replace(old, new, 1))


@pytest.mark.parametrize("name", schema.FILES)
def test_every_key_is_described(name: str) -> None:
    made = schema.FILES[name]()
    for owner, definition in {name: made, **made.get("$defs", {})}.items():
        for key, said in definition.get("properties", {}).items():
            assert said.get("description") or "$ref" in said, f"{owner}.{key}"
