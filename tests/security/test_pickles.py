"""Planted pickles: wherever one can be put, nothing of ours loads it; and nothing of ours could."""

import ast
import hashlib
import io
import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from surehand.errors import SettingsInvalid, SurehandError
from surehand.flow.explain import explain
from surehand.flow.verify import verify
from surehand.providers.field_extractor import storage
from surehand.store import tables
from tests.flow.world import World, opened_world
from tests.test_house import ROOT

#: Modules that load objects which run code. `copyreg` only describes them.
LOADERS = {
    "pickle", "_pickle", "cPickle", "marshal", "shelve", "dbm", "joblib", "dill", "cloudpickle", "jsonpickle",
    "skops", "pandas", "torch",
}  # fmt: skip


class Trap:
    """Loading it makes a file."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> Any:
        return Path.touch, (self.sprung,)


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    return tmp_path / "sprung"


@pytest.fixture
def trap(sprung: Path) -> bytes:
    made = pickle.dumps(Trap(sprung))
    pickle.loads(made)
    assert sprung.exists()
    sprung.unlink()
    return made


@pytest.fixture
def world(tmp_path: Path) -> Any:
    with opened_world(tmp_path / "deployment", f"sqlite:///{tmp_path}/surehand.db") as found:
        yield found


def _npz(trap: bytes, *, object_array: bool) -> bytes:
    """A model file as ours are, whose arrays are pickles."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("model.json", json.dumps({"format": storage.FORMAT, "fields": [], "items": {}}))
        body = io.BytesIO()
        if object_array:
            np.lib.format.write_array_header_1_0(body, {"descr": "|O", "fortran_order": False, "shape": (1,)})
        body.write(trap)
        for name in ("memory.idf", "memory.known", "f000.linear0"):
            archive.writestr(f"{name}.npy", body.getvalue())
        archive.writestr("model.pkl", trap)
    return out.getvalue()


MODELS: dict[str, Callable[[bytes], bytes]] = {
    "a pickle": lambda trap: trap,
    "an array of objects": lambda trap: _npz(trap, object_array=True),
    "a pickle in place of an array": lambda trap: _npz(trap, object_array=False),
    "a pickle behind the magic of an array": lambda trap: b"\x93NUMPY\x01\x00" + trap,
    "a zip with only a pickle": lambda trap: _npz(trap, object_array=False).replace(
        b"model.json", b"model.jsox"
    ),
}


@pytest.mark.parametrize("what", MODELS)
def test_as_a_model_with_the_right_hash(what: str, trap: bytes, sprung: Path) -> None:
    """Somebody who may write the database writes the hash too."""
    body = MODELS[what](trap)
    with pytest.raises(SettingsInvalid):
        storage.loaded(body, expected=hashlib.sha256(body).hexdigest())
    assert not sprung.exists()


def test_in_every_column_of_every_table(world: World, trap: bytes, sprung: Path) -> None:
    """Each in turn: the case is read, told, checked and run on, which may fail and never loads."""
    case_id = world.submit(sure=0.8)
    world.seal()
    engine = world.context.db._writer._engine  # type: ignore[attr-defined]
    tried = 0
    for table in tables.metadata.sorted_tables:
        if table.name in ("mark", "alembic_version"):
            continue
        for column in table.columns:
            if column.primary_key or column.foreign_keys:
                continue
            with engine.begin() as connection:
                # whoever may write the file need not mind its constraints
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                before = connection.execute(text(f'select rowid, "{column.name}" from "{table.name}"')).all()
                changed = f'update "{table.name}" set "{column.name}" = :trap'
                connection.execute(text(changed), {"trap": trap})
            _used(world, case_id)
            with engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                for row, value in before:
                    back = f'update "{table.name}" set "{column.name}" = :value where rowid = :row'
                    connection.execute(text(back), {"value": value, "row": row})
            tried += 1
            assert not sprung.exists(), f"{table.name}.{column.name}"
    assert tried > 80
    assert verify(world.context).holds


#: What reading nonsense may raise; what matters is that nothing of it ran.
MAY_FAIL = (
    SurehandError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError,
)  # fmt: skip


