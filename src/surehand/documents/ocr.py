"""Text from pictures by RapidOCR, where the extra `[ocr]` is installed.

Its models come with its package: nothing is downloaded. The engine runs in the child process only, where
the telemetry of onnxruntime is switched off twice: by the environment and by its own call.
"""

import importlib.util
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from surehand.documents.lines import cleaned, rows

if TYPE_CHECKING:
    from PIL.Image import Image

#: The longest side of a picture that the engine reads; it would shrink larger ones itself.
LONGEST = 2_000


class Engine(Protocol):
    """RapidOCR as far as it is used here: called with an array (height, width, 3) of bytes in BGR.

    Its answer has `txts`, `scores` and `boxes` of the same length, or None for all three where nothing
    was found; a box is four corners. `word_results` has for each line its words as (text, score, corners).
    """

    def __call__(self, img_content: Any, *, return_word_box: bool) -> Any: ...


def installed() -> bool:
    """Whether text can be recognised here. Looks, and imports nothing."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def engine() -> Engine:
    """Loads the models: about a second, once for each process."""
    import onnxruntime
    from rapidocr import RapidOCR

    onnxruntime.disable_telemetry_events()
    threads = min(os.cpu_count() or 1, 4)
    loaded: Engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    return loaded


def recognised(reader: Engine, picture: "Image", *, scale: float = 1.0) -> list[dict[str, Any]]:
    """The lines of a picture, as `core.documents.Line` takes them, from top to bottom.

    picture  RGB
    scale    pixels of the picture for each unit of the page; boxes come in units of the page
    """
    import numpy as np

    shrunk = min(1.0, LONGEST / max(picture.size))
    if shrunk < 1.0:
        width, height = (max(round(side * shrunk), 1) for side in picture.size)
        picture = picture.resize((width, height))
    answer = reader(np.asarray(picture)[:, :, ::-1], return_word_box=True)
    if answer.txts is None or answer.boxes is None or answer.scores is None:
        return []
    found = list(_lines(answer, scale * shrunk))
    return [found[at] for row in rows([line["box"] for line in found]) for at in row]


def _lines(answer: Any, scale: float) -> Iterator[dict[str, Any]]:
    words = answer.word_results or ()
    for at, (text, score, box) in enumerate(zip(answer.txts, answer.scores, answer.boxes, strict=True)):
        text = cleaned(str(text))[:2_000]
        if not text:
            continue
        parts = words[at] if at < len(words) and isinstance(words[at], list | tuple) else ()
        yield {
            "text": text,
            "box": _corners(box, scale),
            "confidence": min(max(float(score), 0.0), 1.0),
            "words": list(_words(parts, scale)),
        }


def _words(parts: Any, scale: float) -> Iterator[dict[str, Any]]:
    for part in list(parts)[:500]:
        if not isinstance(part, list | tuple) or len(part) != 3 or part[2] is None:
            continue
        text = cleaned(str(part[0]))[:2_000]
        if text:
            yield {"text": text, "box": _corners(part[2], scale)}


def _corners(points: Any, scale: float) -> list[float]:
    xs, ys = [float(point[0]) / scale for point in points], [float(point[1]) / scale for point in points]
    return [round(side, 2) for side in (min(xs), min(ys), max(xs), max(ys))]
