"""The text that is read of a case."""

from collections.abc import Mapping, Sequence
from typing import Any

#: Type words of facts whose text can be read.
KINDS = ("text", "texts")
#: Letters of one case that are read.
_LONGEST = 20_000


def text_of(case: Mapping[str, Any], reads: Sequence[str]) -> str:
    """The texts of a case under these names, in order; empty where there is none."""
    found: list[str] = []
    for name in reads:
        value = case.get(name)
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += [one for one in value if isinstance(one, str)]
    return "\n".join(found)[:_LONGEST]
