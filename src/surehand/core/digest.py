"""One way to turn JSON into bytes, and bytes into a digest."""

import hashlib
from typing import Any

from surehand.core.encoding import json_encoder

_encode = json_encoder(ascii=True, sort_keys=True)


def canonical(value: Any) -> bytes:
    """The one JSON form of a value: sorted keys, no spaces, ASCII. Raises ValueError for NaN."""
    return _encode(value).encode("ascii")


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
