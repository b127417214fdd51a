"""A map joined to its functions: arguments from facts, facts from results."""

import enum
import math
import types
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, computed_field

from surehand.core.bound import BoundProcess
from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.people import People
from surehand.core.process import Process
from surehand.core.recommendation import Reading, Recommendation
from surehand.errors import MapInvalid
from surehand.maps import deployment
from surehand.maps.bind import bind_map
from tests.maps.deployments import write

PEOPLE = People.model_validate(
    {
        "people": {"ann": {}, "dev": {"roles": ["builder"]}},
        "queues": {"desk": {"owner": "ann", "due": "PT1H"}},
    }
)
DECIDE = {"decide": "judge", "choices": ["yes", "no"], "level": "review", "queue": "desk"}


def bound(
    steps: list[dict[str, Any]], *functions: Any, fields: dict[str, Any] | None = None, **more: Any
) -> BoundProcess:
    module = types.ModuleType("steps")
    for function in functions:
        setattr(module, function.__name__, function)
    process = Process.model_validate(
        {
            "process": "p",
            "owner": "ann",
            "builder": "dev",
            "steps": steps,
            "input": {"fields": fields or {}},
            **more,
        }
    )
    return bind_map(process, module, PEOPLE)


def judge() -> str:
    return "yes"


class Line(BaseModel):
    price: Decimal
    on: date


class Order(BaseModel):
    lines: list[Line]
    limit: float | None = None

    @computed_field
    @property
    def count(self) -> int:
        return len(self.lines)


def test_the_deployment_binds(tmp_path: Path) -> None:
    process = deployment.load(write(tmp_path)).bind()["invoices"]
    assert [step.step.kind for step in process.steps] == ["extract", "lookup", "decide", "act"]
    assert dict(process.types) == {
        "po_number": "text", "supplier": "text", "urgent": "yes_no", "total": "money", "due_date": "date",
        "vendor": "object", "approve_payment": "text",
    }  # fmt: skip
    assert process.required == {"supplier", "urgent"}
    assert [place for place, _ in process.exceptions] == [0, 1]
    assert [(p.name, p.source, p.facts) for p in process.steps[2].parameters] == [
        ("invoice", "output", ("total", "due_date")),
        ("vendor", "fact", ("vendor",)),
        ("po_number", "fact", ("po_number",)),
    ]
    assert [p.source for p in process.steps[3].parameters] == ["key", "fact", "fact"]
    assert process.steps[2].to_facts("pay") == {"approve_payment": "pay"}


def test_facts_go_through_json_and_back() -> None:
    def order() -> Order:
        return Order(lines=[Line(price=Decimal("1.10"), on=date(2026, 11, 20))], limit=math.nan)

    def judge(order: Order, lines: list[Line], limit: float | None, count: int) -> str:
        assert order.lines == lines
        return f"{lines[0].price} {lines[0].on} {limit} {count}"

    process = bound([{"lookup": "order"}, DECIDE], order, judge)
    facts = process.steps[0].to_facts(order())
    assert facts == {"lines": [{"price": "1.10", "on": "2026-11-20"}], "limit": None, "count": 1}
    arguments = {p.name: p.build(facts) for p in process.steps[1].parameters}
    assert judge(**arguments) == "1.10 2026-11-20 None 1"


def test_a_lookup_may_find_nothing() -> None:
    def order() -> Order | None:
        return None

    def judge(order: Order | None, count: int | None) -> str:
        return "yes"

    process = bound([{"lookup": "order"}, DECIDE], order, judge)
    facts = process.steps[0].to_facts(None)
    assert facts == {"lines": None, "limit": None, "count": None}
    assert [p.build(facts) for p in process.steps[1].parameters] == [None, None]
    assert [p.optional for p in process.steps[1].parameters] == [True, True]

    def judge_strictly(order: Order) -> str:
        return "yes"

    judge_strictly.__name__ = "judge"
    with pytest.raises(MapInvalid, match=r"annotate 'order' as Order \| None"):
        bound([{"lookup": "order"}, DECIDE], order, judge_strictly)


def test_a_missing_value_for_a_parameter_that_needs_one_is_a_value_error() -> None:
    def judge(name: str) -> str:
        return "yes"

    process = bound([DECIDE], judge, fields={"name": {}})
    with pytest.raises(ValueError, match=r"name|string"):
        process.steps[0].parameters[0].build({"name": None})


def test_a_function_that_returns_something_else_says_so() -> None:
    def order() -> Order:
        raise NotImplementedError

    process = bound([{"lookup": "order"}, DECIDE], order, judge)
    with pytest.raises(TypeError, match="returned int in place of Order"):
        process.steps[0].to_facts(3)


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Case:
    field: dict[str, Any]
    annotation: Any
    value: Any
    built: Any


