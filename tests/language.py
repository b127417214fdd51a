"""A language model on loopback, with the chat completions of OpenAI, that does what the test tells it to."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Answers one request through its handler.
Play = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Speaker:
    """The server, what it is to do, and what it heard.

    plays   one for each request to come; the last one stays
    heard   bodies of the requests, in order
    keys    their Authorization headers
    most    how many were under way at a time
    """

    url: str
    plays: list[Play] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    most: int = 0
    open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def does(self, *plays: Play) -> None:
        """What comes next."""
        self.plays[:] = plays

    @property
    def everything(self) -> str:
        """All that was ever sent here, as text."""
        return json.dumps(self.heard, ensure_ascii=False)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    speaker: Speaker

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        speaker = self.speaker
        with speaker.lock:
            speaker.heard.append(body)
            speaker.keys.append(self.headers.get("Authorization", ""))
            speaker.times.append(time.monotonic())
            speaker.open += 1
            speaker.most = max(speaker.most, speaker.open)
            play = speaker.plays.pop(0) if len(speaker.plays) > 1 else speaker.plays[0]
        try:
            play(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with speaker.lock:
                speaker.open -= 1

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def completion(message: dict[str, Any], logprobs: Any = None, **more: Any) -> bytes:
    """A chat completion with one message, as bytes. NaN is written as Python does.

    logprobs  of its tokens, see `tokens_of`
    more      parts that are to be others
    """
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    if logprobs is not None:
        choice["logprobs"] = {"content": logprobs}
    said = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_760_000_000, "model": "loop",
        "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}, **more,
    }  # fmt: skip
    return json.dumps(said).encode()


def tokens_of(content: str, /, usual: Any = -0.01, **logprobs: Any) -> list[dict[str, Any]]:
    """A text in tokens of a word or a sign each, as a server sends them with their log-probabilities.

    usual     log-probability of every token that has none in `logprobs`, which are by the token
    """
    return [
        {"token": one, "bytes": list(one.encode()), "logprob": logprobs.get(one, usual), "top_logprobs": []}
        for one in re.findall(r"\w+|\W", content)
    ]


def answers(
    answer: Any, confidence: Any = 0.9, reason: Any = "The text says so", alternatives: Any = (), **more: Any
) -> Play:
    """The typed answer, by a call of the tool."""
    given = {"answer": answer, "confidence": confidence, "reason": reason, "alternatives": alternatives}
    return arguments(json.dumps({**given, **more}))


def arguments(text: str, *, tool: str = "answer") -> Play:
    """A call of the tool with these arguments, whatever they are."""
    call = {"id": "call_1", "type": "function", "function": {"name": tool, "arguments": text}}
    return lambda handler, _: handler.send(200, completion({"content": None, "tool_calls": [call]}))


def text(content: str) -> Play:
    """An answer in text, as servers without tools give."""
    return lambda handler, _: handler.send(200, completion({"content": content}))


def likely(
    answer: Any, confidence: Any = 0.9, reason: str = "So it says", *,
    change: Callable[[list[dict[str, Any]]], Any] = lambda tokens: tokens, **logprobs: float,
) -> Play:  # fmt: skip
    """The typed answer as text, with the log-probabilities of its tokens.

    change    makes of them what the server sends instead
    logprobs  by the token; of all others it is -0.01
    """
    content = json.dumps({"answer": answer, "confidence": confidence, "reason": reason, "alternatives": []})
    sent = change(tokens_of(content, **logprobs))
    return lambda handler, _: handler.send(200, completion({"content": content}, sent))


def status(code: int, body: str = '{"error": {"message": "no"}}', **headers: str) -> Play:
    """An error."""
    return lambda handler, _: handler.send(code, body.encode(), **headers)


def slowly(seconds: float, then: Play) -> Play:
    """The same, later."""

    def play(handler: Handler, body: dict[str, Any]) -> None:
        time.sleep(seconds)
        then(handler, body)

    return play


@contextmanager
def held(then: Play) -> Iterator[Play]:
    """The same, but not before this ends."""
    released = threading.Event()

    def play(handler: Handler, body: dict[str, Any]) -> None:
        released.wait()
        then(handler, body)

    try:
        yield play
    finally:
        released.set()


def garbage(handler: Handler, _: dict[str, Any]) -> None:
    """200, and a body that is no JSON."""
    handler.send(200, b'{"choices": [{"message": ')


def cut(handler: Handler, _: dict[str, Any]) -> None:
    """The connection ends in the middle of the answer."""
    body = completion({"content": "..."})
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def by_text(find: Callable[[str], Play]) -> Play:
    """The answer depends on the case: `find` gets what the user message says."""

    def play(handler: Handler, body: dict[str, Any]) -> None:
        find(body["messages"][-1]["content"])(handler, body)

    return play


@contextmanager
def speaking(*plays: Play) -> Iterator[Speaker]:
    """A server on a free port; it does the plays in order, the last one for ever."""
    handler = type("Bound", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    speaker = Speaker(f"http://127.0.0.1:{server.server_address[1]}/v1", list(plays))
    handler.speaker = speaker  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield speaker
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
