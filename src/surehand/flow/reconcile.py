"""After a restore from a backup: what ran since the backup must not run again.

The database has forgotten it, the other systems have not. Whoever restores says so, once, before any work
runs: actions that are not known to have ended are asked about first, cases that moved on or came later are
named from the checkpoints outside the database, and the audit trail records the gap.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from surehand.core.audit import SYSTEM_CHAIN
from surehand.core.case import Action, Assignment, Case
from surehand.core.passage import Passage
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, SurehandError
from surehand.flow.context import Context
from surehand.flow.doubts import FORGOTTEN
from surehand.store import audit, cases, restores, saving
from surehand.store.restores import Restore
from surehand.store.saving import Stale

#: Cases looked at together.
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a restore means for the work that is open.

    asked     actions about which the other system is asked before they run
    settled   actions that a person settles, because nobody else can be asked
    repeated  actions that run again under the key that they had
    behind    cases that had moved on after the backup
    missing   cases that came after the backup, and are not in this database
    """

    asked: int
    settled: int
    repeated: int
    behind: tuple[str, ...]
    missing: tuple[str, ...]


def older_than_its_checkpoints(context: Context) -> bool:
    """The database lacks what its last checkpoint sealed, and nobody has declared a restore since.

    It was restored from a backup, or its end was cut off. Quick: one line is compared.
    """
    number, heads = context.checkpoints.newest()
    with context.db.read() as connection:
        restore = restores.last(connection)
        there = audit.lengths(connection, heads)
    declared = restore is not None and restore.checkpoint >= number
    return not declared and any(there.get(name, 0) < seq for name, seq in heads.items())


def reconcile(context: Context, *, by: str) -> Reconciled:
    """Declare that this database was restored from a backup. Nothing else may be running.

    raises  Forbidden unless `by` is an owner or administrator, Conflict while others work on this database
    """
    _may(context, by)
    seals = context.checkpoints.read()
    restore = Restore(context.clock(), seals.number)
    with context.db.read() as connection:
        there = audit.lengths(connection, seals.heads)
        # others may have signed in or set a password since, which wrote over what was sealed
        own = audit.chain(connection, SYSTEM_CHAIN)
        there[SYSTEM_CHAIN] = audit.agreeing(own, seals.of(SYSTEM_CHAIN))
        pending = cases.pending_actions(connection)
    left = {name: there.get(name, 0) for name, head in seals.heads.items() if there.get(name, 0) < head.seq}
    lost = {name: seals.heads[name].seq - count for name, count in left.items() if name != SYSTEM_CHAIN}
    ways = {action.key: _way(context, case, action) for action, case, _ in pending}
    many = Counter(ways.values())
    told = Reconciled(
        asked=many["ask"], settled=many["person"], repeated=many["repeat"],
        behind=tuple(sorted(name for name in lost if left[name])),
        missing=tuple(sorted(name for name in lost if not left[name])),
    )  # fmt: skip

    def declare(connection: Connection) -> None:
        restores.declare(connection, restore, lost)
        body = {
            "checkpoint": restore.checkpoint, "left": left, "asked": told.asked, "settled": told.settled,
            "repeated": told.repeated, "behind": len(told.behind), "missing": len(told.missing),
        }  # fmt: skip
        audit.record(connection, "reconciled", by, restore.at, body)

    context.db.write(declare)
    _mark(context, by, [one for one in pending if ways[one[0].key] != "repeat"])
    return told


def _may(context: Context, by: str) -> None:
    person = context.people.people.get(by)
    if person is None or not context.people.active(by) or not person.has(Role.OWNER, Role.ADMINISTRATOR):
        raise Forbidden(f"{by} may not declare a restore: that takes an active owner or administrator")
    # a name of ours is HOST:PROCESS:NUMBER
    others = [name for name in context.db.connected() - {context.worker} if name.count(":") == 2]
    if others:
        raise Conflict(f"Stop every server and worker of this database first; running: {', '.join(others)}")


def _way(context: Context, case: Case, action: Action) -> str:
    """How it is found out whether it ran: `ask` the other system or a `person`; or `repeat` it by its key."""
    try:
        process = context.processes.pinned(case.process, action.version)
    except SurehandError:
        return "person"
    bound = next((b for b in process.steps if b.step.name == action.step), None)
    if bound is not None and bound.confirm is not None and not action.key.endswith(":undo"):
        return "ask"
    return "repeat" if action.repeatable else "person"


def _mark(context: Context, by: str, pending: Sequence[tuple[Action, Case, Assignment | None]]) -> None:
    """Put on record that nobody knows whether these ran. Those that a person holds are said to be so."""
    for start in range(0, len(pending), _TOGETHER):
        passages = [_unknown(context, by, *one) for one in pending[start : start + _TOGETHER]]
        changes = [passage.change() for passage in passages]
        try:
            context.db.write(partial(saving.save, changes=changes))
        except Stale as moved:
            raise Conflict("Somebody works on this database; stop every server and worker first") from moved


def _unknown(context: Context, by: str, action: Action, case: Case, held: Assignment | None) -> Passage:
    passage = Passage(case, at=context.clock())
    if action.state != "running":
        passage.update(replace(action, state="unknown", error=FORGOTTEN))
    passage.note("action_unknown", by, step=action.step, key=action.key, error=FORGOTTEN)
    if held is not None:
        because = f"{held.because}. Look whether it has happened since: {FORGOTTEN}"
        passage.update(replace(held, because=because[:2_000]))
    return passage
