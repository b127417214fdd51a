"""Commands that look: explain a case, verify the audit trail, tell where guarantees stand."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surehand.cli.screen import as_json, say

if TYPE_CHECKING:
    from surehand.flow.reporting import GuaranteeReport

Folder = Annotated[Path, typer.Argument(help="The deployment's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(explain)
    app.command(name="verify-audit")(verify_audit)
    app.command()(guarantees)


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
