"""What time brought, as sentences: one telling for each rung of a deadline."""

from surehand.core.entries import Entry, Told
from surehand.core.phrases import brief, moment


def unanswered(event: Told) -> Entry:
    """A question went back."""
    return Entry(what="No answer came in time", rest=f"from {event.get('asked')}.")


def reminded(event: Told) -> Entry:
    """Whoever has it, or was asked, was reminded."""
    return Entry(what=f"Reminded {event.get('person')},", rest=f"due {moment(event.get('due_at'))}.")


def customer_waits(event: Told) -> Entry:
    """Somebody said that a customer waits."""
    return _waits(event, "said that a customer waits:")


def process_waits(event: Told) -> Entry:
    """Somebody said that another process cannot go on."""
    return _waits(event, "said that another process cannot go on:")


def _waits(event: Told, what: str) -> Entry:
    rest = f"“{brief(event.get('because'))}”"
    note = f"{event.get('holder')} is told; due {moment(event.get('due_at'))}"
    return Entry(what=what, rest=rest, note=note, voice="person", who=event.actor)


def at_risk(event: Told) -> Entry:
    """The owner of the queue was told that it is likely to be late."""
    expected = event.get("expected_at")
    when = f"about {moment(expected)}" if expected else "at no time that can be told"
    rest = (
        f"{event.get('holder')} is likely to come to it {when}, and it is due {moment(event.get('due_at'))}."
    )
    return Entry(what=f"Told {event.get('person')} that it may be late:", rest=rest)


def warned(event: Told) -> Entry:
    """The owner of the queue was warned."""
    rest = f"who answers for the queue: {event.get('holder')} has it, due {moment(event.get('due_at'))}."
    return Entry(what=f"Warned {event.get('person')},", rest=rest)


def shared(event: Told) -> Entry:
    """The backup has it too."""
    rest = f"beside {event.get('person')}: whoever is first decides, until {moment(event.get('due_at'))}."
    return Entry(what=f"Given to {event.get('backup')} too,", rest=rest)


def expired(event: Told) -> Entry:
    """Nobody decided."""
    value = event.get("value")
    counts = f"it counts as {brief(value)}" if value is not None else "the case ends"
    return Entry(what="Expired:", rest=f"nobody decided in time, so {counts}, and nothing runs.")


def escalated(event: Told) -> Entry:
    """It went up."""
    before, to = event.get("taken_from"), event.get("to")
    what = f"Escalated to {to}," if before != to else f"Overdue with {to},"
    rest = f"because {before} did not answer in time; now due {moment(event.get('due_at'))}."
    return Entry(what=what, rest=rest)
