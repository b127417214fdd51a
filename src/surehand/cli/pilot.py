"""Commands that try a process on cases whose outcome is known, and that write such cases: pilot, export."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surehand.cli.screen import as_json, console, say, table

if TYPE_CHECKING:
    from surehand.pilot.report import Point, Report

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(pilot)
    app.command()(export)


def pilot(
    folder: Folder,
    process: Annotated[str, typer.Argument(help="The process.", show_default=False)],
    cases: Annotated[
        Path, typer.Option(help="A .jsonl file of cases whose outcome is known.", show_default=False)
    ],
    reviewer_accuracy: Annotated[
        float, typer.Option(help="Probability that an answer of the scripted reviewer is right.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed draws the same.")] = 1,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A value of the map, for this run."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run cases of the past through a process, with a scripted reviewer, and say what it would have done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from surehand.pilot.running import Setup, opened, run

    setup = Setup(reviewer_accuracy, seed, tuple(set_ or ()))
    deployment, bound, lines = opened(folder, process, cases, setup.settings)
    for doubt in lines.doubts:
        console(stderr=True).print(doubt, style="yellow")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("Deciding", total=len(lines.cases))

        def seen(what: str, done: int) -> None:
            progress.update(task, description=what, completed=min(done, len(lines.cases)))

        report = run(deployment, bound, lines, setup, seen)
    if json:
        as_json(report.plain)
    else:
        _say(report, setup.accuracy)


def export(
    folder: Folder,
    process: Annotated[str, typer.Argument(help="The process.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The .jsonl file to write.", show_default=False)],
    point: Annotated[list[str] | None, typer.Option(help="A decision point; all of them by default.")] = None,
) -> None:
    """Write the cases that people have decided as lines of a pilot."""
    import json

    from surehand.app import folder_of, looking
    from surehand.flow.recorded import recorded
    from surehand.maps import deployment
    from surehand.maps.parse import process as parsed

    map_ = parsed(folder_of(deployment.load(folder), process) / "process.yaml")
    with looking(folder) as context:
        lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in recorded(context, map_, point or ())]
    out.write_text("".join(lines), "utf-8")
    say(f"{len(lines):,} cases that people have decided are in {out}.")


def _say(report: "Report", accuracy: float) -> None:
    table(("", *report.points), [(name, *row) for name, row in _rows(report)])
    for name, exact in report.fields.items():
        say(f"{name.replace('_', ' ')}: read exactly in {exact * 100:.1f} % of the cases")
    say()
    for name, point in report.points.items():
        say(_sentence(name, point, report))
    if report.learned:
        times = "once" if report.learned == 1 else f"{report.learned} times"
        say(f"It learned from verdicts {times}; {accuracy * 100:g} of 100 answers were to be right.")
    _say_saving(report)
    if report.open:
        say(f"{report.open:,} cases did not come to an end.", style="yellow")
    for reason, count in report.refused.items():
        say(f"Not answered, {count:,} times: {reason}", style="yellow")


def _say_saving(report: "Report") -> None:
    saving = report.saving
    if saving is None or saving.saved is None:
        return
    hours = f"{saving.saved:,.0f} of {saving.by_hand:,.0f} hours"
    if saving.saved < 0:
        hours = f"{-saving.saved:,.0f} hours more than the {saving.by_hand:,.0f} by hand"
    money = "" if saving.money is None else _worth(saving.money, saving.currency)
    word = "saves" if saving.saved >= 0 else "takes"
    say(f"At {saving.per_month:,.0f} cases a month it {word} {hours}{money}.")


def _worth(money: float, currency: str) -> str:
    if money < 0:
        return f", and costs {-money:,.0f} {currency} with its errors"
    return f", worth {money:,.0f} {currency} after the cost of errors"


def _rows(report: "Report") -> "list[tuple[str, list[str]]]":
    points = list(report.points.values())
    shares = (
        "automated",
        "automated_error",
        "reviewed",
        "spot_checked",
        "accuracy",
        "ece_before",
        "ece_after",
    )
    rows = [("cases", [f"{point.cases:,}" for point in points])]
    rows += [
        (name.replace("_", " "), [_percent(getattr(point, name)) for point in points]) for name in shares
    ]
    rows.append(("by route", [", ".join(f"{n} {k}" for k, n in point.by_route.items()) for point in points]))
    rows.append(("guarantee", [point.guarantee.status for point in points]))
    return rows


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"


def _sentence(name: str, point: "Point", report: "Report") -> str:
    what, share = name.replace("_", " ").capitalize(), _percent(point.automated)
    if not point.automated:
        ran = f"{what}: nothing ran alone, people decided all {point.cases:,} cases."
    elif point.automated_error is None:
        ran = f"{what}: {share} ran alone; the file does not say what was right."
    else:
        ran = f"{what}: {share} ran alone, and {_percent(point.automated_error)} of that was wrong."
    return f"{ran} {report.sentences.get(name, '')}".rstrip()
