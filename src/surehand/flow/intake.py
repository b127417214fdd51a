"""Taking items in: validate, de-duplicate by key, pin the version; all in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from surehand.core.bound import BoundProcess
from surehand.core.case import Case, CaseState
from surehand.core.digest import digest
from surehand.core.documents import Brought
from surehand.core.names import keyed_case_number
from surehand.core.passage import Passage
from surehand.core.process import Input
from surehand.core.steps import DecisionPoint
from surehand.core.values import parsed, unstorable
from surehand.errors import Fault, InvalidInput, SurehandError
from surehand.flow.admission import Accepted, admit
from surehand.flow.context import Context
from surehand.store import files

_LONGEST_KEY = 200

#: Providers that would silently leave a caller's recommendation aside.
_SELF_SUFFICIENT = ("function", "rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One item.

    key              the caller's name for it; the same key is the same case
    recommendations  decision point -> {"value", "confidence", "reasons", "alternatives"}, for `external`
    """

    process: str
    input: Mapping[str, Any]
    key: str | None = None
    recommendations: Mapping[str, Any] = field(default_factory=dict)


def submit(context: Context, submission: Submission, *, submitter: str) -> Accepted:
    """Take one item in. Raises InvalidInput, KeyReused or NotFound."""
    result = submit_many(context, [submission], submitter=submitter)[0]
    if isinstance(result, SurehandError):
        raise result
    return result


def submit_many(
    context: Context, submissions: Sequence[Submission], *, submitter: str
) -> list[Accepted | SurehandError]:
    """Take items in; one that is refused does not hold up the others. Results in order."""
    results: dict[int, Accepted | SurehandError] = {}
    fresh: dict[int, Passage] = {}
    for place, submission in enumerate(submissions):
        try:
            fresh[place] = received(context, submission, submitter=submitter)
            fresh[place].queue("advance", fresh[place].case.id)
        except SurehandError as error:
            results[place] = error
    if fresh:
        results.update(admit(context, fresh))
        if context.following is None:
            context.wake(frozenset({"advance"}))
    return [results[place] for place in range(len(submissions))]


def received(context: Context, submission: Submission, *, submitter: str) -> Passage:
    """A new case, not saved yet, with nothing due. Raises InvalidInput or NotFound."""
    case = _new_case(context, submission, submitter=submitter)
    passage = Passage(case, at=case.created_at, new=True)
    passage.note(
        "received", case.submitter, key=case.key, process=case.process, version=case.version,
        input=digest(case.input),
    )  # fmt: skip
    return passage


def _new_case(context: Context, submission: Submission, *, submitter: str) -> Case:
    process = context.processes.named(submission.process)
    key = submission.key
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        raise InvalidInput([Fault("key", f"must have 1 to {_LONGEST_KEY} characters")])
    for name, value in (
        ("key", key), ("input", submission.input), ("recommendations", submission.recommendations)
    ):  # fmt: skip
        if fault := unstorable(value, path=name):
            raise InvalidInput([Fault(name, fault)])
    facts, brought = _validated(process, submission.input)
    document = _document(context, process.map.input, brought)
    recommended = _recommendations(process, submission.recommendations)
    prefix, now = process.map.case_prefix, context.clock()
    if key is None:
        case_id = context.new_id(prefix)
    else:
        case_id = keyed_case_number(prefix, process=process.name, key=key)
    body = {"fields": {n: v for n, v in facts.items() if v is not None}, "document": document}
    return Case(
        id=case_id, process=process.name, version=process.version, key=key or case_id,
        digest=digest({**body, "recommendations": recommended}), submitter=submitter,
        input=body if document else {"fields": body["fields"]}, created_at=now, updated_at=now,
        state=CaseState.RUNNING, title=process.map.title or process.name, facts=facts, brought=recommended,
    )  # fmt: skip


def _validated(process: BoundProcess, given: Mapping[str, Any]) -> tuple[dict[str, Any], Brought | None]:
    """Input fields as facts (missing is None) and the document. Raises InvalidInput.

    A required field may be missing: that is a case for a person, not an error. A field of the wrong type or
    with an unknown name is an error of the caller.
    """
    if not isinstance(given, Mapping):
        raise InvalidInput([Fault("input", "must be an object of fields")])
    declared = process.map.input
    allowed = {*declared.fields, *(("document",) if declared.document else ())}
    facts: dict[str, Any] = {}
    faults = [
        Fault(name, "is not a field of this process", _nearest(name, declared.fields))
        for name in given
        if name not in allowed
    ]
    for name, wanted in declared.fields.items():
        try:
            value = parsed(wanted.type, given.get(name), currency=process.map.currency)
            if wanted.choices and value is not None and value not in wanted.choices:
                raise ValueError(f"must be one of: {', '.join(wanted.choices)}")
            facts[name] = value
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    document = None
    if declared.document and given.get("document") is not None:
        try:
            document = Brought.model_validate(given["document"])
        except ValidationError as error:
            faults.extend(_document_faults(error))
    if faults:
        raise InvalidInput(faults)
    return facts, document


def _document(context: Context, declared: Input, brought: Brought | None) -> dict[str, Any] | None:
    """What the case keeps of its document. Raises InvalidInput for what this process does not take.

    Whether a file can be read is not asked here: one that cannot is a case for a person, and not an error.
    """
    if brought is None:
        return None
    if brought.pages is not None and "lines" not in declared.document:
        kinds = ", ".join(declared.files)
        raise InvalidInput([Fault("document.pages", f"are not taken here: send a file ({kinds})")])
    pages = None if brought.pages is None else [page.model_dump(mode="json") for page in brought.pages]
    if brought.file is None:
        return {"pages": pages}
    if not declared.files:
        raise InvalidInput([Fault("document.file", "is not taken here: send recognised lines as 'pages'")])
    with context.db.read() as connection:
        kept = files.find(connection, brought.file)
    if kept is None:
        raise InvalidInput([Fault("document.file", "is not known: send the file first (POST /api/v1/files)")])
    name = brought.name or f"document.{kept.kind}"
    given = {"file": kept.digest, "name": name, "kind": kept.kind, "size": kept.size}
    return given if pages is None else {**given, "pages": pages}


def _document_faults(error: ValidationError) -> list[Fault]:
    return [
        Fault(".".join(map(str, ("document", *fault["loc"]))), fault["msg"].removeprefix("Value error, "))
        for fault in error.errors(include_url=False, include_input=False)[:10]
    ]


def _recommendations(process: BoundProcess, given: Mapping[str, Any]) -> dict[str, Any]:
    points = [b.step.name for b in process.steps if isinstance(b.step, DecisionPoint)]
    for name, value in given.items():
        if name not in points:
            raise InvalidInput(
                [Fault(f"recommendations.{name}", "is not a decision point", _nearest(name, points))]
            )
        if not isinstance(value, Mapping) or "value" not in value:
            raise InvalidInput([Fault(f"recommendations.{name}", "must be an object with 'value'")])
        answers = process.map.provider(process.map.step(name))
        if answers in _SELF_SUFFICIENT:
            message = f"is not taken: the map answers here with '{answers}', not with 'external'"
            raise InvalidInput([Fault(f"recommendations.{name}", message)])
    return dict(given)


def _nearest(name: str, known: Any) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return close[0] if close else None
