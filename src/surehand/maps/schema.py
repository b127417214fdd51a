"""JSON Schema (draft 2020-12) of the three files, so that editors complete and mark what is wrong."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from surehand import reaching
from surehand.core import calendars as calendar_models
from surehand.core import people as people_models
from surehand.core import policy as policy_models
from surehand.core import process as process_models
from surehand.core import steps as step_models
from surehand.core import terms as terms_models
from surehand.core.bands import PRESETS
from surehand.core.people import People
from surehand.core.process import Process
from surehand.core.steps import STEP_KINDS
from surehand.settings import Settings

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def process() -> dict[str, Any]:
    """Of `process.yaml`."""
    schema = _of(Process, "process.yaml", "The map of one piece of work.")
    definitions = schema["$defs"]
    definitions["Step"] = _step()
    schema["properties"]["steps"]["items"] = {"$ref": "#/$defs/Step"}
    for name in ("Verify", "Decide", "Draft"):
        for place in definitions[name]["properties"]["bands"]["anyOf"]:
            if place.get("type") == "string":
                place["enum"] = list(PRESETS)
    for definition in definitions.values():
        if "sla" in definition.get("properties", {}):
            definition["properties"]["sla"] = {
                "description": "The clock of a case that waits: a preset, or its parts.",
                "anyOf": [{"enum": [str(preset) for preset in terms_models.Preset]}, {"$ref": "#/$defs/Sla"}],
            }
    return schema


def people() -> dict[str, Any]:
    """Of `people.yaml`."""
    return _of(People, "people.yaml", "Everyone who may act here, and the queues.")


def settings() -> dict[str, Any]:
    """Of `surehand.yaml`."""
    schema = _of(Settings, "surehand.yaml", "How a deployment runs.")
    schema["properties"].pop("folder", None)
    return schema


#: The schema of each file by its name.
FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "process.yaml": process,
    "people.yaml": people,
    "surehand.yaml": settings,
}


def _step() -> dict[str, Any]:
    """A step by its key: the branch is chosen first, so that an editor speaks of one kind of step only."""
    branches = [
        {
            "if": {"required": [kind]},
            "then": {"$ref": f"#/$defs/{kind.capitalize()}"},
        }
        for kind in STEP_KINDS
    ]
    return {
        "type": "object",
        "description": "One thing done to a case.",
        "oneOf": [{"required": [kind]} for kind in STEP_KINDS],
        "allOf": branches,
    }


class _Schema(GenerateJsonSchema):
    """Without titles, which repeat the keys, and with each attribute's meaning from the docstring."""

    schema_dialect = _DRAFT

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _of(model: type[BaseModel], title: str, description: str) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True, schema_generator=_Schema, mode="validation")
    for name, definition in schema.get("$defs", {}).items():
        _described(definition, _models(model).get(name))
    _described(schema, model)
    return {"$schema": _DRAFT, **schema, "title": title, "description": description}


def _described(schema: dict[str, Any], model: type[BaseModel] | None) -> None:
    """Moves what a docstring says of each attribute to the property."""
    schema.pop("title", None)
    if model is None:
        return
    meanings = _meanings(model)
    text = (model.__doc__ or "").strip().split("\n\n")[0]
    schema["description"] = " ".join(text.split())
    for name, info in model.model_fields.items():
        key = info.alias or name
        said = schema.get("properties", {}).get(key)
        if said is not None and (key in meanings or name in meanings):
            said["description"] = meanings.get(key) or meanings[name]


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """`name  what it means` lines of the docstrings of a model and its bases."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        last: list[str] = []
        for line in (base.__doc__ or "").expandtabs().splitlines()[1:] if issubclass(base, BaseModel) else ():
            body = line.removeprefix("    ").rstrip()
            head, gap, rest = body.partition("  ")
            names = [name.strip() for name in head.split(",")]
            # `name  meaning`, or several names on a line of their own with the meaning below.
            alone = len(names) > 1 and not gap
            if head and (gap or alone) and all(name.isidentifier() for name in names):
                last = names
                found.update(dict.fromkeys(last, rest.strip()))
            elif last and body.startswith("   "):
                found.update({name: f"{found[name]} {body.strip()}".strip() for name in last})
            else:
                last = []
    return found


_MODULES = (
    policy_models, process_models, step_models, people_models, calendar_models, terms_models, reaching,
)  # fmt: skip


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    found = {
        name: one
        for module in _MODULES
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, BaseModel)
    }
    return {**found, model.__name__: model}
