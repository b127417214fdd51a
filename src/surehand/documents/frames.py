"""What parent and child say to each other: a JSON header and bytes, each with its length in front.

No pickle: whatever the child answers, the parent parses as JSON and validates.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">IQ")
_HEADER = 64 * 1024


class BadFrame(Exception):
    """The bytes are not a frame, or a larger one than is allowed."""


def framed(header: dict[str, Any], body: bytes = b"") -> list[bytes]:
    """The parts of one frame, in order; the body is not copied."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return [_LENGTHS.pack(len(head), len(body)) + head, body]


def received(read: Callable[[int], bytes], *, most: int) -> tuple[dict[str, Any], bytes] | None:
    """The next frame, or None when the other side has ended between frames.

    read  returns exactly so many bytes, fewer only at the end
    most  bytes of the body
    Raises BadFrame.
    """
    lengths = read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise BadFrame("ends within its lengths")
    head_size, body_size = _LENGTHS.unpack(lengths)
    if head_size > _HEADER or body_size > most:
        raise BadFrame(f"is too large: {head_size} + {body_size} bytes")
    head, body = read(head_size), read(body_size)
    if len(head) < head_size or len(body) < body_size:
        raise BadFrame("ends early")
    try:
        header = json.loads(head)
    except (ValueError, RecursionError) as fault:
        raise BadFrame("has a header that is not JSON") from fault
    if not isinstance(header, dict):
        raise BadFrame("has a header that is not an object")
    return header, body
