"""What a decision point may be answered with: declared by the map, compared with what a function returns."""

import inspect
from decimal import Decimal
from typing import Any, Literal

from surehand.core.process import Model
from surehand.core.steps import Decide, DecisionPoint
from surehand.maps.faults import Faults, listed, nearest
from surehand.maps.functions import Signature, answer_type, fits, fixed_answers
from surehand.maps.source import DataPath
from surehand.maps.types import FactType, named


def of_point(step: DecisionPoint) -> FactType:
    """The type of the fact that holds a decision point's answer."""
    if not isinstance(step, Decide):
        return FactType("text", (str,))
    if step.picks:
        return FactType("texts", (list[str],))
    if step.one_of is not None:
        return FactType("text", (Literal[step.one_of],))
    if step.open_choices:
        return FactType("text", (str,))
    if step.yes_no:
        return FactType("yes_no", (bool,))
    return FactType("number", (float, Decimal))


def check_function(step: DecisionPoint, signature: Signature, faults: Faults) -> None:
    """The function's annotation allows the answers that the map declares, and no others."""

    def wrong(message: str, suggestion: str | None = None) -> None:
        faults.add_at(signature.where, f"'{signature.name}' {message}", suggestion)

    if signature.returns is inspect.Parameter.empty:
        wrong(f"must say what it returns, such as -> {_usual(step)}.")
        return
    answer = answer_type(signature)
    if (bool not in _kinds(step) and answer is bool) or not fits(answer, *_kinds(step)):
        usual = _usual(step)
        wrong(f"returns {named(signature.returns)}, and must return {usual} or Recommendation[{usual}].")
        return
    if isinstance(step, Decide) and step.one_of is not None:
        for value in fixed_answers(answer):
            if value not in step.one_of:
                near = nearest(value, step.one_of)
                wrong(
                    f"may answer '{value}', which is none of the choices {listed(step.one_of, last='and')}.",
                    near,
                )


def check_table(step: DecisionPoint, name: str, model: Model, faults: Faults) -> None:
    """Every row of a `rules` model recommends an answer of the decision point."""
    if isinstance(step, Decide) and step.picks:
        faults.add(
            ("models", name), f"'{step.name}' is answered by a list, which no row of a table can give."
        )
        return
    for number, row in enumerate(model.table):
        place: DataPath = ("models", name, "table", number, "recommend")
        if isinstance(step, Decide) and step.one_of is not None and row.recommend not in step.one_of:
            near = nearest(row.recommend, step.one_of)
            faults.add(place, f"'{row.recommend}' is none of the choices of '{step.name}'.", near)
        elif not isinstance(row.recommend, _allowed(step)) or (
            isinstance(row.recommend, bool) and bool not in _allowed(step)
        ):
            faults.add(place, f"'{step.name}' is answered with {_usual(step)}, not with {row.recommend!r}.")


def _kinds(step: DecisionPoint) -> tuple[Any, ...]:
    if isinstance(step, Decide) and step.picks:
        return (list[str], tuple[str, ...])
    if not isinstance(step, Decide) or step.chosen:
        return (str,)
    return (bool,) if step.yes_no else (float, int, Decimal)


def _allowed(step: DecisionPoint) -> tuple[type, ...]:
    if not isinstance(step, Decide) or step.chosen:
        return (str,)
    return (bool,) if step.yes_no else (float, int)


def _usual(step: DecisionPoint) -> str:
    if isinstance(step, Decide) and step.picks:
        return "list[str]"
    if not isinstance(step, Decide) or step.chosen:
        return "str"
    return "bool" if step.yes_no else "float"
