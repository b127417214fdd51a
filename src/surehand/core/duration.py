"""Durations as maps write them: ISO 8601, such as PT24H or P90D."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_ISO = re.compile(r"^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$", re.ASCII)
_LONGEST = timedelta(days=3660)
_EXAMPLES = "such as PT30M, PT24H, P2D"


def _iso_only(value: Any) -> Any:
    # Pydantic would also take 24 (seconds?), "24:00" and P1M (a month of which length?): each can be misread.
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"a duration is written in ISO 8601, {_EXAMPLES}; {value} has no unit")
    if not isinstance(value, str) or not _ISO.match(value):
        raise ValueError(
            f"a duration is written in ISO 8601 in weeks, days, hours, minutes, seconds, {_EXAMPLES}"
        )
    return value


def _sensible(value: timedelta) -> timedelta:
    if not timedelta(0) < value <= _LONGEST:
        raise ValueError("a duration is longer than nothing and at most ten years, P3660D")
    return value


#: A positive duration of at most ten years, which is the range that a map may use.
Duration = Annotated[
    timedelta,
    BeforeValidator(_iso_only),
    AfterValidator(_sensible),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
            "description": f"ISO 8601 duration, {_EXAMPLES}",
            "examples": ["PT24H", "P1D", "P90D"],
        }
    ),
]

#: The longest time for which a verdict waits for whoever gave it to think better of it.
LONGEST_UNDO = timedelta(hours=1)


def _short(value: timedelta) -> timedelta:
    if not timedelta(0) <= value <= LONGEST_UNDO:
        raise ValueError(
            "a verdict can be withdrawn for at most an hour, PT1H; PT0S has it take effect at once"
        )
    return value


#: How long a verdict may be withdrawn; PT0S: not at all.
UndoFor = Annotated[
    timedelta,
    BeforeValidator(_iso_only),
    AfterValidator(_short),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
            "description": "ISO 8601 duration of at most an hour, such as PT10S; PT0S for not at all",
            "examples": ["PT10S", "PT1M", "PT0S"],
        }
    ),
]


def in_words(duration: timedelta) -> str:
    """`PT36H` as `1 d 12 h`; for messages and briefs."""
    seconds = int(duration.total_seconds())
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"
