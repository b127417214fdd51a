"""What a provider does: recommend, read fields of documents, learn to decide, or ask a language model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from surehand.core.bound import BoundStep, Facts
from surehand.core.classification import Classifier, Taught
from surehand.core.extraction import Extractor, Labelled
from surehand.core.process import Model
from surehand.core.recommendation import Recommendation

#: What the caller of `external` brought: `{value, confidence, reasons, alternatives, signals}`.
Brought = Mapping[str, Any]


class Provider(Protocol):
    """One kind of AI that recommends at decision points. Pinned by `tests/providers/test_contract.py`."""

    def recommend(
        self, step: BoundStep, cases: Sequence[Facts], brought: Sequence[Brought | None]
    ) -> list[Recommendation[Any] | Exception]:
        """One recommendation per case, in order; an error of one case is its entry and fails no other.

        cases    the facts of each case as JSON values; also `document`, where the input has one
        brought  what the caller brought with each case, or None
        """


class HeldOut(Protocol):
    """How a document was read by models that had not seen it, nor any of its group."""

    @property
    def right(self) -> Mapping[str, bool]:
        """Field -> the value was right."""


class Lesson(Protocol):
    """What training gives: a model, and how well it reads what it has not seen."""

    @property
    def model(self) -> Extractor:
        """The model, learned from all examples."""

    @property
    def held_out(self) -> Sequence[HeldOut]:
        """One for each example."""


class Extractors(Protocol):
    """One kind of model that reads fields; what is trained is arrays and JSON, and never a pickle."""

    def train(
        self,
        examples: Sequence[Labelled],
        *,
        kinds: Mapping[str, str],
        day_first: bool | None = None,
        default_currency: str | None = None,
        progress: Callable[[str, float], None] | None = None,
    ) -> Lesson:
        """A model of these documents. Raises NotEnoughEvidence, or SettingsInvalid without its libraries.

        kinds     field -> type word, of every field that is to be read
        progress  is told what is being done, and the share that is done
        """

    def dumped(self, model: Extractor) -> bytes:
        """The model as bytes; `loaded` takes them back."""

    def loaded(self, data: bytes, *, expected: str) -> Extractor:
        """The model whose hash is `expected`. Raises SettingsInvalid for anything else, unparsed."""


class Schooling(Protocol):
    """What training a classifier gives."""

    @property
    def model(self) -> Classifier:
        """The model, learned from all examples."""

    @property
    def report(self) -> Mapping[str, Any]:
        """What it learned from, and how it did on what was left out, as JSON."""


class Classifiers(Protocol):
    """One kind of model that learns to decide; what is trained is arrays and JSON, and never a pickle.

    KINDS    type words of facts that it can read
    VECTORS  what the map may write as `vectors`, the default first; empty: there is no choice
    """

    KINDS: tuple[str, ...]
    VECTORS: tuple[str, ...]

    def train(
        self,
        examples: Sequence[Taught],
        *,
        reads: Mapping[str, str],
        vectors: str | None = None,
        out_of_scope: float | None = None,
        progress: Callable[[str, float], None] | None = None,
    ) -> Schooling:
        """A model of these examples. Raises NotEnoughEvidence, or SettingsInvalid without its libraries.

        examples      oldest first
        reads         name -> type word, of every fact that is read
        out_of_scope  share of the cases to come that is expected to be out of scope; None: as the examples
                      show
        progress      is told what is being done, and the share that is done
        """

    def dumped(self, model: Any) -> bytes:
        """The model as bytes; `loaded` takes them back."""

    def loaded(self, data: bytes, *, expected: str) -> Classifier:
        """The model whose hash is `expected`. Raises SettingsInvalid for anything else, unparsed."""

    def lacking(self, vectors: str | None) -> str | None:
        """The command that installs what these vectors need; None where nothing is missing."""


class Purse(Protocol):
    """What a language model may still use today. Asked from several threads."""

    def take(self) -> str | None:
        """Pay for one more call; None when there was room for it, else why there is none."""

    def used(self, sent: int, received: int) -> None:
        """A call took so many tokens."""


class NotBegun(Exception):
    """There was no time left to ask about this case; nothing was sent."""


class Languages(Protocol):
    """One kind of language model: it is asked over the network, about what was masked."""

    def ask(
        self,
        step: BoundStep,
        cases: Sequence[Facts],
        *,
        purse: Purse,
        draw: Callable[[], float],
        patience: float,
    ) -> list[Recommendation[Any] | Exception]:
        """One recommendation per case, in order; the error of one case is its entry and fails no other.

        draw      a number in [0, 1), for jitter
        patience  seconds after which no further case is begun: its entry is NotBegun
        """

    def lacking(self, model: Model) -> Iterable[tuple[str, str]]:
        """Key of the map, and what is missing on this machine for it and how to get it."""
