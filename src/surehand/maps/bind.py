"""A map and its functions joined into a process that can run, or every fault at once.

Binding imports `steps.py`, so it runs that code.
"""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.core.process import Process
from surehand.core.steps import DecisionPoint
from surehand.errors import Fault, MapInvalid
from surehand.maps import module as modules
from surehand.maps import version
from surehand.maps.checks import Names, check_map
from surehand.maps.faults import Faults
from surehand.maps.functions import Functions
from surehand.maps.joining import Joiner
from surehand.maps.parse import process_as_far_as_possible
from surehand.maps.source import DataPath, PathPlaces, Places, Source, read

_BUILT_IN = Names()


def bind(
    folder: Path,
    people: People,
    *,
    names: Names = _BUILT_IN,
    label: str | None = None,
    queues: bool = True,
    pinned: bool = False,
    source: Source | None = None,
) -> BoundProcess:
    """The process of a folder with `process.yaml` and, if it has functions, `steps.py`, whose code is run.

    people  everyone who may act, and the queues
    names   signals and providers that are installed; see `surehand.plugins`
    label   the folder as messages name it; its own name if left out
    queues  also check that those who hold its queues are active people
    pinned  a version that was checked when it was published: nothing about people is checked, since they
            may have left, and its cases must still run
    source  the map, in place of the folder's own; see `maps.overriding`
    raises  MapInvalid with every fault: file, line, what is wrong, and the nearest right name
    """
    where = label if label is not None else folder.resolve().name
    parsed = process_as_far_as_possible(
        source or read(folder / "process.yaml", label=f"{where}/process.yaml")
    )
    found = list(parsed.faults)
    digest = version.content_hash(folder)
    written = (folder / "steps.py").exists()
    # nothing is missing from a map whose steps are all answered without functions
    steps: ModuleType | None = ModuleType("steps")
    if written or parsed.process is None or _has_functions(parsed.process):
        steps = _imported(folder, digest, where, found)
    if parsed.process is None:
        raise MapInvalid(found)
    return _bound(
        parsed.process,
        steps,
        people,
        parsed.source,
        names=names,
        file=f"{where}/steps.py",
        digest=digest,
        code=version.code_hash(folder),
        found=found,
        ignored=parsed.ignored,
        queues=queues,
        pinned=pinned,
    )


def _imported(folder: Path, digest: str, label: str, found: list[Fault]) -> ModuleType | None:
    try:
        return modules.load(folder, version=digest, label=label)
    except MapInvalid as error:
        found += error.faults
        return None


def _has_functions(process: Process) -> bool:
    """Some step is a function. Where rules or callers answer everywhere, `steps.py` may be missing."""
    answered = {name for name, model in process.models.items() if model.provider != "function"}
    return any(
        not isinstance(step, DecisionPoint) or step.model not in answered or step.consequence.functions
        for step in process.steps
    )


def bind_map(
    process: Process, steps: ModuleType, people: People, *, names: Names = _BUILT_IN
) -> BoundProcess:
    """A process that was built in Python, with the module that holds its functions. Raises MapInvalid."""
    path = getattr(steps, "__file__", None)  # a module made in memory has none
    file = Path(path).name if path else steps.__name__
    digest = version.map_hash(process, steps)
    return _bound(
        process, steps, people, PathPlaces(process.process), names=names, file=file, digest=digest,
        code=version.module_hash(steps),
    )  # fmt: skip


def _bound(
    process: Process,
    steps: ModuleType | None,
    people: People,
    places: Places,
    *,
    names: Names,
    file: str,
    digest: str,
    code: str,
    found: Iterable[Fault] = (),
    ignored: Iterable[DataPath] = (),
    queues: bool = True,
    pinned: bool = False,
) -> BoundProcess:
    faults = Faults(places, found=found, ignored=ignored)
    check_map(process, people, faults, names, queues=queues, pinned=pinned)
    functions = Functions(steps, faults, file=file, used=[step.name for step in process.steps])
    joiner = Joiner(
        process, functions, faults,
        extractors=names.extractors, classifiers=names.classifiers, languages=names.languages,
    )  # fmt: skip
    bound = joiner.steps()
    exceptions = joiner.exceptions()
    joiner.outputs()
    faults.stop()
    return BoundProcess(
        process,
        digest,
        bound,
        exceptions,
        {name: kind.word for name, kind in joiner.known.facts.items()},
        frozenset(joiner.required),
        code,
    )
