"""The functions of `steps.py`: signatures read, parameters joined to facts, results turned into facts."""

import inspect
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from types import ModuleType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from surehand.core.annotations import bare
from surehand.core.bound import Parameter
from surehand.core.documents import Document
from surehand.core.extraction import Extractor
from surehand.core.recommendation import Reading, Recommendation
from surehand.maps.faults import Faults, nearest
from surehand.maps.source import DataPath
from surehand.maps.types import FactType, accepted, is_subtype, named, of_annotation, without_none
from surehand.maps.values import builder_of_fact, builder_of_output, document, extractor, key

#: Names that mean something else in a function than a fact of that name.
RESERVED = frozenset({"document", "key", "model", "result"})


@dataclass(frozen=True, slots=True)
class Signature:
    """A function with its resolved annotations.

    where    `steps.py:line`
    returns  return annotation; of one case, if the function takes a chunk
    many     takes and gives lists
    """

    function: Callable[..., Any]
    where: str
    parameters: Mapping[str, Any]
    returns: Any
    many: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__


@dataclass(slots=True)
class Known:
    """What is known at a place of a process.

    facts     name -> type
    since     name -> number of the step that added it; -1 for input
    outputs   model -> (number of the step, names of its facts, may be missing as a whole)
    unverified  name -> (the step that verifies it later, type), of what was read and may not be used yet
    document  the input brings a document
    model     the step names a model that reads documents
    """

    facts: dict[str, FactType] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    outputs: dict[type[BaseModel], tuple[int, tuple[str, ...], bool]] = field(default_factory=dict)
    unverified: dict[str, tuple[str, FactType]] = field(default_factory=dict)
    document: bool = False
    model: bool = False

    def until(self, step: int) -> "Known":
        """What was known before that step ran."""
        return Known(
            {name: kind for name, kind in self.facts.items() if self.since[name] < step},
            {name: at for name, at in self.since.items() if at < step},
            {model: made for model, made in self.outputs.items() if made[0] < step},
            document=self.document,
        )


class Functions:
    """The functions of one module, looked up by name; what is wrong goes to `faults`."""

    def __init__(
        self, module: ModuleType | None, faults: Faults, *, file: str, used: Collection[str] = ()
    ) -> None:
        self._module = module
        self._faults = faults
        self._file = file
        self._used = used

    @property
    def available(self) -> bool:
        """The module could be imported, so what is not in it is missing."""
        return self._module is not None

    def has(self, name: str) -> bool:
        """There is a function of that name."""
        return inspect.isfunction(inspect.unwrap(getattr(self._module, name, None) or len))

    def find(self, name: str, path: DataPath) -> Signature | None:
        """The function of that name with its annotations, or None and a fault."""
        if self._module is None:
            return None
        found = getattr(self._module, name, None)
        if not callable(found) or isinstance(found, type):
            near = nearest(name, self._others())
            self._faults.add(path, f"There is no function '{name}' in {self._file}.", near)
            if near is None:
                return None
            found = getattr(self._module, near)  # go on with what was meant, to find the other faults
        where = self._where(found)
        if inspect.iscoroutinefunction(found) or inspect.isgeneratorfunction(inspect.unwrap(found)):
            self._faults.add_at(where, f"'{name}' must be a plain function (no async, no yield).")
            return None
        try:
            hints = typing.get_type_hints(inspect.unwrap(found), include_extras=True)
            signature = inspect.signature(found)
        except (NameError, TypeError, AttributeError, SyntaxError, ValueError) as error:
            self._faults.add_at(where, f"The annotations of '{name}' cannot be read: {error}.")
            return None
        return self._read(found, where, signature, hints)

    def _others(self) -> list[str]:
        """Functions of the module that no step names."""
        return [
            name
            for name, one in vars(self._module).items()
            if inspect.isfunction(one) and not name.startswith("_") and name not in self._used
        ]

    def _where(self, function: Callable[..., Any]) -> str:
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is None:
            return f"{self._file}:1"
        # A function may come from another file of the folder, by `from .other import it`.
        folder = self._file.rpartition("/")[0]
        return f"{folder}{'/' if folder else ''}{PurePath(code.co_filename).name}:{code.co_firstlineno}"

    def _read(
        self, function: Callable[..., Any], where: str, signature: inspect.Signature, hints: Mapping[str, Any]
    ) -> Signature | None:
        name = function.__name__
        parameters: dict[str, Any] = {}
        before = len(self._faults.found)
        for parameter in signature.parameters.values():
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                self._faults.add_at(
                    where, f"'{name}': write '{parameter.name}' as an ordinary parameter (no *, no /)."
                )
            elif parameter.name not in hints:
                self._faults.add_at(where, f"'{name}': the parameter '{parameter.name}' needs a type.")
            else:
                parameters[parameter.name] = hints[parameter.name]
        if len(self._faults.found) > before:
            return None
        return Signature(function, where, parameters, hints.get("return", inspect.Parameter.empty))


def chunked(signature: Signature) -> Signature:
    """The signature of one case, if the function takes lists alone and gives a list."""
    item = _item(signature.returns)
    if item is None or not signature.parameters:
        return signature
    items = {name: _item(annotation) for name, annotation in signature.parameters.items()}
    if any(one is None for one in items.values()):
        return signature
    return Signature(signature.function, signature.where, items, item, True)


def _item(annotation: Any) -> Any | None:
    plain = bare(annotation)
    return get_args(plain)[0] if get_origin(plain) is list and get_args(plain) else None


