"""The demo as its pages see it: what just happened, a training, a cent that was changed."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from surehand.core.case import Case, CaseState
from surehand.demo import cent, lesson
from surehand.demo.cent import Cent
from surehand.demo.lesson import Lesson
from surehand.demo.mail import INVOICES, Letter, misread, plain
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.verify import verify
from surehand.store import cases, labels
from surehand.web.fields import label
from surehand.web.views import (
    CentView,
    FindingView,
    LearnedField,
    LessonView,
    PersonView,
    ShellView,
    TourView,
)

REVIEWER = "ap.clerk"


@dataclass(frozen=True, slots=True)
class Happened:
    """What came of the mail.

    wrong     of those that ran alone, the cases that should not have been paid as they were
    first     a case to begin with, reviewer who has it; misread: one of its values was read wrongly
    """

    came: int
    alone: int
    wrong: tuple[str, ...]
    waiting: Mapping[str, int]
    events: int
    seconds: float
    holds: bool
    first: str | None
    reviewer: str
    misread: bool


def happened(
    context: Context, mail: Sequence[Letter], ids: Sequence[str], later: Sequence[Letter] = ()
) -> Happened:
    """Compare what was done with what is true of each paper, and check the audit trail.

    later  letters that did not come in yet; the case to begin with is of a supplier who has some there
    """
    letters = {letter.key: letter for letter in mail}
    with context.db.read() as connection:
        found = cases.load(connection, ids)
        held = cases.open_assignments(connection, ids)
    paid = [case for case in found.values() if _alone(case)]
    waiting: dict[str, int] = {}
    for assignment in held.values():
        waiting[assignment.person] = waiting.get(assignment.person, 0) + 1
    started = monotonic()
    proof = verify(context)
    wrong = [c for c in paid if not letters[c.key].good or misread(letters[c.key], c)]
    bills = [found[id] for id, one in held.items() if one.kind == "decide" and found[id].process == INVOICES]
    odd = sorted(
        (case for case in bills if misread(letters[case.key], case)),
        key=lambda case: _worth_learning(letters[case.key], case, later),
    )
    first = next(iter([*odd, *bills]), None)
    return Happened(
        came=len(found), alone=len(paid), wrong=tuple(case.id for case in wrong), waiting=waiting,
        events=proof.events, seconds=monotonic() - started, holds=proof.holds,
        first=first.id if first else None, reviewer=first.owner if first else REVIEWER, misread=bool(odd),
    )  # fmt: skip


def _worth_learning(letter: Letter, case: Case, later: Sequence[Letter]) -> tuple[int, int, int]:
    """Lowest for a case whose correction will show: one value of a supplier with more invoices to come."""
    more = min(len(lesson.of_suppliers({plain(letter.truth["supplier"])}, later)), lesson.FRESH)
    wrong = misread(letter, case)
    return (-more, "supplier" not in wrong, len(wrong))


def _alone(case: Case) -> bool:
    return case.state is CaseState.DONE and all(answer["by"] == "policy" for answer in case.answers.values())


@dataclass(slots=True)
class Visit:
    """One visitor's demo. Its methods are called from the server's threads.

    later     letters that did not come in yet; the lesson draws fresh papers from them
    database  the SQLite file
    plug      the line that pulls the plug
    """

    context: Context
    told: Happened
    later: list[Letter]
    database: Path
    plug: str
    seed: int
    _lesson: Lesson | None = None
    _cent: Cent | None = None
    _found: tuple[str, ...] = ()
    _trouble: str = ""
    _learning: tuple[str, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shown(self, shell: ShellView, people: tuple[PersonView, ...]) -> TourView:
        """See `web.pages_tour.Tour`."""
        with self.context.db.read() as connection:
            decided = list(labels.decided(connection, INVOICES, limit=1_000))
        return TourView(
            shell=shell, findings=_findings(self.told), reviewer=self.told.reviewer, first=self._first(),
            misread=self.told.misread,
            decided=len(decided), corrected=sum(bool(case.corrected) for case in decided),
            plug=self.plug, seed=self.seed,
            lesson=_lesson_view(self._lesson) if self._lesson else None, learning=self._learning,
            cent=_cent_view(self._cent, self._found) if self._cent else None, trouble=self._trouble,
            people=people,
        )  # fmt: skip

    def _first(self) -> str | None:
        """The case to begin with, as long as it waits."""
        first = self.told.first
        if first is None:
            return None
        with self.context.db.read() as connection:
            return first if first in cases.open_assignments(connection, [first]) else None

    def busy(self) -> bool:
        """See `web.pages_tour.Tour`."""
        return self._learning is not None

    def learn(self) -> None:
        """See `web.pages_tour.Tour`."""
        with self._lock:
            if self._learning is not None:
                return
            self._learning, self._trouble = ("Looking at what was decided", 0.0), ""
        threading.Thread(target=self._learn, daemon=True).start()

    def _learn(self) -> None:
        try:
            self._lesson = lesson.learned(self.context, self.later, progress=self._progress)
            fresh = set(self._lesson.keys)
            self.later = [letter for letter in self.later if letter.key not in fresh]
        except SurehandError as error:
            self._trouble = f"{error.detail}."
        finally:
            self._learning = None

    def _progress(self, what: str, share: float) -> None:
        self._learning = (what.replace("_", " "), share)

    def change_a_cent(self) -> None:
        """See `web.pages_tour.Tour`."""
        with self._lock:
            if self._cent is not None:
                return
            try:
                self._cent, self._trouble = cent.changed(self.database), ""
            except SurehandError as error:
                self._trouble = f"{error.detail}."
                return
        self._found = tuple(f"{one.chain}: {one.problem}" for one in verify(self.context).findings)

    def put_back(self) -> None:
        """See `web.pages_tour.Tour`."""
        with self._lock:
            if self._cent is not None:
                cent.put_back(self.database, self._cent)
            self._cent, self._found = None, ()


def _findings(told: Happened) -> tuple[FindingView, ...]:
    people, waiting = len(told.waiting), sum(told.waiting.values())
    share = f"{len(told.wrong) / told.alone * 100:.1f} %" if told.alone else "none"
    most = max(told.waiting, key=lambda name: told.waiting[name]) if told.waiting else ""
    whole = "none is missing or altered" if told.holds else "some do not hold"
    return (
        FindingView(
            said=f"{told.came:,} papers came in. {told.alone:,} were paid without a person.",
            more=f"{len(told.wrong):,} of those should not have been: {share}.",
            href=f"/cases/{told.wrong[0]}" if told.wrong else "/cases?state=done",
            link="One that should not" if told.wrong else "The cases",
        ),
        FindingView(
            said=f"{waiting:,} went to {people} people, each by name and within their limits.",
            more=f"{told.waiting[most]:,} wait for {most}." if most else "",
            href="/tour#learn", link="Be one of them",
        ),
        FindingView(
            said=f"{told.events:,} events are on record.",
            more=f"Checked in {told.seconds:.1f} s: {whole}.",
            href=f"/cases/{told.first}" if told.first else "", link="One case, start to end",
        ),
    )  # fmt: skip


def _lesson_view(done: Lesson) -> LessonView:
    fields = tuple(
        LearnedField(label=label(one.field), before=one.before, after=one.after, sure=one.sure)
        for one in done.fields
    )
    return LessonView(
        seconds=done.seconds, cases=done.cases, corrected=sum(done.corrected.values()),
        suppliers=done.suppliers, fresh=done.fresh, alone=done.alone, fields=fields, case_ids=done.case_ids,
    )  # fmt: skip


def _cent_view(changed: Cent, found: tuple[str, ...]) -> CentView:
    return CentView(case_id=changed.case_id, before=changed.before, after=changed.after, found=found)


def summary(told: Happened) -> dict[str, Any]:
    """What just happened, as JSON."""
    return {
        "came": told.came, "alone": told.alone, "wrong": list(told.wrong), "waiting": dict(told.waiting),
        "events": told.events, "holds": told.holds,
    }  # fmt: skip
