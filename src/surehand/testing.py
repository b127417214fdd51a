"""For tests of processes: a deployment on a database of its own, with a clock that the test moves.

with trial(Path("deployment")) as bench:
    case = bench.submit("expense-receipts", {"total": "12.50 EUR"})
    assert bench.case(case.id).state == "done"
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surehand.app import Surehand, assembled
from surehand.core.case import Action, Assignment, Case, Verdict
from surehand.core.hearing import Answer
from surehand.flow.intake import Submission, submit
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain, sweep
from surehand.store import cases
from surehand.store.audit import Checkpoints
from surehand.store.database import opened


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """Aware UTC now."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


@dataclass(frozen=True, slots=True)
class Trial:
    """A deployment under test. Nothing runs by itself: `run` does what is due now."""

    surehand: Surehand
    clock: Clock

    def submit(
        self,
        process: str,
        input: Mapping[str, Any],
        *,
        key: str | None = None,
        by: str = "tester",
        **more: Any,
    ) -> Case:
        """Take one item in and run what is due. Further arguments are those of `Submission`."""
        submission = Submission(process=process, input=input, key=key, **more)
        accepted = submit(self.surehand.context, submission, submitter=by)
        self.run()
        return self.case(accepted.case.id)

    def run(self) -> None:
        """Sweep once, then work until nothing is due at this moment."""
        sweep(self.surehand.context)
        while drain(self.surehand.context):
            pass

    def wait(self, by: timedelta) -> None:
        """Let time pass, then do what it brought."""
        self.clock.move(by)
        self.run()

    def verdict(self, case_id: str, kind: str, *, by: str | None = None, **answer: Any) -> Case:
        """Give a verdict, as whoever has the case unless `by` says otherwise, and run what follows."""
        person = by or self.assignment(case_id).person
        submit_verdict(self.surehand.context, person, case_id, Answer(kind=kind, **answer))
        self.run()
        return self.case(case_id)

    def case(self, case_id: str) -> Case:
        """The case as it is now. Raises KeyError."""
        with self.surehand.context.db.read() as connection:
            return cases.load(connection, [case_id])[case_id]

    def assignment(self, case_id: str) -> Assignment:
        """Its open assignment. Raises KeyError."""
        with self.surehand.context.db.read() as connection:
            return cases.open_assignments(connection, [case_id])[case_id]

    def actions(self, case_id: str) -> list[Action]:
        """Its actions, oldest first."""
        with self.surehand.context.db.read() as connection:
            return cases.actions_of(connection, case_id)

    def verdicts(self, case_id: str) -> list[Verdict]:
        """Its verdicts, oldest first."""
        with self.surehand.context.db.read() as connection:
            return cases.verdicts(connection, case_id)


@contextmanager
def trial(
    folder: Path, *, database: str | None = None, now: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
) -> Iterator[Trial]:
    """Assemble a deployment for a test.

    database  URL; by default a SQLite file that is thrown away, with its checkpoints. The deployment's own
              database is never touched.
    """
    with TemporaryDirectory(prefix="surehand-trial-") as scratch:
        db = opened(database or f"sqlite:///{scratch}/trial.db")
        surehand = assembled(folder, database=db)
        clock = Clock(now)
        surehand.context.clock = clock
        surehand.context.draw = lambda: 0.0
        if database is None:
            surehand.context.checkpoints = Checkpoints(Path(scratch) / "audit")
        try:
            yield Trial(surehand, clock)
        finally:
            surehand.close()
