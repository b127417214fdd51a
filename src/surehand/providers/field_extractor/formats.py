"""What the labelled values of a reference look like, where that is clear: nothing else is offered for it."""

import re
from collections.abc import Sequence

from . import values

IBAN = "iban"
_FEWEST, _GROUPS = 8, 4
_NEARLY = 0.95
_RUN = re.compile(r"[0-9]")


def format_of(texts: Sequence[str], groups: Sequence[str]) -> str:
    """The format that (nearly) all labelled values have: `iban`, a shape such as `PO-999999`, or "" for none.

    texts   labelled values, at least eight of four groups; with fewer nothing is clear
    groups  of each; one supplier's numbering says nothing of another's
    """
    if len(texts) < _FEWEST or len(set(groups)) < _GROUPS:
        return ""
    if sum(values.is_iban(text) for text in texts) >= _NEARLY * len(texts):
        return IBAN
    shapes = {shape_of(text) for text in texts}
    return shapes.pop() if len(shapes) == 1 else ""


def shape_of(text: str) -> str:
    """In upper case, every digit as 9, without blanks: `PO-260017` is `PO-999999`."""
    return _RUN.sub("9", re.sub(r"\s", "", text.upper()))


def has_format(text: str, wanted: str) -> bool:
    """Whether a value as printed has a format; everything has none."""
    if not wanted:
        return True
    return values.is_iban(text) if wanted == IBAN else shape_of(text) == wanted
