"""Reading fields from documents with a trained model: what it is asked, and what it learns from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from surehand.core.documents import Document
from surehand.core.recommendation import Reading

T = TypeVar("T", bound=BaseModel)

#: Among the readings of a case: what the reader says of the document as a whole. No fact has this name.
WHOLE = "document"


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


class Untrained:
    """In place of a model that has learned nothing yet: reads nothing, so that people key everything in."""

    version = ""

    def read(self, document: Document, into: type[T]) -> Reading[T]:
        """See `Extractor`."""
        fields = into.model_fields
        empty = {name: None for name, field in fields.items() if field.is_required()}
        try:
            values = into.model_validate(empty, by_name=True)
        except ValidationError as error:
            names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors()}))
            raise TypeError(
                f"{into.__name__} needs {names}: allow None, since not every paper shows it"
            ) from None
        return Reading(values, dict.fromkeys(fields, 0.0))
