"""What a person decides from: the document of a case and its texts, numbered in one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from surehand.core.showing import brief_path
from surehand.flow import consult
from surehand.flow.context import Context
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
    document = source_of(
        case, read, marked=bool(read), first=reader.page, href=_here(standing, reader, "page")
    )
    own = sources(case, process, names)
    marked = texts_of(
        case, process, own, read=[name for name in read if name not in document.numbers], said=said,
        after=len(document.numbers), first=reader.part, href=_here(standing, reader, "part"),
    )  # fmt: skip
    return Sources(document.view, marked.view, own, {**document.numbers, **marked.numbers}, marked.rests)


def beside_of(context: Context, standing: Standing, reader: Reader) -> DocumentView | None:
    """The document of another case, which the reader looks at beside this one; nothing that was read of it.

    Raises NotFound where they may not see that case.
    """
    if not reader.beside:
        return None
    other = consult.visible(context, reader.name, reader.beside)
    found = source_of(
        other, (), marked=False, first=reader.other, href=_here(standing, reader, "other")
    ).view or DocumentView(name="Document", note="This case brought no document.")  # fmt: skip
    return replace(found, of=other.id, close=_here(standing, reader, "beside").rstrip("?&"))


def _here(standing: Standing, reader: Reader, changing: str) -> str:
    """The address of this brief as it is looked at, to which what changes is added."""
    kept = {"beside": reader.beside} if reader.beside and changing != "beside" else {}
    places = {"page": reader.page, "part": reader.part, "other": reader.other if kept else 1}
    kept |= {name: str(at) for name, at in places.items() if at > 1 and name != changing}
    path = brief_path(standing.assignment)
    return f"{path}{'&' if '?' in path else '?'}{urlencode(kept)}{'&' if kept else ''}"
