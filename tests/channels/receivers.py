"""Real servers on loopback that messages are sent to: SMTP with or without TLS and a password, and HTTP."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

Reply = str


@dataclass
class Mailbox:
    """What an SMTP server took.

    replies  what it says to the next messages in place of taking them: '451 later', 'close' the connection
    delay    seconds that it takes for each
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    users: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    delay: float = 0.0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any
    ) -> Any:
        if not getattr(session, "counted", False):
            self.connections += 1
            session.counted = True
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - same
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - same
        if self.delay:
            time.sleep(self.delay)
        if self.replies:
            reply = self.replies.pop(0)
            if reply == "close":
                server.transport.close()
                return "421 closing"
            if not reply.startswith("250"):
                return reply
        self.raw.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        name = data.login.decode()
        self.users.append(name)
        return AuthResult(success=data.password == b"open sesame, please")


class _OnAnyPort(Controller):
    """The system gives the port, and whether it listens is tried at that one."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, signing_in: bool = False
) -> Iterator[Mailbox]:
    """A server on a free port of 127.0.0.1."""
    box = Mailbox()
    more: dict[str, Any] = {}
    if tls is not None:
        more = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": True}
    if signing_in:
        more |= {
            "authenticator": box.authenticate,
            "auth_required": True,
            "auth_require_tls": tls is not None,
        }
        if implicit:
            more["auth_require_tls"] = False
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, ready_timeout=20, **more)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1, and the file of the certificate to trust."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "smtp.pem", folder / "smtp.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    """What an HTTP server got. answers: of the next requests, else `default`."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    default: Answer = (200, {}, b"")
    delay: float = 0.0
    answering: Callable[[Request], Answer] | None = None

    @property
    def bodies(self) -> list[Any]:
        return [one.json for one in self.requests]


@contextmanager
def http() -> Iterator[Receiver]:
    """A server on a free port of 127.0.0.1."""
    got = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            got.requests.append(request)
            if got.delay:
                time.sleep(got.delay)
            if got.answering is not None:
                status, more, answer = got.answering(request)
            else:
                status, more, answer = got.answers.pop(0) if got.answers else got.default
            try:
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return

        do_GET = do_POST  # noqa: N815 - http.server calls it so

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    got.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
