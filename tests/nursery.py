"""Children that train, forked from a process that has imported all of it already: `python -m tests.nursery`.

A child that trains is a process of its own (`surehand.flow.apart`), and for the few examples of a test it
takes longer to import what learns than to learn. Each test process has one nursery; a child of it
runs the same `main`, with the environment and the pipes that it would have been started with.
"""

import array
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import IO, Any

from surehand.flow import apart

_KEPT_OPEN = ExitStack()
_lock = threading.Lock()
_line: socket.socket | None = None


class _Subprocess:
    """What `apart` uses of the module `subprocess`."""

    PIPE, TimeoutExpired = subprocess.PIPE, subprocess.TimeoutExpired

    def __init__(self) -> None:
        self.Popen = Child


def share() -> None:
    """From now on in this process, where what was imported survives a fork."""
    if sys.platform == "linux":
        apart.subprocess = _Subprocess()  # type: ignore[assignment]  # a module with less in it


def close() -> None:
    """At the end of a run."""
    _KEPT_OPEN.close()


class Child:
    """Like `subprocess.Popen`, as far as `apart` uses it."""

    stderr: IO[bytes] | None

    def __init__(self, _command: list[str], *, env: Mapping[str, str], **_options: Any) -> None:
        (in_r, in_w), (out_r, out_w), (err_r, err_w), (end_r, end_w) = (os.pipe() for _ in range(4))
        with _lock:
            socket.send_fds(_nursery(), [json.dumps(dict(env)).encode()], [in_r, out_w, err_w, end_w])
        for theirs in (in_r, out_w, err_w, end_w):
            os.close(theirs)
        self._in, self._out, self._end = os.fdopen(in_w, "wb"), os.fdopen(out_r, "rb"), os.fdopen(end_r, "rb")
        self.stderr = os.fdopen(err_r, "rb")
        (self.pid,) = array.array("q", self._end.read(8))

    def communicate(self, sent: bytes, *, timeout: float) -> tuple[bytes, None]:
        """Send it all, and all that it answers. Raises TimeoutExpired."""
        answer: list[bytes] = []
        talk = threading.Thread(target=self._talk, args=(sent, answer), daemon=True)
        talk.start()
        talk.join(timeout)
        if talk.is_alive():
            raise subprocess.TimeoutExpired("training", timeout)
        return b"".join(answer), None

    def _talk(self, sent: bytes, answer: list[bytes]) -> None:
        with suppress(BrokenPipeError), self._in:
            self._in.write(sent)
        answer.append(self._out.read())

    def kill(self) -> None:
        """Harmless when it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Until it has ended, as its end of a pipe tells."""
        with self._end, self._out:
            self._end.read()


def _nursery() -> socket.socket:
    global _line
    if _line is None:
        _line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.nursery", str(theirs.fileno())]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        _KEPT_OPEN.callback(process.wait)
        _KEPT_OPEN.callback(_line.close)
    return _line


# In the nursery


def main() -> None:
    """Import what learns, and fork as often as somebody asks, until they are gone."""
    from scipy import sparse  # noqa: F401 - imported for the children
    from sklearn import ensemble, linear_model, svm  # noqa: F401 - so too

    from surehand import plugins

    plugins.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        sent, fds, _flags, _address = socket.recv_fds(line, 1 << 16, 4)
        if not sent:
            return
        if os.fork() == 0:
            line.close()
            _lived(json.loads(sent), fds)
        for one in fds:
            os.close(one)


def _lived(environment: Mapping[str, str], fds: list[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, one in enumerate(fds[:3]):
        os.dup2(one, number)
        os.close(one)
    os.write(fds[3], array.array("q", [os.getpid()]).tobytes())
    os.environ.clear()
    os.environ.update(environment)
    try:
        apart.main()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - it ends here, and says why as the interpreter would
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
