"""What changed between two maps, in sentences, with what loosens and what tightens the oversight.

Loosening needs a second person and evidence; tightening may be quick. What moves both ways counts as
loosening. Nothing is left out: a part without a sentence of its own is named as changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from surehand.core.duration import in_words
from surehand.core.oversight import Level
from surehand.core.policy import Acts, Grade, Harm, Limit, OnError, Rule
from surehand.core.process import Process
from surehand.core.sensitive import FourEyes
from surehand.core.steps import Act, Decide, DecisionPoint, Number
from surehand.core.terms import Expire, Sla
from surehand.maps.faults import listed
from surehand.maps.routes import Effect, routes, table


@dataclass(frozen=True, slots=True)
class Difference:
    """One change.

    where   the step, exception or part that it is about
    text    a sentence
    """

    where: str
    text: str
    effect: Effect = Effect.NEITHER

    def __str__(self) -> str:
        mark = f" ({self.effect})" if self.effect is not Effect.NEITHER else ""
        return f"{self.where}: {self.text}{mark}"


def differences(old: Process, new: Process) -> list[Difference]:
    """Every change from one map to the other, in the order of the map.

    Raises MapInvalid where a map names a level or a preset that does not exist.
    """
    found = [*_top(old, new), *_steps(old, new), *_exceptions(old, new)]
    for part in ("input", "models", "policies", "rates", "outputs", "volume"):
        found += _part(part, getattr(old, part), getattr(new, part))
    return found


def loosens(found: Sequence[Difference]) -> bool:
    """At least one change loosens the oversight."""
    return any(one.effect is Effect.LOOSENS for one in found)


def _top(old: Process, new: Process) -> Iterator[Difference]:
    for name in ("process", "title", "prefix", "currency", "owner", "builder", "review_every"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(name.replace("_", " "), f"{_said(before)} became {_said(after)}.")


def _steps(old: Process, new: Process) -> Iterator[Difference]:
    before, after = ({step.name: step for step in one.steps} for one in (old, new))
    for name, step in before.items():
        if name not in after:
            removed = Effect.LOOSENS if not isinstance(step, Act) else Effect.TIGHTENS
            yield Difference(name, f"The {step.kind} step was removed.", removed)
    kept = [name for name in after if name in before]
    if kept != [name for name in before if name in after]:
        yield Difference("steps", f"The order became {listed(after, last='and')}.", Effect.LOOSENS)
    for name, step in after.items():
        earlier = before.get(name)
        if earlier is None:
            added = Effect.LOOSENS if isinstance(step, Act) else Effect.NEITHER
            yield Difference(name, f"A {step.kind} step was added.", added)
        elif earlier.kind != step.kind:
            yield Difference(name, f"The {earlier.kind} step became a {step.kind} step.", Effect.LOOSENS)
        elif isinstance(step, DecisionPoint) and isinstance(earlier, DecisionPoint):
            yield from _point(earlier, step)
        else:
            yield from _fields(name, earlier, step, _ACT if isinstance(step, Act) else {})


def _point(old: DecisionPoint, new: DecisionPoint) -> Iterator[Difference]:
    name = new.name
    if (old.bands, old.level, old.guarantee) != (new.bands, new.level, new.guarantee):
        effect = routes(old, new)
        yield Difference(name, f"The route by confidence was {table(old)}, and became {table(new)}.", effect)
    yield from _rules(name, old.rules, new.rules)
    yield from _narrowing(name, "limit", old.limits, new.limits)
    yield from _narrowing(name, "row of four eyes", old.four_eyes, new.four_eyes)
    yield from _fields(f"{name}, consequence", old.consequence, new.consequence, _CONSEQUENCE)
    if old.signals != new.signals:
        lost = set(old.signals or ()) - set(new.signals or ())
        effect = Effect.LOOSENS if lost or old.signals is None or new.signals is None else Effect.TIGHTENS
        yield Difference(
            name, f"The signals were {_said(old.signals)}, and became {_said(new.signals)}.", effect
        )
    if isinstance(old, Decide) and isinstance(new, Decide) and _list(old) != _list(new):
        yield Difference(name, f"The choices were {_list(old)}, and became {_list(new)}.")
    yield from _overseen(f"{name}, questions", old.ask, new.ask, {})
    yield from _overseen(f"{name}, notify", old.notify, new.notify, _NOTIFY)
    yield from _overseen(f"{name}, spot check", old.spot_check, new.spot_check, _SPOT_CHECK)
    yield from _deadline(f"{name}, deadline", old.sla, new.sla)
    told = {
        "bands", "level", "rules", "limits", "four_eyes", "consequence", "signals", "choices", "open_choices",
        "sla", "ask", "notify", "spot_check", "guarantee",
    }  # fmt: skip
    judges: Mapping[str, _Judge] = {
        "number": _more_is_right,
        "fields": _fewer_loosens,
        "interested": _fewer_loosens,
        "keyed": _fewer_keyed,
    }
    yield from _fields(name, old, new, judges, told=told)


def _overseen(
    where: str, old: BaseModel | None, new: BaseModel | None, judges: "Mapping[str, _Judge]"
) -> Iterator[Difference]:
    """How decisions without a person are told of or checked; that they are is said by the route."""
    if old is not None and new is not None:
        yield from _fields(where, old, new, judges)
    elif old is not new:
        yield Difference(where, "It was added." if old is None else "It was removed.")


def _rules(name: str, old: Sequence[Rule], new: Sequence[Rule]) -> Iterator[Difference]:
    before, after = ({rule.when: rule for rule in rules} for rules in (old, new))
    for when, rule in before.items():
        if when not in after:
            effect = Effect.TIGHTENS if rule.route is Level.AUTOMATE else Effect.LOOSENS
            yield Difference(name, f"The rule '{rule.because}' ({when}) was removed.", effect)
    for when, rule in after.items():
        earlier = before.get(when)
        if earlier is None:
            effect = Effect.LOOSENS if rule.route is Level.AUTOMATE else Effect.TIGHTENS
            yield Difference(name, f"A rule was added: {rule.because} ({when}), {rule.route.words}.", effect)
        elif earlier.route is not rule.route:
            effect = Effect.LOOSENS if rule.route.rank < earlier.route.rank else Effect.TIGHTENS
            text = (
                f"The rule '{rule.because}' ({when}) led to {earlier.route.words}, now to {rule.route.words}."
            )
            yield Difference(name, text, effect)
        elif earlier != rule:
            yield Difference(name, f"The words of the rule ({when}) became: {rule.because}.")


def _narrowing(
    name: str, what: str, old: Sequence[Limit | FourEyes], new: Sequence[Limit | FourEyes]
) -> Iterator[Difference]:
    for one in old:
        if one not in new:
            yield Difference(name, f"A {what} was removed: {one}.", Effect.LOOSENS)
    for one in new:
        if one not in old:
            yield Difference(name, f"A {what} was added: {one}.", Effect.TIGHTENS)


def _exceptions(old: Process, new: Process) -> Iterator[Difference]:
    before, after = ({one.name: one for one in process.exceptions} for process in (old, new))
    for name in before:
        if name not in after:
            yield Difference(f"exception {name}", "It was removed.", Effect.LOOSENS)
    for name, one in after.items():
        if name not in before:
            yield Difference(f"exception {name}", f"It was added: {one.when}.", Effect.TIGHTENS)
        else:
            judges = {"when": lambda _a, _b: Effect.LOOSENS}
            yield from _fields(f"exception {name}", before[name], one, judges, told={"sla"})
            yield from _deadline(f"exception {name}, deadline", before[name].sla, one.sla)


def _deadline(where: str, old: Sla, new: Sla) -> Iterator[Difference]:
    """A case that nobody decides may end by itself: that is a decision without a person, and loosens."""
    yield from _fields(where, old, new, {}, told={"preset", "expire"})
    before, after = old.expire, new.expire
    if before != after:
        sooner = after is not None and (before is None or after.after < before.after)
        effect = Effect.LOOSENS if sooner else Effect.TIGHTENS if after is None else Effect.NEITHER
        yield Difference(where, f"What nobody decides {_ends(before)}; now it {_ends(after)}.", effect)


def _ends(expire: Expire | None) -> str:
    if expire is None:
        return "waits for the owner of the process"
    ended = "refused" if expire.to == "reject" else "closed"
    return f"is {ended} without a person after {in_words(expire.after)}"


def _part(name: str, old: Any, new: Any) -> Iterator[Difference]:
    """A part of the map as names and values, each change once."""
    before, after = _flat(old), _flat(new)
    for key in dict.fromkeys([*before, *after]):
        a, b = before.get(key), after.get(key)
        if a == b:
            continue
        where = f"{name.removesuffix('s') if key else name} {key}".strip()
        loosening = (key.endswith(".trusted") and b is True) or (key.endswith(".required") and b is False)
        effect = Effect.LOOSENS if loosening else Effect.NEITHER
        if key not in before:
            yield Difference(where, f"Added: {_said(b)}.", effect)
        elif key not in after:
            yield Difference(where, f"Removed: {_said(a)}.", effect)
        else:
            yield Difference(where, f"{_said(a)} became {_said(b)}.", effect)


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {
            k: v
            for name, inner in value.items()
            for k, v in _flat(inner, f"{prefix}.{name}".lstrip(".")).items()
        }
    if isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        return {
            k: v for i, one in enumerate(value, 1) for k, v in _flat(one, f"{prefix} {i}".strip()).items()
        }
    return {prefix: value}


_Judge = Callable[[Any, Any], Effect]


def _fields(
    where: str,
    old: BaseModel,
    new: BaseModel,
    judges: Mapping[str, _Judge],
    *,
    told: frozenset[str] | set[str] = frozenset(),
) -> Iterator[Difference]:
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name in told:
            continue
        judge = judges.get(name)
        effect = judge(before, after) if judge else Effect.NEITHER
        yield Difference(where, f"'{name}' was {_said(before)}, and became {_said(after)}.", effect)


def _higher_loosens(before: Any, after: Any) -> Effect:
    # No breakpoint is the highest of all: the grade is never reached.
    if after is None or (before is not None and after > before):
        return Effect.LOOSENS
    return Effect.TIGHTENS


def _lower_loosens(before: Harm, after: Harm) -> Effect:
    if not isinstance(before, Grade) or not isinstance(after, Grade):
        # what conditions and functions will say is not known beforehand
        return Effect.LOOSENS
    return Effect.LOOSENS if after.rank < before.rank else Effect.TIGHTENS


_CONSEQUENCE: Mapping[str, _Judge] = {
    "money": lambda _before, _after: Effect.LOOSENS,
    "medium_from": _higher_loosens,
    "high_from": _higher_loosens,
    "critical_from": _higher_loosens,
    "customer": _lower_loosens,
    "legal": _lower_loosens,
    "reputation": _lower_loosens,
    "reversible": lambda _before, after: Effect.TIGHTENS if after is False else Effect.LOOSENS,
}


def _more_is_right(before: Number | None, after: Number | None) -> Effect:
    """A wider tolerance calls more answers right, in spot checks and under a guarantee."""
    if before is None or after is None:
        return Effect.NEITHER
    pairs = [(before.tolerance, after.tolerance), (before.tolerance_units, after.tolerance_units)]
    if any(new > old for old, new in pairs):
        return Effect.LOOSENS
    return Effect.TIGHTENS if any(new < old for old, new in pairs) else Effect.NEITHER


def _less_loosens(before: Any, after: Any) -> Effect:
    return Effect.LOOSENS if after < before else Effect.TIGHTENS


def _fewer_loosens(before: tuple[str, ...], after: tuple[str, ...]) -> Effect:
    return Effect.LOOSENS if set(before) - set(after) else Effect.TIGHTENS


def _fewer_keyed(before: int | None, after: int | None) -> Effect:
    """Left out, all are entered."""
    return Effect.LOOSENS if after is not None and (before is None or after < before) else Effect.TIGHTENS


_NOTIFY: Mapping[str, _Judge] = {
    "window": _less_loosens,
    "acts": lambda _before, after: Effect.LOOSENS if after is Acts.NOW else Effect.TIGHTENS,
}

_SPOT_CHECK: Mapping[str, _Judge] = {
    "share": _less_loosens,
    "on_error": lambda _before, after: Effect.LOOSENS if after is OnError.RECORD else Effect.NEITHER,
}

_ACT: Mapping[str, _Judge] = {
    "after": lambda _before, _after: Effect.LOOSENS,
    "repeatable": lambda _before, after: Effect.LOOSENS if after else Effect.TIGHTENS,
    "undo": lambda _before, after: Effect.LOOSENS if after is None else Effect.NEITHER,
}


def _list(point: Decide) -> str:
    return "an open list" if point.open_choices else _said(point.choices)


def _said(value: Any) -> str:
    if value is None or value == () or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return listed([str(one) for one in value], last="and")
    if hasattr(value, "total_seconds"):
        return in_words(value)
    return f"'{value}'" if isinstance(value, str) else str(value)
