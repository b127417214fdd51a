"""A classifier as bytes and back: arrays and JSON, the hash checked before all parsing."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from surehand.errors import SettingsInvalid
from surehand.providers.archive import FAULTS, packed, trusted, unpacked
from surehand.stats.calibration import Logistic

from .model import Model
from .panel import Panel
from .sureness import MEASURES, Sureness

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = "surehand-classifier-1"
_NUMBERS = ("mix", "slope", "lean", "constant", "lowest", "reach")
_MOST_ANSWERS = 1_000

#: JSON, arrays and the number of answers -> a panel. Raises ValueError or KeyError.
Restored = Callable[[Mapping[str, Any], "Mapping[str, NDArray[Any]]", int], Panel]


def dumped(model: Model) -> bytes:
    """The model as bytes; the same model gives the same bytes, and their SHA-256 is its version."""
    panel, arrays = model.panel.taken_apart()
    sureness = {name: getattr(model.sureness, name) for name in _NUMBERS}
    described = {
        "format": FORMAT,
        "provider": model.provider,
        "answers": list(model.answers),
        "panel": panel,
        "sureness": {**sureness, "heat": list(model.sureness.heat), "right": asdict(model.sureness.right)},
    }
    return packed(described, arrays)


def versioned(model: Model) -> Model:
    """The model with its version, the SHA-256 of its bytes in 64 hex digits."""
    return replace(model, version=hashlib.sha256(dumped(model)).hexdigest())


def loaded(data: bytes, *, expected: str, provider: str, kinds: Mapping[str, Restored]) -> Model:
    """The model in some bytes.

    expected  its version; bytes with another hash are not looked into
    kinds     kind of panel -> what puts it together
    raises    SettingsInvalid: other bytes than those that were saved, too many, or not a model of this format
    """
    trusted(data, expected=expected)
    try:
        described, arrays = unpacked(data, FORMAT)
        if described["provider"] != provider:
            raise ValueError(f"it is a model of {described['provider']}")
        answers = tuple(described["answers"])
        if not 2 <= len(set(answers)) == len(answers) <= _MOST_ANSWERS:
            raise ValueError("its answers are not different ones")
        if not all(isinstance(answer, str | bool) for answer in answers):
            raise ValueError("its answers are not texts, or yes and no")
        panel = kinds[described["panel"]["kind"]](described["panel"], arrays, len(answers))
        return Model(provider, answers, panel, _sureness(described["sureness"]), expected)
    except FAULTS as error:
        raise SettingsInvalid(f"the bytes are no model of the format {FORMAT}: {error}") from error


def _sureness(stored: Mapping[str, Any]) -> Sureness:
    right = Logistic.of_json(stored["right"])
    if not MEASURES - 1 <= len(right.weights) == len(right.mean) == len(right.scale) <= MEASURES:
        raise ValueError("its probabilities rest on other measures")
    first, second = map(float, stored["heat"])
    numbers = {name: float(stored[name]) for name in _NUMBERS}
    return Sureness(heat=(first, second), right=right, **numbers)
