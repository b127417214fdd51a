"""Answers and sentences as people read them."""

import re
from typing import Any

from surehand.core.showing import answer_words
from surehand.core.verdicts import KINDS

#: What a name has that a word of a sentence has not: ben.reviewer, due_date.
_IN_NAMES = re.compile(r"\w[._]\w")


def opened(text: str, name: str = "") -> str:
    """The text with a capital at its front, unless it begins with a name: those are written as they are.

    name  a name that looks like a word
    """
    first = text.split(" ", 1)[0]
    if _IN_NAMES.search(first) or (name and first == name):
        return text
    return f"{text[:1].upper()}{text[1:]}"


def is_long(value: Any) -> bool:
    """A text that does not fit into one line."""
    return isinstance(value, str) and ("\n" in value or len(value) > 120)


def long_text(value: Any) -> str:
    """An answer that is a text of its own, such as a draft; else ''."""
    return value if is_long(value) else ""


def verdict_words(kind: str, value: Any = None) -> str:
    """A verdict as people read it: the answer that was given, else what was done."""
    if kind == "approve" and value is not None and not long_text(value):
        return answer_words(value)
    return KINDS[kind].label if kind in KINDS else kind.replace("_", " ").capitalize()


def reason_words(reason: str) -> str:
    """A reason category as people read it."""
    return reason.replace("-", " ").replace("_", " ").capitalize()
