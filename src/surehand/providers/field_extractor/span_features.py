"""What is measured of a text over some rows: how the first stage sees it, its layout, its wording."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .rows import Sheet, Unit
from .spans import LEGAL, MARKS, Span, marks_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NO_MARKS = (0,) * len(MARKS)
_NOT_LETTERS = re.compile(r"[\W\d_]")
_JOINED = ("(", "&", "CO", "-")


@dataclass(frozen=True, slots=True)
class _Stage:
    """The first stage on one sheet: (units,) log odds of inside, first, last; logs of P(in) and P(out)."""

    inside: "NDArray[np.float64]"
    first: "NDArray[np.float64]"
    last: "NDArray[np.float64]"
    log_in: "NDArray[np.float64]"
    log_out: "NDArray[np.float64]"
    tops: tuple[float, float, float]


def of_spans(sheet: Sheet, spans: Sequence[Span], stages: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n, features) numbers for the second stage.

    stages  (units, 3) log odds of the first stage: inside, first, last
    """
    import numpy as np

    if not spans:
        return np.zeros((0, 0))
    inside, first, last = stages[:, 0], stages[:, 1], stages[:, 2]
    logs = -np.logaddexp(0.0, -inside), -np.logaddexp(0.0, inside)
    stage = _Stage(inside, first, last, *logs, (float(inside.max()), float(first.max()), float(last.max())))
    marks = [marks_in(unit.upper) for unit in sheet.units]
    out = []
    for span in spans:
        at = list(span.units)
        head, tail = sheet.units[at[0]], sheet.units[at[-1]]
        before = head.above
        after = tail.below if tail.whole and (head.whole or tail.below is not None) else tail.under
        over = sheet.units[before] if before is not None else None
        under = sheet.units[after] if after is not None else None
        out.append(
            (
                *_scores(stage, at, before, after),
                *_layout(sheet, head, tail, over, under, len(at)),
                *_wording(span, head, tail, over, under),
                *np.sum([marks[index] for index in at], axis=0),
                *marks[at[0]],
                *marks[at[-1]],
                *(marks[before] if before is not None else _NO_MARKS),
                *(marks[after] if after is not None else _NO_MARKS),
            )
        )
    return np.array(out, dtype=np.float64)


def _scores(stage: _Stage, at: list[int], before: int | None, after: int | None) -> tuple[Any, ...]:
    """What the first stage says of the units of a span and of those around it."""
    inside, first, last = stage.inside, stage.first, stage.last
    scores = inside[at]
    return (
        first[at[0]], last[at[-1]], scores.sum(), scores.min(), scores.mean(),
        first[at[0]] - stage.tops[1], last[at[-1]] - stage.tops[2], float(scores.max()) - stage.tops[0],
        float(first[at[1:]].max()) if len(at) > 1 else -9.0,
        float(last[at[:-1]].max()) if len(at) > 1 else -9.0,
        inside[before] if before is not None else -9.0,
        inside[after] if after is not None else -9.0,
        last[before] if before is not None else -9.0,
        first[after] if after is not None else -9.0,
        float((stage.log_in[at] - stage.log_out[at]).sum()) + (first[at[0]] + last[at[-1]]) / 2,
    )  # fmt: skip


def _layout(
    sheet: Sheet, head: Unit, tail: Unit, over: Unit | None, under: Unit | None, count: int
) -> tuple[Any, ...]:
    """Where a span lies, and how it differs in size and place from what is around it."""
    return (
        count, head.row, head.row / sheet.rows, head.y, head.page, head.x, head.right, head.whole,
        len(head.pieces), len(tail.pieces), head.size, tail.size,
        over.size / (head.size or 1.0) if over else 0.0,
        under.size / (tail.size or 1.0) if under else 0.0,
        head.y - over.bottom if over else 0.2, under.y - tail.bottom if under else 0.2,
        abs((head.x + head.right - tail.x - tail.right) / 2),
        abs((under.x + under.right - tail.x - tail.right) / 2) if under else 0.5,
    )  # fmt: skip


def _wording(span: Span, head: Unit, tail: Unit, over: Unit | None, under: Unit | None) -> tuple[Any, ...]:
    """Letters, digits and signs of a span, and whether it or its neighbours look like half of a name."""
    text = "".join(unit.upper[start:end] for unit, start, end in span.parts)
    cut = sum(len(unit.text) - (end - start) for unit, start, end in span.parts)
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    return (
        span.trim, cut, len(text), digits, letters, text.count(","), text.count("("), text.count(")"),
        text.rstrip().endswith((",", "&", "(", "-")), ":" in text,
        _balance(text), len(_bare(text)), len(_bare(text)) / max(letters, 1),
        _open(over.upper) if over else 0, _open(tail.upper),
        len(_bare(over.upper)) if over else 0, len(_bare(under.upper)) if under else 0,
        len(_bare(head.upper)), len(_bare(tail.upper)), head.upper.startswith(_JOINED),
        under.upper.startswith(_JOINED) if under else 0,
        head.right - head.x, over.right - over.x if over else 0.0,
        under.right - under.x if under else 0.0,
        over.size / (tail.size or 1.0) if over else 0.0, head.size / (tail.size or 1.0),
    )  # fmt: skip


def _balance(text: str) -> int:
    """Brackets that are opened and not closed; below 0 for the other way round."""
    return text.count("(") - text.count(")")


def _open(text: str) -> int:
    """Whether a row asks for another one: a bracket is open, or it ends in a sign that joins."""
    return 2 * (_balance(text) > 0) + text.rstrip().endswith(("&", ",", "-", "/"))


def _bare(text: str) -> str:
    """The letters that are left of a name without its legal form."""
    return _NOT_LETTERS.sub("", LEGAL.sub("", text))
