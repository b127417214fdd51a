"""Answers chosen by the numbers and categories of a case, by a model that was trained on labelled ones.

Facts become numbers (`columns`), which a logistic regression and boosted trees read (`tables`). What both
said of cases that were left out becomes honest confidence, as `providers.classifier` does it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from surehand.core.classification import Taught
from surehand.errors import SettingsInvalid
from surehand.providers.classifier import storage, training
from surehand.providers.classifier.model import Model
from surehand.providers.classifier.storage import dumped
from surehand.providers.classifier.training import Trained

from . import tables
from .columns import KINDS

__all__ = ["KINDS", "NAME", "VECTORS", "dumped", "lacking", "loaded", "train"]

NAME = "table-classifier"
#: It has no vectors to choose from.
VECTORS: tuple[str, ...] = ()


def train(
    examples: Sequence[Taught],
    *,
    reads: Mapping[str, str],
    vectors: str | None = None,
    out_of_scope: float | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Trained:
    """A model that reads the facts of `reads`. See `providers.classifier.training.train`."""
    if vectors is not None:
        raise SettingsInvalid(f"a {NAME} has no vectors")
    course = partial(tables.TableCourse, dict(reads))
    return training.train(NAME, examples, course, out_of_scope=out_of_scope, progress=progress)


def loaded(data: bytes, *, expected: str) -> Model:
    """The model whose hash is `expected`. Raises SettingsInvalid for anything else, unparsed."""
    return storage.loaded(data, expected=expected, provider=NAME, kinds={"table": tables.restored})


def lacking(vectors: str | None) -> str | None:  # noqa: ARG001 (the protocol)
    """Nothing beyond the core."""
    return None
