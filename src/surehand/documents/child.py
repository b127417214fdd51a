"""The process that touches documents: `python -m surehand.documents.child MEMORY`.

It reads questions on standard input and answers on standard output, one document at a time, and ends when
its input ends, as it does when the parent dies. What it may do is bounded before it sees a document: memory,
processor time, no core dumps, no file longer than nothing, few open files. What a library prints goes
nowhere.

It keeps a faulty or hostile document from taking the parent with it. It is no sandbox: it runs as the same
user and could read what that user can read.
"""

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from surehand.documents import ocr, reading
from surehand.documents.frames import framed, received
from surehand.documents.limits import Limits
from surehand.errors import NotFound, Unreadable

_FILES = 128
_LARGEST = 1024**3


def main() -> None:
    """Confines the process, then answers until the input ends."""
    here = Path.cwd()
    answers = _own_output()
    _confine(int(sys.argv[1]))
    _send(answers, {"ready": True})
    engine = _Engine()
    try:
        while (question := received(sys.stdin.buffer.read, most=_LARGEST)) is not None:
            _answer(answers, *question, engine)
            del question
    finally:
        shutil.rmtree(here, ignore_errors=True)  # a library may have made empty files


def _answer(answers: BinaryIO, header: dict[str, Any], data: bytes, engine: "_Engine") -> None:
    _allow(header["seconds"])
    try:
        answer, body = _answered(header, data, engine)
    except Unreadable as fault:
        answer, body = {"unreadable": fault.reason, "detail": fault.detail}, b""
    except NotFound as fault:
        answer, body = {"missing": fault.detail}, b""
    except BaseException as fault:
        # the parent logs where it was; what the document said stays here
        _send(answers, {"crashed": type(fault).__name__, "at": _place(fault)})
        raise
    _send(answers, answer, body)


class _Engine:
    """The OCR engine, loaded when it is first needed."""

    def __init__(self) -> None:
        self._loaded: ocr.Engine | None = None

    def __call__(self, img_content: Any, *, return_word_box: bool) -> Any:
        if self._loaded is None:
            self._loaded = ocr.engine()
        return self._loaded(img_content, return_word_box=return_word_box)


def _answered(header: dict[str, Any], data: bytes, engine: ocr.Engine) -> reading.Answer:
    limits = Limits(**header["limits"])
    asked: dict[str, Callable[[], reading.Answer]] = {
        "read": lambda: reading.read(data, limits),
        "sizes": lambda: reading.sizes(data, limits),
        "picture": lambda: reading.picture(data, limits, page=header["page"], width=header["width"]),
        "recognise": lambda: reading.recognise(data, limits, engine, page=header["page"]),
    }
    return asked[header["ask"]]()


def _own_output() -> BinaryIO:
    """The real standard output; from here on, whatever prints, prints into nothing."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return answers


def _confine(memory: int) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _FILES)
    if sys.platform == "linux":  # elsewhere the address space cannot be bounded so
        _limit(resource.RLIMIT_AS, memory)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


def _allow(seconds: float) -> None:
    """Processor time for one question. A child whose parent is gone ends by this even in an endless loop."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    cores = os.cpu_count() or 1  # threads of the OCR engine count together
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds * cores) + 2, hard))


def _place(fault: BaseException) -> str:
    """File and line where it happened, without a word of content."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _send(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    for part in framed(header, body):
        answers.write(part)
    answers.flush()


if __name__ == "__main__":
    main()
