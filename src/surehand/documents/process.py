"""One child process as its parent sees it: started, asked, and killed when it does not answer."""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from surehand.documents.frames import BadFrame, framed, received
from surehand.errors import Stopped

_MODULE = "surehand.documents.child"
_START_SECONDS = 60.0
_PIECE = 256 * 1024


class Died(Exception):
    """The child ended, or answered nonsense. It was killed; start another.

    fresh   whether it had answered nothing before, so that nothing but this document can be to blame
    memory  whether it ran out of memory
    late    whether its processor time was used up
    where   what kind of fault it was and where, for the log
    """

    def __init__(self, where: str, *, fresh: bool, memory: bool = False, late: bool = False) -> None:
        self.where, self.fresh, self.memory, self.late = where, fresh, memory, late
        super().__init__(where)


class Child:
    """A running child. Used by one thread at a time; only `stop` may come from another.

    memory  bytes of address space that it may take
    Raises Stopped when it does not start.
    """

    def __init__(self, memory: int) -> None:
        self._home = tempfile.mkdtemp(prefix="surehand-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(memory)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            cwd=self._home, env=_environment(self._home), start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self.uses = 0
        try:
            started = self._answer(time.monotonic() + _START_SECONDS, 0)
        except (BadFrame, TimeoutError, OSError) as fault:
            started = None
            self.kill()
            raise Stopped(f"The process that reads documents does not start: {fault}") from fault
        if started is None:
            self.kill()
            raise Stopped(f"The process that reads documents does not start: {self._ending()}")

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(
        self, header: dict[str, Any], data: bytes, *, seconds: float, most: int
    ) -> tuple[dict[str, Any], bytes]:
        """One question and its answer. Raises TimeoutError or Died; after both the child is gone.

        seconds  until the answer must be complete
        most     bytes of the answer
        """
        fresh = self.uses == 0
        self.uses += 1
        until = time.monotonic() + seconds
        try:
            for part in framed(header, data):
                self._write(part, until)
            answer = self._answer(until, most)
        except TimeoutError:
            self.kill()
            raise
        except (OSError, BadFrame) as fault:
            self.kill()
            raise self._died(f"{fault} ({self._ending()})", fresh) from fault
        if answer is None or "crashed" in answer[0]:
            where = "" if answer is None else f"{answer[0]['crashed']} at {answer[0].get('at')}, "
            self.kill()
            raise self._died(where + self._ending(), fresh, memory="MemoryError" in where)
        return answer

    def stop(self) -> None:
        """Ends it with everything it started. Whoever waits for an answer gets Died."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Ends it and takes everything of it away. Harmless when it is gone."""
        self.stop()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _died(self, where: str, fresh: bool, *, memory: bool = False) -> Died:
        return Died(where, fresh=fresh, memory=memory, late=self._process.returncode == -signal.SIGXCPU)

    def _ending(self) -> str:
        code = self._process.poll()
        return "still running" if code is None else f"exit status {code}"

    def _answer(self, until: float, most: int) -> tuple[dict[str, Any], bytes] | None:
        return received(lambda size: self._read(size, until), most=most)

    def _read(self, size: int, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            try:
                piece = os.read(self._out, min(size - len(parts), _PIECE))
            except BlockingIOError:
                _wait(self._out, selectors.EVENT_READ, until)
                continue
            if not piece:
                break
            parts += piece
        return bytes(parts)

    def _write(self, data: bytes, until: float) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._in, rest[:_PIECE]) :]
            except BlockingIOError:
                _wait(self._in, selectors.EVENT_WRITE, until)


def _wait(descriptor: int, event: int, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(left):
            raise TimeoutError("no answer in time")


def _environment(home: str) -> dict[str, str]:
    """Nothing of the parent's environment, which holds secrets; modules from where the parent has them."""
    return {
        "PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path if place),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        # threads reserve address space, which is bounded
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        # onnxruntime reports its use to its makers unless told not to, and reads this when it is imported
        "ORT_DISABLE_TELEMETRY": "1",
    }
