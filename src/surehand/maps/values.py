"""From JSON facts to a function's arguments, and from what it returns to JSON facts."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json, to_jsonable_python

from surehand.core.bound import Facts, Parameter
from surehand.core.documents import Document
from surehand.core.recommendation import Reading
from surehand.core.values import storable


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def builder_of_fact(name: str, annotation: Any, *, optional: bool) -> Parameter:
    """A parameter that takes one fact."""
    adapter = _adapter(annotation)

    def build(facts: Facts) -> Any:
        # Through JSON text, because that is what facts are: strict models then accept dates and decimals.
        return adapter.validate_json(to_json(facts.get(name)), by_name=True, by_alias=True)

    return Parameter(name, "fact", (name,), build, optional)


def builder_of_output(
    name: str, model: type[BaseModel], facts: tuple[str, ...], *, optional: bool
) -> Parameter:
    """A parameter that takes a whole earlier output; None if all of it is missing and that is allowed."""
    adapter = _adapter(model)
    fields = tuple(model.model_fields)

    def build(values: Facts) -> Any:
        data = {field: values.get(field) for field in fields}
        if optional and all(value is None for value in data.values()):
            return None
        return adapter.validate_json(to_json(data), by_name=True, by_alias=True)

    return Parameter(name, "output", facts, build, optional)


def document(name: str, *, optional: bool) -> Parameter:
    """A parameter that takes the document."""

    def build(facts: Facts) -> Document | None:
        value = facts.get("document")
        if isinstance(value, Document) or (value is None and optional):
            return value
        return Document.model_validate(value)

    return Parameter(name, "document", ("document",), build, optional)


def key(name: str) -> Parameter:
    """A parameter that takes the idempotency key."""
    return Parameter(name, "key", ("key",), lambda facts: str(facts["key"]))


def extractor(name: str) -> Parameter:
    """A parameter that takes the trained model of an extract step."""
    return Parameter(name, "model", ("model",), lambda facts: facts["model"])


def facts_of_output(model: type[BaseModel], names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """What an extract or lookup function returned -> JSON facts; None gives them all missing.

    Raises TypeError if the function returned something else than it says.
    """

    def to_facts(returned: Any) -> dict[str, Any]:
        values = returned.values if isinstance(returned, Reading) else returned
        if values is None:
            return dict.fromkeys(names)
        if not isinstance(values, model):
            raise TypeError(f"returned {type(values).__name__} in place of {model.__name__}")
        dumped = values.model_dump(mode="json", by_alias=False)
        facts: dict[str, Any] = storable({name: dumped.get(name) for name in names})
        return facts

    return to_facts


def fact_of_answer(name: str) -> Callable[[Any], dict[str, Any]]:
    """The answer of a decision point -> its fact."""
    return lambda answer: {name: storable(to_jsonable_python(answer))}


def record_of_action(returned: Any) -> dict[str, Any]:
    """What an action returned, as JSON for the record."""
    if returned is None:
        return {}
    plain = storable(to_jsonable_python(returned, fallback=str))
    return plain if isinstance(plain, dict) else {"result": plain}


def choosing(
    function: Callable[..., Any], names: frozenset[str], *, returned: Any = Any
) -> Callable[..., Any]:
    """The function, called with those of some named arguments that it declares.

    returned  what the action returns; `result` is made into it from the record
    """
    adapter = _adapter(returned)

    def call(**arguments: Any) -> Any:
        given = {name: value for name, value in arguments.items() if name in names}
        if "result" in given:
            given["result"] = _from_record(given["result"], adapter)
        return function(**given)

    return call


def _from_record(recorded: Any, adapter: TypeAdapter[Any]) -> Any:
    # An action that was only confirmed (True) has left no result; nor has one that returns none ({}).
    if recorded is None or recorded is True or recorded == {}:
        return None
    inner = recorded["result"] if isinstance(recorded, Mapping) and set(recorded) == {"result"} else recorded
    return adapter.validate_json(to_json(inner), by_name=True, by_alias=True)
