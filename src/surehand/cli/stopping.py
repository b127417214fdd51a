"""Commands that stop automation and have it resume."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surehand.cli.screen import as_json, say, table

if TYPE_CHECKING:
    from surehand.app import Surehand
    from surehand.connect.client import Client
    from surehand.core.bound import BoundProcess
    from surehand.flow.context import Context

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
Process = Annotated[str | None, typer.Argument(help="The process; left out, everything.", show_default=False)]
By = Annotated[str | None, typer.Option(help="Your name in people.yaml; asked for where it is needed.")]
Url = Annotated[str | None, typer.Option(help="Of the running server; the one in surehand.yaml by default.")]
Key = Annotated[str | None, typer.Option(envvar="SUREHAND_API_KEY", help="An API key of yours.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(stop)
    app.command()(resume)


def stop(
    folder: Folder,
    process: Process = None,
    because: Annotated[str | None, typer.Option(help="Why, as everybody reads it.")] = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="For a moment only: see that every worker refuses.")
    ] = False,
    by: By = None,
    url: Url = None,
    api_key: Key = None,
) -> None:
    """Stop automation: no action begins any more, and every case goes to people."""
    from surehand.flow import stopping

    if not drill and because is None:
        because = typer.prompt("Why")

    def here(context: "Context", person: str) -> dict[str, Any]:
        if drill:
            return asdict(stopping.drill(context, person, process))
        return asdict(stopping.stop(context, person, process, because=str(because)))

    def there(client: "Client") -> dict[str, Any]:
        return client.drill(process) if drill else client.stop(process, because=str(because))

    made = _done(folder, by, url, api_key, here, there)
    what = made["process"] or "everything"
    if drill:
        _drilled(what, made["counted"])
    else:
        say(f"Stopped: {what}. No action of it begins; what had begun runs to its end.", style="bold")
        say(f"Stop {made['id']}. To resume: 'surehand resume {folder} {made['id']}', by two people.")


def _drilled(what: str, counted: dict[str, Any]) -> None:
    from surehand.core.stopping import Drilled

    found = Drilled.of(counted)
    say(f"Drill of {what}: {found.sentence}.", style="bold" if found.works else "red")
    if not found.works:
        raise typer.Exit(1)


def resume(
    folder: Folder,
    number: Annotated[int | None, typer.Argument(help="Of the stop; left out, they are listed.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Have it kept stopped, as somebody asks.")] = False,
    by: By = None,
    url: Url = None,
    api_key: Key = None,
    json_: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Ask for a stop to end, or agree where somebody else asks. It takes two people."""
    from surehand.flow import stopping

    def standing(context: "Context", person: str) -> list[dict[str, Any]]:
        found = stopping.overview(context, person).in_force
        return [{**asdict(one.stop), **one.counted} for one in found]

    def told(client: "Client") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.stops()["in_force"]
        return found

    with _reached(folder, by, url, api_key) as ask:
        found = ask(standing, told)
        if number is None:
            _listed(found, json_=json_)
            return
        asked = next((one["asked_by"] for one in found if one["id"] == number), None)
        if keep:
            made = ask(
                lambda context, person: asdict(stopping.keep_stopped(context, person, number)),
                lambda client: client.keep_stopped(number),
            )
        elif asked is None:
            made = ask(
                lambda context, person: asdict(stopping.ask_to_resume(context, person, number)),
                lambda client: client.resume(number),
            )
        else:
            made = ask(
                lambda context, person: asdict(stopping.agree(context, person, number)),
                lambda client: client.agree(number),
            )
    if json_:
        as_json(made)
    elif keep:
        say("It stays stopped.")
    elif made["ended_at"] is None:
        say(f"{made['asked_by']} asks to resume. A second person agrees with the same command.")
    else:
        say(f"Resumed, as {made['asked_by']} asked and {made['ended_by']} agreed.")
        say(f"{made['counted']['held']:,} held actions are due, and are checked again before they run.")


def _listed(found: list[dict[str, Any]], *, json_: bool) -> None:
    if json_:
        as_json(found)
    elif not found:
        say("Nothing is stopped.")
    else:
        table(
            ("stop", "what", "by", "because", "asks to resume", "held"),
            (
                (one["id"], one["process"] or "everything", one["by"], one["because"],
                 one["asked_by"] or "nobody", one["held"])
                for one in found
            ),
        )  # fmt: skip


Here = Callable[["Context", str], Any]
There = Callable[["Client"], Any]


def _done(
    folder: Path, by: str | None, url: str | None, api_key: str | None, here: Here, there: There
) -> dict[str, Any]:
    with _reached(folder, by, url, api_key) as ask:
        made: dict[str, Any] = ask(here, there)
        return made


@contextmanager
def _reached(
    folder: Path, by: str | None, url: str | None, api_key: str | None
) -> Iterator[Callable[[Here, There], Any]]:
    """The deployment: through its server, or in its database where nothing else writes into it.

    A SQLite file belongs to the process that has it open, so a running server is asked over HTTP, with a key.
    """
    from surehand.app import assembled
    from surehand.cli.people import proven
    from surehand.errors import Fault, InvalidInput, Stopped
    from surehand.maps.deployment import load

    settings = load(folder).settings
    if url is not None or api_key:
        if not api_key:
            raise InvalidInput([Fault("--api-key", "is needed with --url; make one with 'surehand key'")])
        from surehand.connect.client import Client

        with Client(url or settings.url, api_key) as client:
            yield lambda _here, there: there(client)
        return
    try:
        surehand = assembled(folder, publishing=True, sealing=False)
    except Stopped as error:
        raise Stopped(
            f"{error.detail.split(':')[0]}. Go through its server: give --api-key "
            f"(or SUREHAND_API_KEY) and, if it is not {settings.url}, --url; or open {settings.url}/stop"
        ) from None
    try:
        person = by or typer.prompt("Your name in people.yaml")
        proven(surehand, person)
        surehand.context.processes.current.update(_processes(surehand))
        yield lambda here, _there: here(surehand.context, person)
    finally:
        surehand.close()


def _processes(surehand: "Surehand") -> dict[str, "BoundProcess"]:
    """What is published, as far as it loads: a map that does not must not be in the way of a stop."""
    from surehand.errors import SurehandError
    from surehand.store import versions

    context, found = surehand.context, dict(surehand.context.processes.current)
    with context.db.read() as connection:
        current = versions.current(connection)
    for name in current.keys() - found.keys():
        with suppress(SurehandError):
            found[name] = context.processes.versions.load(name, current[name].hash)
    return found
