"""Files through the API: sent before the case that they belong to, and handed out with it."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from surehand.flow import filing
from surehand.web import schemas
from surehand.web.identity import Calling
from surehand.web.once import IdempotencyKey
from surehand.web.requests import SignedRoute

router = APIRouter(route_class=SignedRoute)

_SENT = {
    "requestBody": {
        "required": True,
        "description": "The bytes of the file. What it is, is told from them and not from the content type.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def _bytes(request: Request) -> bytes:
    return await request.body()


@router.post("/files", tags=["Files"], operation_id="send_file", status_code=201, openapi_extra=_SENT)
def send_file(
    caller: Calling,
    body: Annotated[bytes, Depends(_bytes)],
    key: IdempotencyKey = None,  # noqa: ARG001 - the same bytes are the same file, with any key
) -> schemas.FileKept:
    """Keep a file; then submit a case with `input: {"document": {"file": ..., "name": ...}}`.

    The same bytes are the same file. One that no case is submitted with is dropped after two days.
    """
    kept = filing.keep(caller.context, body, by=caller.person)
    return schemas.FileKept(file=kept.digest, kind=kept.kind, size=kept.size)


def download(original: filing.Original) -> Response:
    """A file as it came. It may be hostile, so that a browser must save it and never show it."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", original.name)[:120] or "document"
    exact = quote(original.name, safe="")
    return Response(
        original.body,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