@pytest.mark.parametrize(
    "case",
    [
        Case({"type": "text"}, str, "a", "a"),
        Case({"type": "text"}, object, "a", "a"),
        Case({"type": "text"}, Any, "a", "a"),
        Case({"type": "text"}, str | None, "a", "a"),
        Case({"type": "text"}, str | int, "a", "a"),
        Case({"type": "text", "choices": ["red", "blue"]}, Colour, "red", Colour.RED),
        Case({"type": "text", "choices": ["red"]}, Literal["red", "green"], "red", "red"),
        Case({"type": "text", "choices": ["red"]}, str, "red", "red"),
        Case({"type": "number"}, float, 1.5, 1.5),
        Case({"type": "number"}, Decimal, 1.5, Decimal("1.5")),
        Case({"type": "number", "required": False}, Decimal | None, None, None),
        Case({"type": "integer"}, int, 3, 3),
        Case({"type": "integer"}, float, 3, 3),
        Case(
            {"type": "money"},
            Money,
            {"amount": "1", "currency": "EUR"},
            Money(amount=Decimal(1), currency="EUR"),
        ),
        Case({"type": "date"}, date, "2026-11-20", date(2026, 11, 20)),
        Case({"type": "texts"}, list[str], ["a"], ["a"]),
        Case({"type": "texts"}, tuple[str, ...], ["a"], ("a",)),
    ],
    ids=lambda case: f"{case.field} as {case.annotation}",
)
def test_input_fields_reach_parameters(case: Case) -> None:
    def judge(it: Any) -> str:
        return "yes"

    judge.__annotations__["it"] = case.annotation
    parameter = bound([DECIDE], judge, fields={"it": case.field}).steps[0].parameters[0]
    made = parameter.build({"it": case.value})
    assert (made, type(made)) == (case.built, type(case.built))


@pytest.mark.parametrize(
    ("field", "annotation"),
    [
        ({"type": "text"}, int),
        ({"type": "text"}, Literal["a"]),
        ({"type": "text"}, list[str]),
        ({"type": "number"}, int),
        ({"type": "integer"}, str),
        ({"type": "timestamp"}, date),
        ({"type": "money"}, float),
        ({"type": "texts"}, list[int]),
        ({"type": "text", "choices": ["green"]}, Colour),
        ({"type": "text", "required": False}, str),
        ({"type": "integer"}, None),
    ],
)
def test_input_fields_of_another_type_are_refused(field: dict[str, Any], annotation: Any) -> None:
    def judge(it: Any) -> str:
        return "yes"

    judge.__annotations__["it"] = annotation
    with pytest.raises(MapInvalid, match="'it' is"):
        bound([DECIDE], judge, fields={"it": field})


def test_a_chunk_at_once() -> None:
    class Size(BaseModel):
        size: int

    def measure(name: list[str], document: list[Document]) -> list[Reading[Size]]:
        return [Reading(Size(size=len(one))) for one in name]

    def judge(size: list[Size], name: list[str]) -> list[Recommendation[str]]:
        return []

    process = bound(
        [{"extract": "measure"}, DECIDE], measure, judge,
        fields={"name": {}}, input={"document": ["lines"], "fields": {"name": {}}},
    )  # fmt: skip
    assert [step.many for step in process.steps] == [True, True]
    assert [p.source for p in process.steps[0].parameters] == ["fact", "document"]
    assert process.steps[0].to_facts(measure(["abc"], [])[0]) == {"size": 3}


def test_the_document_comes_only_if_declared() -> None:
    def judge(document: Document) -> str:
        return "yes"

    with pytest.raises(MapInvalid, match="the input declares none"):
        bound([DECIDE], judge)


@pytest.mark.parametrize(
    ("point", "returns", "fits"),
    [
        ({"choices": ["a", "b"]}, str, True),
        ({"choices": ["a", "b"]}, str | None, True),
        ({"choices": ["a", "b"]}, Literal["a"], True),
        ({"choices": ["red", "blue"]}, Colour, True),
        ({"choices": ["red", "green"]}, Colour, False),
        ({"choices": ["a", "b"]}, Recommendation[Literal["c"]], False),
        ({"choices": ["a", "b"]}, Recommendation, True),
        ({"choices": ["a", "b"]}, int, False),
        ({"yes_no": True}, bool, True),
        ({"yes_no": True}, Recommendation[bool], True),
        ({"yes_no": True}, str, False),
        ({"number": {"unit": "EUR"}}, float, True),
        ({"number": {}}, int, True),
        ({"number": {}}, Recommendation[Decimal], True),
        ({"number": {}}, bool, False),
        ({"number": {}}, str, False),
        ({"number": {}}, list[float], False),
    ],
    ids=str,
)
def test_answers(point: dict[str, Any], returns: Any, fits: bool) -> None:
    def judge() -> Any:
        return None

    judge.__annotations__["return"] = returns
    step = {"decide": "judge", "level": "review", "queue": "desk", **point}
    if fits:
        assert bound([step], judge).steps[0].function is judge
    else:
        with pytest.raises(MapInvalid, match=r"steps|judge"):
            bound([step], judge)


