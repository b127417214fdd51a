"""The command that lets a model learn: train."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surehand.cli.screen import as_json, console, say

if TYPE_CHECKING:
    from collections.abc import Mapping

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)


def train(
    folder: Folder,
    process: Annotated[str, typer.Argument(help="The process.", show_default=False)],
    model: Annotated[str | None, typer.Option(help="The model; needed where there are several.")] = None,
    by: Annotated[str | None, typer.Option(help="Who trains it; the process's builder by default.")] = None,
    url: Annotated[str | None, typer.Option(help="Have a running server do it.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="SUREHAND_API_KEY", help="Key for --url.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a model learn from its examples and from what people have decided, and put it to use."""
    told = _at(url, api_key, process, model) if url else _here(folder, process, model, by, quiet=json)
    if json:
        as_json(told)
    else:
        _say(told)


def _here(folder: Path, process: str, model: str | None, by: str | None, *, quiet: bool) -> dict[str, Any]:
    """In this process; the deployment is not running, or uses PostgreSQL."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from surehand.app import assembled, folder_of
    from surehand.flow import training
    from surehand.maps.parse import process as parsed

    surehand = assembled(folder)
    try:
        map_ = parsed(folder_of(surehand.deployment, process) / "process.yaml")
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        with Progress(*columns, console=console(stderr=True), disable=quiet) as progress:
            task = progress.add_task("Learning", total=1.0)

            def seen(what: str, share: float) -> None:
                progress.update(task, description=what, completed=share)

            made = training.train(surehand.context, map_.process, model, by=by or map_.builder, progress=seen)
            progress.update(task, description="Learned", completed=1.0)
        return training.told(made)
    finally:
        surehand.close()


def _at(url: str, api_key: str | None, process: str, model: str | None) -> dict[str, Any]:
    from surehand.connect.client import Client
    from surehand.errors import Fault, InvalidInput

    if not api_key:
        raise InvalidInput([Fault("--api-key", "is needed with --url; make one with 'surehand key'")])
    with Client(url, api_key, timeout=900) as client:
        return client.train(process, model)


def _say(told: "Mapping[str, Any]") -> None:
    report = told["report"]
    if not told["changed"]:
        say(f"{told['model']} learned nothing new: {report['examples']} examples, {report['cases']} cases.")
        return
    what = (
        "is scored silently, until it has earned as much as the one in use" if told["rival"] else "is in use"
    )
    say(
        f"{told['model']} {told['hash'][:12]} {what}. It learned from {report['examples']} examples and "
        f"{report['cases']} decided cases."
    )
    fields = report.get("fields") or {}
    if fields:
        say("Read right, of documents whose kind it had not seen:")
    for name, share in fields.items():
        say(f"  {name.replace('_', ' ')}: {share * 100:.0f} %")
    if "answers" in report:
        _say_how_it_decides(report)


def _say_how_it_decides(report: "Mapping[str, Any]") -> None:
    """What a model that decides told of itself."""
    say(f"{len(report['answers'])} answers; right about {report['right'] * 100:.0f} % of the cases left out.")
    if report["confident_and_right"] is not None:
        say(
            f"With confidence above 90: {report['confident'] * 100:.0f} % of it, "
            f"right about {report['confident_and_right'] * 100:.1f} %."
        )
    if report["out_of_scope"]:
        say(f"Out of scope: {report['out_of_scope']} examples.")
    if report["not_learned"]:
        names = ", ".join(report["not_learned"][:10])
        say(f"Not learned, for want of a second example: {names}.")
    if report["contradictory"]:
        say(f"The same case with different answers: {report['contradictory']}. People should look at those.")
