"""The forward pass: against one written out for a single text, and against vectors that are known."""

import hashlib
import io
import json
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surehand.core.classification import Taught
from surehand.errors import SettingsInvalid
from surehand.providers import text_classifier
from surehand.providers.text_classifier import encoder, meanings

needs_weights = pytest.mark.skipif(
    not encoder.installed(), reason=f"the weights of the sentence encoder are missing: {encoder.INSTALL}"
)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghij"]


def made_up(seed: int = 1) -> dict[str, np.ndarray]:
    """Small random weights under the names of the real ones."""
    draw = np.random.default_rng(seed)
    width, wide = encoder.WIDTH, 96
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), width),
        "embeddings.position_embeddings.weight": (encoder_places(), width),
        "embeddings.token_type_embeddings.weight": (2, width),
        "embeddings.LayerNorm.weight": (width,), "embeddings.LayerNorm.bias": (width,),
    }  # fmt: skip
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            shapes |= {
                f"{at}.attention.self.{part}.weight": (width, width),
                f"{at}.attention.self.{part}.bias": (width,),
            }
        shapes |= {
            f"{at}.attention.output.dense.weight": (width, width),
            f"{at}.attention.output.dense.bias": (width,),
            f"{at}.intermediate.dense.weight": (wide, width), f"{at}.intermediate.dense.bias": (wide,),
            f"{at}.output.dense.weight": (width, wide), f"{at}.output.dense.bias": (width,),
        }  # fmt: skip
        for norm in ("attention.output", "output"):
            shapes |= {f"{at}.{norm}.LayerNorm.weight": (width,), f"{at}.{norm}.LayerNorm.bias": (width,)}
    return {name: draw.normal(scale=0.08, size=shape).astype("<f4") for name, shape in shapes.items()}


def encoder_places() -> int:
    return 512


def saved(arrays: dict[str, np.ndarray]) -> bytes:
    head, body = {}, b""
    for name, array in arrays.items():
        head[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + array.nbytes],
        }
        body += array.tobytes()
    packed = json.dumps({"__metadata__": {"format": "pt"}, **head}).encode()
    return struct.pack("<Q", len(packed)) + packed + body


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, np.ndarray]]:
    """The made-up weights in the place of the real ones."""
    arrays = made_up()
    weights, words = saved(arrays), "\n".join(WORDS).encode()
    (tmp_path / "model.safetensors").write_bytes(weights)
    (tmp_path / "vocab.txt").write_bytes(words)
    monkeypatch.setattr(encoder, "_folder", lambda: tmp_path)
    monkeypatch.setattr(encoder, "WEIGHTS", hashlib.sha256(weights).hexdigest())
    monkeypatch.setattr(encoder, "_VOCABULARY", hashlib.sha256(words).hexdigest())
    encoder.encoder.cache_clear()
    yield arrays
    encoder.encoder.cache_clear()


def by_hand(arrays: dict[str, np.ndarray], numbers: list[int]) -> np.ndarray:
    """One text through the network, head by head, in double precision with the exact error function."""
    w = {name: array.astype(np.float64) for name, array in arrays.items()}

    def norm(x: np.ndarray, place: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * w[f"{place}.LayerNorm.weight"] + w[f"{place}.LayerNorm.bias"]

    def dense(x: np.ndarray, place: str) -> np.ndarray:
        return x @ w[f"{place}.weight"].T + w[f"{place}.bias"]

    x = w["embeddings.word_embeddings.weight"][numbers] + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x + w["embeddings.position_embeddings.weight"][: len(numbers)], "embeddings")
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        q, k, v = (dense(x, f"{at}.attention.self.{part}") for part in ("query", "key", "value"))
        heads = []
        for head in range(12):
            own = slice(head * 32, head * 32 + 32)
            scores = np.exp(q[:, own] @ k[:, own].T / math.sqrt(32))
            heads.append(scores / scores.sum(-1, keepdims=True) @ v[:, own])
        x = norm(x + dense(np.hstack(heads), f"{at}.attention.output.dense"), f"{at}.attention.output")
        bent = dense(x, f"{at}.intermediate.dense")
        bent = bent * 0.5 * (1 + np.vectorize(math.erf)(bent / math.sqrt(2)))
        x = norm(x + dense(bent, f"{at}.output.dense"), f"{at}.output")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_the_forward_pass_is_the_one_written_out(small: dict[str, np.ndarray]) -> None:
    made = encoder.encoder()
    texts = ["a b c", "j", "a b c d e f g h i j a a a", "", "unknown a"]
    vectors = made.vectors(texts)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(vector, by_hand(small, list(made.pieces.numbers(text))), atol=2e-3)
    assert made.vectors([]).shape == (0, encoder.WIDTH)


