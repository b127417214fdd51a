"""Commands that run things: up, worker, submit."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surehand.cli.screen import console, printable, say

if TYPE_CHECKING:
    from surehand.app import Surehand
    from surehand.core.process import Process
    from surehand.sources.files import Item, Source
    from surehand.web.pages_tour import Tour

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]

#: Items sent together.
_TOGETHER = 200

#: Refused lines that are printed; the rest is counted.
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(up)
    app.command()(worker)
    app.command()(submit)


def up(
    folder: Folder,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="The database was restored from a backup.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who says so, with --reconcile.")] = None,
) -> None:
    """Start the server: the desk, the API and the workers."""
    from surehand.app import assembled
    from surehand.cli.restoring import not_behind, nothing_left, reconciled

    if reconcile:
        nothing_left(folder)
    surehand = assembled(folder)
    try:
        if reconcile:
            surehand = reconciled(surehand, by or typer.prompt("Your name in people.yaml"))
        not_behind(surehand)
    except BaseException:
        surehand.close()
        raise
    if surehand.passed_over:
        say(
            "people.yaml is not what runs: the file was changed, and people are kept in the database. "
            f"'surehand people import {folder}' shows what differs and takes it in."
        )
    serve(surehand, host=host, port=port)


def serve(
    surehand: "Surehand",
    *,
    host: str | None = None,
    port: int | None = None,
    demo_token: str | None = None,
    tour: "Tour | None" = None,
) -> None:
    """Run the web server until it is told to stop, then finish what was begun."""
    import signal

    import uvicorn

    from surehand.app import create_app

    # uvicorn stops in good order and then raises the signal again: end in good order there, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    settings = surehand.settings
    surehand.start()
    try:
        host, port = host or settings.host, port or settings.port
        if demo_token is None:
            mode = " (development: one person may publish alone)" if settings.development else ""
            say(f"Surehand serves {surehand.deployment.folder.name} on http://{host}:{port}{mode}")
        else:
            say(f"Open  http://{host}:{port}/demo/{demo_token}  and be any of its people.", style="bold")
        application = create_app(surehand, demo_token=demo_token, tour=tour)
        settle()
        uvicorn.run(
            application, host=host, port=port, log_level="warning",
            timeout_graceful_shutdown=10, server_header=False,
            # the demo trusts what it sees to be on this machine, so that nobody else may say where they are
            proxy_headers=settings.trusted_proxies is not None and demo_token is None,
            forwarded_allow_ips=settings.trusted_proxies or "",
        )  # fmt: skip
    finally:
        surehand.close()


def settle() -> None:
    """What is loaded by now stays to the end: collecting garbage need not walk through it each time."""
    import gc

    gc.collect()
    gc.freeze()


def worker(folder: Folder) -> None:
    """Run work beside the server, on this or another machine. Needs PostgreSQL."""
    import signal
    import time

    from surehand.app import assembled
    from surehand.cli.restoring import not_behind
    from surehand.errors import SettingsInvalid
    from surehand.maps.deployment import load

    if load(folder).settings.database_url.startswith("sqlite"):
        raise SettingsInvalid(
            "database: SQLite takes one process, and 'surehand up' runs the work itself; "
            "use PostgreSQL for workers"
        )
    surehand = assembled(folder, sealing=False)
    try:
        not_behind(surehand)
    except BaseException:
        surehand.close()
        raise
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    surehand.start()
    settle()
    say(f"Working on {surehand.deployment.folder.name} as {surehand.context.worker}")
    try:
        # a signal that comes just before it begins to wait for a lock would not end that
        while not told:
            time.sleep(0.2)
    finally:
        surehand.close()


def submit(
    folder: Folder,
    process: Annotated[str, typer.Argument(help="The process.", show_default=False)],
    file: Annotated[
        Path,
        typer.Argument(
            help="A .jsonl, .csv or .tsv file, a document, or a folder of documents.", show_default=False
        ),
    ],
    by: Annotated[str | None, typer.Option(help="Who submits; the process's builder by default.")] = None,
    key_column: Annotated[str | None, typer.Option(help="Column that names each item.")] = None,
    url: Annotated[str | None, typer.Option(help="Send to a running server.")] = None,
    api_key: Annotated[str | None, typer.Option(envvar="SUREHAND_API_KEY", help="Key for --url.")] = None,
) -> None:
    """Submit a file or documents. The same line or document is the same case, so it can be sent again."""
    from surehand.app import folder_of
    from surehand.errors import Fault, InvalidInput
    from surehand.maps import deployment
    from surehand.maps.parse import process as parsed
    from surehand.sources import files, folders

    found = deployment.load(folder)
    map_ = parsed(folder_of(found, process) / "process.yaml")
    if folders.holds_documents(file):
        source = folders.opened(file, map_)
    else:
        source = files.opened(file, map_, key_column=key_column)
    _tell_matching(source)
    if url is None:
        _directly(folder, map_, source, by or map_.builder)
        return
    if not api_key:
        raise InvalidInput([Fault("--api-key", "is needed with --url; make one with 'surehand key'")])
    from surehand.connect.client import Client

    with Client(url, api_key) as client:
        send = client.submit_many

        def sent(items: Sequence[dict[str, Any]]) -> list[str]:
            return [_outcome(result) for result in send(items)]

        _send(source, map_, sent, client.send_file)


def _directly(folder: Path, map_: "Process", source: "Source", by: str) -> None:
    """Into the database of a deployment that is not running; everything due is run before this ends."""
    from surehand.app import assembled
    from surehand.cli.restoring import not_behind
    from surehand.flow import filing
    from surehand.flow.intake import Submission, submit_many
    from surehand.flow.running import drain, sweep

    surehand = assembled(folder)
    try:
        not_behind(surehand)
        context = surehand.context

        def sent(items: Sequence[dict[str, Any]]) -> list[str]:
            results = submit_many(context, [Submission(**item) for item in items], submitter=by)
            while drain(context):
                pass
            return [_outcome(result) for result in results]

        def kept(document: Path) -> dict[str, Any]:
            return {
                "file": filing.keep(context, document.read_bytes(), by=by).digest,
                "name": document.name[:200],
            }

        _send(source, map_, sent, kept)
        sweep(context)
        from surehand.store.figures import state_counts

        with context.db.read() as connection:
            counts = state_counts(connection, map_.process)
        say("Now in this process: " + ", ".join(f"{n:,} {state}" for state, n in sorted(counts.items())))
    finally:
        surehand.close()


def _outcome(result: object) -> str:
    """`new`, `known`, or why it was refused."""
    created = getattr(result, "created", None)
    if created is None:
        return str(getattr(result, "detail", result))
    return "new" if created else "known"


def _send(
    source: "Source",
    map_: "Process",
    sent: Callable[[Sequence[dict[str, Any]]], list[str]],
    filed: Callable[[Path], dict[str, Any]],
) -> None:
    """Send everything and say what became of it.

    sent   submits a portion; `new`, `known` or why it was refused, for each
    filed  sends a document; what the input then holds of it
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counts: Counter[str] = Counter()
    refused: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True)) as progress:
        task = progress.add_task(printable(source.path.name), total=source.count)
        for items in _portions(source.items()):
            items = [_filed(item, filed) for item in items]
            readable = [item for item in items if item.input is not None]
            refused += [f"line {item.line} {item.fault}" for item in items if item.input is None]
            results = sent([_submission(item, source, map_) for item in readable]) if readable else []
            for item, result in zip(readable, results, strict=True):
                counts[result if result in ("new", "known") else "refused"] += 1
                if result not in ("new", "known"):
                    refused.append(f"line {item.line}: {result}")
            progress.advance(task, len(items))
    say(f"{counts['new']:,} new, {counts['known']:,} known already, {len(refused):,} refused.")
    for line in refused[:_SHOWN]:
        say(f"  {line}", style="red")
    if len(refused) > _SHOWN:
        say(f"  and {len(refused) - _SHOWN:,} more", style="red")
    if refused:
        raise typer.Exit(1)


