"""Settings from a file and the environment; the secret."""

import stat
from pathlib import Path

import pytest

from surehand.errors import MapInvalid, SettingsInvalid
from surehand.maps import parse
from surehand.settings import Mode, Settings, secret


def test_defaults_lie_in_the_folder(tmp_path: Path) -> None:
    settings = parse.settings(tmp_path / "surehand.yaml")
    assert settings.mode is Mode.PRODUCTION
    assert settings.database_url == f"sqlite:///{tmp_path / 'surehand.db'}"
    assert settings.audit_folder == tmp_path / "audit"
    assert settings.url == "http://127.0.0.1:8420"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "surehand.yaml").write_text("mode: development\nport: 9000\npublic_url: https://x.example/\n")
    monkeypatch.setenv("SUREHAND_PORT", "9001")
    monkeypatch.setenv("SUREHAND_DATABASE", "postgresql+psycopg://db/x")
    monkeypatch.setenv("SUREHAND_MODE", "")
    settings = parse.settings(tmp_path / "surehand.yaml")
    assert (settings.port, settings.database_url) == (9001, "postgresql+psycopg://db/x")
    assert (settings.development, settings.url) == (True, "https://x.example")


def test_a_fault_of_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUREHAND_PORT", "many")
    with pytest.raises(MapInvalid) as caught:
        parse.settings(tmp_path / "surehand.yaml")
    assert caught.value.faults[0].where == "SUREHAND_PORT"
    assert "whole number" in caught.value.faults[0].message


def test_a_file_that_is_no_group_of_keys(tmp_path: Path) -> None:
    (tmp_path / "surehand.yaml").write_text("- mode")
    with pytest.raises(MapInvalid, match="group of keys"):
        parse.settings(tmp_path / "surehand.yaml")


def test_development_makes_a_secret_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUREHAND_SECRET", raising=False)
    settings = Settings(folder=tmp_path, mode=Mode.DEVELOPMENT)
    first = secret(settings)
    assert len(first) >= 32
    assert secret(settings) == first
    path = tmp_path / ".surehand/secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret(Settings(folder=tmp_path, mode=Mode.PRODUCTION)) == first
    path.chmod(0o644)
    with pytest.raises(SettingsInvalid, match="chmod 600"):
        secret(settings)


def test_production_needs_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUREHAND_SECRET", raising=False)
    settings = Settings(folder=tmp_path)
    with pytest.raises(SettingsInvalid, match="SUREHAND_SECRET"):
        secret(settings)
    assert not (tmp_path / ".surehand").exists()
    monkeypatch.setenv("SUREHAND_SECRET", "short")
    with pytest.raises(SettingsInvalid, match="at least 32"):
        secret(settings)
    monkeypatch.setenv("SUREHAND_SECRET", "x" * 32)
    assert secret(settings) == b"x" * 32


def faults(folder: Path, text: str) -> list[str]:
    (folder / "surehand.yaml").write_text(text)
    with pytest.raises(MapInvalid) as caught:
        parse.settings(folder / "surehand.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("dispatcher", ["procrastinate", "celery"])
def test_several_hosts_need_postgresql(tmp_path: Path, dispatcher: str) -> None:
    (fault,) = faults(tmp_path, f"broker: redis://r/0\ndispatcher: {dispatcher}\n")
    assert fault.startswith("surehand.yaml:2: ")
    assert f"'{dispatcher}' needs PostgreSQL" in fault


def test_celery_needs_a_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "database: postgresql://db/x\ndispatcher: celery\n"
    (fault,) = faults(tmp_path, text)
    assert "broker: redis://HOST/0, or SUREHAND_BROKER" in fault
    (fault,) = faults(tmp_path, text + "broker: amqp://x\n")
    assert fault.startswith("surehand.yaml:3: ")
    monkeypatch.setenv("SUREHAND_BROKER", "rediss://:secret@redis.example:6379/2")
    assert parse.settings(tmp_path / "surehand.yaml").broker == "rediss://:secret@redis.example:6379/2"


def test_an_unknown_dispatcher(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "dispatcher: procastinate\n")
    assert "procrastinate" in fault
