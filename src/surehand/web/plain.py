"""Sentences that begin with a capital."""

import re

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