def _filed(item: "Item", filed: Callable[[Path], dict[str, Any]]) -> "Item":
    """The item with its document sent; refused with the reason if that cannot be kept."""
    from surehand.errors import InvalidInput

    if item.file is None or item.input is None:
        return item
    try:
        return replace(item, input={**item.input, "document": filed(item.file)})
    except (InvalidInput, OSError) as error:
        return replace(item, input=None, fault=f"({item.file.name}) {error}")


def _submission(item: "Item", source: "Source", map_: "Process") -> dict[str, Any]:
    return {
        "process": map_.process,
        "key": item.key or f"{source.path.name}:{item.line}",
        "input": item.input or {},
        "recommendations": dict(item.recommendations),
    }


def _portions(items: "Iterator[Item]") -> "Iterator[list[Item]]":
    while portion := list(islice(items, _TOGETHER)):
        yield portion


def _tell_matching(source: "Source") -> None:
    matching = source.matching
    if matching is None:
        return
    for column, field in matching.fields.items():
        say(f"  column '{column}' is {field}")
    for column, near in matching.unused:
        hint = f"; rename it if it is {near}" if near else ""
        say(f"  column '{column}' is not used{hint}", style="yellow")
    for name in matching.missing:
        say(f"  no column holds {name}, which is required: these cases go to a person", style="yellow")
