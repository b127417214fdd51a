"""Where Slack says that a button was pressed. Nobody is signed in here: Slack's signature says who asks.

The press becomes a verdict of the person whose member id it is, with their authority, on what the message
showed; or it is said why not. What came of it is sent to Slack's own address and to no other.
"""

import json
import logging
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from surehand.channels.slack import Pressed, escaped, pressed, verified
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.pressing import press
from surehand.reaching import SlackSettings, secret
from surehand.web.identity import context_of

router = APIRouter(include_in_schema=False)

_log = logging.getLogger("surehand.web")

#: Bytes of an interaction; with it comes the message that it is about.
_LARGEST = 512 * 1024


@router.post("/slack/{name}")
async def interaction(request: Request, name: str) -> Response:
    """A button was pressed: 200 to Slack at once, with what came of it in the message."""
    context = context_of(request)
    settings = context.post.settings.get(name)
    if not isinstance(settings, SlackSettings) or settings.signing_env is None:
        return PlainTextResponse("There is no such channel.", status_code=404)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return PlainTextResponse("Too large.", status_code=413)
    signed = verified(
        secret(settings.signing_env), bytes(body),
        request.headers.get("x-slack-request-timestamp", ""), request.headers.get("x-slack-signature", ""),
        now=context.clock(),
    )  # fmt: skip
    if not signed:
        return PlainTextResponse("This is not signed by Slack.", status_code=401)
    found = pressed(_payload(bytes(body)))
    if found is None:
        return Response(status_code=200)
    once = request.headers["x-slack-signature"]
    text, done = await run_in_threadpool(_decided, context, settings, name, found, once)
    after = BackgroundTask(_answer, settings, found.answer_to, text, done=done)
    return Response(status_code=200, background=after)


def _payload(body: bytes) -> Any:
    try:
        return json.loads(parse_qs(body.decode("utf-8"), max_num_fields=5)["payload"][-1])
    except (ValueError, KeyError, RecursionError):
        return None


def _decided(
    context: Context, settings: SlackSettings, name: str, found: Pressed, once: str
) -> tuple[str, bool]:
    """What came of it in words, and whether the message is over and done with."""
    people = context.people.people
    theirs = [one for one, who in people.items() if who.active and who.slack == found.user]
    if settings.decide_up_to is None:
        return "Nothing is decided with buttons here: open it, and sign in.", False
    if len(theirs) != 1:
        return "Your Slack account belongs to nobody here: open it, and sign in.", False
    try:
        said = press(
            context, theirs[0], found.choice, found.action, up_to=settings.decide_up_to, once=once, over=name
        )
    except SurehandError as error:
        # whoever lost the race has nothing to press any more
        return f"{error.detail}.", bool(error.extra.get("winner"))
    return f"{said}.", True


def _answer(settings: SlackSettings, url: str, text: str, *, done: bool) -> None:
    """Say it in Slack. The address comes with the request, so only Slack's own is taken."""
    import httpx

    from surehand.channels.trust import trusted

    if not url.startswith(settings.hooks) or len(url) > 2_000:
        return
    told = {"text": escaped(text), "replace_original": done, "response_type": "ephemeral"}
    try:
        httpx.post(url, json=told, verify=trusted(), timeout=settings.timeout, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # the verdict stands whether or not they hear of it here
        _log.warning("Slack did not take what came of a button: %s", type(error).__name__)
