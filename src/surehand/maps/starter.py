"""Starter processes: `surehand init` copies one, and it runs as it is."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from surehand.errors import Fault, InvalidInput
from surehand.maps.faults import listed, nearest

_SKIPPED = frozenset({"__pycache__", "__init__.py"})


def patterns() -> tuple[str, ...]:
    """The names of the patterns that can be written."""
    found = (
        one.name for one in files("surehand.patterns").iterdir() if one.is_dir() and one.name not in _SKIPPED
    )
    return tuple(sorted(name.replace("_", "-") for name in found))


def write(folder: Path, pattern: str) -> list[Path]:
    """Copy a pattern's files into a folder, which is made if it does not exist.

    returns  the files written
    raises   InvalidInput if there is no such pattern, or a file of it exists already; then nothing is written
    """
    known = patterns()
    if pattern not in known:
        message = f"There is no pattern '{pattern}'; there is {listed(known, last='and')}."
        raise InvalidInput([Fault("pattern", message, nearest(pattern, known))])
    source = files("surehand.patterns") / pattern.replace("-", "_")
    wanted = {folder / name: one for name, one in _within(source, "")}
    existing = sorted(path.relative_to(folder).as_posix() for path in wanted if path.exists())
    if existing:
        what = listed(existing[:5], last="and")
        raise InvalidInput(
            [Fault(str(folder), f"holds {what} already: choose a new folder, nothing is overwritten.")]
        )
    for path, one in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.read_bytes())
    return sorted(wanted)


def _within(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for one in folder.iterdir():
        if one.name in _SKIPPED or one.name.endswith(".pyc"):
            continue
        if one.is_dir():
            found += _within(one, f"{prefix}{one.name}/")
        else:
            found.append((f"{prefix}{one.name}", one))
    return found
