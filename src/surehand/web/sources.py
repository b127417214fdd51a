"""What a person decides from: the document of a case and its texts, numbered in one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.showing import brief_path
from surehand.flow.standing import Standing
from surehand.web.evidence import source_of
from surehand.web.readers import Reader
from surehand.web.texts import sources, texts_of
from surehand.web.views import DocumentView, TextsView


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a case.

    names    of the facts that stand among them as texts
    numbers  field -> number of its box or mark
    rests    index of a reason -> numbers of what it rests on, see `texts.Marked`
    """

    document: DocumentView | None
    texts: TextsView | None
    names: tuple[str, ...]
    numbers: Mapping[str, int]
    rests: Mapping[int, tuple[int, ...]]


def sources_of(
    standing: Standing,
    reader: Reader,
    names: Sequence[str],
    *,
    read: Sequence[str] = (),
    said: Mapping[str, Any] | None = None,
) -> Sources:
    """The document and the texts.

    names  facts that may be shown
    read   fields whose evidence is marked, in the order of their numbers; none leaves no trace of any
    said   the recommendation as JSON, where it is shown: what its reasons rest on is marked too
    """
    case, process = standing.case, standing.process
    path = brief_path(standing.assignment)
    at = f"{path}{'&' if '?' in path else '?'}"
    # who looks at another part of one source stays where they are in the other
    document = source_of(
        case, read, marked=bool(read), first=reader.page, href=f"{at}{_kept('part', reader.part)}"
    )
    own = sources(case, process, names)
    marked = texts_of(
        case, process, own, read=[name for name in read if name not in document.numbers], said=said,
        after=len(document.numbers), first=reader.part, href=f"{at}{_kept('page', reader.page)}",
    )  # fmt: skip
    return Sources(document.view, marked.view, own, {**document.numbers, **marked.numbers}, marked.rests)


def _kept(name: str, at: int) -> str:
    return f"{name}={at}&" if at > 1 else ""
