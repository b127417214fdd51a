"""The cache of page pictures: drawn once, bounded, shared, and never led astray by a name."""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from surehand.documents.pictures import Pictures
from surehand.errors import Stopped, Unreadable


class Drawn:
    """Draws by writing down what it was asked."""

    def __init__(self, size: int = 0) -> None:
        self.asked: list[tuple[bytes, int, int]] = []
        self.size = size
        self.lock = threading.Lock()

    def picture(self, data: bytes, page: int, *, width: int) -> bytes:
        with self.lock:
            self.asked.append((data, page, width))
        return b"%s %d %d " % (data, page, width) + b"x" * self.size

    def close(self) -> None:
        pass


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_picture_is_drawn_once(tmp_path):
    drawn, loads = Drawn(), []

    def load() -> bytes:
        loads.append(1)
        return b"paper"

    for _ in range(2):
        for pictures in (Pictures(drawn, tmp_path / "new", 10**6), Pictures(drawn, tmp_path / "new", 10**6)):
            assert pictures.of(digest("a"), 2, width=300, load=load) == b"paper 2 300 "
    assert (len(loads), len(drawn.asked)) == (1, 1)
    (kept,) = files(tmp_path)
    assert kept.name == f"{digest('a')}-2-300.png"


def test_page_width_and_document_are_different_pictures(tmp_path):
    pictures = Pictures(Drawn(), tmp_path, 10**6)
    wanted = [("a", 0, 300), ("a", 1, 300), ("a", 0, 600), ("b", 0, 300)]
    for name, page, width in wanted * 2:
        made = pictures.of(digest(name), page, width=width, load=lambda name=name: name.encode())
        assert made == b"%s %d %d " % (name.encode(), page, width)
    assert len(files(tmp_path)) == 4


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/" + "a" * 63]
)
def test_a_name_that_is_no_digest_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="64 hex digits"):
        Pictures(Drawn(), tmp_path, 100).of(name, 0, width=300, load=bytes)
    assert files(tmp_path) == []


@pytest.mark.parametrize(("page", "width"), [(-1, 300), (0, 0), (0, -5), (10**9, 300), (0, 10**9)])
def test_pages_and_widths_are_bounded(tmp_path, page, width):
    with pytest.raises(ValueError, match="no such page or width"):
        Pictures(Drawn(), tmp_path, 100).of(digest("a"), page, width=width, load=bytes)


def test_what_was_not_asked_for_longest_goes_first(tmp_path):
    pictures = Pictures(Drawn(size=1000), tmp_path, 10_500)

    def ask(number: int) -> None:
        pictures.of(digest(str(number)), 0, width=9, load=lambda: b"")

    for number in range(8):
        ask(number)
        os.utime(next(path for path in files(tmp_path) if digest(str(number)) in path.name), (number, number))
    ask(0)  # asked for again: no longer the oldest
    for number in range(8, 16):
        ask(number)
    left = {path.name[:64] for path in files(tmp_path)}
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 10_500
    assert digest("0") in left
    assert digest("15") in left
    assert digest("1") not in left


def test_a_picture_larger_than_the_budget_is_served_and_not_kept(tmp_path):
    pictures = Pictures(Drawn(size=1000), tmp_path, 100)
    assert len(pictures.of(digest("a"), 0, width=9, load=bytes)) > 1000
    assert files(tmp_path) == []


def test_many_threads_and_two_caches_on_one_folder(tmp_path):
    caches = [Pictures(Drawn(size=500), tmp_path, 5_000) for _ in range(2)]

    def ask(number: int) -> bool:
        name = str(number % 25)
        made = caches[number % 2].of(digest(name), 0, width=9, load=lambda: name.encode())
        return made == name.encode() + b" 0 9 " + b"x" * 500

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(400)))
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 2 * 5_000
    assert not [path for path in files(tmp_path) if path.suffix != ".png"]


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path):
    (tmp_path / "file").write_text("in the way")
    pictures = Pictures(Drawn(), tmp_path / "file", 10**6)
    assert pictures.of(digest("a"), 0, width=9, load=bytes) == b" 0 9 "


def test_a_refusal_is_passed_on_and_not_kept(tmp_path):
    class Refuses:
        def picture(self, data: bytes, page: int, *, width: int) -> bytes:
            raise Unreadable("broken", "It is damaged.")

    with pytest.raises(Unreadable):
        Pictures(Refuses(), tmp_path, 100).of(digest("a"), 0, width=9, load=bytes)
    assert files(tmp_path) == []


@pytest.mark.parametrize(("reason", "tries"), [("too_slow", 1), ("crashed", 1), ("broken", 3)])
def test_a_page_that_hangs_its_drawer_is_left_alone_for_a_while(tmp_path, monkeypatch, reason, tries):
    class Hangs(Drawn):
        def picture(self, data: bytes, page: int, *, width: int) -> bytes:
            if page == 0:
                self.asked.append((data, page, width))
                raise Unreadable(reason, "in words")
            return super().picture(data, page, width=width)

    drawn = Hangs()
    pictures = Pictures(drawn, tmp_path, 10**6)
    for width in (300, 301, 302):
        with pytest.raises(Unreadable, match="in words"):
            pictures.of(digest("a"), 0, width=width, load=lambda: b"a")
    assert len(drawn.asked) == tries
    assert pictures.of(digest("a"), 1, width=300, load=lambda: b"a")
    monkeypatch.setattr("surehand.documents.pictures._RESTING", -1.0)
    monkeypatch.setattr("surehand.documents.pictures._MOST_RESTING", 2)
    for name in ("b", "c", "b", "d", "e"):
        with pytest.raises(Unreadable):
            pictures.of(digest(name), 0, width=300, load=lambda: b"a")
    assert len(pictures._resting) <= 2


def test_who_waits_for_a_page_does_not_hold_all_threads(tmp_path, monkeypatch):
    monkeypatch.setattr("surehand.documents.pictures._MOST_WAITING", 2)
    go_on, begun = threading.Event(), threading.Barrier(3)

    class Slow(Drawn):
        def picture(self, data: bytes, page: int, *, width: int) -> bytes:
            if page < 2:
                begun.wait(10)
                assert go_on.wait(10)
            return super().picture(data, page, width=width)

    pictures = Pictures(Slow(), tmp_path, 10**6)
    with ThreadPoolExecutor(2) as pool:
        two = [pool.submit(pictures.of, digest("a"), n, width=300, load=lambda: b"a") for n in range(2)]
        begun.wait(10)
        with pytest.raises(Stopped, match="Try again"):
            pictures.of(digest("a"), 2, width=300, load=lambda: b"a")
        go_on.set()
        assert all(one.result(10) for one in two)
    assert pictures.of(digest("a"), 2, width=300, load=lambda: b"a")
