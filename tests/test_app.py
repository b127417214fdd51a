"""Assembly: the dispatcher that the settings ask for."""

import subprocess
import sys
from pathlib import Path

import pytest

from surehand.app.parts import dispatcher_of
from surehand.engine.celery import CeleryDispatcher
from surehand.engine.embedded import EmbeddedDispatcher
from surehand.engine.procrastinate import ProcrastinateDispatcher
from surehand.errors import SettingsInvalid
from surehand.settings import Settings

POSTGRES = "postgresql://db.example/surehand"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(workers=3), EmbeddedDispatcher),
        (Settings(database=POSTGRES, dispatcher="procrastinate"), ProcrastinateDispatcher),
        (Settings(database=POSTGRES, dispatcher="celery", broker="redis://r/0"), CeleryDispatcher),
    ],
)
def test_the_dispatcher_is_the_one_of_the_settings(settings: Settings, expected: type) -> None:
    made = dispatcher_of(settings, "host:1:abc")
    assert isinstance(made, expected)
    assert made.health().workers == settings.workers


@pytest.mark.parametrize("extra", ["procrastinate", "celery"])
def test_an_extra_that_is_not_installed_is_named(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surehand.app.parts.find_spec", lambda name: None)
    settings = Settings(database=POSTGRES, dispatcher=extra, broker="redis://r/0")  # type: ignore[arg-type]
    with pytest.raises(SettingsInvalid, match=rf"pip install 'surehand\[{extra}\]'"):
        dispatcher_of(settings, "host:1:abc")


def test_what_an_extra_brings_is_imported_when_it_starts(tmp_path: Path) -> None:
    code = (
        "import sys, surehand.app, surehand.engine.celery, surehand.engine.procrastinate as p; "
        f"p.ProcrastinateDispatcher(database={POSTGRES!r}); "
        "print({'celery', 'kombu', 'procrastinate', 'redis'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip() == "set()"
