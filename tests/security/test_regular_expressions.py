"""Every regular expression of ours, tried on texts that make a careless one take for ever."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import surehand

#: Runs that are long, and end in what does not fit.
_PIECES = (
    "a", "A", "1", " ", "\t", "\n", "-", ".", ",", ":", "/", "_", "@", "=", '"', "(", "a ", "a.", "a@", "1,",
    "1.", "1 ", "- ", "a-", "a_", "://", "://a:", "a:a@", "token=", "EUR ", "12.12.", "DE12", "é", "\u00a0",
    "x\n", "\r\n", "REG", "CO. ", "TOTAL ", "( ",
)  # fmt: skip

#: As long as a line of a document may be.
_LENGTH, _PATIENCE = 2_000, 0.5


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Those that modules hold, by name, also inside tuples and tables."""
    for found in pkgutil.walk_packages(surehand.__path__, "surehand."):
        if ".company." in found.name or found.name.endswith("__main__") or ".migrations" in found.name:
            continue
        if re.search(r"surehand\.patterns\.\w+\.", found.name):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            yield from ((f"{found.name}.{name}", one) for one in _inside(value, 0))


def _inside(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _inside(one, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        yield from _inside([*value.keys(), *value.values()], depth)


def test_none_takes_longer_than_the_text_is_long() -> None:
    slow = []
    known = {pattern: name for name, pattern in patterns()}
    assert len(known) > 30
    for pattern, name in known.items():
        for piece in _PIECES:
            text: Any = piece * (_LENGTH // len(piece)) + "\x01!"
            if isinstance(pattern.pattern, bytes):
                text = text.encode()
            began = time.process_time()
            for _ in zip(pattern.finditer(text), range(_LENGTH), strict=False):
                pass
            pattern.match(text)
            pattern.fullmatch(text)
            took = time.process_time() - began
            if took > _PATIENCE:
                slow.append(f"{name} {piece!r} {took:.1f} s")
    assert slow == []
