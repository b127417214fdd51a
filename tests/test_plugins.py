"""Built-ins and entry points by name; what does not load stops start-up."""

import types
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from surehand import plugins
from surehand.errors import SettingsInvalid


def install(monkeypatch: pytest.MonkeyPatch, group: str, name: str, value: Any) -> None:
    module = types.ModuleType("a_plugin")
    if value is not None:
        module.it = value  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "a_plugin", module)
    point = EntryPoint(name, "a_plugin:it", group)
    monkeypatch.setattr(plugins, "_installed", lambda: {group: [point]})


def test_built_ins() -> None:
    loaded = plugins.load()
    assert {"model_probability", "completeness", "rule_clarity"} <= set(loaded.signals)
    assert {"function", "rules", "external"} <= set(loaded.providers)
    assert "rules" in loaded.names.providers
    assert {"text-classifier", "table-classifier"} == set(loaded.names.classifiers)


def test_a_plugin_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, plugins.SIGNALS, "moon", lambda view: 0.5)
    assert plugins.load().signals["moon"](None) == 0.5  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "name", "value", "says"),
    [
        (plugins.SIGNALS, "moon", None, "cannot be loaded: AttributeError"),
        (plugins.SIGNALS, "moon", 3, "is not a function"),
        (plugins.SIGNALS, "completeness", len, "which is in use"),
        (plugins.PROVIDERS, "moon", object(), "is not an object with a function 'recommend'"),
        (plugins.PROVIDERS, "rules", object(), "which is in use"),
        (plugins.CLASSIFIERS, "moon", object(), "is not an object with the functions train, dumped, loaded"),
        (plugins.CLASSIFIERS, "text-classifier", object(), "which is in use"),
    ],
)
def test_what_does_not_load_stops(
    monkeypatch: pytest.MonkeyPatch, group: str, name: str, value: Any, says: str
) -> None:
    install(monkeypatch, group, name, value)
    with pytest.raises(SettingsInvalid, match=says):
        plugins.load()
