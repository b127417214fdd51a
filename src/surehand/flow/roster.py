"""The roster in force: whoever decides by it looks whether it was changed elsewhere."""

from surehand.core.people import People
from surehand.flow.context import Context
from surehand.store import roster
from surehand.store.roster import Revision


def of(revision: Revision) -> People:
    """The people of a revision; teams of early ones name a lead, to whom nothing ever went."""
    teams = {
        name: {key: value for key, value in team.items() if key != "lead"}
        for name, team in revision.body.get("teams", {}).items()
    }
    return People.model_validate({**revision.body, "teams": teams})


def refresh(context: Context, number: int | None = None) -> None:
    """Look whether the roster was changed elsewhere, and take over the newest.

    number  of the revision in force, where it was just read
    """
    if number is None:
        with context.db.look() as connection:
            number = roster.number(connection)
    if number == context.people_rev or number == 0:
        return
    with context.db.look() as connection:
        found = roster.newest(connection)
    assert found is not None
    context.people, context.people_rev = of(found), found.rev
