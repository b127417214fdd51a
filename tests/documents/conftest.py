"""One reader for all tests of this folder; tests that kill their child take another of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from surehand.documents import ocr
from surehand.documents.limits import Limits
from surehand.documents.reader import Reader


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    with Reader() as found:
        yield found


@pytest.fixture
def own_reader() -> Iterator[Callable[..., Reader]]:
    made: list[Reader] = []

    def make(processes: int = 1, **limits: float) -> Reader:
        made.append(Reader(Limits(**limits), processes))
        return made[-1]

    yield make
    for found in made:
        found.close()


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)


FAKE = '''
"""Stands for RapidOCR in the child process: says what the file `answer.py` beside it computes."""
import pathlib, runpy
print("a library that prints")
class Answer:
    def __init__(self, lines):
        self.txts = tuple(line[0] for line in lines) or None
        self.scores = tuple(line[1] for line in lines) or None
        self.boxes = [line[2] for line in lines] or None
        self.word_results = tuple(((line[0], line[1], line[2]),) for line in lines)
class RapidOCR:
    def __init__(self, params=None):
        pass
    def __call__(self, img_content, return_word_box=False):
        print("more noise", img_content.shape)
        found = runpy.run_path(str(pathlib.Path(__file__).parent / "answer.py"), {"image": img_content})
        return Answer(found["lines"])
'''


@pytest.fixture
def fake_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts an engine in the place of RapidOCR; what it is given is Python that sets `lines` from `image`."""
    top = tmp_path / "fake"
    (top / "rapidocr").mkdir(parents=True)
    (top / "rapidocr" / "__init__.py").write_text(FAKE)
    (top / "onnxruntime.py").write_text("def disable_telemetry_events(): pass")
    monkeypatch.syspath_prepend(str(top))

    def set_answer(code: str) -> None:
        (top / "rapidocr" / "answer.py").write_text(code)

    return set_answer
