"""What a person changed in a text, cut to what a page shows of it."""

from collections.abc import Iterator

from surehand.core.textdiff import Piece, compared
from surehand.web.views import DiffView, RewrittenView

#: Letters of a change that a page shows, and of what is the same between two changes of a long text.
_CHANGED, _AROUND = 20_000, 300
#: Shorter texts are shown whole.
_LONG = 12_000


def diff_view(before: str, after: str) -> DiffView | None:
    """What changed; None where nothing did, but for how a line ends in the file of a machine."""
    before, after = before.replace("\r\n", "\n"), after.replace("\r\n", "\n")
    if before == after:
        return None
    found = compared(before, after)
    return DiffView(
        pieces=tuple(_shown(found.pieces, long=len(before) + len(after) > _LONG)), by=found.by,
        before=found.before, out=found.out, put=found.put, spaces=not (found.out or found.put),
    )  # fmt: skip


def _shown(pieces: tuple[Piece, ...], *, long: bool) -> Iterator[RewrittenView]:
    left = _CHANGED
    for index, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "same" and long and len(text) > 3 * _AROUND:
            # what stands beside no change is left out as well
            head, tail = _AROUND * (index > 0), _AROUND * (index < len(pieces) - 1)
            if head:
                yield RewrittenView(kind="same", text=text[:head])
            yield RewrittenView(kind="gap", count=len(text) - head - tail)
            if tail:
                yield RewrittenView(kind="same", text=text[-tail:])
        elif len(text) <= left:
            left -= len(text) * (piece.kind != "same" or long)
            yield RewrittenView(kind=piece.kind, text=text)
        else:
            if left:
                yield RewrittenView(kind=piece.kind, text=text[:left])
            yield RewrittenView(kind="gap", count=len(text) - left)
            left = 0
