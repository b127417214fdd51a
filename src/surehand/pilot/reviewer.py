"""A scripted reviewer who answers whatever a person is asked, through what the desk uses.

The truth is known, so it is what is answered; now and then, drawn for each answer, something else is.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.answering import may_fit_none, same_answer
from surehand.core.case import BESIDE, Assignment
from surehand.core.hearing import FAILED, MISSING, Answer
from surehand.core.steps import Decide, DecisionPoint, Verify
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound, SurehandError
from surehand.flow.context import Context
from surehand.flow.review import answer_question, submit_verdict
from surehand.pilot.lines import Line, Lines
from surehand.store import cases
from surehand.store.cases import Dossier

#: Decisions after which a check, and anything else that is asked, is answered at the latest.
CHECKS, REVIEWS = 50, 200

#: How often an assignment is looked at again that could not be answered because its case moved on.
_MOST_TRIES = 3

#: Rounds of a case after which fields are not corrected any more.
_MOST_ROUNDS = 3

_NOTE = "answered by the reviewer of a pilot"


@dataclass(slots=True)
class Reviewer:
    """Answers for all people of a deployment.

    accuracy  probability that an answer is right
    seed      of what is drawn
    truths    case -> what is right
    given     answers so far, by kind of assignment
    refused   what could not be answered, by reason
    """

    context: Context
    lines: Lines
    accuracy: float
    seed: int
    truths: dict[str, Line] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _due: dict[str, int] = field(default_factory=dict)
    _tries: Counter[str] = field(default_factory=Counter)
    _since: datetime | None = None

    def look(self, position: int) -> None:
        """Find what is asked anew; `position`: cases that came so far."""
        with self.context.db.read() as connection:
            found = cases.opened(connection, since=self._since)
        for one in found:
            if one.id not in self._due:
                longest = CHECKS if one.kind in BESIDE else REVIEWS
                self._due[one.id] = position + 1 + int(self._drawn("delay", one.id) * longest)
        self._since = self.context.clock()

    @property
    def asked(self) -> bool:
        """Something waits for an answer."""
        return bool(self._due)

    def answer(self, position: int) -> None:
        """Answer what has waited long enough."""
        due = sorted((at, name) for name, at in self._due.items() if at <= position)
        if not due:
            return
        with self.context.db.read() as connection:
            found = {one.id: one for one in cases.assigned_of(connection, [name for _, name in due])}
        for _, name in due:
            del self._due[name]
            given = found.get(name)
            if given is not None and given.open:
                self._answered(given, position)

    def _answered(self, given: Assignment, position: int) -> None:
        line = self.truths[given.case_id]
        try:
            if given.kind == "answer":
                answer_question(self.context, given.person, given.case_id, f"See line {line.number}.")
            else:
                submit_verdict(
                    self.context, given.person, given.case_id, self._verdict(given, line), of=given.id
                )
        except (Conflict, NotFound):
            # it moved on, or passed to somebody else; if it still waits, it is looked at again
            self._tries[given.id] += 1
            if self._tries[given.id] < _MOST_TRIES:
                self._due[given.id] = position + CHECKS
            return
        except Forbidden as refusal:
            self._passed_on(given, refusal, position)
            return
        except InvalidInput as error:
            self.refused[f"{given.kind} of {given.point.partition(':')[0]}: {error.faults[0]}"] += 1
            return
        self.given[given.kind] += 1

    def _passed_on(self, given: Assignment, refusal: Forbidden, position: int) -> None:
        """Who may not decide it passes it up, as the desk offers."""
        try:
            submit_verdict(
                self.context, given.person, given.case_id, Answer(kind="escalate", note=_NOTE), of=given.id
            )
        except SurehandError:
            self.refused[str(refusal)] += 1

    # What is answered

    def _verdict(self, given: Assignment, line: Line) -> Answer:
        name = given.about
        point = next((step for step in self.lines.points if step.name == name), None)
        errs = self._drawn("slip", given.id) >= self.accuracy
        entered = isinstance(point, Verify) and given.blind
        corrected = {} if errs or entered or given.kind in BESIDE else self._corrections(given, line)
        if corrected:
            return self._with_reason(given, Answer(kind="edit", fields=corrected))
        if point is None:
            return self._with_reason(given, self._unknown(given))
        right = line.answers[name]
        wanted = self._slip(given, point, right) if errs else right
        if given.kind == "finding":
            wrong = not same_answer(point, self._stands(given), right)
            return Answer(kind="approve" if wrong != errs else "reject")
        if given.kind == "notice" and same_answer(point, self._stands(given), wanted):
            return Answer(kind="approve")
        answer = Answer(kind="reject") if wanted is None else Answer(kind="approve", value=wanted)
        return self._with_reason(given, answer)

    def _corrections(self, given: Assignment, line: Line) -> Mapping[str, Any]:
        """Fields that are not as they should be."""
        if not line.fields or given.round > _MOST_ROUNDS:
            return {}
        facts = self._dossier(given).case
        assert facts is not None
        return {name: right for name, right in line.fields.items() if facts.facts.get(name) != right}

    def _unknown(self, given: Assignment) -> Answer:
        """An answer where the truth says nothing: what is there is taken; what cannot go on, ends."""
        if given.kind == "repair":
            return Answer(kind="approve", value="happened")
        stuck = given.point.startswith((MISSING, FAILED))
        shows = given.level.shows_recommendation or given.kind in ("exception", "finding", "notice")
        answered = given.kind != "decide" or self._recommended(given) is not None
        return Answer(kind="approve" if shows and answered and not stuck else "reject")

    def _with_reason(self, given: Assignment, answer: Answer) -> Answer:
        """The same with a reason, where one has to be given."""
        point = self._point(given)
        if point is None or not point.reasons:
            return answer
        return Answer(kind=answer.kind, value=answer.value, fields=answer.fields, reason="other", note=_NOTE)

    def _point(self, given: Assignment) -> DecisionPoint | None:
        name = given.about
        for process in self.context.processes.current.values():
            for bound in process.steps:
                if bound.step.name == name and isinstance(bound.step, DecisionPoint):
                    return bound.step
        return None

    def _stands(self, given: Assignment) -> Any:
        """The decision that stands there."""
        found = self._dossier(given).case
        return None if found is None else found.answers.get(given.about, {}).get("value")

    def _recommended(self, given: Assignment) -> Any:
        """What the AI recommended there."""
        about = given.about, given.round
        judged = self._dossier(given).judgements
        found = [one for one in judged if (one.point, one.round) == about]
        return found[-1].recommendation.get("value") if found else None

    def _dossier(self, given: Assignment) -> Dossier:
        with self.context.db.read() as connection:
            return cases.dossiers(connection, [given.case_id])[0]

    def _slip(self, given: Assignment, point: DecisionPoint, right: Any) -> Any:
        """Another answer than the right one."""
        if isinstance(point, Verify):
            name = point.fields[int(self._drawn("which", given.id) * len(point.fields))]
            return {**right, name: _other(right.get(name))}
        if not isinstance(point, Decide):
            return right
        if point.yes_no:
            return not right
        if point.number is not None:
            return _off(float(right), point)
        if point.picks:
            return _another_pick(point, right, self.lines.answers[point.name], self._drawn("which", given.id))
        others: Sequence[Any] = [
            one for one in (point.choices or self.lines.answers[point.name]) if one != right
        ]
        if not others:
            return None if may_fit_none(point) else right
        return others[int(self._drawn("which", given.id) * len(others))]

    def _drawn(self, what: str, name: str) -> float:
        """A number in [0, 1), the same each time for the same seed."""
        made = hmac.digest(str(self.seed).encode(), f"{what} {name}".encode(), hashlib.sha256)
        return float(int.from_bytes(made[:6], "big") / 2**48)


def _another_pick(point: Decide, right: Any, seen: Sequence[Any], drawn: float) -> Any:
    """A list that names one more or one less, or in whose place one stands that was right elsewhere."""
    names = list(point.choices or dict.fromkeys(one for some in seen for one in some))
    others = [one for one in names if one not in right]
    if point.several and (len(right) > 1 or not others):
        return right[1:] or right
    if not others:
        return right
    return [*right[:-1], others[int(drawn * len(others))]]


def _other(value: Any) -> Any:
    """A value of the same type that is not this one."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case {"amount": amount, "currency": currency}:
            return {"amount": str(Decimal(str(amount)) + 1), "currency": currency}
        case list():
            return [*value, "slip"]
        case str():
            return _later(value)
        case _:
            return value  # whoever does not find it does not find another either


def _later(text: str) -> str:
    """The next day, of a date, or the one before the last that there is; else a text with a letter more."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return f"{text}x"
    return (day + timedelta(days=1 if day < date.max else -1)).isoformat()


def _off(right: float, point: Decide) -> float:
    """A number that is clearly wrong and still possible, where there is one."""
    assert point.number is not None
    low, high = point.number.least, point.number.most
    far = 2 * point.number.tolerance * abs(right) + 1
    if high is None or right + far <= high:
        return right + far
    return right - far if low is None or right - far >= low else high if right != high else right
