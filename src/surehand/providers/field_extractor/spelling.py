"""Names as people confirmed them: what was misread by a letter is given in the spelling that was labelled."""

from collections import Counter
from collections.abc import Mapping, Sequence

from .values import plain

_MOST = 1_000
_SHORTEST = 8
#: One letter in this many may differ.
_LETTERS_PER_SLIP = 20
#: Below this likeness of the document, its supplier is taken to be another one with a similar name.
KNOWN_LAYOUT = 0.5


def spellings(texts: Sequence[str]) -> dict[str, str]:
    """Plain text -> text as labelled most often; at most 1,000, the most frequent first."""
    counts = Counter(text.strip() for text in texts if len(plain(text)) >= _SHORTEST)
    out: dict[str, str] = {}
    for text, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(out) < _MOST:
            out.setdefault(plain(text), text)
    return out


def confirmed(key: str, known: Mapping[str, str]) -> str | None:
    """The labelled text that differs by a letter or two, or None; digits must be the same."""
    if key in known or len(key) < _SHORTEST:
        return None
    allowed = max(1, len(key) // _LETTERS_PER_SLIP)
    digits = _digits(key)
    best: tuple[int, str] | None = None
    for other, text in known.items():
        if abs(len(other) - len(key)) > allowed or _digits(other) != digits:
            continue
        slips = distance(key, other, most=allowed)
        if slips <= allowed and (best is None or slips < best[0]):
            best = (slips, text)
    return best[1] if best else None


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters must be changed, added or left out; `most` + 1 for anything above `most`."""
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, start=1):
        before, row[0] = row[0], at
        for place, there in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (char != there))
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
