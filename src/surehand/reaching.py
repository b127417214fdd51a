"""What `surehand.yaml` says of channels, over which people are reached, and of webhooks for other software.

Secrets stand in the environment alone; the file names the variables.
"""

import base64
import binascii
import difflib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from surehand.errors import SettingsInvalid


def like(pattern: str, words: str) -> AfterValidator:
    """A text of this form; what it must be is said in words."""
    form = re.compile(pattern)

    def fits(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"must be {words}, not '{text[:60]}'")
        return text

    return AfterValidator(fits)


#: The name of an environment variable.
Variable = Annotated[
    str, like(r"[A-Z][A-Z0-9_]{0,99}", "the name of an environment variable, such as SMTP_PASSWORD")
]

#: What a channel or a webhook is called.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", max_length=64)]

Seconds = Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)]

#: Without a user and a password in it, which would be shown.
Url = Annotated[
    str, Field(max_length=2000), like(r"https?://[^\s/@]+(/\S*)?", "an http:// or https:// address")
]
Base = Annotated[str, like(r"https?://[^\s@]+/", "an http:// or https:// address that ends with '/'")]

_FROM = re.compile(r"[^<>\r\n\x00]{0,100}<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+")


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class EmailSettings(_Settings):
    """E-mail through an SMTP server.

    kind          `email`
    host, port    of the server
    security      `starttls`, `tls` from the first byte, or `none`, for a server on this machine
    from          the sender, with or without a name
    user          for signing in there; none: it takes mail without
    password_env  variable with the password
    ca            file of certificates to trust in place of the system's
    timeout       seconds that the server may take for an answer
    """

    kind: Literal["email"]
    host: Annotated[str, like(r"[^\s/@]{1,255}", "the name of a server")]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Annotated[str, Field(alias="from", max_length=320)]
    user: str | None = None
    password_env: Variable | None = None
    ca: str | None = None
    timeout: Seconds = 20.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not _FROM.fullmatch(self.sender):
            raise ValueError("'from' is one address, such as 'Surehand <desk@example.com>'")
        if (self.user is None) != (self.password_env is None):
            raise ValueError("'user' and 'password_env' go together")
        if self.user is not None and self.security == "none":
            raise ValueError("a password is not sent in the clear: set security to starttls or tls")
        return self


class WebhookSettings(_Settings):
    """Messages to people as signed requests to a URL.

    kind         `webhook`
    url          where they are sent
    secrets_env  variables with secrets, the newest first; each signs, so that one can be exchanged
    timeout      seconds that the receiver may take
    """

    kind: Literal["webhook"]
    url: Url
    secrets_env: Annotated[tuple[Variable, ...], Field(min_length=1, max_length=4)]
    timeout: Seconds = 15.0


class SlackSettings(_Settings):
    """Messages at Slack, to each person's `slack`.

    kind          `slack`
    token_env     variable with the bot's token
    signing_env   variable with the signing secret; without it no button works
    decide_up_to  the highest consequence that may be decided with a button; none: messages have only a link
    api           address of Slack's API
    hooks         where Slack takes what becomes of a button's message
    timeout       seconds that Slack may take
    """

    kind: Literal["slack"]
    token_env: Variable
    signing_env: Variable | None = None
    decide_up_to: Literal["low", "medium"] | None = None
    api: Base = "https://slack.com/api/"
    hooks: Base = "https://hooks.slack.com/"
    timeout: Seconds = 15.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.decide_up_to is not None and self.signing_env is None:
            raise ValueError(
                "'decide_up_to' needs 'signing_env': what comes from a button is verified with it"
            )
        return self


class AppriseSettings(_Settings):
    """Any service that apprise knows. Its URL holds secrets, so it stands in the environment.

    kind     `apprise`
    url_env  variable with the URL
    timeout  seconds that it may take
    """

    kind: Literal["apprise"]
    url_env: Variable
    timeout: Seconds = 20.0


class OtherSettings(_Settings):
    """A channel that a plug-in brings.

    kind         name of its entry point
    options      what it takes
    secrets_env  option -> variable with its value
    """

    kind: Name
    options: Mapping[str, Any] = Field(default_factory=dict)
    secrets_env: Mapping[str, Variable] = Field(default_factory=dict)


#: Kind of channel -> what is said of it.
CHANNEL_KINDS: Mapping[str, type[BaseModel]] = {
    "email": EmailSettings, "webhook": WebhookSettings, "slack": SlackSettings, "apprise": AppriseSettings,
    "other": OtherSettings,
}  # fmt: skip


def channel_kind(given: Any) -> str:
    """Which of these a channel is, by its `kind`; a misspelt one is taken for what it is most like."""
    kind = str(given.get("kind") if isinstance(given, Mapping) else getattr(given, "kind", None))
    near = difflib.get_close_matches(kind, CHANNEL_KINDS, n=1, cutoff=0.75)
    return near[0] if near else "other"


ChannelSettings = Annotated[
    Annotated[EmailSettings, Tag("email")]
    | Annotated[WebhookSettings, Tag("webhook")]
    | Annotated[SlackSettings, Tag("slack")]
    | Annotated[AppriseSettings, Tag("apprise")]
    | Annotated[OtherSettings, Tag("other")],
    Discriminator(channel_kind),
]

HookEvent = Literal[
    "case.received", "case.waiting", "case.decided", "case.finished", "action.done", "action.failed",
    "action.undone",
]  # fmt: skip


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


class HookSettings(_Settings):
    """Other software that is told what happens.

    url          where it listens
    secrets_env  variables with secrets, the newest first; each signs, so that one can be exchanged
    events       what it is told
    processes    of which; all of them, if left out
    facts        with the facts of the case; without, only what happened to which
    timeout      seconds that it may take
    """

    url: Url
    secrets_env: Annotated[tuple[Variable, ...], BeforeValidator(_listed), Field(min_length=1, max_length=4)]
    events: Annotated[tuple[HookEvent, ...], Field(min_length=1)]
    processes: tuple[Name, ...] | None = None
    facts: bool = False
    timeout: Seconds = 15.0


AnySettings = EmailSettings | WebhookSettings | SlackSettings | AppriseSettings | OtherSettings | HookSettings


def variables(settings: AnySettings) -> Iterator[str]:
    """The environment variables that a channel or webhook needs."""
    for name, value in settings:
        if name == "secrets_env" and isinstance(value, Mapping):
            yield from value.values()
        elif name == "secrets_env":
            yield from value
        elif name.endswith("_env") and value is not None:
            yield value


def secret(variable: str) -> str:
    """The value of a variable that surehand.yaml names. Raises SettingsInvalid."""
    value = os.environ.get(variable, "")
    if not value:
        raise SettingsInvalid(f"surehand.yaml names the variable {variable}, and it is not set")
    if any(ord(character) < 32 for character in value):
        raise SettingsInvalid(f"The value of {variable} holds characters that no secret has")
    return value


def signing_secret(variable: str) -> str:
    """A secret of Standard Webhooks. Raises SettingsInvalid; with a wrong one nobody takes what we sign."""
    value = secret(variable)
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise SettingsInvalid(
            f"{variable} must be 'whsec_' and the base64 of 24 to 64 random bytes: "
            "python -c \"import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())\""
        )
    return value


def host_of(url: str) -> str:
    """Where a URL leads, for people: without what it carries."""
    return urlsplit(url).netloc
