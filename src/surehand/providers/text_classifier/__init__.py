"""Answers chosen by the texts of a case, on this machine, by a model that was trained on labelled ones.

Texts are read by their words (`bags`, of a `vocabulary`), or by their meaning and their words (`meanings`,
with the sentence vectors of `encoder`). What both methods of a panel said of texts that were left out becomes
honest confidence, as `providers.classifier` does it for classifiers of any kind.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from surehand.core.classification import Taught
from surehand.errors import SettingsInvalid
from surehand.providers.classifier import storage, training
from surehand.providers.classifier.model import Model
from surehand.providers.classifier.storage import dumped
from surehand.providers.classifier.training import Trained

from . import bags, encoder, meanings
from .inputs import KINDS

__all__ = ["KINDS", "NAME", "VECTORS", "dumped", "lacking", "loaded", "train"]

NAME = "text-classifier"
#: What may stand for a text; the first is the default.
VECTORS = ("words", "sentences")


def train(
    examples: Sequence[Taught],
    *,
    reads: Mapping[str, str],
    vectors: str | None = None,
    out_of_scope: float | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Trained:
    """A model that reads the texts under the names of `reads`. See `providers.classifier.training.train`."""
    if vectors not in (None, *VECTORS):
        raise SettingsInvalid(f"vectors must be one of {', '.join(VECTORS)}, not '{vectors}'")
    if vectors == "sentences":
        encoder.encoder()  # before anything else is done
    course = meanings.MeaningCourse if vectors == "sentences" else bags.WordCourse
    return training.train(
        NAME, examples, partial(course, tuple(reads)), out_of_scope=out_of_scope, progress=progress
    )


def loaded(data: bytes, *, expected: str) -> Model:
    """The model whose hash is `expected`. Raises SettingsInvalid for anything else, unparsed."""
    kinds: dict[str, storage.Restored] = {"words": bags.restored, "sentences": meanings.restored}
    return storage.loaded(data, expected=expected, provider=NAME, kinds=kinds)


def lacking(vectors: str | None) -> str | None:
    """What to install before these vectors can be used; None where nothing is missing."""
    return None if vectors != "sentences" or encoder.installed() else encoder.INSTALL
