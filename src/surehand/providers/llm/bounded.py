"""A client for the address that a map names: no redirects, no compression, and no answer without end."""

from collections.abc import AsyncIterator

import httpx2

#: Bytes of an answer; one that was asked for has a few thousand.
LARGEST = 1024 * 1024


class _Bounded(httpx2.AsyncByteStream):
    """The body of an answer, cut off where it is too long."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._body:
            size += len(part)
            if size > LARGEST:
                raise httpx2.RemoteProtocolError(f"the answer has more than {LARGEST:,} bytes")
            yield part

    async def aclose(self) -> None:
        await self._body.aclose()


async def _bound(response: httpx2.Response) -> None:
    """Before the body of an answer is read."""
    if "content-encoding" in response.headers:
        await response.aclose()
        raise httpx2.RemoteProtocolError("the answer is compressed, and nobody asked for that")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


def client(timeout: float) -> httpx2.AsyncClient:
    """A client with limits, through the proxy of the environment where there is one; close it.

    timeout  seconds until it connects, and until it hears something
    """
    return httpx2.AsyncClient(
        timeout=timeout, follow_redirects=False, headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_bound]},
    )  # fmt: skip
