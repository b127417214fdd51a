"""What the commands print: one console, faults in one form."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from surehand.errors import Fault, SurehandError

if TYPE_CHECKING:
    from rich.console import Console


def console(*, stderr: bool = False) -> "Console":
    """The terminal. Texts of cases are printed as they are: no markup in them is obeyed."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def printable(text: object) -> str:
    """Without control characters, so that a case cannot steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def say(text: object = "", style: str | None = None) -> None:
    """A line on standard output."""
    console().print(printable(text), style=style)


def fail(error: SurehandError) -> None:
    """An error in words on standard error."""
    faults: Iterable[Fault] = getattr(error, "faults", ())
    lines = [str(fault) for fault in faults] or [error.detail]
    for line in lines:
        console(stderr=True).print(printable(line), style="red")


def as_json(value: Any) -> None:
    """A value as JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A plain table."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column)
    for row in rows:
        drawn.add_row(*(printable(cell) for cell in row))
    console().print(drawn)
