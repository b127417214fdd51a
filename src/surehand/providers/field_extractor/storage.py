"""A model as bytes and back: arrays and JSON in a zip, no pickle, the hash checked before all parsing."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from surehand.core.digest import canonical
from surehand.errors import SettingsInvalid
from surehand.stats.calibration import Logistic

from .grams import WIDTH
from .items import ItemsLearned
from .learned import Learned, Stages
from .linear import Linear
from .model import Model
from .novelty import WIDTH as TRAITS
from .novelty import Memory
from .plans import SHAPES, Plan
from .trees import Trees

if TYPE_CHECKING:
    from numpy.typing import NDArray
FORMAT = "surehand-field-extractor-2"
_LARGEST = 64_000_000
_LARGEST_JSON = 4_000_000
_MOST_FIELDS = 100
_WHEN = (1980, 1, 1, 0, 0, 0)
_JSON = "model.json"
#: What reading a damaged or hostile archive can raise.
_FAULTS = (
    zipfile.BadZipFile, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, EOFError,
    RecursionError, NotImplementedError, MemoryError,
)  # fmt: skip
_MEMORY = ("slope", "constant", "lowest")
_TREE = ("feature", "threshold", "left", "right", "value", "root")


def dumped(model: Model) -> bytes:
    """The model as bytes; the same model gives the same bytes, and their SHA-256 is its version."""
    arrays, described = _taken_apart(model)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_JSON, _WHEN), canonical(described))
        for name in sorted(arrays):
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _WHEN), _bytes_of(arrays[name]))
    return out.getvalue()


def versioned(model: Model) -> Model:
    """The model with its version, the SHA-256 of its bytes in 64 hex digits."""
    return replace(model, version=hashlib.sha256(dumped(model)).hexdigest())


def loaded(data: bytes, *, expected: str) -> Model:
    """The model in some bytes.

    expected  its version; bytes with another hash are not looked into
    raises    SettingsInvalid: other bytes than those that were saved, too many, or not a model of this format
    """
    if len(data) > _LARGEST:
        raise SettingsInvalid(f"the model has {len(data):,} bytes; {_LARGEST:,} are the most")
    if hashlib.sha256(data).hexdigest() != expected:
        raise SettingsInvalid(
            "the model is not the one that was saved: its bytes have another hash; nothing of it was used. "
            "Restore the file, or train again"
        )
    try:
        described, arrays = _opened(data)
        return Model(**_put_together(described, arrays), version=expected)
    except _FAULTS as error:
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
        for part in _TREE:
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


def _bytes_of(array: "NDArray[Any]") -> bytes:
    import numpy as np

    out = io.BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    np.lib.format.write_array(out, np.ascontiguousarray(little), version=(1, 0), allow_pickle=False)
    return out.getvalue()


# --- putting together


def _opened(data: bytes) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
    import numpy as np

    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if any(info.compress_type != zipfile.ZIP_STORED for info in parts):
            raise ValueError("it is compressed")
        # parts that lie over each other would be read again and again
        if len(set(archive.namelist())) < len(parts) or sum(info.file_size for info in parts) > len(data):
            raise ValueError("its parts overlap")
        if archive.getinfo(_JSON).file_size > _LARGEST_JSON:
            raise ValueError("its description is too large")
        described = json.loads(archive.read(_JSON))
        for info in parts:
            if info.filename != _JSON:
                with archive.open(info) as part:
                    arrays[info.filename.removesuffix(".npy")] = np.lib.format.read_array(
                        part, allow_pickle=False
                    )
    if described["format"] != FORMAT or len(described["fields"]) > _MOST_FIELDS:
        raise ValueError("it says another format, or too many fields")
    return described, arrays


def _put_together(described: dict[str, Any], arrays: "Mapping[str, NDArray[Any]]") -> dict[str, Any]:
    idf, known = _floats(arrays["memory.idf"], 1), _floats(arrays["memory.known"], 2)
    if idf.shape != (TRAITS,) or known.shape[1] != TRAITS:
        raise ValueError("its memory has another width")
    fields = {}
    for number, one in enumerate(described["fields"]):
        plan = Plan(**{**one["plan"], "trims": tuple(one["plan"]["trims"])})
        if plan.shape not in SHAPES or len(one["bias"]) != plan.stages:
            raise ValueError("it describes a field in a way that is not known")
        linear = []
        for stage, bias in enumerate(one["bias"]):
            weights = _floats(arrays[f"f{number:03}.linear{stage}"], 1)
            if weights.shape != (WIDTH,):
                raise ValueError("its words have another width")
            linear.append(Linear(weights, float(bias)))
        trees = _trees(one, {part: arrays[f"f{number:03}.{part}"] for part in _TREE})
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


def _floats(array: "NDArray[Any]", dimensions: int) -> "NDArray[Any]":
    import numpy as np

    if array.ndim != dimensions or array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError("an array is not made of finite numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _trees(one: Mapping[str, Any], parts: "Mapping[str, NDArray[Any]]") -> Trees:
    """Trees whose every step stays inside their arrays."""
    import numpy as np

    count = len(parts["feature"])
    for part in _TREE:
        wanted = "f" if part in ("threshold", "value") else "i"
        if parts[part].ndim != 1 or parts[part].dtype.kind != wanted:
            raise ValueError("its trees are not made of numbers")
        if part != "root" and len(parts[part]) != count:
            raise ValueError("its trees are cut short")
    for part in ("left", "right", "root"):
        if len(parts[part]) and not (parts[part].min() >= 0 and parts[part].max() < count):
            raise ValueError("its trees point outside of themselves")
    if parts["feature"].min() < 0 or parts["feature"].max() >= 500 or not 0 <= int(one["depth"]) <= 64:
        raise ValueError("its trees ask for what is not measured")
    if np.isnan(parts["threshold"]).any() or not np.isfinite(parts["value"]).all():
        raise ValueError("its trees are not made of numbers")
    return Trees(
        feature=parts["feature"].astype(np.int32),
        threshold=parts["threshold"].astype(np.float64),
        left=parts["left"].astype(np.int32),
        right=parts["right"].astype(np.int32),
        value=parts["value"].astype(np.float64),
        root=parts["root"].astype(np.int32),
        base=float(one["base"]),
        depth=int(one["depth"]),
    )
