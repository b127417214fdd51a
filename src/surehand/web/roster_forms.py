"""Forms that change the roster: what stands in their fields, and the edit that they come to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from surehand.core.edits import Edit
from surehand.core.names import PersonName
from surehand.errors import Fault, InvalidInput
from surehand.web.forms import Form
from surehand.web.views import OptionView
from surehand.web.views.people import EditView, InputView
from surehand.web.views.shell import ShellView

M = TypeVar("M", bound=BaseModel)

_NAME: TypeAdapter[str] = TypeAdapter(PersonName)

_BECAUSE = InputView(
    name="because", label="Why, for the record", about="Whoever sees the history reads it.", required=True
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change before it is made.

    inputs  its fields, with what is in force
    edit    the form -> the edit of the roster; raises InvalidInput
    then    where to go afterwards
    leaves  see `flow.people.change`
    """

    title: str
    sentence: str
    action: str
    then: str
    submit: str
    inputs: tuple[InputView, ...]
    edit: Callable[[Form], Edit]
    row: str = ""
    told: tuple[str, ...] = ()
    danger: bool = False
    leaves: bool = False
    problems: tuple[str, ...] = field(default=())

    def drawn(self, shell: ShellView, rev: int) -> EditView:
        """The page of it."""
        return EditView(
            shell=shell, title=self.title, sentence=self.sentence, action=self.action, back=self.then,
            submit=self.submit, rev=rev, inputs=(*self.inputs, _BECAUSE), row=self.row, told=self.told,
            problems=self.problems, danger=self.danger,
        )  # fmt: skip


def refilled(view: EditView, form: Form, *, faults: Sequence[Fault] = (), said: str = "") -> EditView:
    """The same page with what was typed, and what is wrong with it: beside its field, or on top."""
    names = {one.name for one in view.inputs}
    beside: dict[str, list[str]] = {}
    top = [said] if said else []
    for fault in faults:
        hint = f" Did you mean '{fault.suggestion}'?" if fault.suggestion else ""
        place = field_of(fault.where, names)
        if place is None:
            top.append(f"{fault.where}: {fault.message}{hint}")
        else:
            beside.setdefault(place, []).append(f"{fault.message}{hint}")
    inputs = tuple(
        replace(
            one, value=form.one(one.name), chosen=tuple(form.all(one.name)),
            problem=" ".join(beside.get(one.name, ())),
        )
        for one in view.inputs
    )  # fmt: skip
    return replace(view, inputs=inputs, problems=tuple(top))


def field_of(where: str, names: Iterable[str]) -> str | None:
    """The field that a fault's place ends in: people.people.ann.zone -> zone."""
    known = {"start": "from", "split": "split_limit", **{name: name for name in names}}
    found = [known[part] for part in re.split(r"[.\[\]]+", where) if part in known]
    return found[-1] if found and found[-1] in names else None


def checked(model: type[M], values: Mapping[str, Any], *, whole: str = "row") -> M:
    """The model of what a form says. Raises InvalidInput with every fault, in words.

    whole  where a fault is that is about no field of it
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(
            [
                Fault(".".join(str(part) for part in one["loc"]) or whole, said(one["msg"]))
                for one in error.errors(include_url=False)
            ]
        ) from None


def said(message: str) -> str:
    """A finding of pydantic as a sentence of ours."""
    text = message.removeprefix("Value error, ").replace("Input should", "must")
    return f"{text}." if not text.endswith(".") else text


def lines(form: Form, name: str) -> list[str]:
    """The lines of a field that say something."""
    return [line.strip() for line in form.one(name).split("\n") if line.strip()]


def name_of(form: Form, name: str, example: str) -> str:
    """What somebody or something is to be called. Raises InvalidInput."""
    called = form.one(name).strip()
    try:
        return _NAME.validate_python(called)
    except ValidationError:
        told = "lower-case letters and digits, with . _ or - between them, at most 64"
        raise InvalidInput([Fault(name, f"write a name such as {example}: {told}")]) from None


def pairs(form: Form, name: str, example: str) -> dict[str, list[str]]:
    """Lines of a name and what stands behind it. Raises InvalidInput."""
    found: dict[str, list[str]] = {}
    for line in lines(form, name):
        key, *rest = line.split(None, 2)
        if not rest:
            raise InvalidInput(
                [Fault(name, f"'{line[:80]}': write a name and what it needs, such as {example}")]
            )
        if key in found:
            raise InvalidInput([Fault(name, f"'{key[:80]}' stands there twice")])
        found[key] = rest
    return found


def optional(form: Form, name: str) -> str | None:
    """What stands in a field; None where nothing does."""
    return form.one(name).strip() or None


def choice(value: str, label: str = "", about: str = "") -> OptionView:
    """One entry of a select."""
    return OptionView(value=value, label=label or value, about=about)


def choices(values: Iterable[str], *, none: str = "") -> tuple[OptionView, ...]:
    """Entries of a select; `none` names the first, which is nothing."""
    first = (choice("", none),) if none else ()
    return (*first, *(choice(value) for value in values))
