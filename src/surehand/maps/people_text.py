"""People written as people.yaml: it reads back as the same people."""

import json
import re
from collections.abc import Mapping
from typing import Any

from surehand.core.people import People
from surehand.core.rosters import written

#: What stands above each part.
_ABOUT = {
    "people": "Everyone who may act here, by the name that everything else uses. Whoever left stays.",
    "teams": "People who work together; authority may be given to all of them.",
    "calendars": "Working hours that people, queues and deadlines name.",
    "queues": "Kinds of work, each with an owner who answers for it.",
    "authority": "Who may decide what alone: rows of a person count first, then a team's, then a role's.",
    "delegations": "Authority that somebody lends to somebody else for some days. It never widens.",
}

_WORD = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*\Z", re.ASCII)
_WHOLE = re.compile(r"(0|[1-9][0-9]{0,17})\Z", re.ASCII)

#: Words that YAML takes, or once took, for something else than a text.
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

#: What stands in quotes as a number of Unicode: what cannot be seen, or ends a line.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
    "|[\U000e0000-\U0010ffff]"
)


def people_text(people: People) -> str:
    """The file, in UTF-8 text."""
    parts = ["# Written by 'surehand people export': what is in force in the database."]
    body = written(people)
    for part, about in _ABOUT.items():
        found = body.get(part)
        if not found and part != "people":
            continue
        parts += ["", f"# {about}"]
        if not found:
            parts.append(f"{part}: {{}}")
            continue
        parts.append(f"{part}:")
        if isinstance(found, Mapping):
            parts += [f"  {_scalar(name)}: {_flow(one)}" for name, one in found.items()]
        else:
            parts += [f"  - {_flow(one)}" for one in found]
    return "\n".join(parts) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return _scalar(f"{value['amount']} {value['currency']}")
        return (
            "{" + ", ".join(f"{_scalar(str(key))}: {_valued(key, one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return _scalar(value)


def _valued(key: Any, value: Any) -> str:
    """A limit is a number, which JSON keeps as text."""
    return value if key == "limit" and isinstance(value, str) and _WHOLE.match(value) else _flow(value)


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _WORD.match(value) and value not in _TAKEN:
        return value
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _UNSEEN.sub(lambda found: f"\\U{ord(found[0]):08x}", text) + '"'
