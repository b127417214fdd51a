"""The reader and its child processes: crashes, hangs, threads, noise, secrets, and the end of the parent."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from surehand.documents import process
from surehand.documents.limits import Limits
from surehand.documents.reader import Reader
from surehand.errors import NotFound, Stopped, Unreadable
from tests.documents import papers
from tests.documents.papers import Sheet, pdf, shown
from tests.documents.test_hostile import laughs

GOOD = pdf(Sheet(shown("good", 50, 700)))


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")  # nobody reaps orphans in some containers
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"


def child_of(reader: Reader) -> process.Child:
    assert until(lambda: bool(reader._children))
    (child,) = reader._children
    return child


def test_nothing_starts_before_it_is_needed(own_reader):
    reader = own_reader()
    assert not reader._children
    with pytest.raises(Unreadable):
        reader.read(b"")
    assert not reader._children
    reader.read(GOOD)
    assert len(reader._children) == 1


def test_pages_keep_their_order_and_size(reader):
    sheets = [Sheet(shown(f"page {n}", 50, 700), media=(0, 0, 500 + n, 800)) for n in range(100)]
    document = reader.read(pdf(*sheets))
    assert [page.lines[0].text for page in document.pages] == [f"page {n}" for n in range(100)]
    assert [page.width for page in document.pages] == [500 + n for n in range(100)]
    bare = reader.sizes(pdf(*sheets))
    assert [page.width for page in bare] == [500 + n for n in range(100)]
    assert not any(page.lines for page in bare)


def test_the_name_only_explains(reader):
    assert reader.read(GOOD, name="invoice.png").text == "good"
    with pytest.raises(Unreadable) as caught:
        reader.read(b"PK\x03\x04rest", name="../../mail/invoice.pdf")
    assert caught.value.reason == "wrong_type"
    assert caught.value.detail.startswith("It is called invoice.pdf, but it is a ZIP archive.")


@pytest.mark.parametrize(("asked", "width"), [(1200, 1200), (1, 16), (100_000, 2400)])
def test_a_picture_is_as_wide_as_asked_within_bounds(reader, asked, width):
    image = Image.open(io.BytesIO(reader.picture(GOOD, 0, width=asked)))
    assert (image.format, image.width) == ("PNG", width)


def test_a_strip_of_paper_comes_out_narrower(reader):
    strip = pdf(Sheet(shown("x", 0, 700), media=(0, 0, 10, 14_000)))
    image = Image.open(io.BytesIO(reader.picture(strip, 0, width=2000)))
    assert image.width * image.height <= Limits().pixels
    assert image.height > image.width


@pytest.mark.parametrize("data", [GOOD, papers.png(papers.printed())])
@pytest.mark.parametrize("page", [1, 99, -1])
def test_a_page_that_is_not_there(reader, data, page):
    with pytest.raises(NotFound, match="no page"):
        reader.picture(data, page, width=100)


def test_a_child_that_died_in_between_costs_nothing(own_reader):
    reader = own_reader()
    reader.read(GOOD)
    child = child_of(reader)
    os.kill(child.pid, signal.SIGKILL)
    assert reader.read(GOOD).text == "good"
    assert child_of(reader).pid != child.pid


def test_a_child_that_dies_of_a_document_is_replaced(own_reader):
    reader = own_reader()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(reader.read, laughs())
        child = child_of(reader)
        assert until(lambda: child.uses == 1)
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(Unreadable) as caught:
            reading.result(10)
    assert caught.value.reason == "crashed"
    assert "made to do harm" in caught.value.detail
    assert reader.read(GOOD).text == "good"


def test_a_document_is_not_blamed_for_the_one_before_it(own_reader):
    reader = own_reader(seconds=30)
    reader.read(GOOD)
    first = child_of(reader)
    os.kill(first.pid, signal.SIGSTOP)  # alive, and it will die as soon as it is asked
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(reader.read, GOOD)
        assert until(lambda: first.uses == 2)
        os.kill(first.pid, signal.SIGKILL)
        assert reading.result(10).text == "good"


def test_a_child_that_does_not_move_is_killed(own_reader):
    reader = own_reader(seconds=0.5)
    reader.read(GOOD)
    child = child_of(reader)
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(Unreadable) as caught:
        reader.read(papers.png(Image.effect_noise((1500, 1500), 50)))  # more than a pipe holds
    assert caught.value.reason == "too_slow"
    assert gone(child.pid)
    assert reader.read(GOOD).text == "good"


LIARS = {
    "nothing": "",
    "noise": "out.write(b'\\xff' * 100)",
    "a huge length": "out.write(struct.pack('>IQ', 2, 10**15) + b'{}')",
    "a header that is no object": "out.write(struct.pack('>IQ', 2, 0) + b'[]')",
    "a body that is no document": "say({}, b'{\"pages\": 7}')",
    "no pages": "say({}, b'{\"pages\": []}')",
    "endless words": "\nwhile True: out.write(b'x' * 100000)",
    "a frame that ends early": "out.write(struct.pack('>IQ', 2, 100) + b'{}123')",
}


@pytest.mark.parametrize("lie", LIARS.values(), ids=LIARS.keys())
def test_a_child_that_answers_nonsense_is_not_believed(own_reader, monkeypatch, tmp_path, lie):
    (tmp_path / "liar.py").write_text(
        "import json, struct, sys\nout = sys.stdout.buffer\n"
        "def say(head, body=b''):\n"
        "    head = json.dumps(head).encode()\n"
        "    out.write(struct.pack('>IQ', len(head), len(body)) + head + body)\n"
        f"say({{'ready': True}}); out.flush(); sys.stdin.buffer.read(12); {lie}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(process, "_MODULE", "liar")
    reader = own_reader(seconds=5)
    with pytest.raises(Unreadable) as caught:
        reader.read(GOOD)
    assert caught.value.reason == "crashed"


def test_a_child_that_cannot_start_is_not_the_documents_fault(own_reader, monkeypatch):
    monkeypatch.setattr(process, "_MODULE", "surehand.there_is_no_such_module")
    with pytest.raises(Stopped, match="does not start"):
        own_reader().read(GOOD)


def test_who_waits_for_a_turn_gives_up_in_time():
    with Reader(patience=0.2) as reader, ThreadPoolExecutor(1) as pool:
        reader.read(GOOD)
        hanging = pool.submit(reader.read, laughs())
        assert until(lambda: child_of(reader).uses == 2)
        began = time.monotonic()
        with pytest.raises(Stopped, match="Try again"):
            reader.picture(GOOD, 0, width=50)
        assert time.monotonic() - began < 5
        reader.close()
        with pytest.raises(Stopped):
            hanging.result(10)


def test_after_close_nothing_is_read(own_reader):
    reader = own_reader()
    reader.read(GOOD)
    child = child_of(reader)
    reader.close()
    assert gone(child.pid)
    with pytest.raises(Stopped):
        reader.read(GOOD)
    reader.close()


def test_close_does_not_blame_the_document_in_work(own_reader):
    reader = own_reader()
    reader.read(GOOD)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(reader.read, laughs())
        assert until(lambda: child_of(reader).uses == 2)
        reader.close()
        with pytest.raises(Stopped):
            reading.result(10)


@pytest.mark.parametrize("processes", [1, 2])
def test_eight_threads_share_one_reader(own_reader, processes):
    reader = own_reader(processes)

    def work(number: int) -> None:
        for turn in range(6):
            data = pdf(Sheet(shown(f"number {number} {turn}", 50, 700)))
            if turn == 3:
                with pytest.raises(Unreadable):
                    reader.read(data[:150])
            assert reader.read(data).text == f"number {number} {turn}"
            assert reader.picture(data, 0, width=50).startswith(b"\x89PNG")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert 1 <= len(reader._children) <= processes


def test_a_worn_child_is_replaced(own_reader):
    reader = own_reader(uses=2)
    pids = set()
    for _ in range(5):
        reader.read(GOOD)
        pids.add(child_of(reader).pid)
    assert len(pids) == 3


ENVIRONMENT = """
import os, resource
box = [[0, 0], [10, 0], [10, 10], [0, 10]]
try:
    os.write(os.open("written", os.O_CREAT | os.O_WRONLY), b"x")
    wrote = "yes"
