"""Workers on any number of hosts, woken by Celery through Redis, for those who run that already.

A message names a kind of work and nothing else. It may be lost with the broker, and may come twice: the
tables say what is due. While the broker is away, a thread of this process does what the sweep finds.
"""

import logging
import socket
import threading
import time
from functools import partial
from typing import Any

from surehand.engine.dispatcher import Drain, Health, Sweep
from surehand.engine.watch import Due, Faults, Hands, Watch

_log = logging.getLogger("surehand.engine")

#: The queue, the task and the first part of keys. Deployments that share a Redis take databases of their own.
QUEUE = "surehand"

#: Seconds for which one waiting message stands for all: it lasts if the message is lost.
_STANDS = 5

#: Seconds in which a worker takes a message. What waits longer is done in this process.
_TAKEN = 2

#: Seconds after which a message that nobody took is dropped; the sweep has sent others since.
_EXPIRES = 60

#: Seconds before a worker that ended by itself is started again.
_AGAIN = 1.0

#: Seconds to wait for a broker that does not answer.
_SILENT = 3.0

#: A connection on which nothing was said for ten seconds is asked twice whether it is still there.
_KEEPALIVE = {
    getattr(socket, name): value
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 2))
    if hasattr(socket, name)  # not on every system
}


class CeleryDispatcher:
    """Sends a message per kind of work, and runs a Celery worker in a thread of this process."""

    def __init__(self, *, broker: str, workers: int = 2, name: str = "surehand") -> None:
        self._broker = broker
        self._name = name
        self._count = workers
        self._faults = Faults()
        self._watch = Watch(self._faults)
        self._alone = Hands(self._faults, count=1)
        self._due = Due()
        self._announcer = threading.Thread(target=self._announce, name="surehand-wake", daemon=True)
        self._worker = threading.Thread(target=self._supervise, name="surehand-worker", daemon=True)
        self._stopping = threading.Event()
        self._sender: Any = None
        self._serving: Any = None
        self._redis: Any = None
        self._drain: Drain | None = None
        self._trouble: str | None = None

    def install(self) -> None:
        """Nothing to prepare: Redis makes queues when they are used."""

    def wake(self, kinds: frozenset[str]) -> None:
        """Send it soon, in another thread: nobody who committed work has to wait for the broker."""
        self._due.add(kinds)

    def run(self, drain: Drain, sweep: Sweep, *, every: float = 0.5) -> None:
        """Start the worker, the thread that sends, the one that works without a broker, and the sweep."""
        import redis

        # before there are threads: Celery's package replaces itself while it is imported
        self._sender = _celery(self._broker, self._count)
        self._redis = redis.Redis.from_url(
            self._broker, socket_timeout=_SILENT, socket_connect_timeout=_SILENT, socket_keepalive=True
        )
        self._drain = drain
        self._alone.start(drain)
        self._worker.start()
        self._announcer.start()
        self._watch.start(sweep, self.wake, every=every)

    def stop(self, *, patience: float = 30.0) -> None:
        """Let the worker finish what it began; it takes no more."""
        until = time.monotonic() + patience
        self._stopping.set()
        if self._worker.is_alive():
            from celery.worker import state

            state.should_stop = 0  # an exit code; Celery's loop asks for it whenever it turns
        self._due.close()
        self._alone.due.close()
        self._watch.stop(until=until)
        self._alone.stop(until=until)
        while self._worker.is_alive() and time.monotonic() < until:
            if (serving := self._serving) is not None:
                serving.hub.call_soon(_turn)
            self._worker.join(0.05)
        if self._announcer.is_alive():
            self._announcer.join(max(0.0, until - time.monotonic()))

    def health(self) -> Health:
        """How it is doing. A broker that is away is a trouble; the work goes on here."""
        threads = (self._worker, self._announcer)
        running = self._watch.alive and self._alone.alive and all(thread.is_alive() for thread in threads)
        return Health(
            running, self._count, self._watch.last, self._faults.count, self._faults.last, self._trouble
        )

    # -- messages --------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        while (kinds := self._due.take()) is not None:
            if self._faults.safely(partial(self._sent, kinds)) is False:
                self._alone.due.add(kinds)

    def _sent(self, kinds: frozenset[str]) -> bool:
        """One message for each kind is waiting; False when the broker is away."""
        from kombu.exceptions import OperationalError
        from redis.exceptions import RedisError

        try:
            untaken = frozenset(kind for kind in sorted(kinds) if not self._announced(kind))
        except (RedisError, OperationalError, OSError) as error:
            if self._trouble is None:
                _log.warning("the broker is away, and the sweep makes up for it: %s", error)
            self._trouble = "the broker is away: work is found every half second instead"
            return False
        self._trouble = None
        # workers that lost their broker take some time to find it again, also when it is back
        self._alone.due.add(untaken)
        return True

    def _announced(self, kind: str) -> bool:
        """A message is waiting, and not for so long that nobody seems to take it."""
        key = _waiting(kind)
        if self._redis.set(key, self._name, nx=True, ex=_STANDS):
            self._send(kind)
            return True
        return bool(self._redis.pttl(key) > (_STANDS - _TAKEN) * 1000)

    def _send(self, kind: str) -> None:
        try:
            self._sender.send_task(f"{QUEUE}.drain", args=[kind], queue=QUEUE, expires=_EXPIRES, retry=False)
        except BaseException:
            self._redis.delete(_waiting(kind))
            raise

    # -- the worker ------------------------------------------------------------------------------------------

    def _supervise(self) -> None:
        """Celery connects again by itself; should its worker end all the same, there is a new one."""
        while not self._stopping.is_set():
            self._faults.safely(self._serve)
            self._stopping.wait(_AGAIN)

    def _serve(self) -> None:
        from celery.worker import state
        from kombu.asynchronous import set_event_loop

        app = _celery(self._broker, self._count)
        app.task(name=f"{QUEUE}.drain", shared=False)(self._drained)
        # its threads find tasks by the application that is current in the process, and use one loop
        app.set_default()
        set_event_loop(None)
        self._serving = worker = app.WorkController(
            app=app, hostname=f"surehand@{self._name}", pool="threads", concurrency=self._count,
            queues=[QUEUE], without_heartbeat=True, without_mingle=True, without_gossip=True,
            use_eventloop=True,
        )  # fmt: skip
        try:
            if not self._stopping.is_set():
                worker.start()
        finally:
            self._serving = state.should_stop = None

    def _drained(self, kind: str) -> None:
        """The task: one chunk, then to the end of the queue, so that no kind waits until another is done."""
        assert self._drain is not None
        # first, so that what is committed from here on sends another message
        self._faults.safely(partial(self._redis.delete, _waiting(kind)))
        if self._stopping.is_set():
            return
        if self._faults.safely(partial(self._drain, frozenset({kind}))):
            self.wake(frozenset({kind}))


def _turn() -> None:
    """Nothing: it lets a loop turn that waits for messages."""


def _waiting(kind: str) -> str:
    return f"{QUEUE}.waiting.{kind}"


def _celery(broker: str, workers: int) -> Any:
    """An application of Celery: no results, no retries, JSON only, acknowledged when done."""
    from celery import Celery

    app = Celery("surehand", broker=broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True, task_acks_late=True, task_publish_retry=False, task_serializer="json",
        accept_content=["json"], task_default_queue=QUEUE, worker_prefetch_multiplier=1,
        worker_concurrency=workers, worker_enable_remote_control=False, worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True, broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 300, "socket_connect_timeout": _SILENT, "socket_keepalive": True,
            "socket_keepalive_options": _KEEPALIVE,
        },
    )  # fmt: skip
    return app
