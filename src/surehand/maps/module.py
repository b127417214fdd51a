"""`steps.py` of a process folder as a module, under a name of its own so that two processes do not collide.

Importing runs the file's code. It is compiled from its text each time: a stale or planted bytecode file
is never run in its place.
"""

import hashlib
import importlib
import importlib.util
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from surehand.errors import Fault, MapInvalid

_PREFIX = "_surehand_process_"
_lock = threading.Lock()


class _FromText(SourceFileLoader):
    """Compiles the text of the file, whatever lies in `__pycache__`."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _Finder:
    """Finds the modules of process folders; all others are left to Python."""

    @staticmethod
    def find_spec(
        name: str,
        path: Sequence[str] | None = None,
        target: object = None,  # noqa: ARG004 (the protocol of importlib)
    ) -> ModuleSpec | None:
        if not name.startswith(_PREFIX) or not path:
            return None
        base = Path(path[0]) / name.rpartition(".")[2]
        file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        if not file.is_file():
            return None
        inside = [str(base)] if base.is_dir() else None
        return importlib.util.spec_from_file_location(
            name, file, loader=_FromText(name, str(file)), submodule_search_locations=inside
        )


def load(folder: Path, *, version: str, label: str | None = None) -> ModuleType:
    """Import `steps.py` of a folder, once per version.

    version  content hash of the folder; another version is another module
    raises   MapInvalid with the file and line at which the import failed
    """
    where = label or folder.name
    file = folder / "steps.py"
    if not file.is_file():
        raise MapInvalid([Fault(f"{where}/steps.py", "is missing: the functions of the steps belong there.")])
    place = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    package = f"{_PREFIX}{place[:12]}_{version[:16]}"
    with _lock:
        if _Finder not in sys.meta_path:
            sys.meta_path.insert(0, _Finder)
        if package not in sys.modules:
            holder = ModuleType(package)
            holder.__path__ = [str(folder.resolve())]
            sys.modules[package] = holder
        try:
            return importlib.import_module(f"{package}.steps")
        except (Exception, SystemExit) as error:  # whatever the author's code raises is a fault of the map
            for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
                del sys.modules[name]
            raise MapInvalid([_import_fault(error, folder.resolve(), where)]) from error


def _import_fault(error: BaseException, folder: Path, where: str) -> Fault:
    if isinstance(error, SyntaxError) and error.filename:
        name = _inside(error.filename, folder) or "steps.py"
        return Fault(f"{where}/{name}:{error.lineno or 1}", f"is not valid Python: {error.msg}.")
    line, name = 1, "steps.py"
    for frame in traceback.extract_tb(error.__traceback__):
        if inside := _inside(frame.filename, folder):
            line, name = frame.lineno or 1, inside
    hint = ""
    if isinstance(error, ModuleNotFoundError) and error.name and (folder / f"{error.name}.py").is_file():
        hint = f" It lies beside steps.py: write 'from . import {error.name}'."
    return Fault(f"{where}/{name}:{line}", f"cannot be imported: {type(error).__name__}: {error}.{hint}")


def _inside(filename: str, folder: Path) -> str | None:
    try:
        return Path(filename).relative_to(folder).as_posix()
    except ValueError:
        return None