def joined(
    signature: Signature, known: Known, faults: Faults, *, later: Known | None = None, acting: bool = False
) -> tuple[Parameter, ...]:
    """Where each parameter's value comes from.

    known   what the step may use
    later   what is known by then but may not be used, for a better message
    acting  the parameter `key` takes the idempotency key
    """
    found = []
    for name, annotation in signature.parameters.items():
        parameter = _source(name, annotation, known, acting=acting)
        if parameter is None:
            message, near = _misfit(name, annotation, known, later, signature, acting=acting)
            faults.add_at(signature.where, f"'{signature.name}': {message}", near)
        elif signature.many:
            found.append(
                Parameter(name, parameter.source, parameter.facts, parameter.build, parameter.optional, True)
            )
        else:
            found.append(parameter)
    return tuple(found)


def _source(name: str, annotation: Any, known: Known, *, acting: bool) -> Parameter | None:
    plain, optional = without_none(bare(annotation))
    if acting and name == "key":
        return key(name) if plain is str else None
    if plain is Document:
        return document(name, optional=optional) if known.document else None
    if plain is Extractor:
        return extractor(name) if known.model and name == "model" else None
    fact = known.facts.get(name)
    if fact is not None and (build := accepted(annotation, fact)) is not None:
        return builder_of_fact(name, build, optional=optional)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        for model, (_, facts, missing) in known.outputs.items():
            if issubclass(model, plain) and plain is not BaseModel and (optional or not missing):
                return builder_of_output(name, model, facts, optional=optional and missing)
    return None


def _misfit(
    name: str, annotation: Any, known: Known, later: Known | None, signature: Signature, *, acting: bool
) -> tuple[str, str | None]:
    plain, optional = without_none(bare(annotation))
    if acting and name == "key":
        return "the parameter 'key' takes the idempotency key: annotate it as str.", None
    if plain is Document:
        return "it takes a document, but the input declares none (input: document: [lines]).", None
    if plain is Extractor:
        return _no_model(name, known), None
    if later is not None and (name in later.facts and name not in known.facts):
        return (
            f"'{name}' is added after the decision that the action follows, so nobody approved it: "
            "move that step before the decision.",
            None,
        )
    if later is not None and plain in later.outputs and plain not in known.outputs:
        return (
            f"{named(plain)} is made after the decision that the action follows: move that step before it.",
            None,
        )
    if name in known.unverified:
        return f"'{name}' is verified later, by '{known.unverified[name][0]}': move this step after it.", None
    if plain in known.outputs and not optional:
        return f"{named(plain)} may be missing, so annotate '{name}' as {named(plain)} | None.", None
    fact = known.facts.get(name)
    if fact is not None:
        return _wrong_type(name, annotation, fact, signature), None
    near = nearest(name, [*known.facts, *(["key"] if acting else [])])
    few = "" if near else f" Known there: {', '.join(known.facts) or 'nothing'}."
    return f"the parameter '{name}' ({named(annotation)}) is no fact known at this step.{few}", near


def _no_model(name: str, known: Known) -> str:
    if not known.model:
        return "it takes a model, but the step names none that reads documents (model: NAME)."
    return f"the model is given to the parameter 'model': rename '{name}'."


def _wrong_type(name: str, annotation: Any, fact: FactType, signature: Signature) -> str:
    own = named(fact.annotation)
    message = f"'{name}' is {own} here, and the parameter takes {named(annotation)}"
    item = _item(annotation)
    if item is not None and not signature.many and accepted(item, fact) is not None:
        return f"{message}; a function that takes a whole chunk takes lists alone and returns a list."
    if fact.nullable and accepted(annotation | None if _can_or(annotation) else annotation, fact) is not None:
        return f"{message}: it may be missing, so write {named(annotation)} | None."
    return f"{message}."


def _can_or(annotation: Any) -> bool:
    return isinstance(annotation, type) or get_origin(annotation) is not None


def output_model(
    signature: Signature, faults: Faults, *, extracting: bool
) -> tuple[type[BaseModel], bool] | None:
    """The model that an extract or lookup function returns, and whether it may return None."""
    returns, nullable = without_none(bare(signature.returns))
    if extracting and get_origin(returns) is Reading:
        returns = bare(get_args(returns)[0])
    if isinstance(returns, type) and issubclass(returns, BaseModel) and returns.model_fields:
        return returns, nullable
    also = " or Reading[such a model]" if extracting else ""
    shown = "nothing" if signature.returns is inspect.Parameter.empty else named(signature.returns)
    faults.add_at(
        signature.where,
        f"'{signature.name}' must return a pydantic model whose fields become facts{also}, "
        f"and its annotation says {shown}.",
    )
    return None


def answer_type(signature: Signature) -> Any:
    """What a decide or draft function answers: the T of `Recommendation[T]`, or its plain return type."""
    returns, _ = without_none(bare(signature.returns))
    if returns is Recommendation:
        return Any
    if get_origin(returns) is Recommendation:
        return without_none(bare(get_args(returns)[0]))[0]
    return returns


def fits(annotation: Any, *kinds: Any) -> bool:
    """An answer of that type may be one of these kinds."""
    return annotation in (Any, object) or any(is_subtype(annotation, kind) for kind in kinds)


def fixed_answers(annotation: Any) -> tuple[Any, ...]:
    """The answers that a `Literal` or an enum allows; empty for other types."""
    if get_origin(annotation) is typing.Literal:
        return get_args(annotation)
    if (
        isinstance(annotation, type)
        and of_annotation(annotation).word == "text"
        and hasattr(annotation, "__members__")
    ):
        return tuple(member.value for member in annotation)  # type: ignore[attr-defined]
    return ()
