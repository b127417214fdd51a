"""Frames between parent and child: whole, bounded, and nothing but JSON in the header."""

import io
import struct

import pytest

from surehand.documents.frames import BadFrame, framed, received


@pytest.mark.parametrize("body", [b"", b"x", bytes(100_000)])
def test_what_is_sent_is_received(body):
    pipe = io.BytesIO(b"".join(framed({"ask": "read", "page": 3}, body) * 2))
    for _ in range(2):
        assert received(pipe.read, most=100_000) == ({"ask": "read", "page": 3}, body)
    assert received(pipe.read, most=100_000) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x00", "ends within"),
        (struct.pack(">IQ", 2, 0) + b"{", "ends early"),
        (struct.pack(">IQ", 2, 5) + b"{}abcd", "ends early"),
        (struct.pack(">IQ", 2, 11) + b"{}", "too large"),
        (struct.pack(">IQ", 2**31, 0), "too large"),
        (struct.pack(">IQ", 2, 0) + b"[]", "not an object"),
        (struct.pack(">IQ", 3, 0) + b"abc", "not JSON"),
        (struct.pack(">IQ", 60_000, 0) + b"[" * 60_000, "not JSON"),
    ],
)
def test_anything_else_is_refused(data, said):
    with pytest.raises(BadFrame, match=said):
        received(io.BytesIO(data).read, most=10)
