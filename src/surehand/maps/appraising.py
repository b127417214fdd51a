"""The parts of a consequence and the limits of a decision point, joined to their functions and conditions.

A part by conditions takes the highest grade that holds, so each of them only raises. A function may say
anything; one that takes what nobody can vouch for may therefore only raise the grade that the map writes
beside it.
"""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from surehand.core.annotations import bare
from surehand.core.bound import Grader
from surehand.core.money import Money
from surehand.core.policy import Consequence, Grade, SumBy, ToldBy
from surehand.core.steps import DecisionPoint
from surehand.maps.faults import Faults, listed
from surehand.maps.functions import Functions, Known, Signature, chunked, joined
from surehand.maps.source import DataPath
from surehand.maps.types import is_subtype, named, without_none


def graders_of(
    consequence: Consequence,
    path: DataPath,
    functions: Functions,
    known: Known,
    trusted: Collection[str],
    faults: Faults,
) -> dict[str, Grader]:
    """The functions of a consequence by part.

    known    what the decision point may look at
    trusted  names of a lookup or of trusted input
    """
    found = {}
    for part, declared in consequence.functions.items():
        place: DataPath = (*path, part)
        signature = functions.find(declared.by, (*place, "by"))
        if signature is None:
            continue
        signature = chunked(signature)
        _returned(part, declared, signature, faults)
        parameters = joined(signature, known, faults)
        if not isinstance(declared, ToldBy) and declared.at_least is None:
            used = {name for parameter in parameters for name in parameter.facts}
            _vouched(declared.by, sorted(used - set(trusted)), place, money=part == "money", faults=faults)
        found[part] = Grader(signature.function, parameters, signature.many)
    return found


def conditions_of(step: DecisionPoint, path: DataPath) -> Iterator[tuple[str, DataPath]]:
    """The conditions of its consequence by part and row, those of its limits, then of who has to agree; each
    with its place.
    """
    for part, rows in step.consequence.rows.items():
        for number, row in enumerate(rows):
            yield row.when, (*path, "consequence", part, number, "when")
    for number, limit in enumerate(step.limits):
        if limit.when is not None:
            yield limit.when, (*path, "limits", number, "when")
    for number, eyes in enumerate(step.four_eyes):
        if eyes.when is not None:
            yield eyes.when, (*path, "four_eyes", number, "when")


def _vouched(name: str, doubtful: list[str], path: DataPath, *, money: bool, faults: Faults) -> None:
    if not doubtful:
        return
    example = "1000" if money else "medium"
    faults.add(
        path,
        f"'{name}' takes {listed(doubtful, last='and')}, which no lookup or trusted input vouches for, so it "
        f"may only raise: write from where, such as at_least: {example}.",
    )


def _returned(part: str, declared: Any, signature: Signature, faults: Faults) -> None:
    returns, _ = without_none(bare(signature.returns))
    if isinstance(declared, SumBy):
        fits, usual = any(is_subtype(returns, kind) for kind in (Money, Decimal, float)), "Money"
        fits = fits and not is_subtype(returns, bool)
    elif isinstance(declared, ToldBy):
        fits, usual = is_subtype(returns, bool), "bool"
    else:
        fits, usual = _grades(returns), "Grade"
    if returns is Any or not fits:
        shown = "nothing" if isinstance(returns, type) and returns.__name__ == "_empty" else named(returns)
        faults.add_at(
            signature.where,
            f"'{signature.name}' says the part '{part}', so it must return {usual}, and its annotation says "
            f"{shown}.",
        )


def _grades(returns: Any) -> bool:
    if get_origin(returns) is Literal:
        return set(get_args(returns)) <= {str(grade) for grade in Grade}
    return is_subtype(returns, Grade)
