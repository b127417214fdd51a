"""Pictures of pages, kept as files under the digest of the document, within a budget."""

import contextlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from surehand.errors import Stopped, Unreadable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WIDEST = 10_000
_MOST_PAGES = 100_000

#: Callers that may wait for a drawing at the same time: they hold threads that others need, too.
_MOST_WAITING = 20

#: A page that took its drawer down, or all of its time, is not tried again for so many seconds.
_RESTING = 600.0
_MOST_RESTING = 1_000


class Draws(Protocol):
    """What makes a picture: `documents.reader.Reader`."""

    def picture(self, data: bytes, page: int, *, width: int) -> bytes: ...

    def close(self) -> None: ...


class Pictures:
    """A cache that any number of threads and processes may share. It holds nothing that cannot be made again.

    folder  where the files are; made when it is missing, readable by nobody else
    budget  bytes; when there is more, the files that were not asked for longest go first
    """

    def __init__(self, reader: Draws, folder: Path, budget: int) -> None:
        self._reader, self._folder, self._budget = reader, folder, budget
        self._unpruned = budget  # the first write looks at what is there
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._resting: dict[tuple[str, int], tuple[float, Unreadable]] = {}

    def close(self) -> None:
        """Ends what draws. Pictures that are there are still found."""
        self._reader.close()

    def of(self, digest: str, page: int, *, width: int, load: Callable[[], bytes]) -> bytes:
        """The PNG file of a page, from 0.

        digest  SHA-256 of the document, 64 hex digits; it is also the name of the files
        load    fetches the document; called only when the picture is not there
        Raises ValueError for a digest, page or width that is none, what `Reader.picture` raises, and Stopped
        when very many wait for a drawing.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a digest is 64 hex digits")
        if not (0 <= page < _MOST_PAGES and 0 < width <= _WIDEST):
            raise ValueError("there is no such page or width")
        path = self._folder / digest[:2] / f"{digest}-{page}-{width}.png"
        with contextlib.suppress(OSError):
            found = path.read_bytes()
            os.utime(path)
            return found
        made = self._drawn(digest, page, width, load)
        with contextlib.suppress(OSError):  # a full or read-only disk costs the cache, not the picture
            self._keep(path, made)
        return made

    def _drawn(self, digest: str, page: int, width: int, load: Callable[[], bytes]) -> bytes:
        until, known = self._resting.get((digest, page), (0.0, None))
        if known is not None and time.monotonic() < until:
            raise Unreadable(known.reason, known.detail)
        if not self._waiting.acquire(blocking=False):
            raise Stopped("Many pages are being drawn. Try again in a minute.")
        try:
            return self._reader.picture(load(), page, width=width)
        except Unreadable as fault:
            if fault.reason in ("too_slow", "crashed"):
                with self._lock:
                    while len(self._resting) >= _MOST_RESTING:
                        del self._resting[next(iter(self._resting))]
                    self._resting[digest, page] = time.monotonic() + _RESTING, fault
            raise
        finally:
            self._waiting.release()

    def _keep(self, path: Path, picture: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(picture)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        with self._lock:
            self._unpruned += len(picture)
            due = self._unpruned > self._budget // 10
            if due:
                self._unpruned = 0
        if due:
            self._prune()

    def _prune(self) -> None:
        """Down to nine tenths of the budget. Another process may prune at the same time: gone is gone."""
        kept: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                there = path.stat()
                kept.append((there.st_mtime, there.st_size, path))
        total = sum(size for _, size, _ in kept)
        if total <= self._budget:
            return
        for _, size, path in sorted(kept):
            if total <= self._budget * 9 // 10:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size
