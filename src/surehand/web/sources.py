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
    # who looks at another part of one source stays where they are in the others
    document = source_of(
        case, read, marked=bool(read), first=reader.page, href=address_of(standing, reader, "page")
    )
    own = sources(case, process, names)
    marked = texts_of(
        case, process, own, read=[name for name in read if name not in document.numbers], said=said,
        after=len(document.numbers), first=reader.part, href=address_of(standing, reader, "part"),
    )  # fmt: skip
    return Sources(document.view, marked.view, own, {**document.numbers, **marked.numbers}, marked.rests)


def compared_of(context: Context, standing: Standing, reader: Reader) -> DocumentView | None:
    """The document of another case, which the reader compares with this one's; nothing that was read of it.

    Raises NotFound or Forbidden where they may not see that case.
    """
    if not reader.compare:
        return None
    other = consult.visible(context, reader.name, reader.compare)
    href = address_of(standing, reader, "compare_page")
    view = source_of(other, (), marked=False, first=reader.compare_page, href=href).view
    found = view or DocumentView(name="Document", note="This case brought no document.")
    return replace(found, of=other.id, close=address_of(standing, reader, "compare").rstrip("?&"))


def address_of(standing: Standing, reader: Reader, changing: str) -> str:
    """The address of this brief as it is looked at, to which the parameter that changes is added."""
    kept = {"compare": reader.compare} if reader.compare and changing != "compare" else {}
    places = {"page": reader.page, "part": reader.part, "compare_page": reader.compare_page if kept else 1}
    kept |= {name: str(at) for name, at in places.items() if at > 1 and name != changing}
    path = brief_path(standing.assignment)
    return f"{path}{'&' if '?' in path else '?'}{urlencode(kept)}{'&' if kept else ''}"
