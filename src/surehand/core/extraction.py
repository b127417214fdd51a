"""Reading fields from documents with a trained model: what it is asked, and what it learns from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from surehand.core.documents import Document
from surehand.core.recommendation import Reading

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with the values that are right.

    values  field -> JSON value as facts hold it; None: the document does not show it. A field that is left
            out is not known, and teaches nothing
    group   documents that look alike have the same one, such as the supplier's name; folds never part them
    """

    document: Document
    values: Mapping[str, Any]
    group: str


class Extractor(Protocol):
    """A trained model as a step function sees it: the parameter `model` of an `extract` step.

    version  content hash of its arrays, 64 hex digits
    """

    version: str

    def read(self, document: Document, into: type[T]) -> Reading[T]:
        """The fields of `into`, each with its probability, evidence and second choice.

        A field that cannot be read is None, never invented; a field that the model has not learned has no
        reading. Raises TypeError for a model with a required field of a type that cannot be read.
        """
