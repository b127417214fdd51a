"""The hash chain of a case, and how outsiders check it.

An event's hash covers the hash before it and a salted commitment of its body, so that a body can be erased
later and the chain still verifies. Source of the idea: Crosby and Wallach, Efficient data structures for
tamper-evident logging, 2009.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surehand.core.digest import canonical

#: The chain of what happens to the deployment itself: sign-ins, published versions, keys.
SYSTEM_CHAIN = "system"

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One recorded event.

    commitment  SHA-256 of salt and canonical body
    hash        SHA-256 over chain, seq, at, kind, actor, commitment and the hash before
    salt, body  None once erased
    """

    chain: str
    seq: int
    at: datetime
    kind: str
    actor: str
    commitment: str
    before: str
    hash: str
    salt: str | None
    body: Any


def commitment(salt: str, body: bytes) -> str:
    """What an event's hash covers in place of its body."""
    return hashlib.sha256(salt.encode() + b"\n" + body).hexdigest()


def link_hash(
    *, chain: str, seq: int, at: datetime, kind: str, actor: str, commitment: str, before: str
) -> str:
    """The hash of one event."""
    text = "\n".join((before, chain, str(seq), at.isoformat(), kind, actor, commitment))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def linked(
    *, chain: str, seq: int, at: datetime, kind: str, actor: str, body: Any, salt: str, before: str
) -> Link:
    """A new event behind the one whose hash is `before`."""
    committed = commitment(salt, canonical(body))
    hashed = link_hash(
        chain=chain, seq=seq, at=at, kind=kind, actor=actor, commitment=committed, before=before
    )
    return Link(chain, seq, at, kind, actor, committed, before, hashed, salt, body)


def first_break(links: Sequence[Link], *, chain: str) -> tuple[int, str] | None:
    """The sequence number and the fault of the first link that does not hold; None when all do.

    links  of one chain, by sequence
    """
    before = FIRST
    for expected, link in enumerate(links, start=1):
        if link.seq != expected:
            return expected, f"event {expected} is missing"
        if link.before != before:
            return link.seq, f"event {link.seq} does not continue event {link.seq - 1}"
        hashed = link_hash(
            chain=chain, seq=link.seq, at=link.at, kind=link.kind, actor=link.actor,
            commitment=link.commitment, before=link.before,
        )  # fmt: skip
        if hashed != link.hash:
            return link.seq, f"event {link.seq} was changed (time, kind, actor or order)"
        if link.salt is not None and commitment(link.salt, canonical(link.body)) != link.commitment:
            return link.seq, f"the body of event {link.seq} was changed"
        before = link.hash
    return None


def merkle_root(leaves: Sequence[str]) -> str:
    """Root of a binary Merkle tree over texts, RFC 9162 shape; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = zip(level[0::2], level[1::2], strict=False)
        paired = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()
