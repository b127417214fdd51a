"""The reference names everything that the models, the presets and the commands have, and nothing else."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from surehand import reaching, signals
from surehand.cli import app
from surehand.core import calendars, grants, people, policy, process, reach, roles, sensitive, steps, terms
from surehand.core.bands import PRESETS
from surehand.core.oversight import Level
from surehand.core.policy import Band, Grade, Trigger
from surehand.maps.faults import field_names
from surehand.settings import Settings
from tests.docs.pages import ROOT, keys, rows, section

REFERENCE = ROOT / "docs" / "reference"
MAP, PEOPLE, SETTINGS = (REFERENCE / f"{name}-yaml.md" for name in ("process", "people", "surehand"))
BANDS, CLI = REFERENCE / "bands-and-triggers.md", REFERENCE / "cli.md"

#: Model -> where its keys are documented. A key that a base has may stand with the base.
SECTIONS: dict[type[BaseModel], tuple[Path, str]] = {
    process.Process: (MAP, "The process"),
    process.Input: (MAP, "Input"),
    process.UnreadablePath: (MAP, "unreadable"),
    process.InputField: (MAP, "Input field"),
    process.Volume: (MAP, "Volume"),
    process.Model: (MAP, "Models"),
    process.Budget: (MAP, "budget"),
    process.Prices: (MAP, "prices"),
    process.Masking: (MAP, "masking"),
    process.Learning: (MAP, "learns"),
    process.TableRow: (MAP, "Rows of a rules table"),
    steps.StepBase: (MAP, "Steps"),
    steps.Extract: (MAP, "extract"),
    steps.Lookup: (MAP, "lookup"),
    steps.DecisionPoint: (MAP, "Decision points"),
    steps.QueueRow: (MAP, "queues"),
    steps.Decide: (MAP, "decide"),
    steps.Number: (MAP, "number"),
    steps.Verify: (MAP, "verify"),
    steps.Ranking: (MAP, "ranking"),
    steps.Draft: (MAP, "draft"),
    steps.Act: (MAP, "act"),
    policy.Consequence: (MAP, "consequence"),
    policy.GradeRow: (MAP, "harm by conditions"),
    policy.GradedBy: (MAP, "harm by a function"),
    policy.SumBy: (MAP, "money by a function"),
    policy.ToldBy: (MAP, "reversible by a function"),
    policy.Rule: (MAP, "rules"),
    policy.Limit: (MAP, "limits"),
    sensitive.FourEyes: (MAP, "four_eyes"),
    policy.Period: (MAP, "peak"),
    policy.Band: (MAP, "bands"),
    policy.Notify: (MAP, "notify"),
    policy.SpotCheck: (MAP, "spot_check"),
    policy.Guarantee: (MAP, "guarantee"),
    terms.Sla: (MAP, "sla"),
    terms.Expire: (MAP, "expire"),
    terms.Ask: (MAP, "ask"),
    process.ExceptionPath: (MAP, "Exceptions"),
    process.Output: (MAP, "Outputs"),
    people.People: (PEOPLE, "people.yaml"),
    people.Person: (PEOPLE, "Person"),
    people.Absence: (PEOPLE, "Absence"),
    people.Team: (PEOPLE, "Team"),
    people.Queue: (PEOPLE, "Queue"),
    people.Needed: (PEOPLE, "Skill of a queue"),
    calendars.Calendar: (PEOPLE, "Calendar"),
    reach.Reach: (PEOPLE, "reach"),
    grants.Grant: (PEOPLE, "Authority"),
    grants.Splitting: (PEOPLE, "split"),
    grants.Delegation: (PEOPLE, "Delegation"),
    Settings: (SETTINGS, "surehand.yaml"),
    reaching.EmailSettings: (SETTINGS, "email"),
    reaching.WebhookSettings: (SETTINGS, "webhook"),
    reaching.SlackSettings: (SETTINGS, "slack"),
    reaching.AppriseSettings: (SETTINGS, "apprise"),
    reaching.OtherSettings: (SETTINGS, "Other channels"),
    reaching.HookSettings: (SETTINGS, "Webhooks"),
}


def _commands(group: Any, before: str = "") -> dict[str, Any]:
    """Every command by its words; those of a group stand under the group's name."""
    found = {}
    for name, command in group.commands.items():
        inner = _commands(command, f"{before}{name} ") if hasattr(command, "commands") else {}
        found |= inner or {f"{before}{name}": command}
    return found


COMMANDS = _commands(typer.main.get_command(app))


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_key_of_a_model_is_documented(model: type[BaseModel]) -> None:
    page, heading = SECTIONS[model]
    documented = keys(section(page, heading))
    inherited = {
        key for base in model.__mro__[1:] if base in SECTIONS for key in keys(section(*SECTIONS[base]))
    }
    wanted = set(field_names(model)) - {"folder"}
    assert wanted <= documented | inherited, f"not documented: {wanted - documented - inherited}"
    words = {
        word for kind in (process.FieldType, roles.Role, sensitive.Sensitive, terms.Preset) for word in kind
    }
    assert documented - words <= wanted, f"documented, but not there: {documented - words - wanted}"


def test_every_model_of_the_files_has_a_section() -> None:
    found = {
        one
        for module in (process, steps, policy, sensitive, people, calendars, terms, grants)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == module.__name__
    }
    assert found - {policy.Strict, policy.Checking} <= SECTIONS.keys()


@pytest.mark.parametrize(
    ("words", "page", "heading"),
    [
        (process.FieldType, MAP, "Input field"),
        (roles.Role, PEOPLE, "Person"),
        (terms.Preset, MAP, "sla"),
        (Level, BANDS, "Levels"),
        (Trigger, BANDS, "Triggers"),
    ],
)
def test_every_word_of_a_list_is_documented(words: type[StrEnum], page: Path, heading: str) -> None:
    assert {str(word) for word in words} <= keys(section(page, heading))


def test_the_presets_of_deadlines_are_shown_as_they_are() -> None:
    shown = {row[0].strip("`"): [cell.strip("`") for cell in row[1:]] for row in rows(section(MAP, "sla"))}
    for name, (due, remind) in terms.PRESETS.items():
        given = terms.Sla.model_validate(dict(zip(("due", "remind"), shown[name], strict=True)))
        assert (given.due, given.remind) == (due, remind)


def test_every_signal_is_documented() -> None:
    assert keys(section(BANDS, "Confidence")) == set(signals.BUILT_IN)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_shown_as_it_is(preset: str) -> None:
    assert rows(section(BANDS, preset))[1:] == [_shown(band) for band in PRESETS[preset]]


def _shown(band: Band) -> list[str]:
    return [
        f"above {band.above:g}" if band.above is not None else f"from {band.edge:g}",
        "any" if set(band.consequence) == set(Grade) else ", ".join(band.consequence),
        "any" if band.under is None else f"under {band.under:,}",
        str(band.route),
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented(command: str) -> None:
    documented = keys(section(CLI, command))
    wanted = set()
    for parameter in COMMANDS[command].params:
        if parameter.param_type_name == "argument":
            wanted.add((parameter.metavar or parameter.name).upper())
        else:
            wanted |= {*parameter.opts, *parameter.secondary_opts}
    assert documented == wanted - {"--help"}
