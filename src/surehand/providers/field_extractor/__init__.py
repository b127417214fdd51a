"""Fields read from documents on this machine by a model that was trained on labelled ones.

A document becomes rows and columns (`rows`). Every field has candidates, which are values at a place
(`spots`) or text over some rows (`spans`). A linear model over the words around them and boosted trees over
their numbers rank them (`stages`, `learned`). What the ranking says of suppliers that were left out becomes
probabilities (`trial`, `training`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Model
    from .storage import dumped, loaded
    from .training import Trained, train

__all__ = ["Model", "Trained", "dumped", "loaded", "train"]

_PLACES = {
    "Model": "model",
    "Trained": "training",
    "dumped": "storage",
    "loaded": "storage",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
