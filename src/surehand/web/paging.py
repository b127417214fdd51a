"""Cursors: where a page of a list ended, as text that callers hand back and need not understand."""

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta

from surehand.core.precedence import Precedence, of_rank
from surehand.errors import Fault, InvalidInput
from surehand.store.order import Mark

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = 300


def cursor(mark: Mark) -> str:
    """The text of a place."""
    place = [(mark.at - _EPOCH) // _MICROSECOND, mark.id, *([mark.precedence] if mark.precedence else [])]
    body = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode("ascii")).decode("ascii").rstrip("=")


def mark_of(text: str | None) -> Mark | None:
    """The place of a text that `cursor` made. Raises InvalidInput for any other."""
    if text is None:
        return None
    try:
        if len(text) > _LONGEST:
            raise ValueError
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        at, name, *rank = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        precedence = Precedence.NORMAL if not rank else of_rank(*rank)
        if type(at) is not int or not isinstance(name, str) or not name.isascii() or "\x00" in name:
            raise ValueError
        return Mark(_EPOCH + at * _MICROSECOND, name, precedence.rank)
    except (ValueError, TypeError, OverflowError, RecursionError, StopIteration, binascii.Error):
        raise InvalidInput(
            [Fault("cursor", "is not one that this list gave; leave it out to begin")]
        ) from None
