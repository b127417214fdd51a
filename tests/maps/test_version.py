"""Versions by content, kept and verified."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from surehand.errors import MapInvalid, NotFound
from surehand.maps import version
from surehand.maps.bind import bind
from surehand.maps.parse import people, people_as_far_as_possible
from surehand.maps.source import read
from tests.maps.deployments import write


def test_the_same_files_give_the_same_hash_anywhere(tmp_path: Path) -> None:
    one, two = write(tmp_path / "a"), write(tmp_path / "b/c")
    assert version.content_hash(one / "invoices") == version.content_hash(two / "invoices")


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("invoices/process.yaml", True), ("invoices/steps.py", True), ("invoices/more.py", True),
        ("invoices/inner/more.py", True), ("requirements.lock", True), ("uv.lock", True),
        ("invoices/notes.txt", False), ("invoices/__pycache__/a.py", False), ("invoices/.venv/x.py", False),
        ("people.yaml", False), ("surehand.yaml", False),
    ],
)  # fmt: skip
def test_what_counts(tmp_path: Path, file: str, counts: bool) -> None:
    folder = write(tmp_path)
    before = version.content_hash(folder / "invoices")
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "# more\n")
    assert (version.content_hash(folder / "invoices") != before) is counts


def test_moving_a_byte_between_files_changes_the_hash(tmp_path: Path) -> None:
    hashes = set()
    for texts in ({"a.py": "xy", "b.py": ""}, {"a.py": "x", "b.py": "y"}, {"ab.py": "", "b.py": "xy"}):
        folder = tmp_path / str(len(hashes))
        folder.mkdir()
        for name, text in {"process.yaml": "", **texts}.items():
            (folder / name).write_text(text)
        hashes.add(version.content_hash(folder))
    assert len(hashes) == 3


def test_a_kept_version_runs_although_the_files_changed(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        **{"requirements.lock": "pydantic==2\n", "invoices/inner/__init__.py": "", "invoices/inner/x.py": ""},
    )
    digest = version.keep(folder, folder / "invoices", "invoices")
    assert version.keep(folder, folder / "invoices", "invoices") == digest
    shutil.rmtree(folder / "invoices")
    (folder / "requirements.lock").unlink()
    kept = version.kept(folder, "invoices", digest)
    assert bind(kept, people(folder / "people.yaml")).version == digest


def test_a_kept_version_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    digest = version.keep(folder, folder / "invoices", "invoices")
    (version.kept_folder(folder, "invoices", digest) / "steps.py").write_text("import os")
    with pytest.raises(MapInvalid, match="was changed after it was published"):
        version.kept(folder, "invoices", digest)
    assert version.keep(folder, folder / "invoices", "invoices") == digest
    assert version.kept(folder, "invoices", digest).is_dir()
    with pytest.raises(NotFound):
        version.kept(folder, "invoices", "0" * 64)


def test_several_that_start_together_keep_the_same(tmp_path: Path) -> None:
    for turn in range(20):
        folder = write(tmp_path / str(turn))
        together = Barrier(4)

        def keep(_: int) -> str:
            together.wait()  # noqa: B023 - called here
            return version.keep(folder, folder / "invoices", "invoices")  # noqa: B023

        with ThreadPoolExecutor(4) as threads:
            digests = set(threads.map(keep, range(4)))
        assert version.kept(folder, "invoices", *digests).is_dir()
        assert [path.name for path in (folder / ".surehand/versions/invoices").iterdir()] == [*digests]


def test_planted_bytecode_is_not_run(tmp_path: Path) -> None:
    import py_compile

    folder = write(tmp_path)
    steps = folder / "invoices/steps.py"
    good = steps.read_text()
    bad = good.replace('value="pay"', 'value="bad"')
    steps.write_text(bad)
    cache = Path(py_compile.compile(str(steps), doraise=True))
    stat = steps.stat()
    steps.write_text(good)
    import os

    os.utime(steps, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert cache.exists()
    assert len(good) == len(bad)
    process = bind(folder / "invoices", people(folder / "people.yaml"))
    assert process.steps[2].function(None, None, None).value == "pay"  # type: ignore[misc]


def test_a_pinned_version_binds_although_its_people_left(tmp_path: Path) -> None:
    folder = write(tmp_path)
    kept = version.kept(folder, "invoices", version.keep(folder, folder / "invoices", "invoices"))
    write(tmp_path, ("people.yaml", "Ann Lead,", "Ann Lead, active: false,"))
    now = people_as_far_as_possible(read(folder / "people.yaml"))[0]
    assert now is not None
    assert bind(kept, now, pinned=True).map.owner == "ap.lead"
    with pytest.raises(MapInvalid, match="no longer active"):
        bind(kept, now)
