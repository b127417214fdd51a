"""Where the demo's deployment comes from: the examples, shipped in the wheel or lying in the checkout."""

import shutil
from pathlib import Path

from surehand.errors import NotFound

_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".*", "*.db*", "*.sqlite3*", "audit")


def examples() -> Path:
    """The folder with `surehand.yaml`. Raises NotFound in an installation without it."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "company", here.parents[3] / "examples"):
        if (folder / "surehand.yaml").is_file():
            return folder
    raise NotFound("this installation came without the demo's deployment; reinstall surehand")


def copied(target: Path) -> Path:
    """A deployment of one's own in `target`; files that are there already are kept as they are."""
    for source in sorted(path for path in examples().rglob("*") if path.is_file()):
        inside = source.relative_to(examples())
        if any(_LEFT_BEHIND("", [part]) for part in inside.parts):
            continue
        place = target / inside
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
    return target
