"""Bills live through whatever people do with them: all holds, and who enters them unseen sees nothing."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from surehand.core.case import Assignment
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import consult
from surehand.flow.explain import explain
from surehand.flow.review import answer_question, submit_verdict
from surehand.flow.standing import looked_at
from surehand.flow.undo import undo
from surehand.flow.verify import verify
from surehand.store import cases
from tests.bills import Bills, entered, opened_bills

KEYED = ("    fields: [company, total, day]\n", "    fields: [company, total, day]\n    keyed: 2\n")
WATCHED = (
    "      - {above: 0.9, route: spot_check}\n",
    "      - {above: 0.97, route: spot_check}\n      - {above: 0.9, route: notify}\n",
)
WINDOW = ("    spot_check: {share: 1.0", "    notify: {window: PT4H, acts: now}\n    spot_check: {share: 1.0")
REVIEWED = (
    "    level: automate\n",
    "    bands: [{above: 0.98, route: automate}, {from: 0.0, route: review}]\n",
)

#: What is read wrongly, by case: nothing else says it.
CANARY = "Zq{}Xcanary"


class _Life:
    def __init__(self, bills: Bills, draw: random.Random) -> None:
        self.bills, self.draw = bills, draw
        self.ids: list[str] = []

    def happens(self) -> None:
        """Something that people or time do."""
        match self.draw.randrange(8):
            case 0 | 1:
                self._comes()
            case 2:
                self.bills.bench.wait(timedelta(hours=self.draw.choice((1, 5, 30))))
            case 3:
                self._undone()
            case _:
                self._answered()
        self.bills.run()

    def _comes(self) -> None:
        number = len(self.ids)
        canary = CANARY.format(number)
        paper = f"Firm {number}|{number + 20}.50 EUR|2026-02-{number % 28 + 1:02d}"
        sure = self.draw.choice((0.2, 0.7, 0.95, 0.99, None))
        self.ids.append(self.bills.bill(paper, sure=sure, misread=f"company=~{canary[::-1]}").id)

    def open_of(self, case_id: str) -> list[Assignment]:
        with self.bills.context.db.read() as connection:
            held = cases.open_assignments(connection, [case_id]).get(case_id)
            return [one for one in (held, *cases.beside(connection, [case_id]).get(case_id, ())) if one]

    def _answered(self) -> None:
        there = [(name, one) for name in self.ids for one in self.open_of(name)]
        if not there:
            return
        case_id, given = self.draw.choice(there)
        with suppress(Conflict, Forbidden, InvalidInput, NotFound):
            if given.kind == "answer":
                answer_question(self.bills.context, given.person, case_id, "It is.")
            else:
                submit_verdict(self.bills.context, given.person, case_id, self._answer(given), of=given.id)

    def _answer(self, given: Assignment) -> Answer:
        kind = self.draw.choice(("approve", "approve", "approve", "edit", "reject", "ask", "escalate"))
        fields = {name: value for name, value in _typed(self.draw).items() if self.draw.random() < 0.4}
        value: Any = None
        if kind == "approve" and given.about == "reading" and (given.blind or self.draw.random() < 0.3):
            value = entered(**_typed(self.draw))
        elif kind == "approve" and given.about == "pay_bill":
            value = self.draw.choice((None, "pay", "reject"))
        if self.draw.random() < 0.2:
            fields["sure"] = self.draw.choice(("0.2", "0.7", "0.95"))
        return Answer(
            kind=kind, value=value, fields=fields if kind == "edit" else {}, note="so",
            question="Which?" if kind == "ask" else "",
        )  # fmt: skip

    def _undone(self) -> None:
        if self.ids:
            with suppress(Conflict, Forbidden, NotFound, InvalidInput):
                undo(self.bills.context, "lead", self.draw.choice(self.ids), "pay")

    def secret(self) -> Iterator[tuple[str, str, str]]:
        """Who must not know yet how a case was read: case, person, what they must not find."""
        for number, case_id in enumerate(self.ids):
            for given in self.open_of(case_id):
                # whoever corrected it, or was shown it in an earlier round, knows it anyway
                if given.blind and given.about == "reading" and given.round == 1:
                    yield case_id, given.person, CANARY.format(number)


def _typed(draw: random.Random) -> dict[str, str]:
    return {
        "company": draw.choice(("Acme", "ACME", "Firm 1", "Other & Co")),
        "total": draw.choice(("21.50", "120", "6000")), "day": draw.choice(("2026-02-01", "2026-02-02")),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_all_of_it_holds_and_nothing_is_told(
    fresh_url: str, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(f"bills {seed}")
    some = draw.sample((KEYED, REVIEWED), draw.randint(0, 2))
    with opened_bills(tmp_path / "bills", fresh_url, WATCHED, WINDOW, *some) as bills:
        life, looked = _Life(bills, draw), 0
        for _ in range(45):
            life.happens()
            for case_id, person, canary in life.secret():
                looked += 1
                told = [repr(explain(bills.context, case_id, person=person))]
                told.append(repr(consult.events(bills.context, person, case_id)))
                with suppress(Conflict, Forbidden):
                    told.append(repr(looked_at(bills.context, person, case_id)[0].case))
                assert not any(canary in text.replace(canary[::-1], "") for text in told), (case_id, person)
        assert looked
        assert verify(bills.context).holds
        bills.check()
