"""The command that shows Surehand at work: demo."""

import secrets
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surehand.cli.screen import console, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from surehand.app import Surehand
    from surehand.demo.company import Company
    from surehand.demo.mail import Letter
    from surehand.demo.visit import Happened, Visit

#: Invoices of the demo's pile, of which some come in and the rest is for what the AI learns.
_PILE = 700


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the made-up company lives; a temporary folder by default.")
    ] = None,
    bills: Annotated[int, typer.Option(help="How many invoices come in.", min=10, max=400)] = 120,
    slips: Annotated[int, typer.Option(help="How many expense receipts come in.", min=0, max=2_000)] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same papers.")] = 1,
    serve: Annotated[
        bool | None,
        typer.Option("--serve/--no-serve", help="Serve the desk; by default where a person looks on."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the desk.")] = 8420,
    pull_the_plug: Annotated[
        bool, typer.Option("--pull-the-plug", help="Kill a server in mid-payment, start it again, and count.")
    ] = False,
    change_a_cent: Annotated[
        bool,
        typer.Option("--change-a-cent", help="Change a payment in the FOLDER's database; check the audit."),
    ] = False,
) -> None:
    """Run a made-up company: papers come in and are read, safe ones are paid, the others wait for people."""
    if pull_the_plug:
        _pulled()
        return
    if change_a_cent:
        _changed(folder)
        return
    from surehand.app import assembled
    from surehand.demo import place
    from surehand.demo.household import at_home

    home = place.copied(folder or Path(tempfile.mkdtemp(prefix="surehand-demo-")))
    staying = sys.stdout.isatty() if serve is None else serve
    surehand = assembled(home)
    today = surehand.context.clock().date()
    with at_home(home, seed=seed, today=today) as (_, house):
        try:
            visit = _opened(surehand, house, bills=bills, slips=slips, seed=seed, today=today)
        except BaseException:
            surehand.close()
            raise
        say(f"The company lives in {home}")
        if not staying:
            surehand.close()
            say(f"Open the desk:  surehand demo {home} --serve")
            return
        from surehand.cli.run import serve as serving

        serving(surehand, host="127.0.0.1", port=port, demo_token=secrets.token_urlsafe(16), tour=visit)


def _opened(
    surehand: "Surehand", house: "Company", *, bills: int, slips: int, seed: int, today: "date"
) -> "Visit":
    """Train the AI on its examples, let the mail come in, and tell what became of it."""
    from surehand.demo.mail import letters
    from surehand.demo.visit import Visit, happened

    mail = letters(house, bills=_PILE, slips=0, seed=seed, today=today)
    inside = letters(house, bills=bills, slips=slips, seed=seed, today=today)
    came = {letter.key for letter in inside}
    ids = _fed(surehand, inside)
    later = [letter for letter in mail if letter.key not in came]
    told = happened(surehand.context, inside, ids, later)
    _tell(surehand, told, ids)
    context = surehand.context
    context.checkpoints.seal(context.db, now=context.clock())
    database = Path(surehand.settings.database_url.removeprefix("sqlite:///"))
    plug = f"{_program()} demo --pull-the-plug"
    return Visit(context, told, later, database, plug, seed)


def _program() -> str:
    """How the visitor called this program."""
    from shlex import quote

    called = Path(sys.argv[0])
    return quote(str(called)) if called.name == "surehand" else "surehand"


def _fed(surehand: "Surehand", mail: "Sequence[Letter]") -> list[str]:
    """Before the visitor's eyes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

    from surehand.demo.mail import INVOICES, SENDER, delivered
    from surehand.flow import training

    context = surehand.context
    words, count = TextColumn("{task.description}"), TaskProgressColumn()
    if training.trained(context, INVOICES):
        say("The AI goes on with what it has learned.")
        return delivered(context, mail)
    with Progress(words, BarColumn(), count, console=console()) as progress:
        task = progress.add_task("The AI learns from its examples", total=1.0)
        training.train(
            context, INVOICES, by=SENDER, progress=lambda _what, share: progress.update(task, completed=share)
        )
        progress.update(task, completed=1.0)
    with Progress(words, BarColumn(), MofNCompleteColumn(), console=console()) as progress:
        task = progress.add_task("Papers come in and are read  ", total=len(mail))
        return delivered(context, mail, opened=lambda done: progress.advance(task, done))


def _tell(surehand: "Surehand", told: "Happened", ids: "Sequence[str]") -> None:
    """What ran alone, what waits with whom and why, and whether the audit trail holds."""
    from collections import Counter

    from surehand.store import cases

    with surehand.context.db.read() as connection:
        waiting = cases.open_assignments(connection, ids)
    say()
    say(
        f"{told.alone} of {told.came} papers were paid without a person, {len(told.wrong)} of them wrongly.",
        style="bold",
    )
    say(f"{len(waiting)} wait for people:", style="bold")
    reasons: Counter[tuple[str, str]] = Counter((one.person, _first(one.because)) for one in waiting.values())
    rows: list[tuple[Any, ...]] = [(n, person, why) for (person, why), n in reasons.most_common(14)]
    table(("cases", "with", "because"), rows)
    left = len(waiting) - sum(row[0] for row in rows)
    if left:
        say(f"and {left} for other reasons.")
    say()
    verdict = "every one holds" if told.holds else "some do not hold"
    say(f"Audit trail: {told.events:,} events; {verdict}.", style="bold")
    say()


def _first(because: str) -> str:
    """The reason that is not about a number, if there is one."""
    parts = because.split("; ")
    telling = [part for part in parts if not part.startswith("Confidence ")]
    if telling:
        return telling[0][:70]
    return (
        "Not sure enough of what was read"
        if "is not above" in parts[0]
        else "Over the sum that may run alone"
    )


def _pulled() -> None:
    from surehand.demo.plug import pulled

    done = pulled(lambda sentence: say(f"  {sentence}"))
    say(f"  It asked the ledger again, under the same key, and {done.case} is {done.state}.")
    say(f"The ledger holds {done.holds} payment{'' if done.holds == 1 else 's'}.", style="bold")
    if done.holds != 1:
        raise typer.Exit(1)


def _changed(folder: Path | None) -> None:
    from surehand.app import looking
    from surehand.demo import cent
    from surehand.errors import Fault, InvalidInput
    from surehand.flow.verify import verify

    if folder is None:
        raise InvalidInput([Fault("FOLDER", "is needed: the folder that 'surehand demo' printed")])
    with looking(folder) as context:
        database = Path(_settings_of(folder).database_url.removeprefix("sqlite:///"))
        changed = cent.changed(database)
        say(f"  A payment of {changed.case_id} is changed with SQL: {changed.before} is now {changed.after}.")
        for finding in verify(context).findings:
            say(f"  The audit says: {finding.chain}: {finding.problem}", style="red")
        cent.put_back(database, changed)
        holds = verify(context).holds
        say(f"It is put back: {'everything holds again' if holds else 'something still does not hold'}.")


def _settings_of(folder: Path) -> Any:
    from surehand.maps import deployment

    return deployment.load(folder).settings
