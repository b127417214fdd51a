"""What a person changed, as the story of a case tells it: values in short, and long texts whole."""

from collections.abc import Mapping
from typing import Any

from surehand.core.entries import Edit, Told
from surehand.core.phrases import brief, words
from surehand.core.values import shown

#: A text longer than this does not stand in one line of a story.
_LINE = 90


def corrected(known: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[Edit, ...]:
    """The fields that were corrected, against what was known of them."""
    return tuple(
        _edit(words(name), known.get(name), raw)
        for name, raw in given.items()
        if shown(known.get(name)) != str(raw)
    )


def rewritten(event: Told, value: Any) -> tuple[Edit, ...]:
    """What a person sent in place of what an AI had written; () where that is no long text, or not known."""
    at = (str(event.get("point")), int(event.get("round") or 0))
    before = event.tale.said.get(at)
    if not (isinstance(value, str) and isinstance(before, str) and value != before):
        return ()
    return (_edit(words(at[0]), before, value),) if _is_long(value) or _is_long(before) else ()


def _edit(name: str, before: Any, after: Any) -> Edit:
    texts = (shown(before), str(after))
    return Edit(name, brief(before), brief(after), texts if any(map(_is_long, texts)) else None)


def _is_long(text: str) -> bool:
    return len(text) > _LINE or "\n" in text
