"""Documents as bytes to pages, lines, words, boxes, tables and pictures, without risk to this process."""

import logging
import queue
import threading
import time
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from surehand.core.documents import Document, Page
from surehand.documents import kinds, ocr
from surehand.documents.limits import MIB, Limits
from surehand.documents.process import Child, Died
from surehand.documents.reasons import refused
from surehand.errors import NotFound, Stopped, Unreadable

log = logging.getLogger(__name__)


class Reader:
    """Reads PDF, PNG and JPEG files in child processes. Safe in threads; started when first used.

    limits     what a document may cost
    processes  how many documents are read at the same time; further callers wait for their turn
    patience   seconds that they wait; None: as long as it takes

    Every method raises Unreadable with a sentence for a person, and with one of these reasons:
    `empty`, `wrong_type`, `too_large`, `broken`, `encrypted`, `too_many_pages`, `too_many_pixels`,
    `too_slow`, `crashed`; `read` also `no_text` and `ocr_failed`. They raise Stopped after `close`, when no
    child process can be started, and when patience ends: that is never the document's fault.
    """

    def __init__(
        self, limits: Limits | None = None, processes: int = 1, *, patience: float | None = None
    ) -> None:
        self.limits = limits or Limits()
        self._patience = patience
        self._processes = processes
        self._free: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._free.put(None)
        self._children: set[Child] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, data: bytes, *, name: str = "") -> Document:
        """All pages with what can be seen of their text, and tables with ruling lines.

        name  what the sender called the file; only for the sentence when it is something else
        Boxes are in points for a PDF and in pixels for a picture, on the upright page, as in `picture`.
        Pages whose text is in their picture are recognised by OCR where that is installed; where it is not,
        a document without any text is Unreadable, and in one with text such pages stay empty.
        """
        header, pages = self._pages("read", data, name)
        wanting = [n for n in header.get("wanting", ()) if isinstance(n, int) and 0 <= n < len(pages)]
        if wanting and ocr.installed():
            if len(wanting) > self.limits.ocr_pages:
                raise refused("too_many_scans", pages=len(wanting), limit=self.limits.ocr_pages)
            until = time.monotonic() + self.limits.ocr_total
            for number in wanting:
                if time.monotonic() > until:
                    raise refused("too_slow", limit=f"{self.limits.ocr_total:g}")
                pages[number] = self._recognised(data, number, pages[number])
        if not any(page.lines for page in pages):
            raise refused("no_text_no_ocr" if wanting and not ocr.installed() else "no_text_found")
        return Document(pages=tuple(pages))

    def sizes(self, data: bytes, *, name: str = "") -> tuple[Page, ...]:
        """The pages without text and tables, also of a document that has no text."""
        return tuple(self._pages("sizes", data, name)[1])

    def picture(self, data: bytes, page: int, *, width: int) -> bytes:
        """A PNG file of one page, from 0, upright. Raises NotFound for a page that is not there.

        width  in pixels, kept between 16 and the limit; a page that is very long comes out narrower
        """
        self._checked(data, "")
        width = min(max(width, 16), self.limits.width)
        return self._asked("picture", data, page=page, width=width)[1]

    def close(self) -> None:
        """Ends the child processes, in the middle of a document too; its caller gets Stopped."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.stop()
        # a busy one comes back at once: its child is gone
        returned = [self._free.get() for _ in range(self._processes)]
        for idle in returned:
            if idle is not None:
                idle.kill()
            self._free.put(None)

    def _checked(self, data: bytes, name: str) -> None:
        if (fault := kinds.wrong_type(data, name)) is not None:
            raise fault
        if len(data) > self.limits.size:
            size, limit = len(data) / MIB, self.limits.size / MIB
            raise refused("too_large", size=f"{size:,.1f}", limit=f"{limit:,.0f}")

    def _pages(self, ask: str, data: bytes, name: str) -> tuple[dict[str, Any], list[Page]]:
        self._checked(data, name)
        header, body = self._asked(ask, data)
        return header, list(_validated(body).pages)

    def _recognised(self, data: bytes, number: int, known: Page) -> Page:
        """The page as OCR reads it; as it was where OCR finds nothing."""
        try:
            _, body = self._asked("recognise", data, page=number)
        except Unreadable as fault:
            if fault.reason in ("too_slow", "crashed"):
                raise refused("ocr_failed", page=number + 1) from fault
            raise
        found = _validated(body).pages[0]
        return found if found.lines else known

    def _asked(self, ask: str, data: bytes, **more: int) -> tuple[dict[str, Any], bytes]:
        seconds = self.limits.ocr_seconds if ask == "recognise" else self.limits.seconds
        header = {"ask": ask, "seconds": seconds, "limits": asdict(self.limits), **more}
        for _ in range(2):
            try:
                answer, body = self._exchanged(header, data, seconds)
                break
            except TimeoutError as fault:
                self._log("took too long", ask, data)
                raise refused("too_slow", limit=f"{seconds:g}") from fault
            except Died as fault:
                if self._closed:
                    raise Stopped("Surehand is being stopped; the document was not read.") from fault
                self._log(fault.where, ask, data)
                if fault.late:
                    raise refused("too_slow", limit=f"{seconds:g}") from fault
                if fault.fresh:
                    raise refused("crashed_memory" if fault.memory else "crashed") from fault
                # a child that had read others before may have died of them: once more with a fresh one
        else:
            raise refused("crashed")
        if "unreadable" in answer:
            raise Unreadable(str(answer["unreadable"]), str(answer.get("detail", "")))
        if "missing" in answer:
            raise NotFound(str(answer["missing"]))
        return answer, body

    def _exchanged(self, header: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        try:
            child = self._free.get(timeout=self._patience)
        except queue.Empty:
            raise Stopped("Other documents are being looked at. Try again in a minute.") from None
        try:
            if child is None or not child.alive or child.uses >= self.limits.uses:
                child = self._replaced(child)
            return child.ask(header, data, seconds=seconds, most=self.limits.answer)
        finally:
            self._free.put(child)

    def _replaced(self, old: Child | None) -> Child:
        if old is not None:
            old.kill()
        if self._closed:
            raise Stopped("Surehand is being stopped; the document was not read.")
        child = Child(self.limits.memory)
        with self._lock:
            if old is not None:
                self._children.discard(old)
            self._children.add(child)
            closed = self._closed
        if closed:
            child.stop()
        return child

    def _log(self, what: str, ask: str, data: bytes) -> None:
        log.warning("a document of %d bytes, asked to %s: %s", len(data), ask, what)


def _validated(body: bytes) -> Document:
    """What the child says, checked like any input from outside."""
    try:
        return Document.model_validate_json(body)
    except ValidationError as fault:
        raise refused("crashed") from fault
