"""A map joined to its functions and compiled conditions: what the engine runs. Made by `maps.bind`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from surehand.core.process import FieldType, Model, Process
from surehand.core.steps import Extract, StepBase

_SIMPLE = frozenset(FieldType)

#: Facts of a case as JSON values by name; every declared name is present, missing is None.
Facts = Mapping[str, Any]


class Condition(Protocol):
    """A compiled condition."""

    text: str
    names: frozenset[str]

    def __call__(self, facts: Facts) -> bool | None:
        """True or False; None when it cannot be told (error, no rate, not a yes or no): ask a person."""


class Conditions(Protocol):
    """Compiled conditions that are asked of a case together, which costs less than one by one.

    names  by condition, the facts that it names
    """

    names: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        """How many there are."""

    def __call__(self, facts: Facts) -> Sequence[bool | None]:
        """By condition, the same as it gives alone."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a step function and where its value comes from.

    name      of the parameter
    source    'fact' (one fact or input field of that name), 'output' (a whole earlier output, by type),
              'document', 'key' (the idempotency key of an action), 'model' (the trained model of the step)
    facts     the names it needs: one for 'fact', the output's fields for 'output', else the source itself
    build     mapping that holds those names, as JSON values -> the argument; raises ValueError where a
              value is missing or does not fit
    optional  None is accepted
    many      the function takes a list of these, a chunk at once
    """

    name: str
    source: str
    facts: tuple[str, ...]
    build: Callable[[Facts], Any]
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Grader:
    """A function that says one part of the consequence.

    parameters  in the function's order
    many        it takes and gives lists
    """

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step with its function.

    function    the typed function of `steps.py`; None where a model answers (`rules`, `external`)
    parameters  in the function's order
    facts       names that the step adds, with their type words; a decision point adds its own name, which
                holds the final answer
    to_facts    what the function returned (an item of it, if `many`) -> JSON facts; of a decision point:
                the answer -> its fact; of an action: what it returned as JSON, for the record
    graders     of a decision point: part of its consequence -> the function that says it
    conditions  of a decision point: of its rules, of the rows of its consequence by part, of those of its
                limits that have one, and of those of its four eyes, in this order
    queues      of a decision point: the conditions of its `queues`, in order
    table       compiled conditions of its `rules` model, in order
    many        the function takes and gives lists
    undo, confirm  of an action; called with the action's arguments by name, and `key`; `undo` also with
                `result` (what the action returned); each takes what it declares and leaves the rest
    model       the model of the map that answers, if the step names one
    reads       fact -> type word, of what a model that learns to decide reads
    """

    step: StepBase
    function: Callable[..., Any] | None = None
    parameters: tuple[Parameter, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    to_facts: Callable[[Any], dict[str, Any]] = dict
    graders: Mapping[str, Grader] = field(default_factory=dict)
    conditions: Conditions | None = None
    queues: tuple[Condition, ...] = ()
    table: Conditions | None = None
    many: bool = False
    undo: Callable[..., Any] | None = None
    confirm: Callable[..., Any] | None = None
    model: Model | None = None
    reads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoundProcess:
    """A process that can run.

    version     content hash, 64 hex digits
    steps       in the map's order
    exceptions  (place, condition) per exception path of the map: tested before step `place` runs
    types       fact name -> type word, for every fact and input field
    required    names that a complete case has: required input fields, and extracted fields that are
                not Optional
    code        hash of the code beside the map, 64 hex digits
    editable    facts that a person may correct: input fields and what was read, of a simple type
    """

    map: Process
    version: str
    steps: tuple[BoundStep, ...]
    exceptions: tuple[tuple[int, Condition], ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    code: str = ""
    editable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        # found once: a brief asks for each of its fields, of which there may be thousands
        read = {name for b in self.steps if isinstance(b.step, Extract) for name in b.facts}
        simple = {name for name, kind in self.types.items() if kind in _SIMPLE}
        object.__setattr__(self, "editable", frozenset((read | set(self.map.input.fields)) & simple))

    @property
    def name(self) -> str:
        """The process's name."""
        return self.map.process
