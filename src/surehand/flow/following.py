"""What a caller who waits for a case runs itself: claimed in the transaction that made it due."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from surehand.core.actions import UNDO
from surehand.core.case import Action, Case, Judgement, Verdict
from surehand.core.passage import Change
from surehand.store.plans import Approval, Plans
from surehand.store.work import Work


@dataclass(slots=True)
class Following:
    """Of one caller.

    items      claimed for it and not begun
    cases      as they were when they were last saved, by id
    actions    that it saved, by key
    approvals  that it saved, by case id
    restored   this database was restored from a backup once
    fed        what is due was claimed since `advance_now` last looked

    What is remembered holds while nobody else can have claimed work of the case: as long as a lease lasts
    after it was saved, and not beyond the work that was claimed with it.
    """

    items: list[Work] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=dict)
    restored: bool = False
    fed: bool = False

    def comes(self, case: Case, change: Change, items: Iterable[Work], *, restored: bool) -> None:
        """A change of a case was saved, and this became due of it, which is the caller's."""
        self.cases[case.id] = case
        self.items.extend(items)
        self.fed = True
        self.restored |= restored
        for record in (*change.added, *change.updated):
            if isinstance(record, Action):
                self.actions[record.key] = record
            elif isinstance(record, Judgement | Verdict) and (given := Approval.of(record)) is not None:
                self.approvals.setdefault(case.id, []).append(given)

    def taken(self) -> list[Work]:
        """All that was claimed and not begun; it is begun now."""
        items, self.items = self.items, []
        return items

    def forget(self) -> None:
        """Others may have gone on with these cases."""
        self.cases.clear()
        self.actions.clear()
        self.approvals.clear()

    def case(self, id: str, *, since: datetime) -> Case | None:
        """A case as it was saved, if that was no longer ago."""
        found = self.cases.get(id)
        return found if found is not None and found.updated_at >= since else None

    def plans(self, item: Work, *, since: datetime) -> Plans | None:
        """What an action is judged by, where the caller has just saved all of it; else it has to be read.

        Saving what came of it compares the case anyway, so a person who was faster is noticed as ever.
        """
        case, action = self.case(item.case_id, since=since), self.actions.get(item.ref)
        if case is None or action is None or case.revoking or self.restored or item.ref.endswith(UNDO):
            return None
        if action.authority.get("with"):
            return None  # others have approved it before
        by, point = action.authority.get("by"), action.authority.get("point")
        approvals = [
            given
            for given in self.approvals.get(case.id, ())
            if (given.point, given.round, given.by) == (point, action.round, by)
        ]
        if point is not None and not approvals:
            return None
        return Plans({action.key: action}, {case.id: case}, {case.id: approvals}, None)
