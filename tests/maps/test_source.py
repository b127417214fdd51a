"""YAML as plain data with lines; whatever is thrown at it, it reads or says what is wrong."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surehand.errors import MapInvalid
from surehand.maps import parse
from surehand.maps import source as sources


def test_scalars_are_plain_data() -> None:
    text = "a: 1\nb: [1.5, yes, true, null, ~, 2024-01-01, '3', 0x1f, 1e3, 1_000, 012]\nc: {d: no}"
    assert sources.parse(text, label="x").data == {
        "a": 1,
        "b": [1.5, "yes", True, None, None, "2024-01-01", "3", 31, 1000.0, 1000, 12],
        "c": {"d": "no"},
    }


@pytest.mark.parametrize(
    ("text", "path", "where"),
    [
        ("a: 1\nb:\n  c: 2\n", ("b", "c"), "f:3"),
        ("a:\n  - x\n  - y\n", ("a", 1), "f:3"),
        ("a:\n  - x\n  - y\n", ("a", 7, "z"), "f:1"),
        ("a: 1\n", (), "f:1"),
    ],
)
def test_lines(text: str, path: tuple[str | int, ...], where: str) -> None:
    assert sources.parse(text, label="f").where(path) == where


@pytest.mark.parametrize(
    ("text", "line", "column", "where"),
    [
        ("a: x > 3\n", 1, 3, "f:1:6"),
        ("a: 'x > 3'\n", 1, 3, "f:1:7"),
        ("a: |\n  x >\n  3\n", 2, 1, "f:3"),
        ("a: >-\n  x >\n  3\n", 1, 3, "f:2"),
    ],
)
def test_a_place_inside_a_text(text: str, line: int, column: int, where: str) -> None:
    assert sources.parse(text, label="f").where(("a",), line=line, column=column) == where


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "f:1: is empty"),
        ("a: 1\na: 2", "f:2: 'a' is written twice, first in line 1"),
        ("a: &x [*x]", "repeated by aliases"),
        ("a: 1\n---\nb: 2", "another document"),
        ("[" * 5000, "nested too deeply"),
        ("? [a]\n: 1", "a key must be a text"),
        ("a: .nan", "not a finite number"),
        ("a: 9" + "9" * 6000, "not a finite number"),
        ("\x00", "not valid YAML"),
        ("a: *b", "f:1: is not valid YAML"),
        ("a: !!binary aGk=", "the tag !!binary is not allowed"),
        ("\n\na: 'x", "f:3: is not valid YAML"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(MapInvalid) as caught:
        sources.parse(text, label="f")
    assert any(says in str(fault) for fault in caught.value.faults), caught.value


def test_a_billion_laughs_is_no_joke() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        rows.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    with pytest.raises(MapInvalid, match="repeated by aliases"):
        sources.parse("\n".join(rows), label="f")


def test_a_file_too_large_or_not_text(tmp_path: Path) -> None:
    path = tmp_path / "process.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(MapInvalid, match=r"process.yaml:2: is not UTF-8"):
        sources.read(path)
    path.write_bytes(b"#" * (sources.LARGEST_FILE + 1))
    with pytest.raises(MapInvalid, match="larger than"):
        sources.read(path)
    with pytest.raises(MapInvalid, match="cannot be read"):
        sources.read(tmp_path)


_yaml_like = st.text(alphabet="ab: -[]{}&*!|>'\"#%@,?~\n\t\\0.1<=", max_size=60)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@settings(deadline=None)
@given(st.binary(max_size=80) | _yaml_like.map(str.encode))
@example(b"%YAML 9.9\n---\na")
@example(b"%TAG\n---\na")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(MapInvalid):
        sources.parse(raw.decode("utf-8", "surrogateescape"), label="f")


@settings(deadline=None)
@given(st.sampled_from(["process.yaml", "people.yaml", "surehand.yaml"]), _json)
def test_any_data_is_a_map_or_refused(name: str, data: object) -> None:
    read = {"process.yaml": parse.process, "people.yaml": parse.people, "surehand.yaml": parse.settings}[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            parse, "read", lambda path, label=None: sources.parse(json.dumps(data), label=path.name)
        )
        patch.setattr(Path, "exists", lambda self: True)
        with contextlib.suppress(MapInvalid):
            read(Path(name))


_KEYS = """
    process owner builder steps decide act queue bands rules when route because choices input fields models
    table provider exceptions sla due consequence money level above from name
"""
_keys = st.sampled_from(_KEYS.split())
_map = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["a", "review", "PT1H", "true", "total > 3.0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=6),
    max_leaves=25,
)


@settings(deadline=None)
@given(st.dictionaries(_keys, _map, max_size=8))
def test_any_map_of_known_keys_is_read_or_refused(data: dict[str, object]) -> None:
    parsed = parse.process_as_far_as_possible(sources.parse(json.dumps(data), label="process.yaml"))
    assert parsed.faults or parsed.process is not None


def test_naughty_strings_everywhere(shared_data: object) -> None:
    folder = shared_data("naughty_strings")  # type: ignore[operator]
    for text in json.loads((folder / "blns.json").read_text("utf-8")):
        for data in (
            {text: 1},
            {"process": text, "owner": text},
            {"steps": [{"decide": text, "rules": [{"when": text}]}]},
        ):
            try:
                source = sources.parse(json.dumps(data), label="process.yaml")
            except MapInvalid:
                continue
            assert parse.process_as_far_as_possible(source).faults
