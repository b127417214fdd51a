"""The file that a case brought becomes pages and lines, or a reason in words why it does not."""

from typing import Any

from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE, Case
from surehand.core.digest import digest
from surehand.core.hearing import UNREADABLE
from surehand.core.passage import Passage
from surehand.errors import Unreadable
from surehand.flow.context import Context
from surehand.store import files

#: How kinds of document are called in sentences.
_CALLED = {"pdf": "PDF", "png": "PNG", "jpeg": "JPEG", "lines": "recognised lines"}


def unrecognised(case: Case) -> bool:
    """It brought a file, and nobody has looked into it yet."""
    return case.file is not None and case.pages is None and case.document is None


def recognise(context: Context, process: BoundProcess, passage: Passage) -> None:
    """Read the file of a case; what cannot be read is recorded with its reason."""
    given = passage.case.file
    assert given is not None
    try:
        document = _read(context, process, given)
    except Unreadable as error:
        fault = {"reason": error.reason, "detail": error.detail}
        passage.move(document={"fault": fault, "sizes": _sizes(context, given, error)})
        passage.note("unreadable", ENGINE, name=given["name"], reason=error.reason, because=error.detail)
        return
    passage.move(document=document)
    pages = document["pages"]
    passage.note(
        "recognised", ENGINE, name=given["name"], pages=len(pages), digest=digest(document),
        lines=sum(len(page["lines"]) for page in pages),
    )  # fmt: skip


def _sizes(context: Context, given: Any, error: Unreadable) -> list[tuple[float, float]]:
    """Width and height of the pages that people can look at although no text was found on them."""
    if error.reason not in ("no_text", "ocr_failed"):
        return []
    try:
        with context.db.read() as connection:
            body = files.body(connection, given["file"])
        return [(page.width, page.height) for page in context.reader.sizes(body or b"")]
    except Unreadable:
        return []


def _read(context: Context, process: BoundProcess, given: Any) -> dict[str, Any]:
    taken = process.map.input.files
    with context.db.read() as connection:
        kept = files.find(connection, given["file"])
        body = files.body(connection, given["file"]) if kept else None
    if kept is None or body is None:
        raise Unreadable("broken", "The file is not in the database any more. Send it again.")
    if kept.kind in _CALLED and kept.kind not in taken:
        kinds = " and ".join(_CALLED[kind] for kind in taken)
        detail = f"It is a {_CALLED[kept.kind]} file, and this process takes {kinds}."
        raise Unreadable("wrong_type", detail)
    return context.reader.read(body, name=given["name"]).model_dump(mode="json", exclude_defaults=True)


def needs_document(bound: BoundStep) -> bool:
    """The step's function takes the document, and not only if there is one."""
    return any(p.source == "document" and not p.optional for p in bound.parameters)


def trouble(case: Case) -> tuple[str, str]:
    """Why a case has no document that can be read: the point that a person is asked about, and a sentence."""
    fault = (case.document or {}).get("fault")
    if fault:
        return f"{UNREADABLE}{fault['reason']}", fault["detail"]
    return f"{UNREADABLE}none", "It came without a document."


def by_hand(case: Case) -> bool:
    """A person has keyed fields in, or has let the case go on without them."""
    return bool(case.corrected) or any(point.startswith(UNREADABLE) for point in case.passed)
