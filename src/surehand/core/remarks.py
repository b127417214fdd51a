"""What reviewers say beside their answers: what the brief lacked, and tags. None of it decides anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from surehand.core.entries import Entry, Told
from surehand.core.phrases import words
from surehand.core.values import unstorable
from surehand.errors import Fault, InvalidInput

#: What a reviewer had to look for outside the brief, in words for people.
LACKS: Mapping[str, str] = {
    "document": "A document",
    "earlier-case": "An earlier case",
    "policy": "A passage of policy",
    "person": "What a person knows",
    "system": "Data of another system",
    "other": "Something else",
}

#: What a verdict may be marked as, in words for people.
TAGS: Mapping[str, str] = {
    "training": "Train on this",
    "policy-question": "Policy question",
    "teaching": "Teaching example",
}

#: Letters of what is said about a brief.
LONGEST = 2_000


def lacked(what: str, said: str) -> str:
    """What is kept of the words about what a brief lacked. Raises InvalidInput."""
    faults = []
    if not what:
        faults.append(Fault("what", "choose what was missing"))
    elif what not in LACKS:
        faults.append(Fault("what", f"must be one of: {', '.join(LACKS)}"))
    said = said.strip()
    if len(said) > LONGEST:
        faults.append(Fault("words", f"must be at most {LONGEST:,} characters"))
    elif fault := unstorable(said, path="words"):
        faults.append(Fault("words", fault))
    elif what == "other" and not said:
        faults.append(Fault("words", "say in your words what it was"))
    if faults:
        raise InvalidInput(faults)
    return said


def tags_of(given: Iterable[str]) -> tuple[str, ...]:
    """Tags, each once and in the order of `TAGS`. Raises InvalidInput for one that there is not."""
    asked = tuple(given)
    unknown = [one for one in asked if one not in TAGS]
    if unknown:
        raise InvalidInput([Fault("tags", f"must be of: {', '.join(TAGS)}")])
    return tuple(name for name in TAGS if name in asked)


def looked_elsewhere(event: Told) -> Entry:
    """The sentence of the event."""
    what = str(event.get("what") or "")
    lack = LACKS[what] if what in LACKS else words(what).capitalize()
    said = f"“{event.get('words')}”" if event.get("words") else ""
    return Entry(
        what="had to look elsewhere:", rest=f"{lack[:1].lower()}{lack[1:]} was missing. {said}".rstrip(),
        note="Said anew, in place of what was said before" if event.get("again") else "",
        voice="person", who=event.actor,
    )  # fmt: skip


def set_aside(body: Mapping[str, Any]) -> str:
    """What follows when an owner sets a proposed reason aside."""
    name, notes = body.get("name") or "one without a name", body.get("notes")
    of = f"{words(body.get('point'))}, {body.get('process')}"
    return f"{name}, from {notes} notes of {of}. {body.get('note')}"
