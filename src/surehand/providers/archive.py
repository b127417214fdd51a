"""What was learned as bytes and back: arrays and JSON in a zip, no pickle, the hash checked first."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from surehand.core.digest import canonical
from surehand.errors import SettingsInvalid
from surehand.providers.trees import Trees

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST = 64_000_000
_LARGEST_JSON = 4_000_000
_WHEN = (1980, 1, 1, 0, 0, 0)
_JSON = "model.json"
#: What reading a damaged or hostile archive, or putting its parts together, can raise.
FAULTS = (
    zipfile.BadZipFile, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, EOFError,
    RecursionError, NotImplementedError, MemoryError,
)  # fmt: skip
#: The arrays of trees.
TREE = ("feature", "threshold", "left", "right", "value", "root")


def packed(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]") -> bytes:
    """JSON and arrays as bytes; the same content gives the same bytes, and their SHA-256 is the version."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_JSON, _WHEN), canonical(described))
        for name in sorted(arrays):
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _WHEN), _bytes_of(arrays[name]))
    return out.getvalue()


def trusted(data: bytes, *, expected: str) -> None:
    """Raise SettingsInvalid for bytes that are too many, or not those whose hash is `expected`."""
    if len(data) > _LARGEST:
        raise SettingsInvalid(f"the model has {len(data):,} bytes; {_LARGEST:,} are the most")
    if hashlib.sha256(data).hexdigest() != expected:
        raise SettingsInvalid(
            "the model is not the one that was saved: its bytes have another hash; nothing of it was used. "
            "Restore the file, or train again"
        )


def unpacked(data: bytes, format_: str) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
    """The JSON and the arrays in some bytes. Raises one of `FAULTS` for what is no archive of that format."""
    import numpy as np

    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if any(info.compress_type != zipfile.ZIP_STORED for info in parts):
            raise ValueError("it is compressed")
        # parts that lie over each other would be read again and again
        if len(set(archive.namelist())) < len(parts) or sum(info.file_size for info in parts) > len(data):
            raise ValueError("its parts overlap")
        if archive.getinfo(_JSON).file_size > _LARGEST_JSON:
            raise ValueError("its description is too large")
        described = json.loads(archive.read(_JSON))
        for info in parts:
            if info.filename != _JSON:
                with archive.open(info) as part:
                    arrays[info.filename.removesuffix(".npy")] = np.lib.format.read_array(
                        part, allow_pickle=False
                    )
    if described["format"] != format_:
        raise ValueError("it says another format")
    return described, arrays


def floats(array: "NDArray[Any]", dimensions: int) -> "NDArray[Any]":
    """An array of finite numbers with that many dimensions. Raises ValueError for any other."""
    import numpy as np

    if array.ndim != dimensions or array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError("an array is not made of finite numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def trees_of(base: float, depth: int, parts: "Mapping[str, NDArray[Any]]", *, columns: int) -> Trees:
    """Trees whose every step stays inside their arrays. Raises ValueError or KeyError for any others.

    parts    the arrays of `TREE`
    columns  how many columns they may ask for
    """
    import numpy as np

    count = len(parts["feature"])
    for part in TREE:
        wanted = "f" if part in ("threshold", "value") else "i"
        if parts[part].ndim != 1 or parts[part].dtype.kind != wanted:
            raise ValueError("its trees are not made of numbers")
        if part != "root" and len(parts[part]) != count:
            raise ValueError("its trees are cut short")
    for part in ("left", "right", "root"):
        if len(parts[part]) and not (parts[part].min() >= 0 and parts[part].max() < count):
            raise ValueError("its trees point outside of themselves")
    if parts["feature"].min() < 0 or parts["feature"].max() >= columns or not 0 <= depth <= 64:
        raise ValueError("its trees ask for what is not measured")
    if np.isnan(parts["threshold"]).any() or not np.isfinite(parts["value"]).all():
        raise ValueError("its trees are not made of numbers")
    return Trees(
        feature=parts["feature"].astype(np.int32),
        threshold=parts["threshold"].astype(np.float64),
        left=parts["left"].astype(np.int32),
        right=parts["right"].astype(np.int32),
        value=parts["value"].astype(np.float64),
        root=parts["root"].astype(np.int32),
        base=base,
        depth=depth,
    )


def _bytes_of(array: "NDArray[Any]") -> bytes:
    import numpy as np

    out = io.BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    np.lib.format.write_array(out, np.ascontiguousarray(little), version=(1, 0), allow_pickle=False)
    return out.getvalue()
