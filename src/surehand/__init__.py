"""Surehand, the decision layer between AI and people. These are the public names.

Each is loaded when it is first used, so that `import surehand` stays cheap.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surehand.connect.client import Client
    from surehand.connect.guard import guard
    from surehand.core.documents import Document
    from surehand.core.extraction import Extractor
    from surehand.core.money import Money
    from surehand.core.recommendation import Alternative, Evidence, Reading, Recommendation
    from surehand.errors import Fault, OutcomeUnknown, PermanentFailure, SurehandError, TemporaryFailure

    __version__: str

__all__ = [
    "Alternative",
    "Client",
    "Document",
    "Evidence",
    "Extractor",
    "Fault",
    "Money",
    "OutcomeUnknown",
    "PermanentFailure",
    "Reading",
    "Recommendation",
    "SurehandError",
    "TemporaryFailure",
    "__version__",
    "guard",
]

_HOMES = {
    "Alternative": "surehand.core.recommendation",
    "Client": "surehand.connect.client",
    "Document": "surehand.core.documents",
    "Evidence": "surehand.core.recommendation",
    "Extractor": "surehand.core.extraction",
    "Fault": "surehand.errors",
    "Money": "surehand.core.money",
    "OutcomeUnknown": "surehand.errors",
    "PermanentFailure": "surehand.errors",
    "Reading": "surehand.core.recommendation",
    "Recommendation": "surehand.core.recommendation",
    "SurehandError": "surehand.errors",
    "TemporaryFailure": "surehand.errors",
    "guard": "surehand.connect.guard",
}


def __getattr__(name: str) -> Any:
    found: Any
    if name == "__version__":
        from importlib.metadata import version

        found = version("surehand")
    elif name in _HOMES:
        found = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'surehand' has no attribute '{name}'")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
