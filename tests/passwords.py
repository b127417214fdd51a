"""Hashes of passwords that cost nothing, as nobody attacks those of a test.

A real one takes 64 MiB and a good part of a second on purpose, and most tests sign somebody in.
"""

from functools import cache

from argon2 import PasswordHasher

from surehand.flow import access

#: What the product uses.
usual = access._hasher


def share() -> None:
    """From now on in this process."""
    access._hasher = _quick


@cache
def _quick() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
