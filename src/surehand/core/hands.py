"""What is told of work that changed hands, was put off, comes before other work, or was thought over."""

from surehand.core.entries import Entry, Told
from surehand.core.phrases import moment, why, words


def _person(event: Told, what: str, rest: str = "", note: str = "") -> Entry:
    return Entry(what=what, rest=rest, note=note, voice="person", who=event.actor)


def pending(event: Told) -> Entry:
    """Somebody decided it, and may think better of it for some seconds."""
    what = f"decided {words(event.get('point'))}: {words(event.get('verdict'))},"
    return _person(event, what, f"which takes effect at {moment(event.get('until'))}.")


def withdrawn(event: Told) -> Entry:
    """They thought better of it."""
    return _person(event, "took that back", "before it took effect.")


def lapsed(event: Told) -> Entry:
    """What somebody had decided could not take effect."""
    return Entry(
        what=f"What {event.get('person')} had decided came to nothing:",
        rest=f"{str(event.get('because') or '').rstrip('.')}.",
    )


def replaced(event: Told) -> Entry:
    """Whoever had it is not active any more."""
    return Entry(
        what=f"Handed to {event.get('to')},",
        rest=f"because {event.get('taken_from')} is not active any more.",
        note=str(event.get("picked") or ""),
    )


def stood_in(event: Told) -> Entry:
    """Whoever had it went away."""
    return Entry(
        what=f"Handed to {event.get('to')},",
        rest=f"because {event.get('taken_from')} is away until {event.get('until')}.",
        note=str(event.get("picked") or ""),
    )


def relaxed(event: Told) -> Entry:
    """Less skill is enough by now."""
    before, to = event.get("taken_from"), event.get("to")
    what = f"Stays with {to}," if before == to else f"Handed from {before} to {to},"
    rest = "because nobody who knows more was there in time."
    return Entry(what=what, rest=rest, note=str(event.get("picked") or ""))


def adopted(event: Told) -> Entry:
    """Nobody owed its next step, and it was found."""
    lacked = {
        "person": "nobody had it", "deadline": "it had no deadline", "work": "nothing was going on with it",
    }.get(str(event.get("lacked")), "whoever had it is not active")  # fmt: skip
    to = event.get("to")
    rest = f"it goes to {to}." if to else "it goes on."
    return Entry(what=f"Was left alone, as {lacked}:", rest=rest, note=str(event.get("picked") or ""))


def released(event: Told) -> Entry:
    """Somebody gave it back to its queue."""
    note = " ".join(filter(None, (str(event.get("picked") or ""), why(event.body))))
    return _person(event, "gave it back:", f"it goes to {event.get('to')}.", note)


def reassigned(event: Told) -> Entry:
    """Somebody gave it to another person."""
    return _person(
        event,
        f"gave it to {event.get('to')}",
        f"in place of {event.get('taken_from')}.",
        why(event.body),
    )


def snoozed(event: Told) -> Entry:
    """Somebody put it off, or took it up again."""
    until = event.get("until")
    if until is None:
        return _person(event, "took it up again.", "")
    return _person(event, "put it off", f"until {moment(until)}.", why(event.body))


def prioritised(event: Told) -> Entry:
    """Somebody said how soon it is looked at."""
    return _person(event, f"set its priority to {event.get('precedence')}.", "", why(event.body))


def put_back(event: Told) -> Entry:
    """Somebody undid at once what they had done with it."""
    undone = {
        "claim": "undid the claim:", "release": "undid giving it back:", "reassign": "undid handing it on:",
        "snooze": "undid putting it off:",
    }.get(str(event.get("undone")), "undid the priority:")  # fmt: skip
    until, to = event.get("until"), event.get("to")
    rest = [f"{to} has it again"] if to else []
    rest += [f"it is put off until {moment(until)}"] if until else []
    if event.get("undone") == "snooze" and not until:
        rest.append("it is not put off")
    if event.get("precedence"):
        rest.append(f"its priority is {event.get('precedence')} again")
    return _person(event, undone, f"{', and '.join(rest)}.")
