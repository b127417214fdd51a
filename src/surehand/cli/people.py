"""Commands about people: passwords, API keys, and the roster."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surehand.cli.screen import as_json, printable, say, table

if TYPE_CHECKING:
    from surehand.app import Surehand
    from surehand.flow.context import Context

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
Person = Annotated[str, typer.Argument(help="A name in people.yaml.", show_default=False)]

By = Annotated[str, typer.Option(help="Who changes it.", prompt="Your name in people.yaml")]
Because = Annotated[str, typer.Option(help="Why, for the record.", prompt="Why")]

#: What a command is called where its name is a word of Python.
_NAMES = {"take_in": "import"}

_SHORTEST = 10


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(passwd)
    app.command()(key)
    people = typer.Typer(help="Look at people, and change who may act.", no_args_is_help=True)
    for command in (show, export, take_in, disable):
        people.command(_NAMES.get(command.__name__))(command)
    app.add_typer(people, name="people")


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


def show(
    folder: Folder,
    name: Annotated[str | None, typer.Argument(help="One person; everybody, if left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who is in force, or what one person may decide."""
    from surehand.app import looking
    from surehand.core.rosters import written

    with looking(folder, processes=name is not None) as context:
        people = context.people
        if name is not None:
            _one(context, name, json=json)
            return
        if json:
            as_json({"rev": context.people_rev, **written(people)})
            return
        now = context.clock()
        rows = [
            (
                one, ", ".join(person.roles), ", ".join(people.queues_of(one)),
                "" if person.limit is None else f"{person.limit:,.2f}",
                "left" if not person.active else "here" if people.here(one, now) else "away",
            )
            for one, person in people.people.items()
        ]  # fmt: skip
        table(("person", "roles", "queues", "limit", "now"), rows)
        say(
            f"Revision {context.people_rev} of the roster."
            if context.people_rev
            else "As people.yaml has it."
        )


def _one(context: "Context", name: str, *, json: bool) -> None:
    """What one person may decide alone."""
    from surehand.core.rosters import written
    from surehand.flow import personnel

    personnel.known(context, name)
    decided = personnel.decided_by(context, name)
    if json:
        person = written(context.people).get("people", {}).get(name, {})
        lines = [
            {
                "process": one.process,
                "point": one.point,
                "queue": one.queue,
                "currency": one.currency or None,
                "alone": [
                    {
                        "limit": alone.limit,
                        "consequence": alone.grade,
                        "row": alone.grant and alone.grant.model_dump(mode="json", exclude_defaults=True),
                    }
                    for alone in one.alone
                ],
            }
            for one in decided
        ]
        as_json({"name": name, "person": person, "decides": lines})
        return
    rows = []
    for one in decided:
        for alone in one.alone:
            most = "any sum" if alone.limit is None else f"{alone.limit:,.2f} {one.currency}"
            rows.append(
                (one.process, one.point, one.queue, most if one.currency else "", alone.grade or "all")
            )
        if not one.alone:
            rows.append((one.process, one.point, one.queue, "never", ""))
    if rows:
        table(("process", "decision", "queue", "alone, up to", "consequence"), rows)
    else:
        say(f"Nothing comes to {name} for a decision.")


def export(folder: Folder) -> None:
    """Print a people.yaml of what is in force."""
    from surehand.app import looking
    from surehand.maps.people_text import people_text

    with looking(folder) as context:
        sys.stdout.buffer.write(people_text(context.people).encode())


def take_in(
    folder: Folder,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
) -> None:
    """Put the folder's people.yaml in place of what is in force; shows first what changes."""
    from surehand.app import assembled
    from surehand.core import rosters
    from surehand.flow import people

    surehand = assembled(folder)
    try:
        context, wanted = surehand.context, surehand.deployment.people
        rev = context.people_rev  # time passes until somebody says yes
        changes = rosters.changes(context.people, wanted)
        for change in changes:
            say(change)
        if not changes:
            say("Nothing differs from what is in force.")
            return
        proven(surehand, by)
        if not yes and not typer.confirm(f"Make {len(changes)} changes?"):
            raise typer.Exit(1)
        revision = people.replace(context, wanted, by=by, rev=rev)
    finally:
        surehand.close()
    say(f"Revision {revision.rev if revision else context.people_rev} of the roster is in force.")


def disable(folder: Folder, person: Person, by: By, because: Because) -> None:
    """Somebody has left: signed out, keys revoked, and what they hold goes to others, in one step."""
    from surehand.app import assembled
    from surehand.errors import NotFound
    from surehand.flow import people, personnel

    surehand = assembled(folder)
    try:
        context = surehand.context
        if person not in context.people.people:
            raise NotFound(f"There is no {person} here")
        proven(surehand, by)
        found = personnel.if_disabled(context, person)
        undone = [] if isinstance(found, str) else personnel.left_undone(context, person)
        people.disable(context, person, by=by, because=because)
        if not isinstance(found, str):
            for to, count in found.most_common():
                say(f"{'1 case goes' if count == 1 else f'{count} cases go'} to {to}.")
        for fault in undone:
            say(f"To be put right now, at {fault}")
    finally:
        surehand.close()
    say(f"{printable(person)} is disabled.")
