"""Whom a connection of ours believes: the certificates of this machine."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Read once in a process: each time costs 30 ms of processor."""
    return httpx.create_ssl_context()
