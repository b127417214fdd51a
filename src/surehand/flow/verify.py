"""Proof that nothing was changed behind the program's back: chains, rows, and what was sealed outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from surehand.core.audit import SYSTEM_CHAIN, Link, first_break
from surehand.core.case import Case
from surehand.flow import grants, guarding
from surehand.flow.context import Context
from surehand.store import audit, cases, files, models
from surehand.store.audit import Head, Seals
from surehand.store.models import RIVAL
from surehand.store.records import EVIDENCE

#: The event of the deployment's own chain by which somebody declares a restore from a backup.
RECONCILED = "reconciled"

#: Chains checked in one read transaction, so that a long check does not hold one snapshot.
_PORTION = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold.

    chain  a case number, `system`, or `checkpoints`
    seq    the first event that is broken, if it is one
    """

    chain: str
    seq: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a check found.

    sealed  how many chains a checkpoint outside the database covers
    gaps    what was sealed and was lost in a restore that somebody has declared
    """

    chains: int
    events: int
    sealed: int
    findings: tuple[Finding, ...]
    gaps: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.findings


def verify(context: Context, case_id: str | None = None) -> Proof:
    """Check every chain, or the one of a case.

    A running server goes on meanwhile: what the database calls sealed is read before the files, and the
    chains after them, so that neither can be ahead of what it is compared with.
    """
    with context.db.read() as connection:
        last, reached = audit.last_sealed(connection), dict(audit.sealed_cases(connection))
    seals = context.checkpoints.read()
    findings = [] if case_id else list(_of_checkpoints(seals, last, reached))
    with context.db.read() as connection:
        names = [case_id] if case_id else list(audit.chain_names(connection))
        losses = losses_of(connection)
        gaps = [] if case_id else list(_gaps(losses))
        if not case_id:
            findings += _missing(connection, names, seals, losses)
    events = 0
    for start in range(0, len(names), _PORTION):
        with context.db.read() as connection:
            for name in names[start : start + _PORTION]:
                count, found = _checked(connection, name, seals, losses)
                events += count
                findings += found
    if not case_id:
        with context.db.read() as connection:
            findings += [
                Finding(SYSTEM_CHAIN, None, f"the guarantee of {name} does not follow from its evidence")
                for name in guarding.unfounded(connection)
            ]
    return Proof(len(names), events, len(seals.heads), tuple(findings), tuple(gaps))


@dataclass(frozen=True, slots=True)
class Losses:
    """What the declared restores have lost.

    of  for each restore its event, the number of the last checkpoint then, and chain -> events that were left
    """

    of: tuple[tuple[Link, int, Mapping[str, int]], ...] = ()

    def cover(self, name: str, head: Head) -> bool:
        """What this head sealed was lost in a declared restore, and not since."""
        return any(
            name in left and left[name] < head.seq and head.checkpoint <= last for _, last, left in self.of
        )


def losses_of(connection: Connection) -> Losses:
    """The restores that the chain of the deployment records."""
    events = [link for link in audit.recorded(connection, RECONCILED) if isinstance(link.body, dict)]
    return Losses(tuple((link, link.body["checkpoint"], link.body["left"]) for link in events))


def _gaps(losses: Losses) -> Iterator[Finding]:
    """What was lost, restore by restore: a declared gap is still a gap."""
    for link, last, left in losses.of:
        for name, count in left.items():
            rest = f"{count} are left" if count else "nothing of it is left"
            yield Finding(
                name, count + 1, f"its end was lost in the restore that {link.actor} declared on "
                f"{link.at:%Y-%m-%d %H:%M} UTC: of what was sealed up to checkpoint {last}, {rest}",
            )  # fmt: skip


#: What reading a value raises that nothing of ours has written.
_NOT_OURS = (ValueError, TypeError, LookupError, ArithmeticError)


def _checked(connection: Connection, name: str, seals: Seals, losses: Losses) -> tuple[int, list[Finding]]:
    """How many events a chain has, and what does not hold of it."""
    try:
        links = audit.chain(connection, name)
    except _NOT_OURS as error:
        return 0, [Finding(name, None, f"an event cannot be read: it was changed ({type(error).__name__})")]
    try:
        return len(links), list(faults_of_chain(connection, name, links, seals, losses))
    except _NOT_OURS as error:
        return len(links), [
            Finding(name, None, f"a stored row cannot be read: it was changed ({type(error).__name__})")
        ]


def _of_checkpoints(
    seals: Seals, last: tuple[int, str] | None, reached: Mapping[str, int]
) -> Iterator[Finding]:
    """Checkpoint files that were touched.

    last     the line that the database knows to be written last
    reached  case -> the event up to which it was sealed, as the database has it
    """
    for fault in seals.faults:
        yield Finding("checkpoints", None, fault)
    ends = {name: head.seq for name, head in seals.heads.items()}
    lost = [name for name, seq in reached.items() if seq > ends.get(name, 0)]
    if lost:
        what = "case was" if len(lost) == 1 else "cases were"
        yield Finding(
            "checkpoints", None, f"lines are missing: {len(lost):,} {what} sealed in them, such as {lost[0]}"
        )
    elif last is not None and last not in seals.lines:
        yield Finding(
            "checkpoints", None, f"checkpoint {last[0]} is missing, or is not the one that was written"
        )


def _missing(connection: Connection, names: list[str], seals: Seals, losses: Losses) -> Iterator[Finding]:
    """Chains that were sealed and are gone, and cases without a chain."""
    there = set(names)
    for name, head in seals.heads.items():
        if name not in there and not losses.cover(name, head):
            yield Finding(name, None, f"deleted: a checkpoint sealed {head.seq} events of it")
    if SYSTEM_CHAIN not in there and SYSTEM_CHAIN not in seals.heads:
        yield from faults_of_chain(connection, SYSTEM_CHAIN, [], seals, losses)
    for name in audit.cases_without_events(connection):
        yield Finding(name, None, "the case has no events: its whole chain was deleted")


def faults_of_chain(
    connection: Connection, name: str, links: list[Link], seals: Seals, losses: Losses
) -> Iterator[Finding]:
    """What does not hold of one chain, the rows it speaks of, and what was sealed of it."""
    broken = first_break(links, chain=name)
    if broken:
        yield Finding(name, *broken)
        return
    for head in seals.of(name):
        seq, hashed = head.seq, head.hash
        if losses.cover(name, head):
            continue
        if len(links) < seq:
            yield Finding(
                name, len(links) + 1, f"its end was cut off: {seq} events were sealed, {len(links)} are left"
            )
            return
        if links[seq - 1].hash != hashed:
            yield Finding(name, None, f"was rewritten: event {seq} is not the one that was sealed")
            return
    if name == SYSTEM_CHAIN:
        yield from _of_models(connection, links)
        yield from (Finding(name, *found) for found in grants.faults(connection, links))
    else:
        yield from _of_rows(connection, name, links)


def _of_rows(connection: Connection, name: str, links: list[Link]) -> Iterator[Finding]:
    """Every row of a case is as the last event that wrote it says, and none was added or taken away."""
    said: dict[str, tuple[int, str]] = {}
    for link in links:
        if isinstance(link.body, dict):
            for record, digest in link.body.get("records", {}).items():
                if not (record.startswith(EVIDENCE) and record in said):
                    said[record] = (link.seq, digest)
    erased = any(link.salt is None for link in links)
    there = cases.records_of(connection, name)
    for record, (seq, digest) in said.items():
        what = f"the stored {record.partition(' ')[0]}"
        if record not in there:
            yield Finding(name, seq, f"{what} that event {seq} recorded was deleted ({record})")
        elif there[record] != digest:
            yield Finding(name, seq, f"{what} is not what event {seq} recorded: it was changed ({record})")
    if not erased:
        for record in there.keys() - said.keys():
            yield Finding(name, None, f"a row was added that no event recorded ({record})")
    head = cases.load(connection, [name]).get(name)
    if head is not None and links:
        yield from _of_head(head, links, erased=erased)
    if head is not None and head.file is not None and (fault := files.fault(connection, head.file["file"])):
        yield Finding(name, None, f"its file {fault}")


def _of_head(head: Case, links: list[Link], *, erased: bool) -> Iterator[Finding]:
    """Where the case says that its chain stands: its end, when it last moved, and how often it did."""
    last = links[-1]
    if (head.audit_seq, head.audit_hash) != (last.seq, last.hash):
        yield Finding(
            head.id, last.seq, f"the case expects {head.audit_seq} events, and {len(links)} are there"
        )
    elif head.updated_at != last.at:
        yield Finding(head.id, last.seq, f"the case says that it moved at another time than event {last.seq}")
    elif not erased and head.rev != (moves := sum("records" in link.body for link in links)):
        yield Finding(head.id, None, f"the case counts {head.rev} changes, and its events tell of {moves}")


def _of_models(connection: Connection, links: list[Link]) -> Iterator[Finding]:
    """The models in use are those that were trained last, with the bytes that they had then."""
    trained: dict[tuple[str, str], tuple[int, str]] = {}
    for link in links:
        if link.kind in ("model_trained", "model_promoted", "calibrated") and isinstance(link.body, dict):
            trained[link.body["process"], link.body["model"]] = link.seq, link.body["hash"]
            if link.kind == "model_promoted":
                trained.pop((link.body["process"], f"{link.body['model']}{RIVAL}"), None)
    used = {(process, name): (hashed, sound) for process, name, hashed, sound in models.in_use(connection)}
    for (process, name), (hashed, sound) in used.items():
        what = f"model {name} of {process}"
        if (process, name) not in trained:
            yield Finding(SYSTEM_CHAIN, None, f"a {what} is in use that no event recorded")
            continue
        seq, recorded = trained[process, name]
        if hashed != recorded:
            yield Finding(SYSTEM_CHAIN, seq, f"the {what} in use is not the one that event {seq} recorded")
        elif not sound:
            yield Finding(SYSTEM_CHAIN, seq, f"the bytes of the {what} are not what event {seq} recorded")
    for (process, name), (seq, _) in trained.items():
        if (process, name) not in used:
            yield Finding(
                SYSTEM_CHAIN, seq, f"the model {name} of {process} that event {seq} recorded is gone"
            )
