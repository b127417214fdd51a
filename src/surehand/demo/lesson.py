"""What the AI learns from the visitor's corrections, measured on invoices that it has not seen."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.bound import BoundStep
from surehand.core.case import Case
from surehand.core.documents import Document
from surehand.core.extraction import Extractor
from surehand.core.steps import Extract
from surehand.demo import post
from surehand.demo.invoices import Paperwork
from surehand.demo.mail import INVOICES, SENDER, Letter, delivered, plain, same
from surehand.errors import NotEnoughEvidence
from surehand.flow import training
from surehand.flow.context import Context
from surehand.store import cases, labels

#: Invoices of the same suppliers that are read with the old model and with the new one.
FRESH = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """How one field was read on the fresh invoices.

    before, after  how many were right, with the model before and the one after
    sure           mean confidence before and after, of the readings that were right
    """

    field: str
    before: int
    after: int
    sure: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of one training.

    corrected  fields that people had corrected, with how often
    suppliers  whose fresh invoices were read
    fresh      how many
    case_ids   the fresh ones as cases, read with the new model
    keys       their keys, so that they do not come in twice
    alone      how many of these ran without a person
    """

    model: str
    seconds: float
    cases: int
    corrected: Mapping[str, int]
    suppliers: tuple[str, ...]
    fresh: int
    fields: tuple[Measured, ...]
    case_ids: tuple[str, ...]
    keys: tuple[str, ...]
    alone: int


def learned(
    context: Context, later: Sequence[Letter], *, progress: Callable[[str, float], None] | None = None
) -> Lesson:
    """Train on what was decided, then read fresh invoices of the corrected suppliers before and after.

    later   invoices that did not come in yet
    raises  NotEnoughEvidence while nobody has corrected or approved an invoice
    """
    process = context.processes.named(INVOICES)
    decided = _decided(context)
    if not decided:
        raise NotEnoughEvidence(
            "Nobody has decided an invoice yet: decide some, and correct what was misread"
        )
    step = next(bound for bound in process.steps if isinstance(bound.step, Extract) and bound.step.model)
    before = _model(context, step)
    started = time.monotonic()
    made = training.train(context, INVOICES, by=SENDER, progress=progress)
    seconds = time.monotonic() - started
    after = _model(context, step)
    fresh = _of_the_same(decided, later)
    papers = [_document(context, letter) for letter in fresh]
    first, second = (_readings(step, model, papers) for model in (before, after))
    names = [name for name, kind in step.facts.items() if kind != "list"]
    fields = tuple(_measured(name, fresh, first, second) for name in names)
    ids = delivered(context, fresh)
    with context.db.read() as connection:
        found = cases.load(connection, ids)
    return Lesson(
        model=made.version.hash, seconds=seconds, cases=made.version.report["cases"],
        corrected=_corrected(decided), suppliers=tuple(dict.fromkeys(map(_supplier, fresh))),
        fresh=len(fresh), fields=fields, case_ids=tuple(ids), keys=tuple(letter.key for letter in fresh),
        alone=sum(case.state == "done" for case in found.values()),
    )  # fmt: skip


def _decided(context: Context) -> list[Case]:
    with context.db.read() as connection:
        return list(labels.decided(connection, INVOICES, limit=1_000))


def _corrected(decided: Sequence[Case]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in decided:
        for name in sorted(case.corrected):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _model(context: Context, step: BoundStep) -> Extractor:
    assert isinstance(step.step, Extract)
    assert step.step.model is not None
    assert step.model is not None
    return context.models.of(context.db, INVOICES, step.step.model, step.model)


def _of_the_same(decided: Sequence[Case], later: Sequence[Letter]) -> list[Letter]:
    """Fresh invoices of suppliers whose fields were corrected; of all decided ones, if there are none."""
    corrected = {_named(case) for case in decided if case.corrected}
    return of_suppliers(corrected, later) or of_suppliers({_named(case) for case in decided}, later)


def of_suppliers(names: Collection[str], later: Sequence[Letter]) -> list[Letter]:
    """The first good invoices of these suppliers, by their plain names."""
    kinds = ("clean", "foreign_currency")
    return [one for one in later if plain(_supplier(one)) in names and one.kind in kinds][:FRESH]


def _named(case: Case) -> str:
    return plain(case.facts.get("supplier"))


def _supplier(letter: Letter) -> str:
    return str(letter.truth.get("supplier"))


def _document(context: Context, letter: Letter) -> Document:
    assert isinstance(letter.paper, Paperwork)
    arrival = post.invoice(letter.paper)
    if arrival.document is not None:
        return Document.model_validate(arrival.document)
    return context.reader.read(arrival.content, name=arrival.name)


#: What was read of one document: its facts, and how sure the reader was of each.
_Read = tuple[Mapping[str, Any], Mapping[str, float | None]]


def _readings(step: BoundStep, model: Extractor, papers: Sequence[Document]) -> list[_Read]:
    """What the step reads with a model."""
    assert step.function is not None
    found: list[_Read] = []
    for paper in papers:
        reading = step.function(*[p.build({"document": paper, "model": model}) for p in step.parameters])
        found.append((step.to_facts(reading), reading.confidence))
    return found


def _measured(
    name: str, fresh: Sequence[Letter], before: Sequence[_Read], after: Sequence[_Read]
) -> Measured:
    counts: list[int] = []
    means: list[float | None] = []
    for readings in (before, after):
        sure = [
            confidence.get(name) or 0.0
            for letter, (facts, confidence) in zip(fresh, readings, strict=True)
            if same(letter.truth.get(name), facts.get(name))
        ]
        counts.append(len(sure))
        means.append(sum(sure) / len(sure) if sure else None)
    return Measured(name, counts[0], counts[1], (means[0], means[1]))
