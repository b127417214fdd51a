"""E-mail over SMTP: one connection for all that goes out together, text and HTML, no header from a case."""

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from surehand.channels.protocol import SENT, Outcome, Parcel, Receipt
from surehand.core.messages import FOOT, Letter, line, plain
from surehand.core.reach import is_address
from surehand.reaching import EmailSettings

#: After this many failures in a row the server is left alone until later.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Email:
    """One SMTP server."""

    settings: EmailSettings
    password: str | None = field(default=None, repr=False)
    needs: str | None = "email"

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> Sequence[Receipt]:
        """Over one connection, opened again when the server closes it."""
        receipts: list[Receipt] = []
        server: smtplib.SMTP | None = None
        broken = 0
        try:
            for parcel in parcels:
                if parcel.to.email is None or not is_address(parcel.to.email):
                    receipts.append(Receipt(Outcome.REFUSED, "this person has no e-mail address"))
                    continue
                if broken >= _ENOUGH:
                    receipts.append(Receipt(Outcome.LATER, "the server stopped answering", tried=False))
                    continue
                if server is None:
                    opened = self._opened()
                    if isinstance(opened, Receipt):
                        untried = replace(opened, tried=False)
                        receipts += [opened, *(untried for _ in parcels[len(receipts) + 1 :])]
                        break
                    server = opened
                receipt, lives = self._sent(server, parcel)
                receipts.append(receipt)
                broken = 0 if receipt.outcome is Outcome.SENT or lives else broken + 1
                if not lives:
                    server.close()
                    server = None
        finally:
            if server is not None:
                _quietly(server.quit)
        return receipts

    def _opened(self) -> smtplib.SMTP | Receipt:
        settings = self.settings
        server: smtplib.SMTP | None = None
        try:
            if settings.security == "tls":
                server = smtplib.SMTP_SSL(
                    settings.host, settings.port, timeout=settings.timeout, context=self._trust()
                )
            else:
                server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
            if settings.security == "starttls":
                server.starttls(context=self._trust())
            if settings.user is not None and self.password is not None:
                return self._signed_in(server, settings.user, self.password)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _quietly(server.close if server else None)
            words = (
                "offers no encryption" if isinstance(error, smtplib.SMTPNotSupportedError) else _kind(error)
            )
            return Receipt(Outcome.DOWN, f"no connection with {settings.host}: {words}")
        return server

    def _signed_in(self, server: smtplib.SMTP, user: str, password: str) -> smtplib.SMTP | Receipt:
        try:
            server.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            words = f"the server refuses the password: {error.smtp_code}"
        except smtplib.SMTPServerDisconnected:
            words = "the server closed the connection at the password"
        else:
            return server
        _quietly(server.close)
        return Receipt(Outcome.DOWN, words)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.settings.ca)

    def _sent(self, server: smtplib.SMTP, parcel: Parcel) -> tuple[Receipt, bool]:
        """What became of it, and whether the connection lives."""
        assert parcel.to.email is not None
        _, sender = parseaddr(self.settings.sender)
        try:
            server.sendmail(sender, [parcel.to.email], written(parcel, self.settings.sender).as_bytes())
        except smtplib.SMTPServerDisconnected:
            return Receipt(Outcome.LATER, "the server closed the connection"), False
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            return _refused(code, "the address is refused"), _reset(server)
        except smtplib.SMTPSenderRefused as error:
            return Receipt(Outcome.DOWN, f"the server refuses the sender: {error.smtp_code}"), _reset(server)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, "the message is refused"), _reset(server)
        except (smtplib.SMTPException, OSError) as error:
            return Receipt(Outcome.LATER, f"the server does not answer: {_kind(error)}"), False
        return SENT, True


def _refused(code: int, words: str) -> Receipt:
    """A reply that begins with 5 is for good."""
    return Receipt(Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER, f"{words}: {code}")


def _reset(server: smtplib.SMTP) -> bool:
    try:
        server.rset()
    except (smtplib.SMTPException, OSError):
        return False
    return True


def _quietly(call: Callable[[], object] | None) -> None:
    """Say good-bye to a server that may not listen any more."""
    if call is not None:
        try:
            call()
        except (smtplib.SMTPException, OSError):
            return


def _kind(error: Exception) -> str:
    """The kind of an error; its words are the server's, and may repeat what we sent."""
    return type(error).__name__


# Writing


def written(parcel: Parcel, sender: str) -> EmailMessage:
    """A letter as an e-mail. Headers are ours, or one line that was cleaned."""
    name, address = parseaddr(sender)
    assert parcel.to.email is not None
    letter = parcel.letter
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _header(letter.subject)
    user, _, host = address.rpartition("@")
    mail["From"] = Mailbox(_header(name), user, host)
    user, _, to_host = parcel.to.email.rpartition("@")
    mail["To"] = Mailbox(_header(parcel.to.name), user, to_host)
    mail["Date"] = format_datetime(parcel.at)
    mail["Message-ID"] = f"<{message_id(parcel)}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        mail["Importance"] = "high"
    mail.set_content(plain(letter), cte="quoted-printable")
    mail.add_alternative(html(letter), subtype="html", cte="quoted-printable")
    # the boundary would be drawn anew each time, and the same mail be another one
    mail.set_boundary(f"=_{message_id(parcel)}")
    return mail


def _header(text: str) -> str:
    """One line that nobody takes for encoded: `=?utf-8?q?=0d=0a...?=` would become the end of a header."""
    return line(text, 200).replace("=?", "= ?")


def message_id(parcel: Parcel) -> str:
    """What names the mail, the same each time it is sent."""
    return hashlib.sha256(f"surehand mail {parcel.id}".encode()).hexdigest()[:32]


def html(letter: Letter) -> str:
    """A letter as a plain page: no script, no picture, no style from outside."""
    parts = [f"<p>{escape(letter.because)}</p>"]
    for part in letter.parts:
        lines = "<br>".join(escape(text) for text in part.lines)
        parts.append(f'<h2 style="{_HEADING}">{escape(part.title)}</h2><p style="margin:0">{lines}</p>')
    if letter.items:
        items = "".join(
            f'<li style="margin:0 0 8px"><a href="{escape(item.link)}">{escape(item.text)}</a>'
            f"<br>{escape(item.note)}</li>"
            for item in letter.items
        )
        parts.append(f'<ul style="padding-left:18px">{items}</ul>')
    if letter.more:
        parts.append(f"<p>And {letter.more:,} more.</p>")
    parts.append(
        f'<p style="margin:20px 0"><a href="{escape(letter.link)}" style="{_BUTTON}">'
        f"{escape(letter.link_text)}</a></p>"
    )
    parts.append(f'<p style="color:#5a6270;font-size:12px">{escape(FOOT)}</p>')
    body = "".join(parts)
    return f'<!doctype html><html lang="en"><body style="{_BODY}">{body}</body></html>'


_BODY = "font:15px/1.5 system-ui,sans-serif;color:#1b1f27;max-width:640px"
_HEADING = "font-size:12px;letter-spacing:.04em;text-transform:uppercase;color:#5a6270;margin:18px 0 2px"
_BUTTON = "background:#1f4fd8;color:#ffffff;padding:10px 16px;border-radius:6px;text-decoration:none"
