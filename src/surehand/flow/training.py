"""Training a model of a process from its examples and from what people have decided since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import Case
from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.process import Model
from surehand.core.roles import Role
from surehand.core.steps import Decide, DecisionPoint, Extract
from surehand.core.values import parsed, shown
from surehand.errors import Fault, Forbidden, InvalidInput, NotEnoughEvidence, NotFound, SurehandError
from surehand.flow import judged
from surehand.flow.apart import Progress, Task, learned
from surehand.flow.context import Context
from surehand.sources.files import Item
from surehand.sources.labelled import labelled
from surehand.store import audit, evidence, labels, models
from surehand.store.models import RIVAL, Version

#: What people decided lately teaches most; older cases than these are left out.
_MOST_CASES = 3_000


@dataclass(frozen=True, slots=True)
class Trained:
    """What training made.

    version   the model as it is kept
    replaced  hash of the model that was in use before; None if it is the first
    changed   False when the same model came out again
    """

    version: Version
    replaced: str | None
    changed: bool


def train(
    context: Context,
    process: str,
    model: str | None = None,
    *,
    by: str,
    progress: Progress | None = None,
) -> Trained:
    """Train a model and put it to use; what it learned from and how it was measured is on record.

    model     its name in the map; may be left out where there is only one
    progress  is told what is being done, and the share that is done
    raises    NotFound for a process or model that there is not, Forbidden for who may not train it,
              NotEnoughEvidence for too little to learn from, InvalidInput for examples that cannot be read,
              Stopped while another model is being trained here
    """
    bound = context.processes.named(process)
    _may_train(context, bound, by)
    name, step = _chosen(context, bound, model)
    with context.models.learning():
        return _trained(context, bound, name, step, by, progress)


def _trained(
    context: Context, bound: BoundProcess, name: str, step: BoundStep, by: str, progress: Progress | None
) -> Trained:
    return _kept(context, *made_of(context, bound, name, step, by, progress), step)


def made_of(
    context: Context, bound: BoundProcess, name: str, step: BoundStep, by: str, progress: Progress | None
) -> tuple[Version, bytes]:
    """A new version of a model and its bytes, not kept yet. Raises as `train`."""
    process, spec = bound.name, bound.map.models[name]
    task, given, taught = _lesson(context, bound, step, spec)
    if not given and not taught:
        what = "documents" if isinstance(step.step, Extract) else "cases"
        raise NotEnoughEvidence(
            f"{name} has nothing to learn from: name labelled {what} in the map (examples: FILE.jsonl), "
            "or decide cases first"
        )
    made = learned(task, [*given, *taught], progress)
    # nothing is put to use that could not be loaded again
    context.models.kind(spec.provider).loaded(made.body, expected=made.version)
    report = {"examples": len(given), "cases": len(taught), **made.report}
    version = Version(process, name, made.version, spec.provider, by, context.clock(), report, active=True)
    return version, made.body


def _lesson(
    context: Context, bound: BoundProcess, step: BoundStep, spec: Model
) -> tuple[Task, Sequence[Any], Sequence[Any]]:
    """What is to be learned, the examples, and the cases that people have decided since."""
    if not isinstance(step.step, Extract):
        cases = judged.taught(context, bound, step)
        given = judged.unseen(judged.examples(context, bound, step, spec), cases)
        task = Task(spec.provider, step.reads, vectors=spec.vectors, out_of_scope=spec.out_of_scope)
        return task, given, cases
    with context.db.read() as connection:
        decided = list(labels.decided(connection, bound.name, limit=_MOST_CASES))
    taught = [one for case in decided if (one := _of_case(step, spec, case)) is not None]
    task = Task(spec.provider, dict(step.facts), spec.day_first, bound.map.currency)
    return task, _unseen(_examples(context, bound, step, spec), taught), taught


def _may_train(context: Context, process: BoundProcess, by: str) -> None:
    """Whoever built the process or answers for it, and administrators."""
    person = context.people.people.get(by)
    if person is None or not context.people.active(by):
        raise Forbidden(f"{by} is not an active person here")
    named = by in (process.map.owner, process.map.builder)
    if not named and not person.has(Role.OWNER, Role.ADMINISTRATOR, Role.BUILDER):
        raise Forbidden(f"Models of {process.name} are trained by its owner, its builder or an administrator")


def trained(context: Context, process: str) -> bool:
    """Some model of this process has learned."""
    with context.db.read() as connection:
        return bool(models.hashes(connection, process))


def told(made: Trained) -> dict[str, Any]:
    """What training made, as JSON."""
    version = made.version
    return {
        "process": version.process, "model": version.name.removesuffix(RIVAL), "hash": version.hash,
        "replaced": made.replaced, "changed": made.changed, "rival": version.name.endswith(RIVAL),
        "report": dict(version.report),
    }  # fmt: skip


def _kept(context: Context, version: Version, body: bytes, step: BoundStep | None = None) -> Trained:
    return context.db.write(lambda connection: put_to_use(connection, version, body, step))


def put_to_use(connection: Connection, made: Version, body: bytes, step: BoundStep | None = None) -> Trained:
    """Keep a version of a model, and use it from now on.

    Where decisions run alone on what the one in use has earned, it has to earn as much first; see `Rival`.

    step  that it is for
    """
    before, version = models.active(connection, made.process, made.name), made
    if step is not None and before != made.hash and _earned(connection, made.process, step):
        version = replace(made, name=made.name + RIVAL)
    changed = models.add(connection, version, body)
    if changed:
        told = {
            "process": version.process, "model": version.name, "hash": version.hash, "before": before,
            "report": dict(version.report),
        }  # fmt: skip
        audit.record(connection, "model_trained", version.by, version.at, told)
    return Trained(version, before, changed)


def _earned(connection: Connection, process: str, step: BoundStep) -> bool:
    """Something runs alone at a decision point, by what was earned."""
    promised = isinstance(step.step, DecisionPoint) and step.step.guarantee is not None
    found = evidence.standing(connection, (process, step.step.name)) if promised else None
    return found is not None and found.terms.get("cut") is not None


def _chosen(context: Context, process: BoundProcess, model: str | None) -> tuple[str, BoundStep]:
    """The model and the step that uses it: one that reads documents with it, or one that it decides at."""
    using = {
        str(bound.step.model): bound
        for bound in process.steps
        if isinstance(bound.step, Extract | Decide) and bound.step.model and bound.model is not None
        and bound.model.provider not in context.languages  # it reads as well, and learns nothing here
        and (bound.reads or any(parameter.source == "model" for parameter in bound.parameters))
    }  # fmt: skip
    names = ", ".join(using)
    if not using:
        raise NotFound(f"{process.name} has no model that learns: no step uses an extractor or a classifier")
    if model is None and len(using) > 1:
        raise InvalidInput([Fault("model", f"name one of {names}")])
    name = model or next(iter(using))
    if name not in using:
        raise NotFound(f"{process.name} has no model '{name}' that learns; there are: {names}")
    return name, using[name]


# What it learns from


def _of_case(step: BoundStep, spec: Model, case: Case) -> Labelled | None:
    """A case that a person has decided: what its fields were then is right."""
    if case.pages is None:
        return None
    values = {name: case.facts.get(name) for name in step.facts}
    return Labelled(Document.model_validate(case.pages), values, _group(spec, values, case.id))


def _unseen(examples: Iterable[Labelled], taught: Sequence[Labelled]) -> list[Labelled]:
    """The examples that did not come in as cases too: what a person decided there stands, and counts once."""
    came = {_text(one.document) for one in taught}
    return [one for one in examples if _text(one.document) not in came]


def _text(document: Document) -> tuple[str, ...]:
    return tuple(line.text for page in document.pages for line in page.lines)


def _group(spec: Model, values: Mapping[str, Any], otherwise: str) -> str:
    """Which documents look alike: those with the same value of the map's `cluster` field."""
    value = values.get(spec.cluster) if spec.cluster else None
    plain = "".join(c for c in shown(value).upper() if c.isalnum())
    return plain or otherwise


