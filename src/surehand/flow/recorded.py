"""Cases that people have decided, as lines of a pilot."""

from collections.abc import Iterator, Sequence
from typing import Any

from surehand.core.answering import may_fit_none
from surehand.core.process import Process
from surehand.core.steps import DecisionPoint
from surehand.errors import Fault, InvalidInput
from surehand.flow.context import Context
from surehand.store import labels


def recorded(context: Context, process: Process, points: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Each case that people decided at all of these points: its input and what they answered, oldest first.

    What ran alone and was not checked is left out: nobody has said what was right.

    points  decision points; all of the map by default
    raises  InvalidInput for a point that there is not, or a process whose cases bring documents
    """
    there = [step for step in process.steps if isinstance(step, DecisionPoint)]
    names = [step.name for step in there]
    unknown = [name for name in points if name not in names]
    if unknown:
        raise InvalidInput([Fault("--point", f"'{unknown[0]}' is none of {', '.join(names)}")])
    if process.input.document:
        told = "cases bring documents, which are not exported yet"
        raise InvalidInput([Fault(process.process, told)])
    chosen = [step for step in there if not points or step.name in points]
    inputs: dict[str, dict[str, Any]] = {}
    truths: dict[str, dict[str, Any]] = {}
    with context.db.read() as connection:
        for step in chosen:
            for case_id, facts, value in labels.of_cases(connection, process.process, step.name):
                if value is None and not may_fit_none(step):
                    continue
                truths.setdefault(case_id, {})[step.name] = value
                given = {name: facts.get(name) for name in process.input.fields}
                inputs[case_id] = {name: value for name, value in given.items() if value is not None}
    for case_id, truth in truths.items():
        if len(truth) == len(chosen):
            yield {"input": inputs[case_id], "truth": truth}
