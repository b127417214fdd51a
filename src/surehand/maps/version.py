"""Versions by content: the map, the code beside it and the lock file.

A case runs the code that it was routed with, so each published version's files are kept, and loaded back
only if they still have the hash that names them.
"""

import hashlib
import inspect
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType

from surehand.core.process import Process
from surehand.errors import Fault, MapInvalid, NotHere

#: Files that pin the libraries; the first that a deployment or a process folder has.
LOCK_FILES = ("requirements.lock", "uv.lock", "constraints.txt")

_FORMAT = b"surehand-version-1\n"


def content_hash(folder: Path) -> str:
    """SHA-256 over `process.yaml`, every local Python file and the lock file; 64 hex digits.

    The same files give the same hash wherever the folder lies. Raises MapInvalid if there is no map.
    """
    return _hashed(
        (name.encode("utf-8", "surrogateescape"), path.read_bytes()) for name, path in _files(folder)
    )


def code_hash(folder: Path) -> str:
    """The same without the map: a sentence in it may change while the code stays what it is."""
    files = ((name, path) for name, path in _files(folder) if path.name != "process.yaml")
    return _hashed((name.encode("utf-8", "surrogateescape"), path.read_bytes()) for name, path in files)


def _hashed(files: Iterable[tuple[bytes, ...]]) -> str:
    """Over all parts of all files. Lengths first, so that no two sets of files run into the same bytes."""
    seen = hashlib.sha256(_FORMAT)
    for parts in files:
        for part in parts:
            seen.update(len(part).to_bytes(8, "big") + part)
    return seen.hexdigest()


def map_hash(process: Process, steps: ModuleType) -> str:
    """The same for a process built in Python: over the map and the module's source."""
    texts = process.model_dump_json(by_alias=True), _source(steps)
    return _hashed([tuple(text.encode("utf-8", "surrogateescape") for text in texts)])


def module_hash(steps: ModuleType) -> str:
    """The same without the map."""
    return _hashed([(_source(steps).encode("utf-8", "surrogateescape"),)])


def _source(steps: ModuleType) -> str:
    """The module's source; of one that was made in memory, the sources of its functions."""
    try:
        return inspect.getsource(steps)
    except (OSError, TypeError):
        functions = sorted((name, one) for name, one in vars(steps).items() if inspect.isfunction(one))
        return "\n".join(f"{name} {_code(one)}" for name, one in functions)


def _code(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # typed at a prompt
        return function.__code__.co_code.hex()


def keep(deployment: Path, folder: Path, process: str) -> str:
    """Copy a process's files to `.surehand/versions/PROCESS/HASH/` and return the hash. Repeatable."""
    digest = content_hash(folder)
    target = kept_folder(deployment, process, digest)
    if target.is_dir() and content_hash(target) == digest:
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as made:
        fresh = Path(made) / "files"
        for name, path in _files(folder):
            place = fresh / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        if content_hash(fresh) != digest:
            raise MapInvalid([Fault(folder.name, "changed while it was copied: try again.")])
        if target.is_dir() and content_hash(target) != digest:
            shutil.rmtree(target)  # its content no longer has the hash that names it
        try:
            fresh.replace(target)
        except OSError:
            # of several processes that start together, another was faster: then it is the same
            if not target.is_dir() or content_hash(target) != digest:
                raise
    return digest


def kept(deployment: Path, process: str, digest: str) -> Path:
    """The folder of a kept version, its content verified. Raises NotHere, MapInvalid if it was changed."""
    folder = kept_folder(deployment, process, digest)
    if not folder.is_dir():
        raise NotHere(f"The files of version {digest[:12]} of '{process}' are not in .surehand/versions")
    if content_hash(folder) != digest:
        raise MapInvalid(
            [Fault(f"version {digest[:12]} of {process}", "was changed after it was published.")]
        )
    return folder


def kept_folder(deployment: Path, process: str, digest: str) -> Path:
    """Where a version's files are kept."""
    return deployment / ".surehand" / "versions" / process / digest


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that make a version, as (name, path) in a fixed order."""
    main = folder / "process.yaml"
    if not main.is_file():
        raise MapInvalid([Fault(f"{folder.name}/process.yaml", "is missing.")])
    found = {"process.yaml": main}
    for path in folder.rglob("*.py"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            found[inside.as_posix()] = path
    for place in (folder, folder.parent):
        lock = next((place / name for name in LOCK_FILES if (place / name).is_file()), None)
        if lock is not None:
            found[lock.name] = lock
            break
    yield from sorted(found.items())
