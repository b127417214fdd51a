"""The documents as tests see them: pages, their prose, their headings and their code blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
)

_FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, the file that it is (or None), its text, and the line it begins at."""

    page: Path
    language: str
    title: str | None
    text: str
    line: int

    def __str__(self) -> str:
        return f"{named(self.page)}:{self.line}"


def named(page: Path) -> str:
    """A page as test names say it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page."""
    text = page.read_text("utf-8")
    for match in _FENCE.finditer(text):
        yield Block(page, match[1], match[2], match[3], text.count("\n", 0, match.start()) + 1)


def prose(page: Path) -> str:
    """A page without its code blocks; lines stay where they are."""
    return _FENCE.sub(lambda match: "\n" * match[0].count("\n"), page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings give."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(prose(page))
    }


def section(page: Path, heading: str) -> str:
    """The text below a heading, up to the next one of any depth."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", prose(page), re.MULTILINE | re.DOTALL)
    assert found, f"{named(page)} has no heading '{heading}'"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of the tables in a text, without the lines that draw them."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def keys(text: str) -> set[str]:
    """What stands in backticks in the first column of a text's tables."""
    return {key for row in rows(text) for key in re.findall(r"`([^`]+)`", row[0])}
