"""A process made by hand, as `maps.bind` would make it, and a case on its way through it.

The path: read (extract) -> check (decide: pay or reject) -> pay (act) -> tell (decide: yes, no) -> send (act)
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.bound import BoundProcess, BoundStep, Parameter
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement
from surehand.core.hearing import Answer, Hearing
from surehand.core.lifecycle import Office
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.people import People, Person, Queue
from surehand.core.policy import Consequence, Grade
from surehand.core.process import ExceptionPath, FieldType, Input, InputField, Process
from surehand.core.roles import Role
from surehand.core.steps import Act, Decide, Extract
from surehand.core.terms import Sla

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
VERSION = "a" * 64

PROCESS = Process(
    process="payments",
    owner="boss",
    builder="dev",
    input=Input(
        fields={"total": InputField(type=FieldType.MONEY), "po": InputField(required=False)},
    ),
    steps=(
        Extract(extract="read"),
        Decide(
            decide="check",
            choices=("pay", "reject"),
            consequence=Consequence(money="total", medium_from=Decimal(1000), high_from=Decimal(10_000)),
            bands="review-flow",
            queue="desk",
            sla=Sla(due=timedelta(hours=24), remind=timedelta(hours=20), escalate_to="lead"),
            answer_within=timedelta(hours=6),
        ),
        Act(act="pay", after="pay", undo="cancel"),
        Decide(decide="tell", yes_no=True, level="review", queue="desk"),
        Act(act="send", after=True, repeatable=True),
    ),
    exceptions=(ExceptionPath(name="no-po", when="po == null", queue="desk"),),
)


class Never:
    """A condition that does not hold."""

    text = "po == null"
    names = frozenset({"po"})

    def __call__(self, facts: Any) -> bool | None:
        return False


def fact(name: str, *, source: str = "fact") -> Parameter:
    return Parameter(name, source, (name,), lambda facts: facts[name])


BOUND = BoundProcess(
    PROCESS,
    VERSION,
    (
        BoundStep(PROCESS.steps[0], lambda po: po, (fact("po"),), {"supplier": "text"}),
        BoundStep(PROCESS.steps[1], lambda total: total, (fact("total"),), {"check": "text"}),
        BoundStep(PROCESS.steps[2], lambda **_: None, (fact("key", source="key"), fact("total")), {}),
        BoundStep(PROCESS.steps[3], lambda supplier: supplier, (fact("supplier"),), {"tell": "yes_no"}),
        BoundStep(PROCESS.steps[4], lambda **_: None, (fact("key", source="key"), fact("supplier")), {}),
    ),
    ((1, Never()),),
    {"total": "money", "po": "text", "supplier": "text", "check": "text", "tell": "yes_no"},
    frozenset({"total", "supplier"}),
)

PEOPLE = People(
    people={
        "ann": Person(),
        "bo": Person(),
        "lim": Person(limit=Decimal(500)),
        "spec": Person(roles=(Role.SPECIALIST,)),
        "lead": Person(roles=(Role.OWNER, Role.REVIEWER)),
        "boss": Person(roles=(Role.OWNER,)),
        "dev": Person(roles=(Role.BUILDER,)),
        "robot": Person(roles=(Role.SERVICE,)),
        "gone": Person(active=False),
    },
    queues={
        "desk": Queue(owner="lead", backup="bo", members=("ann", "lim"), due=timedelta(hours=8)),
    },
)

FACTS = {
    "total": {"amount": "120.00", "currency": "EUR"},
    "po": "P1",
    "supplier": "Acme",
}


def a_case(**changes: Any) -> Case:
    case = Case(
        id="pay-1",
        process="payments",
        version=VERSION,
        key="k",
        digest="d",
        submitter="robot",
        input={"fields": {}},
        created_at=NOW,
        updated_at=NOW,
        state=CaseState.WAITING,
        place=1,
        rev=3,
        owner="ann",
        due_at=NOW + timedelta(hours=24),
        stake=Decimal("120.00"),
        grade=Grade.LOW,
        facts=FACTS,
        audit_seq=4,
    )
    return replace(case, **changes)


def an_assignment(**changes: Any) -> Assignment:
    given = Assignment(
        id="pay-1.3",
        case_id="pay-1",
        round=1,
        kind="decide",
        point="check",
        queue="desk",
        person="ann",
        level=Level.REVIEW,
        because="low",
        opened_at=NOW,
        due_at=NOW + timedelta(hours=24),
        timer_at=NOW + timedelta(hours=20),
    )
    return replace(given, **changes)


def a_judgement(value: Any = "pay", **changes: Any) -> Judgement:
    judged = Judgement(
        case_id="pay-1",
        point="check",
        round=1,
        at=NOW,
        version=VERSION,
        recommendation={"value": value},
        signals={},
        confidence=0.8,
        grade=Grade.LOW,
        stake=Decimal("120.00"),
        level=Level.REVIEW,
        reasons=(),
        limit=0.9,
        shown="s",
        approves={},
    )
    return replace(judged, **changes)


def an_action(**changes: Any) -> Action:
    action = Action(
        key="pay-1:pay:1",
        case_id="pay-1",
        step="pay",
        round=1,
        version=VERSION,
        args={"total": {"total": FACTS["total"]}},
        digest="x",
        authority={"by": "ann", "point": "check", "round": 1},
        repeatable=False,
        planned_at=NOW,
        state="failed",
        attempt=2,
    )
    return replace(action, **changes)


def hearing(answer: Answer, **changes: Any) -> Hearing:
    """A reviewer's answer to the first decision point, unless told otherwise."""
    passage = changes.pop("passage", None) or Passage(changes.pop("case", a_case()), at=NOW)
    given = Hearing(
        passage=passage,
        process=BOUND,
        office=Office(PEOPLE, {}),
        assignment=an_assignment(),
        judgement=a_judgement(),
        action=None,
        person="ann",
        answer=answer,
    )
    return replace(given, **changes)
