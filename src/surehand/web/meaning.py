"""What a reader typed in their own form of numbers and days, as the one form that a verdict takes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surehand.core.formats import Formats
from surehand.core.hearing import Answer
from surehand.core.steps import Decide
from surehand.core.writing import meant
from surehand.errors import Fault, InvalidInput
from surehand.flow.standing import Standing
from surehand.web.verdict_views import entered_by, point_of, recommended_of


def as_meant(standing: Standing, answer: Answer, formats: Formats) -> Answer:
    """The answer with its numbers in digits, a point and no groups, and its days with the year first.

    What stands as the page had shown it was not typed: the caller has left it out.

    raises  InvalidInput with a question at each field that could mean two numbers or two days
    """
    types = standing.process.types
    # who enters fields unseen is not to learn from an answer what was read
    facts = {} if entered_by(standing) else standing.case.facts
    fields, faults = _meant(answer.fields, types, formats, facts)
    value = answer.value
    if isinstance(value, Mapping) and entered_by(standing):
        value, more = _meant(value, types, formats, facts)
        faults += more
    elif isinstance(value, str) and _is_number(standing) and value != str(recommended_of(standing)):
        try:
            value = meant("number", value, formats)
        except ValueError as question:
            faults.append(Fault("value", str(question)))
    if faults:
        raise InvalidInput(faults)
    return replace(answer, fields=fields, value=value)


def _is_number(standing: Standing) -> bool:
    point = point_of(standing)
    return isinstance(point, Decide) and point.number is not None


def _meant(
    sent: Mapping[str, Any], types: Mapping[str, str], formats: Formats, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    found, faults = dict(sent), []
    for name, text in sent.items():
        if not isinstance(text, str):
            continue
        try:
            stood = str(facts.get(name) or "")
            found[name] = meant(types.get(name, "text"), text, formats, stood=stood)
        except ValueError as question:
            faults.append(Fault(name, str(question)))
    return found, faults
