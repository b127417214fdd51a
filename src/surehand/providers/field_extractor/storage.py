"""A model as bytes and back: arrays and JSON in a zip, no pickle, the hash checked before all parsing."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from surehand.errors import SettingsInvalid
from surehand.providers.archive import FAULTS, TREE, floats, packed, trees_of, trusted, unpacked
from surehand.stats.calibration import Logistic

from .grams import WIDTH
from .items import ItemsLearned
from .learned import Learned, Stages
from .linear import Linear
from .model import Model
from .novelty import WIDTH as TRAITS
from .novelty import Memory
from .plans import SHAPES, Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray
FORMAT = "surehand-field-extractor-2"
_MOST_FIELDS = 100
_COLUMNS = 500
_MEMORY = ("slope", "constant", "lowest")


def dumped(model: Model) -> bytes:
    """The model as bytes; the same model gives the same bytes, and their SHA-256 is its version."""
    arrays, described = _taken_apart(model)
    return packed(described, arrays)


def versioned(model: Model) -> Model:
    """The model with its version, the SHA-256 of its bytes in 64 hex digits."""
    return replace(model, version=hashlib.sha256(dumped(model)).hexdigest())


def loaded(data: bytes, *, expected: str) -> Model:
    """The model in some bytes.

    expected  its version; bytes with another hash are not looked into
    raises    SettingsInvalid: other bytes than those that were saved, too many, or not a model of this format
    """
    trusted(data, expected=expected)
    try:
        described, arrays = unpacked(data, FORMAT)
        if len(described["fields"]) > _MOST_FIELDS:
            raise ValueError("it has too many fields")
        return Model(**_put_together(described, arrays), version=expected)
    except FAULTS as error:
        raise SettingsInvalid(f"the bytes are no model of the format {FORMAT}: {error}") from error


# --- taking apart


def _taken_apart(model: Model) -> "tuple[dict[str, NDArray[Any]], dict[str, Any]]":
    arrays: dict[str, NDArray[Any]] = {"memory.idf": model.memory.idf, "memory.known": model.memory.known}
    described: dict[str, Any] = {
        "format": FORMAT,
        "memory": {name: getattr(model.memory, name) for name in _MEMORY},
        "whole": asdict(model.whole) if model.whole else None,
        "currency": model.currency,
        "symbols": dict(model.symbols),
        "items": {name: one.as_json() for name, one in model.items.items()},
        "fields": [],
    }
    for number, (name, one) in enumerate(model.fields.items()):
        for stage, linear in enumerate(one.stages.linear):
            arrays[f"f{number:03}.linear{stage}"] = linear.weights
        for part in TREE:
            arrays[f"f{number:03}.{part}"] = getattr(one.stages.trees, part)
        described["fields"].append(
            {
                "name": name,
                "plan": asdict(one.stages.plan),
                "bias": [linear.bias for linear in one.stages.linear],
                "base": one.stages.trees.base,
                "depth": one.stages.trees.depth,
                "right": asdict(one.right),
                "absent": asdict(one.absent),
                "nothing": one.nothing,
                "ordered": one.ordered,
                "known": dict(one.known),
            }
        )
    return arrays, described


# --- putting together


def _put_together(described: dict[str, Any], arrays: "Mapping[str, NDArray[Any]]") -> dict[str, Any]:
    idf, known = floats(arrays["memory.idf"], 1), floats(arrays["memory.known"], 2)
    if idf.shape != (TRAITS,) or known.shape[1] != TRAITS:
        raise ValueError("its memory has another width")
    fields = {}
    for number, one in enumerate(described["fields"]):
        plan = Plan(**{**one["plan"], "trims": tuple(one["plan"]["trims"])})
        if plan.shape not in SHAPES or len(one["bias"]) != plan.stages:
            raise ValueError("it describes a field in a way that is not known")
        linear = []
        for stage, bias in enumerate(one["bias"]):
            weights = floats(arrays[f"f{number:03}.linear{stage}"], 1)
            if weights.shape != (WIDTH,):
                raise ValueError("its words have another width")
            linear.append(Linear(weights, float(bias)))
        trees = trees_of(
            float(one["base"]), int(one["depth"]),
            {part: arrays[f"f{number:03}.{part}"] for part in TREE}, columns=_COLUMNS,
        )  # fmt: skip
        fields[str(one["name"])] = Learned(
            Stages(plan, tuple(linear), trees),
            Logistic.of_json(one["right"]),
            Logistic.of_json(one["absent"]),
            float(one["nothing"]),
            float(one["ordered"]),
            {str(key): str(text) for key, text in one["known"].items()},
        )
    return {
        "fields": fields,
        "items": {name: ItemsLearned.of_json(one) for name, one in described["items"].items()},
        "memory": Memory(idf, known, *(float(described["memory"][name]) for name in _MEMORY)),
        "whole": Logistic.of_json(described["whole"]) if described["whole"] else None,
        "currency": described["currency"],
        "symbols": dict(described["symbols"]),
    }
