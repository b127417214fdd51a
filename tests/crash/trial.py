"""What tests of killed, frozen and cut-off processes share: the storm, its end, and what must hold."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from surehand.app import looking
from surehand.core.case import CaseState
from surehand.flow.context import Context
from surehand.flow.verify import verify
from surehand.store import cases, figures, work
from tests import invariants
from tests.crash.fleet import Clients, Fleet, Host, running_fleet
from tests.crash.ledger import Ledger, running_ledger

#: Seconds after which the work of a dead process is taken over.
LEASE = 1.2


@contextmanager
def storm(
    place: Path, *, seed: int, pace: float, workers: int = 0, outside: str = "127.0.0.1",
    hosts: Mapping[str, Host] | None = None,
) -> Iterator[tuple[Fleet, Clients, Ledger]]:  # fmt: skip
    """Everything running and under load.

    outside  the address under which hosts reach the ledger, which is never cut off
    hosts    where the processes run, by name; here if not named
    """
    with (
        running_ledger(seed=seed, address=outside) as ledger,
        running_fleet(place, ledger=ledger.url, lease=LEASE, workers=workers, hosts=hosts) as fleet,
    ):
        clients = Clients(fleet.port, seed, pace, address=fleet.address("server"))
        clients.start()
        yield fleet, clients, ledger


def under_load(clients: Clients, *, patience: float = 60.0) -> None:
    """Wait until some more was acknowledged, then a random moment."""
    wanted = len(clients.acknowledged) + 5
    until = time.monotonic() + patience
    while len(clients.acknowledged) < wanted:
        assert time.monotonic() < until, "nothing was acknowledged for a long time"
        time.sleep(0.005)
    time.sleep(random.random() * 0.3)


def settled(fleet: Fleet, clients: Clients, *, patience: float = 60.0) -> None:
    """Everybody gets an answer, everything due is done, and all processes end in order.

    patience  seconds in which something must get done; on a busy machine the whole takes longer
    """
    clients.finish()
    before, until = None, time.monotonic() + patience
    with looking(fleet.folder) as context:
        while True:
            with context.db.read() as connection:
                left = work.counts(connection)
            if not left:
                break
            if left != before:
                before, until = left, time.monotonic() + patience
            assert time.monotonic() < until, f"work was left: {left}, due for {waited(context)}"
            time.sleep(0.1)
    fleet.stop()


def waited(context: Context) -> timedelta | None:
    """For how long the oldest of what is due was not begun; None when nothing is due yet."""
    with context.db.read() as connection:
        oldest = work.oldest_due(connection, now=context.clock())
    return None if oldest is None else context.clock() - oldest


def examined(place: Path, clients: Clients, ledger: Ledger) -> None:
    """What must hold, and a line on what was gone through."""
    assert clients.surprises == [], clients.surprises
    with looking(place) as context:
        faults = [*lost(context, clients), *doubled(ledger), *undone(context, clients, ledger)]
        assert faults == [], faults
        proof = verify(context)
        assert proof.findings == (), proof.findings
        assert proof.sealed > 0
        invariants.check(context)
    calls = [call for call in ledger.calls if call.what != "ask"]
    repeated = len(calls) - len({call.key for call in calls})
    told = f"{len(clients.acknowledged)} cases, {len(clients.approved)} approved, {repeated} calls repeated"
    print(told)  # noqa: T201 - shown by pytest -s


def lost(context: Context, clients: Clients) -> Iterator[str]:
    """Acknowledged cases that are not there, or are under another number, or forgot their verdict."""
    pairs = {(process, item) for item in clients.acknowledged for process in ("bookings", "wires")}
    with context.db.read() as connection:
        there = {}
        for some in batched(pairs, 500):
            there |= {found.key: found for found in cases.by_key(connection, some).values()}
        for item, number in clients.acknowledged.items():
            if item not in there or there[item].id != number:
                yield f"{item} was acknowledged as {number} and is {there.get(item)}"
        for number in clients.approved:
            final = [v for v in cases.verdicts(connection, number) if v.final]
            if not final:
                yield f"the approval of {number} was acknowledged and is lost"


def batched(pairs: set[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    every = sorted(pairs)
    yield from (every[start : start + size] for start in range(0, len(every), size))


def doubled(ledger: Ledger) -> Iterator[str]:
    """Effects that happened twice, calls under different keys, and second calls that nothing allowed."""
    for item, calls in ledger.of_item().items():
        if len(ledger.effects[item]) > 1:
            yield f"{item} happened {len(ledger.effects[item])} times: {calls}"
        if len({call.key for call in calls}) > 1:
            yield f"{item} was called under several keys: {calls}"
        free = True
        for call in calls:
            if call.what == "wire":
                if not free:
                    yield f"{item} was wired again, and nobody had said that it did not happen: {calls}"
                free = False
            elif call.what == "ask":
                free = call.answer is False


def undone(context: Context, clients: Clients, ledger: Ledger) -> Iterator[str]:
    """Cases that are neither done nor with a person, and done ones without their effect."""
    with context.db.read() as connection:
        found = cases.load(connection, clients.acknowledged.values())
        assigned = cases.open_assignments(connection, found)
        counts = figures.state_counts(connection, "bookings"), figures.state_counts(connection, "wires")
    for item, number in clients.acknowledged.items():
        state = found[number].state
        if state is CaseState.DONE:
            if len(ledger.effects[item]) != 1:
                yield f"{number} is done, and nothing happened"
        elif state is not CaseState.WAITING or number not in assigned:
            yield f"{number} is {state} with nobody"
    total = sum(sum(states.values()) for states in counts)
    if total != len(clients.acknowledged):
        yield f"{total} cases are there, and {len(clients.acknowledged)} were acknowledged"
