"""Names to built-ins and to what other packages bring through entry points.

A plug-in that fails to load stops start-up: a missing signal must not widen autonomy.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from surehand import channels, providers, signals
from surehand.channels import Channel
from surehand.core.signal import Signal
from surehand.errors import SettingsInvalid
from surehand.maps.checks import Names
from surehand.maps.learners import Learner
from surehand.providers import Provider
from surehand.providers.protocol import Classifiers, Extractors, Languages

SIGNALS = "surehand.signals"
PROVIDERS = "surehand.providers"
EXTRACTORS = "surehand.extractors"
CLASSIFIERS = "surehand.classifiers"
CHANNELS = "surehand.channels"


#: Options, with secrets among them, to a channel.
ChannelOpener = Callable[[Mapping[str, Any]], Channel]


@dataclass(frozen=True, slots=True)
class Plugins:
    """What is installed, by name."""

    signals: Mapping[str, Signal]
    providers: Mapping[str, Provider]
    extractors: Mapping[str, Extractors]
    classifiers: Mapping[str, Classifiers]
    languages: Mapping[str, Languages]
    channels: Mapping[str, ChannelOpener]

    @property
    def names(self) -> Names:
        """The names alone, for checking maps."""
        return Names(
            frozenset(self.signals),
            frozenset(self.providers),
            frozenset(self.extractors),
            {
                name: Learner(tuple(one.KINDS), tuple(one.VECTORS), one.lacking)
                for name, one in self.classifiers.items()
            },
            {name: one.lacking for name, one in self.languages.items()},
        )


def load() -> Plugins:
    """Built-ins and entry points. Raises SettingsInvalid for one that cannot be loaded or takes a name twice.

    An entry point of `surehand.signals` is a function (view) -> float | None; one of `surehand.providers`
    is an object or a module with a function `recommend`; one of `surehand.extractors` has `train`, `dumped`
    and `loaded`, one of `surehand.classifiers` also `lacking`. Its name is what maps write. One of
    `surehand.channels` is a function of options that gives a channel; its name is what surehand.yaml writes.
    """
    return Plugins(
        _all(SIGNALS, {name: _signal(name) for name in signals.BUILT_IN}, callable, "a function"),
        _all(
            PROVIDERS,
            {name: _provider(name) for name in providers.BUILT_IN},
            lambda found: callable(getattr(found, "recommend", None)),
            "an object with a function 'recommend'",
        ),
        _all(
            EXTRACTORS,
            {name: _extractors(name) for name in providers.EXTRACTORS},
            lambda found: all(callable(getattr(found, name, None)) for name in _EXTRACTING),
            f"an object with the functions {', '.join(_EXTRACTING)}",
        ),
        _all(
            CLASSIFIERS,
            {name: _classifiers(name) for name in providers.CLASSIFIERS},
            lambda found: all(callable(getattr(found, name, None)) for name in (*_EXTRACTING, "lacking")),
            f"an object with the functions {', '.join(_EXTRACTING)} and lacking",
        ),
        # no entry point: what leaves the house goes one way, past the masking
        {name: _languages(name) for name in providers.LANGUAGE_MODELS},
        _channels(),
    )


def _channels() -> dict[str, ChannelOpener]:
    """What other packages bring; those of ours have settings of their own."""
    taken: dict[str, Any] = dict.fromkeys(channels.BUILT_IN)
    found = _all(CHANNELS, taken, callable, "a function of options that gives a channel")
    return {name: opener for name, opener in found.items() if name not in taken}


_EXTRACTING = ("train", "dumped", "loaded")


def _signal(name: str) -> Signal:
    read: Signal = importlib.import_module(f"surehand.signals.{name}").read
    return read


def _provider(name: str) -> Provider:
    module: Any = importlib.import_module(f"surehand.providers.{name}")
    found: Provider = module
    return found


def _extractors(name: str) -> Extractors:
    module: Any = importlib.import_module(f"surehand.providers.{name.replace('-', '_')}")
    found: Extractors = module
    return found


def _classifiers(name: str) -> Classifiers:
    module: Any = importlib.import_module(f"surehand.providers.{name.replace('-', '_')}")
    found: Classifiers = module
    return found


def _languages(name: str) -> Languages:
    module: Any = importlib.import_module(f"surehand.providers.{name}")
    found: Languages = module
    return found


@cache
def _installed() -> Mapping[str, Sequence[EntryPoint]]:
    """What packages bring. Looked for once in a process: each package that is installed is read about."""
    found = entry_points()
    groups = (SIGNALS, PROVIDERS, EXTRACTORS, CLASSIFIERS, CHANNELS)
    return {group: tuple(found.select(group=group)) for group in groups}


def _all(group: str, built_in: Mapping[str, Any], fits: Callable[[Any], bool], what: str) -> dict[str, Any]:
    found = dict(built_in)
    for point in sorted(_installed().get(group, ()), key=lambda one: one.name):
        if point.name in found:
            raise SettingsInvalid(
                f"The plug-in {_said(point)} takes the name '{point.name}', which is in use"
            )
        loaded = _loaded(point)
        if not fits(loaded):
            raise SettingsInvalid(f"The plug-in {_said(point)} is not {what}")
        found[point.name] = loaded
    return found


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:  # any failure of a plug-in stops start-up, with its name
        raise SettingsInvalid(
            f"The plug-in {_said(point)} cannot be loaded: {type(error).__name__}: {error}"
        ) from error


def _said(point: EntryPoint) -> str:
    package = f" of the package {point.dist.name}" if point.dist else ""
    return f"'{point.value}' ({point.group}){package}"
