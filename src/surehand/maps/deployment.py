"""A deployment: a folder with `surehand.yaml`, `people.yaml` and a folder per process."""

from dataclasses import dataclass
from pathlib import Path

from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.errors import Fault, MapInvalid
from surehand.maps import parse
from surehand.maps.authority import check_authority, decisions
from surehand.maps.bind import bind
from surehand.maps.checks import Names
from surehand.maps.faults import Faults, in_order, nearest
from surehand.maps.lacking import lacking
from surehand.maps.source import PathPlaces, read
from surehand.settings import Settings

_BUILT_IN = Names()


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment's folder holds.

    processes  folders of its processes, by name of the folder
    """

    folder: Path
    settings: Settings
    people: People
    processes: tuple[Path, ...]

    def bind(self, *, names: Names = _BUILT_IN) -> dict[str, BoundProcess]:
        """Every process by its name, as the files are now. Raises MapInvalid with the faults of all."""
        bound, found = _bind_all(self.processes, self.people, names)
        faults = Faults(PathPlaces("people.yaml"), found=found)
        if not found:
            check_authority(self.people, decisions(bound.values()), faults, elsewhere=True)
        faults.stop()
        return bound


def load(folder: Path) -> Deployment:
    """Settings, people and where the processes are. Raises MapInvalid."""
    settings = parse.settings(folder / "surehand.yaml")
    people = parse.people(folder / "people.yaml")
    if faults := _unknown_channels(folder, people, settings):
        raise MapInvalid(faults)
    return Deployment(folder.resolve(), settings, people, _processes(folder))


def _unknown_channels(folder: Path, people: People, settings: Settings) -> list[Fault]:
    """Channels that people are to be reached over and that surehand.yaml does not name."""
    found = Faults(read(folder / "people.yaml"))
    for name, person in people.people.items():
        for index, channel in enumerate(person.reach.channels or ()):
            if channel not in settings.channels:
                path = ("people", name, "reach", "channels", index)
                found.add(
                    path, f"There is no channel '{channel}' in surehand.yaml.",
                    nearest(channel, settings.channels),
                )  # fmt: skip
    return found.found


def check(folder: Path, *, names: Names = _BUILT_IN) -> list[Fault]:
    """Every fault of a deployment, in the order of files and lines. Runs the code of each `steps.py`."""
    faults: list[Fault] = []
    try:
        processes = _processes(folder)
    except MapInvalid as error:
        return list(error.faults)
    settings: Settings | None = None
    try:
        settings = parse.settings(folder / "surehand.yaml")
    except MapInvalid as error:
        faults += error.faults
    try:
        source = read(folder / "people.yaml")
        people, of_people = parse.people_as_far_as_possible(source)
    except MapInvalid as error:
        return in_order([*faults, *error.faults])
    faults += of_people
    if people is not None and settings is not None:
        faults += _unknown_channels(folder, people, settings)
    if people is not None:
        bound, of_maps = _bind_all(processes, people, names, queues=False)
        rows = Faults(source)
        if len(bound) == len(processes):  # else a row may be about a map that cannot be read
            check_authority(people, decisions(bound.values()), rows)
        faults += [*of_maps, *rows.found]
    return in_order(faults)


def warnings(folder: Path) -> list[Fault]:
    """What is not wrong, and still leaves people without something: see `maps.lacking`. Runs no code."""
    found: list[Fault] = []
    for path in _processes(folder):
        source = read(path / "process.yaml", label=f"{path.resolve().name}/process.yaml")
        process = parse.process_as_far_as_possible(source).process
        found += lacking(process, source) if process is not None else []
    return in_order(found)


def _bind_all(
    folders: tuple[Path, ...], people: People, names: Names, *, queues: bool = True
) -> tuple[dict[str, BoundProcess], list[Fault]]:
    bound: dict[str, BoundProcess] = {}
    faults: list[Fault] = []
    for folder in folders:
        try:
            process = bind(folder, people, names=names, queues=queues)
        except MapInvalid as error:
            faults += error.faults
            continue
        if process.name in bound:
            where = f"{folder.name}/process.yaml:1"
            faults.append(
                Fault(where, f"There is another process called '{process.name}' in this deployment.")
            )
        bound[process.name] = process
    return bound, faults


def _processes(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise MapInvalid([Fault(str(folder), "is not a folder.")])
    found = tuple(
        sorted(path.parent for path in folder.glob("*/process.yaml") if not path.parent.name.startswith("."))
    )
    if not found:
        hint = (
            " This is the folder of one process: name the one above it."
            if (folder / "process.yaml").exists()
            else ""
        )
        raise MapInvalid([Fault(folder.name or ".", f"holds no folder with a process.yaml.{hint}")])
    return found
