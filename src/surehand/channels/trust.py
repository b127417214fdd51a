"""Whom a connection of ours believes: the certificates of this machine."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Read once in a process: reading them takes far longer than most requests."""
    return httpx.create_ssl_context()
