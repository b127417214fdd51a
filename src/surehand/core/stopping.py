"""What is stopped, who may stop it, and the two people who have it resume. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.people import People, Person
from surehand.core.roles import Role
from surehand.core.telling import Tell

#: Letters of a reason.
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop. In force until it has ended, beside others.

    process   what is stopped; None: everything
    drill     it ends by itself, within seconds, and records that it worked
    asked_by  who asks to resume; None: nobody does
    ended_by  who agreed; None of a drill
    counted   what was found: `under_way` when it began, `held` when it ended; of a drill see `Drilled`
    """

    id: int
    process: str | None
    by: str
    because: str
    at: datetime
    drill: bool = False
    asked_by: str | None = None
    asked_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    counted: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """What is stopped, in words."""
        return self.process or "everything"

    @property
    def reason(self) -> str:
        """Why a person decides a case that came meanwhile."""
        return "A drill of the stop is under way" if self.drill else f"Automation is stopped: {self.because}"


class InForce(tuple[Stop, ...]):
    """The stops that are in force at a moment, oldest first."""

    __slots__ = ()

    def of(self, process: str) -> Stop | None:
        """What stops a process, rather by somebody's will than for a drill; None: it runs."""
        found = [one for one in self if one.process in (None, process)]
        return min(found, key=lambda one: one.drill, default=None)

    def same(self, process: str | None) -> Stop | None:
        """The stop that somebody has made of just this already."""
        return next((one for one in self if one.process == process and not one.drill), None)

    @property
    def everything(self) -> bool:
        """Nothing runs, whatever the process."""
        return any(one.process is None for one in self)

    @property
    def processes(self) -> frozenset[str]:
        """The processes that are stopped by name."""
        return frozenset(one.process for one in self if one.process is not None)


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill found.

    refused  worker -> seconds after the stop's commit until its probe was known to be refused
    began    workers whose probe was not refused: the stop does not work there
    silent   workers that did not try in time
    """

    refused: Mapping[str, float] = field(default_factory=dict)
    began: Collection[str] = ()
    silent: Collection[str] = ()

    @classmethod
    def of(cls, counted: Mapping[str, Any]) -> "Drilled":
        """From what a stop has counted."""
        return cls(counted.get("refused") or {}, counted.get("began") or (), counted.get("silent") or ())

    @property
    def works(self) -> bool:
        """Every worker refused."""
        return bool(self.refused) and not self.began and not self.silent

    @property
    def sentence(self) -> str:
        """What was found, without a full stop."""
        after = f"{max(self.refused.values(), default=0.0):.1f} s"
        if self.works:
            who = "the worker" if len(self.refused) == 1 else f"all {len(self.refused)} workers"
            return f"refused by {who} after {after}"
        if self.began:
            return f"NOT refused by {', '.join(sorted(self.began))}"
        if self.silent:
            answered = (
                f"refused by {len(self.refused)} after {after}" if self.refused else "refused by nobody"
            )
            return f"{answered}; no sign from {', '.join(sorted(self.silent))}"
        return "it was cut off before anybody had answered"


def stopped_words(body: Mapping[str, Any]) -> tuple[str, str]:
    """What an event says that was done, and to what and why."""
    if body.get("drill"):
        return "began a drill of the stop", f"for {_scope(body)}."
    return "stopped the automation", f"of {_scope(body)}: “{body.get('because')}”."


def resumed_words(body: Mapping[str, Any]) -> str:
    """What an event says that resumes."""
    held = (body.get("counted") or {}).get("held", 0)
    alone = ", alone, in development mode" if body.get("alone") else f", as {body.get('asked_by')} asked"
    return f"of {_scope(body)}{alone}; {held} held actions are due."


def drilled_words(body: Mapping[str, Any]) -> str:
    """What an event says that a drill found."""
    return f"of {_scope(body)}: {Drilled.of(body.get('counted') or {}).sentence}."


def asked_words(body: Mapping[str, Any]) -> str:
    """What an event says that somebody asks to have resumed, or that is kept stopped."""
    asked = f", as {body['asked_by']} had asked to resume" if "asked_by" in body else ""
    return f"{_scope(body)}{asked}."


def _scope(body: Mapping[str, Any]) -> str:
    return str(body.get("process") or "everything")


def answering(process: BoundProcess, people: People) -> frozenset[str]:
    """Who answers for a process: its owner, and the owners of the queues that decide in it."""
    names = {queue for _, queue in process.map.places if queue in people.queues}
    return frozenset({process.map.owner, *(people.queues[name].owner for name in names)})


def told(people: People, one: Stop, kind: str, *, by: str, answers: Collection[str]) -> list[Tell]:
    """Who hears of a stop: whoever may end it or answers for what it stops, but not who did it just now."""
    said = {
        "stopped": one.reason, "resume_asked": one.because,
        "resumed": f"{one.asked_by} asked to resume, and {one.ended_by} agreed",
    }  # fmt: skip
    body = {"of": one.scope, "because": said[kind], "by": by, "path": "/stop"}
    event = f"stop:{one.id}:{kind}:{one.asked_at.isoformat() if one.asked_at else ''}"
    concerned = {name for name, person in people.people.items() if _governs(person)} | set(answers)
    return [
        Tell(event, name, kind, urgent=True, body=body)
        for name in sorted(concerned)
        if name != by and people.active(name)
    ]


def stop_refused(people: People, name: str, process: str | None, *, by: Collection[str] = ()) -> str | None:
    """Why this person may neither stop this nor ask to resume it, in words; None when they may.

    by  who answers for the process
    """
    if not people.active(name):
        return f"{name} is not an active person here"
    if name in by or _governs(people.people[name]):
        return None
    if process is None:
        return f"{name} may not stop everything: that takes an owner or an administrator"
    names = ", ".join(sorted(by)) or "nobody"
    return (
        f"{name} may not stop {process}: that takes an owner, an administrator, or who answers for it "
        f"({names})"
    )


def resume_refused(people: People, name: str, stop: Stop, *, by: Collection[str] = ()) -> str | None:
    """Why this person may not ask to resume; None when they may. Whoever stopped it may."""
    if refusal := stop_refused(people, name, stop.process, by=by):
        return refusal.replace("may not stop", "may not ask to resume")
    return _a_service(people, name)


def agree_refused(people: People, name: str, stop: Stop, *, alone: bool = False) -> str | None:
    """Why this person may not agree to resume, in words; None when they may.

    alone  development mode, where one person may do both
    """
    if not people.active(name):
        return f"{name} is not an active person here"
    if not _governs(people.people[name]):
        return f"{name} may not agree to resume: that takes an owner or an administrator"
    asked = None if stop.asked_by is None else people.principal(stop.asked_by)
    if asked is not None and asked == people.principal(name) and not alone:
        return f"{name} asked to resume; a second person agrees, or has it kept stopped"
    return _a_service(people, name)


def _governs(person: Person) -> bool:
    return person.has(Role.OWNER, Role.ADMINISTRATOR)


def _a_service(people: People, name: str) -> str | None:
    """A program may stop what goes wrong; that it goes on again, two people say."""
    if people.people[name].has(Role.SERVICE):
        return f"{name} is a service, and resuming takes two people"
    return None
