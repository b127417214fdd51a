"""Commands for those who write maps: init, check, schema, diff, publish."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from surehand.cli.screen import as_json, fail, say

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(check)
    app.command()(schema)
    app.command()(diff)
    app.command()(publish)


def init(
    folder: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR", show_default=False)],
    pattern: Annotated[str, typer.Option(help="The pattern to start from.")] = "extract-decide-route",
) -> None:
    """Write a process that runs, to start from."""
    from surehand.maps import starter

    for path in starter.write(folder, pattern):
        say(f"wrote {path}")
    say()
    say("Next:")
    say(f"  surehand check {folder}")
    say(f"  surehand passwd {folder} PERSON      # give somebody of people.yaml a password")
    say(f"  surehand up {folder}")


def check(
    folder: Folder,
    json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
) -> None:
    """List every fault of a deployment with file and line. Runs the code of each steps.py.

    What briefs will lack by the map is a warning.
    """
    from surehand import plugins
    from surehand.errors import MapInvalid
    from surehand.maps import deployment

    faults = deployment.check(folder, names=plugins.load().names)
    # a map that cannot be read is told of already
    try:
        warnings = deployment.warnings(folder)
    except MapInvalid:
        warnings = []
    if json:
        rows = [(fault, "error") for fault in faults] + [(one, "warning") for one in warnings]
        as_json(
            [
                {"where": f.where, "message": f.message, "suggestion": f.suggestion, "severity": severity}
                for f, severity in rows
            ]
        )
    else:
        for one in warnings:
            say(f"{one.where}: warning: {one.message}")
        if faults:
            fail(MapInvalid(faults))
            say(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {folder}", style="bold")
        elif warnings:
            say(f"{folder} is sound, with {len(warnings)} {'warning' if len(warnings) == 1 else 'warnings'}.")
        else:
            say(f"{folder} is sound.")
    if faults or (strict and warnings):
        raise typer.Exit(1)


def schema(
    kind: Annotated[str, typer.Argument(help="process, people or surehand: for which file.")] = "process",
) -> None:
    """Print the JSON Schema of a file, for editors."""
    from surehand.errors import Fault, InvalidInput
    from surehand.maps import schema as schemas

    kinds = {"process": schemas.process, "people": schemas.people, "surehand": schemas.settings}
    if kind not in kinds:
        raise InvalidInput([Fault("kind", f"must be one of: {', '.join(kinds)}")])
    as_json(kinds[kind]())


def diff(
    before: Annotated[Path, typer.Argument(help="A process.yaml.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="Another process.yaml.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Say what changed between two maps, and what of it tightens or loosens."""
    from surehand.maps.diff import differences
    from surehand.maps.parse import process

    changes = differences(process(before), process(after))
    if json:
        as_json([asdict(change) for change in changes])
        return
    for change in changes:
        say(change)
    if not changes:
        say("Nothing changed.")


def publish(
    folder: Folder,
    process: Annotated[str, typer.Argument(help="The process.", show_default=False)],
    by: Annotated[str, typer.Option(help="Who publishes.", prompt="Your name in people.yaml")],
) -> None:
    """Propose what lies in the folder; the second person who runs this publishes it."""
    from surehand import plugins
    from surehand.app import assembled, folder_of
    from surehand.cli.people import proven
    from surehand.flow import publish as publishing
    from surehand.maps import version
    from surehand.maps.bind import bind
    from surehand.store import versions

    surehand = assembled(folder, publishing=True)
    try:
        proven(surehand, by)
        place = folder_of(surehand.deployment, process)
        bound = bind(place, surehand.context.people, names=plugins.load().names)
        with surehand.context.db.read() as connection:
            known = versions.find(connection, bound.version)
        if known is None:
            version.keep(surehand.deployment.folder, place, bound.name)
            publishing.propose(surehand.context, bound, by=by)
            say(f"Proposed version {bound.version[:12]} of {bound.name}. A second person publishes it:")
            say(f"  surehand publish {folder} {process} --by PERSON")
            return
        publishing.publish(surehand.context, bound.version, by=by)
        say(f"Published version {bound.version[:12]} of {bound.name}, proposed by {known.proposed_by}.")
    finally:
        surehand.close()
