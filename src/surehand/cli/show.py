"""The command that shows Surehand at work: demo."""

import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surehand.cli.screen import console, say, table

if TYPE_CHECKING:
    from surehand.app import Surehand

_PROCESS = "expense-receipts"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the made-up company lives; a temporary folder by default.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many receipts come in.", min=1, max=20_000)] = 200,
    seed: Annotated[int, typer.Option(help="The same seed makes the same receipts.")] = 1,
    serve: Annotated[
        bool | None,
        typer.Option("--serve/--no-serve", help="Serve the desk; by default where a person looks on."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the desk.")] = 8420,
) -> None:
    """Run a made-up company: receipts come in, safe ones are paid, the others wait for people."""
    from surehand.app import assembled
    from surehand.demo import place

    home = place.copied(folder or Path(tempfile.mkdtemp(prefix="surehand-demo-")))
    surehand = assembled(home)
    staying = sys.stdout.isatty() if serve is None else serve
    try:
        cases = _fed(surehand, count=count, seed=seed)
        _told(surehand, cases)
    except BaseException:
        surehand.close()
        raise
    say(f"The company lives in {home}")
    if not staying:
        surehand.close()
        say(f"Open the desk:  surehand demo {home} --serve")
        return
    from surehand.cli.run import serve as serving

    serving(surehand, host="127.0.0.1", port=port, demo_token=secrets.token_urlsafe(16))


def _fed(surehand: "Surehand", *, count: int, seed: int) -> list[str]:
    """Submit receipts and run them, before the visitor's eyes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from surehand.demo.receipts import receipts
    from surehand.flow.intake import Accepted, Submission, submit_many
    from surehand.flow.running import drain

    ids: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("receipts"))
    made = receipts(count, seed, today=surehand.context.clock().date())
    with Progress(*columns, console=console()) as progress:
        task = progress.add_task("Receipts come in", total=len(made))
        for start in range(0, len(made), 20):
            portion = [
                Submission(process=_PROCESS, key=one["key"], input=one["input"])
                for one in made[start : start + 20]
            ]
            results = submit_many(surehand.context, portion, submitter="platform.dev")
            ids.extend(result.case.id for result in results if isinstance(result, Accepted))
            while drain(surehand.context):
                pass
            progress.advance(task, len(portion))
    return ids


def _told(surehand: "Surehand", ids: list[str]) -> None:
    """What ran alone, what waits with whom and why, one story, and whether the audit trail holds."""
    from surehand.flow.explain import explain, told
    from surehand.flow.verify import verify
    from surehand.store import cases

    context = surehand.context
    with context.db.read() as connection:
        found = cases.load(connection, ids)
        waiting = cases.open_assignments(connection, ids)
    done = [case for case in found.values() if case.state == "done"]
    alone = [case for case in done if all(a["by"] == "policy" for a in case.answers.values())]
    say()
    say(
        f"{len(alone)} of {len(found)} ran alone and were paid. {len(waiting)} wait for people:", style="bold"
    )
    by_person: Counter[tuple[str, str]] = Counter((a.person, _first(a.because)) for a in waiting.values())
    rows: list[tuple[Any, ...]] = [(n, person, why) for (person, why), n in by_person.most_common(12)]
    table(("cases", "with", "because"), rows)
    if waiting:
        example = next(iter(waiting))
        say()
        say("One of them, as 'surehand explain' tells it:", style="bold")
        say(told(explain(context, example)))
    context.checkpoints.seal(context.db, now=context.clock())
    proof = verify(context)
    say()
    verdict = "every one holds" if proof.holds else f"{len(proof.findings)} do not hold"
    say(f"Audit trail: {proof.chains:,} chains with {proof.events:,} events; {verdict}.", style="bold")


def _first(because: str) -> str:
    return because.split("; ")[0][:70]
