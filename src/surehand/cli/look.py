"""Commands that look: explain a case, verify the audit trail, tell where guarantees stand and queues."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surehand.cli.screen import as_json, say

if TYPE_CHECKING:
    from surehand.flow.capacity import QueueCapacity
    from surehand.flow.reporting import GuaranteeReport

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(explain)
    app.command(name="verify-audit")(verify_audit)
    app.command()(guarantees)
    app.command()(capacity)
    app.command()(remarks)
    app.command()(briefs)


def explain(
    folder: Folder,
    case: Annotated[str, typer.Argument(help="A case number.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Tell the whole story of a case in plain words."""
    from surehand.app import looking
    from surehand.flow import explain as explaining

    with looking(folder) as context:
        story = explaining.explain(context, case)
        if json:
            as_json(explaining.plain(story))
        else:
            say(explaining.told(story))


def verify_audit(
    folder: Folder,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    json: AsJson = False,
) -> None:
    """Check that nothing was changed, cut off or deleted behind the program's back. Exit code 1 if it was."""
    from surehand.app import looking
    from surehand.flow.verify import verify

    with looking(folder) as context:
        proof = verify(context, case)
    if json:
        as_json(asdict(proof))
    else:
        for finding in proof.findings:
            say(f"{finding.chain}: {finding.problem}", style="red")
        for gap in proof.gaps:
            say(f"{gap.chain}: {gap.problem}", style="yellow")
        chains = f"{proof.chains:,} chains with {proof.events:,} events, {proof.sealed:,} of them sealed"
        say(f"{chains}: {'all hold' if proof.holds else f'{len(proof.findings)} do not hold'}.")
    if not proof.holds:
        raise typer.Exit(1)


def guarantees(
    folder: Folder,
    json: AsJson = False,
    trust: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Let trusted past outcomes say where this one begins.", metavar="PROCESS POINT"),
    ] = None,
    cases: Annotated[Path | None, typer.Option(help="These outcomes: lines of JSON or a table.")] = None,
    by: Annotated[str | None, typer.Option(help="Who trusts them.")] = None,
) -> None:
    """Tell what runs alone under a guarantee, what may be claimed of it, and what it lacks."""
    if trust is not None:
        _trust(folder, trust, cases, by)
        return
    from surehand.app import looking
    from surehand.flow import reporting

    with looking(folder) as context:
        there = [reporting.reported(context, one.process, one.point) for one in reporting.summaries(context)]
    if json:
        as_json([reporting.plain(one) for one in there])
        return
    if not there:
        say("No map promises anything: a decision point says 'guarantee: {error: 0.02}'.")
    for one in there:
        _guarantee(one)


def _trust(folder: Path, point: tuple[str, str], cases: Path | None, by: str | None) -> None:
    from surehand.app import assembled
    from surehand.cli.people import proven
    from surehand.core.reason import percent
    from surehand.flow.trusting import trust

    if cases is None:
        raise typer.BadParameter("name the file with the outcomes: --cases FILE")
    surehand = assembled(folder)
    try:
        who = by or typer.prompt("Your name in people.yaml")
        proven(surehand, who)
        found = trust(surehand.context, *point, cases, by=who)
    finally:
        surehand.close()
    level = found.fixed
    cut = percent(level.levels[level.level])
    say(f"Of {found.lines:,} outcomes {found.scored:,} have a confidence that could let them run alone.")
    say(
        f"From confidence {cut} on {level.wrong:,} of {level.cases:,} were wrong, so that is where it begins."
    )
    say("None of this is evidence: people answer unseen, and what they say of new cases counts.")


def _guarantee(one: "GuaranteeReport") -> None:
    from surehand.core.reason import percent

    say(f"{one.process}, {one.point}: {one.status}", style="bold")
    say(f"  {one.sentence}")
    say(f"  {one.missing}")
    say(f"  {one.judged:,} decisions so far, {one.told:,} pieces of evidence, epoch {one.epoch}.")
    checks = one.checks
    if checks.drawn:
        asked = f"{checks.drawn:,} drawn, {checks.answered:,} answered, {checks.wrong:,} of them wrong"
        say(f"  Spot checks: {asked}, {checks.waiting:,} wait; now {percent(checks.odds)} % are drawn.")
    if one.cost is not None:
        say(f"  Of 100 cases people decide {one.cost.decided:.0f} and check {one.cost.checked:.1f}.")
    for change in one.alarms[:3]:
        say(f"  {change.at:%Y-%m-%d %H:%M} UTC, after {change.judged:,} decisions: {change.text}")
    for slice_ in one.slices:
        for gap in slice_.gaps:
            say(f"  By {slice_.name.replace('_', ' ')}: {gap.sentence}")
        for group in slice_.misstated:
            say(f"  By {slice_.name.replace('_', ' ')}: {group.sentence}")
    say(f"  {one.claim}")


