"""A model trained once for all tests of this folder."""

import pytest

from surehand.providers.field_extractor import Trained, train
from tests.providers.field_extractor.paper import KINDS, training_set


@pytest.fixture(scope="session")
def trained() -> Trained:
    return train(training_set(), kinds=KINDS)
