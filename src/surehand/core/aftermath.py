"""What is told of decisions after they took effect: checks, overrides, and taking them back."""

from surehand.core.entries import Entry, Told
from surehand.core.phrases import brief, listed


def afterwards(about: str, event: Told) -> tuple[str, str]:
    """A verdict on a decision that had been taken without a person."""
    value, fields = event.get("value"), event.get("fields")
    override = bool(event.get("override"))
    if about == "check":
        return "decided it unseen:", f"{brief(value)}." if value is not None else "it is wrong."
    if not override:
        return "let it stand.", ""
    if about == "finding":
        return "has it taken back:", f"{brief(value)} instead." if value is not None else "the case ends."
    if fields:
        return "overrode it and corrected", f"{listed(fields)}."
    return "overrode it:", f"{brief(value)}." if value is not None else "the case ends."


def spot_checked(event: Told) -> Entry:
    """Somebody decided it again, unseen."""
    right, decided = event.get("right"), brief(event.get("decided"))
    said = "it was decided rightly" if right else f"it was wrong, decided as {decided}"
    said = "people differ, so it is not known yet" if right is None else said
    return Entry(what="Compared with the decision:", rest=f"{said}.")


def unasked(event: Told) -> Entry:
    """An opinion that nobody is left to give."""
    return Entry(what="Nobody else may give the opinion", rest=f"that {event.get('person')} was asked for.")


def window_passed(event: Told) -> Entry:
    """Nobody overrode it in time."""
    return Entry(what="The window passed:", rest=f"{event.get('person')} did not override it, and it stands.")


def revoking(event: Told) -> Entry:
    """A decision is being taken back."""
    count = len(event.get("actions") or ())
    after = "nothing had been planned yet" if not count else "what ran because of it is taken back"
    return Entry(what="Is being taken back:", rest=f"{after}.", note=f"Round {event.get('round')}")


def revoked(event: Told) -> Entry:
    """A decision was taken back."""
    ending = {
        "prevented": "nothing had happened yet",
        "undone": "all that had happened was undone",
        "compensated": "a person made good what could not be undone",
    }
    return Entry(what="Taken back:", rest=f"{ending.get(str(event.get('ending')), 'it ended')}.")