except OSError:
    wrote = "no"
lines = [(name, 1.0, box) for name in sorted(os.environ)]
listed = ",".join(sorted(set(os.listdir(".")) - {"written"}))
lines += [("cwd:" + listed, 1.0, box), ("wrote:" + wrote, 1.0, box)]
lines += [("core:%d" % resource.getrlimit(resource.RLIMIT_CORE)[0], 1.0, box)]
lines += [("session:%s" % (os.getsid(0) == os.getpid()), 1.0, box)]
"""


def test_the_child_has_no_secrets_and_writes_nothing(own_reader, fake_ocr, monkeypatch):
    monkeypatch.setenv("SUREHAND_SECRET", "do not tell")
    monkeypatch.setenv("DATABASE_PASSWORD", "do not tell")
    fake_ocr(ENVIRONMENT)
    said = own_reader().read(papers.png(papers.printed())).text.split("\n")
    assert {"cwd:", "wrote:no", "core:0", "session:True"} <= set(said)
    named = {name for name in said if ":" not in name}
    assert named <= {
        "HOME", "LANG", "LC_CTYPE", "MALLOC_ARENA_MAX", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        "ORT_DISABLE_TELEMETRY", "PATH",
        "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONPATH", "TMPDIR",
    }  # fmt: skip


def test_the_child_ends_with_its_parent(tmp_path):
    paper = tmp_path / "good.pdf"
    paper.write_bytes(GOOD)
    code = (
        "import sys, time, pathlib\nfrom surehand.documents.reader import Reader\n"
        "reader = Reader()\nreader.read(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "(child,) = reader._children\nprint(child.pid, child._home, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(paper)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, home = parent.stdout.readline().split()
    assert Path(home).is_dir()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: gone(int(pid)))
    assert not Path(home).exists()


def test_nothing_is_left_behind(own_reader):
    before = threading.active_count()
    reader = own_reader()
    reader.read(GOOD)
    home = Path(child_of(reader)._home)
    reader.close()
    assert not home.exists()
    assert threading.active_count() == before
