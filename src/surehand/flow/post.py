"""The channels and webhooks of a deployment, opened with their secrets: whatever a message may leave over."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from surehand.channels import apprise, slack
from surehand.channels.email import Email
from surehand.channels.protocol import Channel
from surehand.core.telling import HOOK, Subscription
from surehand.errors import SettingsInvalid
from surehand.plugins import ChannelOpener
from surehand.reaching import (
    AnySettings,
    AppriseSettings,
    EmailSettings,
    HookSettings,
    OtherSettings,
    SlackSettings,
    WebhookSettings,
    secret,
    signing_secret,
    variables,
)
from surehand.settings import Settings


@dataclass(frozen=True, slots=True)
class Post:
    """Where messages can go.

    channels  for people, by name, in the order of surehand.yaml
    hooks     for other software, by `telling.HOOK` and name
    bases     digest of what is said of each of them, secrets included
    settings  of the channels
    url       the address that people use, for links
    secrets   what must not show anywhere
    """

    channels: Mapping[str, Channel] = field(default_factory=dict)
    hooks: Mapping[str, Channel] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, AnySettings] = field(default_factory=dict)
    url: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def over(self, name: str) -> Channel | None:
        """A channel or webhook."""
        return self.channels.get(name) or self.hooks.get(name)


def opened(settings: Settings, plugins: Mapping[str, ChannelOpener], *, key: bytes) -> Post:
    """Everything that surehand.yaml names. Raises SettingsInvalid.

    key  the deployment's secret: digests of settings are made with it, as they hold passwords
    """
    channels = {name: _channel(name, one, settings, plugins) for name, one in settings.channels.items()}
    hooks = {HOOK + name: _webhook(one, settings) for name, one in settings.webhooks.items()}
    told = {**settings.channels, **{HOOK + name: one for name, one in settings.webhooks.items()}}
    return Post(
        channels=channels, hooks=hooks, url=settings.url, settings=dict(settings.channels),
        subscriptions=tuple(_subscription(name, one) for name, one in settings.webhooks.items()),
        bases={name: _basis(one, key) for name, one in told.items()},
        secrets=tuple(secret(variable) for one in told.values() for variable in variables(one)),
    )  # fmt: skip


def _channel(
    name: str, given: AnySettings, settings: Settings, plugins: Mapping[str, ChannelOpener]
) -> Channel:
    match given:
        case EmailSettings():
            return Email(given, secret(given.password_env) if given.password_env else None)
        case WebhookSettings():
            return _webhook(given, settings)
        case SlackSettings():
            slack.needs_package()
            if given.signing_env is not None:
                secret(given.signing_env)
            return slack.Slack(given, secret(given.token_env))
        case AppriseSettings():
            url = secret(given.url_env)
            return apprise.opened(url, variable=given.url_env, timeout=given.timeout)
        case OtherSettings() if given.kind in plugins:
            hidden = {option: secret(variable) for option, variable in given.secrets_env.items()}
            return plugins[given.kind]({**given.options, **hidden})
    raise SettingsInvalid(
        f"channels: '{name}' is of the kind '{given.kind}', which nothing here brings: use email, webhook, "
        "slack or apprise, or install what has it"
        if isinstance(given, OtherSettings)
        else f"channels: '{name}' is no channel"
    )


def _webhook(given: WebhookSettings | HookSettings, settings: Settings) -> Channel:
    # it brings an HTTP client, which takes a third of a second to import
    from surehand.channels.webhook import Webhook

    secrets = tuple(signing_secret(variable) for variable in given.secrets_env)
    return Webhook(given.url, settings.url, secrets, given.timeout)


def _subscription(name: str, given: HookSettings) -> Subscription:
    processes = frozenset(given.processes) if given.processes is not None else None
    return Subscription(name, frozenset(given.events), processes, given.facts)


def _basis(given: AnySettings, key: bytes) -> str:
    parts = [given.model_dump_json(), *(secret(variable) for variable in variables(given))]
    return hmac.new(key, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()
