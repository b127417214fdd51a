"""How a deployment runs: `surehand.yaml`, overridden by the environment.

Each setting NAME may be set as SUREHAND_NAME, so that one folder runs on a laptop and in production.
"""

import os
import secrets
import stat
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from surehand.errors import SettingsInvalid
from surehand.reaching import ChannelSettings, HookSettings, Name

_SECRET_LENGTH = 32
_SQLITE = "sqlite:///"

Dispatching = Literal["embedded", "procrastinate", "celery"]


class Mode(StrEnum):
    """`development` lets one person publish alone and says so on every page."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What `surehand.yaml` and the environment say; the environment wins.

    folder      the deployment's folder, from which relative places are counted
    mode        development or production
    database    SQLAlchemy URL; a relative SQLite path lies in the folder
    audit       folder for audit checkpoints, which stay outside the database
    host, port  where the web server listens
    public_url  the address that people use, for links in messages; from host and port if left out
    trusted_proxies  addresses, with commas between them, of proxies that say where a browser is
    broker      URL of the Redis through which Celery wakes workers
    dispatcher  who runs the work; see `surehand.engine`
    workers     threads in each process that run work
    undo_for    how long a verdict from a page may be withdrawn before it takes effect
    locale      how numbers and dates are written for who chose nothing, such as de-DE
    timezone    in which times are shown to who has no zone of their own
    channels    over which people are reached, by name
    webhooks    other software that is told what happens, by name
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="SUREHAND_", env_ignore_empty=True, env_file=None
    )

    folder: Annotated[Path, Field(exclude=True)] = Path()
    mode: Mode = Mode.PRODUCTION
    database: Annotated[str, Field(min_length=1, repr=False)] = "sqlite:///surehand.db"
    audit: Path = Path("audit")
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8420
    public_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+")] | None = None
    trusted_proxies: Annotated[str, Field(pattern=r"^[0-9A-Fa-f.:/, ]+$")] | None = None
    broker: Annotated[str, Field(pattern=r"^rediss?://[^/\s]")] | None = None
    dispatcher: Dispatching = "embedded"
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    undo_for: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(hours=1))] = timedelta(seconds=10)
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] | None = None
    timezone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")] | None = None
    channels: dict[Name, ChannelSettings] = Field(default_factory=dict)
    webhooks: dict[Name, HookSettings] = Field(default_factory=dict)

    @field_validator("dispatcher")
    @classmethod
    def _has_what_it_needs(cls, dispatcher: Dispatching, info: ValidationInfo) -> Dispatching:
        """Several processes need PostgreSQL, and Celery needs a broker."""
        if dispatcher != "embedded" and str(info.data.get("database", "")).startswith("sqlite"):
            raise ValueError(
                f"'{dispatcher}' needs PostgreSQL, and the database is SQLite: "
                "set database: postgresql://..., or leave dispatcher out"
            )
        if dispatcher == "celery" and "broker" in info.data and info.data["broker"] is None:
            raise ValueError("'celery' needs a broker: set broker: redis://HOST/0, or SUREHAND_BROKER")
        return dispatcher

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file."""
        return env_settings, init_settings

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite path made absolute."""
        path = self.database.removeprefix(_SQLITE)
        if path == self.database or path in ("", ":memory:") or Path(path).is_absolute():
            return self.database
        return f"{_SQLITE}{(self.folder / path).resolve()}"

    @property
    def audit_folder(self) -> Path:
        """The audit folder, absolute."""
        return (self.folder / self.audit).resolve()

    @property
    def url(self) -> str:
        """The address that people use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def development(self) -> bool:
        """One person may publish alone here."""
        return self.mode is Mode.DEVELOPMENT


def secret(settings: Settings) -> bytes:
    """The deployment's secret: SUREHAND_SECRET, else `.surehand/secret` in the folder.

    It signs sessions and seeds random draws. Development creates the file; production never does, because
    a second host with a secret of its own would draw differently. Raises SettingsInvalid.
    """
    given = os.environ.get("SUREHAND_SECRET")
    if given:
        return _long_enough(given, "SUREHAND_SECRET")
    path = settings.folder / ".surehand" / "secret"
    if not path.exists():
        if not settings.development:
            raise SettingsInvalid(
                f"No secret: set SUREHAND_SECRET to at least {_SECRET_LENGTH} random characters, "
                "or put it into .surehand/secret, readable by its owner alone"
            )
        _create(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsInvalid(".surehand/secret can be read by others: chmod 600 .surehand/secret")
    return _long_enough(path.read_text("utf-8").strip(), ".surehand/secret")


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return  # another process of this deployment was faster; its secret is ours
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48) + "\n")


def _long_enough(value: str, name: str) -> bytes:
    if len(value) < _SECRET_LENGTH:
        raise SettingsInvalid(f"{name} must have at least {_SECRET_LENGTH} characters, and has {len(value)}")
    return value.encode("utf-8", "surrogateescape")