def test_a_draft_gives_a_text_to_the_act() -> None:
    def reply() -> str:
        return "Dear"

    def send(key: str, reply: str) -> None:
        return None

    process = bound([{"draft": "reply", "level": "review", "queue": "desk"}, {"act": "send"}], reply, send)
    assert process.types == {"reply": "text"}
    assert process.steps[1].parameters[1].build({"reply": "Dear"}) == "Dear"
    assert process.steps[1].to_facts(None) == {}


def test_undo_takes_what_it_declares_and_the_result() -> None:
    class Booking(BaseModel):
        number: int
        on: date

    seen: list[Any] = []

    def book(key: str, name: str) -> Booking:
        return Booking(number=7, on=date(2026, 11, 20))

    def cancel(result: Booking, name: str) -> None:
        seen.append((result, name))

    process = bound([DECIDE, {"act": "book", "undo": "cancel"}], judge, book, cancel, fields={"name": {}})
    recorded = process.steps[1].to_facts(book("k", "n"))
    assert recorded == {"number": 7, "on": "2026-11-20"}
    undo = process.steps[1].undo
    assert undo is not None
    undo(key="k", name="n", result=recorded)
    assert seen == [(Booking(number=7, on=date(2026, 11, 20)), "n")]


def test_rules_models_bind_without_a_function() -> None:
    table = [
        {"when": "size > 10.0", "recommend": "no", "because": "too large"},
        {"when": "true", "recommend": "yes", "because": "else"},
    ]
    process = bound(
        [{**DECIDE, "model": "table"}], fields={"size": {"type": "number"}},
        models={"table": {"provider": "rules", "table": table}},
    )  # fmt: skip
    assert process.steps[0].function is None
    assert process.steps[0].table is not None
    assert process.steps[0].table({"size": 12}) == [True, True]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ({"provider": "rules"}, "needs a 'table'"),
        (
            {"provider": "external", "table": [{"when": "true", "recommend": "yes", "because": "x"}]},
            "has no table",
        ),
        (
            {"provider": "rules", "table": [{"when": "true", "recommend": "maybe", "because": "x"}]},
            "none of the choices",
        ),
        (
            {"provider": "rules", "table": [{"when": "true", "recommend": True, "because": "x"}]},
            "none of the choices",
        ),
        (
            {"provider": "rules", "table": [{"when": "sze > 1", "recommend": "yes", "because": "x"}]},
            "'sze' is not known",
        ),
        (
            {"provider": "rules", "table": [{"when": "true", "recommend": "yes", "because": "x"}] * 2},
            "never reached: row 1 is always true",
        ),
        (
            {"provider": "rules", "table": [{"when": "false", "recommend": "yes", "because": "x"}]},
            "never true",
        ),
    ],
)
def test_faults_of_models(model: dict[str, Any], says: str) -> None:
    with pytest.raises(MapInvalid, match=says):
        bound([{**DECIDE, "model": "it"}], judge, models={"it": model})


def test_python_built_maps_name_the_path() -> None:
    with pytest.raises(MapInvalid) as caught:
        bound([{**DECIDE, "queue": "nowhere"}], judge)
    assert caught.value.faults[0].where == "p.steps[0].queue"


def test_two_processes_with_modules_of_one_name_do_not_collide(tmp_path: Path) -> None:
    text = (write(tmp_path) / "invoices/process.yaml").read_text()
    steps = (tmp_path / "invoices/steps.py").read_text()
    write(
        tmp_path,
        **{
            "invoices/other.py": "ANSWER = 'pay'\n",
            "invoices/steps.py": "from . import other\n" + steps.replace('value="pay"', "value=other.ANSWER"),
            "claims/process.yaml": text.replace("process: invoices", "process: claims"),
            "claims/other.py": "ANSWER = 'reject'\n",
            "claims/steps.py": "from .other import ANSWER\n" + steps.replace('value="pay"', "value=ANSWER"),
        },
    )
    processes = deployment.load(tmp_path).bind()
    answers = {
        name: process.steps[2].function(None, None, None).value  # type: ignore[misc]
        for name, process in processes.items()
    }
    assert answers == {"invoices": "pay", "claims": "reject"}


def test_an_absolute_import_of_a_neighbour_is_explained(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        ("invoices/steps.py", "class Found", "import other\nclass Found"),
        **{"invoices/other.py": ""},
    )
    assert "write 'from . import other'" in deployment.check(folder)[0].message


def test_changed_code_is_imported_again(tmp_path: Path) -> None:
    first = deployment.load(write(tmp_path)).bind()["invoices"]
    path = tmp_path / "invoices/steps.py"
    path.write_text(path.read_text().replace('value="pay"', 'value="reject"'))
    second = deployment.load(tmp_path).bind()["invoices"]
    assert first.version != second.version
    assert second.steps[2].function(None, None, None).value == "reject"  # type: ignore[misc]
