"""Commands that look: explain a case, verify the audit trail, tell where guarantees stand."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from surehand.cli.screen import as_json, say

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


def guarantees(folder: Folder, json: AsJson = False) -> None:
    """Tell what runs alone under a guarantee, and what may be claimed of it."""
    from surehand.app import looking
    from surehand.flow.guarding import guarantees as found

    with looking(folder) as context:
        there = found(context)
    if json:
        as_json([asdict(one) for one in there])
        return
    if not there:
        say("No guarantee has evidence yet: a decision point of a map says 'guarantee: {error: 0.02}'.")
    for one in there:
        say(f"{one.process}, {one.point}: {one.status}", style="bold")
        say(f"  {one.sentence}")
        say(f"  {one.judged:,} decisions so far, {one.told:,} pieces of evidence, epoch {one.epoch}.")
        say(f"  {one.claim}")
