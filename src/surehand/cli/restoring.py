"""What `surehand up` says and asks after a restore from a backup."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from surehand.cli.screen import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from surehand.app import Surehand

#: Case numbers that are printed; all of them are in the audit trail.
_SHOWN = 20


def nothing_left(folder: Path) -> None:
    """Raises Stopped where SQLite would write what is left of another database into the restored one."""
    from sqlalchemy import make_url

    from surehand.errors import Stopped
    from surehand.maps.deployment import load

    url = make_url(load(folder).settings.database_url)
    log = Path(f"{url.database}-wal")
    if url.drivername == "sqlite" and log.is_file() and log.stat().st_size:
        raise Stopped(
            f"{log.name} lies beside the database: the last changes of the one that was replaced, which "
            f"SQLite would write into the restored one. Move {log.name} and "
            f"{log.name.removesuffix('wal')}shm away and start again. If nothing was restored since the "
            "server last ran, start without --reconcile"
        )


def not_behind(surehand: "Surehand") -> None:
    """Raises Stopped for a database that is older than its checkpoints: what ran since would run again."""
    from surehand.errors import Stopped
    from surehand.flow.reconcile import older_than_its_checkpoints

    if older_than_its_checkpoints(surehand.context):
        raise Stopped(
            "The database lacks what its last checkpoint sealed: it was restored from a backup, or its end "
            "was cut off. 'surehand verify-audit' says what is missing. If it was restored, start with "
            "'surehand up FOLDER --reconcile --by PERSON', so that nothing that ran since runs again. If it "
            "is a new database on purpose, move the folder of its checkpoints away"
        )


def reconciled(surehand: "Surehand", by: str) -> "Surehand":
    """Declare the restore, and say what it means; from now on what happens is sealed again."""
    from surehand.cli.people import proven
    from surehand.flow.reconcile import reconcile

    proven(surehand, by)
    told = reconcile(surehand.context, by=by)
    say(f"Reconciled after a restore from a backup, as {by} says:", style="bold")
    say(f"  {_of(told.asked, 'action')} may have run since: the other system is asked before anything runs.")
    say(f"  {_of(told.settled, 'action')} cannot be asked about: a person says whether it happened.")
    say(f"  {_of(told.repeated, 'action')} may run a second time, under the same key.")
    say(f"  {_of(len(told.behind), 'case')} had moved on since; what people decided there is asked again.")
    _list(told.behind)
    say(f"  {_of(len(told.missing), 'case')} came since and are not here: have them sent again, same keys.")
    _list(told.missing)
    return replace(surehand, sealing=True)


def _of(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _list(names: "Sequence[str]") -> None:
    for name in names[:_SHOWN]:
        say(f"    {name}")
    if len(names) > _SHOWN:
        say(f"    and {len(names) - _SHOWN:,} more; 'surehand verify-audit' names them all")