def _examples(context: Context, process: BoundProcess, step: BoundStep, spec: Model) -> Iterator[Labelled]:
    """The labelled documents that the map names. Raises InvalidInput with the line that is wrong."""
    folder = context.models.folders.get(process.name)
    if spec.examples is None or folder is None:
        return
    path = folder / spec.examples
    faults: list[Fault] = []
    for item in labelled(path, list(step.facts)):
        where = f"{path.name}:{item.line}"
        if item.input is None:
            faults.append(Fault(where, item.fault or "cannot be read"))
            continue
        try:
            document = _document(context, item)
            values = _truth(process, step, item.input)
        except (SurehandError, ValueError) as error:
            faults.append(Fault(where, str(error)))
            continue
        yield Labelled(document, values, _group(spec, values, f"line {item.line}"))
    if faults:
        raise InvalidInput(faults[:20])


def _document(context: Context, item: Item) -> Document:
    if item.file is not None:
        return context.reader.read(item.file.read_bytes(), name=item.file.name)
    return Document.model_validate((item.input or {}).get("document"))


def _truth(process: BoundProcess, step: BoundStep, given: Mapping[str, Any]) -> dict[str, Any]:
    """Field -> JSON value. Lists, such as line items, are taken as they are."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "document":
            continue
        kind = step.facts[name]
        try:
            simple = kind not in ("list", "object", "any")
            values[name] = parsed(kind, value, currency=process.map.currency) if simple else value
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    return values
