"""What a caller who waits for a case runs itself: claimed in the transaction that made it due."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from surehand.core.case import Case
from surehand.store.work import Work


@dataclass(slots=True)
class Following:
    """Of one caller.

    items  claimed for it and not begun
    cases  as they were when they were last saved, by id
    fed    what is due was claimed since `advance_now` last looked
    """

    items: list[Work] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    fed: bool = False

    def comes(self, case: Case, items: Iterable[Work]) -> None:
        """This became due of a case, and is the caller's."""
        self.cases[case.id] = case
        self.items.extend(items)
        self.fed = True

    def taken(self) -> list[Work]:
        """All that was claimed and not begun; it is begun now."""
        items, self.items = self.items, []
        return items
