"""What can be wrong between rows of authority and the processes: unknown decisions, unknown facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surehand.core.bound import BoundProcess
from surehand.core.grants import ANYTHING, Grant
from surehand.core.people import People
from surehand.core.steps import DecisionPoint
from surehand.maps.faults import Faults, nearest
from surehand.maps.source import DataPath


@dataclass(frozen=True, slots=True)
class Decision:
    """What authority may speak of at one decision point or exception.

    facts    names that are known there
    subject  its cases are told apart by whom they are about
    money    a sum is at stake there
    """

    process: str
    name: str
    facts: frozenset[str]
    subject: bool
    money: bool


def decisions(processes: Iterable[BoundProcess]) -> dict[str, list[Decision]]:
    """Process -> everything that people decide there."""
    return {process.name: _decisions(process) for process in processes}


def _decisions(process: BoundProcess) -> list[Decision]:
    known = set(process.map.input.fields)
    found = []
    for bound in process.steps:
        step = bound.step
        if isinstance(step, DecisionPoint):
            money = step.consequence.money is not None
            found.append(Decision(process.name, step.name, frozenset(known), step.subject is not None, money))
        known |= set(bound.facts)
    # an exception may stop a case anywhere, before or after it was graded
    subject, money = any(one.subject for one in found), any(one.money for one in found)
    every = frozenset(known)
    return found + [Decision(process.name, one.name, every, subject, money) for one in process.map.exceptions]


def check_authority(
    people: People, known: Mapping[str, Sequence[Decision]], faults: Faults, *, elsewhere: bool = False
) -> None:
    """The decisions that authority speaks of exist, and what it hangs on is known there.

    known      of all processes that run here
    elsewhere  rows may be about processes that are not here: one people.yaml can serve several deployments
    """
    every = [one for found in known.values() for one in found]
    for number, grant in enumerate(people.authority):
        path: DataPath = ("authority", number)
        if grant.process is not None and grant.process not in known:
            if not elsewhere:
                faults.unknown((*path, "process"), "The process", grant.process, known)
            continue
        there = every if grant.process is None else known[grant.process]
        if _named(grant.decides, path, there, faults):
            _hangs_on(grant, path, there, faults)
    for number, delegation in enumerate(people.delegations):
        _named(delegation.decides, ("delegations", number), every, faults)


def _named(decides: Sequence[str], path: DataPath, there: Sequence[Decision], faults: Faults) -> bool:
    names = sorted({one.name for one in there})
    unknown = [(i, kind) for i, kind in enumerate(decides) if kind != ANYTHING and kind not in names]
    for index, kind in unknown:
        faults.unknown((*path, "decides", index), "The decision", kind, names)
    return not unknown


def _hangs_on(grant: Grant, path: DataPath, there: Sequence[Decision], faults: Faults) -> None:
    """Where a row names its decisions, each of them has what the row hangs on; with `*`, one of them has."""
    about = [one for one in there if ANYTHING in grant.decides or one.name in grant.decides]

    def where_it_lacks(lacking: list[Decision]) -> str:
        if ANYTHING not in grant.decides:
            return f"at '{lacking[0].name}' of '{lacking[0].process}'" if lacking else ""
        return "at any decision" if len(lacking) == len(about) else ""

    for fact in grant.only:
        if where := where_it_lacks([one for one in about if fact not in one.facts]):
            near = nearest(fact, {name for one in about for name in one.facts})
            faults.add((*path, "only", fact), f"The fact '{fact}' is not known {where}.", near)
    if grant.limit is not None and (where := where_it_lacks([one for one in about if not one.money])):
        faults.add((*path, "limit"), f"No sum is at stake {where}: leave 'limit' out.")
    if grant.split is not None:
        if where := where_it_lacks([one for one in about if not one.money]):
            faults.add((*path, "split"), f"No sum is at stake {where}: leave 'split' out.")
        elif where := where_it_lacks([one for one in about if not one.subject]):
            faults.add(
                (*path, "split"), f"Nothing says whom a case is about {where}: 'split' needs 'subject'."
            )
