"""What lets people and programs in, and code run or not, compared with what the audit trail says.

Whoever can write the database could add a key of somebody else's, put a password in place of theirs, raise a
limit, mark a version as published, or end a stop, and then act through the front door. Each of these has its
event in the system chain.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.stopping import Stop
from surehand.store import access, roster, stops, versions

#: The events that tell of stops.
STOPS = ("automation_stopped", "resume_asked", "kept_stopped", "automation_resumed", "drill_ended")

#: Where in the system chain, if anywhere, and what does not hold.
Found = tuple[int | None, str]


def faults(connection: Connection, links: list[Link]) -> Iterator[Found]:
    """Keys, passwords, versions and stops that are not as their events say.

    links  the system chain, found to hold
    """
    links = [link for link in links if isinstance(link.body, dict)]
    yield from _of_keys(connection, links)
    yield from _of_passwords(connection, links)
    yield from _of_versions(connection, links)
    yield from _of_roster(connection, links)
    yield from _of_stops(connection, links)


def _of_keys(connection: Connection, links: list[Link]) -> Iterator[Found]:
    made = {link.body["key"]: link for link in links if link.kind == "key_created" and "key" in link.body}
    # of all keys of a person, or of one key
    revoked = {
        link.body.get("key") or link.body["person"]: link.seq for link in links if link.kind == "keys_revoked"
    }
    for key in access.keys(connection):
        link = made.get(key.hash)
        if link is None:
            yield None, f"an API key of {key.person} works that no event recorded"
        elif link.body["person"] != key.person:
            yield (
                link.seq,
                f"the API key of event {link.seq} was {link.body['person']}'s, and is {key.person}'s",
            )
        elif key.works and link.seq < (
            seq := max(revoked.get(key.person, 0), revoked.get(key.hash, 0))
        ):  # fmt: skip
            yield seq, f"an API key of {key.person} works again that event {seq} revoked"


def _of_passwords(connection: Connection, links: list[Link]) -> Iterator[Found]:
    kinds = ("password_set", "password_renewed")
    given = {link.body["person"]: link for link in links if link.kind in kinds and "digest" in link.body}
    for person, hashed in access.passwords(connection):
        link = given.get(person)
        if link is None:
            yield None, f"{person} has a password that no event recorded"
        elif link.body["digest"] != access.token_hash(hashed):
            yield link.seq, f"the password of {person} is not the one that event {link.seq} recorded"


def _of_roster(connection: Connection, links: list[Link]) -> Iterator[Found]:
    """Who may decide what is as somebody left it, and nothing of how it was before is gone."""
    told = {link.body["rev"]: link for link in links if link.kind == "people_changed" and "rev" in link.body}
    there = {one.rev: one for one in roster.revisions(connection)}
    for rev, one in sorted(there.items()):
        link = told.get(rev)
        if link is None:
            yield None, f"revision {rev} of the roster is there, and no event recorded it"
        elif not one.whole or (one.digest, one.by, one.at) != (link.body["digest"], link.actor, link.at):
            yield link.seq, f"revision {rev} of the roster is not as event {link.seq} left it"
    for rev in sorted(told.keys() - there.keys()):
        yield told[rev].seq, f"revision {rev} of the roster is gone, which event {told[rev].seq} recorded"


def _of_versions(connection: Connection, links: list[Link]) -> Iterator[Found]:
    published = {link.body["version"]: link for link in links if link.kind == "version_published"}
    for one in versions.every(connection):
        link_of = published.get(one.hash)
        if one.state == "published" and link_of is None:
            yield None, f"version {one.hash[:12]} of {one.process} is published, and no event recorded it"
        elif link_of is not None and (one.state, one.published_by, one.published_at) != (
            "published", link_of.actor, link_of.at,
        ):  # fmt: skip
            yield (
                link_of.seq,
                f"version {one.hash[:12]} of {one.process} is not as event {link_of.seq} left it",
            )


def _of_stops(connection: Connection, links: list[Link]) -> Iterator[Found]:
    """Every stop is as the events of it, told one after the other, leave it."""
    told: dict[int, list[Link]] = {}
    for link in links:
        if link.kind in STOPS:
            told.setdefault(link.body["stop"], []).append(link)
    there = {one.id: one for one in stops.every(connection)}
    for number, about in told.items():
        if number not in there:
            yield about[-1].seq, f"the stop that event {about[0].seq} recorded is gone"
    for one in there.values():
        about = told.get(one.id, [])
        if not about or about[0].kind != "automation_stopped":
            yield None, f"a stop of {one.scope} is there that no event recorded"
        elif _as_told(about) != replace(one, counted=one.counted if one.ended_at else {}):
            yield about[-1].seq, f"the stop of {one.scope} is not as event {about[-1].seq} left it"


def _as_told(about: list[Link]) -> Stop:
    """A stop as its events say; what was counted is told when it ends."""
    first = about[0]
    said = first.body
    one = Stop(said["stop"], said["process"], first.actor, said["because"], first.at, said["drill"])
    for link in about[1:]:
        if link.kind == "resume_asked":
            one = replace(one, asked_by=link.actor, asked_at=link.at)
        elif link.kind == "kept_stopped":
            one = replace(one, asked_by=None, asked_at=None)
        else:
            by = None if one.drill else link.actor
            one = replace(one, ended_by=by, ended_at=link.at, counted=link.body["counted"])
    return one
