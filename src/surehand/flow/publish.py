"""Versions: one person proposes, another publishes. In development one may do both, and the audit says so."""

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, NotFound
from surehand.flow.context import Context
from surehand.store import audit, versions
from surehand.store.versions import Version


def propose(context: Context, process: BoundProcess, *, by: str) -> Version:
    """Put a checked version up for publication. Proposing the same version again changes nothing."""
    _active(context, by)
    now = context.clock()
    body = process.map.model_dump(mode="json", by_alias=True)

    def transaction(connection: Connection) -> Version:
        if versions.propose(connection, process.version, process.name, body, by=by, at=now):
            audit.record(
                connection, "version_proposed", by, now, {"process": process.name, "version": process.version}
            )
        found = versions.find(connection, process.version)
        assert found is not None
        return found

    return context.db.write(transaction)


def publish(context: Context, version: str, *, by: str) -> Version:
    """Publish a proposed version; from now on new cases run on it.

    raises  NotFound; Forbidden unless `by` is an owner or administrator and neither proposed nor built it
    """
    _active(context, by)
    with context.db.read() as connection:
        found = versions.find(connection, version)
        current = versions.current(connection)
    if found is None:
        raise NotFound(f"Version {version[:12]} was not proposed")
    if found.state == "published" and current[found.process].hash == version:
        raise Conflict(f"Version {version[:12]} of {found.process} is published already", state="published")
    if not context.development:
        _second_person(context, found, by)
    now = context.clock()

    def transaction(connection: Connection) -> Version:
        versions.publish(connection, version, by=by, at=now)
        body = {
            "process": found.process, "version": version, "proposed_by": found.proposed_by,
            "before": current[found.process].hash if found.process in current else None,
            "alone": by == found.proposed_by, "development": context.development,
        }  # fmt: skip
        audit.record(connection, "version_published", by, now, body)
        published = versions.find(connection, version)
        assert published is not None
        return published

    return context.db.write(transaction)


def _active(context: Context, name: str) -> None:
    if not context.people.active(name):
        raise Forbidden(f"{name} is not an active person here")


def _second_person(context: Context, version: Version, by: str) -> None:
    person = context.people.people[by]
    if not person.has(Role.OWNER, Role.ADMINISTRATOR):
        raise Forbidden(f"{by} has no role that publishes (owner or administrator)")
    if by == version.proposed_by:
        raise Forbidden(f"{by} proposed this version; a second person publishes it")
    if by == version.map.get("builder"):
        raise Forbidden(f"{by} built this process; somebody else publishes it")
