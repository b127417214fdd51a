"""What somebody changed in a text."""

from dataclasses import dataclass

from surehand.web.views.shell import ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenView:
    """Some letters of a text: 'same', 'out' or 'in'; or 'gap': `count` letters that are left out."""

    kind: str
    text: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffView:
    """What changed from one text to another.

    by        what is counted: 'words' or 'lines'
    before    how many there were; `out` of them are gone or replaced, and `put` are new
    spaces    only spaces and ends of lines differ
    """

    pieces: tuple[RewrittenView, ...]
    by: str
    before: int
    out: int
    put: int
    spaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """What was typed into a brief against what it showed; part of a page. POST /cases/{id}/diff, only=changes

    draft   of the draft; None where it is as it was
    fields  name -> the same of long texts, for those that are not as they were
    """

    shell: ShellView
    draft: DiffView | None = None
    fields: tuple[tuple[str, DiffView | None], ...] = ()
