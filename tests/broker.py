"""A real Redis for the tests, from the distribution, in a temporary folder."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.crash.fleet import free_port
from tests.postgres import die_with_parent
from tools.machine import REDIS


@dataclass(slots=True)
class Broker:
    """One server; `fresh()` empties it and gives its URL.

    address  where it listens
    within   a command that becomes another one somewhere else
    """

    folder: Path
    port: int
    address: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.address}:{self.port}/0"

    def fresh(self) -> str:
        """The URL of the emptied server, which is started if it was not running."""
        if self._process is None:
            self.start()
        self.client().flushall()
        return self.url

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self.within, str(REDIS), "--port", str(self.port), "--bind", self.address, "--save", "",
                 "--appendonly", "no", "--protected-mode", "no", "--dir", str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        until = time.monotonic() + 20
        while True:
            try:
                self.client().ping()
                return
            except redis.exceptions.RedisError:
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.02)

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A server that lives as long as the block."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = Broker(Path(folder), free_port())
        try:
            server.start()
            yield server
        finally:
            server.stop()
