"""Whether this server can do its work, for load balancers and monitors."""

from typing import Any

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from surehand.errors import Stopped
from surehand.flow import reaching
from surehand.flow.context import Context
from surehand.store import stops, work
from surehand.web.schemas import DispatcherHealth, Health, LeftAlone


def health_of(request: Request, context: Context) -> Health:
    """The database answers, the dispatcher runs, what is stopped, and how long the oldest due work waited."""
    running = getattr(request.app.state, "surehand", None)
    state: Any = running.dispatcher.health() if running is not None else None
    dispatcher = DispatcherHealth.model_validate(state) if state is not None else None
    now = context.clock()
    try:
        with context.db.read() as connection:
            oldest = work.oldest_due(connection, now=now)
            stopped = bool(stops.in_force(connection))
        database = True
    except (SQLAlchemyError, Stopped):
        oldest, database, stopped = None, False, False
    looked = context.lookout.last
    well = database and (dispatcher is None or dispatcher.running)
    silent = _down(context) if database else []
    return Health(
        status="ok" if well else "failing",
        database=database,
        oldest_due_seconds=None if oldest is None else max(0.0, (now - oldest).total_seconds()),
        stopped=stopped,
        dispatcher=dispatcher,
        channels_down=silent,
        left_alone=None
        if looked is None
        else LeftAlone(at=looked.at, found=looked.found, mended=looked.mended),
    )


def _down(context: Context) -> list[str]:
    """Names alone: whoever asks need not be signed in."""
    return sorted(reaching.down(context))
