"""Conditions of a map: CEL, checked against the types of the facts, evaluated so that nothing fails open.

A condition is compiled twice. Once to check it, where what may be missing has a wrapper type, so that
`name > 3` is refused for a text that may be missing and `name == null` is not. Once to run it, with the
names it uses alone; the library cannot evaluate wrapper types.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.bound import Facts
from surehand.maps.cel import (
    FUNCTIONS,
    WRAPPED,
    Currency,
    base_converter,
    cel_type,
    converter,
    environment,
    no_overload,
    paths,
    type_words,
)
from surehand.maps.faults import nearest
from surehand.maps.types import FactType

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a condition does not compile; line and column from 1, inside its text."""

    message: str
    line: int = 1
    column: int = 1
    suggestion: str | None = None

    @property
    def syntax(self) -> bool:
        """It is wrong whatever the names mean."""
        return self.message.startswith("syntax error")


@dataclass(frozen=True, slots=True)
class Name:
    """One name that conditions may use, such as `total.base`.

    fact      the fact behind it
    keys      steps from the fact's JSON value to this one
    cel       type in the checking environment, as CEL writes it
    typed     the type that must be declared to evaluate; None: any
    nullable  it may be null
    convert   JSON value -> CEL value; None becomes None without it
    """

    fact: str
    keys: tuple[str, ...]
    cel: str
    typed: str | None
    nullable: bool
    convert: Callable[[Any], Any]


class Scope:
    """The names that the conditions at one place of a process may use."""

    def __init__(self, facts: Mapping[str, FactType], currency: Currency) -> None:
        self.facts = facts
        self.names: dict[str, Name] = {}
        for name, kind in facts.items():
            self._declare(name, name, (), kind, kind.nullable, currency)
        self._checking: Any = None

    def _declare(
        self, name: str, fact: str, keys: tuple[str, ...], kind: FactType, nullable: bool, currency: Currency
    ) -> None:
        if not name.isascii():
            return  # CEL has no such identifiers
        if kind.word == "money":
            for part, cel in (("amount", "number"), ("currency", "text")):
                inner = FactType(cel, ())
                self._declare(f"{name}.{part}", fact, (*keys, part), inner, nullable, currency)
            self._add(f"{name}.base", fact, keys, "double", True, base_converter(currency))
        elif kind.fields:
            for part, inner in kind.fields.items():
                empty = nullable or inner.nullable
                self._declare(f"{name}.{part}", fact, (*keys, part), inner, empty, currency)
        else:
            self._add(name, fact, keys, cel_type(kind), nullable, converter(kind, currency))

    def _add(
        self,
        name: str,
        fact: str,
        keys: tuple[str, ...],
        cel: str,
        nullable: bool,
        convert: Callable[[Any], Any],
    ) -> None:
        typed = None if cel == "dyn" or (nullable and "timestamp" not in cel) else cel
        self.names[name] = Name(
            fact, keys, WRAPPED.get(cel, cel) if nullable else cel, typed, nullable, convert
        )

    def compile(self, text: str) -> "CelCondition | Wrong":
        """A condition that gives true or false, or why it is none."""
        if len(text) > _LONGEST:
            return Wrong(f"is longer than {_LONGEST:,} characters")
        if not text.isprintable() and any(ord(c) < 32 and c not in "\n\t\r" for c in text):
            return Wrong("holds a control character")
        try:
            if self._checking is None:
                self._checking = environment(tuple((name, known.cel) for name, known in self.names.items()))
            result = self._checking.compile(text).return_type().name()
        except (RuntimeError, ValueError) as error:
            return self._explained(str(error), text)
        if result not in ("BOOL", "DYN", "bool_wrapper"):
            return Wrong(f"gives {type_words(result)}, and must give true or false")
        used = self._used(text)
        return CelCondition(text, {name: self.names[name] for name in used})

    def _used(self, text: str) -> tuple[str, ...]:
        """The names in a text that compiles. A name too many (in a comment, say) does no harm."""
        found = {longest for path in paths(text) for longest in self._longest(path)}
        try:
            environment(tuple(sorted((name, "dyn") for name in found))).compile(text)
        except RuntimeError:
            # Written in a way that the search above does not see: take all, so that none is missed.
            found = set(self.names)
        return tuple(sorted(found))

    def _longest(self, path: str) -> list[str]:
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            if (name := ".".join(parts[:end])) in self.names:
                return [name]
        return []

    def _explained(self, said: str, text: str) -> Wrong:
        match = re.search(r"<input>:(\d+):(\d+): (.*?)(?:\s*\[INVALID_ARGUMENT\])?(?:\n|$)", said)
        if not match:
            return Wrong(said.splitlines()[0] if said else "cannot be compiled")
        line, column, message = int(match[1]), int(match[2]), match[3]
        undeclared = re.match(r"undeclared reference to '([^']*)'", message)
        if undeclared:
            return self._undeclared(undeclared[1], line, column, text)
        overload = re.match(r"found no matching overload for '([^']*)' applied to '\((.*)\)'", message)
        if overload:
            return Wrong(no_overload(overload[1], overload[2]), line, column)
        message = re.sub(r" expecting .*$", "", message).replace("'<EOF>'", "the end")
        return Wrong(message.replace("Syntax error: ", "syntax error: "), line, column)

    def _undeclared(self, name: str, line: int, column: int, text: str) -> Wrong:
        inner = sorted(known for known in self.names if known.startswith(f"{name}."))
        if inner:
            return Wrong(f"'{name}' has parts: write {' or '.join(inner[:4])}", line, column, inner[0])
        if f"{name}(" in text.replace(" ", ""):
            return Wrong(f"there is no function '{name}'", line, column, nearest(name, FUNCTIONS))
        return Wrong(f"'{name}' is not known here", line, column, nearest(name, self.names))


