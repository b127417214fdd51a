"""Names of people, teams and queues; and case numbers: a prefix and 80 bits, without letters that look alike.

The number of an item that came without a key sorts by time. The number of one with a key follows from process
and key, so that it is the same in a database that was restored from a backup and never saw the item; the keys
of its actions are then the same too, and other systems know them again.
"""

import hashlib
from typing import Annotated

from pydantic import Field

#: What a person, a team, a queue or a skill is called everywhere.
PersonName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", max_length=64, description="such as ap.lead")
]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_LENGTH = 16


def case_number(prefix: str, *, milliseconds: int, random: int) -> str:
    """A case number such as `exp-01jd8k3m9q2c7x4v`.

    milliseconds  since 1970; the upper 44 bits of the number
    random        36 bits that tell numbers of one millisecond apart
    """
    return _written(prefix, (milliseconds & (1 << 44) - 1) << 36 | random & (1 << 36) - 1)


def keyed_case_number(prefix: str, *, process: str, key: str) -> str:
    """The case number of an item that its sender named; the same wherever and whenever it is submitted."""
    hashed = hashlib.sha256(f"{len(process)}:{process}{key}".encode("utf-8", "surrogatepass"))
    return _written(prefix, int.from_bytes(hashed.digest()[:10], "big"))


def _written(prefix: str, number: int) -> str:
    digits = [_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5)]
    return f"{prefix}-{''.join(digits)}"
