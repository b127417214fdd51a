"""What is killed: a deployment that runs, with a door for submissions and verdicts, or a worker without one.

    python -m tests.crash.server FOLDER [--address IP --port N] --lease SECONDS

It is `surehand up` and `surehand worker` with another door, so that it starts in half the time, and with
leases short enough for a test. Nothing is caught here: what the program loses, it loses.
"""

import argparse
import json
import signal
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from surehand import app
from surehand.core.hearing import Answer
from surehand.errors import Conflict
from surehand.flow.context import Context
from surehand.flow.intake import Submission, submit
from surehand.flow.review import submit_verdict


def main() -> None:
    """Run until SIGTERM, or until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int)
    parser.add_argument("--lease", type=float, required=True)
    options = parser.parse_args()
    # sealed every few moments instead of every minute, so that kills hit that too
    app.SEAL_EVERY = timedelta(seconds=0.2)
    surehand = app.assembled(options.folder)
    surehand.context.lease = timedelta(seconds=options.lease)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    surehand.start()
    try:
        with door(surehand.context, options.address, options.port):
            # a signal that comes just before it begins to wait for a lock would not end that
            while not told:
                time.sleep(0.2)
    finally:
        surehand.close()


class door:  # noqa: N801 - used as a verb
    """Listens while the block runs, if there is a port."""

    def __init__(self, context: Context, address: str, port: int | None) -> None:
        self._server = None if port is None else _Server((address, port), handler(context))

    def __enter__(self) -> None:
        if self._server is not None:
            threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
            ).start()

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def handler(context: Context) -> type[BaseHTTPRequestHandler]:
    """POST /cases and POST /verdicts, as JSON. 201 and 200 say that it is on disk."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = (taken if self.path == "/cases" else decided)(context, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


def taken(context: Context, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """A submission."""
    accepted = submit(context, Submission(**body), submitter="client")
    return 201, {"case": accepted.case.id, "created": accepted.created}


def decided(context: Context, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """An approval."""
    try:
        case, _ = submit_verdict(
            context, body["person"], body["case"], Answer(kind="approve", value=body.get("value"))
        )
    except Conflict as conflict:
        return 409, {"detail": conflict.detail, **conflict.extra}
    return 200, {"state": case.state}


if __name__ == "__main__":
    main()
