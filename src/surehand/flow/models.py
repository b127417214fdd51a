"""The trained models in use: found by name, loaded once per content."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from surehand.core.classification import Classifier
from surehand.core.confidence import Calibration
from surehand.core.extraction import Extractor, Untrained
from surehand.core.process import Model
from surehand.errors import SettingsInvalid, Stopped, TemporaryFailure
from surehand.providers.protocol import Classifiers, Extractors
from surehand.store import models
from surehand.store.database import Database

_UNTRAINED = Untrained()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration, and the ground that it was fitted on; see `flow.bases.Basis`."""

    ground: str
    calibration: Calibration


@dataclass(slots=True)
class Models:
    """Extractors and classifiers by provider, and what was loaded so far.

    folders  process -> its folder, where the examples lie that its models start from
    looked   when it was looked last whether a model has something to learn
    """

    extractors: Mapping[str, Extractors]
    folders: Mapping[str, Path] = field(default_factory=dict)
    classifiers: Mapping[str, Classifiers] = field(default_factory=dict)
    looked: datetime | None = None
    _loaded: dict[str, Any] = field(default_factory=dict)
    _reports: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _learning: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def learning(self) -> Iterator[None]:
        """One training at a time: each takes a processor and the memory for all examples. Raises Stopped."""
        if not self._learning.acquire(blocking=False):
            raise Stopped(
                "A model is being trained here now, and nothing was begun. Try again when it is done."
            )
        try:
            yield
        finally:
            self._learning.release()

    def of(self, db: Database, process: str, name: str, model: Model) -> Extractor:
        """The active version of a model; one that reads nothing while there is none. See `_active`."""
        found: Extractor | None = self._active(db, process, name, model)
        return _UNTRAINED if found is None else found

    def classifier(self, db: Database, process: str, name: str, model: Model) -> Classifier | None:
        """The active version of a model that decides; None while there is none. See `_active`."""
        found: Classifier | None = self._active(db, process, name, model)
        return found

    def report(self, connection: Connection, process: str, name: str, hash: str) -> Mapping[str, Any]:
        """What training a version told of it."""
        if hash not in self._reports:
            self._reports[hash] = models.version(connection, process, name, hash).report
        return self._reports[hash]

    def calibration(self, connection: Connection, process: str, name: str, hash: str) -> Fitted | None:
        """A calibration of confidence that is kept; None if it is not what was kept under its hash."""
        if hash not in self._loaded:
            body = models.body(connection, process, name, hash) or b""
            if hashlib.sha256(body).hexdigest() != hash:
                return None
            plain = json.loads(body)
            self._loaded[hash] = Fitted(str(plain["ground"]), Calibration.of(plain))
        fitted: Fitted = self._loaded[hash]
        return fitted

    def kind(self, provider: str) -> Extractors | Classifiers:
        """What trains and loads models of a provider. Raises KeyError."""
        return self.extractors[provider] if provider in self.extractors else self.classifiers[provider]

    def _active(self, db: Database, process: str, name: str, model: Model) -> Any:
        """The active version, if there is one.

        Another process may have trained a new one, so the name is looked up each time; the arrays are
        loaded once. Raises TemporaryFailure if what is stored does not have its hash.
        """
        with db.read() as connection:
            active = models.active(connection, process, name)
            if active is None:
                return None
            if active in self._loaded:
                return self._loaded[active]
            body = models.body(connection, process, name, active)
        try:
            loaded = self.kind(model.provider).loaded(body or b"", expected=active)
        except SettingsInvalid as error:
            raise TemporaryFailure(
                f"the stored model {name} cannot be used: {error}; train it again"
            ) from error
        self._loaded[active] = loaded
        return loaded
