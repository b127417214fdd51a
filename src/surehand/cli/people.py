"""Commands about access: passwords and API keys."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surehand.cli.screen import say

if TYPE_CHECKING:
    from surehand.app import Surehand

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
Person = Annotated[str, typer.Argument(help="A name in people.yaml.", show_default=False)]

_SHORTEST = 10


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(passwd)
    app.command()(key)


def passwd(
    folder: Folder,
    person: Person,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Set a person's password; ends their sessions."""
    from surehand.app import assembled
    from surehand.errors import Fault, InvalidInput
    from surehand.flow import access

    password = sys.stdin.readline().rstrip("\n") if stdin else typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )  # fmt: skip
    if len(password) < _SHORTEST:
        raise InvalidInput([Fault("password", f"must have at least {_SHORTEST} characters")])
    surehand = assembled(folder, publishing=True)
    try:
        access.set_password(surehand.context, person, password)
    finally:
        surehand.close()
    say(f"{person} can sign in now.")


def key(
    folder: Folder,
    person: Person,
    label: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    revoke: Annotated[bool, typer.Option("--revoke", help="Revoke all keys of the person.")] = False,
) -> None:
    """Make an API key for a person. It is shown once; only its hash is kept."""
    from surehand.app import assembled
    from surehand.flow import access

    surehand = assembled(folder, publishing=True)
    try:
        if revoke:
            count = access.revoke_keys(surehand.context, person, by=person)
            say(f"Revoked {count} {'key' if count == 1 else 'keys'} of {person}.")
            return
        typer.echo(access.create_key(surehand.context, person, label=label))
    finally:
        surehand.close()


def proven(surehand: "Surehand", person: str) -> None:
    """Ask for a person's password, unless one developer does everything here."""
    if surehand.context.development:
        return
    from surehand.flow import access

    access.check_password(surehand.context, person, typer.prompt(f"Password of {person}", hide_input=True))
