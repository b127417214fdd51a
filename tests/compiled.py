"""One cache of compiled statements for all databases that a test run opens.

Every test has a database of its own. Each engine compiles every statement anew, which was a fifth of the time
that tests with a database took.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event

from surehand.store import database

#: The first engine of each kind that has connected, by which its dialect knows the server.
_FIRST: dict[tuple[str, str], Engine] = {}


def share() -> None:
    """From now on in this process."""
    database.create_engine = _created  # type: ignore[assignment]  # takes whatever that takes


def _created(*args: Any, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(*args, **options)
    kind = engine.dialect.name, engine.dialect.driver
    if (first := _FIRST.get(kind)) is not None:
        # the cache's keys name the dialect
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
        return engine

    @event.listens_for(engine, "first_connect")
    def _connected(_connection: Any, _record: Any) -> None:
        _FIRST.setdefault(kind, engine)

    return engine
