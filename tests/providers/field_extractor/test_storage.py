"""Models as bytes."""

import hashlib
import io
import struct
import zipfile

import pytest

from surehand.errors import SettingsInvalid
from surehand.providers.field_extractor import Trained, dumped, loaded
from tests.providers.field_extractor.paper import Invoice, invoice


def test_a_model_comes_back_as_it_was(trained: Trained) -> None:
    data = dumped(trained.model)
    assert hashlib.sha256(data).hexdigest() == trained.version
    model = loaded(data, expected=trained.version)
    assert dumped(model) == data
    for seed in range(5):
        document = invoice(910 + seed, 100 + seed).document
        assert model.read(document, Invoice) == trained.read(document, Invoice)


def test_other_bytes_are_not_looked_into(trained: Trained) -> None:
    data = bytearray(dumped(trained.model))
    data[len(data) // 2] ^= 1
    with pytest.raises(SettingsInvalid, match="another hash"):
        loaded(bytes(data), expected=trained.version)


def packed(files: dict[str, bytes], *, how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


PICKLED = (
    b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }" + b" " * 60 + b"\n"
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip at all",
        packed({}),
        packed({"model.json": b"{}"}),
        packed({"model.json": b"not json"}),
        packed({"model.json": b'{"format":"other","fields":[]}'}),
        packed(
            {"model.json": b'{"format":"surehand-field-extractor-1","fields":[]}', "memory.idf.npy": PICKLED}
        ),
        packed(
            {"model.json": b'{"format":"surehand-field-extractor-1","fields":[]}'}, how=zipfile.ZIP_DEFLATED
        ),
        packed({"model.json": b"[" * 100_000}),
    ],
)
def test_hostile_bytes_with_a_right_hash_are_refused(data: bytes) -> None:
    with pytest.raises(SettingsInvalid):
        loaded(data, expected=hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("part", ["root", "left", "feature", "value", "linear0"])
def test_arrays_cut_short_are_refused(trained: Trained, part: str) -> None:
    files = {}
    with zipfile.ZipFile(io.BytesIO(dumped(trained.model))) as archive:
        for name in archive.namelist():
            files[name] = archive.read(name)
    files[f"f000.{part}.npy"] = files["memory.known.npy"]
    data = packed(files)
    with pytest.raises(SettingsInvalid):
        loaded(data, expected=hashlib.sha256(data).hexdigest())


DESCRIBED = b'{"format":"surehand-field-extractor-1","fields":[]}'


def overlapping(times: int) -> bytes:
    """An archive whose directory names the same part again and again."""
    data = packed({"a.npy": bytes(1_000), "model.json": DESCRIBED})
    start, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    first = data[start : data.find(b"PK\x01\x02", start + 1)]
    directory = first * times + data[start + len(first) : end]
    ending = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times + 1, times + 1, len(directory), start, 0)
    return data[:start] + directory + ending


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (overlapping(50), "overlap"),
        (packed({"model.json": DESCRIBED[:-1] + b" " * 5_000_000 + b"}"}), "description is too large"),
    ],
    ids=["overlapping parts", "a large description"],
)
def test_an_archive_costs_no_more_than_its_bytes(data: bytes, because: str) -> None:
    with pytest.raises(SettingsInvalid, match=because):
        loaded(data, expected=hashlib.sha256(data).hexdigest())
