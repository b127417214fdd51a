"""Calling the functions of `steps.py`: for one case at a time, or for a chunk of them at once."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from surehand.core.bound import Facts, Parameter


class GivenBack(Exception):
    """The chunk took too long; this case was not begun."""


def called(
    function: Callable[..., Any], parameters: Sequence[Parameter], known: Sequence[Facts], *, many: bool,
    patience: float = math.inf,
) -> list[Any]:  # fmt: skip
    """What a function returns per case, in order, or the exception that it raised.

    many      it takes and gives lists
    patience  seconds after which the rest is given back
    """
    if many and len(known) > 1:
        together = _chunk(function, parameters, known)
        if together is not None:
            return together
    ends = time.monotonic() + patience
    outcomes: list[Any] = []
    for facts in known:
        if outcomes and time.monotonic() > ends:
            outcomes.append(GivenBack())
            continue
        try:
            arguments = [p.build(facts) for p in parameters]
            outcomes.append(function(*[[a] for a in arguments])[0] if many else function(*arguments))
        except Exception as error:  # noqa: BLE001 - the author's code: never a value, it goes to a person
            outcomes.append(error)
    return outcomes


def _chunk(
    function: Callable[..., Any], parameters: Sequence[Parameter], known: Sequence[Facts]
) -> list[Any] | None:
    """All at once; None if that fails: one bad case fails the chunk, so each is then tried on its own."""
    try:
        results = list(function(*[[p.build(facts) for facts in known] for p in parameters]))
    except Exception:  # noqa: BLE001 - the author's code; the error comes back with the single case
        return None
    return results if len(results) == len(known) else None
