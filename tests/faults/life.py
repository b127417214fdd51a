"""What should become of a case, told without the product: an oracle for the state machine in `test_life`.

It knows the process of `tests.flow.world`, its people, and the rules that the documentation promises. It
imports nothing of Surehand.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
LEAST = timedelta(minutes=10)

MEMBERS = ("ann", "bo", "spec")
DECIDERS = frozenset({"ann", "bo", "spec", "deputy", "lead", "boss"})
BO_MAY = 500
ATTEMPTS = 3

#: Questions for which a clock stands.
PAUSES = 3

#: Kind of matter -> how long an answer may take, when a reminder comes, who is next above.
CLOCKS = {
    "decide": (8 * HOUR, 6 * HOUR, ("lead", "deputy", "lead", "boss")),
    "exception": (2 * HOUR, None, ("deputy", "lead", "boss")),
    "repair": (24 * HOUR, None, ("deputy", "lead", "boss")),
}

#: A repair is first handed over with the clock of the decision that it comes from.
FIRST_REPAIR = (8 * HOUR, 6 * HOUR)


class Refused(Exception):
    """This person may not, or may not even know."""


class Lost(Exception):
    """The case does not stand where that could be done."""


class Senseless(Exception):
    """It cannot be done with these words."""


@dataclass(frozen=True)
class Held:
    """Who has a case, for what, until when.

    paused  questions for which the clock stood
    """

    kind: str
    person: str
    opened: datetime
    due: datetime
    timer: datetime | None
    stage: int = 0
    about: str = ""
    asker: str = ""
    before: "Held | None" = None
    asked: datetime | None = None
    paused: int = 0

    @property
    def matter(self) -> str:
        """What a question is about; otherwise what it is."""
        return self.about if self.kind == "answer" else self.kind


@dataclass
class Payment:
    """One action `pay`, in one round."""

    state: str = "planned"
    attempt: int = 0
    due: datetime | None = None
    paid: int = 0


@dataclass
class Life:
    """One case.

    words  what the bank does at the next calls
    mute   it never says whether it paid
    lease  how long the work of a dead worker stays claimed
    first  the total that it was submitted with
    editor  who corrected it last
    past    it went beyond the refund
    had     who was given it at some time
    passed  what somebody passed up in a round: the second time its clock goes on
    """

    key: str
    submitter: str
    sure: float
    total: int
    angry: bool
    words: list[str]
    mute: bool
    lease: timedelta = timedelta()
    state: str = "running"
    round: int = 1
    judged: bool = False
    held: Held | None = None
    payments: dict[int, Payment] = field(default_factory=dict)
    sent: int = 0
    taken_back: int = 0
    finals: set[tuple[str, int]] = field(default_factory=set)
    outcomes: int = 0
    decided: bool = False
    first: int = 0
    editor: str | None = None
    past: bool = False
    had: set[str] = field(default_factory=set)
    passed: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.first = self.total

    def __setattr__(self, name: str, value: Any) -> None:
        """Who had it once goes on seeing it; past the refund nobody knows what sum is at stake."""
        super().__setattr__(name, value)
        if name == "held" and value is not None and value.person:
            self.had.add(value.person)
        if name == "state" and value == "done":
            self.past = True

    @property
    def payment(self) -> Payment | None:
        """The newest."""
        return self.payments[max(self.payments)] if self.payments else None


@dataclass
class Oracle:
    """All cases, and the time."""

    now: datetime
    lives: dict[str, Life] = field(default_factory=dict)

    # Who may

    def may_decide(self, life: Life, person: str) -> bool:
        """Role, queue, limit, and nobody their own."""
        limited = person == "bo" and life.judged and life.total > BO_MAY
        return person in DECIDERS and person != life.submitter and not limited

    def may_see(self, life: Life, person: str) -> bool:
        """People of the queue and owners, and whoever sent it; what is beyond somebody only who had it."""
        beyond = person == "bo" and life.judged and (life.total > BO_MAY or life.past)
        return person == life.submitter or (person in DECIDERS and (not beyond or person in life.had))

    def _standing(self, life: Life, person: str) -> Held:
        """The matter that this person may decide now. Raises Refused or Lost, in the order of the product."""
        if not self.may_see(life, person):
            raise Refused
        if life.held is None or life.held.kind == "answer":
            raise Lost
        if not self.may_decide(life, person):
            raise Refused
        return life.held

    # What time brings

    def at(self, now: datetime) -> None:
        """The engine has done all that was due at this moment."""
        self.now = now
        for life in self.lives.values():
            if life.held is not None and life.held.timer is not None and life.held.timer <= now:
                self._climb(life, life.held)
        while due := self._due():
            self._pay(due[0])

    def _due(self) -> list[Life]:
        found = [life for life in self.lives.values() if self._pending(life)]
        return sorted(found, key=lambda life: life.payment.due)  # type: ignore[union-attr,arg-type,return-value]

    def _pending(self, life: Life) -> bool:
        payment = life.payment
        return (
            life.state == "acting" and payment is not None and payment.due is not None
            and payment.due <= self.now
        )  # fmt: skip

    def _climb(self, life: Life, held: Held) -> None:
        """Remind, pass on, hand to the process owner; a question comes back to whoever asked."""
        if held.stage == 0 and self.now < held.due:
            life.held = replace(held, stage=1, timer=held.due)
        elif held.kind == "answer":
            self._hand_back(life, held)
        elif held.stage <= 1:
            usual = CLOCKS[held.kind][0] if held.kind in ("decide", "exception") else None
            period = usual or max(held.due - held.opened, HOUR)
            until = self.now + period
            above = self._above(held.kind, held.person)
            life.held = replace(held, stage=2, person=above, due=until, timer=until)
        else:
            life.held = replace(held, stage=3, person="boss", timer=None)

    def _above(self, kind: str, *but: str) -> str:
        return next(name for name in CLOCKS[kind][2] if name not in but)

    # The engine

    def arrive(self, life: Life) -> None:
        """A new case, as far as the engine comes alone."""
        self.lives[life.key] = life
        self._route(life)

    def _route(self, life: Life) -> None:
        if life.angry:
            self._give(life, "exception", "spec")
            return
        life.judged = True
        if life.sure > 0.9:
            self._answer(life, pays=True)
            return
        able = [name for name in MEMBERS if self.may_decide(life, name)]
        loads = {name: sum(o.held.person == name for o in self.lives.values() if o.held) for name in able}
        chosen = min(able, key=lambda name: (loads[name], name))
        # whoever corrected it last knows it
        knows = life.editor if life.editor is not None and self.may_decide(life, life.editor) else None
        self._give(life, "decide", knows or chosen)

    def _give(self, life: Life, kind: str, person: str) -> None:
        due, remind, _ = CLOCKS[kind]
        timer = self.now + (remind or due)
        life.state, life.held = "waiting", Held(kind, person, self.now, self.now + due, timer)

    def _answer(self, life: Life, *, pays: bool) -> None:
        life.held, life.decided = None, True
        if pays:
            life.state, life.payments[life.round] = "acting", Payment(due=self.now)
        else:
            self._finish(life)

    def _finish(self, life: Life) -> None:
        """Nothing holds the case up behind the payment."""
        life.state, life.held, life.sent = "done", None, 1

    def _pay(self, life: Life) -> None:
        """One attempt, or one question to the bank."""
        payment = life.payment
        assert payment is not None
        if payment.state in ("running", "unknown"):
            self._ask_bank(life, payment)
            return
        payment.attempt += 1
        word = life.words.pop(0) if life.words else "ok"
        payment.paid += word in ("ok", "timeout", "die after")
        match word:
            case "ok":
                self._paid(life, payment)
            case "temporary" | "refused":
                self._again(life, payment, "planned", "failed")
            case "permanent" | "forbidden":
                self._broken(life, payment, "failed")
            case "timeout" | "lost":
                payment.state, payment.due = "unknown", self.now + _pause(payment.attempt)
            case _:
                payment.state, payment.due = "running", self.now + life.lease

    def _ask_bank(self, life: Life, payment: Payment) -> None:
        if life.mute:
            payment.attempt += 1
            self._again(life, payment, "unknown", "unknown")
        elif payment.paid:
            self._paid(life, payment)
        elif payment.attempt >= ATTEMPTS:
            self._broken(life, payment, "failed")
        else:
            payment.state, payment.due = "planned", self.now

    def _paid(self, life: Life, payment: Payment) -> None:
        payment.state, payment.due = "done", None
        self._finish(life)

    def _again(self, life: Life, payment: Payment, state: str, at_last: str) -> None:
        if payment.attempt >= ATTEMPTS:
            self._broken(life, payment, at_last)
        else:
            payment.state, payment.due = state, self.now + _pause(payment.attempt)

    def _broken(self, life: Life, payment: Payment, state: str) -> None:
        """A person settles it, a specialist first."""
        payment.state, payment.due = state, None
        self._give(life, "repair", "spec")
        due, remind = FIRST_REPAIR
        assert life.held is not None
        life.held = replace(life.held, due=self.now + due, timer=self.now + remind)

    # What people do

    def approve(self, life: Life, person: str, value: str | None = None) -> None:
        held = self._standing(life, person)
        if held.kind == "repair":
            self._repair(life, value)
            return
        life.finals.add((held.kind, life.round))
        if held.kind == "exception":
            life.held = None
            angry, life.angry = life.angry, False
            self._route(life)
            life.angry = angry
        else:
            self._answer(life, pays=value != "reject")

    def _repair(self, life: Life, value: str | None) -> None:
        payment = life.payment
        assert payment is not None
        if value == "happened":
            life.finals.add(("repair", life.round))
            life.held = None
            self._paid(life, payment)
        elif value == "retry":
            life.held, life.state = None, "acting"
            payment.state, payment.attempt, payment.due = "planned", 0, self.now
        else:
            raise Senseless

    def reject(self, life: Life, person: str) -> None:
        held = self._standing(life, person)
        life.finals.add((held.kind, life.round))
        if held.kind == "decide":
            self._answer(life, pays=False)
            return
        if held.kind == "repair" and life.payment is not None:
            life.payment.state = "abandoned"
        life.state, life.held = "rejected", None

    def edit(self, life: Life, person: str, total: int) -> None:
        held = self._standing(life, person)
        payment = life.payment
        if held.kind == "repair" and payment is not None and payment.state == "unknown":
            raise Senseless
        if total == life.total:
            raise Senseless
        if held.kind == "repair" and payment is not None:
            payment.state = "abandoned"
        life.finals.add((held.kind, life.round))
        life.round, life.total, life.held, life.decided = life.round + 1, total, None, False
        behind = held.kind != "exception"
        angry, life.angry = life.angry, life.angry and not behind
        life.editor = person
        self._route(life)
        life.angry = angry

    def ask(self, life: Life, person: str) -> None:
        held = self._standing(life, person)
        human = [life.submitter] if life.submitter != "robot" else []
        to = next(name for name in (*human, "lead", "boss") if name != person)
        within = 4 * HOUR if held.kind == "decide" else 24 * HOUR
        until = remind = self.now + within
        if held.paused >= PAUSES:  # the clock runs on, so the answer is wanted before its end
            until = min(until, held.due) if held.due > self.now else until
            remind = self.now + (until - self.now) / 2
        life.state = "asking"
        life.held = Held(
            "answer", to, self.now, until, remind, about=held.kind, asker=person, before=held, asked=self.now
        )

    def answer(self, life: Life, person: str) -> None:
        if not self.may_see(life, person):
            raise Refused
        if life.held is None or life.held.kind != "answer":
            raise Lost
        if person not in (life.held.person, life.submitter):
            raise Refused
        self._hand_back(life, life.held)

    def _hand_back(self, life: Life, held: Held) -> None:
        """Whoever asked goes on with the time that was left, and ten minutes at least; three times."""
        before, asked = held.before, held.asked
        assert before is not None
        assert asked is not None
        life.state = "waiting"
        if before.paused >= PAUSES:
            life.held = replace(before, person=held.asker, opened=self.now)
            return
        due = self.now + max(before.due - asked, LEAST)
        timer = due if before.timer is not None else None
        if before.timer is not None and before.timer < before.due:
            timer = self.now + max(before.timer - asked, timedelta(0))
        life.held = Held(
            before.kind, held.asker, self.now, due, timer, stage=before.stage, paused=before.paused + 1
        )

    def escalate(self, life: Life, person: str) -> None:
        held = self._standing(life, person)
        self._give(life, held.kind, self._above(held.kind, held.person, person))
        assert life.held is not None
        here = held.kind, life.round
        if here in life.passed:
            life.held = replace(
                life.held, due=held.due, timer=held.timer, stage=held.stage, paused=held.paused
            )
        life.passed.add(here)

    def claim(self, life: Life, person: str) -> None:
        life.held = replace(self._standing(life, person), person=person)

    def take_back(self, life: Life, person: str) -> None:
        if not self.may_see(life, person) or not life.payments:
            raise Refused
        payment = life.payment
        assert payment is not None
        if life.state not in ("done", "rejected") or payment.state != "done":
            raise Lost
        if not self.may_decide(life, person):
            raise Refused
        payment.state, life.taken_back = "undone", 1

    def report(self, life: Life, person: str) -> None:
        if not self.may_see(life, person):
            raise Refused
        if not life.decided:
            raise Lost
        life.outcomes += 1


def _pause(attempt: int) -> timedelta:
    """Half a second, doubling: the draw of the test is the shortest."""
    return timedelta(seconds=0.5) * (1 << (attempt - 1))
