"""JSON encoders that are made once.

The standard library's `encode` makes its encoder in C anew for each value, which takes longer than using it,
and dozens of values are encoded for each case.
"""

import json
from collections.abc import Callable
from json import encoder as parts
from typing import Any


def json_encoder(
    *, ascii: bool, sort_keys: bool = False, default: Callable[[Any], Any] | None = None
) -> Callable[[Any], str]:
    """What turns a value into compact JSON.

    default  gives something that is JSON for a value that is not; without it such a value is a TypeError.
             NaN and infinities are always a ValueError
    """
    plain = json.JSONEncoder(
        ensure_ascii=ascii, sort_keys=sort_keys, default=default, separators=(",", ":"), allow_nan=False
    )
    text = parts.encode_basestring_ascii if ascii else parts.encode_basestring
    try:
        encode = parts.c_make_encoder(  # type: ignore[attr-defined]  # not in its stubs
            None, plain.default, text, None, ":", ",", sort_keys, False, False
        )
        encode({"probe": [1, 0.5, "ü", None]}, 0)
    except TypeError:  # another interpreter than CPython, or one that makes it otherwise
        return plain.encode
    return lambda value: "".join(encode(value, 0))
