"""A client of the application in this process, whose requests share one event loop.

A client of the library begins a thread with a loop for each request, unless it is entered, and then it also
starts and stops the application. Those two cost more than most answers.
"""

import threading
from contextlib import ExitStack
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient

_lock = threading.Lock()
_open = ExitStack()
_portal: BlockingPortal | None = None


class Client(TestClient):
    """See the module."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.portal = _shared()


def _shared() -> BlockingPortal:
    global _portal
    with _lock:
        if _portal is None:
            _portal = _open.enter_context(start_blocking_portal())
        return _portal


def close() -> None:
    """At the end of a run."""
    _open.close()