def test_a_text_is_encoded_alike_beside_others(
    small: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = encoder.encoder()
    texts = [" ".join("abcdefghij"[: n % 10 + 1]) for n in range(40)]
    together = made.vectors(texts)
    np.testing.assert_allclose(together, np.vstack([made.vectors([text]) for text in texts]), atol=1e-5)
    monkeypatch.setattr(encoder, "_AT_ONCE", 16)
    np.testing.assert_allclose(together, made.vectors(texts), atol=1e-5)


def test_other_weights_are_refused(small: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "WEIGHTS", "0" * 64)
    with pytest.raises(SettingsInvalid, match="are not those expected"):
        encoder.encoder()


def test_without_weights_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.encoder.cache_clear()
    monkeypatch.setattr(encoder.importlib.util, "find_spec", lambda name: None)
    assert text_classifier.lacking("sentences") == encoder.INSTALL
    assert text_classifier.lacking("words") is None
    with pytest.raises(SettingsInvalid, match="--no-deps"):
        text_classifier.train([], reads={"text": "text"}, vectors="sentences")


def test_a_model_over_sentence_vectors_learns_and_comes_back(small: Any) -> None:
    examples = [Taught({"text": f"{a} {b} {b}"}, a) for a in "abc" for b in "defghij"]
    monkey = text_classifier.train(examples, reads={"text": "text"}, vectors="sentences")
    data = text_classifier.dumped(monkey.model)
    assert b"d d" not in data
    # the digest of the weights is part of the model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meanings, "WEIGHTS", "1" * 64)
        with pytest.raises(SettingsInvalid, match="another sentence encoder"):
            text_classifier.loaded(data, expected=monkey.model.version)
    again = text_classifier.loaded(data, expected=monkey.model.version)
    cases = [one.values for one in examples]
    np.testing.assert_array_equal(again.readings(cases).confidence, monkey.model.readings(cases).confidence)
    assert again.readings([{"text": " "}]).best[0] == -1
    assert again.because(cases, again.readings(cases).best)[0] == ("'a' speaks for it.",)


def test_words_that_the_encoder_does_not_know_tell_texts_apart(small: Any) -> None:
    said = {"zebra": "africa", "quokka": "australia"}
    examples = [Taught({"text": f"{word} {b}"}, land) for word, land in said.items() for b in "abcdefghij"]
    made = text_classifier.train(examples, reads={"text": "text"}, vectors="sentences").model
    one, other = (encoder.encoder().vectors([f"{word} e"]) for word in said)
    np.testing.assert_array_equal(one, other)
    read = made.readings([{"text": "the zebra"}, {"text": "the quokka"}])
    assert [made.answers[best] for best in read.best] == ["africa", "australia"]


def test_a_model_of_before_words_stood_beside_vectors_is_read(small: Any) -> None:
    examples = [Taught({"text": f"{a} {b} {b}"}, a) for a in "abc" for b in "defghij"]
    made = text_classifier.train(examples, reads={"text": "text"}, vectors="sentences").model
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(text_classifier.dumped(made))) as now,
        zipfile.ZipFile(out, "w") as before,
    ):
        for info in now.infolist():
            if info.filename not in ("spoken.npy", "places.npy", "idf.npy"):
                before.writestr(info, now.read(info))
    data = out.getvalue()
    again = text_classifier.loaded(data, expected=hashlib.sha256(data).hexdigest())
    read = again.readings([{"text": "a"}, {"text": "b e"}])
    assert np.isfinite(read.confidence).all()
    assert again.because([{"text": "a"}], read.best[:1]) == [()]


@needs_weights
def test_meanings_lie_close() -> None:
    near, other, far = encoder.encoder().vectors(
        ["I have not received my card", "My card still has not arrived", "Play some jazz in the kitchen"]
    )
    assert near @ other > 0.6 > 0.2 > near @ far
    # what the original implementation gives for this text, to three digits
    np.testing.assert_allclose(
        encoder.encoder().vectors(["This is an example sentence"])[0, :4],
        [0.0677, 0.0635, 0.0487, 0.0793],
        atol=1e-3,
    )
