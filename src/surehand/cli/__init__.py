"""The command line. Heavy imports wait until a command needs them."""

import sys
from typing import Annotated

import typer

from surehand.cli import design, learn, look, people, pilot, run, show, stopping

app = typer.Typer(
    name="surehand",
    help="The decision layer between AI and people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"surehand {installed('surehand')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Options of the program itself."""


for group in (design, run, stopping, learn, pilot, look, people, show):
    group.register(app)


def main() -> None:
    """Run a command; a fault of the user's is a sentence and exit code 1, never a traceback."""
    from surehand.errors import SurehandError

    try:
        app()
    except SurehandError as error:
        from surehand.cli.screen import fail

        fail(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
