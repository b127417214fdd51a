"""Walks a map from step to step, joining each to its function and its conditions by what is known there."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from surehand.core.bound import BoundStep, Condition, Conditions, Parameter
from surehand.core.oversight import Level
from surehand.core.process import Process
from surehand.core.steps import Act, Decide, DecisionPoint, Draft, Extract, Lookup, StepBase, Verify
from surehand.maps import language
from surehand.maps.answers import check_function, check_table, of_point
from surehand.maps.appraising import conditions_of, graders_of
from surehand.maps.cel import Currency
from surehand.maps.checks import check_names
from surehand.maps.conditions import CelCondition, CelConditions, Scope
from surehand.maps.faults import Faults, listed
from surehand.maps.functions import RESERVED, Functions, Known, Signature, chunked, joined, output_model
from surehand.maps.learners import Learner, reads_of
from surehand.maps.source import DataPath
from surehand.maps.types import FactType, is_subtype, named, of_input, of_model
from surehand.maps.values import choosing, fact_of_answer, facts_of_output, record_of_action
from surehand.maps.verifying import Unverified, check_verified, too_early


class Joiner:
    """Joins one process; what is wrong goes to `faults`.

    known       facts added so far, by name
    extractors  providers that read documents
    classifiers providers that learn to decide
    languages  providers that ask a language model
    trusted     names on which a rule may loosen a route
    required    names that a complete case has
    """

    def __init__(
        self,
        process: Process,
        functions: Functions,
        faults: Faults,
        *,
        extractors: Collection[str] = (),
        classifiers: Mapping[str, Learner] | None = None,
        languages: Collection[str] = (),
    ) -> None:
        self.process = process
        self.functions = functions
        self.faults = faults
        self.extractors = extractors
        self.classifiers = classifiers or {}
        self.languages = languages
        self.currency = Currency(process.currency, process.rates)
        fields = process.input.fields
        self.known = Known(
            {name: of_input(declared) for name, declared in fields.items()},
            dict.fromkeys(fields, -1),
            document=bool(process.input.document),
        )
        self.trusted = {name for name, declared in fields.items() if declared.trusted}
        self.required = {name for name, declared in fields.items() if declared.required}
        self._unverified = Unverified(process)
        # Once a step's facts are not known, what later steps name cannot be judged.
        self._blind = not functions.available
        self._point: int | None = None

    def steps(self) -> tuple[BoundStep, ...]:
        """Every step with its function."""
        found = []
        for number, step in enumerate(self.process.steps):
            if isinstance(step, Extract | Lookup):
                found.append(self._reader(number, step))
            elif isinstance(step, Verify):
                found.append(self._verification(number, step))
                self._point = number
            elif isinstance(step, Decide | Draft):
                found.append(self._decision(number, step))
                self._point = number
            elif isinstance(step, Act):
                found.append(self._action(number, step))
        return tuple(found)

    def exceptions(self) -> tuple[tuple[int, Condition], ...]:
        """Every exception path with the first place at which all its names are known."""
        scope = Scope(self.known.facts, self.currency)
        found: list[tuple[int, Condition]] = []
        for number, exception in enumerate(self.process.exceptions):
            path: DataPath = ("exceptions", number, "when")
            condition = self._condition(scope, exception.when, path)
            if condition is None:
                continue
            if condition.constant is True:
                self.faults.add(
                    path, f"is always true: every case would leave by '{exception.name}', and none run."
                )
            elif condition.constant is False:
                self.faults.add(path, "is never true.")
            place = max((self.known.since[name] for name in condition.names), default=-1) + 1
            if place >= len(self.process.steps):
                names = listed(
                    sorted(n for n in condition.names if self.known.since[n] == place - 1), last="and"
                )
                self.faults.add(
                    path, f"'{exception.name}' is never tested: {names} is known after the last step."
                )
            found.append((place, condition))
        return tuple(found)

    def outputs(self) -> None:
        """The fields of the outputs are facts."""
        for number, output in enumerate(self.process.outputs):
            for index, name in enumerate(output.fields):
                if name not in self.known.facts and not self._blind:
                    path: DataPath = ("outputs", number, "fields", index)
                    self.faults.unknown(path, "The fact", name, self.known.facts)

    def _reader(self, number: int, step: Extract | Lookup) -> BoundStep:
        path: DataPath = ("steps", number)
        extracting = isinstance(step, Extract)
        model = self.process.models.get(step.model or "") if isinstance(step, Extract) else None
        if model is not None and model.provider not in ("function", *self.extractors):
            self.faults.add(
                (*path, "model"), f"A {model.provider} model cannot extract: name one that reads documents."
            )
        reading = model is not None and model.provider in self.extractors
        signature = self.functions.find(step.name, (*path, step.kind))
        output = None
        if signature is not None:
            signature = chunked(signature)
            output = output_model(signature, self.faults, extracting=extracting)
        if signature is None or output is None:
            self._blind = True
            return BoundStep(step, model=model)
        parameters = self._joined(signature, reading=reading)
        if reading and not any(parameter.source == "model" for parameter in parameters):
            self.faults.add_at(
                signature.where,
                f"'{step.name}' names a model and does not take it: add the parameter 'model: Extractor'.",
            )
        made, nullable = output
        facts = {name: kind.optional() if nullable else kind for name, kind in of_model(made).items()}
        names = tuple(facts)
        self._add(number, facts, signature.where, step)
        self._unverified.made(self.known, number, made, names, nullable=nullable, read=extracting)
        if isinstance(step, Lookup):
            self.trusted |= set(names)
        else:
            self.required |= {name for name, kind in facts.items() if not kind.nullable}
        return BoundStep(
            step,
            signature.function,
            parameters,
            _words(facts),
            facts_of_output(made, names),
            many=signature.many,
            model=model,
        )

    def _add(self, number: int, facts: Mapping[str, FactType], where: str, step: StepBase) -> None:
        for name, kind in facts.items():
            if name in RESERVED:
                self.faults.add_at(
                    where, f"'{step.name}' adds '{name}', which has a meaning of its own: rename it."
                )
            elif name in self.known.facts or name in self.known.unverified:
                self.faults.add_at(
                    where, f"'{step.name}' adds '{name}', which {self._origin(name)}: rename one."
                )
            else:
                self.known.facts[name] = kind
                self.known.since[name] = number

    def _origin(self, name: str) -> str:
        if name in self.known.unverified:
            return "another step reads too"
        since = self.known.since[name]
        return "is an input field" if since < 0 else f"'{self.process.steps[since].name}' adds too"

    def _joined(self, signature: Signature, *, reading: bool = False) -> tuple[Parameter, ...]:
        faults = Faults(self.faults.places) if self._blind else self.faults
        return joined(signature, replace(self.known, model=reading), faults)

    def _verification(self, number: int, step: Verify) -> BoundStep:
        path: DataPath = ("steps", number)
        self._unverified.verified(self.known, number)
        if not self._blind:
            check_verified(self.process, number, step, self.known, self.faults)
            check_names(self.process, number, self.known, self.faults)
        scope = Scope(self.known.facts, self.currency)
        return self._weighed(step, path, scope)

    def _decision(self, number: int, step: Decide | Draft) -> BoundStep:
        path: DataPath = ("steps", number)
        if not self._blind:
            check_names(self.process, number, self.known, self.faults)
        scope = Scope(self.known.facts, self.currency)
        bound = replace(self._weighed(step, path, scope), to_facts=fact_of_answer(step.name))
        bound = self._recommender(bound, step, path, scope)
        facts = {step.name: of_point(step)}
        self._add(number, facts, self.faults.places.where((*path, step.kind)), step)
        return replace(bound, facts=_words(facts))

    def _recommender(self, bound: BoundStep, step: Decide | Draft, path: DataPath, scope: Scope) -> BoundStep:
        model = self.process.models.get(step.model or "")
        provider = model.provider if model is not None else "function"
        if model is not None and step.model is not None:
            if provider == "rules":
                check_table(step, step.model, model, self.faults)
                return replace(bound, model=model, table=self._table(step.model, scope))
            if model.table:
                self.faults.add(("models", step.model, "table"), f"A {provider} model has no table.")
            if learner := self.classifiers.get(provider):
                fields = tuple(self.process.input.fields)
                reads = reads_of(
                    step, model, learner, self.known, fields, self.faults, path, blind=self._blind
                )
                return replace(bound, model=model, reads=reads)
            if provider in self.languages:
                fields = tuple(self.process.input.fields)
                told = language.reads_of(
                    step, model, self.known, fields, self.faults, path, blind=self._blind
                )
                return replace(bound, model=model, reads=told)
            if provider in self.extractors:
                self.faults.add(
                    (*path, "model"), f"A {provider} model reads documents, and cannot decide: leave it out."
                )
                return replace(bound, model=model)
        elif step.model is not None:
            return bound  # an unknown model, which is reported already
        if provider == "external" or (provider != "function" and not self.functions.has(step.name)):
            return replace(bound, model=model)
        signature = self.functions.find(step.name, (*path, step.kind))
        if signature is None:
            return replace(bound, model=model)
        signature = chunked(signature)
        check_function(step, signature, self.faults)
        return replace(
            bound,
            function=signature.function,
            parameters=self._joined(signature),
            many=signature.many,
            model=model,
        )

    def _weighed(self, step: DecisionPoint, path: DataPath, scope: Scope) -> BoundStep:
        """With its conditions, and the functions of its consequence."""
        graders = graders_of(
            step.consequence, (*path, "consequence"), self.functions, self.known, self.trusted,
            Faults(self.faults.places) if self._blind else self.faults,
        )  # fmt: skip
        rules = self._rules(step, path, scope)
        others = [self._condition(scope, text, place) for text, place in conditions_of(step, path)]
        conditions = CelConditions([*rules, *(one for one in others if one is not None)])
        return BoundStep(step, graders=graders, conditions=conditions, queues=self._queues(step, path, scope))

    def _queues(self, step: DecisionPoint, path: DataPath, scope: Scope) -> tuple[CelCondition, ...]:
        found = []
        always: int | None = None
        for number, row in enumerate(step.queues):
            place = (*path, "queues", number, "when")
            condition = self._condition(scope, row.when, place)
            if always is not None:
                self.faults.add(place, f"This row is never reached: row {always + 1} is always true.")
            if condition is None:
                continue
            found.append(condition)
            if condition.constant is False:
                self.faults.add(place, "is never true.")
            elif condition.constant is True and always is None:
                always = number
        return tuple(found)

    def _rules(self, step: DecisionPoint, path: DataPath, scope: Scope) -> Sequence[CelCondition]:
        found = []
        for number, rule in enumerate(step.rules):
            place = (*path, "rules", number, "when")
            condition = self._condition(scope, rule.when, place)
            if condition is None:
                continue
            found.append(condition)
            if condition.constant is False:
                self.faults.add(place, "is never true.")
            if rule.route is Level.AUTOMATE:
                self._loosens(condition, place)
        return found

    def _loosens(self, condition: CelCondition, place: DataPath) -> None:
        doubtful = sorted(condition.names - self.trusted)
        if doubtful:
            self.faults.add(
                place,
                "A rule may loosen a route only on facts of a lookup or trusted input, and "
                f"{listed(doubtful, last='and')} {'is' if len(doubtful) == 1 else 'are'} neither.",
            )
        elif not condition.names:
            self.faults.add(
                place, "A rule that loosens a route must rest on a trusted fact, and this names none."
            )

    def _table(self, name: str, scope: Scope) -> Conditions:
        rows = self.process.models[name].table
        if not rows:
            self.faults.add(("models", name), "A rules model needs a 'table' with at least one row.")
        found = []
        always: int | None = None
        for number, row in enumerate(rows):
            place: DataPath = ("models", name, "table", number, "when")
            condition = self._condition(scope, row.when, place)
            if always is not None:
                self.faults.add(place, f"This row is never reached: row {always + 1} is always true.")
            if condition is None:
                continue
            if condition.constant is False:
                self.faults.add(place, "is never true.")
            elif condition.constant is True and always is None:
                always = number
            found.append(condition)
        return CelConditions(found)

    def _condition(self, scope: Scope, text: str, path: DataPath) -> CelCondition | None:
        made = scope.compile(text)
        if isinstance(made, CelCondition):
            return made
        if not self._blind or made.syntax:
            where = self.faults.places.where(path, line=made.line, column=made.column)
            early = too_early(text, self.known)
            self.faults.add_at(
                where, f"The condition is wrong: {early or made.message}.", None if early else made.suggestion
            )
        return None

    def _action(self, number: int, step: Act) -> BoundStep:
        path: DataPath = ("steps", number)
        signature = self.functions.find(step.act, (*path, "act"))
        undo = self._companion(step.undo, (*path, "undo"), signature)
        confirm = self._companion(step.confirm, (*path, "confirm"), signature, confirming=True)
        if signature is None:
            return BoundStep(step, undo=undo, confirm=confirm, to_facts=record_of_action)
        # What runs is what was approved, so an action sees what was known when it was decided.
        known = self.known if self._point is None else self.known.until(self._point + 1)
        faults = Faults(self.faults.places) if self._blind else self.faults
        parameters = joined(signature, known, faults, later=self.known, acting=True)
        return BoundStep(
            step, signature.function, parameters, {}, record_of_action, undo=undo, confirm=confirm
        )

    def _companion(
        self, name: str | None, path: DataPath, action: Signature | None, *, confirming: bool = False
    ) -> Callable[..., Any] | None:
        """The function that undoes or confirms an action, fed with the action's arguments."""
        signature = self.functions.find(name, path) if name is not None else None
        if signature is None or action is None:
            return None
        returned = Any if action.returns is inspect.Parameter.empty else action.returns
        allowed = {"key": str, **({} if confirming else {"result": returned}), **action.parameters}
        for parameter, annotation in signature.parameters.items():
            if parameter not in allowed:
                self.faults.add_at(
                    signature.where,
                    f"'{signature.name}' takes the arguments of '{action.name}' and key; "
                    f"'{parameter}' is none.",
                )
            elif allowed[parameter] is not Any and not is_subtype(allowed[parameter], annotation):
                self.faults.add_at(
                    signature.where,
                    f"'{signature.name}': '{parameter}' is {named(allowed[parameter])} in '{action.name}', "
                    f"not {named(annotation)}.",
                )
        tells = signature.returns not in (inspect.Parameter.empty, None, type(None))
        if confirming and ("key" not in signature.parameters or not tells):
            self.faults.add_at(
                signature.where,
                f"'{signature.name}' must take key: str and return whether it happened: bool, or what "
                "the action returned and None if it did not happen.",
            )
        return choosing(signature.function, frozenset(signature.parameters), returned=returned)


def _words(facts: Mapping[str, FactType]) -> dict[str, str]:
    return {name: kind.word for name, kind in facts.items()}
