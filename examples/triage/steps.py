"""What is done with a ticket once it is known what it is about."""

from surehand.errors import PermanentFailure

#: Stands for the helpdesk here: ticket -> the team that has it. Another system would keep this.
TEAMS: dict[str, str] = {}


def route_ticket(text: str, category: str, key: str) -> str:
    """Hand the ticket to the team of its category. The same key is the same ticket."""
    if not text.strip():
        raise PermanentFailure("an empty ticket is nothing that a team could work on")
    TEAMS[key] = category
    return category


def call_back(key: str) -> None:
    """Take the ticket off the team's list; done already is fine."""
    TEAMS.pop(key, None)
