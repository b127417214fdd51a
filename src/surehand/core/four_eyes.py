"""Several people have to agree before something sensitive runs: how many, on what, and who is left to ask.

Approvals count for one answer in one round: a material edit opens a new round, in which none of them stands.
A refusal needs one person, where nothing runs because of it. Of answers that agree only within a tolerance
the first one is what runs, and who agrees with it approves just that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surehand.core.answering import refusal, same_answer
from surehand.core.authority import Warrant
from surehand.core.case import Assignment, Case, Verdict
from surehand.core.sensitive import FourEyes
from surehand.core.steps import DecisionPoint


@dataclass(frozen=True, slots=True)
class Asked:
    """What a map asks for of a case.

    people   how many have to agree; 1: nobody besides who decides
    because  why, in the words of the map
    """

    people: int = 1
    because: tuple[str, ...] = ()

    @property
    def plain(self) -> dict[str, Any] | None:
        """As the judgement keeps it; None where nobody else is asked."""
        return {"people": self.people, "because": list(self.because)} if self.people > 1 else None

    @property
    def held(self) -> dict[str, Any] | None:
        """As the assignment keeps it, before anybody agreed."""
        return {"people": self.people, "agreed": []} if self.people > 1 else None


#: Whoever decides does so alone.
NOBODY_ELSE = Asked()


def asked(rows: Iterable[tuple[FourEyes, bool | None]], stake: Decimal | None) -> Asked:
    """The most that any row asks for.

    rows   each with whether its condition holds; None: that cannot be told, so it counts
    stake  None: not known, so that any limit may be passed
    """
    hit = [row for row, holds in rows if holds is not False and reaches(row, stake)]
    return Asked(max((row.people for row in hit), default=1), tuple(row.because for row in hit))


def reaches(row: FourEyes, stake: Decimal | None) -> bool:
    """What is at stake is as much as the row is for."""
    return row.above is None or stake is None or abs(stake) > row.above


#: Verdicts that answer a decision point; of two people one may edit the answer, and the other approve that.
ANSWERS = ("approve", "reject", "edit")


def approvals(verdicts: Iterable[Verdict], point: str, round: int) -> list[Verdict]:
    """Answers at a decision point in a round that did not decide it alone, oldest first."""
    given = (one for one in verdicts if (one.point, one.round) == (point, round) and one.kind in ANSWERS)
    return sorted((one for one in given if not one.final), key=lambda one: one.serial)


def humans(given: Iterable[Verdict]) -> frozenset[str]:
    """The people behind some verdicts, those included whose authority was lent."""
    return frozenset(name for one in given for name in (one.person, one.behalf) if name is not None)


def editors(case: Case) -> frozenset[str]:
    """Who gave a value of the case: they made the proposal that others have to agree to."""
    return frozenset(reading["person"] for reading in case.readings.values() if reading.get("person"))


def agreeing(point: DecisionPoint, given: Sequence[Verdict], value: Any) -> list[Verdict]:
    """Those of some approvals that gave this answer, and let the same run."""
    alike = [one for one in given if same_answer(point, one.value, value)]
    return [one for one in alike if one.approves == alike[0].approves]


def enough(
    point: DecisionPoint, given: Sequence[Verdict], value: Any, *, people: int, runs: bool = True
) -> bool:
    """With one more approval of this answer it stands.

    runs  the answer lets something run; a refusal that does is agreed to like any other answer
    """
    refused = refusal(point)
    if not runs and refused is not None and same_answer(point, value, refused):
        return True
    return len(agreeing(point, given, value)) + 1 >= people


def outside(given: Assignment, warrant: Warrant | None) -> list[str]:
    """Who decides it, or agreed to it, only because it was given to them."""
    before = list((given.eyes or {}).get("outside", ()))
    return [*before, warrant.person] if warrant is not None and warrant.outside else before


def after(people: int, agreed: Iterable[str], outside: Iterable[str]) -> dict[str, Any]:
    """As the next assignment keeps it, after somebody agreed."""
    held: dict[str, Any] = {"people": people, "agreed": sorted(agreed)}
    return {**held, "outside": there} if (there := list(outside)) else held


def note(given: Assignment) -> str:
    """What whoever is given it is to know of it, a sentence; '' where one person decides."""
    if given.eyes is None:
        return ""
    if given.eyes["agreed"]:
        return f"{given.because}."
    return f"{given.eyes['people']} different people have to agree to it."


def told(eyes: Mapping[str, Any] | None, names: Sequence[str], answers: Sequence[Any], people: int) -> str:
    """Why somebody else is asked, in words: who answered so far, and whether they did alike."""
    said = "; ".join(str(one) for one in (eyes or {}).get("because", ()))
    alike = all(one == answers[0] for one in answers)
    how = "agreed" if alike else "answered differently"
    return f"{people} people have to agree{f' ({said})' if said else ''}: {' and '.join(names)} {how}"
