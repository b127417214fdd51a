"""A guard around a function: what it answers becomes a recommendation, and Surehand decides with it."""

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, overload

from pydantic import BaseModel

from surehand.connect.answers import Decision, json_of
from surehand.connect.client import Client
from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.recommendation import Recommendation
from surehand.errors import SettingsInvalid

P = ParamSpec("P")


class Guarded(Generic[P]):
    """A guarded function: called like the function, it returns a `Decision`. Also a context manager.

    function  the function itself, without the guard
    """

    def __init__(
        self,
        function: Callable[P, Any],
        *,
        process: str,
        client: Client | None,
        key: Callable[P, str] | None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._process = process
        self._signature = inspect.signature(function)
        self._key = key
        self._client = client
        self._owned = client is None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Decision:
        """Run the function and have its answer decided. If it raises, nothing is sent."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        answer = self.function(*args, **kwargs)
        return self._connected().decide(
            self._process,
            _input(bound.arguments),
            recommendation=_recommended(answer),
            key=self._key(*args, **kwargs) if self._key else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned and self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> Client:
        if self._client is None:
            self._client = _from_environment()
        return self._client


@overload
def guard(
    function: Callable[P, Any],
    *,
    process: str,
    client: Client | None = None,
    key: Callable[P, str] | None = None,
) -> Guarded[P]: ...


@overload
def guard(
    function: None = None,
    *,
    process: str,
    client: Client | None = None,
    key: Callable[..., str] | None = None,
) -> Callable[[Callable[P, Any]], Guarded[P]]: ...


def guard(
    function: Callable[..., Any] | None = None,
    *,
    process: str,
    client: Client | None = None,
    key: Callable[..., str] | None = None,
) -> Any:
    """Put a function behind a decision point: `guard(my_function, process="refunds")`, or as a decorator.

    The function's arguments become the case's input fields, by name; an argument that is a model or a
    dataclass brings its own fields. What it returns is the recommendation for the process's one decision
    point: a `Recommendation`, a pair (value, confidence), or a value alone, which a person then decides.

    process  the process; its decision point has a model with `provider: external`
    client   by default made from SUREHAND_URL and SUREHAND_API_KEY at the first call
    key      makes the item's name of the arguments, so that the same call is the same decision
    """
    if function is None:
        return lambda wrapped: Guarded(wrapped, process=process, client=client, key=key)
    return Guarded(function, process=process, client=client, key=key)


def _from_environment() -> Client:
    url, key = os.environ.get("SUREHAND_URL"), os.environ.get("SUREHAND_API_KEY")
    if not url or not key:
        raise SettingsInvalid("Give guard a client, or set SUREHAND_URL and SUREHAND_API_KEY")
    return Client(url, key)


def _input(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as input fields."""
    given: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, BaseModel) and not isinstance(value, Money | Document):
            given.update({part: json_of(getattr(value, part)) for part in type(value).model_fields})
        elif is_dataclass(value) and not isinstance(value, type):
            given.update({part.name: json_of(getattr(value, part.name)) for part in fields(value)})
        else:
            given[name] = json_of(value)
    return given


def _recommended(answer: Any) -> Recommendation[Any]:
    if isinstance(answer, Recommendation):
        return answer
    if isinstance(answer, tuple) and len(answer) == 2:
        return Recommendation(value=answer[0], confidence=answer[1])
    return Recommendation(value=answer)
