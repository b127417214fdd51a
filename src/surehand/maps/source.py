"""A YAML file as plain data, with the line of everything in it.

Stricter than YAML: one document, text keys, no key twice, no tags, no merge keys, few aliases. A map is
signed by people, so it must mean what it looks like.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from surehand.errors import Fault, MapInvalid

#: Where a value stands inside the data: keys and list positions from the top.
DataPath = tuple[str | int, ...]

LARGEST_FILE = 1_000_000
MOST_VALUES = 50_000
MOST_REPEATS = 20
_DEEPEST = 30
_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(
    f"{_TAG}{name}" for name in ["str", "int", "float", "bool", "null", "timestamp", "seq", "map"]
)


class Places(Protocol):
    """Says where a value of a map stands, for people."""

    def where(self, path: DataPath, *, line: int = 0, column: int = 0) -> str:
        """`file:line`, or a path. `line` and `column` (from 1) count inside the value, a text."""


@dataclass(frozen=True, slots=True)
class PathPlaces:
    """Places of a map that was built in Python: `steps[2].queue`."""

    name: str = "process"

    def where(self, path: DataPath, *, line: int = 0, column: int = 0) -> str:
        """The path itself."""
        text = self.name
        for part in path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
        return f"{text}:{line}:{column}" if column else text


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file.

    label   the file as messages name it
    data    dicts, lists, texts, numbers, booleans and None
    marks   path -> (line, column) of its key or list item, from 1
    values  path of a text -> (line, column, block) where the text itself begins; block: lines follow
    """

    label: str
    data: Any
    marks: dict[DataPath, tuple[int, int]] = field(default_factory=dict)
    values: dict[DataPath, tuple[int, int, bool]] = field(default_factory=dict)

    def line(self, path: DataPath) -> int:
        """The line of a value, or of the nearest thing around it that exists."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))[0]

    def where(self, path: DataPath, *, line: int = 0, column: int = 0) -> str:
        """`file:line`, or `file:line:column` of a place inside a text."""
        if not column or path not in self.values:
            return f"{self.label}:{self.line(path)}"
        start, indent, block = self.values[path]
        if block or line > 1:
            return f"{self.label}:{start + line - (0 if block else 1)}"
        return f"{self.label}:{start}:{indent + column - 1}"


def read(path: Path, *, label: str | None = None) -> Source:
    """Parse a file. Raises MapInvalid with the line of what is wrong."""
    name = label or path.name
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        raise MapInvalid([Fault(name, f"cannot be read: {error.strerror or error}")]) from None
    if size > LARGEST_FILE:
        raise MapInvalid([Fault(name, f"is larger than {LARGEST_FILE:,} bytes")])
    try:
        return parse(raw.decode("utf-8-sig"), label=name)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise MapInvalid([Fault(f"{name}:{line}", "is not UTF-8 text")]) from None


def parse(text: str, *, label: str) -> Source:
    """Parse YAML text. Raises MapInvalid with the line of what is wrong."""
    root = _compose(text, label)
    if root is None:
        raise MapInvalid([Fault(f"{label}:1", "is empty")])
    builder = _Builder(label)
    data = builder.build(root, ())
    if builder.faults:
        raise MapInvalid(builder.faults)
    return Source(label, data, builder.marks, builder.values)


@lru_cache(maxsize=16)
def _composed(text: str) -> Node | None:
    """The nodes of a text, which nobody changes: a deployment reads each of its files several times."""
    node: Node | None = YAML(typ="safe", pure=True).compose(text)
    return node


def _compose(text: str, label: str) -> Node | None:
    try:
        return _composed(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = ", ".join(str(part) for part in (error.context, error.problem) if part)
        raise MapInvalid([Fault(f"{label}:{line}", f"is not valid YAML: {said}")]) from None
    except YAMLError as error:
        said = str(error).strip().splitlines()[0]
        raise MapInvalid([Fault(f"{label}:1", f"is not valid YAML: {said}")]) from None
    except RecursionError:
        raise MapInvalid([Fault(f"{label}:1", "is nested too deeply")]) from None
    except (ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError) as error:
        # The YAML library trips over some malformed directives and escapes with these.
        raise MapInvalid([Fault(f"{label}:1", f"is not valid YAML: {error}")]) from None


class _Builder:
    """Turns nodes into data, remembering lines and collecting faults."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.faults: list[Fault] = []
        self.marks: dict[DataPath, tuple[int, int]] = {}
        self.values: dict[DataPath, tuple[int, int, bool]] = {}
        self._seen: set[int] = set()
        self._repeats = 0

    def build(self, node: Node, path: DataPath) -> Any:
        if not path:
            self.marks[()] = _place(node)
        if self._too_much(node, path):
            return None
        if str(node.tag) not in _PLAIN:
            return self._fault(node, f"the tag {str(node.tag).replace(_TAG, '!!')} is not allowed")
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            items = []
            for index, child in enumerate(node.value):
                self.marks[(*path, index)] = _place(child)
                items.append(self.build(child, (*path, index)))
            return items
        return self._scalar(node, path) if isinstance(node, ScalarNode) else None

    def _too_much(self, node: Node, path: DataPath) -> bool:
        if id(node) in self._seen:
            self._repeats += 1
            if self._repeats == MOST_REPEATS + 1:
                self._fault(node, f"more than {MOST_REPEATS} values are repeated by aliases (*name)")
        self._seen.add(id(node))
        if len(path) > _DEEPEST or len(self.marks) > MOST_VALUES:
            if not self.faults or "too" not in self.faults[-1].message:
                self._fault(node, "the file holds too much, or is nested too deeply")
            return True
        return self._repeats > MOST_REPEATS

    def _mapping(self, node: MappingNode, path: DataPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, name, value in self._keys(node):
            child = (*path, name)
            if name in data:
                first = self.marks[child][0]
                self._fault(key, f"'{name}' is written twice, first in line {first}")
                continue
            self.marks[child] = _place(key)
            data[name] = self.build(value, child)
        return data

    def _keys(self, node: MappingNode) -> Iterator[tuple[Node, str, Node]]:
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._fault(key, "a key must be a text")
            elif key.tag == f"{_TAG}merge":
                self._fault(key, "merge keys (<<) are not allowed: write the keys out")
            else:
                yield key, str(key.value), value

    def _scalar(self, node: ScalarNode, path: DataPath) -> Any:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("true", "yes", "on", "y")
        if kind in ("int", "float"):
            return self._number(node, text)
        line, column = _place(node)
        quoted = node.style in ("'", '"')
        self.values[path] = (line, column + quoted, node.style in ("|", ">"))
        return text

    def _number(self, node: ScalarNode, text: str) -> Any:
        plain = text.replace("_", "")
        try:
            number = int(plain, 0 if plain.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10)
            return number if abs(number) < 10**30 else self._fault(node, "this number is too large")
        except ValueError:
            pass
        try:
            value = float(plain)
        except ValueError:
            value = math.nan
        return value if math.isfinite(value) else self._fault(node, f"'{text[:40]}' is not a finite number")

    def _fault(self, node: Node, message: str) -> None:
        self.faults.append(Fault(f"{self.label}:{_place(node)[0]}", message))


def _place(node: Node) -> tuple[int, int]:
    mark = node.start_mark
    return mark.line + 1, mark.column + 1