def capacity(
    folder: Folder,
    queue: Annotated[str | None, typer.Argument(help="A queue; all, if left out.")] = None,
    people: Annotated[int | None, typer.Option(help="With so many people, in place of those there.")] = None,
    on_time: Annotated[float, typer.Option(help="The share of reviews to be decided in time.")] = 0.95,
    volume: Annotated[float | None, typer.Option(help="With so many cases a month.")] = None,
    json: AsJson = False,
) -> None:
    """Tell how many people each queue needs for its deadline, when, and with two on holiday."""
    from surehand.app import looking
    from surehand.flow import capacity as planning

    wish = planning.Wish(on_time, people, volume)
    with looking(folder) as context:
        told = planning.capacities(context, queue=queue, wish=wish)
    if json:
        as_json([planning.plain(one) for one in told])
        return
    if not told:
        say("There is no queue: people.yaml names none.")
    for one in told:
        _capacity(one)


def briefs(
    folder: Folder,
    process: Annotated[str | None, typer.Argument(help="A process; all, if left out.")] = None,
    json: AsJson = False,
) -> None:
    """Tell how many of the latest briefs of each decision point have all their parts, and what is lacking."""
    from surehand.app import looking
    from surehand.flow import lacking

    with looking(folder, processes=True) as context:
        names = [process] if process is not None else sorted(context.processes.current)
        found = [share for name in names for share in lacking.shares(context, name)]
    if json:
        as_json([lacking.plain(one) for one in found])
        return
    for one in found:
        say(f"{one.process}, {one.point}: {one.complete} of {one.briefs} briefs have all parts", style="bold")
        for lack, count in one.lacks.items():
            say(f"  {count}: {lack.words}")


def _capacity(one: "QueueCapacity") -> None:
    from surehand.core.duration import in_words
    from surehand.core.phrases import hundred

    say(f"{one.queue}: {one.heading}", style="bold")
    if one.found is None:
        for text in one.missing:
            say(f"  {text}")
        return
    for text in (one.holiday, one.present, *one.binding, f"{one.crowded}."):
        say(f"  {text}")
    if one.ways:
        say(f"  What would help: {'; or '.join(one.ways)}.")
    day = one.found.day
    counts = ", ".join(f"{bar.hour}:00 {bar.cases:.3g}" for bar in day.bars)
    say(f"  Cases an hour then: {counts}; one person decides {day.each:.3g}.")
    for option in one.found.options:
        share = f"{hundred(option.on_time)} in 100 within {in_words(one.within)}"
        say(f"  With {option.people:,}: {share}, busy {100 * option.busy:.0f} % of the time.")
    for text in one.rests:
        say(f"  {text}")
    if one.away:
        say(f"  Away today, and not counted: {', '.join(one.away)}.")
    if one.shared:
        say(f"  Some of its people serve other queues too, and are counted in full: {', '.join(one.shared)}.")


def remarks(
    folder: Folder,
    process: Annotated[str | None, typer.Argument(help="A process; all, if left out.")] = None,
    json: AsJson = False,
) -> None:
    """Tell what reviewers say beside their answers: what briefs lacked, and reasons that people write out."""
    from surehand.app import looking
    from surehand.flow import remarks as remarking
    from surehand.flow import wording

    with looking(folder) as context:
        names = [process] if process else sorted(context.processes.current)
        told = [(remarking.remarked(context, name), wording.proposals(context, name)) for name in names]
    if json:
        as_json([{**asdict(found), "proposals": [asdict(one) for one in some]} for found, some in told])
        return
    for found, some in told:
        say(f"{found.process}: what reviewers say", style="bold")
        for point in found.points:
            lacks = ", ".join(f"{what} {count}" for what, count in point.lacks.items())
            briefs = f"{point.lacking:,} of {point.decided:,} briefs decided in 30 days lacked something"
            say(f"  {point.point}: {briefs}{f' ({lacks})' if lacks else ''}.")
        for one in some:
            say(f"  {one.point}: {one.notes:,} notes of {one.people:,} people could be a reason: {one.name}")
            for case, who, text in one.quotes[:3]:
                say(f"    {case}, {who}: {' '.join(text.split())[:200]}")
            say(f"    In process.yaml: {one.yaml}")
