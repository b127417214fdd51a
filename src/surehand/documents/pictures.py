"""Pictures of pages, kept as files under the digest of the document, within a budget."""

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WIDEST = 10_000
_MOST_PAGES = 100_000


class Draws(Protocol):
    """What makes a picture: `documents.reader.Reader`."""

    def picture(self, data: bytes, page: int, *, width: int) -> bytes: ...


class Pictures:
    """A cache that any number of threads and processes may share. It holds nothing that cannot be made again.

    folder  where the files are; made when it is missing, readable by nobody else
    budget  bytes; when there is more, the files that were not asked for longest go first
    """

    def __init__(self, reader: Draws, folder: Path, budget: int) -> None:
        self._reader, self._folder, self._budget = reader, folder, budget
        self._unpruned = budget  # the first write looks at what is there
        self._lock = threading.Lock()

    def of(self, digest: str, page: int, *, width: int, load: Callable[[], bytes]) -> bytes:
        """The PNG file of a page, from 0.

        digest  SHA-256 of the document, 64 hex digits; it is also the name of the files
        load    fetches the document; called only when the picture is not there
        Raises ValueError for a digest, page or width that is none, and what `Reader.picture` raises.
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
        made = self._reader.picture(load(), page, width=width)
        with contextlib.suppress(OSError):  # a full or read-only disk costs the cache, not the picture
            self._keep(path, made)
        return made

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
