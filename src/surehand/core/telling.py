"""Who is told what of a change: derived in one place from what happened, never where it happens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from surehand.core.case import ENGINE, Assignment, Case, Json
from surehand.core.policy import Grade

if TYPE_CHECKING:
    from surehand.core.passage import Change, Event

#: Kinds of messages that do not wait for quiet hours to end, nor for a digest.
URGENT = frozenset(
    {"escalated", "overdue", "warned", "shared", "customer_waits", "process_waits", "stopped", "resume_asked",
     "resumed"}
)  # fmt: skip

#: Before the name of a webhook of `surehand.yaml`, where that is what is told.
HOOK = "hook:"

#: Events whose `person`, `to` or `taken_from` may be told something; others are not looked at.
_TELLING = frozenset(
    {"reminded", "escalated", "claimed", "replaced", "warned", "at_risk", "shared", "stood_in", "released",
     "reassigned", "relaxed", "adopted", "customer_waits", "process_waits", "lapsed",
     "put_back"}
)  # fmt: skip

#: Events that say who waits: a reminder that comes with one of them is no message of its own.
_SOMEBODY_WAITS = frozenset({"customer_waits", "process_waits"})


@dataclass(frozen=True, slots=True)
class Tell:
    """One thing that one person is told. What is told twice is told once, by `event`, `to` and `kind`.

    event  what happened: an assignment, an event of a case
    to     a person, or a webhook by `HOOK` and its name
    kind   one of `surehand.core.messages.KINDS`, or of `HOOKED` for a webhook
    of     the assignment that it is about: it is told only while that is open and theirs
    """

    event: str
    to: str
    kind: str
    of: str | None = None
    urgent: bool = False
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a webhook wants to hear.

    processes  None: of all
    facts      with the facts of the case
    """

    name: str
    events: frozenset[str]
    processes: frozenset[str] | None = None
    facts: bool = False


def tells(
    case: Case, events: Sequence["Event"], added: Iterable[Assignment], updated: Iterable[Assignment]
) -> tuple[Tell, ...]:
    """Who is told of a change of a case, without those who made it.

    events          of the change, as they will be numbered behind those that the case has
    added, updated  assignments, as they are now
    """
    found = list(_tells(case, events, added, updated))
    if not found:
        return ()
    # nobody is told what they have just done themselves
    actors = {event.actor for event in events} | {ENGINE}
    critical = case.grade is Grade.CRITICAL
    return tuple(
        replace(one, urgent=one.urgent or critical or one.kind in URGENT)
        for one in found
        if one.to not in actors
    )


def _tells(
    case: Case, events: Sequence["Event"], added: Iterable[Assignment], updated: Iterable[Assignment]
) -> Iterator[Tell]:
    kinds = {event.kind for event in events}
    for given in added:
        if given.open:
            yield Tell(given.id, given.person, _kind(given, kinds), given.id)
    if kinds.isdisjoint(_TELLING):
        return
    telling = _TELLING if kinds.isdisjoint(_SOMEBODY_WAITS) else _TELLING - {"reminded"}
    held = {given.person: given for given in updated if given.open}
    for place, event in enumerate(events, start=1):
        if event.kind in telling:
            yield from _of_event(f"{case.id}:{case.audit_seq + place}", event, held)


def _kind(given: Assignment, kinds: set[str]) -> str:
    if given.kind == "answer":
        return "asked"
    if given.kind in ("notice", "check", "finding"):
        return given.kind
    return "answered" if "answered" in kinds else "unanswered" if "unanswered" in kinds else "assigned"


def _of_event(name: str, event: "Event", held: Mapping[str, Assignment]) -> Iterator[Tell]:
    body = event.body
    to = str(body.get("to") or body.get("person") or "")
    before = str(body.get("taken_from") or "")
    about = held[to].id if to in held else next((one.id for one in held.values()), None)
    match event.kind:
        case "reminded" | "warned" | "at_risk":
            yield Tell(name, to, event.kind, about)
        case "customer_waits" | "process_waits":
            given = held[str(body["holder"])]
            for holder in given.holders:
                yield Tell(name, holder, event.kind, given.id, body={"by": event.actor})
        case "shared":
            yield Tell(name, str(body.get("backup") or ""), "shared", about)
        case "replaced" | "stood_in" | "released":
            yield Tell(name, to, "assigned", about)
        case "reassigned" | "relaxed" | "put_back":
            if before != to:
                yield Tell(name, to, "assigned", about)
                yield Tell(name, before, "taken_over", body={"by": to})
        case "adopted":
            if to in held:
                yield Tell(name, to, "assigned", about)
        case "lapsed":
            yield Tell(name, to, "lapsed", body={"because": body.get("because")})
        case "claimed":
            yield Tell(name, before, "taken_over", body={"by": event.actor})
        case "escalated" if before != to:
            yield Tell(name, to, "escalated", about)
            yield Tell(name, before, "taken_over", body={"by": to, "late": True})
        case _:
            yield Tell(name, to, "overdue", about)


# What other systems are told


#: Events that a webhook may subscribe to, with what they say.
HOOKED: Mapping[str, str] = {
    "case.received": "a case was taken in",
    "case.waiting": "a case waits for a person",
    "case.decided": "a decision stands, by policy or by a person",
    "case.finished": "a case is done or rejected",
    "action.done": "an action ran",
    "action.failed": "an action failed for good",
    "action.undone": "an action was taken back",
}

_OF_EVENT = {"received": "case.received", "finished": "case.finished", "action_done": "action.done",
             "action_undone": "action.undone"}  # fmt: skip


def hooked(change: "Change", subscriptions: Iterable[Subscription]) -> Iterator[Tell]:
    """What webhooks are told of a change."""
    happened = list(_happened(change))
    if not happened:
        return
    case = change.after
    for hook in subscriptions:
        if hook.processes is not None and case.process not in hook.processes:
            continue
        for place, (kind, body) in enumerate(happened):
            if kind in hook.events:
                told = {**_case(case), **body, **({"facts": dict(case.facts)} if hook.facts else {})}
                yield Tell(f"{case.id}:{case.audit_seq}+{place}", HOOK + hook.name, kind, None, False, told)


def _case(case: Case) -> dict[str, Any]:
    return {
        "case": case.id, "process": case.process, "version": case.version, "key": case.key,
        "round": case.round, "state": str(case.state), "grade": str(case.grade) if case.grade else None,
    }  # fmt: skip


def _happened(change: "Change") -> Iterator[tuple[str, dict[str, Any]]]:
    before = change.before.answers if change.before is not None else {}
    for point, answer in change.after.answers.items():
        if before.get(point) != answer:
            yield "case.decided", {"point": point, "by": answer.get("by")}
    for given in change.added:
        if isinstance(given, Assignment) and given.open and given.kind in _WAITED_FOR:
            waits = {"point": given.point, "kind": given.kind, "queue": given.queue, "person": given.person}
            yield "case.waiting", {**waits, "due_at": given.due_at.isoformat()}
    for event in change.events:
        body = event.body
        kind = _OF_EVENT.get(event.kind)
        if event.kind == "action_failed" and body.get("final"):
            kind = "action.failed"
        if kind is not None:
            yield kind, {name: body[name] for name in ("step", "key") if name in body and "action" in kind}


_WAITED_FOR = ("decide", "exception", "answer", "repair")
