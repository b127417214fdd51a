"""Values, shares and moments as the story of a case says them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from surehand.core.values import shown

#: Values of a step that one sentence names; the case page has all of them.
_NAMED = 8
_LONGEST = 90


def title(code: object) -> str:
    """missing_field -> 'Missing field'."""
    return str(code).replace("_", " ").replace("-", " ").capitalize()


#: Words that people write in capitals.
_SHORT = {word.lower(): word for word in ("API", "BIC", "IBAN", "ID", "IP", "PO", "SKU", "URL", "VAT")}


def words(code: object) -> str:
    """missing_field -> 'missing field', po_number -> 'PO number'."""
    parts = str(code).replace("_", " ").replace("-", " ").split(" ")
    return " ".join(_SHORT.get(part, part) for part in parts)


def together(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def brief(value: Any, longest: int = _LONGEST) -> str:
    """A value in one short line."""
    text = " ".join(shown(value).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def hundred(share: Any) -> str:
    """0.884 -> '88'; never 0 or 100 unless it is."""
    if not isinstance(share, int | float):
        return "?"
    return f"{share * 100:.0f}" if share in (0, 1) else f"{min(99, max(1, round(share * 100)))}"


def moment(iso: Any) -> str:
    """An ISO time as '2026-11-20 15:00 UTC'."""
    try:
        return f"{datetime.fromisoformat(str(iso)):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return str(iso)


def listed(facts: Any) -> str:
    """Facts in one sentence: the first few with their values, and what is missing."""
    if not isinstance(facts, Mapping) or not facts:
        return "nothing"
    known = [f"{words(name)} {brief(value)}" for name, value in facts.items() if value is not None]
    missing = [words(name) for name, value in facts.items() if value is None]
    more = f", and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    lacking = f"; nothing for {', '.join(missing[:_NAMED])}" if missing else ""
    return (", ".join(known[:_NAMED]) or "no value") + more + lacking


def why(body: Mapping[str, Any]) -> str:
    """The reason, the tags and the note of a verdict."""
    reason = f"Reason: {words(body['reason'])}." if body.get("reason") else ""
    tags = f"Tagged: {', '.join(words(one) for one in body['tags'])}." if body.get("tags") else ""
    return " ".join(part for part in (reason, tags, str(body.get("note") or "")) if part)


def by(name: Any) -> str:
    """Who allowed something: a person, or policy."""
    return "policy" if name in (None, "policy") else str(name)
