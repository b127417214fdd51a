"""What time brings to a case: rungs, a backup beside the holder, an end without an answer, working hours."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from surehand.core.case import CaseState
from surehand.core.deadlines import Waiter
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import desk, inbox
from surehand.flow.escalate import escalate
from surehand.flow.pausing import paused
from surehand.flow.review import answer_question, claim, submit_verdict
from surehand.flow.urgency import waits as somebody_waits
from tests.flow.world import World
from tests.races.test_verdicts import together

HOUR = timedelta(hours=1)
SLA = "sla: {due: PT8H, remind: PT6H, escalate_to: lead}\n    answer_within: PT4H"


def sla(keys: str, more: str = "") -> tuple[str, str]:
    return (SLA, f"sla: {{{keys}}}\n    {more}".rstrip())


EVERY = sla(
    "due: PT8H, remind: PT4H, warn: PT5H, share: PT6H, escalate_to: lead, expire: {after: PT24H, to: reject}"
)


def told(world: World, case_id: str) -> list[str]:
    """The rungs of a case, in order, each with the stage if it has one."""
    rungs = (
        "reminded",
        "warned",
        "shared",
        "escalated",
        "expired",
        "customer_waits",
        "process_waits",
        "at_risk",
    )
    return [
        f"{link.kind} {(link.body or {}).get('stage') or ''}".strip()
        for link in world.events(case_id)
        if link.kind in rungs
    ]


def body(world: World, case_id: str, kind: str) -> dict[str, Any]:
    (link,) = [link for link in world.events(case_id) if link.kind == kind]
    return dict(link.body or {})


def mine(world: World, person: str) -> set[str]:
    return {row.case_id for row in inbox.pile(world.context, person, inbox.Wanted(view="mine")).rows}


def test_the_whole_ladder_once_and_in_order(a_world: Callable[..., World]) -> None:
    world = a_world(EVERY)
    case_id = world.submit(sure=0.8)
    holder = world.held(case_id).person
    for _ in range(60):
        world.wait(minutes=30)
        world.check()
    assert told(world, case_id) == [
        "reminded", "warned", "shared", "escalated escalated", "escalated overdue", "expired",
    ]  # fmt: skip
    assert body(world, case_id, "warned") | {"person": "lead", "holder": holder} == body(
        world, case_id, "warned"
    )
    assert body(world, case_id, "shared")["backup"] == "deputy"
    case = world.case(case_id)
    assert (case.state, case.result) == (CaseState.REJECTED, "rejected")
    assert case.answers["refund"] == {"value": "reject", "by": "engine", "round": 1}
    # nobody decided, and nothing ran: neither the payment nor what comes after a refusal
    assert (world.verdicts(case_id), world.bench.actions(case_id)) == ([], [])


def test_after_two_days_of_outage_each_rung_still_comes_once_and_in_order(
    a_world: Callable[..., World],
) -> None:
    world = a_world(EVERY)
    ids = [world.submit(sure=0.8, key=f"k{n}") for n in range(3)]
    world.bench.clock.move(timedelta(days=2))
    for _ in range(3):
        world.run()
    for case_id in ids:
        assert told(world, case_id) == ["reminded", "warned", "shared", "escalated escalated"]
        # the engine was away, and whoever has it now is not the one to pay for it
        assert world.held(case_id).due_at == world.context.clock() + 8 * HOUR
    world.wait(hours=20)
    assert {world.case(one).state for one in ids} == {CaseState.REJECTED}
    assert Counter(kind for one in ids for kind in told(world, one)).most_common(1)[0][1] == 3
    world.check()


def test_what_is_closed_records_no_answer(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, expire: {after: PT9H, to: closed}"))
    case_id = world.submit(sure=0.8)
    world.wait(hours=8)
    world.wait(hours=1)
    case = world.case(case_id)
    assert (case.state, case.answers) == (CaseState.REJECTED, {})
    world.check()


def test_a_repair_never_expires(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, expire: {after: PT9H, to: reject}"))
    world.plan(pay=["permanent"])
    case_id = world.submit()
    assert world.held(case_id).kind == "repair"
    for _ in range(10):
        world.wait(hours=12)
    assert world.case(case_id).state is CaseState.WAITING
    assert "expired" not in told(world, case_id)
    world.check()


def test_an_exception_of_the_map_expires_as_the_map_says(a_world: Callable[..., World]) -> None:
    world = a_world(
        ("\"tone == 'angry'\", queue: desk, sla: {due: PT2H}",
         "\"tone == 'angry'\", queue: desk, sla: {due: PT2H, expire: {after: PT5H, to: closed}}")
    )  # fmt: skip
    case_id = world.submit(letter="angry")
    world.wait(hours=2)
    world.wait(hours=3)
    assert told(world, case_id)[-1] == "expired"
    assert world.case(case_id).state is CaseState.REJECTED
    world.check()


# The backup


@pytest.fixture
def shared(a_world: Callable[..., World]) -> tuple[World, str, str]:
    """A case that its holder and the backup have."""
    world = a_world(EVERY)
    case_id = world.submit(sure=0.8)
    holder = world.held(case_id).person
    for hours in (4, 1, 1):
        world.wait(hours=hours)
    assert world.held(case_id).holders == (holder, "deputy")
    return world, case_id, holder


def test_a_backup_has_it_in_their_inbox_too(shared: tuple[World, str, str]) -> None:
    world, case_id, holder = shared
    assert mine(world, holder) == mine(world, "deputy") == {case_id}
    assert mine(world, "spec") - {case_id} == mine(world, "spec")
    assert inbox.pile(world.context, "deputy", inbox.Wanted(view="mine")).views["mine"] == 1
    found = desk.next_of(world.context, "deputy")
    assert found is not None
    assert found.case_id == case_id
    # and its page tells each where it stands in their work
    for person in (holder, "deputy"):
        at = desk.bearings(world.context, person, found)
        assert at.near is not None
        assert (at.waiting, at.near.place) == (at.near.count, 1)
    nobody = desk.bearings(world.context, "lead", found)
    assert (nobody.waiting, nobody.near) == (0, None)


def test_a_page_that_is_open_tells_each_of_both_that_it_is_theirs(shared: tuple[World, str, str]) -> None:
    world, case_id, holder = shared
    held = world.held(case_id)

    def told(person: str) -> inbox.Pulse:
        wanted, since = inbox.Wanted(view="queues"), world.bench.clock()
        return inbox.pulse(world.context, person, wanted, since=since, ids=[held.id])

    assert {name: told(name).has[held.id] for name in (holder, "deputy", "lead")} == {
        holder: holder, "deputy": "deputy", "lead": holder
    }  # fmt: skip
    world.verdict(case_id, "reject", by="deputy")
    assert told("deputy").decided == told(holder).decided == {held.id: "deputy"}
    assert told("deputy").has == {}


@pytest.mark.parametrize("who", ["holder", "deputy"])
def test_whoever_of_both_is_first_decides(shared: tuple[World, str, str], who: str) -> None:
    world, case_id, holder = shared
    first, second = (holder, "deputy") if who == "holder" else ("deputy", holder)
    assert world.verdict(case_id, "reject", by=first).state is CaseState.DONE
    with pytest.raises(Conflict):
        submit_verdict(world.context, second, case_id, Answer(kind="approve"))
    assert [verdict.person for verdict in world.verdicts(case_id)] == [first]
    assert mine(world, "deputy") == set()
    world.check()


def test_a_backup_who_claims_it_has_it_alone(shared: tuple[World, str, str]) -> None:
    world, case_id, holder = shared
    claim(world.context, "deputy", case_id)
    assert world.held(case_id).holders == ("deputy",)
    assert mine(world, holder) == set()
    world.check()


def test_where_the_backup_has_it_already_the_owner_of_the_queue_is_asked(
    a_world: Callable[..., World],
) -> None:
    world = a_world(EVERY)
    case_id = world.submit(sure=0.8)
    claim(world.context, "deputy", case_id)
    world.wait(hours=7)
    assert world.held(case_id).holders == ("deputy", "lead")
    world.wait(hours=1)
    assert world.held(case_id).holders == ("lead",)
    world.check()


# Working time


def test_working_time_passes_only_while_the_queue_is_open(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT10H, remind: PT9H, time: working"))
    case_id = world.submit(sure=0.8)  # Monday, 10 o'clock in Berlin; Tuesday is Epiphany in a part only
    held = world.held(case_id)
    assert held.timer_at == datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert held.due_at == datetime(2026, 1, 6, 11, tzinfo=UTC)
    world.wait(hours=26)
    assert told(world, case_id) == ["reminded", "escalated escalated"]
    assert world.held(case_id).due_at == datetime(2026, 1, 7, 13, tzinfo=UTC)
    world.check()


# Questions


def test_a_question_stops_the_clock_and_what_was_left_goes_on(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H, escalate_to: lead", "ask: {within: PT72H}"))
    case_id = world.submit(sure=0.8)
    holder = world.held(case_id).person
    world.wait(hours=5)
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    assert world.held(case_id).due_at == world.context.clock() + 72 * HOUR
    world.wait(hours=40)  # half-way the one who is asked is reminded, and nobody else
    assert [link.body["person"] for link in world.events(case_id) if link.kind == "reminded"] == ["clerk"]
    answer_question(world.context, "clerk", case_id, "Order 7")
    held, now = world.held(case_id), world.context.clock()
    assert (held.person, held.due_at, held.timer_at) == (holder, now + 3 * HOUR, now + HOUR)
    # a second question, and what was left then
    world.wait(hours=1)
    world.verdict(case_id, "ask", question="And when?", to="clerk")
    answer_question(world.context, "clerk", case_id, "In May")
    held, now = world.held(case_id), world.context.clock()
    assert (held.due_at, held.timer_at) == (now + 2 * HOUR, now + 2 * HOUR)
    world.wait(hours=2)
    assert told(world, case_id) == ["reminded", "reminded", "escalated escalated"]
    world.check()


def test_a_question_that_nobody_answers_goes_back_with_what_was_left(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H", "ask: {within: PT4H, time: working}"))
    case_id = world.submit(sure=0.8)
    world.wait(hours=5)  # 15 o'clock in Berlin
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    assert world.held(case_id).due_at == datetime(2026, 1, 6, 10, tzinfo=UTC)
    world.wait(hours=20)
    assert world.kinds(case_id)[-2:] == ["unanswered", "assigned"]
    held, now = world.held(case_id), world.context.clock()
    assert (held.kind, held.due_at, held.timer_at) == ("decide", now + 3 * HOUR, now + HOUR)
    world.check()


def test_a_clock_that_runs_on_keeps_its_deadline(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H", "ask: {within: PT24H, clock: run}"))
    case_id = world.submit(sure=0.8)
    due_at = world.held(case_id).due_at
    world.wait(hours=5)
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    assert world.held(case_id).due_at == due_at  # a later answer would be of no use
    world.wait(hours=2)
    answer_question(world.context, "clerk", case_id, "Order 7")
    assert world.held(case_id).due_at == due_at
    world.wait(hours=1)
    assert world.held(case_id).stage == 2
    world.check()


@pytest.mark.parametrize("ask", ["", "ask: {within: PT48H}"])
def test_asking_again_and_again_is_no_way_around_a_deadline(a_world: Callable[..., World], ask: str) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H", ask))
    case_id = world.submit(sure=0.8)
    for _ in range(3):
        world.wait(hours=1)
        world.verdict(case_id, "ask", question="Which order?", to="clerk")
        assert world.held(case_id).due_at == world.context.clock() + timedelta(hours=48)
        world.wait(hours=24)
        answer_question(world.context, "clerk", case_id, "Order 7")
    due_at = world.held(case_id).due_at
    assert due_at == world.context.clock() + timedelta(hours=5)
    world.wait(hours=1)
    world.verdict(case_id, "ask", question="And which now?", to="clerk")
    assert world.held(case_id).due_at == due_at
    answer_question(world.context, "clerk", case_id, "Order 7 still")
    assert world.held(case_id).due_at == due_at
    world.wait(hours=4)
    assert world.held(case_id).stage == 2
    world.check()


def test_there_are_ten_minutes_at_least(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.wait(hours=7.95)
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    world.wait(hours=2)
    answer_question(world.context, "clerk", case_id, "Order 7")
    held = world.held(case_id)
    assert held.due_at == held.timer_at == world.context.clock() + timedelta(minutes=10)
    world.wait(minutes=10)
    # and whoever gets it then has the whole time
    assert world.held(case_id).due_at == world.context.clock() + 8 * HOUR
    world.check()


def test_the_rungs_that_were_left_come_after_the_answer(a_world: Callable[..., World]) -> None:
    world = a_world(EVERY)
    case_id = world.submit(sure=0.8)
    world.wait(hours=6)
    holder = world.held(case_id).person
    world.verdict(case_id, "ask", by="deputy", question="Which order?", to="clerk")
    world.wait(hours=30)
    answer_question(world.context, "clerk", case_id, "Order 7")
    held = world.held(case_id)
    # who asked goes on, and as the backup has it alone
    assert (held.holders, held.due_at) == (("deputy",), world.context.clock() + 2 * HOUR)
    assert holder != "deputy"
    for _ in range(40):
        world.wait(hours=1)
    assert told(world, case_id)[3:] == ["escalated escalated", "escalated overdue", "expired"]
    world.check()


# A customer waits


def test_a_waiting_customer_brings_the_deadline_forward_once(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H, warn: PT7H, waiting: PT2H"))
    case_id = world.submit(sure=0.8)
    start = world.context.clock()
    world.wait(hours=1)
    case = somebody_waits(world.context, "robot", case_id, "Called twice")
    held = world.held(case_id)
    assert case.due_at == held.due_at == start + 3 * HOUR
    assert told(world, case_id) == ["customer_waits", "reminded"]
    assert body(world, case_id, "customer_waits")["because"] == "Called twice"
    world.wait(minutes=30)
    somebody_waits(world.context, "lead", case_id, "Called again")
    assert world.held(case_id).due_at == start + 3 * HOUR
    world.wait(hours=2)
    assert told(world, case_id) == ["customer_waits", "reminded", "warned", "escalated escalated"]
    world.check()


def test_a_process_that_cannot_go_on_brings_it_forward_too_by_its_own_time(
    a_world: Callable[..., World],
) -> None:
    world = a_world(sla("due: PT8H, remind: PT6H, waiting: PT4H, blocked: PT1H"))
    case_id, start = world.submit(sure=0.8), world.context.clock()
    somebody_waits(world.context, "lead", case_id, "Called")
    assert world.held(case_id).due_at == start + 4 * HOUR
    somebody_waits(world.context, "robot", case_id, "Order 7 cannot ship", who=Waiter.PROCESS)
    assert world.held(case_id).due_at == start + HOUR
    world.wait(minutes=10)
    somebody_waits(world.context, "robot", case_id, "Order 8 cannot ship", who=Waiter.PROCESS)
    assert told(world, case_id) == ["customer_waits", "reminded", "process_waits"]
    assert body(world, case_id, "process_waits")["because"] == "Order 7 cannot ship"
    world.wait(hours=1)
    assert told(world, case_id)[3:] == ["escalated escalated"]
    world.check()


def test_where_the_map_says_nothing_a_waiting_customer_only_reminds(world: World) -> None:
    case_id = world.submit(sure=0.8)
    due_at = world.held(case_id).due_at
    somebody_waits(world.context, "lead", case_id, "Called")
    assert (told(world, case_id), world.held(case_id).due_at) == (["customer_waits", "reminded"], due_at)
    world.wait(hours=8)
    assert told(world, case_id) == ["customer_waits", "reminded", "escalated escalated"]
    world.check()


def test_who_cannot_say_that_a_customer_waits(world: World) -> None:
    case_id = world.submit(sure=0.8)
    with pytest.raises(InvalidInput):
        somebody_waits(world.context, "lead", case_id, " ")
    with pytest.raises(NotFound):
        somebody_waits(world.context, "clerk", case_id, "Called")
    world.verdict(case_id, "reject")
    with pytest.raises((Conflict, Forbidden)):
        somebody_waits(world.context, "lead", case_id, "Called")
    world.check()


# What the page says of a question


def test_what_is_left_of_a_reviewers_time(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H, time: working", "ask: {within: PT24H}"))
    case_id = world.submit(sure=0.8)
    holder = world.held(case_id).person
    world.wait(hours=2)
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    world.wait(hours=20)
    found = paused(world.context, world.case(case_id), world.held(case_id))
    # what had passed when it was asked, and no more
    assert (found.asked, found.asks, found.left, found.working) == ("clerk", holder, 6 * HOUR, True)


def test_a_clock_that_runs_on_is_said_so(a_world: Callable[..., World]) -> None:
    world = a_world(sla("due: PT8H", "ask: {within: PT2H, clock: run}"))
    case_id = world.submit(sure=0.8)
    due_at = world.held(case_id).due_at
    world.verdict(case_id, "ask", question="Which order?", to="clerk")
    found = paused(world.context, world.case(case_id), world.held(case_id))
    assert (found.left, found.due_at) == (None, due_at)


# Random lives


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in range(3, 8))])
def test_time_alone_never_approves(a_world: Callable[..., World], seed: int) -> None:
    """Nobody decides anything, whatever else they do: no action is ever planned, and nothing is doubled."""
    chance = random.Random(seed)
    rungs = sorted(chance.sample(range(1, 60), 5))
    ends = chance.choice(("", "reject", "closed"))
    names = ("remind", "warn", "share", "due")
    keys = ", ".join(f"{name}: PT{after}H" for name, after in zip(names, rungs, strict=False))
    keys += ", waiting: PT30M"
    keys += f", expire: {{after: PT{rungs[4]}H, to: {ends}}}" if ends else ""
    keys += chance.choice(("", ", time: working")) + ", at_risk: warn"
    world = a_world(sla(keys, chance.choice(("", "ask: {within: PT9H, clock: run}", "ask: {within: P1D}"))))
    ids = [world.submit(sure=0.8, key=f"k{n}", total=f"{n + 1}00 EUR") for n in range(3)]
    for _ in range(60):
        world.wait(minutes=chance.choice((1, 30, 200, 700, 4_000)))
        case_id, by = chance.choice(ids), chance.choice(("ann", "spec", "deputy", "lead", "boss"))
        with suppress(Conflict, Forbidden, NotFound):
            match chance.randrange(6):
                case 0:
                    somebody_waits(world.context, by, case_id, "Called")
                case 1:
                    claim(world.context, by, case_id)
                case 2:
                    world.verdict(
                        case_id, "ask", by=by, question="Which?", to=chance.choice(("clerk", "dev.two"))
                    )
                case 3:
                    answer_question(world.context, "clerk", case_id, "This one")
        world.check()
    for case_id in ids:
        assert (world.bench.actions(case_id), [v for v in world.verdicts(case_id) if v.final]) == ([], [])
        assert world.case(case_id).state in (CaseState.WAITING, CaseState.ASKING, CaseState.REJECTED)
        rungs_of = Counter(told(world, case_id))
        rungs_of.pop("reminded", None)  # of every question as well
        assert max(rungs_of.values(), default=1) <= 1 + rungs_of["customer_waits"]


def test_of_holder_backup_and_expiry_at_the_same_moment_one_wins(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(sla("due: PT8H, share: PT6H, expire: {after: PT9H, to: reject}"))
    ids = []
    for number in range(12):
        ids.append(world.submit(sure=0.8, key=f"k{number}"))
        world.bench.clock.move(timedelta(seconds=1))
    world.wait(hours=6)
    world.wait(hours=2)
    world.bench.clock.move(HOUR)
    monkeypatch.setattr("surehand.flow.escalate._AT_ONCE", 1)  # the next of them expires as both decide it
    for case_id in ids:
        both = [
            partial(submit_verdict, world.context, name, case_id, Answer(kind="reject"))
            for name in ("ann", "deputy")
        ]
        results = together(*both, partial(escalate, world.context))
        given = [result for result in results[:2] if not isinstance(result, Exception)]
        assert all(isinstance(one, Conflict) for one in results[:2] if isinstance(one, Exception)), results
        expired = "expired" in told(world, case_id)
        assert len(given) + expired == 1, results
        assert len(world.verdicts(case_id)) == len(given)
    world.run()
    world.check()