def _used(world: World, case_id: str) -> None:
    for use in (
        lambda: verify(world.context), lambda: explain(world.context, case_id), world.run,
        lambda: world.case(case_id), lambda: world.judgements(case_id),
    ):  # fmt: skip
        try:
            use()
        except (
            SurehandError,
            ValueError,
            TypeError,
            LookupError,
            ArithmeticError,
            AttributeError,
            AssertionError,
        ):
            continue


def test_in_the_folder_of_a_deployment(world: World, trap: bytes, sprung: Path) -> None:
    """Beside the map, as examples, as a model, in the place where versions, pictures and checkpoints lie."""
    places = [world.folder, world.folder / "refunds", world.folder / ".surehand", world.folder / "audit"]
    names = (
        "model.pkl",
        "model.npz",
        "model.npy",
        "examples.pkl",
        "examples.jsonl",
        "cache.db",
        "people.pickle",
    )
    for place in places:
        place.mkdir(exist_ok=True)
        for name in names:
            (place / name).write_bytes(trap)
    (world.folder / ".surehand" / "pages").mkdir(exist_ok=True)
    (world.folder / ".surehand" / "pages" / f"{'0' * 64}-0-1240.png").write_bytes(trap)
    for command in (["check", str(world.folder)], ["map", str(world.folder), "refunds"]):
        done = subprocess.run(
            [sys.executable, "-m", "surehand.cli", *command], capture_output=True, timeout=60, check=False
        )
        assert done.returncode in (0, 1, 2)
    world.submit(sure=0.95)
    world.seal()
    assert not sprung.exists()


def test_as_a_file_that_a_case_brings(world: World, trap: bytes, sprung: Path) -> None:
    from surehand.errors import Unreadable

    for body in (trap, b"%PDF-1.4\n" + trap, b"\x89PNG\r\n\x1a\n" + trap, b"\xff\xd8\xff" + trap):
        for read in (world.context.reader.read, world.context.reader.sizes):
            with pytest.raises(Unreadable):
                read(body, name="a.pdf")
    assert not sprung.exists()


SOURCES = sorted((ROOT / "src").rglob("*.py")) + sorted((ROOT / "examples").rglob("*.py"))


def test_nothing_of_ours_imports_a_loader() -> None:
    """Also not inside functions, not by name, and not through numpy."""
    assert len(SOURCES) > 200
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found += [f"{path.relative_to(ROOT)}:{fault}" for fault in _faults(node)]
    assert found == []


def _faults(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [f"{node.lineno} {a.name}" for a in node.names if a.name.split(".")[0] in LOADERS]
        case ast.ImportFrom():
            return [f"{node.lineno} {node.module}"] if str(node.module).split(".")[0] in LOADERS else []
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)):
            given = {keyword.arg: keyword.value for keyword in node.keywords}.get("allow_pickle")
            forbidden = isinstance(given, ast.Constant) and given.value is False
            if (given is not None or called == "read_array") and not forbidden:
                return [f"{node.lineno} allows pickles"]
            texts = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
            by_name = called in ("import_module", "__import__")
            return [f"{node.lineno} {t}" for t in texts if by_name and t.split(".")[0] in LOADERS]
    return []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle", "from joblib import load", "def f():\n    import marshal", "__import__('shelve')",
        "importlib.import_module('dill')", "np.load(f, allow_pickle=True)", "np.lib.format.read_array(f)",
        "np.load(f, allow_pickle=x)",
    ],
)  # fmt: skip
def test_a_loader_would_be_noticed(line: str) -> None:
    assert [fault for node in ast.walk(ast.parse(line)) for fault in _faults(node)]


def test_no_table_has_a_column_of_objects() -> None:
    from sqlalchemy import PickleType

    kinds = {type(c.type).__name__ for t in tables.metadata.sorted_tables for c in t.columns}
    assert kinds == {
        "Text",
        "Names",  # JSON as text
        "Integer",
        "BigInteger",
        "Boolean",
        "Float",
        "JSON",
        "LargeBinary",
        "Scalar",
        "UtcTime",
        "Exact",
    }
    assert not any(isinstance(c.type, PickleType) for t in tables.metadata.sorted_tables for c in t.columns)
