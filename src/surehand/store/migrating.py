"""Bringing a database's tables to this version of the program.

Migrations only add, so that processes of the version before go on beside (docs/adr/0019-rolling-upgrades.md).
"""

import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from surehand.errors import SettingsInvalid
from surehand.store.database import Database

#: The newest migration; known here so that an up-to-date database needs no import of Alembic.
HEAD = "0011"

#: Held while tables change, so that of several processes that start together one migrates. ("surehand")
_LOCK = 0x73757265


#: Whoever waits for a table makes everybody wait who comes after. So on PostgreSQL a migration that does not
#: get a table in this time lets the others go first, and tries again so often.
_BRIEFLY = "500ms"
_TRIES = 60
_NOT_AVAILABLE = "55P03"


def migrate(database: Database, *, to: str = "head") -> bool:
    """Bring the tables up to date; repeatable. True when something changed.

    to      an older revision, for tests of what comes after
    raises  SettingsInvalid for a database that a newer version of Surehand has used
    """
    if to == "head" and _revision(database) == HEAD:
        return False
    for turn in range(1, _TRIES + 1):
        try:
            return database.write(partial(_upgraded, to=to))
        except OperationalError as error:
            if turn == _TRIES or getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE:
                raise
            time.sleep(0.5)
    raise AssertionError


def _revision(database: Database) -> str | None:
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        try:
            found = connection.execute(select(text("version_num")).select_from(text("alembic_version")))
            return str(revision) if (revision := found.scalar_one_or_none()) else None
        except SQLAlchemyError:
            return None


def _upgraded(connection: Connection, *, to: str) -> bool:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": _BRIEFLY})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    scripts = ScriptDirectory.from_config(config)

    def steps(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs(to, revision)

    try:
        with EnvironmentContext(config, scripts, fn=steps) as environment:
            environment.configure(connection=connection, transactional_ddl=False)
            environment.run_migrations()
    except CommandError as error:
        raise SettingsInvalid(
            f"This database was used by a newer version of Surehand ({error}); install that version"
        ) from error
    return True
