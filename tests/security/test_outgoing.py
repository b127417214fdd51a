"""The server asks nobody anything: over a whole day at the desk it connects to its database alone."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

JOURNEY = """
import json, sys
from pathlib import Path

folder, url = Path(sys.argv[1]), sys.argv[2]
asked = []
NAMES = {
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "ftplib.connect",
}


def watch(event, arguments):
    if event in NAMES:
        asked.append([event, repr(arguments)[:300]])


sys.addaudithook(watch)

from tests.desk import desk_of

with desk_of(folder, url) as desk:
    order = desk.order(buyer="see http://evil.example/a and //evil.example/b")
    rita = desk.person("rita.reviewer")
    for path in ("/", "/inbox", "/cases?q=http://evil.example", "/processes", f"/cases/{order}"):
        rita.get(path)
    typed = {"field_buyer": "http://evil.example/c", "note": "http://evil.example/"}
    rita.verdict(order, "edit", reason="price-list", **typed)
    desk.run()
    assert rita.verdict(order, "approve", reason="price-list").status_code == 303
    desk.run()
    rita.get(f"/cases/{order}")
    rita.send(f"/cases/{order}/undo", step="book")
    desk.run()
    desk.wait(hours=30)
    context = desk.surehand.context
    from surehand.flow import filing
    from surehand.flow.verify import verify

    context.checkpoints.seal(context.db, now=context.clock())
    assert verify(context).holds
    state = desk.case(order).result
print(json.dumps({"asked": asked, "result": state}))
"""


def _asked(folder: Path, url: str) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(JOURNEY), str(folder / "place"), url],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["result"] == "undone"
    return list(found["asked"])


def test_on_sqlite_it_connects_to_nothing(tmp_path: Path) -> None:
    assert _asked(tmp_path, f"sqlite:///{tmp_path}/surehand.db") == []


def test_on_postgresql_it_connects_to_nothing_but_the_database(tmp_path: Path, postgres_url: str) -> None:
    """The driver connects below Python, where nobody watches; so nothing at all is seen from here either."""
    assert _asked(tmp_path, postgres_url) == []