class CelCondition:
    """A compiled condition; see `surehand.core.bound.Condition`."""

    __slots__ = ("_program", "by_name", "names", "paths", "text")

    def __init__(self, text: str, names: Mapping[str, Name]) -> None:
        self.text = text
        self.by_name = names
        self.names = frozenset(name.fact for name in names.values())
        self.paths = frozenset(names)
        self._program = _Program(text, names)

    def __repr__(self) -> str:
        return f"CelCondition({self.text!r})"

    def __call__(self, facts: Facts) -> bool | None:
        """True or False; None when it cannot be told."""
        try:
            value = self._program(facts).value()
        except _UNTOLD:
            return None
        return value if value is True or value is False else None

    @property
    def constant(self) -> bool | None:
        """What it always gives, if it names no fact; else None."""
        return None if self.paths else self({})


class CelConditions:
    """Several of them, evaluated at once; see `surehand.core.bound.Conditions`.

    Handing values over costs more than comparing them, so they are handed over once, to one list of all
    conditions. Such a list fails as a whole: where something in it cannot be told, each is asked alone.
    """

    __slots__ = ("_each", "_together", "names")

    def __init__(self, conditions: Sequence[CelCondition]) -> None:
        self._each = tuple(conditions)
        self.names = tuple(one.names for one in self._each)
        # a condition may end in a comment, which the line break ends
        text = ",\n".join(f"({one.text}\n)" for one in self._each)
        names = {path: name for one in self._each for path, name in one.by_name.items()}
        self._together = _Program(f"[{text}]", names) if len(self._each) > 1 else None

    def __len__(self) -> int:
        return len(self._each)

    def __call__(self, facts: Facts) -> list[bool | None]:
        """By condition, what it gives."""
        values = self._at_once(facts)
        if values is None:
            return [one(facts) for one in self._each]
        return [value if value is True or value is False else None for value in values]

    def _at_once(self, facts: Facts) -> list[Any] | None:
        if self._together is None:
            return None
        try:
            values = self._together(facts).plain_value()
        except _UNTOLD:
            return None
        return values if isinstance(values, list) else None  # an error is a text


#: A value of the wrong shape, not finite, or that CEL cannot hold: a person looks at the case.
_UNTOLD = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class _Program:
    """A text in CEL over some names, compiled when it is first needed."""

    __slots__ = ("_declared", "_fading", "_programs", "_reads", "_text")

    def __init__(self, text: str, names: Mapping[str, Name]) -> None:
        self._text = text
        self._reads = tuple((path, name.fact, name.keys, name.convert) for path, name in names.items())
        self._declared = {path: name.typed or "dyn" for path, name in names.items()}
        # Only a timestamp has a type that must be declared to be bound, and that null must not have.
        self._fading = tuple(
            path for path, name in names.items() if name.nullable and "timestamp" in (name.typed or "")
        )
        self._programs: dict[tuple[str, ...], Any] = {}

    def __call__(self, facts: Facts) -> Any:
        """The library's value of it. Raises one of `_UNTOLD` where there is none."""
        data = {}
        for path, fact, keys, convert in self._reads:
            value = facts[fact]
            for key in keys:
                value = None if value is None else value[key]
            data[path] = None if value is None else convert(value)
        missing = tuple(path for path in self._fading if data[path] is None) if self._fading else ()
        if missing not in self._programs:
            self._programs[missing] = self._compiled(missing)
        if (program := self._programs[missing]) is None:
            raise ValueError("does not compile")
        return program.eval(data=data)

    def _compiled(self, missing: tuple[str, ...]) -> Any:
        """None where it does not compile: many conditions in one may be nested too deeply."""
        kinds = {**self._declared, **dict.fromkeys(missing, "dyn")}
        try:
            return environment(tuple(sorted(kinds.items()))).compile(self._text)
        except RuntimeError:
            return None
