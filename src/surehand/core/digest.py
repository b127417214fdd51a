"""One way to turn JSON into bytes, and bytes into a digest."""

import hashlib
import json
from typing import Any

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """The one JSON form of a value: sorted keys, no spaces, ASCII. Raises ValueError for NaN."""
    return _encode(value).encode("ascii")


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
