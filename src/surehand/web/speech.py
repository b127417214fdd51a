"""Sentences of ours that are written in Python and shown on a page, ready to be translated there.

`said("{case} is rejected.")` is the English text, as plain as any other: it is compared, joined and sent like
one. It keeps what it was made of, and a page that draws it as it is draws its translation. Joined with
something else it is English for good, which is never wrong. The catalogue has it by the name `said`: `make
strings` extracts it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACE = re.compile(r"{(\w+)}")


class Said(str):
    """A text with its places filled in. text: as it stands in the catalogue."""

    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, values: Mapping[str, object] | None = None) -> "Said":
        """In English."""
        made = super().__new__(cls, text if values is None else _filled(text, values))
        made.text, made.values = text, values or {}
        return made

    def format(self, *args: Any, **values: object) -> "Said":
        """With its places filled in. What fills them is somebody's text, and no place is looked for in it."""
        if args:
            raise TypeError("places of a sentence have names")
        return Said(self.text, values)

    def spoken(self, translated: Callable[[str], str]) -> str:
        """In the language of a page."""
        text = translated(self.text)
        return _filled(text, self.values) if self.values else text


def said(text: str) -> Said:
    """A sentence of ours, with `{places}` that `format` fills in. It is written out, to be extracted."""
    return Said(text)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), text)
